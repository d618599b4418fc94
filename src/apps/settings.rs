//! What people set by hand for an app.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::schema::app_settings as table;
use crate::db::{DbConn, DbError};
use crate::on_both;

/// Settings of an app; the default holds until someone changes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The rhythm set by hand, instead of the learned one.
    pub rhythm: Option<String>,
    /// E-mails of the owners.
    pub owners: Vec<String>,
    /// Words to group apps by.
    pub tags: Vec<String>,
}

/// Settings of every app that has some, by the app's number.
pub fn load(conn: &mut DbConn, workspace: i64) -> Result<HashMap<u32, Settings>, DbError> {
    let rows: Vec<(i64, Option<String>, String, String)> = table::table
        .filter(table::workspace_id.eq(workspace))
        .select((table::app, table::rhythm, table::owners, table::tags))
        .load(conn)?;
    let words = |text: &str| serde_json::from_str(text).unwrap_or_default();
    Ok(rows
        .into_iter()
        .filter_map(|(app, rhythm, owners, tags)| {
            Some((u32::try_from(app).ok()?, Settings { rhythm, owners: words(&owners), tags: words(&tags) }))
        })
        .collect())
}

/// Writes the settings of an app.
pub fn store(conn: &mut DbConn, workspace: i64, app: u32, settings: &Settings) -> Result<(), DbError> {
    let text = |words: &[String]| serde_json::to_string(words).unwrap_or_else(|_| "[]".into());
    let values = (
        table::rhythm.eq(settings.rhythm.clone()),
        table::owners.eq(text(&settings.owners)),
        table::tags.eq(text(&settings.tags)),
    );
    on_both!(conn, |c| diesel::insert_into(table::table)
        .values((table::workspace_id.eq(workspace), table::app.eq(i64::from(app)), values.clone()))
        .on_conflict((table::workspace_id, table::app))
        .do_update()
        .set(values)
        .execute(c))?;
    Ok(())
}
