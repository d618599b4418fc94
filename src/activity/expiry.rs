//! Takes events out of log and index once they are older than the workspace keeps them.
//!
//! What is left is what a rebuild from the shortened log would give. The account that a key had joined last stays
//! known, as a bare `group` call at the same instant: later events that name no account belong to it. Traits, links
//! between ids and releases stay: they say who somebody is, not what they did.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::db::schema::{activity_days, activity_totals, event_blocks, event_fingerprints};
use crate::db::{Db, DbConn, DbError};
use crate::ingest::accept::day_of;
use crate::ingest::block::{Event, NONE, Packer, decode};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::ingest::log::lock;
use crate::ingest::model::CallKind;

use super::days::DayClock;
use super::fold::{Counted, Gathered, State, pack_totals, state, store_day, store_state, store_totals};

/// Fingerprints stay this many days longer: the day as sent may differ from the day that is counted. After that a
/// repeat of a call that is gone would be taken for new, and go with the next run.
const PRINTS_STAY: i32 = 7;

/// Removes what lies more than `keep_days` days of the workspace's zone before the day of `now`, and answers how many
/// calls that were. Calls that are not folded yet wait for the next run.
pub fn apply(db: &Db, workspace: i64, zone: &str, keep_days: u32, now: i64) -> Result<u64, DbError> {
    match prepare(db, workspace, zone, keep_days, now)? {
        Some(prepared) => db.write_blocking(|conn| prepared.store(conn)),
        None => Ok(0),
    }
}

/// Works out what [`apply`] writes; none if nothing is old enough.
pub fn prepare(db: &Db, workspace: i64, zone: &str, keep_days: u32, now: i64) -> Result<Option<Prepared>, DbError> {
    let mut clock = DayClock::new(zone);
    let first_kept = clock.day(now).saturating_sub(i32::try_from(keep_days).unwrap_or(i32::MAX));
    let (cutoff, _) = clock.bounds(first_kept);
    let plan = db.read_blocking(|conn| plan(conn, workspace, zone, cutoff))?;
    Ok(plan.map(|plan| Prepared { workspace, first_kept, cutoff, plan }))
}

/// What is to be removed, not stored yet.
pub struct Prepared {
    workspace: i64,
    first_kept: i32,
    cutoff: i64,
    plan: Plan,
}

impl Prepared {
    /// Stores it, in a short write. An error that passes if the log changed meanwhile: then prepare anew.
    pub fn store(&self, conn: &mut DbConn) -> Result<u64, DbError> {
        let Self { workspace, first_kept, cutoff, plan } = self;
        let workspace = *workspace;
        lock(conn, workspace)?;
        if state(conn, workspace)? != plan.state || folded_blocks(conn, workspace, plan.state)? != plan.blocks {
            return Err(DbError::Unavailable("the event log changed meanwhile: this is tried again".into()));
        }
        for (id, rewritten) in &plan.rewritten {
            let block = event_blocks::table.filter(event_blocks::id.eq(*id));
            match rewritten {
                None => drop(diesel::delete(block).execute(conn)?),
                Some(rewritten) => {
                    diesel::update(block)
                        .set((
                            event_blocks::events.eq(rewritten.events),
                            event_blocks::first_at.eq(rewritten.first),
                            event_blocks::last_at.eq(rewritten.last),
                            event_blocks::data.eq(&rewritten.data),
                        ))
                        .execute(conn)?;
                }
            }
        }
        let days = activity_days::table.filter(activity_days::workspace_id.eq(workspace));
        diesel::delete(days.filter(activity_days::day.lt(*first_kept))).execute(conn)?;
        for (day, data) in &plan.days {
            store_day(conn, workspace, *day, data)?;
        }
        diesel::delete(activity_totals::table.filter(activity_totals::workspace_id.eq(workspace))).execute(conn)?;
        store_totals(conn, workspace, &plan.totals)?;
        let prints = event_fingerprints::table.filter(event_fingerprints::workspace_id.eq(workspace));
        diesel::delete(prints.filter(event_fingerprints::day.lt(day_of(*cutoff).saturating_sub(PRINTS_STAY))))
            .execute(conn)?;
        store_state(conn, workspace, State { generation: plan.state.generation + 1, ..plan.state })?;
        Ok(plan.removed)
    }
}

/// A folded block: its id, how many events it holds, and when the first of them happened.
type Block = (i64, i64, i64);

fn folded_blocks(conn: &mut DbConn, workspace: i64, state: State) -> Result<Vec<Block>, DbError> {
    Ok(event_blocks::table
        .filter(event_blocks::workspace_id.eq(workspace))
        .filter(event_blocks::id.le(state.folded_through))
        .order(event_blocks::id)
        .select((event_blocks::id, event_blocks::events, event_blocks::first_at))
        .load(conn)?)
}

