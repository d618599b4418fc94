//! The account of events that name none: the one their person last joined at or before their time.
//!
//! Most days the answer is the same all day. Where a person joins another account on a day on which
//! such events happen too, the log is asked for the order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use diesel::prelude::*;
use rustc_hash::FxHashMap;

use crate::db::schema::event_blocks;
use crate::db::{DbConn, DbError};
use crate::ingest::block::{NONE, decode};
use crate::ingest::model::CallKind;

use super::days::DayClock;
use super::facts::DayFacts;
use super::fold::Counted;
use super::identity::Identity;
use super::totals::Total;

/// Counted events of a person on one day that name no account, as the log orders them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// App, event name, account (or [`NONE`] before the first), and what they add up to.
    pub rows: Vec<(u32, u32, u32, Total)>,
    /// The account at the end of the day, if one was joined on it.
    pub last: Option<u32>,
}

/// What account a person's events without one have on a day.
#[derive(Debug)]
pub enum Inherited {
    /// This account all day, or [`NONE`].
    Account(u32),
    /// It changes within the day.
    Detail(Arc<Detail>),
}

/// Which accounts keys have joined, by day.
#[derive(Default)]
pub struct Membership {
    // Day and account, sorted; 8 bytes each, since every day of every key stands here.
    joined: FxHashMap<u32, Vec<(i32, u32)>>,
    details: HashMap<(u32, i32), Arc<Detail>>,
}

impl Membership {
    /// Notes what a day's facts say of accounts.
    pub fn note(&mut self, day: i32, facts: &DayFacts) {
        let named = facts.facts.iter().filter(|f| f.account != NONE).map(|f| (f.key, f.account));
        for (key, account) in named.chain(facts.joined.iter().copied()) {
            let joined = self.joined.entry(key).or_default();
            if let Err(place) = joined.binary_search(&(day, account)) {
                joined.insert(place, (day, account));
            }
        }
    }

    /// Forgets what was read from the log about a day and those after it: they begin with the account it left off with.
    pub fn forget_details(&mut self, from: i32) {
        self.details.retain(|(_, day), _| *day < from);
    }

    fn on(&self, keys: &[u32], day: i32) -> BTreeSet<u32> {
        let of_key = |key: &u32| {
            let joined = self.joined.get(key)?;
            let from = joined.partition_point(|(on, _)| *on < day);
            let to = joined.partition_point(|(on, _)| *on <= day);
            joined.get(from..to)
        };
        keys.iter().filter_map(of_key).flatten().map(|(_, account)| *account).collect()
    }

    /// The latest day before `day` on which the person joined anything, with the accounts.
    fn before(&self, keys: &[u32], day: i32) -> Option<(i32, BTreeSet<u32>)> {
        let last_of_key = |key: &u32| {
            let joined = self.joined.get(key)?;
            let end = joined.partition_point(|(on, _)| *on < day);
            joined.get(end.checked_sub(1)?).map(|(on, _)| *on)
        };
        let last = keys.iter().filter_map(last_of_key).max()?;
        Some((last, self.on(keys, last)))
    }

    /// Days of the log that must be read before [`Membership::inherited`] can answer for this person and day.
    pub fn needs(&self, identity: &Identity, person: u32, day: i32, into: &mut BTreeSet<(u32, i32)>) {
        let keys = identity.keys(person);
        let carried = self.before(&keys, day).filter(|(_, accounts)| accounts.len() == 1);
        let carried = carried.and_then(|(_, accounts)| accounts.first().copied());
        // Days on which several accounts were joined depend on the one before them.
        let mut earlier = day;
        while let Some((last, accounts)) = self.before(&keys, earlier)
            && accounts.len() > 1
        {
            self.want(person, last, into);
            earlier = last;
        }
        let today = self.on(&keys, day);
        if !(today.is_empty() || (today.len() == 1 && today.first().copied() == carried)) {
            self.want(person, day, into);
        }
    }

    fn want(&self, person: u32, day: i32, into: &mut BTreeSet<(u32, i32)>) {
        if !self.details.contains_key(&(person, day)) {
            into.insert((person, day));
        }
    }

