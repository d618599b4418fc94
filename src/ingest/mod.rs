//! From a client's call to the event log.
//!
//! - *call*: what a client sends; *row*: an accepted call.
//! - *batch*: rows of one request or one stretch of a file; *block*: batches as they lie compressed in the log.
//! - *fingerprint*: 64-bit hash of a messageId, by which repeats are found.

pub mod accept;
pub mod block;
pub mod call;
pub mod committer;
pub mod compact;
pub mod counts;
pub mod dictionary;
pub mod fingerprints;
pub mod inspect;
pub mod inspector;
pub mod log;
pub mod model;
pub mod receive;
pub mod routes;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::auth::{WriteKey, write_keys};
use crate::clock::Clock;
use crate::db::{Db, DbError};

use committer::Committer;
use counts::Counts;
use dictionary::Dictionaries;
use inspector::Inspector;

/// How long a key that was looked up is trusted, in microseconds: a revoked one works so long at most.
const KEY_TRUSTED: i64 = 5_000_000;
/// How often the use of a key is written down, in microseconds.
const KEY_TOUCHED: i64 = 60_000_000;
/// Keys remembered; unknown ones are remembered too, so that guessing costs no queries.
const KEYS: usize = 10_000;

/// Ingestion as the server holds it.
#[derive(Clone)]
pub struct Ingest {
    db: Db,
    committer: Committer,
    dictionaries: Dictionaries,
    /// The last calls.
    pub inspector: Inspector,
    /// What came in and is not stored yet.
    pub counts: Counts,
    clock: Clock,
    keys: Arc<Mutex<HashMap<String, KnownKey>>>,
}

#[derive(Clone)]
struct KnownKey {
    key: Option<WriteKey>,
    looked_up: i64,
    touched: i64,
}

impl Ingest {
    /// Starts the committing thread.
    pub fn start(db: Db, dictionaries: Dictionaries, clock: Clock) -> std::io::Result<Self> {
        let (committer, _) = Committer::start(db.clone(), dictionaries.clone(), clock.clone())?;
        let (inspector, counts, keys) = (Inspector::default(), Counts::default(), Arc::default());
        Ok(Self { db, committer, dictionaries, inspector, counts, clock, keys })
    }

    /// The write key of a secret, if it works.
    async fn key(&self, secret: &str) -> Result<Option<WriteKey>, DbError> {
        let now = self.clock.now();
        let known = self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(secret).cloned();
        if let Some(known) = known.as_ref().filter(|known| now - known.looked_up < KEY_TRUSTED) {
            return Ok(known.key.clone());
        }
        let text = secret.to_owned();
        let key = self.db.read(move |conn| write_keys::find_write_key(conn, &text, now)).await?;
        let mut touched = known.map_or(0, |known| known.touched);
        if let Some(id) = key.as_ref().map(|key| key.id)
            && now - touched > KEY_TOUCHED
        {
            touched = now;
            // A full disk must not keep a valid key from being told so.
            if let Err(error) = self.db.write(move |conn| write_keys::touch(conn, id, now)).await {
                tracing::warn!(%error, "the use of a write key was not noted");
            }
        }
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS {
            keys.clear();
        }
        keys.insert(secret.to_owned(), KnownKey { key: key.clone(), looked_up: now, touched });
        Ok(key)
    }
}
