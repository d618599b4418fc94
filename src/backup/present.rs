//! What is in a store now: what a restore would replace.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::BackupError;
use super::contents::{Contents, Holding, Total};
use crate::db::{DbConn, DbError, Location, migrate, tables, transaction};
use crate::on_both;

/// What is in a store.
#[derive(Clone, Debug)]
pub enum Present {
    /// Nothing at all, or an empty database.
    Nothing,
    /// Rows.
    Rows(Contents),
    /// A database that a newer takehold made; this is the version of its schema.
    Newer(String),
    /// Something that cannot be read; the text says why.
    Unreadable(String),
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = BigInt)]
    events: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    newest_at: Option<i64>,
}

/// Looks into a store without changing it. A PostgreSQL server that does not answer is an error; an SQLite
/// file that cannot be read is not, for a restore is its remedy.
pub fn look(location: &Location) -> Result<Present, BackupError> {
    let found = match location {
        Location::Sqlite(path) if !path.exists() => return Ok(Present::Nothing),
        Location::Sqlite(_) => location.connect().and_then(|mut conn| held(&mut conn)),
        Location::Postgres(_) => held(&mut location.connect()?),
    };
    match (found, location) {
        (Ok(present), _) => Ok(present),
        (Err(error @ DbError::Unavailable(_)), _) => Err(error.into()),
        (Err(error), Location::Sqlite(_)) => Ok(Present::Unreadable(error.to_string())),
        (Err(error), Location::Postgres(_)) => Err(error.into()),
    }
}

fn held(conn: &mut DbConn) -> Result<Present, DbError> {
    transaction(conn, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", |conn| {
        let Some(version) = migrate::applied(conn)? else { return Ok(Present::Nothing) };
        if !migrate::versions().contains(&version) {
            return Ok(Present::Newer(version));
        }
        let mut contents = Contents::default();
        for table in tables::of_version(&version)? {
            let rows = tables::count(conn, &table)?;
            contents.tables.insert(table.name, Total { rows, sum: 0 });
        }
        let workspaces = "SELECT w.id, w.slug, CAST(COALESCE(SUM(b.events), 0) AS BIGINT) AS events, \
                          MAX(b.last_at) AS newest_at \
                          FROM workspaces w LEFT JOIN event_blocks b ON b.workspace_id = w.id GROUP BY w.id, w.slug";
        let workspaces: Vec<Held> = on_both!(conn, |c| diesel::sql_query(workspaces).load(c))?;
        for Held { id, slug, events, newest_at } in workspaces {
            contents.workspaces.insert(id, Holding { slug, events, newest_at });
        }
        Ok(Present::Rows(contents))
    })
}
