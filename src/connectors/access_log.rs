//! The combined access log of Apache and nginx (and the common one, which lacks the last two fields):
//! `address ident user [day/Mon/year:h:m:s zone] "METHOD /path HTTP/1.1" status bytes "referrer" "user agent"`.
//!
//! Every line with an address, a time and a status becomes exactly one counted event of its person, so that the people
//! of a day are those of the whole log, whatever they asked for:
//!
//! | the request | becomes |
//! | --- | --- |
//! | a page: GET or POST, status 2xx or 304, path without the ending of a file that pages load or people download | `page`, named by the path's template |
//! | anything else: files, errors, redirects, HEAD, OPTIONS, garbage | `track` "Request", whose property `kind` says `file`, `failed` or `other` |
//!
//! So an app has one feature for each kind of page and one, "Request", for the rest.
//!
//! The person is the remote user if there is one; else an anonymous id made from address and user agent with the salt
//! of the workspace. Neither address, user agent, query nor the path of a referrer is kept.

use std::collections::{HashMap, HashSet};

use isbot::Bots;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Call, Context};

/// More user agents than this are not remembered (a log can be made of random ones), only judged again.
const REMEMBERED: usize = 100_000;
/// Bytes of a user agent that are looked at to tell a robot.
const JUDGED: usize = 1_000;
/// Path segments in the name of a page.
const SEGMENTS: usize = 3;
/// Characters of a path segment; longer ones are ids.
const LONGEST: usize = 64;

/// Endings of files that pages load, that robots fetch, or that people download.
const FILES: &[&str] = &[
    "css", "js", "mjs", "map", "json", "wasm", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp", "tif",
    "tiff", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "ogg", "wav", "mov", "swf", "pdf", "doc",
    "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "csv", "zip", "gz", "tgz", "bz2", "xz", "zst", "tar", "7z",
    "rar", "jar", "war", "exe", "msi", "dmg", "iso", "deb", "rpm", "gem", "xml", "xsl", "rss", "atom", "txt", "log",
    "md", "yml", "yaml", "conf", "py", "pyc", "rb", "sh", "lua", "c", "h", "cpp", "java", "diff", "patch", "tex",
];

/// What a line says.
#[derive(Debug)]
pub struct Parsed {
    /// The line's event.
    pub call: String,
    /// An `identify` to accept beside it, which is no line of the file: the person is a robot. Once per person.
    pub identify: Option<String>,
}

/// Why a line is refused.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Nothing in it.
    #[error("the line is empty")]
    Empty,
    /// No `[` … `]`.
    #[error(
        "no time in square brackets; expected: address ident user [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 512"
    )]
    NoTime,
    /// Something else between them.
    #[error("`{0}` is no time; expected day/Mon/year:hour:minute:second zone, such as 17/May/2015:10:05:03 +0000")]
    BadTime(String),
    /// No request in quotes after the time.
    #[error("no request in quotes after the time")]
    NoRequest,
    /// No three digits after the request.
    #[error("no status of three digits after the request")]
    NoStatus,
}

/// Reads the lines of one log, or of several that belong together.
pub struct AccessLog {
    app: Option<String>,
    salt: Vec<u8>,
    bots: Bots,
    /// Verdicts on user agents, by their hash.
    verdicts: HashMap<u64, bool>,
    announced: HashSet<u64>,
}

impl AccessLog {
    /// `app` is the app that the server serves. `salt` is a secret that stays the same for a workspace: without it the
    /// anonymous ids could be turned back into addresses by trying them all.
    pub fn new(app: Option<&str>, salt: &[u8]) -> Self {
        Self {
            app: app.map(str::to_owned),
            salt: salt.to_vec(),
            bots: Bots::default(),
            verdicts: HashMap::new(),
            announced: HashSet::new(),
        }
    }

