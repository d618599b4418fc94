//! How full things are.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{DbConn, DbError};
use crate::on_both;

/// The disk that a folder lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Bytes that may still be written.
    pub free: u64,
    /// All bytes.
    pub total: u64,
}

impl Disk {
    /// Looks at the disk of a folder; none if there is no such folder.
    pub fn of(folder: &Path) -> Option<Self> {
        let stat = rustix::fs::statvfs(folder).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
        Some(Self { free: bytes(stat.f_bavail), total: bytes(stat.f_blocks) })
    }
}

/// Bytes of memory that the process holds, where the platform tells.
pub fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes.saturating_mul(1024))
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// The size of the database.
pub fn database_bytes(conn: &mut DbConn) -> Result<u64, DbError> {
    let sql = match conn {
        DbConn::Sqlite(_) => "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
        DbConn::Postgres(_) => "SELECT pg_database_size(current_database()) AS bytes",
    };
    size(conn, sql)
}

fn size(conn: &mut DbConn, sql: &str) -> Result<u64, DbError> {
    let found: Size = on_both!(conn, |c| diesel::sql_query(sql).get_result(c))?;
    Ok(u64::try_from(found.bytes).unwrap_or(0))
}

/// A part of the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    /// What it holds.
    #[schema(example = "event log")]
    pub name: &'static str,
    /// About how many bytes.
    pub bytes: u64,
}

/// What takes the space; the last part is what the others leave. Sizes of values are summed, which reads none of them.
pub fn database_parts(conn: &mut DbConn, whole: u64) -> Result<Vec<Part>, DbError> {
    const PARTS: [(&str, &str); 4] = [
        ("event log", "SELECT CAST(COALESCE(SUM(LENGTH(data)), 0) AS BIGINT) AS bytes FROM event_blocks"),
        ("fingerprints", "SELECT CAST(COALESCE(SUM(LENGTH(data)), 0) AS BIGINT) AS bytes FROM event_fingerprints"),
        (
            "activity index",
            "SELECT CAST((SELECT COALESCE(SUM(LENGTH(data)), 0) FROM activity_days) \
             + (SELECT COALESCE(SUM(LENGTH(data)), 0) FROM activity_totals) AS BIGINT) AS bytes",
        ),
        ("traits", "SELECT CAST(COALESCE(SUM(LENGTH(traits)), 0) AS BIGINT) AS bytes FROM trait_sets"),
    ];
    let mut parts = Vec::new();
    let mut rest = whole;
    for (name, sql) in PARTS {
        let bytes = size(conn, sql)?;
        rest = rest.saturating_sub(bytes);
        parts.push(Part { name, bytes });
    }
    parts.push(Part { name: "names, people and the rest", bytes: rest });
    Ok(parts)
}
