//! API tokens, with which programs call in the name of a role.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{NewSecret, Rotate, instant, number};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Can, Role, can, grants, tokens};
use crate::clock::Clock;
use crate::crypto::{Secret, SecretKind};
use crate::db::Db;
use crate::http::{ApiError, Page, ValidJson};

/// A token with which a program calls.
#[derive(Serialize, ToSchema)]
struct ApiToken {
    id: i64,
    name: String,
    role: Role,
    /// How the token begins.
    #[schema(example = "thk_a1B2c3")]
    prefix: String,
    /// E-mail of the user it belongs to and ends with; null for one made on the command line.
    owner: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// The apps that a builder's token sees; empty for those that its owner sees.
    apps: BTreeSet<String>,
    /// The token whose place it takes.
    rotated_from: Option<i64>,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateToken {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    role: Role,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// The apps that a builder's token sees; without any, those that its owner sees.
    #[serde(default)]
    #[schema(required = false)]
    apps: BTreeSet<String>,
}

/// API tokens, newest first
#[utoipa::path(tag = "keys", responses((status = 200, body = Page<ApiToken>)))]
#[get("/tokens")]
pub(super) async fn list(
    caller: Can<can::TokensRead>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<ApiToken>>, ApiError> {
    let workspace = caller.workspace.id;
    let rows = db.read(move |conn| tokens::list(conn, workspace)).await?;
    let items = rows.into_iter().filter_map(|row| {
        Some(ApiToken {
            id: row.id,
            apps: row.apps(),
            rotated_from: row.rotated_from,
            name: row.name,
            role: Role::parse(&row.role)?,
            prefix: row.prefix,
            owner: row.owner,
            created_at: instant(row.created_at),
            expires_at: row.expires_at.map(instant),
            last_used_at: row.last_used_at.map(instant),
            revoked_at: row.revoked_at.map(instant),
        })
    });
    Ok(web::Json(Page::whole(items.collect())))
}

/// Make an API token
#[utoipa::path(tag = "keys", request_body = CreateToken, responses((status = 201, body = NewSecret, description = "The secret, shown only now")))]
#[post("/tokens")]
pub(super) async fn create(
    caller: Can<can::TokensWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    ValidJson(body): ValidJson<CreateToken>,
) -> Result<HttpResponse, ApiError> {
    may_hand_out(&caller, Some(body.role))?;
    grants::check_apps(Some(body.role), &body.apps)?;
    let expires_at = match body.expires_at.as_deref().map(str::parse::<jiff::Timestamp>) {
        None => None,
        Some(Ok(at)) => Some(at.as_microsecond()),
        Some(Err(_)) => {
            return Err(ApiError::invalid("expires_at", "is no instant; right would be 2027-01-31T00:00:00Z"));
        }
    };
    let secret = Secret::new(SecretKind::ApiToken)?;
    let (workspace, owner_id, now) = (caller.workspace.id, caller.identity.user_id(), clock.now());
    let made = db
        .write(move |conn| {
            let new = tokens::NewToken { name: &body.name, role: body.role, owner_id, expires_at, apps: &body.apps };
            let id = tokens::create(conn, workspace, &new, &secret, now)?;
            let detail = json!({
                "id": id, "role": body.role, "apps": body.apps, "prefix": secret.shown, "expires_at": body.expires_at,
            });
            let entry = Entry { workspace: Some(workspace), action: "token.created", target: body.name.trim(), detail };
            audit::record(conn, &caller.origin, entry, now)?;
            Ok::<_, ApiError>(NewSecret { id, name: body.name.trim().to_owned(), secret: secret.text })
        })
        .await?;
    Ok(HttpResponse::Created().json(made))
}

/// Make an API token in the place of another
///
/// The one before works for some hours on, so that programs can be changed over. Role, apps and lifetime stay. It
/// belongs to whoever rotates it; one that belonged to nobody still does.
#[utoipa::path(tag = "keys", request_body = Rotate, responses((status = 201, body = NewSecret, description = "The secret, shown only now")))]
#[post("/tokens/{id}/rotate")]
pub(super) async fn rotate(
    caller: Can<can::TokensWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
    ValidJson(body): ValidJson<Rotate>,
) -> Result<HttpResponse, ApiError> {
    let id = number(&path.1, "token")?;
    let secret = Secret::new(SecretKind::ApiToken)?;
    let (workspace, now) = (caller.workspace.id, clock.now());
    let ends_at = now + body.overlap()?;
    let made = db
        .write(move |conn| {
            let works = |row: &tokens::TokenRow| row.revoked_at.is_none() && row.expires_at.is_none_or(|at| at > now);
            let before = tokens::list(conn, workspace)?.into_iter().find(|row| row.id == id && works(row));
            let before = before.ok_or_else(|| ApiError::not_found(format!("token {id} that works")))?;
            may_hand_out(&caller, Role::parse(&before.role))?;
            let owner = before.owner_id.and_then(|_| caller.identity.user_id());
            let made = tokens::rotate(conn, workspace, &before, owner, &secret, (ends_at, now))?;
            let detail =
                json!({ "id": [id, made], "prefix": [before.prefix, secret.shown], "until": instant(ends_at) });
            let entry = Entry { workspace: Some(workspace), action: "token.rotated", target: &before.name, detail };
            audit::record(conn, &caller.origin, entry, now)?;
            Ok::<_, ApiError>(NewSecret { id: made, name: before.name, secret: secret.text })
        })
        .await?;
    Ok(HttpResponse::Created().json(made))
}

/// Nobody holds a token that can do more than they can.
fn may_hand_out(caller: &Caller, role: Option<Role>) -> Result<(), ApiError> {
    match role {
        Some(role) if caller.may_hand_out(role) => Ok(()),
        role => Err(ApiError::forbidden(
            "role_too_high",
            format!(
                "The role {} cannot make a token of the role {}.",
                caller.role.as_str(),
                role.map_or("that is not known", Role::as_str)
            ),
        )),
    }
}

/// Revoke an API token
#[utoipa::path(tag = "keys", responses((status = 204, description = "Revoked")))]
#[delete("/tokens/{id}")]
pub(super) async fn revoke(
    caller: Can<can::TokensWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let id = number(&path.1, "token")?;
    let (workspace, now) = (caller.workspace.id, clock.now());
    db.write(move |conn| {
        let found = tokens::list(conn, workspace)?.into_iter().find(|row| row.id == id);
        let found = found.ok_or_else(|| ApiError::not_found(format!("token {id}")))?;
        if tokens::revoke(conn, workspace, id, now)? && found.revoked_at.is_none() {
            let detail = json!({ "id": id, "role": found.role, "prefix": found.prefix, "owner": found.owner });
            let entry = Entry { workspace: Some(workspace), action: "token.revoked", target: &found.name, detail };
            audit::record(conn, &caller.origin, entry, now)?;
        }
        Ok::<_, ApiError>(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
