//! What single people and whole accounts did over all time.

use std::collections::HashSet;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::{AccountUse, AccountUses, Filter, View};
use crate::activity::facts::Fact;
use crate::activity::identity::Identity;
use crate::activity::membership::Inherited;
use crate::activity::totals::{JOINED, Total};
use crate::db::{DbConn, DbError};
use crate::ingest::block::NONE;

impl View {
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

    /// Days of `from..=to` on which a person was active in these apps (none: anywhere), with its counted events,
    /// excluded or not.
    pub fn person_days(
        &mut self,
        conn: &mut DbConn,
        person: u32,
        apps: Option<&[u32]>,
        (from, to): (i32, i32),
    ) -> Result<Vec<(i32, u64)>, DbError> {
        let keys = self.identity.keys(person);
        let Some(total) = self.person_total(person, apps) else { return Ok(Vec::new()) };
        let (first, last) = (self.clock.day(total.first).max(from), self.clock.day(total.last).min(to));
        let days: Vec<i32> = self.days.range(first..=last.max(first)).copied().collect();
        let mut active = Vec::new();
        for day in days {
            if let Some(apps) = apps {
                let facts = self.day_facts(conn, day)?;
                let of_person = |f: &&Fact| keys.contains(&f.key) && apps.binary_search(&f.app).is_ok();
                let events: u64 = facts.facts.iter().filter(of_person).map(|f| u64::from(f.count)).sum();
                if events > 0 {
                    active.push((day, events));
                }
                continue;
            }
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

    /// Counted events of a person over all time in these apps (none: anywhere), excluded or not.
    pub fn person_total(&self, person: u32, apps: Option<&[u32]>) -> Option<Total> {
        let mut sum = None;
        for key in self.identity.keys(person) {
            if let Some(total) = self.key_total(key, apps) {
                total.add_to(&mut sum);
            }
        }
        sum
    }

    /// The same for one of its keys.
    pub fn key_total(&self, key: u32, apps: Option<&[u32]>) -> Option<Total> {
        let mut sum = None;
        for ((_, app, _), total) in self.totals.range((key, 0, 0)..=(key, u32::MAX, u32::MAX)) {
            if *app != JOINED && apps.is_none_or(|apps| apps.binary_search(app).is_ok()) {
                total.add_to(&mut sum);
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
}
