//! Seals what must be kept secret at rest: a data key encrypts it, the installation's key wraps the data key.
//!
//! - *data key*: 32 random bytes with a number; the newest seals, all of them open.
//! - *sealed*: `v1.` + number of the data key + `.` + base64 of nonce and ciphertext.
//! - *purpose*: what a secret is for; it opens for the same purpose only, so that no row can be put in another's place.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use diesel::prelude::*;

use super::SecretKey;
use crate::db::schema::data_keys;
use crate::db::{DbConn, DbError};
use crate::on_both;

const NONCE: usize = 24;
const VERSION: &str = "v1";

/// A secret cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The stored text cannot be opened; the text says why.
    #[error("{0}")]
    Broken(String),
    /// The machine gives no randomness.
    #[error("the operating system gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The store failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for VaultError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// How long a data key is kept after it was retired, in microseconds: who sealed with it a moment ago may not have
/// committed yet.
const KEPT: i64 = 3_600_000_000;

/// Seals and opens under the installation's key, or the one before it while that is being replaced.
#[derive(Clone)]
pub struct Vault {
    key: SecretKey,
    previous: Option<SecretKey>,
}

impl Vault {
    /// A vault under this key.
    pub fn new(key: SecretKey) -> Self {
        Self { key, previous: None }
    }

    /// The same, which also opens what is still wrapped by the key before.
    #[must_use]
    pub fn with_previous(self, previous: Option<SecretKey>) -> Self {
        Self { previous, ..self }
    }

    /// Seals a secret, in a writing transaction: the first one makes the data key. `now` in microseconds since 1970.
    pub fn seal(&self, conn: &mut DbConn, purpose: &str, secret: &[u8], now: i64) -> Result<String, VaultError> {
        let newest: Option<(i64, String)> = data_keys::table
            .filter(data_keys::retired_at.is_null())
            .order(data_keys::id.desc())
            .select((data_keys::id, data_keys::wrapped))
            .first(conn)
            .optional()?;
        let (id, key) = match newest {
            Some((id, wrapped)) => (id, self.unwrap(id, &wrapped)?),
            None => self.make_data_key(conn, now)?,
        };
        Ok(format!("{VERSION}.{id}.{}", seal(&key, purpose, secret)?))
    }

    /// Opens what was sealed for the same purpose.
    pub fn open(&self, conn: &mut DbConn, purpose: &str, sealed: &str) -> Result<Vec<u8>, VaultError> {
        let broken = || VaultError::Broken(format!("what is stored for {purpose} was not sealed by this vault"));
        let mut parts = sealed.splitn(3, '.');
        let (Some(VERSION), Some(id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(broken());
        };
        let id: i64 = id.parse().map_err(|_| broken())?;
        let wrapped: Option<String> = data_keys::table.find(id).select(data_keys::wrapped).first(conn).optional()?;
        let wrapped = wrapped.ok_or_else(|| VaultError::Broken(format!("data key {id} is missing")))?;
        open(&self.unwrap(id, &wrapped)?, purpose, text).ok_or_else(broken)
    }

    /// Makes the data key that seals from now on.
    pub fn make_data_key(&self, conn: &mut DbConn, now: i64) -> Result<(i64, [u8; 32]), VaultError> {
        let mut key = [0_u8; 32];
        getrandom::fill(&mut key)?;
        // Its number is part of what wraps it, and is known only when the row is there.
        let values = (data_keys::wrapped.eq(""), data_keys::created_at.eq(now));
        let id: i64 = on_both!(conn, |c| diesel::insert_into(data_keys::table)
            .values(values)
            .returning(data_keys::id)
            .get_result(c))?;
        self.wrap(conn, id, &key)?;
        Ok((id, key))
    }

    fn wrap(&self, conn: &mut DbConn, id: i64, key: &[u8; 32]) -> Result<(), VaultError> {
        let wrapped = seal(&key_of_keys(&self.key), &purpose_of_key(id), key)?;
        diesel::update(data_keys::table.find(id)).set(data_keys::wrapped.eq(wrapped)).execute(conn)?;
        Ok(())
    }

    fn unwrap(&self, id: i64, wrapped: &str) -> Result<[u8; 32], VaultError> {
        [Some(&self.key), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|key| open(&key_of_keys(key), &purpose_of_key(id), wrapped)?.try_into().ok())
            .ok_or_else(|| VaultError::Broken(format!("data key {id} does not open with this server.secret_key")))
    }

    /// Wraps all data keys under the present key, retires them, and makes the one that seals from now on.
    pub fn renew(&self, conn: &mut DbConn, now: i64) -> Result<i64, VaultError> {
        for (id, wrapped) in all(conn)? {
            let key = self.unwrap(id, &wrapped)?;
            self.wrap(conn, id, &key)?;
        }
        let in_use = data_keys::table.filter(data_keys::retired_at.is_null());
        diesel::update(in_use).set(data_keys::retired_at.eq(now)).execute(conn)?;
        Ok(self.make_data_key(conn, now)?.0)
    }

    /// Deletes data keys that were retired some time ago and seal nothing any more; answers how many.
    pub fn forget_unused(&self, conn: &mut DbConn, used: &[i64], now: i64) -> Result<usize, VaultError> {
        let old = data_keys::table
            .filter(data_keys::retired_at.lt(now - KEPT))
            .filter(diesel::dsl::not(data_keys::id.eq_any(used.to_vec())));
        Ok(diesel::delete(old).execute(conn)?)
    }

    /// Opens every data key; answers what is wrong with those that do not open.
    pub fn try_keys(&self, conn: &mut DbConn) -> Result<Vec<String>, VaultError> {
        let failures = all(conn)?.into_iter().filter_map(|(id, wrapped)| self.unwrap(id, &wrapped).err());
        Ok(failures.map(|error| error.to_string()).collect())
    }
}

/// Number and wrapped text of every data key.
fn all(conn: &mut DbConn) -> Result<Vec<(i64, String)>, VaultError> {
    Ok(data_keys::table.order(data_keys::id).select((data_keys::id, data_keys::wrapped)).load(conn)?)
}

fn key_of_keys(key: &SecretKey) -> [u8; 32] {
    key.mac("vault", b"key of keys")
}

fn purpose_of_key(id: i64) -> String {
    format!("data key {id}")
}

fn seal(key: &[u8; 32], purpose: &str, secret: &[u8]) -> Result<String, VaultError> {
    let mut sealed = vec![0_u8; NONCE];
    getrandom::fill(&mut sealed)?;
    let cipher = XChaCha20Poly1305::new(Key::from_slice(key));
    let payload = Payload { msg: secret, aad: purpose.as_bytes() };
    let text = cipher
        .encrypt(XNonce::from_slice(&sealed), payload)
        .map_err(|_| VaultError::Broken(format!("what is to be stored for {purpose} is too long to be sealed")))?;
    sealed.extend(text);
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

fn open(key: &[u8; 32], purpose: &str, text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
    XChaCha20Poly1305::new(Key::from_slice(key)).decrypt(XNonce::from_slice(nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_key_for_its_purpose_only() {
        let sealed = seal(&[7; 32], "totp", b"secret").unwrap();
        assert_ne!(sealed, seal(&[7; 32], "totp", b"secret").unwrap());
        assert_eq!(open(&[7; 32], "totp", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(open(&[8; 32], "totp", &sealed), None);
        assert_eq!(open(&[7; 32], "source", &sealed), None);
        assert_eq!(open(&[7; 32], "totp", "AAAA"), None);
    }
}
