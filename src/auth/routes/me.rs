//! Who one is, and which workspaces one can enter.

use actix_web::{get, web};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Auth, Identity, Role, SignedIn, WorkspaceKind, can, sessions, workspaces as store};
use crate::db::DbConn;
use crate::db::schema::{sessions as rows, users};
use crate::http::{ApiError, Page};

/// The signed-in user.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// What they sign in with.
    #[schema(example = "ada@example.com")]
    pub email: String,
    /// For people.
    pub name: String,
    /// What they are in which workspace.
    pub roles: Vec<RoleIn>,
    /// Whether they have a password here.
    pub password: bool,
    /// Whether codes of an app stand beside it.
    pub totp: bool,
    /// How this session began: `local`, `break-glass`, or the key of a source.
    #[schema(example = "local")]
    pub source: String,
}

/// A role in a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleIn {
    /// The workspace's name in paths.
    #[schema(example = "default")]
    pub workspace: String,
    /// What the user is there.
    pub role: Role,
    /// What that allows.
    pub permissions: Vec<&'static str>,
}

/// A workspace that the caller can enter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Workspace {
    /// Its name in paths.
    #[schema(example = "default")]
    slug: String,
    /// Its name for people.
    name: String,
    /// Its days are days there; an IANA name.
    #[schema(example = "UTC")]
    time_zone: String,
    /// Whether it looks at a company's own people or at customers.
    kind: WorkspaceKind,
    /// What the caller is there.
    role: Role,
}

impl Me {
    /// A user with their roles.
    pub(super) fn load(conn: &mut DbConn, id: i64, email: String, name: String) -> Result<Self, ApiError> {
        let roles = store::of_user(conn, id)?
            .into_iter()
            .map(|(workspace, role)| RoleIn { workspace: workspace.slug, role, permissions: can::of(role) })
            .collect();
        let (hash, since): (Option<String>, Option<i64>) =
            users::table.find(id).select((users::password_hash, users::totp_since)).first(conn)?;
        let source = sessions::LOCAL.to_owned();
        Ok(Self { email, name, roles, password: hash.is_some(), totp: since.is_some(), source })
    }

    /// The user of a session as they are now, with how the session began.
    pub(super) fn of_session(conn: &mut DbConn, id: i64, session: &str) -> Result<Self, ApiError> {
        let (email, name): (String, String) = users::table.find(id).select((users::email, users::name)).first(conn)?;
        let began: Option<String> = rows::table.find(session).select(rows::source).first(conn).optional()?;
        let loaded = Self::load(conn, id, email, name)?;
        Ok(Self { source: began.unwrap_or_else(|| loaded.source.clone()), ..loaded })
    }
}

/// Who is signed in
#[utoipa::path(tag = "session", responses((status = 200, body = Me)))]
#[get("/me")]
pub(super) async fn me(auth: web::Data<Auth>, SignedIn(identity): SignedIn) -> Result<web::Json<Me>, ApiError> {
    let Identity::User { id, session, .. } = identity else {
        return Err(ApiError::forbidden("session_needed", "This call is for signed-in users; a token is no user."));
    };
    let me = auth.db.read(move |conn| Me::of_session(conn, id, &session)).await?;
    Ok(web::Json(me))
}

/// Workspaces that the caller can enter
#[utoipa::path(tag = "session", responses((status = 200, body = Page<Workspace>)))]
#[get("/workspaces")]
pub(super) async fn workspaces(
    auth: web::Data<Auth>,
    SignedIn(identity): SignedIn,
) -> Result<web::Json<Page<Workspace>>, ApiError> {
    let items = auth
        .db
        .read(move |conn| {
            let found = match identity {
                Identity::User { id, .. } => store::of_user(conn, id)?,
                Identity::Token { workspace_id, role, .. } => {
                    store::all(conn)?.into_iter().filter(|w| w.id == workspace_id).map(|w| (w, role)).collect()
                }
            };
            Ok::<_, ApiError>(found)
        })
        .await?
        .into_iter()
        .map(|(w, role)| Workspace { kind: w.kind(), slug: w.slug, name: w.name, time_zone: w.time_zone, role })
        .collect();
    Ok(web::Json(Page::whole(items)))
}
