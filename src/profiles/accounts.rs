//! Accounts: the list and the page of one.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, HttpResponse, get, web};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ListQuery, SpanQuery, TimelineQuery};
use super::timeline::{TimelineItem, Whose, timeline as read_timeline};
use super::{ActivityDay, ActivityDays, Trait, Traits, listed, number, text};
use crate::activity::ask::Activity;
use crate::activity::days::{self, Period};
use crate::activity::question::ask;
use crate::activity::routes::instant;
use crate::activity::series::MONTH;
use crate::activity::totals::Total;
use crate::activity::view::{Filter, View};
use crate::auth::{Can, can};
use crate::clock::Clock;
use crate::db::{DbConn, DbError};
use crate::http::{ApiError, Csv, Page, ValidQuery, maybe, wants_csv};
use crate::ingest::block::NONE;
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::traits::Subject;

/// A group of people: department, team, tenant or customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Account {
    external_id: String,
    name: Option<String>,
    plan: Option<String>,
    parent: Option<String>,
    /// Distinct people who were ever active for it.
    people: u64,
    /// Distinct people active in the last 28 days, today included.
    active_people_28: u64,
    /// The same for the 28 days before.
    active_people_prev_28: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Counted events over all time.
    events: u64,
    seats: Option<f64>,
    mrr: Option<f64>,
    /// Why the account is not counted: `bot`, `internal` or `test`.
    excluded: Option<&'static str>,
}

const COLUMNS: [&str; 8] = ["last_seen", "first_seen", "events", "name", "people", "active_people_28", "seats", "mrr"];

/// People of every account in the last 28 days and in the 28 before.
type Lately = FxHashMap<u32, (RoaringBitmap, RoaringBitmap)>;

fn lately(view: &mut View, conn: &mut DbConn, filter: &Filter, today: i32) -> Result<Lately, DbError> {
    let mut lately = Lately::default();
    view.uses(conn, filter, today - 2 * MONTH + 1, today, |day, one| {
        if one.account != NONE {
            let (now, before) = lately.entry(one.account).or_default();
            if day > today - MONTH {
                now.insert(one.person)
            } else {
                before.insert(one.person)
            };
        }
    })?;
    Ok(lately)
}

/// What every account did over all time.
fn sums(
    view: &mut View,
    conn: &mut DbConn,
    include_excluded: bool,
) -> Result<FxHashMap<u32, (RoaringBitmap, Option<Total>)>, DbError> {
    let mut sums: FxHashMap<u32, (RoaringBitmap, Option<Total>)> = FxHashMap::default();
    for ((account, _), used) in view.account_uses(conn, include_excluded)?.iter() {
        let (people, total) = sums.entry(*account).or_default();
        *people |= &used.people;
        used.total.add_to(total);
    }
    Ok(sums)
}

/// Accounts, as far as they are counted
#[utoipa::path(tag = "accounts", params(ListQuery), responses((status = 200, body = Page<Account>)))]
#[get("/accounts")]
pub(super) async fn list(
    caller: Can<can::PeopleRead>,
    req: HttpRequest,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<ListQuery>,
) -> Result<HttpResponse, ApiError> {
    query.check(&COLUMNS)?;
    query.only_things()?;
    let now = clock.now();
    let page = ask(&activity, &caller, move |view, conn| {
        let names = view.names();
        let names = names.read();
        let today = view.day_of(now);
        let everything = query.include_excluded || query.excluded.is_some();
        let filter = Filter { include_excluded: everything, ..Filter::default() };
        let (mut lately, mut sums) = (lately(view, conn, &filter, today)?, sums(view, conn, everything)?);
        let mut rows = Vec::new();
        for (id, external_id) in names.all(Kind::Account) {
            let excluded = view.identity().account_exclusion(id);
            if view.identity().is_individual(id) || !query.admits(excluded.is_some()) {
                continue;
            }
            let traits = view.identity().traits(Subject::Account(id));
            if !query.finds(&[external_id, &text(&traits, "name").unwrap_or_default()]) {
                continue;
            }
            let (people, total) = sums.remove(&id).unwrap_or_default();
            rows.push(account(external_id, &traits, excluded, &people, total, &lately.remove(&id).unwrap_or_default()));
        }
        match query.order().0 {
            "events" => query.page(rows, |row| Some(row.events)),
            "first_seen" => query.page(rows, |row| row.first_seen),
            "people" => query.page(rows, |row| Some(row.people)),
            "active_people_28" => query.page(rows, |row| Some(row.active_people_28)),
            "seats" => query.page(rows, |row| row.seats),
            "mrr" => query.page(rows, |row| row.mrr),
            "name" => query.page(rows, |row| Some(row.name.as_ref().unwrap_or(&row.external_id).to_lowercase())),
            _ => query.page(rows, |row| row.last_seen),
        }
    })
    .await?;
    if wants_csv(&req) {
        let columns = [
            "external_id",
            "name",
            "plan",
            "parent",
            "people",
            "active_people_28",
            "active_people_prev_28",
            "first_seen",
            "last_seen",
            "events",
            "seats",
            "mrr",
            "excluded",
        ];
        let rows = page.items.into_iter().map(|a| {
            let counts = [a.people, a.active_people_28, a.active_people_prev_28].map(|n| n.to_string());
            let mut row = vec![a.external_id, maybe(a.name), maybe(a.plan), maybe(a.parent)];
            row.extend(counts);
            row.extend([maybe(a.first_seen), maybe(a.last_seen), a.events.to_string()]);
            row.extend([maybe(a.seats), maybe(a.mrr), maybe(a.excluded)]);
            row
        });
        return Csv::table("accounts", &columns, rows);
    }
    Ok(HttpResponse::Ok().json(page))
}

