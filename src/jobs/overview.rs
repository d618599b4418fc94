//! Jobs and runs as people and programs see them.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Workspace, workspaces};
use crate::db::{DbConn, DbError};

use super::model::{Schedule, State};
use super::queries::{self, RunRow, Which};
use super::{Jobs, LEADER, lease};

/// All jobs, and who leads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobOverview {
    /// The jobs; each stands below those that it builds on.
    pub items: Vec<JobStatus>,
    /// The process that plans and runs them; null while none does.
    pub leader: Option<JobLeader>,
}

/// The process that plans and runs jobs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobLeader {
    /// Machine, process id and something of its own.
    pub holder: String,
    /// Since when.
    #[schema(format = DateTime)]
    pub since: String,
    /// Whether it is the process that answers.
    pub here: bool,
}

/// A job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobStatus {
    /// As the command line and the API call it.
    #[schema(example = "rollup")]
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// What it does, in one sentence.
    pub what: &'static str,
    /// `installation` or `workspace`.
    #[schema(example = "workspace")]
    pub scope: &'static str,
    /// Five fields of cron, `every 5 s` or `by hand`.
    #[schema(example = "10 3 * * *")]
    pub schedule: String,
    /// The schedule in words.
    #[schema(example = "At 03:10.")]
    pub schedule_text: String,
    /// Whether it can be run as of a past day.
    pub takes_day: bool,
    /// When it is planned next; null for jobs that run continuously or by hand.
    #[schema(format = DateTime)]
    pub next_at: Option<String>,
    /// A run that is at work.
    pub running: Option<JobRun>,
    /// The run that ended last.
    pub last: Option<JobRun>,
    /// Runs that failed since one last went well.
    pub failures_since: i64,
    /// Jobs that are run before it.
    pub builds_on: Vec<&'static str>,
}

/// What a job is to do, does or did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobRun {
    /// Its number.
    pub id: i64,
    /// Name of the job.
    pub job: String,
    /// The workspace; null for the installation.
    pub workspace: Option<String>,
    /// When it was to be, or was asked for.
    #[schema(format = DateTime)]
    pub fire_at: String,
    /// The day at whose end it is to stand; null for now.
    #[schema(format = Date)]
    pub on: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Attempts begun.
    pub attempt: i32,
    /// When the last attempt began.
    #[schema(format = DateTime)]
    pub started_at: Option<String>,
    /// When it ended.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// How much is done.
    pub done: i64,
    /// Of how much; 0 is not known.
    pub total: i64,
    /// What was done, or what went wrong.
    pub message: Option<String>,
    /// Who asked; null for the schedule.
    pub asked_by: Option<String>,
}

impl JobRun {
    /// A row as clients read it; `slugs` has the workspaces by number.
    pub fn of(row: RunRow, slugs: &HashMap<i64, String>) -> Self {
        let on = row
            .as_of
            .and_then(|day| Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok());
        Self {
            id: row.id,
            job: row.job,
            workspace: slugs.get(&row.workspace_id).cloned(),
            fire_at: instant(row.fire_at),
            on: on.map(|on| on.to_string()),
            state: State::parse(&row.state).unwrap_or(State::Failed),
            attempt: row.attempt,
            started_at: row.started_at.map(instant),
            ended_at: row.ended_at.map(instant),
            done: row.done,
            total: row.total,
            message: row.message,
            asked_by: row.asked_by,
        }
    }
}

/// The slugs of all workspaces by number.
pub fn slugs(conn: &mut DbConn) -> Result<HashMap<i64, String>, DbError> {
    Ok(workspaces::all(conn)?.into_iter().map(|workspace| (workspace.id, workspace.slug)).collect())
}

impl Jobs {
    /// All jobs as they stand.
    pub fn overview(&self, conn: &mut DbConn) -> Result<JobOverview, DbError> {
        let all = workspaces::all(conn)?;
        let slugs: HashMap<i64, String> = all.iter().map(|one| (one.id, one.slug.clone())).collect();
        let now = self.0.clock.now();
        let mut items = Vec::with_capacity(self.0.entries.len());
        for entry in &self.0.entries {
            let about = &entry.about;
            let at_work = Which { state: Some(State::Running.as_str()), ..Which::default() };
            let running = queries::list(conn, about.name, &at_work, 1)?.pop();
            let last = queries::last_ended(conn, about.name)?;
            let next = entry.timetable.as_ref().and_then(|table| {
                let zones =
                    entry.places(&all).into_iter().map(|(_, place)| place.map_or(TimeZone::UTC, Workspace::zone));
                zones.filter_map(|zone| table.next(&zone, now)).min()
            });
            let (schedule, schedule_text) = match &about.schedule {
                Schedule::Cron(text) => {
                    (text.clone(), entry.timetable.as_ref().map(super::Timetable::in_words).unwrap_or_default())
                }
                Schedule::Every(pause) => {
                    let text = format!("every {} s", pause.as_secs_f64());
                    (text, "Continuously, when there is something to do.".to_owned())
                }
                Schedule::ByHand => ("by hand".to_owned(), "When somebody asks.".to_owned()),
            };
            items.push(JobStatus {
                name: about.name,
                title: about.title,
                what: about.what,
                scope: about.scope.as_str(),
                schedule,
                schedule_text,
                takes_day: about.takes_day,
                next_at: next.map(instant),
                running: running.map(|row| JobRun::of(row, &slugs)),
                last: last.map(|row| JobRun::of(row, &slugs)),
                failures_since: queries::failures_since(conn, about.name)?,
                builds_on: about.builds_on.to_vec(),
            });
        }
        let leader = lease::holder(conn, LEADER, self.0.pace.lease)?.map(|standing| JobLeader {
            here: standing.holder == self.0.holder,
            since: instant(standing.taken_at),
            holder: standing.holder,
        });
        Ok(JobOverview { items, leader })
    }
}

/// An instant as clients read it.
fn instant(microseconds: i64) -> String {
    Timestamp::from_microsecond(microseconds).unwrap_or_default().to_string()
}
