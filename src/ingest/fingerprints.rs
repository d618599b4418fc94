//! Finds repeats: an event is known by (messageId, UTC day of its timestamp as sent).
//!
//! A day's messageIds are kept as sorted 64-bit hashes. With n events on a day the chance that two of
//! them share a hash, so that one is taken for a repeat, is about n² / 2⁶⁵: below one in three billion
//! for 100,000 events a day.

use diesel::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::db::schema::event_fingerprints as table;
use crate::db::{DbConn, DbError};

/// Hashes held in memory by one process, over all days and workspaces: about 16 bytes each.
const HELD: usize = 12_000_000;
/// A day of that many parts is merged into one.
const PARTS: i64 = 24;

/// Days of fingerprints this process holds.
#[derive(Default)]
pub struct Fingerprints {
    days: FxHashMap<(i64, i32), Day>,
    // The day that was asked for last: calls mostly come in order of time.
    latest: Option<((i64, i32), Day)>,
    held: usize,
    clock: u64,
}

struct Day {
    known: FxHashSet<u64>,
    used: u64,
}

impl Fingerprints {
    /// Forgets a workspace, after another process wrote or a transaction failed.
    pub fn forget(&mut self, workspace: i64) {
        self.put_back();
        self.days.retain(|key, _| key.0 != workspace);
        self.held = self.days.values().map(|d| d.known.len()).sum();
    }

    /// Notes a fingerprint; answers whether it is new on that day.
    pub fn note(&mut self, conn: &mut DbConn, workspace: i64, day: i32, print: u64) -> Result<bool, DbError> {
        let new = self.day(conn, workspace, day)?.known.insert(print);
        self.held += usize::from(new);
        Ok(new)
    }

    /// Whether a fingerprint is known on that day.
    pub fn knows(&mut self, conn: &mut DbConn, workspace: i64, day: i32, print: u64) -> Result<bool, DbError> {
        Ok(self.day(conn, workspace, day)?.known.contains(&print))
    }

    fn put_back(&mut self) {
        if let Some((key, day)) = self.latest.take() {
            self.days.insert(key, day);
        }
    }

    fn day(&mut self, conn: &mut DbConn, workspace: i64, day: i32) -> Result<&mut Day, DbError> {
        let key = (workspace, day);
        if self.latest.as_ref().is_none_or(|(latest, _)| *latest != key) {
            self.put_back();
            self.clock += 1;
            let found = match self.days.remove(&key) {
                Some(found) => found,
                None => self.load(conn, workspace, day)?,
            };
            self.latest = Some((key, Day { used: self.clock, ..found }));
        }
        let latest = self.latest.get_or_insert_with(|| (key, Day { known: FxHashSet::default(), used: 0 }));
        Ok(&mut latest.1)
    }

    fn load(&mut self, conn: &mut DbConn, workspace: i64, day: i32) -> Result<Day, DbError> {
        if self.held > HELD {
            self.drop_oldest_half();
        }
        let parts: Vec<Vec<u8>> = table::table
            .filter(table::workspace_id.eq(workspace))
            .filter(table::day.eq(day))
            .select(table::data)
            .load(conn)?;
        let known: FxHashSet<u64> = parts.iter().flat_map(|part| unpack(part)).collect();
        self.held += known.len();
        Ok(Day { known, used: self.clock })
    }

    fn drop_oldest_half(&mut self) {
        let mut used: Vec<u64> = self.days.values().map(|d| d.used).collect();
        used.sort_unstable();
        let middle = used.get(used.len() / 2).copied().unwrap_or(0);
        self.days.retain(|_, day| day.used > middle);
        self.held = self.days.values().map(|d| d.known.len()).sum();
    }
}

