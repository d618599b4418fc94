//! Accounts and roles of so few people that they would tell who a pseudonym is.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::activity::sight::Sight;
use crate::activity::totals::JOINED;
use crate::activity::view::View;
use crate::people::traits::Subject;

/// The role of whoever has none of their own.
pub(super) const NO_ROLE: &str = "end_user";

/// What is not told of a single person, since too few share it.
#[derive(Default)]
pub(super) struct Few {
    accounts: HashSet<u32>,
    roles: HashSet<String>,
}

/// The role of everybody who has one by now.
pub(super) fn roles(view: &mut View) -> HashMap<u32, String> {
    let roles = view.roles().into_iter().filter(|(_, role)| !role.is_empty());
    roles.map(|(person, role)| (person, role.to_owned())).collect()
}

impl Few {
    /// Counts everybody whom the caller sees; nothing is too few for whoever sees every group, or people by name.
    pub fn of(view: &mut View, sight: &Sight) -> Self {
        let smallest = sight.smallest();
        if smallest.shows_all() || sight.names() {
            return Self::default();
        }
        let roles = roles(view);
        let used = view.totals().keys().filter(|(_, app, _)| *app != JOINED && sight.sees(*app));
        let mut people: BTreeSet<u32> = used.map(|(key, _, _)| view.identity().person(*key)).collect();
        if sight.apps().is_none() {
            people.extend(view.identity().subjects().filter_map(|subject| match subject {
                Subject::Person(key) => Some(view.identity().person(key)),
                Subject::Account(_) => None,
            }));
        }
        let (mut of_account, mut of_role) = (HashMap::<u32, u64>::new(), HashMap::<&str, u64>::new());
        for person in people.into_iter().filter(|person| view.identity().person_exclusion(*person).is_none()) {
            if let Some(account) = view.current_account(person) {
                *of_account.entry(account).or_default() += 1;
            }
            *of_role.entry(roles.get(&person).map_or(NO_ROLE, String::as_str)).or_default() += 1;
        }
        Self {
            accounts: of_account.into_iter().filter(|(_, n)| smallest.hides(*n)).map(|(account, _)| account).collect(),
            roles: of_role.into_iter().filter(|(_, n)| smallest.hides(*n)).map(|(role, _)| role.to_owned()).collect(),
        }
    }

    /// Whether an account has too few people.
    pub fn account(&self, account: u32) -> bool {
        self.accounts.contains(&account)
    }

    /// Whether too few people have a role.
    pub fn role(&self, role: &str) -> bool {
        self.roles.contains(role)
    }
}
