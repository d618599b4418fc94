//! The one way in: decides whether a call is stored and turns it into a row.
//! `/v1`, `import` and `demo` all come through [`accept`].

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use xxhash_rust::xxh3::xxh3_64;

use super::call::{Call, Text};
use super::dictionary::{Dictionary, Kind};
use super::model::{Batch, CallKind, Rejection, Row, Span, Sym};

/// Longest id or name, in bytes.
pub const MAX_NAME: usize = 1_000;
/// Deepest nesting of properties and traits.
pub const MAX_DEPTH: usize = 60;
/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;
/// 0000-01-01T00:00:00Z in microseconds since 1970.
const YEAR_0: i64 = -62_167_219_200_000_000;
const SENT_AT_TOLERANCE: i64 = 60_000_000;

/// What holds for all calls of one request or file.
pub struct Envelope<'a> {
    /// When the server received it, microseconds since 1970.
    pub received_at: i64,
    /// `sentAt` of the batch.
    pub sent_at: Option<&'a str>,
    /// The app of the write key.
    pub app: Option<&'a str>,
    /// Whether `sentAt` corrects the client's clock; imports are taken as sent.
    pub correct_clock: bool,
}

/// Checks a call and appends it to the batch. `fallback_id` names the call when it brings no messageId.
pub fn accept(
    call: &Call<'_>,
    kind: Option<CallKind>,
    envelope: &Envelope<'_>,
    known: &Dictionary,
    batch: &mut Batch,
    fallback_id: impl FnOnce() -> u64,
) -> Result<(), Rejection> {
    let kind = match (kind, &call.kind) {
        (Some(kind), _) => kind,
        (None, Some(Text(word))) => CallKind::from_word(word).filter(|_| word.len() > 1).ok_or_else(|| {
            Rejection::new(
                "bad_type",
                format!("type {word:?} is unknown: send track, page, screen, identify, group or alias"),
            )
        })?,
        (None, None) => {
            return Err(Rejection::new(
                "bad_type",
                "type is missing: send track, page, screen, identify, group or alias",
            ));
        }
    };
    let user = name("userId", &call.user_id)?;
    let anonymous = name("anonymousId", &call.anonymous_id)?;
    let context = call.context.as_ref();
    let context_group = name_ref("context.groupId", context.and_then(|c| c.group_id.as_ref()))?;
    let own_group = name("groupId", &call.group_id)?;
    let group = if kind == CallKind::Group { own_group.or(context_group) } else { context_group.or(own_group) };
    let app = context.and_then(|c| c.app.as_ref());
    let version = name_ref("context.app.version", app.and_then(|a| a.version.as_ref()))?;
    let app = name_ref("context.app", app.and_then(|a| a.name.as_ref()))?.or(envelope.app);
    if user.is_none() && anonymous.is_none() {
        return Err(Rejection::new("no_person", "neither userId nor anonymousId is given: send one of them"));
    }
    let event = match kind {
        CallKind::Track => Some(
            name("event", &call.event)?
                .ok_or_else(|| Rejection::new("no_event", "event is missing: a track call names what was done"))?,
        ),
        CallKind::Page | CallKind::Screen => Some(name("name", &call.name)?.unwrap_or_default()),
        CallKind::Identify | CallKind::Group | CallKind::Alias => None,
    };
    if kind == CallKind::Group && group.is_none() {
        return Err(Rejection::new("no_group", "groupId is missing: a group call names the account"));
    }
    let previous = match kind {
        CallKind::Alias => Some(name("previousId", &call.previous_id)?.ok_or_else(|| {
            Rejection::new("no_previous_id", "previousId is missing: an alias call names the id it replaces")
        })?),
        _ => None,
    };
    let facts = match kind {
        CallKind::Identify | CallKind::Group => valued("traits", object("traits", call.traits)?)?,
        _ => object("properties", call.properties)?,
    };
    let message_id = name("messageId", &call.message_id)?;
    let (at, sent_day, timed) = time(call, envelope)?;

    // Nothing is refused from here on.
    let mut scratch = String::with_capacity(64);
    let mut sym = |batch: &mut Batch, kind: Kind, prefix: &str, name: Option<&str>| match name {
        None => Sym::NONE,
        Some(name) if prefix.is_empty() => batch.sym(known, kind, name),
        Some(name) => {
            scratch.clear();
            scratch.push_str(prefix);
            scratch.push_str(name);
            batch.sym(known, kind, &scratch)
        }
    };
    let user_sym = sym(batch, Kind::Person, "u", user);
    let other = if kind == CallKind::Alias { previous } else { anonymous };
    let other_sym = sym(batch, Kind::Person, "a", other);
    let subject = match (user_sym.is_some(), kind) {
        (true, _) => user_sym,
        (false, CallKind::Alias) => sym(batch, Kind::Person, "a", anonymous),
        (false, _) => other_sym,
    };
    let paired = other_sym.is_some() && other_sym != subject;
    let row = Row {
        kind,
        subject,
        anonymous: if paired { other_sym } else { Sym::NONE },
        account: sym(batch, Kind::Account, "", group),
        app: sym(batch, Kind::App, "", app),
        version: if app.is_some() { sym(batch, Kind::Version, "", version) } else { Sym::NONE },
        event: match kind {
            CallKind::Track => sym(batch, Kind::Event, "t", event),
            CallKind::Page => sym(batch, Kind::Event, "p", event),
            CallKind::Screen => sym(batch, Kind::Event, "s", event),
            CallKind::Identify | CallKind::Group | CallKind::Alias => Sym::NONE,
        },
        at,
        sent_day,
        timed,
        fingerprint: message_id.map_or_else(fallback_id, |id| xxh3_64(id.as_bytes())),
        facts: if facts.is_empty() { Span::default() } else { batch.keep(facts) },
        message_id: match message_id {
            Some(id) if paired || !kind.is_event() => batch.keep(id),
            _ => Span::default(),
        },
    };
    batch.rows.push(row);
    Ok(())
}

