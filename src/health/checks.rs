//! Looks for what would keep the appliance from working.

use std::io::ErrorKind;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Disk, key};
use crate::backup;
use crate::config::Config;
use crate::crypto::{Sealed, SecretKey, Vault, VaultError, try_all};
use crate::db::copy::quick_check;
use crate::db::schema::event_blocks;
use crate::db::{Db, DbConn, DbError, Location, migrate, network_file_system};

/// Less free space than this will soon stop events from being stored.
const LITTLE_SPACE: u64 = 1 << 30;
/// 2026-01-01: a clock before that was never set.
const NOT_BEFORE: i64 = 1_767_225_600_000_000;
/// How far two clocks may differ, in microseconds.
const TOLERANCE: i64 = 60_000_000;
/// A database up to this size is read through even when somebody waits for the answer.
const QUICKLY_READ: u64 = 256 << 20;

/// One look at one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Check {
    /// What was looked at.
    #[schema(example = "disk space")]
    pub name: &'static str,
    /// Whether it is well.
    pub ok: bool,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Check {
    /// All is well.
    pub fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, ok: true, found: found.into(), remedy: None }
    }

    /// Something must be done.
    pub fn bad(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, ok: false, found: found.into(), remedy: Some(remedy.into()) }
    }
}

/// How long looking may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Somebody waits on the network: large databases are not read through.
    Quick,
    /// Everything.
    Whole,
}

/// All checks, from a configuration alone.
pub fn look(config: &Config, now: i64, sealed: &[Sealed]) -> Vec<Check> {
    if let Ok(Location::Sqlite(path)) = Location::parse(&config.database_url())
        && let Some(kind) = network_file_system(&path)
    {
        let found = format!("{} lies on a network disk ({kind}), where SQLite loses data", path.display());
        return vec![Check::bad("database disk", found, "give it a local disk, or use PostgreSQL")];
    }
    match Db::open(&config.database_url()) {
        Ok(db) => look_at_store(config, &db, now, Depth::Whole, sealed),
        Err(error) => {
            let found = one_line(&error);
            let mut checks =
                vec![Check::bad("database", found, "check TAKEHOLD_DATABASE__URL and that the database runs")];
            checks.extend(folders(config));
            checks
        }
    }
}

/// All checks, over a store that is open already.
pub fn look_at_store(config: &Config, db: &Db, now: i64, depth: Depth, sealed: &[Sealed]) -> Vec<Check> {
    let mut checks = vec![database(db)];
    // A database that does not answer is told once, not by each that would ask it.
    if checks.iter().all(|check| check.ok) {
        checks.extend([
            schema(db),
            integrity(db, depth),
            secret_key(config, db),
            secrets(config, db, sealed),
            clock(db, now),
        ]);
    }
    checks.extend(folders(config));
    checks.push(backups(config, now));
    if let Location::Sqlite(path) = db.location() {
        checks.extend(leftovers(path));
    }
    checks
}

/// A backup that is older than this was not taken when it was due, in microseconds.
const OLD: i64 = 8 * 24 * 3_600_000_000;

fn backups(config: &Config, now: i64) -> Check {
    let name = "backups";
    let Some(folder) = config.backup_folder() else {
        return Check::good(name, "none are taken by themselves: no backup.folder is set; see to those of PostgreSQL");
    };
    let shown = folder.display();
    let writable = writable(name, &folder, "set TAKEHOLD_BACKUP__FOLDER");
    if !writable.ok {
        return writable;
    }
    let remedy = "run `takehold backup FOLDER` and look at the job backup on the page Jobs";
    match backup::list(&folder) {
        Err(error) => Check::bad(name, one_line(&error), remedy),
        Ok(all) => match all.iter().find(|one| one.problem.is_none()) {
            None if all.is_empty() => Check::good(name, format!("none yet in {shown}")),
            None => Check::bad(name, format!("none of {} in {shown} can be read", all.len()), remedy),
            Some(newest) => {
                let at = newest.created_at;
                let when = jiff::Timestamp::from_microsecond(at).unwrap_or_default();
                let found = format!("{} in {shown}, the newest of {when}", all.len());
                if now.saturating_sub(at) > OLD { Check::bad(name, found, remedy) } else { Check::good(name, found) }
            }
        },
    }
}

