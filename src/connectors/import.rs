//! Loads files of calls: one thread reads and checks lines, another stores them, a third folds.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use crossbeam_channel::{Receiver, Sender, bounded};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::ingest::accept::{Envelope, accept};
use crate::ingest::counts::{self, Counts, IMPORT};
use crate::ingest::dictionary::Dictionaries;
use crate::ingest::log::Log;
use crate::ingest::model::{Batch, Rejection};
use crate::ingest::receive::{parse, utf8};

use super::access_log::AccessLog;
use super::csv_events::CsvEvents;

/// Rows and bytes of text that are stored together.
const BATCH_ROWS: usize = 65_536;
const BATCH_TEXT: usize = 16 << 20;
/// Batches that may wait while the index is folded.
const WAITING: usize = 8;
/// Lines between two looks at names that were stored meanwhile.
const LOOK_UP: u64 = 512;
/// Events between two folds.
const FOLD_EVERY: usize = 750_000;
/// Longest line, in bytes: what `/v1` takes too.
pub const MAX_LINE: usize = 512_000;

/// What lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One call a line, as JSON.
    Segment,
    /// Access logs of a web server in the combined format.
    Combined,
    /// Comma-separated values with a header.
    Csv,
}

/// Where events go.
pub struct Target<'a> {
    /// The store.
    pub db: &'a Db,
    /// The workspace's id.
    pub workspace: i64,
    /// Takes what is stored into the activity index; answers how many events that were.
    pub fold: &'a (dyn Fn() -> Result<u64, DbError> + Sync),
    /// The app of events that name none.
    pub app: Option<&'a str>,
}

/// What became of the lines; the three sum to the lines read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Stored.
    pub accepted: u64,
    /// Repeats of stored ones.
    pub duplicate: u64,
    /// Refused.
    pub rejected: u64,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{0}")]
    File(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// One refused line.
pub struct Refused<'l> {
    /// Counted from 1.
    pub line: u64,
    /// Why.
    pub rejection: &'l Rejection,
    /// The line, as far as it is text.
    pub text: &'l [u8],
}

/// Opens a file, or standard input for `-`, unpacking gzip and zstd by their first bytes.
pub fn open(path: &str, read: impl Fn(u64) + Send + 'static) -> Result<Box<dyn BufRead + Send>, ImportError> {
    let failed = |e: std::io::Error| ImportError::File(format!("cannot read {path}: {e}"));
    let raw: Box<dyn Read + Send> = match path {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(std::fs::File::open(Path::new(path)).map_err(failed)?),
    };
    let mut raw = BufReader::with_capacity(1 << 20, Counting { inner: raw, read });
    let start = raw.fill_buf().map_err(failed)?;
    Ok(if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(BufReader::with_capacity(1 << 20, flate2::bufread::MultiGzDecoder::new(raw)))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(BufReader::with_capacity(1 << 20, zstd::Decoder::with_buffer(raw).map_err(failed)?))
    } else {
        Box::new(raw)
    })
}

struct Counting<R, F> {
    inner: R,
    read: F,
}

impl<R: Read, F: Fn(u64)> Read for Counting<R, F> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buf)?;
        (self.read)(u64::try_from(count).unwrap_or(0));
        Ok(count)
    }
}

/// The calls of one line.
pub enum Calls<'l> {
    /// The line itself is the call.
    AsIs(&'l str),
    /// A call made from the line, and one that it brings along (traits of its person), which is not counted.
    Made(String, Option<String>),
}

/// One line, or one row, of a file.
pub struct Line<'l> {
    /// Counted from 1.
    pub number: u64,
    /// As it was read, as far as it is kept.
    pub text: &'l [u8],
    /// What it says.
    pub calls: Result<Calls<'l>, Rejection>,
}

/// Where lines come from.
pub trait Source {
    /// The next line that is not blank; none at the end.
    fn next(&mut self) -> Result<Option<Line<'_>>, ImportError>;
}

/// Lines that each hold one call.
pub struct Lines {
    input: Box<dyn BufRead + Send>,
    log: Option<AccessLog>,
    buffer: Vec<u8>,
    number: u64,
}

impl Lines {
    /// NDJSON; with `log`, lines of an access log.
    pub fn new(input: Box<dyn BufRead + Send>, log: Option<AccessLog>) -> Self {
        Self { input, log, buffer: Vec::with_capacity(1024), number: 0 }
    }
}

