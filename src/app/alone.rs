//! One server per store: the index is folded by the server itself, and two would fold the same blocks.

use std::fs::{File, TryLockError};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::StartError;
use crate::db::{Db, DbConn, Location};

/// Names the advisory lock that one server holds on PostgreSQL.
const SERVER_LOCK: i64 = 0x7461_6b65_0002;
/// How often the connection that holds the lock is looked at.
const LOOK: Duration = Duration::from_secs(5);

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

/// Holds the store for this server until it is dropped or the process ends.
#[derive(Debug)]
pub(super) struct Alone {
    _file: Option<File>,
    // Dropping it ends the thread that keeps the lock on PostgreSQL.
    _keeper: Option<Sender<()>>,
}

impl Alone {
    /// Takes the store, or says who has it.
    pub fn take(db: &Db) -> Result<Self, StartError> {
        match db.location() {
            Location::Sqlite(path) => {
                let lock = path.with_extension("server.lock");
                let failed = |e: std::io::Error| StartError::Machine(format!("cannot lock {}: {e}", lock.display()));
                let file = File::options().create(true).truncate(false).write(true).open(&lock).map_err(failed)?;
                match file.try_lock() {
                    Ok(()) => Ok(Self { _file: Some(file), _keeper: None }),
                    Err(TryLockError::WouldBlock) => Err(StartError::Machine(format!(
                        "another takehold server runs on {}: stop it first, or give this one a database of its own",
                        path.display()
                    ))),
                    Err(TryLockError::Error(e)) => Err(failed(e)),
                }
            }
            Location::Postgres(_) => {
                let mut conn = db.dedicated()?;
                if !lock(&mut conn)? {
                    return Err(StartError::Machine(
                        "another takehold server runs on this PostgreSQL database: stop it first, \
                         or give this one a database of its own"
                            .into(),
                    ));
                }
                let (keeper, ended) = channel();
                let db = db.clone();
                std::thread::spawn(move || keep(&db, conn, &ended));
                Ok(Self { _file: None, _keeper: Some(keeper) })
            }
        }
    }
}

fn lock(conn: &mut DbConn) -> Result<bool, StartError> {
    let DbConn::Postgres(pg) = conn else { return Ok(true) };
    let row: Taken = diesel::sql_query(format!("SELECT pg_try_advisory_lock({SERVER_LOCK}) AS taken"))
        .get_result(pg)
        .map_err(crate::db::DbError::from)?;
    Ok(row.taken)
}

/// A restart of PostgreSQL takes the lock away; it is taken again as soon as the database is back.
fn keep(db: &Db, mut conn: DbConn, ended: &Receiver<()>) {
    while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let DbConn::Postgres(pg) = &mut conn else { return };
        if pg.batch_execute("SELECT 1").is_ok() {
            continue;
        }
        let Ok(mut fresh) = db.dedicated() else { continue };
        match lock(&mut fresh) {
            Ok(true) => conn = fresh,
            Ok(false) => tracing::error!("another takehold server took this PostgreSQL database: stop one of the two"),
            Err(_) => {}
        }
    }
}
