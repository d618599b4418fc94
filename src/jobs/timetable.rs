//! When a cron expression fires in a time zone. Pure: the same answer for the same instant.
//!
//! The expression names local times. A local time that the clocks skip fires once, at the first instant after the
//! gap, together with all others in it; one that happens twice fires the first time only.

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::model::Misfire;

/// A fire time that nobody saw to for so long, in microseconds, was missed.
const LATE: i64 = 60_000_000;

/// A cron expression that was understood.
#[derive(Clone, Debug)]
pub struct Timetable(Cron);

impl Timetable {
    /// Reads five fields, or six with seconds first; the error says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: String| {
            format!("{text:?} is no schedule ({why}); right would be five fields of cron, such as \"0 2 * * *\"")
        };
        let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
        let table = Self(parser.parse(text).map_err(|e| wrong(e.to_string()))?);
        // Such as 30 February.
        if table.after(civil::Date::constant(2026, 1, 1).at(0, 0, 0, 0)).is_none() {
            return Err(wrong("it never comes".into()));
        }
        Ok(table)
    }

    /// The expression in words.
    pub fn in_words(&self) -> String {
        self.0.describe()
    }

    /// The latest fire time at or before an instant, in microseconds since 1970.
    pub fn latest(&self, zone: &TimeZone, now: i64) -> Option<i64> {
        let found = self.0.find_previous_occurrence(&as_utc(furthest(zone, now)?)?, true).ok()?;
        instant(zone, as_civil(&found)?)
    }

    /// The first fire time after an instant.
    pub fn next(&self, zone: &TimeZone, now: i64) -> Option<i64> {
        instant(zone, self.after(furthest(zone, now)?)?)
    }

    /// What is due: a fire time after the last one that was planned. Earlier ones are dropped.
    ///
    /// A clock that steps back makes nothing due again; one that steps forward makes one fire time due, which then
    /// was missed.
    pub fn due(&self, zone: &TimeZone, last: i64, now: i64, misfire: Misfire) -> Option<Due> {
        let fire_at = self.latest(zone, now).filter(|fire_at| *fire_at > last)?;
        Some(Due { fire_at, skip: misfire == Misfire::Skip && now.saturating_sub(fire_at) > LATE })
    }

    fn after(&self, local: civil::DateTime) -> Option<civil::DateTime> {
        as_civil(&self.0.find_next_occurrence(&as_utc(local)?, false).ok()?)
    }
}

/// A fire time to be planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it was to be.
    pub fire_at: i64,
    /// Whether it is only written down as skipped.
    pub skip: bool,
}

/// The furthest that local clocks have shown up to an instant. While an hour is repeated, that is its end.
fn furthest(zone: &TimeZone, now: i64) -> Option<civil::DateTime> {
    let now = Timestamp::from_microsecond(now).ok()?;
    let shown = zone.to_datetime(now);
    // The transition at `now` itself has happened.
    let past = now.checked_add(SignedDuration::from_micros(1)).ok()?;
    let Some(change) = zone.preceding(past).next() else { return Some(shown) };
    let just_before = change.timestamp().checked_sub(SignedDuration::from_secs(1)).ok()?;
    Some(shown.max(zone.to_datetime(just_before)))
}

/// When a local time is: its first time if it happens twice, the end of the gap if it is skipped.
fn instant(zone: &TimeZone, local: civil::DateTime) -> Option<i64> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let at = match ambiguous.offset() {
        AmbiguousOffset::Gap { before, .. } => {
            // With the offset from before, a skipped time lies after the change; that is the latest one until then.
            let after = before.to_timestamp(local).ok()?.checked_add(SignedDuration::from_micros(1)).ok()?;
            zone.preceding(after).next()?.timestamp()
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok()?,
    };
    Some(at.as_microsecond())
}

// Local times travel as if they were UTC, so that only the rules above know of changing clocks.
fn as_utc(local: civil::DateTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(TimeZone::UTC.to_timestamp(local).ok()?.as_second(), 0)
}

