//! Traits of people and accounts, with their history.
//!
//! Clients repeat the same traits on every visit, so a distinct set of traits is stored once and a
//! call refers to it. Of equal sets within a quarter of an hour the latest call is kept: days of
//! any time zone begin on a quarter, and on day D the last value set on or before D holds.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::upsert::excluded;
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_64;

use crate::db::schema::{trait_calls, trait_sets};
use crate::db::{DbConn, DbError};
use crate::on_both;

use super::trace::Traces;

/// Microseconds of a quarter of an hour.
const SLOT: i64 = 900_000_000;

/// Whose traits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A person's key.
    Person(u32),
    /// An account.
    Account(u32),
}

impl Subject {
    fn stored(self) -> (i16, i64) {
        match self {
            Subject::Person(number) => (1, i64::from(number)),
            Subject::Account(number) => (2, i64::from(number)),
        }
    }
}

/// One `identify` or `group` call.
#[derive(Clone, Debug)]
pub struct TraitCall {
    /// Whose traits.
    pub subject: Subject,
    /// When, microseconds since 1970.
    pub at: i64,
    /// Decides between equal instants: the greater is the later.
    pub message_id: String,
    /// A JSON object.
    pub traits: String,
}

/// The text under which equal sets are equal: keys sorted, no spaces.
fn canonical(traits: &str) -> Option<String> {
    let map: Map<String, Value> = serde_json::from_str(traits).ok()?;
    serde_json::to_string(&map).ok()
}

