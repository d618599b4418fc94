//! People: the list.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, get, web};
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::active::behind;
use super::few::{Few, NO_ROLE, roles};
use super::listing::ListQuery;
use super::{Traits, text};
use crate::activity::ask::Activity;
use crate::activity::question::ask;
use crate::activity::routes::instant;
use crate::activity::series::MONTH;
use crate::activity::sight::Sight;
use crate::activity::totals::{JOINED, Total};
use crate::activity::view::{Filter, View};
use crate::auth::{Can, can};
use crate::clock::Clock;
use crate::db::DbConn;
use crate::http::{ApiError, Csv, ValidQuery, maybe, wants_csv};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::traits::Subject;

/// Someone events are about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Person {
    external_id: String,
    /// Known only by an anonymous id.
    anonymous: bool,
    name: Option<String>,
    email: Option<String>,
    /// `end_user` unless a trait says otherwise; null where too few people share it for you to see.
    pub role: Option<String>,
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
    /// Whether a pseudonym stands in the place of id, name and e-mail.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pseudonym: bool,
    /// Whether account or role are null because too few people share them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
}

/// A page of the list of people.
#[derive(Serialize, ToSchema)]
struct PersonList {
    items: Vec<Person>,
    next_cursor: Option<String>,
    /// How many items all pages hold, where that is cheap to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total: Option<u64>,
    /// Whether nobody is listed because they are fewer than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
}

const COLUMNS: [&str; 5] = ["last_seen", "first_seen", "events", "name", "active_days_28"];

/// What the list is sorted and filtered by, before names are looked up.
pub(super) struct Row {
    pub person: u32,
    pub total: Option<Total>,
    pub active_days: u64,
    /// As the caller sees them.
    pub traits: Option<Traits>,
}

/// People, as far as they are counted
#[utoipa::path(tag = "people", params(ListQuery), responses((status = 200, body = PersonList)))]
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
    let page = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let Some(rows) = rows(view, conn, &names, sight, &query, now)? else {
            return Ok(PersonList { items: Vec::new(), next_cursor: None, total: None, suppressed: true });
        };
        let page = match query.order().0 {
            "events" => query.page(rows, |row| Some(row.total.map_or(0, |t| t.events)))?,
            "first_seen" => query.page(rows, |row| row.total.map(|t| t.first))?,
            "active_days_28" => query.page(rows, |row| Some(row.active_days))?,
            "name" => query.page(rows, |row| {
                let name = row.traits.as_ref().and_then(|t| text(t, "name").or_else(|| text(t, "email")));
                Some(name.unwrap_or_else(|| sight.id(&names, row.person).0).to_lowercase())
            })?,
            _ => query.page(rows, |row| row.total.map(|t| t.last))?,
        };
        let (accounts, few) = (sight.accounts(view, conn)?, Few::of(view, sight));
        let items = page.items.into_iter().map(|row| person(view, &names, sight, (&few, accounts.as_ref()), row));
        Ok(PersonList { items: items.collect(), next_cursor: page.next_cursor, total: page.total, suppressed: false })
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
                maybe(p.role),
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

