//! People: the list and the page of one.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse, delete, get, put, web};
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::active::behind;
use super::listing::{ListQuery, SpanQuery, TimelineQuery};
use super::timeline::{TimelineItem, Whose, timeline as read_timeline};
use super::{ActivityDay, ActivityDays, Trait, Traits, listed, text};
use crate::activity::apps::rhythms;
use crate::activity::ask::Activity;
use crate::activity::days;
use crate::activity::fold;
use crate::activity::question::ask;
use crate::activity::rhythm::{Rhythm, RhythmState, state};
use crate::activity::routes::instant;
use crate::activity::series::MONTH;
use crate::activity::totals::{JOINED, Total};
use crate::activity::view::{Filter, View};
use crate::apps::settings;
use crate::audit::{self, Entry};
use crate::auth::{Caller, Can, can};
use crate::clock::Clock;
use crate::db::{Db, DbConn};
use crate::http::{ApiError, Csv, Page, ValidQuery, maybe, wants_csv};
use crate::ingest::block::NONE;
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::links;
use crate::people::traits::Subject;

/// Someone events are about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Person {
    external_id: String,
    /// Known only by an anonymous id.
    anonymous: bool,
    name: Option<String>,
    email: Option<String>,
    /// `end_user` unless a trait says otherwise.
    role: String,
    /// The account the person joined last.
    account: Option<String>,
    account_name: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Counted events over all time.
    events: u64,
    /// Days with activity of the last 28, today included.
    active_days_28: u64,
    /// Why the person is not counted: `bot`, `internal` or `test`.
    excluded: Option<&'static str>,
}

const COLUMNS: [&str; 5] = ["last_seen", "first_seen", "events", "name", "active_days_28"];

/// What the list is sorted and filtered by, before names are looked up.
struct Row {
    person: u32,
    total: Option<Total>,
    active_days: u64,
    traits: Option<Traits>,
}

/// People, as far as they are counted
#[utoipa::path(tag = "people", params(ListQuery), responses((status = 200, body = Page<Person>)))]
#[get("/people")]
pub(super) async fn list(
    caller: Can<can::PeopleRead>,
    req: HttpRequest,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<ListQuery>,
) -> Result<HttpResponse, ApiError> {
    query.check(&COLUMNS)?;
    let now = clock.now();
    let page = ask(&activity, &caller, move |view, conn| {
        let names = view.names();
        let names = names.read();
        let rows = rows(view, conn, &names, &query, now)?;
        let page = match query.order().0 {
            "events" => query.page(rows, |row| Some(row.total.map_or(0, |t| t.events)))?,
            "first_seen" => query.page(rows, |row| row.total.map(|t| t.first))?,
            "active_days_28" => query.page(rows, |row| Some(row.active_days))?,
            "name" => query.page(rows, |row| {
                let name = row.traits.as_ref().and_then(|t| text(t, "name").or_else(|| text(t, "email")));
                Some(name.unwrap_or_else(|| external_id(&names, row.person).0).to_lowercase())
            })?,
            _ => query.page(rows, |row| row.total.map(|t| t.last))?,
        };
        let items = page.items.into_iter().map(|row| person(view, &names, row)).collect();
        Ok(Page { items, next_cursor: page.next_cursor, total: page.total })
    })
    .await?;
    if wants_csv(&req) {
        let columns = [
            "external_id",
            "name",
            "email",
            "role",
            "account",
            "first_seen",
            "last_seen",
            "events",
            "active_days_28",
            "excluded",
        ];
        let rows = page.items.into_iter().map(|p| {
            vec![
                p.external_id,
                maybe(p.name),
                maybe(p.email),
                p.role,
                maybe(p.account),
                maybe(p.first_seen),
                maybe(p.last_seen),
                p.events.to_string(),
                p.active_days_28.to_string(),
                maybe(p.excluded),
            ]
        });
        return Csv::table("people", &columns, rows);
    }
    Ok(HttpResponse::Ok().json(page))
}

