//! Backups: the whole store in one file that either engine can be restored from.
//!
//! - *backup*: a file with every row of one snapshot of the store, checked by reading it back.
//! - *restore*: puts a backup in the place of a store, all of it or nothing.
//! - *drill*: restores a backup aside, to know that it can be done.
//!
//! The file begins with a line that tells what it is and ends with a line that tells whether it is
//! whole; between them stand the rows, packed, and encrypted if asked for.

mod contents;
mod drill;
mod file;
mod folder;
mod jobs;
mod keys;
mod present;
mod record;
mod restore;
mod restore_postgres;
mod restore_sqlite;
mod take;
mod walk;

pub use contents::{Contents, Holding, Total};
pub use drill::drill;
pub use file::{Header, Source};
pub use folder::{Listed, list, newest, prune};
pub use jobs::{BACKUP, Backup, DRILL, Drill};
pub use keys::{Identities, Recipients, key_check};
pub use present::{Present, look};
pub use restore::{Restored, restore};
pub use take::{Asked, Taken, copy_sqlite, take};
pub use walk::verify;

use crate::db::DbError;

/// What can go wrong with a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The operator must change something; the text says what.
    #[error("{0}")]
    Input(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] DbError),
    /// Whoever watches asked to stop.
    #[error("stopped before the end")]
    Stopped,
}

impl From<diesel::result::Error> for BackupError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Is told now and then how much is done of how much; its error stops the work.
pub type Watch<'w> = dyn FnMut(u64, u64) -> Result<(), BackupError> + 'w;

/// Watches nothing.
pub fn unwatched(_done: u64, _total: u64) -> Result<(), BackupError> {
    Ok(())
}
