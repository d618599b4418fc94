//! Calls as the inspector shows them to whoever may not see names.

use serde_json::{Map, Value};

use super::dictionary::{Dictionary, Kind};
use super::inspector::Entry;
use crate::auth::Workspace;
use crate::crypto::SecretKey;
use crate::people::pseudonyms::{Mask, Personal, Pseudonyms};

/// Fields of a call that say whose it is, with the kind of id that they hold.
const IDS: [(&str, char); 3] = [("userId", 'u'), ("anonymousId", 'a'), ("previousId", 'u')];
/// What stands for a secret.
const HIDDEN: &str = "hidden";
/// Parts of `context` that name software, never a person.
const OF_SOFTWARE: [&str; 3] = ["app", "library", "groupId"];
/// Fields that are no facts about anybody.
const OF_CALL: [&str; 7] = ["type", "messageId", "timestamp", "sentAt", "originalTimestamp", "channel", "groupId"];

/// Hides who the calls of one workspace are about.
pub(super) struct Masks<'m> {
    pseudonyms: Pseudonyms,
    personal: Personal,
    known: &'m Dictionary,
}

impl<'m> Masks<'m> {
    /// With the names known so far.
    pub fn of(workspace: &Workspace, key: &SecretKey, known: &'m Dictionary) -> Self {
        let personal = Personal::with(&workspace.personal());
        Self { pseudonyms: Pseudonyms::of(key, workspace.id), personal, known }
    }

    /// The entry without whatever tells who it is about.
    pub fn entry(&self, entry: Entry) -> Entry {
        let payload = entry.payload.as_ref().and_then(Value::as_object);
        let id = |(field, kind): &(&str, char)| {
            let text = payload.and_then(|call| call.get(*field)).and_then(id_of)?;
            Some((text.to_lowercase(), self.pseudonyms.name(&format!("{kind}{text}"))))
        };
        let ids: Vec<(String, String)> = IDS.iter().filter_map(id).collect();
        let pseudonym = ids.first().map_or_else(|| HIDDEN.to_owned(), |(_, pseudonym)| pseudonym.clone());
        let mut hidden: Vec<String> = ids.into_iter().map(|(text, _)| text).collect();
        payload.into_iter().for_each(|call| self.personal_texts(call, false, &mut hidden));
        let other = |text: &str| self.other(text);
        let mask = Mask { pseudonym: &pseudonym, personal: &self.personal, hidden: &hidden, other: &other };
        let payload = entry.payload.map(|payload| match payload {
            Value::Object(call) => Value::Object(self.call(&mask, call)),
            other => mask.value(other),
        });
        let name = |text: String| Mask { other: &|_| None, ..mask }.text(&text);
        Entry {
            external_id: entry.external_id.map(|_| pseudonym.clone()),
            event: entry.event.map(name),
            message: entry.message.map(|message| match name(message.clone()) == message {
                true => message,
                false => "The reason quotes what was sent, which you may not see.".to_owned(),
            }),
            payload,
            ..entry
        }
    }

    fn call(&self, mask: &Mask<'_>, call: Map<String, Value>) -> Map<String, Value> {
        let field = |(field, value): (String, Value)| {
            let id = IDS.iter().find(|(name, _)| *name == field);
            let shown = match (id, field.as_str(), value) {
                (_, "writeKey", _) => Value::String(HIDDEN.to_owned()),
                (_, _, Value::Null) => Value::Null,
                (Some((_, kind)), _, value) => {
                    let pseudonym = id_of(&value).map(|id| self.pseudonyms.name(&format!("{kind}{id}")));
                    Value::String(pseudonym.unwrap_or_else(|| HIDDEN.to_owned()))
                }
                (None, "event" | "name", Value::String(text)) => {
                    Value::String(Mask { other: &|_| None, ..*mask }.text(&text))
                }
                (None, "context", Value::Object(context)) => Value::Object(Self::context(mask, context)),
                (None, name, value) if OF_CALL.contains(&name) && !value.is_object() => value,
                (None, _, value) => mask.value(value),
            };
            (field, shown)
        };
        call.into_iter().map(field).collect()
    }

    fn context(mask: &Mask<'_>, context: Map<String, Value>) -> Map<String, Value> {
        let shown = |(name, value): (String, Value)| {
            if OF_SOFTWARE.contains(&name.as_str()) {
                return (name, value);
            }
            let one = Map::from_iter([(name.clone(), value)]);
            let masked = mask.value(Value::Object(one));
            (name.clone(), masked.get(&name).cloned().unwrap_or_else(|| Value::String(HIDDEN.to_owned())))
        };
        context.into_iter().map(shown).collect()
    }

    /// Values of personal fields anywhere in a call, for they may stand in other fields too.
    fn personal_texts(&self, fields: &Map<String, Value>, inside: bool, into: &mut Vec<String>) {
        for (name, value) in fields {
            match value {
                Value::Object(below) if !OF_SOFTWARE.contains(&name.as_str()) => self.personal_texts(below, true, into),
                // The name of a page is no name of a person.
                Value::String(text) if inside && self.personal.is_personal(name) && !text.trim().is_empty() => {
                    into.push(text.trim().to_lowercase());
                }
                _ => {}
            }
        }
    }

    fn other(&self, text: &str) -> Option<String> {
        let known =
            |kind: &char| Some(format!("{kind}{text}")).filter(|id| self.known.number(Kind::Person, id).is_some());
        ['u', 'a'].iter().find_map(known).map(|id| self.pseudonyms.name(&id))
    }
}

fn id_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string))
}
