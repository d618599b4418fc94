//! A restore into SQLite: a new file beside the old one, which takes its place when it is whole.

use std::io;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::contents::Contents;
use super::file::Source;
use super::keys::Identities;
use super::restore::{Restored, fill};
use super::restore_postgres::up_to_date;
use super::{BackupError, Present, Watch, look};
use crate::db::{DbConn, DbError, Location, copy, migrate, transaction};

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Replaces a database file, or makes one.
pub(super) fn replace(
    source: &Source,
    identities: &Identities,
    path: &Path,
    watch: &mut Watch<'_>,
) -> Result<Restored, BackupError> {
    let fresh = beside(path, ".restoring");
    remove(&fresh)?;
    let made = make(source, identities, &fresh, watch).and_then(|contents| {
        let set_aside = swap(&fresh, path)?;
        Ok(Restored { contents, set_aside })
    });
    if made.is_err() {
        // The error is told; that the file stays is not worse than it.
        drop(remove(&fresh));
    }
    made
}

/// Makes a database file from a backup, with the schema of this binary.
pub(super) fn make(
    source: &Source,
    identities: &Identities,
    path: &Path,
    watch: &mut Watch<'_>,
) -> Result<Contents, BackupError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| cannot(folder, &e))?;
    }
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| cannot(path, &e))?;
    // Until it is whole the file is of no use to anybody: it needs neither a journal nor a wait for the disk.
    conn.batch_execute(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
    )?;
    let mut conn = DbConn::Sqlite(conn);
    migrate::up_to(&mut conn, &source.header.schema)?;
    let contents = transaction(&mut conn, "BEGIN IMMEDIATE", "BEGIN", |conn| fill(conn, source, identities, watch))?;
    up_to_date(&mut conn)?;
    if let DbConn::Sqlite(conn) = &mut conn {
        copy::quick_check(conn, path)?;
    }
    drop(conn);
    std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(|e| cannot(path, &e))?;
    Ok(contents)
}

/// Puts the new file in the place of the old one. The old one is kept until the new one has been opened; a
/// damaged one is kept for good, and the answer is where.
fn swap(fresh: &Path, path: &Path) -> Result<Option<PathBuf>, BackupError> {
    let old = beside(path, ".before-restore");
    let was_there = path.exists();
    let mut is_damaged = false;
    if was_there {
        // What is still in the log of the old database must go with it.
        let unreadable = matches!(look(&Location::Sqlite(path.to_owned()))?, Present::Unreadable(_));
        is_damaged = match settle(path) {
            Ok(()) => unreadable,
            Err(error @ DbError::Unavailable(_)) => return Err(error.into()),
            Err(_) => true,
        };
        remove(&old)?;
        set_aside(path, &old).map_err(|e| cannot(&old, &e))?;
    }
    let placed = std::fs::rename(fresh, path).and_then(|()| copy::sync_folder(path)).map_err(|e| cannot(path, &e));
    let opened = placed.and_then(|()| match look(&Location::Sqlite(path.to_owned()))? {
        Present::Rows(_) => Ok(()),
        _ => Err(BackupError::Input(format!("{} cannot be read after the restore", path.display()))),
    });
    if let Err(error) = opened {
        if was_there {
            std::fs::rename(&old, path).map_err(|e| cannot(path, &e))?;
        }
        return Err(error);
    }
    if was_there && !is_damaged {
        remove(&old)?;
    }
    Ok(is_damaged.then_some(old))
}

/// Brings everything into the one file; fails when somebody else has it open, or when it is damaged.
fn settle(path: &Path) -> Result<(), DbError> {
    let mut conn = Location::Sqlite(path.to_owned()).connect()?;
    let DbConn::Sqlite(conn) = &mut conn else { return Ok(()) };
    Ok(conn.batch_execute("PRAGMA journal_mode = DELETE")?)
}

/// Gives the old file a second name, so that there is a database under the first at every instant.
fn set_aside(path: &Path, old: &Path) -> io::Result<()> {
    if std::fs::hard_link(path, old).is_err() {
        std::fs::rename(path, old)?;
    }
    for companion in COMPANIONS {
        let (from, to) = (beside(path, companion), beside(old, companion));
        if from.exists() {
            std::fs::rename(from, to)?;
        }
    }
    Ok(())
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<(), BackupError> {
    for end in std::iter::once("").chain(COMPANIONS) {
        let file = beside(path, end);
        match std::fs::remove_file(&file) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(cannot(&file, &e)),
            _ => {}
        }
    }
    Ok(())
}

fn cannot(path: &Path, error: &dyn std::fmt::Display) -> BackupError {
    BackupError::Input(format!(
        "cannot write {}: {error}; its folder must be writable and have room for the whole database",
        path.display()
    ))
}
