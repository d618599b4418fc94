//! Backups: what is in the folder, when the next is taken, and whether the last could be restored.

use std::path::PathBuf;

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::jobs::{asker, refusal};
use super::{instant, off_thread};
use crate::audit::{self, Entry};
use crate::auth::{Can, can};
use crate::backup::{self, Listed};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::http::{ApiError, ValidJson};
use crate::jobs::overview::{JobRun, slugs};
use crate::jobs::{Jobs, State, queries};

/// A backup in the folder.
#[derive(Serialize, ToSchema)]
pub(super) struct Backup {
    /// Its file name.
    name: String,
    /// When it was taken.
    #[schema(format = DateTime)]
    created_at: String,
    /// Its size.
    bytes: u64,
    /// Whether an identity is needed to read it.
    encrypted: bool,
    /// How many rows it holds; an encrypted one does not say.
    rows: Option<u64>,
    /// When it was read back after it was written; null for a file that came from elsewhere.
    #[schema(format = DateTime)]
    verified_at: Option<String>,
    /// What is wrong with it.
    problem: Option<String>,
}

impl Backup {
    fn of(listed: Listed) -> Self {
        Self {
            name: listed.name,
            created_at: instant(listed.created_at),
            bytes: listed.bytes,
            encrypted: listed.encrypted,
            rows: listed.rows,
            verified_at: listed.verified_at.map(instant),
            problem: listed.problem,
        }
    }
}

/// What became of the last restore drill.
#[derive(Serialize, ToSchema)]
pub(super) struct LastDrill {
    /// When it ended.
    #[schema(format = DateTime)]
    at: String,
    /// Whether the backup could be restored.
    ok: bool,
    /// What was done, or what went wrong.
    message: String,
}

/// The backups of this installation, as the process that answers sees its folder.
#[derive(Serialize, ToSchema)]
pub(super) struct Backups {
    /// Where they are kept; null when no folder is set, and none are taken.
    folder: Option<String>,
    /// Five fields of cron, in UTC.
    #[schema(example = "0 2 * * *")]
    schedule: String,
    /// When the next is taken.
    #[schema(format = DateTime)]
    next_at: Option<String>,
    /// How many stay.
    keep: usize,
    /// Whether new ones are encrypted.
    encrypted: bool,
    /// Those in the folder, the newest first.
    items: Vec<Backup>,
    /// The last restore drill.
    last_drill: Option<LastDrill>,
}

/// The backups in the folder
#[utoipa::path(tag = "system", responses((status = 200, body = Backups)))]
#[get("/backups")]
pub(super) async fn list(
    _caller: Can<can::SystemRead>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    jobs: web::Data<Jobs>,
) -> Result<web::Json<Backups>, ApiError> {
    let folder = config.backup_folder();
    let (next_at, drill) = db
        .read(move |conn| {
            let backup = jobs.overview(conn)?.items.into_iter().find(|job| job.name == backup::BACKUP);
            let drill = queries::last_ended(conn, backup::DRILL)?;
            Ok::<_, DbError>((backup.and_then(|job| job.next_at), drill))
        })
        .await?;
    let items = match folder.clone() {
        Some(folder) => off_thread(move || backup::list(&folder)).await?.map_err(unreadable)?,
        None => Vec::new(),
    };
    Ok(web::Json(Backups {
        folder: folder.as_ref().map(shown),
        schedule: config.backup.schedule.clone(),
        next_at,
        keep: config.backup.keep,
        encrypted: !config.backup.encrypt_to.is_empty(),
        items: items.into_iter().map(Backup::of).collect(),
        last_drill: drill.map(|run| LastDrill {
            at: instant(run.ended_at.unwrap_or(run.fire_at)),
            ok: State::parse(&run.state) == Some(State::Succeeded),
            message: run.message.unwrap_or_default(),
        }),
    }))
}

/// The folder as people read it: from the root, so that it can be copied into a command.
fn shown(folder: &PathBuf) -> String {
    std::path::absolute(folder).unwrap_or_else(|_| folder.clone()).display().to_string()
}

fn unreadable(error: backup::BackupError) -> ApiError {
    ApiError::conflict("backup_folder", error.to_string())
}

/// An empty object: what is taken is everything, and the rest is configured.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeBackup {}

/// Take a backup as soon as possible
#[utoipa::path(tag = "system", request_body = TakeBackup, responses((status = 202, body = JobRun, description = "It waits to run"), (status = 409, description = "It waits or runs already, or there is no folder for it")))]
#[post("/backups")]
pub(super) async fn take(
    caller: Can<can::SystemManage>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
    jobs: web::Data<Jobs>,
    ValidJson(TakeBackup {}): ValidJson<TakeBackup>,
) -> Result<HttpResponse, ApiError> {
    if config.backup_folder().is_none() {
        return Err(ApiError::conflict(
            "backup_folder",
            "there is no folder for backups: set backup.folder in the configuration",
        ));
    }
    let (asked_by, now) = (asker(&caller.identity), clock.now());
    let shared = jobs.clone();
    let asked = db
        .write(move |conn| {
            let row = shared.ask(conn, backup::BACKUP, None, None, &asked_by).map_err(refusal)?;
            let detail = json!({ "run": row.id });
            let entry = Entry { workspace: None, action: "backup.asked", target: backup::BACKUP, detail };
            audit::record(conn, &caller.origin, entry, now)?;
            Ok::<_, ApiError>(JobRun::of(row, &slugs(conn)?))
        })
        .await?;
    jobs.wake();
    Ok(HttpResponse::Accepted().json(asked))
}
