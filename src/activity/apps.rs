//! Apps over time: people by month, rhythm, features.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use crate::db::{DbConn, DbError};
use crate::ingest::block::NONE;
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::ingest::model::is_feature;

use super::days::{self, Period};
use super::rhythm::{LOOK_BACK, learn};
use super::series::ratio;
use super::totals::{JOINED, Total};
use super::view::{Filter, Rhythms, View};

/// More features than that are not shown for one app.
pub const FEATURES: usize = 500;

/// An app in one calendar month.
#[derive(Clone, Debug, PartialEq)]
pub struct AppMonth {
    /// First day of the month.
    pub start: jiff::civil::Date,
    /// Distinct people active in it.
    pub active_people: u64,
    /// Counted events.
    pub events: u64,
}

/// Months of each app that touch `from..=to`, whole; months without activity are left out.
pub fn months(
    view: &mut View,
    conn: &mut DbConn,
    filter: &Filter,
    from: i32,
    to: i32,
) -> Result<BTreeMap<u32, Vec<AppMonth>>, DbError> {
    let first = Period::Month.start(from);
    let last = Period::Month.step(Period::Month.start(to), 1) - 1;
    let mut sums: BTreeMap<(u32, i32), (RoaringBitmap, u64)> = BTreeMap::new();
    let include_excluded = filter.include_excluded;
    let plain = Filter { include_excluded, app: filter.app, apps: filter.apps.clone(), ..Filter::default() };
    if *filter == plain {
        for (day, apps) in view.by_app(conn, include_excluded, first, last)? {
            for (app, summary) in apps.iter().filter(|(app, _)| filter.takes(**app)) {
                let month = sums.entry((*app, Period::Month.start(day))).or_default();
                month.0 |= &summary.people;
                month.1 += summary.events;
            }
        }
    } else {
        view.uses(conn, filter, first, last, |day, one| {
            if one.app != NONE {
                let month = sums.entry((one.app, Period::Month.start(day))).or_default();
                month.0.insert(one.person);
                month.1 += one.count;
            }
        })?;
    }
    let mut months: BTreeMap<u32, Vec<AppMonth>> = BTreeMap::new();
    for ((app, start), (people, events)) in sums {
        let month = AppMonth { start: days::date(start), active_people: people.len(), events };
        months.entry(app).or_default().push(month);
    }
    Ok(months)
}

/// Counted events of each app over all time.
pub fn totals(view: &View, include_excluded: bool) -> FxHashMap<u32, Total> {
    let mut sums: FxHashMap<u32, Total> = FxHashMap::default();
    for ((key, app, account), total) in view.totals() {
        if *app == NONE || *app == JOINED || !(include_excluded || view.counts(*key, *account)) {
            continue;
        }
        sums.entry(*app).and_modify(|sum| sum.join(*total)).or_insert(*total);
    }
    sums
}

/// The learned rhythm of every app on day `on`.
pub fn rhythms(view: &mut View, conn: &mut DbConn, on: i32) -> Result<Arc<Rhythms>, DbError> {
    if let Some((version, day, learned)) = &view.learned
        && (*version, *day) == (view.version, on)
    {
        return Ok(learned.clone());
    }
    let mut active: FxHashMap<u32, FxHashMap<u32, Vec<i32>>> = FxHashMap::default();
    for (day, apps) in view.by_app(conn, false, on - LOOK_BACK + 1, on)? {
        for (app, summary) in apps.iter() {
            let people = active.entry(*app).or_default();
            for person in &summary.people {
                people.entry(person).or_default().push(day);
            }
        }
    }
    let learned: Rhythms =
        active.into_iter().map(|(app, people)| (app, learn(people.values().map(Vec::as_slice)))).collect();
    let learned = Arc::new(learned);
    view.learned = Some((view.version, on, learned.clone()));
    Ok(learned)
}

/// Distinct people of each app in the days `from..=to`, and the last day of activity.
pub fn people(
    view: &mut View,
    conn: &mut DbConn,
    from: i32,
    to: i32,
) -> Result<FxHashMap<u32, RoaringBitmap>, DbError> {
    let mut people: FxHashMap<u32, RoaringBitmap> = FxHashMap::default();
    for (_, apps) in view.by_app(conn, false, from, to)? {
        for (app, summary) in apps.iter() {
            *people.entry(*app).or_default() |= &summary.people;
        }
    }
    Ok(people)
}

/// How a feature of an app was used.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureUse {
    /// The feature: the name of the event.
    pub feature: String,
    /// `track`, `page` or `screen`.
    pub kind: &'static str,
    /// People who used it.
    pub people: u64,
    /// Of the people active in the app in that time; null if nobody was.
    pub share_of_active: Option<f64>,
    /// Of the people who should use the app; null until someone is entitled.
    pub share_of_entitled: Option<f64>,
    /// Its events.
    pub events: u64,
    /// Events per person who used it; null if nobody did.
    pub events_per_person: Option<f64>,
}

/// Features of an app, and how many people were active in it.
pub struct Features {
    /// The most used first.
    pub features: Vec<FeatureUse>,
    /// Distinct people active in the app.
    pub active_people: u64,
    /// How many features there are beyond those shown.
    pub beyond: usize,
}

/// Adoption of the features of an app over the days `from..=to`.
pub fn features(
    view: &mut View,
    conn: &mut DbConn,
    filter: &Filter,
    names: &Dictionary,
    from: i32,
    to: i32,
) -> Result<Features, DbError> {
    let mut active = RoaringBitmap::new();
    let mut by_event: FxHashMap<u32, (RoaringBitmap, u64)> = FxHashMap::default();
    view.uses(conn, filter, from, to, |_, one| {
        active.insert(one.person);
        let used = by_event.entry(one.event).or_default();
        used.0.insert(one.person);
        used.1 += one.count;
    })?;
    let mut features: Vec<FeatureUse> = by_event
        .into_iter()
        .filter_map(|(event, (people, events))| {
            let name = names.name(Kind::Event, event);
            let kind = match name.get(..1)? {
                "p" => "page",
                "s" => "screen",
                _ => "track",
            };
            is_feature(name).then(|| FeatureUse {
                feature: name.get(1..).unwrap_or_default().to_owned(),
                kind,
                people: people.len(),
                share_of_active: ratio(people.len(), active.len()),
                share_of_entitled: None,
                events,
                events_per_person: ratio(events, people.len()),
            })
        })
        .collect();
    features.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.feature.cmp(&b.feature)));
    let beyond = features.len().saturating_sub(FEATURES);
    features.truncate(FEATURES);
    Ok(Features { features, active_people: active.len(), beyond })
}

/// Every app that any event or setting names.
pub fn all(view: &View, names: &Dictionary) -> BTreeSet<u32> {
    let used = view.totals().keys().filter(|(_, app, _)| *app != NONE && *app != JOINED);
    used.map(|(_, app, _)| *app).chain(names.all(Kind::App).map(|(number, _)| number)).collect()
}
