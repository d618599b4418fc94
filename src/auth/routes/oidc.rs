//! Signing in by a provider of OpenID Connect: off to it, back from it, and its word that a session has ended.

use std::borrow::Cow;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use diesel::prelude::*;
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::session::{new_session, open};
use crate::audit::{self, Entry};
use crate::auth::oidc::attempts::{self, Attempt, Begun};
use crate::auth::oidc::{self, Failure, Told};
use crate::auth::sources::{Admitted, Kind, Settings, SignOn, Source, admit};
use crate::auth::{AuthError, sources};
use crate::config::OidcConfig;
use crate::db::schema::sessions;
use crate::http::{ApiError, ValidQuery};

/// Where to sign in, and where to go then.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Depart {
    /// Key of the source; the first provider without it.
    source: Option<String>,
    /// A path of the console to go to once signed in.
    to: Option<String>,
}

/// Go to the provider to sign in
#[utoipa::path(
    tag = "session",
    security(()),
    params(Depart),
    responses(
        (status = 303, description = "Goes to the provider, or for a browser to the sign-in page with what went wrong"),
        (status = 404, body = crate::http::Problem, description = "There is no such source"),
        (status = 409, body = crate::http::Problem, description = "The source lacks a setting"),
        (status = 502, body = crate::http::Problem, description = "The provider refuses this installation"),
    )
)]
#[get("/oidc/login")]
pub(super) async fn login(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    query: Result<ValidQuery<Depart>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let departed = match query {
        Ok(ValidQuery(query)) => depart(&req, &sign_on, query).await,
        Err(error) => Err(error),
    };
    for_browser(&req, departed)
}

async fn depart(req: &HttpRequest, sign_on: &SignOn, query: Depart) -> Result<HttpResponse, ApiError> {
    let (asked, key) = (sign_on.clone(), query.source);
    let source = sign_on.auth.db.read(move |conn| asked.pick(conn, Kind::Oidc, key.as_deref())).await?;
    let config = config_of(&source)?;
    let provider = sign_on.provider(&source.key, config).await.inspect_err(|failure| note(&source, failure))?;
    let attempt = Attempt::new()?;
    let redirect_uri = format!("{}/auth/oidc/callback", base(req, sign_on));
    let url = oidc::login_url(&provider, config, &attempt, &redirect_uri)?;
    let cookie = login_cookie(sign_on, &attempt.state, attempt.secret.clone());
    let (now, destination) = (sign_on.auth.clock.now(), attempts::destination(query.to.as_deref()));
    let key = source.key.clone();
    sign_on
        .auth
        .db
        .write(move |conn| attempts::keep(conn, &attempt, (&key, &redirect_uri, &destination), now))
        .await
        .map_err(ApiError::from)?;
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, url)).finish())
}

/// What a provider hands back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Arrive {
    /// To be exchanged for tokens.
    code: Option<String>,
    /// As it was handed over.
    state: Option<String>,
    /// The issuer.
    iss: Option<String>,
    /// What went wrong there.
    error: Option<String>,
    /// The same in words.
    error_description: Option<String>,
}

/// Come back from the provider
#[utoipa::path(
    tag = "session",
    security(()),
    params(Arrive),
    responses(
        (status = 303, description = "Signed in, and the cookie is set; or for a browser to the sign-in page with what went wrong"),
        (status = 400, body = crate::http::Problem, description = "This log-in was not begun in this browser, or is over"),
        (status = 401, body = crate::http::Problem, description = "The code or the token is not to be believed"),
        (status = 403, body = crate::http::Problem, description = "No role, or shut out"),
        (status = 409, body = crate::http::Problem, description = "The e-mail belongs to a user who is not linked"),
        (status = 502, body = crate::http::Problem, description = "The provider refuses this installation"),
    )
)]
#[get("/oidc/callback")]
pub(super) async fn callback(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    query: web::Query<Arrive>,
) -> Result<HttpResponse, ApiError> {
    let arrived = arrive(&req, &sign_on, query.into_inner()).await;
    for_browser(&req, arrived)
}

