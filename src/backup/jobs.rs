//! The jobs that take backups and try them out.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::file::Source;
use super::keys::{Identities, Recipients};
use super::take::{Asked, take};
use super::{BackupError, drill, folder, verify};
use crate::config::BackupConfig;
use crate::crypto::SecretKey;
use crate::jobs::{About, Job, JobError, Misfire, Run, Schedule, Scope};

/// Name of the job that takes backups.
pub const BACKUP: &str = "backup";
/// Name of the job that restores the newest one aside.
pub const DRILL: &str = "restore-drill";
/// Time between two looks whether to go on.
const LOOK: Duration = Duration::from_secs(1);
const NO_FOLDER: &str = "there is no folder for backups: set backup.folder in the configuration";

/// `backup`: takes a backup and removes the oldest.
pub struct Backup {
    folder: Option<PathBuf>,
    config: BackupConfig,
    key: Option<SecretKey>,
}

impl Backup {
    /// Into this folder; without one the job only says what is missing.
    pub fn new(folder: Option<PathBuf>, config: &BackupConfig, key: Option<SecretKey>) -> Self {
        Self { folder, config: config.clone(), key }
    }
}

/// By the clock when there is a folder, else by hand.
fn schedule(folder: Option<&PathBuf>, cron: &str) -> Schedule {
    folder.map_or(Schedule::ByHand, |_| Schedule::Cron(cron.to_owned()))
}

impl Job for Backup {
    fn about(&self) -> About {
        About {
            name: BACKUP,
            title: "Backup",
            what: "Writes everything to one file, reads it back, and removes the oldest backups.",
            schedule: schedule(self.folder.as_ref(), &self.config.schedule),
            scope: Scope::Installation,
            timeout: Duration::from_secs(6 * 60 * 60),
            attempts: 3,
            misfire: Misfire::RunLatest,
            builds_on: &[],
            takes_day: false,
        }
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        let folder = made(self.folder.as_deref())?;
        let recipients = Recipients::parse(&self.config.encrypt_to).map_err(failed)?;
        let asked = Asked { to: folder, now: run.clock.now(), key: self.key.as_ref(), recipients: &recipients };
        let taken = watched(run, |watch| take(&run.db, &asked, watch))?;
        let removed = folder::prune(folder, self.config.keep).map_err(failed)?;
        Ok(format!(
            "{}: {} rows, {} bytes, read back whole; {removed} old backups removed",
            taken.path.file_name().unwrap_or_default().to_string_lossy(),
            taken.contents.rows(),
            taken.bytes
        ))
    }
}

/// `restore-drill`: restores the newest backup aside.
pub struct Drill {
    folder: Option<PathBuf>,
    config: BackupConfig,
}

impl Drill {
    /// From this folder.
    pub fn new(folder: Option<PathBuf>, config: &BackupConfig) -> Self {
        Self { folder, config: config.clone() }
    }
}

impl Job for Drill {
    fn about(&self) -> About {
        About {
            name: DRILL,
            title: "Restore drill",
            what: "Restores the newest backup into a temporary database, reads every row back and compares.",
            schedule: schedule(self.folder.as_ref(), &self.config.drill_schedule),
            scope: Scope::Installation,
            timeout: Duration::from_secs(6 * 60 * 60),
            attempts: 2,
            misfire: Misfire::RunLatest,
            // No [`BACKUP`] before: what is tried is the backup that would be used.
            builds_on: &[],
            takes_day: false,
        }
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        let folder = made(self.folder.as_deref())?;
        let Some(newest) = folder::newest(folder).map_err(failed)? else {
            return Err(JobError::GiveUp(format!("there is no backup in {} to try", folder.display())));
        };
        let name = newest.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = Source::open(&newest).map_err(failed)?;
        let identities = match &self.config.identity_file {
            Some(file) => Identities::read(file).map_err(failed)?,
            None => Identities::default(),
        };
        if source.header.encrypted && identities.is_empty() {
            watched(run, |watch| verify(&source, &identities, watch))?;
            return Ok(format!(
                "{name}: the bytes are whole; with backup.identity_file set, it would be restored aside too"
            ));
        }
        let contents = watched(run, |watch| drill(&source, &identities, folder, watch))?;
        Ok(format!("{name}: {} rows restored aside and read back", contents.rows()))
    }
}

/// The folder, which is made when it is missing.
fn made(folder: Option<&Path>) -> Result<&Path, JobError> {
    let folder = folder.ok_or_else(|| JobError::GiveUp(NO_FOLDER.into()))?;
    std::fs::create_dir_all(folder)
        .map_err(|e| JobError::Retry(format!("cannot make the backup folder {}: {e}", folder.display())))?;
    Ok(folder)
}

/// Tells the run how far the work is, and the work when the run is to stop.
fn watched<T>(run: &Run, work: impl FnOnce(&mut super::Watch<'_>) -> Result<T, BackupError>) -> Result<T, JobError> {
    let (mut stop, mut looked) = (None, Instant::now());
    let outcome = work(&mut |done, total| {
        run.progress(done, total);
        if looked.elapsed() >= LOOK {
            looked = Instant::now();
            if let Err(error) = run.check() {
                stop = Some(error);
                return Err(BackupError::Stopped);
            }
        }
        Ok(())
    });
    outcome.map_err(|error| stop.unwrap_or_else(|| failed(error)))
}

/// A folder may come back and a disk be cleared: most failures are worth another attempt.
fn failed(error: BackupError) -> JobError {
    match error {
        BackupError::Input(text) => JobError::Retry(text),
        BackupError::Store(error) => error.into(),
        BackupError::Stopped => JobError::Stopped,
    }
}
