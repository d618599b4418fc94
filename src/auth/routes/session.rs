//! Signing in and out with a password.

use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, delete, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Me, cookie_name, session_cookie};
use crate::audit::{self, Entry};
use crate::auth::sessions::NewSession;
use crate::auth::{Auth, Identity, SignedIn, sessions, users};
use crate::crypto::{Passwords, Secret, SecretKind};
use crate::http::{ApiError, ValidJson, check_same_origin};

/// What ID tokens are sealed for.
pub(super) const ID_TOKEN: &str = "id-token";

/// What signing in takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(format = Password)]
    password: String,
}

/// Sign in
#[utoipa::path(
    tag = "session",
    security(()),
    request_body = SignIn,
    responses(
        (status = 200, body = Me, description = "Signed in; the cookie is set"),
        (status = 401, body = crate::http::Problem, description = "Wrong e-mail or password"),
        (status = 429, body = crate::http::Problem, description = "Too many failures; see Retry-After"),
    )
)]
#[post("/session")]
pub(super) async fn sign_in(
    req: HttpRequest,
    auth: web::Data<Auth>,
    ValidJson(body): ValidJson<SignIn>,
) -> Result<HttpResponse, ApiError> {
    check_same_origin(&req)?;
    let wrong = || {
        ApiError::new(
            actix_web::http::StatusCode::UNAUTHORIZED,
            "wrong_credentials",
            "E-mail and password do not fit together.",
        )
    };
    // An address that cannot be one is nobody's, and is answered like an unknown one.
    let email = users::normalise_email(&body.email).unwrap_or_else(|_| "?".to_owned());
    let address = auth.client.of(&req);
    auth.throttle.admit(&email, address).map_err(|wait| {
        ApiError::too_many("too_many_attempts", format!("Too many failed attempts; try again in {wait} seconds."), wait)
    })?;
    let asked = email.clone();
    let user = auth.db.read(move |conn| users::find(conn, &asked)).await?;
    let user = user.filter(|user| user.disabled_at.is_none());
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    if !auth.passwords.fits(body.password.clone(), hash.clone()).await {
        tracing::info!(%email, %address, "log-in refused");
        return Err(wrong());
    }
    let user = user.ok_or_else(wrong)?;
    auth.throttle.succeeded(&email, address);
    let fresh = match hash.filter(|hash| Passwords::is_outdated(hash)) {
        Some(_) => auth.passwords.hash(body.password).await.ok(),
        None => None,
    };
    start(&req, &auth, user, fresh).await
}

/// Starts a session and answers who signed in.
pub(super) async fn start(
    req: &HttpRequest,
    auth: &Auth,
    user: users::User,
    fresh_hash: Option<String>,
) -> Result<HttpResponse, ApiError> {
    let new = new_session(req, auth, user.id, sessions::LOCAL);
    let (cookie, me) = open(req, auth, user, new, fresh_hash).await?;
    Ok(HttpResponse::Ok().cookie(cookie).json(me))
}

/// A session of whoever sends this request.
pub(super) fn new_session(req: &HttpRequest, auth: &Auth, user_id: i64, source: &str) -> NewSession {
    let agent = req.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    NewSession {
        user_id,
        source: source.to_owned(),
        address: auth.client.of(req).to_string(),
        agent: agent.chars().take(300).collect(),
        sid: None,
        id_token: None,
    }
}

/// Starts a session; answers its cookie and who signed in.
pub(super) async fn open(
    req: &HttpRequest,
    auth: &Auth,
    user: users::User,
    new: NewSession,
    fresh_hash: Option<String>,
) -> Result<(Cookie<'static>, Me), ApiError> {
    let secret = Secret::new(SecretKind::Session)?;
    let cookie = session_cookie(auth.https, secret.text.clone());
    let before = req.cookie(cookie_name(auth.https)).map(|cookie| cookie.value().to_owned());
    let now = auth.clock.now();
    let (id, email, name, hash) = (user.id, user.email.clone(), user.name.clone(), secret.hash.clone());
    let who = Identity::User { id, email: email.clone(), name: name.clone(), session: hash.clone() };
    let origin = auth.origin_of(&who, req);
    let kept = new.clone();
    let stored = auth
        .db
        .write(move |conn| {
            if let Some(hash) = fresh_hash {
                users::set_hash(conn, user.id, &hash)?;
            }
            let id = sessions::start(conn, &new, &secret, before.as_deref(), now)?;
            let detail = serde_json::json!({ "source": new.source, "session": id });
            let entry = Entry { workspace: None, action: "session.started", target: &user.email, detail };
            audit::record(conn, &origin, entry, now)?;
            Me::load(conn, user.id, user.email, user.name)
        })
        .await;
    let me = match stored {
        // On a full disk people must get in all the same, to see what is wrong.
        Err(error) if error.is_unavailable() => {
            let me = auth.db.read(move |conn| Me::load(conn, id, email, name)).await?;
            if !auth.unsaved.keep(&hash, kept, now) {
                return Err(error);
            }
            tracing::warn!(%error, "a session could not be stored: it is kept in memory until it can be");
            me
        }
        other => other?,
    };
    Ok((cookie, me))
}

/// Sign out
#[utoipa::path(tag = "session", responses((status = 204, description = "Signed out")))]
#[delete("/session")]
pub(super) async fn sign_out(auth: web::Data<Auth>, SignedIn(identity): SignedIn) -> Result<HttpResponse, ApiError> {
    let Identity::User { session, .. } = identity else {
        return Err(ApiError::forbidden("session_needed", "A token has no session to end; revoke it instead."));
    };
    if !auth.unsaved.end(&session) {
        auth.db.write(move |conn| sessions::end(conn, &session)).await?;
    }
    let mut gone = session_cookie(auth.https, String::new());
    gone.make_removal();
    Ok(HttpResponse::NoContent()
        .cookie(gone)
        .insert_header((HeaderName::from_static("clear-site-data"), "\"cache\""))
        .finish())
}
