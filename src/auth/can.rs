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
    ($($(#[$doc:meta])* $name:ident = $text:literal: $($role:ident)+;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;
            impl Permission for $name {
                const NAME: &'static str = $text;
                const ROLES: &'static [Role] = &[$($role),+];
            }
        )+

        /// The names of what a role allows.
        pub fn of(role: Role) -> Vec<&'static str> {
            let all = [$(($text, $name::ROLES)),+];
            all.into_iter().filter(|(_, roles)| roles.contains(&role)).map(|(name, _)| name).collect()
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
}
