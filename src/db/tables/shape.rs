//! The shape of a version of the schema, asked of the migrations.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::{Column, Kind, Table};
use crate::db::{DbConn, DbError, migrate};

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    place_in_key: i64,
    #[diesel(sql_type = Bool)]
    numbered: bool,
}

/// The tables of one version of the schema by name. A database in memory is brought to that version and
/// asked; the engines have the same tables and columns, as a test holds.
pub fn of_version(version: &str) -> Result<Vec<Table>, DbError> {
    let sample = SqliteConnection::establish(":memory:")
        .map_err(|e| DbError::Setup(format!("cannot make a database in memory: {e}")))?;
    let mut sample = DbConn::Sqlite(sample);
    migrate::up_to(&mut sample, version)?;
    let DbConn::Sqlite(sample) = &mut sample else { return Ok(Vec::new()) };
    let found: Vec<Found> = diesel::sql_query(
        "SELECT t.name AS table_name, c.name AS column_name, lower(c.type) AS kind, c.pk AS place_in_key, \
         t.sql LIKE '%AUTOINCREMENT%' AS numbered \
         FROM sqlite_master t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
         ORDER BY t.name, c.cid",
    )
    .load(sample)?;
    let mut tables = Vec::new();
    for columns in found.chunk_by(|a, b| a.table_name == b.table_name) {
        let mut keyed: Vec<(i64, Column)> = Vec::new();
        let mut table = Table { name: String::new(), columns: Vec::new(), key: Vec::new(), numbered: false };
        for found in columns {
            table.name.clone_from(&found.table_name);
            table.numbered = found.numbered;
            let column = Column { name: found.column_name.clone(), kind: kind(found)? };
            if found.place_in_key > 0 {
                keyed.push((found.place_in_key, column.clone()));
            }
            table.columns.push(column);
        }
        keyed.sort_by_key(|(place, _)| *place);
        table.key = keyed.into_iter().map(|(_, column)| column).collect();
        tables.push(table);
    }
    Ok(tables)
}

fn kind(found: &Found) -> Result<Kind, DbError> {
    match found.kind.as_str() {
        "bigint" | "integer" | "smallint" => Ok(Kind::Int),
        "real" | "double precision" => Ok(Kind::Real),
        "text" => Ok(Kind::Text),
        "blob" => Ok(Kind::Bytes),
        other => Err(DbError::Setup(format!(
            "the column {}.{} has the type {other:?}, which no backup can hold: use BIGINT, DOUBLE PRECISION, TEXT or BLOB",
            found.table_name, found.column_name
        ))),
    }
}
