//! Metrics as a caller sees them: counts of too few people, and what would give them away, are null.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::apps;
use super::retention;
use super::series::{self, MONTH};
use super::small::Smallest;

/// Activity on and around one day.
#[derive(Serialize, ToSchema)]
#[schema(as = ActiveDay)]
pub(super) struct ActiveDay {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Distinct people active on the day.
    pub dau: Option<u64>,
    /// Distinct people active in the 7 days up to and including the day.
    pub wau: Option<u64>,
    /// Distinct people active in the 28 days up to and including the day.
    pub mau: Option<u64>,
    /// Distinct people active in the whole calendar month the day lies in.
    pub mau_calendar_month: Option<u64>,
    /// DAU / MAU; null when nobody was active in 28 days.
    pub dau_over_mau: Option<f64>,
    /// Mean DAU of the trailing 28 days / MAU; null when nobody was active in them.
    pub stickiness: Option<f64>,
    /// Distinct accounts active in the 28 days up to and including the day.
    pub active_accounts: u64,
    /// Counted events on the day.
    pub events: u64,
    /// Whether counts are null because they are of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub suppressed: bool,
}

impl ActiveDay {
    /// The days of a series; it begins [`ActiveDay::before`] days before the first that is answered.
    pub fn all(days: Vec<series::ActiveDay>, smallest: Smallest) -> Vec<Self> {
        let before = usize::try_from(Self::before(smallest)).unwrap_or(0);
        let daus: Vec<u64> = days.iter().map(|day| day.dau).collect();
        let window = |at: usize| daus.get(at.saturating_sub(before)..=at).unwrap_or_default();
        let days = days.into_iter().enumerate().skip(before);
        // Stickiness is a sum of DAUs: a hidden one would follow from it.
        days.map(|(at, day)| Self::of(day, window(at).iter().any(|dau| smallest.hides(*dau)), smallest)).collect()
    }

    /// How many days before the first the series must begin to tell what to hide.
    pub fn before(smallest: Smallest) -> i32 {
        if smallest.shows_all() { 0 } else { MONTH - 1 }
    }

    fn of(day: series::ActiveDay, sum_tells: bool, smallest: Smallest) -> Self {
        let (dau, mau) = (smallest.shown(day.dau), smallest.shown(day.mau));
        let mut shown = Self {
            date: day.date,
            dau,
            wau: smallest.shown(day.wau),
            mau,
            mau_calendar_month: smallest.shown(day.mau_calendar_month),
            dau_over_mau: day.dau_over_mau.filter(|_| dau.is_some() && mau.is_some()),
            stickiness: day.stickiness.filter(|_| mau.is_some() && !sum_tells),
            active_accounts: day.active_accounts,
            events: day.events,
            suppressed: false,
        };
        let hidden = [shown.dau, shown.wau, shown.mau, shown.mau_calendar_month].iter().any(Option::is_none);
        shown.suppressed = hidden || shown.stickiness.is_none() && day.stickiness.is_some();
        shown
    }
}

/// People whose first period is the same, and how many came back.
#[derive(Serialize, ToSchema)]
#[schema(as = Cohort)]
pub(super) struct Cohort {
    /// First day of the cohort's period.
    #[schema(value_type = String, format = Date)]
    pub start: Date,
    /// How many people.
    pub size: Option<u64>,
    /// By period (or bracket): people for whom it has fully elapsed.
    pub eligible: Vec<Option<u64>>,
    /// By period (or bracket): people who were active; null for one that has not begun.
    pub retained: Vec<Option<u64>>,
    /// By period (or bracket): whether it is still running.
    pub running: Vec<bool>,
    /// Whether counts are null because they, or those left over, are of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub suppressed: bool,
}

impl Cohort {
    /// A cohort as it is shown.
    pub fn of(cohort: retention::Cohort, smallest: Smallest) -> Self {
        let size = smallest.shown(cohort.size);
        let part = |retained: u64| smallest.part(retained, cohort.size).filter(|_| size.is_some());
        let retained: Vec<Option<u64>> = cohort.retained.iter().map(|retained| retained.and_then(part)).collect();
        let hidden = size.is_none() || retained.iter().zip(&cohort.retained).any(|(shown, was)| shown != was);
        Self {
            start: cohort.start,
            size,
            eligible: cohort.eligible.into_iter().map(|eligible| smallest.shown(eligible)).collect(),
            retained,
            running: cohort.running,
            suppressed: hidden,
        }
    }
}

/// Who came, stayed, came back and stayed away in one period.
#[derive(Serialize, ToSchema)]
#[schema(as = LifecyclePeriod)]
pub(super) struct LifecyclePeriod {
    /// First day of the period.
    #[schema(value_type = String, format = Date)]
    pub start: Date,
    /// People active in it.
    pub active: Option<u64>,
    /// Active for the first time.
    pub new: Option<u64>,
    /// Active in it and in the one before.
    pub current: Option<u64>,
    /// Active in it, not in the one before, and not new.
    pub resurrected: Option<u64>,
    /// Active in the one before, not in it.
    pub dormant: Option<u64>,
    /// (new + resurrected) / dormant; null if nobody is dormant.
    pub quick_ratio: Option<f64>,
    /// Whether the period has not ended yet.
    pub running: bool,
    /// Whether counts are null because they, or those left over, are of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub suppressed: bool,
}

