//! Takes new blocks of the log into the stored index.
//!
//! Folding changes no answer: a view adds the blocks that are not folded yet by the same function
//! ([`Gathered::take`]). It only makes the next start and the next query cheaper.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::db::schema::{activity_days, activity_state, activity_totals, event_blocks};
use crate::db::{Db, DbConn, DbError};
use crate::ingest::block::{Columns, NONE, decode};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::ingest::log::lock;
use crate::ingest::model::{CallKind, is_counted};
use crate::ingest::{accept, fingerprints};
use crate::on_both;

use super::days::DayClock;
use super::facts::{DayFacts, Fact, Span};
use super::totals::{self, Total, Totals};

/// Events that one fold takes at most, so that it stays short.
const FOLD_EVENTS: i64 = 2_000_000;

/// Which event names are counted, by number.
pub struct Counted(Vec<bool>);

impl Counted {
    /// As the dictionary stands now.
    pub fn of(dictionary: &Dictionary) -> Self {
        Self(dictionary.all(Kind::Event).map(|(_, name)| is_counted(name)).collect())
    }

    /// Whether events of that name are activity.
    pub fn has(&self, event: u32) -> bool {
        usize::try_from(event).ok().and_then(|at| self.0.get(at)).copied().unwrap_or(false)
    }
}

/// What blocks add up to.
#[derive(Default)]
pub struct Gathered {
    /// By day of the workspace's zone.
    pub days: BTreeMap<i32, DayFacts>,
    /// Over all time.
    pub totals: Totals,
}

impl Gathered {
    /// Adds one block.
    pub fn take(&mut self, columns: &Columns, clock: &mut DayClock, counted: &Counted) {
        let mut facts: Vec<(i32, Fact)> = Vec::with_capacity(columns.len);
        let mut sums: Vec<(totals::Place, i64)> = Vec::with_capacity(columns.len);
        let rows = columns.kind.iter().zip(&columns.at).zip(&columns.subject).zip(&columns.account);
        let rows = rows.zip(columns.app.iter().zip(&columns.event));
        for ((((kind, at), key), account), (app, event)) in rows {
            let (kind, at, key, account, app, event) = (*kind, *at, *key, *account, *app, *event);
            let day = clock.day(at);
            if kind > CallKind::Screen.stored() || !counted.has(event) {
                if account != NONE {
                    self.days.entry(day).or_default().joined.push((key, account));
                    sums.push(((key, totals::JOINED, account), at));
                }
                continue;
            }
            facts.push((day, Fact { app, event, key, account, count: 1 }));
            sums.push(((key, app, account), at));
            if account == NONE {
                self.days.entry(day).or_default().spans.push(Span { key, app, first: at, last: at });
            }
        }
        facts.sort_unstable();
        for part in facts.chunk_by(|a, b| a.0 == b.0) {
            let Some((day, _)) = part.first() else { continue };
            let day = self.days.entry(*day).or_default();
            for (_, fact) in part {
                match day.facts.last_mut() {
                    Some(last)
                        if (last.app, last.event, last.key, last.account)
                            == (fact.app, fact.event, fact.key, fact.account) =>
                    {
                        last.count = last.count.saturating_add(1);
                    }
                    _ => day.facts.push(*fact),
                }
            }
        }
        sums.sort_unstable();
        for part in sums.chunk_by(|a, b| a.0 == b.0) {
            let (Some((place, first)), Some((_, last))) = (part.first(), part.last()) else { continue };
            let total = Total::of(*place, *first, *last, part.len());
            self.totals.entry(*place).and_modify(|kept| kept.join(total)).or_insert(total);
        }
    }

    /// Sorts and joins what several blocks brought.
    pub fn settle(&mut self) {
        for day in self.days.values_mut() {
            day.settle();
        }
    }
}

/// How far the stored index has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct State {
    /// Counts rebuilds; views begin anew when it changes.
    pub generation: i64,
    /// The newest block that is folded.
    pub folded_through: i64,
}

/// Reads the state.
pub fn state(conn: &mut DbConn, workspace: i64) -> Result<State, DbError> {
    let row: Option<(i64, i64)> = activity_state::table
        .filter(activity_state::workspace_id.eq(workspace))
        .select((activity_state::generation, activity_state::folded_through))
        .first(conn)
        .optional()?;
    Ok(row.map_or_else(State::default, |(generation, folded_through)| State { generation, folded_through }))
}

