//! Sources of sign-on in the console: listed with where each value comes from, made, changed, removed.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Entry};
use crate::auth::sources::{Field, Kind, Setting, SignOn, Source, fields, identities, stored};
use crate::auth::{Can, Role, can, workspaces};
use crate::db::DbConn;
use crate::http::{ApiError, Page, ValidJson};

/// A source of sign-on with all its settings.
#[derive(Serialize, ToSchema)]
pub(super) struct SignInSource {
    /// Its name in paths.
    #[schema(example = "oidc")]
    key: String,
    /// What kind it is.
    kind: Kind,
    /// What the sign-in page calls it.
    name: String,
    /// Whether people may sign in by it.
    enabled: bool,
    /// Whether the file or the environment made it, so that it cannot be removed or turned off here.
    locked: bool,
    /// The setting that it lacks to be used; null if it lacks none.
    missing: Option<&'static str>,
    /// Values that cannot be used, each with what would be right.
    problems: Vec<String>,
    /// Every setting, with its value and where that comes from.
    settings: Vec<Setting>,
    /// How many users sign in by it.
    people: usize,
}

fn shown(conn: &mut DbConn, source: Source) -> Result<SignInSource, ApiError> {
    let people = identities::at(conn, &source.key)?.len();
    Ok(SignInSource {
        kind: source.kind(),
        missing: source.missing(),
        key: source.key,
        name: source.name,
        enabled: source.enabled,
        locked: source.locked,
        problems: source.problems,
        settings: source.shown,
        people,
    })
}

pub(super) fn known(conn: &mut DbConn, sign_on: &SignOn, key: &str) -> Result<Source, ApiError> {
    sign_on.source_of(conn, key)?.ok_or_else(|| ApiError::not_found(format!("source of sign-on {key:?}")))
}

/// Sources of sign-on
#[utoipa::path(tag = "sign-in-sources", responses((status = 200, body = Page<SignInSource>)))]
#[get("/sign-in-sources")]
pub(super) async fn list(
    sign_on: web::Data<SignOn>,
    _caller: Can<can::SourcesRead>,
) -> Result<web::Json<Page<SignInSource>>, ApiError> {
    let asked = sign_on.as_ref().clone();
    let items = sign_on.auth.db.read(move |conn| {
        let sources = asked.sources(conn)?;
        sources.into_iter().map(|source| shown(conn, source)).collect::<Result<Vec<_>, ApiError>>()
    });
    Ok(web::Json(Page::whole(items.await?)))
}

/// A new source.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSource {
    /// Its name in paths: small letters, digits, `-` and `_`.
    #[schema(example = "corp")]
    key: String,
    /// What kind it is.
    kind: Kind,
    /// What the sign-in page calls it.
    #[schema(example = "Corporate directory")]
    name: String,
    /// Settings by name, as text; those left out keep their default.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, String>)]
    settings: BTreeMap<String, String>,
}

/// Add a source
#[utoipa::path(
    tag = "sign-in-sources",
    request_body = NewSource,
    responses((status = 201, body = SignInSource), (status = 409, body = crate::http::Problem, description = "The key is taken"))
)]
#[post("/sign-in-sources")]
pub(super) async fn add(
    sign_on: web::Data<SignOn>,
    caller: Can<can::SourcesWrite>,
    ValidJson(body): ValidJson<NewSource>,
) -> Result<HttpResponse, ApiError> {
    check_key(&body.key)?;
    let name = check_name(&body.name)?;
    let changes = changes(body.kind, &body.settings)?;
    let may_own = caller.may_hand_out(Role::Owner);
    let (asked, origin, now) = (sign_on.as_ref().clone(), caller.origin.clone(), sign_on.auth.clock.now());
    let made = sign_on.auth.db.write(move |conn| {
        if asked.source_of(conn, &body.key)?.is_some() {
            return Err(ApiError::conflict("taken", format!("There is a source {:?} already.", body.key)));
        }
        let mut row = stored::new_row(&body.key, body.kind, &name, now);
        row.set(conn, &asked.vault, &changes, now).map_err(|e| ApiError::internal(e.to_string()))?;
        stored::keep(conn, &row)?;
        let source = usable(known(conn, &asked, &body.key)?)?;
        guard(conn, may_own, &source)?;
        let detail = json!({ "kind": body.kind, "settings": names_of(&changes) });
        audit::record(
            conn,
            &origin,
            Entry { workspace: None, action: "source.created", target: &body.key, detail },
            now,
        )?;
        shown(conn, source)
    });
    Ok(HttpResponse::Created().json(made.await?))
}

