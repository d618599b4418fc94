//! Signing in and out with a password.

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, delete, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::oidc::base;
use super::{Me, cookie_name, session_cookie};
use crate::audit::{self, Entry, Origin};
use crate::auth::sessions::NewSession;
use crate::auth::sources::{Settings, SignOn, accounts};
use crate::auth::{Auth, Identity, SignedIn, oidc, sessions, totp, users};
use crate::crypto::{Passwords, Secret, SecretKind};
use crate::http::{ApiError, ValidJson, check_same_origin};

/// What ID tokens are sealed for.
pub(in crate::auth) const ID_TOKEN: &str = "id-token";

/// What signing in takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(format = Password)]
    password: String,
    /// The code of an authenticator app, or a recovery code, where the answer was `code_needed`.
    code: Option<String>,
}

/// Sign in
#[utoipa::path(
    tag = "session",
    security(()),
    request_body = SignIn,
    responses(
        (status = 200, body = Me, description = "Signed in; the cookie is set"),
        (status = 401, body = crate::http::Problem, description = "Wrong e-mail or password; or `code_needed`, `wrong_code`"),
        (status = 429, body = crate::http::Problem, description = "Too many failures; see Retry-After"),
    )
)]
#[post("/session")]
pub(super) async fn sign_in(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    ValidJson(body): ValidJson<SignIn>,
) -> Result<HttpResponse, ApiError> {
    check_same_origin(&req)?;
    let auth = &sign_on.auth;
    let unauthorised = |code, text: &str| ApiError::new(StatusCode::UNAUTHORIZED, code, text);
    let wrong = || unauthorised("wrong_credentials", "E-mail and password do not fit together.");
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
        note_refused(&req, auth, &email, "wrong_credentials").await;
        return Err(wrong());
    }
    let user = user.ok_or_else(wrong)?;
    match prove(&sign_on, user.id, body.code).await? {
        Proved::Enough(source) => {
            auth.throttle.succeeded(&email, address);
            let fresh = fresh_hash(auth, hash, body.password).await;
            let new = new_session(&req, auth, user.id, source);
            let (cookie, me) = open(&req, auth, user, new, fresh).await?;
            Ok(HttpResponse::Ok().cookie(cookie).json(me))
        }
        Proved::CodeNeeded => {
            // The password was right: what is missing is no failure.
            auth.throttle.forget(&email, address);
            Err(unauthorised("code_needed", "Send the code that the authenticator app shows, or a recovery code."))
        }
        Proved::WrongCode => {
            note_refused(&req, auth, &email, "wrong_code").await;
            Err(unauthorised("wrong_code", "This code is not the one that the app shows now, or it was used already."))
        }
        Proved::OnlySources => {
            note_refused(&req, auth, &email, "local_disabled").await;
            let words = "Passwords are not used here; sign in by one of the sources on the sign-in page.";
            Err(ApiError::forbidden("local_disabled", words))
        }
    }
}

