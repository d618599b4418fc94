//! What the people whom events are about may ask for, and who may see them by name.
//!
//! - *request*: to export or to erase a person; a job carries it out.
//! - *unmasking*: a console user sees one person by name, for a stated purpose, for some hours, once somebody else
//!   agreed.
//! - Whom a request was about stands here, and in the audit log, by pseudonym only.

mod export;
mod job;
mod requests;
mod routes;
mod unmask;

pub use job::Privacy;
pub use routes::configure;
