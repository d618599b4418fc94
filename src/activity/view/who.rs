//! Who somebody is by what may stand in their place: a pseudonym, an e-mail.

use std::collections::{BTreeSet, HashMap};

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::View;
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::pseudonyms::Pseudonyms;

/// The keys of pseudonyms, as far as names were looked at.
#[derive(Default)]
pub(super) struct Known {
    keys: FxHashMap<u64, u32>,
    looked_at: u32,
    // People by a hash of their name and e-mail, with the version of the view that these hold for.
    texts: (u64, FxHashMap<u64, u32>),
}

/// Traits by which others may be named in a call.
const TEXTS: [&str; 2] = ["name", "email"];

fn hash(text: &str) -> u64 {
    xxh3_64(text.trim().to_lowercase().as_bytes())
}

impl View {
    /// The key whose pseudonym has these bits.
    pub fn key_of_pseudonym(&mut self, names: &Dictionary, pseudonyms: &Pseudonyms, bits: u64) -> Option<u32> {
        let seen = usize::try_from(self.known.looked_at).unwrap_or(0);
        for (key, name) in names.all(Kind::Person).skip(seen) {
            // Of two that share one, which is next to impossible, the first keeps it.
            self.known.keys.entry(pseudonyms.bits(name)).or_insert(key);
        }
        self.known.looked_at = names.len(Kind::Person);
        self.known.keys.get(&bits).copied()
    }

    /// Makes names and e-mails known to [`View::person_of_text`].
    pub fn prepare_texts(&mut self) {
        if self.known.texts.0 == self.version {
            return;
        }
        let mut texts = FxHashMap::default();
        for name in TEXTS {
            self.identity.prepare_column(name, &mut self.clock);
            let told = self.identity.latest_values(name).filter(|(_, text)| !text.trim().is_empty());
            texts.extend(told.map(|(person, text)| (hash(text), person)));
        }
        self.known.texts = (self.version, texts);
    }

    /// The person whose name or e-mail this is.
    pub fn person_of_text(&self, text: &str) -> Option<u32> {
        self.known.texts.1.get(&hash(text)).copied()
    }

    /// The people who have one of these e-mails, in small letters: as their id, or as their trait by now.
    pub fn people_of_emails(&mut self, names: &Dictionary, emails: &BTreeSet<String>) -> HashMap<String, u32> {
        if emails.is_empty() {
            return HashMap::new();
        }
        self.identity.prepare_column("email", &mut self.clock);
        let mut people: HashMap<String, u32> = HashMap::new();
        for (person, email) in self.identity.latest_values("email") {
            let email = email.trim().to_lowercase();
            if emails.contains(&email) {
                people.entry(email).or_insert(person);
            }
        }
        for email in emails {
            if let Some(key) = names.number(Kind::Person, &format!("u{email}")) {
                people.insert(email.clone(), self.identity.person(key));
            }
        }
        people
    }

    /// The role that holds for each person by now; whoever has none is not there.
    pub fn roles(&mut self) -> FxHashMap<u32, &str> {
        self.identity.prepare_column("role", &mut self.clock);
        self.identity.latest_values("role").collect()
    }
}