    /// The account of a person's events without one on a day.
    pub fn inherited(&self, identity: &Identity, person: u32, day: i32) -> Inherited {
        let keys = identity.keys(person);
        let carried = self.carried(person, &keys, day);
        let today = self.on(&keys, day);
        if today.is_empty() || (today.len() == 1 && today.first().copied() == carried) {
            return Inherited::Account(carried.unwrap_or(NONE));
        }
        match self.details.get(&(person, day)) {
            Some(detail) => Inherited::Detail(detail.clone()),
            None => Inherited::Account(carried.unwrap_or(NONE)),
        }
    }

    fn carried(&self, person: u32, keys: &[u32], day: i32) -> Option<u32> {
        let (last, accounts) = self.before(keys, day)?;
        if accounts.len() == 1 {
            return accounts.first().copied();
        }
        self.details.get(&(person, last)).and_then(|detail| detail.last)
    }

    /// Reads the wanted days of people from the log, in one pass.
    pub fn read_details(
        &mut self,
        conn: &mut DbConn,
        workspace: i64,
        wanted: &BTreeSet<(u32, i32)>,
        identity: &Identity,
        clock: &mut DayClock,
        counted: &Counted,
    ) -> Result<(), DbError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let days: BTreeSet<i32> = wanted.iter().map(|(_, day)| *day).collect();
        let mut rows: HashMap<(u32, i32), Vec<Seen>> = HashMap::new();
        let bounds: Vec<(i64, i64)> = days.iter().map(|day| clock.bounds(*day)).collect();
        let (first, last) = (bounds.first().map_or(0, |b| b.0), bounds.last().map_or(0, |b| b.1));
        let blocks: Vec<(i64, i64, i64)> = event_blocks::table
            .filter(event_blocks::workspace_id.eq(workspace))
            .filter(event_blocks::last_at.ge(first))
            .filter(event_blocks::first_at.lt(last))
            .order(event_blocks::id)
            .select((event_blocks::id, event_blocks::first_at, event_blocks::last_at))
            .load(conn)?;
        for (id, from, to) in blocks {
            if !bounds.iter().any(|(start, end)| from < *end && to >= *start) {
                continue;
            }
            let data: Vec<u8> =
                event_blocks::table.filter(event_blocks::id.eq(id)).select(event_blocks::data).first(conn)?;
            let columns = decode(&data)?;
            let names = columns.app.iter().zip(&columns.event).zip(columns.account.iter().zip(&columns.kind));
            for ((at, key), ((app, event), (account, kind))) in columns.at.iter().zip(&columns.subject).zip(names) {
                let day = clock.day(*at);
                let person = identity.person(*key);
                if days.contains(&day) && wanted.contains(&(person, day)) {
                    let is_counted = *kind <= CallKind::Screen.stored() && counted.has(*event);
                    rows.entry((person, day)).or_default().push(Seen {
                        at: *at,
                        // At one instant, joining comes before what happens in the account.
                        inherits: *account == NONE,
                        account: *account,
                        app: *app,
                        event: *event,
                        counted: is_counted,
                    });
                }
            }
        }
        for (person, day) in wanted {
            let mut seen = rows.remove(&(*person, *day)).unwrap_or_default();
            seen.sort_unstable();
            let mut detail = Detail::default();
            let mut sums: BTreeMap<(u32, u32, u32), Total> = BTreeMap::new();
            let carried = self.carried(*person, &identity.keys(*person), *day);
            let mut account = carried.unwrap_or(NONE);
            for row in seen {
                if !row.inherits {
                    account = row.account;
                    detail.last = Some(account);
                } else if row.counted {
                    let one = Total::one(row.at);
                    sums.entry((row.app, row.event, account)).and_modify(|sum| sum.join(one)).or_insert(one);
                }
            }
            detail.rows = sums.into_iter().map(|((app, event, account), sum)| (app, event, account, sum)).collect();
            self.details.insert((*person, *day), Arc::new(detail));
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    at: i64,
    inherits: bool,
    account: u32,
    app: u32,
    event: u32,
    counted: bool,
}
