//! `takehold healthcheck`: for a container image that has no shell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::Failure;
use crate::config::Config;
use crate::outbound::Outbound;

/// A server that takes longer is not well.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct Healthcheck {
    /// Ask whether the server takes requests, not only whether it is alive.
    #[arg(long)]
    ready: bool,
    /// The server to ask, such as http://takehold:8080; without it, the one that the configuration names.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(super) fn run(verb: &Healthcheck, config: &Config, outbound: &Outbound) -> Result<ExitCode, Failure> {
    let server = match &verb.url {
        None => format!("http://{}", reachable(config.server.listen)),
        Some(url) if url.starts_with("http://") || url.starts_with("https://") => url.trim_end_matches('/').to_owned(),
        Some(url) => {
            return Err(Failure::Input(format!(
                "--url: {url:?} is no web address; right would be http://takehold:8080"
            )));
        }
    };
    let url = format!("{server}{}", if verb.ready { "/readyz" } else { "/healthz" });
    match outbound.look_at_ourselves(&url, PATIENCE) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(e) => Err(Failure::Broken(format!("{url}: {e}"))),
    }
}

/// A server on all addresses is asked on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
