//! Brings the schema to this binary's version, once at a time across processes.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Db, DbConn, DbError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// Names the advisory lock that one migrator holds on PostgreSQL.
const MIGRATION_LOCK: i64 = 0x7461_6b65_0001;

/// Applies what is missing and answers how many migrations that were.
///
/// Refuses a schema that a newer binary made: running on it could lose what the newer one wrote.
pub fn run(db: &Db) -> Result<usize, DbError> {
    let mut conn = db.dedicated()?;
    match &mut conn {
        DbConn::Sqlite(c) => {
            // Migrations commit one by one; the lock file keeps a second migrator out meanwhile.
            let _lock = match db.location() {
                super::Location::Sqlite(path) => Some(lock_file(&path.with_extension("migrate.lock"))?),
                super::Location::Postgres(_) => None,
            };
            apply(c, SQLITE)
        }
        DbConn::Postgres(c) => {
            c.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
            let applied = apply(c, POSTGRES);
            c.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))?;
            applied
        }
    }
}

/// How many migrations are missing; refuses a schema that is newer than this binary, as [`run`] does.
pub fn pending(db: &Db) -> Result<usize, DbError> {
    fn count<C, B>(conn: &mut C, source: EmbeddedMigrations) -> Result<usize, DbError>
    where
        B: diesel::backend::Backend,
        C: MigrationHarness<B> + Connection<Backend = B>,
        EmbeddedMigrations: MigrationSource<B>,
    {
        refuse_newer(conn, &source)?;
        let failed =
            |e: Box<dyn std::error::Error + Send + Sync>| DbError::Setup(format!("cannot read the schema: {e}"));
        conn.pending_migrations(source).map(|missing| missing.len()).map_err(failed)
    }
    match &mut db.dedicated()? {
        DbConn::Sqlite(c) => count(c, SQLITE),
        DbConn::Postgres(c) => count(c, POSTGRES),
    }
}

/// Takes back every migration; for the test that compares the engines.
pub fn revert_all(conn: &mut DbConn) -> Result<(), DbError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| DbError::Setup(format!("cannot revert the schema: {e}"));
    match conn {
        DbConn::Sqlite(c) => c.revert_all_migrations(SQLITE).map(drop).map_err(failed),
        DbConn::Postgres(c) => c.revert_all_migrations(POSTGRES).map(drop).map_err(failed),
    }
}

fn lock_file(path: &std::path::Path) -> Result<std::fs::File, DbError> {
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

fn apply<C, B>(conn: &mut C, source: EmbeddedMigrations) -> Result<usize, DbError>
where
    B: diesel::backend::Backend,
    C: MigrationHarness<B> + Connection<Backend = B>,
    EmbeddedMigrations: MigrationSource<B>,
{
    refuse_newer(conn, &source)?;
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| {
        DbError::Setup(format!("cannot bring the schema up to date: {e}"))
    };
    conn.run_pending_migrations(source).map(|applied| applied.len()).map_err(failed)
}

fn refuse_newer<C, B>(conn: &mut C, source: &EmbeddedMigrations) -> Result<(), DbError>
where
    B: diesel::backend::Backend,
    C: MigrationHarness<B> + Connection<Backend = B>,
    EmbeddedMigrations: MigrationSource<B>,
{
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| DbError::Setup(format!("cannot read the schema: {e}"));
    let known: Vec<Box<dyn Migration<B>>> = source.migrations().map_err(failed)?;
    let known: Vec<MigrationVersion<'_>> = known.iter().map(|m| m.name().version().as_owned()).collect();
    let newer = conn.applied_migrations().map_err(failed)?.into_iter().find(|version| !known.contains(version));
    if let Some(version) = newer {
        return Err(DbError::Setup(format!(
            "the database has schema {version}, which this version of takehold does not know: \
             start the newer takehold, or restore the backup made before its upgrade"
        )));
    }
    Ok(())
}
