//! The file: its first line, its last line, and the way in and out between them.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Take, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use age::stream::StreamWriter;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BackupError;
use super::keys::{Identities, Recipients};

/// The format that this binary writes, and the newest that it reads.
pub(super) const FORMAT: u32 = 1;
const MAGIC: &str = "TAKEHOLD BACKUP ";
/// The first line is shorter than this.
const LONGEST_LINE: u64 = 1 << 16;
/// The last line is shorter than this.
const LONGEST_END: u64 = 4096;
/// Much of what is packed is packed already; more effort brings little.
const LEVEL: i32 = 3;
const BUFFER: usize = 1 << 17;

/// What a backup tells about itself in its first line, encrypted or not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The format of the file.
    pub format: u32,
    /// The version of takehold that wrote it.
    pub version: String,
    /// When, in microseconds since 1970.
    pub created_at: i64,
    /// The engine that the rows come from.
    pub engine: String,
    /// The version of the schema that the rows have.
    pub schema: String,
    /// Tells whether an installation has the same secret key; nothing when the writer did not know its own.
    pub key_check: Option<String>,
    /// Whether an identity is needed to read it.
    pub encrypted: bool,
}

/// What the last line tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Footer {
    /// The bytes before it.
    pub bytes: u64,
    /// Their hash.
    pub sha256: String,
    /// How many rows there are; an encrypted backup does not say.
    pub rows: Option<u64>,
}

/// A backup whose first and last line are as they should be. The rest is looked at by [`super::verify`].
#[derive(Debug)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// What it tells about itself.
    pub header: Header,
    pub(super) footer: Footer,
    /// The length of the first line.
    line: u64,
}

impl Source {
    /// Opens a backup; refuses what is none, what ends early, and what a newer version wrote.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let shown = path.display();
        let unreadable = |e: io::Error| BackupError::Input(format!("cannot read {shown}: {e}"));
        let input = |text: String| BackupError::Input(format!("{shown} {text}"));
        let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
        let mut line = Vec::new();
        (&mut file).take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(unreadable)?;
        let Some(json) = line.strip_prefix(MAGIC.as_bytes()) else {
            return Err(input(if line.starts_with(b"SQLite format 3\0") {
                "is an SQLite database, not a backup: with the server stopped, put it in the place of the database file"
                    .into()
            } else {
                "is no backup of takehold; right would be a file that `takehold backup` wrote".into()
            }));
        };
        #[derive(Deserialize)]
        struct Made {
            format: u32,
            version: String,
        }
        let damaged = |_| input("is damaged: its first line cannot be read; use another backup".into());
        let made: Made = serde_json::from_slice(json).map_err(damaged)?;
        if made.format > FORMAT {
            return Err(input(format!(
                "has format {}, which this version of takehold does not know: use takehold {} or newer",
                made.format, made.version
            )));
        }
        let header: Header = serde_json::from_slice(json).map_err(damaged)?;
        let footer = read_footer(&mut file).map_err(unreadable)?;
        let footer = footer.ok_or_else(|| {
            input("is incomplete: it ends early or has grown; copy it again, or use another backup".into())
        })?;
        let line = u64::try_from(line.len()).unwrap_or_default();
        Ok(Self { path: path.to_owned(), header, footer, line })
    }

    /// Whether the bytes are those that were written: reads all of them.
    pub(super) fn is_whole(&self, tell: &mut dyn FnMut(u64) -> Result<(), BackupError>) -> Result<bool, BackupError> {
        let failed = |e: io::Error| BackupError::Input(format!("cannot read {}: {e}", self.path.display()));
        let mut left = File::open(&self.path).map_err(failed)?.take(self.footer.bytes);
        let (mut sha, mut done, mut buffer) = (Sha256::new(), 0, vec![0; BUFFER]);
        loop {
            let read = left.read(&mut buffer).map_err(failed)?;
            if read == 0 {
                break;
            }
            sha.update(buffer.get(..read).unwrap_or_default());
            done += u64::try_from(read).unwrap_or_default();
            tell(done)?;
        }
        Ok(done == self.footer.bytes && hex::encode(sha.finalize()) == self.footer.sha256)
    }

    /// The way to the records.
    pub(super) fn body(&self, identities: &Identities) -> Result<Body, BackupError> {
        let shown = self.path.display();
        let failed = |e: io::Error| BackupError::Input(format!("cannot read {shown}: {e}"));
        let mut file = File::open(&self.path).map_err(failed)?;
        let mut line = vec![0; usize::try_from(self.line).unwrap_or_default()];
        file.read_exact(&mut line).map_err(failed)?;
        let state = Rc::new(RefCell::new(Seen { sha: Sha256::new_with_prefix(&line), bytes: self.line }));
        let rest = file.take(self.footer.bytes.saturating_sub(self.line));
        let packed = BufReader::with_capacity(BUFFER, Watched { inner: rest, state: state.clone() });
        let packed: Box<dyn Read> = if self.header.encrypted {
            if identities.is_empty() {
                return Err(BackupError::Input(format!(
                    "{shown} is encrypted: name the file of your age identity with --identity or backup.identity_file"
                )));
            }
            let opened = age::Decryptor::new_buffered(packed).and_then(|age| age.decrypt(identities.all()));
            Box::new(opened.map_err(|e| match e {
                age::DecryptError::NoMatchingKeys => {
                    BackupError::Input(format!("{shown} was encrypted for others: the identity given does not open it"))
                }
                other => BackupError::Input(format!("{shown} cannot be decrypted: {other}")),
            })?)
        } else {
            Box::new(packed)
        };
        let input = zstd::stream::read::Decoder::new(packed).map_err(failed)?;
        Ok(Body { input, state })
    }
}

