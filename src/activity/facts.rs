//! What one day's events add up to, by key, app, event name and account, and how that lies on disk.
//!
//! A day has two parts, compressed apart. *Keys*: who was active, how often and for which account:
//! enough for most questions. *Groups*: the same by app and event name, with the instants of
//! events that name no account (theirs follows from the person's history).

use crate::db::DbError;
use crate::ingest::block::{NONE, Reader, put};

const LAYOUT: u8 = 1;
const LEVEL: i32 = 3;

/// Events of one key under one app, name and account on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// The app, or [`NONE`].
    pub app: u32,
    /// The event's name.
    pub event: u32,
    /// The key the events carry.
    pub key: u32,
    /// The account the events name, or [`NONE`].
    pub account: u32,
    /// How many events.
    pub count: u32,
}

/// First and last instant of a key's events in an app that name no account, microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The key.
    pub key: u32,
    /// The app, or [`NONE`].
    pub app: u32,
    /// First instant.
    pub first: i64,
    /// Last instant.
    pub last: i64,
}

/// A day's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayFacts {
    /// Sorted, no two with the same names.
    pub facts: Vec<Fact>,
    /// Sorted by key and app.
    pub spans: Vec<Span>,
    /// Accounts that a key's other calls named that day; sorted.
    pub joined: Vec<(u32, u32)>,
}

/// One key's day: how many events, for which account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyDay {
    /// The key.
    pub key: u32,
    /// The account of its facts, the smallest if there are several.
    pub account: u32,
    /// Its counted events under all accounts.
    pub events: u32,
    /// Whether facts of other accounts stand beside.
    pub several: bool,
}

impl DayFacts {
    /// Adds another day's facts of the same day; the result does not depend on the order.
    pub fn merge(&mut self, other: &DayFacts) {
        self.facts.extend_from_slice(&other.facts);
        self.spans.extend_from_slice(&other.spans);
        self.joined.extend_from_slice(&other.joined);
        self.settle();
    }

    /// Sorts and joins equal rows.
    pub fn settle(&mut self) {
        self.facts.sort_unstable();
        self.facts.dedup_by(|next, kept| {
            let same = (next.app, next.event, next.key, next.account) == (kept.app, kept.event, kept.key, kept.account);
            if same {
                kept.count = kept.count.saturating_add(next.count);
            }
            same
        });
        self.spans.sort_unstable();
        self.spans.dedup_by(|next, kept| {
            let same = (next.key, next.app) == (kept.key, kept.app);
            if same {
                kept.first = kept.first.min(next.first);
                kept.last = kept.last.max(next.last);
            }
            same
        });
        self.joined.sort_unstable();
        self.joined.dedup();
    }

    /// The day by key.
    pub fn key_days(&self) -> Vec<KeyDay> {
        let mut rows: Vec<(u32, u32, u32)> = self.facts.iter().map(|f| (f.key, f.account, f.count)).collect();
        rows.sort_unstable();
        let mut days: Vec<KeyDay> = Vec::with_capacity(rows.len());
        for (key, account, count) in rows {
            match days.last_mut() {
                // Sorted by account too: the first is the smallest.
                Some(day) if day.key == key => {
                    day.events = day.events.saturating_add(count);
                    day.several |= day.account != account;
                }
                _ => days.push(KeyDay { key, account, events: count, several: false }),
            }
        }
        days
    }

    /// Packs the day.
    pub fn encode(&self) -> Result<Vec<u8>, DbError> {
        let keys = self.key_days();
        let mut head = Vec::with_capacity(keys.len() * 4);
        put(&mut head, size(keys.len()));
        let mut previous = 0;
        for day in &keys {
            put(&mut head, u64::from(day.key.wrapping_sub(previous)));
            previous = day.key;
        }
        for day in &keys {
            put(&mut head, (u64::from(day.account.wrapping_add(1)) << 1) | u64::from(day.several));
        }
        for day in &keys {
            put(&mut head, u64::from(day.events));
        }

        let mut body = Vec::with_capacity(self.facts.len() * 3);
        let groups: Vec<&[Fact]> = self.facts.chunk_by(|a, b| (a.app, a.event) == (b.app, b.event)).collect();
        put(&mut body, size(groups.len()));
        for group in groups {
            let Some(first) = group.first() else { continue };
            put(&mut body, u64::from(first.app.wrapping_add(1)));
            put(&mut body, u64::from(first.event.wrapping_add(1)));
            put(&mut body, size(group.len()));
            let mut previous = 0;
            let mut other_accounts = Vec::new();
            for (at, fact) in group.iter().enumerate() {
                // Both are sorted by key: the place is at or after the one before.
                let rest = keys.get(previous..).unwrap_or_default();
                let step = gallop(rest, fact.key);
                let place = previous + step;
                put(&mut body, size(step));
                previous = place;
                if keys.get(place).is_some_and(|d| d.account != fact.account) {
                    other_accounts.push((at, fact.account));
                }
            }
            for fact in group {
                put(&mut body, u64::from(fact.count));
            }
            put(&mut body, size(other_accounts.len()));
            for (at, account) in other_accounts {
                put(&mut body, size(at));
                put(&mut body, u64::from(account.wrapping_add(1)));
            }
        }
        put(&mut body, size(self.spans.len()));
        for span in &self.spans {
            put(&mut body, u64::from(span.key));
            put(&mut body, u64::from(span.app.wrapping_add(1)));
            put(&mut body, span.first.cast_unsigned());
            put(&mut body, span.last.wrapping_sub(span.first).cast_unsigned());
        }
        put(&mut body, size(self.joined.len()));
        for (key, account) in &self.joined {
            put(&mut body, u64::from(*key));
            put(&mut body, u64::from(*account));
        }

        let failed = |e: std::io::Error| DbError::Setup(format!("cannot compress a day of the index: {e}"));
        let head_packed = zstd::bulk::compress(&head, LEVEL).map_err(failed)?;
        let body_packed = zstd::bulk::compress(&body, LEVEL).map_err(failed)?;
        let mut out = vec![LAYOUT];
        for part in [head.len(), head_packed.len(), body.len()] {
            put(&mut out, size(part));
        }
        out.extend(head_packed);
        out.extend(body_packed);
        Ok(out)
    }

