//! Sessions that could not be stored, because the disk is full: kept in this process until they can be, so that
//! people get in and see what is wrong. Other processes do not know them meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;

use super::sessions::{ABSOLUTE, IDLE, NewSession, public_id};
use crate::db::schema::sessions;
use crate::db::{Db, DbError};
use crate::on_both;

/// Sessions that are kept; who comes later must wait for the disk.
const MOST: usize = 1_000;

#[derive(Clone, Debug)]
struct Kept {
    new: NewSession,
    created_at: i64,
    last_seen_at: i64,
}

impl Kept {
    fn lives(&self, now: i64) -> bool {
        self.last_seen_at > now - IDLE && self.created_at > now - ABSOLUTE
    }
}

/// The sessions of this process that are not stored yet, by the hash of their cookie.
#[derive(Clone, Default)]
pub(super) struct Unsaved(Arc<Mutex<HashMap<String, Kept>>>);

impl Unsaved {
    /// Keeps a session; false if there are too many already.
    pub fn keep(&self, hash: &str, new: NewSession, now: i64) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, kept| kept.lives(now));
        if all.len() >= MOST {
            return false;
        }
        all.insert(hash.to_owned(), Kept { new, created_at: now, last_seen_at: now });
        true
    }

    /// Whose session this is; marks it as seen.
    pub fn find(&self, hash: &str, now: i64) -> Option<i64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get_mut(hash).filter(|kept| kept.lives(now))?;
        kept.last_seen_at = now;
        Some(kept.new.user_id)
    }

    /// Ends a session; answers whether it was one of these.
    pub fn end(&self, hash: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(hash).is_some()
    }

    /// Ends all sessions of a user.
    pub fn end_of(&self, user_id: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, kept| kept.new.user_id != user_id);
    }

    /// Stores them, once that is possible again.
    pub fn flush(&self, db: &Db) -> Result<(), DbError> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if all.is_empty() {
            return Ok(());
        }
        db.write_blocking(|conn| {
            for (hash, kept) in &all {
                let row = (
                    sessions::token_hash.eq(hash),
                    sessions::id.eq(public_id(hash)),
                    sessions::user_id.eq(kept.new.user_id),
                    sessions::source.eq(&kept.new.source),
                    sessions::address.eq(&kept.new.address),
                    sessions::agent.eq(&kept.new.agent),
                    sessions::sid.eq(&kept.new.sid),
                    sessions::id_token.eq(&kept.new.id_token),
                    sessions::created_at.eq(kept.created_at),
                    sessions::last_seen_at.eq(kept.last_seen_at),
                );
                on_both!(conn, |c| diesel::insert_into(sessions::table)
                    .values(row)
                    .on_conflict_do_nothing()
                    .execute(c))?;
            }
            Ok::<_, DbError>(())
        })?;
        // Only now: until they are stored, every request asks here. One that was ended meanwhile ends in the store too.
        let mut gone = Vec::new();
        {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for hash in all.keys() {
                if kept.remove(hash).is_none() {
                    gone.push(hash.clone());
                }
            }
        }
        if gone.is_empty() {
            return Ok(());
        }
        db.write_blocking(|conn| {
            diesel::delete(sessions::table.filter(sessions::token_hash.eq_any(gone))).execute(conn)?;
            Ok(())
        })
    }
}
