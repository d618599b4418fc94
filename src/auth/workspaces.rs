//! Workspaces: made, found, listed.

use diesel::prelude::*;

use super::{AuthError, Role, Workspace, WorkspaceKind};
use crate::db::schema::{user_roles, workspaces};
use crate::db::{DbConn, DbError};

/// The workspace that `migrate` makes.
pub const DEFAULT: &str = "default";

/// What a new workspace needs.
#[derive(Clone, Debug)]
pub struct NewWorkspace<'a> {
    /// Its name in paths.
    pub slug: &'a str,
    /// Its name for people.
    pub name: &'a str,
    /// What it looks at.
    pub kind: WorkspaceKind,
    /// An IANA name.
    pub time_zone: &'a str,
}

/// The workspace of this slug.
pub fn find(conn: &mut DbConn, slug: &str) -> Result<Option<Workspace>, DbError> {
    Ok(workspaces::table.filter(workspaces::slug.eq(slug)).select(Workspace::as_select()).first(conn).optional()?)
}

/// The workspace of this slug, or a refusal that names it.
pub fn get(conn: &mut DbConn, slug: &str) -> Result<Workspace, AuthError> {
    find(conn, slug)?.ok_or_else(|| {
        AuthError::invalid(
            "workspace",
            format!("there is no workspace {slug:?}; `takehold admin create-workspace` makes one"),
        )
    })
}

/// All workspaces by name in paths.
pub fn all(conn: &mut DbConn) -> Result<Vec<Workspace>, DbError> {
    Ok(workspaces::table.order(workspaces::slug).select(Workspace::as_select()).load(conn)?)
}

/// The workspaces of a user, with their role in each.
pub fn of_user(conn: &mut DbConn, user_id: i64) -> Result<Vec<(Workspace, Role)>, DbError> {
    let rows: Vec<(Workspace, String)> = workspaces::table
        .inner_join(user_roles::table.on(user_roles::workspace_id.eq(workspaces::id)))
        .filter(user_roles::user_id.eq(user_id))
        .order(workspaces::slug)
        .select((Workspace::as_select(), user_roles::role))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(workspace, role)| Some((workspace, Role::parse(&role)?))).collect())
}

/// Makes a workspace. Owners of the workspace `default` own it too, for somebody must be able to enter.
pub fn create(conn: &mut DbConn, new: &NewWorkspace<'_>, now: i64) -> Result<Workspace, AuthError> {
    check_slug(new.slug)?;
    if new.name.trim().is_empty() || new.name.len() > 200 {
        return Err(AuthError::invalid("name", "give the workspace a name of at most 200 bytes"));
    }
    jiff::tz::TimeZone::get(new.time_zone).map_err(|_| {
        AuthError::invalid(
            "time-zone",
            format!("{:?} is no time zone; right would be UTC or Europe/Berlin", new.time_zone),
        )
    })?;
    if find(conn, new.slug)?.is_some() {
        return Err(AuthError::taken("slug", format!("there is a workspace {:?} already", new.slug)));
    }
    diesel::insert_into(workspaces::table)
        .values((
            workspaces::slug.eq(new.slug),
            workspaces::name.eq(new.name.trim()),
            workspaces::kind.eq(new.kind.as_str()),
            workspaces::time_zone.eq(new.time_zone),
            workspaces::created_at.eq(now),
        ))
        .execute(conn)?;
    let made = get(conn, new.slug)?;
    let owners: Vec<i64> = workspaces::table
        .inner_join(user_roles::table.on(user_roles::workspace_id.eq(workspaces::id)))
        .filter(workspaces::slug.eq(DEFAULT).and(user_roles::role.eq(Role::Owner.as_str())))
        .select(user_roles::user_id)
        .load(conn)?;
    for owner in owners {
        super::users::grant(conn, owner, made.id, Role::Owner)?;
    }
    Ok(made)
}

/// Makes the workspace `default` when it is not there.
pub fn ensure_default(conn: &mut DbConn, now: i64) -> Result<Workspace, AuthError> {
    match find(conn, DEFAULT)? {
        Some(workspace) => Ok(workspace),
        None => {
            let new = NewWorkspace { slug: DEFAULT, name: "Default", kind: WorkspaceKind::Internal, time_zone: "UTC" };
            create(conn, &new, now)
        }
    }
}

fn check_slug(slug: &str) -> Result<(), AuthError> {
    let sane = (1..=63).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-');
    if sane {
        return Ok(());
    }
    Err(AuthError::invalid("slug", format!("{slug:?} cannot stand in a path; use small letters, digits and hyphens")))
}