    /// Unpacks a day.
    pub fn decode(data: &[u8]) -> Result<Self, DbError> {
        let (keys, body) = decode_head(data).ok_or_else(damaged)?;
        decode_body(&keys, body).ok_or_else(damaged)
    }
}

/// Unpacks only who was active and how often.
pub fn decode_keys(data: &[u8]) -> Result<Vec<KeyDay>, DbError> {
    decode_head(data).map(|(keys, _)| keys).ok_or_else(damaged)
}

/// The place of a key at or after the start of sorted days; near places are found first.
fn gallop(days: &[KeyDay], key: u32) -> usize {
    let mut end = 1;
    while days.get(end).is_some_and(|day| day.key <= key) {
        end *= 2;
    }
    days.get(..end.min(days.len())).unwrap_or_default().partition_point(|day| day.key < key)
}

fn damaged() -> DbError {
    DbError::Setup("a day of the activity index is damaged: run `takehold reindex`".into())
}

fn size(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// The keys, and the packed body with its size.
type Head<'d> = (Vec<KeyDay>, (&'d [u8], usize));

fn decode_head(data: &[u8]) -> Option<Head<'_>> {
    let mut read = Reader { bytes: data, at: 0 };
    if read.take(1)? != [LAYOUT] {
        return None;
    }
    let (head, packed, body) = (read.size()?, read.size()?, read.size()?);
    let head = zstd::bulk::decompress(read.take(packed)?, head).ok()?;
    let rest = data.get(read.at..)?;
    let mut read = Reader { bytes: &head, at: 0 };
    let len = read.size()?;
    if len > head.len() {
        return None;
    }
    let mut keys = Vec::with_capacity(len);
    let mut previous = 0u32;
    for _ in 0..len {
        previous = previous.wrapping_add(u32::try_from(read.number()?).ok()?);
        keys.push(KeyDay { key: previous, account: NONE, events: 0, several: false });
    }
    for day in &mut keys {
        let number = read.number()?;
        day.several = number & 1 == 1;
        day.account = u32::try_from(number >> 1).ok()?.wrapping_sub(1);
    }
    for day in &mut keys {
        day.events = u32::try_from(read.number()?).ok()?;
    }
    Some((keys, (rest, body)))
}

fn decode_body(keys: &[KeyDay], (packed, len): (&[u8], usize)) -> Option<DayFacts> {
    let body = zstd::bulk::decompress(packed, len).ok()?;
    let mut read = Reader { bytes: &body, at: 0 };
    let mut facts = Vec::new();
    for _ in 0..read.size()? {
        let app = u32::try_from(read.number()?).ok()?.wrapping_sub(1);
        let event = u32::try_from(read.number()?).ok()?.wrapping_sub(1);
        let count = read.size()?;
        let start = facts.len();
        let mut place = 0usize;
        for _ in 0..count {
            place = place.checked_add(read.size()?)?;
            let day = keys.get(place)?;
            facts.push(Fact { app, event, key: day.key, account: day.account, count: 0 });
        }
        for fact in facts.get_mut(start..)? {
            fact.count = u32::try_from(read.number()?).ok()?;
        }
        for _ in 0..read.size()? {
            let at = start.checked_add(read.size()?)?;
            facts.get_mut(at)?.account = u32::try_from(read.number()?).ok()?.wrapping_sub(1);
        }
    }
    let mut spans = Vec::new();
    for _ in 0..read.size()? {
        let key = u32::try_from(read.number()?).ok()?;
        let app = u32::try_from(read.number()?).ok()?.wrapping_sub(1);
        let first = read.number()?.cast_signed();
        let last = first.wrapping_add(read.number()?.cast_signed());
        spans.push(Span { key, app, first, last });
    }
    let mut joined = Vec::new();
    for _ in 0..read.size()? {
        joined.push((u32::try_from(read.number()?).ok()?, u32::try_from(read.number()?).ok()?));
    }
    Some(DayFacts { facts, spans, joined })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn small() -> impl Strategy<Value = u32> {
        prop_oneof![Just(NONE), 0u32..6]
    }

    proptest! {
        #[test]
        fn a_day_comes_back_and_merging_has_no_order(
            rows in proptest::collection::vec((small(), 0u32..4, 0u32..9, small(), 1u32..5), 0..60),
            cut in 0usize..60,
        ) {
            let day = |rows: &[(u32, u32, u32, u32, u32)]| {
                let mut day = DayFacts::default();
                for (app, event, key, account, count) in rows {
                    day.facts.push(Fact { app: *app, event: *event, key: *key, account: *account, count: *count });
                    if *account == NONE {
                        let at = i64::from(*count) * 1_000_000 - 2_500_000;
                        day.spans.push(Span { key: *key, app: *app, first: at, last: at });
                        day.joined.push((*key, *event));
                    }
                }
                day.settle();
                day
            };
            let whole = day(&rows);
            let packed = whole.encode().unwrap();
            prop_assert_eq!(&DayFacts::decode(&packed).unwrap(), &whole);
            prop_assert_eq!(decode_keys(&packed).unwrap(), whole.key_days());
            let (left, right) = rows.split_at(cut.min(rows.len()));
            let mut merged = day(right);
            merged.merge(&day(left));
            prop_assert_eq!(merged, whole);
        }
    }
}
