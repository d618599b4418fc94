//! What surrounds every request: its id, the log line of a failure, and the security headers.

use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::ApiError;
use crate::telemetry::{figures, traces_are_exported};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, as it stands in the answer, in problems and in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Whether people reach this server by https, so that browsers may be told to insist on it.
#[derive(Clone, Copy, Debug)]
pub struct Https(pub bool);

/// Gives each request an id (a proxy's own is kept), counts it, and logs a failure of ours once, here. All that is
/// logged on the way stands in the span `request`, which carries the id whatever level is logged.
pub async fn request_id(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let given = req.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| is_sane(id));
    let id = match given {
        Some(id) => id.to_owned(),
        None => crate::crypto::random_letters(16).unwrap_or_default(),
    };
    req.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::error_span!(
        "request",
        request_id = id,
        otel.name = Empty,
        otel.kind = Empty,
        http.route = Empty,
        http.request.method = Empty,
        http.response.status_code = Empty
    );
    let begun = Instant::now();
    let response = next.call(req).instrument(span.clone()).await?.map_into_boxed_body();
    let _within = span.enter();
    account(&response, begun.elapsed(), &span);
    let mut response = with_problem_id(response, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// Counts the request, describes its span where spans are looked at, and logs its line where that is wanted.
fn account(response: &ServiceResponse<BoxBody>, took: Duration, span: &Span) {
    let request = response.request();
    let (method, status) = (request.method().as_str(), response.status().as_u16());
    let route = request.match_pattern();
    if traces_are_exported() {
        let route = route.as_deref().unwrap_or("other");
        span.record("otel.name", format!("{method} {route}"));
        span.record("otel.kind", "server");
        span.record("http.route", route);
        span.record("http.request.method", method);
        span.record("http.response.status_code", i64::from(status));
    }
    let milliseconds = took.as_secs_f64() * 1e3;
    tracing::debug!(target: "takehold::access", method, path = request.path(), status, milliseconds, "request");
    figures::request(route, method, status, took);
}

fn is_sane(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// A problem is worded before its request is known; this tells it the id.
fn with_problem_id(response: ServiceResponse<BoxBody>, id: &str) -> ServiceResponse<BoxBody> {
    let request = response.request();
    let (method, path, status) = (request.method().as_str(), request.path(), response.status().as_u16());
    let Some(error) = response.response().error() else { return response };
    let Some(problem) = error.as_error::<ApiError>() else {
        if response.status().is_server_error() {
            tracing::error!(method, path, status, %error, "request failed");
        }
        return response;
    };
    if let Some(cause) = problem.cause() {
        tracing::error!(method, path, status, cause, "request failed");
    }
    let answer = problem.answer(Some(id));
    response.into_response(answer)
}

/// Adds the headers that make a browser careful. A page that needs more than nothing sets its own policy.
pub async fn security_headers(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let https = req.app_data::<Https>().is_some_and(|https| https.0);
    let mut response = next.call(req).await?;
    let headers = response.headers_mut();
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "same-origin");
    set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(headers, header::CACHE_CONTROL, "no-store");
    if https {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
