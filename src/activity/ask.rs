//! Asks the views of this process: one question at a time per workspace, each on one snapshot.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::crypto::SecretKey;
use crate::db::{Db, DbConn, DbError};
use crate::ingest::compact::VIEW_AGE;
use crate::ingest::dictionary::Dictionaries;

use super::view::View;

/// A view, and when it was asked last.
struct Asked {
    view: View,
    at: Instant,
}

/// The activity of all workspaces, as this process answers from it.
#[derive(Clone)]
pub struct Activity {
    db: Db,
    dictionaries: Dictionaries,
    key: SecretKey,
    views: Arc<Mutex<HashMap<i64, Arc<Mutex<Asked>>>>>,
}

impl Activity {
    /// Over a migrated store; pseudonyms are made with the installation's key.
    pub fn new(db: Db, dictionaries: Dictionaries, key: SecretKey) -> Self {
        Self { db, dictionaries, key, views: Arc::default() }
    }

    /// The key that pseudonyms are made with.
    pub fn key(&self) -> &SecretKey {
        &self.key
    }

    /// Runs a question on the up-to-date view of a workspace. Blocks; from async code use [`Activity::ask`].
    pub fn ask_blocking<T, E: From<DbError>>(
        &self,
        workspace: i64,
        zone: &str,
        question: impl FnOnce(&mut View, &mut DbConn) -> Result<T, E>,
    ) -> Result<T, E> {
        let fresh = || View::new(workspace, zone, self.dictionaries.of(workspace));
        let asked = {
            let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(Mutex::new(Asked { view: fresh(), at: Instant::now() }));
            views.entry(workspace).or_insert_with(new).clone()
        };
        let mut asked = asked.lock().unwrap_or_else(|poisoned| {
            // A question that panicked may have left half an answer behind.
            let mut asked = poisoned.into_inner();
            asked.view = fresh();
            asked
        });
        if asked.at.elapsed() > VIEW_AGE {
            asked.view = fresh();
        }
        self.db.read_blocking(|conn| {
            if let Err(error) = asked.view.sync(conn, zone) {
                // What a broken read left behind is not trusted: the next question starts anew.
                asked.view = fresh();
                return Err(error.into());
            }
            asked.at = Instant::now();
            question(&mut asked.view, conn)
        })
    }

    /// [`Activity::ask_blocking`] on a thread that may block.
    pub async fn ask<T, E>(
        &self,
        workspace: i64,
        zone: &str,
        question: impl FnOnce(&mut View, &mut DbConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (activity, zone) = (self.clone(), zone.to_owned());
        let work = move || activity.ask_blocking(workspace, &zone, question);
        let span = tracing::Span::current();
        match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
            Ok(answer) => answer,
            Err(e) => Err(DbError::Unavailable(format!("the question was stopped: {e}")).into()),
        }
    }
}
