//! Write keys, with which apps send events.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{NewSecret, Rotate, instant, number};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Can, Scope, can, write_keys};
use crate::clock::Clock;
use crate::crypto::{Secret, SecretKind};
use crate::db::Db;
use crate::http::{ApiError, Page, ValidJson};

/// A key with which an app sends events.
#[derive(Serialize, ToSchema)]
struct WriteKey {
    id: i64,
    name: String,
    /// The app of events that name none.
    app: Option<String>,
    /// How the key begins.
    #[schema(example = "thw_a1B2c3")]
    prefix: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// When it stops to work, as one that was rotated does.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// The key whose place it takes.
    rotated_from: Option<i64>,
}

/// A write key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateWriteKey {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    app: Option<String>,
}

/// Whoever sees some apps only sees the keys of these.
fn is_seen(caller: &Caller, app: Option<&str>) -> bool {
    caller.scope == Scope::All || app.is_some_and(|app| caller.scope.holds(app))
}

/// Write keys, newest first
#[utoipa::path(tag = "keys", responses((status = 200, body = Page<WriteKey>)))]
#[get("/write-keys")]
pub(super) async fn list(
    caller: Can<can::WriteKeysRead>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<WriteKey>>, ApiError> {
    let workspace = caller.workspace.id;
    let rows = db.read(move |conn| write_keys::list(conn, workspace)).await?;
    let seen = rows.into_iter().filter(|row| is_seen(&caller, row.app.as_deref()));
    let items = seen.map(|row| WriteKey {
        id: row.id,
        name: row.name,
        app: row.app,
        prefix: row.prefix,
        created_at: instant(row.created_at),
        last_used_at: row.last_used_at.map(instant),
        revoked_at: row.revoked_at.map(instant),
        expires_at: row.expires_at.map(instant),
        rotated_from: row.rotated_from,
    });
    Ok(web::Json(Page::whole(items.collect())))
}

/// Make a write key
#[utoipa::path(tag = "keys", request_body = CreateWriteKey, responses((status = 201, body = NewSecret, description = "The secret, shown only now")))]
#[post("/write-keys")]
pub(super) async fn create(
    caller: Can<can::WriteKeysWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    ValidJson(body): ValidJson<CreateWriteKey>,
) -> Result<HttpResponse, ApiError> {
    if !is_seen(&caller, body.app.as_deref().map(str::trim)) {
        return Err(ApiError::invalid("app", "is none of your apps; name one of them"));
    }
    let secret = Secret::new(SecretKind::WriteKey)?;
    let (workspace, now) = (caller.workspace.id, clock.now());
    let made = db
        .write(move |conn| {
            let id = write_keys::create(conn, workspace, (&body.name, body.app.as_deref()), &secret, now)?;
            let detail = json!({ "id": id, "app": body.app, "prefix": secret.shown });
            let entry =
                Entry { workspace: Some(workspace), action: "write_key.created", target: body.name.trim(), detail };
            audit::record(conn, &caller.origin, entry, now)?;
            Ok::<_, ApiError>(NewSecret { id, name: body.name.trim().to_owned(), secret: secret.text })
        })
        .await?;
    Ok(HttpResponse::Created().json(made))
}

/// Make a write key in the place of another
///
/// The one before works for some hours on, so that apps can be changed over.
#[utoipa::path(tag = "keys", request_body = Rotate, responses((status = 201, body = NewSecret, description = "The secret, shown only now")))]
#[post("/write-keys/{id}/rotate")]
pub(super) async fn rotate(
    caller: Can<can::WriteKeysWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
    ValidJson(body): ValidJson<Rotate>,
) -> Result<HttpResponse, ApiError> {
    let id = number(&path.1, "write key")?;
    let secret = Secret::new(SecretKind::WriteKey)?;
    let (workspace, now) = (caller.workspace.id, clock.now());
    let ends_at = now + body.overlap()?;
    let made = db
        .write(move |conn| {
            let before = write_keys::working(conn, workspace, id, now)?;
            let before = before.filter(|row| is_seen(&caller, row.app.as_deref()));
            let before = before.ok_or_else(|| ApiError::not_found(format!("write key {id} that works")))?;
            let made = write_keys::rotate(conn, workspace, &before, &secret, (ends_at, now))?;
            let detail =
                json!({ "id": [id, made], "prefix": [before.prefix, secret.shown], "until": instant(ends_at) });
            let entry = Entry { workspace: Some(workspace), action: "write_key.rotated", target: &before.name, detail };
            audit::record(conn, &caller.origin, entry, now)?;
            Ok::<_, ApiError>(NewSecret { id: made, name: before.name, secret: secret.text })
        })
        .await?;
    Ok(HttpResponse::Created().json(made))
}

/// Revoke a write key
#[utoipa::path(tag = "keys", responses((status = 204, description = "Revoked")))]
#[delete("/write-keys/{id}")]
pub(super) async fn revoke(
    caller: Can<can::WriteKeysWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let id = number(&path.1, "write key")?;
    let (workspace, now) = (caller.workspace.id, clock.now());
    db.write(move |conn| {
        let seen = |row: &write_keys::WriteKeyRow| row.id == id && is_seen(&caller, row.app.as_deref());
        let found = write_keys::list(conn, workspace)?.into_iter().find(seen);
        let found = found.ok_or_else(|| ApiError::not_found(format!("write key {id}")))?;
        if write_keys::revoke(conn, workspace, id, now)? && found.revoked_at.is_none() {
            let detail = json!({ "id": id, "prefix": found.prefix });
            let entry = Entry { workspace: Some(workspace), action: "write_key.revoked", target: &found.name, detail };
            audit::record(conn, &caller.origin, entry, now)?;
        }
        Ok::<_, ApiError>(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
