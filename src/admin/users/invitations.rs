//! Invitations: somebody becomes a user by a link.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::change::ShownLink;
use crate::admin::{instant, number};
use crate::audit::{self, Entry};
use crate::auth::guard::may_give;
use crate::auth::welcome::{self, Link, NewInvitation};
use crate::auth::{Can, Role, can, grants, workspaces};
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::{Secret, SecretKind};
use crate::db::Db;
use crate::http::{ApiError, Page, ValidJson};

/// An invitation that nobody has accepted yet.
#[derive(Serialize, ToSchema)]
struct Invitation {
    id: i64,
    #[schema(example = "ada@example.com")]
    email: String,
    name: String,
    workspace: String,
    role: Role,
    /// The apps of a builder.
    apps: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether it is too old to serve.
    expired: bool,
}

impl Invitation {
    fn of(link: Link, now: i64) -> Option<Self> {
        Some(Self {
            id: link.id,
            role: link.role()?,
            apps: link.apps(),
            email: link.email,
            name: link.name,
            workspace: link.workspace?,
            created_at: instant(link.created_at),
            expires_at: instant(link.expires_at),
            expired: link.expires_at <= now,
        })
    }
}

/// Whom to invite, and as what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    #[schema(example = "ada@example.com")]
    email: String,
    /// For people; left out, they choose it themselves.
    #[serde(default)]
    #[schema(required = false)]
    name: String,
    /// Where they will have the role.
    #[schema(example = "default")]
    workspace: String,
    role: Role,
    /// The apps of a builder, beside those that name them as an owner.
    #[serde(default)]
    #[schema(required = false)]
    apps: BTreeSet<String>,
}

/// Invitations that nobody has accepted yet, newest first
#[utoipa::path(tag = "users", responses((status = 200, body = Page<Invitation>)))]
#[get("/invitations")]
pub(super) async fn list(
    _caller: Can<can::UsersRead>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Page<Invitation>>, ApiError> {
    let now = clock.now();
    let links = db.read(welcome::invitations).await?;
    Ok(web::Json(Page::whole(links.into_iter().filter_map(|link| Invitation::of(link, now)).collect())))
}

/// Invite somebody
///
/// The link serves once, for seven days. Inviting the same address again makes a new link; the one before serves no
/// more.
#[utoipa::path(
    tag = "users",
    request_body = Invite,
    responses(
        (status = 201, body = ShownLink, description = "The link, shown only now"),
        (status = 409, body = crate::http::Problem, description = "There is a user of that e-mail"),
    )
)]
#[post("/invitations")]
pub(super) async fn invite(
    caller: Can<can::UsersWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
    ValidJson(body): ValidJson<Invite>,
) -> Result<HttpResponse, ApiError> {
    grants::check_apps(Some(body.role), &body.apps)?;
    let now = clock.now();
    let secret = Secret::new(SecretKind::WelcomeCode)?;
    let made = db
        .write(move |conn| {
            let workspace = workspaces::get(conn, &body.workspace)?;
            may_give(conn, &caller, &workspace, body.role)?;
            let apps: Vec<String> = body.apps.iter().cloned().collect();
            let new = NewInvitation {
                email: &body.email,
                name: &body.name,
                workspace: &workspace,
                role: body.role,
                apps: &apps,
                made_by: caller.identity.user_id(),
            };
            let id = welcome::invite(conn, &new, &secret, now)?;
            let detail = json!({ "role": body.role, "apps": apps });
            let entry =
                Entry { workspace: Some(workspace.id), action: "invitation.made", target: body.email.trim(), detail };
            audit::record(conn, &caller.origin, entry, now)?;
            Ok::<_, ApiError>(ShownLink::new(&config, id, &secret, now))
        })
        .await?;
    Ok(HttpResponse::Created().json(made))
}

/// Take an invitation back
#[utoipa::path(
    tag = "users",
    params(("id" = i64, Path, description = "Number of the invitation")),
    responses((status = 204, description = "Taken back"))
)]
#[delete("/invitations/{id}")]
pub(super) async fn withdraw(
    caller: Can<can::UsersWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, now) = (number(&path, "invitation")?, clock.now());
    db.write(move |conn| {
        let gone = welcome::withdraw(conn, id)?.ok_or_else(|| ApiError::not_found(format!("invitation {id}")))?;
        let detail = json!({ "role": gone.role });
        let entry = Entry { workspace: gone.workspace_id, action: "invitation.withdrawn", target: &gone.email, detail };
        Ok::<_, ApiError>(audit::record(conn, &caller.origin, entry, now)?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
