//! `/v1`: the tracking API of Segment's clients.

use actix_cors::Cors;
use actix_web::error::PayloadError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::Ingest;
use super::committer::NotStored;
use super::counts::Tally;
use super::inspector::{Entry, Outcome};
use super::model::{CallKind, Rejection};
use super::receive::{self, Received, Sender};
use crate::auth::WriteKey;
use crate::http::ApiError;

/// Largest body, after unpacking, in bytes.
const MAX_BODY: usize = 512_000;

/// Adds `/v1`; any page may send to it, since a write key is no secret there.
pub fn configure(cfg: &mut web::ServiceConfig) {
    let cors = Cors::default().allow_any_origin().allow_any_header().allowed_methods(["GET", "POST"]).max_age(86_400);
    cfg.service(
        web::scope("/v1")
            .wrap(cors)
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .service(web::resource("/projects/{key}/settings").get(settings).default_service(web::to(get_only)))
            .service(web::resource("/{call}").post(receive).default_service(web::to(post_only))),
    );
}

async fn post_only() -> Result<HttpResponse, ApiError> {
    Err(wrong_method("POST"))
}

async fn get_only() -> Result<HttpResponse, ApiError> {
    Err(wrong_method("GET"))
}

fn wrong_method(allowed: &'static str) -> ApiError {
    let detail = format!("This address takes {allowed} only.");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", detail).with_header(header::ALLOW, allowed)
}

/// What stood in the way of an item of a batch.
#[derive(Serialize)]
struct Refused<'r> {
    index: usize,
    code: &'r str,
    message: &'r str,
}

#[derive(Serialize)]
struct Answer<'r> {
    success: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rejected: Vec<Refused<'r>>,
}

async fn receive(
    req: HttpRequest,
    path: web::Path<String>,
    ingest: web::Data<Ingest>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, ApiError> {
    let kind = match path.as_str() {
        "batch" | "b" | "import" => None,
        // The browser client's own metrics about itself: taken and dropped, as nobody here asks for them.
        "m" => return Ok(HttpResponse::Ok().json(Answer { success: true, rejected: Vec::new() })),
        word => Some(CallKind::from_word(word).ok_or_else(|| ApiError::not_found(format!("call /v1/{word}")))?),
    };
    check_encoding(&req)?;
    let body = body.map_err(|error| unreadable(&error))?;
    let key = match key_in_header(&req)? {
        Some(key) => key,
        None => receive::key_in_body(&body).map_err(bad_request)?.ok_or_else(no_key)?,
    };
    let key = ingest.key(&key).await?.ok_or_else(wrong_key)?;
    let now = ingest.clock.now();
    let received = {
        let dictionary = ingest.dictionaries.of(key.workspace_id);
        let known = dictionary.read();
        let sender = Sender { received_at: now, app: key.app.as_deref() };
        match kind {
            Some(kind) => receive::single(&body, kind, &sender, &known, &mut random),
            None => receive::batch(&body, &sender, &known, &mut random),
        }
    };
    let received = match received {
        Ok(received) => received,
        Err(rejection) => {
            note_unreadable(&ingest, &key, now, &rejection);
            return Err(bad_request(rejection));
        }
    };
    let Received { batch, items, texts } = received;
    let stored = if batch.rows.is_empty() {
        Vec::new()
    } else {
        ingest.committer.store(key.workspace_id, batch).await.map_err(not_stored)?
    };
    count(&ingest, &key, now, &items, &stored);
    let outcomes: Vec<Outcome> = items
        .iter()
        .map(|item| match item {
            Ok(row) if stored.get(*row) == Some(&true) => Outcome::Accepted,
            Ok(_) => Outcome::Duplicate,
            Err(_) => Outcome::Rejected,
        })
        .collect();
    ingest.inspector.note(key.workspace_id, now, &outcomes, |at| {
        let rejection = items.get(at).and_then(|item| item.as_ref().err());
        let outcome = outcomes.get(at).copied().unwrap_or(Outcome::Rejected);
        describe(texts.get(at).copied(), kind, &key, now, outcome, rejection)
    });
    if let (Some(_), Some(Err(rejection))) = (kind, items.first()) {
        return Err(bad_request(rejection.clone()));
    }
    let rejected = items.iter().enumerate().filter_map(|(index, item)| {
        let rejection = item.as_ref().err()?;
        Some(Refused { index, code: rejection.code, message: &rejection.message })
    });
    Ok(HttpResponse::Ok().json(Answer { success: true, rejected: rejected.collect() }))
}

/// What the browser client asks for when its settings are not passed in.
async fn settings(
    path: web::Path<String>,
    req: HttpRequest,
    ingest: web::Data<Ingest>,
) -> Result<HttpResponse, ApiError> {
    ingest.key(&path).await?.ok_or_else(wrong_key)?;
    let info = req.connection_info();
    let integration = serde_json::json!({
        "apiKey": *path,
        "apiHost": format!("{}/v1", info.host()),
        "protocol": info.scheme(),
        "unbundledIntegrations": [],
        "addBundledMetadata": false,
    });
    Ok(HttpResponse::Ok().json(serde_json::json!({
        "integrations": { "Segment.io": integration },
        "plan": { "track": { "__default": { "enabled": true } } },
        "edgeFunction": {},
        "metrics": { "sampleRate": 0 },
    })))
}

/// The key as Basic user name or Bearer token.
fn key_in_header(req: &HttpRequest) -> Result<Option<String>, ApiError> {
    let Some(value) = req.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Some(rest.trim().to_owned()));
    }
    let user = scheme
        .eq_ignore_ascii_case("basic")
        .then(|| STANDARD.decode(rest.trim()).ok())
        .flatten()
        .and_then(|pair| String::from_utf8(pair).ok())
        .map(|pair| pair.split(':').next().unwrap_or_default().to_owned());
    user.map(Some).ok_or_else(no_key)
}

