//! What a caller sees of a workspace: which apps, people by name or by pseudonym, groups from which size on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::identity::word;
use super::small::Smallest;
use super::totals::{JOINED, Total};
use super::view::{Filter, NOWHERE, View};
use crate::auth::{Caller, Identity, Scope};
use crate::crypto::SecretKey;
use crate::db::{DbConn, DbError};
use crate::http::ApiError;
use crate::ingest::block::NONE;
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::pseudonyms::{Mask, Personal, Pseudonyms, read, written};
use crate::people::traits::Subject;

/// What a caller sees, before the numbers of names are known.
#[derive(Clone)]
pub struct Asker {
    scope: Scope,
    names: bool,
    unmasked: BTreeSet<u32>,
    smallest: Smallest,
    pseudonyms: Pseudonyms,
    personal: Personal,
    own: Option<String>,
}

impl Asker {
    /// What this caller sees; pseudonyms are made with the installation's key.
    pub fn of(caller: &Caller, key: &SecretKey) -> Self {
        let workspace = &caller.workspace;
        let own = match &caller.identity {
            Identity::User { email, .. } => Some(email.to_lowercase()),
            Identity::Token { .. } => None,
        };
        Self {
            scope: caller.scope.clone(),
            names: caller.sees_names(),
            unmasked: caller.unmasked.clone(),
            smallest: Smallest::seen_by(caller),
            pseudonyms: Pseudonyms::of(key, workspace.id),
            personal: Personal::with(&workspace.personal()),
            own,
        }
    }

    /// With the apps as the view numbers them.
    pub fn sight(self, names: &Dictionary) -> Sight {
        let apps = match &self.scope {
            Scope::All => None,
            Scope::Apps(apps) => {
                let mut apps: Vec<u32> = apps.iter().filter_map(|app| names.number(Kind::App, app)).collect();
                apps.sort_unstable();
                Some(apps)
            }
        };
        Sight { apps, asker: self }
    }
}

/// What a caller sees of a workspace.
pub struct Sight {
    apps: Option<Vec<u32>>,
    asker: Asker,
}

impl Sight {
    /// The apps seen, sorted; none for all of them, and for what has no app.
    pub fn apps(&self) -> Option<&[u32]> {
        self.apps.as_deref()
    }

    /// Whether what happens in an app, or in none, is seen.
    pub fn sees(&self, app: u32) -> bool {
        self.apps.as_ref().is_none_or(|apps| apps.binary_search(&app).is_ok())
    }

    /// From which size on groups are seen.
    pub fn smallest(&self) -> Smallest {
        self.asker.smallest
    }

    /// Whether people are seen by name.
    pub fn names(&self) -> bool {
        self.asker.names
    }

    /// The app of this name; one that is not seen is not there.
    pub fn app(&self, names: &Dictionary, app: &str) -> Result<u32, ApiError> {
        let number = names.number(Kind::App, app).filter(|number| self.sees(*number));
        number.ok_or_else(|| ApiError::not_found(format!("app {app:?}")))
    }

    /// A filter that looks at the asked app, or at all that are seen.
    pub fn filter(&self, names: &Dictionary, app: Option<&String>) -> Result<Filter, ApiError> {
        Ok(match (app, &self.apps) {
            (None, None) => Filter::default(),
            (Some(app), None) => {
                Filter { app: Some(names.number(Kind::App, app).unwrap_or(NOWHERE)), ..Filter::default() }
            }
            (Some(app), Some(_)) => Filter { app: Some(self.app(names, app)?), ..Filter::default() },
            (None, Some(apps)) => Filter { apps: Some(apps.clone()), ..Filter::default() },
        })
    }

    /// Whether this key's person is seen by name.
    pub fn names_key(&self, key: u32) -> bool {
        self.names() || self.asker.unmasked.contains(&key)
    }

    /// Refuses a question by a trait that the caller may not see: its answer would tell the value.
    pub fn check_traits(&self, traits: &[(String, String)]) -> Result<(), ApiError> {
        let hidden = traits.iter().find(|(name, _)| !self.names() && self.asker.personal.is_personal(name));
        hidden.map_or(Ok(()), |(name, _)| {
            Err(ApiError::bad_query(
                format!("trait.{name}"),
                "tells who somebody is, which you may not see; leave it out",
            ))
        })
    }

