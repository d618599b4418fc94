//! Releases of apps, as events tell them.

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::db::schema::releases as table;
use crate::db::{DbConn, DbError};
use crate::on_both;

/// A version of an app seen in an event, or announced by `App Released`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The app's number.
    pub app: u32,
    /// The version's number.
    pub version: u32,
    /// When, microseconds since 1970.
    pub at: i64,
    /// Whether this was its announcement.
    pub announced: bool,
}

/// Keeps the earliest sight and the earliest announcement, whatever the order of arrival.
pub fn note(conn: &mut DbConn, workspace: i64, seen: &[Seen]) -> Result<(), DbError> {
    for one in seen {
        let key = (table::workspace_id, table::app, table::version);
        let same = (
            table::workspace_id.eq(workspace),
            table::app.eq(i64::from(one.app)),
            table::version.eq(i64::from(one.version)),
        );
        if one.announced {
            on_both!(conn, |c| diesel::query_dsl::methods::FilterDsl::filter(
                diesel::insert_into(table::table)
                    .values((same, table::announced_at.eq(one.at)))
                    .on_conflict(key)
                    .do_update()
                    .set(table::announced_at.eq(excluded(table::announced_at))),
                table::announced_at.is_null().or(excluded(table::announced_at).lt(table::announced_at))
            )
            .execute(c))?;
        } else {
            on_both!(conn, |c| diesel::query_dsl::methods::FilterDsl::filter(
                diesel::insert_into(table::table)
                    .values((same, table::first_event_at.eq(one.at)))
                    .on_conflict(key)
                    .do_update()
                    .set(table::first_event_at.eq(excluded(table::first_event_at))),
                table::first_event_at.is_null().or(excluded(table::first_event_at).lt(table::first_event_at))
            )
            .execute(c))?;
        }
    }
    Ok(())
}

/// A release: app, version, and its date in microseconds since 1970.
pub type Release = (u32, u32, i64);

/// All releases of a workspace, or of one app, oldest first.
pub fn load(conn: &mut DbConn, workspace: i64, app: Option<u32>) -> Result<Vec<Release>, DbError> {
    let query = table::table.filter(table::workspace_id.eq(workspace)).select((
        table::app,
        table::version,
        table::first_event_at,
        table::announced_at,
    ));
    let rows: Vec<(i64, i64, Option<i64>, Option<i64>)> = match app {
        None => query.load(conn)?,
        Some(app) => query.filter(table::app.eq(i64::from(app))).load(conn)?,
    };
    let mut releases: Vec<Release> = rows
        .into_iter()
        .filter_map(|(app, version, first, announced)| {
            Some((u32::try_from(app).ok()?, u32::try_from(version).ok()?, announced.or(first)?))
        })
        .collect();
    releases.sort_unstable_by_key(|r| (r.2, r.1));
    Ok(releases)
}