/// Stores calls; of equal ones the latest stays, whatever the order of arrival.
pub fn store(conn: &mut DbConn, workspace: i64, calls: &[TraitCall]) -> Result<(), DbError> {
    let mut sets: HashMap<i64, String> = HashMap::new();
    let mut latest: HashMap<(Subject, i64, i64), (i64, &str)> = HashMap::new();
    for call in calls {
        let Some(text) = canonical(&call.traits) else { continue };
        let id = xxh3_64(text.as_bytes()).cast_signed();
        sets.entry(id).or_insert(text);
        let key = (call.subject, call.at.div_euclid(SLOT), id);
        let this = (call.at, call.message_id.as_str());
        let kept = latest.entry(key).or_insert(this);
        if this > *kept {
            *kept = this;
        }
    }
    let mut sets: Vec<_> = sets.into_iter().collect();
    sets.sort_unstable();
    for (id, text) in &sets {
        let row = (trait_sets::workspace_id.eq(workspace), trait_sets::id.eq(id), trait_sets::traits.eq(text));
        on_both!(conn, |c| diesel::insert_into(trait_sets::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    let mut latest: Vec<_> = latest.into_iter().collect();
    latest.sort_unstable();
    for ((subject, slot, set), (at, message_id)) in latest {
        let (kind, number) = subject.stored();
        let row = (
            trait_calls::workspace_id.eq(workspace),
            trait_calls::subject_kind.eq(kind),
            trait_calls::subject.eq(number),
            trait_calls::slot.eq(slot),
            trait_calls::set_id.eq(set),
            trait_calls::at.eq(at),
            trait_calls::message_id.eq(message_id),
        );
        let key = (
            trait_calls::workspace_id,
            trait_calls::subject_kind,
            trait_calls::subject,
            trait_calls::slot,
            trait_calls::set_id,
        );
        let later = excluded(trait_calls::at).gt(trait_calls::at).or(excluded(trait_calls::at)
            .eq(trait_calls::at)
            .and(excluded(trait_calls::message_id).gt(trait_calls::message_id)));
        on_both!(conn, |c| diesel::query_dsl::methods::FilterDsl::filter(
            diesel::insert_into(trait_calls::table).values(row).on_conflict(key).do_update().set((
                trait_calls::at.eq(excluded(trait_calls::at)),
                trait_calls::message_id.eq(excluded(trait_calls::message_id)),
            )),
            later
        )
        .execute(c))?;
    }
    Ok(())
}

/// One stored call as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCall {
    /// Whose traits.
    pub subject: Subject,
    /// When, microseconds since 1970.
    pub at: i64,
    /// Its messageId.
    pub message_id: String,
    /// Which set, see [`load_sets`].
    pub set: i64,
}

/// The calls about one subject, or about all of the workspace.
pub fn load_calls(conn: &mut DbConn, workspace: i64, only: Option<Subject>) -> Result<Vec<StoredCall>, DbError> {
    let query = trait_calls::table.filter(trait_calls::workspace_id.eq(workspace)).select((
        trait_calls::subject_kind,
        trait_calls::subject,
        trait_calls::at,
        trait_calls::message_id,
        trait_calls::set_id,
    ));
    let rows: Vec<(i16, i64, i64, String, i64)> = match only {
        None => query.load(conn)?,
        Some(subject) => {
            let (kind, number) = subject.stored();
            query.filter(trait_calls::subject_kind.eq(kind)).filter(trait_calls::subject.eq(number)).load(conn)?
        }
    };
    Ok(rows
        .into_iter()
        .filter_map(|(kind, number, at, message_id, set)| {
            let number = u32::try_from(number).ok()?;
            let subject = if kind == 1 { Subject::Person(number) } else { Subject::Account(number) };
            Some(StoredCall { subject, at, message_id, set })
        })
        .collect())
}

/// A set of traits, or all sets of the workspace.
pub fn load_sets(conn: &mut DbConn, workspace: i64, only: Option<i64>) -> Result<Vec<(i64, String)>, DbError> {
    let query =
        trait_sets::table.filter(trait_sets::workspace_id.eq(workspace)).select((trait_sets::id, trait_sets::traits));
    Ok(match only {
        None => query.load(conn)?,
        Some(id) => query.filter(trait_sets::id.eq(id)).load(conn)?,
    })
}

/// Every text that a trait of these people's keys ever was.
pub fn values_of(
    conn: &mut DbConn,
    workspace: i64,
    keys: &BTreeSet<u32>,
    name: &str,
) -> Result<BTreeSet<String>, DbError> {
    let mut values = BTreeSet::new();
    for set in sets_of(conn, workspace, keys)? {
        for (_, text) in load_sets(conn, workspace, Some(set))? {
            let traits: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
            values.extend(traits.get(name).and_then(Value::as_str).map(str::to_owned));
        }
    }
    Ok(values)
}

fn sets_of(conn: &mut DbConn, workspace: i64, keys: &BTreeSet<u32>) -> Result<BTreeSet<i64>, DbError> {
    let mut sets = BTreeSet::new();
    for key in keys {
        sets.extend(load_calls(conn, workspace, Some(Subject::Person(*key)))?.into_iter().map(|call| call.set));
    }
    Ok(sets)
}

/// Forgets the traits of a person, and blanks what the traits of others say of them.
pub fn erase(conn: &mut DbConn, workspace: i64, keys: &BTreeSet<u32>, traces: &Traces) -> Result<(), DbError> {
    let theirs = sets_of(conn, workspace, keys)?;
    let of_workspace = || trait_calls::table.filter(trait_calls::workspace_id.eq(workspace));
    for key in keys {
        let (kind, number) = Subject::Person(*key).stored();
        let calls = of_workspace().filter(trait_calls::subject_kind.eq(kind).and(trait_calls::subject.eq(number)));
        diesel::delete(calls).execute(conn)?;
    }
    for set in theirs {
        let others: i64 = of_workspace().filter(trait_calls::set_id.eq(set)).count().get_result(conn)?;
        if others == 0 {
            diesel::delete(trait_sets::table.find((workspace, set))).execute(conn)?;
        }
    }
    for (set, text) in load_sets(conn, workspace, None)? {
        let Some(text) = traces.taken_out_of(&text).and_then(|text| canonical(&text)) else { continue };
        let calls: Vec<(i16, i64, i64, String)> = of_workspace()
            .filter(trait_calls::set_id.eq(set))
            .select((trait_calls::subject_kind, trait_calls::subject, trait_calls::at, trait_calls::message_id))
            .load(conn)?;
        diesel::delete(of_workspace().filter(trait_calls::set_id.eq(set))).execute(conn)?;
        diesel::delete(trait_sets::table.find((workspace, set))).execute(conn)?;
        let again: Vec<TraitCall> = calls
            .into_iter()
            .filter_map(|(kind, number, at, message_id)| {
                let number = u32::try_from(number).ok()?;
                let subject = if kind == 1 { Subject::Person(number) } else { Subject::Account(number) };
                Some(TraitCall { subject, at, message_id, traits: text.clone() })
            })
            .collect();
        store(conn, workspace, &again)?;
    }
    Ok(())
}