fn rows(
    view: &mut View,
    conn: &mut DbConn,
    names: &Dictionary,
    query: &ListQuery,
    now: i64,
) -> Result<Vec<Row>, ApiError> {
    let behind = behind(view, conn, names, query)?;
    let today = view.day_of(now);
    let mut active: FxHashMap<u32, u64> = FxHashMap::default();
    let everybody = Filter { include_excluded: true, ..Filter::default() };
    for (_, summary) in view.summaries(conn, &everybody, today - MONTH + 1, today)? {
        for person in &summary.people {
            *active.entry(person).or_default() += 1;
        }
    }
    let app = query.app.as_ref().map(|app| names.number(Kind::App, app));
    let account = query.account.as_ref().map(|account| names.number(Kind::Account, account));
    let mut totals: FxHashMap<u32, Option<Total>> = FxHashMap::default();
    for ((key, of_app, _), total) in view.totals() {
        let sum = totals.entry(view.identity().person(*key)).or_default();
        if *of_app != JOINED && app.is_none_or(|app| app == Some(*of_app)) {
            total.add_to(sum);
        }
    }
    if app.is_none() {
        for subject in view.identity().subjects() {
            if let Subject::Person(key) = subject {
                totals.entry(view.identity().person(key)).or_default();
            }
        }
    }
    let by_name = query.order().0 == "name" || query.q.is_some() || query.role.is_some();
    let mut rows = Vec::new();
    for (person, total) in totals {
        if behind.as_ref().is_some_and(|behind| !behind.contains(person))
            || !query.admits(view.identity().person_exclusion(person).is_some())
            || (app.is_some() && total.is_none())
            // Behind a number stands who was active for the account then, not who is in it now.
            || behind.is_none() && account.is_some_and(|account| view.current_account(person) != account || account.is_none())
        {
            continue;
        }
        let traits = by_name.then(|| view.identity().traits(Subject::Person(person)));
        if let Some(traits) = &traits {
            let (id, _) = external_id(names, person);
            let (name, email) = (text(traits, "name").unwrap_or_default(), text(traits, "email").unwrap_or_default());
            if !query.finds(&[&id, &name, &email]) || query.role.as_ref().is_some_and(|role| *role != role_of(traits)) {
                continue;
            }
        }
        rows.push(Row { person, total, active_days: active.get(&person).copied().unwrap_or(0), traits });
    }
    // Equal rows keep one order from page to page.
    rows.sort_unstable_by_key(|row| row.person);
    Ok(rows)
}

fn role_of(traits: &Traits) -> String {
    text(traits, "role").unwrap_or_else(|| "end_user".to_owned())
}

/// The id as clients know it, and whether it is an anonymous one.
pub(super) fn external_id(names: &Dictionary, person: u32) -> (String, bool) {
    let name = names.name(Kind::Person, person);
    (name.get(1..).unwrap_or_default().to_owned(), name.starts_with('a'))
}

fn person(view: &View, names: &Dictionary, row: Row) -> Person {
    let traits = row.traits.unwrap_or_else(|| view.identity().traits(Subject::Person(row.person)));
    let (external_id, anonymous) = external_id(names, row.person);
    let account = view.current_account(row.person);
    let account_traits = account.map(|account| view.identity().traits(Subject::Account(account)));
    Person {
        external_id,
        anonymous,
        name: text(&traits, "name"),
        email: text(&traits, "email"),
        role: role_of(&traits),
        account: account.map(|account| names.name(Kind::Account, account).to_owned()),
        account_name: account_traits.and_then(|traits| text(&traits, "name")),
        first_seen: row.total.map(|t| instant(t.first)),
        last_seen: row.total.map(|t| instant(t.last)),
        events: row.total.map_or(0, |t| t.events),
        active_days_28: row.active_days,
        excluded: view.identity().person_exclusion(row.person),
    }
}

/// A person's use of one app.
#[derive(Debug, Serialize, ToSchema)]
struct PersonApp {
    app: String,
    #[schema(value_type = String, format = DateTime)]
    first_seen: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_seen: Timestamp,
    events: u64,
    /// How often the app is naturally used.
    rhythm: Rhythm,
    /// Where the person stands against that.
    state: RhythmState,
    /// When the person is expected back.
    #[schema(value_type = Option<String>, format = Date)]
    expected: Option<jiff::civil::Date>,
}

