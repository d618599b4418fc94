//! What stands between the first and the last line: records, each with its length before it.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::contents::Contents;
use crate::db::tables::Row;

/// A record is written when its rows fill so many bytes …
const FULL_BYTES: usize = 1 << 20;
/// … or are so many.
const FULL_ROWS: u32 = 4096;
/// No record is longer: its length would be a sign of damage.
const LONGEST: u32 = 1 << 31;

/// One record.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Record {
    /// The rows of this table follow.
    Table {
        /// Its name.
        name: String,
        /// Its columns, in the order of the values of a row.
        columns: Vec<String>,
        /// The newest number that the database gave a row of it.
        last_number: Option<i64>,
    },
    /// Some rows of that table.
    Rows(Packed),
    /// All rows have been told.
    End(Contents),
}

/// Rows, each packed for itself.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Packed {
    rows: u32,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

impl Packed {
    /// Adds a row and answers its hash.
    pub fn add(&mut self, row: &Row) -> io::Result<u64> {
        let start = self.bytes.len();
        postcard::to_io(row, &mut self.bytes).map_err(io::Error::other)?;
        self.rows += 1;
        Ok(xxh3_64(self.bytes.get(start..).unwrap_or_default()))
    }

    /// Whether it is time to write.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= FULL_BYTES || self.rows >= FULL_ROWS
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The rows with their hashes.
    pub fn unpack(&self) -> io::Result<Vec<(Row, u64)>> {
        let mut left = self.bytes.as_slice();
        let mut rows = Vec::new();
        for _ in 0..self.rows {
            let (row, rest): (Row, &[u8]) = postcard::take_from_bytes(left).map_err(damaged)?;
            let packed = left.get(..left.len() - rest.len()).unwrap_or_default();
            rows.push((row, xxh3_64(packed)));
            left = rest;
        }
        if left.is_empty() { Ok(rows) } else { Err(damaged("bytes are left over")) }
    }
}

/// The hash of a row, as [`Packed::add`] answers it.
pub(super) fn hash(row: &Row, buffer: &mut Vec<u8>) -> io::Result<u64> {
    buffer.clear();
    postcard::to_io(row, &mut *buffer).map_err(io::Error::other)?;
    Ok(xxh3_64(buffer))
}

/// Writes one record.
pub(super) fn put(out: &mut impl Write, record: &Record) -> io::Result<()> {
    let bytes = postcard::to_stdvec(record).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LONGEST);
    let length = length.ok_or_else(|| io::Error::other("a row is larger than 2 GB"))?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&bytes)
}

/// Reads one record.
pub(super) fn get(input: &mut impl Read) -> io::Result<Record> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(damaged("a record is too long"));
    }
    // Grows with what is there: a wrong length takes no memory.
    let mut bytes = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut bytes)?;
    postcard::from_bytes(&bytes).map_err(damaged)
}

fn damaged(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
