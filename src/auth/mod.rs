//! Who may do what: console users and their sessions, API tokens, write keys, roles and permissions.
//!
//! - *caller*: a user or a token, with a role in the workspace that the path names.
//! - *permission*: a type such as [`can::MetricsRead`]; a handler that takes [`Can<P>`](Can) is reached only with it.
//! - *scope*: which apps a caller sees: all of them, or, for a builder, their own.
//! - *write key*: lets an app send events, and nothing else.

pub mod can;
mod error;
mod extract;
pub mod grants;
pub mod guard;
pub mod ldap;
mod model;
pub mod oidc;
pub mod routes;
pub mod sessions;
pub mod setup;
pub mod sources;
mod throttle;
pub mod tokens;
pub mod totp;
mod unmasked;
mod unsaved;
pub mod users;
pub mod welcome;
pub mod workspaces;
pub mod write_keys;

pub use error::AuthError;
pub use extract::{Acting, Can, SignedIn};
pub use model::{Caller, Identity, Role, Scope, Workspace, WorkspaceKind};
pub use throttle::Throttle;
pub use write_keys::{WriteKey, find_write_key};

use actix_web::{HttpMessage, HttpRequest};

use crate::audit::Origin;
use crate::clock::Clock;
use crate::crypto::{Passwords, Sealed};
use crate::db::{Db, DbError};
use crate::http::ClientAddress;
use crate::http::layers::RequestId;

/// Every column that holds sealed texts: a rotation of keys seals them anew, and the doctor opens them.
pub const SEALED: [Sealed; 4] = [
    Sealed { table: "sign_in_sources", key: "key", column: "secrets", purpose: sources::stored::PURPOSE },
    Sealed { table: "users", key: "id", column: "totp_secret", purpose: totp::PURPOSE },
    Sealed { table: "sessions", key: "id", column: "id_token", purpose: routes::session::ID_TOKEN },
    Sealed { table: "privacy_requests", key: "id", column: "file", purpose: EXPORTED },
];

/// What exports of people are sealed for.
pub const EXPORTED: &str = "privacy export";

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
    owners_need_codes: bool,
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
            owners_need_codes: false,
        }
    }

    /// The same where an owner who signs in with a password needs codes of an app beside it.
    #[must_use]
    pub fn with_codes_for_owners(self, needed: bool) -> Self {
        Self { owners_need_codes: needed, ..self }
    }

    /// Who somebody is for the audit log, and where the request comes from.
    pub fn origin_of(&self, who: &Identity, req: &HttpRequest) -> Origin {
        self.seen_from(who.origin(), req)
    }

    /// The same for an actor of another kind.
    pub fn seen_from(&self, actor: Origin, req: &HttpRequest) -> Origin {
        let id = req.extensions().get::<RequestId>().map(|id| id.0.clone());
        actor.from(self.client.of(req), id)
    }

    /// Ends the sessions of a user that are not stored yet.
    pub fn end_unsaved(&self, user_id: i64) {
        self.unsaved.end_of(user_id);
    }

    /// Somebody who is not signed in, by what they called themselves.
    pub fn stranger(&self, name: impl Into<String>, req: &HttpRequest) -> Origin {
        let id = req.extensions().get::<RequestId>().map(|id| id.0.clone());
        Origin::nobody(name).from(self.client.of(req), id)
    }

    /// Stores what could not be stored when somebody signed in.
    pub fn flush(&self) -> Result<(), DbError> {
        self.unsaved.flush(&self.db)
    }
}
