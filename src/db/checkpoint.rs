//! Brings SQLite's write-ahead log back into the database file, and the log back to nothing.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::{Db, DbConn, DbError};

/// What became of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint {
    /// The log is empty.
    Done,
    /// Somebody was reading or writing all the while; what could be brought back was.
    Busy,
    /// PostgreSQL does this by itself.
    NotOurs,
}

#[derive(QueryableByName)]
struct Outcome {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// Empties the log. Waits a second at most, for it holds writers up meanwhile.
pub fn run(db: &Db) -> Result<Checkpoint, DbError> {
    match &mut db.dedicated()? {
        DbConn::Postgres(_) => Ok(Checkpoint::NotOurs),
        DbConn::Sqlite(conn) => {
            conn.batch_execute("PRAGMA busy_timeout = 1000")?;
            let outcome: Outcome = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
            Ok(if outcome.busy == 0 { Checkpoint::Done } else { Checkpoint::Busy })
        }
    }
}
