//! Links that make somebody a user, or let a user choose a new password: shown once, good for a while, used once.

use diesel::prelude::*;

use super::{AuthError, Role, Workspace, grants, users};
use crate::crypto::{self, Secret, SecretKind};
use crate::db::schema::{users as users_table, welcome_links, workspaces};
use crate::db::{DbConn, DbError};

/// How long a link serves.
pub const LIFETIME: i64 = 7 * 24 * 3_600_000_000;

const INVITATION: &str = "invitation";
const PASSWORD: &str = "password";

/// Whom to invite, and as what.
#[derive(Clone, Debug)]
pub struct NewInvitation<'a> {
    /// What they will sign in with.
    pub email: &'a str,
    /// For people; empty to let them choose.
    pub name: &'a str,
    /// Where they will have the role.
    pub workspace: &'a Workspace,
    /// What they will be.
    pub role: Role,
    /// The apps that a builder will see.
    pub apps: &'a [String],
    /// Who invites; the invitation dies with them.
    pub made_by: Option<i64>,
}

/// A link that waits to be used.
#[derive(Clone, Debug, Queryable)]
pub struct Link {
    /// Number of the link.
    pub id: i64,
    /// What the person signs in with.
    pub email: String,
    /// For people.
    pub name: String,
    /// The user whose password it sets; none for an invitation.
    pub user_id: Option<i64>,
    /// Where the role is given.
    pub workspace_id: Option<i64>,
    /// The workspace's name in paths.
    pub workspace: Option<String>,
    /// The role, as it is stored.
    pub role: Option<String>,
    /// The apps of a builder, as JSON.
    pub apps: String,
    /// Number of the user who made it.
    pub made_by: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it stops to serve.
    pub expires_at: i64,
}

impl Link {
    /// The role that it gives.
    pub fn role(&self) -> Option<Role> {
        self.role.as_deref().and_then(Role::parse)
    }

    /// The apps that a builder will see.
    pub fn apps(&self) -> Vec<String> {
        serde_json::from_str(&self.apps).unwrap_or_default()
    }
}

type Row = (
    welcome_links::id,
    welcome_links::email,
    welcome_links::name,
    welcome_links::user_id,
    welcome_links::workspace_id,
    diesel::dsl::Nullable<workspaces::slug>,
    welcome_links::role,
    welcome_links::apps,
    welcome_links::made_by,
    welcome_links::created_at,
    welcome_links::expires_at,
);

fn row() -> Row {
    (
        welcome_links::id,
        welcome_links::email,
        welcome_links::name,
        welcome_links::user_id,
        welcome_links::workspace_id,
        workspaces::slug.nullable(),
        welcome_links::role,
        welcome_links::apps,
        welcome_links::made_by,
        welcome_links::created_at,
        welcome_links::expires_at,
    )
}

/// Invites somebody and answers the number of the link; one sent before to the same address serves no more.
pub fn invite(conn: &mut DbConn, new: &NewInvitation<'_>, secret: &Secret, now: i64) -> Result<i64, AuthError> {
    let email = users::normalise_email(new.email)?;
    users::check_name(new.name)?;
    grants::check_role(new.role)?;
    if users::find(conn, &email)?.is_some() {
        return Err(AuthError::taken(
            "email",
            format!("there is a user {email} already: give them a role instead of inviting them"),
        ));
    }
    forget(conn, INVITATION, &email)?;
    clear(conn, now)?;
    diesel::insert_into(welcome_links::table)
        .values((
            welcome_links::kind.eq(INVITATION),
            welcome_links::email.eq(&email),
            welcome_links::name.eq(new.name.trim()),
            welcome_links::workspace_id.eq(new.workspace.id),
            welcome_links::role.eq(new.role.as_str()),
            welcome_links::apps.eq(serde_json::to_string(new.apps).unwrap_or_else(|_| "[]".into())),
            welcome_links::code_hash.eq(&secret.hash),
            welcome_links::made_by.eq(new.made_by),
            welcome_links::created_at.eq(now),
            welcome_links::expires_at.eq(now + LIFETIME),
        ))
        .execute(conn)?;
    number(conn, secret)
}

