//! Leases: what only one process may do, it does while it holds the row of that name.
//!
//! The row's term grows with each holder. Whoever wants to write in the name of a lease proves in the same
//! transaction that the term is still its own ([`Lease::prove`]); so a process that slept past its lease cannot write.
//! Only the database's clock says when a lease has ended.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::db::schema::leases;
use crate::db::{Db, DbConn, DbError, time};
use crate::on_both;

use super::model::{Pace, microseconds};
use super::queries;
use super::run::Watch;

/// A lease as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What may be done.
    pub name: String,
    /// Who may do it.
    pub holder: String,
    /// The fencing token.
    pub term: i64,
}

/// A lease as it stands in the database.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = leases)]
pub struct Standing {
    /// Who holds it, or did.
    pub holder: String,
    /// Since when, in microseconds since 1970.
    pub taken_at: i64,
    /// Until when.
    pub expires_at: i64,
}

/// Whether somebody may take it. An end further off than any lease is long was written before the clock was set back.
fn is_free(expires_at: i64, now: i64, length: Duration) -> bool {
    let furthest = now.saturating_add(microseconds(length.saturating_mul(3)));
    !(now..=furthest).contains(&expires_at)
}

/// Who holds a lease just now.
pub fn holder(conn: &mut DbConn, name: &str, length: Duration) -> Result<Option<Standing>, DbError> {
    let row = leases::table.filter(leases::name.eq(name)).select(Standing::as_select()).first(conn).optional()?;
    let now = time::now(conn)?;
    Ok(row.filter(|row| !is_free(row.expires_at, now, length)))
}

/// Takes a lease that nobody holds. Never waits: a process that stopped in mid-transaction must not stop others.
pub fn take(conn: &mut DbConn, name: &str, holder: &str, length: Duration) -> Result<Option<Lease>, DbError> {
    let nobody = (
        leases::name.eq(name),
        leases::holder.eq(""),
        leases::term.eq(0),
        leases::taken_at.eq(0),
        leases::expires_at.eq(0),
    );
    on_both!(conn, |c| diesel::insert_into(leases::table).values(nobody).on_conflict_do_nothing().execute(c))?;
    let row = leases::table.filter(leases::name.eq(name)).select((leases::term, leases::expires_at));
    let row: Option<(i64, i64)> = match conn {
        DbConn::Sqlite(c) => row.get_result(c).optional()?,
        DbConn::Postgres(c) => row.for_update().skip_locked().get_result(c).optional()?,
    };
    let now = time::now(conn)?;
    let Some((term, _)) = row.filter(|(_, expires_at)| is_free(*expires_at, now, length)) else { return Ok(None) };
    diesel::update(leases::table.filter(leases::name.eq(name)))
        .set((
            leases::holder.eq(holder),
            leases::term.eq(term + 1),
            leases::taken_at.eq(now),
            leases::expires_at.eq(now.saturating_add(microseconds(length))),
        ))
        .execute(conn)?;
    Ok(Some(Lease { name: name.into(), holder: holder.into(), term: term + 1 }))
}

impl Lease {
    /// Makes it last for another `length`; false if somebody else has taken it.
    fn renew(&self, conn: &mut DbConn, length: Duration) -> Result<bool, DbError> {
        let until = time::now(conn)?.saturating_add(microseconds(length));
        let renewed = diesel::update(leases::table.filter(self.is_ours())).set(leases::expires_at.eq(until));
        Ok(renewed.execute(conn)? == 1)
    }

    /// Whether nobody has taken it since, until the transaction ends: whoever wants to take it waits for that.
    pub fn prove(&self, conn: &mut DbConn) -> Result<bool, DbError> {
        let row = leases::table.filter(self.is_ours()).select(leases::term);
        let ours: Option<i64> = match conn {
            // The one writer of SQLite has the whole file to itself.
            DbConn::Sqlite(c) => row.get_result(c).optional()?,
            DbConn::Postgres(c) => {
                // Our own renewals go on beside this lock. A process that is stopped loses it after a while.
                c.batch_execute("SET LOCAL idle_in_transaction_session_timeout = '10s'")?;
                row.for_key_share().get_result(c).optional()?
            }
        };
        Ok(ours.is_some())
    }

