//! What there is, and finding it.

use actix_web::{get, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::text;
use crate::activity::ask::Activity;
use crate::activity::days;
use crate::activity::question::ask;
use crate::activity::routes::instant;
use crate::activity::totals::{JOINED, Total};
use crate::auth::{Can, can};
use crate::clock::Clock;
use crate::http::{ApiError, ValidQuery};
use crate::ingest::dictionary::Kind;
use crate::people::traits::Subject;

/// What a workspace holds.
#[derive(Serialize, ToSchema)]
struct Summary {
    /// Counted events over all time.
    events: u64,
    /// People with counted events.
    people: Option<u64>,
    accounts: u64,
    apps: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    first_event_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_event_at: Option<Timestamp>,
    /// The IANA zone that days follow.
    time_zone: String,
    /// Today in that zone.
    #[schema(value_type = String, format = Date)]
    today: jiff::civil::Date,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// Whether the count of people is null because it is of fewer than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
}

/// What the workspace holds
#[utoipa::path(tag = "workspace", responses((status = 200, body = Summary)))]
#[get("/summary")]
pub(super) async fn summary(
    caller: Can<can::MetricsRead>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Summary>, ApiError> {
    let now = clock.now();
    let time_zone = caller.workspace.time_zone.clone();
    let answer = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let mut people = roaring::RoaringBitmap::new();
        let mut sum: Option<Total> = None;
        for ((key, app, account), total) in view.totals() {
            if *app != JOINED && sight.sees(*app) && view.counts(*key, *account) {
                people.insert(view.identity().person(*key));
                total.add_to(&mut sum);
            }
        }
        let visible = sight.accounts(view, conn)?;
        let counted = |account: &(u32, &str)| {
            visible.as_ref().is_none_or(|visible| visible.contains(&account.0))
                && !view.identity().is_individual(account.0)
                && view.identity().account_exclusion(account.0).is_none()
        };
        let accounts = names.all(Kind::Account).filter(counted).count();
        let today = view.day_of(now);
        Ok(Summary {
            events: sum.map_or(0, |t| t.events),
            people: sight.smallest().shown(people.len()),
            accounts: u64::try_from(accounts).unwrap_or(0),
            apps: sight.apps().map_or(u64::from(names.len(Kind::App)), |apps| u64::try_from(apps.len()).unwrap_or(0)),
            first_event_at: sum.map(|t| instant(t.first)),
            last_event_at: sum.map(|t| instant(t.last)),
            time_zone,
            today: days::date(today),
            as_of: instant(now),
            suppressed: sight.smallest().hides(people.len()),
        })
    })
    .await?;
    Ok(web::Json(answer))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// Part of a name, id or e-mail.
    q: String,
}

/// An app that was found.
#[derive(Serialize, ToSchema)]
struct FoundApp {
    app: String,
}

/// An account that was found.
#[derive(Serialize, ToSchema)]
struct FoundAccount {
    external_id: String,
    name: Option<String>,
}

/// A person who was found.
#[derive(Serialize, ToSchema)]
struct FoundPerson {
    external_id: String,
    name: Option<String>,
    email: Option<String>,
}

/// At most eight of each.
#[derive(Serialize, ToSchema)]
struct SearchResult {
    apps: Vec<FoundApp>,
    accounts: Vec<FoundAccount>,
    people: Vec<FoundPerson>,
}

const FOUND: usize = 8;

/// Find apps, accounts and people
#[utoipa::path(tag = "workspace", params(SearchQuery), responses((status = 200, body = SearchResult)))]
#[get("/search")]
pub(super) async fn search(
    caller: Can<can::PeopleRead>,
    activity: web::Data<Activity>,
    ValidQuery(query): ValidQuery<SearchQuery>,
) -> Result<web::Json<SearchResult>, ApiError> {
    let q = query.q.trim().to_lowercase();
    let answer = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let fits = |texts: &[Option<&str>]| texts.iter().flatten().any(|text| text.to_lowercase().contains(&q));
        let apps = names.all(Kind::App).filter(|(app, name)| sight.sees(*app) && fits(&[Some(*name)]));
        let apps = apps.take(FOUND).map(|(_, name)| FoundApp { app: name.to_owned() }).collect();
        let visible = sight.accounts(view, conn)?;
        let accounts = names.all(Kind::Account).filter_map(|(number, id)| {
            visible.as_ref().is_none_or(|visible| visible.contains(&number)).then_some(())?;
            let name = text(&view.identity().traits(Subject::Account(number)), "name");
            fits(&[Some(id), name.as_deref()]).then(|| FoundAccount { external_id: id.to_owned(), name })
        });
        let accounts = accounts.take(FOUND).collect();
        let people = names.all(Kind::Person).filter_map(|(key, _)| {
            let seen = || sight.apps().is_none() || view.person_total(key, sight.apps()).is_some();
            if view.identity().person(key) != key || !seen() {
                return None;
            }
            let (external_id, _) = sight.id(&names, key);
            // Who may not see names finds people by what stands in their place.
            if !sight.names() && !fits(&[Some(&external_id)]) {
                return None;
            }
            let traits = sight.traits(view, &names, Subject::Person(key));
            let (name, email) = (text(&traits, "name"), text(&traits, "email"));
            fits(&[Some(&external_id), name.as_deref(), email.as_deref()]).then_some(FoundPerson {
                external_id,
                name,
                email,
            })
        });
        Ok(SearchResult { apps, accounts, people: people.take(FOUND).collect() })
    })
    .await?;
    Ok(web::Json(answer))
}
