//! From groups to roles: what a mapping gives, and what somebody's groups give together.

use std::collections::BTreeMap;

use super::Kind;
use crate::auth::Role;
use crate::auth::ldap::names;
use crate::auth::workspaces;

/// What one mapping gives to the members of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// The workspace's name in paths.
    pub workspace: String,
    /// What they are there.
    pub role: Role,
    /// For a builder: an app that they see.
    pub app: Option<String>,
}

/// A group, and what its members get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The group: a value of the claim; of a directory its DN or its name.
    pub group: String,
    /// What they get.
    pub gift: Gift,
}

/// What somebody's groups give in one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The strongest role.
    pub role: Role,
    /// The apps that they see as a builder.
    pub apps: Vec<String>,
}

/// Reads the value of a mapping: `admin`, `admin@WORKSPACE`, `builder:APP`, `builder:APP@WORKSPACE`, several with commas
/// between them.
pub fn parse(text: &str) -> Result<Vec<Gift>, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Err(wrong(text));
    }
    parts.into_iter().map(|part| parse_one(part).ok_or_else(|| wrong(part))).collect()
}

fn wrong(text: &str) -> String {
    format!("{text:?} is no role; right would be viewer, admin@WORKSPACE, builder:APP or builder:APP@WORKSPACE")
}

fn parse_one(text: &str) -> Option<Gift> {
    let (what, workspace) = match text.rsplit_once('@') {
        Some((what, workspace)) if !workspace.trim().is_empty() => (what.trim(), workspace.trim()),
        Some(_) => return None,
        None => (text, workspaces::DEFAULT),
    };
    let (role, app) = match what.split_once(':') {
        Some((role, app)) if !app.trim().is_empty() => (role.trim(), Some(app.trim().to_owned())),
        Some(_) => return None,
        None => (what, None),
    };
    let role = Role::parse(&role.to_lowercase()).filter(|role| *role != Role::Scim)?;
    if app.is_some() && role != Role::Builder {
        return None;
    }
    Some(Gift { workspace: workspace.to_owned(), role, app })
}

/// Whether a group that somebody is in is the one that a rule names. Names of a directory are compared without case.
pub fn is_named(kind: Kind, rule: &str, group: &str) -> bool {
    match kind {
        Kind::Oidc => rule == group,
        Kind::Ldap => match (names::canonical(rule), names::canonical(group)) {
            (Some(rule), Some(group)) => rule == group,
            _ => names::first_value(group).is_some_and(|name| name.to_lowercase() == rule.trim().to_lowercase()),
        },
    }
}

/// The rules that somebody's groups meet.
pub fn met<'a>(kind: Kind, rules: &'a [Rule], groups: &[String]) -> Vec<&'a Rule> {
    rules.iter().filter(|rule| groups.iter().any(|group| is_named(kind, &rule.group, group))).collect()
}

/// What rules give together, by workspace.
pub fn sum<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> BTreeMap<String, Given> {
    let mut all = BTreeMap::<String, Given>::new();
    for Rule { gift, .. } in rules {
        let given = all.entry(gift.workspace.clone()).or_insert_with(|| Given { role: gift.role, apps: Vec::new() });
        given.role = given.role.min(gift.role);
        if let Some(app) = gift.app.as_ref().filter(|app| !given.apps.contains(app)) {
            given.apps.push(app.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(group: &str, text: &str) -> Vec<Rule> {
        parse(text).unwrap().into_iter().map(|gift| Rule { group: group.to_owned(), gift }).collect()
    }

    #[test]
    fn values_of_mappings_are_read() {
        let gift = |workspace: &str, role, app: Option<&str>| Gift {
            workspace: workspace.to_owned(),
            role,
            app: app.map(str::to_owned),
        };
        assert_eq!(parse("admin").unwrap(), [gift("default", Role::Admin, None)]);
        assert_eq!(parse(" Viewer@acme ").unwrap(), [gift("acme", Role::Viewer, None)]);
        assert_eq!(
            parse("builder:Time Off, builder:shop@acme").unwrap(),
            [gift("default", Role::Builder, Some("Time Off")), gift("acme", Role::Builder, Some("shop"))]
        );
        for wrong in ["", "boss", "scim", "admin@", "builder:", "viewer:shop", ","] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_strongest_role_of_a_workspace_counts() {
        let rules =
            [rule("a", "viewer"), rule("b", "admin"), rule("c", "builder:shop@acme,builder:desk@acme")].concat();
        let groups = ["a", "b", "c"].map(str::to_owned);
        let sum = sum(met(Kind::Oidc, &rules, &groups));
        assert_eq!(sum["default"].role, Role::Admin);
        assert_eq!(
            (sum["acme"].role, sum["acme"].apps.as_slice()),
            (Role::Builder, ["shop".to_owned(), "desk".to_owned()].as_slice())
        );
        assert!(met(Kind::Oidc, &rules, &["A".to_owned()]).is_empty());
    }

    #[test]
    fn groups_of_a_directory_go_by_dn_or_name_without_case() {
        let dn = "cn=Admins,ou=Groups,dc=example,dc=org";
        assert!(is_named(Kind::Ldap, "CN=admins, OU=groups,DC=Example,dc=org", dn));
        assert!(is_named(Kind::Ldap, "admins", dn));
        assert!(!is_named(Kind::Ldap, "cn=admins,ou=other,dc=example,dc=org", dn));
        assert!(!is_named(Kind::Ldap, "admin", dn));
    }
}
