//! Users listed and shown.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rows::{self, LinkedIdentity, User};
use crate::admin::sessions::{Session, current};
use crate::admin::{instant, number};
use crate::auth::{Can, Role, can, grants, sessions, tokens, workspaces};
use crate::clock::Clock;
use crate::db::Db;
use crate::http::{ApiError, Csv, Cursor, Limit, Page, ValidQuery, maybe, wants_csv};

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct UsersQuery {
    /// Only users with this text in their e-mail or name.
    q: Option<String>,
    /// Only users whose strongest role is this one; in `workspace`, or anywhere.
    #[param(inline)]
    role: Option<Role>,
    /// Only users with a role in this workspace.
    workspace: Option<String>,
    #[serde(default)]
    #[param(value_type = u16, minimum = 1, maximum = 500, required = false)]
    limit: Limit,
    #[param(value_type = String, required = false)]
    cursor: Option<Cursor>,
}

impl UsersQuery {
    fn admits(&self, user: &User) -> bool {
        let q = self.q.as_deref().unwrap_or_default().trim().to_lowercase();
        let found = user.email.contains(&q) || user.name.to_lowercase().contains(&q);
        let role = user.role(self.workspace.as_deref());
        found && (self.workspace.is_none() || role.is_some()) && self.role.is_none_or(|wanted| role == Some(wanted))
    }
}

/// Console users by their e-mails
#[utoipa::path(tag = "users", params(UsersQuery), responses((status = 200, body = Page<User>)))]
#[get("/users")]
pub(super) async fn list(
    req: HttpRequest,
    _caller: Can<can::UsersRead>,
    db: web::Data<Db>,
    ValidQuery(query): ValidQuery<UsersQuery>,
) -> Result<HttpResponse, ApiError> {
    let after = query.cursor.as_ref().map(Cursor::decode::<String>).transpose()?;
    let all = db.read(rows::load).await?;
    let mut fit: Vec<User> = all.into_iter().filter(|user| query.admits(user)).collect();
    if wants_csv(&req) {
        return csv(fit);
    }
    let total = u64::try_from(fit.len()).unwrap_or(0);
    // Engines order e-mails differently; the cursor follows one order on both.
    fit.sort_by(|a, b| a.email.cmp(&b.email));
    let rest = fit.into_iter().filter(|user| after.as_ref().is_none_or(|after| user.email > *after));
    let rows = rest.take(query.limit.rows() + 1).collect();
    let page = Page::cut(rows, query.limit, |user: &User| user.email.clone()).with_total(total);
    Ok(HttpResponse::Ok().json(page))
}

fn csv(users: Vec<User>) -> Result<HttpResponse, ApiError> {
    let columns =
        ["id", "email", "name", "created_at", "disabled_at", "disabled_by", "last_login_at", "sources", "roles"];
    let rows = users.into_iter().map(|user| {
        let roles = user.roles.iter().map(|granted| {
            let apps = granted.apps.iter().map(|app| format!(":{app}")).collect::<String>();
            format!("{}@{}{apps} ({})", granted.role.as_str(), granted.workspace, granted.origin)
        });
        vec![
            user.id.to_string(),
            user.email.clone(),
            user.name.clone(),
            user.created_at.clone(),
            maybe(user.disabled_at.clone()),
            maybe(user.disabled_by.clone()),
            maybe(user.last_login_at.clone()),
            user.sources.join(" "),
            roles.collect::<Vec<_>>().join(", "),
        ]
    });
    Csv::table("users", &columns, rows)
}

/// What a user is in a workspace, whatever gave it.
#[derive(Serialize, ToSchema)]
struct EffectiveRole {
    workspace: String,
    role: Role,
    /// The apps that a builder sees: granted, or named as theirs in the settings of the app. Null for those who see all.
    apps: Option<BTreeSet<String>>,
}

/// A token of a user.
#[derive(Serialize, ToSchema)]
struct UserToken {
    id: i64,
    name: String,
    workspace: String,
    role: Role,
    /// How the token begins.
    prefix: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

/// A console user with all that is theirs.
#[derive(Serialize, ToSchema)]
struct UserDetail {
    #[serde(flatten)]
    user: User,
    effective: Vec<EffectiveRole>,
    /// Sessions that have not ended.
    sessions: Vec<Session>,
    /// Tokens that were not revoked.
    tokens: Vec<UserToken>,
    identities: Vec<LinkedIdentity>,
}

/// A console user
#[utoipa::path(
    tag = "users",
    params(("id" = i64, Path, description = "Number of the user")),
    responses((status = 200, body = UserDetail))
)]
#[get("/users/{id}")]
pub(super) async fn show(
    caller: Can<can::UsersRead>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<String>,
) -> Result<web::Json<UserDetail>, ApiError> {
    let id = number(&path, "user")?;
    let (now, here) = (clock.now(), current(&caller.identity));
    let detail = db
        .read(move |conn| {
            let user = rows::load(conn)?.into_iter().find(|user| user.id == id);
            let user = user.ok_or_else(|| ApiError::not_found(format!("user {id}")))?;
            let mut effective = Vec::new();
            for (workspace, role) in rows::strongest(&user) {
                let apps = match (role, workspaces::find(conn, &workspace)?) {
                    (Role::Builder, Some(found)) => Some(grants::apps_of(conn, id, found.id)?),
                    _ => None,
                };
                effective.push(EffectiveRole { workspace, role, apps });
            }
            let sessions = sessions::list(conn, Some(id), now)?;
            let tokens = tokens::of_user(conn, id)?.into_iter().filter_map(|(workspace, row)| {
                Some(UserToken {
                    id: row.id,
                    name: row.name,
                    workspace,
                    role: Role::parse(&row.role)?,
                    prefix: row.prefix,
                    created_at: instant(row.created_at),
                    expires_at: row.expires_at.map(instant),
                    last_used_at: row.last_used_at.map(instant),
                })
            });
            Ok::<_, ApiError>(UserDetail {
                effective,
                sessions: sessions.into_iter().map(|row| Session::of(row, here.as_deref())).collect(),
                tokens: tokens.collect(),
                identities: rows::identities_of(conn, id)?,
                user,
            })
        })
        .await?;
    Ok(web::Json(detail))
}
