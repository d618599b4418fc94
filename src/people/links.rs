//! Which keys are one person.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::db::schema::person_links as table;
use crate::db::{DbConn, DbError};
use crate::on_both;

/// A call that carries two keys: `source` belongs to `target` from the earliest such call on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The anonymous or previous key.
    pub source: u32,
    /// The key it belongs to.
    pub target: u32,
    /// When, microseconds since 1970.
    pub at: i64,
    /// Decides between equal instants: the smaller first.
    pub message_id: String,
}

/// Keeps the earliest call for each pair of keys, whatever the order of arrival.
pub fn note(conn: &mut DbConn, workspace: i64, links: &[Link]) -> Result<(), DbError> {
    for link in links {
        let row = (
            table::workspace_id.eq(workspace),
            table::source.eq(i64::from(link.source)),
            table::target.eq(i64::from(link.target)),
            table::at.eq(link.at),
            table::message_id.eq(&link.message_id),
            table::undone.eq(0),
        );
        let earlier = excluded(table::at)
            .lt(table::at)
            .or(excluded(table::at).eq(table::at).and(excluded(table::message_id).lt(table::message_id)));
        on_both!(conn, |c| diesel::query_dsl::methods::FilterDsl::filter(
            diesel::insert_into(table::table)
                .values(row)
                .on_conflict((table::workspace_id, table::source, table::target))
                .do_update()
                .set((table::at.eq(excluded(table::at)), table::message_id.eq(excluded(table::message_id)))),
            earlier
        )
        .execute(c))?;
    }
    Ok(())
}

/// All links of a workspace that nobody took back, as source, target and instant, the earliest first.
pub fn load(conn: &mut DbConn, workspace: i64) -> Result<Vec<(u32, u32, i64)>, DbError> {
    let rows: Vec<(i64, i64, i64)> = table::table
        .filter(table::workspace_id.eq(workspace))
        .filter(table::undone.eq(0))
        .order((table::at, table::message_id, table::source, table::target))
        .select((table::source, table::target, table::at))
        .load(conn)?;
    let numbers = |(source, target, at)| Some((u32::try_from(source).ok()?, u32::try_from(target).ok()?, at));
    Ok(rows.into_iter().filter_map(|row: (i64, i64, i64)| numbers(row)).collect())
}

/// Takes back what ties a key to others, or ties it again; answers whether there is such a link.
pub fn set_undone(conn: &mut DbConn, workspace: i64, source: u32, undone: bool) -> Result<bool, DbError> {
    let link = table::table.filter(table::workspace_id.eq(workspace)).filter(table::source.eq(i64::from(source)));
    Ok(diesel::update(link).set(table::undone.eq(i16::from(undone))).execute(conn)? > 0)
}

/// The person of each key that is not its own person: a forest, built from the earliest link on.
///
/// A key follows its earliest link only; a link that would close a circle is passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners(HashMap<u32, u32>);

impl Owners {
    /// From links in order of time.
    pub fn from_links(links: &[(u32, u32, i64)]) -> Self {
        let mut parents: HashMap<u32, u32> = HashMap::new();
        let root = |parents: &HashMap<u32, u32>, mut key: u32| {
            while let Some(parent) = parents.get(&key) {
                key = *parent;
            }
            key
        };
        for (source, target, _) in links {
            if !parents.contains_key(source) && root(&parents, *target) != *source {
                parents.insert(*source, *target);
            }
        }
        let owners = parents.keys().map(|key| (*key, root(&parents, *key))).collect();
        Self(owners)
    }

    /// The person a key belongs to.
    pub fn person(&self, key: u32) -> u32 {
        self.0.get(&key).copied().unwrap_or(key)
    }

    /// Every key that belongs to another, with its person.
    pub fn moved(&self) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().map(|(key, person)| (*key, *person))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_link_wins_and_circles_are_cut() {
        let owners = Owners::from_links(&[(1, 10, 1), (1, 11, 2), (10, 20, 3), (20, 1, 4), (2, 1, 5)]);
        assert_eq!([1, 2, 10, 20, 11].map(|k| owners.person(k)), [20, 20, 20, 20, 11]);
    }
}
