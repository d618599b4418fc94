//! Users changed: their roles, whether they may sign in, their sessions and password.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, delete, post, put, web};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::rows::{self, User};
use crate::admin::{Nothing, instant, number};
use crate::audit::{self, Entry};
use crate::auth::grants::{self, MANUAL};
use crate::auth::guard::{may_give, not_above};
use crate::auth::{Auth, AuthError, Can, Role, can, sessions, users, welcome, workspaces};
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::{Secret, SecretKind};
use crate::db::{Db, DbConn};
use crate::http::{ApiError, ValidJson};

/// A role to be given by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetRole {
    /// The workspace's name in paths.
    #[schema(example = "default")]
    workspace: String,
    /// What the user is to be there; null takes back what was given by hand.
    #[serde(deserialize_with = "named")]
    #[schema(required = true)]
    role: Option<Role>,
    /// The apps of a builder, beside those that name them as an owner.
    #[serde(default)]
    #[schema(required = false)]
    apps: BTreeSet<String>,
}

/// A role that must be named, be it as null: what is left out must not take a role away.
fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Role>, D::Error> {
    Option::deserialize(from)
}

fn find(conn: &mut DbConn, id: i64) -> Result<users::User, ApiError> {
    users::by_id(conn, id)?.ok_or_else(|| ApiError::not_found(format!("user {id}")))
}

fn shown(conn: &mut DbConn, id: i64) -> Result<User, ApiError> {
    let user = rows::load(conn)?.into_iter().find(|user| user.id == id);
    user.ok_or_else(|| ApiError::not_found(format!("user {id}")))
}

/// Give a user a role in a workspace, or take it back
///
/// What a sign-in source gave stays; the strongest role counts.
#[utoipa::path(
    tag = "users",
    params(("id" = i64, Path, description = "Number of the user")),
    request_body = SetRole,
    responses(
        (status = 200, body = User),
        (status = 409, body = crate::http::Problem, description = "The last owner of the workspace default stays one"),
    )
)]
#[put("/users/{id}/roles")]
pub(super) async fn set_role(
    caller: Can<can::UsersWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<String>,
    ValidJson(body): ValidJson<SetRole>,
) -> Result<web::Json<User>, ApiError> {
    let (id, now) = (number(&path, "user")?, clock.now());
    grants::check_apps(body.role, &body.apps)?;
    let user = db
        .write(move |conn| {
            let user = find(conn, id)?;
            let workspace = workspaces::get(conn, &body.workspace)?;
            let granted = grants::of_origin(conn, id, MANUAL)?.into_iter().find(|one| one.workspace_id == workspace.id);
            let (before, apps) = granted.map(|one| (one.role, one.apps)).unzip();
            for role in before.into_iter().chain(body.role) {
                may_give(conn, &caller, &workspace, role)?;
            }
            match body.role {
                Some(role) => grants::grant(conn, id, workspace.id, role, MANUAL)?,
                None => grants::revoke(conn, id, workspace.id, MANUAL)?,
            }
            grants::set_apps(conn, (id, workspace.id, MANUAL), &body.apps)?;
            let apps = apps.unwrap_or_default();
            if before != body.role || apps != body.apps {
                let mut detail = json!({ "role": [before, body.role] });
                if let (true, Some(detail)) = (apps != body.apps, detail.as_object_mut()) {
                    detail.insert("apps".into(), json!([apps, body.apps]));
                }
                let action = if body.role.is_some() { "role.granted" } else { "role.revoked" };
                let entry = Entry { workspace: Some(workspace.id), action, target: &user.email, detail };
                audit::record(conn, &caller.origin, entry, now)?;
            }
            shown(conn, id)
        })
        .await?;
    Ok(web::Json(user))
}

/// Shut a user out
///
/// Their sessions end and their tokens stop to work at once.
#[utoipa::path(
    tag = "users",
    params(("id" = i64, Path, description = "Number of the user")),
    request_body = Nothing,
    responses(
        (status = 200, body = User),
        (status = 409, body = crate::http::Problem, description = "It is yourself, or the last owner"),
    )
)]
#[post("/users/{id}/disable")]
pub(super) async fn disable(
    caller: Can<can::UsersWrite>,
    auth: web::Data<Auth>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<String>,
    ValidJson(Nothing {}): ValidJson<Nothing>,
) -> Result<web::Json<User>, ApiError> {
    let (id, now) = (number(&path, "user")?, clock.now());
    if caller.identity.user_id() == Some(id) {
        return Err(ApiError::conflict("yourself", "You cannot shut yourself out: ask another owner or admin."));
    }
    let user = db
        .write(move |conn| {
            let user = find(conn, id)?;
            not_above(conn, &caller, id)?;
            if user.disabled_at.is_none() {
                grants::guarded(conn, |conn| Ok(users::disable(conn, id, MANUAL, now)?))?;
                let entry = Entry { workspace: None, action: "user.disabled", target: &user.email, detail: json!({}) };
                audit::record(conn, &caller.origin, entry, now)?;
            }
            shown(conn, id)
        })
        .await?;
    auth.end_unsaved(id);
    Ok(web::Json(user))
}

