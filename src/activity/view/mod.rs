//! The facts of a workspace as this process answers from them.
//!
//! A view is a cache of what the store holds: each question first takes in the blocks that were
//! committed since, by whichever process. Answers about a day are kept until a block touches that day.

mod accounts;
mod answers;
mod model;
mod who;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;
use parking_lot::RwLock;

use crate::db::schema::activity_days;
use crate::db::{DbConn, DbError};
use crate::ingest::block::{NONE, decode};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::ingest::log::newest_block;
use crate::ingest::model::CallKind;
use crate::people::traits::Subject;

use crate::activity::days::DayClock;
use crate::activity::facts::{DayFacts, KeyDay, decode_keys};
use crate::activity::fold::{self, Counted, Gathered, State, blocks_after};
use crate::activity::identity::Identity;
use crate::activity::membership::Membership;
use crate::activity::totals::{self, Totals};

use who::Known;

pub use model::{AccountUse, AccountUses, ByApp, Filter, Rhythms, Summary, Use};

/// Stands for a name that no event carries, so that a filter by it finds nothing.
pub const NOWHERE: u32 = u32::MAX - 1;
/// Answers kept by filter; the least recently used goes first.
const KEPT_FILTERS: usize = 48;
/// Events read from the log at a time while catching up.
const CATCH_UP: i64 = 1_000_000;
/// Unpacked facts kept in memory, about 20 bytes each.
const KEPT_FACTS: usize = 1_000_000;

#[derive(Default)]
struct Kept {
    days: BTreeMap<i32, Arc<Summary>>,
    used: u64,
}

/// The view of one workspace.
pub struct View {
    workspace: i64,
    zone: String,
    clock: DayClock,
    state: State,
    seen: i64,
    // Questions hold this lock for reading while they call the view: nothing but `sync` may take it here.
    names: Arc<RwLock<Dictionary>>,
    has_accounts: bool,
    counted: Counted,
    identity: Identity,
    membership: Option<Membership>,
    totals: Totals,
    days: BTreeSet<i32>,
    tail: Vec<(i64, BTreeMap<i32, DayFacts>)>,
    kept: HashMap<Filter, Kept>,
    by_app: [BTreeMap<i32, Arc<ByApp>>; 2],
    facts: HashMap<i32, Arc<DayFacts>>,
    facts_kept: usize,
    uses: u64,
    accounts: [Option<(u64, Arc<AccountUses>)>; 2],
    /// The rhythms learned last, with the version and day they hold for.
    pub(in crate::activity) learned: Option<(u64, i32, Arc<Rhythms>)>,
    known: Known,
    /// Rises with everything that can change an answer.
    pub version: u64,
}

impl View {
    /// An empty view; [`View::sync`] fills it.
    pub fn new(workspace: i64, zone: &str, names: Arc<RwLock<Dictionary>>) -> Self {
        Self {
            workspace,
            zone: zone.to_owned(),
            clock: DayClock::new(zone),
            state: State { generation: -1, folded_through: 0 },
            seen: 0,
            names,
            has_accounts: false,
            counted: Counted::of(&Dictionary::default()),
            identity: Identity::default(),
            membership: None,
            totals: Totals::default(),
            days: BTreeSet::new(),
            tail: Vec::new(),
            kept: HashMap::new(),
            by_app: Default::default(),
            facts: HashMap::new(),
            facts_kept: 0,
            uses: 0,
            accounts: [None, None],
            learned: None,
            known: Known::default(),
            version: 0,
        }
    }

