//! `bootstrap`: the first owner of an installation that nobody stands in front of.

use serde::Deserialize;

/// The section `bootstrap`; heeded only while there is no user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BootstrapConfig {
    /// E-mail of the first owner.
    pub owner_email: Option<String>,
    /// Password of the first owner. A secret.
    pub owner_password: Option<String>,
}
