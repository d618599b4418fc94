//! What a job is, and how it ends.

use std::time::Duration;

use crate::auth::Workspace;
use crate::clock::Clock;
use crate::db::{Db, DbError};

use super::Run;

/// Something that the installation does by itself, again and again.
///
/// A run may be repeated after a crash: a job finds out itself what is done already.
pub trait Job: Send + Sync {
    /// What it is; asked once, when the process starts.
    fn about(&self) -> About;

    /// Does it, on a thread that may block. The text says in one sentence what was done.
    ///
    /// Long work calls [`Run::check`] every second or so, and writes by [`Run::write`] only.
    fn run(&self, run: &Run) -> Result<String, JobError>;

    /// Whether there is anything to do. Asked at each turn of [`Schedule::Every`], so that idling costs no writes.
    fn is_needed(&self, _look: &Look<'_>) -> Result<bool, DbError> {
        Ok(true)
    }
}

/// What [`Job::is_needed`] may look at.
pub struct Look<'a> {
    /// The store.
    pub db: &'a Db,
    /// The time.
    pub clock: &'a Clock,
    /// The workspace, for jobs that run once for each.
    pub workspace: Option<&'a Workspace>,
}

/// What a job is.
#[derive(Clone, Debug)]
pub struct About {
    /// As the command line and the API call it.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// What it does, in one sentence.
    pub what: &'static str,
    /// When it runs.
    pub schedule: Schedule,
    /// For what it runs.
    pub scope: Scope,
    /// After this time a run is stopped, and counts as failed.
    pub timeout: Duration,
    /// How often a run is tried in all. A turn of [`Schedule::Every`] is tried once: the next one follows anyway.
    pub attempts: u32,
    /// What becomes of a fire time that passed while no process led.
    pub misfire: Misfire,
    /// Jobs that are run before it, so that it finds their results up to date.
    pub builds_on: &'static [&'static str],
    /// Whether it can work as of a past day: see [`Run::as_of`].
    pub takes_day: bool,
}

/// When a job runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// By the calendar: five fields of cron. In the workspace's zone, or UTC for the installation.
    Cron(String),
    /// Continuously, with this pause; of its runs only the last and the failed are kept.
    Every(Duration),
    /// When somebody asks.
    ByHand,
}

/// For what a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Once for the installation.
    Installation,
    /// Once for each workspace.
    Workspace,
}

impl Scope {
    /// As clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Installation => "installation",
            Self::Workspace => "workspace",
        }
    }
}

/// What becomes of a fire time that passed while no process led, or while the run before was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfire {
    /// The latest one is made up for; earlier ones are dropped.
    RunLatest,
    /// It is written down as skipped.
    Skip,
}

/// How a run fails.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may work the next time; the text says what went wrong.
    #[error("{0}")]
    Retry(String),
    /// It will not work the next time either; the text says what must be changed.
    #[error("{0}")]
    GiveUp(String),
    /// It was told to stop, or another process has taken over: [`Run::check`] and [`Run::write`] say so.
    #[error("it was stopped")]
    Stopped,
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Setup(text) => Self::GiveUp(text),
            other => Self::Retry(other.to_string()),
        }
    }
}

impl From<diesel::result::Error> for JobError {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Waits for its time, or for a process.
    Queued,
    /// At work.
    Running,
    /// Done.
    Succeeded,
    /// Given up; its message says why.
    Failed,
    /// Its time passed, and it was not made up for.
    Skipped,
}

impl State {
    const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Skipped];

    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How quickly things happen; tests hurry.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a process that died keeps others waiting.
    pub lease: Duration,
    /// How often a lease is renewed.
    pub renew: Duration,
    /// How often the leader looks for work, at least.
    pub tick: Duration,
    /// How long a run that is told to stop may go on.
    pub grace: Duration,
    /// The wait before the second attempt; it doubles with each.
    pub backoff: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(10),
            renew: Duration::from_secs(3),
            tick: Duration::from_secs(2),
            grace: Duration::from_secs(10),
            backoff: Duration::from_secs(10),
        }
    }
}

impl Pace {
    /// No wait between attempts is longer.
    const LONGEST: Duration = Duration::from_secs(15 * 60);

    /// The wait after an attempt that failed, the first being 1.
    pub(super) fn backoff_after(&self, attempt: u32) -> Duration {
        let doubled = 2u32.saturating_pow(attempt.saturating_sub(1));
        self.backoff.saturating_mul(doubled).min(Self::LONGEST)
    }
}

/// A length of time as the database counts it.
pub(super) fn microseconds(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

/// The number of a calendar day: days since 1970.
pub fn day_number(date: jiff::civil::Date) -> i32 {
    (date - jiff::civil::Date::constant(1970, 1, 1)).get_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_between_attempts_double_and_end() {
        let pace = Pace::default();
        let waits: Vec<u64> = [1, 2, 3, 8, 40, u32::MAX].iter().map(|n| pace.backoff_after(*n).as_secs()).collect();
        assert_eq!(waits, [10, 20, 40, 900, 900, 900]);
    }
}
