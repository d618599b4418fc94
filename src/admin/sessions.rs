//! Who is signed in, and ending that.

use actix_web::{HttpResponse, delete, get, web};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::instant;
use crate::audit::{self, Entry};
use crate::auth::guard::not_above;
use crate::auth::sessions::{self, Live};
use crate::auth::{Can, Identity, can};
use crate::clock::Clock;
use crate::db::Db;
use crate::http::{ApiError, Page};

/// A session that has not ended.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    id: String,
    /// `local` for a password kept here, or the key of a sign-in source.
    #[schema(example = "local")]
    source: String,
    /// Where the browser was when it signed in.
    address: String,
    /// As the browser calls itself.
    agent: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// To the minute.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// Whether it is the one that asks.
    current: bool,
    user: SessionUser,
}

/// Whose session it is.
#[derive(Serialize, ToSchema)]
struct SessionUser {
    id: i64,
    email: String,
    name: String,
}

impl Session {
    /// As it is shown to whoever came with the session `current`.
    pub fn of(row: Live, current: Option<&str>) -> Self {
        Self {
            current: current == Some(row.token_hash.as_str()),
            id: row.id,
            source: row.source,
            address: row.address,
            agent: row.agent,
            created_at: instant(row.created_at),
            last_seen_at: instant(row.last_seen_at),
            user: SessionUser { id: row.user_id, email: row.email, name: row.name },
        }
    }
}

/// The session that the caller came with.
pub(super) fn current(identity: &Identity) -> Option<String> {
    match identity {
        Identity::User { session, .. } => Some(session.clone()),
        Identity::Token { .. } => None,
    }
}

/// Everybody's sessions, the one seen last first
#[utoipa::path(tag = "sessions", responses((status = 200, body = Page<Session>)))]
#[get("/sessions")]
pub(super) async fn list(
    caller: Can<can::SessionsRead>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Page<Session>>, ApiError> {
    let (now, here) = (clock.now(), current(&caller.identity));
    let rows = db.read(move |conn| sessions::list(conn, None, now)).await?;
    Ok(web::Json(Page::whole(rows.into_iter().map(|row| Session::of(row, here.as_deref())).collect())))
}

/// End a session
#[utoipa::path(
    tag = "sessions",
    params(("id" = String, Path, description = "Id of the session")),
    responses((status = 204, description = "Ended"))
)]
#[delete("/sessions/{id}")]
pub(super) async fn end(
    caller: Can<can::SessionsWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, now) = (path.into_inner(), clock.now());
    db.write(move |conn| {
        let found = sessions::list(conn, None, now)?.into_iter().find(|session| session.id == id);
        let found = found.ok_or_else(|| ApiError::not_found(format!("session {id:?}")))?;
        not_above(conn, &caller, found.user_id)?;
        sessions::end(conn, &found.token_hash)?;
        let detail = json!({ "session": found.id, "source": found.source });
        let entry = Entry { workspace: None, action: "session.ended", target: &found.email, detail };
        Ok::<_, ApiError>(audit::record(conn, &caller.origin, entry, now)?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
