//! Numbers for names: each distinct person, account, app, event name and version of a workspace
//! has a number that never changes, so that log and index store numbers only.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use indexmap::IndexSet;
use parking_lot::RwLock;
use rustc_hash::FxBuildHasher;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

pub use crate::db::Kind;
use crate::db::schema::{dictionary, workspaces};
use crate::db::{DbConn, DbError};
use crate::on_both;

/// The names of one workspace that are committed, as far as this process has read them.
///
/// A name is found by its 128-bit hash: one look into memory instead of three, and no two of any
/// number of names that fit on a disk share one.
#[derive(Default)]
pub struct Dictionary {
    numbers: [HashMap<u128, u32, BuildHasherDefault<Half>>; 5],
    names: [Vec<Box<str>>; 5],
    // How many erasures the workspace had seen: they change names that are held.
    erasures: i64,
}

/// Takes half of a 128-bit hash as it is.
#[derive(Default)]
struct Half(u64);

impl Hasher for Half {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Only `write_u128` is called for the keys above.
        self.0 = xxh3_64(bytes);
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = u64::try_from(hash & u128::from(u64::MAX)).unwrap_or(0);
    }
}

impl Dictionary {
    /// The number of a name, if it has one.
    pub fn number(&self, kind: Kind, name: &str) -> Option<u32> {
        self.numbers.get(kind.index())?.get(&xxh3_128(name.as_bytes())).copied()
    }

    /// The name of a number; empty for one that was never given.
    pub fn name(&self, kind: Kind, number: u32) -> &str {
        usize::try_from(number).ok().and_then(|at| self.of(kind).get(at)).map_or("", |name| name)
    }

    /// How many numbers are given.
    pub fn len(&self, kind: Kind) -> u32 {
        u32::try_from(self.of(kind).len()).unwrap_or(u32::MAX)
    }

    /// Whether nothing of that kind was named yet.
    pub fn is_empty(&self, kind: Kind) -> bool {
        self.of(kind).is_empty()
    }

    /// Every name of a kind with its number.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = (u32, &str)> {
        (0u32..).zip(self.of(kind).iter().map(|name| &**name))
    }

    /// Reads what any process has named since.
    pub fn refresh(&mut self, conn: &mut DbConn, workspace: i64) -> Result<(), DbError> {
        let erasures = erasures(conn, workspace)?;
        if erasures != self.erasures {
            *self = Self { erasures, ..Self::default() };
        }
        Kind::ALL.into_iter().try_for_each(|kind| self.refresh_kind(conn, workspace, kind))
    }

    /// Whether nobody was erased since it was read.
    pub fn is_current(&self, conn: &mut DbConn, workspace: i64) -> Result<bool, DbError> {
        Ok(erasures(conn, workspace)? == self.erasures)
    }

    /// The same for one kind only.
    pub fn refresh_kind(&mut self, conn: &mut DbConn, workspace: i64, kind: Kind) -> Result<(), DbError> {
        let known = i64::from(self.len(kind));
        let names: Vec<String> = dictionary::table
            .filter(dictionary::workspace_id.eq(workspace))
            .filter(dictionary::kind.eq(kind.stored()))
            .filter(dictionary::number.ge(known))
            .order(dictionary::number)
            .select(dictionary::name)
            .load(conn)?;
        self.add(kind, names.into_iter().map(String::into_boxed_str));
        Ok(())
    }

    /// Takes over names that were just committed; answers whether they followed on what is held.
    /// Otherwise others were named meanwhile, and only a refresh knows the order.
    #[must_use]
    pub fn adopt(&mut self, committed: Committed) -> bool {
        let follow = Kind::ALL.into_iter().zip(&committed).all(|(kind, (first, _))| self.len(kind) == *first);
        if follow {
            for (kind, (_, names)) in Kind::ALL.into_iter().zip(committed) {
                self.add(kind, names.into_iter());
            }
        }
        follow
    }

    fn add(&mut self, kind: Kind, names: impl Iterator<Item = Box<str>>) {
        let mut number = self.len(kind);
        if let (Some(numbers), Some(held)) = (self.numbers.get_mut(kind.index()), self.names.get_mut(kind.index())) {
            for name in names {
                // Two readers of the same rows must not number a name twice.
                if let Entry::Vacant(place) = numbers.entry(xxh3_128(name.as_bytes())) {
                    place.insert(number);
                    held.push(name);
                    number += 1;
                }
            }
        }
    }

    fn of(&self, kind: Kind) -> &[Box<str>] {
        self.names.get(kind.index()).map_or(&[], Vec::as_slice)
    }
}

