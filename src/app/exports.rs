//! Every list that leaves the installation as a CSV stands in the audit log, whichever room answered it.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use serde_json::{Map, Value, json};

use crate::audit::{self, Entry};
use crate::auth::Acting;
use crate::clock::Clock;
use crate::db::Db;
use crate::http::{ApiError, Exported};

/// Parameters whose values tell nothing about a single person.
const TOLD: [&str; 14] = [
    "from",
    "to",
    "on",
    "app",
    "account",
    "segment",
    "role",
    "sort",
    "period",
    "periods",
    "variant",
    "workspace",
    "action",
    "include_excluded",
];

/// Writes an export down before it is sent; what cannot be written down is not exported.
pub(super) async fn note_exports(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(req).await?.map_into_boxed_body();
    let exported = response.response().extensions().get::<Exported>().copied();
    let Some(exported) = exported.filter(|_| response.status().is_success()) else { return Ok(response) };
    match note(&response, exported).await {
        Ok(()) => Ok(response),
        Err(error) => {
            let request = response.request().clone();
            Ok(ServiceResponse::from_err(error, request))
        }
    }
}

async fn note(response: &ServiceResponse<BoxBody>, exported: Exported) -> Result<(), ApiError> {
    let request = response.request();
    let missing = |what: &str| ApiError::internal(format!("{what} is not known of an export"));
    let db = request.app_data::<web::Data<Db>>().cloned().ok_or_else(|| missing("Db"))?;
    let clock = request.app_data::<web::Data<Clock>>().cloned().ok_or_else(|| missing("Clock"))?;
    let acting = request.extensions().get::<Acting>().cloned().ok_or_else(|| missing("the caller"))?;
    let path = request.match_pattern().unwrap_or_default();
    let detail = json!({ "path": path, "rows": exported.rows, "query": told(request.query_string()) });
    let now = clock.now();
    db.write(move |conn| {
        let entry = Entry { workspace: acting.workspace, action: "export.made", target: exported.name, detail };
        Ok(audit::record(conn, &acting.origin, entry, now)?)
    })
    .await
}

/// What was asked for; a search or a trait may name a person and is only said to be there.
fn told(query: &str) -> Value {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let told = pairs.map(|(name, value)| {
        let value = if TOLD.contains(&name.as_ref()) { value.into_owned() } else { "…".to_owned() };
        (name.into_owned(), Value::String(value))
    });
    Value::Object(told.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_name_a_person_is_not_told() {
        let detail = told("q=ada%40example.com&from=2026-01-01&trait.email=x&role=viewer");
        assert_eq!(detail, json!({ "q": "…", "from": "2026-01-01", "trait.email": "…", "role": "viewer" }));
    }
}
