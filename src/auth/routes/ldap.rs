//! Signing in by a directory.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Me;
use super::oidc::refused;
use super::session::{new_session, open};
use crate::auth::ldap::{Directory, Trouble};
use crate::auth::sources::{Admitted, Kind, Settings, SignOn, admit};
use crate::http::{ApiError, ValidJson, check_same_origin};

/// What signing in by a directory takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LdapSignIn {
    #[schema(example = "ada")]
    username: String,
    #[schema(format = Password)]
    password: String,
    /// Key of the source; the first directory without it.
    source: Option<String>,
}

/// Sign in by a directory
#[utoipa::path(
    tag = "session",
    security(()),
    request_body = LdapSignIn,
    responses(
        (status = 200, body = Me, description = "Signed in; the cookie is set"),
        (status = 401, body = crate::http::Problem, description = "Wrong name or password"),
        (status = 403, body = crate::http::Problem, description = "No role, or shut out"),
        (status = 404, body = crate::http::Problem, description = "There is no such source"),
        (status = 409, body = crate::http::Problem, description = "The source lacks a setting, or the e-mail belongs to a user who is not linked"),
        (status = 429, body = crate::http::Problem, description = "Too many failures; see Retry-After"),
        (status = 503, body = crate::http::Problem, description = "The directory cannot be asked"),
    )
)]
#[post("/ldap/login")]
pub(super) async fn ldap_login(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    ValidJson(body): ValidJson<LdapSignIn>,
) -> Result<HttpResponse, ApiError> {
    check_same_origin(&req)?;
    let (asked, key) = (sign_on.as_ref().clone(), body.source);
    let auth = &sign_on.auth;
    let source = auth.db.read(move |conn| asked.pick(conn, Kind::Ldap, key.as_deref())).await?;
    let Settings::Ldap(config) = &source.settings else {
        return Err(ApiError::not_found(format!("directory {:?}", source.key)));
    };
    let address = auth.client.of(&req);
    let shown: String = body.username.trim().chars().take(100).collect();
    let account = format!("{}:{}", source.key, shown.to_lowercase());
    auth.throttle.admit(&account, address).map_err(|wait| {
        ApiError::too_many("too_many_attempts", format!("Too many failed attempts; try again in {wait} seconds."), wait)
    })?;
    let directory = Directory::new(sign_on.outbound.clone(), &source.key, config);
    let proven = match directory.authenticate(&body.username, &body.password).await {
        Ok(proven) => proven,
        Err(trouble) => {
            // Nobody is held up for a directory that cannot be asked.
            if !matches!(trouble, Trouble::Wrong(_)) {
                auth.throttle.forget(&account, address);
            }
            tracing::warn!(
                source = source.key,
                login = shown,
                reason = trouble.reason(),
                said = trouble.words(),
                "a log-in by a directory failed"
            );
            let detail = json!({ "source": source.key, "reason": trouble.reason(), "said": trouble.words() });
            refused(&req, &sign_on, &shown, detail).await;
            return Err(trouble.into());
        }
    };
    auth.throttle.succeeded(&account, address);
    let (origin, now, asked) = (auth.stranger(&proven.login, &req), auth.clock.now(), source.clone());
    let admitted = auth.db.write(move |conn| admit(conn, &asked, &proven, &origin, now)).await;
    match admitted.map_err(ApiError::from)? {
        Admitted::Refused(refusal) => Err(refusal.into()),
        Admitted::User(user) => {
            let new = new_session(&req, auth, user.id, &source.key);
            let (cookie, me) = open(&req, auth, user, new, None).await?;
            Ok(HttpResponse::Ok().cookie(cookie).json(me))
        }
    }
}
