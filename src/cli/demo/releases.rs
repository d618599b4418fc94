//! The apps in time: when each release came out and what its changelog says.

use super::calendar::Calendar;
use super::catalogue::{self, App};
use super::draw::Dice;

/// An app on the calendar of this run.
pub struct Product {
    /// Its facts.
    pub app: &'static App,
    /// The day of the first release.
    pub launch: i32,
    /// The first day on which it no longer runs.
    pub end: i32,
    /// Its releases, the earliest first.
    pub releases: Vec<Release>,
}

/// A published version.
pub struct Release {
    /// The day it came out, at [`RELEASED_AT`].
    pub day: i32,
    /// Its number, such as `2.1`.
    pub version: String,
    /// What changed.
    pub change: String,
}

/// What ordinary releases change once an app has told all of its own.
const UPKEEP: [&str; 9] = [
    "Starts faster on older tablets.",
    "Small repairs.",
    "Columns keep their width.",
    "The list remembers its filter.",
    "Works with the new version of the data source.",
    "Dates follow the language of the browser.",
    "Larger buttons for gloves and small screens.",
    "Saving warns before it overwrites a colleague's change.",
    "Exports carry the time zone.",
];

/// Second of the day at which releases come out: 06:00 UTC, before most people begin.
pub const RELEASED_AT: i32 = 6 * 3600;

impl Product {
    /// How many releases were out on `day`.
    pub fn released(&self, day: i32) -> usize {
        self.releases.partition_point(|release| release.day <= day)
    }

    /// The version in use on `day`; none before the first release.
    pub fn version(&self, day: i32) -> Option<&str> {
        let newest = self.released(day).checked_sub(1)?;
        self.releases.get(newest).map(|release| release.version.as_str())
    }
}

/// All apps with their releases.
pub fn plan(calendar: &Calendar, dice: &mut Dice) -> Vec<Product> {
    catalogue::all().map(|app| product(app, calendar, dice)).collect()
}

fn product(app: &'static App, calendar: &Calendar, dice: &mut Dice) -> Product {
    let launch = calendar.workday(calendar.ago(app.launched).max(2));
    let end = app.died.map_or(i32::MAX, |ago| calendar.ago(ago));
    let last = calendar.ago(app.quiet.max(1)).min(end);
    let mut milestones = app.milestones.iter().peekable();
    let mut changes = app.changes.iter().copied().chain(UPKEEP.into_iter().cycle());
    let mut releases = vec![Release { day: launch, version: "1.0".into(), change: "The first release.".into() }];
    let (mut major, mut minor) = (1, 0);
    let mut day = launch;
    loop {
        day = calendar.workday(day + app.cadence + dice.between(-app.cadence / 5, app.cadence / 5));
        if let Some(milestone) = milestones.next_if(|m| calendar.ago(m.ago) <= day + 7) {
            day = calendar.workday(calendar.ago(milestone.ago));
            (major, minor) = milestone.version;
            releases.push(Release { day, version: format!("{major}.{minor}"), change: milestone.change.into() });
            continue;
        }
        if day > last {
            return Product { app, launch, end, releases };
        }
        minor += 1;
        let brought = app.features.iter().find(|feature| feature.since == releases.len());
        let change = match brought {
            Some(feature) => format!("New: {}.", feature.name),
            None => changes.next().unwrap_or_default().into(),
        };
        releases.push(Release { day, version: format!("{major}.{minor}"), change });
    }
}
