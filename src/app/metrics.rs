//! `/metrics`: what the process counted, and what is measured at the moment somebody looks.

use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, get, web};

use super::server::cannot_listen;
use super::{AppState, StartError};
use crate::activity::fold;
use crate::db::{Db, DbError};
use crate::health::{Disk, database_bytes, resident_memory};
use crate::http::{ApiError, layers};
use crate::jobs::Jobs;
use crate::telemetry::figures::{self, Gauge};

/// A database that takes longer is down, as far as figures are concerned.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is measured, and since when the process runs.
#[derive(Clone)]
pub(super) struct Measured {
    db: Db,
    jobs: Jobs,
    folder: std::path::PathBuf,
    started_at: i64,
    elsewhere: bool,
}

impl Measured {
    pub(super) fn of(state: &AppState) -> Self {
        figures::start();
        Self {
            db: state.db.clone(),
            jobs: state.jobs.clone(),
            folder: state.config.data_dir(),
            started_at: state.started_at,
            elsewhere: state.config.telemetry.metrics_listen.is_some(),
        }
    }

    async fn measure(&self) {
        let jobs = self.jobs.clone();
        let asked = self.db.read(move |conn| {
            jobs.measure(conn)?;
            Ok::<_, DbError>((fold::unfolded(conn)?, database_bytes(conn)?))
        });
        let answer = tokio::time::timeout(PATIENCE, asked).await.ok().and_then(Result::ok);
        figures::set(Gauge::DatabaseUp, if answer.is_some() { 1.0 } else { 0.0 });
        if let Some((unfolded, size)) = answer {
            figures::set(Gauge::UnfoldedEvents, figures::bytes(unfolded));
            figures::set(Gauge::DatabaseBytes, figures::bytes(size));
        }
        if let Some(disk) = Disk::of(&self.folder) {
            figures::set(Gauge::DiskFree, figures::bytes(disk.free));
            figures::set(Gauge::DiskTotal, figures::bytes(disk.total));
        }
        if let Some(memory) = resident_memory() {
            figures::set(Gauge::ResidentMemory, figures::bytes(memory));
        }
        figures::set(Gauge::ProcessStart, figures::seconds(self.started_at));
    }
}

/// Figures for Prometheus
#[utoipa::path(
    tag = "operation",
    security(()),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "Prometheus text format"),
        (status = 404, body = crate::http::Problem, description = "The figures have a port of their own"),
    )
)]
#[get("/metrics")]
pub(super) async fn metrics(measured: web::Data<Measured>) -> Result<HttpResponse, ApiError> {
    if measured.elsewhere {
        return Err(ApiError::not_found("path /metrics on this port: telemetry.metrics_listen names its own"));
    }
    Ok(answer(&measured).await)
}

async fn own_port(measured: web::Data<Measured>) -> HttpResponse {
    answer(&measured).await
}

async fn answer(measured: &Measured) -> HttpResponse {
    measured.measure().await;
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(figures::render())
}

/// The second, small server on `telemetry.metrics_listen`.
pub(super) struct MetricsServer(ServerHandle);

impl MetricsServer {
    /// Starts it where the operator named an address.
    pub fn start(state: &AppState) -> Result<Option<Self>, StartError> {
        let Some(listen) = state.config.telemetry.metrics_listen else { return Ok(None) };
        let measured = web::Data::new(Measured::of(state));
        let server = HttpServer::new(move || {
            App::new()
                .wrap(from_fn(layers::security_headers))
                .app_data(measured.clone())
                .route("/metrics", web::get().to(own_port))
        })
        .workers(1)
        .disable_signals()
        .bind(listen)
        .map_err(|e| cannot_listen(listen, &e, "TAKEHOLD_TELEMETRY__METRICS_LISTEN"))?
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the port of /metrics failed");
            }
        });
        Ok(Some(Self(handle)))
    }

    /// Stops it, once nothing is left to be counted.
    pub async fn stop(self) {
        self.0.stop(false).await;
    }
}
