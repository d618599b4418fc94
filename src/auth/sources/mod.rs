//! Sources of sign-on beside passwords kept here: providers of OpenID Connect and directories, several side by side.
//!
//! - *source*: one of them, known by a key; its settings come from the console, the file and the environment.
//! - *rule*: a group, and what its members get; *given*: what somebody's rules sum up to.
//! - *identity*: who a user is at a source, by a subject that never changes.

pub mod accounts;
mod admit;
pub mod identities;
pub mod mapping;
mod merge;
mod sign_on;
mod stage;
pub mod stored;

pub use admit::{Admitted, Proven, Refusal, admit, given, rejoin, shut_out};
pub use merge::{Field, Setting, SettingOrigin, fields};
pub use sign_on::SignOn;
pub use stage::Stage;

use std::path::Path;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::{LdapConfig, OidcConfig};
use mapping::Rule;

/// What kind of source it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A provider of OpenID Connect.
    Oidc,
    /// A directory.
    Ldap,
}

impl Kind {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Ldap => "ldap",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Oidc, Self::Ldap].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A source with all that is set for it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name in paths, and the origin of what it grants.
    pub key: String,
    /// What the sign-in page calls it.
    pub name: String,
    /// Whether people may sign in by it.
    pub enabled: bool,
    /// How it is reached.
    pub settings: Settings,
    /// Which groups get what.
    pub rules: Vec<Rule>,
    /// Each setting with where it comes from.
    pub shown: Vec<Setting>,
    /// Whether the file or the environment made it, so that the console cannot remove it.
    pub locked: bool,
    /// Values that cannot be used, each with what would be right.
    pub problems: Vec<String>,
}

/// The settings of a kind.
#[derive(Clone, Debug)]
pub enum Settings {
    /// OpenID Connect.
    Oidc(OidcConfig),
    /// A directory.
    Ldap(LdapConfig),
}

/// What both kinds have.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// Whether a first log-in makes the user; none if nobody says.
    pub auto_provision: Option<bool>,
    /// Domains whose e-mails may sign in; all if empty.
    pub allowed_domains: &'a [String],
    /// Groups whose members may sign in; all if empty.
    pub allowed_groups: &'a [String],
    /// Whether roles follow the groups.
    pub sync_roles: bool,
    /// Whether roles given by hand do not count.
    pub role_strict: bool,
    /// Whether a user of the same e-mail becomes theirs.
    pub link_by_email: bool,
    /// Authorities of its own.
    pub ca_file: Option<&'a Path>,
}

impl Source {
    /// What kind it is.
    pub fn kind(&self) -> Kind {
        match self.settings {
            Settings::Oidc(_) => Kind::Oidc,
            Settings::Ldap(_) => Kind::Ldap,
        }
    }

    /// The settings that both kinds have.
    pub fn common(&self) -> Common<'_> {
        match &self.settings {
            Settings::Oidc(c) => Common {
                auto_provision: c.auto_provision,
                allowed_domains: &c.allowed_domains,
                allowed_groups: &c.allowed_groups,
                sync_roles: c.sync_roles.unwrap_or(true),
                role_strict: c.role_strict.unwrap_or(false),
                link_by_email: c.link_by_email.unwrap_or(false),
                ca_file: c.ca_file.as_deref(),
            },
            Settings::Ldap(c) => Common {
                auto_provision: c.auto_provision,
                allowed_domains: &c.allowed_domains,
                allowed_groups: &c.allowed_groups,
                sync_roles: c.sync_roles.unwrap_or(true),
                role_strict: c.role_strict.unwrap_or(false),
                link_by_email: c.link_by_email.unwrap_or(false),
                ca_file: c.ca_file.as_deref(),
            },
        }
    }

    /// Whether a first log-in makes the user.
    pub fn provisions(&self) -> bool {
        self.common().auto_provision.unwrap_or(!self.rules.is_empty())
    }

    /// The key of the first setting that is missing to use it.
    pub fn missing(&self) -> Option<&'static str> {
        let none = |value: &Option<String>| value.as_ref().is_none_or(|value| value.trim().is_empty());
        match &self.settings {
            Settings::Oidc(c) if none(&c.issuer) => Some("issuer"),
            Settings::Oidc(c) if none(&c.client_id) => Some("client_id"),
            Settings::Ldap(c) if none(&c.url) => Some("url"),
            Settings::Ldap(c) if none(&c.user_base) => Some("user_base"),
            _ => None,
        }
    }
}
