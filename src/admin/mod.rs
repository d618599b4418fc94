//! The console's pages of the platform: write keys, API tokens, workspaces, jobs, backups, and how the installation fares.
//!
//! - *new secret*: shown in the answer that makes it and never again.

mod audit;
pub mod audit_jobs;
mod backups;
mod capacity;
mod destinations;
mod hand_over;
mod health;
mod jobs;
mod roles;
mod sessions;
mod tokens;
mod users;
pub mod workspaces;
mod write_keys;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::ApiError;

/// The routes under `/api/v1`: what concerns the installation.
pub fn configure_installation(cfg: &mut ServiceConfig<'_>) {
    cfg.service(workspaces::create)
        .service(capacity::capacity)
        .service(destinations::destinations)
        .service(health::checks)
        .service(audit::list)
        .service(audit::state)
        .service(roles::list)
        .service(sessions::list)
        .service(sessions::end);
    users::configure(cfg);
}

/// The routes under `/api/v1/workspaces/{workspace}`.
pub fn configure(cfg: &mut ServiceConfig<'_>) {
    cfg.service(write_keys::list)
        .service(write_keys::create)
        .service(write_keys::revoke)
        .service(write_keys::rotate)
        .service(tokens::list)
        .service(tokens::create)
        .service(tokens::revoke)
        .service(tokens::rotate)
        .service(hand_over::list)
        .service(workspaces::show)
        .service(workspaces::change);
}

/// The routes under `/api/v1/system`, about the installation itself.
pub fn configure_system(cfg: &mut ServiceConfig<'_>) {
    cfg.service(jobs::list).service(jobs::runs).service(jobs::ask).service(backups::list).service(backups::take);
}

/// A secret that was just made; the only time that it is shown.
#[derive(Serialize, ToSchema)]
struct NewSecret {
    /// Number of the key or token.
    id: i64,
    /// For people.
    name: String,
    /// The secret itself.
    secret: String,
}

/// How long the one before works on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotate {
    /// 0 to 720 hours; 24 unless given.
    #[schema(minimum = 0, maximum = 720)]
    overlap_hours: Option<u16>,
}

impl Rotate {
    /// As microseconds.
    fn overlap(&self) -> Result<i64, ApiError> {
        match self.overlap_hours.unwrap_or(24) {
            hours if hours <= 720 => Ok(i64::from(hours) * 3_600_000_000),
            _ => Err(ApiError::invalid("overlap_hours", "is no number of hours from 0 to 720")),
        }
    }
}

/// An empty object: the path says it all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// An instant as clients read it.
fn instant(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds).unwrap_or_default().to_string()
}

/// A number in a path; what is none names nothing.
fn number(text: &str, what: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::not_found(format!("{what} {text:?}")))
}

/// Runs what blocks where it may.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| ApiError::unavailable(format!("the work was stopped: {e}")))
}
