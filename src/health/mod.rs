//! How the appliance fares: what would keep it from working, and how full things are.
//!
//! - *check*: one look at one thing, with a remedy where it is not well.
//! - *key check*: a trace of the secret key in the store, by which another key is recognised.

mod checks;
mod key;
mod measure;

pub use checks::{Check, Depth, look, look_at_store};
pub use key::{forget_key, hold_to_key, renew_key};
pub use measure::{Disk, Part, database_bytes, database_parts, resident_memory};

/// When this process started, microseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Started(pub i64);
