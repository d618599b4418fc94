//! Recognises a secret key that is not the one this store was made with.

use diesel::prelude::*;

use crate::crypto::{KeyError, SecretKey};
use crate::db::schema::installation;
use crate::db::{Db, DbConn, DbError};
use crate::on_both;

/// The row that keeps the trace of the key.
const CHECK: &str = "key_check";
pub(super) const REMEDY: &str = "set TAKEHOLD_SERVER__SECRET_KEY (or …_FILE) to the key of the first start, or put back \
     the file secret.key of the data folder from a backup";

pub(super) const UNFINISHED: &str = "the secret key is being replaced: stored secrets are still under the one before";
pub(super) const FINISH: &str =
    "once every server has both keys, run `takehold admin rotate-keys`, then take server.previous_secret_key away";

/// Notes the trace of the key at the first start; afterwards refuses any other key, with which nothing that was
/// encrypted or made a pseudonym could be read any more. While the key is being replaced, `previous` is right too.
pub fn hold_to_key<E>(db: &Db, key: &SecretKey, previous: Option<&SecretKey>) -> Result<(), E>
where
    E: From<DbError> + From<KeyError>,
{
    let trace = trace(key);
    let stored = match db.read_blocking(stored)? {
        Some(stored) => stored,
        None => db.write_blocking(|conn| {
            let row = (installation::name.eq(CHECK), installation::value.eq(&trace));
            on_both!(conn, |c| diesel::insert_into(installation::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(c))?;
            // Of two servers at once, one was first.
            Ok::<_, DbError>(self::stored(conn)?.unwrap_or_default())
        })?,
    };
    if stored == trace {
        return Ok(());
    }
    if previous.is_some_and(|previous| stored == self::trace(previous)) {
        tracing::warn!("{UNFINISHED}: {FINISH}");
        return Ok(());
    }
    Err(KeyError::new(format!("this is not the key that the database was made with: {REMEDY}")).into())
}

/// The trace in the store, if a server has started on it.
pub(super) fn stored(conn: &mut DbConn) -> Result<Option<String>, DbError> {
    Ok(installation::table.find(CHECK).select(installation::value).first(conn).optional()?)
}

/// Notes the trace of the key that takes the place of another.
pub fn renew_key(conn: &mut DbConn, key: &SecretKey) -> Result<(), DbError> {
    forget_key(conn)?;
    let row = (installation::name.eq(CHECK), installation::value.eq(trace(key)));
    diesel::insert_into(installation::table).values(row).execute(conn)?;
    Ok(())
}

/// Forgets the trace, for a restore under a new key: the next start notes that one.
pub fn forget_key(conn: &mut DbConn) -> Result<(), DbError> {
    diesel::delete(installation::table.find(CHECK)).execute(conn)?;
    Ok(())
}

pub(super) fn trace(key: &SecretKey) -> String {
    hex::encode(key.mac("key-check", b"takehold"))
}
