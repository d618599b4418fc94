//! The process that plans and runs jobs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::auth::{Workspace, workspaces};
use crate::db::{DbError, time};

use super::lease::{self, Held, Keeper};
use super::model::State;
use super::plan::Plan;
use super::queries::{self, RunRow};
use super::run::Watch;
use super::work::{Attempt, back_in_line, overdue};
use super::{Entry, Jobs, LEADER};

/// Runs at once. Continuous jobs have a place of their own, so that long ones do not keep them waiting.
const AT_ONCE: usize = 3;
/// Continuous jobs at once.
const CONTINUOUS_AT_ONCE: usize = 1;
/// How often is looked whether runs that were told to stop have done so.
const LOOK: Duration = Duration::from_millis(20);

/// This process's part in leading. Dropping it stops what runs, lets another process go on with it, and returns then.
pub struct Leader {
    jobs: Jobs,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Leader {
    pub(super) fn start(jobs: Jobs) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let keeper = Arc::new(Keeper::start(jobs.0.db.clone(), jobs.0.pace)?);
        let (told, lead) = (stop.clone(), Leading::new(jobs.clone(), keeper));
        let thread = std::thread::Builder::new().name("jobs".into()).spawn(move || lead.go_on(&told))?;
        Ok(Self { jobs, stop, thread: Some(thread) })
    }