impl LifecyclePeriod {
    /// A period as it is shown.
    pub fn of(period: retention::LifecyclePeriod, smallest: Smallest) -> Self {
        let active = smallest.shown(period.active);
        let [new, current, resurrected, dormant] =
            smallest.lifecycle([period.new, period.current, period.resurrected, period.dormant]);
        Self {
            start: period.start,
            active,
            new: new.then_some(period.new),
            current: current.then_some(period.current),
            resurrected: resurrected.then_some(period.resurrected),
            dormant: dormant.then_some(period.dormant),
            quick_ratio: period.quick_ratio.filter(|_| new && resurrected && dormant),
            running: period.running,
            suppressed: active.is_none() || !(new && current && resurrected && dormant),
        }
    }
}

/// An app in one calendar month.
#[derive(Serialize, ToSchema)]
#[schema(as = AppMonth)]
pub(super) struct AppMonth {
    /// First day of the month.
    #[schema(value_type = String, format = Date)]
    pub start: Date,
    /// Distinct people active in it.
    pub active_people: Option<u64>,
    /// Counted events.
    pub events: u64,
    /// Whether the count is null because it is of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub suppressed: bool,
}

impl AppMonth {
    /// A month as it is shown.
    pub fn of(month: apps::AppMonth, smallest: Smallest) -> Self {
        let active_people = smallest.shown(month.active_people);
        Self { start: month.start, active_people, events: month.events, suppressed: active_people.is_none() }
    }
}

/// How a feature of an app was used.
#[derive(Serialize, ToSchema)]
#[schema(as = FeatureUse)]
pub(super) struct FeatureUse {
    /// The feature: the name of the event.
    pub feature: String,
    /// `track`, `page` or `screen`.
    pub kind: &'static str,
    /// People who used it.
    pub people: Option<u64>,
    /// Of the people active in the app in that time; null if nobody was.
    pub share_of_active: Option<f64>,
    /// Of the people who should use the app; null until someone is entitled.
    pub share_of_entitled: Option<f64>,
    /// Its events.
    pub events: u64,
    /// Events per person who used it; null if nobody did.
    pub events_per_person: Option<f64>,
    /// Whether counts are null because they, or those left over, are of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub suppressed: bool,
}

impl FeatureUse {
    /// A feature as it is shown, of an app that so many people used.
    pub fn of(feature: apps::FeatureUse, active: u64, smallest: Smallest) -> Self {
        let people = smallest.part(feature.people, active);
        Self {
            feature: feature.feature,
            kind: feature.kind,
            people,
            share_of_active: feature.share_of_active.filter(|_| people.is_some()),
            share_of_entitled: feature.share_of_entitled.filter(|_| people.is_some()),
            events: feature.events,
            events_per_person: feature.events_per_person.filter(|_| people.is_some()),
            suppressed: people.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::days;

    #[test]
    fn stickiness_goes_with_every_dau_that_it_sums_up() {
        let smallest = Smallest::of(5);
        let day = |number: i32, dau: u64| series::ActiveDay {
            date: days::date(number),
            dau,
            wau: 9,
            mau: 9,
            mau_calendar_month: 9,
            dau_over_mau: Some(0.5),
            stickiness: Some(0.5),
            active_accounts: 1,
            events: 1,
        };
        // The day that is answered first is the 28th; the first of the series had three people.
        let days: Vec<_> = (0..30).map(|number| day(number, if number == 0 { 3 } else { 6 })).collect();
        let shown = ActiveDay::all(days.clone(), smallest);
        assert_eq!(shown.len(), 3);
        assert_eq!((shown[0].stickiness, shown[0].dau, shown[0].suppressed), (None, Some(6), true));
        assert_eq!((shown[1].stickiness, shown[1].suppressed), (Some(0.5), false));
        let all = ActiveDay::all(days, Smallest::ALL);
        assert_eq!((all.len(), all[0].dau, all[0].suppressed), (30, Some(3), false));
    }

    #[test]
    fn who_did_not_come_back_is_as_secret_as_who_did() {
        let cohort = |size: u64, retained: [u64; 3]| retention::Cohort {
            start: days::date(0),
            size,
            eligible: vec![size, size, 0],
            retained: retained.iter().map(|n| Some(*n)).chain([None]).collect(),
            running: vec![false, false, true, false],
        };
        let shown = Cohort::of(cohort(10, [10, 8, 5]), Smallest::of(5));
        assert_eq!(shown.retained, [Some(10), None, Some(5), None]);
        assert!(shown.suppressed && shown.size == Some(10));
        let shown = Cohort::of(cohort(4, [4, 0, 0]), Smallest::of(5));
        assert_eq!((shown.size, shown.retained, shown.eligible), (None, vec![None; 4], vec![None, None, Some(0)]));
        let shown = Cohort::of(cohort(0, [0, 0, 0]), Smallest::of(5));
        assert_eq!((shown.size, shown.suppressed), (Some(0), false));
    }
}
