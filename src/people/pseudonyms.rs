//! What stands in a person's place for those who may not see names.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::crypto::{SecretKey, Stamp};

/// How every pseudonym begins.
pub const PREFIX: &str = "p-";
/// Letters after it, of 5 bits each.
const LETTERS: usize = 10;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Traits that tell who somebody is, unless a workspace marks more. Without regard to case, `_`, `-`, blanks.
pub const PERSONAL: [&str; 26] = [
    "address",
    "avatar",
    "birthday",
    "dateofbirth",
    "displayname",
    "email",
    "employeeid",
    "externalid",
    "firstname",
    "fullname",
    "givenname",
    "ip",
    "ipaddress",
    "lastname",
    "login",
    "mail",
    "mobile",
    "name",
    "nickname",
    "phone",
    "phonenumber",
    "photo",
    "picture",
    "surname",
    "upn",
    "username",
];
/// The one of them that an account keeps: it names a department or a customer.
const OF_ACCOUNTS: &str = "name";

/// A trait's name as it is compared.
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.' | '$')).flat_map(char::to_lowercase).collect()
}

/// Makes pseudonyms of one workspace: the same for the same id as long as the installation keeps its key.
#[derive(Clone, Debug)]
pub struct Pseudonyms {
    stamp: Stamp,
    workspace: [u8; 8],
}

impl Pseudonyms {
    /// Those of a workspace.
    pub fn of(key: &SecretKey, workspace: i64) -> Self {
        Self { stamp: key.stamp("pseudonym"), workspace: workspace.to_be_bytes() }
    }

    /// The pseudonym of a key of the dictionary (`u` + user id, or `a` + anonymous id), as 50 bits.
    pub fn bits(&self, key: &str) -> u64 {
        let mut message = Vec::with_capacity(8 + key.len());
        message.extend_from_slice(&self.workspace);
        message.extend_from_slice(key.as_bytes());
        let mac = self.stamp.of(&message);
        mac.iter().take(8).fold(0u64, |bits, byte| (bits << 8) | u64::from(*byte)) >> (64 - 5 * LETTERS)
    }

    /// The pseudonym of a key of the dictionary, as text.
    pub fn name(&self, key: &str) -> String {
        written(self.bits(key))
    }
}

/// 50 bits as a pseudonym.
pub fn written(bits: u64) -> String {
    let letter = |place: usize| {
        let five = (bits >> (5 * place)) & 31;
        usize::try_from(five).ok().and_then(|at| ALPHABET.get(at)).copied().map_or('a', char::from)
    };
    PREFIX.chars().chain((0..LETTERS).rev().map(letter)).collect()
}

/// The bits of a pseudonym; none for what is none.
pub fn read(text: &str) -> Option<u64> {
    let letters = text.strip_prefix(PREFIX)?;
    if letters.len() != LETTERS {
        return None;
    }
    letters.bytes().try_fold(0u64, |bits, letter| {
        let five = ALPHABET.iter().position(|known| *known == letter)?;
        Some((bits << 5) | u64::try_from(five).ok()?)
    })
}

/// Which traits and properties tell who somebody is.
#[derive(Clone, Debug, Default)]
pub struct Personal(BTreeSet<String>);

impl Personal {
    /// The usual ones and those that a workspace marks.
    pub fn with(more: &[String]) -> Self {
        Self(more.iter().map(|name| plain(name)).collect())
    }

    /// Whether a trait of a person is one.
    pub fn is_personal(&self, name: &str) -> bool {
        let name = plain(name);
        PERSONAL.contains(&name.as_str()) || self.0.contains(&name)
    }

    /// Whether a trait of an account is one: its own name is not.
    pub fn is_personal_of_account(&self, name: &str) -> bool {
        let name = plain(name);
        name != OF_ACCOUNTS && (PERSONAL.contains(&name.as_str()) || self.0.contains(&name))
    }
}

/// Takes out of a text, or a whole call, who it is about.
pub struct Mask<'m> {
    /// What stands in the person's place.
    pub pseudonym: &'m str,
    /// Which names of fields tell who somebody is.
    pub personal: &'m Personal,
    /// Texts that tell it wherever they stand: ids, name, e-mail; in small letters.
    pub hidden: &'m [String],
    /// The pseudonym of somebody else whose id a text is.
    pub other: &'m dyn Fn(&str) -> Option<String>,
}