/// Stores the new fingerprints of a block, by day.
pub fn store(
    conn: &mut DbConn,
    workspace: i64,
    block_id: i64,
    by_day: impl Iterator<Item = (i32, Vec<u64>)>,
) -> Result<(), DbError> {
    for (day, mut prints) in by_day {
        diesel::insert_into(table::table)
            .values((
                table::workspace_id.eq(workspace),
                table::day.eq(day),
                table::block_id.eq(block_id),
                table::data.eq(pack(&mut prints)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Parts of a day that [`replace`] puts one part in the place of.
pub struct Merged {
    day: i32,
    parts: Vec<i64>,
    data: Vec<u8>,
}

/// Merges the parts of the given days where there are many, without writing.
///
/// A large part waits until the smaller ones add up to its half, so that a busy day is not packed anew each time.
pub fn merge_parts(conn: &mut DbConn, workspace: i64, days: &[i32]) -> Result<Vec<Merged>, DbError> {
    let mut all = Vec::new();
    for day in days {
        let of_day = table::table.filter(table::workspace_id.eq(workspace)).filter(table::day.eq(*day));
        let parts: i64 = of_day.count().get_result(conn)?;
        if parts < PARTS {
            continue;
        }
        let mut rows: Vec<(i64, Vec<u8>)> = of_day.select((table::block_id, table::data)).load(conn)?;
        rows.sort_by_key(|(_, data)| data.len());
        let mut sum = 0;
        let small = rows.iter().take_while(|(_, data)| {
            let joins = sum == 0 || data.len() <= sum * 2;
            sum += data.len();
            joins
        });
        let (parts, packed): (Vec<i64>, Vec<&[u8]>) = small.map(|(id, data)| (*id, data.as_slice())).unzip();
        let mut prints: Vec<u64> = packed.into_iter().flat_map(unpack).collect();
        all.push(Merged { day: *day, parts, data: pack(&mut prints) });
    }
    Ok(all)
}

/// Writes what [`merge_parts`] made of a snapshot. Only the fold, which one process at a time completes, removes parts.
pub fn replace(conn: &mut DbConn, workspace: i64, merged: &[Merged]) -> Result<(), DbError> {
    for Merged { day, parts, data } in merged {
        let Some(last) = parts.iter().max() else { continue };
        let of_day = table::table.filter(table::workspace_id.eq(workspace)).filter(table::day.eq(*day));
        diesel::delete(of_day.filter(table::block_id.eq_any(parts))).execute(conn)?;
        diesel::insert_into(table::table)
            .values((
                table::workspace_id.eq(workspace),
                table::day.eq(*day),
                table::block_id.eq(*last),
                table::data.eq(data),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Sorted, as differences of 7-bit groups when that is shorter than 8 bytes each.
fn pack(prints: &mut [u64]) -> Vec<u8> {
    prints.sort_unstable();
    // Differences of n sorted uniform 64-bit numbers have about 64 − log2 n bits; stored in whole bytes of the needed width.
    let mut previous = 0u64;
    let differences: Vec<u64> = prints
        .iter()
        .map(|print| {
            let difference = print.wrapping_sub(previous);
            previous = *print;
            difference
        })
        .collect();
    // Rice coding: the quotient in unary, the remainder in `bits` plain bits: within 0.6 bits of the entropy.
    let mean_bits = 64u32.saturating_sub(prints.len().max(1).ilog2()).saturating_sub(1).min(63);
    let mut writer = Bits::default();
    for difference in &differences {
        for _ in 0..(difference >> mean_bits) {
            writer.push(1, 1);
        }
        writer.push(0, 1);
        writer.push(difference & ((1u64 << mean_bits) - 1), mean_bits);
    }
    let mut out = vec![mean_bits.to_le_bytes()[0]];
    out.extend_from_slice(&u32::try_from(prints.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(writer.finish());
    out
}

fn unpack(part: &[u8]) -> Vec<u64> {
    let Some((&mean_bits, rest)) = part.split_first() else { return Vec::new() };
    let Some((count, rest)) = rest.split_at_checked(4) else { return Vec::new() };
    let count = count.try_into().map_or(0, u32::from_le_bytes);
    let mut reader = BitReader { bytes: rest, at: 0 };
    let mut out = Vec::new();
    let mut previous = 0u64;
    for _ in 0..count {
        let mut quotient = 0u64;
        while reader.bit() == Some(1) {
            quotient += 1;
        }
        let Some(low) = reader.bits(u32::from(mean_bits)) else { break };
        previous = previous.wrapping_add((quotient << mean_bits) | low);
        out.push(previous);
    }
    out
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    current: u64,
    filled: u32,
}

impl Bits {
    fn push(&mut self, value: u64, count: u32) {
        let mut left = count;
        let mut value = value;
        while left > 0 {
            let room = 64 - self.filled;
            let take = room.min(left);
            let mask = if take == 64 { u64::MAX } else { (1u64 << take) - 1 };
            self.current |= (value & mask) << self.filled;
            value = if take == 64 { 0 } else { value >> take };
            self.filled += take;
            left -= take;
            if self.filled == 64 {
                self.bytes.extend_from_slice(&self.current.to_le_bytes());
                self.current = 0;
                self.filled = 0;
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let used = usize::try_from(self.filled.div_ceil(8)).unwrap_or(8);
        self.bytes.extend(self.current.to_le_bytes().into_iter().take(used));
        self.bytes
    }
}

struct BitReader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl BitReader<'_> {
    fn bit(&mut self) -> Option<u64> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = (byte >> (self.at % 8)) & 1;
        self.at += 1;
        Some(u64::from(bit))
    }

    fn bits(&mut self, count: u32) -> Option<u64> {
        let mut out = 0u64;
        let mut filled = 0u32;
        while filled < count {
            let byte = u64::from(*self.bytes.get(self.at / 8)?);
            let offset = u32::try_from(self.at % 8).ok()?;
            let take = (8 - offset).min(count - filled);
            out |= ((byte >> offset) & ((1 << take) - 1)) << filled;
            filled += take;
            self.at += usize::try_from(take).ok()?;
        }
        Some(out)
    }
}

#[cfg(test)]
#[expect(clippy::as_conversions, reason = "small numbers of a test")]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_64;

    #[test]
    fn prints_come_back_and_take_about_64_minus_log2_n_bits() {
        for n in [0usize, 1, 2, 7, 1000, 30_000] {
            let mut prints: Vec<u64> = (0..n).map(|i| xxh3_64(&i.to_le_bytes())).collect();
            let packed = pack(&mut prints);
            assert_eq!(unpack(&packed), prints);
            if n == 30_000 {
                let bits = packed.len() as f64 * 8.0 / n as f64;
                assert!(bits < 64.0 - (n as f64).log2() + 2.2, "{bits}");
            }
        }
    }
}
