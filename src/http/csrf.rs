//! Another site must not write in the name of whoever is signed in here.

use actix_web::HttpRequest;
use actix_web::http::header;

use super::ApiError;

/// The header that a page of another site cannot add without asking us first.
const OURS: &str = "x-takehold-request";

/// A write with a cookie: needs our header, and must come from our own pages.
pub fn check_console_write(req: &HttpRequest) -> Result<(), ApiError> {
    if req.method().is_safe() {
        return Ok(());
    }
    if req.headers().get(OURS).is_none_or(|value| value != "1") {
        return Err(ApiError::forbidden(
            "csrf_header_needed",
            "Writes with a session cookie need the header X-Takehold-Request: 1.",
        ));
    }
    check_same_origin(req)
}

/// What a browser sends must come from our own pages; other clients send neither header and pass.
pub fn check_same_origin(req: &HttpRequest) -> Result<(), ApiError> {
    let text = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok());
    let foreign = match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map_or("", |(_, host)| host);
            text(header::HOST.as_str()).is_none_or(|ours| !ours.eq_ignore_ascii_case(host))
        }
        (None, None) => false,
    };
    if foreign {
        return Err(ApiError::forbidden("foreign_origin", "This call is taken from the console's own pages only."));
    }
    Ok(())
}
