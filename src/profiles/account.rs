//! The page of an account.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{get, web};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::accounts::{Account, account};
use super::few::Few;
use super::listing::{SpanQuery, TimelineQuery};
use super::timeline::{Looks, TimelineItem, Whose, timeline as read_timeline};
use super::{ActivityDay, ActivityDays, Trait, listed, text};
use crate::activity::ask::Activity;
use crate::activity::days::{self, Period};
use crate::activity::question::ask;
use crate::activity::routes::instant;
use crate::activity::series::MONTH;
use crate::activity::sight::Sight;
use crate::activity::small::Smallest;
use crate::activity::totals::Total;
use crate::activity::view::{Filter, View};
use crate::auth::{Can, can};
use crate::clock::Clock;
use crate::db::DbConn;
use crate::http::{ApiError, Page, ValidQuery};
use crate::ingest::block::NONE;
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::traits::Subject;

/// An account's use of one app.
#[derive(Debug, Serialize, ToSchema)]
struct AccountApp {
    app: String,
    /// Distinct people active in the last 28 days, today included.
    active_people_28: Option<u64>,
    events: u64,
    #[schema(value_type = String, format = DateTime)]
    first_seen: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_seen: Timestamp,
    /// Whether the count is null because it is of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
}

/// What an account did lately.
#[derive(Debug, Serialize, ToSchema)]
struct AccountMetrics {
    /// Distinct people active in the last 28 days, today included.
    active_people_28: Option<u64>,
    /// Days with activity of the last 28, today included.
    active_days_28: u64,
    /// Counted events in them.
    events_28: u64,
}

/// Everything about an account.
#[derive(Debug, Serialize, ToSchema)]
struct AccountDetail {
    #[serde(flatten)]
    account: Account,
    traits: Vec<Trait>,
    /// Accounts that name this one as their parent.
    children: Vec<String>,
    apps: Vec<AccountApp>,
    metrics: AccountMetrics,
    /// Filled once there are scores.
    #[schema(value_type = Vec<Object>)]
    scores: Vec<()>,
    /// Filled once there are frameworks.
    #[schema(value_type = Vec<Object>)]
    stages: Vec<()>,
}

/// The filter of an account's own page: people of its child accounts count for it, and an excluded
/// account shows what it did all the same.
fn own(
    view: &mut View,
    conn: &mut DbConn,
    names: &Dictionary,
    sight: &Sight,
    id: &str,
) -> Result<(u32, Filter), ApiError> {
    let unknown = || ApiError::not_found(format!("account {id:?}"));
    let account = names.number(Kind::Account, id).ok_or_else(unknown)?;
    let accounts = view.identity().with_children(account, names);
    // An account whose people did nothing in an app that is seen is not there.
    if sight.accounts(view, conn)?.is_some_and(|visible| !accounts.iter().any(|one| visible.contains(one))) {
        return Err(unknown());
    }
    let include_excluded = view.identity().account_exclusion(account).is_some();
    Ok((account, Filter { accounts: Some(accounts), include_excluded, ..sight.filter(names, None)? }))
}

