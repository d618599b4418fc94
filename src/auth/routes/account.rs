//! What people do with their own account: name, password, codes of an app, sessions.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::Me;
use crate::audit::{self, Entry, Origin};
use crate::auth::sources::SignOn;
use crate::auth::{AuthError, Identity, SignedIn, sessions as store, totp, users};
use crate::db::schema::{sessions, users as table};
use crate::http::{ApiError, Page, ValidJson};

/// Who calls, if they are a user with a session.
struct Own {
    id: i64,
    email: String,
    session: String,
    origin: Origin,
    now: i64,
}

impl Own {
    fn of(req: &HttpRequest, sign_on: &SignOn, identity: Identity) -> Result<Self, ApiError> {
        let origin = sign_on.auth.origin_of(&identity, req);
        match identity {
            Identity::User { id, email, session, .. } => {
                Ok(Self { id, email, session, origin, now: sign_on.auth.clock.now() })
            }
            Identity::Token { .. } => {
                Err(ApiError::forbidden("session_needed", "This call is for signed-in users; a token is no user."))
            }
        }
    }

    fn record(
        &self,
        conn: &mut crate::db::DbConn,
        action: &'static str,
        detail: serde_json::Value,
    ) -> Result<(), ApiError> {
        let entry = Entry { workspace: None, action, target: &self.email, detail };
        Ok(audit::record(conn, &self.origin, entry, self.now)?)
    }
}

/// A new name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewName {
    #[schema(example = "Ada Lovelace")]
    name: String,
}

/// Change one's name
#[utoipa::path(tag = "session", request_body = NewName, responses((status = 200, body = Me)))]
#[put("/me")]
pub(super) async fn rename(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    SignedIn(identity): SignedIn,
    ValidJson(body): ValidJson<NewName>,
) -> Result<web::Json<Me>, ApiError> {
    let own = Own::of(&req, &sign_on, identity)?;
    let name = body.name.trim().to_owned();
    if name.is_empty() || name.len() > 200 || name.contains(char::is_control) {
        return Err(ApiError::invalid("name", "choose a name of 1 to 200 bytes, without control characters"));
    }
    let me = sign_on.auth.db.write(move |conn| {
        let before: String = table::table.find(own.id).select(table::name).first(conn)?;
        diesel::update(table::table.find(own.id)).set(table::name.eq(&name)).execute(conn)?;
        own.record(conn, "user.changed", json!({ "name": [before, name] }))?;
        Me::of_session(conn, own.id, &own.session)
    });
    Ok(web::Json(me.await?))
}

/// A new password, with the one before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    #[schema(format = Password)]
    current: String,
    #[schema(format = Password)]
    new: String,
}

/// Change one's password; other sessions end
#[utoipa::path(
    tag = "session",
    request_body = NewPassword,
    responses((status = 204, description = "Changed"), (status = 409, body = crate::http::Problem, description = "This user has no password here"))
)]
#[put("/me/password")]
pub(super) async fn change_password(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    SignedIn(identity): SignedIn,
    ValidJson(body): ValidJson<NewPassword>,
) -> Result<HttpResponse, ApiError> {
    let own = Own::of(&req, &sign_on, identity)?;
    check_password(&req, &sign_on, &own, body.current, "current").await?;
    let hash = sign_on.auth.passwords.hash(body.new).await.map_err(AuthError::from)?;
    let done = sign_on.auth.db.write(move |conn| {
        users::set_hash(conn, own.id, &hash)?;
        let others = sessions::table.filter(sessions::user_id.eq(own.id).and(sessions::token_hash.ne(&own.session)));
        diesel::delete(others).execute(conn)?;
        own.record(conn, "password.changed", json!({}))
    });
    done.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether a password is one's own; guessing is slowed down as at the sign-in.
async fn check_password(
    req: &HttpRequest,
    sign_on: &SignOn,
    own: &Own,
    password: String,
    field: &'static str,
) -> Result<(), ApiError> {
    let (auth, address) = (&sign_on.auth, sign_on.auth.client.of(req));
    auth.throttle.admit(&own.email, address).map_err(|wait| {
        ApiError::too_many("too_many_attempts", format!("Too many failed attempts; try again in {wait} seconds."), wait)
    })?;
    let email = own.email.clone();
    let hash = auth.db.read(move |conn| users::find(conn, &email)).await?.and_then(|user| user.password_hash);
    if hash.is_none() {
        auth.throttle.forget(&own.email, address);
        let advice = "This user has no password here: it is kept by the source that they sign in by.";
        return Err(ApiError::conflict("no_password", advice));
    }
    if !auth.passwords.fits(password, hash).await {
        return Err(ApiError::invalid(field, "is not your password"));
    }
    auth.throttle.succeeded(&own.email, address);
    Ok(())
}

/// What an authenticator app takes.
#[derive(Serialize, ToSchema)]
struct TotpSecret {
    /// To be typed in.
    secret: String,
    /// To be scanned as a QR code.
    #[schema(example = "otpauth://totp/Takehold:ada%40example.com?secret=…")]
    uri: String,
}

/// Set up codes of an authenticator app
///
/// They count once one of them is confirmed.
#[utoipa::path(
    tag = "session",
    responses((status = 200, body = TotpSecret), (status = 409, body = crate::http::Problem, description = "Set up already, or not for this user"))
)]
#[post("/me/totp")]
pub(super) async fn enrol(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    SignedIn(identity): SignedIn,
) -> Result<web::Json<TotpSecret>, ApiError> {
    let own = Own::of(&req, &sign_on, identity)?;
    if sign_on.totp_policy() == crate::config::TotpPolicy::Off {
        return Err(ApiError::conflict("totp_off", "Codes are turned off here: auth.local.totp is off."));
    }
    let vault = sign_on.vault.clone();
    let made = sign_on.auth.db.write(move |conn| {
        let has_password = table::table.find(own.id).select(table::password_hash).first::<Option<String>>(conn)?;
        if has_password.is_none() {
            let advice = "Codes stand beside a password, and this user has none here.";
            return Err(ApiError::conflict("no_password", advice));
        }
        if totp::is_on(conn, own.id)? {
            return Err(ApiError::conflict("totp_on", "Codes are set up already; remove them first."));
        }
        totp::enrol(conn, &vault, (own.id, &own.email), own.now)
    });
    let made = made.await?;
    Ok(web::Json(TotpSecret { secret: made.secret, uri: made.uri }))
}

