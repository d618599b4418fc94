//! Every host that was ever called.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{instant, off_thread};
use crate::auth::{Can, can};
use crate::db::Db;
use crate::http::{ApiError, Page};
use crate::outbound::{self, Kind, Outbound};

/// A host that was called.
#[derive(Serialize, ToSchema)]
struct Destination {
    /// What it serves for, as a word.
    #[schema(example = "traces")]
    kind: String,
    host: String,
    port: i32,
    /// What it is called for.
    purpose: String,
    /// The key of the configuration that names it; null if nothing does any more.
    configured_by: Option<&'static str>,
    #[schema(format = DateTime)]
    first_at: String,
    #[schema(format = DateTime)]
    last_at: String,
    /// How often it was called; for a database, how many connections were opened.
    contacts: i64,
    /// How many of these failed.
    failures: i64,
    /// What went wrong last.
    last_error: Option<String>,
}

/// Every host that was ever called, the one called last first
#[utoipa::path(tag = "system", responses((status = 200, body = Page<Destination>)))]
#[get("/system/destinations")]
pub(super) async fn destinations(
    _caller: Can<can::SystemRead>,
    db: web::Data<Db>,
    outbound: web::Data<Outbound>,
) -> Result<web::Json<Page<Destination>>, ApiError> {
    let rows = off_thread(move || {
        outbound.note_database(&db);
        if let Err(error) = outbound.flush(&db) {
            tracing::debug!(%error, "destinations are stored later");
        }
        db.read_blocking(outbound::list)
    })
    .await??;
    let items = rows.into_iter().map(|row| Destination {
        configured_by: Kind::named(&row.kind).map(|kind| kind.configured_by),
        kind: row.kind,
        host: row.host,
        port: row.port,
        purpose: row.purpose,
        first_at: instant(row.first_at),
        last_at: instant(row.last_at),
        contacts: row.contacts,
        failures: row.failures,
        last_error: row.last_error,
    });
    Ok(web::Json(Page::whole(items.collect())))
}
