//! A run as the job sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::auth::Workspace;
use crate::clock::Clock;
use crate::db::{Db, DbConn};

use super::lease::Held;
use super::model::JobError;

/// What others see of a run, and how they tell it to stop.
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

impl Watch {
    /// How much is done, of how much; a total of 0 is not known.
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Tells the run to stop at its next check.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was told to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub(super) fn note(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }
}

/// One run of a job. It goes on under a lease of its own, so that no two processes run the same job at once.
pub struct Run {
    /// The store, for reading. What a run writes goes through [`Run::write`].
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The workspace; none for jobs of the installation.
    pub workspace: Option<Workspace>,
    /// When it was to be: the same for each attempt, a name for what must happen once.
    pub fire_at: i64,
    /// The day, counted from 1970, at whose end the job is to stand; none means now.
    pub as_of: Option<i32>,
    pub(super) held: Arc<Held>,
    pub(super) watch: Arc<Watch>,
    pub(super) deadline: Instant,
    pub(super) timeout: Duration,
    pub(super) lease: Duration,
}

impl Run {
    /// Says how much is done, of how much. Costs nothing: it is written down every few seconds.
    pub fn progress(&self, done: u64, total: u64) {
        self.watch.note(done, total);
    }

    /// Whether to go on: an error once the process stops, the time is up, or another process has taken over.
    pub fn check(&self) -> Result<(), JobError> {
        if self.watch.is_stopped() || !self.held.is_ours(&self.db, self.lease) {
            return Err(JobError::Stopped);
        }
        if Instant::now() >= self.deadline {
            return Err(JobError::Retry(took_too_long(self.timeout)));
        }
        Ok(())
    }

    /// Runs `work` in a transaction that first proves that this run may still write, and then keeps others from
    /// taking over until it commits. On PostgreSQL it is ended if it idles for 10 seconds: compute before.
    pub fn write<T>(&self, work: impl FnOnce(&mut DbConn) -> Result<T, JobError>) -> Result<T, JobError> {
        self.db.write_blocking(|conn| {
            if !self.held.lease.prove(conn)? {
                self.held.lose();
                return Err(JobError::Stopped);
            }
            work(conn)
        })
    }

    /// The workspace of a job whose scope is the workspace.
    pub fn workspace(&self) -> Result<&Workspace, JobError> {
        self.workspace.as_ref().ok_or_else(|| JobError::GiveUp("the job was run without a workspace".into()))
    }
}

pub(super) fn took_too_long(timeout: Duration) -> String {
    match timeout.as_secs() {
        seconds if seconds < 120 => format!("it took longer than {} seconds", timeout.as_secs_f64()),
        seconds => format!("it took longer than {} minutes", seconds / 60),
    }
}