    /// The id of a key as this caller sees it, and whether it is an anonymous one.
    pub fn id(&self, names: &Dictionary, key: u32) -> (String, bool) {
        let name = names.name(Kind::Person, key);
        let anonymous = name.starts_with('a');
        if self.names_key(key) {
            return (name.get(1..).unwrap_or_default().to_owned(), anonymous);
        }
        (self.asker.pseudonyms.name(name), anonymous)
    }

    /// The key of an id in a path: a user id, else an anonymous one, else a pseudonym; without the permission to
    /// see names a pseudonym only.
    pub fn key(&self, view: &mut View, names: &Dictionary, id: &str) -> Option<u32> {
        let real = || {
            let key = |kind: char| names.number(Kind::Person, &format!("{kind}{id}"));
            key('u').or_else(|| key('a'))
        };
        if let Some(key) = real().filter(|key| self.names_key(*key)) {
            return Some(key);
        }
        view.key_of_pseudonym(names, &self.asker.pseudonyms, read(id)?)
    }

    /// The person of an id in a path; whoever did nothing in an app that is seen is not there.
    pub fn person(&self, view: &mut View, names: &Dictionary, id: &str) -> Result<u32, ApiError> {
        let person = self.key(view, names, id).map(|key| view.identity().person(key));
        let seen = person.filter(|person| self.apps.is_none() || view.person_total(*person, self.apps()).is_some());
        seen.ok_or_else(|| ApiError::not_found(format!("person {id:?}")))
    }

    /// The accounts whose people did something in an app that is seen; none for all.
    pub fn accounts(&self, view: &mut View, conn: &mut DbConn) -> Result<Option<BTreeSet<u32>>, DbError> {
        if self.apps.is_none() {
            return Ok(None);
        }
        let uses = view.account_uses(conn, true)?;
        Ok(Some(uses.keys().filter(|(_, app)| self.sees(*app)).map(|(account, _)| *account).collect()))
    }

    /// Traits of a person or an account as this caller sees them.
    pub fn traits(&self, view: &View, names: &Dictionary, subject: Subject) -> BTreeMap<String, (Value, i64)> {
        let traits = view.identity().traits(subject);
        if self.names() || matches!(subject, Subject::Person(key) if self.names_key(key)) {
            return traits;
        }
        let (key, is_person) = match subject {
            Subject::Person(key) => (self.pseudonym(names, key), true),
            Subject::Account(_) => (HIDDEN.to_owned(), false),
        };
        let hidden = if let Subject::Person(key) = subject { self.hidden(view, names, key) } else { Vec::new() };
        let other = |text: &str| self.other(view, names, text);
        let mask = Mask { pseudonym: &key, personal: &self.asker.personal, hidden: &hidden, other: &other };
        traits
            .into_iter()
            .map(|(name, (value, since))| {
                let marks = &self.asker.personal;
                let personal = if is_person { marks.is_personal(&name) } else { marks.is_personal_of_account(&name) };
                let value = match value {
                    _ if personal => Value::String(key.clone()),
                    // An account keeps its name whatever it looks like.
                    value if !is_person && name == "name" => value,
                    value => mask.value(value),
                };
                (mask.text(&name), (value, since))
            })
            .collect()
    }

    /// What a call of a person says, as this caller sees it.
    pub fn call(&self, view: &View, names: &Dictionary, about: &About, value: Value) -> Value {
        let other = |text: &str| self.other(view, names, text);
        about.mask(&self.asker.personal, &other).value(value)
    }

    /// The name of an event, page or screen as this caller sees it.
    pub fn text(&self, about: &About, text: &str) -> String {
        // A name that happens to be somebody else's id stays the name that it is.
        about.mask(&self.asker.personal, &|_| None).text(text)
    }

    /// What must not be shown of a person, for [`Sight::call`]; none when names are seen.
    pub fn about(&self, view: &View, names: &Dictionary, person: u32) -> Option<About> {
        (!self.names_key(person)).then(|| self.known(view, names, person))
    }

    /// What must not be shown of a person to whoever may not see names.
    pub fn known(&self, view: &View, names: &Dictionary, person: u32) -> About {
        About { pseudonym: self.pseudonym(names, person), hidden: self.hidden(view, names, person) }
    }

    /// The same of a key that may never have been stored.
    pub fn unknown(&self, key: &str) -> About {
        About { pseudonym: self.asker.pseudonyms.name(key), hidden: Vec::new() }
    }

