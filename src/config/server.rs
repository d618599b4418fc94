//! `server`: how the server is reached.

use std::net::SocketAddr;

use ipnet::IpNet;
use serde::Deserialize;

use super::parse;

/// The section `server`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Address and port to listen on.
    #[serde(deserialize_with = "parse::address")]
    pub listen: SocketAddr,
    /// The address that people type, such as `https://takehold.example.com`; with https, cookies are `Secure`.
    #[serde(deserialize_with = "parse::web_origin")]
    pub public_url: Option<String>,
    /// 32 bytes as hex or base64. A secret. On SQLite it is made in the data folder when missing.
    pub secret_key: Option<String>,
    /// The key before `secret_key`, while it is being replaced. A secret.
    pub previous_secret_key: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed, as addresses or CIDR ranges.
    #[serde(deserialize_with = "parse::networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Seconds that requests may go on after the server was told to stop.
    #[serde(deserialize_with = "parse::seconds")]
    pub drain_seconds: u64,
    /// Calls of the API and of the console that each token, session or stranger's address may make in a minute; a
    /// tenth of them at once; 30000 unless set. 0 sets no bound. Events under `/v1` are not counted.
    #[serde(deserialize_with = "parse::per_minute")]
    pub rate_limit: u32,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            secret_key: None,
            previous_secret_key: None,
            trusted_proxies: Vec::new(),
            drain_seconds: 20,
            rate_limit: 30_000,
        }
    }
}

impl ServerConfig {
    /// Whether people reach the server by https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The address to show to people: the public one, or where the server listens.
    pub fn shown_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.clone(),
            None if self.listen.ip().is_unspecified() => format!("http://localhost:{}", self.listen.port()),
            None => format!("http://{}", self.listen),
        }
    }
}
