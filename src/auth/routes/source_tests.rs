//! Trying a source out: step by step, and what somebody would get.

use actix_web::{HttpRequest, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::oidc::base;
use super::sources::known;
use crate::audit::{self, Entry};
use crate::auth::ldap::{self, Directory, Trouble};
use crate::auth::sources::mapping::{self, Rule};
use crate::auth::sources::{Settings, SignOn, Source, Stage, shut_out};
use crate::auth::{Can, Role, can, oidc, workspaces};
use crate::http::{ApiError, ValidJson};

/// Whom to look for; only a directory can be asked for somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestSource {
    /// What they would type.
    username: Option<String>,
}

/// How a test went.
#[derive(Serialize, ToSchema)]
struct Tested {
    /// Whether every step worked.
    ok: bool,
    /// The steps, in order; after one that failed there is none, save another server of a directory.
    stages: Vec<Stage>,
}

/// Try a source step by step
///
/// A directory: connect, TLS, bind, and with a name also user, groups and role. A provider: discovery, keys, client.
#[utoipa::path(
    tag = "sign-in-sources",
    params(("key" = String, Path, description = "Key of the source")),
    request_body = TestSource,
    responses((status = 200, body = Tested), (status = 409, body = crate::http::Problem, description = "The source lacks a setting"))
)]
#[post("/sign-in-sources/{key}/test")]
pub(super) async fn test(
    req: HttpRequest,
    sign_on: web::Data<SignOn>,
    caller: Can<can::SourcesWrite>,
    key: web::Path<String>,
    ValidJson(body): ValidJson<TestSource>,
) -> Result<web::Json<Tested>, ApiError> {
    let source = source_of(&sign_on, key.into_inner()).await?;
    if let Some(missing) = source.missing() {
        return Err(ApiError::conflict(
            "source_incomplete",
            format!("The source {} lacks the setting {missing}.", source.key),
        ));
    }
    let (mut stages, found) = match &source.settings {
        Settings::Oidc(config) => {
            let redirect = format!("{}/auth/oidc/callback", base(&req, &sign_on));
            (oidc::probe(&sign_on, &source.key, config, &redirect).await, None)
        }
        Settings::Ldap(config) => {
            let username = body.username.as_deref().map(str::trim).filter(|name| !name.is_empty());
            ldap::probe(&sign_on.outbound, &source.key, config, username).await
        }
    };
    if let Some((entry, groups)) = found {
        let begun = std::time::Instant::now();
        let result = decide(&sign_on, &source, entry.email.as_deref(), groups).await?;
        let roles: Vec<String> =
            result.roles.iter().map(|role| format!("{} in {}", role.role.as_str(), role.workspace)).collect();
        stages.push(match result.refused {
            Some(words) => Stage::failed("role", begun, &words),
            None => Stage::passed("role", begun, roles.join(", ")),
        });
    }
    let tested = Tested { ok: stages.last().is_some_and(|stage| stage.ok), stages };
    let (origin, now, target) = (caller.origin.clone(), sign_on.auth.clock.now(), source.key.clone());
    let detail = json!({ "ok": tested.ok, "username": body.username });
    let noted = sign_on.auth.db.write(move |conn| {
        audit::record(conn, &origin, Entry { workspace: None, action: "source.tested", target: &target, detail }, now)
    });
    noted.await.map_err(ApiError::from)?;
    Ok(web::Json(tested))
}

/// For whom to look.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreviewOf {
    /// What they would type; for a directory.
    username: Option<String>,
    /// Their e-mail, which domains are held against; of a directory the one it tells.
    email: Option<String>,
    /// Their groups; for a provider, which tells them at a log-in only.
    groups: Option<Vec<String>>,
}

/// What somebody would get at their next log-in.
#[derive(Serialize, ToSchema)]
struct Preview {
    /// Their groups.
    groups: Vec<String>,
    /// What each mapping that they meet gives.
    roles: Vec<PreviewRole>,
    /// Why they would not get in; null if they would.
    refused: Option<String>,
}

