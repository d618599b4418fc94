//! Workspaces: made, looked at, changed.

use actix_web::{HttpResponse, get, patch, post, web};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::activity::fold::renew_views;
use crate::audit::{self, Entry, Origin};
use crate::auth::workspaces::{self as store, Change, NewWorkspace};
use crate::auth::{AuthError, Can, Workspace, WorkspaceKind, can, grants};
use crate::clock::Clock;
use crate::crypto::hash;
use crate::db::{Db, DbConn, DbError};
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
    /// What is kept from whom.
    privacy: Privacy,
}

/// What is kept from those who may not see people by name, or small groups.
#[derive(Serialize, ToSchema)]
struct Privacy {
    /// Whether people are pseudonyms for those who lack the permission `people.unmask`.
    pseudonyms: bool,
    /// Numbers of fewer people are shown to owners and admins only; 1 shows every number to everybody.
    smallest_group: i32,
    /// Traits and properties that tell who somebody is, beside the usual ones such as `name`, `email`, `phone`.
    personal_traits: Vec<String>,
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
    #[serde(default, deserialize_with = "crate::http::object")]
    #[schema(value_type = Option<ChangePrivacy>)]
    privacy: Option<ChangePrivacy>,
}

/// What shall be kept from whom; what is left out stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePrivacy {
    pseudonyms: Option<bool>,
    #[schema(minimum = 1, maximum = 1000)]
    smallest_group: Option<i32>,
    /// Replaces the list before; at most 200.
    personal_traits: Option<Vec<String>>,
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
    fn load(conn: &mut DbConn, workspace: Workspace) -> Result<Self, DbError> {
        let patterns = |conn: &mut DbConn, kind| exclusions::of_kind(conn, workspace.id, kind);
        Ok(Self {
            has_events: store::has_events(conn, workspace.id)?,
            excluded: ExcludedPeople {
                ids: patterns(conn, Kind::Id)?,
                email_domains: patterns(conn, Kind::EmailDomain)?,
            },
            privacy: Privacy {
                pseudonyms: workspace.pseudonyms != 0,
                smallest_group: workspace.smallest_group,
                personal_traits: workspace.personal(),
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
            let made = make(conn, &new, &caller.origin, now)?;
            if let Some(maker) = maker
                && grants::role_in(conn, maker, made.id)?.is_none()
            {
                grants::grant(conn, maker, made.id, role, grants::MANUAL)?;
            }
            Ok::<_, ApiError>(WorkspaceSettings::load(conn, made)?)
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
            let privacy = body.privacy.unwrap_or_default();
            let wanted = Change {
                name: body.name.as_deref(),
                time_zone: body.time_zone.as_deref(),
                retention_days_events: body.retention_days_events,
                retention_days_jobs: body.retention_days_jobs,
                pseudonyms: privacy.pseudonyms,
                smallest_group: privacy.smallest_group,
                personal_traits: privacy.personal_traits.as_deref(),
            };
            let excluded = body.excluded.unwrap_or(ChangeExcluded { ids: None, email_domains: None });
            let workspace =
                update(conn, &workspace, &wanted, (excluded.ids, excluded.email_domains), &caller.origin, now)?;
            Ok::<_, ApiError>(WorkspaceSettings::load(conn, workspace)?)
        })
        .await?;
    Ok(web::Json(changed))
}

/// Makes a workspace, and writes that down.
pub fn make(conn: &mut DbConn, new: &NewWorkspace<'_>, origin: &Origin, now: i64) -> Result<Workspace, AuthError> {
    let made = store::create(conn, new, now)?;
    let detail = json!({ "name": made.name, "kind": made.kind, "time_zone": made.time_zone });
    let entry = Entry { workspace: Some(made.id), action: "workspace.created", target: &made.slug, detail };
    audit::record(conn, origin, entry, now)?;
    Ok(made)
}

/// Changes what is set for a workspace, and writes down what differs then. Lists of excluded ids and e-mail domains
/// replace those before.
pub fn update(
    conn: &mut DbConn,
    workspace: &Workspace,
    wanted: &Change<'_>,
    (ids, domains): (Option<Vec<String>>, Option<Vec<String>>),
    origin: &Origin,
    now: i64,
) -> Result<Workspace, AuthError> {
    let before = shown(conn, workspace)?;
    let workspace = store::update(conn, workspace, wanted)?;
    exclude(conn, &workspace, Kind::Id, ids, now)?;
    exclude(conn, &workspace, Kind::EmailDomain, domains, now)?;
    let detail = audit::differences(&before, &shown(conn, &workspace)?);
    if detail.as_object().is_some_and(|fields| !fields.is_empty()) {
        let entry =
            Entry { workspace: Some(workspace.id), action: "workspace.changed", target: &workspace.slug, detail };
        audit::record(conn, origin, entry, now)?;
    }
    Ok(workspace)
}

/// A workspace as the audit log tells its changes. Excluded ids name people: their trace tells that they changed.
fn shown(conn: &mut DbConn, workspace: &Workspace) -> Result<Value, AuthError> {
    let settings = WorkspaceSettings::load(conn, workspace.clone())?;
    let mut shown = serde_json::to_value(&settings).map_err(|e| AuthError::Failed(e.to_string()))?;
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("excluded");
        let ids = settings.excluded.ids;
        let trace = hash(&ids.join("\n")).chars().take(12).collect::<String>();
        fields.insert("excluded_ids".into(), json!(format!("{} ({trace})", ids.len())));
        fields.insert("excluded_email_domains".into(), json!(settings.excluded.email_domains));
    }
    Ok(shown)
}

/// Replaces the patterns of one kind; every view begins anew then.
fn exclude(
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