/// What is to be changed of a source.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SourceChange {
    /// What the sign-in page calls it.
    name: Option<String>,
    /// Whether people may sign in by it; sessions go on.
    enabled: Option<bool>,
    /// Settings by name, as text; an empty text takes a value away, those left out stay.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, String>)]
    settings: BTreeMap<String, String>,
}

/// Change a source
///
/// What the file or the environment sets cannot be changed here.
#[utoipa::path(
    tag = "sign-in-sources",
    params(("key" = String, Path, description = "Key of the source")),
    request_body = SourceChange,
    responses((status = 200, body = SignInSource), (status = 409, body = crate::http::Problem, description = "Set by the file or the environment"))
)]
#[put("/sign-in-sources/{key}")]
pub(super) async fn change(
    sign_on: web::Data<SignOn>,
    caller: Can<can::SourcesWrite>,
    key: web::Path<String>,
    ValidJson(body): ValidJson<SourceChange>,
) -> Result<web::Json<SignInSource>, ApiError> {
    let may_own = caller.may_hand_out(Role::Owner);
    let (asked, origin, now) = (sign_on.as_ref().clone(), caller.origin.clone(), sign_on.auth.clock.now());
    let changed = sign_on.auth.db.write(move |conn| {
        let before = known(conn, &asked, &key)?;
        guard(conn, may_own, &before)?;
        let changes = changes(before.kind(), &body.settings)?;
        for (field, _) in &changes {
            let locked = before.shown.iter().find(|setting| setting.key == field.key && setting.locked);
            if let Some(place) = locked.and_then(|setting| setting.place.clone()) {
                return Err(set_elsewhere(field.key, &place));
            }
        }
        if before.locked && body.enabled == Some(false) {
            return Err(set_elsewhere("enabled", "the configuration, which names this source"));
        }
        let row = stored::find(conn, &key)?.filter(|row| row.kind == before.kind().as_str());
        let mut row = row.unwrap_or_else(|| stored::new_row(&key, before.kind(), "", now));
        let mut detail = json!({ "settings": names_of(&changes) });
        if let Some(name) = &body.name {
            row.name = check_name(name)?;
            add(&mut detail, "name", json!([before.name, row.name]));
        }
        if let Some(enabled) = body.enabled {
            row.enabled = i16::from(enabled);
            add(&mut detail, "enabled", json!([before.enabled, enabled]));
        }
        row.set(conn, &asked.vault, &changes, now).map_err(|e| ApiError::internal(e.to_string()))?;
        stored::keep(conn, &row)?;
        let source = usable(known(conn, &asked, &key)?)?;
        guard(conn, may_own, &source)?;
        audit::record(conn, &origin, Entry { workspace: None, action: "source.changed", target: &key, detail }, now)?;
        asked.providers.forget(&key);
        shown(conn, source)
    });
    return Ok(web::Json(changed.await?));

    fn add(detail: &mut serde_json::Value, name: &str, value: serde_json::Value) {
        if let Some(fields) = detail.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    }
}

