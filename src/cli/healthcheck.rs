//! `takehold healthcheck`: for a container image that has no shell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::Failure;
use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct Healthcheck {
    /// Ask whether the server takes requests, not only whether it is alive.
    #[arg(long)]
    ready: bool,
}

pub(super) fn run(verb: &Healthcheck, config: &Config) -> Result<ExitCode, Failure> {
    let url = format!("http://{}{}", reachable(config.server.listen), if verb.ready { "/readyz" } else { "/healthz" });
    let asked = ureq::get(&url).config().timeout_global(Some(Duration::from_secs(5))).build().call();
    match asked {
        Ok(_) => Ok(ExitCode::SUCCESS),
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
