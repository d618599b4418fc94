//! API tokens, with which programs call in the name of a role.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NewSecret, instant, number};
use crate::auth::{Can, Role, can, tokens};
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
    if !caller.may_hand_out(body.role) {
        return Err(ApiError::forbidden(
            "role_too_high",
            format!("The role {} cannot make a token of the role {}.", caller.role.as_str(), body.role.as_str()),
        ));
    }
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
            let new =
                tokens::NewToken { name: &body.name, role: body.role, owner_id, expires_at, apps: &BTreeSet::new() };
            let id = tokens::create(conn, workspace, &new, &secret, now)?;
            Ok::<_, ApiError>(NewSecret { id, name: body.name.trim().to_owned(), secret: secret.text })
        })
        .await?;
    Ok(HttpResponse::Created().json(made))
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
    if !db.write(move |conn| tokens::revoke(conn, workspace, id, now)).await? {
        return Err(ApiError::not_found(format!("token {id}")));
    }
    Ok(HttpResponse::NoContent().finish())
}
