//! Clients that trust who the operator trusts and go the way the operator set.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{NoProxy, Proxy};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::destinations::{Contacts, Kind};
use crate::clock::Clock;
use crate::config::OutboundConfig;
use crate::db::{Db, DbError};

/// How long another server may take to be reached, and to answer.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);

/// The way out cannot be used as it is configured; the text is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OutboundError(String);

/// Says which implementation of TLS all libraries of this process use; the first thing that the process does.
pub fn install_tls() {
    // A second call (tests) finds it installed.
    drop(ring::default_provider().install_default());
}

/// The way out, shared by everything in the process that calls elsewhere.
#[derive(Clone)]
pub struct Outbound {
    tls: ClientConfig,
    roots: RootCertStore,
    proxy: Option<Proxy>,
    contacts: Arc<Contacts>,
    clock: Clock,
}

impl Outbound {
    /// Reads the authorities and the proxy that the operator set.
    pub fn new(config: &OutboundConfig, clock: Clock) -> Result<Self, OutboundError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(file) = &config.ca_file {
            add_authorities(&mut roots, file, "outbound.ca_file")?;
        }
        let tls = tls_with(&roots)?;
        let around = NoProxy::from_string(&config.no_proxy.join(","));
        let proxy = config.proxy.as_deref().map(Proxy::all).transpose();
        let proxy = proxy
            .map_err(|e| OutboundError(format!("outbound.proxy: {e}; right would be http://proxy.example.com:3128")))?;
        Ok(Self { tls, roots, proxy: proxy.map(|proxy| proxy.no_proxy(around)), contacts: Arc::default(), clock })
    }

    /// The way out for one source that may have an authority of its own, set by this key.
    pub fn trusting(&self, ca_file: Option<&Path>, key: &str) -> Result<Self, OutboundError> {
        let Some(file) = ca_file else { return Ok(self.clone()) };
        let mut roots = self.roots.clone();
        add_authorities(&mut roots, file, key)?;
        Ok(Self { tls: tls_with(&roots)?, roots, ..self.clone() })
    }

    /// How TLS is spoken, for what does not speak HTTP.
    pub fn tls(&self) -> Arc<ClientConfig> {
        Arc::new(self.tls.clone())
    }

    /// A client for one purpose. It follows no redirect: where calls go is the operator's choice, not the server's.
    pub fn client(&self, kind: Kind) -> Result<Client, OutboundError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER);
        let builder = match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        };
        let http = builder.build().map_err(|e| unusable(&e))?;
        Ok(Client { http, kind, outbound: self.clone() })
    }

    /// The same for a thread that may block.
    pub(super) fn blocking(&self) -> Result<reqwest::blocking::Client, OutboundError> {
        let builder = reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER);
        let builder = match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        };
        builder.build().map_err(|e| unusable(&e))
    }

    /// Asks our own server whether all is well: the one call that needs no note and no proxy.
    pub fn look_at_ourselves(&self, url: &str, patience: Duration) -> Result<(), String> {
        let client = reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .no_proxy()
            .redirect(Policy::none())
            .timeout(patience)
            .build()
            .map_err(|e| unusable(&e).to_string())?;
        let answer = client.get(url).send().map_err(|e| causes(&e))?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("answers {}", answer.status())) }
    }

    /// Writes down that a destination was called, and how that went. For what does not speak HTTP.
    pub fn note(&self, kind: Kind, host: &str, port: u16, times: u64, failure: Option<String>) {
        self.contacts.note(kind, host, port, times, failure, self.clock.now());
    }

    /// The same for a URL.
    pub(super) fn note_url(&self, kind: Kind, url: &reqwest::Url, failure: Option<String>) {
        let host = url.host_str().unwrap_or_default();
        self.note(kind, host, url.port_or_known_default().unwrap_or(0), 1, failure);
    }

    /// Writes down the connections that the pool opened to a database elsewhere.
    pub fn note_database(&self, db: &Db) {
        let opened = db.take_opened();
        for (host, port) in db.location().hosts() {
            if opened.well > 0 {
                self.note(Kind::DATABASE, &host, port, opened.well, None);
            }
            for _ in 0..opened.failed {
                self.note(Kind::DATABASE, &host, port, 1, Some(opened.failure.clone()));
            }
        }
    }

    /// Stores what gathered; what cannot be stored now waits for the next time.
    pub fn flush(&self, db: &Db) -> Result<(), DbError> {
        self.contacts.flush(db)
    }
}

fn add_authorities(roots: &mut RootCertStore, file: &Path, key: &str) -> Result<(), OutboundError> {
    let failed = |e: &dyn std::fmt::Display| {
        let remedy = "right would be certificates in PEM, each between BEGIN CERTIFICATE and END CERTIFICATE";
        OutboundError(format!("{key}: {}: {e}; {remedy}", file.display()))
    };
    let bytes = std::fs::read(file).map_err(|e| failed(&e))?;
    let mut any = false;
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        roots.add(certificate.map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
        any = true;
    }
    if any { Ok(()) } else { Err(failed(&"no certificate in it")) }
}

fn tls_with(roots: &RootCertStore) -> Result<ClientConfig, OutboundError> {
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| OutboundError(format!("TLS cannot be used: {e}")))?
        .with_root_certificates(roots.clone())
        .with_no_client_auth())
}

fn unusable(error: &reqwest::Error) -> OutboundError {
    OutboundError(format!("no call to elsewhere can be made: {}", causes(error)))
}

/// An error with what caused it, which its own text leaves out.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        text.push_str(": ");
        text.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    text
}

/// Calls one kind of destination, and writes each call down.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    kind: Kind,
    outbound: Outbound,
}

impl Client {
    /// Starts a request.
    pub fn request(&self, method: reqwest::Method, url: &str) -> reqwest::RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends it; an answer of any status is one that came through.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, String> {
        self.execute(request.build().map_err(|e| causes(&e))?).await
    }

    /// The same for a request that a library made.
    pub async fn execute(&self, request: reqwest::Request) -> Result<reqwest::Response, String> {
        let url = request.url().clone();
        let answer = self.http.execute(request).await.map_err(|e| causes(&e));
        self.outbound.note_url(self.kind, &url, answer.as_ref().err().cloned());
        answer
    }
}