    /// What `line` says; what is no UTF-8 in it is replaced, its newline ignored.
    pub fn read(&mut self, line: &[u8]) -> Result<Parsed, Refused> {
        let line = String::from_utf8_lossy(line);
        let request = Request::parse(line.trim())?;
        let hash = self.hash(request.address, request.agent);
        let digits = format!("{hash:016x}");
        let user = request.user;
        let anonymous = if user.is_some() { None } else { Some(digits.as_str()) };
        let template = request.path().map(template);
        let kind = request.kind();
        let page = kind == Kind::Page;
        let call = Call {
            r#type: if page { "page" } else { "track" },
            user_id: user,
            anonymous_id: anonymous,
            event: if page { None } else { Some("Request") },
            name: if page { template.as_deref() } else { None },
            timestamp: request.time.to_string(),
            properties: request.properties(kind, template.as_deref()),
            context: Context { app: self.app.as_deref(), group_id: None },
            ..Call::default()
        };
        let call = call.line();
        // Whoever signs in is a person, even if once with a script: the trait would exclude all they ever did.
        let robot = user.is_none() && self.is_robot(request.agent);
        let identify = (robot && self.announced.insert(hash)).then(|| {
            let message_id = format!("robot-{digits}");
            let mut traits = Map::new();
            traits.insert("bot".to_owned(), Value::Bool(true));
            Call {
                r#type: "identify",
                message_id: Some(&message_id),
                anonymous_id: anonymous,
                timestamp: request.time.to_string(),
                traits,
                ..Call::default()
            }
            .line()
        });
        Ok(Parsed { call, identify })
    }

    fn hash(&self, address: &str, agent: &str) -> u64 {
        let mut sha = Sha256::new();
        // Lengths in between, so that no two pairs read the same.
        for part in [self.salt.as_slice(), address.as_bytes(), agent.as_bytes()] {
            sha.update(part.len().to_string().as_bytes());
            sha.update(b":");
            sha.update(part);
        }
        sha.finalize().iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
    }

    fn is_robot(&mut self, agent: &str) -> bool {
        let key = self.hash("", agent);
        if let Some(verdict) = self.verdicts.get(&key) {
            return *verdict;
        }
        let end = (0..=JUDGED.min(agent.len())).rev().find(|end| agent.is_char_boundary(*end)).unwrap_or(0);
        let verdict = self.bots.is_bot(agent.get(..end).unwrap_or_default());
        if self.verdicts.len() >= REMEMBERED {
            self.verdicts.clear();
        }
        self.verdicts.insert(key, verdict);
        verdict
    }
}

/// What kind of request it was.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Page,
    File,
    Failed,
    Other,
}

/// The fields of a line.
struct Request<'a> {
    address: &'a str,
    user: Option<&'a str>,
    time: Timestamp,
    /// Method, target, protocol; anything at all when somebody sent garbage.
    request: &'a str,
    status: u16,
    bytes: Option<u64>,
    referrer: &'a str,
    agent: &'a str,
}

impl<'a> Request<'a> {
    fn parse(line: &'a str) -> Result<Self, Refused> {
        if line.is_empty() {
            return Err(Refused::Empty);
        }
        let (who, rest) = line.split_once(" [").ok_or(Refused::NoTime)?;
        let (when, rest) = rest.split_once(']').ok_or(Refused::NoTime)?;
        let mut who = who.splitn(3, ' ');
        let address = who.next().filter(|address| !address.is_empty()).ok_or(Refused::NoTime)?;
        let user = who.nth(1).map(str::trim).filter(|user| !matches!(*user, "" | "-" | "\"\""));
        let time = time(when).ok_or_else(|| Refused::BadTime(when.chars().take(40).collect()))?;
        let (request, rest) = quoted(rest).ok_or(Refused::NoRequest)?;
        let mut numbers = rest.trim_start().splitn(3, ' ');
        let status = numbers.next().filter(|s| s.len() == 3).and_then(|s| s.parse().ok()).ok_or(Refused::NoStatus)?;
        let bytes = numbers.next().and_then(|bytes| bytes.parse().ok());
        let (referrer, rest) = numbers.next().and_then(quoted).unwrap_or_default();
        let (agent, _) = quoted(rest).unwrap_or_default();
        Ok(Self { address, user, time, request, status, bytes, referrer, agent })
    }

