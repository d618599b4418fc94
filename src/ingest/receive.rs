//! Reads a request's body into a batch and a verdict on each item.

use serde_json::value::RawValue;

use super::accept::{Envelope, accept};
use super::call::{BatchBody, Call};
use super::dictionary::Dictionary;
use super::model::{Batch, CallKind, Rejection};

/// Items of one batch; more would not fit into its bytes unless they are empty.
const ITEMS: usize = 20_000;

/// What a body held.
#[derive(Default)]
pub struct Received<'b> {
    /// What is to be stored.
    pub batch: Batch,
    /// The verdict on each item in order: the place of its row in the batch, or why it was refused.
    pub items: Vec<Result<usize, Rejection>>,
    /// The items as they were sent.
    pub texts: Vec<&'b str>,
}

/// Who sent a body, and when it came.
pub struct Sender<'a> {
    /// When it was received, microseconds since 1970.
    pub received_at: i64,
    /// The app of the write key.
    pub app: Option<&'a str>,
}

/// The write key a body names, for requests without one in a header.
pub fn key_in_body(body: &[u8]) -> Result<Option<String>, Rejection> {
    #[derive(serde::Deserialize)]
    struct Keyed {
        #[serde(rename = "writeKey", default)]
        write_key: Option<String>,
    }
    match serde_json::from_slice::<Keyed>(body) {
        Ok(keyed) => Ok(keyed.write_key),
        // JSON of another shape names no key.
        Err(error) if error.is_data() => Ok(None),
        Err(error) => Err(no_json(&error)),
    }
}

/// Reads one call of a known kind.
pub fn single<'b>(
    body: &'b [u8],
    kind: CallKind,
    sender: &Sender<'_>,
    known: &Dictionary,
    random: &mut impl FnMut() -> u64,
) -> Result<Received<'b>, Rejection> {
    let text = utf8(body)?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|e| no_json(&e))?;
    let mut received = Received::default();
    received.item(raw, Some(kind), None, sender, known, random);
    Ok(received)
}

/// Reads a batch; a bad item is refused alone.
pub fn batch<'b>(
    body: &'b [u8],
    sender: &Sender<'_>,
    known: &Dictionary,
    random: &mut impl FnMut() -> u64,
) -> Result<Received<'b>, Rejection> {
    let text = utf8(body)?;
    if !text.trim_ascii_start().starts_with('{') {
        serde_json::from_str::<&RawValue>(text).map_err(|e| no_json(&e))?;
        return Err(Rejection::new("bad_batch", "the body is no JSON object: send {\"batch\": [calls]}"));
    }
    let body: BatchBody<'_> = serde_json::from_str(text).map_err(|error| {
        // A body may be cut off behind what makes it no batch.
        match serde_json::from_str::<&RawValue>(text) {
            Err(broken) => no_json(&broken),
            Ok(_) => Rejection::new("bad_batch", format!("the body is no batch: {error}; send {{\"batch\": [calls]}}")),
        }
    })?;
    if body.batch.len() > ITEMS {
        return Err(Rejection::new(
            "too_many",
            format!("the batch has {} items: send at most {ITEMS}", body.batch.len()),
        ));
    }
    let mut received = Received::default();
    let sent_at = body.sent_at.as_ref().map(|t| t.0.as_ref());
    for raw in body.batch {
        received.item(raw, None, sent_at, sender, known, random);
    }
    Ok(received)
}

impl<'b> Received<'b> {
    fn item(
        &mut self,
        raw: &'b RawValue,
        kind: Option<CallKind>,
        sent_at: Option<&str>,
        sender: &Sender<'_>,
        known: &Dictionary,
        random: &mut impl FnMut() -> u64,
    ) {
        let envelope = Envelope { received_at: sender.received_at, sent_at, app: sender.app, correct_clock: true };
        let verdict = parse(raw.get()).and_then(|call| {
            accept(&call, kind, &envelope, known, &mut self.batch, &mut *random)?;
            Ok(self.batch.rows.len() - 1)
        });
        self.items.push(verdict);
        self.texts.push(raw.get());
    }
}

/// Parses one call; the error names the field.
pub fn parse(text: &str) -> Result<Call<'_>, Rejection> {
    if !text.starts_with('{') {
        // A list of values would be taken for the call's fields in their order.
        serde_json::from_str::<&RawValue>(text).map_err(|e| no_json(&e))?;
        return Err(Rejection::new("bad_field", "the call is no JSON object: send {\"type\": …}"));
    }
    serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            Rejection::new("bad_field", format!("the call is malformed: {error}"))
        } else {
            no_json(&error)
        }
    })
}

/// Checks the encoding once, so that parsing need not.
pub fn utf8(body: &[u8]) -> Result<&str, Rejection> {
    std::str::from_utf8(body).map_err(|e| {
        Rejection::new("bad_encoding", format!("byte {} is no UTF-8: send JSON in UTF-8", e.valid_up_to()))
    })
}

fn no_json(error: &serde_json::Error) -> Rejection {
    Rejection::new("bad_json", format!("the body is no JSON: {error}"))
}
