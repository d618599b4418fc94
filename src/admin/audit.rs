//! The audit log in the console.

use actix_web::{HttpRequest, HttpResponse, get, web};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{audit_jobs, instant};
use crate::audit::{self, Listed, Question};
use crate::auth::{Can, can, workspaces};
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::http::{ApiError, Csv, Cursor, Limit, Page, ValidQuery, maybe, wants_csv};

/// Rows of a CSV; more are asked for by instants.
const MOST_ROWS: i64 = 200_000;

/// What happened once.
#[derive(Serialize, ToSchema)]
struct AuditEntry {
    /// The first is 1, and none is missing.
    id: i64,
    #[schema(format = DateTime)]
    at: String,
    /// The workspace that it concerns; null for the installation.
    workspace: Option<String>,
    /// `user`, `token`, `command_line`, `system`, or `nobody` for somebody who is not signed in.
    actor_kind: String,
    /// Number of the user or token.
    actor_id: Option<i64>,
    /// Who did it.
    actor: String,
    #[schema(example = "role.granted")]
    action: String,
    /// What it happened to.
    target: String,
    /// More about it; of a change, both values.
    #[schema(value_type = Value)]
    detail: Value,
    /// From where.
    address: Option<String>,
    /// Of the request, as the server's log has it too.
    request_id: Option<String>,
    /// Of this row and so of all before it.
    hash: String,
}

impl AuditEntry {
    fn of(row: Listed) -> Self {
        Self {
            id: row.id,
            at: instant(row.at),
            workspace: row.workspace,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor: row.actor,
            action: row.action,
            target: row.target,
            detail: serde_json::from_str(&row.detail).unwrap_or(Value::Null),
            address: row.address,
            request_id: row.request_id,
            hash: row.hash,
        }
    }
}

/// Which rows of the audit log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditQuery {
    /// Only rows with this text in actor, action, target or detail.
    q: Option<String>,
    /// Only rows of actors whose name holds this.
    actor: Option<String>,
    /// Only this action; with a dot at its end, all that begin so, such as `role.`.
    action: Option<String>,
    /// Only of this workspace.
    workspace: Option<String>,
    /// Only from this instant or day (UTC) on.
    #[param(example = "2026-11-01")]
    from: Option<String>,
    /// Only before this instant, or up to the end of this day (UTC).
    to: Option<String>,
    #[serde(default)]
    #[param(value_type = u16, minimum = 1, maximum = 500, required = false)]
    limit: Limit,
    #[param(value_type = String, required = false)]
    cursor: Option<Cursor>,
}

/// An instant, or the beginning of a day some days later.
fn moment(field: &str, text: &str, days_later: i64) -> Result<i64, ApiError> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_microsecond());
    }
    let wrong = || {
        ApiError::bad_query(field, "is neither an instant nor a day; right would be 2026-11-22T10:00:00Z or 2026-11-22")
    };
    let day: Date = text.parse().map_err(|_| wrong())?;
    let day = day.checked_add(jiff::Span::new().days(days_later)).map_err(|_| wrong())?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?;
    Ok(start.timestamp().as_microsecond())
}

/// What happened in the installation, newest first
#[utoipa::path(tag = "audit", params(AuditQuery), responses((status = 200, body = Page<AuditEntry>)))]
#[get("/audit")]
pub(super) async fn list(
    req: HttpRequest,
    _caller: Can<can::AuditRead>,
    db: web::Data<Db>,
    ValidQuery(query): ValidQuery<AuditQuery>,
) -> Result<HttpResponse, ApiError> {
    let mut asked = Question {
        text: query.q,
        actor: query.actor,
        action: query.action,
        workspace: None,
        from: query.from.as_deref().map(|text| moment("from", text, 0)).transpose()?,
        to: query.to.as_deref().map(|text| moment("to", text, 1)).transpose()?,
        before: query.cursor.as_ref().map(Cursor::decode).transpose()?,
    };
    let csv = wants_csv(&req);
    let limit = if csv { MOST_ROWS } else { query.limit.rows_and_one() };
    let rows = db
        .read(move |conn| {
            if let Some(slug) = &query.workspace {
                let found = workspaces::find(conn, slug)?;
                let unknown = || ApiError::bad_query("workspace", format!("there is no workspace {slug:?}"));
                asked.workspace = Some(found.ok_or_else(unknown)?.id);
            }
            Ok::<_, ApiError>(audit::list(conn, &asked, limit)?)
        })
        .await?;
    if csv {
        return as_csv(rows);
    }
    let rows = rows.into_iter().map(AuditEntry::of).collect();
    Ok(HttpResponse::Ok().json(Page::cut(rows, query.limit, |entry: &AuditEntry| entry.id)))
}

fn as_csv(rows: Vec<Listed>) -> Result<HttpResponse, ApiError> {
    let columns = [
        "id",
        "at",
        "workspace",
        "actor_kind",
        "actor_id",
        "actor",
        "action",
        "target",
        "detail",
        "address",
        "request_id",
        "hash",
    ];
    let rows = rows.into_iter().map(|row| {
        vec![
            row.id.to_string(),
            instant(row.at),
            maybe(row.workspace),
            row.actor_kind,
            maybe(row.actor_id),
            row.actor,
            row.action,
            row.target,
            row.detail,
            maybe(row.address),
            maybe(row.request_id),
            row.hash,
        ]
    });
    Csv::table("audit", &columns, rows)
}

/// How the audit log stands.
#[derive(Serialize, ToSchema)]
struct AuditState {
    /// How many rows were written.
    rows: i64,
    /// Hash of the last: whoever notes it elsewhere can tell later that nothing was changed since.
    head: String,
    /// The last row that the job `audit-verify` found as it was written.
    verified_through: Option<i64>,
    /// When that was.
    #[schema(format = DateTime)]
    verified_at: Option<String>,
    /// What it found wrong.
    problem: Option<String>,
    /// The collector that gets each row; null when none is configured.
    syslog: Option<SyslogState>,
}

/// How far the collector was sent the log.
#[derive(Serialize, ToSchema)]
struct SyslogState {
    /// The last row that it was sent.
    sent_through: i64,
    /// When somebody sent or tried to.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// What stands in the way; the rows wait.
    problem: Option<String>,
}

/// How the audit log stands
#[utoipa::path(tag = "audit", responses((status = 200, body = AuditState)))]
#[get("/audit/state")]
pub(super) async fn state(
    _caller: Can<can::AuditRead>,
    db: web::Data<Db>,
    config: web::Data<Config>,
) -> Result<web::Json<AuditState>, ApiError> {
    let ((rows, head), verified, sent) = db
        .read(|conn| {
            let marks = (audit::mark(conn, audit_jobs::VERIFY)?, audit::mark(conn, audit_jobs::SYSLOG)?);
            Ok::<_, DbError>((audit::head(conn)?, marks.0, marks.1))
        })
        .await?;
    let syslog = config.audit.syslog.as_ref().map(|_| match sent {
        Some(mark) => SyslogState { sent_through: mark.through, at: Some(instant(mark.at)), problem: mark.problem },
        None => SyslogState { sent_through: 0, at: None, problem: None },
    });
    Ok(web::Json(AuditState {
        rows,
        head,
        verified_through: verified.as_ref().map(|mark| mark.through),
        verified_at: verified.as_ref().map(|mark| instant(mark.at)),
        problem: verified.and_then(|mark| mark.problem),
        syslog,
    }))
}