fn data(conn: &mut DbConn, id: i64) -> Result<Vec<u8>, DbError> {
    Ok(event_blocks::table.filter(event_blocks::id.eq(id)).select(event_blocks::data).first(conn)?)
}

struct Rewritten {
    events: i64,
    first: i64,
    last: i64,
    data: Vec<u8>,
}

impl Rewritten {
    fn of(mut events: Vec<Event<'_>>) -> Result<Option<Self>, DbError> {
        events.sort_by_key(|event| event.at);
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(None) };
        let (first, last) = (first.at, last.at);
        Ok(Some(Self {
            events: i64::try_from(events.len()).unwrap_or(0),
            first,
            last,
            data: Packer::default().pack(&events)?,
        }))
    }
}

/// What is to be written, worked out on a snapshot so that writers wait for the writing only.
struct Plan {
    state: State,
    blocks: Vec<Block>,
    rewritten: BTreeMap<i64, Option<Rewritten>>,
    days: Vec<(i32, Vec<u8>)>,
    totals: Vec<(i64, Vec<u8>)>,
    removed: u64,
}

fn plan(conn: &mut DbConn, workspace: i64, zone: &str, cutoff: i64) -> Result<Option<Plan>, DbError> {
    let state = state(conn, workspace)?;
    let blocks = folded_blocks(conn, workspace, state)?;
    let old: BTreeSet<i64> = blocks.iter().filter(|(_, _, first)| *first < cutoff).map(|(id, _, _)| *id).collect();
    let Some(home) = old.first().copied() else { return Ok(None) };
    // The last joining of each key, and the calls before the cutoff.
    let mut joined: BTreeMap<u32, (i64, u32)> = BTreeMap::new();
    let (mut before, mut bare) = (0u64, Vec::new());
    for id in &old {
        let columns = decode(&data(conn, *id)?)?;
        let rows = columns.rows(&[]).into_iter().zip(&columns.fact_lengths);
        for (event, facts) in rows.filter(|(event, _)| event.at < cutoff) {
            before += 1;
            if event.account != NONE {
                let last = joined.entry(event.subject).or_insert((event.at, event.account));
                *last = (*last).max((event.at, event.account));
            }
            if event.kind == CallKind::Group && event.app == NONE && event.anonymous == NONE && *facts == 0 {
                bare.push((event.subject, (event.at, event.account)));
            }
        }
    }
    bare.sort_unstable();
    bare.dedup();
    let staying = bare.into_iter().filter(|(key, last)| joined.get(key) == Some(last)).count();
    let removed = before.saturating_sub(u64::try_from(staying).unwrap_or(0));
    if removed == 0 {
        return Ok(None);
    }
    let mut dictionary = Dictionary::default();
    dictionary.refresh_kind(conn, workspace, Kind::Event)?;
    let (counted, mut clock) = (Counted::of(&dictionary), DayClock::new(zone));
    let mut sums = Gathered::default();
    let mut first_days = Gathered::default();
    let mut rewritten = BTreeMap::new();
    for (id, _, _) in &blocks {
        let mut block = data(conn, *id)?;
        if old.contains(id) {
            let columns = decode(&block)?;
            let facts = columns.facts(&block)?;
            let mut events = columns.rows(&facts);
            events.retain(|event| event.at >= cutoff);
            if *id == home {
                let joinings: Vec<Event<'_>> =
                    joined.iter().map(|(key, (at, account))| join(*key, *at, *account)).collect();
                first_days.take(&decode(&Packer::default().pack(&joinings)?)?, &mut clock, &counted);
                events.extend(joinings);
            }
            let new = Rewritten::of(events)?;
            block = new.as_ref().map(|new| new.data.clone()).unwrap_or_default();
            rewritten.insert(*id, new);
        }
        if !block.is_empty() {
            sums.take(&decode(&block)?, &mut clock, &counted);
            // Days from the cutoff on are as they were.
            sums.days.clear();
        }
    }
    first_days.settle();
    let days = first_days.days.iter().map(|(day, facts)| Ok((*day, facts.encode()?)));
    let days = days.collect::<Result<Vec<_>, DbError>>()?;
    Ok(Some(Plan { state, blocks, rewritten, days, totals: pack_totals(sums.totals)?, removed }))
}

fn join(key: u32, at: i64, account: u32) -> Event<'static> {
    Event {
        kind: CallKind::Group,
        at,
        subject: key,
        anonymous: NONE,
        account,
        app: NONE,
        version: NONE,
        event: NONE,
        facts: "",
    }
}
