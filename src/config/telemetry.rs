//! `telemetry`: what the server tells about itself.

use std::net::SocketAddr;

use serde::Deserialize;

use super::parse;

/// The section `telemetry`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// `text`, `json`, or `auto`: text on a terminal, JSON otherwise.
    pub format: LogFormat,
    /// What is logged, such as `info` or `warn,takehold=debug`. `info,takehold::access=debug` adds a line per request.
    pub level: String,
    /// Address and port of `/metrics` alone; the server's own port does not answer it then.
    #[serde(deserialize_with = "parse::maybe_address")]
    pub metrics_listen: Option<SocketAddr>,
    /// A collector that takes traces by OTLP over HTTP, such as `http://collector:4318`.
    #[serde(deserialize_with = "parse::endpoint")]
    pub otlp_endpoint: Option<String>,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        let level = "info,actix_server=warn".into();
        Self { format: LogFormat::Auto, level, metrics_listen: None, otlp_endpoint: None }
    }
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// For eyes.
    Text,
    /// One JSON object a line, in UTC.
    Json,
}
