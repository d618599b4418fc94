//! Takes a person out of log, index and names, as if they had never been seen.
//!
//! Every call about one of the person's keys goes, and so do their traits and links; what others said of them by an
//! id or an e-mail of theirs is blanked; their names in the dictionary become numbers, for numbers must stay dense.
//! Fingerprints stay: they are hashes that tell nothing, and keep a repeated call from bringing the person back.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::db::schema::{activity_days, activity_totals, dictionary, event_blocks, excluded_people};
use crate::db::schema::{person_links, workspaces};
use crate::db::{Db, DbConn, DbError};
use crate::ingest::block::{Event, Packer, decode};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::ingest::log::lock;
use crate::people::links::{self, Owners};
use crate::people::trace::{ERASED, Traces};
use crate::people::traits;

use super::facts::{DayFacts, decode_keys};
use super::fold::{State, state, store_day, store_state};
use super::totals::{self, Totals};

/// Who is to be erased.
pub struct Whom {
    /// All keys of the person.
    pub keys: BTreeSet<u32>,
    /// Their ids, without the letter of their kind.
    pub ids: BTreeSet<String>,
    traces: Traces,
}

/// Finds the person of a user id or anonymous id; none if nobody has it.
pub fn find(conn: &mut DbConn, workspace: i64, id: &str) -> Result<Option<Whom>, DbError> {
    let mut names = Dictionary::default();
    names.refresh_kind(conn, workspace, Kind::Person)?;
    let key = ["u", "a"].into_iter().find_map(|kind| names.number(Kind::Person, &format!("{kind}{id}")));
    let Some(key) = key else { return Ok(None) };
    let owners = Owners::from_links(&links::load(conn, workspace)?);
    let person = owners.person(key);
    let moved = owners.moved().filter(|(_, whose)| *whose == person).map(|(key, _)| key);
    let keys: BTreeSet<u32> = moved.chain([person, key]).collect();
    let ids: BTreeSet<String> =
        keys.iter().filter_map(|key| names.name(Kind::Person, *key).get(1..).map(str::to_owned)).collect();
    let emails = traits::values_of(conn, workspace, &keys, "email")?;
    let traces = Traces::of(ids.iter().cloned().chain(emails));
    Ok(Some(Whom { keys, ids, traces }))
}

/// Rows of the index with what stands there then; none where nothing is left.
type Changed<Row> = Vec<(Row, Option<Vec<u8>>)>;

/// What is to be written, worked out on a snapshot so that writers wait for the writing only.
pub struct Prepared {
    workspace: i64,
    whom: Whom,
    state: State,
    blocks: Vec<(i64, i64)>,
    rewritten: BTreeMap<i64, Rewritten>,
    days: Changed<i32>,
    totals: Changed<i64>,
}

/// How much went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Calls about the person.
    pub calls: u64,
    /// Calls of others in which the person was named.
    pub blanked: u64,
}

/// Works out the erasure of the person of an id; none if nobody has it.
pub fn prepare(db: &Db, workspace: i64, id: &str) -> Result<Option<Prepared>, DbError> {
    db.read_blocking(|conn| {
        let Some(whom) = find(conn, workspace, id)? else { return Ok(None) };
        let state = state(conn, workspace)?;
        let blocks = blocks(conn, workspace)?;
        let mut rewritten = BTreeMap::new();
        for (id, _) in &blocks {
            if let Some(new) = rewrite(conn, *id, &whom)? {
                rewritten.insert(*id, new);
            }
        }
        let days = days_without(conn, workspace, &whom)?;
        let totals = totals_without(conn, workspace, &whom)?;
        Ok(Some(Prepared { workspace, whom, state, blocks, rewritten, days, totals }))
    })
}

