//! `takehold restore`: puts a backup in the place of the database.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::admin::note_after;
use super::backup::{progress, watched};
use super::{Failure, print_line};
use crate::app::{known_key, previous_key};
use crate::backup::{self, Contents, Identities, Present, Source};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Alone, Db, Location};
use crate::health::forget_key;

#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The backup.
    #[arg(value_name = "SRC")]
    from: PathBuf,
    /// Replace what the database holds without asking.
    #[arg(long)]
    yes: bool,
    /// The age identity that opens an encrypted backup. Default: backup.identity_file.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Only read the backup through and say what it holds.
    #[arg(long)]
    check: bool,
    /// Restore though the secret key of the installation that was backed up is lost.
    #[arg(long)]
    new_secret_key: bool,
}

pub(super) fn run(verb: &Restore, config: &Config) -> Result<ExitCode, Failure> {
    let source = Source::open(&verb.from)?;
    let identities = match verb.identity.as_ref().or(config.backup.identity_file.as_ref()) {
        Some(file) => Identities::read(file)?,
        None => Identities::default(),
    };
    let bar = progress("reading");
    let contents = backup::verify(&source, &identities, &mut *watched(&bar))?;
    bar.finish_and_clear();
    if verb.check {
        describe_source(&source, contents.as_ref());
        print_line(match contents {
            Some(_) => "it is whole and can be restored",
            None => "its bytes are whole; with --identity its rows are read too",
        });
        return Ok(ExitCode::SUCCESS);
    }
    let contents = contents.ok_or_else(|| {
        Failure::Input(format!(
            "{} is encrypted: name the file of your age identity with --identity or backup.identity_file",
            verb.from.display()
        ))
    })?;
    check_key(verb, config, &source)?;
    let location = Location::parse(&config.database_url())?;
    let alone = Alone::take(&location)?;
    let present = backup::look(&location)?;
    describe_source(&source, Some(&contents));
    describe_present(&location, &present);
    if !matches!(present, Present::Nothing) && !verb.yes && !agreed()? {
        return Err(Failure::Input("nothing was replaced".into()));
    }
    let bar = progress("restoring");
    let restored = backup::restore(&source, &identities, (&location, &alone), &mut *watched(&bar))?;
    bar.finish_and_clear();
    drop(alone);
    let db = Db::open(&config.database_url())?;
    if verb.new_secret_key {
        db.write_blocking(forget_key)?;
    }
    let name = verb.from.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let detail = json!({ "taken_at": instant(source.header.created_at), "schema": source.header.schema });
    note_after(&db, ("backup.restored", None), &name, detail, Clock::system().now());
    print_line(&format!("restored {} rows, and read them back", restored.contents.rows()));
    if let Some(kept) = restored.set_aside {
        print_line(&format!("the database that could not be read is kept as {}", kept.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// What was made under another key would not fit any more: nobody loses that by an oversight.
fn check_key(verb: &Restore, config: &Config, source: &Source) -> Result<(), Failure> {
    let known = known_key(config)?;
    let ours = known.as_ref().map(backup::key_check);
    let before = previous_key(config)?.as_ref().map(backup::key_check);
    let fits = |theirs: &&String| ours.as_ref() == Some(*theirs) || before.as_ref() == Some(*theirs);
    let Some(theirs) = source.header.key_check.as_ref().filter(|theirs| !fits(theirs)) else {
        return Ok(());
    };
    if verb.new_secret_key {
        tracing::warn!(backup = theirs, "restoring under another secret key");
        return Ok(());
    }
    let what = if known.is_some() {
        "was made under another secret key"
    } else {
        "needs its secret key, and there is none here"
    };
    Err(Failure::Input(format!(
        "{} {what}: give the key of the installation that was backed up (its file secret.key, or \
         TAKEHOLD_SERVER__SECRET_KEY), or add --new-secret-key if that key is lost",
        verb.from.display()
    )))
}

fn describe_source(source: &Source, contents: Option<&Contents>) {
    let header = &source.header;
    print_line(&format!(
        "{}: a backup of {}, made by takehold {} from {}, schema {}{}",
        source.path.display(),
        instant(header.created_at),
        header.version,
        header.engine,
        header.schema,
        if header.encrypted { ", encrypted" } else { "" }
    ));
    if let Some(contents) = contents {
        describe(contents);
    }
}

fn describe_present(location: &Location, present: &Present) {
    let place = match location {
        Location::Sqlite(path) => format!("the SQLite database {}", path.display()),
        // The URL may hold a password.
        Location::Postgres(_) => "the PostgreSQL database of database.url".into(),
    };
    match present {
        Present::Nothing => print_line(&format!("It goes into {place}, which is empty.")),
        Present::Rows(contents) => {
            print_line(&format!("It REPLACES everything in {place}:"));
            describe(contents);
        }
        Present::Newer(schema) => {
            print_line(&format!("It REPLACES everything in {place}, which a newer takehold made (schema {schema})."));
        }
        Present::Unreadable(why) => {
            print_line(&format!("It takes the place of {place}, which cannot be read ({why}) and is set aside."));
        }
    }
}

fn describe(contents: &Contents) {
    print_line(&format!("  {} rows in {} tables", contents.rows(), contents.tables.len()));
    for holding in contents.workspaces.values() {
        let newest = holding.newest_at.map(|at| format!(", the newest of {}", instant(at))).unwrap_or_default();
        print_line(&format!("  workspace {}: {} events{newest}", holding.slug, holding.events));
    }
}

fn instant(at: i64) -> String {
    match jiff::Timestamp::from_microsecond(at) {
        Ok(instant) => instant.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => "an unknown time".into(),
    }
}

/// Asks on a terminal; elsewhere nobody can answer.
fn agreed() -> Result<bool, Failure> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(Failure::Input("nobody can be asked here: add --yes to replace what the database holds".into()));
    }
    let mut out = std::io::stderr().lock();
    drop(write!(out, "Type yes to replace it: ").and_then(|()| out.flush()));
    let mut line = String::new();
    input.lock().read_line(&mut line).map_err(|e| Failure::Input(format!("standard input: {e}")))?;
    Ok(line.trim().eq_ignore_ascii_case("yes"))
}
