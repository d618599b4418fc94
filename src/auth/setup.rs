//! The first start: an installation without users makes its first owner by a one-time code.

use diesel::prelude::*;

use super::grants::{self, MANUAL};
use super::{AuthError, Role, sources, users, workspaces};
use crate::audit::{self, Entry, Origin};
use crate::crypto::{self, Secret, SecretKind};
use crate::db::schema::installation;
use crate::db::{DbConn, DbError};

/// The row that keeps the hash of the code.
const CODE: &str = "setup_code_hash";

/// Makes a new set-up code while there is no user; the one before stops working.
pub fn renew_code(conn: &mut DbConn) -> Result<Option<Secret>, AuthError> {
    if users::exist(conn)? {
        return Ok(None);
    }
    let secret = Secret::new(SecretKind::SetupCode)?;
    forget_code(conn)?;
    diesel::insert_into(installation::table)
        .values((installation::name.eq(CODE), installation::value.eq(&secret.hash)))
        .execute(conn)?;
    Ok(Some(secret))
}

fn forget_code(conn: &mut DbConn) -> Result<(), DbError> {
    diesel::delete(installation::table.find(CODE)).execute(conn)?;
    Ok(())
}

/// Whether this is the code that the server printed.
pub fn code_fits(conn: &mut DbConn, code: &str) -> Result<bool, DbError> {
    let stored: Option<String> = installation::table.find(CODE).select(installation::value).first(conn).optional()?;
    Ok(stored.is_some_and(|stored| crypto::equal(&stored, &crypto::hash(code))))
}

/// Makes the first owner, who owns every workspace there is; the code has served then.
pub fn make_first_owner(
    conn: &mut DbConn,
    (email, name, password_hash): (&str, &str, &str),
    origin: &Origin,
    now: i64,
) -> Result<users::User, AuthError> {
    if users::exist(conn)? {
        return Err(AuthError::taken("setup", "this installation has been set up already; sign in instead"));
    }
    workspaces::ensure_default(conn, now)?;
    let user = users::create(conn, email, name, Some(password_hash), now)?;
    for workspace in workspaces::all(conn)? {
        grants::grant(conn, user.id, workspace.id, Role::Owner, MANUAL)?;
    }
    // Whatever becomes of sources, somebody can mend them.
    sources::accounts::make_break_glass(conn, user.id)?;
    forget_code(conn)?;
    let detail = serde_json::json!({ "role": Role::Owner });
    audit::record(conn, origin, Entry { workspace: None, action: "user.created", target: &user.email, detail }, now)?;
    Ok(user)
}
