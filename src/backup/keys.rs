//! Who may read a backup, and whose it is.

use std::path::Path;
use std::str::FromStr;

use age::x25519::{Identity, Recipient};

use super::BackupError;
use crate::crypto::SecretKey;

/// Those for whom a backup is encrypted; for nobody means that it is not.
#[derive(Clone, Default)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// Reads the public keys that `age-keygen` prints.
    pub fn parse<S: AsRef<str>>(texts: &[S]) -> Result<Self, BackupError> {
        let one = |text: &S| {
            let text = text.as_ref().trim();
            Recipient::from_str(text).map_err(|_| {
                BackupError::Input(format!(
                    "{text:?} is no age recipient; right would be the public key that age-keygen prints, age1…"
                ))
            })
        };
        texts.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &dyn age::Recipient> {
        self.0.iter().map(|recipient| -> &dyn age::Recipient { recipient })
    }
}

/// The secret counterparts of recipients.
#[derive(Clone, Default)]
pub struct Identities(Vec<Identity>);

impl Identities {
    /// Reads a file that `age-keygen` wrote.
    pub fn read(file: &Path) -> Result<Self, BackupError> {
        let shown = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|e| BackupError::Input(format!("cannot read the identity file {shown}: {e}")))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let found: Vec<Identity> = lines
            .map(|line| {
                Identity::from_str(line).map_err(|_| {
                    BackupError::Input(format!(
                        "{shown} is no age identity file; right would be the file that age-keygen writes, \
                         with a line AGE-SECRET-KEY-1…"
                    ))
                })
            })
            .collect::<Result<_, _>>()?;
        if found.is_empty() {
            return Err(BackupError::Input(format!("the identity file {shown} holds no identity")));
        }
        Ok(Self(found))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &dyn age::Identity> {
        self.0.iter().map(|identity| -> &dyn age::Identity { identity })
    }
}

/// Tells whether two installations have the same secret key, and nothing else about it.
pub fn key_check(key: &SecretKey) -> String {
    hex::encode(key.mac("backup key check", b"")).chars().take(32).collect()
}