/// Events of all workspaces that no fold has taken yet.
pub fn unfolded(conn: &mut DbConn) -> Result<u64, DbError> {
    let folded: Vec<(i64, i64)> =
        activity_state::table.select((activity_state::workspace_id, activity_state::folded_through)).load(conn)?;
    let mut sum = 0u64;
    for workspace in crate::auth::workspaces::all(conn)? {
        let through = folded.iter().find(|(id, _)| *id == workspace.id).map_or(0, |(_, through)| *through);
        let events: Vec<i64> = event_blocks::table
            .filter(event_blocks::workspace_id.eq(workspace.id))
            .filter(event_blocks::id.gt(through))
            .select(event_blocks::events)
            .load(conn)?;
        sum += events.into_iter().filter_map(|events| u64::try_from(events).ok()).sum::<u64>();
    }
    Ok(sum)
}

/// Blocks after `after`, oldest first, up to about `events` events.
pub fn blocks_after(
    conn: &mut DbConn,
    workspace: i64,
    after: i64,
    events: i64,
) -> Result<Vec<(i64, Vec<u8>)>, DbError> {
    let sizes: Vec<(i64, i64)> = event_blocks::table
        .filter(event_blocks::workspace_id.eq(workspace))
        .filter(event_blocks::id.gt(after))
        .order(event_blocks::id)
        .select((event_blocks::id, event_blocks::events))
        .limit(20_000)
        .load(conn)?;
    let mut sum = 0;
    let through = sizes
        .iter()
        .take_while(|(_, count)| {
            let room = sum < events;
            sum += count;
            room
        })
        .map(|(id, _)| *id)
        .last();
    let Some(through) = through else { return Ok(Vec::new()) };
    Ok(event_blocks::table
        .filter(event_blocks::workspace_id.eq(workspace))
        .filter(event_blocks::id.gt(after))
        .filter(event_blocks::id.le(through))
        .order(event_blocks::id)
        .select((event_blocks::id, event_blocks::data))
        .load(conn)?)
}

/// What is not folded yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tail {
    /// How many events.
    pub events: i64,
    /// When the oldest block came, in microseconds since 1970; none without blocks.
    pub since: Option<i64>,
}

/// How much a workspace has that is not folded yet.
pub fn tail(conn: &mut DbConn, workspace: i64) -> Result<Tail, DbError> {
    let folded = state(conn, workspace)?.folded_through;
    let blocks = event_blocks::table.filter(event_blocks::workspace_id.eq(workspace).and(event_blocks::id.gt(folded)));
    let sizes: Vec<(i64, i64)> = blocks.select((event_blocks::events, event_blocks::received_at)).load(conn)?;
    let since = sizes.iter().map(|(_, received_at)| *received_at).min();
    Ok(Tail { events: sizes.iter().map(|(events, _)| events).sum(), since })
}

/// What a fold brings, worked out on a snapshot and not stored yet.
pub struct Prepared {
    before: State,
    through: i64,
    events: u64,
    days: Vec<(i32, Vec<u8>)>,
    totals: Vec<(i64, Vec<u8>)>,
    prints: Vec<fingerprints::Merged>,
}

/// Folds what is new in one workspace; answers how many events were left to fold and now are.
pub fn fold(db: &Db, workspace: i64, zone: &str) -> Result<u64, DbError> {
    match prepare(db, workspace, zone)? {
        Some(prepared) => db.write_blocking(|conn| prepared.store(conn, workspace)),
        None => Ok(0),
    }
}

/// Works out what is new in one workspace; none if nothing is.
pub fn prepare(db: &Db, workspace: i64, zone: &str) -> Result<Option<Prepared>, DbError> {
    db.read_blocking(|conn| {
        let before = state(conn, workspace)?;
        let blocks = blocks_after(conn, workspace, before.folded_through, FOLD_EVENTS)?;
        let Some(through) = blocks.last().map(|(id, _)| *id) else { return Ok(None) };
        let mut dictionary = Dictionary::default();
        dictionary.refresh_kind(conn, workspace, Kind::Event)?;
        let counted = Counted::of(&dictionary);
        let mut clock = DayClock::new(zone);
        let mut gathered = Gathered::default();
        let mut events = 0u64;
        let mut print_days = Vec::new();
        for (_, data) in &blocks {
            let columns = decode(data)?;
            events += u64::try_from(columns.len).unwrap_or(0);
            print_days.extend(columns.at.iter().map(|at| accept::day_of(*at)));
            print_days.dedup();
            gathered.take(&columns, &mut clock, &counted);
        }
        print_days.sort_unstable();
        print_days.dedup();
        gathered.settle();
        let mut days = Vec::with_capacity(gathered.days.len());
        for (day, facts) in &mut gathered.days {
            if let Some(stored) = stored_day(conn, workspace, *day)? {
                facts.merge(&DayFacts::decode(&stored)?);
            }
            days.push((*day, facts.encode()?));
        }
        let mut packed = Vec::new();
        for (shard, mut sums) in by_shard(gathered.totals) {
            let stored: Option<Vec<u8>> = activity_totals::table
                .filter(activity_totals::workspace_id.eq(workspace))
                .filter(activity_totals::shard.eq(shard))
                .select(activity_totals::data)
                .first(conn)
                .optional()?;
            if let Some(stored) = stored {
                totals::decode(&stored, &mut sums)?;
            }
            packed.push((shard, totals::encode(&sums)?));
        }
        let prints = fingerprints::merge_parts(conn, workspace, &print_days)?;
        Ok(Some(Prepared { before, through, events, days, totals: packed, prints }))
    })
}

