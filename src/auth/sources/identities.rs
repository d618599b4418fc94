//! Who users are at sources: an identity is a source and a subject that never changes there.

use diesel::prelude::*;

use crate::db::schema::identities;
use crate::db::{DbConn, DbError};

/// Who a user is at a source.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = identities)]
pub struct Identity {
    /// The key of the source.
    pub source: String,
    /// What never changes there.
    pub subject: String,
    /// The user.
    pub user_id: i64,
    /// What they type there.
    pub login: String,
    /// Their groups, as a JSON list.
    pub groups: String,
}

/// The identity of a subject.
pub fn find(conn: &mut DbConn, source: &str, subject: &str) -> Result<Option<Identity>, DbError> {
    Ok(identities::table.find((source, subject)).select(Identity::as_select()).first(conn).optional()?)
}

/// All identities at a source.
pub fn at(conn: &mut DbConn, source: &str) -> Result<Vec<Identity>, DbError> {
    Ok(identities::table
        .filter(identities::source.eq(source))
        .order(identities::subject)
        .select(Identity::as_select())
        .load(conn)?)
}

/// Says that a subject is a user.
pub fn link(
    conn: &mut DbConn,
    (source, subject): (&str, &str),
    user_id: i64,
    login: &str,
    now: i64,
) -> Result<(), DbError> {
    diesel::insert_into(identities::table)
        .values((
            identities::source.eq(source),
            identities::subject.eq(subject),
            identities::user_id.eq(user_id),
            identities::login.eq(login),
            identities::groups.eq("[]"),
            identities::linked_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Says that a subject is nobody any more.
pub fn unlink(conn: &mut DbConn, source: &str, subject: &str) -> Result<bool, DbError> {
    Ok(diesel::delete(identities::table.find((source, subject))).execute(conn)? > 0)
}

/// Keeps what the source last said; a log-in beside that is noted by its time.
pub fn see(
    conn: &mut DbConn,
    (source, subject): (&str, &str),
    (login, groups): (&str, &[String]),
    logged_in: bool,
    now: i64,
) -> Result<(), DbError> {
    let groups = serde_json::to_string(groups).unwrap_or_else(|_| "[]".into());
    let row = || identities::table.find((source, subject));
    diesel::update(row())
        .set((identities::login.eq(login), identities::groups.eq(groups), identities::seen_at.eq(now)))
        .execute(conn)?;
    if logged_in {
        diesel::update(row()).set(identities::last_login_at.eq(now)).execute(conn)?;
    }
    Ok(())
}
