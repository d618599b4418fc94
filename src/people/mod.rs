//! Who events are about: people, accounts, their traits and how their ids belong together.
//!
//! - *key*: an id as events carry it: a user id or an anonymous id.
//! - *link*: a call that tied one key to another; the earliest one counts.
//! - *trait*: a named fact about a person or an account, kept with its history.

pub mod links;
pub mod traits;
