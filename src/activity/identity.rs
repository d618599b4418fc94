//! Who is who in a workspace: keys and their people, traits and what follows from them.

mod columns;

use std::collections::{BTreeMap, HashMap, HashSet};

use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use crate::db::{DbConn, DbError};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::exclusions::{self, Patterns};
use crate::people::links::{self, Owners};
use crate::people::traits::{self, StoredCall, Subject};

use super::days::DayClock;

use columns::Column;

/// Why a person or account is not counted.
pub const EXCLUSIONS: [&str; 3] = ["bot", "internal", "test"];
/// The same by a pattern of the workspace's settings.
pub const SETTING: &str = "setting";
/// The account that groups people without a company; also a trait that says the same of another account.
pub const INDIVIDUAL: &str = "individual";

/// Identity of all people and accounts of a workspace, as of what was read last.
#[derive(Default)]
pub struct Identity {
    owners: Owners,
    keys_of: HashMap<u32, Vec<u32>>,
    // When two keys were first tied: most calls of a signed-in visitor repeat it and change nothing.
    linked_at: FxHashMap<(u32, u32), i64>,
    calls: FxHashMap<Subject, Vec<StoredCall>>,
    sets: FxHashMap<i64, Box<str>>,
    excluded_people: BTreeMap<u32, &'static str>,
    excluded_accounts: BTreeMap<u32, &'static str>,
    individual: RoaringBitmap,
    patterns: Patterns,
    // Keys whose id a pattern names, and how many names were looked at for that.
    matched: HashSet<u32>,
    looked_at: u32,
    columns: HashMap<String, Column>,
}

/// What a change of identity means for what was derived from it.
#[derive(Default)]
pub struct Changes {
    /// People whose keys or exclusion changed: their days must be looked at again.
    pub people: HashSet<u32>,
    /// Whether an account's exclusion changed: everything must be.
    pub accounts: bool,
    /// Whether a value of a cached trait column changed: filtered answers must be.
    pub columns: bool,
}

impl Identity {
    /// Reads everything.
    pub fn load(conn: &mut DbConn, workspace: i64, dictionary: &Dictionary) -> Result<Self, DbError> {
        let mut identity = Self::default();
        identity.set_links(&links::load(conn, workspace)?);
        for (id, text) in traits::load_sets(conn, workspace, None)? {
            identity.sets.insert(id, text.into());
        }
        for call in traits::load_calls(conn, workspace, None)? {
            identity.calls.entry(call.subject).or_default().push(call);
        }
        for calls in identity.calls.values_mut() {
            sort(calls);
        }
        identity.patterns = exclusions::load(conn, workspace)?;
        identity.know_names(dictionary);
        let subjects: Vec<Subject> = identity.calls.keys().copied().collect();
        for subject in subjects {
            identity.judge(subject);
        }
        Ok(identity)
    }

    /// Reads again what new calls were about.
    pub fn reload(
        &mut self,
        conn: &mut DbConn,
        workspace: i64,
        subjects: &HashSet<Subject>,
        linked: bool,
        clock: &mut DayClock,
    ) -> Result<Changes, DbError> {
        let mut changes = Changes::default();
        if linked {
            let links = links::load(conn, workspace)?;
            let owners = Owners::from_links(&links);
            let before: HashMap<u32, u32> = self.owners.moved().collect();
            let after: HashMap<u32, u32> = owners.moved().collect();
            for key in before.keys().chain(after.keys()) {
                let (was, is) = (self.owners.person(*key), owners.person(*key));
                if was != is {
                    changes.people.extend([*key, was, is]);
                }
            }
            if !changes.people.is_empty() {
                self.set_links(&links);
                for person in changes.people.clone() {
                    self.judge(Subject::Person(person));
                    changes.columns |= self.refresh_columns(self.person(person), clock);
                }
            }
        }
        for subject in subjects {
            let mut calls = traits::load_calls(conn, workspace, Some(*subject))?;
            sort(&mut calls);
            for call in &calls {
                if !self.sets.contains_key(&call.set) {
                    for (id, text) in traits::load_sets(conn, workspace, Some(call.set))? {
                        self.sets.insert(id, text.into());
                    }
                }
            }
            self.calls.insert(*subject, calls);
            match subject {
                Subject::Person(key) => {
                    let person = self.person(*key);
                    let before = self.excluded_people.get(&person).copied();
                    self.judge(*subject);
                    if self.excluded_people.get(&person).copied() != before {
                        changes.people.insert(person);
                    }
                    changes.columns |= self.refresh_columns(person, clock);
                }
                Subject::Account(account) => {
                    let before = (self.excluded_accounts.get(account).copied(), self.individual.contains(*account));
                    self.judge(*subject);
                    let after = (self.excluded_accounts.get(account).copied(), self.individual.contains(*account));
                    changes.accounts |= before != after;
                }
            }
        }
        Ok(changes)
    }

