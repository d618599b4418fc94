//! Console sessions: kept in the store by the hash of their cookie, so that they can be ended from here.

use diesel::prelude::*;

use super::Identity;
use super::unsaved::Unsaved;
use crate::crypto::{self, Secret, SecretKind};
use crate::db::schema::{sessions, users};
use crate::db::{DbConn, DbError};

/// A session that rests this long has ended.
pub(super) const IDLE: i64 = 30 * MINUTE;
/// A session that is this old has ended.
pub const ABSOLUTE: i64 = 12 * 60 * MINUTE;
const MINUTE: i64 = 60 * 1_000_000;

/// What a new session is known by.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The user.
    pub user_id: i64,
    /// How they signed in: [`LOCAL`], or the key of a sign-in source.
    pub source: String,
    /// From where.
    pub address: String,
    /// With what, as the browser calls itself.
    pub agent: String,
    /// The session's name at the provider.
    pub sid: Option<String>,
    /// What the provider wants back when the session ends, sealed.
    pub id_token: Option<String>,
}

/// Signed in by a password kept here.
pub const LOCAL: &str = "local";
/// Signed in by a password though only sources count, to mend what is wrong with them.
pub const BREAK_GLASS: &str = "break-glass";

/// Starts a session and answers its public id. The one that the browser came with ends, and so do all that are over.
pub fn start(
    conn: &mut DbConn,
    new: &NewSession,
    secret: &Secret,
    before: Option<&str>,
    now: i64,
) -> Result<String, DbError> {
    if let Some(before) = before {
        end(conn, &crypto::hash(before))?;
    }
    diesel::delete(
        sessions::table.filter(sessions::last_seen_at.lt(now - IDLE).or(sessions::created_at.lt(now - ABSOLUTE))),
    )
    .execute(conn)?;
    let id = public_id(&secret.hash);
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(&secret.hash),
            sessions::id.eq(&id),
            sessions::user_id.eq(new.user_id),
            sessions::source.eq(&new.source),
            sessions::address.eq(&new.address),
            sessions::agent.eq(&new.agent),
            sessions::sid.eq(&new.sid),
            sessions::id_token.eq(&new.id_token),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
        ))
        .execute(conn)?;
    diesel::update(users::table.find(new.user_id)).set(users::last_login_at.eq(now)).execute(conn)?;
    Ok(id)
}

/// What lists call a session; tells nothing about its cookie.
pub(super) fn public_id(token_hash: &str) -> String {
    crypto::hash(&format!("session {token_hash}")).chars().take(20).collect()
}

/// How a session began, and what the provider wants back, sealed.
pub fn began(conn: &mut DbConn, token_hash: &str) -> Result<Option<(String, Option<String>)>, DbError> {
    let row = sessions::table.find(token_hash).select((sessions::source, sessions::id_token)).first(conn).optional()?;
    Ok(row)
}

/// Ends a session; one that is not there has ended already.
pub fn end(conn: &mut DbConn, token_hash: &str) -> Result<(), DbError> {
    diesel::delete(sessions::table.find(token_hash)).execute(conn)?;
    Ok(())
}

/// Ends all sessions of a user, and answers how many there were.
pub fn end_all(conn: &mut DbConn, user_id: i64) -> Result<usize, DbError> {
    Ok(diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id))).execute(conn)?)
}

/// A session that has not ended, with its user.
#[derive(Clone, Debug, Queryable)]
pub struct Live {
    /// What lists call it.
    pub id: String,
    /// Hash of its cookie.
    pub token_hash: String,
    /// [`LOCAL`], or the key of a sign-in source.
    pub source: String,
    /// From where it was started.
    pub address: String,
    /// As the browser calls itself.
    pub agent: String,
    /// When it was started.
    pub created_at: i64,
    /// When it was used last, to the minute.
    pub last_seen_at: i64,
    /// Number of the user.
    pub user_id: i64,
    /// Their e-mail.
    pub email: String,
    /// Their name.
    pub name: String,
}

/// Sessions that have not ended, of one user or of all, the one seen last first.
pub fn list(conn: &mut DbConn, user_id: Option<i64>, now: i64) -> Result<Vec<Live>, DbError> {
    let mut rows = sessions::table.inner_join(users::table.on(users::id.eq(sessions::user_id))).into_boxed();
    if let Some(user_id) = user_id {
        rows = rows.filter(sessions::user_id.eq(user_id));
    }
    Ok(rows
        .filter(sessions::last_seen_at.gt(now - IDLE).and(sessions::created_at.gt(now - ABSOLUTE)))
        .order((sessions::last_seen_at.desc(), sessions::id))
        .select((
            sessions::id,
            sessions::token_hash,
            sessions::source,
            sessions::address,
            sessions::agent,
            sessions::created_at,
            sessions::last_seen_at,
            users::id,
            users::email,
            users::name,
        ))
        .load(conn)?)
}

/// Who a cookie belongs to, and whether the session should be marked as seen.
pub(super) fn identify(conn: &mut DbConn, cookie: &str, now: i64) -> Result<Option<(Identity, bool)>, DbError> {
    if !crypto::has_valid_form(SecretKind::Session, cookie) {
        return Ok(None);
    }
    let hash = crypto::hash(cookie);
    let row: Option<(i64, String, String, i64)> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::token_hash.eq(&hash).and(users::disabled_at.is_null()))
        .filter(sessions::last_seen_at.gt(now - IDLE).and(sessions::created_at.gt(now - ABSOLUTE)))
        .select((users::id, users::email, users::name, sessions::last_seen_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, email, name, seen)| (Identity::User { id, email, name, session: hash }, now - seen >= MINUTE)))
}

/// The same for a session that is not stored yet.
pub(super) fn identify_unsaved(
    conn: &mut DbConn,
    unsaved: &Unsaved,
    cookie: &str,
    now: i64,
) -> Result<Option<(Identity, bool)>, DbError> {
    let hash = crypto::hash(cookie);
    let Some(id) = unsaved.find(&hash, now) else { return Ok(None) };
    let row: Option<(String, String)> = users::table
        .filter(users::id.eq(id).and(users::disabled_at.is_null()))
        .select((users::email, users::name))
        .first(conn)
        .optional()?;
    Ok(row.map(|(email, name)| (Identity::User { id, email, name, session: hash }, false)))
}

/// Marks a session as seen.
pub(super) fn touch(conn: &mut DbConn, token_hash: &str, now: i64) -> Result<(), DbError> {
    diesel::update(sessions::table.find(token_hash)).set(sessions::last_seen_at.eq(now)).execute(conn)?;
    Ok(())
}
