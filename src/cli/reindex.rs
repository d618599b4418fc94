//! `takehold reindex`: builds the activity index anew from the event log.

use std::process::ExitCode;

use serde_json::json;

use super::admin::note_after;
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
    let clock = Clock::system();
    let db = open_store(config, &clock)?;
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
        let detail = json!({ "calls": events });
        note_after(&db, ("index.rebuilt", Some(workspace.id)), &workspace.slug, detail, clock.now());
        print_line(&format!("{}: {events} calls indexed", workspace.slug));
    }
    Ok(ExitCode::SUCCESS)
}
