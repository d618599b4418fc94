//! `takehold backup`: writes everything to one file, while the server runs.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use serde_json::json;

use super::admin::note_after;
use super::{Failure, print_line};
use crate::app::known_key;
use crate::backup::{self, Asked, BackupError, Recipients, Watch};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Location};

#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// A folder, in which the backup gets a dated name, or a file that is not there yet. Default: backup.folder.
    #[arg(value_name = "DEST")]
    to: Option<PathBuf>,
    /// Copy the SQLite database as it is instead; the copy moves to no other engine.
    #[arg(long, conflicts_with = "encrypt_to")]
    sqlite: bool,
    /// Encrypt for this age recipient; can be given several times. Default: backup.encrypt_to.
    #[arg(long, value_name = "RECIPIENT")]
    encrypt_to: Vec<String>,
}

pub(super) fn run(verb: &Backup, config: &Config) -> Result<ExitCode, Failure> {
    let clock = Clock::system();
    let to = destination(verb, config)?;
    let texts = if verb.encrypt_to.is_empty() { &config.backup.encrypt_to } else { &verb.encrypt_to };
    let recipients = Recipients::parse(texts)?;
    let location = Location::parse(&config.database_url())?;
    if let Location::Sqlite(path) = &location
        && !path.exists()
    {
        return Err(Failure::Input(format!(
            "there is no database {}: name the one to back up with TAKEHOLD_DATABASE__URL",
            path.display()
        )));
    }
    // The schema stays as it is: a backup before an upgrade is taken by the new version too.
    let db = Db::open(&config.database_url())?;
    if verb.sqlite {
        let file = backup::copy_sqlite(&db, &to, clock.now())?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        note_after(&db, ("backup.taken", None), &name, json!({ "encrypted": false }), clock.now());
        print_line(&format!("{}: copied and checked", file.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let key = known_key(config)?;
    let asked = Asked { to: &to, now: clock.now(), key: key.as_ref(), recipients: &recipients };
    let bar = progress("writing");
    let taken = backup::take(&db, &asked, &mut *watched(&bar))?;
    bar.finish_and_clear();
    let name = taken.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let detail = json!({ "rows": taken.contents.rows(), "encrypted": !recipients.is_empty() });
    note_after(&db, ("backup.taken", None), &name, detail, clock.now());
    print_line(&format!(
        "{}: {} rows, {} bytes, read back whole{}",
        taken.path.display(),
        taken.contents.rows(),
        taken.bytes,
        if recipients.is_empty() { "" } else { "; encrypted" }
    ));
    Ok(ExitCode::SUCCESS)
}

/// Where the backup goes; the folder is made when it is the configured one, or when the name says that it is one.
fn destination(verb: &Backup, config: &Config) -> Result<PathBuf, Failure> {
    let configured = || {
        config.backup_folder().ok_or_else(|| {
            Failure::Input("name a folder or a file for the backup, or set backup.folder in the configuration".into())
        })
    };
    let (to, make) = match &verb.to {
        Some(to) => (to.clone(), to.to_string_lossy().ends_with('/')),
        None => (configured()?, true),
    };
    if make {
        std::fs::create_dir_all(&to)
            .map_err(|e| Failure::Input(format!("cannot make the folder {}: {e}", to.display())))?;
    }
    Ok(to)
}

/// A bar on a terminal; nothing elsewhere.
pub(super) fn progress(what: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}

/// Moves the bar.
pub(super) fn watched(bar: &ProgressBar) -> Box<Watch<'static>> {
    let bar = bar.clone();
    Box::new(move |done, total| {
        bar.set_length(total);
        bar.set_position(done);
        Ok::<(), BackupError>(())
    })
}