/// Shorter texts are looked for as a whole only: an id such as `7` occurs in too much.
const TELLING: usize = 4;

impl Mask<'_> {
    /// The text with whatever tells who somebody is replaced.
    pub fn text(&self, text: &str) -> String {
        let small = text.to_lowercase();
        let tells = |hidden: &String| small == *hidden || (hidden.len() >= TELLING && small.contains(hidden.as_str()));
        if self.hidden.iter().any(tells) || has_email(text) {
            return self.pseudonym.to_owned();
        }
        (self.other)(text).unwrap_or_else(|| text.to_owned())
    }

    /// The value with whatever tells who somebody is replaced, in keys too.
    pub fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.value(item)).collect()),
            Value::Object(fields) => Value::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| {
                        let value = if value.is_null() || value.is_boolean() {
                            value
                        } else if self.personal.is_personal(&name) || is_id(&name) && value.is_number() {
                            Value::String(self.pseudonym.to_owned())
                        } else {
                            self.value(value)
                        };
                        (self.text(&name), value)
                    })
                    .collect(),
            ),
            other => other,
        }
    }
}

/// Whether a number under this name may be somebody's id.
fn is_id(name: &str) -> bool {
    let name = plain(name);
    name.ends_with("userid") || name.ends_with("anonymousid") || name.ends_with("previousid") || name == "id"
}

/// Whether an e-mail address stands in a text.
fn has_email(text: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    text.match_indices('@').any(|(at, _)| {
        let (before, after) = text.split_at(at);
        let host: String = after.chars().skip(1).take_while(|c| word(*c)).collect();
        before.chars().next_back().is_some_and(word) && host.trim_matches('.').contains('.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pseudonyms(workspace: i64) -> Pseudonyms {
        Pseudonyms::of(&SecretKey::parse(&"07".repeat(32)).unwrap(), workspace)
    }

    #[test]
    fn a_pseudonym_is_stable_and_differs_by_person_and_workspace() {
        let (one, other) = (pseudonyms(1), pseudonyms(2));
        let name = one.name("uada@example.com");
        assert_eq!(name, pseudonyms(1).name("uada@example.com"));
        assert!(name.len() == 12 && name.starts_with("p-"), "{name}");
        assert_eq!(read(&name), Some(one.bits("uada@example.com")));
        assert_ne!(name, other.name("uada@example.com"));
        assert_ne!(name, one.name("aada@example.com"));
        for none in ["p-", "p-abc", "p-ABCDEFGHIJ", "p-abcdefghi1", "abcdefghijkl", "p-abcdefghijk", "p-äbcdefghi"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn what_tells_who_it_is_about_is_taken_out() {
        let personal = Personal::with(&["badge no".into()]);
        let hidden = ["ada@example.com".to_owned(), "ada lovelace".into(), "u7".into()];
        let other = |text: &str| (text == "u8").then(|| "p-other".to_owned());
        let mask = Mask { pseudonym: "p-ada", personal: &personal, hidden: &hidden, other: &other };
        let call = json!({
            "First_Name": "Ada", "badge-no": 12, "plan": "pro", "seats": 3, "ok": true, "email": null,
            "note": "asked Ada Lovelace", "by": "u8", "own": "u7", "menu7": "u77",
            "list": [{"contact": "x.y@sub.example.org", "userId": 7, "n": 7}], "u7": 1, "at": "10 @ noon",
        });
        let shown = json!({
            "First_Name": "p-ada", "badge-no": "p-ada", "plan": "pro", "seats": 3, "ok": true, "email": null,
            "note": "p-ada", "by": "p-other", "own": "p-ada", "menu7": "u77",
            "list": [{"contact": "p-ada", "userId": "p-ada", "n": 7}], "p-ada": 1, "at": "10 @ noon",
        });
        assert_eq!(mask.value(call), shown);
        assert!(personal.is_personal("name") && !personal.is_personal_of_account("Name"));
        assert!(personal.is_personal_of_account("e-mail") && !personal.is_personal("plan"));
    }
}
