//! The store: one connection type for SQLite and PostgreSQL, its pools, and transactions.
//!
//! - *read*: a transaction that sees one snapshot and changes nothing.
//! - *write*: a transaction that commits as a whole; on SQLite it takes the one write lock at its start.
//!
//! Rooms write their SQL once with Diesel. Where an engine differs, [`on_both!`] runs the same
//! statement on the inner connection of either engine, and the few real forks stay in this folder.

pub mod checkpoint;
mod conn;
pub mod copy;
mod kind;
mod location;
pub mod migrate;
mod presence;
pub mod schema;
pub mod tables;
pub mod time;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};

pub use conn::DbConn;
pub use kind::Kind;
pub use location::{Location, network_file_system};
pub use presence::Alone;

/// Runs one Diesel statement on the inner connection of either engine: for what the
/// common subset lacks (`ON CONFLICT`, several rows in one insert).
#[macro_export]
macro_rules! on_both {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::db::DbConn::Sqlite($inner) => $body,
            $crate::db::DbConn::Postgres($inner) => $body,
        }
    };
}

/// Connections that were opened, and those that could not be.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// How many were.
    pub well: u64,
    /// How many could not be.
    pub failed: u64,
    /// Why the last of these could not.
    pub failure: String,
}

/// What can go wrong below the rooms.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The operator must change something; the text says what.
    #[error("{0}")]
    Setup(String),
    /// The database cannot be reached, is locked, full or read-only right now.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// A statement failed for another reason: a defect of ours or a damaged file.
    #[error("database: {0}")]
    Query(diesel::result::Error),
}

impl From<diesel::result::Error> for DbError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        let passing = match &error {
            Error::DatabaseError(
                Kind::ClosedConnection | Kind::SerializationFailure | Kind::ReadOnlyTransaction,
                _,
            )
            | Error::BrokenTransactionManager => true,
            Error::DatabaseError(Kind::Unknown, info) => {
                let text = info.message();
                [
                    "locked",
                    "lock timeout",
                    "disk is full",
                    "disk I/O",
                    "readonly",
                    "unable to open",
                    "connection",
                    "terminating",
                    "shutting down",
                    "starting up",
                    "recovery mode",
                    "No space left",
                ]
                .iter()
                .any(|sign| text.contains(sign))
            }
            _ => false,
        };
        if passing { Self::Unavailable(error.to_string()) } else { Self::Query(error) }
    }
}

/// Opens connections of the configured engine for the pool.
#[derive(Debug)]
pub struct Manager {
    location: Location,
    opened: Arc<Mutex<Opened>>,
}

impl Manager {
    /// One new connection, outside any pool.
    pub fn open(&self) -> Result<DbConn, DbError> {
        let outcome = self.establish();
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        match &outcome {
            Ok(_) => opened.well += 1,
            Err(error) => {
                opened.failed += 1;
                opened.failure = error.to_string();
            }
        }
        outcome
    }

    fn establish(&self) -> Result<DbConn, DbError> {
        match &self.location {
            Location::Sqlite(path) => {
                let text = path.to_string_lossy();
                let mut conn = SqliteConnection::establish(&text).map_err(|e| {
                    DbError::Setup(format!(
                        "cannot open the database file {text}: {e}; is its folder there and writable?"
                    ))
                })?;
                conn.batch_execute(
                    "PRAGMA busy_timeout = 15000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; \
                     PRAGMA wal_autocheckpoint = 4000;",
                )
                .map_err(|e| match e.to_string() {
                    text if text.contains("not a database") || text.contains("malformed") => DbError::Setup(format!(
                        "{} is damaged or no SQLite database: restore it from a backup",
                        path.display()
                    )),
                    text if text.contains("unable to open") => {
                        DbError::Setup(format!("cannot open the database file {}: {}", path.display(), why_not(path)))
                    }
                    text if text.contains("readonly") => DbError::Setup(format!(
                        "the database file {} cannot be written: check its owner and permissions",
                        path.display()
                    )),
                    _ => DbError::from(e),
                })?;
                Ok(DbConn::Sqlite(conn))
            }
            Location::Postgres(url) => {
                PgConnection::establish(&with_patience(url)).map(DbConn::Postgres).map_err(|e| {
                    DbError::Unavailable(format!("PostgreSQL refused the connection: {}", e.to_string().trim()))
                })
            }
        }
    }
}

