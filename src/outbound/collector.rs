//! The collector of traces, called from the exporter's own thread.

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

use super::client::causes;
use super::{Kind, Outbound, OutboundError};

/// Sends what the exporter packed.
pub struct Collector {
    http: reqwest::blocking::Client,
    outbound: Outbound,
}

impl Collector {
    /// A client for the collector.
    pub fn new(outbound: &Outbound) -> Result<Self, OutboundError> {
        Ok(Self { http: outbound.blocking()?, outbound: outbound.clone() })
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Collector")
    }
}

#[async_trait::async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::blocking::Request::try_from(request)?;
        let url = request.url().clone();
        let answer = self.http.execute(request).map_err(|e| causes(&e));
        self.outbound.note_url(Kind::TRACES, &url, answer.as_ref().err().cloned());
        let answer = answer?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        Ok(response.body(answer.bytes()?)?)
    }
}
