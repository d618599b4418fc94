//! Starts the server, and stops it without dropping what it has begun.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use tokio::signal::unix::{Signal, SignalKind, signal};
use utoipa_actix_web::AppExt;

use super::alone::Alone;
use super::exports::note_exports;
use super::metrics::MetricsServer;
use super::noting::Noting;
use super::openapi::{self, KnownPaths};
use super::spa::{Console, wrong_method};
use super::{AppState, StartError, router};
use crate::http::{ApiError, layers, limit};
use crate::jobs::{Leader, Ticks};

/// A server that listens.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    server: Server,
    told: Told,
    metrics: Option<MetricsServer>,
    state: AppState,
    leader: Leader,
    _ticks: Ticks,
    _noting: Noting,
    _alone: Alone,
}

/// Binds and starts; must run inside an actix system. [`Running::until_stopped`] then waits for the end.
pub fn start(state: AppState) -> Result<Running, StartError> {
    let alone = Alone::take(&state.db)?;
    let console = web::Data::new(Console::new());
    let known = web::Data::new(KnownPaths::new());
    let document = web::Data::new(Document(openapi::document()));
    let shared = Arc::new(state.clone());
    let listen = state.config.server.listen;
    let server = HttpServer::new(move || {
        let (state, console, known, document) = (shared.clone(), console.clone(), known.clone(), document.clone());
        App::new()
            .wrap(from_fn(note_exports))
            .wrap(from_fn(limit::limit_rate))
            .wrap(from_fn(layers::request_id))
            .wrap(Compress::default())
            .wrap(from_fn(layers::security_headers))
            .app_data(router::refusals())
            .app_data(console)
            .app_data(known)
            .app_data(document)
            .configure(|cfg| state.register(cfg))
            .route("/api/v1/openapi.json", web::get().to(serve_document))
            .into_utoipa_app()
            .configure(router::routes)
            .into_app()
            .default_service(web::to(elsewhere))
    })
    .disable_signals()
    .shutdown_timeout(state.config.server.drain_seconds)
    .bind(listen)
    .map_err(|e| cannot_listen(listen, &e, "TAKEHOLD_SERVER__LISTEN"))?;
    let address = server.addrs().first().copied().unwrap_or(listen);
    let metrics = MetricsServer::start(&state)?;
    let noting = Noting::start(&state)?;
    let leader =
        state.jobs.start().map_err(|e| StartError::Machine(format!("cannot start the thread of jobs: {e}")))?;
    let ticks = Ticks::start(state.jobs.clone());
    let (server, told) = (server.run(), Told::listen()?);
    Ok(Running { address, server, told, metrics, state, leader, _ticks: ticks, _noting: noting, _alone: alone })
}

/// Says why an address cannot be had, and which key names another.
pub(super) fn cannot_listen(listen: SocketAddr, error: &std::io::Error, key: &str) -> StartError {
    let advice = match error.kind() {
        std::io::ErrorKind::AddrInUse => "another program has the port: stop it, or choose another with",
        std::io::ErrorKind::PermissionDenied => "ports below 1024 need privileges: choose a higher one with",
        std::io::ErrorKind::AddrNotAvailable => "this machine does not have the address: choose another with",
        _ => "choose another address with",
    };
    StartError::Machine(format!("cannot listen on {listen}: {error}; {advice} {key}"))
}

impl Running {
    /// Stops the server from elsewhere, as tests do.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until SIGTERM or SIGINT, then finishes what was begun. A second signal ends at once.
    pub async fn until_stopped(self) -> Result<(), StartError> {
        let (handle, health) = (self.server.handle(), self.state.health.clone());
        let (stop_jobs, mut told) = (self.leader.stopper(), self.told);
        actix_web::rt::spawn(async move {
            told.stop_asked().await;
            tracing::info!("stopping: finishing what was begun");
            health.draining.store(true, Ordering::Relaxed);
            // Another server leads from now on; what runs here has as long as requests have.
            stop_jobs();
            // Load balancers need a moment to see that readyz refuses; idle ones must not wait for it.
            tokio::time::sleep(Duration::from_millis(200)).await;
            let graceful = handle.stop(true);
            tokio::select! {
                () = graceful => {}
                () = told.stop_asked() => handle.stop(false).await,
            }
        });
        let ended = self.server.await.map_err(|e| StartError::Machine(format!("the server failed: {e}")));
        // Figures can be read until the last request is done.
        if let Some(metrics) = self.metrics {
            metrics.stop().await;
        }
        ended
    }
}

/// Hears SIGTERM and SIGINT from when it is made: a server that just began to listen may be told to stop already.
struct Told {
    terminate: Signal,
    interrupt: Signal,
}

impl Told {
    fn listen() -> Result<Self, StartError> {
        let failed = |e: std::io::Error| StartError::Machine(format!("cannot listen for signals: {e}"));
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
        })
    }

    async fn stop_asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The OpenAPI document, made once.
struct Document(String);

async fn serve_document(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.0.clone())
}

/// What no room answers: a page of the console, or a problem on the paths of programs.
async fn elsewhere(
    req: HttpRequest,
    known: web::Data<KnownPaths>,
    console: web::Data<Console>,
) -> Result<HttpResponse, ApiError> {
    let path = req.path();
    let methods = known.methods(path);
    if !methods.is_empty() {
        let allowed: Vec<&str> = methods.into_iter().map(|method| method.as_str()).collect();
        return Err(wrong_method(&allowed.join(", ")));
    }
    let for_programs = ["/api", "/v1", "/scim", "/auth"];
    let is_for_programs = for_programs
        .iter()
        .any(|start| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if is_for_programs {
        return Err(ApiError::not_found(format!("path {path}")));
    }
    console.answer(&req)
}
