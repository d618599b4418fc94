//! What users are where, by who says so.
//!
//! - *origin*: [`MANUAL`] for what a person granted here, or the key of a sign-in source.
//! - A user's role in a workspace is the strongest of those granted; the apps of a builder are all that are granted,
//!   and those that name the user as an owner.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::model::names;
use super::{AuthError, Role, workspaces};
use crate::db::schema::{app_grants, app_settings, dictionary, user_roles, users};
use crate::db::{DbConn, DbError, Kind};

/// The origin of what a person granted here.
pub const MANUAL: &str = "manual";

/// User, workspace and origin.
type Key<'a> = (i64, i64, &'a str);

/// What a source says a user is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Granted {
    /// The workspace.
    pub workspace_id: i64,
    /// What the user is there.
    pub role: Role,
    /// The apps of a builder.
    pub apps: BTreeSet<String>,
}

/// The role of a user in a workspace: the strongest of those granted.
pub fn role_in(conn: &mut DbConn, user_id: i64, workspace_id: i64) -> Result<Option<Role>, DbError> {
    let roles: Vec<String> = user_roles::table
        .filter(user_roles::user_id.eq(user_id).and(user_roles::workspace_id.eq(workspace_id)))
        .select(user_roles::role)
        .load(conn)?;
    Ok(strongest(roles.iter()))
}

/// The strongest of these roles.
pub(super) fn strongest<'a>(roles: impl Iterator<Item = &'a String>) -> Option<Role> {
    roles.filter_map(|role| Role::parse(role)).min()
}

/// Refuses a role that no user can have.
pub fn check_role(role: Role) -> Result<(), AuthError> {
    if Role::FOR_USERS.contains(&role) {
        return Ok(());
    }
    let possible = names(&Role::FOR_USERS);
    Err(AuthError::invalid("role", format!("a user can be {possible}, not {}", role.as_str())))
}

/// Refuses apps that cannot be named, and those of a role that sees all apps.
pub fn check_apps(role: Option<Role>, apps: &BTreeSet<String>) -> Result<(), AuthError> {
    if !apps.is_empty() && role != Some(Role::Builder) {
        return Err(AuthError::invalid("apps", "only a builder has apps of their own; leave them out"));
    }
    let wrong = |app: &String| app.trim().is_empty() || app.len() > 200 || app.contains(char::is_control);
    if apps.len() > 500 || apps.iter().any(wrong) {
        let advice = "holds more than 500 apps, or a name that is empty or longer than 200 bytes";
        return Err(AuthError::invalid("apps", advice));
    }
    Ok(())
}

/// Gives a user a role in a workspace in the name of an origin, in place of the one it gave before.
pub fn grant(conn: &mut DbConn, user_id: i64, workspace_id: i64, role: Role, origin: &str) -> Result<(), AuthError> {
    check_role(role)?;
    guarded(conn, |conn| {
        diesel::delete(user_roles::table.find((user_id, workspace_id, origin))).execute(conn)?;
        Ok(insert(conn, (user_id, workspace_id, origin), role)?)
    })
}

fn insert(conn: &mut DbConn, (user_id, workspace_id, origin): Key<'_>, role: Role) -> Result<(), DbError> {
    let values = (
        user_roles::user_id.eq(user_id),
        user_roles::workspace_id.eq(workspace_id),
        user_roles::origin.eq(origin),
        user_roles::role.eq(role.as_str()),
    );
    diesel::insert_into(user_roles::table).values(values).execute(conn)?;
    Ok(())
}

/// Takes back what an origin granted a user in a workspace, apps included.
pub fn revoke(conn: &mut DbConn, user_id: i64, workspace_id: i64, origin: &str) -> Result<(), AuthError> {
    guarded(conn, |conn| {
        diesel::delete(user_roles::table.find((user_id, workspace_id, origin))).execute(conn)?;
        Ok(set_apps(conn, (user_id, workspace_id, origin), &BTreeSet::new())?)
    })
}

/// Replaces the apps that an origin granted a user in a workspace.
pub fn set_apps(
    conn: &mut DbConn,
    (user_id, workspace_id, origin): Key<'_>,
    apps: &BTreeSet<String>,
) -> Result<(), DbError> {
    let of_origin = app_grants::table
        .filter(app_grants::user_id.eq(user_id).and(app_grants::workspace_id.eq(workspace_id)))
        .filter(app_grants::origin.eq(origin));
    diesel::delete(of_origin).execute(conn)?;
    for app in apps {
        let values = (
            app_grants::user_id.eq(user_id),
            app_grants::workspace_id.eq(workspace_id),
            app_grants::app.eq(app),
            app_grants::origin.eq(origin),
        );
        diesel::insert_into(app_grants::table).values(values).execute(conn)?;
    }
    Ok(())
}

