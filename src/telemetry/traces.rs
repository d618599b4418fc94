//! Traces by OTLP over HTTP: one span for each request, sent in batches from a thread of their own.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

/// How long the end of the process may wait for the collector.
const LAST_WORD: Duration = Duration::from_secs(3);

static EXPORTED: AtomicBool = AtomicBool::new(false);

/// Whether somebody looks at spans, so that they are worth describing.
pub fn are_exported() -> bool {
    EXPORTED.load(Ordering::Relaxed)
}

/// The sending end; what waits is sent when it is dropped.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Drop for Traces {
    fn drop(&mut self) {
        // A collector that is away must not turn a good end into a bad one.
        drop(self.0.shutdown_with_timeout(LAST_WORD));
    }
}

/// The exporter wants a client by value.
struct Boxed(Box<dyn HttpClient>);

impl fmt::Debug for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[async_trait::async_trait]
impl HttpClient for Boxed {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.0.send_bytes(request).await
    }
}

/// Starts sending to a collector, whose address may leave out the path of traces.
pub(super) fn start<S>(
    endpoint: &str,
    client: Box<dyn HttpClient>,
) -> Result<(Traces, impl Layer<S> + Send + Sync + use<S>), String>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync + 'static,
{
    let has_path = endpoint.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    let endpoint = if has_path { endpoint.to_owned() } else { format!("{endpoint}/v1/traces") };
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(Boxed(client))
        .with_endpoint(endpoint)
        .build()
        .map_err(|e| format!("telemetry.otlp_endpoint: {e}; right would be http://collector.example.com:4318"))?;
    let resource = Resource::builder_empty()
        .with_service_name("takehold")
        .with_attribute(opentelemetry::KeyValue::new("service.version", super::VERSION))
        .build();
    let provider = SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
    EXPORTED.store(true, Ordering::Relaxed);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("takehold")).with_location(false);
    // What the sending itself logs must not be traced again.
    let only_ours = Targets::new().with_target("takehold", LevelFilter::INFO);
    Ok((Traces(provider), layer.with_filter(only_ours)))
}
