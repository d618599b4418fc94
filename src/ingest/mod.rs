//! From a client's call to the event log.
//!
//! - *call*: what a client sends; *row*: an accepted call.
//! - *batch*: rows of one request or one stretch of a file; *block*: batches as they lie compressed in the log.
//! - *fingerprint*: 64-bit hash of a messageId, by which repeats are found.

pub mod accept;
pub mod block;
pub mod call;
pub mod committer;
pub mod dictionary;
pub mod fingerprints;
pub mod inspector;
pub mod log;
pub mod model;
pub mod receive;
