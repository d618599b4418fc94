//! People who do not count because the workspace's settings say so: by their id, or by the domain of their e-mail.
//!
//! A pattern acts like the traits `bot`, `internal` and `test`: on the whole past, and only until it is taken back.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::db::schema::excluded_people as table;
use crate::db::{DbConn, DbError};

/// Patterns of one workspace.
pub const MOST: usize = 1_000;
/// Longest pattern, in bytes.
const LONGEST: usize = 1_000;

/// What a pattern looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The id, user id or anonymous id, exactly.
    Id,
    /// What stands behind the `@` of the trait `email`, or of an id that is an e-mail.
    EmailDomain,
}

impl Kind {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::EmailDomain => "email_domain",
        }
    }

    /// The pattern as it is compared, or why it can be none.
    pub fn read(self, text: &str) -> Result<String, String> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST || text.contains(char::is_control) {
            return Err(format!("{text:.60?} is empty, too long, or holds a control character"));
        }
        match self {
            Self::Id => Ok(text.to_owned()),
            Self::EmailDomain => {
                let domain = text.trim_start_matches('@').to_lowercase();
                if domain.is_empty() || domain.contains(['@', ' ', '/', '*']) {
                    return Err(format!("{text:.60?} is no domain of an e-mail; right would be example.com"));
                }
                Ok(domain)
            }
        }
    }
}

/// The patterns of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    /// Ids.
    pub ids: HashSet<String>,
    /// Domains, in small letters.
    pub email_domains: HashSet<String>,
}

impl Patterns {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.email_domains.is_empty()
    }

    /// Whether an id is named, or is an e-mail of a named domain.
    pub fn name(&self, id: &str) -> bool {
        self.ids.contains(id) || self.name_email(id)
    }

    /// Whether an e-mail is of a named domain.
    pub fn name_email(&self, email: &str) -> bool {
        !self.email_domains.is_empty()
            && email.rsplit_once('@').is_some_and(|(_, domain)| self.email_domains.contains(&domain.to_lowercase()))
    }
}

/// The patterns of a workspace.
pub fn load(conn: &mut DbConn, workspace: i64) -> Result<Patterns, DbError> {
    let mut patterns = Patterns::default();
    for (kind, pattern) in list(conn, workspace)? {
        if kind == Kind::Id.as_str() {
            patterns.ids.insert(pattern);
        } else {
            patterns.email_domains.insert(pattern);
        }
    }
    Ok(patterns)
}

fn list(conn: &mut DbConn, workspace: i64) -> Result<Vec<(String, String)>, DbError> {
    Ok(table::table
        .filter(table::workspace_id.eq(workspace))
        .order((table::kind, table::pattern))
        .select((table::kind, table::pattern))
        .load(conn)?)
}

/// The patterns of one kind, sorted.
pub fn of_kind(conn: &mut DbConn, workspace: i64, kind: Kind) -> Result<Vec<String>, DbError> {
    Ok(list(conn, workspace)?.into_iter().filter(|(of, _)| of == kind.as_str()).map(|(_, pattern)| pattern).collect())
}

/// Replaces the patterns of one kind, which [`Kind::read`] has read; answers whether that changed any.
pub fn replace(conn: &mut DbConn, workspace: i64, kind: Kind, patterns: &[String], now: i64) -> Result<bool, DbError> {
    let before: HashSet<String> = of_kind(conn, workspace, kind)?.into_iter().collect();
    let after: HashSet<String> = patterns.iter().cloned().collect();
    for gone in before.difference(&after) {
        diesel::delete(table::table.find((workspace, kind.as_str(), gone))).execute(conn)?;
    }
    for new in after.difference(&before) {
        diesel::insert_into(table::table)
            .values((
                table::workspace_id.eq(workspace),
                table::kind.eq(kind.as_str()),
                table::pattern.eq(new),
                table::created_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(before != after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_exact_and_domains_are_whole() {
        let mut patterns = Patterns::default();
        patterns.ids.insert("robot 7".into());
        patterns.email_domains.insert(Kind::EmailDomain.read(" @Example.com ").unwrap());
        for named in ["robot 7", "ada@example.com", "Ada@EXAMPLE.COM"] {
            assert!(patterns.name(named), "{named}");
        }
        for other in ["robot 77", "example.com", "ada@sub.example.com", "ada@example.com.evil", ""] {
            assert!(!patterns.name(other), "{other}");
        }
        assert!(Kind::EmailDomain.read("a@b.c").is_err() && Kind::Id.read(" ").is_err());
    }
}
