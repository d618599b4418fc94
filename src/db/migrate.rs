//! Brings the schema to this binary's version, once at a time across processes.
//!
//! All missing migrations are one transaction: when one fails, the old schema stays as it was. On SQLite
//! the database is copied before, and the last two copies are kept.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Db, DbConn, DbError, Location, copy};
use crate::on_both;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// Names the advisory lock that one migrator holds on PostgreSQL.
const MIGRATION_LOCK: i64 = 0x7461_6b65_0001;
/// Copies from before an upgrade that stay beside the database.
const COPIES: usize = 2;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A database with data in it is about to get a newer schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The version that it has.
    pub from: String,
    /// The version that it will have.
    pub to: String,
}

/// Applies what is missing and answers how many migrations that were.
///
/// Refuses a schema that a newer binary made: running on it could lose what the newer one wrote.
pub fn run(db: &Db) -> Result<usize, DbError> {
    run_after(db, |_| Ok(()))
}

/// [`run`], and `before` is called first when there is an older schema; its error stops the upgrade.
pub fn run_after(db: &Db, before: impl FnOnce(&Upgrade) -> Result<(), DbError>) -> Result<usize, DbError> {
    let mut conn = db.dedicated()?;
    match db.location() {
        Location::Sqlite(path) => {
            // A second migrator waits meanwhile.
            let _lock = lock_file(&path.with_extension("migrate.lock"))?;
            upgrade(&mut conn, Some(path), before)
        }
        Location::Postgres(_) => {
            on_both!(&mut conn, |c| c.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")))?;
            let applied = upgrade(&mut conn, None, before);
            on_both!(&mut conn, |c| c.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})")))?;
            applied
        }
    }
}

fn upgrade(
    conn: &mut DbConn,
    file: Option<&Path>,
    before: impl FnOnce(&Upgrade) -> Result<(), DbError>,
) -> Result<usize, DbError> {
    refuse_newer(conn)?;
    let (Some(to), from) = (head(), applied(conn)?) else { return Ok(0) };
    let mut kept = None;
    if let Some(from) = from.filter(|from| *from != to) {
        kept = file.map(|file| keep_copy(conn, file, &to)).transpose()?;
        before(&Upgrade { from, to: to.clone() })?;
    }
    match (up_to(conn, &to), kept) {
        (Err(DbError::Setup(text)), Some(kept)) => Err(DbError::Setup(format!(
            "{text}; the database is as it was, and a copy from before is {}",
            kept.display()
        ))),
        (outcome, _) => outcome,
    }
}

/// Copies the database to a file beside it, and removes older copies.
fn keep_copy(conn: &mut DbConn, file: &Path, to: &str) -> Result<PathBuf, DbError> {
    let stem = format!("{}.before-", file.file_stem().unwrap_or_default().to_string_lossy());
    let kept = file.with_file_name(format!("{stem}{to}.db"));
    tracing::info!(copy = %kept.display(), "copying the database before its upgrade");
    if let DbConn::Sqlite(conn) = conn {
        copy::copy(conn, &kept)?;
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut copies: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    copies.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_prefix(&stem).and_then(|rest| rest.strip_suffix(".db")).is_some_and(is_version)
    });
    // Versions are dates: the names are in the order of time.
    copies.sort();
    for old in copies.iter().rev().skip(COPIES) {
        if let Err(error) = std::fs::remove_file(old) {
            tracing::warn!(%error, file = %old.display(), "an old copy of the database stays");
        }
    }
    Ok(kept)
}