/// An account, excluded or not
#[utoipa::path(
    tag = "accounts",
    params(("external_id" = String, Path, description = "The account's id")),
    responses((status = 200, body = AccountDetail))
)]
#[get("/accounts/{external_id}")]
pub(super) async fn show(
    caller: Can<can::PeopleRead>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<AccountDetail>, ApiError> {
    let (now, smallest) = (clock.now(), Smallest::seen_by(&caller));
    let (_, id) = path.into_inner();
    let detail = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let (one, filter) = own(view, conn, &names, sight, &id)?;
        let today = view.day_of(now);
        let mut days = BTreeSet::new();
        let mut both = (RoaringBitmap::new(), RoaringBitmap::new());
        let mut events_28 = 0;
        let mut by_app: FxHashMap<u32, RoaringBitmap> = FxHashMap::default();
        view.uses(conn, &filter, today - 2 * MONTH + 1, today, |day, used| {
            if day > today - MONTH {
                both.0.insert(used.person);
                by_app.entry(used.app).or_default().insert(used.person);
                days.insert(day);
                events_28 += used.count;
            } else {
                both.1.insert(used.person);
            }
        })?;
        let uses = view.account_uses(conn, filter.include_excluded)?;
        let (mut people, mut total) = (RoaringBitmap::new(), None);
        let mut totals: BTreeMap<u32, Option<Total>> = BTreeMap::new();
        for account in filter.accounts.iter().flatten() {
            let of_account = uses.range((*account, 0)..=(*account, u32::MAX));
            for ((_, app), used) in of_account.filter(|((_, app), _)| sight.sees(*app)) {
                people |= &used.people;
                used.total.add_to(&mut total);
                used.total.add_to(totals.entry(*app).or_default());
            }
        }
        let used = totals.into_iter().filter(|(app, _)| *app != NONE);
        let mut apps: Vec<AccountApp> = used
            .filter_map(|(app, total)| {
                let (total, active) = (total?, by_app.get(&app).map_or(0, RoaringBitmap::len));
                Some(AccountApp {
                    app: names.name(Kind::App, app).to_owned(),
                    active_people_28: smallest.shown(active),
                    events: total.events,
                    first_seen: instant(total.first),
                    last_seen: instant(total.last),
                    suppressed: smallest.hides(active),
                })
            })
            .collect();
        apps.sort_by(|a, b| b.active_people_28.cmp(&a.active_people_28).then_with(|| b.last_seen.cmp(&a.last_seen)));
        let traits = sight.traits(view, &names, Subject::Account(one));
        let visible = sight.accounts(view, conn)?;
        let children = view.identity().subjects().filter_map(|subject| match subject {
            Subject::Account(child) => {
                let parent = text(&view.identity().traits(subject), "parent")?;
                let seen = visible.as_ref().is_none_or(|visible| visible.contains(&child));
                (seen && parent == id).then(|| names.name(Kind::Account, child).to_owned())
            }
            Subject::Person(_) => None,
        });
        let mut children: Vec<String> = children.collect();
        children.sort();
        let metrics = AccountMetrics {
            active_people_28: smallest.shown(both.0.len()),
            active_days_28: u64::try_from(days.len()).unwrap_or(0),
            events_28,
        };
        let excluded = view.identity().account_exclusion(one);
        Ok(AccountDetail {
            account: account(smallest, (&id, &traits, excluded), (&people, total), &both),
            traits: listed(traits),
            children,
            apps,
            metrics,
            scores: Vec::new(),
            stages: Vec::new(),
        })
    })
    .await?;
    Ok(web::Json(detail))
}

/// Days on which an account was active
#[utoipa::path(
    tag = "accounts",
    params(("external_id" = String, Path, description = "The account's id"), SpanQuery),
    responses((status = 200, body = ActivityDays))
)]
#[get("/accounts/{external_id}/activity")]
pub(super) async fn active_days(
    caller: Can<can::PeopleRead>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
    ValidQuery(span): ValidQuery<SpanQuery>,
) -> Result<web::Json<ActivityDays>, ApiError> {
    let (from, to) = span.days()?;
    let (_, id) = path.into_inner();
    let smallest = Smallest::seen_by(&caller);
    let by_day = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let (_, filter) = own(view, conn, &names, sight, &id)?;
        let mut by_day: BTreeMap<i32, (RoaringBitmap, u64)> = BTreeMap::new();
        view.uses(conn, &filter, from, to, |day, used| {
            let (people, events) = by_day.entry(day).or_default();
            people.insert(used.person);
            *events += used.count;
        })?;
        Ok(by_day)
    })
    .await?;
    let days = by_day.into_iter().map(|(day, (people, events))| ActivityDay {
        date: days::date(day),
        events,
        people: Some(smallest.shown(people.len())),
        suppressed: smallest.hides(people.len()),
    });
    Ok(web::Json(ActivityDays { days: days.collect(), as_of: instant(clock.now()) }))
}

