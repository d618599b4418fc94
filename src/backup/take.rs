//! Takes a backup, while others read and write.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::contents::Contents;
use super::file::{FORMAT, Header, Source, Target};
use super::folder::{PARTIAL, PARTIAL_END};
use super::keys::{Identities, Recipients, key_check};
use super::record::{self, Packed, Record};
use super::{BackupError, Watch, verify};
use crate::crypto::SecretKey;
use crate::db::tables::{self, Table};
use crate::db::{Db, DbConn, Location, copy, migrate};

/// How a backup is to be taken.
pub struct Asked<'a> {
    /// A folder, in which it gets a dated name, or a file that is not there yet.
    pub to: &'a Path,
    /// The instant, in microseconds since 1970.
    pub now: i64,
    /// The installation's secret key, when it is known.
    pub key: Option<&'a SecretKey>,
    /// Those who may read it; nobody means everybody.
    pub recipients: &'a Recipients,
}

/// A backup that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Where it is.
    pub path: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// What it holds.
    pub contents: Contents,
}

/// The name of a backup by the instant that it was taken at.
pub(super) fn name_at(now: i64) -> String {
    let instant = jiff::Timestamp::from_microsecond(now).unwrap_or_default();
    format!("takehold-{}.thb", instant.strftime("%Y%m%dT%H%M%SZ"))
}

/// The file itself, or a dated name in a folder; of two backups within a second the later is dated a second later.
fn destination(to: &Path, now: i64, name: impl Fn(i64) -> String) -> PathBuf {
    if !to.is_dir() {
        return to.to_owned();
    }
    let named = (0..60).map(|second| to.join(name(now.saturating_add(second * 1_000_000))));
    named.into_iter().find(|path| !path.exists()).unwrap_or_else(|| to.join(name(now)))
}

/// Writes every row of one snapshot to a file, reads the file back, and only then gives it its name.
pub fn take(db: &Db, asked: &Asked<'_>, watch: &mut Watch<'_>) -> Result<Taken, BackupError> {
    let path = destination(asked.to, asked.now, name_at);
    let shown = path.display().to_string();
    let cannot = |e: io::Error| cannot_write(&path, &e);
    if path.exists() {
        return Err(BackupError::Input(format!("{shown} exists already: name another file, or a folder")));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let partial = tempfile::Builder::new().prefix(PARTIAL).suffix(PARTIAL_END).tempfile_in(folder).map_err(cannot)?;
    let mut total = 0;
    let (contents, target) = db.snapshot(|conn| {
        let schema = migrate::applied(conn)?
            .ok_or_else(|| BackupError::Input("the database is empty: there is nothing to back up".into()))?;
        migrate::refuse_newer(conn)?;
        let shape = tables::of_version(&schema)?;
        let header = Header {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").into(),
            created_at: asked.now,
            engine: engine(db.location()).into(),
            schema,
            key_check: asked.key.map(key_check),
            encrypted: !asked.recipients.is_empty(),
        };
        let file = partial.reopen().map_err(cannot)?;
        let mut target = Target::begin(file, &header, asked.recipients).map_err(cannot)?;
        let mut counts = BTreeMap::new();
        for table in &shape {
            counts.insert(table.name.as_str(), tables::count(conn, table)?);
        }
        // What is written is read back, which is as much again.
        total = counts.values().sum::<u64>();
        let mut writer = Writer { target: &mut target, path: &path, contents: Contents::default(), total, watch };
        for table in &shape {
            writer.table(conn, table)?;
            let written = writer.contents.tables.get(&table.name).map(|total| total.rows);
            if written != counts.get(table.name.as_str()).copied() {
                return Err(BackupError::Input(format!("rows of {} were left out: take the backup again", table.name)));
            }
        }
        let contents = writer.contents;
        record::put(&mut target, &Record::End(contents.clone())).map_err(cannot)?;
        Ok::<_, BackupError>((contents, target))
    })?;
    // The wait for the disk holds no snapshot up.
    target.finish(contents.rows()).map_err(cannot)?;
    let written = Source::open(partial.path())?;
    let read_back = verify(&written, &Identities::default(), &mut |done, of| {
        let share = (u128::from(total) * u128::from(done)).checked_div(u128::from(of)).unwrap_or_default();
        watch(total.saturating_add(u64::try_from(share).unwrap_or_default()), total.saturating_mul(2))
    })?;
    if read_back.is_some_and(|read| read != contents) {
        return Err(BackupError::Input(format!("{shown} does not read as it was written: look after the disk")));
    }
    let bytes = partial.as_file().metadata().map_err(cannot)?.len();
    partial.persist_noclobber(&path).map_err(|e| cannot(e.error))?;
    copy::sync_folder(&path).map_err(cannot)?;
    Ok(Taken { path, bytes, contents })
}

fn cannot_write(path: &Path, error: &io::Error) -> BackupError {
    BackupError::Input(format!(
        "cannot write the backup {}: {error}; nothing was left there: the folder must be there, writable and have room",
        path.display()
    ))
}

/// The name of the engine.
pub(super) fn engine(location: &Location) -> &'static str {
    match location {
        Location::Sqlite(_) => "SQLite",
        Location::Postgres(_) => "PostgreSQL",
    }
}

struct Writer<'a, 'w> {
    target: &'a mut Target,
    path: &'a Path,
    contents: Contents,
    total: u64,
    watch: &'a mut Watch<'w>,
}

impl Writer<'_, '_> {
    fn put(&mut self, record: &Record) -> Result<(), BackupError> {
        record::put(self.target, record).map_err(|e| cannot_write(self.path, &e))?;
        (self.watch)(self.contents.rows(), self.total.saturating_mul(2))
    }

    fn table(&mut self, conn: &mut DbConn, table: &Table) -> Result<(), BackupError> {
        self.contents.begin(table);
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        let last_number = tables::last_number(conn, table)?;
        self.put(&Record::Table { name: table.name.clone(), columns, last_number })?;
        let mut packed = Packed::default();
        tables::each(conn, table, |row| {
            let hash = packed.add(&row).map_err(|e| cannot_write(self.path, &e))?;
            self.contents.note(table, &row, hash);
            if packed.is_full() {
                self.put(&Record::Rows(std::mem::take(&mut packed)))?;
            }
            Ok::<(), BackupError>(())
        })?;
        if !packed.is_empty() {
            self.put(&Record::Rows(packed))?;
        }
        Ok(())
    }
}

/// Copies an SQLite database as it is, for those who want a file that other programs open.
/// `to` is a folder, in which the copy gets a dated name, or a file; the answer is the file.
pub fn copy_sqlite(db: &Db, to: &Path, now: i64) -> Result<PathBuf, BackupError> {
    let DbConn::Sqlite(conn) = &mut db.dedicated()? else {
        return Err(BackupError::Input(
            "--sqlite copies an SQLite database, and this installation uses PostgreSQL: leave it out".into(),
        ));
    };
    let to = destination(to, now, |now| name_at(now).replace(".thb", ".db"));
    if to.exists() {
        return Err(BackupError::Input(format!("{} exists already: name another file, or a folder", to.display())));
    }
    copy::copy(conn, &to)?;
    Ok(to)
}