/// SQLite says that it cannot open a file, the system says why.
fn why_not(path: &Path) -> String {
    match std::fs::File::options().create(true).append(true).open(path) {
        Err(e) => e.to_string(),
        // The file itself can be had: then it is the log beside it that cannot be made.
        Ok(_) => "its folder cannot be written; check its owner and permissions".into(),
    }
}

/// Adds what libpq leaves endless: a host that swallows packets must not hold a request for minutes.
fn with_patience(url: &str) -> String {
    let ours = [
        ("connect_timeout", "5"),
        ("keepalives_idle", "30"),
        ("tcp_user_timeout", "30000"),
        // By this name a restore sees who else uses the database.
        ("application_name", "takehold"),
    ];
    let mut text = url.to_owned();
    for (name, value) in ours.into_iter().filter(|(name, _)| !url.contains(&format!("{name}="))) {
        text.push(if text.contains('?') { '&' } else { '?' });
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

impl ManageConnection for Manager {
    type Connection = DbConn;
    type Error = DbError;

    fn connect(&self) -> Result<DbConn, DbError> {
        self.open()
    }

    fn is_valid(&self, conn: &mut DbConn) -> Result<(), DbError> {
        match conn {
            DbConn::Sqlite(_) => Ok(()),
            DbConn::Postgres(pg) => Ok(pg.batch_execute("SELECT 1")?),
        }
    }

    fn has_broken(&self, conn: &mut DbConn) -> bool {
        use diesel::connection::TransactionManager;
        on_both!(conn, |c| {
            fn broken<C: Connection>(conn: &mut C) -> bool {
                C::TransactionManager::is_broken_transaction_manager(conn)
            }
            broken(c)
        })
    }
}

/// The store, shared by all threads of the process.
#[derive(Clone)]
pub struct Db {
    location: Location,
    opened: Arc<Mutex<Opened>>,
    readers: Pool<Manager>,
    // SQLite has one writer at a time; waiting here is fairer than on its file lock.
    writers: Pool<Manager>,
    // Tells a restore that this process uses the store.
    _user: Option<std::sync::Arc<presence::User>>,
}

impl Db {
    /// Opens the store without touching its schema; see [`migrate::run`].
    pub fn open(url: &str) -> Result<Self, DbError> {
        let location = Location::parse(url)?;
        let (readers, writers) = match &location {
            Location::Sqlite(path) => {
                location::refuse_network_disk(path)?;
                if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder).map_err(|e| {
                        DbError::Setup(format!(
                            "cannot make the data folder {}: {e}; choose another with TAKEHOLD_DATABASE__URL",
                            folder.display()
                        ))
                    })?;
                }
                (6, 1)
            }
            Location::Postgres(_) => (8, 4),
        };
        if let Location::Sqlite(path) = &location {
            // What is stored is personal: a new file is for its owner only. An old one keeps what the operator gave it.
            use std::os::unix::fs::OpenOptionsExt;
            drop(std::fs::File::options().create_new(true).write(true).mode(0o600).open(path));
        }
        let user = presence::User::of(&location)?.map(std::sync::Arc::new);
        // The first connection is opened by hand so that its error reaches the operator unwrapped.
        let opened = Arc::new(Mutex::new(Opened::default()));
        let manager = || Manager { location: location.clone(), opened: opened.clone() };
        drop(manager().open()?);
        let pool = |size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(0))
                .connection_timeout(Duration::from_secs(5))
                .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
                .build_unchecked(manager())
        };
        Ok(Self { readers: pool(readers), writers: pool(writers), location: location.clone(), opened, _user: user })
    }

    /// Which engine, and where.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// A connection outside the pools, for what holds one for its whole life.
    pub fn dedicated(&self) -> Result<DbConn, DbError> {
        Manager { location: self.location.clone(), opened: self.opened.clone() }.open()
    }

    /// How many connections were opened since this was asked last.
    pub fn take_opened(&self) -> Opened {
        std::mem::take(&mut *self.opened.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, DbError> {
        pool.get().map_err(|e| DbError::Unavailable(e.to_string()))
    }

    /// Runs `work` on one snapshot of the store. Blocks; from async code use [`Db::read`].
    pub fn read_blocking<T, E: From<DbError>>(&self, work: impl FnOnce(&mut DbConn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = Self::take(&self.readers)?;
        transaction(&mut conn, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
    }

    /// [`Db::read_blocking`] for what reads long: on a connection of its own, so that no request waits for one.
    pub fn snapshot<T, E: From<DbError>>(&self, work: impl FnOnce(&mut DbConn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.dedicated()?;
        transaction(&mut conn, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
    }

    /// Runs `work` in a transaction that commits if it returns `Ok`. Blocks; from async code use [`Db::write`].
    pub fn write_blocking<T, E: From<DbError>>(&self, work: impl FnOnce(&mut DbConn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = Self::take(&self.writers)?;
        transaction(&mut conn, "BEGIN IMMEDIATE", BEGIN_WRITE, work)
    }

    /// [`Db::read_blocking`] on a thread that may block.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let db = self.clone();
        off_thread(move || db.read_blocking(work)).await
    }

    /// [`Db::write_blocking`] on a thread that may block.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let db = self.clone();
        off_thread(move || db.write_blocking(work)).await
    }
}

/// Makes writers of one workspace take turns until their transaction ends. SQLite has one writer anyway.
pub fn lock_workspace(conn: &mut DbConn, workspace: i64) -> Result<(), DbError> {
    /// First half of the advisory lock on PostgreSQL.
    const WORKSPACE_LOCK: i32 = 0x7461_6b65;
    if let DbConn::Postgres(pg) = conn {
        let low = i32::try_from(workspace & 0x7fff_ffff).unwrap_or(0);
        pg.batch_execute(&format!("SELECT pg_advisory_xact_lock({WORKSPACE_LOCK}, {low})"))?;
    }
    Ok(())
}

/// A process that is held up in the middle of its writing must not hold up the others: PostgreSQL ends its
/// transaction, and whoever waits for a lock is told to come again.
const BEGIN_WRITE: &str =
    "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'; SET LOCAL lock_timeout = '20s'";

async fn off_thread<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    // What is logged on the way bears the id of the request.
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(result) => result,
        Err(e) => Err(DbError::Unavailable(format!("the work was stopped: {e}")).into()),
    }
}

/// Diesel's own transaction builders differ per engine; plain statements serve both and let `E` be any error.
pub fn transaction<T, E: From<DbError>>(
    conn: &mut DbConn,
    begin_sqlite: &str,
    begin_postgres: &str,
    work: impl FnOnce(&mut DbConn) -> Result<T, E>,
) -> Result<T, E> {
    let begin = match conn {
        DbConn::Sqlite(_) => begin_sqlite,
        DbConn::Postgres(_) => begin_postgres,
    };
    execute(conn, begin)?;
    // A panic must not hand a half-open transaction back to the pool.
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(conn)));
    match outcome {
        Ok(Ok(value)) => match execute(conn, "COMMIT") {
            Ok(()) => Ok(value),
            Err(error) => {
                roll_back(conn);
                Err(error.into())
            }
        },
        Ok(Err(error)) => {
            roll_back(conn);
            Err(error)
        }
        Err(panic) => {
            roll_back(conn);
            std::panic::resume_unwind(panic)
        }
    }
}

/// A failed roll-back means the connection is gone; the pool's check drops it at its next use.
fn roll_back(conn: &mut DbConn) {
    if let Err(error) = execute(conn, "ROLLBACK") {
        tracing::debug!(%error, "roll-back failed");
    }
}

fn execute(conn: &mut DbConn, sql: &str) -> Result<(), DbError> {
    Ok(on_both!(conn, |c| c.batch_execute(sql))?)
}
