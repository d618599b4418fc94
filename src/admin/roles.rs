//! What each role may do.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Role, SignedIn, can};

/// The roles and what they allow.
#[derive(Serialize, ToSchema)]
struct Roles {
    /// The strongest first.
    roles: Vec<RoleAbout>,
    permissions: Vec<PermissionAbout>,
}

/// A role.
#[derive(Serialize, ToSchema)]
struct RoleAbout {
    role: Role,
    /// For people.
    title: &'static str,
    /// What it is for, in one sentence.
    what: &'static str,
    /// Whether a user can have it; the others are for tokens only.
    for_users: bool,
}

/// Something that roles allow.
#[derive(Serialize, ToSchema)]
struct PermissionAbout {
    #[schema(example = "metrics.read")]
    name: &'static str,
    /// What it allows, in one sentence.
    what: &'static str,
    /// Who has it.
    roles: Vec<Role>,
}

fn about(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Owner => ("Owner", "May do everything, and decides who else is an owner."),
        Role::Admin => ("Admin", "Runs the installation and its users; may do everything but what is about owners."),
        Role::Success => ("Customer success", "Looks after people and accounts, and sees them by name."),
        Role::Builder => ("Builder", "Builds apps: sees the usage, releases and people of their own apps only."),
        Role::Viewer => ("Viewer", "Looks at figures and lists, without personal data."),
        Role::Scim => ("Directory", "A directory that keeps users up to date; for tokens only."),
    }
}

/// The roles, and what each allows
#[utoipa::path(tag = "users", responses((status = 200, body = Roles)))]
#[get("/roles")]
pub(super) async fn list(_caller: SignedIn) -> web::Json<Roles> {
    let roles = Role::ALL.into_iter().map(|role| {
        let (title, what) = about(role);
        RoleAbout { role, title, what, for_users: Role::FOR_USERS.contains(&role) }
    });
    let permissions =
        can::ALL.iter().map(|(name, what, roles)| PermissionAbout { name, what: what.trim(), roles: roles.to_vec() });
    web::Json(Roles { roles: roles.collect(), permissions: permissions.collect() })
}
