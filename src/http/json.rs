//! A JSON body, read strictly.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::{Decompress, Payload};
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

use super::ApiError;

/// The largest body of a console or API call; events have a limit of their own.
const LIMIT: usize = 1 << 20;

/// A JSON body: 415 for another type, 413 for too much, 400 `bad_json` naming the field for what does not fit.
#[derive(Debug)]
pub struct ValidJson<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for ValidJson<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = content_type(req) == "application/json";
        let body = Decompress::from_headers(payload.take(), req.headers());
        Box::pin(async move {
            if !is_json {
                return Err(ApiError::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "not_json",
                    "Send the body as JSON, with the header Content-Type: application/json.",
                ));
            }
            read(&collect(body).await?).map(Self)
        })
    }
}

/// For a field that is an object itself: refuses a list, which would be taken for its fields in their order.
pub fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    let fields = Option::<serde_json::Map<String, serde_json::Value>>::deserialize(from)?;
    fields.map(|fields| serde_json::from_value(fields.into()).map_err(D::Error::custom)).transpose()
}

fn content_type(req: &HttpRequest) -> String {
    let value = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn collect(mut body: Decompress<Payload>) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|e| ApiError::bad_request("bad_json", format!("The body cannot be read: {e}.")))?;
        if bytes.len() + chunk.len() > LIMIT {
            return Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("The body is larger than {LIMIT} bytes."),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // PostgreSQL keeps no NUL in a text, and nothing that people name needs one.
    if bytes.windows(6).any(|w| w == b"\\u0000") {
        return Err(ApiError::bad_request("bad_json", "The body holds a NUL character; leave it out."));
    }
    // Each body is an object; a list would be taken for its fields in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(ApiError::bad_request("bad_json", "The body is a list; send an object with named fields."));
    }
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let field = error.path().to_string();
        let message = error.into_inner().to_string();
        let problem = ApiError::bad_request("bad_json", format!("The body does not fit: {message}."));
        if field == "." { problem } else { problem.with_field(field, message) }
    })?;
    source
        .end()
        .map_err(|_| ApiError::bad_request("bad_json", "The body goes on after the JSON value; send one value."))?;
    Ok(value)
}
