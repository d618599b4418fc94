//! `database`: where the data lives.

use serde::Deserialize;

/// The section `database`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`. Default: `takehold.db` in the data folder. A secret.
    pub url: Option<String>,
}