/// Copies from before an upgrade, and halves of such: they take as much room as the database.
fn leftovers(database: &Path) -> Option<Check> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let start = format!("{}.before-", database.file_stem()?.to_string_lossy());
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut left: Vec<String> = names.filter(|name| name.starts_with(&start)).collect();
    left.sort_unstable();
    let shown = left.join(", ");
    if left.iter().any(|name| name.ends_with(".partial")) {
        let remedy = "no upgrade is running? then remove the .partial files";
        return Some(Check::bad("copies from before upgrades", shown, remedy));
    }
    (!left.is_empty())
        .then(|| Check::good("copies from before upgrades", format!("{shown}; no longer needed? remove them")))
}

fn folders(config: &Config) -> Vec<Check> {
    let folder = config.data_dir();
    vec![writable("data folder", &folder, "set TAKEHOLD_DATA_DIR"), space(&folder)]
}

fn one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn database(db: &Db) -> Check {
    let name = "database";
    let engine = match db.location() {
        Location::Sqlite(path) => format!("SQLite file {}", path.display()),
        Location::Postgres(_) => "PostgreSQL answers".to_owned(),
    };
    match db.read_blocking(super::database_bytes) {
        Ok(size) => Check::good(name, format!("{engine}, {} MB", size >> 20)),
        Err(error) => Check::bad(name, one_line(&error), "check TAKEHOLD_DATABASE__URL and that the database runs"),
    }
}

fn schema(db: &Db) -> Check {
    let name = "schema";
    match migrate::pending(db) {
        Ok(0) => Check::good(name, "up to date"),
        Ok(n) => Check::bad(name, format!("{n} migrations are missing"), "run `takehold migrate`, or start the server"),
        Err(error) => Check::bad(name, one_line(&error), "start the takehold version that made this schema"),
    }
}

/// PostgreSQL looks after its own pages.
fn integrity(db: &Db, depth: Depth) -> Check {
    let name = "database file";
    let remedy = "stop the server and restore it from a backup: takehold restore FILE";
    let look = |conn: &mut DbConn| -> Result<Check, DbError> {
        let size = super::database_bytes(conn)?;
        let DbConn::Sqlite(sqlite) = conn else { return Ok(Check::good(name, "PostgreSQL checks its own pages")) };
        if depth == Depth::Quick && size > QUICKLY_READ {
            return Ok(Check::good(name, "large: `takehold doctor` reads it through"));
        }
        let Location::Sqlite(path) = db.location() else { return Ok(Check::good(name, "undamaged")) };
        quick_check(sqlite, path).map(|()| Check::good(name, "undamaged"))
    };
    db.read_blocking(look).unwrap_or_else(|error| Check::bad(name, one_line(&error), remedy))
}

fn secret_key(config: &Config, db: &Db) -> Check {
    let name = "secret key";
    let file = config.data_dir().join("secret.key");
    let remedy = "set TAKEHOLD_SERVER__SECRET_KEY_FILE to a file with what `openssl rand -hex 32` prints";
    let (key, place) = match (&config.server.secret_key, db.location()) {
        (Some(text), _) => (SecretKey::parse(text), "configured".to_owned()),
        (None, Location::Postgres(_)) => return Check::bad(name, "missing, and needed with PostgreSQL", remedy),
        (None, Location::Sqlite(_)) if !file.exists() => {
            return match db.read_blocking(key::stored) {
                Ok(Some(_)) => Check::bad(name, format!("{} is gone", file.display()), key::REMEDY),
                _ => Check::good(name, "is made at the first start"),
            };
        }
        (None, Location::Sqlite(_)) => (SecretKey::read_or_make(&file), format!("in {}", file.display())),
    };
    match key {
        Err(error) => Check::bad(name, error.to_string(), remedy),
        Ok(key) => match db.read_blocking(key::stored) {
            Ok(Some(stored))
                if stored != key::trace(&key) && previous(config).is_some_and(|p| stored == key::trace(&p)) =>
            {
                Check::bad(name, key::UNFINISHED, key::FINISH)
            }
            Ok(Some(stored)) if stored != key::trace(&key) => {
                Check::bad(name, format!("{place}, but not the one that the database was made with"), key::REMEDY)
            }
            // Without a schema there is no trace yet.
            _ => Check::good(name, place),
        },
    }
}

