//! Calls as the inspector shows them to whoever may not see names.

use serde_json::{Map, Value};

use crate::activity::sight::{About, Sight};
use crate::activity::view::View;
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::ingest::inspector::Entry;

/// Fields of a call that say whose it is, with the kind of id that they hold.
const IDS: [(&str, char); 3] = [("userId", 'u'), ("anonymousId", 'a'), ("previousId", 'u')];
/// What stands for a secret.
const HIDDEN: &str = "hidden";
/// Parts of `context` that name software, never a person.
const OF_SOFTWARE: [&str; 3] = ["app", "library", "groupId"];
/// Fields that are no facts about anybody.
const OF_CALL: [&str; 7] = ["type", "messageId", "timestamp", "sentAt", "originalTimestamp", "channel", "groupId"];

/// Hides who calls are about.
pub(super) struct Masks<'m> {
    pub view: &'m View,
    pub names: &'m Dictionary,
    pub sight: &'m Sight,
}

impl Masks<'_> {
    /// The entry without whatever tells who it is about.
    pub fn entry(&self, entry: Entry) -> Entry {
        let about = self.about(entry.payload.as_ref());
        let payload = entry.payload.map(|payload| match payload {
            Value::Object(call) => Value::Object(call.into_iter().map(|field| self.field(&about, field)).collect()),
            other => self.sight.call(self.view, self.names, &about, other),
        });
        let masked = |message: String| {
            let told = self.sight.text(&about, &message) != message;
            if told { "The reason quotes what was sent, which you may not see.".to_owned() } else { message }
        };
        Entry {
            external_id: entry.external_id.map(|_| about.pseudonym().to_owned()),
            event: entry.event.map(|event| self.sight.text(&about, &event)),
            message: entry.message.map(masked),
            payload,
            ..entry
        }
    }

    /// What tells who a call is about: the ids it carries, what is known of that person, and what it says itself.
    fn about(&self, payload: Option<&Value>) -> About {
        let mut about = About::nobody(HIDDEN);
        let Some(call) = payload.and_then(Value::as_object) else { return about };
        for (field, kind) in IDS.iter().rev() {
            let Some(id) = call.get(*field).and_then(id_of) else { continue };
            let key = format!("{kind}{id}");
            match self.names.number(Kind::Person, &key) {
                Some(key) => about.join(self.sight.known(self.view, self.names, self.view.identity().person(key))),
                None => about.join(self.sight.unknown(&key)),
            }
            about.hide(&id);
        }
        self.personal_texts(call, false, &mut about);
        about
    }

    fn field(&self, about: &About, (field, value): (String, Value)) -> (String, Value) {
        let id = IDS.iter().find(|(name, _)| *name == field);
        let shown = match (id, field.as_str(), value) {
            (_, "writeKey", _) => Value::String(HIDDEN.to_owned()),
            (_, _, Value::Null) => Value::Null,
            (Some((_, kind)), _, value) => {
                let pseudonym = id_of(&value).map(|id| self.sight.unknown(&format!("{kind}{id}")));
                Value::String(pseudonym.map_or_else(|| HIDDEN.to_owned(), |about| about.pseudonym().to_owned()))
            }
            (None, "event" | "name", Value::String(text)) => Value::String(self.sight.text(about, &text)),
            (None, "context", Value::Object(context)) => {
                Value::Object(context.into_iter().map(|part| self.part(about, part)).collect())
            }
            (None, name, value) if OF_CALL.contains(&name) && !value.is_object() => value,
            (None, _, value) => self.sight.call(self.view, self.names, about, value),
        };
        (field, shown)
    }

    fn part(&self, about: &About, (name, value): (String, Value)) -> (String, Value) {
        if OF_SOFTWARE.contains(&name.as_str()) {
            return (name, value);
        }
        let one = Value::Object(Map::from_iter([(name.clone(), value)]));
        let masked = self.sight.call(self.view, self.names, about, one);
        let value = masked.get(&name).cloned().unwrap_or_else(|| Value::String(HIDDEN.to_owned()));
        (name, value)
    }

    /// Values of personal fields anywhere in a call, for they may stand in other fields too.
    fn personal_texts(&self, fields: &Map<String, Value>, inside: bool, about: &mut About) {
        for (name, value) in fields {
            match value {
                Value::Object(below) if !OF_SOFTWARE.contains(&name.as_str()) => {
                    self.personal_texts(below, true, about)
                }
                // The name of a page is no name of a person.
                Value::String(text) if inside && self.sight.is_personal(name) => about.hide(text),
                _ => {}
            }
        }
    }
}

fn id_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string))
}
