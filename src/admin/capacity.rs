//! How full things are, and how quickly they fill.

use std::collections::{BTreeMap, HashMap};

use actix_web::{get, web};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::Serialize;
use utoipa::ToSchema;

use super::{instant, off_thread};
use crate::auth::{Can, can, workspaces, write_keys};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, DbConn, DbError, Location};
use crate::health::{self, Disk, Part, Started};
use crate::http::ApiError;
use crate::ingest::Ingest;
use crate::ingest::counts::{self, IMPORT};
use crate::on_both;
use crate::telemetry;

/// How far back calls are shown, in hours.
const SHOWN: i64 = 7 * 24;

/// How full things are, and how quickly they fill.
#[derive(Serialize, ToSchema)]
struct Capacity {
    database: DatabaseSize,
    /// The disk of the data folder; null with PostgreSQL, whose disk is elsewhere.
    disk: Option<DiskSpace>,
    /// What events of the last seven days added to the database in a day; null while nothing is known.
    growth_per_day_bytes: Option<u64>,
    /// Days until the disk is full at that growth.
    days_left: Option<u64>,
    /// Calls of each hour of the last seven days that had any, all workspaces together.
    ingest: Vec<IngestHour>,
    /// Calls of the last seven days by write key.
    keys: Vec<KeyCounts>,
    /// Memory that this process holds.
    memory_bytes: Option<u64>,
    /// When this process started.
    #[schema(format = DateTime)]
    started_at: String,
    version: &'static str,
    /// The commit that it was built from, where that is known.
    commit: Option<&'static str>,
}

/// The database and what takes its space.
#[derive(Serialize, ToSchema)]
struct DatabaseSize {
    /// `sqlite` or `postgresql`.
    engine: &'static str,
    bytes: u64,
    parts: Vec<Part>,
}

/// A disk.
#[derive(Serialize, ToSchema)]
struct DiskSpace {
    free: u64,
    total: u64,
    /// The folder that lies on it.
    path: String,
}

/// Calls of one hour.
#[derive(Serialize, ToSchema)]
struct IngestHour {
    /// When it began.
    #[schema(format = DateTime)]
    hour: String,
    accepted: i64,
    duplicate: i64,
    refused: i64,
}

/// Calls of one write key.
#[derive(Serialize, ToSchema)]
struct KeyCounts {
    /// The workspace's name in paths.
    workspace: String,
    /// The key's name; null for imports.
    key: Option<String>,
    accepted: i64,
    duplicate: i64,
    refused: i64,
    /// Why calls were refused, the most frequent reason first.
    codes: Vec<CodeCount>,
}

/// Calls refused for one reason.
#[derive(Serialize, ToSchema)]
struct CodeCount {
    #[schema(example = "bad_timestamp")]
    code: String,
    count: i64,
}

/// How full things are, and how quickly they fill
#[utoipa::path(tag = "system", responses((status = 200, body = Capacity)))]
#[get("/system/capacity")]
pub(super) async fn capacity(
    _caller: Can<can::SystemRead>,
    (db, config, clock): (web::Data<Db>, web::Data<Config>, web::Data<Clock>),
    (ingest, started): (web::Data<Ingest>, web::Data<Started>),
) -> Result<web::Json<Capacity>, ApiError> {
    let (path, counts, store) = (config.data_dir(), ingest.counts.clone(), db.clone());
    let is_file = matches!(db.location(), Location::Sqlite(_));
    let now = clock.now();
    let first = counts::hour_of(now) - SHOWN + 1;
    let (size, parts, sums, keys, per_day) = off_thread(move || {
        // What this process counted last is shown too; on a full disk the rest must do.
        if let Err(error) = counts.flush(&store) {
            tracing::debug!(%error, "counts of calls are stored later");
        }
        store.read_blocking(|conn| {
            let size = health::database_bytes(conn)?;
            let rows = counts::since(conn, first)?;
            let per_day = growth(conn, &rows, size, counts::hour_of(now))?;
            let refusals = counts::refusals_since(conn, first)?;
            let keys = by_key(conn, &rows, refusals)?;
            Ok::<_, DbError>((size, health::database_parts(conn, size)?, by_hour(&rows), keys, per_day))
        })
    })
    .await??;
    let disk = Disk::of(&path).filter(|_| is_file);
    Ok(web::Json(Capacity {
        database: DatabaseSize { engine: if is_file { "sqlite" } else { "postgresql" }, bytes: size, parts },
        days_left: disk.zip(per_day).and_then(|(disk, per_day)| disk.free.checked_div(per_day)),
        disk: disk.map(|disk| DiskSpace { free: disk.free, total: disk.total, path: path.display().to_string() }),
        growth_per_day_bytes: per_day,
        ingest: sums,
        keys,
        memory_bytes: health::resident_memory(),
        started_at: instant(started.0),
        version: telemetry::VERSION,
        commit: telemetry::commit(),
    }))
}