fn as_civil(found: &DateTime<Utc>) -> Option<civil::DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_second(found.timestamp()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    fn shown(instant: Option<i64>) -> String {
        instant.map_or_else(|| "never".into(), |at| Timestamp::from_microsecond(at).unwrap().to_string())
    }

    /// All fire times after one instant and up to another, by asking for the next one again and again.
    fn fires(text: &str, zone: &str, from: &str, to: &str) -> Vec<String> {
        let (table, zone) = (Timetable::parse(text).unwrap(), TimeZone::get(zone).unwrap());
        let (mut now, mut all) = (at(from), Vec::new());
        while let Some(next) = table.next(&zone, now).filter(|next| *next <= at(to)) {
            assert!(next > now);
            assert_eq!(table.latest(&zone, next), Some(next), "what fires now is the latest");
            assert!(table.latest(&zone, next - 1).unwrap() <= now, "nothing lies between");
            all.push(shown(Some(next)));
            now = next;
        }
        all
    }

    #[test]
    fn a_skipped_local_time_fires_once_at_the_first_instant_after() {
        // Berlin, 2026-03-29: 02:00 to 03:00 does not exist.
        let day = |text| fires(text, "Europe/Berlin", "2026-03-28T22:59:59Z", "2026-03-29T21:59:59Z");
        assert_eq!(day("30 2 * * *"), ["2026-03-29T01:00:00Z"]);
        assert_eq!(day("*/20 2 * * *"), ["2026-03-29T01:00:00Z"]);
        assert_eq!(day("0 3 * * *"), ["2026-03-29T01:00:00Z"]);
        assert_eq!(day("30 1-3 * * *"), ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"]);
        assert_eq!(day("0 * * * *").len(), 23);
        // Samoa had no 30 December 2011.
        let apia = fires("0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2012-01-31T00:00:00Z");
        assert_eq!(apia, ["2011-12-30T10:00:00Z"]);
    }

    #[test]
    fn a_repeated_local_time_fires_the_first_time_only() {
        // Berlin, 2026-10-25: 02:00 to 03:00 happens twice.
        let day = |text| fires(text, "Europe/Berlin", "2026-10-24T21:59:59Z", "2026-10-25T22:59:59Z");
        assert_eq!(day("30 2 * * *"), ["2026-10-25T00:30:00Z"]);
        assert_eq!(day("*/20 2 * * *"), ["2026-10-25T00:00:00Z", "2026-10-25T00:20:00Z", "2026-10-25T00:40:00Z"]);
        assert_eq!(day("0 3 * * *"), ["2026-10-25T02:00:00Z"]);
        assert_eq!(day("0 * * * *").len(), 24);
        let (table, zone) = (Timetable::parse("40 2 * * *").unwrap(), TimeZone::get("Europe/Berlin").unwrap());
        // 02:10 for the second time: today's was half an hour ago.
        assert_eq!(shown(table.latest(&zone, at("2026-10-25T01:10:00Z"))), "2026-10-25T00:40:00Z");
    }

    #[test]
    fn utc_knows_no_change_and_leap_days_come() {
        assert_eq!(fires("0 2 * * *", "UTC", "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z").len(), 3);
        let table = Timetable::parse("0 0 29 2 *").unwrap();
        assert_eq!(shown(table.next(&TimeZone::UTC, at("2026-03-01T00:00:00Z"))), "2028-02-29T00:00:00Z");
        assert_eq!(shown(table.latest(&TimeZone::UTC, at("2026-03-01T00:00:00Z"))), "2024-02-29T00:00:00Z");
    }

    #[test]
    fn a_clock_that_steps_plans_nothing_twice() {
        let (table, utc) = (Timetable::parse("0 2 * * *").unwrap(), TimeZone::UTC);
        let due = |last: &str, now: &str, misfire| table.due(&utc, at(last), at(now), misfire);
        let run = |fire: &str| Some(Due { fire_at: at(fire), skip: false });
        let (first, second) = ("2026-11-20T02:00:00Z", "2026-11-21T02:00:00Z");
        assert_eq!(due(first, "2026-11-21T01:59:59Z", Misfire::RunLatest), None);
        assert_eq!(due(first, "2026-11-21T02:00:00Z", Misfire::Skip), run(second));
        assert_eq!(due(second, "2026-11-21T02:00:01Z", Misfire::RunLatest), None);
        // Back by a day, by a year.
        assert_eq!(due(second, "2026-11-20T12:00:00Z", Misfire::RunLatest), None);
        assert_eq!(due(second, "2025-11-21T02:00:00Z", Misfire::RunLatest), None);
        // Forward by ten days: one is made up for, or written down as skipped.
        assert_eq!(due(second, "2026-12-01T09:00:00Z", Misfire::RunLatest), run("2026-12-01T02:00:00Z"));
        let skipped = Some(Due { fire_at: at("2026-12-01T02:00:00Z"), skip: true });
        assert_eq!(due(second, "2026-12-01T09:00:00Z", Misfire::Skip), skipped);
        assert_eq!(due(second, "2026-12-01T02:00:59Z", Misfire::Skip), run("2026-12-01T02:00:00Z"));
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_an_example() {
        for text in ["", "daily", "* * * *", "61 2 * * *", "0 0 30 2 *", "0 0 0 1 1 * 2026"] {
            let refused = Timetable::parse(text).unwrap_err();
            assert!(refused.contains("0 2 * * *") && refused.contains(text), "{refused}");
        }
        assert_eq!(Timetable::parse("0 2 * * *").unwrap().in_words(), "At 02:00.");
    }
}
