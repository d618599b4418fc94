//! Requests to export or erase a person, as people send them.

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::requests::{self, New, PrivacyKind, PrivacyState, Row};
use super::unmask::{self, ListOf};
use crate::activity::ask::Activity;
use crate::activity::question::ask;
use crate::audit::{self, Entry};
use crate::auth::{Can, EXPORTED, Identity, can};
use crate::clock::Clock;
use crate::crypto::Vault;
use crate::db::Db;
use crate::http::{ApiError, Page, ValidJson, ValidQuery};
use crate::ingest::dictionary::Kind as NameKind;
use crate::people::pseudonyms::Pseudonyms;

/// An export is at most so large, in bytes.
const LARGEST: usize = 1 << 30;

/// The routes under `/api/v1/workspaces/{workspace}`.
pub fn configure(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list)
        .service(ask_for)
        .service(file)
        .service(unmask::unmask)
        .service(unmask::list)
        .service(unmask::approve)
        .service(unmask::refuse);
}

/// An instant as clients read it.
pub(super) fn instant(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds).unwrap_or_default().to_string()
}

/// A request to export or erase a person.
#[derive(Serialize, ToSchema)]
struct PrivacyRequest {
    id: i64,
    #[schema(value_type = PrivacyKind)]
    kind: String,
    /// The person's pseudonym.
    person: String,
    reason: String,
    /// E-mail of the user, or name of the token.
    asked_by: String,
    #[schema(format = DateTime)]
    asked_at: String,
    #[schema(value_type = PrivacyState)]
    state: String,
    #[schema(format = DateTime)]
    done_at: Option<String>,
    /// What was done, or what went wrong.
    message: Option<String>,
    /// Until when the file of an export can be fetched.
    #[schema(format = DateTime)]
    file_until: Option<String>,
}

impl From<Row> for PrivacyRequest {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            person: row.person,
            reason: row.reason,
            asked_by: row.asked_by,
            asked_at: instant(row.asked_at),
            state: row.state,
            done_at: row.done_at.map(instant),
            message: row.message,
            file_until: row.file_until.map(instant),
        }
    }
}

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPrivacyRequest {
    kind: PrivacyKind,
    /// The person's id, or pseudonym.
    external_id: String,
    /// Why; the audit log keeps it.
    #[schema(example = "Request of the person by mail, 3 November")]
    reason: String,
}

/// Requests to export or erase a person, newest first
#[utoipa::path(tag = "privacy", params(ListOf), responses((status = 200, body = Page<PrivacyRequest>)))]
#[get("/privacy-requests")]
async fn list(
    caller: Can<can::PrivacyRead>,
    db: web::Data<Db>,
    ValidQuery(query): ValidQuery<ListOf>,
) -> Result<web::Json<Page<PrivacyRequest>>, ApiError> {
    let (limit, before) = query.read()?;
    let workspace = caller.workspace.id;
    let rows = db.read(move |conn| requests::list(conn, workspace, before, limit.rows_and_one())).await?;
    let items = rows.into_iter().map(PrivacyRequest::from).collect();
    Ok(web::Json(Page::cut(items, limit, |request: &PrivacyRequest| request.id)))
}

/// Export or erase a person
///
/// The job `privacy` carries it out. An erasure cannot be taken back.
#[utoipa::path(
    tag = "privacy",
    request_body = NewPrivacyRequest,
    responses((status = 202, body = PrivacyRequest, description = "It waits for the job `privacy`"))
)]
#[post("/privacy-requests")]
async fn ask_for(
    caller: Can<can::PrivacyWrite>,
    activity: web::Data<Activity>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    ValidJson(body): ValidJson<NewPrivacyRequest>,
) -> Result<HttpResponse, ApiError> {
    let reason = body.reason.trim().to_owned();
    if reason.is_empty() || reason.len() > 1_000 || reason.contains('\0') {
        return Err(ApiError::invalid("reason", "say why in 1 to 1000 bytes: it is all that stays of the request"));
    }
    let (workspace, key) = (caller.workspace.id, activity.key().clone());
    let (person, external_id) = ask(&activity, &caller, move |view, _, sight| {
        let names = view.names();
        let names = names.read();
        let person = sight.person(view, &names, &body.external_id)?;
        let name = names.name(NameKind::Person, person);
        Ok((Pseudonyms::of(&key, workspace).name(name), name.chars().skip(1).collect::<String>()))
    })
    .await?;
    let asked_by = match &caller.identity {
        Identity::User { email, .. } => email.clone(),
        Identity::Token { name, .. } => format!("token {name}"),
    };
    let (now, origin) = (clock.now(), caller.origin.clone());
    let row = db
        .write(move |conn| -> Result<Row, ApiError> {
            let (kind, person) = (body.kind, person.as_str());
            let new = New { kind, person, external_id: &external_id, reason: &reason, asked_by: &asked_by };
            let row = requests::insert(conn, workspace, &new, now)?;
            let action = match kind {
                PrivacyKind::Export => "person.export_asked",
                PrivacyKind::Erasure => "person.erasure_asked",
            };
            let detail = json!({ "request": row.id, "reason": reason });
            audit::record(conn, &origin, Entry { workspace: Some(workspace), action, target: person, detail }, now)?;
            Ok(row)
        })
        .await?;
    Ok(HttpResponse::Accepted().json(PrivacyRequest::from(row)))
}

/// The file of an export
#[utoipa::path(
    tag = "privacy",
    params(("id" = String, Path, description = "Number of the request")),
    responses((status = 200, body = Object, description = "Everything that is stored about the person"))
)]
#[get("/privacy-requests/{id}/file")]
async fn file(
    caller: Can<can::PrivacyWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (_, text) = path.into_inner();
    let unknown = || ApiError::not_found(format!("file of request {text:?}"));
    let id: i64 = text.parse().map_err(|_| unknown())?;
    let (workspace, now, origin) = (caller.workspace.id, clock.now(), caller.origin.clone());
    let document = db
        .write(move |conn| -> Result<Option<Vec<u8>>, ApiError> {
            let Some(row) = requests::find(conn, workspace, id)? else { return Ok(None) };
            let Some(sealed) = requests::file(conn, workspace, id)? else { return Ok(None) };
            let packed = vault.open(conn, EXPORTED, &sealed).map_err(|error| ApiError::internal(error.to_string()))?;
            let document = zstd::bulk::Decompressor::upper_bound(&packed).unwrap_or(LARGEST).min(LARGEST);
            let document = zstd::bulk::decompress(&packed, document)
                .map_err(|error| ApiError::internal(format!("the export {id} is damaged: {error}")))?;
            let detail = json!({ "request": id });
            let entry =
                Entry { workspace: Some(workspace), action: "person.export_fetched", target: &row.person, detail };
            audit::record(conn, &origin, entry, now)?;
            Ok(Some(document))
        })
        .await?;
    let name = DispositionParam::Filename(format!("export-{id}.json"));
    let disposition = ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![name] };
    let document = document.ok_or_else(unknown)?;
    Ok(HttpResponse::Ok().insert_header(disposition).content_type("application/json").body(document))
}
