//! Group commit: requests hand their batches over and wait; one thread stores whatever has gathered
//! in one transaction, so that a sync to disk serves many requests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::db::{Db, DbError};

use super::dictionary::Dictionaries;
use super::log::{Log, Stored};
use super::model::Batch;

/// Rows that may wait; beyond that requests are told to come again.
const WAITING: usize = 300_000;
/// Rows of one transaction, about.
const TOGETHER: usize = 60_000;

struct Job {
    workspace: i64,
    batch: Batch,
    reply: oneshot::Sender<Result<Stored, DbError>>,
}

/// Why a batch was not stored.
#[derive(Debug)]
pub enum NotStored {
    /// Too much is waiting already.
    Overloaded,
    /// The store failed.
    Failed(DbError),
}

/// Hands batches to the committing thread.
#[derive(Clone)]
pub struct Committer {
    jobs: Sender<Job>,
    waiting: Arc<AtomicUsize>,
}

impl Committer {
    /// Starts the thread; it ends when every handle is gone and all that waits is stored.
    pub fn start(db: Db, dictionaries: Dictionaries, clock: Clock) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, received) = unbounded();
        let waiting = Arc::new(AtomicUsize::new(0));
        let log = Log::new(db, dictionaries);
        let count = waiting.clone();
        let thread =
            std::thread::Builder::new().name("committer".into()).spawn(move || run(log, &clock, &received, &count))?;
        Ok((Self { jobs, waiting }, thread))
    }

    /// Stores a batch; returns when it is on disk.
    pub async fn store(&self, workspace: i64, batch: Batch) -> Result<Stored, NotStored> {
        let rows = batch.rows.len();
        if self.waiting.fetch_add(rows, Ordering::Relaxed) + rows > WAITING {
            self.waiting.fetch_sub(rows, Ordering::Relaxed);
            return Err(NotStored::Overloaded);
        }
        let (reply, answer) = oneshot::channel();
        let stopped = || NotStored::Failed(DbError::Unavailable("the server is stopping".into()));
        if self.jobs.send(Job { workspace, batch, reply }).is_err() {
            return Err(stopped());
        }
        answer.await.map_err(|_| stopped())?.map_err(NotStored::Failed)
    }
}

fn run(mut log: Log, clock: &Clock, jobs: &Receiver<Job>, waiting: &AtomicUsize) {
    while let Ok(first) = jobs.recv() {
        let mut rows = first.batch.rows.len();
        let mut together: BTreeMap<i64, Vec<Job>> = BTreeMap::new();
        together.entry(first.workspace).or_default().push(first);
        while rows < TOGETHER
            && let Ok(next) = jobs.try_recv()
        {
            rows += next.batch.rows.len();
            together.entry(next.workspace).or_default().push(next);
        }
        for (workspace, jobs) in together {
            let batches: Vec<&Batch> = jobs.iter().map(|job| &job.batch).collect();
            let outcome = log.append(workspace, clock.now(), &batches);
            match outcome {
                Ok(stored) => {
                    for (job, stored) in jobs.into_iter().zip(stored) {
                        // A client that hung up is not told; its repeat will be found.
                        drop(job.reply.send(Ok(stored)));
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "events were not stored");
                    for job in jobs {
                        drop(job.reply.send(Err(DbError::Unavailable(error.to_string()))));
                    }
                }
            }
        }
        waiting.fetch_sub(rows, Ordering::Relaxed);
    }
}
