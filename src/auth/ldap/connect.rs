//! A connection: to the first server that answers, encrypted unless the operator says otherwise, bound as the service.

use std::net::IpAddr;
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, StdStream};
use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Trouble;
use crate::config::LdapConfig;
use crate::outbound::{Kind, Outbound};

/// How long a server may take to be reached, TLS included, and to answer one question.
const CONNECT: Duration = Duration::from_secs(3);
pub(super) const ANSWER: Duration = Duration::from_secs(4);
/// What Active Directory says it can do (LDAP_CAP_ACTIVE_DIRECTORY_OID).
pub(super) const ACTIVE_DIRECTORY: &str = "1.2.840.113556.1.4.800";

/// A bound connection.
pub(super) struct Session {
    pub ldap: Ldap,
    pub config: LdapConfig,
    /// Whether the server is Active Directory; none until somebody asks.
    pub is_active_directory: Option<bool>,
}

/// The servers of a setting, in order.
pub(super) fn servers(config: &LdapConfig) -> Result<Vec<Url>, Trouble> {
    let text = config.url.as_deref().unwrap_or_default();
    let urls = text.split([' ', ',']).filter(|url| !url.is_empty()).map(|url| {
        let parsed = Url::parse(url).ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()));
        let known = parsed.filter(|url| ["ldap", "ldaps"].contains(&url.scheme()));
        known.ok_or_else(|| {
            Trouble::Settings(format!("{url:?} is no address of a directory; right would be ldaps://ldap.example.com"))
        })
    });
    let urls = urls.collect::<Result<Vec<_>, _>>()?;
    if urls.is_empty() { Err(Trouble::Settings("the setting url names no server".into())) } else { Ok(urls) }
}

/// Whether a server is reached encrypted, or need not be.
pub(super) fn check_encryption(url: &Url, config: &LdapConfig) -> Result<(), Trouble> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    let is_encrypted = url.scheme() == "ldaps" || config.start_tls == Some(true);
    if is_encrypted || is_here || config.allow_plain == Some(true) {
        return Ok(());
    }
    Err(Trouble::Settings(format!(
        "passwords would go to {host} unencrypted: use ldaps://, set start_tls, or allow_plain if the network is trusted"
    )))
}

/// Reaches a server; no word is said yet.
pub(super) async fn reach(url: &Url) -> Result<TcpStream, Trouble> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let reached = timeout(CONNECT, TcpStream::connect((host, port(url)))).await;
    match reached {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(Trouble::Down(format!("{}: {error}", place(url)))),
        Err(_) => Err(Trouble::Down(format!("{} cannot be reached within {} seconds", place(url), CONNECT.as_secs()))),
    }
}

fn port(url: &Url) -> u16 {
    url.port().unwrap_or(if url.scheme() == "ldaps" { 636 } else { 389 })
}

pub(super) fn place(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), port(url))
}

/// Begins to speak LDAP over a stream, by TLS where that is set.
pub(super) async fn greet(
    stream: TcpStream,
    url: &Url,
    (outbound, key): (&Outbound, &str),
    config: &LdapConfig,
) -> Result<Ldap, Trouble> {
    let way = outbound
        .trusting(config.ca_file.as_deref(), &format!("{key}.ca_file"))
        .map_err(|e| Trouble::Settings(e.to_string()))?;
    let stream = stream.into_std().map_err(|e| Trouble::Down(format!("{}: {e}", place(url))))?;
    let settings = LdapConnSettings::new()
        .set_config(way.tls())
        .set_starttls(config.start_tls == Some(true))
        .set_std_stream(StdStream::Tcp(stream));
    let greeted = timeout(CONNECT, LdapConnAsync::from_url_with_settings(settings, url)).await;
    let (connection, ldap) = greeted
        .map_err(|_| Trouble::Down(format!("{} says nothing within {} seconds", place(url), CONNECT.as_secs())))?
        .map_err(|e| Trouble::Down(format!("{}: {}", place(url), words(&e))))?;
    tokio::spawn(async move {
        if let Err(error) = connection.drive().await {
            tracing::debug!(%error, "the connection to the directory ended");
        }
    });
    Ok(ldap)
}

/// An error in words: the server's own where it has any.
pub(super) fn words(error: &LdapError) -> String {
    match error {
        LdapError::LdapResult { result } => said(result),
        LdapError::Timeout { .. } => format!("no answer within {} seconds", ANSWER.as_secs()),
        LdapError::EndOfStream | LdapError::ResultRecv { .. } | LdapError::OpSend { .. } => {
            "the connection was closed".to_owned()
        }
        LdapError::FilterParsing => "the setting user_filter is no filter; right would be (uid={username})".to_owned(),
        other => {
            let mut text = other.to_string();
            if let Some(cause) = std::error::Error::source(other).filter(|cause| !text.contains(&cause.to_string())) {
                text = format!("{text}: {cause}");
            }
            text
        }
    }
}

