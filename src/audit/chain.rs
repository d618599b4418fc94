//! Appends to the chain.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::{Entry, Origin};
use crate::db::schema::{audit_head, audit_log};
use crate::db::{DbConn, DbError};
use crate::on_both;

/// The one row of `audit_head`.
pub(super) const HEAD: i64 = 1;

/// Longer texts are cut: a target or a name comes from outside.
const LONGEST: usize = 500;

/// A row of the log, as its hash covers it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log)]
pub(super) struct Row {
    pub id: i64,
    pub at: i64,
    pub workspace_id: Option<i64>,
    pub actor_kind: String,
    pub actor_id: Option<i64>,
    pub actor: String,
    pub action: String,
    pub target: String,
    pub detail: String,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub previous: String,
    pub hash: String,
}

impl Row {
    /// SHA-256 over every field but the hash itself; lengths stand before texts, so that no two rows read alike.
    pub fn reckon(&self) -> String {
        let mut digest = Sha256::new();
        let number = |n: Option<i64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let text = |text: &Option<String>| text.as_ref().map_or_else(|| "-".to_owned(), |text| format!("+{text}"));
        let fields = [
            self.id.to_string(),
            self.at.to_string(),
            number(self.workspace_id),
            self.actor_kind.clone(),
            number(self.actor_id),
            self.actor.clone(),
            self.action.clone(),
            self.target.clone(),
            self.detail.clone(),
            text(&self.address),
            text(&self.request_id),
            self.previous.clone(),
        ];
        for field in fields {
            digest.update(format!("{}:", field.len()));
            digest.update(field);
        }
        hex::encode(digest.finalize())
    }
}

/// Writes down what happens, in the transaction in which it happens; `now` in microseconds since 1970.
/// Whoever else wants to write down something waits until that transaction ends.
pub fn record(conn: &mut DbConn, origin: &Origin, entry: Entry<'_>, now: i64) -> Result<(), DbError> {
    // Counting first takes the head's lock on PostgreSQL; SQLite has one writer anyway.
    if count_one(conn)? == 0 {
        let first = (audit_head::id.eq(HEAD), audit_head::rows.eq(0_i64), audit_head::hash.eq(""));
        on_both!(conn, |c| diesel::insert_into(audit_head::table).values(first).on_conflict_do_nothing().execute(c))?;
        count_one(conn)?;
    }
    let (id, previous): (i64, String) =
        audit_head::table.find(HEAD).select((audit_head::rows, audit_head::hash)).first(conn)?;
    let mut row = Row {
        id,
        at: now,
        workspace_id: entry.workspace,
        actor_kind: origin.kind.as_str().into(),
        actor_id: origin.id,
        actor: cut(&origin.name),
        action: entry.action.into(),
        target: cut(entry.target),
        detail: entry.detail.to_string(),
        address: origin.address.clone(),
        request_id: origin.request_id.clone(),
        previous,
        hash: String::new(),
    };
    row.hash = row.reckon();
    diesel::insert_into(audit_log::table).values(&row).execute(conn)?;
    diesel::update(audit_head::table.find(HEAD)).set(audit_head::hash.eq(&row.hash)).execute(conn)?;
    Ok(())
}

fn count_one(conn: &mut DbConn) -> Result<usize, DbError> {
    let counted = audit_head::rows.eq(audit_head::rows + 1);
    Ok(diesel::update(audit_head::table.find(HEAD)).set(counted).execute(conn)?)
}

/// Without what PostgreSQL cannot store, and not endless.
fn cut(text: &str) -> String {
    let mut text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}
