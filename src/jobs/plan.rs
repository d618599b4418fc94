//! Which runs are due. What was planned stands in `job_runs`; what is kept here only spares questions.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use jiff::tz::TimeZone;

use crate::auth::Workspace;
use crate::auth::workspaces::DEFAULT;
use crate::db::schema::workspaces;
use crate::db::{DbConn, DbError, time};

use super::lease::Held;
use super::model::{Look, Misfire, State, microseconds};
use super::queries::{self, NewRun, RunRow};
use super::timetable::Due;
use super::work::pause;
use super::{Entry, Jobs};

/// How long a fire time that was worked out is trusted: a workspace may get another time zone.
const TRUSTED: Duration = Duration::from_secs(60);

/// A job and a workspace.
type Place = (usize, i64);

/// What the leader remembers between two looks.
#[derive(Default)]
pub(super) struct Plan {
    next: HashMap<Place, i64>,
    worked_out: Option<Instant>,
    // The latest instant that was looked at.
    seen: Option<i64>,
    // The first one since this process leads, or since the clock was set back.
    since: i64,
    turns: HashMap<Place, Turn>,
}

/// Of a continuous job.
struct Turn {
    at: Instant,
    failures: u32,
}

impl Plan {
    /// Plans what is due; answers whether that was anything.
    pub(super) fn make(
        &mut self,
        jobs: &Jobs,
        lead: &Held,
        workspaces: &[Workspace],
        open: &[RunRow],
    ) -> Result<bool, DbError> {
        let now = jobs.0.clock.now();
        let stale = self.worked_out.is_none_or(|at| at.elapsed() > TRUSTED);
        let begins = self.seen.is_none_or(|seen| now < seen);
        if begins {
            self.since = now;
        }
        if stale || begins {
            self.next.clear();
            self.worked_out = Some(Instant::now());
        }
        self.seen = Some(now);
        let mut any = false;
        for (at, entry) in jobs.0.entries.iter().enumerate() {
            for (id, workspace) in entry.places(workspaces) {
                let is_open = open
                    .iter()
                    .any(|row| row.job == entry.about.name && row.workspace_id == id && row.asked_by.is_none());
                if let Some(table) = &entry.timetable {
                    if self.next.get(&(at, id)).is_some_and(|next| now < *next) {
                        continue;
                    }
                    let zone = workspace.map_or(TimeZone::UTC, Workspace::zone);
                    let last = self.last_fire(jobs, entry, id, now)?;
                    let due = table.due(&zone, last, now, entry.about.misfire);
                    match fire(jobs, lead, entry, id, due, is_open)? {
                        Fired::Later => continue,
                        Fired::Planned => any = true,
                        Fired::Nothing => {}
                    }
                    self.next.insert((at, id), table.next(&zone, now).unwrap_or(i64::MAX));
                } else if let Some(pause) = pause(entry) {
                    any |= !is_open && self.turn(jobs, lead, (at, entry), (id, workspace), pause)?;
                }
            }
        }
        Ok(any)
    }

    /// The fire time up to which everything is planned. Before a job's first run that is when the workspace, or the
    /// installation, was made; if by a clock that was ahead of time, when this process began to look.
    fn last_fire(&self, jobs: &Jobs, entry: &Entry, workspace: i64, now: i64) -> Result<i64, DbError> {
        jobs.0.db.read_blocking(|conn| {
            if let Some(last) = queries::last_fire(conn, entry.about.name, workspace, now)? {
                return Ok(last);
            }
            let made = workspaces::table.select(workspaces::created_at);
            let made: Option<i64> = match workspace {
                queries::INSTALLATION => made.filter(workspaces::slug.eq(DEFAULT)).first(conn).optional()?,
                id => made.filter(workspaces::id.eq(id)).first(conn).optional()?,
            };
            Ok(made.filter(|made| *made <= now).unwrap_or(self.since))
        })
    }

    /// Plans the next turn of a continuous job if there is anything to do.
    fn turn(
        &mut self,
        jobs: &Jobs,
        lead: &Held,
        (at, entry): (usize, &Entry),
        (id, workspace): (i64, Option<&Workspace>),
        pause: Duration,
    ) -> Result<bool, DbError> {
        let turn = self.turns.entry((at, id)).or_insert(Turn { at: Instant::now(), failures: 0 });
        if Instant::now() < turn.at {
            return Ok(false);
        }
        turn.at = Instant::now() + pause;
        if !entry.job.is_needed(&Look { db: &jobs.0.db, clock: &jobs.0.clock, workspace })? {
            return Ok(false);
        }
        jobs.0.db.write_blocking(|conn| {
            // Turns lie on a grid, so that two leaders cannot take the same one.
            let every = microseconds(pause).max(1);
            let fire_at = time::now(conn)?.div_euclid(every).saturating_mul(every);
            write(conn, lead, entry, id, Due { fire_at, skip: false }, None)
        })
    }

    /// After turns that failed, the next one waits longer.
    pub(super) fn note(&mut self, jobs: &Jobs, at: usize, workspace: i64, went_well: bool) {
        let Some(pause) = jobs.0.entries.get(at).and_then(pause) else { return };
        let failures = self.turns.get(&(at, workspace)).map_or(0, |turn| turn.failures);
        let failures = if went_well { 0 } else { failures.saturating_add(1) };
        let wait = if went_well { pause } else { jobs.0.pace.backoff_after(failures).max(pause) };
        self.turns.insert((at, workspace), Turn { at: Instant::now() + wait, failures });
    }
}

enum Fired {
    /// Not due, or planned before.
    Nothing,
    Planned,
    /// Due, but the run before is not done.
    Later,
}

/// Plans a fire time of the calendar.
fn fire(jobs: &Jobs, lead: &Held, entry: &Entry, id: i64, due: Option<Due>, is_open: bool) -> Result<Fired, DbError> {
    let Some(mut due) = due else { return Ok(Fired::Nothing) };
    let mut message = due.skip.then_some("no process led when its time came");
    if is_open {
        if entry.about.misfire == Misfire::RunLatest {
            return Ok(Fired::Later);
        }
        due.skip = true;
        message = Some("the run before was not done when its time came");
    }
    let planned = jobs.0.db.write_blocking(|conn| write(conn, lead, entry, id, due, message))?;
    Ok(if planned { Fired::Planned } else { Fired::Nothing })
}

fn write(
    conn: &mut DbConn,
    lead: &Held,
    entry: &Entry,
    workspace_id: i64,
    due: Due,
    message: Option<&str>,
) -> Result<bool, DbError> {
    if !lead.lease.prove(conn)? {
        lead.lose();
        return Ok(false);
    }
    let state = if due.skip { State::Skipped } else { State::Queued };
    let (job, fire_at) = (entry.about.name, due.fire_at);
    let new = NewRun { job, workspace_id, fire_at, as_of: None, asked_by: None, state, message };
    Ok(queries::insert(conn, &new)?.is_some())
}
