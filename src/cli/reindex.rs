//! `takehold reindex`: builds the activity index anew from the event log.

use std::process::ExitCode;

use super::{Failure, print_line};
use crate::activity::fold;
use crate::app::open_store;
use crate::auth::workspaces;
use crate::clock::Clock;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct Reindex {
    /// Only this workspace.
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
}

pub(super) fn run(verb: &Reindex, config: &Config) -> Result<ExitCode, Failure> {
    let db = open_store(config, &Clock::system())?;
    let all = match &verb.workspace {
        Some(slug) => vec![db.read_blocking(|conn| workspaces::get(conn, slug))?],
        None => db.read_blocking(workspaces::all)?,
    };
    for workspace in all {
        fold::reset(&db, workspace.id)?;
        let mut events = 0;
        loop {
            match fold::fold(&db, workspace.id, &workspace.time_zone)? {
                0 => break,
                folded => events += folded,
            }
        }
        print_line(&format!("{}: {events} calls indexed", workspace.slug));
    }
    Ok(ExitCode::SUCCESS)
}
