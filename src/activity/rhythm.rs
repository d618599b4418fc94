//! How often an app is naturally used, learned from the gaps between its people's active days,
//! and what that says of silence.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::days::{self, Period};

/// Days looked back on to learn a rhythm.
pub const LOOK_BACK: i32 = 730;
/// Active days of a person must span at least so many days to tell anything.
const SPAN: i32 = 28;
/// So many people must tell something.
const PEOPLE: usize = 5;
/// The share of periods with activity that the median person must reach.
const SHARE: f64 = 0.5;

/// How often an app is naturally used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// On working days.
    Weekday,
    /// Once a week.
    Week,
    /// Once a month.
    Month,
    /// Once a quarter.
    Quarter,
    /// Once a year.
    Year,
    /// Used, but at no rhythm that fits.
    Irregular,
    /// Too few people to tell.
    Unknown,
}

impl Rhythm {
    /// From the finest to the coarsest.
    pub const CANDIDATES: [Rhythm; 5] = [Rhythm::Weekday, Rhythm::Week, Rhythm::Month, Rhythm::Quarter, Rhythm::Year];

    /// The key used in the API and in settings.
    pub fn key(self) -> &'static str {
        match self {
            Rhythm::Weekday => "weekday",
            Rhythm::Week => "week",
            Rhythm::Month => "month",
            Rhythm::Quarter => "quarter",
            Rhythm::Year => "year",
            Rhythm::Irregular => "irregular",
            Rhythm::Unknown => "unknown",
        }
    }

    /// The rhythm of a key, if somebody may set it.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::CANDIDATES.into_iter().find(|rhythm| rhythm.key() == key)
    }

    /// Days until the next visit is expected; none without a rhythm.
    pub fn gap(self) -> Option<i32> {
        match self {
            Rhythm::Weekday => Some(3),
            Rhythm::Week => Some(7),
            Rhythm::Month => Some(31),
            Rhythm::Quarter => Some(92),
            Rhythm::Year => Some(366),
            Rhythm::Irregular | Rhythm::Unknown => None,
        }
    }

    /// A number for the period that holds a day: it rises by one from period to period. None on days outside any (weekends).
    fn period(self, day: i32) -> Option<i32> {
        let date = days::date(day);
        let (year, month) = (i32::from(date.year()), i32::from(date.month()));
        match self {
            Rhythm::Weekday => {
                // Day 0 was a Thursday; Monday is 0 here.
                let since_monday = day + 3;
                let weekday = since_monday.rem_euclid(7);
                (weekday < 5).then(|| since_monday.div_euclid(7) * 5 + weekday)
            }
            Rhythm::Week => Some(Period::Week.start(day).div_euclid(7)),
            Rhythm::Month => Some(year * 12 + month),
            Rhythm::Quarter => Some(year * 4 + (month - 1) / 3),
            Rhythm::Year => Some(year),
            Rhythm::Irregular | Rhythm::Unknown => None,
        }
    }
}

/// A learned rhythm, with how many people told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The rhythm.
    pub rhythm: Rhythm,
    /// People with at least two active days that span 28 days.
    pub people: usize,
}

/// Learns a rhythm from the active days of each person, sorted, within the last 730.
pub fn learn<'d>(people: impl Iterator<Item = &'d [i32]>) -> Learned {
    let telling: Vec<&[i32]> = people
        .filter(|days| matches!((days.first(), days.last()), (Some(first), Some(last)) if last - first >= SPAN))
        .collect();
    let fitting = || {
        Rhythm::CANDIDATES.into_iter().find(|rhythm| {
            let mut shares: Vec<f64> = telling.iter().filter_map(|days| share(*rhythm, days)).collect();
            median(&mut shares).is_some_and(|share| share >= SHARE)
        })
    };
    let rhythm = if telling.len() < PEOPLE { Rhythm::Unknown } else { fitting().unwrap_or(Rhythm::Irregular) };
    Learned { rhythm, people: telling.len() }
}

/// The share of periods with activity, from the first active day's to the last's.
fn share(rhythm: Rhythm, active: &[i32]) -> Option<f64> {
    let mut periods: Vec<i32> = active.iter().filter_map(|day| rhythm.period(*day)).collect();
    periods.dedup();
    let (first, last) = (*active.first()?, *active.last()?);
    // A span may begin or end on a weekend: its first and last working day lie inside.
    let begin = (first..=last).find_map(|day| rhythm.period(day))?;
    let end = (first..=last).rev().find_map(|day| rhythm.period(day))?;
    let whole = f64::from(end - begin + 1);
    Some(f64::from(u32::try_from(periods.len()).unwrap_or(0)) / whole)
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle)?;
    if values.len() % 2 == 1 { Some(*upper) } else { Some((values.get(middle - 1)? + upper) / 2.0) }
}

