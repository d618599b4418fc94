//! The rows of `job_runs`.

use diesel::prelude::*;

use crate::db::schema::job_runs;
use crate::db::{DbConn, DbError, time};
use crate::on_both;

use super::model::State;

/// The workspace of runs for the whole installation.
pub const INSTALLATION: i64 = 0;
/// Whom a run is asked by that goes on in a process of the command line.
pub const COMMAND_LINE: &str = "command line";

/// What a job is to do, does or did.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = job_runs)]
pub struct RunRow {
    /// Its number.
    pub id: i64,
    /// Name of the job.
    pub job: String,
    /// The workspace, or [`INSTALLATION`].
    pub workspace_id: i64,
    /// When it was to be, or was asked for.
    pub fire_at: i64,
    /// The day at whose end it is to stand.
    pub as_of: Option<i32>,
    /// Who asked; nobody if the schedule did.
    pub asked_by: Option<String>,
    /// A [`State`].
    pub state: String,
    /// Attempts begun.
    pub attempt: i32,
    /// When it may begin.
    pub not_before: i64,
    /// When the last attempt began.
    pub started_at: Option<i64>,
    /// When it was last seen at work.
    pub heartbeat_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How much is done.
    pub done: i64,
    /// Of how much; 0 is not known.
    pub total: i64,
    /// What was done, or what went wrong.
    pub message: Option<String>,
}

/// A run to be written down.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// Name of the job.
    pub job: &'a str,
    /// The workspace, or [`INSTALLATION`].
    pub workspace_id: i64,
    /// When it is to be.
    pub fire_at: i64,
    /// The day at whose end it is to stand.
    pub as_of: Option<i32>,
    /// Who asked.
    pub asked_by: Option<&'a str>,
    /// Queued or skipped.
    pub state: State,
    /// Why it was skipped.
    pub message: Option<&'a str>,
}

/// Writes a run down unless that fire time has one; answers its number if it is new.
pub fn insert(conn: &mut DbConn, new: &NewRun<'_>) -> Result<Option<i64>, DbError> {
    let now = time::now(conn)?;
    let values = (
        job_runs::job.eq(new.job),
        job_runs::workspace_id.eq(new.workspace_id),
        job_runs::fire_at.eq(new.fire_at),
        job_runs::as_of.eq(new.as_of),
        job_runs::asked_by.eq(new.asked_by),
        job_runs::state.eq(new.state.as_str()),
        job_runs::attempt.eq(0),
        job_runs::not_before.eq(now),
        job_runs::ended_at.eq((new.state == State::Skipped).then_some(now)),
        job_runs::done.eq(0_i64),
        job_runs::total.eq(0_i64),
        job_runs::message.eq(new.message),
    );
    Ok(on_both!(conn, |c| diesel::insert_into(job_runs::table)
        .values(values)
        .on_conflict_do_nothing()
        .returning(job_runs::id)
        .get_result(c)
        .optional())?)
}

/// A run by its number.
pub fn find(conn: &mut DbConn, id: i64) -> Result<Option<RunRow>, DbError> {
    Ok(job_runs::table.find(id).select(RunRow::as_select()).first(conn).optional()?)
}

/// All runs that wait or are at work, the oldest first.
pub fn open(conn: &mut DbConn) -> Result<Vec<RunRow>, DbError> {
    Ok(job_runs::table
        .filter(job_runs::state.eq_any([State::Queued.as_str(), State::Running.as_str()]))
        .order(job_runs::id)
        .select(RunRow::as_select())
        .load(conn)?)
}

/// The latest fire time that the schedule brought, up to now: what a wrong clock planned for later does not count.
pub fn last_fire(conn: &mut DbConn, job: &str, workspace: i64, now: i64) -> Result<Option<i64>, DbError> {
    Ok(job_runs::table
        .filter(job_runs::job.eq(job).and(job_runs::workspace_id.eq(workspace)))
        .filter(job_runs::asked_by.is_null().and(job_runs::fire_at.le(now)))
        .select(diesel::dsl::max(job_runs::fire_at))
        .first(conn)?)
}

/// Begins an attempt of a run that waits; false if it does not wait any more.
pub fn begin(conn: &mut DbConn, id: i64) -> Result<bool, DbError> {
    let now = time::now(conn)?;
    let waits = job_runs::table.filter(job_runs::id.eq(id).and(job_runs::state.eq(State::Queued.as_str())));
    let begun = diesel::update(waits).set((
        job_runs::state.eq(State::Running.as_str()),
        job_runs::attempt.eq(job_runs::attempt + 1),
        job_runs::started_at.eq(now),
        job_runs::heartbeat_at.eq(now),
        job_runs::ended_at.eq(None::<i64>),
        job_runs::done.eq(0_i64),
        job_runs::total.eq(0_i64),
        job_runs::message.eq(None::<String>),
    ));
    Ok(begun.execute(conn)? == 1)
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Where the run stands now.
    pub state: State,
    /// Attempts that count.
    pub attempt: i32,
    /// For queued ones: the wait until the next attempt, in microseconds.
    pub wait: i64,
    /// What was done, or what went wrong.
    pub message: Option<String>,
}