impl Prepared {
    /// Stores it. An error that passes if the log or the index changed meanwhile: then prepare anew.
    pub fn store(mut self, conn: &mut DbConn) -> Result<Erased, DbError> {
        let workspace = self.workspace;
        lock(conn, workspace)?;
        let now = blocks(conn, workspace)?;
        if state(conn, workspace)? != self.state || now.get(..self.blocks.len()) != Some(&self.blocks) {
            return Err(DbError::Unavailable("the event log changed meanwhile: this is tried again".into()));
        }
        for (id, _) in now.iter().skip(self.blocks.len()) {
            if let Some(new) = rewrite(conn, *id, &self.whom)? {
                self.rewritten.insert(*id, new);
            }
        }
        let mut erased = Erased::default();
        for (id, new) in &self.rewritten {
            erased.calls += new.gone;
            erased.blanked += new.blanked;
            new.store(conn, *id)?;
        }
        for (day, data) in &self.days {
            match data {
                Some(data) => store_day(conn, workspace, *day, data)?,
                None => drop(diesel::delete(activity_days::table.find((workspace, *day))).execute(conn)?),
            }
        }
        for (shard, data) in &self.totals {
            let row = activity_totals::table.find((workspace, *shard));
            match data {
                Some(data) => drop(diesel::update(row).set(activity_totals::data.eq(data)).execute(conn)?),
                None => drop(diesel::delete(row).execute(conn)?),
            }
        }
        erase_names(conn, workspace, &self.whom)?;
        traits::erase(conn, workspace, &self.whom.keys, &self.whom.traces)?;
        store_state(conn, workspace, State { generation: self.state.generation + 1, ..self.state })?;
        let row = workspaces::table.find(workspace);
        diesel::update(row).set(workspaces::erasures.eq(workspaces::erasures + 1)).execute(conn)?;
        Ok(erased)
    }
}

/// Gives back, and overwrites, what deleted rows leave behind in files: until then their bytes lie in free pages.
pub fn scrub(db: &Db) -> Result<(), DbError> {
    match &mut db.dedicated()? {
        DbConn::Sqlite(conn) => {
            conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?
        }
        DbConn::Postgres(conn) => {
            for table in ["event_blocks", "dictionary", "trait_sets", "trait_calls", "person_links", "privacy_requests"]
            {
                conn.batch_execute(&format!("VACUUM (FULL) {table}"))?;
            }
        }
    }
    Ok(())
}

/// Ids and sizes of all blocks, the oldest first.
fn blocks(conn: &mut DbConn, workspace: i64) -> Result<Vec<(i64, i64)>, DbError> {
    Ok(event_blocks::table
        .filter(event_blocks::workspace_id.eq(workspace))
        .order(event_blocks::id)
        .select((event_blocks::id, event_blocks::events))
        .load(conn)?)
}

struct Rewritten {
    gone: u64,
    blanked: u64,
    // None if nothing is left.
    block: Option<(i64, i64, i64, Vec<u8>)>,
}

impl Rewritten {
    fn store(&self, conn: &mut DbConn, id: i64) -> Result<(), DbError> {
        let row = event_blocks::table.filter(event_blocks::id.eq(id));
        match &self.block {
            None => drop(diesel::delete(row).execute(conn)?),
            Some((events, first, last, data)) => {
                let values = (
                    event_blocks::events.eq(events),
                    event_blocks::first_at.eq(first),
                    event_blocks::last_at.eq(last),
                    event_blocks::data.eq(data),
                );
                diesel::update(row).set(values).execute(conn)?;
            }
        }
        Ok(())
    }
}

/// The block without the person; none if they are not in it.
fn rewrite(conn: &mut DbConn, id: i64, whom: &Whom) -> Result<Option<Rewritten>, DbError> {
    let data: Vec<u8> = event_blocks::table.filter(event_blocks::id.eq(id)).select(event_blocks::data).first(conn)?;
    let columns = decode(&data)?;
    let theirs = |key: &u32| whom.keys.contains(key);
    let about = columns.subject.iter().any(theirs) || columns.anonymous.iter().any(theirs);
    if !about && !whom.traces.may_be_in(&columns.fact_bytes(&data)?) {
        return Ok(None);
    }
    let mut facts = columns.facts(&data)?;
    let mut blanked = 0;
    let keys = columns.subject.iter().zip(&columns.anonymous);
    let left: Vec<bool> = keys.map(|(subject, anonymous)| !theirs(subject) && !theirs(anonymous)).collect();
    for (text, _) in facts.iter_mut().zip(&left).filter(|(_, left)| **left) {
        if let Some(new) = whom.traces.taken_out_of(text) {
            *text = new;
            blanked += 1;
        }
    }
    let rows = columns.rows(&facts);
    let before = rows.len();
    let events: Vec<Event<'_>> = rows.into_iter().zip(left).filter(|(_, left)| *left).map(|(row, _)| row).collect();
    let gone = u64::try_from(before - events.len()).unwrap_or(0);
    if gone == 0 && blanked == 0 {
        return Ok(None);
    }
    let block = match (events.first(), events.last()) {
        (Some(first), Some(last)) => {
            let count = i64::try_from(events.len()).unwrap_or(0);
            Some((count, first.at, last.at, Packer::default().pack(&events)?))
        }
        _ => None,
    };
    Ok(Some(Rewritten { gone, blanked, block }))
}

