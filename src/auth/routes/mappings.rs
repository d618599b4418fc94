//! Which groups get which roles, as the console and the configuration say; and who is linked with whom.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Entry};
use crate::auth::sources::{SettingOrigin, SignOn, accounts, identities, stored};
use crate::auth::{Can, Role, can, guard, workspaces};
use crate::db::DbConn;
use crate::http::{ApiError, Page, ValidJson};

/// The source that a body names.
fn named(conn: &mut DbConn, sign_on: &SignOn, key: &str) -> Result<(), ApiError> {
    let unknown = || ApiError::invalid("source", format!("there is no source of sign-on {key:?}"));
    sign_on.source_of(conn, key)?.map(drop).ok_or_else(unknown)
}

/// What the members of a group get.
#[derive(Serialize, ToSchema)]
struct GroupMapping {
    /// Names it when removing it; null for one of the configuration.
    id: Option<i64>,
    /// Key of the source.
    source: String,
    /// The group: a value of the claim; of a directory its DN or its name.
    group: String,
    /// The workspace's name in paths.
    workspace: String,
    /// What they are there.
    role: Role,
    /// For builders: an app that they see.
    app: Option<String>,
    /// Where it is set.
    origin: SettingOrigin,
    /// The file or the variable that sets it.
    place: Option<String>,
}

/// Groups and their roles
#[utoipa::path(tag = "sign-in-sources", responses((status = 200, body = Page<GroupMapping>)))]
#[get("/group-mappings")]
pub(super) async fn list(
    sign_on: web::Data<SignOn>,
    _caller: Can<can::SourcesRead>,
) -> Result<web::Json<Page<GroupMapping>>, ApiError> {
    let asked = sign_on.as_ref().clone();
    let items = sign_on.auth.db.read(move |conn| {
        let kept = stored::mappings(conn)?;
        let mut items = Vec::new();
        for source in asked.sources(conn)? {
            let own: Vec<_> = kept.iter().filter(|mapping| mapping.source == source.key).collect();
            // The console's rules stand behind those of the configuration.
            let configured = source.rules.len().saturating_sub(own.iter().filter_map(|mapping| mapping.rule()).count());
            let setting = source.shown.iter().find(|setting| setting.key == "role_mappings");
            items.extend(source.rules.iter().take(configured).map(|rule| GroupMapping {
                id: None,
                source: source.key.clone(),
                group: rule.group.clone(),
                workspace: rule.gift.workspace.clone(),
                role: rule.gift.role,
                app: rule.gift.app.clone(),
                origin: setting.map_or(SettingOrigin::File, |setting| setting.origin),
                place: setting.and_then(|setting| setting.place.clone()),
            }));
            items.extend(own.into_iter().filter_map(|mapping| {
                Some(GroupMapping {
                    id: Some(mapping.id),
                    source: mapping.source.clone(),
                    group: mapping.group.clone(),
                    workspace: mapping.workspace.clone(),
                    role: Role::parse(&mapping.role)?,
                    app: mapping.app.clone(),
                    origin: SettingOrigin::Console,
                    place: None,
                })
            }));
        }
        Ok::<_, ApiError>(items)
    });
    Ok(web::Json(Page::whole(items.await?)))
}

/// What a group is to get.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMapping {
    /// Key of the source.
    #[schema(example = "oidc")]
    source: String,
    /// The group: a value of the claim; of a directory its DN or its name.
    #[schema(example = "staff")]
    group: String,
    /// The workspace's name in paths.
    #[schema(example = "default")]
    workspace: String,
    /// What they are there.
    role: Role,
    /// For builders: an app that they see.
    app: Option<String>,
}

/// A mapping that was made.
#[derive(Serialize, ToSchema)]
struct MadeMapping {
    /// Names it when removing it.
    id: i64,
}

