//! Which ids are one person, as far as somebody takes it back or brings it again.

use actix_web::{HttpResponse, delete, put, web};
use serde_json::json;

use crate::activity::ask::Activity;
use crate::activity::fold;
use crate::activity::question::ask;
use crate::audit::{self, Entry};
use crate::auth::{Caller, Can, can};
use crate::clock::Clock;
use crate::db::Db;
use crate::http::ApiError;
use crate::ingest::dictionary::Kind;
use crate::people::links;

/// Takes back that another id belongs to this person
#[utoipa::path(
    tag = "people",
    params(
        ("external_id" = String, Path, description = "The person's id"),
        ("merged_id" = String, Path, description = "The id that is to stand alone again")
    ),
    responses((status = 204, description = "Taken back"))
)]
#[delete("/people/{external_id}/merged/{merged_id}")]
pub(super) async fn unmerge(
    caller: Can<can::PeopleMerge>,
    db: web::Data<Db>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    set_merged(&caller, &db, &activity, path.into_inner(), (false, clock.now())).await
}

/// Lets another id belong to this person again
#[utoipa::path(
    tag = "people",
    params(
        ("external_id" = String, Path, description = "The person's id"),
        ("merged_id" = String, Path, description = "The id that was taken away")
    ),
    responses((status = 204, description = "Merged again"))
)]
#[put("/people/{external_id}/merged/{merged_id}")]
pub(super) async fn merge(
    caller: Can<can::PeopleMerge>,
    db: web::Data<Db>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    set_merged(&caller, &db, &activity, path.into_inner(), (true, clock.now())).await
}

async fn set_merged(
    caller: &Caller,
    db: &web::Data<Db>,
    activity: &web::Data<Activity>,
    (_, id, other): (String, String, String),
    (merged, now): (bool, i64),
) -> Result<HttpResponse, ApiError> {
    let workspace = caller.workspace.id;
    let missing = format!("merge of {other:?} into person {id:?}");
    let (keys, person, ids) = ask(activity, caller, move |view, _, sight| {
        let names = view.names();
        let names = names.read();
        let person = sight.person(view, &names, &id)?;
        let keys = ["u", "a"].into_iter().filter_map(|kind| names.number(Kind::Person, &format!("{kind}{other}")));
        let mut keys: Vec<u32> = keys.collect();
        if keys.is_empty() {
            keys.extend(sight.key(view, &names, &other));
        }
        // The person's own id is nobody's merge.
        keys.retain(|key| *key != person);
        let ids: Vec<String> = keys.iter().map(|key| sight.pseudonym(&names, *key)).collect();
        Ok((keys, sight.pseudonym(&names, person), ids))
    })
    .await?;
    let origin = caller.origin.clone();
    db.write(move |conn| {
        let mut any = false;
        for key in keys {
            any |= links::set_undone(conn, workspace, key, !merged)?;
        }
        if !any {
            return Err(ApiError::not_found(missing));
        }
        let action = if merged { "people.merged" } else { "people.unmerged" };
        let entry = Entry { workspace: Some(workspace), action, target: &person, detail: json!({ "ids": ids }) };
        audit::record(conn, &origin, entry, now)?;
        Ok(fold::renew_views(conn, workspace)?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
