//! Who is behind a number: the people active on some days, or first active in a period.

use jiff::civil::Date;
use roaring::RoaringBitmap;

use super::listing::ListQuery;
use crate::activity::days::{self, Period};
use crate::activity::sight::Sight;
use crate::activity::view::{Filter, NOWHERE, View};
use crate::db::DbConn;
use crate::http::ApiError;
use crate::ingest::dictionary::{Dictionary, Kind};

/// The people whom `active_from`, `active_to`, `first` and `first_period` leave; none for everybody.
///
/// App and account hold for the activity looked at, as they do in metrics.
pub(super) fn behind(
    view: &mut View,
    conn: &mut DbConn,
    names: &Dictionary,
    sight: &Sight,
    query: &ListQuery,
) -> Result<Option<RoaringBitmap>, ApiError> {
    let account = query.account.as_ref().map(|name| names.number(Kind::Account, name).unwrap_or(NOWHERE));
    let filter = Filter {
        accounts: account.map(|account| vec![account]),
        include_excluded: query.include_excluded || query.excluded.is_some(),
        ..sight.filter(names, query.app.as_ref())?
    };
    let mut people: Option<RoaringBitmap> = None;
    if let Some((from, to)) = span(query.active_from, query.active_to)? {
        people = Some(union(view, conn, &filter, from, to)?);
    }
    if let Some((from, to)) = first(query)? {
        let new = union(view, conn, &filter, from, to)? - union(view, conn, &filter, i32::MIN, from - 1)?;
        people = Some(people.map_or_else(|| new.clone(), |people| people & &new));
    }
    Ok(people)
}

fn union(view: &mut View, conn: &mut DbConn, filter: &Filter, from: i32, to: i32) -> Result<RoaringBitmap, ApiError> {
    let mut people = RoaringBitmap::new();
    for (_, day) in view.summaries(conn, filter, from, to)? {
        people |= &day.people;
    }
    Ok(people)
}

fn span(from: Option<Date>, to: Option<Date>) -> Result<Option<(i32, i32)>, ApiError> {
    match (from.map(days::number), to.map(days::number)) {
        (None, None) => Ok(None),
        (Some(from), Some(to)) if from <= to => Ok(Some((from, to))),
        (Some(_), Some(_)) => Err(ApiError::bad_query("active_to", "lies before active_from; swap them")),
        (Some(_), None) => Err(ApiError::bad_query("active_to", "goes with active_from, as YYYY-MM-DD")),
        (None, Some(_)) => Err(ApiError::bad_query("active_from", "goes with active_to, as YYYY-MM-DD")),
    }
}

fn first(query: &ListQuery) -> Result<Option<(i32, i32)>, ApiError> {
    let period = match query.first_period.as_deref() {
        None | Some("day") => Period::Day,
        Some("week") => Period::Week,
        Some("month") => Period::Month,
        Some(_) => return Err(ApiError::bad_query("first_period", "is none of day, week, month")),
    };
    if query.first.is_none() && query.first_period.is_some() {
        return Err(ApiError::bad_query("first", "goes with first_period, as YYYY-MM-DD"));
    }
    let Some(day) = query.first.map(days::number) else { return Ok(None) };
    let start = period.start(day);
    Ok(Some((start, period.step(start, 1) - 1)))
}
