//! The page of a person.

use std::collections::HashSet;

use actix_web::{get, web};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::few::Few;
use super::listing::{SpanQuery, TimelineQuery};
use super::people::{Person, Row, person};
use super::timeline::{Looks, TimelineItem, Whose, timeline as read_timeline};
use super::{ActivityDay, ActivityDays, Trait, listed};
use crate::activity::apps::rhythms;
use crate::activity::ask::Activity;
use crate::activity::days;
use crate::activity::question::ask;
use crate::activity::rhythm::{Rhythm, RhythmState, state};
use crate::activity::routes::instant;
use crate::activity::series::MONTH;
use crate::apps::settings;
use crate::auth::{Can, can};
use crate::clock::Clock;
use crate::http::{ApiError, Page, ValidQuery};
use crate::ingest::dictionary::Kind;
use crate::people::traits::Subject;

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
    let detail = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let one = sight.person(view, &names, &id)?;
        let today = view.day_of(now);
        let lately = view.person_days(conn, one, sight.apps(), (today - MONTH + 1, today))?;
        let metrics = PersonMetrics {
            active_days_28: u64::try_from(lately.len()).unwrap_or(0),
            events_28: lately.iter().map(|(_, events)| events).sum(),
        };
        let learned = rhythms(view, conn, today)?;
        let settings = settings::load(conn, workspace)?;
        let by_app = sight.by_app(view, one);
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
        sight.prepare(view);
        let traits = sight.traits(view, &names, Subject::Person(one));
        let row = Row {
            person: one,
            total: view.person_total(one, sight.apps()),
            active_days: metrics.active_days_28,
            traits: Some(traits.clone()),
        };
        let (accounts, few) = (sight.accounts(view, conn)?, Few::of(view, sight));
        let person = person(view, &names, sight, (&few, accounts.as_ref()), row);
        let mut traits = listed(traits);
        if person.role.is_none() {
            traits.retain(|one| one.name != "role");
        }
        let merged = view.identity().keys(one).into_iter().filter(|key| *key != one);
        // An id that came with nothing but apps of others is theirs to know.
        let merged = merged.filter(|key| sight.apps().is_none() || view.key_total(*key, sight.apps()).is_some());
        Ok(PersonDetail {
            person,
            traits,
            merged: merged.map(|key| sight.id(&names, key).0).collect(),
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
    let active = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let one = sight.person(view, &names.read(), &id)?;
        Ok(view.person_days(conn, one, sight.apps(), (from, to))?)
    })
    .await?;
    let days = active.into_iter().map(|(day, events)| ActivityDay {
        date: days::date(day),
        events,
        people: None,
        suppressed: false,
    });
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
    let page = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let one = sight.person(view, &names, &id)?;
        let keys: HashSet<u32> = view.identity().keys(one).into_iter().collect();
        let few = Few::of(view, sight);
        sight.prepare(view);
        read_timeline(conn, workspace, &Looks { view, names: &names, sight, few: &few }, &Whose::Keys(keys), &query)
    })
    .await?;
    Ok(web::Json(page))
}
