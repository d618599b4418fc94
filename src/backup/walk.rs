//! Goes through a backup from its first row to its last, and finds out whether it is as it was written.

use std::io::ErrorKind;

use super::contents::Contents;
use super::file::Source;
use super::keys::Identities;
use super::record::{self, Record};
use super::{BackupError, Watch};
use crate::db::tables::{self, Row, Table};
use crate::db::{DbError, migrate};

/// Where the rows go.
pub(super) trait Sink {
    /// A table begins.
    fn table(&mut self, table: &Table, last_number: Option<i64>) -> Result<(), BackupError>;
    /// Rows of the table that began last.
    fn rows(&mut self, table: &Table, rows: Vec<Row>) -> Result<(), BackupError>;
}

/// Rows go nowhere: they are only looked at.
struct Nowhere;

impl Sink for Nowhere {
    fn table(&mut self, _: &Table, _: Option<i64>) -> Result<(), BackupError> {
        Ok(())
    }

    fn rows(&mut self, _: &Table, _: Vec<Row>) -> Result<(), BackupError> {
        Ok(())
    }
}

/// Reads the whole backup and answers what it holds, or says what is wrong with it.
///
/// An encrypted one can be looked into with an identity only; without any, its bytes are held against
/// their hash, and the answer is nothing.
pub fn verify(
    source: &Source,
    identities: &Identities,
    watch: &mut Watch<'_>,
) -> Result<Option<Contents>, BackupError> {
    check_schema(source)?;
    if source.header.encrypted && identities.is_empty() {
        let total = source.footer.bytes;
        return if source.is_whole(&mut |done| watch(done, total))? { Ok(None) } else { Err(damaged(source)) };
    }
    walk(source, identities, &mut Nowhere, watch).map(Some)
}

fn check_schema(source: &Source) -> Result<(), BackupError> {
    if migrate::versions().contains(&source.header.schema) {
        return Ok(());
    }
    Err(BackupError::Input(format!(
        "{} has schema {}, which this version of takehold does not know: use takehold {} or newer",
        source.path.display(),
        source.header.schema,
        source.header.version
    )))
}

fn damaged(source: &Source) -> BackupError {
    BackupError::Input(format!(
        "{} is damaged: its bytes are not those that were written; use another backup",
        source.path.display()
    ))
}

/// Hands every row to `sink`, then holds the whole against what the backup says of itself.
pub(super) fn walk(
    source: &Source,
    identities: &Identities,
    sink: &mut dyn Sink,
    watch: &mut Watch<'_>,
) -> Result<Contents, BackupError> {
    check_schema(source)?;
    match read(source, identities, sink, watch) {
        Ok(contents) => Ok(contents),
        Err(stop @ (Stop::Sink(BackupError::Stopped) | Stop::Sink(BackupError::Store(DbError::Unavailable(_))))) => {
            Err(stop.into())
        }
        // Damage shows in many ways; the hash of the bytes tells it from everything else.
        Err(stop) => Err(if source.is_whole(&mut |_| Ok(()))? { stop.into_error(source) } else { damaged(source) }),
    }
}

/// Why reading ended early.
enum Stop {
    /// The bytes are no records.
    Bytes(std::io::Error),
    /// The records are not what they should be.
    Records(String),
    /// The other side, or whoever watches.
    Sink(BackupError),
}

impl From<BackupError> for Stop {
    fn from(error: BackupError) -> Self {
        Self::Sink(error)
    }
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Sink(error.into())
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Bytes(error)
    }
}

impl Stop {
    fn into_error(self, source: &Source) -> BackupError {
        let shown = source.path.display();
        match self {
            Self::Sink(error) => error,
            Self::Records(text) => BackupError::Input(format!("{shown} cannot be restored: {text}")),
            Self::Bytes(e) if matches!(e.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
                BackupError::Input(format!("{shown} cannot be restored: its records cannot be read: {e}"))
            }
            Self::Bytes(e) => BackupError::Input(format!("cannot read {shown}: {e}")),
        }
    }
}

impl From<Stop> for BackupError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Sink(error) => error,
            Stop::Records(text) => Self::Input(text),
            Stop::Bytes(error) => Self::Input(error.to_string()),
        }
    }
}

fn read(
    source: &Source,
    identities: &Identities,
    sink: &mut dyn Sink,
    watch: &mut Watch<'_>,
) -> Result<Contents, Stop> {
    let shape = tables::of_version(&source.header.schema)?;
    let mut body = source.body(identities)?;
    let mut contents = Contents::default();
    let mut current: Option<&Table> = None;
    let told = loop {
        match record::get(&mut body)? {
            Record::Table { name, columns, last_number } => {
                let table = shape.iter().find(|table| table.name == name);
                let same = |table: &&Table| table.columns.iter().map(|column| &column.name).eq(&columns);
                let table = table
                    .filter(same)
                    .filter(|table| !contents.tables.contains_key(&table.name))
                    .ok_or_else(|| Stop::Records(format!("its table {name} is not that of its schema")))?;
                contents.begin(table);
                sink.table(table, last_number)?;
                current = Some(table);
            }
            Record::Rows(packed) => {
                let table = current.ok_or_else(|| Stop::Records("it has rows of no table".into()))?;
                let mut rows = Vec::new();
                for (row, hash) in packed.unpack()? {
                    if row.len() != table.columns.len() {
                        return Err(Stop::Records(format!("a row of {} has not its columns", table.name)));
                    }
                    contents.note(table, &row, hash);
                    rows.push(row);
                }
                sink.rows(table, rows)?;
                watch(body.position(), source.footer.bytes)?;
            }
            Record::End(told) => break told,
        }
    };
    if contents != told {
        return Err(Stop::Records("it does not hold the rows that it says it holds".into()));
    }
    if let Some(table) = shape.iter().find(|table| !contents.tables.contains_key(&table.name)) {
        return Err(Stop::Records(format!("its table {} is missing", table.name)));
    }
    let rows = (!source.header.encrypted).then(|| contents.rows());
    if body.finish()? != source.footer.sha256 || source.footer.rows != rows {
        return Err(Stop::Records("its bytes are not those that were written".into()));
    }
    watch(source.footer.bytes, source.footer.bytes)?;
    Ok(contents)
}
