//! The command line: one file per verb.

mod admin;
mod audit;
mod backup;
mod demo;
mod doctor;
mod failure;
mod healthcheck;
mod import;
mod jobs;
mod migrate;
mod openapi;
mod reindex;
mod restore;
mod serve;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use opentelemetry_http::HttpClient;

pub use failure::Failure;

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::outbound::{Collector, Outbound};
use crate::telemetry::{self, Telemetry};

/// Shows whether the software a company builds takes hold.
#[derive(Debug, Parser)]
#[command(name = "takehold", version = telemetry::FULL_VERSION, propagate_version = true)]
struct Cli {
    /// The configuration file (TOML); each key can be overridden by TAKEHOLD_SECTION__KEY.
    #[arg(long, global = true, env = "TAKEHOLD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the appliance.
    Serve,
    /// Bring the database's schema up to date, and make the workspace `default`.
    Migrate,
    /// Serve a simulated company on a temporary database.
    Demo(demo::Demo),
    /// Load files of events.
    Import(import::Import),
    /// Build the activity index anew from the event log.
    Reindex(reindex::Reindex),
    /// List what the installation does by itself, or do one of it now.
    #[command(subcommand)]
    Jobs(jobs::Verb),
    /// Write everything to one file, while the server runs.
    Backup(backup::Backup),
    /// Put a backup in the place of the database, on either engine.
    Restore(restore::Restore),
    /// Make users, tokens, write keys and workspaces.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(audit::Verb),
    /// Print the OpenAPI document.
    Openapi,
    /// Ask the running server whether it is alive; exit 0 if so.
    Healthcheck(healthcheck::Healthcheck),
    /// Look for what would keep the appliance from working, and say the remedy.
    Doctor(doctor::Doctor),
}

/// Parses the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return explain(&error),
    };
    match dispatch(cli) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    if let Verb::Openapi = cli.verb {
        return openapi::run();
    }
    if let Verb::Demo(verb) = &cli.verb {
        return demo::run(verb);
    }
    let config = config::load(cli.config.as_deref())?;
    let outbound = Outbound::new(&config.outbound, Clock::system()).map_err(|e| Failure::Input(e.to_string()))?;
    let _telemetry = start_telemetry(&config, &cli.verb, &outbound)?;
    match cli.verb {
        Verb::Serve => serve::run(config, outbound),
        Verb::Migrate => migrate::run(&config),
        Verb::Demo(verb) => demo::run(&verb),
        Verb::Import(verb) => import::run(&verb, &config),
        Verb::Reindex(verb) => reindex::run(&verb, &config),
        Verb::Jobs(verb) => jobs::run(&verb, &config, &outbound),
        Verb::Backup(verb) => backup::run(&verb, &config),
        Verb::Restore(verb) => restore::run(&verb, &config),
        Verb::Admin(verb) => admin::run(&verb, &config),
        Verb::Audit(verb) => audit::run(&verb, &config),
        Verb::Openapi => openapi::run(),
        Verb::Healthcheck(verb) => healthcheck::run(&verb, &config, &outbound),
        Verb::Doctor(verb) => doctor::run(&verb, &config),
    }
}

/// Logs every verb; only the server's requests are worth a trace.
fn start_telemetry(config: &Config, verb: &Verb, outbound: &Outbound) -> Result<Telemetry, Failure> {
    let mut collector: Option<Box<dyn HttpClient>> = None;
    if matches!(verb, Verb::Serve) && config.telemetry.otlp_endpoint.is_some() {
        collector = Some(Box::new(Collector::new(outbound).map_err(|e| Failure::Input(e.to_string()))?));
    }
    telemetry::start(&config.telemetry, collector).map_err(Failure::Input)
}

/// Help is printed whole; an error in one line.
fn explain(error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        // Nobody is left to tell when the terminal is gone.
        drop(error.print());
        let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        return if asked { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let text = error.render().to_string();
    let what = text
        .lines()
        .take_while(|line| !line.trim_start().starts_with("Usage:"))
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("For more information"));
    let what: Vec<&str> = what.map(str::trim).collect();
    let what = what.join(" ");
    Failure::Input(format!("{}; see takehold --help", what.trim_start_matches("error: "))).report()
}

/// Text from standard input when something is piped into it: its first line.
fn piped_line() -> Result<Option<String>, Failure> {
    use std::io::{BufRead, IsTerminal};
    let input = std::io::stdin();
    if input.is_terminal() {
        return Ok(None);
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).map_err(|e| Failure::Input(format!("standard input: {e}")))?;
    let line = line.trim_end_matches(['\r', '\n']);
    Ok(if line.is_empty() { None } else { Some(line.to_owned()) })
}

/// Prints one line on standard error, for eyes; nobody may be left to read it.
fn print_aside(text: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// Prints one line on standard output; a closed pipe is the reader's choice, not an error.
fn print_line(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}