    /// Whether a trait, or a field of that name, tells who a person is.
    pub fn is_personal(&self, name: &str) -> bool {
        self.asker.personal.is_personal(name)
    }

    /// What stands in the place of a person's id, as the audit log names them too.
    pub fn pseudonym(&self, names: &Dictionary, key: u32) -> String {
        written(self.asker.pseudonyms.bits(names.name(Kind::Person, key)))
    }

    /// Makes names and e-mails of others known, so that calls that hold one are found.
    pub fn prepare(&self, view: &mut View) {
        if !self.names() {
            view.prepare_texts();
        }
    }

    /// Whoever has this very id, name or e-mail.
    fn other(&self, view: &View, names: &Dictionary, text: &str) -> Option<String> {
        let key = ["u", "a"].into_iter().find_map(|kind| names.number(Kind::Person, &format!("{kind}{text}")));
        let key = key.or_else(|| view.person_of_text(text))?;
        Some(self.pseudonym(names, view.identity().person(key)))
    }

    /// Ids, name, e-mail and whatever else tells who a person is, in small letters.
    fn hidden(&self, view: &View, names: &Dictionary, person: u32) -> Vec<String> {
        let keys = view.identity().keys(view.identity().person(person)).into_iter();
        let ids = keys.filter_map(|key| names.name(Kind::Person, key).get(1..).map(str::to_lowercase));
        let traits = view.identity().traits(Subject::Person(view.identity().person(person)));
        let told = traits.into_iter().filter(|(name, _)| self.asker.personal.is_personal(name));
        let texts = told.filter_map(|(_, (value, _))| word(&value)).map(|text| text.trim().to_lowercase());
        let mut hidden: Vec<String> = ids.chain(texts).filter(|text| !text.is_empty()).collect();
        hidden.sort_unstable();
        hidden.dedup();
        hidden
    }

    /// E-mails of owners: those of observed people are pseudonyms to whoever may not see names, their own excepted.
    pub fn owners(&self, view: &mut View, names: &Dictionary, owners: Vec<String>) -> Vec<String> {
        if self.names() || owners.is_empty() {
            return owners;
        }
        let people = view.people_of_emails(names, &owners.iter().map(|owner| owner.trim().to_lowercase()).collect());
        let seen = |owner: String| {
            let email = owner.trim().to_lowercase();
            match people.get(&email) {
                Some(person) if self.asker.own.as_ref() != Some(&email) => self.pseudonym(names, *person),
                _ => owner,
            }
        };
        owners.into_iter().map(seen).collect()
    }

    /// Counted events of a person in what is seen, by app.
    pub fn by_app(&self, view: &View, person: u32) -> BTreeMap<u32, Total> {
        let mut by_app = BTreeMap::new();
        for key in view.identity().keys(person) {
            for ((_, app, _), total) in view.totals().range((key, 0, 0)..=(key, u32::MAX, u32::MAX)) {
                if *app != JOINED && *app != NONE && self.sees(*app) {
                    by_app.entry(*app).and_modify(|sum: &mut Total| sum.join(*total)).or_insert(*total);
                }
            }
        }
        by_app
    }
}

/// What stands for the personal traits of an account, which has no pseudonym.
const HIDDEN: &str = "hidden";

/// What must not be shown of one person.
pub struct About {
    pseudonym: String,
    hidden: Vec<String>,
}

impl About {
    /// Nobody who is known: this word stands in their place.
    pub fn nobody(word: &str) -> Self {
        Self { pseudonym: word.to_owned(), hidden: Vec::new() }
    }

    /// Hides what tells who somebody else is too; their pseudonym takes the place.
    pub fn join(&mut self, other: Self) {
        self.pseudonym = other.pseudonym;
        self.hidden.extend(other.hidden);
    }

    /// Hides a text wherever it stands.
    pub fn hide(&mut self, text: &str) {
        let text = text.trim().to_lowercase();
        if !text.is_empty() {
            self.hidden.push(text);
        }
    }

    /// What stands in the person's place.
    pub fn pseudonym(&self) -> &str {
        &self.pseudonym
    }

    fn mask<'m>(&'m self, personal: &'m Personal, other: &'m dyn Fn(&str) -> Option<String>) -> Mask<'m> {
        Mask { pseudonym: &self.pseudonym, personal, hidden: &self.hidden, other }
    }
}