    /// Looks at the names given meanwhile: the account that groups people without a company, and people whose id a
    /// pattern names.
    pub fn know_names(&mut self, dictionary: &Dictionary) {
        self.individual.extend(dictionary.number(Kind::Account, INDIVIDUAL));
        if self.patterns.is_empty() {
            return;
        }
        let new = dictionary.all(Kind::Person).skip(usize::try_from(self.looked_at).unwrap_or(0));
        let named = |name: &str| name.get(1..).is_some_and(|id| self.patterns.name(id));
        let matched: Vec<u32> = new.filter(|(_, name)| named(name)).map(|(key, _)| key).collect();
        self.looked_at = dictionary.len(Kind::Person);
        for key in matched {
            self.matched.insert(key);
            self.judge(Subject::Person(key));
        }
    }

    fn set_links(&mut self, links: &[(u32, u32, i64)]) {
        let owners = Owners::from_links(links);
        self.linked_at = links.iter().map(|(source, target, at)| ((*source, *target), *at)).collect();
        self.keys_of.clear();
        for (key, person) in owners.moved() {
            self.keys_of.entry(person).or_default().push(key);
        }
        for keys in self.keys_of.values_mut() {
            keys.sort_unstable();
        }
        self.owners = owners;
    }

    /// Decides whether the subject is excluded or individual.
    fn judge(&mut self, subject: Subject) {
        match subject {
            Subject::Person(key) => {
                // A key that belongs to another is judged with it.
                self.excluded_people.remove(&key);
                let person = self.person(key);
                let calls = self.person_calls(person);
                let verdict = self.exclusion(&calls).or_else(|| self.fits_pattern(person, &calls).then_some(SETTING));
                match verdict {
                    Some(why) => drop(self.excluded_people.insert(person, why)),
                    None => drop(self.excluded_people.remove(&person)),
                }
            }
            Subject::Account(account) => {
                let calls: Vec<&StoredCall> = self.calls.get(&subject).into_iter().flatten().collect();
                match self.exclusion(&calls) {
                    Some(why) => drop(self.excluded_accounts.insert(account, why)),
                    None => drop(self.excluded_accounts.remove(&account)),
                }
                if self.flag(&calls, INDIVIDUAL) {
                    self.individual.insert(account);
                }
            }
        }
    }

