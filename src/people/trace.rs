//! The traces of one person in what others said: texts that are an id or an e-mail of theirs.

use std::collections::BTreeSet;

use memchr::memmem::Finder;
use serde_json::Value;

/// What stands where a person was named.
pub const ERASED: &str = "erased";

/// Ids of fewer letters occur in too much that is not about the person, as do numbers.
const TELLING: usize = 6;

/// Texts that name a person wherever they stand.
pub struct Traces {
    texts: BTreeSet<String>,
    finders: Vec<Finder<'static>>,
}

impl Traces {
    /// Of these ids and e-mails; those that are too short to name anybody are left out.
    pub fn of(texts: impl Iterator<Item = String>) -> Self {
        let is_telling =
            |text: &String| text.contains('@') || (text.len() >= TELLING && text.chars().any(char::is_alphabetic));
        let texts: BTreeSet<String> = texts.map(|text| text.trim().to_lowercase()).filter(is_telling).collect();
        let finders = texts.iter().map(|text| Finder::new(text).into_owned()).collect();
        Self { texts, finders }
    }

    /// Whether a text is one of them.
    pub fn is_one(&self, text: &str) -> bool {
        self.texts.contains(text.trim().to_lowercase().as_str())
    }

    /// Whether one of them may stand in these bytes.
    pub fn may_be_in(&self, bytes: &[u8]) -> bool {
        if self.finders.is_empty() {
            return false;
        }
        let small = bytes.to_ascii_lowercase();
        self.finders.iter().any(|finder| finder.find(&small).is_some())
    }

    /// The JSON text without them; none if it holds none.
    pub fn taken_out_of(&self, text: &str) -> Option<String> {
        if !self.may_be_in(text.as_bytes()) {
            return None;
        }
        let mut value: Value = serde_json::from_str(text).ok()?;
        self.take_out(&mut value).then(|| value.to_string())
    }

    fn take_out(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => {
                let small = text.to_lowercase();
                let named =
                    self.is_one(text) || self.texts.iter().any(|one| one.contains('@') && small.contains(one.as_str()));
                if named {
                    ERASED.clone_into(text);
                }
                named
            }
            Value::Array(items) => items.iter_mut().map(|item| self.take_out(item)).fold(false, |a, b| a | b),
            Value::Object(fields) => {
                let named: Vec<String> =
                    fields.keys().filter(|name| self.texts.contains(&name.to_lowercase())).cloned().collect();
                for name in &named {
                    fields.remove(name);
                }
                fields.values_mut().map(|item| self.take_out(item)).fold(!named.is_empty(), |a, b| a | b)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_the_person_goes() {
        let ids = ["7", "42424242", "ada-1815", "Ada@Example.com"];
        let traces = Traces::of(ids.iter().map(|text| (*text).to_owned()));
        let text = r#"{"by":"ADA@example.com","cc":["bob@example.com","Ada <ada@example.com>"],"n":7,"id":"7","who":"ada-1815","ada-1815":1}"#;
        let left = r#"{"by":"erased","cc":["bob@example.com","erased"],"id":"7","n":7,"who":"erased"}"#;
        assert_eq!(traces.taken_out_of(text).as_deref(), Some(left));
        assert_eq!(traces.taken_out_of(r#"{"id":"42424242","who":"ada-18150"}"#), None);
    }
}
