//! Random secrets with a prefix that tells what they open and a checksum that tells a typo.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 32 letters of 62 are 190 bits.
const BODY: usize = 32;
const CHECKSUM: usize = 6;

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// The API, in the name of a role.
    ApiToken,
    /// Sending events.
    WriteKey,
    /// A console session.
    Session,
    /// The first set-up.
    SetupCode,
    /// An invitation, or a new password.
    WelcomeCode,
}

impl SecretKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::ApiToken => "thk_",
            Self::WriteKey => "thw_",
            Self::Session => "ths_",
            Self::SetupCode => "thc_",
            Self::WelcomeCode => "thi_",
        }
    }
}

/// A new secret. It is shown once; the store keeps the hash.
pub struct Secret {
    /// The secret itself.
    pub text: String,
    /// What lists show, so that people can tell their secrets apart.
    pub shown: String,
    /// What the store keeps.
    pub hash: String,
}

impl Secret {
    /// Makes one. Fails only if the operating system has no randomness to give.
    pub fn new(kind: SecretKind) -> Result<Self, getrandom::Error> {
        let body = random_letters(BODY)?;
        let text = format!("{}{body}{}", kind.prefix(), checksum(kind, &body));
        let shown = text.chars().take(kind.prefix().len() + 6).collect();
        let hash = hash(&text);
        Ok(Self { text, shown, hash })
    }
}

/// Whether a text can be a secret of this kind at all; spares the store a look.
pub fn has_valid_form(kind: SecretKind, text: &str) -> bool {
    text.strip_prefix(kind.prefix())
        .filter(|rest| rest.len() == BODY + CHECKSUM)
        .and_then(|rest| rest.split_at_checked(BODY))
        .is_some_and(|(body, sum)| sum == checksum(kind, body))
}

fn checksum(kind: SecretKind, body: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(kind.prefix());
    digest.update(body);
    hex::encode(digest.finalize()).chars().take(CHECKSUM).collect()
}

/// SHA-256 as hex: how secrets are stored.
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Compares without telling by its duration where the difference is.
pub fn equal(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// So many random letters and digits, each equally likely.
pub fn random_letters(count: usize) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(count);
    let mut bytes = [0_u8; 64];
    while text.len() < count {
        getrandom::fill(&mut bytes)?;
        // A byte of 62 × 4 or more would favour the first letters.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        let letters = fair.filter_map(|byte| LETTERS.get(usize::from(byte % 62)));
        text.extend(letters.take(count - text.len()).map(|letter| char::from(*letter)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_the_form_of_its_kind_only() {
        let secret = Secret::new(SecretKind::ApiToken).unwrap();
        assert_eq!(secret.text.len(), 42);
        assert!(secret.text.starts_with(&secret.shown));
        assert!(has_valid_form(SecretKind::ApiToken, &secret.text));
        assert!(!has_valid_form(SecretKind::WriteKey, &secret.text));
        assert!(!has_valid_form(SecretKind::WriteKey, &secret.text.replace("thk_", "thw_")));
        assert!(!has_valid_form(SecretKind::ApiToken, "thk_"));
        assert!(!has_valid_form(SecretKind::ApiToken, &format!("thk_{}", "é".repeat(19))));
    }

    #[test]
    fn a_typo_is_seen() {
        let secret = Secret::new(SecretKind::WriteKey).unwrap().text;
        let last = if secret.ends_with('0') { "1" } else { "0" };
        assert!(!has_valid_form(SecretKind::WriteKey, &format!("{}{last}", &secret[..secret.len() - 1])));
    }

    #[test]
    fn letters_are_as_many_as_asked() {
        assert_eq!(random_letters(0).unwrap().len(), 0);
        assert_eq!(random_letters(200).unwrap().len(), 200);
    }
}
