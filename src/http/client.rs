//! Who is at the other end of the connection.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use ipnet::IpNet;

/// Finds a client's address; `X-Forwarded-For` is believed only from trusted proxies.
#[derive(Clone, Debug, Default)]
pub struct ClientAddress {
    trusted: Vec<IpNet>,
}

impl ClientAddress {
    /// Trusts these proxies.
    pub fn behind(trusted: Vec<IpNet>) -> Self {
        Self { trusted }
    }

    /// The address of the client that sent the request.
    pub fn of(&self, req: &HttpRequest) -> IpAddr {
        let peer = req.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let forwarded = req.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        let forwarded: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
        self.resolve(peer, &forwarded)
    }

    /// Walks from the peer towards the client, and stops at the first hop that nobody vouches for.
    fn resolve(&self, peer: IpAddr, forwarded: &[&str]) -> IpAddr {
        let mut hop = peer;
        for text in forwarded.iter().rev() {
            if !self.trusted.iter().any(|net| net.contains(&hop.to_canonical())) {
                break;
            }
            let Ok(next) = text.trim().parse::<IpAddr>() else { break };
            hop = next;
        }
        hop.to_canonical()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let nobody = ClientAddress::default();
        let proxy = ClientAddress::behind(vec!["10.0.0.0/8".parse().unwrap()]);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(nobody.resolve(ip("10.0.0.1"), &["1.2.3.4"]), ip("10.0.0.1"));
        assert_eq!(proxy.resolve(ip("10.0.0.1"), &["1.2.3.4"]), ip("1.2.3.4"));
        assert_eq!(proxy.resolve(ip("::ffff:10.0.0.1"), &["6.6.6.6", "1.2.3.4", "10.9.9.9"]), ip("1.2.3.4"));
        assert_eq!(proxy.resolve(ip("9.9.9.9"), &["1.2.3.4"]), ip("9.9.9.9"));
    }
}
