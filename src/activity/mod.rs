//! What events add up to: who was active where, how often.
//!
//! - *fact*: events of one key under one app, event name and account on one day.
//! - *fold*: takes new blocks of the log into the stored facts and totals.
//! - *sight*: what a caller may see: which apps, people by name or by pseudonym, groups from which size on.
//! - *view*: the facts of a workspace as this process answers from them, the unfolded tail included.

pub mod apps;
pub mod ask;
pub mod days;
pub mod erasure;
pub mod expiry;
pub mod facts;
pub mod fold;
pub mod identity;
pub mod jobs;
pub mod membership;
pub mod question;
pub mod retention;
pub mod rhythm;
pub mod routes;
pub mod series;
mod shown;
pub mod sight;
pub mod small;
pub mod totals;
pub mod view;
