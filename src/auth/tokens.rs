//! API tokens: open one workspace in a role, until they expire or are revoked.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{AuthError, Identity, Role};
use crate::crypto::{self, Secret, SecretKind};
use crate::db::schema::{api_tokens, users, workspaces};
use crate::db::{DbConn, DbError};

/// Use is noted once in this while.
const NOTED_EVERY: i64 = 60 * 1_000_000;

/// What a new token needs.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// For people.
    pub name: &'a str,
    /// What it may do.
    pub role: Role,
    /// The user it belongs to and dies with; one made on the command line has none.
    pub owner_id: Option<i64>,
    /// When it stops working.
    pub expires_at: Option<i64>,
    /// The apps of a builder's token that has no owner; one with an owner sees the owner's.
    pub apps: &'a BTreeSet<String>,
}

/// A token as lists show it.
#[derive(Clone, Debug, Queryable)]
pub struct TokenRow {
    /// Number of the token.
    pub id: i64,
    /// For people.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// How it begins.
    pub prefix: String,
    /// E-mail of the user it belongs to.
    pub owner: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// When it stops working.
    pub expires_at: Option<i64>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// The apps of a builder's token, as JSON.
    pub apps: Option<String>,
    /// Number of the token whose place it takes.
    pub rotated_from: Option<i64>,
    /// Number of the user it belongs to.
    pub owner_id: Option<i64>,
}

impl TokenRow {
    /// The apps of a builder's token.
    pub fn apps(&self) -> BTreeSet<String> {
        self.apps.as_deref().and_then(|apps| serde_json::from_str(apps).ok()).unwrap_or_default()
    }
}

/// Makes a token and answers its number; the secret is the caller's to show, once.
pub fn create(
    conn: &mut DbConn,
    workspace_id: i64,
    new: &NewToken<'_>,
    secret: &Secret,
    now: i64,
) -> Result<i64, AuthError> {
    check_name(new.name)?;
    if new.role != Role::Builder && !new.apps.is_empty() {
        return Err(AuthError::invalid("apps", "only a builder's token is for some apps; leave them out"));
    }
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err(AuthError::invalid("expires_at", "is in the past"));
    }
    diesel::insert_into(api_tokens::table)
        .values((
            api_tokens::workspace_id.eq(workspace_id),
            api_tokens::name.eq(new.name.trim()),
            api_tokens::role.eq(new.role.as_str()),
            api_tokens::prefix.eq(&secret.shown),
            api_tokens::token_hash.eq(&secret.hash),
            api_tokens::owner_id.eq(new.owner_id),
            api_tokens::created_at.eq(now),
            api_tokens::expires_at.eq(new.expires_at),
            api_tokens::apps.eq((!new.apps.is_empty()).then(|| serde_json::json!(new.apps).to_string())),
        ))
        .execute(conn)?;
    Ok(api_tokens::table.filter(api_tokens::token_hash.eq(&secret.hash)).select(api_tokens::id).first(conn)?)
}

/// A name that lists can show.
pub(super) fn check_name(name: &str) -> Result<(), AuthError> {
    if name.trim().is_empty() || name.len() > 200 || name.contains(char::is_control) {
        return Err(AuthError::invalid("name", "give it a name of 1 to 200 bytes, without control characters"));
    }
    Ok(())
}

/// All tokens of a workspace, newest first.
pub fn list(conn: &mut DbConn, workspace_id: i64) -> Result<Vec<TokenRow>, DbError> {
    Ok(api_tokens::table
        .left_join(users::table.on(users::id.nullable().eq(api_tokens::owner_id)))
        .filter(api_tokens::workspace_id.eq(workspace_id))
        .order(api_tokens::id.desc())
        .select((
            api_tokens::id,
            api_tokens::name,
            api_tokens::role,
            api_tokens::prefix,
            users::email.nullable(),
            api_tokens::created_at,
            api_tokens::expires_at,
            api_tokens::last_used_at,
            api_tokens::revoked_at,
            api_tokens::apps,
            api_tokens::rotated_from,
            api_tokens::owner_id,
        ))
        .load(conn)?)
}

