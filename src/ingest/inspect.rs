//! The test event that the console sends.

use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Ingest;
use super::inspector::{Entry, Outcome};
use super::receive::{self, Sender};
use crate::auth::{Can, Scope, can};
use crate::http::{ApiError, ValidJson};

/// Adds the test event.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    cfg.service(test_event);
}

/// A test event.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestEvent {
    /// The app it happens in.
    app: Option<String>,
}

/// Send a test event of a person who is marked as a test
#[utoipa::path(request_body = TestEvent, tag = "inspector", responses((status = 202, description = "Stored")))]
#[post("/inspector/test-event")]
async fn test_event(
    caller: Can<can::InspectorWrite>,
    ingest: web::Data<Ingest>,
    ValidJson(body): ValidJson<TestEvent>,
) -> Result<HttpResponse, ApiError> {
    if let Scope::Apps(apps) = &caller.scope {
        let app = body.app.as_ref().ok_or_else(|| ApiError::invalid("app", "is needed; name one of your apps"))?;
        apps.get(app).ok_or_else(|| ApiError::not_found(format!("app {app:?}")))?;
    }
    let person = "takehold-test";
    let event = json!({ "type": "track", "userId": person, "event": "Test Event", "context": { "app": body.app } });
    let calls = json!({ "batch": [{ "type": "identify", "userId": person, "traits": { "test": true } }, event] });
    let text = calls.to_string();
    let now = ingest.clock.now();
    let received = {
        let dictionary = ingest.dictionaries.of(caller.workspace.id);
        let known = dictionary.read();
        let sender = Sender { received_at: now, app: None };
        receive::batch(text.as_bytes(), &sender, &known, &mut || getrandom::u64().unwrap_or_default())
    };
    let received = received.map_err(|refused| ApiError::invalid("app", refused.message))?;
    if let Some(refused) = received.items.into_iter().find_map(Result::err) {
        return Err(ApiError::invalid("app", refused.message));
    }
    ingest
        .committer
        .store(caller.workspace.id, received.batch)
        .await
        .map_err(|_| ApiError::unavailable("the test event was not stored"))?;
    ingest.inspector.note(caller.workspace.id, now, &[Outcome::Accepted], |_| Entry {
        kind: Some("track".into()),
        event: Some("Test Event".into()),
        external_id: Some(person.into()),
        app: body.app.clone(),
        payload: Some(event.clone()),
        ..Entry::empty(now, Outcome::Accepted, "console")
    });
    Ok(HttpResponse::Accepted().finish())
}