/// Makes what an origin grants a user exactly this, but the last owner stays one whatever a source says. Answers what
/// was granted before.
pub fn sync(conn: &mut DbConn, user_id: i64, origin: &str, granted: &[Granted]) -> Result<Vec<Granted>, AuthError> {
    let before = of_origin(conn, user_id, origin)?;
    if before == granted {
        return Ok(before);
    }
    let owners_before = owners(conn)?;
    let roles = user_roles::table.filter(user_roles::user_id.eq(user_id).and(user_roles::origin.eq(origin)));
    diesel::delete(roles).execute(conn)?;
    let apps = app_grants::table.filter(app_grants::user_id.eq(user_id).and(app_grants::origin.eq(origin)));
    diesel::delete(apps).execute(conn)?;
    for one in granted {
        let key = (user_id, one.workspace_id, origin);
        insert(conn, key, one.role)?;
        set_apps(conn, key, &one.apps)?;
    }
    if owners_before > 0 && owners(conn)? == 0 {
        tracing::warn!(user_id, origin, "the last owner stays one, though the source says otherwise");
        let default = workspaces::get(conn, workspaces::DEFAULT)?;
        diesel::delete(user_roles::table.find((user_id, default.id, origin))).execute(conn)?;
        insert(conn, (user_id, default.id, origin), Role::Owner)?;
    }
    Ok(before)
}

/// What an origin grants a user, by workspace.
pub fn of_origin(conn: &mut DbConn, user_id: i64, origin: &str) -> Result<Vec<Granted>, DbError> {
    let roles: Vec<(i64, String)> = user_roles::table
        .filter(user_roles::user_id.eq(user_id).and(user_roles::origin.eq(origin)))
        .order(user_roles::workspace_id)
        .select((user_roles::workspace_id, user_roles::role))
        .load(conn)?;
    let apps: Vec<(i64, String)> = app_grants::table
        .filter(app_grants::user_id.eq(user_id).and(app_grants::origin.eq(origin)))
        .select((app_grants::workspace_id, app_grants::app))
        .load(conn)?;
    let of = |workspace: i64| apps.iter().filter(|(w, _)| *w == workspace).map(|(_, app)| app.clone()).collect();
    Ok(roles
        .into_iter()
        .filter_map(|(workspace_id, role)| {
            Some(Granted { workspace_id, role: Role::parse(&role)?, apps: of(workspace_id) })
        })
        .collect())
}

/// The apps that a builder sees: those granted by anybody, and those that name their e-mail as an owner's.
pub fn apps_of(conn: &mut DbConn, user_id: i64, workspace_id: i64) -> Result<BTreeSet<String>, DbError> {
    let granted: Vec<String> = app_grants::table
        .filter(app_grants::user_id.eq(user_id).and(app_grants::workspace_id.eq(workspace_id)))
        .select(app_grants::app)
        .load(conn)?;
    let email: Option<String> = users::table.find(user_id).select(users::email).first(conn).optional()?;
    let settings: Vec<(i64, String)> = app_settings::table
        .filter(app_settings::workspace_id.eq(workspace_id).and(app_settings::owners.ne("[]")))
        .select((app_settings::app, app_settings::owners))
        .load(conn)?;
    let owns = |owners: &str| {
        let owners: Vec<String> = serde_json::from_str(owners).unwrap_or_default();
        owners.iter().any(|owner| email.as_ref().is_some_and(|email| owner.trim().to_lowercase() == *email))
    };
    let owned: Vec<i64> = settings.into_iter().filter(|(_, owners)| owns(owners)).map(|(app, _)| app).collect();
    let owned: Vec<String> = dictionary::table
        .filter(dictionary::workspace_id.eq(workspace_id).and(dictionary::kind.eq(Kind::App.stored())))
        .filter(dictionary::number.eq_any(owned))
        .select(dictionary::name)
        .load(conn)?;
    Ok(granted.into_iter().chain(owned).collect())
}

/// Makes a change unless it would leave the installation without an owner who can sign in.
pub fn guarded<T>(conn: &mut DbConn, change: impl FnOnce(&mut DbConn) -> Result<T, AuthError>) -> Result<T, AuthError> {
    let before = owners(conn)?;
    let made = change(conn)?;
    if before > 0 && owners(conn)? == 0 {
        let advice = "this is the last owner of the workspace default; make somebody else an owner first";
        return Err(AuthError::taken("role", advice));
    }
    Ok(made)
}

/// How many can sign in who own the workspace `default`; of two changes at once, the second waits for the first.
fn owners(conn: &mut DbConn) -> Result<i64, AuthError> {
    let default = workspaces::get(conn, workspaces::DEFAULT)?;
    crate::db::lock_workspace(conn, default.id)?;
    Ok(user_roles::table
        .inner_join(users::table.on(users::id.eq(user_roles::user_id)))
        .filter(user_roles::workspace_id.eq(default.id).and(user_roles::role.eq(Role::Owner.as_str())))
        .filter(users::disabled_at.is_null())
        .count()
        .get_result(conn)?)
}
