//! `auth`: sign-on by other systems.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::parse;

/// The section `auth`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthConfig {
    /// OpenID Connect.
    pub oidc: Option<OidcConfig>,
    /// A directory.
    pub ldap: Option<LdapConfig>,
}

/// The section `auth.oidc`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OidcConfig {
    /// The issuer, exactly as it names itself.
    pub issuer: Option<String>,
    /// Our name at the issuer.
    pub client_id: Option<String>,
    /// Our secret at the issuer. A secret.
    pub client_secret: Option<String>,
    /// Scopes to ask for.
    pub scopes: Option<String>,
    /// The claim that holds groups.
    pub groups_claim: Option<String>,
    /// Group → role.
    #[serde(deserialize_with = "parse::mappings")]
    pub role_mappings: BTreeMap<String, String>,
    /// Whether a first log-in makes the user; default true once `role_mappings` is set.
    #[serde(deserialize_with = "parse::yes_or_no")]
    pub auto_provision: Option<bool>,
}

/// The section `auth.ldap`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LdapConfig {
    /// `ldaps://HOST` or `ldap://HOST`.
    pub url: Option<String>,
    /// The account that searches.
    pub bind_dn: Option<String>,
    /// Its password. A secret.
    pub bind_password: Option<String>,
    /// Where users are searched.
    pub user_base: Option<String>,
    /// How a user is found; `{username}` stands for what was typed.
    pub user_filter: Option<String>,
    /// Where groups are searched.
    pub group_base: Option<String>,
    /// Group → role.
    #[serde(deserialize_with = "parse::mappings")]
    pub role_mappings: BTreeMap<String, String>,
    /// Whether `ldap://` without StartTLS is allowed beyond loopback.
    #[serde(deserialize_with = "parse::yes_or_no")]
    pub allow_plain: Option<bool>,
    /// Whether a first log-in makes the user; default true once `role_mappings` is set.
    #[serde(deserialize_with = "parse::yes_or_no")]
    pub auto_provision: Option<bool>,
}
