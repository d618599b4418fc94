//! Jobs: what the installation does by itself, and what became of it.

use actix_web::{HttpResponse, get, post, web};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::audit::{self, Entry};
use crate::auth::{Can, Identity, can, workspaces};
use crate::clock::Clock;
use crate::db::Db;
use crate::http::{ApiError, Cursor, Limit, Page, ValidJson, ValidQuery};
use crate::jobs::overview::{JobOverview, JobRun, slugs};
use crate::jobs::queries::{self, Which};
use crate::jobs::{Jobs, RunError, Scope, State, day_number};

/// All jobs, and which process leads
#[utoipa::path(tag = "system", responses((status = 200, body = JobOverview)))]
#[get("/jobs")]
pub(super) async fn list(
    _caller: Can<can::SystemRead>,
    db: web::Data<Db>,
    jobs: web::Data<Jobs>,
) -> Result<web::Json<JobOverview>, ApiError> {
    Ok(web::Json(db.read(move |conn| jobs.overview(conn)).await?))
}

/// Which runs of a job.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RunsQuery {
    /// Only of this workspace.
    workspace: Option<String>,
    /// Only in this state.
    state: Option<State>,
    #[serde(default)]
    #[param(value_type = u16, minimum = 1, maximum = 500, required = false)]
    limit: Limit,
    #[param(value_type = String, required = false)]
    cursor: Option<Cursor>,
}

/// Runs of a job, newest first
#[utoipa::path(tag = "system", params(("name" = String, Path, description = "Name of the job"), RunsQuery), responses((status = 200, body = Page<JobRun>)))]
#[get("/jobs/{name}/runs")]
pub(super) async fn runs(
    _caller: Can<can::SystemRead>,
    db: web::Data<Db>,
    jobs: web::Data<Jobs>,
    path: web::Path<String>,
    ValidQuery(query): ValidQuery<RunsQuery>,
) -> Result<web::Json<Page<JobRun>>, ApiError> {
    let name = known(&jobs, &path)?;
    let before = query.cursor.as_ref().map(Cursor::decode::<i64>).transpose()?;
    let page = db
        .read(move |conn| {
            let workspace_id = match &query.workspace {
                Some(slug) => match workspaces::find(conn, slug)? {
                    Some(workspace) => Some(workspace.id),
                    None => return Err(ApiError::bad_query("workspace", format!("there is no workspace {slug:?}"))),
                },
                None => None,
            };
            let which = Which { workspace_id, state: query.state.map(State::as_str), before };
            let rows = queries::list(conn, name, &which, query.limit.rows_and_one())?;
            let slugs = slugs(conn)?;
            let rows = rows.into_iter().map(|row| JobRun::of(row, &slugs)).collect();
            Ok(Page::cut(rows, query.limit, |run: &JobRun| run.id))
        })
        .await?;
    Ok(web::Json(page))
}

/// For what a job is to run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RunJob {
    /// The workspace; `default` for jobs that run for one, and left out for jobs of the installation.
    workspace: Option<String>,
    /// As of the end of this day; left out for now.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Date>,
}

/// Run a job as soon as possible
#[utoipa::path(
    tag = "system",
    params(("name" = String, Path, description = "Name of the job")),
    request_body = RunJob,
    responses((status = 202, body = JobRun, description = "It waits to run"), (status = 409, description = "It waits or runs already"))
)]
#[post("/jobs/{name}/runs")]
pub(super) async fn ask(
    caller: Can<can::SystemManage>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    jobs: web::Data<Jobs>,
    path: web::Path<String>,
    ValidJson(body): ValidJson<RunJob>,
) -> Result<HttpResponse, ApiError> {
    let name = known(&jobs, &path)?;
    let is_for_workspace = jobs.about(name).is_some_and(|about| about.scope == Scope::Workspace);
    let (asked_by, now) = (asker(&caller.identity), clock.now());
    let shared = jobs.clone();
    let asked = db
        .write(move |conn| {
            let slug = body.workspace.as_deref().or_else(|| is_for_workspace.then_some(workspaces::DEFAULT));
            let workspace = slug.map(|slug| workspaces::get(conn, slug)).transpose()?;
            let row =
                shared.ask(conn, name, workspace.as_ref(), body.on.map(day_number), &asked_by).map_err(refusal)?;
            let detail = json!({ "run": row.id, "on": body.on });
            let entry = Entry { workspace: workspace.map(|w| w.id), action: "job.asked", target: name, detail };
            audit::record(conn, &caller.origin, entry, now)?;
            Ok::<_, ApiError>(JobRun::of(row, &slugs(conn)?))
        })
        .await?;
    jobs.wake();
    Ok(HttpResponse::Accepted().json(asked))
}

/// Who asks, as the history of runs names them.
pub(super) fn asker(identity: &Identity) -> String {
    match identity {
        Identity::User { email, .. } => email.clone(),
        Identity::Token { name, .. } => format!("token {name}"),
    }
}

/// The job of a path.
fn known(jobs: &Jobs, name: &str) -> Result<&'static str, ApiError> {
    jobs.about(name)
        .map(|about| about.name)
        .ok_or_else(|| ApiError::not_found(format!("job {name:?}; there are {}", jobs.names().join(", "))))
}

pub(super) fn refusal(error: RunError) -> ApiError {
    match error {
        RunError::Unknown(text) => ApiError::not_found(text),
        RunError::Wrong { field, message } => ApiError::invalid(field, message),
        RunError::Open(text) => ApiError::conflict("already_running", text),
        RunError::Failed(text) => ApiError::internal(text),
        RunError::Db(error) => error.into(),
    }
}