    /// Takes in what was committed since. The rest of the question must use the same snapshot.
    pub fn sync(&mut self, conn: &mut DbConn, zone: &str) -> Result<(), DbError> {
        let state = fold::state(conn, self.workspace)?;
        if state.generation != self.state.generation || zone != self.zone {
            let version = self.version;
            *self = Self::new(self.workspace, zone, self.names.clone());
            self.version = version + 1;
            self.load(conn, state)?;
        }
        self.tail.retain(|(id, _)| *id > state.folded_through);
        self.state = state;
        let newest = newest_block(conn, self.workspace)?;
        // Less than what was seen: the newest block was older than events are kept.
        if newest <= self.seen {
            return Ok(());
        }
        self.version += 1;
        self.refresh_names(conn)?;
        let mut subjects = HashSet::new();
        let mut linked = false;
        while self.seen < newest {
            let blocks = blocks_after(conn, self.workspace, self.seen, CATCH_UP)?;
            let Some((last, _)) = blocks.last() else { break };
            let last = *last;
            for (id, data) in &blocks {
                let columns = decode(data)?;
                let whom = columns.kind.iter().zip(columns.subject.iter().zip(&columns.account));
                for (kind, (subject, account)) in whom {
                    if *kind == CallKind::Identify.stored() {
                        subjects.insert(Subject::Person(*subject));
                    } else if *kind == CallKind::Group.stored() {
                        subjects.insert(Subject::Account(*account));
                    }
                }
                let pairs = columns.anonymous.iter().zip(&columns.kind).zip(columns.subject.iter().zip(&columns.at));
                linked |= pairs.filter(|((source, _), _)| **source != NONE).any(|((source, kind), (target, at))| {
                    // An alias ties a user id too, which an ordinary pair does not.
                    *kind == CallKind::Alias.stored() || self.identity.is_news(*source, *target, *at)
                });
                let mut gathered = Gathered::default();
                gathered.take(&columns, &mut self.clock, &self.counted);
                gathered.settle();
                self.take(*id, gathered);
            }
            self.seen = last;
        }
        self.refresh_identity(conn, &subjects, linked)
    }

    fn load(&mut self, conn: &mut DbConn, state: State) -> Result<(), DbError> {
        self.refresh_names(conn)?;
        self.state = state;
        self.seen = state.folded_through;
        self.totals = stored_totals(conn, self.workspace)?;
        let days: Vec<i32> = activity_days::table
            .filter(activity_days::workspace_id.eq(self.workspace))
            .select(activity_days::day)
            .load(conn)?;
        self.days = days.into_iter().collect();
        let names = self.names.read();
        self.identity = Identity::load(conn, self.workspace, &names)?;
        Ok(())
    }

    fn refresh_names(&mut self, conn: &mut DbConn) -> Result<(), DbError> {
        let mut names = self.names.write();
        names.refresh(conn, self.workspace)?;
        self.counted = Counted::of(&names);
        self.has_accounts = !names.is_empty(Kind::Account);
        self.identity.know_names(&names);
        Ok(())
    }

    /// Adds one block's facts: to the tail if they are not folded yet, and to what is held in memory.
    fn take(&mut self, id: i64, gathered: Gathered) {
        totals::merge(&mut self.totals, &gathered.totals);
        for (day, facts) in &gathered.days {
            self.days.insert(*day);
            self.forget_day(*day);
            if let Some(membership) = &mut self.membership {
                membership.note(*day, facts);
                membership.forget_details(*day);
                // Whoever joined an account has another one on later days too.
                if !facts.joined.is_empty() || facts.facts.iter().any(|fact| fact.account != NONE) {
                    let later: Vec<i32> = self.days.range(*day..).copied().collect();
                    later.into_iter().for_each(|day| self.forget_day(day));
                }
            }
        }
        if id > self.state.folded_through {
            self.tail.push((id, gathered.days));
        }
    }

    fn forget_day(&mut self, day: i32) {
        for kept in self.kept.values_mut() {
            kept.days.remove(&day);
        }
        for days in &mut self.by_app {
            days.remove(&day);
        }
        if let Some(facts) = self.facts.remove(&day) {
            self.facts_kept = self.facts_kept.saturating_sub(facts.facts.len());
        }
    }

