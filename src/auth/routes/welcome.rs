//! The page that an invitation or a password link leads to.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::Me;
use super::session::start;
use crate::audit::{self, Entry, Origin};
use crate::auth::grants::{self, MANUAL};
use crate::auth::sources::SignOn;
use crate::auth::welcome::{self, Link};
use crate::auth::{Auth, AuthError, Role, totp, users, workspaces};
use crate::db::DbConn;
use crate::http::{ApiError, ValidJson, check_same_origin};

/// The code of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WelcomeCode {
    #[schema(example = "thi_…")]
    code: String,
}

/// What a link is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum WelcomeKind {
    /// Somebody becomes a user.
    Invitation,
    /// A user chooses a new password.
    Password,
}

/// What a link leads to.
#[derive(Serialize, ToSchema)]
struct Welcome {
    kind: WelcomeKind,
    #[schema(example = "ada@example.com")]
    email: String,
    name: String,
    /// The workspace of an invitation.
    workspace: Option<String>,
    /// The role that it gives.
    role: Option<Role>,
    #[schema(format = DateTime)]
    expires_at: String,
}

fn gone() -> ApiError {
    let advice = "This link has been used, taken back or is too old; ask whoever gave it to you for a new one.";
    ApiError::forbidden("welcome_link_gone", advice).with_field("code", advice)
}

/// What a link of an invitation or for a new password is for
#[utoipa::path(
    tag = "session",
    security(()),
    request_body = WelcomeCode,
    responses(
        (status = 200, body = Welcome),
        (status = 403, body = crate::http::Problem, description = "The link serves no more"),
    )
)]
#[post("/welcome")]
pub(super) async fn look(
    req: HttpRequest,
    auth: web::Data<Auth>,
    ValidJson(body): ValidJson<WelcomeCode>,
) -> Result<web::Json<Welcome>, ApiError> {
    check_same_origin(&req)?;
    let now = auth.clock.now();
    let link = auth.db.read(move |conn| welcome::find(conn, &body.code, now)).await?.ok_or_else(gone)?;
    Ok(web::Json(Welcome {
        kind: if link.user_id.is_some() { WelcomeKind::Password } else { WelcomeKind::Invitation },
        role: link.role(),
        email: link.email,
        name: link.name,
        workspace: link.workspace,
        expires_at: jiff::Timestamp::from_microsecond(link.expires_at).unwrap_or_default().to_string(),
    }))
}

/// What somebody who follows a link chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptWelcome {
    code: String,
    /// For people; left out, as the invitation has it.
    #[serde(default)]
    #[schema(required = false)]
    name: String,
    #[schema(format = Password)]
    password: String,
}

/// Follow a link: become a user or choose a new password, and sign in
#[utoipa::path(
    tag = "session",
    security(()),
    request_body = AcceptWelcome,
    responses(
        (status = 200, body = Me, description = "Signed in; the cookie is set"),
        (status = 204, description = "The password is set; signing in needs a code of the authenticator app too"),
        (status = 403, body = crate::http::Problem, description = "The link serves no more"),
    )
)]
#[post("/welcome/accept")]
pub(super) async fn accept(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    ValidJson(body): ValidJson<AcceptWelcome>,
) -> Result<HttpResponse, ApiError> {
    check_same_origin(&req)?;
    let auth = &sign_on.auth;
    if !sign_on.is_local() {
        let words = "Passwords are not used here; sign in by one of the sources on the sign-in page.";
        return Err(ApiError::forbidden("local_disabled", words));
    }
    let now = auth.clock.now();
    let code = body.code.clone();
    // Hashing costs: only whoever holds a link may ask for it.
    auth.db.read(move |conn| welcome::find(conn, &code, now)).await?.ok_or_else(gone)?;
    let hash = auth.passwords.hash(body.password).await.map_err(AuthError::from)?;
    let origin = auth.seen_from(Origin::nobody(""), &req);
    let (user, needs_code) = auth
        .db
        .write(move |conn| {
            // Looked for again inside the transaction: of two at once, one is first.
            let link = welcome::find(conn, &body.code, now)?.ok_or_else(gone)?;
            welcome::end(conn, link.id)?;
            let origin = Origin { name: link.email.clone(), ..origin };
            let user = match link.user_id {
                Some(user) => new_password(conn, user, &hash, &origin, now)?,
                None => new_user(conn, &link, (&body.name, &hash), &origin, now)?,
            };
            let needs_code = totp::is_on(conn, user.id)?;
            Ok::<_, ApiError>((user, needs_code))
        })
        .await?;
    // A link is one factor: it does not stand for the other.
    if needs_code {
        return Ok(HttpResponse::NoContent().finish());
    }
    start(&req, auth, user, None).await
}

fn new_password(conn: &mut DbConn, id: i64, hash: &str, origin: &Origin, now: i64) -> Result<users::User, ApiError> {
    let user = users::by_id(conn, id)?.filter(|user| user.disabled_at.is_none()).ok_or_else(gone)?;
    users::set_password(conn, id, hash)?;
    let entry =
        Entry { workspace: None, action: "password.changed", target: &user.email, detail: json!({ "by": "link" }) };
    audit::record(conn, origin, entry, now)?;
    Ok(user)
}

/// The invitation gives no more than whoever made it could still give.
fn new_user(
    conn: &mut DbConn,
    link: &Link,
    (name, hash): (&str, &str),
    origin: &Origin,
    now: i64,
) -> Result<users::User, ApiError> {
    let (Some(workspace), Some(role)) = (link.workspace_id, link.role()) else { return Err(gone()) };
    if let Some(maker) = link.made_by {
        let default = workspaces::get(conn, workspaces::DEFAULT)?;
        let there = grants::role_in(conn, maker, workspace)?;
        let owns_all = grants::role_in(conn, maker, default.id)? == Some(Role::Owner);
        let may = there.is_some_and(|there| matches!(there, Role::Owner | Role::Admin) && there.may_hand_out(role));
        if !owns_all && !may {
            return Err(gone());
        }
    }
    let name = if name.trim().is_empty() { &link.name } else { name };
    let user = users::create(conn, &link.email, name, Some(hash), now)?;
    grants::grant(conn, user.id, workspace, role, MANUAL)?;
    grants::set_apps(conn, (user.id, workspace, MANUAL), &link.apps().into_iter().collect())?;
    let detail = json!({ "role": role, "apps": link.apps(), "invited_at": link.created_at });
    let entry = Entry { workspace: Some(workspace), action: "invitation.accepted", target: &user.email, detail };
    audit::record(conn, origin, entry, now)?;
    Ok(user)
}
