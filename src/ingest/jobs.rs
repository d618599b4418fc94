//! The job that forgets what has been kept long enough.

use std::time::Duration;

use crate::auth::workspaces;
use crate::jobs::{About, Job, JobError, Misfire, Run, Schedule, Scope, queries};

/// Days that finished runs of jobs are kept.
const JOB_HISTORY_DAYS: i64 = 90;
const DAY: i64 = 24 * 3_600_000_000;

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
        let steps = [job_history];
        let mut done = Vec::with_capacity(steps.len());
        for step in steps {
            run.check()?;
            done.push(step(run)?);
        }
        Ok(done.join(", "))
    }
}

/// Runs of jobs. The history of the installation goes with that of the workspace `default`.
fn job_history(run: &Run) -> Result<String, JobError> {
    let workspace = run.workspace()?;
    let before = run.clock.now().saturating_sub(JOB_HISTORY_DAYS * DAY);
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
