//! `takehold import`: loads files of events.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use serde_json::json;

use super::admin::note_after;
use super::{Failure, print_line};
use crate::activity::fold;
use crate::app::{open_store, secret_key};
use crate::auth::workspaces;
use crate::clock::Clock;
use crate::config::Config;
use crate::connectors::access_log::AccessLog;
use crate::connectors::import::{self, Format, ImportError, Lines, Rows, Source, Tally, Target};

#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// Files, plain or packed by gzip or zstd; - for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Where the events go.
    #[arg(long, default_value = workspaces::DEFAULT, value_name = "SLUG")]
    workspace: String,
    /// What the lines are.
    #[arg(long, value_enum, default_value = "segment")]
    format: Format,
    /// The app of events that name none.
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    /// Where refused lines go, with the reason, as NDJSON.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Exit with 0 though lines were refused.
    #[arg(long)]
    allow_rejects: bool,
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::File(text) => Failure::Input(text),
            ImportError::Store(error) => error.into(),
        }
    }
}

/// Refused lines that are shown on standard error.
const SHOWN: u64 = 5;

pub(super) fn run(verb: &Import, config: &Config) -> Result<ExitCode, Failure> {
    // A misspelt name is told before anything is stored.
    for file in verb.files.iter().filter(|file| *file != "-") {
        std::fs::File::open(file).map_err(|e| Failure::Input(format!("cannot read {file}: {e}")))?;
    }
    let clock = Clock::system();
    let db = open_store(config, &clock)?;
    let workspace = db.read_blocking(|conn| workspaces::get(conn, &verb.workspace))?;
    let fold = || fold::fold(&db, workspace.id, &workspace.time_zone);
    let target = Target { db: &db, workspace: workspace.id, fold: &fold, app: verb.app.as_deref() };
    let mut rejects =
        verb.rejects.as_ref().map(std::fs::File::create).transpose().map_err(|e| {
            Failure::Input(format!("cannot write the rejects file: {e}; choose another with --rejects"))
        })?;
    // Addresses of a log must not be found again by trying them all: their hash takes in the secret key.
    let salt = match verb.format {
        Format::Combined => secret_key(config, &db)?.mac("access-log", workspace.slug.as_bytes()).to_vec(),
        Format::Segment | Format::Csv => Vec::new(),
    };
    let mut sum = Tally::default();
    for file in &verb.files {
        let tally = one(verb, file, &target, &clock, &salt, rejects.as_mut())?;
        sum.accepted += tally.accepted;
        sum.duplicate += tally.duplicate;
        sum.rejected += tally.rejected;
    }
    let detail = json!({ "accepted": sum.accepted, "duplicate": sum.duplicate, "rejected": sum.rejected });
    let what = format!("{} files", verb.files.len());
    note_after(&db, ("events.imported", Some(workspace.id)), &what, detail, clock.now());
    print_line(&format!("accepted {}, duplicate {}, rejected {}", sum.accepted, sum.duplicate, sum.rejected));
    Ok(if sum.rejected == 0 || verb.allow_rejects { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn one(
    verb: &Import,
    file: &str,
    target: &Target<'_>,
    clock: &Clock,
    salt: &[u8],
    mut rejects: Option<&mut std::fs::File>,
) -> Result<Tally, Failure> {
    let read = Arc::new(AtomicU64::new(0));
    let bar = progress(file);
    let input = import::open(file, {
        let (read, bar) = (read.clone(), bar.clone());
        move |bytes| bar.set_position(read.fetch_add(bytes, Ordering::Relaxed) + bytes)
    })?;
    let mut shown = 0u64;
    let mut refuse = |refused: &import::Refused<'_>| {
        shown += 1;
        if shown <= SHOWN {
            bar.suspend(|| {
                let mut err = std::io::stderr().lock();
                drop(writeln!(err, "{file}:{}: {}", refused.line, refused.rejection.message));
            });
        }
        rejects.as_mut().map_or(Ok(()), |out| import::write_refused(out, file, refused))
    };
    let mut source: Box<dyn Source> = match verb.format {
        Format::Segment => Box::new(Lines::new(input, None)),
        Format::Combined => Box::new(Lines::new(input, Some(AccessLog::new(target.app, salt)))),
        Format::Csv => {
            Box::new(Rows::open(input, target.app).map_err(|error| Failure::Input(format!("{file}: {error}")))?)
        }
    };
    let tally = import::import(target, &mut *source, clock, &mut refuse).map_err(|error| match error {
        ImportError::File(text) => ImportError::File(format!("{file}: {text}")),
        error @ ImportError::Store(_) => error,
    })?;
    bar.finish_and_clear();
    Ok(tally)
}

/// A bar over the bytes of a file on a terminal; nothing elsewhere.
fn progress(file: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let size = std::fs::metadata(file).map(|meta| meta.len()).ok();
    let bar = size.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let style = "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.set_message(file.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