fn random() -> u64 {
    // Without entropy the nanoseconds of the clock would do no better: 0 counts such calls once.
    getrandom::u64().unwrap_or_default()
}

fn no_key() -> ApiError {
    ApiError::sign_in_needed("Send the write key as Basic user name, as Bearer token, or as writeKey in the body.")
}

fn wrong_key() -> ApiError {
    ApiError::sign_in_needed("This write key is not known or was revoked: take one from the console's page Keys.")
}

fn bad_request(rejection: Rejection) -> ApiError {
    ApiError::bad_request(rejection.code, rejection.message)
}

fn not_stored(error: NotStored) -> ApiError {
    match error {
        NotStored::Overloaded => ApiError::too_many(
            "overloaded",
            "Too many events are waiting to be stored: send this again in a second.",
            1,
        ),
        NotStored::Failed(error) => ApiError::unavailable(error.to_string()),
    }
}

/// Only what can be unpacked is taken; anything else would be read as if it were plain.
fn check_encoding(req: &HttpRequest) -> Result<(), ApiError> {
    let Some(encoding) = req.headers().get(header::CONTENT_ENCODING) else { return Ok(()) };
    let encoding = encoding.to_str().unwrap_or("?").to_ascii_lowercase();
    if ["gzip", "deflate", "identity"].contains(&encoding.as_str()) {
        return Ok(());
    }
    let detail = format!("Content-Encoding {encoding} is not taken: send the body plain or packed by gzip.");
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "bad_encoding", detail))
}

fn unreadable(error: &actix_web::Error) -> ApiError {
    if error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!(
                "The body has more than {MAX_BODY} bytes after unpacking: send smaller batches. Nothing was stored."
            ),
        );
    }
    let cause = match error.as_error::<PayloadError>() {
        Some(PayloadError::EncodingCorrupted) => "its packed data is damaged",
        Some(PayloadError::Incomplete(_)) => "it ends early, or its packed data is damaged",
        _ => "the connection broke, or its packed data is damaged",
    };
    ApiError::bad_request("unreadable", format!("The body cannot be read: {cause}. Nothing was stored; send it again."))
}

/// Adds the calls of a request up.
fn count(ingest: &Ingest, key: &WriteKey, now: i64, items: &[Result<usize, Rejection>], stored: &[bool]) {
    let mut tally = Tally::default();
    for item in items {
        match item {
            Ok(row) if stored.get(*row) == Some(&true) => tally.accepted += 1,
            Ok(_) => tally.duplicate += 1,
            Err(rejection) => tally.refuse(rejection.code),
        }
    }
    ingest.counts.note(key.workspace_id, key.id, now, &tally);
}

fn note_unreadable(ingest: &Ingest, key: &WriteKey, now: i64, rejection: &Rejection) {
    count(ingest, key, now, &[Err(rejection.clone())], &[]);
    ingest.inspector.note(key.workspace_id, now, &[Outcome::Rejected], |_| Entry {
        code: Some(rejection.code.to_owned()),
        message: Some(rejection.message.clone()),
        key_app: key.app.clone(),
        ..Entry::empty(now, Outcome::Rejected, &key.name)
    });
}

/// One call as the inspector shows it.
fn describe(
    call: Option<&str>,
    kind: Option<CallKind>,
    key: &WriteKey,
    now: i64,
    outcome: Outcome,
    rejection: Option<&Rejection>,
) -> Entry {
    let payload: Option<serde_json::Value> = call.and_then(|call| serde_json::from_str(call).ok());
    let text = |path: &[&str]| -> Option<String> {
        let value = path.iter().try_fold(payload.as_ref()?, |value, name| value.get(name))?;
        value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string))
    };
    let app = text(&["context", "app"]).or_else(|| text(&["context", "app", "name"])).or_else(|| key.app.clone());
    Entry {
        kind: kind.map(|kind| kind.word().to_owned()).or_else(|| text(&["type"])),
        event: text(&["event"]).or_else(|| text(&["name"])),
        external_id: text(&["userId"]).or_else(|| text(&["anonymousId"])),
        app,
        version: text(&["context", "app", "version"]),
        code: rejection.map(|r| r.code.to_owned()),
        message: rejection.map(|r| r.message.clone()),
        payload,
        key_app: key.app.clone(),
        ..Entry::empty(now, outcome, &key.name)
    }
}
