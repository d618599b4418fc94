//! Console users.

use diesel::prelude::*;

use super::grants::{self, MANUAL};
use super::{AuthError, Role, Workspace};
use crate::db::schema::{sessions, users};
use crate::db::{DbConn, DbError};

/// A console user as signing in needs them.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    /// Number of the user.
    pub id: i64,
    /// In small letters.
    pub email: String,
    /// For people.
    pub name: String,
    /// Nobody signs in by password without one.
    pub password_hash: Option<String>,
    /// When the user was shut out.
    pub disabled_at: Option<i64>,
}

/// An e-mail as it is stored: trimmed, in small letters.
pub fn normalise_email(email: &str) -> Result<String, AuthError> {
    let email = email.trim().to_lowercase();
    let sane = email.len() <= 254
        && !email.contains(|c: char| c.is_whitespace() || c.is_control())
        && email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if sane { Ok(email) } else { Err(AuthError::invalid("email", format!("{email:?} is no e-mail address"))) }
}

/// Whether anybody can sign in yet.
pub fn exist(conn: &mut DbConn) -> Result<bool, DbError> {
    Ok(users::table.select(users::id).first::<i64>(conn).optional()?.is_some())
}

/// The user of this e-mail.
pub fn find(conn: &mut DbConn, email: &str) -> Result<Option<User>, DbError> {
    Ok(users::table.filter(users::email.eq(email)).select(User::as_select()).first(conn).optional()?)
}

/// The user of this number.
pub fn by_id(conn: &mut DbConn, id: i64) -> Result<Option<User>, DbError> {
    Ok(users::table.find(id).select(User::as_select()).first(conn).optional()?)
}

/// A name that lists can show; it may be empty.
pub fn check_name(name: &str) -> Result<(), AuthError> {
    if name.len() > 200 || name.contains(char::is_control) {
        return Err(AuthError::invalid("name", "choose a name of at most 200 bytes, without control characters"));
    }
    Ok(())
}

/// Makes a user, who has no role yet.
pub fn create(
    conn: &mut DbConn,
    email: &str,
    name: &str,
    password_hash: Option<&str>,
    now: i64,
) -> Result<User, AuthError> {
    let email = normalise_email(email)?;
    check_name(name)?;
    if find(conn, &email)?.is_some() {
        return Err(AuthError::taken("email", format!("there is a user {email} already")));
    }
    let name = if name.trim().is_empty() { email.split('@').next().unwrap_or_default() } else { name.trim() };
    diesel::insert_into(users::table)
        .values((
            users::email.eq(&email),
            users::name.eq(name),
            users::password_hash.eq(password_hash),
            users::created_at.eq(now),
        ))
        .execute(conn)?;
    find(conn, &email)?.ok_or_else(|| AuthError::Failed(format!("the user {email} was not stored")))
}

/// Makes a user with a role, as the command line and the set-up do.
pub fn create_with_role(
    conn: &mut DbConn,
    (email, name, password_hash): (&str, &str, &str),
    (workspace, role): (&Workspace, Role),
    now: i64,
) -> Result<User, AuthError> {
    let user = create(conn, email, name, Some(password_hash), now)?;
    grants::grant(conn, user.id, workspace.id, role, MANUAL)?;
    Ok(user)
}

/// Sets a password; whoever was signed in with the old one is not any more.
pub fn set_password(conn: &mut DbConn, user_id: i64, password_hash: &str) -> Result<(), DbError> {
    diesel::update(users::table.find(user_id)).set(users::password_hash.eq(password_hash)).execute(conn)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id))).execute(conn)?;
    Ok(())
}

/// Keeps the same password under another hash.
pub fn set_hash(conn: &mut DbConn, user_id: i64, password_hash: &str) -> Result<(), DbError> {
    diesel::update(users::table.find(user_id)).set(users::password_hash.eq(password_hash)).execute(conn)?;
    Ok(())
}

/// Lets a user in again who was shut out.
pub fn enable(conn: &mut DbConn, user_id: i64) -> Result<(), DbError> {
    let nobody = (users::disabled_at.eq(None::<i64>), users::disabled_by.eq(None::<String>));
    diesel::update(users::table.find(user_id)).set(nobody).execute(conn)?;
    Ok(())
}

/// Shuts a user out: sessions end, and tokens stop to work since their owner is looked at with each call. `by` is
/// [`grants::MANUAL`] or the key of a sign-in source.
pub fn disable(conn: &mut DbConn, user_id: i64, by: &str, now: i64) -> Result<(), DbError> {
    let shut = (users::disabled_at.eq(now), users::disabled_by.eq(by));
    diesel::update(users::table.find(user_id)).set(shut).execute(conn)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id))).execute(conn)?;
    Ok(())
}
