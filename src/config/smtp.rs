//! `smtp`: the mail relay.

use serde::Deserialize;

/// The section `smtp`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmtpConfig {
    /// `smtp://` or `smtps://`, with user and password if the relay wants them. A secret.
    pub url: Option<String>,
}
