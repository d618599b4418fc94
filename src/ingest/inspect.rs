//! The inspector's routes in the console.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::Ingest;
use super::inspector::{Entry, InspectorTotals, KEPT, Outcome};
use super::masks::Masks;
use super::receive::{self, Sender};
use crate::auth::{Can, Scope, can};
use crate::crypto::SecretKey;
use crate::http::{ApiError, ValidJson, ValidQuery};

/// Adds the inspector.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    cfg.service(look).service(test_event);
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LookQuery {
    /// Only entries after this one.
    #[serde(default)]
    after: u64,
    /// At most so many, the newest; 500 unless given.
    limit: Option<u16>,
}

/// The last calls that came in.
#[derive(Serialize, ToSchema)]
struct Inspector {
    items: Vec<Entry>,
    totals: InspectorTotals,
    /// Calls per second over the last ten seconds.
    per_second: f64,
    /// Ask for entries after this one next.
    next: u64,
}

/// The last calls, and why any was refused
#[utoipa::path(tag = "inspector", params(LookQuery), responses((status = 200, body = Inspector)))]
#[get("/inspector")]
async fn look(
    caller: Can<can::InspectorRead>,
    ingest: web::Data<Ingest>,
    key: web::Data<SecretKey>,
    ValidQuery(ask): ValidQuery<LookQuery>,
) -> Result<web::Json<Inspector>, ApiError> {
    if i64::try_from(ask.after).is_err() {
        return Err(ApiError::bad_query("after", "is no number of an entry; take `next` of the look before"));
    }
    let limit = ask.limit.map_or(KEPT, |limit| usize::from(limit).min(KEPT));
    let apps = match &caller.scope {
        Scope::All => None,
        Scope::Apps(apps) => Some(apps),
    };
    let mut look = ingest.inspector.look(caller.workspace.id, ingest.clock.now(), (ask.after, limit), apps);
    if !caller.sees_names() {
        let dictionary = ingest.dictionaries.of(caller.workspace.id);
        let known = dictionary.read();
        let masks = Masks::of(&caller.workspace, &key, &known);
        look.entries = look.entries.into_iter().map(|entry| masks.entry(entry)).collect();
    }
    Ok(web::Json(Inspector { items: look.entries, totals: look.totals, per_second: look.per_second, next: look.next }))
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
