//! Roles, workspaces, and who is calling.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::can::Permission;

/// What a user or token is in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
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
    const ALL: [Self; 6] = [Self::Owner, Self::Admin, Self::Success, Self::Builder, Self::Viewer, Self::Scim];
    /// What a user can be given for now; the others come with roles that are scoped.
    pub const FOR_USERS: [Self; 3] = [Self::Owner, Self::Admin, Self::Viewer];
    /// What a token can be given for now.
    pub const FOR_TOKENS: [Self; 4] = [Self::Owner, Self::Admin, Self::Viewer, Self::Scim];

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
}

impl Workspace {
    /// What it looks at.
    pub fn kind(&self) -> WorkspaceKind {
        WorkspaceKind::parse(&self.kind).unwrap_or(WorkspaceKind::Internal)
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
    },
}

impl Identity {
    /// The user behind the call: the one signed in, or the owner of the token.
    pub fn user_id(&self) -> Option<i64> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Token { owner_id, .. } => *owner_id,
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
    /// A token can do no more than its owner can by now.
    pub ceiling: Option<Role>,
}

impl Caller {
    /// Whether the caller has a permission beyond the one that let them in.
    pub fn has<P: Permission>(&self) -> bool {
        P::ROLES.contains(&self.role) && self.ceiling.is_none_or(|role| P::ROLES.contains(&role))
    }

    /// Whether the caller may make a token of this role.
    pub fn may_hand_out(&self, role: Role) -> bool {
        self.role.may_hand_out(role) && self.ceiling.is_none_or(|ceiling| ceiling.may_hand_out(role))
    }
}
