//! Users as sources see them: found by number, shut out and let in again.

use diesel::prelude::*;

use crate::auth::AuthError;
use crate::auth::users::User;
use crate::db::schema::{identities, sessions, users};
use crate::db::{DbConn, DbError};

/// The user of this number, whom something names that goes with them.
pub fn by_id(conn: &mut DbConn, id: i64) -> Result<User, AuthError> {
    let found = users::table.find(id).select(User::as_select()).first(conn).optional()?;
    found.ok_or_else(|| AuthError::Failed(format!("there is no user {id}, though something names them")))
}

/// Who shut a user out: `manual`, or the key of a source.
pub fn disabled_by(conn: &mut DbConn, id: i64) -> Result<Option<String>, DbError> {
    Ok(users::table.find(id).select(users::disabled_by).first::<Option<String>>(conn).optional()?.flatten())
}

/// Shuts a user out in the name of a source; their sessions end.
pub fn disable(conn: &mut DbConn, id: i64, source: &str, now: i64) -> Result<(), DbError> {
    diesel::update(users::table.find(id))
        .set((users::disabled_at.eq(Some(now)), users::disabled_by.eq(Some(source))))
        .execute(conn)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Lets a user in again whom a source had shut out.
pub fn enable(conn: &mut DbConn, id: i64) -> Result<(), DbError> {
    diesel::update(users::table.find(id))
        .set((users::disabled_at.eq(None::<i64>), users::disabled_by.eq(None::<String>)))
        .execute(conn)?;
    Ok(())
}

/// Whether a user may sign in with a password though only sources count.
pub fn is_break_glass(conn: &mut DbConn, id: i64) -> Result<bool, DbError> {
    let flag: Option<i16> = users::table.find(id).select(users::break_glass).first(conn).optional()?;
    Ok(flag.is_some_and(|flag| flag != 0))
}

/// Lets a user sign in with a password whatever sources do.
pub fn make_break_glass(conn: &mut DbConn, id: i64) -> Result<(), DbError> {
    diesel::update(users::table.find(id)).set(users::break_glass.eq(1_i16)).execute(conn)?;
    Ok(())
}

/// Whether a user has another way in than a source: a password here, or another source.
pub fn belongs_to_others(conn: &mut DbConn, id: i64, source: &str) -> Result<bool, DbError> {
    let password: Option<String> = users::table.find(id).select(users::password_hash).first(conn)?;
    let others: i64 = identities::table
        .filter(identities::user_id.eq(id).and(identities::source.ne(source)))
        .count()
        .get_result(conn)?;
    Ok(password.is_some() || others > 0)
}