/// Remove a source
///
/// Users who signed in by it stay, with the roles that others gave them; what it granted is taken back.
#[utoipa::path(
    tag = "sign-in-sources",
    params(("key" = String, Path, description = "Key of the source")),
    responses((status = 204, description = "Removed"), (status = 409, body = crate::http::Problem, description = "Set by the file or the environment"))
)]
#[delete("/sign-in-sources/{key}")]
pub(super) async fn remove(
    sign_on: web::Data<SignOn>,
    caller: Can<can::SourcesWrite>,
    key: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (asked, origin, now) = (sign_on.as_ref().clone(), caller.origin.clone(), sign_on.auth.clock.now());
    let removed = sign_on.auth.db.write(move |conn| {
        if known(conn, &asked, &key)?.locked {
            return Err(set_elsewhere("source", "the configuration, which names it"));
        }
        let people = identities::at(conn, &key)?;
        for identity in &people {
            crate::auth::grants::sync(conn, identity.user_id, &key, &[])?;
            identities::unlink(conn, &key, &identity.subject)?;
        }
        stored::remove(conn, &key)?;
        let detail = json!({ "people": people.len() });
        audit::record(conn, &origin, Entry { workspace: None, action: "source.deleted", target: &key, detail }, now)?;
        Ok(())
    });
    removed.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whoever sets how owners sign in could sign in as one, so only an owner does.
fn guard(conn: &mut DbConn, may_own: bool, source: &Source) -> Result<(), ApiError> {
    if may_own {
        return Ok(());
    }
    let mut reaches_owners =
        source.common().link_by_email || source.rules.iter().any(|rule| rule.gift.role == Role::Owner);
    for identity in identities::at(conn, &source.key)? {
        reaches_owners |= workspaces::of_user(conn, identity.user_id)?.iter().any(|(_, role)| *role == Role::Owner);
    }
    if reaches_owners {
        return Err(ApiError::forbidden(
            "above_yourself",
            "Owners sign in by this source, so only an owner changes it.",
        ));
    }
    Ok(())
}

/// What cannot be changed here, and where it is set.
pub(super) fn set_elsewhere(what: &str, place: &str) -> ApiError {
    ApiError::conflict("set_elsewhere", format!("{what} is set by {place}; change it there."))
}

/// A source whose values can all be used; another is not stored.
fn usable(source: Source) -> Result<Source, ApiError> {
    match source.problems.first() {
        Some(problem) => {
            let (field, message) = problem.split_once(": ").unwrap_or(("settings", problem));
            Err(ApiError::invalid(field.to_owned(), message.to_owned()))
        }
        None => Ok(source),
    }
}

type Changes = Vec<(&'static Field, String)>;

fn changes(kind: Kind, settings: &BTreeMap<String, String>) -> Result<Changes, ApiError> {
    let one = |(key, value): (&String, &String)| {
        let field = fields(kind).find(|field| field.key == key).ok_or_else(|| {
            let known: Vec<&str> = fields(kind).filter(|field| field.by_console).map(|field| field.key).collect();
            ApiError::invalid(key.clone(), format!("is no setting of such a source; known are {}", known.join(", ")))
        })?;
        if !field.by_console {
            return Err(ApiError::conflict(
                "set_elsewhere",
                format!(
                    "{key} is set by the file or the environment only; group-mappings keeps groups and roles here."
                ),
            ));
        }
        if value.len() > 4_000 || value.contains(char::is_control) {
            return Err(ApiError::invalid(key.clone(), "write at most 4000 bytes, without control characters"));
        }
        Ok((field, value.clone()))
    };
    settings.iter().map(one).collect()
}

/// Which settings were changed: values may be telling, names are not.
fn names_of(changes: &Changes) -> Vec<&'static str> {
    changes.iter().map(|(field, _)| field.key).collect()
}

fn check_key(key: &str) -> Result<(), ApiError> {
    let sane = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-_".contains(&c);
    let reserved = ["local", "manual", "break-glass", "scim"];
    if (1..=40).contains(&key.len()) && key.bytes().all(sane) && !reserved.contains(&key) {
        return Ok(());
    }
    Err(ApiError::invalid(
        "key",
        "use 1 to 40 small letters, digits, hyphens and underscores; local, manual, scim and break-glass are taken",
    ))
}

fn check_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.len() > 100 || name.contains(char::is_control) {
        return Err(ApiError::invalid("name", "choose a name of 1 to 100 bytes, without control characters"));
    }
    Ok(name.to_owned())
}
