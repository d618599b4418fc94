//! Permissions, each a type that a handler names in its signature: `caller: Can<can::MetricsRead>`.

use super::Role;
use super::Role::{Admin, Builder, Owner, Success, Viewer};

/// Something that a role allows.
pub trait Permission: 'static {
    /// As clients see it.
    const NAME: &'static str;
    /// Who has it.
    const ROLES: &'static [Role];
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal: $($role:ident)+;)+) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug)]
            pub struct $name;
            impl Permission for $name {
                const NAME: &'static str = $text;
                const ROLES: &'static [Role] = &[$($role),+];
            }
        )+

        /// Every permission: its name, what it allows, and who has it.
        pub const ALL: &[(&str, &str, &[Role])] = &[$(($text, concat!($($doc),*), $name::ROLES)),+];

        /// Who has a permission.
        pub fn roles_of<P: Permission>() -> &'static [Role] {
            P::ROLES
        }

        /// The names of what a role allows.
        pub fn of(role: Role) -> Vec<&'static str> {
            ALL.iter().filter(|(_, _, roles)| roles.contains(&role)).map(|(name, _, _)| *name).collect()
        }
    };
}

permissions! {
    /// See figures of the workspace.
    MetricsRead = "metrics.read": Owner Admin Success Builder Viewer;
    /// See apps, their releases and settings.
    AppsRead = "apps.read": Owner Admin Success Builder Viewer;
    /// Set an app's rhythm, owners and tags.
    AppsWrite = "apps.write": Owner Admin Builder;
    /// See lists and pages of people and accounts.
    PeopleRead = "people.read": Owner Admin Success Builder Viewer;
    /// Take back, or bring again, that two ids are one person.
    PeopleMerge = "people.merge": Owner Admin;
    /// See people by name instead of by pseudonym.
    PeopleUnmask = "people.unmask": Owner Admin Success;
    /// Ask to see one person by name, for a purpose and a time.
    PeopleUnmaskAsk = "people.unmask_ask": Owner Admin Success Builder Viewer;
    /// Decide whether somebody else may see a person by name.
    PeopleUnmaskApprove = "people.unmask_approve": Owner Admin;
    /// See requests to export or erase a person.
    PrivacyRead = "privacy.read": Owner Admin;
    /// Export or erase a person.
    PrivacyWrite = "privacy.write": Owner Admin;
    /// Watch events come in.
    InspectorRead = "inspector.read": Owner Admin Builder;
    /// Send a test event from the console.
    InspectorWrite = "inspector.write": Owner Admin Builder;
    /// See which write keys there are.
    WriteKeysRead = "write_keys.read": Owner Admin Builder;
    /// Make and revoke write keys.
    WriteKeysWrite = "write_keys.write": Owner Admin;
    /// See which API tokens there are.
    TokensRead = "tokens.read": Owner Admin;
    /// Make and revoke API tokens.
    TokensWrite = "tokens.write": Owner Admin;
    /// See the settings of the workspace.
    WorkspacesRead = "workspaces.read": Owner Admin;
    /// Make workspaces and change their settings.
    WorkspacesWrite = "workspaces.write": Owner Admin;
    /// See how the installation itself is doing: jobs, backups, capacity. Held in the workspace `default`.
    SystemRead = "system.read": Owner Admin;
    /// Run jobs and make backups. Held in the workspace `default`.
    SystemManage = "system.manage": Owner Admin;
    /// See console users and what they are. Held in the workspace `default`.
    UsersRead = "users.read": Owner Admin;
    /// Invite console users, change their roles, shut them out. Held in the workspace `default`.
    UsersWrite = "users.write": Owner Admin;
    /// See who is signed in. Held in the workspace `default`.
    SessionsRead = "sessions.read": Owner Admin;
    /// End sessions of others. Held in the workspace `default`.
    SessionsWrite = "sessions.write": Owner Admin;
    /// See how people sign in. Held in the workspace `default`.
    SourcesRead = "sources.read": Owner Admin;
    /// Set how people sign in, and which groups become which roles. Held in the workspace `default`.
    SourcesWrite = "sources.write": Owner Admin;
    /// Read the audit log. Held in the workspace `default`.
    AuditRead = "audit.read": Owner Admin;
}