/// What a person did lately.
#[derive(Debug, Serialize, ToSchema)]
struct PersonMetrics {
    /// Days with activity of the last 28, today included.
    active_days_28: u64,
    /// Counted events in them.
    events_28: u64,
}

/// Everything about a person.
#[derive(Debug, Serialize, ToSchema)]
struct PersonDetail {
    #[serde(flatten)]
    person: Person,
    traits: Vec<Trait>,
    /// Other ids that belong to the person.
    merged: Vec<String>,
    apps: Vec<PersonApp>,
    metrics: PersonMetrics,
    /// Filled once there are scores.
    #[schema(value_type = Vec<Object>)]
    scores: Vec<()>,
    /// Filled once there are frameworks.
    #[schema(value_type = Vec<Object>)]
    stages: Vec<()>,
}

/// The person of an id: a user id, else an anonymous one.
fn find(view: &View, names: &Dictionary, id: &str) -> Result<u32, ApiError> {
    let key = names.number(Kind::Person, &format!("u{id}")).or_else(|| names.number(Kind::Person, &format!("a{id}")));
    key.map(|key| view.identity().person(key)).ok_or_else(|| ApiError::not_found(format!("person {id:?}")))
}

/// A person, excluded or not
#[utoipa::path(
    tag = "people",
    params(("external_id" = String, Path, description = "The person's id")),
    responses((status = 200, body = PersonDetail))
)]
#[get("/people/{external_id}")]
pub(super) async fn show(
    caller: Can<can::PeopleRead>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<PersonDetail>, ApiError> {
    let (now, workspace) = (clock.now(), caller.workspace.id);
    let (_, id) = path.into_inner();
    let detail = ask(&activity, &caller, move |view, conn| {
        let names = view.names();
        let names = names.read();
        let one = find(view, &names, &id)?;
        let today = view.day_of(now);
        let lately = view.person_days(conn, one, today - MONTH + 1, today)?;
        let metrics = PersonMetrics {
            active_days_28: u64::try_from(lately.len()).unwrap_or(0),
            events_28: lately.iter().map(|(_, events)| events).sum(),
        };
        let learned = rhythms(view, conn, today)?;
        let settings = settings::load(conn, workspace)?;
        let mut by_app: FxHashMap<u32, Total> = FxHashMap::default();
        let keys = view.identity().keys(one);
        for key in &keys {
            for ((_, app, _), total) in view.totals().range((*key, 0, 0)..=(*key, u32::MAX, u32::MAX)) {
                if *app != JOINED && *app != NONE {
                    by_app.entry(*app).and_modify(|sum| sum.join(*total)).or_insert(*total);
                }
            }
        }
        let mut apps: Vec<PersonApp> = Vec::with_capacity(by_app.len());
        for (app, total) in by_app {
            let by_hand = settings.get(&app).and_then(|s| Rhythm::from_key(s.rhythm.as_deref()?));
            let rhythm = by_hand.or_else(|| learned.get(&app).map(|l| l.rhythm)).unwrap_or(Rhythm::Unknown);
            let (state, expected) = state(rhythm, Some(view.day_of(total.last)), today);
            apps.push(PersonApp {
                app: names.name(Kind::App, app).to_owned(),
                first_seen: instant(total.first),
                last_seen: instant(total.last),
                events: total.events,
                rhythm,
                state,
                expected: expected.map(days::date),
            });
        }
        apps.sort_by(|a, b| b.last_seen.cmp(&a.last_seen).then_with(|| a.app.cmp(&b.app)));
        let traits = view.identity().traits(Subject::Person(one));
        let row = Row {
            person: one,
            total: view.person_total(one),
            active_days: metrics.active_days_28,
            traits: Some(traits.clone()),
        };
        Ok(PersonDetail {
            person: person(view, &names, row),
            traits: listed(traits),
            merged: keys.into_iter().filter(|key| *key != one).map(|key| external_id(&names, key).0).collect(),
            apps,
            metrics,
            scores: Vec::new(),
            stages: Vec::new(),
        })
    })
    .await?;
    Ok(web::Json(detail))
}

/// Days on which a person was active
#[utoipa::path(
    tag = "people",
    params(("external_id" = String, Path, description = "The person's id"), SpanQuery),
    responses((status = 200, body = ActivityDays))
)]
#[get("/people/{external_id}/activity")]
pub(super) async fn active_days(
    caller: Can<can::PeopleRead>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
    ValidQuery(span): ValidQuery<SpanQuery>,
) -> Result<web::Json<ActivityDays>, ApiError> {
    let (from, to) = span.days()?;
    let (_, id) = path.into_inner();
    let active = ask(&activity, &caller, move |view, conn| {
        let names = view.names();
        let one = find(view, &names.read(), &id)?;
        Ok(view.person_days(conn, one, from, to)?)
    })
    .await?;
    let days = active.into_iter().map(|(day, events)| ActivityDay { date: days::date(day), events, people: None });
    Ok(web::Json(ActivityDays { days: days.collect(), as_of: instant(clock.now()) }))
}

