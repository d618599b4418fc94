//! `audit`: where the audit log goes beside the database.

use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error};

/// The section `audit`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// A syslog collector that each row of the audit log is sent to.
    #[serde(deserialize_with = "address")]
    pub syslog: Option<SyslogAddress>,
}

/// Where a syslog collector listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyslogAddress {
    /// Datagrams, which may get lost.
    Udp(String, u16),
    /// A stream.
    Tcp(String, u16),
    /// A stream under TLS.
    Tls(String, u16),
    /// A socket on this machine, such as `/dev/log`.
    Unix(PathBuf),
}

impl FromStr for SyslogAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is no address of a syslog collector; right would be tls://log.example.com:6514, \
                 tcp://log.example.com:601, udp://log.example.com:514 or unix:///dev/log"
            )
        };
        let (scheme, rest) = text.trim().split_once("://").ok_or_else(wrong)?;
        if scheme == "unix" {
            return if rest.starts_with('/') { Ok(Self::Unix(rest.into())) } else { Err(wrong()) };
        }
        let usual = match scheme {
            "udp" => 514,
            "tcp" => 601,
            "tls" => 6514,
            _ => return Err(wrong()),
        };
        let rest = rest.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
            _ => (rest, usual),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) || port == 0 {
            return Err(wrong());
        }
        Ok(match scheme {
            "udp" => Self::Udp(host, port),
            "tcp" => Self::Tcp(host, port),
            _ => Self::Tls(host, port),
        })
    }
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SyslogAddress>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)?.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_their_usual_ports() {
        let read = |text: &str| text.parse::<SyslogAddress>();
        assert_eq!(read("udp://log"), Ok(SyslogAddress::Udp("log".into(), 514)));
        assert_eq!(read("tcp://log:1514"), Ok(SyslogAddress::Tcp("log".into(), 1514)));
        assert_eq!(read("tls://[::1]"), Ok(SyslogAddress::Tls("::1".into(), 6514)));
        assert_eq!(read("tls://[::1]:99"), Ok(SyslogAddress::Tls("::1".into(), 99)));
        assert_eq!(read("unix:///dev/log"), Ok(SyslogAddress::Unix("/dev/log".into())));
        for wrong in ["log:514", "http://log", "tcp://", "tcp://log:0", "tcp://log:many", "unix://log", "tcp://a/b"] {
            assert!(read(wrong).unwrap_err().contains("tls://"), "{wrong}");
        }
    }
}