async fn arrive(req: &HttpRequest, sign_on: &SignOn, query: Arrive) -> Result<HttpResponse, ApiError> {
    let over = || {
        let words = "This log-in was not begun in this browser, was used already, or took longer than ten minutes; begin it again.";
        ApiError::bad_request("login_unknown", words)
    };
    let state = query.state.clone().unwrap_or_default();
    let secret = req.cookie(&attempts::cookie_name(sign_on.auth.https, &state)).map(|cookie| cookie.value().to_owned());
    let (asked, now, known) = (state.clone(), sign_on.auth.clock.now(), secret.clone());
    let begun = sign_on.auth.db.write(move |conn| attempts::take(conn, &asked, known.as_deref(), now)).await;
    let begun = begun.map_err(ApiError::from)?;
    let (Some(begun), Some(secret)) = (begun, secret) else {
        refused(req, sign_on, "oidc", json!({ "reason": "login_unknown" })).await;
        return Err(over());
    };
    let (asked, key) = (sign_on.clone(), begun.source.clone());
    let source = sign_on.auth.db.read(move |conn| asked.pick(conn, Kind::Oidc, Some(&key))).await?;
    let told = match ask(sign_on, &source, query, &begun, &secret).await {
        Ok(told) => told,
        Err(failure) => {
            note(&source, &failure);
            let detail = json!({ "source": source.key, "reason": failure.reason(), "said": failure.words() });
            refused(req, sign_on, &source.key, detail).await;
            return Err(failure.into());
        }
    };
    let (user, id_token) = take_in(req, sign_on, &source, told.clone(), now).await?;
    let mut new = new_session(req, &sign_on.auth, user.id, &source.key);
    (new.sid, new.id_token) = (told.sid, Some(id_token));
    let (cookie, _) = open(req, &sign_on.auth, user, new, None).await?;
    let mut gone = login_cookie(sign_on, &state, String::new());
    gone.make_removal();
    Ok(HttpResponse::SeeOther()
        .cookie(cookie)
        .cookie(gone)
        .insert_header((header::LOCATION, begun.destination))
        .finish())
}

/// What the provider tells about whoever came back.
async fn ask(sign_on: &SignOn, source: &Source, query: Arrive, begun: &Begun, secret: &str) -> Result<Told, Failure> {
    let Settings::Oidc(config) = &source.settings else {
        return Err(Failure::Settings("the source is no provider of OpenID Connect".into()));
    };
    let provider = sign_on.provider(&source.key, config).await?;
    let told_issuer = query.iss.as_deref();
    let promises_issuer = provider.additional_metadata().authorization_response_iss_parameter_supported;
    if told_issuer.map_or(promises_issuer, |issuer| issuer != provider.issuer().as_str()) {
        return Err(Failure::Token("the answer is not from the issuer that was asked".into()));
    }
    if let Some(error) = query.error {
        let words: String =
            query.error_description.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
        let words = if words.is_empty() { error.clone() } else { format!("{error}: {words}") };
        return Err(match error.as_str() {
            "server_error" | "temporarily_unavailable" => Failure::Down(words),
            "invalid_request" | "unauthorized_client" | "unsupported_response_type" | "invalid_scope" => {
                Failure::Settings(words)
            }
            _ => Failure::Claims("provider_refused", format!("The provider did not let you in ({words}).")),
        });
    }
    let code = query.code.ok_or_else(|| Failure::Token("the provider handed back no code".into()))?;
    oidc::exchange(sign_on, source, config, (begun, code, secret)).await
}

/// Brings the user up to date and seals what the provider wants back.
async fn take_in(
    req: &HttpRequest,
    sign_on: &SignOn,
    source: &Source,
    told: Told,
    now: i64,
) -> Result<(crate::auth::users::User, String), ApiError> {
    let origin = sign_on.auth.stranger(&told.proven.login, req);
    let (vault, source) = (sign_on.vault.clone(), source.clone());
    let admitted = sign_on
        .auth
        .db
        .write(move |conn| {
            let admitted = admit(conn, &source, &told.proven, &origin, now)?;
            let sealed = vault.seal(conn, super::session::ID_TOKEN, told.id_token.as_bytes(), now);
            let sealed = sealed.map_err(|e| AuthError::Failed(e.to_string()))?;
            Ok::<_, AuthError>((admitted, sealed))
        })
        .await
        .map_err(ApiError::from)?;
    match admitted {
        (Admitted::User(user), sealed) => Ok((user, sealed)),
        (Admitted::Refused(refusal), _) => Err(refusal.into()),
    }
}

/// What a provider sends when a session ended there.
#[derive(Deserialize, ToSchema)]
struct Logout {
    /// Signed by the provider.
    logout_token: String,
}

/// A session ended at the provider (OpenID Connect Back-Channel Logout 1.0)
#[utoipa::path(
    tag = "session",
    security(()),
    request_body(content = Logout, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The sessions have ended here too"),
        (status = 400, body = crate::http::Problem, description = "The token is not to be believed"),
    )
)]
#[post("/oidc/backchannel-logout")]
pub(super) async fn backchannel_logout(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    form: Result<web::Form<Logout>, actix_web::Error>,
) -> Result<HttpResponse, ApiError> {
    let wrong = |words: String| ApiError::bad_request("logout_refused", words);
    let token = form.map_err(|_| wrong("Send a form with the field logout_token.".into()))?.into_inner().logout_token;
    let asked = sign_on.as_ref().clone();
    let sources = sign_on.auth.db.read(move |conn| asked.sources(conn)).await?;
    let mut last = Failure::Token("no provider is set up whose token this could be".into());
    for source in sources.into_iter().filter(|source| source.enabled && source.missing().is_none()) {
        let Settings::Oidc(config) = &source.settings else { continue };
        let provider = match sign_on.provider(&source.key, config).await {
            Ok(provider) => provider,
            Err(failure) => {
                last = failure;
                continue;
            }
        };
        match oidc::read_logout_token(&token, &provider, config, sign_on.auth.clock.now()) {
            Ok(told) => {
                let ended = end_sessions(&req, &sign_on, &source, told).await?;
                tracing::info!(source = source.key, ended, "sessions ended at the provider");
                return Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish());
            }
            Err(failure) => last = failure,
        }
    }
    tracing::warn!(reason = last.words(), "a logout from outside was refused");
    Err(wrong(format!("The logout was refused: {}.", last.words())))
}

