//! Workspaces: made, looked at, changed.

use actix_web::{HttpResponse, get, patch, post, web};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::activity::fold::renew_views;
use crate::auth::workspaces::{self as store, Change, NewWorkspace};
use crate::auth::{AuthError, Can, Workspace, WorkspaceKind, can, grants};
use crate::clock::Clock;
use crate::db::{Db, DbConn};
use crate::http::{ApiError, ValidJson};
use crate::people::exclusions::{self, Kind};

/// A workspace to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateWorkspace {
    /// Its name in paths: small letters, digits and hyphens.
    #[schema(example = "acme", min_length = 1, max_length = 63)]
    slug: String,
    /// Its name for people.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Whether it looks at a company's own people or at customers.
    #[serde(default = "internal")]
    #[schema(required = false)]
    kind: WorkspaceKind,
    /// Its days are days there; an IANA name.
    #[serde(default = "utc")]
    #[schema(required = false, example = "Europe/Berlin")]
    time_zone: String,
}

fn internal() -> WorkspaceKind {
    WorkspaceKind::Internal
}

fn utc() -> String {
    "UTC".to_owned()
}

/// What is set for a workspace.
#[derive(Serialize, ToSchema)]
struct WorkspaceSettings {
    /// Its name in paths.
    #[schema(example = "default")]
    slug: String,
    /// Its name for people.
    name: String,
    /// Whether it looks at a company's own people or at customers.
    kind: WorkspaceKind,
    /// Its days are days there; an IANA name.
    #[schema(example = "UTC")]
    time_zone: String,
    /// Whether events are stored: the time zone is fixed then.
    has_events: bool,
    /// Days that events are kept; null for ever.
    retention_days_events: Option<i32>,
    /// Days that runs of jobs are kept.
    retention_days_jobs: i32,
    /// Who does not count.
    excluded: ExcludedPeople,
}

/// People who do not count unless a question says `include_excluded`.
#[derive(Serialize, ToSchema)]
struct ExcludedPeople {
    /// User ids or anonymous ids.
    ids: Vec<String>,
    /// Domains of e-mails: of the trait `email`, or of an id that is an e-mail.
    email_domains: Vec<String>,
}

/// What is to be set; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeWorkspace {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Only while no events are stored.
    time_zone: Option<String>,
    /// Days that events are kept, at least 31; null for ever.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, minimum = 31, maximum = 36500)]
    retention_days_events: Option<Option<i32>>,
    /// Days that runs of jobs are kept.
    #[schema(minimum = 1, maximum = 36500)]
    retention_days_jobs: Option<i32>,
    #[serde(default, deserialize_with = "crate::http::object")]
    #[schema(value_type = Option<ChangeExcluded>)]
    excluded: Option<ChangeExcluded>,
}

/// Who shall not count; a list that is given replaces the one before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeExcluded {
    ids: Option<Vec<String>>,
    email_domains: Option<Vec<String>>,
}

/// Tells a null from what was left out.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i32>>, D::Error> {
    Option::<i32>::deserialize(from).map(Some)
}

impl WorkspaceSettings {
    fn load(conn: &mut DbConn, workspace: Workspace) -> Result<Self, ApiError> {
        let patterns = |conn: &mut DbConn, kind| exclusions::of_kind(conn, workspace.id, kind);
        Ok(Self {
            has_events: store::has_events(conn, workspace.id)?,
            excluded: ExcludedPeople {
                ids: patterns(conn, Kind::Id)?,
                email_domains: patterns(conn, Kind::EmailDomain)?,
            },
            kind: workspace.kind(),
            slug: workspace.slug,
            name: workspace.name,
            time_zone: workspace.time_zone,
            retention_days_events: workspace.retention_days_events,
            retention_days_jobs: workspace.retention_days_jobs,
        })
    }
}

