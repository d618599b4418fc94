//! The 24 apps as facts: who they are for, how often they are naturally used, what they can do, and what happened to
//! them. Days are counted back from today, so that every story is as fresh on whatever day the demo runs.

mod frequent;
mod office;
mod seasonal;

/// A piece of software of the company.
pub struct App {
    /// Its name.
    pub name: &'static str,
    /// The department whose builders made it.
    pub owner: &'static str,
    /// How its people come.
    pub beat: Beat,
    /// Days before today of the first release.
    pub launched: i32,
    /// Days before today on which it was switched off.
    pub died: Option<i32>,
    /// Departments, or `customers`, with the share of their people who take it up.
    pub audience: &'static [(&'static str, f64)],
    /// How many people may take it up at most.
    pub most: usize,
    /// Days, on average, until somebody of the audience begins.
    pub uptake: f64,
    /// Days before today since which nobody new takes it up.
    pub closed: Option<i32>,
    /// Days, on average, until somebody stops using this app alone; 0: nobody does.
    pub drift: f64,
    /// Actions on a day of use, on average.
    pub actions: f64,
    /// Days between releases.
    pub cadence: i32,
    /// Days before today of the last release at the latest.
    pub quiet: i32,
    /// Releases that have a story.
    pub milestones: &'static [Milestone],
    /// The release that drove people away, if any.
    pub harm: Option<Harm>,
    /// Pages by name.
    pub pages: &'static [&'static str],
    /// What people do in it.
    pub features: &'static [Feature],
    /// Sentences for ordinary releases, used in turn.
    pub changes: &'static [&'static str],
}

/// How the people of an app come.
#[derive(Clone, Copy)]
pub enum Beat {
    /// On working days, each with this probability.
    Workdays(f64),
    /// Once a week, usually on this day (Monday is 0).
    Weekly(i8),
    /// In the last days of the month.
    MonthEnd,
    /// In the middle of the last month of the quarter.
    QuarterEnd,
    /// In a season within one calendar quarter: month and days of it.
    Season(i8, i8, i8),
    /// For a fortnight, then not for about a year.
    Bursts,
}

/// Something people do in an app.
pub struct Feature {
    /// The event's name.
    pub name: &'static str,
    /// How often, against the others.
    pub weight: u32,
    /// Whether those who stay do it more often.
    pub golden: bool,
    /// The number of the release that brought it; 0 is the first.
    pub since: usize,
    /// A number sent along: its name and largest value.
    pub measure: Option<(&'static str, i32)>,
}

/// A release that has a story.
pub struct Milestone {
    /// Days before today.
    pub ago: i32,
    /// Major and minor version.
    pub version: (u32, u32),
    /// The changelog.
    pub change: &'static str,
}

/// A release that drove people away.
#[derive(Clone, Copy)]
pub struct Harm {
    /// Days before today of the release.
    pub ago: i32,
    /// Days before today of the one that repaired it in part.
    pub repaired: i32,
    /// The share of its people that stopped.
    pub lost: f64,
    /// The share of those that came back after the repair.
    pub regained: f64,
}

/// All apps, by rhythm from the most frequent to the rarest.
pub fn all() -> impl Iterator<Item = &'static App> {
    frequent::APPS.iter().chain(office::APPS).chain(seasonal::APPS)
}

/// An app without a story, to be completed by the table that uses it.
const PLAIN: App = App {
    name: "",
    owner: "",
    beat: Beat::MonthEnd,
    launched: 0,
    died: None,
    audience: &[],
    most: usize::MAX,
    uptake: 12.0,
    closed: None,
    drift: 0.0,
    actions: 2.0,
    cadence: 60,
    quiet: 0,
    milestones: &[],
    harm: None,
    pages: &[],
    features: &[],
    changes: &[],
};

const fn does(name: &'static str, weight: u32) -> Feature {
    Feature { name, weight, golden: false, since: 0, measure: None }
}

const fn golden(name: &'static str, weight: u32, measure: &'static str, most: i32) -> Feature {
    Feature { name, weight, golden: true, since: 0, measure: Some((measure, most)) }
}

const fn later(since: usize, name: &'static str, weight: u32) -> Feature {
    Feature { name, weight, golden: false, since, measure: None }
}
