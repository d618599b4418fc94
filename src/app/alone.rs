//! One server per SQLite file: a second one would wait for the first at every turn. Servers share a PostgreSQL.

use std::fs::{File, TryLockError};

use super::StartError;
use crate::db::{Db, Location};

/// Holds the file for this server until it is dropped or the process ends.
#[derive(Debug)]
pub(super) struct Alone {
    _file: Option<File>,
}

impl Alone {
    /// Takes the file, or says who has it.
    pub fn take(db: &Db) -> Result<Self, StartError> {
        let Location::Sqlite(path) = db.location() else { return Ok(Self { _file: None }) };
        let lock = path.with_extension("server.lock");
        let failed = |e: std::io::Error| StartError::Machine(format!("cannot lock {}: {e}", lock.display()));
        let file = File::options().create(true).truncate(false).write(true).open(&lock).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StartError::Machine(format!(
                "another takehold server runs on {}: stop it first, or give this one a database of its own",
                path.display()
            ))),
            Err(TryLockError::Error(e)) => Err(failed(e)),
        }
    }
}
