//! The rows of `privacy_requests`.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::schema::privacy_requests as table;
use crate::db::{DbConn, DbError};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PrivacyKind {
    /// All that is stored about the person, as a file.
    Export,
    /// That nothing about the person stays.
    Erasure,
}

impl PrivacyKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Erasure => "erasure",
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PrivacyState {
    /// For the job.
    Waiting,
    /// Carried out.
    Done,
    /// It cannot be carried out.
    Failed,
}

impl PrivacyState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A request as it is stored, without its file.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = table)]
pub(super) struct Row {
    pub id: i64,
    pub kind: String,
    pub person: String,
    pub external_id: Option<String>,
    pub reason: String,
    pub asked_by: String,
    pub asked_at: i64,
    pub state: String,
    pub done_at: Option<i64>,
    pub message: Option<String>,
    pub file_until: Option<i64>,
}

/// What is written down first.
pub(super) struct New<'a> {
    pub kind: PrivacyKind,
    pub person: &'a str,
    pub external_id: &'a str,
    pub reason: &'a str,
    pub asked_by: &'a str,
}

pub(super) fn insert(conn: &mut DbConn, workspace: i64, new: &New<'_>, now: i64) -> Result<Row, DbError> {
    let values = (
        table::workspace_id.eq(workspace),
        table::kind.eq(new.kind.as_str()),
        table::person.eq(new.person),
        table::external_id.eq(new.external_id),
        table::reason.eq(new.reason),
        table::asked_by.eq(new.asked_by),
        table::asked_at.eq(now),
        table::state.eq(PrivacyState::Waiting.as_str()),
    );
    diesel::insert_into(table::table).values(values).execute(conn)?;
    // Of this workspace: whoever writes beside us has another person in mind.
    let of_workspace = table::table.filter(table::workspace_id.eq(workspace).and(table::person.eq(new.person)));
    Ok(of_workspace.order(table::id.desc()).select(Row::as_select()).first(conn)?)
}

/// The requests of a workspace, the newest first, from before a number.
pub(super) fn list(conn: &mut DbConn, workspace: i64, before: Option<i64>, limit: i64) -> Result<Vec<Row>, DbError> {
    let rows = table::table.filter(table::workspace_id.eq(workspace)).filter(table::id.lt(before.unwrap_or(i64::MAX)));
    Ok(rows.order(table::id.desc()).limit(limit).select(Row::as_select()).load(conn)?)
}

pub(super) fn find(conn: &mut DbConn, workspace: i64, id: i64) -> Result<Option<Row>, DbError> {
    let row = table::table.filter(table::workspace_id.eq(workspace).and(table::id.eq(id)));
    Ok(row.select(Row::as_select()).first(conn).optional()?)
}

/// The sealed file of a request.
pub(super) fn file(conn: &mut DbConn, workspace: i64, id: i64) -> Result<Option<String>, DbError> {
    let row = table::table.filter(table::workspace_id.eq(workspace).and(table::id.eq(id)));
    Ok(row.select(table::file).first::<Option<String>>(conn).optional()?.flatten())
}

/// What waits, the oldest first.
pub(super) fn waiting(conn: &mut DbConn, workspace: i64) -> Result<Vec<Row>, DbError> {
    let rows =
        table::table.filter(table::workspace_id.eq(workspace).and(table::state.eq(PrivacyState::Waiting.as_str())));
    Ok(rows.order(table::id).select(Row::as_select()).load(conn)?)
}

/// Whether a file has lain long enough.
pub(super) fn have_old_files(conn: &mut DbConn, workspace: i64, now: i64) -> Result<bool, DbError> {
    let old = table::table.filter(table::workspace_id.eq(workspace).and(table::file_until.le(now)));
    Ok(old.select(table::id).first::<i64>(conn).optional()?.is_some())
}

/// Forgets files that have lain long enough.
pub(super) fn forget_files(conn: &mut DbConn, workspace: i64, now: i64) -> Result<usize, DbError> {
    let old = table::table.filter(table::workspace_id.eq(workspace).and(table::file_until.le(now)));
    let nothing = (table::file.eq(None::<String>), table::file_until.eq(None::<i64>));
    Ok(diesel::update(old).set(nothing).execute(conn)?)
}

/// How a request ended. The id that it came with is forgotten.
pub(super) fn settle(
    conn: &mut DbConn,
    id: i64,
    state: PrivacyState,
    message: &str,
    file: Option<(String, i64)>,
    now: i64,
) -> Result<(), DbError> {
    let (file, until) = file.unzip();
    diesel::update(table::table.find(id))
        .set((
            table::state.eq(state.as_str()),
            table::message.eq(message),
            table::done_at.eq((state != PrivacyState::Waiting).then_some(now)),
            table::external_id.eq(None::<String>),
            table::file.eq(file),
            table::file_until.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

/// Marks erasures as done whose rows went before, once the files are scrubbed too.
pub(super) fn finish_erasures(conn: &mut DbConn, workspace: i64, now: i64) -> Result<(), DbError> {
    let scrubbed = table::table
        .filter(table::workspace_id.eq(workspace).and(table::state.eq(PrivacyState::Waiting.as_str())))
        .filter(table::kind.eq(PrivacyKind::Erasure.as_str()).and(table::external_id.is_null()));
    let done = (table::state.eq(PrivacyState::Done.as_str()), table::done_at.eq(now));
    diesel::update(scrubbed).set(done).execute(conn)?;
    Ok(())
}

/// Forgets what was exported of a person who is erased now.
pub(super) fn forget_exports(conn: &mut DbConn, workspace: i64, person: &str) -> Result<(), DbError> {
    let theirs = table::table.filter(table::workspace_id.eq(workspace).and(table::person.eq(person)));
    let nothing =
        (table::file.eq(None::<String>), table::file_until.eq(None::<i64>), table::external_id.eq(None::<String>));
    diesel::update(theirs).set(nothing).execute(conn)?;
    Ok(())
}
