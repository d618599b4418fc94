//! Reads the log, newest first or in order.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::chain::{HEAD, Row};
use crate::db::schema::{audit_head, audit_log, audit_marks, workspaces};
use crate::db::{DbConn, DbError};
use crate::on_both;

diesel::define_sql_function! {
    /// In small letters.
    fn lower(text: Text) -> Text;
}

/// Which rows are asked for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Only rows in whose actor, action, target or detail this occurs, without regard to case.
    pub text: Option<String>,
    /// Only rows whose actor's name holds this.
    pub actor: Option<String>,
    /// Only this action, or with a dot at its end all that begin so.
    pub action: Option<String>,
    /// Only of this workspace.
    pub workspace: Option<i64>,
    /// Only from this instant on.
    pub from: Option<i64>,
    /// Only before this instant.
    pub to: Option<i64>,
    /// Only rows before this one.
    pub before: Option<i64>,
}

/// A row as it is shown.
#[derive(Clone, Debug, Queryable)]
pub struct Listed {
    /// Its number; the first is 1 and none is missing.
    pub id: i64,
    /// When it happened, in microseconds since 1970.
    pub at: i64,
    /// The workspace's name in paths.
    pub workspace: Option<String>,
    /// See [`super::OriginKind`].
    pub actor_kind: String,
    /// Number of the user or token.
    pub actor_id: Option<i64>,
    /// Who did it.
    pub actor: String,
    /// What happened.
    pub action: String,
    /// What it happened to.
    pub target: String,
    /// More about it, as JSON.
    pub detail: String,
    /// From where.
    pub address: Option<String>,
    /// Of the request.
    pub request_id: Option<String>,
    /// Of this row, which the next one carries.
    pub hash: String,
}

/// A pattern in which what was typed stands for itself.
fn containing(text: &str) -> String {
    format!("%{}", beginning(text))
}

fn beginning(text: &str) -> String {
    let text = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{text}%")
}

/// Rows that fit, the newest first, at most so many.
pub fn list(conn: &mut DbConn, asked: &Question, limit: i64) -> Result<Vec<Listed>, DbError> {
    let mut rows = audit_log::table
        .left_join(workspaces::table.on(workspaces::id.nullable().eq(audit_log::workspace_id)))
        .into_boxed();
    if let Some(text) = asked.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let pattern = containing(text);
        rows = rows.filter(
            lower(audit_log::actor)
                .like(pattern.clone())
                .escape('\\')
                .or(lower(audit_log::action).like(pattern.clone()).escape('\\'))
                .or(lower(audit_log::target).like(pattern.clone()).escape('\\'))
                .or(lower(audit_log::detail).like(pattern).escape('\\')),
        );
    }
    if let Some(actor) = &asked.actor {
        rows = rows.filter(lower(audit_log::actor).like(containing(actor)).escape('\\'));
    }
    if let Some(action) = &asked.action {
        rows = if action.ends_with('.') {
            rows.filter(audit_log::action.like(beginning(action)).escape('\\'))
        } else {
            rows.filter(audit_log::action.eq(action.clone()))
        };
    }
    if let Some(workspace) = asked.workspace {
        rows = rows.filter(audit_log::workspace_id.eq(workspace));
    }
    if let Some(from) = asked.from {
        rows = rows.filter(audit_log::at.ge(from));
    }
    if let Some(to) = asked.to {
        rows = rows.filter(audit_log::at.lt(to));
    }
    if let Some(before) = asked.before {
        rows = rows.filter(audit_log::id.lt(before));
    }
    Ok(rows
        .order(audit_log::id.desc())
        .limit(limit)
        .select((
            audit_log::id,
            audit_log::at,
            workspaces::slug.nullable(),
            audit_log::actor_kind,
            audit_log::actor_id,
            audit_log::actor,
            audit_log::action,
            audit_log::target,
            audit_log::detail,
            audit_log::address,
            audit_log::request_id,
            audit_log::hash,
        ))
        .load(conn)?)
}

/// Rows after a number, in order.
pub(super) fn after(conn: &mut DbConn, id: i64, limit: i64) -> Result<Vec<Row>, DbError> {
    Ok(audit_log::table
        .filter(audit_log::id.gt(id))
        .order(audit_log::id)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?)
}

/// Rows after a number in order, as they are shown.
pub fn following(conn: &mut DbConn, id: i64, limit: i64) -> Result<Vec<Listed>, DbError> {
    Ok(audit_log::table
        .left_join(workspaces::table.on(workspaces::id.nullable().eq(audit_log::workspace_id)))
        .filter(audit_log::id.gt(id))
        .order(audit_log::id)
        .limit(limit)
        .select((
            audit_log::id,
            audit_log::at,
            workspaces::slug.nullable(),
            audit_log::actor_kind,
            audit_log::actor_id,
            audit_log::actor,
            audit_log::action,
            audit_log::target,
            audit_log::detail,
            audit_log::address,
            audit_log::request_id,
            audit_log::hash,
        ))
        .load(conn)?)
}

/// How many rows there are, and the hash of the last.
pub fn head(conn: &mut DbConn) -> Result<(i64, String), DbError> {
    Ok(audit_head::table.find(HEAD).select((audit_head::rows, audit_head::hash)).first(conn)?)
}

/// How far somebody has read who reads in order.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_marks)]
pub struct Mark {
    /// The last row that was read.
    pub through: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// What stands in the way.
    pub problem: Option<String>,
}

/// The mark of this name.
pub fn mark(conn: &mut DbConn, name: &str) -> Result<Option<Mark>, DbError> {
    Ok(audit_marks::table.find(name).select(Mark::as_select()).first(conn).optional()?)
}

/// Sets the mark of this name.
pub fn set_mark(conn: &mut DbConn, name: &str, mark: &Mark) -> Result<(), DbError> {
    let values =
        (audit_marks::through.eq(mark.through), audit_marks::at.eq(mark.at), audit_marks::problem.eq(&mark.problem));
    on_both!(conn, |c| diesel::insert_into(audit_marks::table)
        .values((audit_marks::name.eq(name), values))
        .on_conflict(audit_marks::name)
        .do_update()
        .set(values)
        .execute(c))?;
    Ok(())
}
