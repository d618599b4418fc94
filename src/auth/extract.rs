//! From a request to who may: [`SignedIn`] tells who calls, [`Can`] also that they may do it here.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};

use super::can::Permission;
use super::routes::cookie_name;
use super::{Auth, Caller, Identity, sessions, tokens, users, workspaces};
use crate::db::DbConn;
use crate::http::{ApiError, check_console_write};

/// Whoever is signed in or holds a token; no workspace is looked at.
#[derive(Debug)]
pub struct SignedIn(pub Identity);

/// A caller who has permission `P` in the workspace of the path; where the path names none, what is asked concerns
/// the installation, and the role in the workspace `default` counts. Reads as a [`Caller`].
#[derive(Debug)]
pub struct Can<P>(Caller, PhantomData<P>);

impl<P> Deref for Can<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// What a request proves itself with.
enum Credential {
    Bearer(String),
    Cookie(String),
}

impl Credential {
    fn of(req: &HttpRequest, https: bool) -> Result<Self, ApiError> {
        if let Some(value) = req.headers().get(header::AUTHORIZATION) {
            let bearer = value.to_str().ok().and_then(|text| text.split_once(' '));
            return match bearer {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Self::Bearer(token.trim().into())),
                _ => Err(ApiError::sign_in_needed("Send an API token as Authorization: Bearer thk_….")),
            };
        }
        let Some(cookie) = req.cookie(cookie_name(https)) else {
            return Err(ApiError::sign_in_needed("Sign in, or send an API token as Authorization: Bearer thk_…."));
        };
        check_console_write(req)?;
        Ok(Self::Cookie(cookie.value().to_owned()))
    }

    fn identify(&self, auth: &Auth, conn: &mut DbConn, now: i64) -> Result<(Identity, bool), ApiError> {
        match self {
            Self::Bearer(token) => tokens::identify(conn, token, now)?
                .ok_or_else(|| ApiError::sign_in_needed("This token is not known, has expired or was revoked.")),
            Self::Cookie(cookie) => (match sessions::identify(conn, cookie, now)? {
                Some(found) => Some(found),
                None => sessions::identify_unsaved(conn, &auth.unsaved, cookie, now)?,
            })
            .ok_or_else(|| ApiError::sign_in_needed("This session has ended; sign in again.")),
        }
    }
}

/// Notes the use without holding the request up; a full disk must not keep people from reading.
fn note_use(auth: &Auth, identity: &Identity, now: i64) {
    let (db, identity) = (auth.db.clone(), identity.clone());
    actix_web::rt::spawn(async move {
        let noted = db
            .write(move |conn| match identity {
                Identity::User { session, .. } => sessions::touch(conn, &session, now),
                Identity::Token { id, .. } => tokens::touch(conn, id, now),
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of a session or token was not noted");
        }
    });
}

fn auth_of(req: &HttpRequest) -> Result<web::Data<Auth>, ApiError> {
    req.app_data::<web::Data<Auth>>().cloned().ok_or_else(|| ApiError::internal("Auth is not registered"))
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asked = auth_of(req).and_then(|auth| Credential::of(req, auth.https).map(|credential| (auth, credential)));
        Box::pin(async move {
            let (auth, credential) = asked?;
            let now = auth.clock.now();
            let asked = auth.clone();
            let (identity, stale) = auth.db.read(move |conn| credential.identify(&asked, conn, now)).await?;
            if stale {
                note_use(&auth, &identity, now);
            }
            Ok(Self(identity))
        })
    }
}

impl<P: Permission> FromRequest for Can<P> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let slug = req.match_info().get("workspace").map(str::to_owned);
        let asked = auth_of(req).and_then(|auth| Credential::of(req, auth.https).map(|credential| (auth, credential)));
        Box::pin(async move {
            let (auth, credential) = asked?;
            let now = auth.clock.now();
            let asked = auth.clone();
            let (caller, stale) = auth
                .db
                .read(move |conn| {
                    let (identity, stale) = credential.identify(&asked, conn, now)?;
                    let caller = match &slug {
                        Some(slug) => caller_in(conn, slug, identity),
                        None => caller_of_installation(conn, identity),
                    };
                    Ok::<_, ApiError>((caller, stale))
                })
                .await?;
            if stale {
                note_use(&auth, &caller.identity, now);
            }
            if !caller.has::<P>() {
                return Err(ApiError::forbidden(
                    "forbidden",
                    format!("This needs the permission {}, which the role {} lacks.", P::NAME, caller.role.as_str()),
                ));
            }
            Ok(Self(caller, PhantomData))
        })
    }
}

/// A workspace that the caller has no role in is told from one that is not there to nobody.
fn unknown(slug: &str) -> ApiError {
    ApiError::not_found(format!("workspace {slug:?} for you"))
}

/// That there is a workspace `default` is no secret.
fn no_role_in_default<P: Permission>() -> ApiError {
    let default = workspaces::DEFAULT;
    ApiError::forbidden(
        "forbidden",
        format!(
            "This concerns the whole installation: it needs the permission {} in the workspace {default}.",
            P::NAME
        ),
    )
}

/// The caller in a workspace, if it is there and they have a role in it.
fn caller_in(conn: &mut DbConn, slug: &str, identity: Identity) -> Result<Option<Caller>, ApiError> {
    if slug.contains('\0') {
        return Ok(None);
    }
    let Some(workspace) = workspaces::find(conn, slug)? else { return Ok(None) };
    let role_of = |conn: &mut DbConn, user| users::role_in(conn, user, workspace.id);
    let (role, ceiling) = match &identity {
        Identity::User { id, .. } => (role_of(conn, *id)?, None),
        Identity::Token { workspace_id, .. } if *workspace_id != workspace.id => (None, None),
        Identity::Token { role, owner_id: None, .. } => (Some(*role), None),
        // A token ends with its owner's role.
        Identity::Token { role, owner_id: Some(owner), .. } => match role_of(conn, *owner)? {
            None => (None, None),
            ceiling => (Some(*role), ceiling),
        },
    };
    Ok(role.map(|role| Caller { workspace, identity, role, ceiling }))
}
