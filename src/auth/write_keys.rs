//! Write keys: let an app send events to one workspace.

use diesel::prelude::*;

use super::AuthError;
use super::tokens::check_name;
use crate::crypto::{self, Secret, SecretKind};
use crate::db::schema::write_keys;
use crate::db::{DbConn, DbError};

/// A write key that works.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = write_keys)]
pub struct WriteKey {
    /// Number of the key.
    pub id: i64,
    /// Where its events go.
    pub workspace_id: i64,
    /// For people.
    pub name: String,
    /// The app of events that name none.
    pub app: Option<String>,
}

/// A write key as lists show it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = write_keys)]
pub struct WriteKeyRow {
    /// Number of the key.
    pub id: i64,
    /// For people.
    pub name: String,
    /// The app of events that name none.
    pub app: Option<String>,
    /// How it begins.
    pub prefix: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was used last, to the minute.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// When it stops working.
    pub expires_at: Option<i64>,
    /// Number of the key whose place it takes.
    pub rotated_from: Option<i64>,
}

/// Makes a key and answers its number; the secret is the caller's to show, once.
pub fn create(
    conn: &mut DbConn,
    workspace_id: i64,
    (name, app): (&str, Option<&str>),
    secret: &Secret,
    now: i64,
) -> Result<i64, AuthError> {
    check_name(name)?;
    let app = app.map(str::trim).filter(|app| !app.is_empty());
    if app.is_some_and(|app| app.len() > 200 || app.contains(char::is_control)) {
        return Err(AuthError::invalid("app", "name an app in at most 200 bytes, without control characters"));
    }
    diesel::insert_into(write_keys::table)
        .values((
            write_keys::workspace_id.eq(workspace_id),
            write_keys::name.eq(name.trim()),
            write_keys::app.eq(app),
            write_keys::prefix.eq(&secret.shown),
            write_keys::key_hash.eq(&secret.hash),
            write_keys::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(write_keys::table.filter(write_keys::key_hash.eq(&secret.hash)).select(write_keys::id).first(conn)?)
}

/// All keys of a workspace, newest first.
pub fn list(conn: &mut DbConn, workspace_id: i64) -> Result<Vec<WriteKeyRow>, DbError> {
    Ok(write_keys::table
        .filter(write_keys::workspace_id.eq(workspace_id))
        .order(write_keys::id.desc())
        .select(WriteKeyRow::as_select())
        .load(conn)?)
}

/// A key that works, by its number.
pub fn working(conn: &mut DbConn, workspace_id: i64, id: i64, now: i64) -> Result<Option<WriteKeyRow>, DbError> {
    let row = write_keys::table
        .filter(write_keys::id.eq(id).and(write_keys::workspace_id.eq(workspace_id)))
        .filter(write_keys::revoked_at.is_null())
        .select(WriteKeyRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.filter(|row: &WriteKeyRow| row.expires_at.is_none_or(|at| at > now)))
}

/// Makes a key in the place of another, which works until `ends_at`.
pub fn rotate(
    conn: &mut DbConn,
    workspace_id: i64,
    before: &WriteKeyRow,
    secret: &Secret,
    (ends_at, now): (i64, i64),
) -> Result<i64, AuthError> {
    let id = create(conn, workspace_id, (&before.name, before.app.as_deref()), secret, now)?;
    diesel::update(write_keys::table.find(id)).set(write_keys::rotated_from.eq(before.id)).execute(conn)?;
    let ends_at = before.expires_at.map_or(ends_at, |at| at.min(ends_at));
    diesel::update(write_keys::table.find(before.id)).set(write_keys::expires_at.eq(ends_at)).execute(conn)?;
    Ok(id)
}

/// Revokes a key; false if the workspace has none of this number.
pub fn revoke(conn: &mut DbConn, workspace_id: i64, id: i64, now: i64) -> Result<bool, DbError> {
    let mine = write_keys::table.filter(write_keys::id.eq(id).and(write_keys::workspace_id.eq(workspace_id)));
    let found: Option<i64> = mine.select(write_keys::id).first(conn).optional()?;
    diesel::update(write_keys::table.filter(write_keys::id.eq(id).and(write_keys::workspace_id.eq(workspace_id))))
        .filter(write_keys::revoked_at.is_null())
        .set(write_keys::revoked_at.eq(now))
        .execute(conn)?;
    Ok(found.is_some())
}

/// The key of this secret, if it works.
pub fn find_write_key(conn: &mut DbConn, text: &str, now: i64) -> Result<Option<WriteKey>, DbError> {
    if !crypto::has_valid_form(SecretKind::WriteKey, text) {
        return Ok(None);
    }
    Ok(write_keys::table
        .filter(write_keys::key_hash.eq(crypto::hash(text)).and(write_keys::revoked_at.is_null()))
        .filter(write_keys::expires_at.is_null().or(write_keys::expires_at.gt(now)))
        .select(WriteKey::as_select())
        .first(conn)
        .optional()?)
}

/// Notes the use of a key; whoever calls sees to it that this is at most once a minute.
pub fn touch(conn: &mut DbConn, id: i64, now: i64) -> Result<(), DbError> {
    diesel::update(write_keys::table.find(id)).set(write_keys::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}