/// Make a workspace
///
/// Owners of the workspace `default` own it; an admin who makes it is admin there.
#[utoipa::path(
    tag = "workspaces",
    request_body = CreateWorkspace,
    responses(
        (status = 201, body = WorkspaceSettings, description = "Made"),
        (status = 409, body = crate::http::Problem, description = "There is one of that slug"),
    )
)]
#[post("/workspaces")]
pub(super) async fn create(
    caller: Can<can::WorkspacesWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    ValidJson(body): ValidJson<CreateWorkspace>,
) -> Result<HttpResponse, ApiError> {
    let (maker, role, now) = (caller.identity.user_id(), caller.role, clock.now());
    let made = db
        .write(move |conn| {
            let new = NewWorkspace { slug: &body.slug, name: &body.name, kind: body.kind, time_zone: &body.time_zone };
            let made = store::create(conn, &new, now)?;
            if let Some(maker) = maker
                && grants::role_in(conn, maker, made.id)?.is_none()
            {
                grants::grant(conn, maker, made.id, role, grants::MANUAL)?;
            }
            WorkspaceSettings::load(conn, made)
        })
        .await?;
    Ok(HttpResponse::Created().json(made))
}

/// What is set for a workspace
#[utoipa::path(tag = "workspaces", responses((status = 200, body = WorkspaceSettings)))]
#[get("")]
pub(super) async fn show(
    caller: Can<can::WorkspacesRead>,
    db: web::Data<Db>,
) -> Result<web::Json<WorkspaceSettings>, ApiError> {
    let workspace = caller.workspace.clone();
    Ok(web::Json(db.read(move |conn| WorkspaceSettings::load(conn, workspace)).await?))
}

/// Change what is set for a workspace
#[utoipa::path(
    tag = "workspaces",
    request_body = ChangeWorkspace,
    responses(
        (status = 200, body = WorkspaceSettings, description = "Changed"),
        (status = 409, body = crate::http::Problem, description = "The time zone is fixed once events are stored"),
    )
)]
#[patch("")]
pub(super) async fn change(
    caller: Can<can::WorkspacesWrite>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    ValidJson(body): ValidJson<ChangeWorkspace>,
) -> Result<web::Json<WorkspaceSettings>, ApiError> {
    let (workspace, now) = (caller.workspace.clone(), clock.now());
    let changed = db
        .write(move |conn| {
            let wanted = Change {
                name: body.name.as_deref(),
                time_zone: body.time_zone.as_deref(),
                retention_days_events: body.retention_days_events,
                retention_days_jobs: body.retention_days_jobs,
            };
            let workspace = store::update(conn, &workspace, &wanted)?;
            let excluded = body.excluded.unwrap_or(ChangeExcluded { ids: None, email_domains: None });
            exclude(conn, &workspace, Kind::Id, excluded.ids, now)?;
            exclude(conn, &workspace, Kind::EmailDomain, excluded.email_domains, now)?;
            WorkspaceSettings::load(conn, workspace)
        })
        .await?;
    Ok(web::Json(changed))
}

/// Replaces the patterns of one kind; every view begins anew then.
pub fn exclude(
    conn: &mut DbConn,
    workspace: &Workspace,
    kind: Kind,
    wanted: Option<Vec<String>>,
    now: i64,
) -> Result<(), AuthError> {
    let Some(wanted) = wanted else { return Ok(()) };
    let field = match kind {
        Kind::Id => "excluded.ids",
        Kind::EmailDomain => "excluded.email_domains",
    };
    if wanted.len() > exclusions::MOST {
        let most = exclusions::MOST;
        return Err(AuthError::invalid(
            field,
            format!("names {} patterns: at most {most} are kept; use the trait internal for more", wanted.len()),
        ));
    }
    let read = wanted.iter().map(|text| kind.read(text).map_err(|wrong| AuthError::invalid(field, wrong)));
    let read = read.collect::<Result<Vec<_>, _>>()?;
    if exclusions::replace(conn, workspace.id, kind, &read, now)? {
        renew_views(conn, workspace.id)?;
    }
    Ok(())
}