/// What a server answered, in its own words; without what could be part of a log line.
pub(super) fn said(result: &LdapResult) -> String {
    result.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

impl Session {
    /// Connects to the first server that answers, and binds as the service.
    pub async fn open(outbound: &Outbound, key: &str, config: &LdapConfig) -> Result<Self, Trouble> {
        let mut last = Trouble::Settings("the setting url names no server".into());
        for url in servers(config)? {
            check_encryption(&url, config)?;
            let opened = Self::open_at(&url, outbound, key, config).await;
            let failure = opened.as_ref().err().map(|trouble| trouble.words().to_owned());
            outbound.note(Kind::DIRECTORY, url.host_str().unwrap_or_default(), port(&url), 1, failure);
            match opened {
                Ok(session) => return Ok(session),
                // Another server would refuse us for the same reason.
                Err(Trouble::Settings(words)) => return Err(Trouble::Settings(words)),
                Err(trouble) => {
                    tracing::warn!(
                        source = key,
                        server = place(&url),
                        reason = trouble.words(),
                        "a directory server does not serve"
                    );
                    last = trouble;
                }
            }
        }
        Err(last)
    }

    async fn open_at(url: &Url, outbound: &Outbound, key: &str, config: &LdapConfig) -> Result<Self, Trouble> {
        let stream = reach(url).await?;
        let ldap = greet(stream, url, (outbound, key), config).await?;
        let mut session = Self { ldap, config: config.clone(), is_active_directory: None };
        session.bind_service().await?;
        Ok(session)
    }

    /// Binds as the account that searches; without one, as nobody.
    pub async fn bind_service(&mut self) -> Result<(), Trouble> {
        let dn = self.config.bind_dn.clone().unwrap_or_default();
        let password = self.config.bind_password.clone().unwrap_or_default();
        if !dn.is_empty() && password.is_empty() {
            return Err(Trouble::Settings("the setting bind_password is missing beside bind_dn".into()));
        }
        let answer = self.bind(&dn, &password).await?;
        match answer.rc {
            0 => Ok(()),
            8 | 13 | 48 | 49 | 53 => {
                Err(Trouble::Settings(format!("the directory refuses the account that searches: {}", said(&answer))))
            }
            _ => Err(Trouble::Down(said(&answer))),
        }
    }

    /// Whether a password is that of an entry.
    pub async fn bind_as(&mut self, dn: &str, password: &str) -> Result<(), Trouble> {
        let answer = self.bind(dn, password).await?;
        match answer.rc {
            0 => Ok(()),
            // Wrong, expired, locked: the directory's words go to the log.
            19 | 32 | 34 | 48 | 49 | 50 | 53 => Err(Trouble::Wrong(said(&answer))),
            8 | 13 => Err(Trouble::Settings(said(&answer))),
            _ => Err(Trouble::Down(said(&answer))),
        }
    }

    async fn bind(&mut self, dn: &str, password: &str) -> Result<LdapResult, Trouble> {
        self.ldap.with_timeout(ANSWER);
        self.ldap.simple_bind(dn, password).await.map_err(|e| Trouble::Down(words(&e)))
    }

    /// Says good-bye.
    pub async fn close(mut self) {
        if let Err(error) = self.ldap.unbind().await {
            tracing::debug!(%error, "the directory was left without a word");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> LdapConfig {
        LdapConfig { url: Some(url.to_owned()), ..LdapConfig::default() }
    }

    #[test]
    fn several_servers_are_read_and_nonsense_is_said() {
        let urls = servers(&config("ldaps://a.example, ldap://b.example:1389 ldaps://[::1]")).unwrap();
        assert_eq!(urls.iter().map(place).collect::<Vec<_>>(), ["a.example:636", "b.example:1389", "[::1]:636"]);
        for wrong in ["", "a.example", "http://a.example", "ldap://"] {
            assert!(matches!(servers(&config(wrong)), Err(Trouble::Settings(_))), "{wrong}");
        }
    }

    #[test]
    fn passwords_go_encrypted_unless_that_is_allowed() {
        let plain = |url: &str| check_encryption(&Url::parse(url).unwrap(), &config(url)).is_ok();
        for here in ["ldap://localhost", "ldap://127.0.0.1:3389", "ldap://[::1]", "ldaps://a.example"] {
            assert!(plain(here), "{here}");
        }
        for beyond in ["ldap://a.example", "ldap://10.0.0.1", "ldap://localhost.example"] {
            assert!(!plain(beyond), "{beyond}");
        }
        let url = Url::parse("ldap://a.example").unwrap();
        let with_tls = LdapConfig { start_tls: Some(true), ..config("ldap://a.example") };
        let allowed = LdapConfig { allow_plain: Some(true), ..config("ldap://a.example") };
        assert!(check_encryption(&url, &with_tls).is_ok() && check_encryption(&url, &allowed).is_ok());
    }
}