/// A code of the app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    #[schema(example = "123456")]
    code: String,
}

/// For a lost phone.
#[derive(Serialize, ToSchema)]
struct RecoveryCodes {
    /// Each signs in once, in place of a code; shown only now.
    recovery_codes: Vec<String>,
}

/// Turn codes on with the first one
#[utoipa::path(tag = "session", request_body = Code, responses((status = 200, body = RecoveryCodes)))]
#[post("/me/totp/confirm")]
pub(super) async fn confirm(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    SignedIn(identity): SignedIn,
    ValidJson(body): ValidJson<Code>,
) -> Result<web::Json<RecoveryCodes>, ApiError> {
    let own = Own::of(&req, &sign_on, identity)?;
    let vault = sign_on.vault.clone();
    let codes = sign_on.auth.db.write(move |conn| {
        if totp::is_on(conn, own.id)? {
            return Err(ApiError::conflict("totp_on", "Codes are set up already; remove them first."));
        }
        let codes = totp::confirm(conn, &vault, own.id, &body.code, own.now)?;
        if codes.is_some() {
            own.record(conn, "totp.enabled", json!({}))?;
        }
        Ok(codes)
    });
    match codes.await? {
        Some(recovery_codes) => Ok(web::Json(RecoveryCodes { recovery_codes })),
        None => Err(ApiError::invalid("code", "is not the code that the app shows now")),
    }
}

/// One's password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnPassword {
    #[schema(format = Password)]
    password: String,
}

/// Turn codes off
#[utoipa::path(tag = "session", request_body = OwnPassword, responses((status = 204, description = "Turned off")))]
#[post("/me/totp/remove")]
pub(super) async fn remove(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    SignedIn(identity): SignedIn,
    ValidJson(body): ValidJson<OwnPassword>,
) -> Result<HttpResponse, ApiError> {
    let own = Own::of(&req, &sign_on, identity)?;
    check_password(&req, &sign_on, &own, body.password, "password").await?;
    let done = sign_on.auth.db.write(move |conn| {
        totp::remove(conn, own.id)?;
        own.record(conn, "totp.disabled", json!({}))
    });
    done.await?;
    Ok(HttpResponse::NoContent().finish())
}

fn instant(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds).unwrap_or_default().to_string()
}

/// A session of one's own.
#[derive(Serialize, ToSchema)]
struct OwnSession {
    /// Names it when ending it.
    id: String,
    /// How it began: `local`, `break-glass`, or the key of a source.
    source: String,
    /// From where.
    address: String,
    /// With what, as the browser calls itself.
    agent: String,
    /// When it began.
    created_at: String,
    /// When it was used last, to the minute.
    last_seen_at: String,
    /// Whether this very call belongs to it.
    current: bool,
}

/// One's sessions
#[utoipa::path(tag = "session", responses((status = 200, body = Page<OwnSession>)))]
#[get("/me/sessions")]
pub(super) async fn own_sessions(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    SignedIn(identity): SignedIn,
) -> Result<web::Json<Page<OwnSession>>, ApiError> {
    type Row = (String, String, String, String, String, i64, i64);
    let own = Own::of(&req, &sign_on, identity)?;
    let (user, now) = (own.id, own.now);
    let rows = sign_on.auth.db.read(move |conn| {
        let rows: Vec<Row> = sessions::table
            .filter(sessions::user_id.eq(user))
            .filter(sessions::last_seen_at.gt(now - store::IDLE).and(sessions::created_at.gt(now - store::ABSOLUTE)))
            .order(sessions::last_seen_at.desc())
            .select((
                sessions::token_hash,
                sessions::id,
                sessions::source,
                sessions::address,
                sessions::agent,
                sessions::created_at,
                sessions::last_seen_at,
            ))
            .load(conn)?;
        Ok::<_, ApiError>(rows)
    });
    let items =
        rows.await?.into_iter().map(|(hash, id, source, address, agent, created_at, last_seen_at)| OwnSession {
            id,
            source,
            address,
            agent,
            created_at: instant(created_at),
            last_seen_at: instant(last_seen_at),
            current: hash == own.session,
        });
    Ok(web::Json(Page::whole(items.collect())))
}

/// End a session of one's own
#[utoipa::path(tag = "session", params(("id" = String, Path, description = "Id of the session")), responses((status = 204, description = "Ended")))]
#[delete("/me/sessions/{id}")]
pub(super) async fn end_own_session(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    SignedIn(identity): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let own = Own::of(&req, &sign_on, identity)?;
    let id = id.into_inner();
    let done = sign_on.auth.db.write(move |conn| {
        let mine = sessions::table.filter(sessions::id.eq(&id).and(sessions::user_id.eq(own.id)));
        if id.contains('\0') || diesel::delete(mine).execute(conn)? == 0 {
            return Err(ApiError::not_found(format!("session {id:?} of yours")));
        }
        own.record(conn, "session.ended", json!({ "session": id, "by": "user" }))
    });
    done.await?;
    Ok(HttpResponse::NoContent().finish())
}