impl Source for Lines {
    fn next(&mut self) -> Result<Option<Line<'_>>, ImportError> {
        let overlong = loop {
            self.buffer.clear();
            self.number += 1;
            match read_line(&mut *self.input, &mut self.buffer) {
                Ok(None) => return Ok(None),
                Ok(Some(overlong)) if overlong || !self.buffer.trim_ascii().is_empty() => break overlong,
                Ok(Some(_)) => {}
                Err(e) => return Err(ImportError::File(format!("line {}: cannot read on: {e}", self.number))),
            }
        };
        let text = self.buffer.trim_ascii();
        let calls = match &mut self.log {
            _ if overlong => {
                Err(Rejection::new("too_large", format!("the line has more than {MAX_LINE} bytes; split it")))
            }
            None => utf8(text).map(Calls::AsIs),
            Some(log) => match log.read(text) {
                Ok(parsed) => Ok(Calls::Made(parsed.call, parsed.identify)),
                Err(refused) => Err(Rejection::new("bad_line", refused.to_string())),
            },
        };
        Ok(Some(Line { number: self.number, text, calls }))
    }
}

/// Rows of a CSV file.
pub struct Rows {
    rows: CsvEvents<Box<dyn BufRead + Send>>,
    refused: String,
    number: u64,
}

impl Rows {
    /// Reads the header.
    pub fn open(input: Box<dyn BufRead + Send>, app: Option<&str>) -> Result<Self, ImportError> {
        let rows = CsvEvents::open(input, app).map_err(|e| ImportError::File(e.to_string()))?;
        Ok(Self { rows, refused: String::new(), number: 1 })
    }
}

impl Source for Rows {
    fn next(&mut self) -> Result<Option<Line<'_>>, ImportError> {
        let Some(row) = self.rows.next() else { return Ok(None) };
        self.number += 1;
        Ok(Some(match row {
            Ok(call) => Line { number: self.number, text: b"", calls: Ok(Calls::Made(call, None)) },
            Err(bad) => {
                self.number = bad.line;
                self.refused = bad.row;
                let rejection = Rejection::new("bad_row", bad.reason);
                Line { number: self.number, text: self.refused.as_bytes(), calls: Err(rejection) }
            }
        }))
    }
}