fn erasures(conn: &mut DbConn, workspace: i64) -> Result<i64, DbError> {
    let row = workspaces::table.find(workspace).select(workspaces::erasures);
    Ok(row.first::<i64>(conn).optional()?.unwrap_or(0))
}

/// The dictionaries of this process, one a workspace.
#[derive(Clone, Default)]
pub struct Dictionaries(Arc<Mutex<HashMap<i64, Arc<RwLock<Dictionary>>>>>);

impl Dictionaries {
    /// The dictionary of a workspace; empty until it is refreshed.
    pub fn of(&self, workspace: i64) -> Arc<RwLock<Dictionary>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(workspace).or_default().clone()
    }
}

/// Names of a transaction by kind, with the number of the first.
pub type Committed = [(u32, IndexSet<Box<str>, FxBuildHasher>); 5];

/// Names that a transaction gives numbers to: visible to others only after it commits.
pub struct NewNames<'a> {
    base: &'a Dictionary,
    new: [IndexSet<Box<str>, FxBuildHasher>; 5],
}

impl<'a> NewNames<'a> {
    /// Starts above what is committed. The caller holds the workspace's write lock and has refreshed `base`.
    pub fn above(base: &'a Dictionary) -> Self {
        Self { base, new: Default::default() }
    }

    /// The number of a name, new or known.
    pub fn number(&mut self, kind: Kind, name: &str) -> u32 {
        if let Some(number) = self.base.number(kind, name) {
            return number;
        }
        #[expect(clippy::indexing_slicing, reason = "index() is below 5")]
        let set = &mut self.new[kind.index()];
        let at = match set.get_index_of(name) {
            Some(at) => at,
            None => set.insert_full(name.into()).0,
        };
        self.base.len(kind).saturating_add(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The name of a number, new or known.
    pub fn name(&self, kind: Kind, number: u32) -> &str {
        let known = self.base.len(kind);
        if number < known {
            return self.base.name(kind, number);
        }
        #[expect(clippy::indexing_slicing, reason = "index() is below 5")]
        usize::try_from(number - known).ok().and_then(|at| self.new[kind.index()].get_index(at)).map_or("", |n| n)
    }

    /// The new names, if there are any, for [`Dictionary::adopt`].
    pub fn into_new(self) -> Option<Committed> {
        let base = self.base;
        let mut kinds = Kind::ALL.into_iter();
        let any = self.new.iter().any(|set| !set.is_empty());
        any.then(|| self.new.map(|set| (kinds.next().map_or(0, |kind| base.len(kind)), set)))
    }

    /// Writes the new names.
    pub fn store(&self, conn: &mut DbConn, workspace: i64) -> Result<(), DbError> {
        for (kind, set) in Kind::ALL.into_iter().zip(&self.new) {
            let first = i64::from(self.base.len(kind));
            let rows: Vec<_> = (first..)
                .zip(set)
                .map(|(number, name)| {
                    (
                        dictionary::workspace_id.eq(workspace),
                        dictionary::kind.eq(kind.stored()),
                        dictionary::number.eq(number),
                        dictionary::name.eq(&**name),
                    )
                })
                .collect();
            // SQLite prepares the row once and repeats it; PostgreSQL takes thousands of rows in a statement.
            for part in rows.chunks(4000) {
                on_both!(conn, |c| diesel::insert_into(dictionary::table).values(part).execute(c))?;
            }
        }
        Ok(())
    }
}
