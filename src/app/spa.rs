//! The console, embedded in the binary.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::{Method, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;

use crate::http::ApiError;

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Dist;

/// Stands in index.html for the nonce of the response.
const NONCE: &str = "__TAKEHOLD_NONCE__";
const INDEX: &str = "index.html";

/// The files of the console, by path.
pub(super) struct Console {
    files: HashMap<Cow<'static, str>, Asset>,
    index: String,
}

struct Asset {
    body: Bytes,
    mime: String,
    etag: String,
    // Compressed at the first request that takes it, so that starting stays quick.
    gzip: OnceLock<Option<Bytes>>,
}

impl Asset {
    fn gzip(&self) -> Option<Bytes> {
        let text = ["text/", "application/j", "image/svg", "application/manifest", "font/ttf", "application/wasm"];
        let worth = self.body.len() > 1_000 && text.iter().any(|start| self.mime.starts_with(start));
        let compress = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&self.body).ok()?;
            encoder.finish().ok().map(Bytes::from)
        };
        self.gzip.get_or_init(|| if worth { compress() } else { None }).clone()
    }
}

impl Console {
    /// Lists the embedded files.
    pub fn new() -> Self {
        let index = Dist::get(INDEX).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default();
        let files = Dist::iter().filter(|path| path != INDEX && !path.starts_with('.')).filter_map(|path| {
            let file = Dist::get(&path)?;
            let body = match file.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            let hash: String = hex::encode(file.metadata.sha256_hash()).chars().take(20).collect();
            let (mime, etag) = (file.metadata.mimetype().to_owned(), format!("\"{hash}\""));
            Some((path, Asset { body, mime, etag, gzip: OnceLock::new() }))
        });
        Self { files: files.collect(), index }
    }

    /// Answers a file, or index.html for a page that the console itself knows how to show.
    pub fn answer(&self, req: &HttpRequest) -> Result<HttpResponse, ApiError> {
        if !matches!(*req.method(), Method::GET | Method::HEAD) {
            return Err(wrong_method("GET, HEAD"));
        }
        let path = req.path().trim_start_matches('/');
        if let Some(asset) = self.files.get(path) {
            return Ok(file(req, path, asset));
        }
        if path.starts_with("assets/") {
            return Err(ApiError::not_found(format!("file {path}")));
        }
        self.page()
    }

    fn page(&self) -> Result<HttpResponse, ApiError> {
        let nonce = crate::crypto::random_letters(22)?;
        let policy = format!(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
             img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        Ok(HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .body(self.index.replace(NONCE, &nonce)))
    }
}

fn file(req: &HttpRequest, path: &str, asset: &Asset) -> HttpResponse {
    // The names of built assets carry a hash of their content.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let has = |name: header::HeaderName, text: &str| {
        req.headers().get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(text))
    };
    let mut answer =
        if has(header::IF_NONE_MATCH, &asset.etag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::ETAG, asset.etag.as_str()))
        .insert_header((header::VARY, "Accept-Encoding"));
    if has(header::IF_NONE_MATCH, &asset.etag) {
        return answer.finish();
    }
    answer.content_type(asset.mime.as_str());
    match asset.gzip().filter(|_| has(header::ACCEPT_ENCODING, "gzip")) {
        Some(gzip) => answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(gzip),
        // Said aloud, so that nobody compresses again what does not shrink.
        None => answer.insert_header((header::CONTENT_ENCODING, "identity")).body(asset.body.clone()),
    }
}

/// 405, with the methods that would be right.
pub(super) fn wrong_method(allowed: &str) -> ApiError {
    let status = actix_web::http::StatusCode::METHOD_NOT_ALLOWED;
    ApiError::new(status, "wrong_method", format!("This path takes {allowed}.")).with_header(header::ALLOW, allowed)
}
