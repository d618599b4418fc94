//! Who may do what: console users and their sessions, API tokens, write keys, roles and permissions.
//!
//! - *caller*: a user or a token, with a role in the workspace that the path names.
//! - *permission*: a type such as [`can::MetricsRead`]; a handler that takes [`Can<P>`](Can) is reached only with it.
//! - *write key*: lets an app send events, and nothing else.

pub mod can;
mod error;
mod extract;
mod model;
pub mod routes;
pub mod sessions;
pub mod setup;
mod throttle;
pub mod tokens;
mod unsaved;
pub mod users;
pub mod workspaces;
pub mod write_keys;

pub use error::AuthError;
pub use extract::{Can, SignedIn};
pub use model::{Caller, Identity, Role, Workspace, WorkspaceKind};
pub use throttle::Throttle;
pub use write_keys::{WriteKey, find_write_key};

use crate::clock::Clock;
use crate::crypto::Passwords;
use crate::db::{Db, DbError};
use crate::http::ClientAddress;

/// What signing in needs; handlers find it as `web::Data<Auth>`.
#[derive(Clone)]
pub struct Auth {
    db: Db,
    clock: Clock,
    passwords: Passwords,
    throttle: Throttle,
    client: ClientAddress,
    https: bool,
    unsaved: unsaved::Unsaved,
}

impl Auth {
    /// Signing in over this store; `https` tells whether people reach the server so.
    pub fn new(db: Db, clock: Clock, client: ClientAddress, https: bool) -> Self {
        let throttle = Throttle::new(clock.clone());
        Self {
            db,
            clock,
            passwords: Passwords::default(),
            throttle,
            client,
            https,
            unsaved: unsaved::Unsaved::default(),
        }
    }

    /// Stores what could not be stored when somebody signed in.
    pub fn flush(&self) -> Result<(), DbError> {
        self.unsaved.flush(&self.db)
    }
}
