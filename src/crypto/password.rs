//! Passwords: argon2id, never more hashes at once than the machine can bear.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

/// The shortest password that is accepted.
const SHORTEST: usize = 8;
/// The longest; a bound at all keeps a request from hashing megabytes.
const LONGEST: usize = 256;
/// A hash of nobody's password, verified for an unknown user so that the answer takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$dGFrZWhvbGQtbm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password that cannot be used; the text is for the person who chose it.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than are safe.
    #[error("the password is too short: choose at least {SHORTEST} characters")]
    TooShort,
    /// More bytes than are hashed.
    #[error("the password is too long: choose at most {LONGEST} bytes")]
    TooLong,
    /// Hashing failed.
    #[error("the password cannot be hashed: {0}")]
    Failed(String),
}

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    // Each hash takes 19 MiB and a core for some 20 ms.
    at_once: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { at_once: Arc::new(Semaphore::new(cores.clamp(1, 4))) }
    }
}

impl Passwords {
    /// Hashes a new password, refusing what is too short.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let _turn = self.at_once.acquire().await;
        tokio::task::spawn_blocking(move || hash_blocking(&password))
            .await
            .unwrap_or_else(|e| Err(PasswordError::Failed(e.to_string())))
    }

    /// Whether the password fits the hash; without a hash the answer is no, after the same time.
    pub async fn fits(&self, password: String, hash: Option<String>) -> bool {
        let _turn = self.at_once.acquire().await;
        tokio::task::spawn_blocking(move || {
            let known = hash.is_some();
            fits_blocking(&password, hash.as_deref().unwrap_or(NOBODY)) && known
        })
        .await
        .unwrap_or(false)
    }

    /// [`Passwords::hash`] for the command line, which has no other work to hold up.
    pub fn hash_now(password: &str) -> Result<String, PasswordError> {
        hash_blocking(password)
    }

    /// Whether a hash was made with other costs than today's, and should be made anew at the next log-in.
    pub fn is_outdated(hash: &str) -> bool {
        !hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_blocking(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let hash: PasswordHash =
        argon2().hash_password(password.as_bytes()).map_err(|e| PasswordError::Failed(e.to_string()))?;
    Ok(hash.to_string())
}

fn fits_blocking(password: &str, hash: &str) -> bool {
    if password.len() > LONGEST {
        return false;
    }
    PasswordHash::new(hash).is_ok_and(|parsed| argon2().verify_password(password.as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let hash = hash_blocking("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(!Passwords::is_outdated(&hash));
        assert!(fits_blocking("correct horse", &hash));
        assert!(!fits_blocking("correct horsf", &hash));
    }

    #[test]
    fn the_hash_of_nobody_can_be_read() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert!(parsed.hash.is_some() && parsed.salt.is_some());
        assert!(!fits_blocking("anything at all", NOBODY));
    }

    #[test]
    fn length_is_bounded_on_both_sides() {
        assert!(matches!(hash_blocking("short"), Err(PasswordError::TooShort)));
        assert!(matches!(hash_blocking(&"x".repeat(257)), Err(PasswordError::TooLong)));
        assert!(hash_blocking(&"x".repeat(64)).is_ok());
    }
}
