//! Secrets: made, hashed, compared.
//!
//! - *password*: chosen by a person, so hashed slowly (argon2id).
//! - *secret*: random and long, so one SHA-256 is enough to store it.
//! - *secret key*: the installation's own 32 bytes, from which keys for purposes are derived.

mod key;
mod password;
mod reseal;
mod secret;
mod vault;

pub use key::{KeyError, SecretKey, Stamp};
pub use password::{PasswordError, Passwords};
pub use reseal::{Resealed, Sealed, reseal, try_all};
pub use secret::{Secret, SecretKind, equal, has_valid_form, hash, random_letters};
pub use vault::{Vault, VaultError};