    fn exclusion(&self, calls: &[&StoredCall]) -> Option<&'static str> {
        EXCLUSIONS.into_iter().find(|name| self.flag(calls, name))
    }

    /// Whether a pattern of the workspace names the person, by an id or by the latest e-mail.
    fn fits_pattern(&self, person: u32, calls: &[&StoredCall]) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        self.keys(person).iter().any(|key| self.matched.contains(key))
            || self
                .latest(calls, "email")
                .and_then(|email| word(&email))
                .is_some_and(|email| self.patterns.name_email(email.trim()))
    }

    /// The latest value of a yes-or-no trait.
    fn flag(&self, calls: &[&StoredCall], name: &str) -> bool {
        self.latest(calls, name).is_some_and(|value| value == Value::Bool(true) || value == "true")
    }

    /// The latest value of a trait.
    fn latest(&self, calls: &[&StoredCall], name: &str) -> Option<Value> {
        let quoted = format!("\"{name}\"");
        let texts =
            calls.iter().rev().filter_map(|call| self.sets.get(&call.set)).filter(|text| text.contains(&quoted));
        texts.filter_map(|text| serde_json::from_str::<Map<String, Value>>(text).ok()?.remove(name)).next()
    }

    /// Whether a call that carries both keys may change who is who.
    pub fn is_news(&self, source: u32, target: u32, at: i64) -> bool {
        self.linked_at.get(&(source, target)).is_none_or(|known| at <= *known)
    }

    /// The person a key belongs to.
    pub fn person(&self, key: u32) -> u32 {
        self.owners.person(key)
    }

    /// The keys of a person, its own first.
    pub fn keys(&self, person: u32) -> Vec<u32> {
        std::iter::once(person).chain(self.keys_of.get(&person).into_iter().flatten().copied()).collect()
    }

    /// Why a person is excluded, if so.
    pub fn person_exclusion(&self, person: u32) -> Option<&'static str> {
        self.excluded_people.get(&person).copied()
    }

    /// Why an account is excluded, if so.
    pub fn account_exclusion(&self, account: u32) -> Option<&'static str> {
        self.excluded_accounts.get(&account).copied()
    }

    /// Whether any account is excluded.
    pub fn excludes_accounts(&self) -> bool {
        !self.excluded_accounts.is_empty()
    }

    /// Whether an account only groups people without a company.
    pub fn is_individual(&self, account: u32) -> bool {
        self.individual.contains(account)
    }

    /// A person's calls under all its keys, in order of time.
    fn person_calls(&self, person: u32) -> Vec<&StoredCall> {
        let keys = self.keys(person);
        let mut calls: Vec<&StoredCall> =
            keys.iter().filter_map(|key| self.calls.get(&Subject::Person(*key))).flatten().collect();
        if keys.len() > 1 {
            calls.sort_by(|a, b| (a.at, &a.message_id).cmp(&(b.at, &b.message_id)));
        }
        calls
    }

    /// Traits as they stand, each with the instant since when it has its value; a value null takes a trait away.
    pub fn traits(&self, subject: Subject) -> BTreeMap<String, (Value, i64)> {
        let calls = match subject {
            Subject::Person(person) => self.person_calls(person),
            Subject::Account(_) => self.calls.get(&subject).into_iter().flatten().collect(),
        };
        let mut traits: BTreeMap<String, (Value, i64)> = BTreeMap::new();
        for call in calls {
            let Some(set) = self.sets.get(&call.set) else { continue };
            let Ok(set) = serde_json::from_str::<Map<String, Value>>(set) else { continue };
            for (name, value) in set {
                if value.is_null() {
                    traits.remove(&name);
                } else if traits.get(&name).is_none_or(|(kept, _)| *kept != value) {
                    traits.insert(name, (value, call.at));
                }
            }
        }
        traits
    }

    /// An account with all accounts below it, by their trait `parent`.
    pub fn with_children(&self, account: u32, names: &Dictionary) -> Vec<u32> {
        let mut below: HashMap<u32, Vec<u32>> = HashMap::new();
        for subject in self.subjects() {
            if let Subject::Account(child) = subject
                && let Some(parent) = self.traits(subject).get("parent").and_then(|(value, _)| word(value))
                && let Some(parent) = names.number(Kind::Account, &parent)
            {
                below.entry(parent).or_default().push(child);
            }
        }
        // Accounts that name each other in a circle are each taken once.
        let mut found = std::collections::BTreeSet::from([account]);
        let mut open = vec![account];
        while let Some(parent) = open.pop() {
            for child in below.get(&parent).into_iter().flatten() {
                if found.insert(*child) {
                    open.push(*child);
                }
            }
        }
        found.into_iter().collect()
    }

    /// Every subject that was given traits.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> {
        self.calls.keys().copied()
    }
}

fn sort(calls: &mut [StoredCall]) {
    calls.sort_by(|a, b| (a.at, &a.message_id, a.set).cmp(&(b.at, &b.message_id, b.set)));
}

/// A trait's value as text to compare with; null is none.
pub fn word(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
