//! The connection type; a file of its own because its derive makes public items without documentation.
#![allow(missing_docs)]

use diesel::{PgConnection, SqliteConnection};

/// A connection to either engine.
#[derive(diesel::MultiConnection)]
pub enum DbConn {
    /// The embedded engine.
    Sqlite(SqliteConnection),
    /// The engine for larger installations.
    Postgres(PgConnection),
}
