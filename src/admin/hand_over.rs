//! Apps whose owners are gone, so that somebody else can take them over.

use std::collections::HashMap;

use actix_web::{get, web};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::instant;
use crate::auth::{Can, can};
use crate::db::schema::{app_settings, dictionary, users};
use crate::db::{Db, DbConn, DbError, Kind};
use crate::http::Page;

/// What became of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum OwnerState {
    /// A user who may sign in.
    Active,
    /// A user who was shut out.
    Disabled,
    /// Nobody of that e-mail is a user.
    Unknown,
}

/// An owner of an app, as its settings name them.
#[derive(Serialize, ToSchema)]
struct AppOwner {
    email: String,
    state: OwnerState,
}

/// An app that none of its owners looks after any more.
#[derive(Serialize, ToSchema)]
struct LeftApp {
    app: String,
    owners: Vec<AppOwner>,
    /// Since when: when the last of them was shut out; null if none ever was a user.
    #[schema(format = DateTime)]
    since: Option<String>,
}

/// Apps whose owners were all shut out or are no users
#[utoipa::path(tag = "apps", responses((status = 200, body = Page<LeftApp>)))]
#[get("/hand-over")]
pub(super) async fn list(
    caller: Can<can::UsersRead>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<LeftApp>>, crate::http::ApiError> {
    let workspace = caller.workspace.id;
    Ok(web::Json(Page::whole(db.read(move |conn| left(conn, workspace)).await?)))
}

fn left(conn: &mut DbConn, workspace: i64) -> Result<Vec<LeftApp>, DbError> {
    let settings: Vec<(i64, String)> = app_settings::table
        .filter(app_settings::workspace_id.eq(workspace).and(app_settings::owners.ne("[]")))
        .select((app_settings::app, app_settings::owners))
        .load(conn)?;
    let known: HashMap<String, Option<i64>> =
        users::table.select((users::email, users::disabled_at)).load(conn)?.into_iter().collect();
    let mut found = Vec::new();
    for (app, owners) in settings {
        let owners: Vec<String> = serde_json::from_str(&owners).unwrap_or_default();
        let mut since = None;
        let owners = owners.into_iter().map(|email| {
            let state = match known.get(&email.trim().to_lowercase()) {
                None => OwnerState::Unknown,
                Some(None) => OwnerState::Active,
                Some(Some(at)) => {
                    since = since.max(Some(*at));
                    OwnerState::Disabled
                }
            };
            AppOwner { email, state }
        });
        let owners: Vec<AppOwner> = owners.collect();
        if owners.is_empty() || owners.iter().any(|owner| owner.state == OwnerState::Active) {
            continue;
        }
        let name: Option<String> = dictionary::table
            .find((workspace, Kind::App.stored(), app))
            .select(dictionary::name)
            .first(conn)
            .optional()?;
        let Some(app) = name else { continue };
        found.push(LeftApp { app, owners, since: since.map(instant) });
    }
    found.sort_by(|a, b| a.app.cmp(&b.app));
    Ok(found)
}
