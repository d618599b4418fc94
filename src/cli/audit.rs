//! `takehold audit`: the audit log at the command line.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, print_line};
use crate::app;
use crate::audit;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::DbError;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Read the whole log and name the first row that was changed, removed or inserted; exit 1 if there is one.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(verb: &Verb, config: &Config) -> Result<ExitCode, Failure> {
    let db = app::open_store(config, &Clock::system())?;
    let Verb::Verify(verify) = verb;
    let verdict = db.snapshot(|conn| audit::verify(conn, |_, _| Ok::<_, DbError>(())))?;
    if verify.json {
        print_line(&serde_json::to_string_pretty(&verdict).unwrap_or_default());
    } else {
        match &verdict.wrong {
            None => {
                print_line(&format!("{} rows, each as it was written; the last hash is {}", verdict.rows, verdict.head))
            }
            Some(fault) => print_line(&fault.text),
        }
    }
    Ok(if verdict.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
