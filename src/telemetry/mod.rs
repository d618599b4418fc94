//! What the process tells about itself: log lines on standard error, so that standard output stays for answers.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, TelemetryConfig};

/// Starts logging; a second call (tests) changes nothing. A level that cannot be read is an error for the operator.
pub fn start(config: &TelemetryConfig) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.level).map_err(|e| {
        format!("telemetry.level: {:?} is no log level ({e}); right would be info or warn,takehold=debug", config.level)
    })?;
    let terminal = std::io::stderr().is_terminal();
    let json = match config.format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !terminal,
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Complaining on a standard error that is closed would end the process.
    let lines = lines.log_internal_errors(false);
    let started = if json {
        lines.json().flatten_event(true).try_init()
    } else {
        lines.with_ansi(terminal).with_target(false).try_init()
    };
    // Only a test starts it twice, and then the first one serves.
    drop(started);
    Ok(())
}
