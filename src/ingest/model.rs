//! What ingestion works on: rows of accepted calls, rejections, and the event names that have a meaning.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::dictionary::{Dictionary, Kind, NewNames};

/// The type of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CallKind {
    /// A person did something.
    Track = 0,
    /// A person saw a page.
    Page = 1,
    /// A person saw a screen.
    Screen = 2,
    /// Traits of a person.
    Identify = 3,
    /// Traits of an account, and the person in it.
    Group = 4,
    /// Two ids are one person.
    Alias = 5,
}

impl CallKind {
    /// Every kind, in the order of its stored number.
    pub const ALL: [CallKind; 6] =
        [CallKind::Track, CallKind::Page, CallKind::Screen, CallKind::Identify, CallKind::Group, CallKind::Alias];

    /// The word of the Segment specification.
    pub fn word(self) -> &'static str {
        match self {
            CallKind::Track => "track",
            CallKind::Page => "page",
            CallKind::Screen => "screen",
            CallKind::Identify => "identify",
            CallKind::Group => "group",
            CallKind::Alias => "alias",
        }
    }

    /// The kind a word names; the short words are those of the browser client's paths.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "track" | "t" => CallKind::Track,
            "page" | "p" => CallKind::Page,
            "screen" | "s" => CallKind::Screen,
            "identify" | "i" => CallKind::Identify,
            "group" | "g" => CallKind::Group,
            "alias" | "a" => CallKind::Alias,
            _ => return None,
        })
    }

    /// Whether the call can be activity at all.
    pub fn is_event(self) -> bool {
        matches!(self, CallKind::Track | CallKind::Page | CallKind::Screen)
    }

    /// The number stored in blocks.
    pub fn stored(self) -> u8 {
        match self {
            CallKind::Track => 0,
            CallKind::Page => 1,
            CallKind::Screen => 2,
            CallKind::Identify => 3,
            CallKind::Group => 4,
            CallKind::Alias => 5,
        }
    }
}

/// Track events that tell about the account: no activity and no features.
pub const ABOUT_ACCOUNT: [&str; 6] = [
    "Ticket Opened",
    "Ticket Closed",
    "Subscription Cancelled",
    "Subscription Renewed",
    "Unsubscribe Started",
    "Survey Answered",
];
/// Track events that are activity of the person but no features.
pub const NO_FEATURE: [&str; 5] =
    ["App Created", "App Released", "Data Source Added", "Data Source Removed", "Training Completed"];

/// Whether events of this dictionary name (`t`, `p` or `s` + name) are counted.
pub fn is_counted(event: &str) -> bool {
    !event.strip_prefix('t').is_some_and(|name| ABOUT_ACCOUNT.contains(&name))
}

/// Whether this dictionary name is a feature until someone curates them: named, and without a meaning of its own.
pub fn is_feature(event: &str) -> bool {
    event.len() > 1 && is_counted(event) && !event.strip_prefix('t').is_some_and(|name| NO_FEATURE.contains(&name))
}

/// Why a call was not stored: a stable code and one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// For programs.
    pub code: &'static str,
    /// For people: what, where, what would be right.
    pub message: String,
}

impl Rejection {
    /// A rejection with its sentence.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A name's number, known or pending; [`Sym::NONE`] for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sym(u32);

impl Sym {
    /// No name.
    pub const NONE: Sym = Sym(u32::MAX);
    const PENDING: u32 = 1 << 31;

    /// Whether there is a name.
    pub fn is_some(self) -> bool {
        self != Sym::NONE
    }
}

/// Part of a batch's text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// One accepted call.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its type.
    pub kind: CallKind,
    /// Whom it is about: the user id if given, else the anonymous id.
    pub subject: Sym,
    /// The anonymous id beside a user id, or the previous id of an alias.
    pub anonymous: Sym,
    /// The account it names.
    pub account: Sym,
    /// The app it happened in.
    pub app: Sym,
    /// The app's release.
    pub version: Sym,
    /// The event's name.
    pub event: Sym,
    /// When it happened, microseconds since 1970.
    pub at: i64,
    /// UTC day of the timestamp as sent, days since 1970.
    pub sent_day: i32,
    /// Whether the client sent a timestamp; without one the day before is probed too.
    pub timed: bool,
    /// 64-bit hash of the messageId.
    pub fingerprint: u64,
    /// Properties or traits, JSON text.
    pub facts: Span,
    /// The messageId, kept only where ties are decided by it.
    pub message_id: Span,
}

/// Accepted calls of one workspace on their way to the log.
#[derive(Default)]
pub struct Batch {
    /// The calls in order of arrival.
    pub rows: Vec<Row>,
    /// What the spans of the rows point into.
    pub text: String,
    pending: [IndexSet<Box<str>, FxBuildHasher>; 5],
}

impl Batch {
    /// Keeps text for a row.
    pub fn keep(&mut self, text: &str) -> Span {
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.text.push_str(text);
        Span { start, end: u32::try_from(self.text.len()).unwrap_or(u32::MAX) }
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        let range = usize::try_from(span.start).unwrap_or(0)..usize::try_from(span.end).unwrap_or(0);
        self.text.get(range).unwrap_or_default()
    }

    /// The symbol of a name: its number, or a place among the batch's pending names.
    pub fn sym(&mut self, known: &Dictionary, kind: Kind, name: &str) -> Sym {
        if let Some(number) = known.number(kind, name) {
            return Sym(number);
        }
        let Some(set) = self.pending.get_mut(kind_index(kind)) else { return Sym::NONE };
        let at = match set.get_index_of(name) {
            Some(at) => at,
            None => set.insert_full(name.into()).0,
        };
        Sym(Sym::PENDING | u32::try_from(at).unwrap_or(0))
    }

    /// The number of a symbol, given one now if it was pending.
    pub fn number(&self, sym: Sym, kind: Kind, names: &mut NewNames<'_>) -> Option<u32> {
        if sym == Sym::NONE {
            return None;
        }
        if sym.0 & Sym::PENDING == 0 {
            return Some(sym.0);
        }
        let at = usize::try_from(sym.0 & !Sym::PENDING).ok()?;
        let name = self.pending.get(kind_index(kind))?.get_index(at)?;
        Some(names.number(kind, name))
    }
}

fn kind_index(kind: Kind) -> usize {
    Kind::ALL.iter().position(|k| *k == kind).unwrap_or(0)
}
