//! Roles, workspaces, and who is calling.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::can::{self, Permission};
use crate::audit::{Origin, OriginKind};

/// What a user or token is in a workspace; the stronger first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, owners included.
    Owner,
    /// Everything but owners.
    Admin,
    /// Customer success: accounts and campaigns.
    Success,
    /// Builds apps: their usage, releases and feedback.
    Builder,
    /// Looks, without personal data.
    Viewer,
    /// A directory that keeps users up to date; tokens only.
    Scim,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Owner, Self::Admin, Self::Success, Self::Builder, Self::Viewer, Self::Scim];
    /// What a user can be given.
    pub const FOR_USERS: [Self; 5] = [Self::Owner, Self::Admin, Self::Success, Self::Builder, Self::Viewer];

    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Success => "success",
            Self::Builder => "builder",
            Self::Viewer => "viewer",
            Self::Scim => "scim",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether someone of this role may make tokens of the other: nobody hands out more than they have.
    pub fn may_hand_out(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => other != Self::Owner,
            _ => self == other,
        }
    }
}

/// Names of roles, for a sentence.
pub(super) fn names(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}

/// What a workspace looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WorkspaceKind {
    /// A company's own people and departments.
    Internal,
    /// The customers of a product.
    Vendor,
}

impl WorkspaceKind {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Vendor => "vendor",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Internal, Self::Vendor].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A workspace, whose data no other sees.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = crate::db::schema::workspaces)]
pub struct Workspace {
    /// Its number inside.
    pub id: i64,
    /// Its name in paths.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// `internal` or `vendor`.
    pub kind: String,
    /// Its days are days there; an IANA name.
    pub time_zone: String,
    /// Days that events are kept; none for ever.
    pub retention_days_events: Option<i32>,
    /// Days that runs of jobs are kept.
    pub retention_days_jobs: i32,
    /// 1 if people are pseudonyms for those who lack `people.unmask`.
    pub pseudonyms: i16,
    /// How many people a number needs to be shown to everybody.
    pub smallest_group: i32,
    /// Traits that tell who somebody is, beside the usual ones, as a JSON list.
    pub personal_traits: String,
    /// How often somebody was erased from it.
    pub erasures: i64,
}

impl Workspace {
    /// What it looks at.
    pub fn kind(&self) -> WorkspaceKind {
        WorkspaceKind::parse(&self.kind).unwrap_or(WorkspaceKind::Internal)
    }

    /// Traits that tell who somebody is, beside the usual ones.
    pub fn personal(&self) -> Vec<String> {
        serde_json::from_str(&self.personal_traits).unwrap_or_default()
    }

    /// Its time zone; names are checked when a workspace is made.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// Who proved to be whom, before any workspace is looked at.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A console user with a session.
    User {
        /// Number of the user.
        id: i64,
        /// Their e-mail.
        email: String,
        /// Their name.
        name: String,
        /// Hash of the session they came with.
        session: String,
    },
    /// An API token.
    Token {
        /// Number of the token.
        id: i64,
        /// Its name.
        name: String,
        /// The one workspace it opens.
        workspace_id: i64,
        /// Its role there.
        role: Role,
        /// The user it belongs to, who must still be there.
        owner_id: Option<i64>,
        /// The apps of a builder's token that has no owner.
        apps: BTreeSet<String>,
    },
}

impl Identity {
    /// As the audit log names them.
    pub fn origin(&self) -> Origin {
        let (kind, id, name) = match self {
            Self::User { id, email, .. } => (OriginKind::User, *id, email),
            Self::Token { id, name, .. } => (OriginKind::Token, *id, name),
        };
        Origin { kind, id: Some(id), name: name.clone(), address: None, request_id: None }
    }

    /// The user behind the call: the one signed in, or the owner of the token.
    pub fn user_id(&self) -> Option<i64> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Token { owner_id, .. } => *owner_id,
        }
    }
}

/// Which apps somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of the workspace.
    All,
    /// These only, by name: what a builder owns or was granted.
    Apps(BTreeSet<String>),
}

impl Scope {
    /// Whether an app is among them.
    pub fn holds(&self, app: &str) -> bool {
        match self {
            Self::All => true,
            Self::Apps(apps) => apps.contains(app),
        }
    }
}

/// Who calls, in which workspace, as what.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The workspace that the path names.
    pub workspace: Workspace,
    /// The user or token.
    pub identity: Identity,
    /// Their role here.
    pub role: Role,
    /// A token can do no more than its owner can by now, and who views as somebody else no more than themselves.
    pub ceiling: Option<Role>,
    /// Which apps they see.
    pub scope: Scope,
    /// Keys of people whom they see by name for the time being, though not everybody.
    pub unmasked: BTreeSet<u32>,
    /// As the audit log names them.
    pub origin: Origin,
}

impl Caller {
    /// Whether the caller has a permission beyond the one that let them in.
    pub fn has<P: Permission>(&self) -> bool {
        self.roles().all(|role| P::ROLES.contains(&role))
    }

    /// Whether people are shown by name here; by pseudonym otherwise.
    pub fn sees_names(&self) -> bool {
        self.workspace.pseudonyms == 0 || self.has::<can::PeopleUnmask>()
    }

    /// Whether numbers of few people are shown; suppressed otherwise.
    pub fn sees_small_groups(&self) -> bool {
        self.roles().all(|role| matches!(role, Role::Owner | Role::Admin))
    }

    /// Whether the caller may make a token or a user of this role.
    pub fn may_hand_out(&self, role: Role) -> bool {
        self.roles().all(|own| own.may_hand_out(role))
    }

    fn roles(&self) -> impl Iterator<Item = Role> {
        [Some(self.role), self.ceiling].into_iter().flatten()
    }
}
