//! `auth`: who may sign in, and how.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::parse;

/// The section `auth`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthConfig {
    /// Passwords kept here.
    pub local: LocalConfig,
    /// OpenID Connect.
    pub oidc: Option<OidcConfig>,
    /// A directory.
    pub ldap: Option<LdapConfig>,
    /// Further sources by a name of their own, each with `kind` (`oidc` or `ldap`) and the keys of that kind.
    pub sources: BTreeMap<String, SourceConfig>,
}

/// The section `auth.local`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LocalConfig {
    /// Whether people sign in with a password kept here; default true. Break-glass owners always may.
    #[serde(deserialize_with = "parse::yes_or_no")]
    pub enabled: Option<bool>,
    /// Codes of an authenticator app beside the password.
    pub totp: Option<TotpPolicy>,
}

/// Whether a password needs the code of an authenticator app beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TotpPolicy {
    /// Nobody sets it up any more; who has it keeps it.
    Off,
    /// Who wants it sets it up.
    #[default]
    Optional,
    /// An owner without it can do nothing but set it up.
    RequiredForOwners,
}

/// One of several sources of sign-on.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum SourceConfig {
    /// OpenID Connect.
    Oidc(OidcConfig),
    /// A directory.
    Ldap(LdapConfig),
}

/// The section `auth.oidc`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct OidcConfig {
    /// What the button of the sign-in page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The issuer, exactly as it names itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Our name at the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Our secret at the issuer. A secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Scopes to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<String>,
    /// The claim that holds groups: a name, or a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups_claim: Option<String>,
    /// Group → role.
    #[serde(deserialize_with = "parse::mappings", skip_serializing_if = "BTreeMap::is_empty")]
    pub role_mappings: BTreeMap<String, String>,
    /// Whether a first log-in makes the user; default true once `role_mappings` is set.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub auto_provision: Option<bool>,
    /// Only people with an e-mail of these domains may sign in.
    #[serde(deserialize_with = "parse::names", skip_serializing_if = "Vec::is_empty")]
    pub allowed_domains: Vec<String>,
    /// Only people of one of these groups may sign in.
    #[serde(deserialize_with = "parse::names", skip_serializing_if = "Vec::is_empty")]
    pub allowed_groups: Vec<String>,
    /// Whether roles follow the groups at each log-in; default true.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub sync_roles: Option<bool>,
    /// Whether somebody whose groups give no role is refused even with a role given by hand.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub role_strict: Option<bool>,
    /// Whether a user of the same verified e-mail, of an allowed domain, becomes theirs at the first log-in.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub link_by_email: Option<bool>,
    /// Certificates (PEM) of authorities to trust for this source, beside those of `outbound.ca_file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// What the issuer is to ask for: `none`, `login`, `consent` or `select_account`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_prompt: Option<String>,
    /// Seconds after which the issuer asks for the password again.
    #[serde(deserialize_with = "parse::maybe_number", skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// Whether the sign-in page goes on to this source by itself.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub auto_login: Option<bool>,
}

/// The section `auth.ldap`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LdapConfig {
    /// What the button of the sign-in page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ldaps://HOST` or `ldap://HOST`; of several, the first that answers is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether TLS is begun on a connection to `ldap://`.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub start_tls: Option<bool>,
    /// Certificates (PEM) of authorities to trust for this source, beside those of `outbound.ca_file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Whether `ldap://` without StartTLS is allowed beyond loopback.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub allow_plain: Option<bool>,
    /// The account that searches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind_dn: Option<String>,
    /// Its password. A secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind_password: Option<String>,
    /// Where users are searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_base: Option<String>,
    /// How a user is found; `{username}` stands for what was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_filter: Option<String>,
    /// Where groups are searched; without it, `memberOf` of the user counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_base: Option<String>,
    /// Whether groups of groups count; default true.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub nested_groups: Option<bool>,
    /// Group → role.
    #[serde(deserialize_with = "parse::mappings", skip_serializing_if = "BTreeMap::is_empty")]
    pub role_mappings: BTreeMap<String, String>,
    /// Whether a first log-in makes the user; default true once `role_mappings` is set.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub auto_provision: Option<bool>,
    /// Only people with an e-mail of these domains may sign in.
    #[serde(deserialize_with = "parse::names", skip_serializing_if = "Vec::is_empty")]
    pub allowed_domains: Vec<String>,
    /// Only people of one of these groups may sign in.
    #[serde(deserialize_with = "parse::names", skip_serializing_if = "Vec::is_empty")]
    pub allowed_groups: Vec<String>,
    /// Whether roles follow the groups at each log-in and in the job `directory-sync`; default true.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub sync_roles: Option<bool>,
    /// Whether somebody whose groups give no role is refused even with a role given by hand.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub role_strict: Option<bool>,
    /// Whether a user of the same e-mail, of an allowed domain, becomes theirs at the first log-in.
    #[serde(deserialize_with = "parse::yes_or_no", skip_serializing_if = "Option::is_none")]
    pub link_by_email: Option<bool>,
    /// How many people one run of the job may disable, in percent of the source's people; at least 10 people.
    #[serde(deserialize_with = "parse::maybe_number", skip_serializing_if = "Option::is_none")]
    pub disable_limit: Option<u64>,
}
