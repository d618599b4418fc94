//! Active people over time: DAU, WAU, MAU, stickiness, active accounts.

use std::collections::BTreeMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::db::{DbConn, DbError};

use super::days::{self, Period};
use super::view::{Filter, Summary, View};

/// Days of the trailing week, the day itself included.
pub const WEEK: i32 = 7;
/// Days of the trailing month (MAU) and of stickiness, the day itself included.
pub const MONTH: i32 = 28;

/// Activity on and around one day.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveDay {
    /// The day.
    pub date: jiff::civil::Date,
    /// Distinct people active on the day.
    pub dau: u64,
    /// Distinct people active in the 7 days up to and including the day.
    pub wau: u64,
    /// Distinct people active in the 28 days up to and including the day.
    pub mau: u64,
    /// Distinct people active in the whole calendar month the day lies in.
    pub mau_calendar_month: u64,
    /// DAU / MAU; null when nobody was active in 28 days.
    pub dau_over_mau: Option<f64>,
    /// Mean DAU of the trailing 28 days / MAU; null when nobody was active in them.
    pub stickiness: Option<f64>,
    /// Distinct accounts active in the 28 days up to and including the day.
    pub active_accounts: u64,
    /// Counted events on the day.
    pub events: u64,
}

/// The series for the days `from..=to`.
pub fn active(
    view: &mut View,
    conn: &mut DbConn,
    filter: &Filter,
    from: i32,
    to: i32,
) -> Result<Vec<ActiveDay>, DbError> {
    let first = (from - MONTH + 1).min(Period::Month.start(from));
    let last = Period::Month.step(Period::Month.start(to), 1) - 1;
    let summaries: BTreeMap<i32, Arc<Summary>> = view.summaries(conn, filter, first, last)?.into_iter().collect();

    let start = from - MONTH + 1;
    let of = |pick: fn(&Summary) -> &RoaringBitmap| -> Vec<RoaringBitmap> {
        (start..=to).map(|day| summaries.get(&day).map(|s| pick(s).clone()).unwrap_or_default()).collect()
    };
    let (people, accounts) = (of(|s| &s.people), of(|s| &s.accounts));
    let (weeks, months) = (trailing(&people, WEEK), trailing(&people, MONTH));
    let accounts = trailing(&accounts, MONTH);
    let mut dau_sum = 0u64;
    let mut calendar: Option<(i32, u64)> = None;
    let mut series = Vec::new();
    let trailing = weeks.into_iter().zip(months).zip(accounts);
    for ((day, today), ((wau, mau), active_accounts)) in (start..=to).zip(&people).zip(trailing) {
        dau_sum += today.len();
        if day < from {
            continue;
        }
        let events = summaries.get(&day).map_or(0, |s| s.events);
        let start = Period::Month.start(day);
        let in_month = match calendar {
            Some((of, people)) if of == start => people,
            _ => {
                let mut people = RoaringBitmap::new();
                for (_, summary) in summaries.range(start..Period::Month.step(start, 1)) {
                    people |= &summary.people;
                }
                calendar = Some((start, people.len()));
                people.len()
            }
        };
        let dau = today.len();
        series.push(ActiveDay {
            date: days::date(day),
            dau,
            wau,
            mau,
            mau_calendar_month: in_month,
            dau_over_mau: ratio(dau, mau),
            stickiness: ratio(dau_sum, mau).map(|sum| sum / f64::from(MONTH)),
            active_accounts,
            events,
        });
        // The day that leaves the trailing 28 when the next one comes.
        dau_sum -= summaries.get(&(day - MONTH + 1)).map_or(0, |s| s.people.len());
    }
    Ok(series)
}

/// A share; null over 0.
pub fn ratio(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::as_conversions, reason = "counts stay far below 2^53")]
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Distinct members of each trailing window of `width` days that ends on a day.
///
/// Days are cut into blocks of `width`: a window is the end of one block and the beginning of the next,
/// so unions from both sides of each border serve all windows (van Herk 1992, Gil and Werman 1993).
fn trailing(days: &[RoaringBitmap], width: i32) -> Vec<u64> {
    let width = usize::try_from(width).unwrap_or(1);
    let mut counts = Vec::with_capacity(days.len());
    // For each day of the block before: everybody from that day to the block's end.
    let mut ends: Vec<RoaringBitmap> = Vec::new();
    for block in days.chunks(width) {
        let mut beginning = RoaringBitmap::new();
        for (place, day) in block.iter().enumerate() {
            beginning |= day;
            counts.push(ends.get(place + 1).map_or(beginning.len(), |end| end.union_len(&beginning)));
        }
        let mut end = RoaringBitmap::new();
        ends = block
            .iter()
            .rev()
            .map(|day| {
                end |= day;
                end.clone()
            })
            .collect();
        ends.reverse();
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_count_each_member_once() {
        let days: Vec<RoaringBitmap> =
            (0u32..40).map(|day| [day * 7 % 13, day * 5 % 11, day / 9].into_iter().collect()).collect();
        for width in [1usize, 7, 28] {
            let counts = trailing(&days, i32::try_from(width).unwrap());
            for (end, count) in counts.iter().enumerate() {
                let mut window = RoaringBitmap::new();
                for day in &days[(end + 1).saturating_sub(width)..=end] {
                    window |= day;
                }
                assert_eq!(*count, window.len(), "{width} days to {end}");
            }
        }
    }
}