    /// The method, if it looks like one.
    fn method(&self) -> Option<&'a str> {
        let method = self.request.split(' ').next()?;
        (1..=20).contains(&method.len()).then_some(method).filter(|m| m.bytes().all(|b| b.is_ascii_uppercase()))
    }

    /// The path without host, query, fragment and path parameters; none if there is no path.
    fn path(&self) -> Option<&'a str> {
        let target = self.request.split(' ').nth(1).filter(|_| self.method().is_some())?;
        let path = match target.split_once("://") {
            // A proxy's request names the host as well.
            Some((scheme, rest)) if !scheme.contains('/') => {
                rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
            }
            _ => target,
        };
        path.split(['?', '#', ';']).next().filter(|path| path.starts_with('/'))
    }

    fn kind(&self) -> Kind {
        let Some(path) = self.path() else { return Kind::Other };
        let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
        let file = FILES.iter().any(|known| ending.eq_ignore_ascii_case(known));
        match self.status {
            400.. => Kind::Failed,
            200..=299 | 304 if file => Kind::File,
            200..=299 | 304 if matches!(self.method(), Some("GET" | "POST")) => Kind::Page,
            _ => Kind::Other,
        }
    }

    fn properties(&self, kind: Kind, template: Option<&str>) -> Map<String, Value> {
        let kind = match kind {
            Kind::Page => None,
            Kind::File => Some("file"),
            Kind::Failed => Some("failed"),
            Kind::Other => Some("other"),
        };
        let mut properties = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                properties.insert(key.to_owned(), value);
            }
        };
        put("kind", kind.map(Value::from));
        put("path", kind.and(template).map(Value::from));
        put("method", self.method().map(Value::from));
        put("status", Some(json!(self.status)));
        put("bytes", self.bytes.map(Value::from));
        put("referrer", host(self.referrer).map(Value::from));
        properties
    }
}

/// The text in quotes at the start of `rest`, and what follows. A quote within is escaped by a backslash or not at all;
/// the closing one stands before a space or at the end, and where it lacks, the line's end closes.
fn quoted(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.trim_start().strip_prefix('"')?;
    let mut bytes = rest.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' if bytes.peek().is_none_or(|(_, next)| *next == b' ') => {
                return Some((rest.get(..at)?, rest.get(at + 1..)?));
            }
            _ => {}
        }
    }
    Some((rest, ""))
}

/// `17/May/2015:10:05:03 +0000`.
fn time(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, zone) = text.trim().split_once(' ')?;
    let mut parts = date.split(['/', ':']);
    let day: i8 = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let month = MONTHS.iter().zip(1_i8..).find(|(name, _)| **name == month).map(|(_, number)| number)?;
    let year: i16 = parts.next()?.parse().ok()?;
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let second: i8 = parts.next()?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    // A leap second is written as 60.
    let local = DateTime::new(year, month, day, hour, minute, if second == 60 { 59 } else { second }, 0).ok()?;
    let (sign, digits) =
        if let Some(digits) = zone.strip_prefix('-') { (-1, digits) } else { (1, zone.strip_prefix('+')?) };
    let digits: i32 = (digits.len() == 4).then(|| digits.parse().ok()).flatten()?;
    let offset = Offset::from_seconds(sign * (digits / 100 * 3600 + digits % 100 * 60)).ok()?;
    offset.to_timestamp(local).ok()
}

/// The host of a referrer.
fn host(referrer: &str) -> Option<&str> {
    let (_, rest) = referrer.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    // What stands before an @ is a user and password.
    let host = host.rsplit('@').next()?;
    (!host.is_empty() && host.len() <= LONGEST).then_some(host)
}

/// The page that a path leads to: its first segments, those that are ids replaced.
fn template(path: &str) -> String {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let mut name = String::new();
    for segment in segments.by_ref().take(SEGMENTS) {
        name.push('/');
        name.push_str(if is_id(segment) { ":id" } else { segment });
    }
    if segments.next().is_some() {
        name.push_str("/*");
    }
    if name.is_empty() { "/".to_owned() } else { name }
}

/// Whether a path segment tells one thing from another of its kind: a number, a key, an address.
fn is_id(segment: &str) -> bool {
    let letters = segment.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let hex = segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    segment.len() > LONGEST
        || segment.contains('@')
        || segment.contains("%40")
        || (letters == 0 && digits > 0)
        || (digits >= 3 && digits >= letters)
        || (hex && digits > 0 && segment.len() >= 12)
}

#[cfg(test)]
mod tests;
