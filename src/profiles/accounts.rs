//! Accounts: the list.

use actix_web::{HttpRequest, HttpResponse, get, web};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::ListQuery;
use super::{Traits, number, text};
use crate::activity::ask::Activity;
use crate::activity::question::ask;
use crate::activity::routes::{instant, table};
use crate::activity::series::MONTH;
use crate::activity::sight::Sight;
use crate::activity::small::Smallest;
use crate::activity::totals::Total;
use crate::activity::view::{Filter, View};
use crate::auth::{Can, can};
use crate::clock::Clock;
use crate::db::{DbConn, DbError};
use crate::http::{ApiError, Page, ValidQuery, maybe, wants_csv};
use crate::ingest::block::NONE;
use crate::ingest::dictionary::Kind;
use crate::people::traits::Subject;

/// A group of people: department, team, tenant or customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Account {
    external_id: String,
    name: Option<String>,
    plan: Option<String>,
    parent: Option<String>,
    /// Distinct people who were ever active for it.
    people: Option<u64>,
    /// Distinct people active in the last 28 days, today included.
    active_people_28: Option<u64>,
    /// The same for the 28 days before.
    active_people_prev_28: Option<u64>,
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
    /// Whether counts are null because they are of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
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

/// What every account did over all time in what is seen.
fn sums(
    view: &mut View,
    conn: &mut DbConn,
    sight: &Sight,
    include_excluded: bool,
) -> Result<FxHashMap<u32, (RoaringBitmap, Option<Total>)>, DbError> {
    let mut sums: FxHashMap<u32, (RoaringBitmap, Option<Total>)> = FxHashMap::default();
    for ((account, _), used) in
        view.account_uses(conn, include_excluded)?.iter().filter(|((_, app), _)| sight.sees(*app))
    {
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
    let (now, smallest) = (clock.now(), Smallest::seen_by(&caller));
    let page = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let today = view.day_of(now);
        let everything = query.include_excluded || query.excluded.is_some();
        let filter = Filter { include_excluded: everything, ..sight.filter(&names, None)? };
        let visible = sight.accounts(view, conn)?;
        let (mut lately, mut sums) = (lately(view, conn, &filter, today)?, sums(view, conn, sight, everything)?);
        let mut rows = Vec::new();
        for (id, external_id) in names.all(Kind::Account) {
            let excluded = view.identity().account_exclusion(id);
            let seen = visible.as_ref().is_none_or(|visible| visible.contains(&id));
            if !seen || view.identity().is_individual(id) || !query.admits(excluded.is_some()) {
                continue;
            }
            let traits = sight.traits(view, &names, Subject::Account(id));
            if !query.finds(&[external_id, &text(&traits, "name").unwrap_or_default()]) {
                continue;
            }
            let (people, total) = sums.remove(&id).unwrap_or_default();
            let lately = lately.remove(&id).unwrap_or_default();
            rows.push(account(smallest, (external_id, &traits, excluded), (&people, total), &lately));
        }
        match query.order().0 {
            "events" => query.page(rows, |row| Some(row.events)),
            "first_seen" => query.page(rows, |row| row.first_seen),
            "people" => query.page(rows, |row| row.people),
            "active_people_28" => query.page(rows, |row| row.active_people_28),
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
            let counts = [a.people, a.active_people_28, a.active_people_prev_28].map(maybe);
            let mut row = vec![a.external_id, maybe(a.name), maybe(a.plan), maybe(a.parent)];
            row.extend(counts);
            row.extend([maybe(a.first_seen), maybe(a.last_seen), a.events.to_string()]);
            row.extend([maybe(a.seats), maybe(a.mrr), maybe(a.excluded)]);
            (row, a.suppressed)
        });
        return table("accounts", &columns, rows, smallest);
    }
    Ok(HttpResponse::Ok().json(page))
}

/// An account as it is shown.
pub(super) fn account(
    smallest: Smallest,
    (external_id, traits, excluded): (&str, &Traits, Option<&'static str>),
    (people, total): (&RoaringBitmap, Option<Total>),
    (now, before): &(RoaringBitmap, RoaringBitmap),
) -> Account {
    let counts = [people.len(), now.len(), before.len()];
    let [people, active_people_28, active_people_prev_28] = counts.map(|count| smallest.shown(count));
    Account {
        external_id: external_id.to_owned(),
        name: text(traits, "name"),
        plan: text(traits, "plan"),
        parent: text(traits, "parent"),
        people,
        active_people_28,
        active_people_prev_28,
        first_seen: total.map(|t| instant(t.first)),
        last_seen: total.map(|t| instant(t.last)),
        events: total.map_or(0, |t| t.events),
        seats: number(traits, "seats"),
        mrr: number(traits, "mrr"),
        excluded,
        suppressed: counts.into_iter().any(|count| smallest.hides(count)),
    }
}
