//! Puts a backup in the place of a store: all of it or nothing.

use std::path::PathBuf;

use super::contents::{Contents, Total};
use super::file::Source;
use super::keys::Identities;
use super::record::hash;
use super::walk::{Sink, walk};
use super::{BackupError, Watch, restore_postgres, restore_sqlite};
use crate::db::tables::{self, Row, Table};
use crate::db::{Alone, DbConn, Location};

/// What a restore did.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What is in the store now.
    pub contents: Contents,
    /// Where the damaged database is that was there before.
    pub set_aside: Option<PathBuf>,
}

/// Restores a backup into a store that nobody else uses, and brings it to this binary's schema.
pub fn restore(
    source: &Source,
    identities: &Identities,
    (location, _alone): (&Location, &Alone),
    watch: &mut Watch<'_>,
) -> Result<Restored, BackupError> {
    match location {
        Location::Sqlite(path) => restore_sqlite::replace(source, identities, path, watch),
        Location::Postgres(_) => {
            let contents = restore_postgres::replace(source, identities, location, watch)?;
            Ok(Restored { contents, set_aside: None })
        }
    }
}

/// Fills the empty tables of the backup's schema, then reads them back and holds them against the backup.
pub(super) fn fill(
    conn: &mut DbConn,
    source: &Source,
    identities: &Identities,
    watch: &mut Watch<'_>,
) -> Result<Contents, BackupError> {
    let contents = tables::without_references(conn, |conn| {
        let mut into = Into { conn, numbers: Vec::new() };
        let contents = walk(source, identities, &mut into, watch)?;
        for (table, last) in &into.numbers {
            tables::set_last_number(into.conn, table, *last)?;
        }
        Ok::<_, BackupError>(contents)
    })?;
    for table in tables::of_version(&source.header.schema)? {
        let (mut found, mut buffer) = (Total::default(), Vec::new());
        tables::each(conn, &table, |row| {
            let hash = hash(&row, &mut buffer).map_err(|e| BackupError::Input(e.to_string()))?;
            found.rows += 1;
            found.sum = found.sum.wrapping_add(hash);
            Ok::<(), BackupError>(())
        })?;
        if contents.tables.get(&table.name) != Some(&found) {
            return Err(BackupError::Input(format!(
                "the table {} does not read as it was written; nothing was replaced",
                table.name
            )));
        }
    }
    Ok(contents)
}

/// Rows go into the store.
struct Into<'c> {
    conn: &'c mut DbConn,
    numbers: Vec<(Table, i64)>,
}

impl Sink for Into<'_> {
    fn table(&mut self, table: &Table, last_number: Option<i64>) -> Result<(), BackupError> {
        self.numbers.extend(last_number.map(|last| (table.clone(), last)));
        Ok(())
    }

    fn rows(&mut self, table: &Table, rows: Vec<Row>) -> Result<(), BackupError> {
        Ok(tables::insert(self.conn, table, rows)?)
    }
}
