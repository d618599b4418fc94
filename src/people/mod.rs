//! Who events are about: people, accounts, their traits and how their ids belong together.
//!
//! - *key*: an id as events carry it: a user id or an anonymous id.
//! - *link*: a call that tied one key to another; the earliest one counts.
//! - *pattern*: an id or a domain whose people do not count, by the workspace's settings.
//! - *pseudonym*: what stands in a person's place for those who may not see names.
//! - *trait*: a named fact about a person or an account, kept with its history.

pub mod exclusions;
pub mod links;
pub mod pseudonyms;
pub mod trace;
pub mod traits;
