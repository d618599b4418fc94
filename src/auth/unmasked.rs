//! Whom a user may see by name for the time being.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::db::schema::unmask_requests as table;
use crate::db::{DbConn, DbError};

/// The keys of people whom somebody let this user see by name until later than `now`.
pub(super) fn keys(conn: &mut DbConn, user_id: i64, workspace: i64, now: i64) -> Result<BTreeSet<u32>, DbError> {
    let granted: Vec<String> = table::table
        .filter(table::user_id.eq(user_id).and(table::workspace_id.eq(workspace)))
        .filter(table::state.eq("granted").and(table::until_at.gt(now)))
        .select(table::person_keys)
        .load(conn)?;
    Ok(granted.iter().flat_map(|keys| serde_json::from_str::<Vec<u32>>(keys).unwrap_or_default()).collect())
}
