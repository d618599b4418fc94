//! The set-up page of a first start.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Me;
use super::session::{note_refused, start};
use crate::audit::Origin;
use crate::auth::{Auth, AuthError, setup, users};
use crate::http::{ApiError, ValidJson, check_same_origin};

/// Whether this installation waits for its first owner.
#[derive(Serialize, ToSchema)]
struct SetupState {
    /// True until there is a user.
    needed: bool,
}

/// The first owner, with the code that the server printed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetUp {
    code: String,
    #[schema(example = "ada@example.com")]
    email: String,
    name: String,
    #[schema(format = Password)]
    password: String,
}

/// Whether a first owner is needed
#[utoipa::path(tag = "session", security(()), responses((status = 200, body = SetupState)))]
#[get("/setup")]
pub(super) async fn setup_state(auth: web::Data<Auth>) -> Result<web::Json<SetupState>, ApiError> {
    let exist = auth.db.read(users::exist).await?;
    Ok(web::Json(SetupState { needed: !exist }))
}

/// Make the first owner and sign in
#[utoipa::path(
    tag = "session",
    security(()),
    request_body = SetUp,
    responses(
        (status = 200, body = Me, description = "Set up and signed in; the cookie is set"),
        (status = 409, body = crate::http::Problem, description = "Set up already"),
        (status = 429, body = crate::http::Problem, description = "Too many wrong codes; see Retry-After"),
    )
)]
#[post("/setup")]
pub(super) async fn set_up(
    req: HttpRequest,
    auth: web::Data<Auth>,
    ValidJson(body): ValidJson<SetUp>,
) -> Result<HttpResponse, ApiError> {
    check_same_origin(&req)?;
    let address = auth.client.of(&req);
    auth.throttle.admit("setup", address).map_err(|wait| {
        ApiError::too_many("too_many_attempts", format!("Too many wrong codes; try again in {wait} seconds."), wait)
    })?;
    let code = body.code.clone();
    let looked = auth
        .db
        .read(move |conn| {
            if users::exist(conn)? {
                return Err(ApiError::conflict(
                    "already_set_up",
                    "This installation has been set up; sign in instead.",
                ));
            }
            if !setup::code_fits(conn, &code)? {
                let advice = "This is not the code that the server printed at its last start; look there.";
                return Err(ApiError::forbidden("wrong_setup_code", advice).with_field("code", advice));
            }
            Ok(())
        })
        .await;
    if looked.as_ref().is_err_and(|error: &ApiError| error.code() == "wrong_setup_code") {
        note_refused(&req, &auth, "set-up", "wrong_setup_code").await;
    }
    looked?;
    auth.throttle.succeeded("setup", address);
    let hash = auth.passwords.hash(body.password).await.map_err(AuthError::from)?;
    let now = auth.clock.now();
    let origin = auth.seen_from(Origin::nobody("set-up"), &req);
    let user = auth
        .db
        .write(move |conn| {
            // Looked at again inside the transaction: of two at once, one becomes the owner.
            if !setup::code_fits(conn, &body.code)? {
                return Err(AuthError::taken("setup", "somebody else has just set this installation up"));
            }
            setup::make_first_owner(conn, (&body.email, &body.name, &hash), &origin, now)
        })
        .await?;
    start(&req, &auth, user, None).await
}
