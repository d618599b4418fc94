//! Users with all that is known of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::instant;
use crate::auth::Role;
use crate::db::schema::{app_grants, identities, user_roles, users, workspaces};
use crate::db::{DbConn, DbError};

/// A role that somebody or something gave a user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct GrantedRole {
    /// The workspace's name in paths.
    #[schema(example = "default")]
    pub workspace: String,
    pub role: Role,
    /// `manual` if somebody gave it here, or the key of the sign-in source that says so.
    #[schema(example = "manual")]
    pub origin: String,
    /// The apps of a builder that were given with it.
    pub apps: BTreeSet<String>,
}

/// A console user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct User {
    pub id: i64,
    #[schema(example = "ada@example.com")]
    pub email: String,
    pub name: String,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When they were shut out; null while they may sign in.
    #[schema(format = DateTime)]
    pub disabled_at: Option<String>,
    /// `manual` if somebody shut them out here, or the key of the sign-in source that did.
    pub disabled_by: Option<String>,
    #[schema(format = DateTime)]
    pub last_login_at: Option<String>,
    /// How they sign in: `local` for a password kept here, and keys of sign-in sources.
    pub sources: Vec<String>,
    /// Whether their password needs a code of an authenticator app beside it.
    pub totp: bool,
    /// Every role that was given, the strongest of a workspace counts.
    pub roles: Vec<GrantedRole>,
}

impl User {
    /// The strongest role in a workspace, or anywhere.
    pub fn role(&self, workspace: Option<&str>) -> Option<Role> {
        let here = self.roles.iter().filter(|granted| workspace.is_none_or(|slug| slug == granted.workspace));
        here.map(|granted| granted.role).min()
    }
}

/// All users by their e-mails.
pub(super) fn load(conn: &mut DbConn) -> Result<Vec<User>, DbError> {
    let slugs: HashMap<i64, String> =
        workspaces::table.select((workspaces::id, workspaces::slug)).load(conn)?.into_iter().collect();
    let slug = |id: i64| slugs.get(&id).cloned().unwrap_or_default();
    let mut apps: HashMap<(i64, i64, String), BTreeSet<String>> = HashMap::new();
    let rows: Vec<(i64, i64, String, String)> = app_grants::table
        .select((app_grants::user_id, app_grants::workspace_id, app_grants::origin, app_grants::app))
        .load(conn)?;
    for (user, workspace, origin, app) in rows {
        apps.entry((user, workspace, origin)).or_default().insert(app);
    }
    let mut roles: HashMap<i64, Vec<GrantedRole>> = HashMap::new();
    let rows: Vec<(i64, i64, String, String)> = user_roles::table
        .order((user_roles::user_id, user_roles::workspace_id, user_roles::origin))
        .select((user_roles::user_id, user_roles::workspace_id, user_roles::origin, user_roles::role))
        .load(conn)?;
    for (user, workspace, origin, role) in rows {
        let Some(role) = Role::parse(&role) else { continue };
        let apps = apps.remove(&(user, workspace, origin.clone())).unwrap_or_default();
        roles.entry(user).or_default().push(GrantedRole { workspace: slug(workspace), role, origin, apps });
    }
    let mut sources: HashMap<i64, BTreeSet<String>> = HashMap::new();
    let rows: Vec<(i64, String)> = identities::table.select((identities::user_id, identities::source)).load(conn)?;
    for (user, source) in rows {
        sources.entry(user).or_default().insert(source);
    }
    let rows: Vec<Row> = users::table.order(users::email).select(Row::as_select()).load(conn)?;
    let made = rows.into_iter().map(|row| {
        let local = row.password_hash.map(|_| "local".to_owned());
        let others = sources.remove(&row.id).unwrap_or_default();
        User {
            id: row.id,
            email: row.email,
            name: row.name,
            created_at: instant(row.created_at),
            disabled_at: row.disabled_at.map(instant),
            disabled_by: row.disabled_at.and(row.disabled_by),
            last_login_at: row.last_login_at.map(instant),
            totp: row.totp_since.is_some(),
            sources: local.into_iter().chain(others).collect(),
            roles: roles.remove(&row.id).unwrap_or_default(),
        }
    });
    Ok(made.collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct Row {
    id: i64,
    email: String,
    name: String,
    password_hash: Option<String>,
    created_at: i64,
    disabled_at: Option<i64>,
    disabled_by: Option<String>,
    last_login_at: Option<i64>,
    totp_since: Option<i64>,
}

/// A user at a sign-in source.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkedIdentity {
    /// Key of the source.
    source: String,
    /// What never changes of them there.
    subject: String,
    /// What they sign in with there.
    login: String,
    /// Their groups there, when they were last seen.
    groups: Vec<String>,
    #[schema(format = DateTime)]
    linked_at: String,
    #[schema(format = DateTime)]
    last_login_at: Option<String>,
}

/// What sources know a user as.
pub(super) fn identities_of(conn: &mut DbConn, user: i64) -> Result<Vec<LinkedIdentity>, DbError> {
    type Found = (String, String, String, String, i64, Option<i64>);
    let rows: Vec<Found> = identities::table
        .filter(identities::user_id.eq(user))
        .order((identities::source, identities::subject))
        .select((
            identities::source,
            identities::subject,
            identities::login,
            identities::groups,
            identities::linked_at,
            identities::last_login_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(source, subject, login, groups, linked_at, last_login_at)| LinkedIdentity {
            source,
            subject,
            login,
            groups: serde_json::from_str(&groups).unwrap_or_default(),
            linked_at: instant(linked_at),
            last_login_at: last_login_at.map(instant),
        })
        .collect())
}

/// The strongest role of a user in each workspace.
pub(super) fn strongest(user: &User) -> BTreeMap<String, Role> {
    let mut strongest = BTreeMap::new();
    for granted in &user.roles {
        let role = strongest.entry(granted.workspace.clone()).or_insert(granted.role);
        *role = granted.role.min(*role);
    }
    strongest
}