/// Days of the index on which the person was active, without them; none where nothing is left.
fn days_without(conn: &mut DbConn, workspace: i64, whom: &Whom) -> Result<Changed<i32>, DbError> {
    let days: Vec<i32> =
        activity_days::table.filter(activity_days::workspace_id.eq(workspace)).select(activity_days::day).load(conn)?;
    let mut changed = Vec::new();
    for day in days {
        let data: Vec<u8> = activity_days::table.find((workspace, day)).select(activity_days::data).first(conn)?;
        let mut facts = DayFacts::decode(&data)?;
        let active = decode_keys(&data)?.iter().any(|day| whom.keys.contains(&day.key));
        let size = facts.spans.len() + facts.joined.len();
        facts.facts.retain(|fact| !whom.keys.contains(&fact.key));
        facts.spans.retain(|span| !whom.keys.contains(&span.key));
        facts.joined.retain(|(key, _)| !whom.keys.contains(key));
        if active || size != facts.spans.len() + facts.joined.len() {
            let left = facts != DayFacts::default();
            changed.push((day, left.then(|| facts.encode()).transpose()?));
        }
    }
    Ok(changed)
}

/// Shards of totals without the person; none where nothing is left.
fn totals_without(conn: &mut DbConn, workspace: i64, whom: &Whom) -> Result<Changed<i64>, DbError> {
    let shards: BTreeSet<i64> = whom.keys.iter().map(|key| totals::shard(*key)).collect();
    let mut changed = Vec::new();
    for shard in shards {
        let row = activity_totals::table.find((workspace, shard)).select(activity_totals::data);
        let Some(data) = row.first::<Vec<u8>>(conn).optional()? else { continue };
        let mut sums = Totals::new();
        totals::decode(&data, &mut sums)?;
        sums.retain(|(key, _, _), _| !whom.keys.contains(key));
        changed.push((shard, (!sums.is_empty()).then(|| totals::encode(&sums)).transpose()?));
    }
    Ok(changed)
}

/// Names, links and patterns of the person.
fn erase_names(conn: &mut DbConn, workspace: i64, whom: &Whom) -> Result<(), DbError> {
    for key in &whom.keys {
        // A letter that no id begins with: nobody can be taken for the one who was here.
        let row = dictionary::table.find((workspace, Kind::Person.stored(), i64::from(*key)));
        diesel::update(row).set(dictionary::name.eq(format!("x{key}"))).execute(conn)?;
    }
    // Somebody's own account may be named as they are.
    let accounts = dictionary::table
        .filter(dictionary::workspace_id.eq(workspace).and(dictionary::kind.eq(Kind::Account.stored())));
    let accounts: Vec<(i64, String)> = accounts.select((dictionary::number, dictionary::name)).load(conn)?;
    for (number, _) in accounts.iter().filter(|(_, name)| whom.traces.is_one(name)) {
        let row = dictionary::table.find((workspace, Kind::Account.stored(), *number));
        diesel::update(row).set(dictionary::name.eq(format!("{ERASED}-{number}"))).execute(conn)?;
    }
    let keys: Vec<i64> = whom.keys.iter().map(|key| i64::from(*key)).collect();
    let links = person_links::table.filter(person_links::workspace_id.eq(workspace));
    let theirs = person_links::source.eq_any(keys.clone()).or(person_links::target.eq_any(keys));
    diesel::delete(links.filter(theirs)).execute(conn)?;
    let patterns = excluded_people::table.filter(excluded_people::workspace_id.eq(workspace));
    diesel::delete(patterns.filter(excluded_people::pattern.eq_any(&whom.ids))).execute(conn)?;
    Ok(())
}
