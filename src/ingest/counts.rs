//! How many calls came in: by workspace, write key and hour, and why any were refused.
//!
//! Each process adds up what it sees and stores the sums now and then; all processes add to the same rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::db::schema::{ingest_counts, ingest_refusals};
use crate::db::{Db, DbConn, DbError};
use crate::on_both;
use crate::telemetry::figures;

/// The write key of what came in by import.
pub const IMPORT: i64 = 0;
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// The hour of an instant, counted from 1970 in UTC.
pub fn hour_of(at: i64) -> i64 {
    at.div_euclid(HOUR)
}

/// What became of calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Stored.
    pub accepted: u64,
    /// Repeats of stored ones.
    pub duplicate: u64,
    /// Refused, by code.
    pub refused: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Adds a refused call.
    pub fn refuse(&mut self, code: &'static str) {
        *self.refused.entry(code).or_default() += 1;
    }

    fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.duplicate += other.duplicate;
        for (code, count) in &other.refused {
            *self.refused.entry(code).or_default() += count;
        }
    }
}

/// Workspace, write key and hour.
type Place = (i64, i64, i64);

/// What this process counted and has not stored yet.
#[derive(Clone, Default)]
pub struct Counts(Arc<Mutex<HashMap<Place, Tally>>>);

impl Counts {
    /// Adds what became of the calls of one request or one stretch of a file.
    pub fn note(&self, workspace: i64, write_key: i64, now: i64, tally: &Tally) {
        figures::events(tally.accepted, tally.duplicate);
        tally.refused.iter().for_each(|(code, count)| figures::refused(code, *count));
        self.add((workspace, write_key, hour_of(now)), tally);
    }

    fn add(&self, place: Place, tally: &Tally) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(place).or_default().add(tally);
    }

    /// Stores the sums. What cannot be stored is kept; it grows by hours and keys only.
    pub fn flush(&self, db: &Db) -> Result<(), DbError> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        // In one order everywhere, so that processes that store at the same time wait and do not block each other.
        let mut sums: Vec<_> = taken.iter().collect();
        sums.sort_unstable_by_key(|(place, _)| **place);
        let stored = db.write_blocking(|conn| sums.iter().try_for_each(|(place, tally)| store(conn, **place, tally)));
        if stored.is_err() {
            taken.iter().for_each(|(place, tally)| self.add(*place, tally));
        }
        stored
    }
}

fn store(conn: &mut DbConn, (workspace, write_key, hour): Place, tally: &Tally) -> Result<(), DbError> {
    use ingest_counts::dsl as sum;
    use ingest_refusals::dsl as refusal;
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let row = (
        sum::workspace_id.eq(workspace),
        sum::write_key_id.eq(write_key),
        sum::hour.eq(hour),
        sum::accepted.eq(count(tally.accepted)),
        sum::duplicate.eq(count(tally.duplicate)),
        sum::refused.eq(count(tally.refused.values().sum())),
    );
    on_both!(conn, |c| diesel::insert_into(ingest_counts::table)
        .values(row)
        .on_conflict((sum::workspace_id, sum::write_key_id, sum::hour))
        .do_update()
        .set((
            sum::accepted.eq(sum::accepted + excluded(sum::accepted)),
            sum::duplicate.eq(sum::duplicate + excluded(sum::duplicate)),
            sum::refused.eq(sum::refused + excluded(sum::refused)),
        ))
        .execute(c))?;
    for (code, refused) in &tally.refused {
        let row = (
            refusal::workspace_id.eq(workspace),
            refusal::write_key_id.eq(write_key),
            refusal::hour.eq(hour),
            refusal::code.eq(*code),
            refusal::refused.eq(count(*refused)),
        );
        on_both!(conn, |c| diesel::insert_into(ingest_refusals::table)
            .values(row)
            .on_conflict((refusal::workspace_id, refusal::write_key_id, refusal::hour, refusal::code))
            .do_update()
            .set(refusal::refused.eq(refusal::refused + excluded(refusal::refused)))
            .execute(c))?;
    }
    Ok(())
}

/// One row: workspace, write key, hour, and what became of its calls.
pub type Row = (i64, i64, i64, i64, i64, i64);

/// All rows from an hour on, in order of time.
pub fn since(conn: &mut DbConn, hour: i64) -> Result<Vec<Row>, DbError> {
    use ingest_counts::dsl as sum;
    Ok(ingest_counts::table
        .filter(sum::hour.ge(hour))
        .order((sum::hour, sum::workspace_id, sum::write_key_id))
        .select((sum::workspace_id, sum::write_key_id, sum::hour, sum::accepted, sum::duplicate, sum::refused))
        .load(conn)?)
}

/// Why calls were refused from an hour on: workspace, write key, code and how many.
pub fn refusals_since(conn: &mut DbConn, hour: i64) -> Result<Vec<(i64, i64, String, i64)>, DbError> {
    use ingest_refusals::dsl as refusal;
    Ok(ingest_refusals::table
        .filter(refusal::hour.ge(hour))
        .select((refusal::workspace_id, refusal::write_key_id, refusal::code, refusal::refused))
        .load(conn)?)
}

/// Deletes the counts of a workspace before an hour; answers how many.
pub fn forget(conn: &mut DbConn, workspace: i64, before: i64) -> Result<usize, DbError> {
    let counts = ingest_counts::table.filter(ingest_counts::workspace_id.eq(workspace));
    let refusals = ingest_refusals::table.filter(ingest_refusals::workspace_id.eq(workspace));
    diesel::delete(refusals.filter(ingest_refusals::hour.lt(before))).execute(conn)?;
    Ok(diesel::delete(counts.filter(ingest_counts::hour.lt(before))).execute(conn)?)
}
