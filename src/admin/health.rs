//! What `takehold doctor` says, for the console.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::off_thread;
use crate::auth::{Can, SEALED, can};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::health::{self, Check, Depth};
use crate::http::ApiError;

/// Whether all is well.
#[derive(Serialize, ToSchema)]
struct Health {
    /// Whether every check is.
    ok: bool,
    checks: Vec<Check>,
}

/// Whether all is well, and the remedy for what is not
#[utoipa::path(tag = "system", responses((status = 200, body = Health)))]
#[get("/system/health")]
pub(super) async fn checks(
    _caller: Can<can::SystemRead>,
    (db, config, clock): (web::Data<Db>, web::Data<Config>, web::Data<Clock>),
) -> Result<web::Json<Health>, ApiError> {
    let now = clock.now();
    let checks = off_thread(move || health::look_at_store(&config, &db, now, Depth::Quick, &SEALED)).await?;
    Ok(web::Json(Health { ok: checks.iter().all(|check| check.ok), checks }))
}