/// Writes down how an attempt ended.
pub fn settle(conn: &mut DbConn, id: i64, ending: &Ending, progress: Option<(u64, u64)>) -> Result<(), DbError> {
    if let Some(progress) = progress {
        note_progress(conn, id, progress)?;
    }
    let now = time::now(conn)?;
    diesel::update(job_runs::table.find(id))
        .set((
            job_runs::state.eq(ending.state.as_str()),
            job_runs::attempt.eq(ending.attempt),
            job_runs::not_before.eq(now.saturating_add(ending.wait)),
            job_runs::ended_at.eq((ending.state != State::Queued).then_some(now)),
            job_runs::message.eq(&ending.message),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes how far a run has come, and that it is alive.
pub fn note_progress(conn: &mut DbConn, id: i64, (done, total): (u64, u64)) -> Result<(), DbError> {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let now = time::now(conn)?;
    diesel::update(job_runs::table.filter(job_runs::id.eq(id).and(job_runs::state.eq(State::Running.as_str()))))
        .set((job_runs::done.eq(number(done)), job_runs::total.eq(number(total)), job_runs::heartbeat_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Of the turns of a continuous job that went well, only the last is kept.
pub fn keep_last_turn(conn: &mut DbConn, run: &RunRow) -> Result<(), DbError> {
    let turns = job_runs::table
        .filter(job_runs::job.eq(&run.job).and(job_runs::workspace_id.eq(run.workspace_id)))
        .filter(job_runs::asked_by.is_null().and(job_runs::id.lt(run.id)))
        .filter(job_runs::state.eq(State::Succeeded.as_str()));
    diesel::delete(turns).execute(conn)?;
    Ok(())
}

/// Which runs a list holds.
#[derive(Clone, Debug, Default)]
pub struct Which<'a> {
    /// Of this workspace, or [`INSTALLATION`].
    pub workspace_id: Option<i64>,
    /// In this state.
    pub state: Option<&'a str>,
    /// Older than this one.
    pub before: Option<i64>,
}

/// Runs of a job, newest first.
pub fn list(conn: &mut DbConn, job: &str, which: &Which<'_>, limit: i64) -> Result<Vec<RunRow>, DbError> {
    let mut rows = job_runs::table.filter(job_runs::job.eq(job)).into_boxed();
    if let Some(workspace) = which.workspace_id {
        rows = rows.filter(job_runs::workspace_id.eq(workspace));
    }
    if let Some(state) = which.state {
        rows = rows.filter(job_runs::state.eq(state));
    }
    if let Some(before) = which.before {
        rows = rows.filter(job_runs::id.lt(before));
    }
    Ok(rows.order(job_runs::id.desc()).limit(limit).select(RunRow::as_select()).load(conn)?)
}

/// The run of a job that ended last.
pub fn last_ended(conn: &mut DbConn, job: &str) -> Result<Option<RunRow>, DbError> {
    Ok(job_runs::table
        .filter(job_runs::job.eq(job).and(job_runs::ended_at.is_not_null()))
        .order((job_runs::ended_at.desc(), job_runs::id.desc()))
        .select(RunRow::as_select())
        .first(conn)
        .optional()?)
}

/// How many runs of a job have failed since one last went well.
pub fn failures_since(conn: &mut DbConn, job: &str) -> Result<i64, DbError> {
    let well: Option<i64> = job_runs::table
        .filter(job_runs::job.eq(job).and(job_runs::state.eq(State::Succeeded.as_str())))
        .select(diesel::dsl::max(job_runs::ended_at))
        .first(conn)?;
    let failed = job_runs::table.filter(job_runs::job.eq(job).and(job_runs::state.eq(State::Failed.as_str())));
    Ok(failed.filter(job_runs::ended_at.gt(well.unwrap_or(0))).count().get_result(conn)?)
}

/// Forgets runs that ended before an instant. The newest of each job stays, for planning goes on from it.
pub fn forget(conn: &mut DbConn, workspace: i64, before: i64) -> Result<usize, DbError> {
    let newest: Vec<Option<i64>> = job_runs::table
        .filter(job_runs::workspace_id.eq(workspace).and(job_runs::asked_by.is_null()))
        .group_by(job_runs::job)
        .select(diesel::dsl::max(job_runs::id))
        .load(conn)?;
    let newest: Vec<i64> = newest.into_iter().flatten().collect();
    let old = job_runs::table
        .filter(job_runs::workspace_id.eq(workspace).and(job_runs::ended_at.lt(before)))
        .filter(job_runs::id.ne_all(newest));
    Ok(diesel::delete(old).execute(conn)?)
}
