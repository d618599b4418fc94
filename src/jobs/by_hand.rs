//! Runs a job in the process that asks for it, or leaves it to the leader.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::auth::Workspace;
use crate::db::{DbConn, DbError, time};

use super::lease::{self, Keeper};
use super::model::{JobError, Scope, State};
use super::queries::{self, COMMAND_LINE, Ending, INSTALLATION, NewRun, RunRow, Which};
use super::run::Watch;
use super::work::Attempt;
use super::{Entry, Jobs};

/// How often is looked whether another process has ended its run of the same job.
const LOOK: Duration = Duration::from_millis(200);

/// A run that was asked for by hand and went well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// What was done.
    pub message: String,
}

/// Why a job is not run by hand, or how it failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no such job; the text lists those that there are.
    #[error("{0}")]
    Unknown(String),
    /// The job cannot be run so.
    #[error("{message}")]
    Wrong {
        /// What does not fit: `workspace` or `on`.
        field: &'static str,
        /// Why, and what would be right.
        message: String,
    },
    /// It waits or is at work already.
    #[error("{0}")]
    Open(String),
    /// It failed.
    #[error("{0}")]
    Failed(String),
    /// The store failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Jobs {
    /// Runs a job once and now, in this thread, after what it builds on. Waits while another process runs it.
    pub fn run_now(
        &self,
        name: &str,
        workspace: Option<Workspace>,
        as_of: Option<i32>,
        watch: &Arc<Watch>,
    ) -> Result<Finished, RunError> {
        let entry = self.may_run(name, workspace.as_ref(), as_of)?;
        let broken = |e: std::io::Error| RunError::Failed(format!("the thread that renews leases did not start: {e}"));
        let keeper = Keeper::start(self.0.db.clone(), self.0.pace).map_err(broken)?;
        let ending = self.run_here(&keeper, entry, workspace, as_of, COMMAND_LINE, watch);
        let ending = ending.map_err(|error| RunError::Failed(error.to_string()))?;
        let message = ending.message.unwrap_or_default();
        if ending.state == State::Succeeded { Ok(Finished { message }) } else { Err(RunError::Failed(message)) }
    }

    /// Asks the leader to run a job as soon as it can.
    pub fn ask(
        &self,
        conn: &mut DbConn,
        name: &str,
        workspace: Option<&Workspace>,
        as_of: Option<i32>,
        asked_by: &str,
    ) -> Result<RunRow, RunError> {
        let entry = self.may_run(name, workspace, as_of)?;
        let workspace_id = workspace.map_or(INSTALLATION, |workspace| workspace.id);
        let which = Which { workspace_id: Some(workspace_id), ..Which::default() };
        for state in [State::Running, State::Queued] {
            let which = Which { state: Some(state.as_str()), ..which.clone() };
            if let Some(row) = queries::list(conn, name, &which, 1)?.pop() {
                let how = if state == State::Running { "is running" } else { "is waiting to run" };
                return Err(RunError::Open(format!("The job {name} {how} already, as run {}.", row.id)));
            }
        }
        let new = NewRun {
            job: entry.about.name,
            workspace_id,
            fire_at: time::now(conn)?,
            as_of,
            asked_by: Some(asked_by),
            state: State::Queued,
            message: None,
        };
        let id = queries::insert(conn, &new)?;
        let row = id.map(|id| queries::find(conn, id)).transpose()?.flatten();
        row.ok_or_else(|| RunError::Open(format!("The job {name} was asked for at the same instant.")))
    }

    fn may_run(&self, name: &str, workspace: Option<&Workspace>, as_of: Option<i32>) -> Result<&Entry, RunError> {
        let entry = self.entry(name).ok_or_else(|| {
            RunError::Unknown(format!("there is no job {name:?}; there are {}", self.names().join(", ")))
        })?;
        let wrong = |field, message| Err(RunError::Wrong { field, message });
        match (entry.about.scope, workspace) {
            (Scope::Installation, Some(_)) => {
                wrong("workspace", format!("the job {name} is for the whole installation; leave the workspace out"))
            }
            (Scope::Workspace, None) => wrong("workspace", format!("the job {name} runs for one workspace; name it")),
            _ if as_of.is_some() && !entry.about.takes_day => {
                wrong("on", format!("the job {name} looks at no day; leave the day out"))
            }
            _ if as_of.is_some_and(|day| day > self.last_day()) => {
                wrong("on", "is a day to come; give a past day, or leave it out".into())
            }
            _ => Ok(entry),
        }
    }

    /// Today where the day begins first.
    fn last_day(&self) -> i32 {
        const HOUR: i64 = 3_600_000_000;
        let furthest = self.0.clock.now().saturating_add(14 * HOUR);
        i32::try_from(furthest.div_euclid(24 * HOUR)).unwrap_or(i32::MAX)
    }

    /// Runs a job once in this thread, as soon as nobody else runs it.
    pub(super) fn run_here(
        &self,
        keeper: &Keeper,
        entry: &Entry,
        workspace: Option<Workspace>,
        as_of: Option<i32>,
        asked_by: &str,
        watch: &Arc<Watch>,
    ) -> Result<Ending, JobError> {
        let place = workspace.as_ref().map_or(INSTALLATION, |workspace| workspace.id);
        let until = Instant::now() + entry.about.timeout + self.0.pace.lease;
        let (row, lease) = loop {
            if watch.is_stopped() {
                return Err(JobError::Stopped);
            }
            if let Some(begun) = self.begin_here(entry, place, as_of, asked_by)? {
                break begun;
            }
            if Instant::now() > until {
                let name = entry.about.name;
                return Err(JobError::Retry(format!("another process has been running {name} for too long")));
            }
            std::thread::sleep(LOOK);
        };
        let held = keeper.hold(lease, Some((row.id, watch.clone())));
        let attempt = Attempt { row, held, watch: watch.clone(), workspace };
        let (ending, written) = self.carry_out(keeper, entry, attempt, 1);
        if written { Ok(ending) } else { Err(JobError::Retry("another process has taken the job over".into())) }
    }

    fn begin_here(
        &self,
        entry: &Entry,
        workspace_id: i64,
        as_of: Option<i32>,
        asked_by: &str,
    ) -> Result<Option<(RunRow, lease::Lease)>, DbError> {
        let name = entry.lease(workspace_id);
        // Waiting must not write.
        if self.0.db.read_blocking(|conn| lease::holder(conn, &name, self.0.pace.lease))?.is_some() {
            return Ok(None);
        }
        self.0.db.write_blocking(|conn| {
            let Some(lease) = self.take_job(conn, entry, workspace_id)? else { return Ok(None) };
            let fire_at = time::now(conn)?;
            let (job, asked_by) = (entry.about.name, Some(asked_by));
            let new = NewRun { job, workspace_id, fire_at, as_of, asked_by, state: State::Queued, message: None };
            let id = queries::insert(conn, &new)?;
            let begun = id.map(|id| queries::begin(conn, id).and_then(|_| queries::find(conn, id))).transpose()?;
            match begun.flatten() {
                Some(row) => Ok(Some((row, lease))),
                // Another run was asked for within the same tick of the clock.
                None => lease.give_back(conn).map(|()| None),
            }
        })
    }
}