fn account(
    external_id: &str,
    traits: &Traits,
    excluded: Option<&'static str>,
    people: &RoaringBitmap,
    total: Option<Total>,
    (now, before): &(RoaringBitmap, RoaringBitmap),
) -> Account {
    Account {
        external_id: external_id.to_owned(),
        name: text(traits, "name"),
        plan: text(traits, "plan"),
        parent: text(traits, "parent"),
        people: people.len(),
        active_people_28: now.len(),
        active_people_prev_28: before.len(),
        first_seen: total.map(|t| instant(t.first)),
        last_seen: total.map(|t| instant(t.last)),
        events: total.map_or(0, |t| t.events),
        seats: number(traits, "seats"),
        mrr: number(traits, "mrr"),
        excluded,
    }
}

/// An account's use of one app.
#[derive(Debug, Serialize, ToSchema)]
struct AccountApp {
    app: String,
    /// Distinct people active in the last 28 days, today included.
    active_people_28: u64,
    events: u64,
    #[schema(value_type = String, format = DateTime)]
    first_seen: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_seen: Timestamp,
}

/// What an account did lately.
#[derive(Debug, Serialize, ToSchema)]
struct AccountMetrics {
    /// Distinct people active in the last 28 days, today included.
    active_people_28: u64,
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

fn find(names: &Dictionary, id: &str) -> Result<u32, ApiError> {
    names.number(Kind::Account, id).ok_or_else(|| ApiError::not_found(format!("account {id:?}")))
}

/// The filter of an account's own page: people of its child accounts count for it, and an excluded
/// account shows what it did all the same.
fn own(view: &View, names: &Dictionary, account: u32) -> Filter {
    let include_excluded = view.identity().account_exclusion(account).is_some();
    Filter { accounts: Some(view.identity().with_children(account, names)), include_excluded, ..Filter::default() }
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
    let now = clock.now();
    let (_, id) = path.into_inner();
    let detail = ask(&activity, &caller, move |view, conn| {
        let names = view.names();
        let names = names.read();
        let one = find(&names, &id)?;
        let today = view.day_of(now);
        let filter = own(view, &names, one);
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
            for ((_, app), used) in uses.range((*account, 0)..=(*account, u32::MAX)) {
                people |= &used.people;
                used.total.add_to(&mut total);
                used.total.add_to(totals.entry(*app).or_default());
            }
        }
        let used = totals.into_iter().filter(|(app, _)| *app != NONE);
        let mut apps: Vec<AccountApp> = used
            .filter_map(|(app, total)| {
                let total = total?;
                Some(AccountApp {
                    app: names.name(Kind::App, app).to_owned(),
                    active_people_28: by_app.get(&app).map_or(0, RoaringBitmap::len),
                    events: total.events,
                    first_seen: instant(total.first),
                    last_seen: instant(total.last),
                })
            })
            .collect();
        apps.sort_by(|a, b| b.active_people_28.cmp(&a.active_people_28).then_with(|| b.last_seen.cmp(&a.last_seen)));
        let traits = view.identity().traits(Subject::Account(one));
        let children = view.identity().subjects().filter_map(|subject| match subject {
            Subject::Account(child) => {
                let parent = text(&view.identity().traits(subject), "parent")?;
                (parent == id).then(|| names.name(Kind::Account, child).to_owned())
            }
            Subject::Person(_) => None,
        });
        let mut children: Vec<String> = children.collect();
        children.sort();
        let metrics = AccountMetrics {
            active_people_28: both.0.len(),
            active_days_28: u64::try_from(days.len()).unwrap_or(0),
            events_28,
        };
        let excluded = view.identity().account_exclusion(one);
        Ok(AccountDetail {
            account: account(&id, &traits, excluded, &people, total, &both),
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
    let by_day = ask(&activity, &caller, move |view, conn| {
        let names = view.names();
        let names = names.read();
        let filter = own(view, &names, find(&names, &id)?);
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
        people: Some(people.len()),
    });
    Ok(web::Json(ActivityDays { days: days.collect(), as_of: instant(clock.now()) }))
}

/// Distinct people of an account in one app, by week.
#[derive(Serialize, ToSchema)]
struct AppWeeks {
    app: String,
    people: Vec<u64>,
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
    let answer = ask(&activity, &caller, move |view, conn| {
        let names = view.names();
        let names = names.read();
        let filter = own(view, &names, find(&names, &id)?);
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
            .map(|(app, by_week)| AppWeeks {
                app: names.name(Kind::App, app).to_owned(),
                people: weeks.iter().map(|week| by_week.get(week).map_or(0, RoaringBitmap::len)).collect(),
            })
            .collect();
        apps.sort_by(|a, b| b.people.iter().sum::<u64>().cmp(&a.people.iter().sum()).then_with(|| a.app.cmp(&b.app)));
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
    let page = ask(&activity, &caller, move |view, conn| {
        let names = view.names();
        let names = names.read();
        let accounts = view.identity().with_children(find(&names, &id)?, &names);
        read_timeline(conn, workspace, view, &names, &Whose::Accounts(accounts), (i64::MIN, i64::MAX), &query)
    })
    .await?;
    Ok(web::Json(page))
}