/// What a mapping gives.
#[derive(Serialize, ToSchema)]
struct PreviewRole {
    /// The workspace's name in paths.
    workspace: String,
    /// What they would be there; the strongest of a workspace counts.
    role: Role,
    /// An app that a builder would see.
    app: Option<String>,
    /// The group that gives it.
    group: String,
}

/// Preview the roles that somebody would get
#[utoipa::path(
    tag = "sign-in-sources",
    params(("key" = String, Path, description = "Key of the source")),
    request_body = PreviewOf,
    responses(
        (status = 200, body = Preview),
        (status = 404, body = crate::http::Problem, description = "No such source, or nobody of this name"),
        (status = 503, body = crate::http::Problem, description = "The directory cannot be asked"),
    )
)]
#[post("/sign-in-sources/{key}/preview")]
pub(super) async fn preview(
    sign_on: web::Data<SignOn>,
    _caller: Can<can::SourcesWrite>,
    key: web::Path<String>,
    ValidJson(body): ValidJson<PreviewOf>,
) -> Result<web::Json<Preview>, ApiError> {
    let source = source_of(&sign_on, key.into_inner()).await?;
    let (email, groups) = match (&source.settings, body.username, body.groups) {
        (_, None, Some(groups)) => (body.email, groups),
        (Settings::Ldap(config), Some(username), None) => {
            if let Some(missing) = source.missing() {
                let words = format!("The source {} lacks the setting {missing}.", source.key);
                return Err(ApiError::conflict("source_incomplete", words));
            }
            let directory = Directory::new(sign_on.outbound.clone(), &source.key, config);
            match directory.look_up(&username).await {
                Ok(Some((entry, _))) if !entry.active => {
                    return Ok(web::Json(Preview {
                        groups: Vec::new(),
                        roles: Vec::new(),
                        refused: Some("The directory has shut this account out.".into()),
                    }));
                }
                Ok(Some((entry, groups))) => (entry.email, groups),
                Ok(None) => return Err(ApiError::not_found(format!("account {username:?} in the directory"))),
                Err(Trouble::Wrong(words)) => return Err(ApiError::conflict("ambiguous", format!("{words}."))),
                Err(trouble) => return Err(trouble.into()),
            }
        }
        (Settings::Oidc(_), Some(_), _) => {
            return Err(ApiError::invalid("username", "a provider tells groups at a log-in only; send groups instead"));
        }
        _ => return Err(ApiError::invalid("groups", "send username for a directory, or groups")),
    };
    Ok(web::Json(decide(&sign_on, &source, email.as_deref(), groups).await?))
}

async fn source_of(sign_on: &SignOn, key: String) -> Result<Source, ApiError> {
    let asked = sign_on.clone();
    sign_on.auth.db.read(move |conn| known(conn, &asked, &key)).await
}

/// What groups give, and whether that lets somebody in.
async fn decide(
    sign_on: &SignOn,
    source: &Source,
    email: Option<&str>,
    groups: Vec<String>,
) -> Result<Preview, ApiError> {
    let met: Vec<Rule> = mapping::met(source.kind(), &source.rules, &groups).into_iter().cloned().collect();
    let slugs = sign_on.auth.db.read(|conn| {
        let all = workspaces::all(conn)?;
        Ok::<_, ApiError>(all.into_iter().map(|workspace| workspace.slug).collect::<Vec<_>>())
    });
    let slugs = slugs.await?;
    let roles = met.into_iter().filter(|rule| slugs.contains(&rule.gift.workspace)).map(|rule| PreviewRole {
        workspace: rule.gift.workspace,
        role: rule.gift.role,
        app: rule.gift.app,
        group: rule.group,
    });
    let roles: Vec<PreviewRole> = roles.collect();
    let refused = match shut_out(source, email, &groups) {
        Some(refusal) => Some(refusal.detail),
        None if roles.is_empty() => {
            Some("None of these groups gives a role; only a role given by hand would let them in.".into())
        }
        None if email.is_none() && source.kind() == crate::auth::sources::Kind::Ldap => {
            Some("The directory tells no e-mail for this account, and a user needs one.".into())
        }
        None => None,
    };
    Ok(Preview { groups, roles, refused })
}