/// Tokens of a user that were not revoked, newest first, with the workspace that each opens.
pub fn of_user(conn: &mut DbConn, user_id: i64) -> Result<Vec<(String, TokenRow)>, DbError> {
    Ok(api_tokens::table
        .inner_join(workspaces::table.on(workspaces::id.eq(api_tokens::workspace_id)))
        .inner_join(users::table.on(users::id.nullable().eq(api_tokens::owner_id)))
        .filter(api_tokens::owner_id.eq(user_id).and(api_tokens::revoked_at.is_null()))
        .order(api_tokens::id.desc())
        .select((
            workspaces::slug,
            (
                api_tokens::id,
                api_tokens::name,
                api_tokens::role,
                api_tokens::prefix,
                users::email.nullable(),
                api_tokens::created_at,
                api_tokens::expires_at,
                api_tokens::last_used_at,
                api_tokens::revoked_at,
                api_tokens::apps,
                api_tokens::rotated_from,
                api_tokens::owner_id,
            ),
        ))
        .load(conn)?)
}

/// Makes a token in the place of another, which works until `ends_at`. It lives as long as that one was made to.
pub fn rotate(
    conn: &mut DbConn,
    workspace_id: i64,
    before: &TokenRow,
    owner_id: Option<i64>,
    secret: &Secret,
    (ends_at, now): (i64, i64),
) -> Result<i64, AuthError> {
    let role = Role::parse(&before.role).ok_or_else(|| AuthError::Failed(format!("no role {}", before.role)))?;
    let expires_at = before.expires_at.map(|at| now + (at - before.created_at));
    let new = NewToken { name: &before.name, role, owner_id, expires_at, apps: &before.apps() };
    let id = create(conn, workspace_id, &new, secret, now)?;
    diesel::update(api_tokens::table.find(id)).set(api_tokens::rotated_from.eq(before.id)).execute(conn)?;
    let ends_at = before.expires_at.map_or(ends_at, |at| at.min(ends_at));
    diesel::update(api_tokens::table.find(before.id)).set(api_tokens::expires_at.eq(ends_at)).execute(conn)?;
    Ok(id)
}

/// Revokes a token; false if the workspace has none of this number.
pub fn revoke(conn: &mut DbConn, workspace_id: i64, id: i64, now: i64) -> Result<bool, DbError> {
    let mine = api_tokens::table.filter(api_tokens::id.eq(id).and(api_tokens::workspace_id.eq(workspace_id)));
    let found: Option<i64> = mine.select(api_tokens::id).first(conn).optional()?;
    // The first revocation stays the date that lists show.
    diesel::update(api_tokens::table.filter(api_tokens::id.eq(id).and(api_tokens::workspace_id.eq(workspace_id))))
        .filter(api_tokens::revoked_at.is_null())
        .set(api_tokens::revoked_at.eq(now))
        .execute(conn)?;
    Ok(found.is_some())
}

/// Who a token is, and whether its use should be noted.
pub(super) fn identify(conn: &mut DbConn, text: &str, now: i64) -> Result<Option<(Identity, bool)>, DbError> {
    if !crypto::has_valid_form(SecretKind::ApiToken, text) {
        return Ok(None);
    }
    type Row = (i64, i64, String, String, Option<i64>, Option<i64>, Option<i64>, Option<String>);
    let row: Option<Row> = api_tokens::table
        .left_join(users::table.on(users::id.nullable().eq(api_tokens::owner_id)))
        .filter(api_tokens::token_hash.eq(crypto::hash(text)).and(api_tokens::revoked_at.is_null()))
        .filter(users::disabled_at.is_null())
        .select((
            api_tokens::id,
            api_tokens::workspace_id,
            api_tokens::name,
            api_tokens::role,
            api_tokens::owner_id,
            api_tokens::expires_at,
            api_tokens::last_used_at,
            api_tokens::apps,
        ))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(id, workspace_id, name, role, owner_id, expires_at, last_used_at, apps)| {
        if expires_at.is_some_and(|at| at <= now) {
            return None;
        }
        let stale = last_used_at.is_none_or(|at| now - at >= NOTED_EVERY);
        let apps = apps.and_then(|apps| serde_json::from_str(&apps).ok()).unwrap_or_default();
        Some((Identity::Token { id, name, workspace_id, role: Role::parse(&role)?, owner_id, apps }, stale))
    }))
}

/// Notes the use of a token.
pub(super) fn touch(conn: &mut DbConn, id: i64, now: i64) -> Result<(), DbError> {
    diesel::update(api_tokens::table.find(id)).set(api_tokens::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}
