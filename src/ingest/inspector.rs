//! The live inspector: what came in last at this process, and why anything was refused.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;

/// Entries kept for each workspace.
pub const KEPT: usize = 500;
/// Calls noted of one request while somebody watches, and while nobody does.
const NOTED: [usize; 2] = [50, 5];
/// How long a look counts as watching, in microseconds.
const WATCHING: i64 = 30_000_000;
const SECOND: i64 = 1_000_000;

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Stored.
    Accepted,
    /// A repeat of a stored one.
    Duplicate,
    /// Refused.
    Rejected,
}

/// One call as the inspector shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Entry {
    /// Rises by one from entry to entry.
    pub seq: u64,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    pub at: jiff::Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// `track`, `identify`, …
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The event's, page's or screen's name.
    pub event: Option<String>,
    /// The person's id.
    pub external_id: Option<String>,
    /// The app.
    pub app: Option<String>,
    /// Its release.
    pub version: Option<String>,
    /// The name of the write key it came with.
    pub write_key: Option<String>,
    /// Why it was refused, for programs.
    pub code: Option<String>,
    /// Why it was refused, for people.
    pub message: Option<String>,
    /// The call as it was sent.
    #[schema(value_type = Option<Object>)]
    pub payload: Option<serde_json::Value>,
    /// The app of the write key: whose call it is when it names none.
    #[serde(skip)]
    pub key_app: Option<String>,
}

/// Calls since this process started.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct InspectorTotals {
    /// Stored.
    pub accepted: u64,
    /// Repeats.
    pub duplicate: u64,
    /// Refused.
    pub rejected: u64,
}

#[derive(Default)]
struct Feed {
    entries: VecDeque<Entry>,
    next: u64,
    totals: InspectorTotals,
    watched_at: i64,
    erasures: i64,
    // Calls of each of the last ten seconds.
    seconds: VecDeque<(i64, u64)>,
}

/// The feeds of this process, one a workspace.
#[derive(Clone, Default)]
pub struct Inspector(Arc<Mutex<HashMap<i64, Feed>>>);

/// What a look at the feed shows.
pub struct Look {
    /// Entries after the asked one, oldest first.
    pub entries: Vec<Entry>,
    /// Since this process started.
    pub totals: InspectorTotals,
    /// Calls per second over the last ten seconds.
    pub per_second: f64,
    /// Ask for entries after this next.
    pub next: u64,
}

impl Inspector {
    /// Notes the calls of one request; `describe` is asked only for those that are kept.
    pub fn note(&self, workspace: i64, now: i64, outcomes: &[Outcome], describe: impl Fn(usize) -> Entry) {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let feed = feeds.entry(workspace).or_default();
        let [watched, alone] = NOTED;
        let mut refused_room = watched;
        let mut room = if now - feed.watched_at < WATCHING { watched } else { alone };
        for (at, outcome) in outcomes.iter().enumerate() {
            feed.totals.count(*outcome);
            // Refusals are what people look for: they have room of their own.
            let room = if *outcome == Outcome::Rejected { &mut refused_room } else { &mut room };
            if *room == 0 {
                continue;
            }
            *room -= 1;
            feed.next += 1;
            let entry = Entry { seq: feed.next, ..describe(at) };
            feed.entries.push_back(entry);
            if feed.entries.len() > KEPT {
                feed.entries.pop_front();
            }
        }
        let second = now / SECOND;
        let calls = u64::try_from(outcomes.len()).unwrap_or(0);
        match feed.seconds.back_mut() {
            Some((last, count)) if *last == second => *count += calls,
            _ => feed.seconds.push_back((second, calls)),
        }
        while feed.seconds.front().is_some_and(|(at, _)| *at <= second - 10) {
            feed.seconds.pop_front();
        }
    }

    /// Forgets what came before somebody was erased.
    pub fn forget_erased(&self, workspace: i64, erasures: i64) {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let feed = feeds.entry(workspace).or_default();
        if feed.erasures != erasures {
            feed.erasures = erasures;
            feed.entries.clear();
        }
    }

    /// What came after entry `after`; with some apps only, what is of these, and counts of that alone, as far as it is
    /// kept.
    pub fn look(
        &self,
        workspace: i64,
        now: i64,
        (after, limit): (u64, usize),
        apps: Option<&BTreeSet<String>>,
    ) -> Look {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let feed = feeds.entry(workspace).or_default();
        feed.watched_at = now;
        let seen = |entry: &&Entry| apps.is_none_or(|apps| entry.is_of(apps));
        let fresh: Vec<Entry> = feed.entries.iter().filter(|entry| entry.seq > after).filter(seen).cloned().collect();
        let skip = fresh.len().saturating_sub(limit);
        let (totals, calls) = match apps {
            None => {
                let recent = feed.seconds.iter().filter(|(at, _)| *at > now / SECOND - 10);
                (feed.totals, recent.map(|(_, calls)| *calls).sum())
            }
            Some(_) => {
                let mut totals = InspectorTotals::default();
                feed.entries.iter().filter(seen).for_each(|entry| totals.count(entry.outcome));
                let recent = feed.entries.iter().filter(seen).filter(|e| e.at.as_microsecond() > now - 10 * SECOND);
                (totals, u64::try_from(recent.count()).unwrap_or(0))
            }
        };
        #[expect(clippy::as_conversions, reason = "a rate for the eye")]
        let per_second = calls as f64 / 10.0;
        Look { entries: fresh.into_iter().skip(skip).collect(), totals, per_second, next: feed.next }
    }
}

impl InspectorTotals {
    fn count(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Accepted => &mut self.accepted,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::Rejected => &mut self.rejected,
        };
        *count += 1;
    }
}

impl Entry {
    /// Whether it is of one of these apps.
    fn is_of(&self, apps: &BTreeSet<String>) -> bool {
        self.app.as_ref().or(self.key_app.as_ref()).is_some_and(|app| apps.contains(app))
    }

    /// An entry of which nothing is known but when it came, what became of it, and the name of its key.
    pub fn empty(now: i64, outcome: Outcome, key: &str) -> Self {
        Self {
            seq: 0,
            at: jiff::Timestamp::from_microsecond(now).unwrap_or_default(),
            outcome,
            kind: None,
            event: None,
            external_id: None,
            app: None,
            version: None,
            write_key: Some(key.to_owned()),
            code: None,
            message: None,
            payload: None,
            key_app: None,
        }
    }
}