    /// Makes the next question look at identity again, after a merge was taken back.
    pub fn refresh_identity(
        &mut self,
        conn: &mut DbConn,
        subjects: &HashSet<Subject>,
        linked: bool,
    ) -> Result<(), DbError> {
        if subjects.is_empty() && !linked {
            return Ok(());
        }
        let changes = self.identity.reload(conn, self.workspace, subjects, linked, &mut self.clock)?;
        if changes.accounts {
            self.kept.clear();
            self.by_app = Default::default();
        }
        if changes.columns {
            self.kept.retain(|filter, _| !filter.by_traits());
        }
        if !changes.people.is_empty() {
            self.version += 1;
            if let Some(membership) = &mut self.membership {
                membership.forget_details(i32::MIN);
            }
            // Only days between the first and last event of somebody concerned can change.
            let mut touched: BTreeSet<i32> = BTreeSet::new();
            for person in &changes.people {
                for key in self.identity.keys(*person) {
                    for (_, total) in self.totals.range((key, 0, 0)..=(key, u32::MAX, u32::MAX)) {
                        let (first, last) = (self.clock.day(total.first), self.clock.day(total.last));
                        touched.extend(self.days.range(first..=last));
                    }
                }
            }
            touched.into_iter().for_each(|day| self.forget_day(day));
        }
        Ok(())
    }

    /// Whether events without an account may belong to one.
    fn inherits(&self) -> bool {
        self.has_accounts && self.totals.keys().any(|(_, _, account)| *account == NONE)
    }

    /// Reads who joined which account, the first time it is needed.
    fn prepare_membership(&mut self, conn: &mut DbConn) -> Result<(), DbError> {
        if self.membership.is_some() || !self.inherits() {
            return Ok(());
        }
        let mut membership = Membership::default();
        for day in self.days.clone() {
            membership.note(day, &*self.day_facts(conn, day)?);
        }
        self.membership = Some(membership);
        Ok(())
    }

    /// The facts of a day, the unfolded tail included.
    fn day_facts(&mut self, conn: &mut DbConn, day: i32) -> Result<Arc<DayFacts>, DbError> {
        if let Some(facts) = self.facts.get(&day) {
            return Ok(facts.clone());
        }
        let mut facts = match fold::stored_day(conn, self.workspace, day)? {
            Some(data) => DayFacts::decode(&data)?,
            None => DayFacts::default(),
        };
        for (_, days) in &self.tail {
            if let Some(more) = days.get(&day) {
                facts.merge(more);
            }
        }
        let facts = Arc::new(facts);
        if self.facts_kept > KEPT_FACTS {
            self.facts.clear();
            self.facts_kept = 0;
        }
        self.facts_kept += facts.facts.len();
        self.facts.insert(day, facts.clone());
        Ok(facts)
    }

    fn key_days(&mut self, conn: &mut DbConn, day: i32) -> Result<Vec<KeyDay>, DbError> {
        if self.facts.contains_key(&day) || self.tail.iter().any(|(_, days)| days.contains_key(&day)) {
            return Ok(self.day_facts(conn, day)?.key_days());
        }
        fold::stored_day(conn, self.workspace, day)?.map_or(Ok(Vec::new()), |data| decode_keys(&data))
    }

    /// Days that have any facts.
    pub fn days(&self) -> &BTreeSet<i32> {
        &self.days
    }

    /// Counted events over all time by key, app and account.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Who is who.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The names of numbers.
    pub fn names(&self) -> Arc<RwLock<Dictionary>> {
        self.names.clone()
    }

    /// The day of an instant in the workspace's zone.
    pub fn day_of(&mut self, at: i64) -> i32 {
        self.clock.day(at)
    }
}

/// The folded totals of a workspace.
fn stored_totals(conn: &mut DbConn, workspace: i64) -> Result<Totals, DbError> {
    use crate::db::schema::activity_totals as table;
    let shards: Vec<Vec<u8>> = table::table.filter(table::workspace_id.eq(workspace)).select(table::data).load(conn)?;
    let mut totals = Totals::default();
    for shard in shards {
        totals::decode(&shard, &mut totals)?;
    }
    Ok(totals)
}
