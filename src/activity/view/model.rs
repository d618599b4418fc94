//! What is asked of a view, and what it answers.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use crate::activity::rhythm::Learned;
use crate::activity::totals::Total;

/// Which activity is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Only this app.
    pub app: Option<u32>,
    /// Only events of these apps, sorted; none means all, and those without an app.
    pub apps: Option<Vec<u32>>,
    /// Only events of this name.
    pub event: Option<u32>,
    /// Only events of these accounts; none means all.
    pub accounts: Option<Vec<u32>>,
    /// Only people of this role on the day; no role counts as `end_user`.
    pub role: Option<String>,
    /// Only people with these trait values on the day.
    pub traits: Vec<(String, String)>,
    /// Counts bots, internal people and tests too.
    pub include_excluded: bool,
}

impl Filter {
    /// Whether it looks at what happens in an app, or in none.
    pub fn takes(&self, app: u32) -> bool {
        self.app.is_none_or(|only| only == app)
            && self.apps.as_ref().is_none_or(|only| only.binary_search(&app).is_ok())
    }

    /// Whether it looks at some apps only.
    pub fn narrows(&self) -> bool {
        self.app.is_some() || self.apps.is_some()
    }

    pub(super) fn by_traits(&self) -> bool {
        self.role.is_some() || !self.traits.is_empty()
    }

    /// Whether it asks for some apps, and for nothing else that tells events apart.
    pub(super) fn only_apps(&self) -> Option<&[u32]> {
        let plain = self.app.is_none() && self.event.is_none() && self.accounts.is_none() && !self.by_traits();
        self.apps.as_deref().filter(|_| plain)
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

impl Summary {
    /// Adds what other events of the same day add up to.
    pub(super) fn join(&mut self, other: &Self) {
        self.people |= &other.people;
        self.accounts |= &other.accounts;
        self.events = self.events.saturating_add(other.events);
    }
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