/// Makes a link by which a user chooses a new password; the one before serves no more.
pub fn password_link(
    conn: &mut DbConn,
    user: &users::User,
    made_by: Option<i64>,
    secret: &Secret,
    now: i64,
) -> Result<i64, AuthError> {
    forget(conn, PASSWORD, &user.email)?;
    clear(conn, now)?;
    diesel::insert_into(welcome_links::table)
        .values((
            welcome_links::kind.eq(PASSWORD),
            welcome_links::email.eq(&user.email),
            welcome_links::name.eq(&user.name),
            welcome_links::user_id.eq(user.id),
            welcome_links::code_hash.eq(&secret.hash),
            welcome_links::made_by.eq(made_by),
            welcome_links::created_at.eq(now),
            welcome_links::expires_at.eq(now + LIFETIME),
        ))
        .execute(conn)?;
    number(conn, secret)
}

fn number(conn: &mut DbConn, secret: &Secret) -> Result<i64, AuthError> {
    let mine = welcome_links::table.filter(welcome_links::code_hash.eq(&secret.hash));
    Ok(mine.select(welcome_links::id).first(conn)?)
}

fn forget(conn: &mut DbConn, kind: &str, email: &str) -> Result<(), DbError> {
    let before = welcome_links::kind.eq(kind).and(welcome_links::email.eq(email));
    diesel::delete(welcome_links::table.filter(before)).execute(conn)?;
    Ok(())
}

/// Invitations that nobody has accepted yet, the newest first.
pub fn invitations(conn: &mut DbConn) -> Result<Vec<Link>, DbError> {
    Ok(welcome_links::table
        .left_join(workspaces::table.on(workspaces::id.nullable().eq(welcome_links::workspace_id)))
        .filter(welcome_links::kind.eq(INVITATION))
        .order(welcome_links::id.desc())
        .select(row())
        .load(conn)?)
}

/// Takes an invitation back, and answers what it was.
pub fn withdraw(conn: &mut DbConn, id: i64) -> Result<Option<Link>, DbError> {
    let found = invitations(conn)?.into_iter().find(|link| link.id == id);
    if found.is_some() {
        diesel::delete(welcome_links::table.find(id)).execute(conn)?;
    }
    Ok(found)
}

/// The link of a code, if it still serves: it is not too old, and whoever made it is still there.
pub fn find(conn: &mut DbConn, code: &str, now: i64) -> Result<Option<Link>, DbError> {
    if !crypto::has_valid_form(SecretKind::WelcomeCode, code) {
        return Ok(None);
    }
    let link: Option<Link> = welcome_links::table
        .left_join(workspaces::table.on(workspaces::id.nullable().eq(welcome_links::workspace_id)))
        .filter(welcome_links::code_hash.eq(crypto::hash(code)).and(welcome_links::expires_at.gt(now)))
        .select(row())
        .first(conn)
        .optional()?;
    let Some(link) = link else { return Ok(None) };
    let Some(maker) = link.made_by else { return Ok(Some(link)) };
    let there: Option<Option<i64>> =
        users_table::table.find(maker).select(users_table::disabled_at).first(conn).optional()?;
    Ok(Some(link).filter(|_| there == Some(None)))
}

/// Ends a link that has served.
pub fn end(conn: &mut DbConn, id: i64) -> Result<(), DbError> {
    diesel::delete(welcome_links::table.find(id)).execute(conn)?;
    Ok(())
}

/// Deletes links that have long served no more.
fn clear(conn: &mut DbConn, now: i64) -> Result<(), DbError> {
    // A month later nobody asks any more why a link did not work.
    let old = welcome_links::expires_at.lt(now - 4 * LIFETIME);
    diesel::delete(welcome_links::table.filter(old)).execute(conn)?;
    Ok(())
}
