//! Workspaces: made, found, listed.

use diesel::prelude::*;

use super::grants::{self, MANUAL};
use super::{AuthError, Role, Workspace, WorkspaceKind};
use crate::db::schema::{event_blocks, user_roles, workspaces};
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
    let mut found: Vec<(Workspace, Role)> = Vec::new();
    for (workspace, role) in rows {
        let Some(role) = Role::parse(&role) else { continue };
        match found.last_mut().filter(|(known, _)| known.id == workspace.id) {
            Some((_, strongest)) => *strongest = role.min(*strongest),
            None => found.push((workspace, role)),
        }
    }
    Ok(found)
}

/// Makes a workspace. Owners of the workspace `default` own it too, for somebody must be able to enter.
pub fn create(conn: &mut DbConn, new: &NewWorkspace<'_>, now: i64) -> Result<Workspace, AuthError> {
    check_slug(new.slug)?;
    check_name(new.name)?;
    check_zone(new.time_zone)?;
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
            workspaces::pseudonyms.eq(i16::from(new.kind == WorkspaceKind::Internal)),
        ))
        .execute(conn)?;
    let made = get(conn, new.slug)?;
    let owners: Vec<i64> = workspaces::table
        .inner_join(user_roles::table.on(user_roles::workspace_id.eq(workspaces::id)))
        .filter(workspaces::slug.eq(DEFAULT).and(user_roles::role.eq(Role::Owner.as_str())))
        .select(user_roles::user_id)
        .distinct()
        .load(conn)?;
    for owner in owners {
        grants::grant(conn, owner, made.id, Role::Owner, MANUAL)?;
    }
    Ok(made)
}

/// What is to be changed of a workspace; none leaves a value as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change<'a> {
    /// Its name for people.
    pub name: Option<&'a str>,
    /// An IANA name.
    pub time_zone: Option<&'a str>,
    /// Days that events are kept; `Some(None)` for ever.
    pub retention_days_events: Option<Option<i32>>,
    /// Days that runs of jobs are kept.
    pub retention_days_jobs: Option<i32>,
    /// Whether people are pseudonyms for those who lack `people.unmask`.
    pub pseudonyms: Option<bool>,
    /// How many people a number needs to be shown to everybody.
    pub smallest_group: Option<i32>,
    /// Traits that tell who somebody is, beside the usual ones.
    pub personal_traits: Option<&'a [String]>,
}

/// Whether any event of the workspace is stored.
pub fn has_events(conn: &mut DbConn, workspace: i64) -> Result<bool, DbError> {
    let of_workspace = event_blocks::table.filter(event_blocks::workspace_id.eq(workspace));
    Ok(of_workspace.select(event_blocks::id).first::<i64>(conn).optional()?.is_some())
}

/// Changes a workspace and answers it as it is then. Its days are what everything is counted by, so its time zone
/// is fixed by the first event.
pub fn update(conn: &mut DbConn, workspace: &Workspace, change: &Change<'_>) -> Result<Workspace, AuthError> {
    let row = || workspaces::table.find(workspace.id);
    if let Some(name) = change.name {
        check_name(name)?;
        diesel::update(row()).set(workspaces::name.eq(name.trim())).execute(conn)?;
    }
    if let Some(zone) = change.time_zone.filter(|zone| *zone != workspace.time_zone) {
        check_zone(zone)?;
        // An event that comes in at this moment waits until the zone is set, or is seen here.
        crate::db::lock_workspace(conn, workspace.id)?;
        if has_events(conn, workspace.id)? {
            return Err(AuthError::taken(
                "time_zone",
                format!(
                    "events are stored by days of {}: make a new workspace in {zone} and import them there",
                    workspace.time_zone
                ),
            ));
        }
        diesel::update(row()).set(workspaces::time_zone.eq(zone)).execute(conn)?;
    }
    if let Some(days) = change.retention_days_events {
        if days.is_some_and(|days| !(31..=36_500).contains(&days)) {
            let advice = "is no number of days from 31 (what a month needs) to 36500, nor null (for ever)";
            return Err(AuthError::invalid("retention_days_events", advice));
        }
        diesel::update(row()).set(workspaces::retention_days_events.eq(days)).execute(conn)?;
    }
    if let Some(days) = change.retention_days_jobs {
        if !(1..=36_500).contains(&days) {
            return Err(AuthError::invalid("retention_days_jobs", "is no number of days from 1 to 36500"));
        }
        diesel::update(row()).set(workspaces::retention_days_jobs.eq(days)).execute(conn)?;
    }
    update_privacy(conn, workspace, change)?;
    get(conn, &workspace.slug)
}

fn update_privacy(conn: &mut DbConn, workspace: &Workspace, change: &Change<'_>) -> Result<(), AuthError> {
    let row = || workspaces::table.find(workspace.id);
    if let Some(pseudonyms) = change.pseudonyms {
        diesel::update(row()).set(workspaces::pseudonyms.eq(i16::from(pseudonyms))).execute(conn)?;
    }
    if let Some(size) = change.smallest_group {
        if !(1..=1_000).contains(&size) {
            let advice = "is no number of people from 1 (every number is shown) to 1000";
            return Err(AuthError::invalid("privacy.smallest_group", advice));
        }
        diesel::update(row()).set(workspaces::smallest_group.eq(size)).execute(conn)?;
    }
    if let Some(traits) = change.personal_traits {
        let wrong = |name: &String| name.trim().is_empty() || name.len() > 200 || name.contains(char::is_control);
        if traits.len() > 200 || traits.iter().any(wrong) {
            let advice = "holds more than 200 names, or one that is empty or longer than 200 bytes";
            return Err(AuthError::invalid("privacy.personal_traits", advice));
        }
        let text = serde_json::to_string(traits).unwrap_or_else(|_| "[]".into());
        diesel::update(row()).set(workspaces::personal_traits.eq(text)).execute(conn)?;
    }
    Ok(())
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

fn check_name(name: &str) -> Result<(), AuthError> {
    if name.trim().is_empty() || name.len() > 200 || name.contains(char::is_control) {
        let advice = "give the workspace a name of at most 200 bytes, without control characters";
        return Err(AuthError::invalid("name", advice));
    }
    Ok(())
}

fn check_zone(zone: &str) -> Result<(), AuthError> {
    let wrong =
        |_| AuthError::invalid("time_zone", format!("{zone:?} is no time zone; right would be UTC or Europe/Berlin"));
    jiff::tz::TimeZone::get(zone).map(drop).map_err(wrong)
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
