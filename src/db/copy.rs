//! Copies of an SQLite database as a whole, made while others read and write.

use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::DbError;

#[derive(QueryableByName)]
struct Verdict {
    #[diesel(sql_type = Text)]
    verdict: String,
}

/// Copies the database into a new file, looks through the copy, and only then gives it its name.
/// What had the name before is replaced.
pub fn copy(conn: &mut SqliteConnection, to: &Path) -> Result<(), DbError> {
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let copied = copy_checked(conn, &partial).and_then(|()| {
        let placed = std::fs::File::open(&partial).and_then(|file| {
            keep_private(&partial)?;
            file.sync_all()?;
            std::fs::rename(&partial, to)?;
            sync_folder(to)
        });
        placed.map_err(|e| cannot(to, &e))
    });
    if copied.is_err() {
        drop(std::fs::remove_file(&partial));
    }
    copied
}

fn copy_checked(conn: &mut SqliteConnection, partial: &Path) -> Result<(), DbError> {
    match std::fs::remove_file(partial) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(cannot(partial, &e)),
        _ => {}
    }
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(partial.to_string_lossy())
        .execute(conn)
        .map_err(|e| cannot(partial, &e))?;
    let mut copy = SqliteConnection::establish(&partial.to_string_lossy()).map_err(|e| cannot(partial, &e))?;
    quick_check(&mut copy, partial)
}

fn cannot(file: &Path, error: &dyn std::fmt::Display) -> DbError {
    DbError::Setup(format!(
        "cannot copy the database to {}: {error}; its folder must be writable and have room for the whole database",
        file.display()
    ))
}

/// Looks through a database for damage; the error names the first that is found.
pub fn quick_check(conn: &mut SqliteConnection, file: &Path) -> Result<(), DbError> {
    let damaged = |found: &str| DbError::Setup(format!("{} is damaged: {found}", file.display()));
    let rows: Vec<Verdict> = diesel::sql_query("SELECT quick_check AS verdict FROM pragma_quick_check")
        .load(conn)
        .map_err(|error| damaged(&error.to_string()))?;
    match rows.first() {
        Some(row) if row.verdict == "ok" => Ok(()),
        found => {
            let found = found.map_or("it says nothing", |row| row.verdict.as_str());
            Err(damaged(found))
        }
    }
}

/// Password hashes are inside: nobody but the owner reads the file.
fn keep_private(file: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

/// A new name in a folder is on disk only when the folder is.
pub fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
