//! Folds new blocks into the index while the server runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::activity::fold;
use crate::auth::workspaces;
use crate::clock::Clock;
use crate::db::Db;
use crate::ingest::compact::compact;

/// Time between two looks: queries take in what is not folded, so this only keeps the tail short.
const EVERY: Duration = Duration::from_secs(5);
/// A tail of so many events, or that old in microseconds, is folded.
const LONG: i64 = 200_000;
const OLD: i64 = 60_000_000;
/// Rounds between two looks for small blocks.
const COMPACT_EVERY: u32 = 24;
/// Steps in which the thread sleeps, so that it stops quickly.
const STEP: Duration = Duration::from_millis(100);

/// The folding thread; it stops when this is dropped.
pub(super) struct Folding {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Folding {
    /// Starts the thread.
    pub(super) fn start(db: Db, clock: Clock) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = std::thread::Builder::new().name("fold".into()).spawn(move || {
            let mut rounds = 0u32;
            while !told.load(Ordering::Relaxed) {
                fold_all(&db, &told, clock.now(), rounds.is_multiple_of(COMPACT_EVERY));
                rounds = rounds.wrapping_add(1);
                let mut slept = Duration::ZERO;
                while slept < EVERY && !told.load(Ordering::Relaxed) {
                    std::thread::sleep(STEP);
                    slept += STEP;
                }
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Folding {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A panic in the thread was reported by the panic hook already.
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// Folds every workspace whose tail is long or old; may merge old small blocks too.
fn fold_all(db: &Db, stop: &AtomicBool, now: i64, compacts: bool) {
    let all = match db.read_blocking(workspaces::all) {
        Ok(all) => all,
        Err(error) => {
            tracing::warn!(%error, "folding waits for the database");
            return;
        }
    };
    for workspace in all {
        let tail = db.read_blocking(|conn| fold::tail(conn, workspace.id));
        let due = match tail {
            Ok(None) => false,
            Ok(Some((events, oldest))) => events >= LONG || now - oldest >= OLD,
            Err(_) => true,
        };
        while due && !stop.load(Ordering::Relaxed) {
            match fold::fold(db, workspace.id, &workspace.time_zone) {
                Ok(0) => break,
                Ok(events) => tracing::debug!(workspace = workspace.slug, events, "folded"),
                Err(error) => {
                    tracing::warn!(%error, workspace = workspace.slug, "folding failed");
                    break;
                }
            }
        }
        while compacts && !stop.load(Ordering::Relaxed) {
            match compact(db, workspace.id, now) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, workspace = workspace.slug, "small blocks were not merged");
                    break;
                }
            }
        }
    }
}
