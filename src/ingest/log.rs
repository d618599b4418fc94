//! Appends batches to the event log: numbers for names, no repeats, one block, one commit.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use rustc_hash::FxHashMap;

use crate::apps::releases::{self, Seen};
use crate::db::schema::event_blocks;
use crate::db::{Db, DbConn, DbError};
use crate::on_both;
use crate::people::links::{self, Link};
use crate::people::traits::{self, Subject, TraitCall};

use super::block::{Event, NONE, Packer};
use super::dictionary::{Dictionaries, Kind, NewNames};
use super::fingerprints::{self, Fingerprints};
use super::model::{Batch, CallKind};

/// The writing end of the log. One per process; other processes may append at the same time.
pub struct Log {
    db: Db,
    dictionaries: Dictionaries,
    fingerprints: Fingerprints,
    // The newest block of each workspace when this process last looked.
    newest: HashMap<i64, i64>,
    links_seen: FxHashMap<(i64, u32, u32), i64>,
    releases_seen: FxHashMap<(i64, u32, u32, bool), i64>,
    packer: Packer,
}

/// What became of the rows of a batch, in their order: `true` stored, `false` a repeat.
pub type Stored = Vec<bool>;

impl Log {
    /// Over a migrated store.
    pub fn new(db: Db, dictionaries: Dictionaries) -> Self {
        Self {
            db,
            dictionaries,
            fingerprints: Fingerprints::default(),
            newest: HashMap::new(),
            links_seen: FxHashMap::default(),
            releases_seen: FxHashMap::default(),
            packer: Packer::default(),
        }
    }

    /// Stores batches of one workspace in one transaction that is on disk when this returns.
    pub fn append(&mut self, workspace: i64, received_at: i64, batches: &[&Batch]) -> Result<Vec<Stored>, DbError> {
        let db = self.db.clone();
        let dictionary = self.dictionaries.of(workspace);
        let outcome = db.write_blocking(|conn| {
            lock(conn, workspace)?;
            let newest = newest_block(conn, workspace)?;
            // Whoever was erased gets a new number with the next call, as if never seen.
            let current = dictionary.read().is_current(conn, workspace)?;
            if !current {
                self.links_seen.clear();
                self.releases_seen.clear();
            }
            if !current || self.newest.get(&workspace) != Some(&newest) {
                self.fingerprints.forget(workspace);
                dictionary.write().refresh(conn, workspace)?;
                self.newest.insert(workspace, newest);
            }
            let known = dictionary.read();
            let mut names = NewNames::above(&known);
            let mut work = Work::default();
            let mut stored = Vec::with_capacity(batches.len());
            for batch in batches {
                stored.push(work.take(conn, workspace, batch, &mut names, &mut self.fingerprints)?);
            }
            if work.events.is_empty() {
                return Ok((stored, None, None));
            }
            names.store(conn, workspace)?;
            let block_id = work.write_block(conn, workspace, received_at, &mut self.packer)?;
            fingerprints::store(conn, workspace, block_id, std::mem::take(&mut work.prints).into_iter())?;
            self.note_side_tables(conn, workspace, &work)?;
            Ok((stored, Some(block_id), names.into_new()))
        });
        match outcome {
            Ok((stored, block_id, named)) => {
                if let Some(block_id) = block_id {
                    self.newest.insert(workspace, block_id);
                }
                // Questions hold this lock while they are answered: it is waited for only when needed.
                if let Some(named) = named {
                    let mut dictionary = dictionary.write();
                    if !dictionary.adopt(named) {
                        db.read_blocking(|conn| dictionary.refresh(conn, workspace))?;
                    }
                }
                Ok(stored)
            }
            Err(error) => {
                // What was noted in memory may not be on disk: look again next time.
                self.newest.remove(&workspace);
                self.fingerprints.forget(workspace);
                self.links_seen.clear();
                self.releases_seen.clear();
                Err(error)
            }
        }
    }

    fn note_side_tables(&mut self, conn: &mut DbConn, workspace: i64, work: &Work<'_>) -> Result<(), DbError> {
        let fresh_links: Vec<Link> = work
            .links
            .values()
            .filter(|link| {
                let seen = self.links_seen.entry((workspace, link.source, link.target)).or_insert(i64::MAX);
                let earlier = link.at <= *seen;
                *seen = link.at.min(*seen);
                earlier
            })
            .cloned()
            .collect();
        links::note(conn, workspace, &fresh_links)?;
        traits::store(conn, workspace, &work.traits)?;
        let fresh: Vec<Seen> = work
            .releases
            .iter()
            .filter(|((app, version, announced), at)| {
                let seen = self.releases_seen.entry((workspace, *app, *version, *announced)).or_insert(i64::MAX);
                let earlier = **at < *seen;
                *seen = (**at).min(*seen);
                earlier
            })
            .map(|((app, version, announced), at)| Seen {
                app: *app,
                version: *version,
                at: *at,
                announced: *announced,
            })
            .collect();
        releases::note(conn, workspace, &fresh)
    }
}

pub use crate::db::lock_workspace as lock;

/// The id of the newest block of a workspace, 0 for none.
pub fn newest_block(conn: &mut DbConn, workspace: i64) -> Result<i64, DbError> {
    let newest: Option<i64> = event_blocks::table
        .filter(event_blocks::workspace_id.eq(workspace))
        .select(event_blocks::id)
        .order(event_blocks::id.desc())
        .first(conn)
        .optional()?;
    Ok(newest.unwrap_or(0))
}

