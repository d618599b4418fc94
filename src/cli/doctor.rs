//! `takehold doctor`: looks for what would keep the appliance from working.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Failure, print_line};
use crate::config::Config;
use crate::crypto::SecretKey;
use crate::db::{Db, Location, migrate};

/// Less free space than this will soon stop events from being stored.
const LITTLE_SPACE: u64 = 1 << 30;

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// One look at one thing.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Check {
    fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, ok: true, found: found.into(), remedy: None }
    }

    fn bad(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, ok: false, found: found.into(), remedy: Some(remedy.into()) }
    }
}

#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    ok: bool,
    checks: Vec<Check>,
}

pub(super) fn run(verb: &Doctor, config: &Config) -> Result<ExitCode, Failure> {
    let checks = look(config);
    let ok = checks.iter().all(|check| check.ok);
    if verb.json {
        let report = Report { version: env!("CARGO_PKG_VERSION"), ok, checks };
        print_line(&serde_json::to_string_pretty(&report).unwrap_or_default());
    } else {
        for check in &checks {
            let remedy = check.remedy.as_deref().map(|remedy| format!(" — {remedy}")).unwrap_or_default();
            print_line(&format!("{} {}: {}{remedy}", if check.ok { "ok  " } else { "FAIL" }, check.name, check.found));
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn look(config: &Config) -> Vec<Check> {
    let mut checks = Vec::new();
    match Db::open(&config.database_url()) {
        Ok(db) => {
            let engine = match db.location() {
                Location::Sqlite(path) => format!("SQLite file {}", path.display()),
                Location::Postgres(_) => "PostgreSQL answers".to_owned(),
            };
            checks.push(Check::good("database", engine));
            checks.push(schema(&db));
            checks.push(secret_key(config, db.location()));
        }
        Err(error) => checks.push(Check::bad(
            "database",
            error.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
            "check TAKEHOLD_DATABASE__URL and that the database runs",
        )),
    }
    let folder = config.data_dir();
    checks.push(writable(&folder));
    checks.push(space(&folder));
    checks
}

fn schema(db: &Db) -> Check {
    match migrate::pending(db) {
        Ok(0) => Check::good("schema", "up to date"),
        Ok(n) => {
            Check::bad("schema", format!("{n} migrations are missing"), "run `takehold migrate`, or start the server")
        }
        Err(error) => Check::bad("schema", error.to_string(), "start the takehold version that made this schema"),
    }
}

fn secret_key(config: &Config, location: &Location) -> Check {
    let name = "secret key";
    let file = config.data_dir().join("secret.key");
    let remedy = "set TAKEHOLD_SERVER__SECRET_KEY_FILE to a file with what `openssl rand -hex 32` prints";
    match (&config.server.secret_key, location) {
        (Some(text), _) => match SecretKey::parse(text) {
            Ok(_) => Check::good(name, "configured"),
            Err(error) => Check::bad(name, error.to_string(), remedy),
        },
        (None, Location::Postgres(_)) => Check::bad(name, "missing, and needed with PostgreSQL", remedy),
        (None, Location::Sqlite(_)) if !file.exists() => Check::good(name, "is made at the first start"),
        (None, Location::Sqlite(_)) => match SecretKey::read_or_make(&file) {
            Ok(_) => Check::good(name, format!("in {}", file.display())),
            Err(error) => Check::bad(name, error.to_string(), "restore the file from a backup"),
        },
    }
}

fn writable(folder: &Path) -> Check {
    let probe = folder.join(format!(".takehold-doctor-{}", std::process::id()));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"x"));
    // A probe that was never written cannot be removed, and that is well.
    drop(std::fs::remove_file(&probe));
    let shown = folder.display();
    match written {
        Ok(()) => Check::good("data folder", format!("{shown} is writable")),
        Err(e) => Check::bad(
            "data folder",
            format!("{shown}: {e}"),
            "give it to the user that runs takehold, or set TAKEHOLD_DATA_DIR",
        ),
    }
}

fn space(folder: &Path) -> Check {
    let name = "disk space";
    match rustix::fs::statvfs(folder) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let found = format!("{} MB free at {}", free >> 20, folder.display());
            if free < LITTLE_SPACE {
                Check::bad(name, found, "make room, or move the data folder")
            } else {
                Check::good(name, found)
            }
        }
        Err(e) => Check::bad(name, format!("{}: {e}", folder.display()), "make the folder, or set TAKEHOLD_DATA_DIR"),
    }
}