    /// What begins to stop it, and returns at once: another process leads from then on.
    pub fn stopper(&self) -> impl Fn() + Send + use<> {
        let (jobs, stop) = (self.jobs.clone(), self.stop.clone());
        move || {
            stop.store(true, Ordering::Relaxed);
            jobs.wake();
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.stopper()();
        // A panic in the thread was reported by the panic hook already.
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// A run on its thread.
struct Running {
    entry: usize,
    row: RunRow,
    held: Arc<Held>,
    watch: Arc<Watch>,
    give_up_at: Instant,
    thread: JoinHandle<bool>,
}

struct Leading {
    jobs: Jobs,
    keeper: Arc<Keeper>,
    // The leader's lease.
    held: Option<Arc<Held>>,
    plan: Plan,
    running: Vec<Running>,
    failing: bool,
}

impl Leading {
    fn new(jobs: Jobs, keeper: Arc<Keeper>) -> Self {
        Self { jobs, keeper, held: None, plan: Plan::default(), running: Vec::new(), failing: false }
    }

    fn go_on(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            match self.step() {
                Ok(()) => self.failing = false,
                Err(error) if !self.failing => {
                    tracing::warn!(%error, "jobs wait for the database");
                    self.failing = true;
                }
                Err(_) => {}
            }
            // Woken or not, it is time to look.
            self.jobs.0.woken.recv_timeout(self.jobs.0.pace.tick).ok();
        }
        self.drain();
    }

    fn step(&mut self) -> Result<(), DbError> {
        self.see_to_ended();
        self.see_to_overdue()?;
        let Some(lead) = self.lead()? else { return Ok(()) };
        let (workspaces, open) =
            self.jobs.0.db.read_blocking(|conn| Ok::<_, DbError>((workspaces::all(conn)?, queries::open(conn)?)))?;
        if self.plan.make(&self.jobs, &lead, &workspaces, &open)? {
            let open = self.jobs.0.db.read_blocking(queries::open)?;
            self.work_on(&lead, &workspaces, &open)
        } else {
            self.work_on(&lead, &workspaces, &open)
        }
    }

    /// The leader's lease, if this process has it or gets it.
    fn lead(&mut self) -> Result<Option<Arc<Held>>, DbError> {
        if let Some(held) = &self.held {
            if !held.is_lost() {
                return Ok(Some(held.clone()));
            }
            tracing::info!(term = held.lease.term, "another process leads the jobs");
            self.held = None;
        }
        let (db, length) = (&self.jobs.0.db, self.jobs.0.pace.lease);
        if db.read_blocking(|conn| lease::holder(conn, LEADER, length))?.is_some() {
            return Ok(None);
        }
        let holder = &self.jobs.0.holder;
        let Some(taken) = db.write_blocking(|conn| lease::take(conn, LEADER, holder, length))? else {
            return Ok(None);
        };
        tracing::info!(term = taken.term, "this process leads the jobs");
        self.plan = Plan::default();
        let held = self.keeper.hold(taken, None);
        self.held = Some(held.clone());
        Ok(Some(held))
    }

    /// Takes over what dead processes left behind, and begins what waits, the oldest first.
    fn work_on(&mut self, lead: &Held, workspaces: &[Workspace], open: &[RunRow]) -> Result<(), DbError> {
        let jobs = self.jobs.clone();
        let ours = |row: &RunRow| self.running.iter().any(|running| running.row.id == row.id);
        let is_running = |row: &&RunRow| row.state == State::Running.as_str();
        let others: Vec<&RunRow> = open.iter().filter(is_running).filter(|row| !ours(row)).collect();
        for row in others {
            let Some(entry) = jobs.entry(&row.job) else { continue };
            take_over(&jobs, lead, entry, row)?;
        }
        let waiting: Vec<&RunRow> = open.iter().filter(|row| row.state == State::Queued.as_str()).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let now = jobs.0.db.read_blocking(time::now)?;
        for row in waiting.into_iter().filter(|row| row.not_before <= now) {
            let Some(at) = jobs.0.entries.iter().position(|entry| entry.about.name == row.job) else { continue };
            if self.has_room(&jobs, at) {
                self.begin(lead, at, workspaces, row)?;
            }
        }
        Ok(())
    }

    fn has_room(&self, jobs: &Jobs, at: usize) -> bool {
        let is_continuous = |at: usize| jobs.0.entries.get(at).is_some_and(Entry::is_continuous);
        let same = self.running.iter().filter(|running| is_continuous(running.entry) == is_continuous(at)).count();
        same < if is_continuous(at) { CONTINUOUS_AT_ONCE } else { AT_ONCE }
    }

    /// Begins an attempt on a thread of its own, unless somebody else runs the job.
    fn begin(&mut self, lead: &Held, at: usize, workspaces: &[Workspace], row: &RunRow) -> Result<(), DbError> {
        let jobs = self.jobs.clone();
        let Some(entry) = jobs.0.entries.get(at) else { return Ok(()) };
        let workspace = workspaces.iter().find(|workspace| workspace.id == row.workspace_id).cloned();
        let name = entry.lease(row.workspace_id);
        if jobs.0.db.read_blocking(|conn| lease::holder(conn, &name, jobs.0.pace.lease))?.is_some() {
            return Ok(());
        }
        let begun = jobs.0.db.write_blocking(|conn| -> Result<_, DbError> {
            if !lead.lease.prove(conn)? {
                lead.lose();
                return Ok(None);
            }
            let Some(lease) = jobs.take_job(conn, entry, row.workspace_id)? else { return Ok(None) };
            if !queries::begin(conn, row.id)? {
                lease.give_back(conn)?;
                return Ok(None);
            }
            Ok(queries::find(conn, row.id)?.map(|row| (lease, row)))
        })?;
        let Some((lease, row)) = begun else { return Ok(()) };
        let watch = Arc::<Watch>::default();
        let held = self.keeper.hold(lease, Some((row.id, watch.clone())));
        let attempt = Attempt { row: row.clone(), held: held.clone(), watch: watch.clone(), workspace };
        let give_up_at = Instant::now() + entry.about.timeout + jobs.0.pace.grace;
        let keeper = self.keeper.clone();
        let work = {
            let jobs = jobs.clone();
            move || {
                let Some(entry) = jobs.0.entries.get(at) else { return false };
                let (ending, _) = jobs.carry_out(&keeper, entry, attempt, entry.tries());
                jobs.wake();
                ending.state == State::Succeeded
            }
        };
        match std::thread::Builder::new().name(entry.about.name.into()).spawn(work) {
            Ok(thread) => self.running.push(Running { entry: at, row, held, watch, give_up_at, thread }),
            Err(error) => {
                tracing::error!(%error, job = entry.about.name, "no thread for a job");
                jobs.end(entry, &row, &held, &back_in_line(row.attempt), None)?;
            }
        }
        Ok(())
    }

    fn see_to_ended(&mut self) {
        for ended in self.running.extract_if(.., |running| running.thread.is_finished()) {
            let went_well = ended.thread.join().unwrap_or(false);
            self.plan.note(&self.jobs, ended.entry, ended.row.workspace_id, went_well);
        }
    }

    /// A run that does not listen goes on without its lease: what it writes is refused from now on.
    fn see_to_overdue(&mut self) -> Result<(), DbError> {
        let now = Instant::now();
        let jobs = self.jobs.clone();
        while let Some(at) = self.running.iter().position(|running| running.give_up_at <= now) {
            let Some(Running { entry, row, held, .. }) = self.running.get(at) else { break };
            let Some(known) = jobs.0.entries.get(*entry) else { break };
            let ending = overdue(row, known.tries(), known.about.timeout, &jobs.0.pace);
            tracing::error!(job = row.job, run = row.id, "a run does not stop though its time is up: it is cut off");
            jobs.end(known, row, held, &ending, None)?;
            self.plan.note(&jobs, *entry, row.workspace_id, false);
            self.running.swap_remove(at);
        }
        Ok(())
    }

    /// Lets another process lead, tells what runs to stop, and puts it back in line.
    fn drain(mut self) {
        let jobs = self.jobs.clone();
        for running in &self.running {
            running.watch.stop();
        }
        if let Some(lead) = self.held.take() {
            lead.lose();
            if let Err(error) = jobs.0.db.write_blocking(|conn| lead.lease.give_back(conn)) {
                tracing::warn!(%error, "another process leads the jobs only when the lease has ended");
            }
        }
        let until = Instant::now() + jobs.0.pace.grace;
        while self.running.iter().any(|running| !running.thread.is_finished()) && Instant::now() < until {
            std::thread::sleep(LOOK);
        }
        self.see_to_ended();
        for Running { entry, row, held, .. } in &self.running {
            let Some(entry) = jobs.0.entries.get(*entry) else { continue };
            tracing::warn!(
                job = row.job,
                run = row.id,
                "a run does not stop in time: it is cut off and put back in line"
            );
            if let Err(error) = jobs.end(entry, row, held, &back_in_line(row.attempt), None) {
                tracing::warn!(%error, job = row.job, run = row.id, "a run is taken over when its lease has ended");
            }
        }
    }
}

/// Puts a run back in line, or gives it up, when the process that ran it holds its lease no longer.
fn take_over(jobs: &Jobs, lead: &Held, entry: &Entry, row: &RunRow) -> Result<(), DbError> {
    let name = entry.lease(row.workspace_id);
    if jobs.0.db.read_blocking(|conn| lease::holder(conn, &name, jobs.0.pace.lease))?.is_some() {
        return Ok(());
    }
    jobs.0.db.write_blocking(|conn| {
        if !lead.lease.prove(conn)? {
            lead.lose();
            return Ok(());
        }
        match jobs.take_job(conn, entry, row.workspace_id)? {
            Some(lease) => lease.give_back(conn),
            None => Ok(()),
        }
    })
}