impl Prepared {
    /// Stores it, in a short write; nothing, and 0, if another process folded meanwhile.
    pub fn store(&self, conn: &mut DbConn, workspace: i64) -> Result<u64, DbError> {
        lock(conn, workspace)?;
        if state(conn, workspace)? != self.before {
            return Ok(0);
        }
        for (day, data) in &self.days {
            store_day(conn, workspace, *day, data)?;
        }
        store_totals(conn, workspace, &self.totals)?;
        fingerprints::replace(conn, workspace, &self.prints)?;
        store_state(conn, workspace, State { folded_through: self.through, ..self.before })?;
        Ok(self.events)
    }
}

fn by_shard(sums: Totals) -> BTreeMap<i64, Totals> {
    let mut by_shard: BTreeMap<i64, Totals> = BTreeMap::new();
    for (place, total) in sums {
        by_shard.entry(totals::shard(place.0)).or_default().insert(place, total);
    }
    by_shard
}

/// Totals as they are stored.
pub(super) fn pack_totals(sums: Totals) -> Result<Vec<(i64, Vec<u8>)>, DbError> {
    by_shard(sums).into_iter().map(|(shard, sums)| Ok((shard, totals::encode(&sums)?))).collect()
}

pub(super) fn store_totals(conn: &mut DbConn, workspace: i64, shards: &[(i64, Vec<u8>)]) -> Result<(), DbError> {
    for (shard, data) in shards {
        let values = (
            activity_totals::workspace_id.eq(workspace),
            activity_totals::shard.eq(shard),
            activity_totals::data.eq(data),
        );
        on_both!(conn, |c| diesel::insert_into(activity_totals::table)
            .values(values)
            .on_conflict((activity_totals::workspace_id, activity_totals::shard))
            .do_update()
            .set(activity_totals::data.eq(data))
            .execute(c))?;
    }
    Ok(())
}

/// The packed facts of a day, if any are folded.
pub fn stored_day(conn: &mut DbConn, workspace: i64, day: i32) -> Result<Option<Vec<u8>>, DbError> {
    Ok(activity_days::table
        .filter(activity_days::workspace_id.eq(workspace))
        .filter(activity_days::day.eq(day))
        .select(activity_days::data)
        .first(conn)
        .optional()?)
}

pub(super) fn store_day(conn: &mut DbConn, workspace: i64, day: i32, data: &[u8]) -> Result<(), DbError> {
    let values = (activity_days::workspace_id.eq(workspace), activity_days::day.eq(day), activity_days::data.eq(data));
    on_both!(conn, |c| diesel::insert_into(activity_days::table)
        .values(values)
        .on_conflict((activity_days::workspace_id, activity_days::day))
        .do_update()
        .set(activity_days::data.eq(data))
        .execute(c))?;
    Ok(())
}

pub(super) fn store_state(conn: &mut DbConn, workspace: i64, state: State) -> Result<(), DbError> {
    let numbers =
        (activity_state::generation.eq(state.generation), activity_state::folded_through.eq(state.folded_through));
    on_both!(conn, |c| diesel::insert_into(activity_state::table)
        .values((activity_state::workspace_id.eq(workspace), numbers))
        .on_conflict(activity_state::workspace_id)
        .do_update()
        .set(numbers)
        .execute(c))?;
    Ok(())
}

/// Makes every view of a workspace begin anew, in all processes: for changes that no block tells of.
pub fn renew_views(conn: &mut DbConn, workspace: i64) -> Result<(), DbError> {
    let before = state(conn, workspace)?;
    store_state(conn, workspace, State { generation: before.generation + 1, ..before })
}

/// Throws the stored index of a workspace away; folding from the first block on rebuilds it.
/// Until that is done, queries gather the same from the log.
pub fn reset(db: &Db, workspace: i64) -> Result<(), DbError> {
    db.write_blocking(|conn| {
        lock(conn, workspace)?;
        let before = state(conn, workspace)?;
        diesel::delete(activity_days::table.filter(activity_days::workspace_id.eq(workspace))).execute(conn)?;
        diesel::delete(activity_totals::table.filter(activity_totals::workspace_id.eq(workspace))).execute(conn)?;
        store_state(conn, workspace, State { generation: before.generation + 1, folded_through: 0 })
    })
}
