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
pub mod migrate;
mod presence;
pub mod schema;
pub mod tables;
pub mod time;

use std::path::PathBuf;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};

pub use conn::DbConn;
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

/// Where the data lives, from `database.url`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `sqlite://PATH`: a file; its folder is made when missing.
    Sqlite(PathBuf),
    /// `postgres://…`: passed to libpq as it is.
    Postgres(String),
}

impl Location {
    /// Reads a database URL; the error is a sentence for the operator.
    pub fn parse(url: &str) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let path = path.split('?').next().unwrap_or_default();
            if path.is_empty() {
                return Err(DbError::Setup("database.url names no file: write sqlite:///path/to/takehold.db".into()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(DbError::Setup("database.url is neither sqlite://PATH nor postgres://USER@HOST/NAME".into()))
    }

    /// One new connection, outside any pool.
    pub fn connect(&self) -> Result<DbConn, DbError> {
        Manager { location: self.clone() }.open()
    }
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
}

impl Manager {
    /// One new connection, outside any pool.
    pub fn open(&self) -> Result<DbConn, DbError> {
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
        let user = presence::User::of(&location)?.map(std::sync::Arc::new);
        // The first connection is opened by hand so that its error reaches the operator unwrapped.
        drop(location.connect()?);
        let pool = |size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(0))
                .connection_timeout(Duration::from_secs(5))
                .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
                .build_unchecked(Manager { location: location.clone() })
        };
        Ok(Self { readers: pool(readers), writers: pool(writers), location: location.clone(), _user: user })
    }

    /// Which engine, and where.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// A connection outside the pools, for what holds one for its whole life.
    pub fn dedicated(&self) -> Result<DbConn, DbError> {
        self.location.connect()
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
        transaction(&mut conn, "BEGIN IMMEDIATE", "BEGIN", work)
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

async fn off_thread<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
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