async fn end_sessions(
    req: &HttpRequest,
    sign_on: &SignOn,
    source: &Source,
    told: oidc::LogoutToken,
) -> Result<usize, ApiError> {
    let (key, now) = (source.key.clone(), sign_on.auth.clock.now());
    let origin = sign_on.auth.stranger(&source.name, req);
    let ended = sign_on.auth.db.write(move |conn| {
        let identity = match &told.subject {
            Some(subject) => sources::identities::find(conn, &key, subject)?,
            None => None,
        };
        let mut ending = sessions::table.filter(sessions::source.eq(&key)).select(sessions::id).into_boxed();
        ending = match (&told.sid, identity) {
            (Some(sid), _) => ending.filter(sessions::sid.eq(sid)),
            (None, Some(identity)) => ending.filter(sessions::user_id.eq(identity.user_id)),
            (None, None) => return Ok::<_, AuthError>(0),
        };
        let ids: Vec<String> = ending.load(conn)?;
        for id in &ids {
            diesel::delete(sessions::table.filter(sessions::id.eq(id))).execute(conn)?;
            let detail = json!({ "source": key, "by": "provider" });
            audit::record(conn, &origin, Entry { workspace: None, action: "session.ended", target: id, detail }, now)?;
        }
        Ok(ids.len())
    });
    ended.await.map_err(ApiError::from)
}

fn config_of(source: &Source) -> Result<&OidcConfig, ApiError> {
    match &source.settings {
        Settings::Oidc(config) => Ok(config),
        Settings::Ldap(_) => Err(ApiError::not_found(format!("provider of OpenID Connect {:?}", source.key))),
    }
}

/// The address that people reach this server by: as configured, or as the browser says. A provider sends people back to
/// addresses that it knows only.
pub(super) fn base<'a>(req: &HttpRequest, sign_on: &'a SignOn) -> Cow<'a, str> {
    let server = &sign_on.config.server;
    let host = req.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let sane = |host: &&str| !host.is_empty() && !host.contains(['/', '\\', '@', '?', '#', ' ']);
    match (&server.public_url, host.filter(sane)) {
        (Some(url), _) => Cow::Borrowed(url),
        (None, Some(host)) => Cow::Owned(format!("http://{host}")),
        (None, None) => Cow::Owned(server.shown_url()),
    }
}

fn login_cookie(sign_on: &SignOn, state: &str, secret: String) -> Cookie<'static> {
    Cookie::build(attempts::cookie_name(sign_on.auth.https, state), secret)
        .path("/")
        .http_only(true)
        .secure(sign_on.auth.https)
        .same_site(SameSite::Lax)
        .max_age(Duration::minutes(10))
        .finish()
}

fn note(source: &Source, failure: &Failure) {
    tracing::warn!(
        source = source.key,
        reason = failure.reason(),
        said = failure.words(),
        "a log-in by a provider failed"
    );
}

/// Writes down that somebody did not get in; a store that cannot be written keeps nobody from being told why.
pub(super) async fn refused(req: &HttpRequest, sign_on: &SignOn, name: &str, detail: serde_json::Value) {
    let (origin, now, target) = (sign_on.auth.stranger(name, req), sign_on.auth.clock.now(), name.to_owned());
    let written = sign_on.auth.db.write(move |conn| {
        let entry = Entry { workspace: None, action: "session.refused", target: &target, detail };
        audit::record(conn, &origin, entry, now)
    });
    if let Err(error) = written.await {
        tracing::warn!(%error, "a refused log-in was not written down");
    }
}

/// A browser is shown what went wrong on the sign-in page; a program gets the status.
fn for_browser(req: &HttpRequest, answer: Result<HttpResponse, ApiError>) -> Result<HttpResponse, ApiError> {
    let accepted = req.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    match answer {
        Err(error) if accepted.contains("text/html") => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("problem", error.code()).append_pair("detail", error.detail());
            let to = format!("/sign-in?{}", query.finish());
            Ok(HttpResponse::build(StatusCode::SEE_OTHER).insert_header((header::LOCATION, to)).finish())
        }
        answer => answer,
    }
}
