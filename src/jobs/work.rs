//! Carries out one attempt of a run, and writes down how it ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::prelude::*;

use crate::auth::{Workspace, workspaces};
use crate::db::schema::job_runs;
use crate::db::{DbConn, DbError};
use crate::telemetry::figures;

use super::lease::{Held, Keeper, Lease, take};
use super::model::{JobError, Pace, Schedule, Scope, State, microseconds};
use super::queries::{self, COMMAND_LINE, Ending, RunRow};
use super::run::{Run, Watch};
use super::{Entry, Jobs};

/// How long the end of a run is tried to be written down while the store does not answer.
const PERSIST: Duration = Duration::from_secs(60);
/// Whom runs are asked by that another job builds on, before its name.
pub(super) const FOR_JOB: &str = "job ";

/// An attempt that has begun.
pub(super) struct Attempt {
    pub row: RunRow,
    pub held: Arc<Held>,
    pub watch: Arc<Watch>,
    pub workspace: Option<Workspace>,
}

impl Jobs {
    /// Takes the lease of a job, and sees to runs whose process ended without a word. None while somebody runs it.
    pub(super) fn take_job(&self, conn: &mut DbConn, entry: &Entry, workspace: i64) -> Result<Option<Lease>, DbError> {
        let Some(lease) = take(conn, &entry.lease(workspace), &self.0.holder, self.0.pace.lease)? else {
            return Ok(None);
        };
        let orphans: Vec<RunRow> = job_runs::table
            .filter(job_runs::job.eq(entry.about.name).and(job_runs::workspace_id.eq(workspace)))
            .filter(job_runs::state.eq(State::Running.as_str()))
            .select(RunRow::as_select())
            .load(conn)?;
        for orphan in orphans {
            tracing::warn!(job = orphan.job, run = orphan.id, "a run was left behind by a process that ended");
            queries::settle(conn, orphan.id, &left_behind(&orphan, entry.tries()), None)?;
        }
        Ok(Some(lease))
    }

    /// Does the work in this thread. Answers the ending, and whether it could be written down.
    pub(super) fn carry_out(&self, keeper: &Keeper, entry: &Entry, attempt: Attempt, tries: u32) -> (Ending, bool) {
        let Attempt { row, held, watch, workspace } = attempt;
        let about = &entry.about;
        let begun = Instant::now();
        let run = Run {
            db: self.0.db.clone(),
            clock: self.0.clock.clone(),
            workspace,
            fire_at: row.fire_at,
            as_of: row.as_of,
            held: held.clone(),
            watch: watch.clone(),
            deadline: begun + about.timeout,
            timeout: about.timeout,
            lease: self.0.pace.lease,
        };
        let outcome = self.bring_up_to_date(keeper, entry, &run).and_then(|()| {
            let worked = catch_unwind(AssertUnwindSafe(|| entry.job.run(&run)));
            worked.unwrap_or_else(|_| Err(JobError::Retry("it ended by a defect; the log says where".into())))
        });
        let goes_on_elsewhere = watch.is_stopped() && !is_for_another(&row);
        let ending = conclude(outcome, row.attempt, tries, goes_on_elsewhere, &self.0.pace);
        let seconds = begun.elapsed().as_secs_f64();
        let message = ending.message.as_deref().unwrap_or_default();
        let slug = run.workspace.as_ref().map_or("", |workspace| workspace.slug.as_str());
        match ending.state {
            // The command line says so itself.
            _ if row.asked_by.as_deref() == Some(COMMAND_LINE) => {}
            State::Succeeded if entry.is_continuous() => {
                tracing::debug!(job = row.job, workspace = slug, run = row.id, seconds, message, "job done");
            }
            State::Succeeded => {
                tracing::info!(job = row.job, workspace = slug, run = row.id, seconds, message, "job done")
            }
            State::Failed => {
                tracing::error!(job = row.job, workspace = slug, run = row.id, seconds, message, "job failed")
            }
            _ => tracing::warn!(
                job = row.job,
                workspace = slug,
                run = row.id,
                seconds,
                message,
                "job will be tried again"
            ),
        }
        figures::job_run(&row.job, ending.state.as_str());
        let written = self.write_down(entry, &row, &held, &ending, watch.progress());
        (ending, written)
    }

    /// Writes the end down and gives the lease back, unless another process has taken over.
    fn write_down(&self, entry: &Entry, row: &RunRow, held: &Held, ending: &Ending, progress: (u64, u64)) -> bool {
        let until = Instant::now() + PERSIST;
        loop {
            match self.end(entry, row, held, ending, Some(progress)) {
                Ok(written) => return written,
                Err(error) if held.is_lost() || Instant::now() > until => {
                    tracing::error!(%error, job = row.job, run = row.id, "the end of a run was not written down");
                    held.lose();
                    return false;
                }
                Err(_) => std::thread::sleep(Duration::from_millis(500)),
            }
        }
    }

