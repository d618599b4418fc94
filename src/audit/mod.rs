//! The audit log: what was changed, by whom and from where, in the transaction of the change.
//!
//! - *chain*: each row carries the hash of the one before it, so that a changed, removed or inserted row is seen.
//! - *head*: how many rows there are and the last one's hash; whoever appends holds it.
//! - *origin*: who acts: a user, a token, the command line or the installation itself.
//!
//! People whom events are about stand here by their pseudonym only, so that the chain outlives their erasure.

mod chain;
mod model;
mod read;
mod verify;

pub use chain::record;
pub use model::{Entry, Origin, OriginKind, differences};
pub use read::{Listed, Mark, Question, following, head, list, mark, set_mark};
pub use verify::{Damage, Fault, Verdict, verify};
