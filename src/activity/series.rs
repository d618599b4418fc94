//! Active people over time: DAU, WAU, MAU, stickiness, active accounts.

use std::collections::BTreeMap;
use std::sync::Arc;

use roaring::RoaringBitmap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{DbConn, DbError};

use super::days::{self, Period};
use super::view::{Filter, Summary, View};

/// Days of the trailing week, the day itself included.
pub const WEEK: i32 = 7;
/// Days of the trailing month (MAU) and of stickiness, the day itself included.
pub const MONTH: i32 = 28;

/// Activity on and around one day.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ActiveDay {
    /// The day.
    #[schema(value_type = String, format = Date)]
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

    let mut week = Window::default();
    let mut month = Window::default();
    let mut accounts = Window::default();
    let mut dau_sum = 0u64;
    let mut calendar: Option<(i32, u64)> = None;
    let mut series = Vec::new();
    for day in (from - MONTH + 1)..=to {
        let today = summaries.get(&day);
        if let Some(today) = today {
            week.enter(&today.people);
            month.enter(&today.people);
            accounts.enter(&today.accounts);
            dau_sum += today.people.len();
        }
        if let Some(gone) = summaries.get(&(day - WEEK)).filter(|_| day - WEEK > from - MONTH) {
            week.leave(&gone.people);
        }
        if let Some(gone) = summaries.get(&(day - MONTH)).filter(|_| day - MONTH > from - MONTH) {
            month.leave(&gone.people);
            accounts.leave(&gone.accounts);
            dau_sum -= gone.people.len();
        }
        if day < from {
            continue;
        }
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
        let dau = today.map_or(0, |s| s.people.len());
        series.push(ActiveDay {
            date: days::date(day),
            dau,
            wau: week.distinct,
            mau: month.distinct,
            mau_calendar_month: in_month,
            dau_over_mau: ratio(dau, month.distinct),
            stickiness: ratio(dau_sum, month.distinct).map(|sum| sum / f64::from(MONTH)),
            active_accounts: accounts.distinct,
            events: today.map_or(0, |s| s.events),
        });
    }
    Ok(series)
}

/// A share; null over 0.
pub fn ratio(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::as_conversions, reason = "counts stay far below 2^53")]
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Distinct members of a window that slides over days: how many of its days each member was seen on.
#[derive(Default)]
struct Window {
    seen: Vec<u8>,
    distinct: u64,
}

impl Window {
    fn enter(&mut self, day: &RoaringBitmap) {
        let size = day.max().and_then(|max| usize::try_from(max).ok()).map_or(0, |max| max + 1);
        if self.seen.len() < size {
            self.seen.resize(size, 0);
        }
        for member in day {
            if let Some(days) = usize::try_from(member).ok().and_then(|at| self.seen.get_mut(at)) {
                self.distinct += u64::from(*days == 0);
                *days += 1;
            }
        }
    }

    fn leave(&mut self, day: &RoaringBitmap) {
        for member in day {
            if let Some(days) = usize::try_from(member).ok().and_then(|at| self.seen.get_mut(at)) {
                *days = days.saturating_sub(1);
                self.distinct -= u64::from(*days == 0);
            }
        }
    }
}
