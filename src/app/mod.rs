//! The roof of the server: what it holds, what it answers, how it starts and stops.

mod alone;
mod folding;
mod metrics;
mod noting;
pub mod openapi;
mod probes;
mod router;
pub mod server;
mod spa;
mod state;

pub use state::{AppState, StartError, open_store, secret_key};
