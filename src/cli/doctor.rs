//! `takehold doctor`: looks for what would keep the appliance from working.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Failure, print_line};
use crate::auth::SEALED;
use crate::clock::Clock;
use crate::config::Config;
use crate::health::{self, Check};
use crate::telemetry;

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    ok: bool,
    checks: Vec<Check>,
}

pub(super) fn run(verb: &Doctor, config: &Config) -> Result<ExitCode, Failure> {
    let checks = health::look(config, Clock::system().now(), &SEALED);
    let ok = checks.iter().all(|check| check.ok);
    if verb.json {
        let report = Report { version: telemetry::FULL_VERSION, ok, checks };
        print_line(&serde_json::to_string_pretty(&report).unwrap_or_default());
    } else {
        for check in &checks {
            let remedy = check.remedy.as_deref().map(|remedy| format!(" — {remedy}")).unwrap_or_default();
            print_line(&format!("{} {}: {}{remedy}", if check.ok { "ok  " } else { "FAIL" }, check.name, check.found));
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
