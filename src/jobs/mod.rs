//! What the installation does by itself: the list of jobs, who leads, and what became of each run.
//!
//! - *leader*: the one process that plans and runs jobs, by the lease `jobs`. When it dies another leads within
//!   the lease's 10 seconds; when it is told to stop, at once.
//! - *fire time*: an instant that a job's schedule names. Each has one row in `job_runs`, so none counts twice.
//! - *run*: one row of `job_runs`, tried up to [`About::attempts`] times, each attempt under the lease of its job and
//!   workspace; a process of the command line takes the same lease.
//! - *term*: grows with each holder of a lease; whoever writes proves its own first.
//!
//! To add a job, implement [`Job`] where its work lives and add a line to `app/schedule.rs`.

mod by_hand;
mod checkpoint;
mod figures;
mod leader;
mod lease;
mod model;
pub mod overview;
mod plan;
pub mod queries;
mod run;
mod ticks;
mod timetable;
mod work;

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::auth::Workspace;
use crate::clock::Clock;
use crate::crypto::random_letters;
use crate::db::Db;

pub use by_hand::{Finished, RunError};
pub use checkpoint::Checkpoint;
pub use leader::Leader;
pub use lease::{Held, Keeper, Lease, take};
pub use model::{About, Job, JobError, Look, Misfire, Pace, Schedule, Scope, State, day_number};
pub use run::{Run, Watch};
pub use ticks::Ticks;
pub use timetable::Timetable;

/// Name of the lease by which one process leads.
pub const LEADER: &str = "jobs";

/// The jobs of this installation, and this process's part in them. Cloned freely.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    pace: Pace,
    // This process among all that hold leases.
    holder: String,
    entries: Vec<Entry>,
    wake: Sender<()>,
    woken: Receiver<()>,
}

/// A job of the list.
struct Entry {
    job: Box<dyn Job>,
    about: About,
    timetable: Option<Timetable>,
}

impl Entry {
    /// Attempts in all; a turn of a continuous job is followed by the next one anyway.
    fn tries(&self) -> u32 {
        if self.is_continuous() { 1 } else { self.about.attempts.max(1) }
    }

    fn is_continuous(&self) -> bool {
        matches!(self.about.schedule, Schedule::Every(_))
    }

    /// The lease under which it runs.
    fn lease(&self, workspace: i64) -> String {
        format!("job:{}:{workspace}", self.about.name)
    }

    /// Where it runs: the number of the workspace, or of the installation.
    fn places<'a>(&self, workspaces: &'a [Workspace]) -> Vec<(i64, Option<&'a Workspace>)> {
        match self.about.scope {
            Scope::Installation => vec![(queries::INSTALLATION, None)],
            Scope::Workspace => workspaces.iter().map(|workspace| (workspace.id, Some(workspace))).collect(),
        }
    }
}

impl Jobs {
    /// The list of jobs over a migrated store. A job stands below those that it builds on.
    ///
    /// The error is a sentence for whoever set a schedule, or wrote a job.
    pub fn new(db: Db, clock: Clock, list: Vec<Box<dyn Job>>) -> Result<Self, String> {
        Self::with_pace(db, clock, list, Pace::default())
    }

    /// [`Jobs::new`] with other waits than usual.
    pub fn with_pace(db: Db, clock: Clock, list: Vec<Box<dyn Job>>, pace: Pace) -> Result<Self, String> {
        let mut entries: Vec<Entry> = Vec::with_capacity(list.len());
        for job in list {
            let about = job.about();
            let known = |name: &str| entries.iter().any(|entry| entry.about.name == name);
            if known(about.name) {
                return Err(format!("two jobs are called {}", about.name));
            }
            if let Some(name) = about.builds_on.iter().find(|name| !known(name)) {
                return Err(format!("job {} builds on {name}, which does not stand above it", about.name));
            }
            let timetable = match &about.schedule {
                Schedule::Cron(text) => {
                    Some(Timetable::parse(text).map_err(|why| format!("schedule of job {}: {why}", about.name))?)
                }
                Schedule::Every(_) | Schedule::ByHand => None,
            };
            entries.push(Entry { job, about, timetable });
        }
        let (wake, woken) = bounded(1);
        let holder = this_process().map_err(|e| format!("the operating system gives no randomness: {e}"))?;
        Ok(Self(Arc::new(Inner { db, clock, pace, holder, entries, wake, woken })))
    }

    /// Leads whenever no other process does, until what is returned is dropped. Once per process.
    pub fn start(&self) -> std::io::Result<Leader> {
        Leader::start(self.clone())
    }

    /// Makes the leader look for work now, if it is this process.
    pub fn wake(&self) {
        // A full channel has been told already.
        self.0.wake.try_send(()).ok();
    }

    /// The names of all jobs.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.entries.iter().map(|entry| entry.about.name).collect()
    }

    /// What a job is.
    pub fn about(&self, name: &str) -> Option<&About> {
        self.entry(name).map(|entry| &entry.about)
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.0.entries.iter().find(|entry| entry.about.name == name)
    }
}

/// A name that tells where a lease is held: machine, process and something of its own.
fn this_process() -> Result<String, getrandom::Error> {
    let machine = rustix::system::uname();
    let machine = machine.nodename().to_string_lossy();
    Ok(format!("{machine}/{}-{}", std::process::id(), random_letters(6)?))
}
