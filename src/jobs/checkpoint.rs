//! The job `checkpoint`.

use std::time::Duration;

use crate::db::checkpoint::{self, Checkpoint as Outcome};
use crate::db::{Db, Location};

use super::{About, Job, JobError, Misfire, Run, Schedule, Scope};

/// Keeps SQLite's write-ahead log short. SQLite does so in passing, but never makes the file smaller again.
#[derive(Debug)]
pub struct Checkpoint {
    schedule: Schedule,
}

impl Checkpoint {
    /// For this store; on PostgreSQL it only runs by hand, and says that there is nothing to do.
    pub fn of(db: &Db) -> Self {
        let schedule = match db.location() {
            Location::Sqlite(_) => Schedule::Cron("17 * * * *".into()),
            Location::Postgres(_) => Schedule::ByHand,
        };
        Self { schedule }
    }
}

impl Job for Checkpoint {
    fn about(&self) -> About {
        About {
            name: "checkpoint",
            title: "Write-ahead log",
            what: "Brings SQLite's write-ahead log back into the database file; PostgreSQL does this by itself.",
            schedule: self.schedule.clone(),
            scope: Scope::Installation,
            timeout: Duration::from_secs(10 * 60),
            attempts: 1,
            misfire: Misfire::Skip,
            builds_on: &[],
            takes_day: false,
        }
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        Ok(match checkpoint::run(&run.db)? {
            Outcome::Done => "the write-ahead log is empty",
            Outcome::Busy => "the log is in use; the rest follows next time",
            Outcome::NotOurs => "PostgreSQL does this by itself",
        }
        .to_owned())
    }
}