/// Who belongs on the list; none when those are too few to be seen.
fn rows(
    view: &mut View,
    conn: &mut DbConn,
    names: &Dictionary,
    sight: &Sight,
    query: &ListQuery,
    now: i64,
) -> Result<Option<Vec<Row>>, ApiError> {
    let behind = behind(view, conn, names, sight, query)?;
    let today = view.day_of(now);
    let mut active: FxHashMap<u32, u64> = FxHashMap::default();
    let everybody = Filter { include_excluded: true, ..sight.filter(names, None)? };
    for (_, summary) in view.summaries(conn, &everybody, today - MONTH + 1, today)? {
        for person in &summary.people {
            *active.entry(person).or_default() += 1;
        }
    }
    let used = sight.filter(names, query.app.as_ref())?;
    let visible = sight.accounts(view, conn)?;
    let account = query.account.as_ref().map(|account| {
        let number = names.number(Kind::Account, account);
        number.filter(|number| visible.as_ref().is_none_or(|visible| visible.contains(number)))
    });
    let mut totals: FxHashMap<u32, Option<Total>> = FxHashMap::default();
    for ((key, of_app, _), total) in view.totals() {
        let sum = totals.entry(view.identity().person(*key)).or_default();
        if *of_app != JOINED && used.takes(*of_app) {
            total.add_to(sum);
        }
    }
    if !used.narrows() {
        for subject in view.identity().subjects() {
            if let Subject::Person(key) = subject {
                totals.entry(view.identity().person(key)).or_default();
            }
        }
    }
    let roles = if query.role.is_some() { roles(view) } else { Default::default() };
    let mut found: Vec<(u32, Option<Total>)> = Vec::new();
    for (person, total) in totals {
        let role = || roles.get(&person).map_or(NO_ROLE, String::as_str);
        if behind.as_ref().is_some_and(|behind| !behind.contains(person))
            || !query.admits(view.identity().person_exclusion(person).is_some())
            || (used.narrows() && total.is_none())
            // Behind a number stands who was active for the account then, not who is in it now.
            || behind.is_none() && account.is_some_and(|account| view.current_account(person) != account || account.is_none())
            || query.role.as_ref().is_some_and(|wanted| wanted != role())
        {
            continue;
        }
        found.push((person, total));
    }
    if sight.smallest().hides(u64::try_from(found.len()).unwrap_or(u64::MAX)) {
        return Ok(None);
    }
    // Who may not see names searches and sorts by what stands in their place.
    let by_name = sight.names() && (query.order().0 == "name" || query.searches());
    let mut rows = Vec::with_capacity(found.len());
    for (person, total) in found {
        let traits = by_name.then(|| view.identity().traits(Subject::Person(person)));
        if query.searches() {
            let told = |name| traits.as_ref().and_then(|traits| text(traits, name)).unwrap_or_default();
            if !query.finds(&[&sight.id(names, person).0, &told("name"), &told("email")]) {
                continue;
            }
        }
        let active_days = active.get(&person).copied().unwrap_or(0);
        rows.push(Row { person, total, active_days, traits });
    }
    // Equal rows keep one order from page to page.
    rows.sort_unstable_by_key(|row| row.person);
    Ok(Some(rows))
}

/// A person as the caller sees them.
pub(super) fn person(
    view: &View,
    names: &Dictionary,
    sight: &Sight,
    (few, accounts): (&Few, Option<&BTreeSet<u32>>),
    row: Row,
) -> Person {
    let traits = row.traits.unwrap_or_else(|| sight.traits(view, names, Subject::Person(row.person)));
    let (external_id, anonymous) = sight.id(names, row.person);
    let current = view.current_account(row.person);
    let current = current.filter(|account| accounts.is_none_or(|accounts| accounts.contains(account)));
    let account = current.filter(|account| !few.account(*account));
    let account_traits = account.map(|account| view.identity().traits(Subject::Account(account)));
    let own_role = text(&traits, "role").unwrap_or_else(|| NO_ROLE.to_owned());
    let role = (!few.role(&own_role)).then_some(own_role);
    Person {
        external_id,
        anonymous,
        name: text(&traits, "name"),
        email: text(&traits, "email"),
        account: account.map(|account| names.name(Kind::Account, account).to_owned()),
        account_name: account_traits.and_then(|traits| text(&traits, "name")),
        first_seen: row.total.map(|t| instant(t.first)),
        last_seen: row.total.map(|t| instant(t.last)),
        events: row.total.map_or(0, |t| t.events),
        active_days_28: row.active_days,
        excluded: view.identity().person_exclusion(row.person),
        pseudonym: !sight.names_key(row.person),
        suppressed: role.is_none() || current != account,
        role,
    }
}
