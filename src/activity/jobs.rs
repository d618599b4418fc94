//! The jobs of the index: `rollup` keeps it short of nothing, `retention` forgets what has been kept long enough.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::auth::workspaces;
use crate::db::DbError;
use crate::ingest::{compact, counts};
use crate::jobs::{About, Job, JobError, Look, Misfire, Run, Schedule, Scope, queries};

use super::{expiry, fold};

/// So many events are folded at once; fewer wait until they are [`AGED`], for each fold writes whole days anew.
const MANY: i64 = 200_000;
/// Questions take in what is not folded; this only bounds how much that is after a quiet time, in microseconds.
const AGED: i64 = 60_000_000;
/// How often is looked for small blocks, in microseconds.
const LOOK_FOR_SMALL: i64 = 120_000_000;

/// Days that counts of calls are kept.
const COUNTS_DAYS: i64 = 400;
const DAY: i64 = 24 * 3_600_000_000;

/// `rollup`: folds new blocks into the index, and merges small ones.
#[derive(Debug, Default)]
pub struct Rollup {
    // When small blocks of a workspace were looked for.
    looked: Mutex<HashMap<i64, i64>>,
}

impl Job for Rollup {
    fn about(&self) -> About {
        About {
            name: "rollup",
            title: "Activity index",
            what: "Takes new events into the index by day, and merges small blocks of the event log.",
            schedule: Schedule::Every(Duration::from_secs(5)),
            scope: Scope::Workspace,
            timeout: Duration::from_secs(60 * 60),
            attempts: 1,
            misfire: Misfire::RunLatest,
            builds_on: &[],
            // Days are kept apart, so the index of all events answers for any past day too.
            takes_day: true,
        }
    }

    fn is_needed(&self, look: &Look<'_>) -> Result<bool, DbError> {
        let Some(workspace) = look.workspace else { return Ok(false) };
        let (id, now) = (workspace.id, look.clock.now());
        let tail = look.db.read_blocking(|conn| fold::tail(conn, id))?;
        if tail.events >= MANY || tail.since.is_some_and(|since| now.saturating_sub(since) >= AGED) {
            return Ok(true);
        }
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            let last = looked.entry(id).or_insert(now);
            if now.saturating_sub(*last) < LOOK_FOR_SMALL {
                return Ok(false);
            }
            *last = now;
        }
        look.db.read_blocking(|conn| compact::is_worth(conn, id, now))
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        let workspace = run.workspace()?;
        let total = run.db.read_blocking(|conn| fold::tail(conn, workspace.id))?.events;
        let (total, mut folded) = (u64::try_from(total).unwrap_or(0), 0);
        run.progress(0, total);
        // What arrives meanwhile is for the next turn: under load there would be no end.
        while folded < total {
            run.check()?;
            // An import folds too: then this part is done, and nothing is stored.
            let Some(prepared) = fold::prepare(&run.db, workspace.id, &workspace.time_zone)? else { break };
            folded += run.write(|conn| Ok(prepared.store(conn, workspace.id)?))?;
            run.progress(folded, total.max(folded));
        }
        let mut merged = 0;
        loop {
            run.check()?;
            let Some(prepared) = compact::prepare(&run.db, workspace.id, run.clock.now())? else { break };
            if !run.write(|conn| Ok(prepared.store(conn, workspace.id)?))? {
                break;
            }
            merged += prepared.blocks();
        }
        Ok(match merged {
            0 => format!("{folded} calls taken into the index"),
            blocks => format!("{folded} calls taken into the index, {blocks} small blocks merged"),
        })
    }
}

/// `retention`: deletes what is older than its retention period.
#[derive(Debug, Default)]
pub struct Retention;

impl Job for Retention {
    fn about(&self) -> About {
        About {
            name: "retention",
            title: "Retention periods",
            what: "Deletes what is older than the workspace's retention periods.",
            schedule: Schedule::Cron("10 3 * * *".into()),
            scope: Scope::Workspace,
            timeout: Duration::from_secs(60 * 60),
            attempts: 3,
            misfire: Misfire::RunLatest,
            builds_on: &[],
            takes_day: false,
        }
    }

    /// One step for each kind of data; each says in a few words what it deleted.
    fn run(&self, run: &Run) -> Result<String, JobError> {
        let steps = [events, counts_of_calls, job_history];
        let mut done = Vec::with_capacity(steps.len());
        for step in steps {
            run.check()?;
            done.push(step(run)?);
        }
        Ok(done.join(", "))
    }
}

/// Events, in log and index.
fn events(run: &Run) -> Result<String, JobError> {
    let workspace = run.workspace()?;
    let Some(days) = workspace.retention_days_events.and_then(|days| u32::try_from(days).ok()) else {
        return Ok("events are kept for ever".into());
    };
    let prepared = expiry::prepare(&run.db, workspace.id, &workspace.time_zone, days, run.clock.now())?;
    let deleted = match prepared {
        Some(prepared) => run.write(|conn| Ok(prepared.store(conn)?))?,
        None => 0,
    };
    Ok(format!("{deleted} calls deleted"))
}

/// How many calls came in, by hour: two summers can be compared.
fn counts_of_calls(run: &Run) -> Result<String, JobError> {
    let workspace = run.workspace()?;
    let before = counts::hour_of(run.clock.now()) - COUNTS_DAYS * 24;
    let deleted = run.write(|conn| Ok(counts::forget(conn, workspace.id, before)?))?;
    Ok(format!("{deleted} counts of calls deleted"))
}

/// Runs of jobs. The history of the installation goes with that of the workspace `default`.
fn job_history(run: &Run) -> Result<String, JobError> {
    let workspace = run.workspace()?;
    let before = run.clock.now().saturating_sub(i64::from(workspace.retention_days_jobs) * DAY);
    let mut places = vec![workspace.id];
    if workspace.slug == workspaces::DEFAULT {
        places.push(queries::INSTALLATION);
    }
    let deleted = run.write(|conn| {
        let mut deleted = 0;
        for place in places {
            deleted += queries::forget(conn, place, before)?;
        }
        Ok(deleted)
    })?;
    Ok(format!("{deleted} runs of jobs deleted"))
}
