//! From a request to who may: [`SignedIn`] tells who calls, [`Can`] also that they may do it here.

use std::collections::BTreeSet;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::can::{self, Permission};
use super::routes::cookie_name;
use super::{Auth, Caller, Identity, Role, Scope, grants, sessions, tokens, totp, unmasked, workspaces};
use crate::audit::Origin;
use crate::db::DbConn;
use crate::http::{ApiError, check_console_write};

/// Whoever is signed in or holds a token; no workspace is looked at.
#[derive(Debug)]
pub struct SignedIn(pub Identity);

/// The number of the user through whose eyes somebody looks who may see users: for reading only.
const VIEW_AS: &str = "x-takehold-view-as";

/// A caller who has permission `P` in the workspace of the path, or in `default` where the path names none, for what
/// concerns the whole installation. Reads as a [`Caller`].
#[derive(Debug)]
pub struct Can<P>(Caller, PhantomData<P>);

impl<P> Deref for Can<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// Who acts in a request, for what looks at it from outside, such as the note of an export.
#[derive(Clone, Debug)]
pub struct Acting {
    /// As the audit log names them.
    pub origin: Origin,
    /// The workspace that the path names; none for the installation.
    pub workspace: Option<i64>,
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
        let view_as = view_as(req);
        let request = req.clone();
        let asked = auth_of(req).and_then(|auth| Credential::of(req, auth.https).map(|credential| (auth, credential)));
        Box::pin(async move {
            let (auth, credential) = asked?;
            let now = auth.clock.now();
            let (asked, view_as) = (auth.clone(), view_as?);
            let (mut caller, stale) = auth
                .db
                .read(move |conn| {
                    let (identity, stale) = credential.identify(&asked, conn, now)?;
                    let caller = match &slug {
                        Some(slug) => caller_in(conn, slug, identity),
                        None => caller_of_installation(conn, identity),
                    }?;
                    if asked.owners_need_codes && caller.role == Role::Owner {
                        check_codes(conn, &caller.identity)?;
                    }
                    let caller = match view_as {
                        Some(user_id) => seen_by(conn, caller, user_id)?,
                        None => caller,
                    };
                    let mut caller = caller;
                    if let (false, Identity::User { id, .. }) = (caller.sees_names(), &caller.identity) {
                        caller.unmasked = unmasked::keys(conn, *id, caller.workspace.id, now)?;
                    }
                    Ok::<_, ApiError>((caller, stale))
                })
                .await?;
            caller.origin = auth.origin_of(&caller.identity, &request);
            let workspace = request.match_info().get("workspace").map(|_| caller.workspace.id);
            request.extensions_mut().insert(Acting { origin: caller.origin.clone(), workspace });
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

/// An owner who signed in with a password alone does nothing but set codes up, which needs no permission.
fn check_codes(conn: &mut DbConn, identity: &Identity) -> Result<(), ApiError> {
    let Identity::User { id, session, .. } = identity else { return Ok(()) };
    let by_source = sessions::began(conn, session)?
        .is_some_and(|(source, _)| ![sessions::LOCAL, sessions::BREAK_GLASS].contains(&source.as_str()));
    if by_source || totp::is_on(conn, *id)? {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "totp_needed",
        "Owners need codes of an authenticator app here; set them up in My account.",
    ))
}

/// What concerns the whole installation is there for everybody to be refused.
fn caller_of_installation(conn: &mut DbConn, identity: Identity) -> Result<Caller, ApiError> {
    caller_in(conn, workspaces::DEFAULT, identity).map_err(|error| match error.code() {
        "not_found" => ApiError::forbidden("forbidden", "This needs a role in the workspace default."),
        _ => error,
    })
}

/// A workspace that the caller has no role in is told from one that is not there to nobody.
fn caller_in(conn: &mut DbConn, slug: &str, identity: Identity) -> Result<Caller, ApiError> {
    let unknown = || ApiError::not_found(format!("workspace {slug:?} for you"));
    if slug.contains('\0') {
        return Err(unknown());
    }
    let workspace = workspaces::find(conn, slug)?.ok_or_else(unknown)?;
    let (role, ceiling) = match &identity {
        Identity::User { id, .. } => (grants::role_in(conn, *id, workspace.id)?.ok_or_else(unknown)?, None),
        Identity::Token { workspace_id, .. } if *workspace_id != workspace.id => return Err(unknown()),
        Identity::Token { role, owner_id: None, .. } => (*role, None),
        Identity::Token { role, owner_id: Some(owner), .. } => {
            (*role, Some(grants::role_in(conn, *owner, workspace.id)?.ok_or_else(unknown)?))
        }
    };
    let is_builder = role == Role::Builder || ceiling == Some(Role::Builder);
    let scope = match &identity {
        _ if !is_builder => Scope::All,
        Identity::Token { owner_id: None, apps, .. } => Scope::Apps(apps.clone()),
        // What a token was made for bounds what its owner sees, and a builder's own apps bound what it was made for.
        Identity::Token { owner_id: Some(id), apps, .. } if !apps.is_empty() => Scope::Apps(match ceiling {
            Some(Role::Builder) => &grants::apps_of(conn, *id, workspace.id)? & apps,
            _ => apps.clone(),
        }),
        Identity::User { id, .. } | Identity::Token { owner_id: Some(id), .. } => {
            Scope::Apps(grants::apps_of(conn, *id, workspace.id)?)
        }
    };
    let origin = identity.origin();
    Ok(Caller { workspace, identity, role, ceiling, scope, unmasked: BTreeSet::new(), origin })
}

/// Whom a request wants to look like; a write never does.
fn view_as(req: &HttpRequest) -> Result<Option<i64>, ApiError> {
    let Some(value) = req.headers().get(VIEW_AS) else { return Ok(None) };
    if !req.method().is_safe() {
        return Err(ApiError::forbidden(
            "view_only",
            "Who views as somebody else changes nothing; leave that view first.",
        ));
    }
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    id.map(Some)
        .ok_or_else(|| ApiError::invalid("X-Takehold-View-As", "is no number of a user; GET /api/v1/users lists them"))
}

/// The caller as if they were that user here, though never more than themselves.
fn seen_by(conn: &mut DbConn, caller: Caller, user_id: i64) -> Result<Caller, ApiError> {
    if !caller.has::<can::UsersRead>() {
        return Err(ApiError::forbidden("forbidden", "Viewing as somebody else needs the permission users.read."));
    }
    let role = grants::role_in(conn, user_id, caller.workspace.id)?
        .ok_or_else(|| ApiError::not_found(format!("user {user_id} with a role in this workspace")))?;
    let scope = match role {
        Role::Builder => Scope::Apps(grants::apps_of(conn, user_id, caller.workspace.id)?),
        _ => caller.scope,
    };
    let ceiling = Some(caller.ceiling.map_or(caller.role, |ceiling| ceiling.max(caller.role)));
    Ok(Caller { role, ceiling, scope, ..caller })
}
