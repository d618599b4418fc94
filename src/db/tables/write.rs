//! Writes whole tables. Each engine has its own way to take many rows at once.

use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Double, Nullable, Text};
use diesel::sqlite::Sqlite;

use super::{Kind, Row, Table, Value, list, quoted};
use crate::db::{DbConn, DbError};

/// SQLite takes this many values in one statement, less a few.
const SQLITE_VALUES: usize = 32_000;
/// More rows than these in one statement make SQLite no faster.
const SQLITE_ROWS: usize = 400;

/// Adds rows to a table; each has a value for each column of the shape.
pub fn insert(conn: &mut DbConn, table: &Table, rows: Vec<Row>) -> Result<(), DbError> {
    match conn {
        DbConn::Sqlite(c) => insert_sqlite(c, table, rows),
        DbConn::Postgres(c) => insert_postgres(c, table, rows),
    }
}

fn insert_sqlite(conn: &mut SqliteConnection, table: &Table, mut rows: Vec<Row>) -> Result<(), DbError> {
    let width = table.columns.len().max(1);
    let at_once = (SQLITE_VALUES / width).clamp(1, SQLITE_ROWS);
    let into = format!("INSERT INTO {} ({}) VALUES ", quoted(&table.name), list(table.columns.iter()));
    let one = format!("({})", vec!["?"; width].join(", "));
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(at_once));
        let values = vec![one.as_str(); rows.len()].join(", ");
        let mut query = diesel::sql_query(format!("{into}{values}")).into_boxed::<Sqlite>();
        for value in rows.into_iter().flatten() {
            query = match value {
                Value::Null => query.bind::<Nullable<BigInt>, _>(None::<i64>),
                Value::Int(number) => query.bind::<BigInt, _>(number),
                Value::Real(number) => query.bind::<Double, _>(number),
                Value::Text(text) => query.bind::<Text, _>(text),
                Value::Bytes(bytes) => query.bind::<Binary, _>(bytes),
            };
        }
        query.execute(conn)?;
        rows = rest;
    }
    Ok(())
}

/// One array per column: PostgreSQL reads the statement once, however many rows there are.
fn insert_postgres(conn: &mut PgConnection, table: &Table, rows: Vec<Row>) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut columns: Vec<Vec<Value>> = table.columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let places: Vec<String> = (1..=columns.len()).map(|at| format!("${at}")).collect();
    let sql = format!(
        "INSERT INTO {} ({}) SELECT * FROM unnest({})",
        quoted(&table.name),
        list(table.columns.iter()),
        places.join(", ")
    );
    let mut query = diesel::sql_query(sql).into_boxed::<Pg>();
    for (column, values) in table.columns.iter().zip(columns) {
        let values = values.into_iter();
        query = match column.kind {
            Kind::Int => query.bind::<Array<Nullable<BigInt>>, _>(only(values, |value| match value {
                Value::Int(number) => Some(number),
                _ => None,
            })),
            Kind::Real => query.bind::<Array<Nullable<Double>>, _>(only(values, |value| match value {
                Value::Real(number) => Some(number),
                _ => None,
            })),
            Kind::Text => query.bind::<Array<Nullable<Text>>, _>(only(values, |value| match value {
                Value::Text(text) => Some(text),
                _ => None,
            })),
            Kind::Bytes => query.bind::<Array<Nullable<Binary>>, _>(only(values, |value| match value {
                Value::Bytes(bytes) => Some(bytes),
                _ => None,
            })),
        };
    }
    query.execute(conn)?;
    Ok(())
}

fn only<T>(values: impl Iterator<Item = Value>, pick: impl Fn(Value) -> Option<T>) -> Vec<Option<T>> {
    values.map(pick).collect()
}

/// Makes the database number new rows from here on, as [`super::last_number`] told.
pub fn set_last_number(conn: &mut DbConn, table: &Table, last: i64) -> Result<(), DbError> {
    match conn {
        DbConn::Sqlite(c) => {
            diesel::sql_query("DELETE FROM sqlite_sequence WHERE name = ?").bind::<Text, _>(&table.name).execute(c)?;
            diesel::sql_query("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)")
                .bind::<Text, _>(&table.name)
                .bind::<BigInt, _>(last)
                .execute(c)?;
        }
        DbConn::Postgres(c) => {
            diesel::sql_query("SELECT setval(pg_get_serial_sequence($1, $2)::regclass, $3)")
                .bind::<Text, _>(quoted(&table.name))
                .bind::<Text, _>(table.key.first().map_or("id", |column| &column.name))
                .bind::<BigInt, _>(last)
                .execute(c)?;
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Does work during which rows may point to rows that are not there yet; afterwards none may.
///
/// SQLite looks at references only on connections that ask for it; the caller opens one that does not.
pub fn without_references<T, E: From<DbError>>(
    conn: &mut DbConn,
    work: impl FnOnce(&mut DbConn) -> Result<T, E>,
) -> Result<T, E> {
    let references: Vec<Reference> = match conn {
        DbConn::Sqlite(_) => Vec::new(),
        DbConn::Postgres(c) => diesel::sql_query(
            "SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name, \
             pg_get_constraintdef(oid) AS definition \
             FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace",
        )
        .load(c)
        .map_err(DbError::from)?,
    };
    for Reference { owner, name, .. } in &references {
        alter(conn, &format!("ALTER TABLE {owner} DROP CONSTRAINT {name}"))?;
    }
    let done = work(conn)?;
    for Reference { owner, name, definition } in &references {
        alter(conn, &format!("ALTER TABLE {owner} ADD CONSTRAINT {name} {definition}"))?;
    }
    if let DbConn::Sqlite(c) = conn {
        let broken = diesel::sql_query(
            "SELECT \"table\" AS owner, parent AS name, '' AS definition FROM pragma_foreign_key_check LIMIT 1",
        );
        let broken: Vec<Reference> = broken.load(c).map_err(DbError::from)?;
        if let Some(Reference { owner, name, .. }) = broken.first() {
            return Err(DbError::Setup(format!("a row of {owner} points to a row of {name} that is not there")).into());
        }
    }
    Ok(done)
}

fn alter(conn: &mut DbConn, sql: &str) -> Result<(), DbError> {
    let DbConn::Postgres(c) = conn else { return Ok(()) };
    Ok(c.batch_execute(sql)?)
}