/// Distinct people of an account in one app, by week.
#[derive(Serialize, ToSchema)]
struct AppWeeks {
    app: String,
    people: Vec<Option<u64>>,
    /// Whether counts are null because they are of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
}

/// An account's apps by week.
#[derive(Serialize, ToSchema)]
struct AccountApps {
    /// Mondays.
    #[schema(value_type = Vec<String>, format = Date)]
    weeks: Vec<jiff::civil::Date>,
    apps: Vec<AppWeeks>,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}

/// People of an account by app and week; whole weeks are answered
#[utoipa::path(
    tag = "accounts",
    params(("external_id" = String, Path, description = "The account's id"), SpanQuery),
    responses((status = 200, body = AccountApps))
)]
#[get("/accounts/{external_id}/apps")]
pub(super) async fn app_weeks(
    caller: Can<can::PeopleRead>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
    ValidQuery(span): ValidQuery<SpanQuery>,
) -> Result<web::Json<AccountApps>, ApiError> {
    let (from, to) = span.days()?;
    if to - from > 3700 {
        return Err(ApiError::bad_query("to", "lies more than 10 years after from; ask for less"));
    }
    let (_, id) = path.into_inner();
    let weeks = Period::Week.starts(Period::Week.start(from), to);
    let smallest = Smallest::seen_by(&caller);
    let answer = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let (_, filter) = own(view, conn, &names, sight, &id)?;
        let mut cells: BTreeMap<u32, BTreeMap<i32, RoaringBitmap>> = BTreeMap::new();
        view.uses(
            conn,
            &filter,
            Period::Week.start(from),
            Period::Week.step(Period::Week.start(to), 1) - 1,
            |day, used| {
                if used.app != NONE {
                    let week = cells.entry(used.app).or_default().entry(Period::Week.start(day)).or_default();
                    week.insert(used.person);
                }
            },
        )?;
        let mut apps: Vec<AppWeeks> = cells
            .into_iter()
            .map(|(app, by_week)| {
                let count = |week| by_week.get(week).map_or(0, RoaringBitmap::len);
                AppWeeks {
                    app: names.name(Kind::App, app).to_owned(),
                    people: weeks.iter().map(|week| smallest.shown(count(week))).collect(),
                    suppressed: weeks.iter().any(|week| smallest.hides(count(week))),
                }
            })
            .collect();
        let sum = |app: &AppWeeks| app.people.iter().flatten().sum::<u64>();
        apps.sort_by(|a, b| sum(b).cmp(&sum(a)).then_with(|| a.app.cmp(&b.app)));
        Ok(AccountApps { weeks: weeks.into_iter().map(days::date).collect(), apps, as_of: instant(clock.now()) })
    })
    .await?;
    Ok(web::Json(answer))
}

/// What an account's people did for it, newest first
#[utoipa::path(
    tag = "accounts",
    params(("external_id" = String, Path, description = "The account's id"), TimelineQuery),
    responses((status = 200, body = Page<TimelineItem>))
)]
#[get("/accounts/{external_id}/timeline")]
pub(super) async fn timeline(
    caller: Can<can::PeopleRead>,
    activity: web::Data<Activity>,
    path: web::Path<(String, String)>,
    ValidQuery(query): ValidQuery<TimelineQuery>,
) -> Result<web::Json<Page<TimelineItem>>, ApiError> {
    let workspace = caller.workspace.id;
    let (_, id) = path.into_inner();
    let page = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let accounts = own(view, conn, &names, sight, &id)?.1.accounts.unwrap_or_default();
        let few = Few::of(view, sight);
        sight.prepare(view);
        let looks = Looks { view, names: &names, sight, few: &few };
        read_timeline(conn, workspace, &looks, &Whose::Accounts(accounts), &query)
    })
    .await?;
    Ok(web::Json(page))
}
