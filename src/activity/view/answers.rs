//! What days add up to under a filter.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::{ByApp, Filter, KEPT_FILTERS, Summary, Use, View};
use crate::activity::facts::{DayFacts, KeyDay};
use crate::activity::membership::Inherited;
use crate::db::{DbConn, DbError};
use crate::ingest::block::NONE;

impl View {
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
    pub(super) fn prepare(&mut self, conn: &mut DbConn, filter: &Filter, days: &[i32]) -> Result<(), DbError> {
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
        if let Some(apps) = filter.only_apps() {
            // What each app adds up to is kept once for everybody.
            let by_app = self.by_app(conn, filter.include_excluded, day, day)?;
            let mut summary = Summary::default();
            let kept = by_app.iter().flat_map(|(_, kept)| apps.iter().filter_map(|app| kept.get(app)));
            kept.for_each(|of_app| summary.join(of_app));
            return Ok(summary);
        }
        let by_key = !filter.narrows() && filter.event.is_none() && filter.accounts.is_none();
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
        let (mut people, mut accounts) = (Vec::with_capacity(keys.len()), Vec::new());
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
                    accounts.push(account);
                }
            }
            people.push(person);
            summary.events = summary.events.saturating_add(u64::from(key.events));
        }
        summary.people = set_of(people);
        summary.accounts = set_of(accounts);
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

    pub(super) fn inherited(&self, person: u32, day: i32) -> Inherited {
        self.membership.as_ref().map_or(Inherited::Account(NONE), |m| m.inherited(&self.identity, person, day))
    }

    /// Everything of a day that passes the filter, with accounts resolved. [`View::prepare`] ran before.
    fn each_use(&self, filter: &Filter, day: i32, facts: &DayFacts, mut each: impl FnMut(Use)) {
        let mut detailed: HashSet<u32> = HashSet::new();
        let fits = |app: u32, event: u32, account: u32| {
            filter.takes(app)
                && filter.event.is_none_or(|only| only == event)
                && filter.accounts.as_ref().is_none_or(|only| only.contains(&account))
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
}

/// A set of members that mostly come in order: far quicker than inserting one by one.
fn set_of(mut members: Vec<u32>) -> RoaringBitmap {
    if !members.is_sorted() {
        members.sort_unstable();
    }
    members.dedup();
    RoaringBitmap::from_sorted_iter(members.iter().copied()).unwrap_or_else(|_| members.iter().copied().collect())
}
