//! Reads whole tables, a row at a time: a table may be larger than the memory.

use diesel::backend::Backend;
use diesel::connection::DefaultLoadingMode;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::row::{Field, NamedRow};
use diesel::sql_types::{BigInt, Binary, Double, Nullable, Text};

use super::{Kind, Row, Table, Value, quoted};
use crate::db::{DbConn, DbError};
use crate::on_both;

/// A row of any table: the first letter of each column's alias says what it holds.
struct Cells(Row);

impl<DB> QueryableByName<DB> for Cells
where
    DB: Backend,
    i64: FromSql<BigInt, DB>,
    f64: FromSql<Double, DB>,
    String: FromSql<Text, DB>,
    Vec<u8>: FromSql<Binary, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let mut cells = Vec::with_capacity(row.field_count());
        for at in 0..row.field_count() {
            let field = diesel::row::Row::get(row, at).ok_or("a column is missing")?;
            let letter = field.field_name().and_then(|name| name.chars().next());
            let Some(value) = field.value() else {
                cells.push(Value::Null);
                continue;
            };
            cells.push(match letter {
                Some('i') => Value::Int(<i64 as FromSql<BigInt, DB>>::from_sql(value)?),
                Some('r') => Value::Real(<f64 as FromSql<Double, DB>>::from_sql(value)?),
                Some('t') => Value::Text(<String as FromSql<Text, DB>>::from_sql(value)?),
                _ => Value::Bytes(<Vec<u8> as FromSql<Binary, DB>>::from_sql(value)?),
            });
        }
        Ok(Self(cells))
    }
}

fn select(table: &Table, on_postgres: bool) -> String {
    let columns = table.columns.iter().enumerate().map(|(at, column)| {
        let (letter, cast) = match column.kind {
            Kind::Int => ('i', "::bigint"),
            Kind::Real => ('r', "::double precision"),
            Kind::Text => ('t', "::text"),
            Kind::Bytes => ('b', ""),
        };
        format!("{}{} AS {letter}{at}", quoted(&column.name), if on_postgres { cast } else { "" })
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    // Both engines give the rows in the same order, so that they are written in the order of the key.
    let key = table.key.iter().map(|column| {
        let collation = if on_postgres && column.kind == Kind::Text { " COLLATE \"C\"" } else { "" };
        format!("{}{collation}", quoted(&column.name))
    });
    let key = key.collect::<Vec<_>>().join(", ");
    let order = if key.is_empty() { String::new() } else { format!(" ORDER BY {key}") };
    format!("SELECT {columns} FROM {}{order}", quoted(&table.name))
}

/// Hands over every row of a table, in the order of its key.
pub fn each<E: From<DbError>>(
    conn: &mut DbConn,
    table: &Table,
    mut take: impl FnMut(Row) -> Result<(), E>,
) -> Result<(), E> {
    match conn {
        DbConn::Sqlite(c) => {
            let rows = diesel::sql_query(select(table, false)).load_iter::<Cells, DefaultLoadingMode>(c);
            for row in rows.map_err(DbError::from)? {
                take(row.map_err(DbError::from)?.0)?;
            }
        }
        DbConn::Postgres(c) => {
            let rows = diesel::sql_query(select(table, true)).load_iter::<Cells, PgRowByRowLoadingMode>(c);
            for row in rows.map_err(DbError::from)? {
                take(row.map_err(DbError::from)?.0)?;
            }
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
}

/// How many rows a table has.
pub fn count(conn: &mut DbConn, table: &Table) -> Result<u64, DbError> {
    let ask = format!("SELECT count(*) AS number FROM {}", quoted(&table.name));
    let row: Number = on_both!(conn, |c| diesel::sql_query(&ask).get_result(c))?;
    Ok(row.number.and_then(|number| u64::try_from(number).ok()).unwrap_or_default())
}

/// The newest number that the database gave a row of this table, though the row may be gone.
pub fn last_number(conn: &mut DbConn, table: &Table) -> Result<Option<i64>, DbError> {
    if !table.numbered {
        return Ok(None);
    }
    let rows: Vec<Number> = match conn {
        DbConn::Sqlite(c) => diesel::sql_query("SELECT seq AS number FROM sqlite_sequence WHERE name = ?")
            .bind::<Text, _>(&table.name)
            .load(c)?,
        DbConn::Postgres(c) => {
            diesel::sql_query("SELECT pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass) AS number")
                .bind::<Text, _>(quoted(&table.name))
                .bind::<Text, _>(table.key.first().map_or("id", |column| &column.name))
                .load(c)?
        }
    };
    Ok(rows.into_iter().find_map(|row| row.number))
}
