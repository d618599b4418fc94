//! What an orchestrator asks: is the process alive, does it take requests.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::{get, web};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::state::Health;
use crate::db::schema::workspaces;
use crate::db::{Db, DbError};
use crate::http::ApiError;

/// One slow answer of the store is no reason to send everybody away.
const FAILURES_TO_REFUSE: u32 = 2;
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn configure(cfg: &mut ServiceConfig<'_>) {
    cfg.service(healthz).service(readyz).service(super::metrics::metrics);
}

/// The state of the process.
#[derive(Serialize, ToSchema)]
struct ProbeAnswer {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process is alive
#[utoipa::path(tag = "operation", security(()), responses((status = 200, body = ProbeAnswer)))]
#[get("/healthz")]
async fn healthz() -> web::Json<ProbeAnswer> {
    web::Json(ProbeAnswer { status: "ok" })
}

/// Whether the process takes requests
#[utoipa::path(tag = "operation", security(()), responses((status = 200, body = ProbeAnswer)))]
#[get("/readyz")]
async fn readyz(db: web::Data<Db>, health: web::Data<Health>) -> Result<web::Json<ProbeAnswer>, ApiError> {
    if health.draining.load(Ordering::Relaxed) {
        return Err(ApiError::unavailable("the server is stopping"));
    }
    let look = db.read(|conn| Ok::<_, DbError>(workspaces::table.count().get_result::<i64>(conn)?));
    let failure = match tokio::time::timeout(PATIENCE, look).await {
        Ok(Ok(_)) => {
            health.failures.store(0, Ordering::Relaxed);
            return Ok(web::Json(ProbeAnswer { status: "ready" }));
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
    };
    if health.failures.fetch_add(1, Ordering::Relaxed) + 1 < FAILURES_TO_REFUSE {
        return Ok(web::Json(ProbeAnswer { status: "ready" }));
    }
    Err(ApiError::unavailable(failure))
}
