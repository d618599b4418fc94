//! The facts of a workspace as this process answers from them.
//!
//! A view is a cache of what the store holds: each question first takes in the blocks that were
//! committed since, by whichever process. Answers about a day are kept until a block touches that day.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use diesel::prelude::*;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use crate::db::schema::activity_days;
use crate::db::{DbConn, DbError};
use crate::ingest::block::{NONE, decode};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::ingest::log::newest_block;
use crate::ingest::model::CallKind;
use crate::people::traits::Subject;

use super::days::DayClock;
use super::facts::{DayFacts, Fact, KeyDay, decode_keys};
use super::fold::{self, Counted, Gathered, State, blocks_after};
use super::identity::Identity;
use super::membership::{Inherited, Membership};
use super::rhythm::Learned;
use super::totals::{self, JOINED, Total, Totals};

/// Stands for a name that no event carries, so that a filter by it finds nothing.
pub const NOWHERE: u32 = u32::MAX - 1;
/// Answers kept by filter; the least recently used goes first.
const KEPT_FILTERS: usize = 48;
/// Events read from the log at a time while catching up.
const CATCH_UP: i64 = 1_000_000;
/// Unpacked facts kept in memory, about 20 bytes each.
const KEPT_FACTS: usize = 1_000_000;

/// Which activity is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Only this app.
    pub app: Option<u32>,
    /// Only events of this name.
    pub event: Option<u32>,
    /// Only events of this account.
    pub account: Option<u32>,
    /// Only people of this role on the day; no role counts as `end_user`.
    pub role: Option<String>,
    /// Only people with these trait values on the day.
    pub traits: Vec<(String, String)>,
    /// Counts bots, internal people and tests too.
    pub include_excluded: bool,
}

impl Filter {
    fn by_traits(&self) -> bool {
        self.role.is_some() || !self.traits.is_empty()
    }
}

/// What a day's activity under a filter adds up to.
#[derive(Debug, Default, PartialEq)]
pub struct Summary {
    /// Who was active.
    pub people: RoaringBitmap,
    /// Accounts that were, those that only group individuals left out.
    pub accounts: RoaringBitmap,
    /// Counted events.
    pub events: u64,
}

/// Activity of a person in an app for an account on one day; the account may be [`NONE`].
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// The person.
    pub person: u32,
    /// The app, or [`NONE`].
    pub app: u32,
    /// The event's name.
    pub event: u32,
    /// The account, or [`NONE`].
    pub account: u32,
    /// How many events.
    pub count: u64,
}

/// Learned rhythms by app.
pub type Rhythms = FxHashMap<u32, Learned>;

/// What an account's people did in an app (or in none) over all time.
#[derive(Clone, Debug)]
pub struct AccountUse {
    /// Who.
    pub people: RoaringBitmap,
    /// How many counted events, first and last.
    pub total: Total,
}

/// By account and app; the app may be [`NONE`].
pub type AccountUses = BTreeMap<(u32, u32), AccountUse>;