fn read_footer(file: &mut (impl Read + Seek)) -> io::Result<Option<Footer>> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(LONGEST_END);
    file.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let Some(line) = end.strip_suffix(b"\n").and_then(|end| end.rsplit(|byte| *byte == b'\n').next()) else {
        return Ok(None);
    };
    // The line and the two ends of line around it.
    let around = u64::try_from(line.len()).unwrap_or_default() + 2;
    let footer: Option<Footer> = serde_json::from_slice(line).ok();
    // Nothing but what we write says the same: this line has no hash of its own.
    let same = |footer: &Footer| serde_json::to_vec(footer).is_ok_and(|written| written == line);
    Ok(footer.filter(|footer| footer.bytes.checked_add(around) == Some(length) && same(footer)))
}

struct Seen {
    sha: Sha256,
    bytes: u64,
}

/// Hashes what is read.
struct Watched {
    inner: Take<File>,
    state: Rc<RefCell<Seen>>,
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let mut state = self.state.borrow_mut();
        state.sha.update(into.get(..read).unwrap_or_default());
        state.bytes += u64::try_from(read).unwrap_or_default();
        Ok(read)
    }
}

/// The records of a backup.
pub(super) struct Body {
    input: zstd::stream::read::Decoder<'static, BufReader<Box<dyn Read>>>,
    state: Rc<RefCell<Seen>>,
}

impl Body {
    /// Bytes of the file that have been read.
    pub fn position(&self) -> u64 {
        self.state.borrow().bytes
    }

    /// Reads to the end, where nothing may be left, and answers the hash of the file.
    pub fn finish(mut self) -> io::Result<String> {
        let left = io::copy(&mut self.input, &mut io::sink())?;
        if left > 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "something follows the end"));
        }
        Ok(hex::encode(self.state.borrow().sha.clone().finalize()))
    }
}

impl Read for Body {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.input.read(into)
    }
}

/// A backup that is being written.
pub(super) struct Target {
    out: zstd::stream::write::Encoder<'static, Sealed>,
}

/// Hashes what is written.
struct Written {
    file: BufWriter<File>,
    sha: Sha256,
    bytes: u64,
}

enum Sealed {
    Plain(Written),
    Encrypted(StreamWriter<Written>),
}

impl Target {
    /// Writes the first line.
    pub fn begin(file: File, header: &Header, recipients: &Recipients) -> io::Result<Self> {
        let mut out = Written { file: BufWriter::with_capacity(BUFFER, file), sha: Sha256::new(), bytes: 0 };
        out.write_all(format!("{MAGIC}{}\n", serde_json::to_string(header)?).as_bytes())?;
        let sealed = if recipients.is_empty() {
            Sealed::Plain(out)
        } else {
            let age = age::Encryptor::with_recipients(recipients.all()).map_err(io::Error::other)?;
            Sealed::Encrypted(age.wrap_output(out)?)
        };
        Ok(Self { out: zstd::stream::write::Encoder::new(sealed, LEVEL)? })
    }

    /// Writes the last line and waits until everything is on disk.
    pub fn finish(self, rows: u64) -> io::Result<()> {
        let (mut out, rows) = match self.out.finish()? {
            Sealed::Plain(out) => (out, Some(rows)),
            Sealed::Encrypted(age) => (age.finish()?, None),
        };
        let footer = Footer { bytes: out.bytes, sha256: hex::encode(out.sha.finalize()), rows };
        write!(out.file, "\n{}\n", serde_json::to_string(&footer)?)?;
        out.file.flush()?;
        out.file.get_ref().sync_all()
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Write for Sealed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Encrypted(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Encrypted(out) => out.flush(),
        }
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sha.update(bytes.get(..written).unwrap_or_default());
        self.bytes += u64::try_from(written).unwrap_or_default();
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
