//! What the process tells about itself: log lines on standard error, so that standard output stays for answers;
//! figures for Prometheus; traces for a collector.
//!
//! Every line that is logged while a request is answered bears its id: the span `request` carries it.

pub mod figures;
mod traces;

use std::io::IsTerminal;

use opentelemetry_http::HttpClient;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{LogFormat, TelemetryConfig};

pub use traces::are_exported as traces_are_exported;

/// This version of takehold.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The version with the commit it was built from, where that is known.
pub const FULL_VERSION: &str = env!("TAKEHOLD_VERSION");

/// The commit that this binary was built from, where that is known.
pub fn commit() -> Option<&'static str> {
    Some(env!("TAKEHOLD_BUILT_FROM")).filter(|commit| !commit.is_empty())
}

/// Logging and traces; what was not sent yet is sent when this is dropped.
#[derive(Debug, Default)]
pub struct Telemetry {
    _traces: Option<traces::Traces>,
}

/// Starts logging and, with a client for the configured collector, traces; a second call (tests) changes nothing.
/// A level that cannot be read is an error for the operator.
pub fn start(config: &TelemetryConfig, collector: Option<Box<dyn HttpClient>>) -> Result<Telemetry, String> {
    let filter = EnvFilter::try_new(&config.level).map_err(|e| {
        format!("telemetry.level: {:?} is no log level ({e}); right would be info or warn,takehold=debug", config.level)
    })?;
    let terminal = std::io::stderr().is_terminal();
    let json = match config.format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !terminal,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // Complaining on a standard error that is closed would end the process.
    let lines = lines.log_internal_errors(false);
    let lines = if json {
        lines.json().flatten_event(true).with_span_list(false).with_filter(filter).boxed()
    } else {
        lines.with_ansi(terminal).with_target(false).with_filter(filter).boxed()
    };
    let (traces, layer) = match (config.otlp_endpoint.as_deref(), collector) {
        (Some(endpoint), Some(client)) => {
            let (traces, layer) = traces::start(endpoint, client)?;
            (Some(traces), Some(layer))
        }
        _ => (None, None),
    };
    // Only a test starts it twice, and then the first one serves.
    drop(tracing_subscriber::registry().with(lines).with(layer).try_init());
    Ok(Telemetry { _traces: traces })
}
