//! One call as a line of an import file, and the book that puts a day's calls in order of time.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::calendar::Day;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// A call, Segment-like; what is `None` is left out.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call<'a> {
    /// Set by the book.
    pub message_id: &'a str,
    /// Set by the book: RFC 3339 with milliseconds, UTC.
    pub timestamp: &'a str,
    /// `track`, `page`, `identify` or `group`.
    pub r#type: &'a str,
    /// The person, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<&'a str>,
    /// The browser, before the person is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<&'a str>,
    /// The account that a `group` call is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<&'a str>,
    /// What was done, in a `track` call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<&'a str>,
    /// What was seen, in a `page` call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Details of a `track` call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<&'a Value>,
    /// What is known of a person or account from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traits: Option<&'a Value>,
    /// Where it happened.
    #[serde(skip_serializing_if = "Context::is_empty")]
    pub context: Context<'a>,
}

/// Where a call happened.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Context<'a> {
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<&'a str>,
    /// The app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<AppContext<'a>>,
}

/// The app and its release.
#[derive(Clone, Copy, Serialize)]
pub struct AppContext<'a> {
    /// Its name.
    pub name: &'a str,
    /// The release in use; none before the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'a str>,
}

impl Context<'_> {
    fn is_empty(&self) -> bool {
        self.group_id.is_none() && self.app.is_none()
    }
}

/// Collects the calls of one day and hands them on in order of time.
pub struct Book<'e> {
    prefix: String,
    /// Milliseconds since 1970; nothing later is handed on.
    now: i64,
    starts_at: i64,
    date: String,
    text: Vec<u8>,
    /// Time in milliseconds of the day, number within the day, end in `text`.
    lines: Vec<(i64, usize, usize)>,
    id: String,
    time: String,
    emit: &'e mut dyn FnMut(&str),
}

impl<'e> Book<'e> {
    /// An empty book whose message ids begin with `prefix`.
    pub fn new(prefix: String, now: i64, emit: &'e mut dyn FnMut(&str)) -> Self {
        Self {
            prefix,
            now,
            starts_at: 0,
            date: String::new(),
            text: Vec::new(),
            lines: Vec::new(),
            id: String::new(),
            time: String::new(),
            emit,
        }
    }

    /// Begins `day`; the one before must be closed.
    pub fn open(&mut self, day: &Day) {
        self.starts_at = day.starts_at();
        self.date = day.date.to_string();
    }

    /// Notes `call` at `millis` of the day; what lies outside of the day is moved to its edge.
    pub fn write(&mut self, millis: i64, call: Call<'_>) {
        let millis = millis.clamp(0, DAY_MS - 1);
        let number = self.lines.len();
        self.id.clear();
        self.time.clear();
        let seconds = millis / 1000;
        // Writing to a String cannot fail.
        let _ = write!(self.id, "{}-{}-{number:04}", self.prefix, self.date);
        let _ = write!(
            self.time,
            "{}T{:02}:{:02}:{:02}.{:03}Z",
            self.date,
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            millis % 1000
        );
        let call = Call { message_id: &self.id, timestamp: &self.time, ..call };
        if serde_json::to_writer(&mut self.text, &call).is_ok() {
            self.lines.push((millis, number, self.text.len()));
        }
    }

    /// Hands on what happened until now, ordered by time, and empties the book.
    pub fn close(&mut self) {
        let mut start = 0;
        let mut order = Vec::with_capacity(self.lines.len());
        for &(millis, number, end) in &self.lines {
            order.push((millis, number, start..end));
            start = end;
        }
        order.sort_unstable_by_key(|(millis, number, _)| (*millis, *number));
        for (millis, _, range) in order {
            if self.starts_at + millis > self.now {
                break;
            }
            if let Some(Ok(line)) = self.text.get(range).map(std::str::from_utf8) {
                (self.emit)(line);
            }
        }
        self.text.clear();
        self.lines.clear();
    }
}