/// Where an app, or a person on an app, stands against the rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RhythmState {
    /// Active in the running period.
    OnRhythm,
    /// Silent, and that is normal.
    NotYetDue,
    /// Expected by now.
    Due,
    /// Expected a while ago.
    Overdue,
    /// No rhythm to hold it against.
    Unknown,
}

/// The state on day `today` after the last activity, and the day of the expected return.
pub fn state(rhythm: Rhythm, last: Option<i32>, today: i32) -> (RhythmState, Option<i32>) {
    let (Some(gap), Some(last)) = (rhythm.gap(), last.filter(|last| *last <= today)) else {
        return (RhythmState::Unknown, None);
    };
    let silent = today - last;
    let running = match rhythm {
        // Today or the last working day; the weekend between does not break it.
        Rhythm::Weekday => last >= last_working_day_before(today),
        Rhythm::Week | Rhythm::Month => rhythm.period(last) == rhythm.period(today),
        Rhythm::Quarter | Rhythm::Year => rhythm.period(last) == rhythm.period(today) && silent <= 31,
        Rhythm::Irregular | Rhythm::Unknown => false,
    };
    let state = if running {
        RhythmState::OnRhythm
    } else if silent <= gap {
        RhythmState::NotYetDue
    } else if silent * 2 <= gap * 3 {
        RhythmState::Due
    } else {
        RhythmState::Overdue
    };
    (state, Some(last.saturating_add(gap)))
}

fn last_working_day_before(day: i32) -> i32 {
    (1..=3).map(|back| day - back).find(|day| Rhythm::Weekday.period(*day).is_some()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i32 {
        days::number(text.parse().unwrap())
    }

    #[test]
    fn the_finest_rhythm_that_the_median_person_keeps_wins() {
        let weekly: Vec<Vec<i32>> = (0..5).map(|p| (0..20).map(|w| day("2026-01-05") + w * 7 + p).collect()).collect();
        let learned = learn(weekly.iter().map(Vec::as_slice));
        assert_eq!(learned, Learned { rhythm: Rhythm::Week, people: 5 });
        assert_eq!(learn(weekly.iter().take(4).map(Vec::as_slice)).rhythm, Rhythm::Unknown);
        let yearly: Vec<Vec<i32>> = (0..6).map(|p| vec![day("2025-04-01") + p, day("2026-04-05") + p]).collect();
        assert_eq!(learn(yearly.iter().map(Vec::as_slice)).rhythm, Rhythm::Year);
        let twice: Vec<Vec<i32>> = (0..6).map(|p| vec![day("2023-04-01") + p, day("2026-04-05") + p]).collect();
        assert_eq!(learn(twice.iter().map(Vec::as_slice)).rhythm, Rhythm::Year);
        let rare: Vec<Vec<i32>> = (0..6).map(|p| vec![day("2016-04-01") + p, day("2026-04-05") + p]).collect();
        assert_eq!(learn(rare.iter().map(Vec::as_slice)).rhythm, Rhythm::Irregular);
    }

    #[test]
    fn silence_is_held_against_the_rhythm() {
        let tell = |rhythm, last: &str, today: &str| state(rhythm, Some(day(last)), day(today)).0;
        // 2026-03-06 was a Friday.
        assert_eq!(tell(Rhythm::Weekday, "2026-03-06", "2026-03-09"), RhythmState::OnRhythm);
        assert_eq!(tell(Rhythm::Weekday, "2026-03-05", "2026-03-08"), RhythmState::NotYetDue);
        assert_eq!(tell(Rhythm::Weekday, "2026-03-05", "2026-03-09"), RhythmState::Due);
        assert_eq!(tell(Rhythm::Weekday, "2026-03-04", "2026-03-09"), RhythmState::Overdue);
        assert_eq!(tell(Rhythm::Year, "2026-01-10", "2026-02-10"), RhythmState::OnRhythm);
        assert_eq!(tell(Rhythm::Year, "2026-01-10", "2026-02-11"), RhythmState::NotYetDue);
        assert_eq!(tell(Rhythm::Year, "2025-01-10", "2026-07-13"), RhythmState::Due);
        assert_eq!(tell(Rhythm::Year, "2025-01-10", "2026-07-14"), RhythmState::Overdue);
        assert_eq!(state(Rhythm::Irregular, Some(1), 5).0, RhythmState::Unknown);
    }
}
