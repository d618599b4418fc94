//! What happens on a known day: hires, contracts, releases, tickets, answers. Planned first, written when its day comes.

use serde_json::Value;

use super::calls::{AppContext, Book, Call, Context};
use super::people::Person;

/// One call that is known beforehand.
#[derive(Clone, Default)]
pub struct Note {
    /// Second of the day, UTC.
    pub second: i32,
    /// `track`, `page`, `identify` or `group`.
    pub kind: &'static str,
    /// The person; empty while unknown.
    pub user: String,
    /// The browser of a person who was not known yet.
    pub anonymous: Option<String>,
    /// The account in which it happens.
    pub within: Option<&'static str>,
    /// The account that a `group` call is about.
    pub about: Option<&'static str>,
    /// The event's or page's name.
    pub name: Option<&'static str>,
    /// Properties or traits.
    pub details: Value,
    /// The app and its version.
    pub app: Option<(&'static str, Option<String>)>,
}

impl Note {
    /// `person` did `event` on `day`.
    pub fn track(person: &Person, day: i32, second: i32, event: &'static str, details: Value) -> Self {
        let within = Some(person.group_on(day));
        Self { second, kind: "track", user: person.id.clone(), within, name: Some(event), details, ..Self::default() }
    }

    /// From now on `traits` hold for the account `about`, as told by `person`.
    pub fn group(person: &Person, second: i32, about: &'static str, traits: Value) -> Self {
        Self { second, kind: "group", user: person.id.clone(), about: Some(about), details: traits, ..Self::default() }
    }

    /// From now on `traits` hold for `person`.
    pub fn identify(person: &Person, day: i32, second: i32, traits: Value) -> Self {
        let within = Some(person.group_on(day));
        Self { second, kind: "identify", user: person.id.clone(), within, details: traits, ..Self::default() }
    }

    /// The same in an app.
    pub fn in_app(self, name: &'static str, version: Option<&str>) -> Self {
        Self { app: Some((name, version.map(str::to_owned))), ..self }
    }

    fn write(&self, book: &mut Book) {
        let traits = matches!(self.kind, "identify" | "group");
        let details = (!self.details.is_null()).then_some(&self.details);
        let app = self.app.as_ref().map(|(name, version)| AppContext { name, version: version.as_deref() });
        book.write(
            i64::from(self.second) * 1000 + 137,
            Call {
                r#type: self.kind,
                user_id: (!self.user.is_empty()).then_some(self.user.as_str()),
                anonymous_id: self.anonymous.as_deref(),
                group_id: self.about,
                event: if self.kind == "track" { self.name } else { None },
                name: if self.kind == "page" { self.name } else { None },
                properties: if traits { None } else { details },
                traits: if traits { details } else { None },
                context: Context { group_id: self.within, app },
                ..Call::default()
            },
        );
    }
}

/// The notes of every day.
pub struct Diary(Vec<Vec<Note>>);

impl Diary {
    /// An empty diary for days 0 to `last`.
    pub fn new(last: i32) -> Self {
        Self((0..=last).map(|_| Vec::new()).collect())
    }

    /// Adds `note`; what lies outside of the history never happened.
    pub fn add(&mut self, day: i32, note: Note) {
        if let Some(notes) = usize::try_from(day).ok().and_then(|day| self.0.get_mut(day)) {
            notes.push(note);
        }
    }

    /// Writes the notes of `day`.
    pub fn write(&self, day: i32, book: &mut Book) {
        for note in usize::try_from(day).ok().and_then(|day| self.0.get(day)).into_iter().flatten() {
            note.write(book);
        }
    }
}
