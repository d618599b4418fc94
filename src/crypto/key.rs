//! The installation's secret key: 32 bytes from which a key for each purpose is derived.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret key cannot be had; the text is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(String);

impl KeyError {
    /// A reason of another kind why a key cannot be used.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// The installation's 32 bytes.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// Reads 32 bytes from hex or base64.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let bytes = hex::decode(text)
            .ok()
            .filter(|bytes| bytes.len() == 32)
            .or_else(|| STANDARD.decode(text).ok())
            .or_else(|| URL_SAFE.decode(text).ok());
        bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Self).ok_or_else(|| {
            KeyError("the secret key is not 32 bytes as hex or base64; `openssl rand -hex 32` makes one".into())
        })
    }

    /// Reads the key from a file, making it (readable by its owner only) when there is none.
    pub fn read_or_make(file: &Path) -> Result<Self, KeyError> {
        let failed = |what: &str, e: &dyn std::fmt::Display| KeyError(format!("cannot {what} {}: {e}", file.display()));
        match std::fs::read_to_string(file) {
            Ok(text) => Self::parse(&text).map_err(|e| KeyError(format!("{}: {e}", file.display()))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0_u8; 32];
                getrandom::fill(&mut bytes).map_err(|e| failed("make the secret key", &e))?;
                let mut options = std::fs::File::options();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let written = options.open(file).and_then(|mut out| {
                    out.write_all(hex::encode(bytes).as_bytes())?;
                    out.sync_all()
                });
                match written {
                    Ok(()) => Ok(Self(bytes)),
                    // Two processes started at once: the other one's key counts.
                    Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Self::read_or_make(file),
                    Err(e) => Err(failed("write the secret key", &e)),
                }
            }
            Err(e) => Err(failed("read the secret key", &e)),
        }
    }

    /// HMAC-SHA256 of a message under a key that serves this purpose only.
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let derived = hmac(&self.0, purpose.as_bytes());
        hmac(&derived, message)
    }

    /// The same for many messages of one purpose.
    pub fn stamp(&self, purpose: &str) -> Stamp {
        Stamp(begun(&hmac(&self.0, purpose.as_bytes())))
    }
}

/// Makes many HMACs under one derived key.
#[derive(Clone)]
pub struct Stamp(Hmac<Sha256>);

impl std::fmt::Debug for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stamp(…)")
    }
}

impl Stamp {
    /// HMAC-SHA256 of a message.
    pub fn of(&self, message: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

/// An HMAC that has taken its key in.
fn begun(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC fills a short key up with zeros to the block of its hash.
    let mut block = [0_u8; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::<Sha256>::new(&block.into())
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac = begun(key);
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_base64_are_the_same_key() {
        let hex = SecretKey::parse(&"07".repeat(32)).unwrap();
        let base64 = SecretKey::parse(&STANDARD.encode([7; 32])).unwrap();
        assert_eq!(hex.0, base64.0);
        assert!(SecretKey::parse("abc").is_err());
        assert!(SecretKey::parse(&"07".repeat(31)).is_err());
    }

    #[test]
    fn the_file_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        let made = SecretKey::read_or_make(&file).unwrap();
        assert_eq!(made.0, SecretKey::read_or_make(&file).unwrap().0);
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn purposes_do_not_share_a_key() {
        let key = SecretKey::parse(&"07".repeat(32)).unwrap();
        assert_ne!(key.mac("pseudonym", b"x"), key.mac("cursor", b"x"));
        assert_eq!(key.mac("pseudonym", b"x"), key.stamp("pseudonym").of(b"x"));
    }
}