fn by_hour(rows: &[counts::Row]) -> Vec<IngestHour> {
    let mut hours: BTreeMap<i64, (i64, i64, i64)> = BTreeMap::new();
    for (_, _, hour, accepted, duplicate, refused) in rows {
        let sum = hours.entry(*hour).or_default();
        *sum = (sum.0 + accepted, sum.1 + duplicate, sum.2 + refused);
    }
    let hours = hours.into_iter().map(|(hour, (accepted, duplicate, refused))| IngestHour {
        hour: instant(hour.saturating_mul(3_600_000_000)),
        accepted,
        duplicate,
        refused,
    });
    hours.collect()
}

fn by_key(
    conn: &mut DbConn,
    rows: &[counts::Row],
    refusals: Vec<(i64, i64, String, i64)>,
) -> Result<Vec<KeyCounts>, DbError> {
    let mut sums: BTreeMap<(i64, i64), (i64, i64, i64)> = BTreeMap::new();
    for (workspace, key, _, accepted, duplicate, refused) in rows {
        let sum = sums.entry((*workspace, *key)).or_default();
        *sum = (sum.0 + accepted, sum.1 + duplicate, sum.2 + refused);
    }
    let mut codes: HashMap<(i64, i64), BTreeMap<String, i64>> = HashMap::new();
    for (workspace, key, code, count) in refusals {
        *codes.entry((workspace, key)).or_default().entry(code).or_default() += count;
    }
    let mut keys = Vec::new();
    for workspace in workspaces::all(conn)? {
        let names: HashMap<i64, String> =
            write_keys::list(conn, workspace.id)?.into_iter().map(|row| (row.id, row.name)).collect();
        for ((_, key), (accepted, duplicate, refused)) in
            sums.range((workspace.id, i64::MIN)..=(workspace.id, i64::MAX))
        {
            let codes = codes.remove(&(workspace.id, *key)).unwrap_or_default();
            let mut codes: Vec<CodeCount> = codes.into_iter().map(|(code, count)| CodeCount { code, count }).collect();
            codes.sort_by_key(|code| std::cmp::Reverse(code.count));
            keys.push(KeyCounts {
                workspace: workspace.slug.clone(),
                key: (*key != IMPORT).then(|| names.get(key).cloned().unwrap_or_else(|| format!("key {key}"))),
                accepted: *accepted,
                duplicate: *duplicate,
                refused: *refused,
                codes,
            });
        }
    }
    Ok(keys)
}

#[derive(QueryableByName)]
struct Events {
    #[diesel(sql_type = BigInt)]
    events: i64,
}

/// Bytes that calls add in a day: the database's bytes for each event it holds, times the calls of a day of the last
/// seven. Imports are left out, for they do not come every week.
fn growth(conn: &mut DbConn, rows: &[counts::Row], size: u64, this_hour: i64) -> Result<Option<u64>, DbError> {
    let sql = "SELECT CAST(COALESCE(SUM(events), 0) AS BIGINT) AS events FROM event_blocks";
    let all: Events = on_both!(conn, |c| diesel::sql_query(sql).get_result(c))?;
    let live = || rows.iter().filter(|row| row.1 != IMPORT);
    let accepted: i64 = live().map(|row| row.3).sum();
    let Some(first) = live().map(|row| row.2).min() else { return Ok(None) };
    let hours = (this_hour - first + 1).clamp(24, SHOWN);
    if all.events == 0 || accepted == 0 {
        return Ok(None);
    }
    let bytes = i128::from(size) * i128::from(accepted) * 24 / i128::from(hours) / i128::from(all.events);
    Ok(u64::try_from(bytes).ok().filter(|bytes| *bytes > 0))
}