    /// Whether nobody has taken it so far; for reading only.
    fn still_holds(&self, conn: &mut DbConn) -> Result<bool, DbError> {
        let rows: i64 = leases::table.filter(self.is_ours()).count().get_result(conn)?;
        Ok(rows == 1)
    }

    /// Lets others take it at once. What still acts in its name finds another term.
    pub fn give_back(&self, conn: &mut DbConn) -> Result<(), DbError> {
        let back = (leases::term.eq(self.term + 1), leases::expires_at.eq(0));
        diesel::update(leases::table.filter(self.is_ours())).set(back).execute(conn)?;
        Ok(())
    }

    fn is_ours(&self) -> Ours<'_> {
        leases::name.eq(&self.name).and(leases::holder.eq(&self.holder)).and(leases::term.eq(self.term))
    }
}

type Is<'a, Column, Value> = diesel::dsl::Eq<Column, Value>;
type Ours<'a> = diesel::dsl::And<
    diesel::dsl::And<Is<'a, leases::name, &'a String>, Is<'a, leases::holder, &'a String>>,
    Is<'a, leases::term, i64>,
>;

/// A lease that this process keeps renewing.
pub struct Held {
    /// The lease.
    pub lease: Lease,
    // The run that goes on under it, whose progress is noted with each renewal.
    run: Option<(i64, Arc<Watch>)>,
    lost: AtomicBool,
    renewed: Mutex<Instant>,
}

impl Held {
    /// Whether another process has taken it.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Notes that another process has taken it, or may.
    pub(super) fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    /// Whether it is still ours; asks the database when it could not be renewed in time.
    pub(super) fn is_ours(&self, db: &Db, length: Duration) -> bool {
        if self.is_lost() {
            return false;
        }
        let renewed = *self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        if renewed.elapsed() < length {
            return true;
        }
        let ours = db.read_blocking(|conn| self.lease.still_holds(conn));
        if matches!(ours, Ok(false)) {
            self.lose();
        }
        matches!(ours, Ok(true))
    }
}

/// Renews what this process holds, on a thread of its own: work may keep all others busy.
pub struct Keeper {
    held: Arc<Mutex<Vec<Weak<Held>>>>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread; it ends when this is dropped.
    pub fn start(db: Db, pace: Pace) -> std::io::Result<Self> {
        let held: Arc<Mutex<Vec<Weak<Held>>>> = Arc::default();
        let (stop, stopped) = bounded(0);
        let all = held.clone();
        let thread = std::thread::Builder::new().name("leases".into()).spawn(move || {
            let mut failing = false;
            while stopped.recv_timeout(pace.renew) == Err(RecvTimeoutError::Timeout) {
                match renew(&db, &all, pace.lease) {
                    Ok(()) => failing = false,
                    Err(error) if !failing => {
                        tracing::warn!(%error, "leases cannot be renewed");
                        failing = true;
                    }
                    Err(_) => {}
                }
            }
        })?;
        Ok(Self { held, stop: Some(stop), thread: Some(thread) })
    }

    /// Renews a lease from now on, until what is returned is dropped.
    pub fn hold(&self, lease: Lease, run: Option<(i64, Arc<Watch>)>) -> Arc<Held> {
        let renewed = Mutex::new(Instant::now());
        let held = Arc::new(Held { lease, run, lost: AtomicBool::new(false), renewed });
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&held));
        held
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}

fn renew(db: &Db, all: &Mutex<Vec<Weak<Held>>>, length: Duration) -> Result<(), DbError> {
    let mut held: Vec<Arc<Held>> = {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|held| held.strong_count() > 0);
        all.iter().filter_map(Weak::upgrade).collect()
    };
    held.retain(|held| !held.is_lost());
    if held.is_empty() {
        return Ok(());
    }
    let asked = Instant::now();
    let renewed = db.write_blocking(|conn| -> Result<Vec<bool>, DbError> {
        held.iter()
            .map(|held| {
                let ours = held.lease.renew(conn, length)?;
                if let Some((run, watch)) = held.run.as_ref().filter(|_| ours) {
                    queries::note_progress(conn, *run, watch.progress())?;
                }
                Ok(ours)
            })
            .collect()
    })?;
    for (held, ours) in held.iter().zip(renewed) {
        if ours {
            *held.renewed.lock().unwrap_or_else(PoisonError::into_inner) = asked;
        } else {
            held.lose();
        }
    }
    Ok(())
}