/// Reads every line of a source and stores its call.
///
/// A line without messageId gets one from its content and its ordinal among equal lines, so that
/// loading the same file again counts nothing twice.
pub fn import(
    target: &Target<'_>,
    source: &mut dyn Source,
    clock: &Clock,
    refuse: &mut dyn FnMut(&Refused<'_>) -> Result<(), ImportError>,
) -> Result<Tally, ImportError> {
    let dictionaries = Dictionaries::default();
    let (batches, received) = bounded::<Counted>(WAITING);
    let counts = Counts::default();
    let mut refuse = |refused: &Refused<'_>| {
        let mut tally = counts::Tally::default();
        tally.refuse(refused.rejection.code);
        counts.note(target.workspace, IMPORT, clock.now(), &tally);
        refuse(refused)
    };
    let refuse: &mut dyn FnMut(&Refused<'_>) -> Result<(), ImportError> = &mut refuse;
    let tally: Result<Tally, ImportError> = std::thread::scope(|scope| {
        let (unfolded, ready) = bounded::<()>(1);
        let folder = scope.spawn(move || ready.iter().try_for_each(|()| (target.fold)().map(drop)));
        let writer = scope.spawn({
            let (dictionaries, clock, counts) = (dictionaries.clone(), clock.clone(), counts.clone());
            move || store(target, dictionaries, &clock, &received, &unfolded, &counts)
        });
        let read = read_lines(target, source, &dictionaries, clock, &batches, refuse);
        drop(batches);
        let stored = writer.join().unwrap_or_else(|_| Err(DbError::Setup("the storing thread failed".into())));
        let folded = folder.join().unwrap_or_else(|_| Err(DbError::Setup("the folding thread failed".into())));
        // The store's error is the cause when both ends failed.
        let (accepted, duplicate) = stored?;
        folded?;
        while (target.fold)()? > 0 {}
        Ok(Tally { accepted, duplicate, rejected: read? })
    });
    // What was stored is counted, whatever came after; a failure here is that of the store, which is told above.
    let counted = counts.flush(target.db);
    let tally = tally?;
    counted?;
    Ok(tally)
}

/// A batch, and which of its rows are lines rather than calls that came along.
struct Counted {
    batch: Batch,
    beside: Vec<u32>,
}

fn read_lines(
    target: &Target<'_>,
    source: &mut dyn Source,
    dictionaries: &Dictionaries,
    clock: &Clock,
    batches: &Sender<Counted>,
    refuse: &mut dyn FnMut(&Refused<'_>) -> Result<(), ImportError>,
) -> Result<u64, ImportError> {
    let dictionary = dictionaries.of(target.workspace);
    let mut ordinals: HashMap<u64, u64> = HashMap::new();
    let mut rejected = 0u64;
    let mut counted = Counted { batch: Batch::default(), beside: Vec::new() };
    let mut received_at = clock.now();
    let mut known = dictionary.read();
    while let Some(line) = source.next()? {
        if line.number % LOOK_UP == 0 {
            drop(known);
            known = dictionary.read();
        }
        let envelope = Envelope { received_at, sent_at: None, app: target.app, correct_clock: false };
        let batch = &mut counted.batch;
        let mut take = |call: &str| {
            accept(&parse(call)?, None, &envelope, &known, batch, || {
                let ordinal = ordinals.entry(xxh3_64(call.as_bytes())).or_insert(0);
                *ordinal += 1;
                xxh3_64_with_seed(call.as_bytes(), *ordinal)
            })?;
            Ok(u32::try_from(batch.rows.len()).unwrap_or(0))
        };
        let verdict = line.calls.and_then(|calls| match calls {
            Calls::AsIs(call) => take(call).map(drop),
            Calls::Made(call, beside) => {
                take(&call)?;
                if let Some(beside) = beside {
                    counted.beside.push(take(&beside)?);
                }
                Ok(())
            }
        });
        if let Err(rejection) = &verdict {
            rejected += 1;
            refuse(&Refused { line: line.number, rejection, text: line.text })?;
        }
        if counted.batch.rows.len() >= BATCH_ROWS || counted.batch.text.len() >= BATCH_TEXT {
            let full = std::mem::replace(&mut counted, Counted { batch: Batch::default(), beside: Vec::new() });
            received_at = clock.now();
            // Storing names needs the lock that this holds.
            drop(known);
            if batches.send(full).is_err() {
                return Ok(rejected);
            }
            known = dictionary.read();
        }
    }
    drop(known);
    // The receiver is only gone if storing failed, which is told instead.
    drop(batches.send(counted));
    Ok(rejected)
}

/// Reads one line without its end; `Some(true)` if it was longer than allowed (its rest is passed over).
fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
    let mut any = false;
    let mut overlong = false;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(any.then_some(overlong));
        }
        any = true;
        let end = memchr::memchr(b'\n', buffer);
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        let used = part.len() + usize::from(end.is_some());
        if line.len() + part.len() > MAX_LINE {
            overlong = true;
            line.truncate(200);
        } else if !overlong {
            line.extend_from_slice(part);
        }
        input.consume(used);
        if end.is_some() {
            return Ok(Some(overlong));
        }
    }
}

/// Stores batches as they come and says when there is enough to fold.
fn store(
    target: &Target<'_>,
    dictionaries: Dictionaries,
    clock: &Clock,
    received: &Receiver<Counted>,
    unfolded: &Sender<()>,
    counts: &Counts,
) -> Result<(u64, u64), DbError> {
    let mut log = Log::new(target.db.clone(), dictionaries);
    let (mut accepted, mut duplicate, mut waiting) = (0u64, 0u64, 0usize);
    for Counted { batch, beside } in received {
        if batch.rows.is_empty() {
            continue;
        }
        let now = clock.now();
        let mut tally = counts::Tally::default();
        for stored in log.append(target.workspace, now, &[&batch])? {
            let mut beside = beside.iter().peekable();
            for (row, new) in (1u32..).zip(stored) {
                if beside.next_if(|at| **at == row).is_some() {
                    continue;
                }
                *(if new { &mut tally.accepted } else { &mut tally.duplicate }) += 1;
            }
        }
        accepted += tally.accepted;
        duplicate += tally.duplicate;
        counts.note(target.workspace, IMPORT, now, &tally);
        waiting += batch.rows.len();
        // Folding goes on beside; one that still runs takes what is new next time.
        if waiting >= FOLD_EVERY && unfolded.try_send(()).is_ok() {
            waiting = 0;
        }
    }
    Ok((accepted, duplicate))
}

/// Writes refused lines as NDJSON: file, line, code, message, text.
pub fn write_refused(out: &mut dyn Write, file: &str, refused: &Refused<'_>) -> Result<(), ImportError> {
    let row = serde_json::json!({
        "file": file,
        "line": refused.line,
        "code": refused.rejection.code,
        "message": refused.rejection.message,
        "text": String::from_utf8_lossy(refused.text),
    });
    writeln!(out, "{row}").map_err(|e| ImportError::File(format!("cannot write the rejects file: {e}")))
}