/// Give a group a role
#[utoipa::path(
    tag = "sign-in-sources",
    request_body = NewMapping,
    responses((status = 201, body = MadeMapping), (status = 409, body = crate::http::Problem, description = "There already"))
)]
#[post("/group-mappings")]
pub(super) async fn add(
    sign_on: web::Data<SignOn>,
    caller: Can<can::SourcesWrite>,
    ValidJson(body): ValidJson<NewMapping>,
) -> Result<HttpResponse, ApiError> {
    let group = body.group.trim().to_owned();
    if group.is_empty() || group.len() > 1_000 || group.contains(char::is_control) {
        return Err(ApiError::invalid("group", "write 1 to 1000 bytes, without control characters"));
    }
    let app = body.app.as_deref().map(str::trim).filter(|app| !app.is_empty()).map(str::to_owned);
    if app.as_ref().is_some_and(|app| body.role != Role::Builder || app.len() > 200 || app.contains(char::is_control)) {
        return Err(ApiError::invalid("app", "only a builder is given an app, of at most 200 bytes"));
    }
    if body.role == Role::Scim {
        return Err(ApiError::invalid("role", "people can be owner, admin, success, builder or viewer"));
    }
    let (asked, origin, now) = (sign_on.as_ref().clone(), caller.origin.clone(), sign_on.auth.clock.now());
    let id = sign_on.auth.db.write(move |conn| {
        named(conn, &asked, &body.source)?;
        let workspace = workspaces::find(conn, &body.workspace)?
            .ok_or_else(|| ApiError::invalid("workspace", format!("there is no workspace {:?}", body.workspace)))?;
        guard::may_give(conn, &caller, &workspace, body.role)?;
        let gift = (workspace.id, body.role, app.as_deref());
        let id = stored::add_mapping(conn, (&body.source, &group), gift, now)?
            .ok_or_else(|| ApiError::conflict("taken", "This group has this role already."))?;
        let detail = json!({ "source": body.source, "role": body.role, "app": app });
        let entry = Entry { workspace: Some(workspace.id), action: "mapping.created", target: &group, detail };
        audit::record(conn, &origin, entry, now)?;
        Ok::<_, ApiError>(id)
    });
    Ok(HttpResponse::Created().json(MadeMapping { id: id.await? }))
}

/// Take a role from a group
///
/// Its members lose the role at their next log-in, or when the job directory-sync runs.
#[utoipa::path(
    tag = "sign-in-sources",
    params(("id" = i64, Path, description = "Number of the mapping")),
    responses((status = 204, description = "Taken"))
)]
#[delete("/group-mappings/{id}")]
pub(super) async fn remove(
    sign_on: web::Data<SignOn>,
    caller: Can<can::SourcesWrite>,
    id: web::Path<i64>,
) -> Result<HttpResponse, ApiError> {
    let (origin, now) = (caller.origin.clone(), sign_on.auth.clock.now());
    let removed = sign_on.auth.db.write(move |conn| {
        let gone = stored::remove_mapping(conn, *id)?.ok_or_else(|| ApiError::not_found(format!("mapping {id}")))?;
        if let (Some(workspace), Some(role)) = (workspaces::find(conn, &gone.workspace)?, Role::parse(&gone.role)) {
            guard::may_give(conn, &caller, &workspace, role)?;
        }
        let detail = json!({ "source": gone.source, "role": gone.role, "app": gone.app, "workspace": gone.workspace });
        let entry = Entry { workspace: None, action: "mapping.deleted", target: &gone.group, detail };
        audit::record(conn, &origin, entry, now)?;
        Ok::<_, ApiError>(())
    });
    removed.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who a user is at a source.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewIdentity {
    /// Key of the source.
    #[schema(example = "oidc")]
    source: String,
    /// What never changes there: `sub` of a provider, entryUUID or objectGUID of a directory. A refused log-in's row in the audit log names it.
    subject: String,
}

/// Link a user with an account at a source
#[utoipa::path(
    tag = "sign-in-sources",
    params(("id" = i64, Path, description = "Number of the user")),
    request_body = NewIdentity,
    responses((status = 204, description = "Linked"), (status = 409, body = crate::http::Problem, description = "That account is somebody already"))
)]
#[post("/users/{id}/identities")]
pub(super) async fn link(
    sign_on: web::Data<SignOn>,
    caller: Can<can::UsersWrite>,
    id: web::Path<i64>,
    ValidJson(body): ValidJson<NewIdentity>,
) -> Result<HttpResponse, ApiError> {
    if body.subject.is_empty() || body.subject.len() > 500 || body.subject.contains(char::is_control) {
        return Err(ApiError::invalid("subject", "write 1 to 500 bytes, without control characters"));
    }
    let (asked, origin, now) = (sign_on.as_ref().clone(), caller.origin.clone(), sign_on.auth.clock.now());
    let user = id.into_inner();
    let linked = sign_on.auth.db.write(move |conn| {
        named(conn, &asked, &body.source)?;
        let user = accounts::by_id(conn, user).map_err(|_| ApiError::not_found(format!("user {user}")))?;
        guard::not_above(conn, &caller, user.id)?;
        if identities::find(conn, &body.source, &body.subject)?.is_some() {
            return Err(ApiError::conflict("taken", "This account is linked with a user already."));
        }
        identities::link(conn, (&body.source, &body.subject), user.id, &user.email, now)?;
        let detail = json!({ "identity": [null, { "source": body.source, "subject": body.subject }] });
        let entry = Entry { workspace: None, action: "user.changed", target: &user.email, detail };
        audit::record(conn, &origin, entry, now)?;
        Ok(())
    });
    linked.await?;
    Ok(HttpResponse::NoContent().finish())
}