/// What one transaction stores.
#[derive(Default)]
struct Work<'b> {
    events: Vec<Event<'b>>,
    prints: BTreeMap<i32, Vec<u64>>,
    links: BTreeMap<(u32, u32), Link>,
    traits: Vec<TraitCall>,
    releases: BTreeMap<(u32, u32, bool), i64>,
}

impl<'b> Work<'b> {
    fn take(
        &mut self,
        conn: &mut DbConn,
        workspace: i64,
        batch: &'b Batch,
        names: &mut NewNames<'_>,
        known: &mut Fingerprints,
    ) -> Result<Stored, DbError> {
        let mut stored = Vec::with_capacity(batch.rows.len());
        for row in &batch.rows {
            // A repeat without a timestamp may have been received on the day before.
            let repeated = !row.timed && known.knows(conn, workspace, row.sent_day - 1, row.fingerprint)?;
            let new = !repeated && known.note(conn, workspace, row.sent_day, row.fingerprint)?;
            stored.push(new);
            if !new {
                continue;
            }
            self.prints.entry(row.sent_day).or_default().push(row.fingerprint);
            let mut number = |sym, kind| batch.number(sym, kind, names).unwrap_or(NONE);
            let event = Event {
                kind: row.kind,
                at: row.at,
                subject: number(row.subject, Kind::Person),
                anonymous: number(row.anonymous, Kind::Person),
                account: number(row.account, Kind::Account),
                app: number(row.app, Kind::App),
                version: number(row.version, Kind::Version),
                event: number(row.event, Kind::Event),
                facts: batch.text(row.facts),
            };
            self.note(&event, batch.text(row.message_id), names);
            self.events.push(event);
        }
        Ok(stored)
    }

    /// Collects what an event says beyond itself: links, traits, releases.
    fn note(&mut self, event: &Event<'b>, message_id: &str, names: &mut NewNames<'_>) {
        if event.anonymous != NONE {
            self.link(event.anonymous, event, message_id);
            if event.kind == CallKind::Alias {
                // A previous id that is also used as a user id is merged as a whole.
                let as_user = format!("u{}", names.name(Kind::Person, event.anonymous).get(1..).unwrap_or_default());
                let as_user = names.number(Kind::Person, &as_user);
                if as_user != event.subject {
                    self.link(as_user, event, message_id);
                }
            }
        }
        if !event.facts.is_empty() {
            let subject = match event.kind {
                CallKind::Identify => Some(Subject::Person(event.subject)),
                CallKind::Group => Some(Subject::Account(event.account)),
                _ => None,
            };
            if let Some(subject) = subject {
                self.traits.push(TraitCall {
                    subject,
                    at: event.at,
                    message_id: message_id.to_owned(),
                    traits: event.facts.to_owned(),
                });
            }
        }
        if event.app != NONE {
            if event.version != NONE && event.kind.is_event() {
                self.release(event.app, event.version, false, event.at);
            }
            if event.kind == CallKind::Track && names.name(Kind::Event, event.event) == "tApp Released" {
                let version = announced_version(event.facts).map(|v| names.number(Kind::Version, &v));
                let version = version.or((event.version != NONE).then_some(event.version));
                if let Some(version) = version {
                    self.release(event.app, version, true, event.at);
                }
            }
        }
    }

    fn link(&mut self, source: u32, event: &Event<'b>, message_id: &str) {
        let link = Link { source, target: event.subject, at: event.at, message_id: message_id.to_owned() };
        let kept = self.links.entry((source, event.subject)).or_insert_with(|| link.clone());
        if (link.at, &link.message_id) < (kept.at, &kept.message_id) {
            *kept = link;
        }
    }

    fn release(&mut self, app: u32, version: u32, announced: bool, at: i64) {
        let kept = self.releases.entry((app, version, announced)).or_insert(at);
        *kept = at.min(*kept);
    }

    fn write_block(
        &mut self,
        conn: &mut DbConn,
        workspace: i64,
        received_at: i64,
        packer: &mut Packer,
    ) -> Result<i64, DbError> {
        self.events.sort_by_key(|event| event.at);
        let data = packer.pack(&self.events)?;
        let row = (
            event_blocks::workspace_id.eq(workspace),
            event_blocks::received_at.eq(received_at),
            event_blocks::events.eq(i64::try_from(self.events.len()).unwrap_or(0)),
            event_blocks::first_at.eq(self.events.first().map_or(0, |e| e.at)),
            event_blocks::last_at.eq(self.events.last().map_or(0, |e| e.at)),
            event_blocks::data.eq(data),
        );
        Ok(on_both!(conn, |c| diesel::insert_into(event_blocks::table)
            .values(row)
            .returning(event_blocks::id)
            .get_result::<i64>(c))?)
    }
}

/// `properties.version` of an `App Released`.
fn announced_version(facts: &str) -> Option<String> {
    let facts: serde_json::Value = serde_json::from_str(facts).ok()?;
    let version = facts.get("version")?;
    let text = version.as_str().map(str::to_owned).or_else(|| version.as_number().map(ToString::to_string))?;
    (!text.is_empty() && text.len() <= super::accept::MAX_NAME && !text.contains(char::is_control)).then_some(text)
}
