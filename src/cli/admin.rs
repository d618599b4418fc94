//! `takehold admin`: users, tokens, write keys and workspaces, beside a running server too.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::workspace::{self, ListWorkspaces, UpdateWorkspace};
use super::{Failure, piped_line, print_aside, print_line};
use crate::admin::workspaces as settings;
use crate::app;
use crate::audit::{self, Entry, Origin};
use crate::auth::sources::accounts;
use crate::auth::{AuthError, Role, SEALED, WorkspaceKind, grants, tokens, totp, users, workspaces, write_keys};
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::{Passwords, Secret, SecretKind, Vault, VaultError, random_letters, reseal};
use crate::db::{Db, DbConn, DbError};
use crate::health::renew_key;

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Make a console user; the password is read from standard input, or made and printed once.
    CreateUser(CreateUser),
    /// Make an API token and print it, once.
    CreateToken(CreateToken),
    /// Make a write key and print it, once.
    CreateWriteKey(CreateWriteKey),
    /// Make a workspace.
    CreateWorkspace(CreateWorkspace),
    /// List workspaces with what is set for them.
    ListWorkspaces(ListWorkspaces),
    /// Change what is set for a workspace.
    UpdateWorkspace(UpdateWorkspace),
    /// Seal every stored secret anew under a new data key, and under server.secret_key if that was replaced.
    RotateKeys,
    /// Let a user in again with a new local password, whatever happened to the old one.
    Recover(Recover),
}

