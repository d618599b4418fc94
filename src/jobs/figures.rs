//! What the store tells of jobs, as figures for Prometheus: the same from every process but who leads.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Jobs, LEADER};
use crate::db::schema::{job_runs, leases};
use crate::db::{DbConn, DbError, time};
use crate::on_both;
use crate::telemetry::figures::{self, Gauge};

#[derive(QueryableByName)]
struct Succeeded {
    #[diesel(sql_type = Text)]
    job: String,
    #[diesel(sql_type = BigInt)]
    at: i64,
}

impl Jobs {
    /// Sets the figures.
    pub fn measure(&self, conn: &mut DbConn) -> Result<(), DbError> {
        let now = time::now(conn)?;
        let leads: i64 = leases::table
            .filter(leases::name.eq(LEADER).and(leases::holder.eq(&self.0.holder)).and(leases::expires_at.gt(now)))
            .count()
            .get_result(conn)?;
        figures::set(Gauge::JobsLeader, if leads > 0 { 1.0 } else { 0.0 });
        let due: Option<i64> = job_runs::table
            .filter(job_runs::state.eq("queued").and(job_runs::not_before.le(now)))
            .order(job_runs::not_before)
            .select(job_runs::not_before)
            .first(conn)
            .optional()?;
        figures::set(Gauge::JobOldestDue, figures::seconds(due.map_or(0, |due| now.saturating_sub(due))));
        let sql = "SELECT job, MAX(ended_at) AS at FROM job_runs \
                   WHERE state = 'succeeded' AND ended_at IS NOT NULL GROUP BY job";
        let succeeded: Vec<Succeeded> = on_both!(conn, |c| diesel::sql_query(sql).load(c))?;
        for Succeeded { job, at } in succeeded {
            if job == "backup" {
                figures::set(Gauge::BackupLastSuccess, figures::seconds(at));
            }
            figures::job_succeeded(&job, at);
        }
        Ok(())
    }
}
