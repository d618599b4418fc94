//! `webhooks`: where outgoing webhooks may go.

use ipnet::IpNet;
use serde::Deserialize;

use super::parse;

/// The section `webhooks`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhooksConfig {
    /// Loopback and private ranges that endpoints may live in, as CIDR.
    #[serde(deserialize_with = "parse::networks")]
    pub allow_private: Vec<IpNet>,
}
