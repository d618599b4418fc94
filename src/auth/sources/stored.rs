//! What the console keeps of sources: their settings, and what groups get.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::Kind;
use super::mapping::{Gift, Rule};
use crate::auth::Role;
use crate::crypto::{Vault, VaultError};
use crate::db::schema::{group_mappings, sign_in_sources, workspaces};
use crate::db::{DbConn, DbError};

/// What secrets of sources are sealed for.
pub(in crate::auth) const PURPOSE: &str = "sign-in-source";

/// A source as the console keeps it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sign_in_sources)]
pub struct Row {
    /// Its name in paths.
    pub key: String,
    /// `oidc` or `ldap`.
    pub kind: String,
    /// What the sign-in page calls it; empty where the configuration names it.
    pub name: String,
    /// 1 if people may sign in by it.
    pub enabled: i16,
    /// Settings, as a JSON object of texts.
    pub settings: String,
    /// Secret settings, sealed, as a JSON object.
    pub secrets: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was changed last.
    pub changed_at: i64,
}

/// Settings by name.
pub type Values = BTreeMap<String, String>;

impl Row {
    /// Its settings, secrets left out.
    pub fn plain(&self) -> Values {
        serde_json::from_str(&self.settings).unwrap_or_default()
    }

    /// Its secrets, opened.
    pub fn opened(&self, conn: &mut DbConn, vault: &Vault) -> Result<Values, VaultError> {
        let sealed: Values = serde_json::from_str(&self.secrets).unwrap_or_default();
        let open = |(key, sealed): (String, String)| {
            let bytes = vault.open(conn, PURPOSE, &sealed)?;
            Ok((key, String::from_utf8_lossy(&bytes).into_owned()))
        };
        sealed.into_iter().map(open).collect()
    }

    /// Changes settings; an empty text takes a value away.
    pub fn set(
        &mut self,
        conn: &mut DbConn,
        vault: &Vault,
        changes: &[(&'static super::merge::Field, String)],
        now: i64,
    ) -> Result<(), VaultError> {
        let mut values = self.plain();
        let mut sealed: Values = serde_json::from_str(&self.secrets).unwrap_or_default();
        for (field, value) in changes {
            let target = if field.secret { &mut sealed } else { &mut values };
            if value.trim().is_empty() {
                target.remove(field.key);
            } else if field.secret {
                sealed.insert(field.key.to_owned(), vault.seal(conn, PURPOSE, value.as_bytes(), now)?);
            } else {
                target.insert(field.key.to_owned(), value.trim().to_owned());
            }
        }
        self.settings = serde_json::to_string(&values).unwrap_or_default();
        self.secrets = serde_json::to_string(&sealed).unwrap_or_default();
        self.changed_at = now;
        Ok(())
    }
}

/// All that the console keeps, by key.
pub fn all(conn: &mut DbConn) -> Result<Vec<Row>, DbError> {
    Ok(sign_in_sources::table.order(sign_in_sources::key).select(Row::as_select()).load(conn)?)
}

/// The one of this key.
pub fn find(conn: &mut DbConn, key: &str) -> Result<Option<Row>, DbError> {
    Ok(sign_in_sources::table.find(key).select(Row::as_select()).first(conn).optional()?)
}

/// Stores a source, new or changed.
pub fn keep(conn: &mut DbConn, row: &Row) -> Result<(), DbError> {
    diesel::delete(sign_in_sources::table.find(&row.key)).execute(conn)?;
    diesel::insert_into(sign_in_sources::table).values(row).execute(conn)?;
    Ok(())
}

/// Removes what the console keeps of a source, what its groups get included.
pub fn remove(conn: &mut DbConn, key: &str) -> Result<(), DbError> {
    diesel::delete(sign_in_sources::table.find(key)).execute(conn)?;
    diesel::delete(group_mappings::table.filter(group_mappings::source.eq(key))).execute(conn)?;
    Ok(())
}

/// What a group gets, as the console keeps it.
#[derive(Clone, Debug, Queryable)]
pub struct Mapping {
    /// Its number.
    pub id: i64,
    /// The key of the source.
    pub source: String,
    /// The group.
    pub group: String,
    /// The workspace's name in paths.
    pub workspace: String,
    /// What its members are there.
    pub role: String,
    /// For builders: an app that they see.
    pub app: Option<String>,
}

impl Mapping {
    /// As a rule.
    pub fn rule(&self) -> Option<Rule> {
        let gift = Gift { workspace: self.workspace.clone(), role: Role::parse(&self.role)?, app: self.app.clone() };
        Some(Rule { group: self.group.clone(), gift })
    }
}

/// What groups get, by source and group.
pub fn mappings(conn: &mut DbConn) -> Result<Vec<Mapping>, DbError> {
    Ok(group_mappings::table
        .inner_join(workspaces::table.on(workspaces::id.eq(group_mappings::workspace_id)))
        .order((group_mappings::source, group_mappings::group_name, group_mappings::id))
        .select((
            group_mappings::id,
            group_mappings::source,
            group_mappings::group_name,
            workspaces::slug,
            group_mappings::role,
            group_mappings::app,
        ))
        .load(conn)?)
}

/// Adds what a group gets; none if that is kept already.
pub fn add_mapping(
    conn: &mut DbConn,
    (source, group): (&str, &str),
    (workspace_id, role, app): (i64, Role, Option<&str>),
    now: i64,
) -> Result<Option<i64>, DbError> {
    let mut same = group_mappings::table
        .filter(group_mappings::source.eq(source).and(group_mappings::group_name.eq(group)))
        .filter(group_mappings::workspace_id.eq(workspace_id).and(group_mappings::role.eq(role.as_str())))
        .select(group_mappings::id)
        .order(group_mappings::id.desc())
        .into_boxed();
    same = match app {
        Some(app) => same.filter(group_mappings::app.eq(app)),
        None => same.filter(group_mappings::app.is_null()),
    };
    if same.first::<i64>(conn).optional()?.is_some() {
        return Ok(None);
    }
    diesel::insert_into(group_mappings::table)
        .values((
            group_mappings::source.eq(source),
            group_mappings::group_name.eq(group),
            group_mappings::workspace_id.eq(workspace_id),
            group_mappings::role.eq(role.as_str()),
            group_mappings::app.eq(app),
            group_mappings::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(Some(group_mappings::table.select(group_mappings::id).order(group_mappings::id.desc()).first(conn)?))
}

/// Takes away what a group gets; answers what it was.
pub fn remove_mapping(conn: &mut DbConn, id: i64) -> Result<Option<Mapping>, DbError> {
    let found = mappings(conn)?.into_iter().find(|mapping| mapping.id == id);
    diesel::delete(group_mappings::table.find(id)).execute(conn)?;
    Ok(found)
}

/// A new row of a source that the console makes, or adds to.
pub fn new_row(key: &str, kind: Kind, name: &str, now: i64) -> Row {
    Row {
        key: key.to_owned(),
        kind: kind.as_str().to_owned(),
        name: name.to_owned(),
        enabled: 1,
        settings: "{}".into(),
        secrets: "{}".into(),
        created_at: now,
        changed_at: now,
    }
}