/// What a right password is worth.
enum Proved {
    /// All that is needed, and how the session is called.
    Enough(&'static str),
    CodeNeeded,
    WrongCode,
    OnlySources,
}

/// Whether more than the password is needed, and is there.
async fn prove(sign_on: &SignOn, user: i64, code: Option<String>) -> Result<Proved, ApiError> {
    let (on, glass) = sign_on
        .auth
        .db
        .read(move |conn| Ok::<_, ApiError>((totp::is_on(conn, user)?, accounts::is_break_glass(conn, user)?)))
        .await?;
    let source = match (sign_on.is_local(), glass) {
        (true, _) => sessions::LOCAL,
        (false, true) => sessions::BREAK_GLASS,
        (false, false) => return Ok(Proved::OnlySources),
    };
    let Some(code) = code.filter(|_| on) else {
        return Ok(if on { Proved::CodeNeeded } else { Proved::Enough(source) });
    };
    let (vault, now) = (sign_on.vault.clone(), sign_on.auth.clock.now());
    let taken = sign_on.auth.db.write(move |conn| totp::take(conn, &vault, user, &code, now)).await?;
    Ok(if taken.is_some() { Proved::Enough(source) } else { Proved::WrongCode })
}

async fn fresh_hash(auth: &Auth, hash: Option<String>, password: String) -> Option<String> {
    match hash.filter(|hash| Passwords::is_outdated(hash)) {
        Some(_) => auth.passwords.hash(password).await.ok(),
        None => None,
    }
}

/// Writes a refused log-in down. A store that cannot take it keeps nobody from being refused.
pub(super) async fn note_refused(req: &HttpRequest, auth: &Auth, name: &str, reason: &'static str) {
    let (origin, now) = (auth.seen_from(Origin::nobody(name), req), auth.clock.now());
    let noted = auth
        .db
        .write(move |conn| {
            let detail = serde_json::json!({ "reason": reason });
            let entry = Entry { workspace: None, action: "session.refused", target: &origin.name, detail };
            audit::record(conn, &origin, entry, now)
        })
        .await;
    if let Err(error) = noted {
        tracing::warn!(%error, "a refused log-in is not in the audit log");
    }
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
            let me = Me::load(conn, user.id, user.email, user.name)?;
            Ok::<_, ApiError>(Me { source: new.source, ..me })
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

/// Where to go to sign out elsewhere too.
#[derive(Serialize, ToSchema)]
struct SignedOut {
    /// Ends the session at the provider; send the browser there.
    logout_url: String,
}

/// Sign out
#[utoipa::path(
    tag = "session",
    responses(
        (status = 200, body = SignedOut, description = "Signed out here; the provider wants to be told by the browser"),
        (status = 204, description = "Signed out"),
    )
)]
#[delete("/session")]
pub(super) async fn sign_out(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    SignedIn(identity): SignedIn,
) -> Result<HttpResponse, ApiError> {
    let auth = &sign_on.auth;
    let (origin, now) = (auth.origin_of(&identity, &req), auth.clock.now());
    let Identity::User { session, .. } = identity else {
        return Err(ApiError::forbidden("session_needed", "A token has no session to end; revoke it instead."));
    };
    let mut elsewhere = None;
    if !auth.unsaved.end(&session) {
        let vault = sign_on.vault.clone();
        elsewhere = auth
            .db
            .write(move |conn| {
                let began = sessions::began(conn, &session)?;
                sessions::end(conn, &session)?;
                let detail = serde_json::json!({ "session": sessions::public_id(&session), "by": "sign-out" });
                let entry = Entry { workspace: None, action: "session.ended", target: &origin.name, detail };
                audit::record(conn, &origin, entry, now)?;
                // A token that cannot be opened any more only makes the provider ask.
                Ok::<_, ApiError>(began.map(|(source, sealed)| {
                    let open = |sealed: String| vault.open(conn, ID_TOKEN, &sealed).ok();
                    let token = sealed.and_then(open).and_then(|bytes| String::from_utf8(bytes).ok());
                    (source, token)
                }))
            })
            .await?;
    }
    let mut gone = session_cookie(auth.https, String::new());
    gone.make_removal();
    let clear = (HeaderName::from_static("clear-site-data"), "\"cache\"");
    let logout_url = match elsewhere {
        Some((source, token)) => sign_out_url(&req, &sign_on, source, token).await,
        None => None,
    };
    Ok(match logout_url {
        Some(logout_url) => HttpResponse::Ok().cookie(gone).insert_header(clear).json(SignedOut { logout_url }),
        None => HttpResponse::NoContent().cookie(gone).insert_header(clear).finish(),
    })
}

/// Where the provider of a session ends its own; a provider that is away keeps nobody signed in.
async fn sign_out_url(req: &HttpRequest, sign_on: &SignOn, source: String, token: Option<String>) -> Option<String> {
    if [sessions::LOCAL, sessions::BREAK_GLASS].contains(&source.as_str()) {
        return None;
    }
    let asked = sign_on.clone();
    let source = sign_on.auth.db.read(move |conn| asked.source_of(conn, &source)).await.ok()??;
    let Settings::Oidc(config) = &source.settings else { return None };
    let provider = sign_on.provider(&source.key, config).await.ok()?;
    let back = format!("{}/sign-in", base(req, sign_on));
    oidc::logout_url(&provider, config, token.as_deref(), &back)
}
