//! The roof of the server: what it holds, what it answers, how it starts and stops.

mod alone;
mod exports;
mod metrics;
mod noting;
pub mod openapi;
mod probes;
mod router;
mod schedule;
pub mod server;
mod spa;
mod state;

pub use schedule::jobs;
pub use state::{AppState, StartError, known_key, open_store, previous_key, secret_key, upgrade};
