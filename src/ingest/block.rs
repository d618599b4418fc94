//! How events lie in a block: columns of variable-length numbers, compressed with zstd, and the
//! properties beside them, so that an index can be made without reading the properties.

use crate::db::DbError;

use super::model::CallKind;

/// Version of the layout, the first byte of each block.
const LAYOUT: u8 = 1;
/// zstd's own default weighs size against time well for these columns.
const LEVEL: i32 = 3;
/// Stands for "none" in decoded columns.
pub const NONE: u32 = u32::MAX;

/// One event with its numbers; names are in the dictionary.
#[derive(Clone, Copy, Debug)]
pub struct Event<'t> {
    /// Its type.
    pub kind: CallKind,
    /// Microseconds since 1970.
    pub at: i64,
    /// Whom it is about (dictionary `Person`).
    pub subject: u32,
    /// The anonymous or previous id beside it, or [`NONE`].
    pub anonymous: u32,
    /// The account it names, or [`NONE`].
    pub account: u32,
    /// Its app, or [`NONE`].
    pub app: u32,
    /// The app's release, or [`NONE`].
    pub version: u32,
    /// Its name (dictionary `Event`), or [`NONE`].
    pub event: u32,
    /// Properties or traits as JSON text, empty for none.
    pub facts: &'t str,
}

/// Packs blocks, keeping its buffers and zstd's tables from one to the next.
#[derive(Default)]
pub struct Packer {
    columns: Vec<u8>,
    facts: Vec<u8>,
    zstd: Option<zstd::bulk::Compressor<'static>>,
}

impl Packer {
    /// Packs events, which should be in order of time.
    pub fn pack(&mut self, events: &[Event<'_>]) -> Result<Vec<u8>, DbError> {
        let failed = |e: std::io::Error| DbError::Setup(format!("cannot compress a block: {e}"));
        self.fill(events);
        let zstd = match &mut self.zstd {
            Some(zstd) => zstd,
            none => none.insert(zstd::bulk::Compressor::new(LEVEL).map_err(failed)?),
        };
        let packed = zstd.compress(&self.columns).map_err(failed)?;
        let facts_packed = zstd.compress(&self.facts).map_err(failed)?;
        let mut block = Vec::with_capacity(packed.len() + facts_packed.len() + 40);
        block.push(LAYOUT);
        for size in [events.len(), self.columns.len(), packed.len(), self.facts.len()] {
            put(&mut block, u64::try_from(size).unwrap_or(0));
        }
        block.extend_from_slice(&packed);
        block.extend_from_slice(&facts_packed);
        Ok(block)
    }

    fn fill(&mut self, events: &[Event<'_>]) {
        let Self { columns, facts, .. } = self;
        columns.clear();
        facts.clear();
        columns.reserve(events.len() * 12);
        let mut previous = 0i64;
        columns.extend(events.iter().map(|e| e.kind.stored()));
        for event in events {
            put(columns, zigzag(event.at.wrapping_sub(previous)));
            previous = event.at;
        }
        let numbers: [fn(&Event<'_>) -> u32; 6] =
            [|e| e.subject, |e| e.anonymous, |e| e.account, |e| e.app, |e| e.version, |e| e.event];
        for column in numbers {
            for event in events {
                put(columns, u64::from(column(event).wrapping_add(1)));
            }
        }
        for event in events {
            put(columns, u64::try_from(event.facts.len()).unwrap_or(0));
            facts.extend_from_slice(event.facts.as_bytes());
        }
    }
}

/// The columns of a block without its properties.
#[derive(Debug, Default)]
pub struct Columns {
    /// How many events.
    pub len: usize,
    /// Types, see [`CallKind::stored`].
    pub kind: Vec<u8>,
    /// Microseconds since 1970.
    pub at: Vec<i64>,
    /// Whom.
    pub subject: Vec<u32>,
    /// Anonymous or previous ids.
    pub anonymous: Vec<u32>,
    /// Accounts.
    pub account: Vec<u32>,
    /// Apps.
    pub app: Vec<u32>,
    /// Releases.
    pub version: Vec<u32>,
    /// Event names.
    pub event: Vec<u32>,
    /// Bytes of each event's properties.
    pub fact_lengths: Vec<usize>,
    fact_bytes: usize,
    // Where the packed properties start in the block.
    facts_at: usize,
}

/// Unpacks the columns; damage is an error, never a panic.
pub fn decode(block: &[u8]) -> Result<Columns, DbError> {
    decode_inner(block).ok_or_else(damaged)
}

fn damaged() -> DbError {
    DbError::Setup("a block of the event log is damaged: restore it from a backup".into())
}

fn decode_inner(block: &[u8]) -> Option<Columns> {
    let mut head = Reader { bytes: block, at: 0 };
    if head.byte()? != LAYOUT {
        return None;
    }
    let (len, size, packed, fact_bytes) = (head.size()?, head.size()?, head.size()?, head.size()?);
    let start = head.at;
    let columns = zstd::bulk::decompress(block.get(start..start.checked_add(packed)?)?, size).ok()?;
    if len > size {
        return None;
    }
    let mut read = Reader { bytes: &columns, at: 0 };
    let kind = read.take(len)?.to_vec();
    let mut at = Vec::with_capacity(len);
    let mut previous = 0i64;
    for _ in 0..len {
        previous = previous.wrapping_add(unzigzag(read.number()?));
        at.push(previous);
    }
    let mut column = || -> Option<Vec<u32>> {
        let mut out = Vec::with_capacity(len);
        for _ in 0..len {
            out.push(u32::try_from(read.number()?).ok()?.wrapping_sub(1));
        }
        Some(out)
    };
    let (subject, anonymous, account) = (column()?, column()?, column()?);
    let (app, version, event) = (column()?, column()?, column()?);
    let mut fact_lengths = Vec::with_capacity(len);
    for _ in 0..len {
        fact_lengths.push(read.size()?);
    }
    Some(Columns {
        len,
        kind,
        at,
        subject,
        anonymous,
        account,
        app,
        version,
        event,
        fact_lengths,
        fact_bytes,
        facts_at: start.checked_add(packed)?,
    })
}

impl Columns {
    /// The events again, with the properties that [`Columns::facts`] gave; with none of these, without.
    pub fn rows<'t>(&self, facts: &'t [String]) -> Vec<Event<'t>> {
        let facts = facts.iter().map(String::as_str).chain(std::iter::repeat(""));
        let whom = self.subject.iter().zip(&self.anonymous).zip(&self.account);
        let what = self.app.iter().zip(&self.version).zip(&self.event);
        let when = self.kind.iter().zip(&self.at).zip(facts);
        let mut rows = Vec::with_capacity(self.len);
        for (((kind, at), facts), (((subject, anonymous), account), ((app, version), event))) in
            when.zip(whom.zip(what))
        {
            let Some(kind) = CallKind::ALL.get(usize::from(*kind)) else { continue };
            rows.push(Event {
                kind: *kind,
                at: *at,
                subject: *subject,
                anonymous: *anonymous,
                account: *account,
                app: *app,
                version: *version,
                event: *event,
                facts,
            });
        }
        rows
    }

    /// The properties of all events, one after the other; unpacked from the same block.
    pub fn fact_bytes(&self, block: &[u8]) -> Result<Vec<u8>, DbError> {
        let packed = block.get(self.facts_at..).ok_or_else(damaged)?;
        zstd::bulk::decompress(packed, self.fact_bytes).map_err(|_| damaged())
    }

    /// The properties of each event, in order; unpacked from the same block.
    pub fn facts(&self, block: &[u8]) -> Result<Vec<String>, DbError> {
        let bytes = self.fact_bytes(block)?;
        let mut at = 0usize;
        let mut out = Vec::with_capacity(self.len);
        for length in &self.fact_lengths {
            let end = at.saturating_add(*length);
            let part = bytes.get(at..end).ok_or_else(damaged)?;
            out.push(String::from_utf8_lossy(part).into_owned());
            at = end;
        }
        Ok(out)
    }
}

/// Appends a number in 7-bit groups, low ones first.
pub fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(low_byte(number) | 0x80);
        number >>= 7;
    }
    out.push(low_byte(number));
}

