//! Who uses a store: every process that has it open, and a restore, which wants it alone.
//!
//! On SQLite a lock file tells: whoever opens the store shares it, a restore holds it alone. On
//! PostgreSQL the server knows its sessions by name, and the migrators' lock keeps new ones waiting.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{DbConn, DbError, Location, migrate};

/// A session of a process that has just ended may be seen a moment longer.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// This process has the store open, until this is dropped.
pub(super) struct User {
    _lock: File,
}

impl User {
    /// Joins those who have the store open; an error while somebody restores it.
    pub(super) fn of(location: &Location) -> Result<Option<Self>, DbError> {
        let Location::Sqlite(path) = location else { return Ok(None) };
        // Where no file can be made, the database cannot be used either, and says so better.
        let Ok(lock) = File::options().create(true).truncate(false).write(true).open(lock_file(path)) else {
            return Ok(None);
        };
        match lock.try_lock_shared() {
            Ok(()) => Ok(Some(Self { _lock: lock })),
            Err(TryLockError::WouldBlock) => Err(DbError::Setup(format!(
                "a restore into {} is under way: wait for its end, then start again",
                path.display()
            ))),
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }
}

/// Nobody else uses the store, until this is dropped.
pub struct Alone {
    _lock: Option<File>,
    _conn: Option<DbConn>,
}

impl Alone {
    /// Takes the store for this process alone, or says who is in the way.
    pub fn take(location: &Location) -> Result<Self, DbError> {
        match location {
            Location::Sqlite(path) => {
                let file = lock_file(path);
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    // When it cannot be made, the file in it cannot either.
                    drop(std::fs::create_dir_all(folder));
                }
                let failed = |e: std::io::Error| {
                    DbError::Setup(format!("cannot lock {}: {e}; its folder must be writable", file.display()))
                };
                let lock = File::options().create(true).truncate(false).write(true).open(&file).map_err(failed)?;
                match lock.try_lock() {
                    Ok(()) => Ok(Self { _lock: Some(lock), _conn: None }),
                    Err(TryLockError::WouldBlock) => Err(in_use(&path.display())),
                    Err(TryLockError::Error(e)) => Err(failed(e)),
                }
            }
            Location::Postgres(_) => {
                let mut conn = location.connect()?;
                if let DbConn::Postgres(pg) = &mut conn {
                    let free = migrate::keep_others_out(pg)? && leave(pg)?;
                    if !free {
                        return Err(in_use(&"this PostgreSQL database"));
                    }
                }
                Ok(Self { _lock: None, _conn: Some(conn) })
            }
        }
    }
}

fn in_use(what: &dyn std::fmt::Display) -> DbError {
    DbError::Setup(format!("takehold uses {what}: stop its servers and whatever else of it runs, then start again"))
}

fn lock_file(path: &Path) -> PathBuf {
    path.with_extension("open.lock")
}

#[derive(QueryableByName)]
struct Others {
    #[diesel(sql_type = BigInt)]
    others: i64,
}

/// Waits a moment for the sessions of other processes to end.
fn leave(conn: &mut PgConnection) -> Result<bool, DbError> {
    for look in 0..LOOKS {
        if look > 0 {
            std::thread::sleep(BETWEEN_LOOKS);
        }
        let row: Others = diesel::sql_query(
            "SELECT count(*) AS others FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()",
        )
        .get_result(conn)?;
        if row.others == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
