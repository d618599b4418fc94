//! Stores now and then what gathered in memory while requests were answered, and at the end what is left of it.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{AppState, StartError};
use crate::db::DbError;
use crate::telemetry::figures;

/// Time between two times.
const EVERY: Duration = Duration::from_secs(10);

/// The thread that stores; it stops, and stores once more, when this is dropped.
pub(super) struct Noting {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Noting {
    /// Starts the thread.
    pub(super) fn start(state: &AppState) -> Result<Self, StartError> {
        let (stop, stopped) = channel();
        let state = state.clone();
        let run = move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                note(&state);
            }
            note(&state);
        };
        let thread = std::thread::Builder::new().name("note".into()).spawn(run);
        let thread = thread.map_err(|e| StartError::Machine(format!("cannot start the noting thread: {e}")))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        drop(self.stop.take());
        // A panic in the thread was reported by the panic hook already.
        drop(self.thread.take().map(JoinHandle::join));
    }
}

fn note(state: &AppState) {
    figures::keep_up();
    state.outbound.note_database(&state.db);
    // A full disk is told by those who cannot do without it; these wait for the next time.
    let later = |what: &str, stored: Result<(), DbError>| {
        if let Err(error) = stored {
            tracing::debug!(%error, what, "stored later");
        }
    };
    later("sessions", state.auth.flush());
    later("counts of calls", state.ingest.counts.flush(&state.db));
    later("destinations", state.outbound.flush(&state.db));
}