/// Let a user in again
#[utoipa::path(
    tag = "users",
    params(("id" = i64, Path, description = "Number of the user")),
    request_body = Nothing,
    responses((status = 200, body = User))
)]
#[post("/users/{id}/enable")]
pub(super) async fn enable(
    caller: Can<can::UsersWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<String>,
    ValidJson(Nothing {}): ValidJson<Nothing>,
) -> Result<web::Json<User>, ApiError> {
    let (id, now) = (number(&path, "user")?, clock.now());
    let user = db
        .write(move |conn| {
            let user = find(conn, id)?;
            not_above(conn, &caller, id)?;
            if user.disabled_at.is_some() {
                users::enable(conn, id)?;
                let entry = Entry { workspace: None, action: "user.enabled", target: &user.email, detail: json!({}) };
                audit::record(conn, &caller.origin, entry, now)?;
            }
            shown(conn, id)
        })
        .await?;
    Ok(web::Json(user))
}

/// End all sessions of a user
#[utoipa::path(
    tag = "users",
    params(("id" = i64, Path, description = "Number of the user")),
    responses((status = 204, description = "Ended"))
)]
#[delete("/users/{id}/sessions")]
pub(super) async fn end_sessions(
    caller: Can<can::SessionsWrite>,
    auth: web::Data<Auth>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, now) = (number(&path, "user")?, clock.now());
    db.write(move |conn| {
        let user = find(conn, id)?;
        not_above(conn, &caller, id)?;
        let ended = sessions::end_all(conn, id)?;
        let detail = json!({ "sessions": ended, "by": "another user" });
        let entry = Entry { workspace: None, action: "session.ended", target: &user.email, detail };
        Ok::<_, ApiError>(audit::record(conn, &caller.origin, entry, now)?)
    })
    .await?;
    auth.end_unsaved(id);
    Ok(HttpResponse::NoContent().finish())
}

/// A link to hand over; it is shown only now.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownLink {
    /// Number of the link.
    pub id: i64,
    /// Where the person goes with it.
    #[schema(example = "https://takehold.example.com/welcome#thi_…")]
    pub url: String,
    #[schema(format = DateTime)]
    pub expires_at: String,
}

impl ShownLink {
    /// The code stands behind the `#`, which no server on the way sees.
    pub fn new(config: &Config, id: i64, secret: &Secret, now: i64) -> Self {
        let url = format!("{}/welcome#{}", config.server.shown_url(), secret.text);
        Self { id, url, expires_at: instant(now + welcome::LIFETIME) }
    }
}

/// Make a link by which a user chooses a new password
///
/// It serves once, for seven days; the old password works until then.
#[utoipa::path(
    tag = "users",
    params(("id" = i64, Path, description = "Number of the user")),
    request_body = Nothing,
    responses((status = 201, body = ShownLink, description = "The link, shown only now"))
)]
#[post("/users/{id}/password-link")]
pub(super) async fn password_link(
    caller: Can<can::UsersWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
    path: web::Path<String>,
    ValidJson(Nothing {}): ValidJson<Nothing>,
) -> Result<HttpResponse, ApiError> {
    let (id, now) = (number(&path, "user")?, clock.now());
    let secret = Secret::new(SecretKind::WelcomeCode)?;
    let made = db
        .write(move |conn| {
            let user = find(conn, id)?;
            not_above(conn, &caller, id)?;
            if user.disabled_at.is_some() {
                let message = "this user is shut out: let them in again first";
                return Err(AuthError::taken("user", message).into());
            }
            let link = welcome::password_link(conn, &user, caller.identity.user_id(), &secret, now)?;
            let detail = json!({ "expires_at": instant(now + welcome::LIFETIME) });
            let entry = Entry { workspace: None, action: "password.link_made", target: &user.email, detail };
            audit::record(conn, &caller.origin, entry, now)?;
            Ok::<_, ApiError>(ShownLink::new(&config, link, &secret, now))
        })
        .await?;
    Ok(HttpResponse::Created().json(made))
}
