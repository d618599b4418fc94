//! Calendar days of a workspace's time zone, as days since 1970.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::ingest::accept::{DAY, day_of};

/// 1970-01-01, the day 0.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// The calendar date of a day number.
pub fn date(day: i32) -> Date {
    EPOCH.checked_add(day.days()).unwrap_or(EPOCH)
}

/// The day number of a calendar date.
pub fn number(date: Date) -> i32 {
    (date - EPOCH).get_days()
}

/// Tells the day of an instant in one time zone; quick when instants come in order.
#[derive(Clone, Debug)]
pub struct DayClock {
    zone: TimeZone,
    utc: bool,
    day: i32,
    start: i64,
    end: i64,
}

impl DayClock {
    /// For an IANA zone name; an unknown name counts as UTC (names are checked when a workspace is made).
    pub fn new(zone: &str) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let utc = zone == TimeZone::UTC || zone.iana_name() == Some("UTC");
        Self { zone, utc, day: 0, start: 0, end: 0 }
    }

    /// The day of an instant given in microseconds since 1970.
    pub fn day(&mut self, at: i64) -> i32 {
        if self.utc {
            return day_of(at);
        }
        if !(self.start..self.end).contains(&at) {
            let Ok(instant) = Timestamp::from_microsecond(at) else { return day_of(at) };
            let date = instant.to_zoned(self.zone.clone()).date();
            self.day = number(date);
            (self.start, self.end) = self.bounds(self.day);
        }
        self.day
    }

    /// First instant of a day and of the next one.
    pub fn bounds(&self, day: i32) -> (i64, i64) {
        let start = |day: i32| {
            if self.utc {
                return i64::from(day).saturating_mul(DAY);
            }
            date(day)
                .to_zoned(self.zone.clone())
                .map_or_else(|_| i64::from(day).saturating_mul(DAY), |z| z.timestamp().as_microsecond())
        };
        (start(day), start(day.saturating_add(1)))
    }
}

/// A length of time over which activity is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A calendar day.
    Day,
    /// A calendar week from Monday.
    Week,
    /// A calendar month.
    Month,
}

impl Period {
    /// The first day of the period that holds `day`.
    pub fn start(self, day: i32) -> i32 {
        match self {
            Period::Day => day,
            // Day 0 was a Thursday.
            Period::Week => day - (day + 3).rem_euclid(7),
            Period::Month => number(date(day).first_of_month()),
        }
    }

    /// The first day of the period `steps` after the one that starts on `start`.
    pub fn step(self, start: i32, steps: i32) -> i32 {
        match self {
            Period::Day => start.saturating_add(steps),
            Period::Week => start.saturating_add(steps.saturating_mul(7)),
            Period::Month => date(start).checked_add(steps.months()).map_or(start, number),
        }
    }

    /// The starts of all periods whose first day lies within `from..=to`.
    pub fn starts(self, from: i32, to: i32) -> Vec<i32> {
        let mut start = self.start(from);
        if start < from {
            start = self.step(start, 1);
        }
        let mut starts = Vec::new();
        while start <= to {
            starts.push(start);
            start = self.step(start, 1);
        }
        starts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_start_where_calendars_say() {
        let day = |text: &str| number(text.parse().unwrap());
        assert_eq!(Period::Week.start(day("2026-11-22")), day("2026-11-16"));
        assert_eq!(Period::Week.start(day("1969-12-31")), day("1969-12-29"));
        assert_eq!(Period::Month.start(day("2024-02-29")), day("2024-02-01"));
        assert_eq!(Period::Month.step(day("2024-01-01"), 13), day("2025-02-01"));
        assert_eq!(Period::Week.starts(day("2026-11-17"), day("2026-11-30")), [day("2026-11-23"), day("2026-11-30")]);
    }

    #[test]
    fn days_follow_the_zone_over_a_clock_change() {
        let mut clock = DayClock::new("Europe/Berlin");
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
        assert_eq!(date(clock.day(at("2026-03-28T23:30:00Z"))).to_string(), "2026-03-29");
        let (start, end) = clock.bounds(clock.clone().day(at("2026-03-29T12:00:00Z")));
        assert_eq!((end - start) / 3_600_000_000, 23);
    }
}