/// The key before, while it is being replaced.
fn previous(config: &Config) -> Option<SecretKey> {
    SecretKey::parse(config.server.previous_secret_key.as_deref()?).ok()
}

/// Opens everything that is sealed.
fn secrets(config: &Config, db: &Db, sealed: &[Sealed]) -> Check {
    let name = "sealed secrets";
    let file = config.data_dir().join("secret.key");
    let key = match &config.server.secret_key {
        Some(text) => SecretKey::parse(text).ok(),
        None => std::fs::read_to_string(file).ok().and_then(|text| SecretKey::parse(&text).ok()),
    };
    // That the key is missing was told already.
    let Some(key) = key else { return Check::good(name, "none can be opened without the secret key") };
    let vault = Vault::new(key).with_previous(previous(config));
    match db.read_blocking(|conn| try_all(conn, &vault, sealed)) {
        Ok((opened, broken)) if broken.is_empty() => Check::good(name, format!("{opened} open")),
        Ok((opened, broken)) => {
            let first = broken.first().map(String::as_str).unwrap_or_default();
            Check::bad(name, format!("{opened} open, {} do not: {first}", broken.len()), key::REMEDY)
        }
        // Without a schema, or with an older one, there are none.
        Err(VaultError::Db(_)) => Check::good(name, "none yet"),
        Err(error) => Check::bad(name, one_line(&error), key::REMEDY),
    }
}

#[derive(QueryableByName)]
struct Instant {
    #[diesel(sql_type = BigInt)]
    now: i64,
}

/// A clock that stands wrong puts events on wrong days, and sessions and jobs out of order.
fn clock(db: &Db, now: i64) -> Check {
    let name = "clock";
    let remedy = "set the machine's clock, and keep it right with a time service such as chrony";
    let shown = jiff::Timestamp::from_microsecond(now).unwrap_or_default();
    if now < NOT_BEFORE {
        return Check::bad(name, format!("{shown} lies in the past"), remedy);
    }
    let compare = |conn: &mut DbConn| -> Result<Option<String>, DbError> {
        if let DbConn::Postgres(pg) = conn {
            let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now";
            let theirs: Instant = diesel::sql_query(sql).get_result(pg)?;
            let apart = now.saturating_sub(theirs.now).saturating_abs();
            if apart > TOLERANCE {
                return Ok(Some(format!("{shown}, {} s away from the database's clock", apart / 1_000_000)));
            }
        }
        let newest: Option<i64> = event_blocks::table
            .order(event_blocks::id.desc())
            .select(event_blocks::received_at)
            .first(conn)
            .optional()?;
        let behind = newest.map_or(0, |newest| newest.saturating_sub(now));
        Ok((behind > TOLERANCE).then(|| format!("{shown}, {} s before the newest event came in", behind / 1_000_000)))
    };
    match db.read_blocking(compare) {
        Ok(Some(found)) => Check::bad(name, found, remedy),
        _ => Check::good(name, shown.to_string()),
    }
}

/// Whether files can be made in a folder.
pub(super) fn writable(name: &'static str, folder: &Path, setting: &str) -> Check {
    let probe = folder.join(format!(".takehold-doctor-{}", std::process::id()));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"x"));
    // A probe that was never written cannot be removed, and that is well.
    drop(std::fs::remove_file(&probe));
    let shown = folder.display();
    match written {
        Ok(()) => Check::good(name, format!("{shown} is writable")),
        Err(e) => {
            let remedy = match e.kind() {
                ErrorKind::StorageFull => format!("make room, or {setting}"),
                ErrorKind::ReadOnlyFilesystem => format!("mount it writable, or {setting}"),
                _ => format!("give it to the user that runs takehold, or {setting}"),
            };
            Check::bad(name, format!("{shown}: {e}"), remedy)
        }
    }
}

fn space(folder: &Path) -> Check {
    let name = "disk space";
    match Disk::of(folder) {
        None => Check::bad(name, format!("{} is not there", folder.display()), "make it, or set TAKEHOLD_DATA_DIR"),
        Some(disk) => {
            let found = format!("{} MB of {} MB free at {}", disk.free >> 20, disk.total >> 20, folder.display());
            if disk.free < LITTLE_SPACE {
                Check::bad(name, found, "make room, or move the data folder")
            } else {
                Check::good(name, found)
            }
        }
    }
}
