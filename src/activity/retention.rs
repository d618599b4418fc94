//! Retention of cohorts and the lifecycle of periods.

use std::collections::BTreeMap;
use std::sync::Arc;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::{DbConn, DbError};

use super::days::{self, Period};
use super::series::ratio;
use super::view::{Filter, Summary, View};

/// What counts as having come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// Active in exactly that period.
    #[default]
    NDay,
    /// Active in that period or any later one so far.
    Unbounded,
    /// Active in any period of the bracket.
    Bracket,
}

/// People whose first period is the same, and how many came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohort {
    /// First day of the cohort's period.
    pub start: jiff::civil::Date,
    /// How many people.
    pub size: u64,
    /// By period (or bracket): people for whom it has fully elapsed.
    pub eligible: Vec<u64>,
    /// By period (or bracket): people who were active; null for one that has not begun.
    pub retained: Vec<Option<u64>>,
    /// By period (or bracket): whether it is still running.
    pub running: Vec<bool>,
}

/// What is asked for.
pub struct Question {
    /// Length of the periods.
    pub period: Period,
    /// What counts as having come back.
    pub variant: Variant,
    /// First and last day that a cohort may start on.
    pub cohorts: (i32, i32),
    /// Last period looked at; period 0 is the cohort's own.
    pub periods: i32,
    /// First and last period of each bracket.
    pub brackets: Vec<(i32, i32)>,
    /// Today in the workspace's zone: periods that end later are running.
    pub today: i32,
}

/// Activity by period.
struct Periods(BTreeMap<i32, RoaringBitmap>);

impl Periods {
    fn of(period: Period, days: &[(i32, Arc<Summary>)]) -> Self {
        let mut by_start: BTreeMap<i32, RoaringBitmap> = BTreeMap::new();
        for (day, summary) in days {
            *by_start.entry(period.start(*day)).or_default() |= &summary.people;
        }
        Self(by_start)
    }
}

/// The cohorts of a question. With a filter by role or trait the cohort is made of the filtered
/// activity, and its returns count in the whole workspace, or app.
pub fn retention(
    view: &mut View,
    conn: &mut DbConn,
    filter: &Filter,
    question: &Question,
) -> Result<Vec<Cohort>, DbError> {
    let filtered = view.summaries(conn, filter, i32::MIN, i32::MAX)?;
    let anywhere = Filter { role: None, traits: Vec::new(), accounts: None, ..filter.clone() };
    let returns =
        if anywhere == *filter { filtered.clone() } else { view.summaries(conn, &anywhere, i32::MIN, i32::MAX)? };
    let (firsts, returns) = (Periods::of(question.period, &filtered), Periods::of(question.period, &returns));

    // Who was active from each period on: for "that period or any later one".
    let mut later: BTreeMap<i32, RoaringBitmap> = BTreeMap::new();
    if question.variant == Variant::Unbounded {
        let mut seen = RoaringBitmap::new();
        for (start, people) in returns.0.iter().rev() {
            seen |= people;
            later.insert(*start, seen.clone());
        }
    }
    let ranges: Vec<(i32, i32)> = match question.variant {
        Variant::Bracket => question.brackets.clone(),
        Variant::NDay | Variant::Unbounded => (0..=question.periods).map(|k| (k, k)).collect(),
    };

    let mut known = RoaringBitmap::new();
    let mut cohorts = Vec::new();
    let mut news = firsts.0.into_iter().peekable();
    for start in question.period.starts(question.cohorts.0, question.cohorts.1) {
        while let Some((_, people)) = news.next_if(|(at, _)| *at < start) {
            known |= people;
        }
        let mut cohort = RoaringBitmap::new();
        if let Some((_, people)) = news.next_if(|(at, _)| *at == start) {
            cohort = &people - &known;
            known |= people;
        }
        let mut row = Cohort {
            start: days::date(start),
            size: cohort.len(),
            eligible: Vec::with_capacity(ranges.len()),
            retained: Vec::with_capacity(ranges.len()),
            running: Vec::with_capacity(ranges.len()),
        };
        for (first, last) in &ranges {
            let begins = question.period.step(start, *first);
            let ends = question.period.step(start, last.saturating_add(1));
            let begun = begins <= question.today;
            let elapsed = ends <= question.today;
            let back = match question.variant {
                Variant::NDay => returns.0.get(&begins).map_or(0, |people| cohort.intersection_len(people)),
                Variant::Unbounded => {
                    later.range(begins..).next().map_or(0, |(_, people)| cohort.intersection_len(people))
                }
                Variant::Bracket => {
                    let mut any = RoaringBitmap::new();
                    for (_, people) in returns.0.range(begins..ends) {
                        any |= people & &cohort;
                    }
                    any.len()
                }
            };
            row.eligible.push(if elapsed { cohort.len() } else { 0 });
            row.retained.push(begun.then_some(back));
            row.running.push(begun && !elapsed);
        }
        cohorts.push(row);
    }
    Ok(cohorts)
}

/// Who came, stayed, came back and stayed away in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct LifecyclePeriod {
    /// First day of the period.
    pub start: jiff::civil::Date,
    /// People active in it.
    pub active: u64,
    /// Active for the first time.
    pub new: u64,
    /// Active in it and in the one before.
    pub current: u64,
    /// Active in it, not in the one before, and not new.
    pub resurrected: u64,
    /// Active in the one before, not in it.
    pub dormant: u64,
    /// (new + resurrected) / dormant; null if nobody is dormant.
    pub quick_ratio: Option<f64>,
    /// Whether the period has not ended yet.
    pub running: bool,
}

/// The lifecycle of the periods that start within `from..=to`.
pub fn lifecycle(
    view: &mut View,
    conn: &mut DbConn,
    filter: &Filter,
    period: Period,
    from: i32,
    to: i32,
    today: i32,
) -> Result<Vec<LifecyclePeriod>, DbError> {
    let summaries = view.summaries(conn, filter, i32::MIN, i32::MAX)?;
    let periods = Periods::of(period, &summaries).0;
    let nobody = RoaringBitmap::new();
    let mut known = RoaringBitmap::new();
    let mut past = periods.iter().peekable();
    let mut answer = Vec::new();
    for start in period.starts(from, to) {
        while let Some((_, people)) = past.next_if(|(at, _)| **at < start) {
            known |= people;
        }
        let active = periods.get(&start).unwrap_or(&nobody);
        let previous = periods.get(&period.step(start, -1)).unwrap_or(&nobody);
        let new = active.len() - active.intersection_len(&known);
        let current = active.intersection_len(previous);
        let resurrected = active.len() - new - current;
        let dormant = previous.len() - current;
        answer.push(LifecyclePeriod {
            start: days::date(start),
            active: active.len(),
            new,
            current,
            resurrected,
            dormant,
            quick_ratio: ratio(new + resurrected, dormant),
            running: period.step(start, 1) > today,
        });
    }
    Ok(answer)
}