fn is_version(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The versions that this binary knows, oldest first.
pub fn versions() -> Vec<String> {
    let all: Result<Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>>, _> = SQLITE.migrations();
    let mut all: Vec<String> = all.unwrap_or_default().iter().map(|m| m.name().version().to_string()).collect();
    all.sort();
    all
}

/// The newest version that this binary knows.
pub fn head() -> Option<String> {
    versions().pop()
}

#[derive(QueryableByName)]
struct There {
    #[diesel(sql_type = Bool)]
    there: bool,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The version of the schema; none when the database is empty. Changes nothing.
pub fn applied(conn: &mut DbConn) -> Result<Option<String>, DbError> {
    let ask = match conn {
        DbConn::Sqlite(_) => {
            "SELECT count(*) > 0 AS there FROM sqlite_master WHERE type = 'table' AND name = '__diesel_schema_migrations'"
        }
        DbConn::Postgres(_) => "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS there",
    };
    let there: There = on_both!(conn, |c| diesel::sql_query(ask).get_result(c))?;
    if !there.there {
        return Ok(None);
    }
    let newest = "SELECT version FROM __diesel_schema_migrations ORDER BY version DESC LIMIT 1";
    let newest: Option<Version> = on_both!(conn, |c| diesel::sql_query(newest).get_result(c).optional())?;
    Ok(newest.map(|row| row.version))
}

/// How many migrations are missing; refuses a schema that is newer than this binary, as [`run`] does.
pub fn pending(db: &Db) -> Result<usize, DbError> {
    let mut conn = db.dedicated()?;
    refuse_newer(&mut conn)?;
    let missing = match &mut conn {
        DbConn::Sqlite(c) => c.pending_migrations(SQLITE).map(|missing| missing.len()),
        DbConn::Postgres(c) => c.pending_migrations(POSTGRES).map(|missing| missing.len()),
    };
    missing.map_err(unreadable)
}

/// Applies what is missing up to this version, all or nothing, and answers how many that were.
pub fn up_to(conn: &mut DbConn, version: &str) -> Result<usize, DbError> {
    match conn {
        DbConn::Sqlite(c) => c.immediate_transaction(|c| apply(c, SQLITE, version)),
        DbConn::Postgres(c) => c.transaction(|c| apply(c, POSTGRES, version)),
    }
}

fn apply<C, B>(conn: &mut C, source: EmbeddedMigrations, version: &str) -> Result<usize, DbError>
where
    B: diesel::backend::Backend,
    C: MigrationHarness<B> + Connection<Backend = B>,
    EmbeddedMigrations: MigrationSource<B>,
{
    let failed = |e: Failure| DbError::Setup(format!("cannot bring the schema up to date: {e}"));
    let missing = conn.pending_migrations(source).map_err(failed)?;
    let mut applied = 0;
    for migration in missing.iter().filter(|migration| migration.name().version() <= MigrationVersion::from(version)) {
        conn.run_migration(migration).map_err(failed)?;
        applied += 1;
    }
    Ok(applied)
}

/// Takes back every migration, and with them all data.
pub fn revert_all(conn: &mut DbConn) -> Result<(), DbError> {
    let failed = |e: Failure| DbError::Setup(format!("cannot revert the schema: {e}"));
    match conn {
        DbConn::Sqlite(c) => c.revert_all_migrations(SQLITE).map(drop).map_err(failed),
        DbConn::Postgres(c) => c.revert_all_migrations(POSTGRES).map(drop).map_err(failed),
    }
}

/// Keeps migrators of other processes out until this connection ends; false when one is at work.
pub fn keep_others_out(conn: &mut PgConnection) -> Result<bool, DbError> {
    let taken = diesel::sql_query(format!("SELECT pg_try_advisory_lock({MIGRATION_LOCK}) AS there"));
    let taken: There = taken.get_result(conn)?;
    Ok(taken.there)
}

fn lock_file(path: &Path) -> Result<std::fs::File, DbError> {
    let file = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|e| {
            DbError::Setup(format!("cannot lock {}: {e}; the data folder must be writable", path.display()))
        })?;
    Ok(file)
}

/// Refuses a schema that this binary does not know.
pub fn refuse_newer(conn: &mut DbConn) -> Result<(), DbError> {
    let Some(version) = applied(conn)?.filter(|version| !versions().contains(version)) else { return Ok(()) };
    Err(DbError::Setup(format!(
        "the database has schema {version}, which this version of takehold does not know: \
         start the newer takehold, or restore the backup made before its upgrade"
    )))
}

fn unreadable(error: Failure) -> DbError {
    DbError::Setup(format!("cannot read the schema: {error}"))
}
