//! Seeing one person by name: asked for with a purpose, granted by somebody else, for some hours.

use actix_web::{get, post, web};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::routes::instant;
use crate::activity::ask::Activity;
use crate::activity::question::ask;
use crate::audit::{self, Entry};
use crate::auth::{Caller, Can, Identity, Role, can};
use crate::clock::Clock;
use crate::db::schema::{unmask_requests as table, user_roles, users};
use crate::db::{Db, DbConn, DbError};
use crate::http::{ApiError, Cursor, Limit, Page, ValidJson, ValidQuery};
use crate::ingest::dictionary::Kind;
use crate::people::pseudonyms::Pseudonyms;

const HOUR: i64 = 3_600_000_000;
/// Nobody needs a name for longer than a month.
const MOST_HOURS: i32 = 31 * 24;
const WAITING: &str = "waiting";
const GRANTED: &str = "granted";
const REFUSED: &str = "refused";

/// What became of a request to see a person by name.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum UnmaskState {
    /// For somebody to decide.
    Waiting,
    /// The person is seen by name.
    Granted,
    /// Somebody refused it.
    Refused,
    /// It was granted, and its time is over.
    Expired,
}

/// Why somebody wants to see a person by name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskToUnmask {
    /// In a sentence; whoever decides, and the audit log, read it.
    #[schema(example = "Answer the ticket about the failed export")]
    purpose: String,
    /// How long it is needed: 1 to 744.
    #[schema(minimum = 1, maximum = 744)]
    hours: i32,
}

/// A request to see a person by name.
#[derive(Serialize, ToSchema)]
pub(super) struct UnmaskRequest {
    id: i64,
    /// The person's pseudonym.
    person: String,
    purpose: String,
    /// For how long.
    hours: i32,
    /// E-mail of who asked.
    asked_by: String,
    #[schema(format = DateTime)]
    asked_at: String,
    state: UnmaskState,
    /// Who decided; `nobody else` where there was nobody else to ask.
    decided_by: Option<String>,
    #[schema(format = DateTime)]
    until: Option<String>,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = table)]
struct Row {
    id: i64,
    user_id: i64,
    person: String,
    purpose: String,
    hours: i32,
    asked_at: i64,
    state: String,
    decided_by: Option<String>,
    until_at: Option<i64>,
}

impl UnmaskRequest {
    fn of((row, email): (Row, String), now: i64) -> Self {
        let state = match row.state.as_str() {
            GRANTED if row.until_at.is_none_or(|until| until <= now) => UnmaskState::Expired,
            GRANTED => UnmaskState::Granted,
            REFUSED => UnmaskState::Refused,
            _ => UnmaskState::Waiting,
        };
        Self {
            id: row.id,
            person: row.person,
            purpose: row.purpose,
            hours: row.hours,
            asked_by: email,
            asked_at: instant(row.asked_at),
            state,
            decided_by: row.decided_by,
            until: row.until_at.map(instant),
        }
    }
}

/// Whoever may decide here besides one user.
fn others_who_decide(conn: &mut DbConn, workspace: i64, but: i64) -> Result<i64, DbError> {
    let deciding: Vec<&str> = Role::ALL
        .into_iter()
        .filter(|role| can::roles_of::<can::PeopleUnmaskApprove>().contains(role))
        .map(Role::as_str)
        .collect();
    Ok(user_roles::table
        .inner_join(users::table.on(users::id.eq(user_roles::user_id)))
        .filter(user_roles::workspace_id.eq(workspace).and(user_roles::role.eq_any(deciding)))
        .filter(users::disabled_at.is_null().and(users::id.ne(but)))
        .count()
        .get_result(conn)?)
}

/// Forgets whom requests about an erased person were about.
pub(super) fn forget(conn: &mut DbConn, workspace: i64, person: &str) -> Result<(), DbError> {
    let theirs = table::table.filter(table::workspace_id.eq(workspace).and(table::person.eq(person)));
    diesel::update(theirs).set(table::person_keys.eq("[]")).execute(conn)?;
    Ok(())
}

