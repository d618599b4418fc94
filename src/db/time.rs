//! What time the database has: the one clock that all processes share, for leases and waits.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{DbConn, DbError};
use crate::on_both;

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = BigInt)]
    now: i64,
}

/// The database's time in microseconds since 1970 (UTC), not that of the transaction's start.
pub fn now(conn: &mut DbConn) -> Result<i64, DbError> {
    let ask = match conn {
        DbConn::Sqlite(_) => "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER) AS now",
        DbConn::Postgres(_) => "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now",
    };
    let told: Told = on_both!(conn, |c| diesel::sql_query(ask).get_result(c))?;
    Ok(told.now)
}
