//! From somebody whom a source vouches for to a user with roles: found, linked or made, and brought up to date.

use actix_web::http::StatusCode;
use diesel::prelude::*;
use serde_json::json;

use super::accounts;
use super::identities::{self, Identity};
use super::mapping::{self, is_named};
use super::{Kind, Source};
use crate::audit::{self, Entry, Origin};
use crate::auth::grants::{self, Granted};
use crate::auth::{AuthError, users, workspaces};
use crate::db::schema::{sessions, users as table};
use crate::db::{DbConn, DbError};
use crate::http::ApiError;

/// Somebody whom a source vouches for.
#[derive(Clone, Debug)]
pub struct Proven {
    /// What never changes there.
    pub subject: String,
    /// What they typed, or are called there.
    pub login: String,
    /// Their name, for people.
    pub name: String,
    /// Their e-mail, if the source tells.
    pub email: Option<String>,
    /// Whether the source vouches for the e-mail.
    pub verified: bool,
    /// Their groups.
    pub groups: Vec<String>,
}

/// Why somebody whom a source vouches for does not get in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    /// As a stable word.
    pub code: &'static str,
    /// For whoever wants to sign in.
    pub detail: String,
}

impl Refusal {
    /// 403.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, code, detail: detail.into() }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.status, refusal.code, refusal.detail)
    }
}

/// What came of it. A refusal is stored too: roles that somebody lost are lost though they do not get in.
#[derive(Clone, Debug)]
pub enum Admitted {
    /// They get in.
    User(users::User),
    /// They do not.
    Refused(Refusal),
}

/// Brings the user of somebody up to date, in one transaction: made at the first log-in where the source does that,
/// roles added and removed as the groups say.
pub fn admit(
    conn: &mut DbConn,
    source: &Source,
    proven: &Proven,
    origin: &Origin,
    now: i64,
) -> Result<Admitted, AuthError> {
    let refused = match bring_up_to_date(conn, source, proven, origin, now)? {
        Ok(user) => return Ok(Admitted::User(user)),
        Err(refusal) => refusal,
    };
    let detail = json!({ "source": source.key, "reason": refused.code, "subject": proven.subject });
    let target = proven.email.as_deref().unwrap_or(&proven.login);
    audit::record(conn, origin, Entry { workspace: None, action: "session.refused", target, detail }, now)?;
    Ok(Admitted::Refused(refused))
}