/// A day's summaries of each app that was used.
pub type ByApp = FxHashMap<u32, Summary>;

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
    pub(super) learned: Option<(u64, i32, Arc<Rhythms>)>,
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
        if newest == self.seen {
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
                linked |= columns.anonymous.iter().any(|key| *key != NONE);
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
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        self.identity = Identity::load(conn, self.workspace, &names)?;
        Ok(())
    }

    fn refresh_names(&mut self, conn: &mut DbConn) -> Result<(), DbError> {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        names.refresh(conn, self.workspace)?;
        self.counted = Counted::of(&names);
        self.has_accounts = !names.is_empty(Kind::Account);
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
                membership.forget_details(Some(*day));
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
        let names = self.names.clone();
        let names = names.read().unwrap_or_else(PoisonError::into_inner);
        let changes = self.identity.reload(conn, self.workspace, &names, subjects, linked, &mut self.clock)?;
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
                membership.forget_details(None);
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

    /// Summaries of the days `from..=to` that have any, in order.
    pub fn summaries(
        &mut self,
        conn: &mut DbConn,
        filter: &Filter,
        from: i32,
        to: i32,
    ) -> Result<Vec<(i32, Arc<Summary>)>, DbError> {
        self.uses += 1;
        let wanted: Vec<i32> = self.days.range(from..=to.max(from)).copied().collect();
        let mut kept = self.kept.remove(filter).unwrap_or_default();
        let missing: Vec<i32> = wanted.iter().copied().filter(|day| !kept.days.contains_key(day)).collect();
        if !missing.is_empty() {
            self.prepare(conn, filter, &missing)?;
            for day in missing {
                let summary = self.summarise(conn, filter, day)?;
                kept.days.insert(day, Arc::new(summary));
            }
        }
        let answer = wanted.iter().filter_map(|day| Some((*day, kept.days.get(day)?.clone()))).collect();
        kept.used = self.uses;
        if self.kept.len() >= KEPT_FILTERS
            && let Some(oldest) = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(filter, _)| filter.clone())
        {
            self.kept.remove(&oldest);
        }
        self.kept.insert(filter.clone(), kept);
        Ok(answer)
    }

    /// Reads what summaries of these days depend on beside their facts.
    fn prepare(&mut self, conn: &mut DbConn, filter: &Filter, days: &[i32]) -> Result<(), DbError> {
        if filter.role.is_some() {
            self.identity.prepare_column("role", &mut self.clock);
        }
        for (name, _) in &filter.traits {
            self.identity.prepare_column(name, &mut self.clock);
        }
        self.prepare_membership(conn)?;
        if self.membership.is_some() {
            let mut wanted = BTreeSet::new();
            for day in days {
                let facts = self.day_facts(conn, *day)?;
                if let Some(membership) = &self.membership {
                    for span in &facts.spans {
                        membership.needs(&self.identity, self.identity.person(span.key), *day, &mut wanted);
                    }
                }
            }
            self.read_details(conn, &wanted)?;
        }
        Ok(())
    }

    fn read_details(&mut self, conn: &mut DbConn, wanted: &BTreeSet<(u32, i32)>) -> Result<(), DbError> {
        if let Some(membership) = &mut self.membership {
            let workspace = self.workspace;
            membership.read_details(conn, workspace, wanted, &self.identity, &mut self.clock, &self.counted)?;
        }
        Ok(())
    }

    fn summarise(&mut self, conn: &mut DbConn, filter: &Filter, day: i32) -> Result<Summary, DbError> {
        let by_key = filter.app.is_none() && filter.event.is_none() && filter.account.is_none();
        if by_key {
            let keys = self.key_days(conn, day)?;
            if let Some(summary) = self.summarise_keys(filter, day, &keys) {
                return Ok(summary);
            }
        }
        let facts = self.day_facts(conn, day)?;
        let mut summary = Summary::default();
        self.each_use(filter, day, &facts, |one| self.add(&mut summary, one));
        Ok(summary)
    }

    /// The quick way, without app and event names; `None` when a key's accounts must be told apart.
    fn summarise_keys(&self, filter: &Filter, day: i32, keys: &[KeyDay]) -> Option<Summary> {
        let mut summary = Summary::default();
        for key in keys {
            let person = self.identity.person(key.key);
            if !self.passes(filter, person, day) {
                continue;
            }
            if key.several {
                return None;
            }
            let account = match key.account {
                NONE => match self.inherited(person, day) {
                    Inherited::Account(account) => account,
                    Inherited::Detail(_) => return None,
                },
                named => named,
            };
            if account != NONE {
                if !filter.include_excluded && self.identity.account_exclusion(account).is_some() {
                    continue;
                }
                if !self.identity.is_individual(account) {
                    summary.accounts.insert(account);
                }
            }
            summary.people.insert(person);
            summary.events = summary.events.saturating_add(u64::from(key.events));
        }
        Some(summary)
    }

    fn passes(&self, filter: &Filter, person: u32, day: i32) -> bool {
        if !filter.include_excluded && self.identity.person_exclusion(person).is_some() {
            return false;
        }
        if let Some(role) = &filter.role
            && self.identity.value_on("role", person, day).unwrap_or("end_user") != role
        {
            return false;
        }
        filter.traits.iter().all(|(name, value)| self.identity.value_on(name, person, day) == Some(value))
    }

    fn inherited(&self, person: u32, day: i32) -> Inherited {
        self.membership.as_ref().map_or(Inherited::Account(NONE), |m| m.inherited(&self.identity, person, day))
    }

    /// Everything of a day that passes the filter, with accounts resolved. [`View::prepare`] ran before.
    fn each_use(&self, filter: &Filter, day: i32, facts: &DayFacts, mut each: impl FnMut(Use)) {
        let mut detailed: HashSet<u32> = HashSet::new();
        let fits = |app: u32, event: u32, account: u32| {
            filter.app.is_none_or(|only| only == app)
                && filter.event.is_none_or(|only| only == event)
                && filter.account.is_none_or(|only| only == account)
                && (filter.include_excluded || account == NONE || self.identity.account_exclusion(account).is_none())
        };
        for fact in &facts.facts {
            let person = self.identity.person(fact.key);
            if !self.passes(filter, person, day) {
                continue;
            }
            let account = match fact.account {
                NONE => match self.inherited(person, day) {
                    Inherited::Account(account) => account,
                    Inherited::Detail(detail) => {
                        if detailed.insert(person) {
                            for (app, event, account, sum) in &detail.rows {
                                if fits(*app, *event, *account) {
                                    let (app, event, account) = (*app, *event, *account);
                                    each(Use { person, app, event, account, count: sum.events });
                                }
                            }
                        }
                        continue;
                    }
                },
                named => named,
            };
            if fits(fact.app, fact.event, account) {
                each(Use { person, app: fact.app, event: fact.event, account, count: u64::from(fact.count) });
            }
        }
    }

    /// What each app's activity adds up to on the days `from..=to`.
    pub fn by_app(
        &mut self,
        conn: &mut DbConn,
        include_excluded: bool,
        from: i32,
        to: i32,
    ) -> Result<Vec<(i32, Arc<ByApp>)>, DbError> {
        let filter = Filter { include_excluded, ..Filter::default() };
        let wanted: Vec<i32> = self.days.range(from..=to.max(from)).copied().collect();
        let [counted, with_excluded] = &self.by_app;
        let kept = if include_excluded { with_excluded } else { counted };
        let missing: Vec<i32> = wanted.iter().copied().filter(|day| !kept.contains_key(day)).collect();
        self.prepare(conn, &filter, &missing)?;
        for day in missing {
            let facts = self.day_facts(conn, day)?;
            let mut apps = ByApp::default();
            self.each_use(&filter, day, &facts, |one| {
                if one.app != NONE {
                    let summary = apps.entry(one.app).or_default();
                    self.add(summary, one);
                }
            });
            let [counted, with_excluded] = &mut self.by_app;
            let kept = if include_excluded { with_excluded } else { counted };
            kept.insert(day, Arc::new(apps));
        }
        let [counted, with_excluded] = &self.by_app;
        let kept = if include_excluded { with_excluded } else { counted };
        Ok(wanted.iter().filter_map(|day| Some((*day, kept.get(day)?.clone()))).collect())
    }

    fn add(&self, summary: &mut Summary, one: Use) {
        summary.people.insert(one.person);
        summary.events = summary.events.saturating_add(one.count);
        if one.account != NONE && !self.identity.is_individual(one.account) {
            summary.accounts.insert(one.account);
        }
    }

    /// Calls `each` with everything that passes the filter on the days `from..=to`.
    pub fn uses(
        &mut self,
        conn: &mut DbConn,
        filter: &Filter,
        from: i32,
        to: i32,
        mut each: impl FnMut(i32, Use),
    ) -> Result<(), DbError> {
        let days: Vec<i32> = self.days.range(from..=to.max(from)).copied().collect();
        self.prepare(conn, filter, &days)?;
        for day in days {
            let facts = self.day_facts(conn, day)?;
            self.each_use(filter, day, &facts, |one| each(day, one));
        }
        Ok(())
    }

    /// What every account's people did over all time.
    pub fn account_uses(&mut self, conn: &mut DbConn, include_excluded: bool) -> Result<Arc<AccountUses>, DbError> {
        let [counted, with_excluded] = &self.accounts;
        let kept = if include_excluded { with_excluded } else { counted };
        if let Some((version, uses)) = kept
            && *version == self.version
        {
            return Ok(uses.clone());
        }
        let mut uses = AccountUses::new();
        let mut add = |account: u32, app: u32, person: u32, total: Total| {
            let one = uses.entry((account, app)).or_insert_with(|| AccountUse { people: RoaringBitmap::new(), total });
            if one.people.is_empty() {
                one.total = total;
            } else {
                one.total.join(total);
            }
            one.people.insert(person);
        };
        let passes = |identity: &Identity, person| include_excluded || identity.person_exclusion(person).is_none();
        for ((key, app, account), total) in &self.totals {
            let person = self.identity.person(*key);
            if *account != NONE && *app != JOINED && passes(&self.identity, person) {
                add(*account, *app, person, *total);
            }
        }
        // Events without an account of their own are attributed day by day.
        self.prepare_membership(conn)?;
        if self.membership.is_some() {
            let days: Vec<i32> = self.days.iter().copied().collect();
            self.prepare(conn, &Filter { include_excluded, ..Filter::default() }, &days)?;
            for day in days {
                let facts = self.day_facts(conn, day)?;
                let mut detailed = HashSet::new();
                for span in &facts.spans {
                    let person = self.identity.person(span.key);
                    if !passes(&self.identity, person) {
                        continue;
                    }
                    match self.inherited(person, day) {
                        Inherited::Account(NONE) => {}
                        Inherited::Account(account) => {
                            let of_span = |f: &&Fact| (f.key, f.app, f.account) == (span.key, span.app, NONE);
                            let events = facts.facts.iter().filter(of_span).map(|f| u64::from(f.count)).sum();
                            add(account, span.app, person, Total { events, first: span.first, last: span.last });
                        }
                        Inherited::Detail(detail) if detailed.insert(person) => {
                            for (app, _, account, total) in detail.rows.iter().filter(|row| row.2 != NONE) {
                                add(*account, *app, person, *total);
                            }
                        }
                        Inherited::Detail(_) => {}
                    }
                }
            }
        }
        let uses = Arc::new(uses);
        let [counted, with_excluded] = &mut self.accounts;
        *(if include_excluded { with_excluded } else { counted }) = Some((self.version, uses.clone()));
        Ok(uses)
    }

    /// Days of `from..=to` on which a person was active, with its counted events, excluded or not.
    pub fn person_days(
        &mut self,
        conn: &mut DbConn,
        person: u32,
        from: i32,
        to: i32,
    ) -> Result<Vec<(i32, u64)>, DbError> {
        let keys = self.identity.keys(person);
        let Some(total) = self.person_total(person) else { return Ok(Vec::new()) };
        let (first, last) = (self.clock.day(total.first).max(from), self.clock.day(total.last).min(to));
        let days: Vec<i32> = self.days.range(first..=last.max(first)).copied().collect();
        let mut active = Vec::new();
        for day in days {
            let of_day = self.key_days(conn, day)?;
            let events = keys.iter().filter_map(|key| {
                of_day
                    .binary_search_by_key(key, |d| d.key)
                    .ok()
                    .and_then(|at| of_day.get(at))
                    .map(|d| u64::from(d.events))
            });
            let events: u64 = events.sum();
            if events > 0 {
                active.push((day, events));
            }
        }
        Ok(active)
    }

    /// Counted events of a person over all time, excluded or not.
    pub fn person_total(&self, person: u32) -> Option<Total> {
        let mut sum = None;
        for key in self.identity.keys(person) {
            for ((_, app, _), total) in self.totals.range((key, 0, 0)..=(key, u32::MAX, u32::MAX)) {
                if *app != JOINED {
                    total.add_to(&mut sum);
                }
            }
        }
        sum
    }

    /// The account a person belongs to now: the last that its calls named.
    pub fn current_account(&self, person: u32) -> Option<u32> {
        let keys = self.identity.keys(person).into_iter();
        let places = keys.flat_map(|key| self.totals.range((key, 0, 0)..=(key, u32::MAX, u32::MAX)));
        let named = places.filter(|((_, _, account), _)| *account != NONE);
        named.max_by_key(|(_, total)| (total.last, total.first)).map(|((_, _, account), _)| *account)
    }

    /// Whether events of a key for an account are counted, as far as neither is excluded.
    pub fn counts(&self, key: u32, account: u32) -> bool {
        self.identity.person_exclusion(self.identity.person(key)).is_none()
            && (account == NONE || self.identity.account_exclusion(account).is_none())
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
