//! The 26 months of the company: its days, working hours and holidays. All times are UTC.

use jiff::civil::{Date, Weekday};
use jiff::{Span, tz::TimeZone};

/// How far back the history goes, in months: a yearly app shows two seasons in them.
const MONTHS: i64 = 26;

/// The days of the history, numbered from 0.
pub struct Calendar {
    first: Date,
    /// The number of the last day, which is today.
    pub last: i32,
}

/// A day of the history.
#[derive(Clone, Copy)]
pub struct Day {
    /// Days since the first one.
    pub index: i32,
    /// The date in UTC.
    pub date: Date,
    /// The share of the staff that is at work: 0 to 1.
    pub attendance: f64,
}

impl Calendar {
    /// The history that ends with `today`.
    pub fn until(today: Date) -> Self {
        let first = today.saturating_sub(Span::new().months(MONTHS));
        let last = today.since(first).map_or(0, |span| span.get_days());
        Self { first, last }
    }

    /// Every day, the earliest first.
    pub fn days(&self) -> impl Iterator<Item = Day> + '_ {
        (0..=self.last).map(|index| self.day(index))
    }

    /// Day `index`, also outside of the history.
    pub fn day(&self, index: i32) -> Day {
        let date = self.date(index);
        Day { index, date, attendance: attendance(date) }
    }

    /// The date of day `index`.
    pub fn date(&self, index: i32) -> Date {
        self.first.saturating_add(Span::new().days(i64::from(index)))
    }

    /// The number of the day `ago` days before today.
    pub fn ago(&self, ago: i32) -> i32 {
        self.last - ago
    }

    /// `index`, or the next day after it on which people work.
    pub fn workday(&self, index: i32) -> i32 {
        (index..index + 14).find(|&i| self.day(i).works()).unwrap_or(index)
    }
}

impl Day {
    /// Whether it is a weekday on which most people work.
    pub fn works(&self) -> bool {
        self.attendance > 0.3
    }

    /// The number of the first day of the day's week, month, quarter or year, to tell whether two days share it.
    pub fn month_start(&self) -> i32 {
        self.index - i32::from(self.date.day()) + 1
    }

    /// The number of the Monday of the week.
    pub fn week_start(&self) -> i32 {
        self.index - i32::from(self.date.weekday().to_monday_zero_offset())
    }

    /// Days left in the month, 0 on its last day.
    pub fn left_in_month(&self) -> i32 {
        i32::from(self.date.days_in_month()) - i32::from(self.date.day())
    }

    /// Milliseconds since 1970 at the day's start.
    pub fn starts_at(&self) -> i64 {
        self.date.to_zoned(TimeZone::UTC).map_or(0, |z| z.timestamp().as_millisecond())
    }
}

/// The share of the staff at work: nobody on week-ends, few on holidays, fewer in summer.
fn attendance(date: Date) -> f64 {
    if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return 0.0;
    }
    match (date.month(), date.day()) {
        (1, 1) | (1, 6) | (5, 1) | (8, 15) | (11, 1) | (12, 24..=26) | (12, 31) => 0.06,
        (12, 27..=30) | (1, 2..=5) => 0.45,
        (12, 20..=23) => 0.75,
        (7, 16..=31) => 0.84,
        (8, _) => 0.72,
        _ => 1.0,
    }
}