/// An id or name: empty counts as absent; control characters and oversize are refused.
fn name<'t>(field: &str, value: &'t Option<Text<'_>>) -> Result<Option<&'t str>, Rejection> {
    name_ref(field, value.as_ref())
}

fn name_ref<'t>(field: &str, value: Option<&'t Text<'_>>) -> Result<Option<&'t str>, Rejection> {
    let Some(Text(text)) = value else { return Ok(None) };
    let text = text.as_ref();
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() > MAX_NAME {
        return Err(Rejection::new(
            "too_long",
            format!("{field} has {} bytes: at most {MAX_NAME} are kept", text.len()),
        ));
    }
    // Text that is borrowed stood in the JSON as it is, where control characters are refused; only escapes bring them.
    if matches!(value, Some(Text(Cow::Owned(_)))) && text.bytes().any(|b| b < 0x20) {
        return Err(Rejection::new("bad_text", format!("{field} holds a control character: remove it")));
    }
    Ok(Some(text))
}

/// Properties or traits: an object of bounded depth, or nothing.
fn object<'t>(field: &str, value: Option<&'t serde_json::value::RawValue>) -> Result<&'t str, Rejection> {
    let Some(value) = value else { return Ok("") };
    let text = value.get();
    if text == "null" || text == "{}" {
        return Ok("");
    }
    if !text.starts_with('{') {
        return Err(Rejection::new("bad_facts", format!("{field} is no object: send {{\"name\": value}} pairs")));
    }
    if text.len() > MAX_DEPTH && depth(text) > MAX_DEPTH {
        return Err(Rejection::new(
            "too_deep",
            format!("{field} is nested deeper than {MAX_DEPTH} levels: flatten it"),
        ));
    }
    Ok(text)
}

/// Well-formed text may still hold what has no value: 1e999, or half of a surrogate pair. Traits are read
/// again and again, so they are refused here; properties are only shown, and are shown as sent.
fn valued<'t>(field: &str, text: &'t str) -> Result<&'t str, Rejection> {
    if text.is_empty() {
        return Ok(text);
    }
    serde_json::from_str::<serde_json::Value>(text).map(|_| text).map_err(|error| {
        Rejection::new("bad_facts", format!("{field} holds a value that cannot be kept: {error}; correct it"))
    })
}

fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0usize, 0usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The instant of the call, the UTC day as sent, and whether a timestamp was sent.
fn time(call: &Call<'_>, envelope: &Envelope<'_>) -> Result<(i64, i32, bool), Rejection> {
    let received = envelope.received_at;
    let Some(Text(text)) = call.timestamp.as_ref().filter(|t| !t.0.is_empty()) else {
        return Ok((received, day_of(received), false));
    };
    let sent = sent_instant("timestamp", text)?;
    let mut at = sent;
    if envelope.correct_clock {
        let sent_at = call.sent_at.as_ref().map(|t| t.0.as_ref()).or(envelope.sent_at).filter(|t| !t.is_empty());
        if let Some(text) = sent_at {
            let clock = sent_instant("sentAt", text)?;
            let ahead = received.saturating_sub(clock);
            if ahead.saturating_abs() > SENT_AT_TOLERANCE {
                at = at.saturating_add(ahead);
            }
        }
    }
    if at > received.saturating_add(DAY) {
        let hours = at.saturating_sub(received) / 3_600_000_000;
        return Err(Rejection::new(
            "future_timestamp",
            format!("timestamp {text:.60?} is {hours} h ahead of the server: check that clock"),
        ));
    }
    Ok((at, day_of(sent), true))
}

/// An instant of the years 0 to 9999, as RFC 3339 can write it.
fn sent_instant(field: &str, text: &str) -> Result<i64, Rejection> {
    if let Some(at) = parse_instant(text) {
        return if at >= YEAR_0 {
            Ok(at)
        } else {
            Err(Rejection::new("bad_timestamp", format!("{field} {text:.60?} lies before the year 0: check it")))
        };
    }
    // The last day of the year 9999 cannot be kept: in some time zone it lies beyond.
    if text.starts_with("9999-12-3") {
        return Err(Rejection::new(
            "future_timestamp",
            format!("{field} {text:.60?} lies in the far future: check it"),
        ));
    }
    let wanted = "send 2026-03-01T09:14:02Z";
    Err(Rejection::new("bad_timestamp", format!("{field} {text:.60?} is no ISO 8601 instant: {wanted}")))
}

/// Days since 1970 in UTC.
pub fn day_of(at: i64) -> i32 {
    i32::try_from(at.div_euclid(DAY)).unwrap_or(i32::MAX)
}

/// Microseconds since 1970 of an ISO 8601 instant; without an offset it is taken as UTC.
pub fn parse_instant(text: &str) -> Option<i64> {
    if let Some(at) = parse_plain(text) {
        return Some(at);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_microsecond());
    }
    let civil = text.parse::<DateTime>().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

/// The form that nearly all clients send, `2026-03-01T09:14:02.123Z`, in a tenth of the time; none for any other.
fn parse_plain(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let (date, time) = bytes.split_at_checked(10)?;
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let two = |tens: &u8, ones: &u8| Some(digit(tens)? * 10 + digit(ones)?);
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let [b'T', h1, h2, b':', n1, n2, b':', s1, s2, rest @ .., b'Z'] = time else { return None };
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    let micros = match rest {
        [] => 0,
        [b'.', fraction @ ..] if (1..=6).contains(&fraction.len()) => {
            let mut value = 0;
            for place in 0..6 {
                value = value * 10 + fraction.get(place).map_or(Some(0), digit)?;
            }
            value
        }
        _ => return None,
    };
    let (year, month, day) = (two(y1, y2)? * 100 + two(y3, y4)?, two(m1, m2)?, two(d1, d2)?);
    // Days that not every month has, and leap seconds, are left to the library.
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Days from civil: years from March on, in eras of 400 (H. Hinnant, chrono-compatible date algorithms).
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_way_to_read_an_instant_agrees_with_the_library() {
        for day in (-700_000..900_000).step_by(97) {
            let at = day * DAY + (day.rem_euclid(86_399)) * 1_000_000 + day.rem_euclid(999_983);
            let text = Timestamp::from_microsecond(at).unwrap().to_string();
            assert_eq!(parse_instant(&text), Some(at), "{text}");
            assert!(parse_plain(&text).is_none_or(|quick| quick == at), "{text}");
        }
        assert_eq!(parse_plain("2024-02-28T23:59:59.5Z"), parse_instant("2024-02-29T00:59:59.500000+01:00"));
        for odd in ["2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00.Z", ""]
        {
            assert_eq!(parse_instant(odd), None, "{odd}");
        }
        assert_eq!(parse_instant("2024-01-01 10:00:00"), parse_instant("2024-01-01T10:00:00Z"));
    }
}
