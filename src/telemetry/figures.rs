//! Figures for Prometheus: how much, how quickly, how full. Labels are routes as templates, codes and names of jobs:
//! nothing that a client can make up, and nothing about people.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use metrics::{Counter, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

const REQUESTS: &str = "takehold_http_requests_total";
const DURATION: &str = "takehold_http_request_duration_seconds";
const ACCEPTED: &str = "takehold_events_accepted_total";
const DUPLICATE: &str = "takehold_events_duplicate_total";
const REFUSED: &str = "takehold_events_refused_total";
const JOB_RUNS: &str = "takehold_job_runs_total";
const JOB_SUCCESS: &str = "takehold_job_last_success_timestamp_seconds";

/// Upper ends of the classes of a request's duration, in seconds.
const CLASSES: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// A figure that stands at a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// Events in the log that are not folded into the index yet.
    UnfoldedEvents,
    /// 1 where this process leads the jobs.
    JobsLeader,
    /// Age of the oldest job that is due and has not begun, in seconds.
    JobOldestDue,
    /// When a backup succeeded last.
    BackupLastSuccess,
    /// Free space where the data lies.
    DiskFree,
    /// All space where the data lies.
    DiskTotal,
    /// Size of the database.
    DatabaseBytes,
    /// 1 where the database answers.
    DatabaseUp,
    /// Memory that the process holds.
    ResidentMemory,
    /// When the process started.
    ProcessStart,
}

impl Gauge {
    const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self::UnfoldedEvents, "takehold_unfolded_events", "Events in the log that are not in the index yet."),
        (Self::JobsLeader, "takehold_jobs_leader", "1 where this process leads the jobs."),
        (Self::JobOldestDue, "takehold_job_oldest_due_seconds", "Age of the oldest job that is due and has not begun."),
        (
            Self::BackupLastSuccess,
            "takehold_backup_last_success_timestamp_seconds",
            "When a backup succeeded last, in seconds since 1970.",
        ),
        (Self::DiskFree, "takehold_disk_free_bytes", "Free space where the data lies."),
        (Self::DiskTotal, "takehold_disk_total_bytes", "All space where the data lies."),
        (Self::DatabaseBytes, "takehold_database_bytes", "Size of the database."),
        (Self::DatabaseUp, "takehold_database_up", "1 where the database answers."),
        (Self::ResidentMemory, "process_resident_memory_bytes", "Memory that the process holds."),
        (Self::ProcessStart, "process_start_time_seconds", "When the process started, in seconds since 1970."),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(gauge, _, _)| *gauge == self).map_or("", |(_, name, _)| name)
    }
}

/// Where all figures of the process are gathered; there is one, as there is one log.
fn recorder() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let make = || {
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.into()), &CLASSES).ok()?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok()?;
        describe();
        Some(handle)
    };
    HANDLE.get_or_init(make).as_ref()
}

fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by route, method and status.");
    describe_histogram!(DURATION, "How long requests took, in seconds.");
    describe_counter!(ACCEPTED, "Calls stored.");
    describe_counter!(DUPLICATE, "Calls that were known already.");
    describe_counter!(REFUSED, "Calls refused, by code.");
    describe_counter!(JOB_RUNS, "Runs of jobs that ended, by job and state.");
    describe_gauge!(JOB_SUCCESS, "When a job succeeded last, in seconds since 1970.");
    describe_gauge!("takehold_build_info", "The running version.");
    for (_, name, what) in Gauge::ALL {
        describe_gauge!(name, what);
    }
    gauge!("takehold_build_info", "version" => super::VERSION, "commit" => super::commit().unwrap_or("")).set(1.0);
    gauge!(Gauge::JobsLeader.name()).set(0.0);
    counter!(ACCEPTED).absolute(0);
    counter!(DUPLICATE).absolute(0);
}

/// Starts gathering; whatever is counted before is lost.
pub fn start() {
    recorder();
}

/// All figures in Prometheus's text format.
pub fn render() -> String {
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

/// Sums up what has gathered; to be called now and then, or memory would grow while nobody reads the figures.
pub fn keep_up() {
    if let Some(recorder) = recorder() {
        recorder.run_upkeep();
    }
}

/// Sets a figure.
pub fn set(which: Gauge, value: f64) {
    recorder();
    gauge!(which.name()).set(value);
}

/// Counts an answered request. `route` is a template such as `/api/v1/workspaces/{workspace}/people`.
pub fn request(route: Option<String>, method: &str, status: u16, took: Duration) {
    type Series = HashMap<(Option<String>, &'static str, u16), (Counter, Histogram)>;
    thread_local! {
        // The counters themselves are found once per thread; after that a request costs a few atomic additions.
        static SERIES: RefCell<Series> = RefCell::default();
    }
    recorder();
    let key = (route, known_method(method), status);
    SERIES.with_borrow_mut(|series| {
        let (count, duration) = series.entry(key).or_insert_with_key(|(route, method, status)| {
            let route = route.clone().unwrap_or_else(|| "other".into());
            let count =
                counter!(REQUESTS, "route" => route.clone(), "method" => *method, "status" => status.to_string());
            (count, histogram!(DURATION, "route" => route, "method" => *method))
        });
        count.increment(1);
        duration.record(took.as_secs_f64());
    });
}

/// A client may invent methods, but not labels.
fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("OTHER")
}

/// Counts calls that were stored, and repeats of such.
pub fn events(accepted: u64, duplicate: u64) {
    static COUNTERS: LazyLock<(Counter, Counter)> = LazyLock::new(|| {
        recorder();
        (counter!(ACCEPTED), counter!(DUPLICATE))
    });
    COUNTERS.0.increment(accepted);
    COUNTERS.1.increment(duplicate);
}

/// Counts refused calls by their code.
pub fn refused(code: &'static str, count: u64) {
    recorder();
    counter!(REFUSED, "code" => code).increment(count);
}

/// Counts a run of a job that ended in this state.
pub fn job_run(job: &str, state: &str) {
    recorder();
    counter!(JOB_RUNS, "job" => job.to_owned(), "state" => state.to_owned()).increment(1);
}

/// Tells when a job succeeded last, in microseconds since 1970.
pub fn job_succeeded(job: &str, at: i64) {
    recorder();
    gauge!(JOB_SUCCESS, "job" => job.to_owned()).set(seconds(at));
}

/// Microseconds as the seconds that Prometheus counts in.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a figure for the eye")]
pub fn seconds(microseconds: i64) -> f64 {
    microseconds as f64 / 1e6
}

/// A size as Prometheus takes it.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a figure for the eye")]
pub fn bytes(bytes: u64) -> f64 {
    bytes as f64
}
