//! Merges the small blocks that single requests leave behind, once they are folded and have aged.
//!
//! Views hold blocks by their id. A merged block bears the id of its last part, so a view that had seen
//! only the first parts would count them twice; that is why only blocks older than [`AGE`] are merged,
//! and views that were not asked for longer than [`VIEW_AGE`] begin anew.

use std::time::Duration;

use diesel::prelude::*;

use crate::db::schema::{activity_state, event_blocks};
use crate::db::{Db, DbConn, DbError};

use super::block::{Event, Packer, decode};
use super::log::lock;

/// How old a block must be, in microseconds.
const AGE: i64 = 15 * 60 * 1_000_000;
/// How long a view may go unasked before it begins anew.
pub const VIEW_AGE: Duration = Duration::from_secs(5 * 60);
/// Blocks with fewer events are small.
const SMALL: i64 = 8_192;
/// Events of a merged block, about.
const MERGED: i64 = 65_536;
/// So many small blocks in a row are worth the writing.
const WORTH: usize = 64;
/// Blocks looked at in one go.
const LOOKED_AT: i64 = 4_000;

/// A stretch of small blocks as one, not stored yet.
pub struct Prepared {
    generation: i64,
    ids: Vec<i64>,
    last: i64,
    merged: Merged,
}

/// Merges one stretch of small blocks; answers whether there may be more.
pub fn compact(db: &Db, workspace: i64, now: i64) -> Result<bool, DbError> {
    match prepare(db, workspace, now)? {
        Some(prepared) => db.write_blocking(|conn| prepared.store(conn, workspace)),
        None => Ok(false),
    }
}

/// Whether so many small blocks have aged that merging them is worth the writing.
pub fn is_worth(conn: &mut DbConn, workspace: i64, now: i64) -> Result<bool, DbError> {
    let most = i64::try_from(WORTH).unwrap_or(i64::MAX);
    let first = small(conn, workspace, now, most)?;
    let events: i64 = first.iter().map(|(_, events)| events).sum();
    Ok(first.len() >= WORTH && events <= MERGED)
}

/// Ids and sizes of small blocks that are folded and have aged, the oldest first.
fn small(conn: &mut DbConn, workspace: i64, now: i64, most: i64) -> Result<Vec<(i64, i64)>, DbError> {
    let (_, folded) = state(conn, workspace)?;
    Ok(event_blocks::table
        .filter(event_blocks::workspace_id.eq(workspace))
        .filter(event_blocks::id.le(folded))
        .filter(event_blocks::received_at.lt(now.saturating_sub(AGE)))
        .filter(event_blocks::events.lt(SMALL))
        .order(event_blocks::id)
        .select((event_blocks::id, event_blocks::events))
        .limit(most)
        .load(conn)?)
}

/// Merges one stretch of small blocks, for now in memory; none if there are too few.
pub fn prepare(db: &Db, workspace: i64, now: i64) -> Result<Option<Prepared>, DbError> {
    let (generation, ids, data) = db.read_blocking(|conn| -> Result<_, DbError> {
        let (generation, _) = state(conn, workspace)?;
        let small = small(conn, workspace, now, LOOKED_AT)?;
        let mut sum = 0;
        let fits = |(_, events): &&(i64, i64)| {
            sum += events;
            sum <= MERGED
        };
        let ids: Vec<i64> = small.iter().take_while(fits).map(|(id, _)| *id).collect();
        if ids.len() < WORTH {
            return Ok((generation, Vec::new(), Vec::new()));
        }
        let data: Vec<Vec<u8>> = event_blocks::table
            .filter(event_blocks::id.eq_any(&ids))
            .order(event_blocks::id)
            .select(event_blocks::data)
            .load(conn)?;
        Ok((generation, ids, data))
    })?;
    let Some(last) = ids.last().copied() else { return Ok(None) };
    Ok(Some(Prepared { merged: merge(&data)?, generation, ids, last }))
}

impl Prepared {
    /// How many blocks become one.
    pub fn blocks(&self) -> usize {
        self.ids.len()
    }

    /// Puts the one block in the place of the many; false if another process was quicker.
    pub fn store(&self, conn: &mut DbConn, workspace: i64) -> Result<bool, DbError> {
        let Self { generation, ids, last, merged } = self;
        lock(conn, workspace)?;
        let these = || event_blocks::table.filter(event_blocks::id.eq_any(ids));
        let still: i64 = these().count().get_result(conn)?;
        let (now, through) = state(conn, workspace)?;
        // Another process merged them, a rebuild of the index began, or old events went: there will be another time.
        if usize::try_from(still) != Ok(ids.len()) || now != *generation || through < *last {
            return Ok(false);
        }
        diesel::delete(these().filter(event_blocks::id.ne(*last))).execute(conn)?;
        diesel::update(event_blocks::table.filter(event_blocks::id.eq(*last)))
            .set((
                event_blocks::events.eq(merged.events),
                event_blocks::first_at.eq(merged.first),
                event_blocks::last_at.eq(merged.last),
                event_blocks::data.eq(&merged.data),
            ))
            .execute(conn)?;
        Ok(true)
    }
}

/// Generation of the index, and the newest block that is folded.
fn state(conn: &mut DbConn, workspace: i64) -> Result<(i64, i64), DbError> {
    let state: Option<(i64, i64)> = activity_state::table
        .filter(activity_state::workspace_id.eq(workspace))
        .select((activity_state::generation, activity_state::folded_through))
        .first(conn)
        .optional()?;
    Ok(state.unwrap_or_default())
}

struct Merged {
    events: i64,
    first: i64,
    last: i64,
    data: Vec<u8>,
}

fn merge(blocks: &[Vec<u8>]) -> Result<Merged, DbError> {
    let mut parts = Vec::with_capacity(blocks.len());
    for block in blocks {
        let columns = decode(block)?;
        let facts = columns.facts(block)?;
        parts.push((columns, facts));
    }
    let mut events: Vec<Event<'_>> = Vec::new();
    for (columns, facts) in &parts {
        events.extend(columns.rows(facts));
    }
    events.sort_by_key(|event| event.at);
    Ok(Merged {
        events: i64::try_from(events.len()).unwrap_or(0),
        first: events.first().map_or(0, |event| event.at),
        last: events.last().map_or(0, |event| event.at),
        data: Packer::default().pack(&events)?,
    })
}