    /// One try at [`Jobs::write_down`].
    pub(super) fn end(
        &self,
        entry: &Entry,
        row: &RunRow,
        held: &Held,
        ending: &Ending,
        progress: Option<(u64, u64)>,
    ) -> Result<bool, DbError> {
        let written = self.0.db.write_blocking(|conn| -> Result<bool, DbError> {
            if !held.lease.prove(conn)? {
                return Ok(false);
            }
            queries::settle(conn, row.id, ending, progress)?;
            if entry.is_continuous() && ending.state == State::Succeeded && row.asked_by.is_none() {
                queries::keep_last_turn(conn, row)?;
            }
            held.lease.give_back(conn)?;
            Ok(true)
        })?;
        held.lose();
        Ok(written)
    }

    /// Runs what a job builds on, in this thread.
    fn bring_up_to_date(&self, keeper: &Keeper, entry: &Entry, run: &Run) -> Result<(), JobError> {
        for lower in entry.about.builds_on.iter().filter_map(|name| self.entry(name)) {
            let places = match (lower.about.scope, &run.workspace) {
                (Scope::Installation, _) => vec![None],
                (Scope::Workspace, Some(workspace)) => vec![Some(workspace.clone())],
                (Scope::Workspace, None) => self.0.db.read_blocking(workspaces::all)?.into_iter().map(Some).collect(),
            };
            for place in places {
                run.check()?;
                let as_of = run.as_of.filter(|_| lower.about.takes_day);
                let asked_by = format!("{FOR_JOB}{}", entry.about.name);
                let ending = self.run_here(keeper, lower, place, as_of, &asked_by, &run.watch)?;
                if ending.state != State::Succeeded {
                    let why = ending.message.unwrap_or_default();
                    return Err(JobError::Retry(format!("it builds on {}, which failed: {why}", lower.about.name)));
                }
            }
        }
        run.progress(0, 0);
        Ok(())
    }
}

/// Whether somebody waited for the run who is gone with its process: the command line, or a job that builds on it.
fn is_for_another(row: &RunRow) -> bool {
    row.asked_by.as_deref().is_some_and(|who| who == COMMAND_LINE || who.starts_with(FOR_JOB))
}

/// What becomes of a run whose process ended: the attempt counts, for the run may be what ended it.
fn left_behind(row: &RunRow, tries: u32) -> Ending {
    let more = u32::try_from(row.attempt).is_ok_and(|attempt| attempt < tries);
    let state = if more && !is_for_another(row) { State::Queued } else { State::Failed };
    let message = Some("the process that ran it ended before it was done".to_owned());
    Ending { state, attempt: row.attempt, wait: 0, message }
}

/// What becomes of a run after an attempt.
fn conclude(outcome: Result<String, JobError>, attempt: i32, tries: u32, stopped: bool, pace: &Pace) -> Ending {
    let number = u32::try_from(attempt).unwrap_or(0);
    match outcome {
        Ok(message) => Ending { state: State::Succeeded, attempt, wait: 0, message: Some(message) },
        // The process stops: another goes on with it, and this attempt does not count.
        Err(JobError::Stopped | JobError::Retry(_)) if stopped => back_in_line(attempt),
        Err(JobError::Retry(message)) if number < tries => {
            let wait = microseconds(pace.backoff_after(number));
            Ending { state: State::Queued, attempt, wait, message: Some(message) }
        }
        Err(error) => Ending { state: State::Failed, attempt, wait: 0, message: Some(error.to_string()) },
    }
}

/// For another process, as if this attempt had not been.
pub(super) fn back_in_line(attempt: i32) -> Ending {
    Ending { state: State::Queued, attempt: attempt.saturating_sub(1).max(0), wait: 0, message: None }
}

/// The pause of a continuous job.
pub(super) fn pause(entry: &Entry) -> Option<Duration> {
    match entry.about.schedule {
        Schedule::Every(pause) => Some(pause),
        Schedule::Cron(_) | Schedule::ByHand => None,
    }
}

/// After the time-out and the grace period: for a run that does not listen.
pub(super) fn overdue(row: &RunRow, tries: u32, timeout: Duration, pace: &Pace) -> Ending {
    conclude(Err(JobError::Retry(super::run::took_too_long(timeout))), row.attempt, tries, false, pace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(outcome: Result<String, JobError>, attempt: i32, stopped: bool) -> (State, i32, i64) {
        let ending = conclude(outcome, attempt, 3, stopped, &Pace::default());
        (ending.state, ending.attempt, ending.wait / 1_000_000)
    }

    #[test]
    fn a_run_is_tried_again_only_when_that_may_help() {
        let retry = || Err(JobError::Retry("busy".into()));
        assert_eq!(after(Ok("done".into()), 1, false), (State::Succeeded, 1, 0));
        assert_eq!(after(retry(), 1, false), (State::Queued, 1, 10));
        assert_eq!(after(retry(), 2, false), (State::Queued, 2, 20));
        assert_eq!(after(retry(), 3, false), (State::Failed, 3, 0));
        assert_eq!(after(Err(JobError::GiveUp("wrong".into())), 1, false), (State::Failed, 1, 0));
        // Told to stop: the attempt does not count; a job that cannot work fails all the same.
        assert_eq!(after(Err(JobError::Stopped), 3, true), (State::Queued, 2, 0));
        assert_eq!(after(retry(), 3, true), (State::Queued, 2, 0));
        assert_eq!(after(Err(JobError::GiveUp("wrong".into())), 1, true), (State::Failed, 1, 0));
        assert_eq!(after(Ok("done".into()), 1, true), (State::Succeeded, 1, 0));
    }
}
