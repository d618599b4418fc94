//! The ways to sign in, for the page that offers them.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::sources::{Kind, Settings, SignOn};
use crate::http::ApiError;

/// The ways to sign in.
#[derive(Serialize, ToSchema)]
struct Ways {
    /// Whether people sign in with a password kept here.
    local: bool,
    /// Whether only sources count; break-glass owners sign in with a password all the same.
    sso_only: bool,
    /// The sources, in the order to offer them.
    sources: Vec<Way>,
}

/// A source to sign in by.
#[derive(Serialize, ToSchema)]
struct Way {
    /// Names it when signing in.
    #[schema(example = "oidc")]
    key: String,
    /// `oidc` means to go to `/auth/oidc/login`; `ldap` to ask for name and password.
    kind: Kind,
    /// For people.
    name: String,
    /// Whether to go on to it without asking.
    auto: bool,
}

/// The ways to sign in
#[utoipa::path(tag = "session", security(()), responses((status = 200, body = Ways)))]
#[get("/sign-in")]
pub(super) async fn ways(sign_on: web::Data<SignOn>) -> Result<web::Json<Ways>, ApiError> {
    let asked = sign_on.as_ref().clone();
    let sources = sign_on.auth.db.read(move |conn| asked.sources(conn)).await?;
    let usable = sources.into_iter().filter(|source| source.enabled && source.missing().is_none());
    let sources = usable.map(|source| Way {
        kind: source.kind(),
        auto: matches!(&source.settings, Settings::Oidc(config) if config.auto_login == Some(true)),
        key: source.key,
        name: source.name,
    });
    let local = sign_on.is_local();
    Ok(web::Json(Ways { local, sso_only: !local, sources: sources.collect() }))
}
