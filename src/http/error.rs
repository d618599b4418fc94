//! The one error envelope: RFC 9457 problem details with a stable code.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::DbError;

/// What a client sees of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A name for this kind of problem, as a URI.
    #[serde(rename = "type")]
    #[schema(example = "urn:takehold:problem:not_found")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status, again.
    #[schema(example = 404)]
    pub status: u16,
    /// The kind of problem as a stable word.
    #[schema(example = "not_found")]
    pub code: &'static str,
    /// This very problem in words.
    pub detail: String,
    /// Finds the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub request_id: Option<String>,
    /// Which parts of the input are wrong.
    pub errors: Vec<FieldError>,
}

/// A part of the input that is wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// The field or parameter.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

/// An error on its way to the client.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(header::HeaderName, String)>,
    /// What the log gets to know and the client does not.
    cause: Option<String>,
}

impl ApiError {
    /// Any problem: status, stable code, and a sentence that says what would be right.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), headers: Vec::new(), cause: None }
    }

    /// 400: the request cannot be read.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401 `sign_in_needed`.
    pub fn sign_in_needed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign_in_needed", detail)
    }

    /// 403.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404 `not_found`: `what` is not there, such as `person "42"`.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no {what}."))
    }

    /// 409: the request does not fit the state of things.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422 `invalid`: a field of the body has a value that cannot be.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::unprocessable("invalid", field, message)
    }

    /// 422 `bad_query`: a parameter of the query has a value that cannot be.
    pub fn bad_query(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::unprocessable("bad_query", field, message)
    }

    /// 422 with another code.
    pub fn unprocessable(code: &'static str, field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, format!("{field}: {message}")).with_field(field, message)
    }

    /// 429 with `Retry-After` in seconds.
    pub fn too_many(code: &'static str, detail: impl Into<String>, retry_after: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail).with_header(header::RETRY_AFTER, retry_after.to_string())
    }

    /// 503 `unavailable` with `Retry-After`; the cause goes to the log, and only what helps the caller is told.
    pub fn unavailable(cause: impl Into<String>) -> Self {
        let cause = cause.into();
        let says = |signs: [&str; 2]| signs.iter().any(|sign| cause.contains(sign));
        let detail = if says(["disk is full", "No space left"]) {
            "The disk of the store is full: nothing was stored. Try again once there is room."
        } else if says(["readonly", "disk I/O"]) {
            "The disk of the store cannot be written: nothing was stored. Try again once it can."
        } else {
            "The store does not answer right now; try again in a moment."
        };
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        error.cause = Some(cause);
        error.with_header(header::RETRY_AFTER, "2")
    }

    /// 500 `internal`; the cause goes to the log.
    pub fn internal(cause: impl Into<String>) -> Self {
        let mut error = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong here; the server's log says what, under this request id.",
        );
        error.cause = Some(cause.into());
        error
    }

    /// Adds a wrong part of the input.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence for whoever called.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Whether the store did not answer, or could not write.
    pub fn is_unavailable(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE && self.code == "unavailable"
    }

    /// What the log should know of a failure of ours.
    pub(super) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The answer, with the id of the request if it is known.
    pub(super) fn answer(&self, request_id: Option<&str>) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.as_str()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"takehold\""));
        }
        let problem = Problem {
            kind: format!("urn:takehold:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail.clone(),
            request_id: request_id.map(str::to_owned),
            errors: self.errors.clone(),
        };
        response.content_type("application/problem+json").body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.cause.as_deref().unwrap_or(&self.detail))
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.answer(None)
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(cause) => Self::unavailable(cause),
            DbError::Setup(cause) => Self::internal(cause),
            DbError::Query(cause) => Self::internal(format!("database: {cause}")),
        }
    }
}

impl From<diesel::result::Error> for ApiError {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<getrandom::Error> for ApiError {
    fn from(error: getrandom::Error) -> Self {
        Self::internal(format!("no randomness: {error}"))
    }
}