#[derive(Debug, Args)]
pub(super) struct CreateUser {
    #[arg(long)]
    email: String,
    /// owner, admin, success, builder or viewer.
    #[arg(long)]
    role: String,
    /// For people; without it, the first part of the e-mail.
    #[arg(long, default_value = "")]
    name: String,
    #[arg(long, default_value = workspaces::DEFAULT)]
    workspace: String,
    /// An app that a builder sees; may be given again.
    #[arg(long)]
    app: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct CreateToken {
    #[arg(long)]
    name: String,
    /// owner, admin, success, builder, viewer or scim.
    #[arg(long)]
    role: String,
    #[arg(long, default_value = workspaces::DEFAULT)]
    workspace: String,
    /// When it stops working, such as 2027-01-31T00:00:00Z; without it, when it is revoked.
    #[arg(long, value_name = "INSTANT")]
    expires_at: Option<String>,
    /// An app that a builder's token sees; may be given several times.
    #[arg(long)]
    app: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct CreateWriteKey {
    #[arg(long)]
    name: String,
    /// The app of events that name none.
    #[arg(long)]
    app: Option<String>,
    #[arg(long, default_value = workspaces::DEFAULT)]
    workspace: String,
}

#[derive(Debug, Args)]
pub(super) struct CreateWorkspace {
    /// Its name in paths.
    #[arg(long)]
    slug: String,
    /// Its name for people.
    #[arg(long)]
    name: String,
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// internal or vendor.
    #[arg(long, default_value = "internal")]
    kind: String,
}

#[derive(Debug, Args)]
pub(super) struct Recover {
    #[arg(long)]
    email: String,
}

pub(super) fn run(verb: &Admin, config: &Config) -> Result<ExitCode, Failure> {
    let clock = Clock::system();
    let db = app::open_store(config, &clock)?;
    let now = clock.now();
    match verb {
        Admin::CreateUser(user) => create_user(user, &db, now)?,
        Admin::CreateToken(token) => create_token(token, &db, now)?,
        Admin::CreateWriteKey(key) => create_write_key(key, &db, now)?,
        Admin::CreateWorkspace(workspace) => create_workspace(workspace, &db, now)?,
        Admin::ListWorkspaces(list) => workspace::list(list, &db)?,
        Admin::UpdateWorkspace(change) => workspace::update(change, &db, now)?,
        Admin::RotateKeys => rotate_keys(config, &db, now)?,
        Admin::Recover(recover) => run_recover(recover, &db, now)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The password that was piped in; without one, a new one to be printed.
fn password() -> Result<(String, bool), Failure> {
    match piped_line()? {
        Some(password) => Ok((password, false)),
        None => Ok((random_letters(20).map_err(AuthError::from)?, true)),
    }
}

/// The password stands alone on standard output, so that a script can take it.
fn show(password: &str, email: &str) {
    print_aside(&format!("Password of {email}, shown only now:"));
    print_line(password);
}

fn role(name: &str) -> Result<Role, Failure> {
    Role::parse(name).ok_or_else(|| {
        Failure::Input(format!(
            "--role: {name:?} is no role; right would be owner, admin, success, builder or viewer (or scim for a token)"
        ))
    })
}

/// The same after work whose result stands anyway: an older schema has no audit log, and a full disk takes no row.
pub(super) fn note_after(
    db: &Db,
    (action, workspace): (&'static str, Option<i64>),
    target: &str,
    detail: Value,
    now: i64,
) {
    if let Err(error) = db.write_blocking(|conn| note(conn, (action, workspace), target, detail, now)) {
        tracing::warn!(%error, action, "this is not in the audit log");
    }
}

/// Writes down what the command line did.
pub(super) fn note(
    conn: &mut DbConn,
    (action, workspace): (&'static str, Option<i64>),
    target: &str,
    detail: Value,
    now: i64,
) -> Result<(), DbError> {
    audit::record(conn, &Origin::command_line(), Entry { workspace, action, target, detail }, now)
}

fn create_user(user: &CreateUser, db: &Db, now: i64) -> Result<(), Failure> {
    let role = role(&user.role)?;
    let email = users::normalise_email(&user.email)?;
    let apps: BTreeSet<String> = user.app.iter().cloned().collect();
    grants::check_apps(Some(role), &apps)?;
    // An existing user may get a role in another workspace, and keeps the password.
    let known = db.write_blocking(|conn| {
        let workspace = workspaces::get(conn, &user.workspace)?;
        let Some(known) = users::find(conn, &email)? else { return Ok(false) };
        if let Some(has) = grants::role_in(conn, known.id, workspace.id)? {
            let has = has.as_str();
            return Err(AuthError::taken(
                "email",
                format!("there is a user {email} already, {has} in {}", workspace.slug),
            ));
        }
        grants::grant(conn, known.id, workspace.id, role, grants::MANUAL)?;
        grants::set_apps(conn, (known.id, workspace.id, grants::MANUAL), &apps)?;
        let detail = json!({ "role": [null, role], "apps": [[], apps] });
        note(conn, ("role.granted", Some(workspace.id)), &email, detail, now)?;
        Ok(true)
    })?;
    if known {
        return Ok(());
    }
    if !Role::FOR_USERS.contains(&role) {
        return Err(Failure::Input(format!(
            "--role: a user can be owner, admin, success, builder or viewer, not {}",
            role.as_str()
        )));
    }
    let (password, made) = password()?;
    let hash = Passwords::hash_now(&password).map_err(AuthError::from)?;
    db.write_blocking(|conn| {
        let workspace = workspaces::get(conn, &user.workspace)?;
        let made = users::create_with_role(conn, (&email, &user.name, &hash), (&workspace, role), now)?;
        grants::set_apps(conn, (made.id, workspace.id, grants::MANUAL), &apps)?;
        let detail = json!({ "role": role, "apps": apps });
        Ok::<_, AuthError>(note(conn, ("user.created", Some(workspace.id)), &email, detail, now)?)
    })?;
    if made {
        show(&password, &email);
    }
    Ok(())
}

fn create_token(token: &CreateToken, db: &Db, now: i64) -> Result<(), Failure> {
    let role = role(&token.role)?;
    let expires_at = token.expires_at.as_deref().map(|text| {
        text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_microsecond).map_err(|_| {
            Failure::Input(format!("--expires-at: {text:?} is no instant; right would be 2027-01-31T00:00:00Z"))
        })
    });
    let expires_at = expires_at.transpose()?;
    let secret = Secret::new(SecretKind::ApiToken).map_err(AuthError::from)?;
    db.write_blocking(|conn| {
        let workspace = workspaces::get(conn, &token.workspace)?;
        let apps: BTreeSet<String> = token.app.iter().cloned().collect();
        grants::check_apps(Some(role), &apps)?;
        let new = tokens::NewToken { name: &token.name, role, owner_id: None, expires_at, apps: &apps };
        tokens::create(conn, workspace.id, &new, &secret, now)?;
        let detail = json!({ "role": role, "apps": apps, "prefix": secret.shown, "expires_at": token.expires_at });
        Ok::<_, AuthError>(note(conn, ("token.created", Some(workspace.id)), token.name.trim(), detail, now)?)
    })?;
    print_line(&secret.text);
    Ok(())
}

fn create_write_key(key: &CreateWriteKey, db: &Db, now: i64) -> Result<(), Failure> {
    let secret = Secret::new(SecretKind::WriteKey).map_err(AuthError::from)?;
    db.write_blocking(|conn| {
        let workspace = workspaces::get(conn, &key.workspace)?;
        write_keys::create(conn, workspace.id, (&key.name, key.app.as_deref()), &secret, now)?;
        let detail = json!({ "app": key.app, "prefix": secret.shown });
        Ok::<_, AuthError>(note(conn, ("write_key.created", Some(workspace.id)), key.name.trim(), detail, now)?)
    })?;
    print_line(&secret.text);
    Ok(())
}

fn create_workspace(new: &CreateWorkspace, db: &Db, now: i64) -> Result<(), Failure> {
    let kind = WorkspaceKind::parse(&new.kind).ok_or_else(|| {
        Failure::Input(format!("--kind: {:?} is no kind of workspace; right would be internal or vendor", new.kind))
    })?;
    let wanted = workspaces::NewWorkspace { slug: &new.slug, name: &new.name, kind, time_zone: &new.time_zone };
    let made = db.write_blocking(|conn| settings::make(conn, &wanted, &Origin::command_line(), now))?;
    print_line(&made.slug);
    Ok(())
}

fn rotate_keys(config: &Config, db: &Db, now: i64) -> Result<(), Failure> {
    let key = app::secret_key(config, db)?;
    let vault = Vault::new(key.clone()).with_previous(app::previous_key(config)?);
    let done = db.write_blocking(|conn| {
        let done = reseal(conn, &vault, &SEALED, now)?;
        renew_key(conn, &key)?;
        let detail = json!({ "data_key": done.key, "secrets": done.secrets, "forgotten": done.forgotten });
        note(conn, ("keys.rotated", None), "data keys", detail, now)?;
        Ok::<_, VaultError>(done)
    });
    let done = done.map_err(|error| match error {
        VaultError::Broken(text) => Failure::Broken(text),
        VaultError::Randomness(error) => AuthError::from(error).into(),
        VaultError::Db(error) => error.into(),
    })?;
    print_line(&format!("{} secrets sealed anew under data key {}", done.secrets, done.key));
    Ok(())
}

fn run_recover(recover: &Recover, db: &Db, now: i64) -> Result<(), Failure> {
    let email = users::normalise_email(&recover.email)?;
    let user = db.read_blocking(|conn| users::find(conn, &email))?.ok_or_else(|| {
        Failure::Input(format!("--email: there is no user {email}; `takehold admin create-user` makes one"))
    })?;
    let (password, made) = password()?;
    let hash = Passwords::hash_now(&password).map_err(AuthError::from)?;
    db.write_blocking(|conn| {
        users::set_password(conn, user.id, &hash)?;
        accounts::make_break_glass(conn, user.id)?;
        // Who lost the phone too gets in again.
        totp::remove(conn, user.id)?;
        accounts::enable(conn, user.id)?;
        note(conn, ("user.recovered", None), &email, json!({}), now)
    })?;
    if made {
        show(&password, &email);
    }
    Ok(())
}
