//! `outbound`: how every call to elsewhere goes out.

use std::path::PathBuf;

use serde::Deserialize;

use super::parse;

/// The section `outbound`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutboundConfig {
    /// Certificates (PEM) of authorities to trust beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// A proxy for all calls, such as `http://proxy.example.com:3128`. A secret if it holds a password.
    #[serde(deserialize_with = "parse::endpoint")]
    pub proxy: Option<String>,
    /// Hosts, domains (`.example.com`) and address ranges that are called without the proxy.
    #[serde(deserialize_with = "parse::words")]
    pub no_proxy: Vec<String>,
}
