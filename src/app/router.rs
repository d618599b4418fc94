//! Which room answers which path: a line per room.

use actix_web::web;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use super::probes;
use crate::http::ApiError;
use crate::{activity, admin, auth, ingest, privacy, profiles};

/// Everything that the OpenAPI document describes.
pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    probes::configure(cfg);
    cfg.map(|cfg| cfg.configure(ingest::routes::configure));
    cfg.service(scope::scope("/auth").configure(auth::routes::configure_sign_on));
    cfg.service(scope::scope("/api/v1").configure(|cfg| {
        auth::routes::configure(cfg);
        admin::configure_installation(cfg);
        cfg.service(scope::scope("/workspaces/{workspace}").configure(workspace));
        cfg.service(scope::scope("/system").configure(admin::configure_system));
    }));
}

/// What belongs to a workspace: each handler takes a `Can<…>`, which resolves the workspace of the path.
fn workspace(cfg: &mut ServiceConfig<'_>) {
    activity::routes::configure(cfg);
    profiles::configure(cfg);
    privacy::configure(cfg);
    ingest::inspect::configure(cfg);
    admin::configure(cfg);
}

/// How actix words its own refusals.
pub(super) fn refusals() -> web::PathConfig {
    web::PathConfig::default().error_handler(|_, req| ApiError::not_found(format!("page {}", req.path())).into())
}
