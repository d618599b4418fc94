//! `takehold jobs`: what the installation does by itself.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use crossbeam_channel::{RecvTimeoutError, bounded};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use serde_json::json;

use super::admin::note;
use super::{Failure, print_line};
use crate::app::{self, open_store};
use crate::auth::{Workspace, workspaces};
use crate::clock::Clock;
use crate::config::Config;
use crate::jobs::overview::{JobOverview, JobRun, JobStatus};
use crate::jobs::{Jobs, RunError, Scope, Watch, day_number};
use crate::outbound::Outbound;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// List the jobs: when they run, and how they last ended.
    List(List),
    /// Run a job now, after what it builds on; also beside a running server.
    Run(Run),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// Name of the job, as `takehold jobs list` shows it.
    name: String,
    /// Only for this workspace; without it, for each.
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
    /// As of the end of this day, such as 2026-11-22; without it, as of now.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Unknown(text) => Self::Input(text),
            RunError::Wrong { field, message } => Self::Input(format!("--{field}: {message}")),
            RunError::Open(text) | RunError::Failed(text) => Self::Broken(text),
            RunError::Db(error) => error.into(),
        }
    }
}

pub(super) fn run(verb: &Verb, config: &Config, outbound: &Outbound) -> Result<ExitCode, Failure> {
    let clock = Clock::system();
    let db = open_store(config, &clock)?;
    let jobs = app::jobs(config, &db, &clock, outbound)?;
    match verb {
        Verb::List(list) => {
            let overview = db.read_blocking(|conn| jobs.overview(conn))?;
            if list.json {
                print_line(&serde_json::to_string_pretty(&overview).unwrap_or_default());
            } else {
                show(&overview);
            }
        }
        Verb::Run(verb) => {
            let scope = jobs.about(&verb.name).map(|about| about.scope);
            let on = verb.on.as_deref().map(day).transpose()?;
            let places: Vec<Option<Workspace>> = match (&verb.workspace, scope) {
                (Some(slug), _) => vec![Some(db.read_blocking(|conn| workspaces::get(conn, slug))?)],
                (None, Some(Scope::Workspace)) => db.read_blocking(workspaces::all)?.into_iter().map(Some).collect(),
                (None, _) => vec![None],
            };
            let many = places.len() > 1;
            for place in places {
                let before = place.as_ref().filter(|_| many).map_or_else(String::new, |one| format!("{}: ", one.slug));
                let workspace = place.as_ref().map(|one| one.id);
                let detail = json!({ "on": verb.on });
                db.write_blocking(|conn| note(conn, ("job.asked", workspace), &verb.name, detail, clock.now()))?;
                let message = watched(&jobs, &verb.name, place, on).map_err(|error| match Failure::from(error) {
                    Failure::Broken(text) => Failure::Broken(format!("{before}{}: {text}", verb.name)),
                    input => input,
                })?;
                print_line(&format!("{before}{message}"));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn day(text: &str) -> Result<i32, Failure> {
    let wrong = |_| Failure::Input(format!("--on: {text:?} is no date; right would be 2026-11-22"));
    text.parse::<Date>().map(day_number).map_err(wrong)
}

/// Runs the job, with a bar on a terminal.
fn watched(jobs: &Jobs, name: &str, place: Option<Workspace>, on: Option<i32>) -> Result<String, RunError> {
    let watch = Arc::<Watch>::default();
    let (end, ended) = bounded::<()>(0);
    let bar = bar(name);
    let shown = {
        let (watch, bar) = (watch.clone(), bar.clone());
        std::thread::spawn(move || {
            while ended.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
                let (done, total) = watch.progress();
                if total > 0 {
                    bar.set_length(total);
                }
                bar.set_position(done);
            }
            bar.finish_and_clear();
        })
    };
    let finished = jobs.run_now(name, place, on, &watch);
    drop(end);
    drop(shown.join());
    finished.map(|finished| finished.message)
}

fn bar(name: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {human_pos}/{human_len} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(name.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A table for eyes.
fn show(overview: &JobOverview) {
    let rows = overview.items.iter().map(|job| {
        let next = job.next_at.clone().unwrap_or_else(|| "-".into());
        [job.name.to_owned(), job.schedule.clone(), next, last(job)]
    });
    let head = ["JOB", "SCHEDULE", "NEXT", "LAST"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0);
    let (name, schedule, next) = (width(0), width(1), width(2));
    for [a, b, c, d] in &rows {
        print_line(&format!("{a:name$}  {b:schedule$}  {c:next$}  {d}"));
    }
    match &overview.leader {
        Some(leader) => print_line(&format!("Led by {} since {}.", leader.holder, leader.since)),
        None => print_line("No server leads: nothing is planned until one starts."),
    }
}

fn last(job: &JobStatus) -> String {
    let told = |run: &JobRun, at: &Option<String>| {
        let message = run.message.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
        format!("{} {}{message}", run.state.as_str(), at.as_deref().unwrap_or_default())
    };
    match (&job.running, &job.last) {
        (Some(run), _) => told(run, &run.started_at),
        (None, Some(run)) => told(run, &run.ended_at),
        (None, None) => "-".into(),
    }
}