/// Ask to see a person by name
///
/// Somebody else who holds `people.unmask_approve` has to agree. Where there is nobody else it is granted at once.
#[utoipa::path(
    tag = "privacy",
    params(("external_id" = String, Path, description = "The person's pseudonym")),
    request_body = AskToUnmask,
    responses((status = 201, body = UnmaskRequest), (status = 409, description = "The caller sees names anyway"))
)]
#[post("/people/{external_id}/unmask")]
pub(super) async fn unmask(
    caller: Can<can::PeopleUnmaskAsk>,
    activity: web::Data<Activity>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
    ValidJson(body): ValidJson<AskToUnmask>,
) -> Result<actix_web::HttpResponse, ApiError> {
    let Identity::User { id: user, email, .. } = caller.identity.clone() else {
        return Err(ApiError::forbidden(
            "session_needed",
            "A person is unmasked for a signed-in user, not for a token.",
        ));
    };
    let purpose = body.purpose.trim().to_owned();
    if purpose.chars().count() < 10 || purpose.len() > 1_000 {
        return Err(ApiError::invalid("purpose", "say what for in 10 to 1000 letters: somebody else decides by it"));
    }
    if !(1..=MOST_HOURS).contains(&body.hours) {
        return Err(ApiError::invalid("hours", "is no number of hours from 1 to 744"));
    }
    if caller.sees_names() {
        return Err(ApiError::conflict("names_are_seen", "You see people by name here; there is nothing to ask for."));
    }
    let (_, id) = path.into_inner();
    let key = activity.key().clone();
    let workspace = caller.workspace.id;
    let (person, keys) = ask(&activity, &caller, move |view, _, sight| {
        let names = view.names();
        let names = names.read();
        let person = sight.person(view, &names, &id)?;
        let pseudonym = Pseudonyms::of(&key, workspace).name(names.name(Kind::Person, person));
        Ok((pseudonym, view.identity().keys(person)))
    })
    .await?;
    let (now, origin) = (clock.now(), caller.origin.clone());
    let made = db
        .write(move |conn| -> Result<UnmaskRequest, ApiError> {
            let alone = others_who_decide(conn, workspace, user)? == 0;
            let values = (
                table::workspace_id.eq(workspace),
                table::user_id.eq(user),
                table::person.eq(&person),
                table::person_keys.eq(json!(keys).to_string()),
                table::purpose.eq(&purpose),
                table::hours.eq(body.hours),
                table::asked_at.eq(now),
                table::state.eq(if alone { GRANTED } else { WAITING }),
                table::decided_by.eq(alone.then_some("nobody else")),
                table::decided_at.eq(alone.then_some(now)),
                table::until_at.eq(alone.then_some(now + i64::from(body.hours) * HOUR)),
            );
            diesel::insert_into(table::table).values(values).execute(conn)?;
            let mine = table::table.filter(table::workspace_id.eq(workspace).and(table::user_id.eq(user)));
            let row: Row = mine.order(table::id.desc()).select(Row::as_select()).first(conn)?;
            let detail = json!({ "request": row.id, "purpose": purpose, "hours": body.hours });
            let action = if alone { "person.unmasked" } else { "person.unmask_asked" };
            let entry = Entry { workspace: Some(workspace), action, target: &person, detail };
            audit::record(conn, &origin, entry, now)?;
            Ok(UnmaskRequest::of((row, email), now))
        })
        .await?;
    Ok(actix_web::HttpResponse::Created().json(made))
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListOf {
    #[serde(default)]
    #[param(value_type = u16, minimum = 1, maximum = 500, required = false)]
    limit: Limit,
    #[param(value_type = String, required = false)]
    cursor: Option<Cursor>,
}

impl ListOf {
    /// The limit, and the number to begin before.
    pub fn read(&self) -> Result<(Limit, Option<i64>), ApiError> {
        Ok((self.limit, self.cursor.as_ref().map(Cursor::decode).transpose()?))
    }
}

/// Requests to see people by name, newest first: one's own, or all for who may decide
#[utoipa::path(tag = "privacy", params(ListOf), responses((status = 200, body = Page<UnmaskRequest>)))]
#[get("/unmask-requests")]
pub(super) async fn list(
    caller: Can<can::PeopleUnmaskAsk>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<ListOf>,
) -> Result<web::Json<Page<UnmaskRequest>>, ApiError> {
    let (limit, before) = query.read()?;
    let (workspace, now) = (caller.workspace.id, clock.now());
    let all = caller.has::<can::PeopleUnmaskApprove>();
    let user = caller.identity.user_id().unwrap_or(0);
    let rows = db
        .read(move |conn| -> Result<Vec<(Row, String)>, DbError> {
            let mut rows = table::table
                .inner_join(users::table.on(users::id.eq(table::user_id)))
                .filter(table::workspace_id.eq(workspace).and(table::id.lt(before.unwrap_or(i64::MAX))))
                .select((Row::as_select(), users::email))
                .order(table::id.desc())
                .limit(limit.rows_and_one())
                .into_boxed();
            if !all {
                rows = rows.filter(table::user_id.eq(user));
            }
            Ok(rows.load(conn)?)
        })
        .await?;
    let items = rows.into_iter().map(|row| UnmaskRequest::of(row, now)).collect();
    Ok(web::Json(Page::cut(items, limit, |request: &UnmaskRequest| request.id)))
}

/// Let somebody see a person by name
#[utoipa::path(
    tag = "privacy",
    params(("id" = String, Path, description = "Number of the request")),
    responses((status = 200, body = UnmaskRequest), (status = 409, description = "It was decided already"))
)]
#[post("/unmask-requests/{id}/approve")]
pub(super) async fn approve(
    caller: Can<can::PeopleUnmaskApprove>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<UnmaskRequest>, ApiError> {
    decide(&caller, &db, clock.now(), path.into_inner().1, true).await
}

/// Refuse that somebody sees a person by name
#[utoipa::path(
    tag = "privacy",
    params(("id" = String, Path, description = "Number of the request")),
    responses((status = 200, body = UnmaskRequest), (status = 409, description = "It was decided already"))
)]
#[post("/unmask-requests/{id}/refuse")]
pub(super) async fn refuse(
    caller: Can<can::PeopleUnmaskApprove>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<UnmaskRequest>, ApiError> {
    decide(&caller, &db, clock.now(), path.into_inner().1, false).await
}

async fn decide(
    caller: &Caller,
    db: &Db,
    now: i64,
    id: String,
    granted: bool,
) -> Result<web::Json<UnmaskRequest>, ApiError> {
    let unknown = format!("request {id:?}");
    let id: i64 = id.parse().map_err(|_| ApiError::not_found(&unknown))?;
    let Identity::User { id: user, email, .. } = caller.identity.clone() else {
        return Err(ApiError::forbidden("session_needed", "A signed-in user decides this, not a token."));
    };
    let (workspace, origin) = (caller.workspace.id, caller.origin.clone());
    let decided = db
        .write(move |conn| -> Result<UnmaskRequest, ApiError> {
            let row = table::table
                .inner_join(users::table.on(users::id.eq(table::user_id)))
                .filter(table::workspace_id.eq(workspace).and(table::id.eq(id)))
                .select((Row::as_select(), users::email));
            let (mut row, asked_by): (Row, String) =
                row.first(conn).optional()?.ok_or_else(|| ApiError::not_found(unknown))?;
            if row.user_id == user {
                return Err(ApiError::forbidden("own_request", "Somebody else decides about what you asked for."));
            }
            let until = granted.then_some(now + i64::from(row.hours) * HOUR);
            let state = if granted { GRANTED } else { REFUSED };
            let waits = table::table.filter(table::id.eq(id).and(table::state.eq(WAITING)));
            let values = (
                table::state.eq(state),
                table::decided_by.eq(&email),
                table::decided_at.eq(now),
                table::until_at.eq(until),
            );
            if diesel::update(waits).set(values).execute(conn)? == 0 {
                return Err(ApiError::conflict("already_decided", "This request was decided already."));
            }
            let action = if granted { "person.unmask_approved" } else { "person.unmask_refused" };
            let detail = json!({ "request": id, "asked_by": asked_by, "purpose": row.purpose, "hours": row.hours });
            let entry = Entry { workspace: Some(workspace), action, target: &row.person, detail };
            audit::record(conn, &origin, entry, now)?;
            (row.state, row.decided_by, row.until_at) = (state.to_owned(), Some(email), until);
            Ok(UnmaskRequest::of((row, asked_by), now))
        })
        .await?;
    Ok(web::Json(decided))
}
