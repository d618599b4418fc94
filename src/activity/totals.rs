//! Counted events over all time: how many, first and last, by key, app and account.

use std::collections::BTreeMap;

use crate::db::DbError;
use crate::ingest::block::{Reader, put};

const LAYOUT: u8 = 1;
const LEVEL: i32 = 3;
/// Keys of one stored shard.
const SHARD: u32 = 2048;

/// Stands in the place of the app for calls that name an account without being counted, such as `group`.
pub const JOINED: u32 = u32::MAX - 1;

/// Key, app and account; the latter two may be [`crate::ingest::block::NONE`].
pub type Place = (u32, u32, u32);

/// Events of one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// How many.
    pub events: u64,
    /// The first, microseconds since 1970.
    pub first: i64,
    /// The last, microseconds since 1970.
    pub last: i64,
}

impl Total {
    /// What the events of one place at these instants, in order, add up to.
    pub fn of(place: Place, first: i64, last: i64, calls: usize) -> Self {
        let events = if place.1 == JOINED { 0 } else { u64::try_from(calls).unwrap_or(0) };
        Self { events, first, last }
    }

    /// One event.
    pub fn one(at: i64) -> Self {
        Self { events: 1, first: at, last: at }
    }

    /// Both together.
    pub fn join(&mut self, other: Total) {
        self.events = self.events.saturating_add(other.events);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    /// Adds to what may be nothing yet.
    pub fn add_to(self, sum: &mut Option<Total>) {
        match sum {
            Some(sum) => sum.join(self),
            None => *sum = Some(self),
        }
    }
}

/// Totals by place.
pub type Totals = BTreeMap<Place, Total>;

/// Joins `more` into `totals`.
pub fn merge(totals: &mut Totals, more: &Totals) {
    for (place, total) in more {
        totals.entry(*place).and_modify(|kept| kept.join(*total)).or_insert(*total);
    }
}

/// The stored shard a key lies in.
pub fn shard(key: u32) -> i64 {
    i64::from(key / SHARD)
}

/// Packs totals.
pub fn encode(totals: &Totals) -> Result<Vec<u8>, DbError> {
    let mut raw = Vec::with_capacity(totals.len() * 16);
    put(&mut raw, u64::try_from(totals.len()).unwrap_or(0));
    for ((key, app, account), total) in totals {
        put(&mut raw, u64::from(*key));
        put(&mut raw, u64::from(app.wrapping_add(1)));
        put(&mut raw, u64::from(account.wrapping_add(1)));
        put(&mut raw, total.events);
        put(&mut raw, total.first.cast_unsigned());
        put(&mut raw, total.last.wrapping_sub(total.first).cast_unsigned());
    }
    let packed = zstd::bulk::compress(&raw, LEVEL)
        .map_err(|e| DbError::Setup(format!("cannot compress totals of the index: {e}")))?;
    let mut out = vec![LAYOUT];
    put(&mut out, u64::try_from(raw.len()).unwrap_or(0));
    out.extend(packed);
    Ok(out)
}

/// Unpacks totals into `into`.
pub fn decode(data: &[u8], into: &mut Totals) -> Result<(), DbError> {
    decode_inner(data, into)
        .ok_or_else(|| DbError::Setup("totals of the activity index are damaged: run `takehold reindex`".into()))
}

fn decode_inner(data: &[u8], into: &mut Totals) -> Option<()> {
    let mut read = Reader { bytes: data, at: 0 };
    if read.take(1)? != [LAYOUT] {
        return None;
    }
    let len = read.size()?;
    let raw = zstd::bulk::decompress(data.get(read.at..)?, len).ok()?;
    let mut read = Reader { bytes: &raw, at: 0 };
    for _ in 0..read.size()? {
        let key = u32::try_from(read.number()?).ok()?;
        let app = u32::try_from(read.number()?).ok()?.wrapping_sub(1);
        let account = u32::try_from(read.number()?).ok()?.wrapping_sub(1);
        let events = read.number()?;
        let first = read.number()?.cast_signed();
        let last = first.wrapping_add(read.number()?.cast_signed());
        let total = Total { events, first, last };
        into.entry((key, app, account)).and_modify(|kept| kept.join(total)).or_insert(total);
    }
    Some(())
}
