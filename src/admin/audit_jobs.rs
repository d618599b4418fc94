//! Jobs about the audit log: one reads it through, one sends it to a syslog collector.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use syslog_fmt::v5424::{Config as Header, Formatter};
use syslog_fmt::{Facility, Severity};

use crate::audit::{self, Listed, Mark};
use crate::config::SyslogAddress;
use crate::db::DbError;
use crate::jobs::{About, Job, JobError, Look, Misfire, Run, Schedule, Scope};
use crate::outbound::{Outbound, Syslog};

/// Name of the job that reads the log through, and of its mark.
pub const VERIFY: &str = "audit-verify";
/// Name of the job that sends the log on, and of its mark.
pub const SYSLOG: &str = "audit-syslog";
/// Rows that are sent over one connection.
const BATCH: i64 = 200;

/// `audit-verify`: reads the whole chain every day.
#[derive(Debug, Default)]
pub struct Verify;

impl Job for Verify {
    fn about(&self) -> About {
        About {
            name: VERIFY,
            title: "Audit log",
            what: "Reads the audit log through, and fails if a row was changed, removed or inserted.",
            schedule: Schedule::Cron("40 3 * * *".into()),
            scope: Scope::Installation,
            timeout: Duration::from_secs(60 * 60),
            attempts: 1,
            misfire: Misfire::RunLatest,
            builds_on: &[],
            takes_day: false,
        }
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        let verdict = run.db.snapshot(|conn| {
            audit::verify(conn, |done, total| {
                run.progress(u64::try_from(done).unwrap_or(0), u64::try_from(total).unwrap_or(0));
                run.check()
            })
        })?;
        let through = verdict.wrong.as_ref().map_or(verdict.rows, |fault| (fault.row - 1).max(0));
        let problem = verdict.wrong.map(|fault| fault.text);
        let mark = Mark { through, at: run.clock.now(), problem: problem.clone() };
        run.write(|conn| Ok(audit::set_mark(conn, VERIFY, &mark)?))?;
        match problem {
            None => Ok(format!("{} rows are as they were written", verdict.rows)),
            Some(problem) => Err(JobError::GiveUp(problem)),
        }
    }
}

/// `audit-syslog`: sends each row to the collector that the operator named, in order, once it is there.
pub struct Stream {
    to: Option<Syslog>,
    header: Formatter,
}

impl Stream {
    /// To this collector; without one the job only says so.
    pub fn new(address: Option<SyslogAddress>, outbound: &Outbound) -> Self {
        let machine = rustix::system::uname();
        let machine = machine.nodename().to_string_lossy();
        // A header's fields are words of ASCII.
        let host: String = machine.chars().filter(char::is_ascii_graphic).take(255).collect();
        let header = Header {
            facility: Facility::Authpriv,
            hostname: Some(host.as_str()).filter(|host| !host.is_empty()),
            app_name: Some("takehold"),
            proc_id: None,
        };
        Self { to: address.map(|address| Syslog::new(address, outbound.clone())), header: header.into_formatter() }
    }

    /// A row as RFC 5424 has it: the row as JSON, whose `hash` lets the chain be compared.
    fn message(&self, row: &Listed) -> Result<Vec<u8>, JobError> {
        let at = Timestamp::from_microsecond(row.at).unwrap_or_default();
        let severity = if row.action.ends_with(".refused") { Severity::Warning } else { Severity::Notice };
        let body = json!({
            "id": row.id, "at": at.to_string(), "workspace": row.workspace, "actor_kind": row.actor_kind,
            "actor_id": row.actor_id, "actor": row.actor, "action": row.action, "target": row.target,
            "detail": serde_json::from_str::<Value>(&row.detail).unwrap_or(Value::Null),
            "address": row.address, "request_id": row.request_id, "hash": row.hash,
        });
        let mut message = Vec::new();
        let written = self.header.write_without_data(
            &mut message,
            severity,
            at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string(),
            body.to_string(),
            Some("audit"),
        );
        written.map_err(|e| JobError::GiveUp(format!("row {} cannot be worded: {e}", row.id)))?;
        Ok(message)
    }
}

impl Job for Stream {
    fn about(&self) -> About {
        About {
            name: SYSLOG,
            title: "Audit log to syslog",
            what: "Sends each row of the audit log to the collector of audit.syslog; while that is away, rows wait.",
            schedule: if self.to.is_some() { Schedule::Every(Duration::from_secs(2)) } else { Schedule::ByHand },
            scope: Scope::Installation,
            timeout: Duration::from_secs(10 * 60),
            attempts: 1,
            misfire: Misfire::RunLatest,
            builds_on: &[],
            takes_day: false,
        }
    }

    fn is_needed(&self, look: &Look<'_>) -> Result<bool, DbError> {
        let (rows, mark) =
            look.db.read_blocking(|conn| Ok::<_, DbError>((audit::head(conn)?.0, audit::mark(conn, SYSLOG)?)))?;
        Ok(match mark {
            None => rows > 0,
            // A collector that is away is tried again each half minute.
            Some(mark) if mark.problem.is_some() => look.clock.now().saturating_sub(mark.at) >= 30_000_000,
            Some(mark) => rows > mark.through,
        })
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        let Some(to) = &self.to else {
            return Err(JobError::GiveUp("no collector is named: set audit.syslog in the configuration".into()));
        };
        let mut through = run.db.read_blocking(|conn| audit::mark(conn, SYSLOG))?.map_or(0, |mark| mark.through);
        let mut sent = 0;
        loop {
            run.check()?;
            let rows = run.db.read_blocking(|conn| audit::following(conn, through, BATCH))?;
            let Some(last) = rows.last().map(|row| row.id) else { break };
            let messages = rows.iter().map(|row| self.message(row)).collect::<Result<Vec<_>, _>>()?;
            let outcome = to.send(&messages);
            let problem = outcome.as_ref().err().cloned();
            through = if problem.is_none() { last } else { through };
            let mark = Mark { through, at: run.clock.now(), problem };
            run.write(|conn| Ok(audit::set_mark(conn, SYSLOG, &mark)?))?;
            outcome.map_err(JobError::Retry)?;
            sent += messages.len();
        }
        Ok(format!("{sent} rows sent"))
    }
}