/// What a person did, newest first
#[utoipa::path(
    tag = "people",
    params(("external_id" = String, Path, description = "The person's id"), TimelineQuery),
    responses((status = 200, body = Page<TimelineItem>))
)]
#[get("/people/{external_id}/timeline")]
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
        let one = find(view, &names, &id)?;
        let keys: HashSet<u32> = view.identity().keys(one).into_iter().collect();
        read_timeline(conn, workspace, view, &names, &Whose::Keys(keys), (i64::MIN, i64::MAX), &query)
    })
    .await?;
    Ok(web::Json(page))
}

/// Takes back that another id belongs to this person
#[utoipa::path(
    tag = "people",
    params(
        ("external_id" = String, Path, description = "The person's id"),
        ("merged_id" = String, Path, description = "The id that is to stand alone again")
    ),
    responses((status = 204, description = "Taken back"))
)]
#[delete("/people/{external_id}/merged/{merged_id}")]
pub(super) async fn unmerge(
    caller: Can<can::PeopleMerge>,
    db: web::Data<Db>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    set_merged(&caller, &db, &activity, path.into_inner(), (false, clock.now())).await
}

/// Lets another id belong to this person again
#[utoipa::path(
    tag = "people",
    params(
        ("external_id" = String, Path, description = "The person's id"),
        ("merged_id" = String, Path, description = "The id that was taken away")
    ),
    responses((status = 204, description = "Merged again"))
)]
#[put("/people/{external_id}/merged/{merged_id}")]
pub(super) async fn merge(
    caller: Can<can::PeopleMerge>,
    db: web::Data<Db>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    set_merged(&caller, &db, &activity, path.into_inner(), (true, clock.now())).await
}

async fn set_merged(
    caller: &Caller,
    db: &web::Data<Db>,
    activity: &web::Data<Activity>,
    (_, id, other): (String, String, String),
    (merged, now): (bool, i64),
) -> Result<HttpResponse, ApiError> {
    let workspace = caller.workspace.id;
    let missing = format!("merge of {other:?} into person {id:?}");
    let (person, keys) = ask(activity, caller, move |view, _| {
        let names = view.names();
        let names = names.read();
        let person = find(view, &names, &id)?;
        let keys = ["u", "a"].into_iter().filter_map(|kind| names.number(Kind::Person, &format!("{kind}{other}")));
        // The person's own id is nobody's merge.
        Ok((person, keys.filter(|key| *key != person).collect::<Vec<u32>>()))
    })
    .await?;
    let origin = caller.origin.clone();
    db.write(move |conn| {
        let mut any = false;
        for key in &keys {
            any |= links::set_undone(conn, workspace, *key, !merged)?;
        }
        if !any {
            return Err(ApiError::not_found(missing));
        }
        let action = if merged { "people.merged" } else { "people.unmerged" };
        let target = format!("person {person}");
        let entry = Entry { workspace: Some(workspace), action, target: &target, detail: json!({ "ids": keys }) };
        audit::record(conn, &origin, entry, now)?;
        Ok(fold::renew_views(conn, workspace)?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