fn low_byte(number: u64) -> u8 {
    let [low, ..] = number.to_le_bytes();
    low
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

/// Reads what [`put`] wrote.
pub struct Reader<'b> {
    /// All bytes.
    pub bytes: &'b [u8],
    /// The next one.
    pub at: usize,
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// The next number.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// The next number as a size in memory.
    pub fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// The next bytes.
    pub fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let part = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(part)
    }
}

#[cfg(test)]
#[expect(clippy::as_conversions, reason = "small numbers of a test")]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_went_in() {
        let events: Vec<Event<'_>> = (0..1000i64)
            .map(|i| Event {
                kind: CallKind::ALL[(i % 6) as usize],
                at: i * 1_000_003 - 500_000_000_000,
                subject: i as u32 % 17,
                anonymous: if i % 3 == 0 { NONE } else { i as u32 },
                account: NONE,
                app: 3,
                version: NONE,
                event: 5,
                facts: if i % 2 == 0 { "{\"a\":1}" } else { "" },
            })
            .collect();
        let block = Packer::default().pack(&events).unwrap();
        let columns = decode(&block).unwrap();
        let facts = columns.facts(&block).unwrap();
        for (i, event) in events.iter().enumerate() {
            assert_eq!(columns.at[i], event.at);
            assert_eq!(columns.anonymous[i], event.anonymous);
            assert_eq!(columns.kind[i], event.kind.stored());
            assert_eq!(facts[i], event.facts);
        }
    }

    #[test]
    fn damage_is_an_error() {
        let block = Packer::default().pack(&[]).unwrap();
        assert!(decode(&block[..2]).is_err());
        assert!(decode(b"").is_err());
        assert!(decode(&[1, 255, 255, 255, 255, 255]).is_err());
    }
}
