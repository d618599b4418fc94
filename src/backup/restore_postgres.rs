//! A restore into PostgreSQL: one transaction, which nobody sees until it is committed.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::contents::Contents;
use super::file::Source;
use super::keys::Identities;
use super::restore::fill;
use super::{BackupError, Watch};
use crate::db::{DbConn, DbError, Location, migrate};
use crate::on_both;

/// Replaces what the database holds.
pub(super) fn replace(
    source: &Source,
    identities: &Identities,
    location: &Location,
    watch: &mut Watch<'_>,
) -> Result<Contents, BackupError> {
    let mut conn = location.connect()?;
    if let Some(newer) = migrate::applied(&mut conn)?.filter(|version| !migrate::versions().contains(version)) {
        return Err(BackupError::Input(format!(
            "the database has schema {newer} of a newer takehold, whose tables this one cannot remove: \
             make an empty database and restore into that"
        )));
    }
    conn.transaction(|conn| {
        if migrate::applied(conn)?.is_some() {
            migrate::revert_all(conn)?;
        }
        migrate::up_to(conn, &source.header.schema)?;
        let contents = fill(conn, source, identities, watch)?;
        up_to_date(conn)?;
        // The planner knows nothing of tables that were filled just now.
        on_both!(conn, |c| c.batch_execute("ANALYZE")).map_err(DbError::from)?;
        Ok(contents)
    })
}

/// Brings what was restored to the schema of this binary.
pub(super) fn up_to_date(conn: &mut DbConn) -> Result<(), DbError> {
    match migrate::head() {
        Some(head) => migrate::up_to(conn, &head).map(drop),
        None => Ok(()),
    }
}