fn bring_up_to_date(
    conn: &mut DbConn,
    source: &Source,
    proven: &Proven,
    origin: &Origin,
    now: i64,
) -> Result<Result<users::User, Refusal>, AuthError> {
    if let Some(refusal) = shut_out(source, proven.email.as_deref(), &proven.groups) {
        return Ok(Err(refusal));
    }
    let granted = given(conn, source, &proven.groups)?;
    let key = (source.key.as_str(), proven.subject.as_str());
    let known = identities::find(conn, source.key.as_str(), &proven.subject)?;
    let (user, is_new) = match &known {
        Some(identity) => (accounts::by_id(conn, identity.user_id)?, false),
        None => match find_or_make(conn, source, proven, &granted, origin, now)? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    if known.is_none() {
        identities::link(conn, key, user.id, &proven.login, now)?;
    }
    let user = match user.disabled_at {
        Some(_) if accounts::disabled_by(conn, user.id)?.as_deref() == Some(source.key.as_str()) => {
            accounts::enable(conn, user.id)?;
            let detail = json!({ "source": source.key });
            let entry = Entry { workspace: None, action: "user.enabled", target: &user.email, detail };
            audit::record(conn, origin, entry, now)?;
            users::User { disabled_at: None, ..user }
        }
        Some(_) => return Ok(Err(Refusal::forbidden("disabled", "This user was shut out here; ask an owner."))),
        None => user,
    };
    if source.common().sync_roles || is_new {
        sync(conn, source, &user, &granted, origin, now)?;
    }
    identities::see(conn, key, (&proven.login, &proven.groups), true, now)?;
    let has_role = !workspaces::of_user(conn, user.id)?.is_empty();
    if !has_role || (source.common().role_strict && granted.is_empty()) {
        diesel::delete(sessions::table.filter(sessions::user_id.eq(user.id))).execute(conn)?;
        return Ok(Err(no_role(source)));
    }
    Ok(Ok(renew(conn, source, user, proven, origin, now)?))
}

fn no_role(source: &Source) -> Refusal {
    let advice = if source.rules.is_empty() {
        "No role was given to this user; ask an owner for one."
    } else {
        "None of the groups of this user gives a role here; ask an owner which group does."
    };
    Refusal::forbidden("no_role", advice)
}

/// Whether domain or groups shut somebody out whatever their roles would be.
pub fn shut_out(source: &Source, email: Option<&str>, groups: &[String]) -> Option<Refusal> {
    let common = source.common();
    if !common.allowed_domains.is_empty() && !is_of_domain(common.allowed_domains, email) {
        let detail = match email {
            Some(_) => "The domain of this e-mail is not among those that may sign in here.",
            None => "Only e-mails of some domains may sign in here, and the source told no e-mail.",
        };
        return Some(Refusal::forbidden("domain_not_allowed", detail));
    }
    let is_allowed = |group: &String| common.allowed_groups.iter().any(|rule| is_named(source.kind(), rule, group));
    if !common.allowed_groups.is_empty() && !groups.iter().any(is_allowed) {
        return Some(Refusal::forbidden("group_not_allowed", "None of the groups of this user may sign in here."));
    }
    None
}

fn is_of_domain(domains: &[String], email: Option<&str>) -> bool {
    let domain = email.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
    domain.is_some_and(|domain| domains.iter().any(|allowed| allowed.trim_start_matches('@').to_lowercase() == domain))
}

/// What groups give, by workspace; a workspace that is not there gives nothing.
pub fn given(conn: &mut DbConn, source: &Source, groups: &[String]) -> Result<Vec<Granted>, DbError> {
    let sum = mapping::sum(mapping::met(source.kind(), &source.rules, groups));
    let mut granted = Vec::new();
    for (slug, given) in sum {
        match workspaces::find(conn, &slug)? {
            Some(workspace) => granted.push(Granted {
                workspace_id: workspace.id,
                role: given.role,
                apps: given.apps.into_iter().collect(),
            }),
            None => {
                tracing::warn!(source = source.key, workspace = slug, "a mapping names a workspace that is not there")
            }
        }
    }
    granted.sort();
    Ok(granted)
}

/// Somebody whose first log-in this is: linked to the user of their e-mail where that is allowed, or made.
fn find_or_make(
    conn: &mut DbConn,
    source: &Source,
    proven: &Proven,
    granted: &[Granted],
    origin: &Origin,
    now: i64,
) -> Result<Result<(users::User, bool), Refusal>, AuthError> {
    let email = proven.email.as_deref().and_then(|email| users::normalise_email(email).ok());
    let taken = match &email {
        Some(email) => users::find(conn, email)?,
        None => None,
    };
    let common = source.common();
    if let Some(user) = taken {
        let may_link =
            common.link_by_email && proven.verified && is_of_domain(common.allowed_domains, email.as_deref());
        if !may_link {
            let detail = format!(
                "There is a user {} already who is not linked with {}; an owner can link them.",
                user.email, source.name
            );
            return Ok(Err(Refusal { status: StatusCode::CONFLICT, code: "email_taken", detail }));
        }
        let detail = json!({ "identity": [null, { "source": source.key, "subject": proven.subject }] });
        audit::record(
            conn,
            origin,
            Entry { workspace: None, action: "user.changed", target: &user.email, detail },
            now,
        )?;
        return Ok(Ok((user, true)));
    }
    if !source.provisions() {
        let detail =
            "There is no user for this account here, and first log-ins make none; ask an owner for an invitation.";
        return Ok(Err(Refusal::forbidden("not_provisioned", detail)));
    }
    if granted.is_empty() && !source.rules.is_empty() {
        return Ok(Err(no_role(source)));
    }
    let Some(email) = email else {
        let detail = format!("{} tells no e-mail for this account, and a user needs one.", source.name);
        return Ok(Err(Refusal::forbidden("no_email", detail)));
    };
    let name: String = proven.name.chars().filter(|c| !c.is_control()).take(100).collect();
    let user = users::create(conn, &email, &name, None, now)?;
    let detail = json!({ "source": source.key, "subject": proven.subject });
    audit::record(conn, origin, Entry { workspace: None, action: "user.created", target: &user.email, detail }, now)?;
    Ok(Ok((user, true)))
}

/// Makes what the source grants exactly this, and writes down what that changed. Answers whether it changed anything.
fn sync(
    conn: &mut DbConn,
    source: &Source,
    user: &users::User,
    granted: &[Granted],
    origin: &Origin,
    now: i64,
) -> Result<bool, AuthError> {
    let before = grants::sync(conn, user.id, &source.key, granted)?;
    let after = grants::of_origin(conn, user.id, &source.key)?;
    let of = |all: &[Granted], id: i64| all.iter().find(|one| one.workspace_id == id).cloned();
    let shown = |one: &Option<Granted>| one.as_ref().map(|one| one.role.as_str());
    let apps = |one: &Option<Granted>| one.as_ref().map(|one| one.apps.clone()).unwrap_or_default();
    let mut ids: Vec<i64> = before.iter().chain(&after).map(|one| one.workspace_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut changed = false;
    for id in ids {
        let (old, new) = (of(&before, id), of(&after, id));
        if old == new {
            continue;
        }
        changed = true;
        let action = if new.is_some() { "role.granted" } else { "role.revoked" };
        let detail =
            json!({ "role": [shown(&old), shown(&new)], "apps": [apps(&old), apps(&new)], "origin": source.key });
        audit::record(conn, origin, Entry { workspace: Some(id), action, target: &user.email, detail }, now)?;
    }
    Ok(changed)
}

/// A name or e-mail that changed at the source changes here, for those who have no other way in.
fn renew(
    conn: &mut DbConn,
    source: &Source,
    user: users::User,
    proven: &Proven,
    origin: &Origin,
    now: i64,
) -> Result<users::User, AuthError> {
    let email = proven.email.as_deref().and_then(|email| users::normalise_email(email).ok());
    let vouched = proven.verified || source.kind() == Kind::Ldap;
    let Some(email) = email.filter(|email| vouched && *email != user.email && user.password_hash.is_none()) else {
        return Ok(user);
    };
    if users::find(conn, &email)?.is_some() {
        return Ok(user);
    }
    diesel::update(table::table.find(user.id)).set(table::email.eq(&email)).execute(conn)?;
    let detail = json!({ "email": [user.email, email], "source": source.key });
    audit::record(conn, origin, Entry { workspace: None, action: "user.changed", target: &email, detail }, now)?;
    Ok(users::User { email, ..user })
}

/// Brings somebody's roles up to date between log-ins. Answers whether that changed anything.
pub fn rejoin(
    conn: &mut DbConn,
    source: &Source,
    identity: &Identity,
    groups: &[String],
    origin: &Origin,
    now: i64,
) -> Result<bool, AuthError> {
    let user = accounts::by_id(conn, identity.user_id)?;
    // Whom the sign-in itself would refuse keeps no role of this source.
    let granted = match shut_out(source, Some(&user.email), groups) {
        Some(_) => Vec::new(),
        None => given(conn, source, groups)?,
    };
    identities::see(conn, (&source.key, &identity.subject), (&identity.login, groups), false, now)?;
    if !source.common().sync_roles {
        return Ok(false);
    }
    let changed = sync(conn, source, &user, &granted, origin, now)?;
    if changed && workspaces::of_user(conn, user.id)?.is_empty() {
        diesel::delete(sessions::table.filter(sessions::user_id.eq(user.id))).execute(conn)?;
    }
    Ok(changed)
}
