//! Jobs in one process: planning, attempts, time-outs, stopping, history. Processes are in `jobs_replicas.rs`.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use takehold::auth::workspaces::{self, NewWorkspace};
use takehold::auth::{Workspace, WorkspaceKind};
use takehold::clock::Clock;
use takehold::db::schema::{job_runs, leases};
use takehold::db::{Db, DbConn, DbError, migrate};
use takehold::jobs::queries::{self, RunRow};
use takehold::jobs::{About, Job, JobError, Jobs, Leader, Misfire, Pace, Run, RunError, Schedule, Scope, Watch, take};

use crate::support::Store;

const DAY: i64 = 24 * 3_600_000_000;
/// A second of waiting is ten here.
pub const PACE: Pace = Pace {
    lease: Duration::from_millis(1_000),
    renew: Duration::from_millis(300),
    tick: Duration::from_millis(50),
    grace: Duration::from_millis(400),
    backoff: Duration::from_millis(50),
};

type Work = dyn Fn(&Run) -> Result<String, JobError> + Send + Sync;

/// A job that does what the test says.
pub struct TestJob {
    pub about: About,
    pub work: Box<Work>,
}

impl Job for TestJob {
    fn about(&self) -> About {
        self.about.clone()
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        (self.work)(run)
    }
}

/// A job of the installation that runs by hand, unless the test changes that.
pub fn about(name: &'static str) -> About {
    About {
        name,
        title: name,
        what: "Does what the test says.",
        schedule: Schedule::ByHand,
        scope: Scope::Installation,
        timeout: Duration::from_secs(60),
        attempts: 3,
        misfire: Misfire::RunLatest,
        builds_on: &[],
        takes_day: false,
    }
}

pub fn job(about: About, work: impl Fn(&Run) -> Result<String, JobError> + Send + Sync + 'static) -> Box<dyn Job> {
    Box::new(TestJob { about, work: Box::new(work) })
}

/// A migrated store with a clock that the test sets.
pub struct Bench {
    pub db: Db,
    now: Arc<AtomicI64>,
}

impl Bench {
    /// The clock stands at `now`, and the workspace `default` was made then.
    pub fn new(store: &Store, now: i64) -> Self {
        let db = Db::open(&store.url).unwrap();
        migrate::run(&db).unwrap();
        db.write_blocking(|conn| workspaces::ensure_default(conn, now)).unwrap();
        Self { db, now: Arc::new(AtomicI64::new(now)) }
    }

    fn set(&self, now: i64) {
        self.now.store(now, Ordering::Relaxed);
    }

    pub fn jobs(&self, list: Vec<Box<dyn Job>>) -> Jobs {
        let now = self.now.clone();
        let clock = Clock::from_fn(move || now.load(Ordering::Relaxed));
        Jobs::with_pace(self.db.clone(), clock, list, PACE).unwrap()
    }

    fn lead(&self, list: Vec<Box<dyn Job>>) -> (Jobs, Leader) {
        let jobs = self.jobs(list);
        let leader = jobs.start().unwrap();
        (jobs, leader)
    }

    pub fn ask(&self, jobs: &Jobs, name: &str) -> i64 {
        self.db.write_blocking(|conn| jobs.ask(conn, name, None, None, "a test")).unwrap().id
    }

    pub fn runs(&self, job: &str) -> Vec<RunRow> {
        let load = |conn: &mut DbConn| -> Result<Vec<RunRow>, DbError> {
            Ok(job_runs::table
                .filter(job_runs::job.eq(job))
                .order(job_runs::id)
                .select(RunRow::as_select())
                .load(conn)?)
        };
        self.db.read_blocking(load).unwrap()
    }

    pub fn run(&self, id: i64) -> RunRow {
        self.db.read_blocking(|conn| queries::find(conn, id)).unwrap().unwrap()
    }

    /// Waits for a run to come to one of these states.
    #[track_caller]
    pub fn until(&self, id: i64, states: &[&str]) -> RunRow {
        let mut row = self.run(id);
        wait_for(|| {
            row = self.run(id);
            states.contains(&row.state.as_str())
        });
        row
    }
}

/// Waits until something holds; half a minute is for a machine that is busy with other things.
#[track_caller]
pub fn wait_for(mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < until, "it never came to hold");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn at(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

both_engines! {
    fn a_lease_has_one_holder_and_its_term_grows(store: &Store) {
        let bench = Bench::new(store, 0);
        let (db, length) = (&bench.db, Duration::from_millis(300));
        let take = |who: &str| db.write_blocking(|conn| take(conn, "a", who, length)).unwrap();
        let first = take("first").unwrap();
        assert_eq!((first.term, take("second"), take("first")), (1, None, None));
        let mut second = None;
        wait_for(|| { second = take("second"); second.is_some() });
        let second = second.unwrap();
        assert_eq!(second.term, 2);
        let prove = |lease: &takehold::jobs::Lease| db.write_blocking(|conn| lease.prove(conn)).unwrap();
        assert!(!prove(&first) && prove(&second));
        // What the first gives back is not its own any more.
        db.write_blocking(|conn| first.give_back(conn)).unwrap();
        assert!(prove(&second) && take("third").is_none());
        db.write_blocking(|conn| second.give_back(conn)).unwrap();
        assert!(!prove(&second));
        assert!(take("third").unwrap().term > second.term);
        // The database's clock was set back by an hour since: nobody waits for that hour.
        db.write_blocking(|conn| {
            let ahead = leases::expires_at.eq(leases::expires_at + DAY / 24);
            Ok::<_, DbError>(diesel::update(leases::table).set(ahead).execute(conn)?)
        }).unwrap();
        assert!(take("fourth").is_some());
    }
}

both_engines! {
    fn whoever_proves_a_lease_keeps_it_until_the_transaction_ends(store: &Store) {
        let bench = Bench::new(store, 0);
        let length = Duration::from_millis(100);
        let lease = bench.db.write_blocking(|conn| take(conn, "a", "first", length)).unwrap().unwrap();
        let (tell, hear) = std::sync::mpsc::channel();
        let db = bench.db.clone();
        let writer = std::thread::spawn(move || db.write_blocking(|conn| {
            assert!(lease.prove(conn)?);
            tell.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(400));
            Ok::<_, DbError>(Instant::now())
        }).unwrap());
        hear.recv().unwrap();
        // A connection of its own, as another process has.
        let other = Db::open(&store.url).unwrap();
        wait_for(|| other.write_blocking(|conn| take(conn, "a", "second", length)).unwrap().is_some());
        assert!(Instant::now() >= writer.join().unwrap(), "taken while the holder was writing");
    }
}

both_engines! {
    fn a_fire_time_is_planned_once_whatever_the_clock_does(store: &Store) {
        let bench = Bench::new(store, at("2026-11-20T12:00:00Z"));
        let daily = || Schedule::Cron("0 2 * * *".into());
        let seen = Arc::new(AtomicU32::new(0));
        let count = seen.clone();
        let work = move |_: &Run| { count.fetch_add(1, Ordering::Relaxed); Ok("done".into()) };
        let (_jobs, leader) = bench.lead(vec![
            job(About { schedule: daily(), ..about("made-up") }, work),
            job(About { schedule: daily(), misfire: Misfire::Skip, ..about("skipped") }, |_| Ok("done".into())),
            job(about("probe"), |_| Ok("done".into())),
        ]);
        let fires = |job: &str| -> Vec<(String, String)> {
            let shown = |at: i64| jiff::Timestamp::from_microsecond(at).unwrap().to_string();
            bench.runs(job).into_iter().map(|row| (shown(row.fire_at), row.state)).collect()
        };
        let settled = |job: &str, runs: usize| {
            wait_for(|| fires(job).len() >= runs && fires(job).iter().all(|(_, state)| state == "succeeded" || state == "skipped"));
        };
        // Planning has looked at this instant once the leader has seen to a run that was asked for after it was set.
        let looked = |now: &str| {
            bench.set(at(now));
            let id = bench.ask(&_jobs, "probe");
            bench.until(id, &["succeeded"]);
        };
        let expect = |runs: &[(&str, &str)]| runs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
        looked("2026-11-21T01:59:59Z");
        assert!(fires("made-up").is_empty(), "nothing is due before its time, nor from before the workspace was made");
        looked("2026-11-21T02:00:00Z");
        settled("made-up", 1);
        let mut wanted = vec![("2026-11-21T02:00:00Z", "succeeded")];
        assert_eq!(fires("made-up"), expect(&wanted));
        settled("skipped", 1);
        assert_eq!(fires("skipped"), expect(&wanted));
        // Back by a day and on again: nothing twice.
        for now in ["2026-11-20T02:00:30Z", "2026-11-20T23:00:00Z", "2026-11-21T02:00:00Z", "2026-11-21T09:00:00Z"] {
            looked(now);
        }
        assert_eq!(fires("made-up").len(), 1);
        // Forward by ten days: the latest is made up for, or written down as skipped.
        looked("2026-12-01T09:00:00Z");
        settled("made-up", 2);
        wanted.push(("2026-12-01T02:00:00Z", "succeeded"));
        assert_eq!(fires("made-up"), expect(&wanted));
        settled("skipped", 2);
        assert_eq!(fires("skipped").last().unwrap(), &("2026-12-01T02:00:00Z".to_owned(), "skipped".to_owned()));
        // A clock that was wrong by years does not silence a job for years.
        looked("2036-01-01T00:00:00Z");
        settled("made-up", 3);
        looked("2026-12-02T02:00:00Z");
        settled("made-up", 4);
        assert_eq!(fires("made-up").last().unwrap().0, "2026-12-02T02:00:00Z");
        drop(leader);
        assert_eq!(seen.load(Ordering::Relaxed), 4, "each ran once");
        // Another leader, the same instant: nothing twice.
        let (jobs, _leader) = bench.lead(vec![
            job(About { schedule: daily(), ..about("made-up") }, |_| Ok("done".into())),
            job(about("probe"), |_| Ok("done".into())),
        ]);
        let probe = bench.ask(&jobs, "probe");
        bench.until(probe, &["succeeded"]);
        assert_eq!(fires("made-up").len(), 4);
    }
}

both_engines! {
    fn each_workspace_has_its_own_days(store: &Store) {
        let made = at("2026-03-28T12:00:00Z");
        let bench = Bench::new(store, made);
        let new = NewWorkspace { slug: "berlin", name: "Berlin", kind: WorkspaceKind::Vendor, time_zone: "Europe/Berlin" };
        bench.db.write_blocking(|conn| workspaces::create(conn, &new, made)).unwrap();
        let places = Arc::new(Mutex::new(Vec::new()));
        let noted = places.clone();
        // The clocks of Berlin skip 02:30 on that day.
        let nightly = About { schedule: Schedule::Cron("30 2 * * *".into()), scope: Scope::Workspace, ..about("nightly") };
        let (_jobs, _leader) = bench.lead(vec![job(nightly, move |run| {
            let slug = run.workspace()?.slug.clone();
            noted.lock().unwrap().push((slug, jiff::Timestamp::from_microsecond(run.fire_at).unwrap().to_string()));
            Ok("done".into())
        })]);
        bench.set(at("2026-03-29T02:29:00Z"));
        wait_for(|| places.lock().unwrap().len() == 1);
        bench.set(at("2026-03-29T02:30:00Z"));
        wait_for(|| places.lock().unwrap().len() == 2);
        let expected = [("berlin", "2026-03-29T01:00:00Z"), ("default", "2026-03-29T02:30:00Z")];
        assert_eq!(*places.lock().unwrap(), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}

both_engines! {
    fn a_run_is_tried_again_so_often_and_no_more(store: &Store) {
        let bench = Bench::new(store, 0);
        let calls = Arc::new(AtomicU32::new(0));
        let count = calls.clone();
        let (jobs, _leader) = bench.lead(vec![
            job(about("third-time"), move |_| match count.fetch_add(1, Ordering::Relaxed) {
                2 => Ok("at last".into()),
                n => Err(JobError::Retry(format!("not yet {n}"))),
            }),
            job(about("never"), |_| Err(JobError::Retry("the host does not answer".into()))),
            job(about("wrong"), |_| Err(JobError::GiveUp("no folder is set".into()))),
            job(about("broken"), |_| panic!("a defect, as this test wants it")),
        ]);
        let ended = |name: &str| {
            let row = bench.until(bench.ask(&jobs, name), &["succeeded", "failed"]);
            (row.state, row.attempt, row.message.unwrap_or_default())
        };
        assert_eq!(ended("third-time"), ("succeeded".into(), 3, "at last".into()));
        assert_eq!(ended("never"), ("failed".into(), 3, "the host does not answer".into()));
        assert_eq!(ended("wrong"), ("failed".into(), 1, "no folder is set".into()));
        let (state, attempts, message) = ended("broken");
        assert_eq!((state.as_str(), attempts), ("failed", 3));
        assert!(message.contains("defect"), "{message}");
        let failures = bench.db.read_blocking(|conn| jobs.overview(conn)).unwrap();
        let failures: Vec<i64> = failures.items.iter().map(|one| one.failures_since).collect();
        assert_eq!(failures, [0, 1, 1, 1]);
    }
}

both_engines! {
    fn a_run_that_takes_too_long_is_ended_whether_it_listens_or_not(store: &Store) {
        let bench = Bench::new(store, 0);
        let timeout = Duration::from_millis(200);
        let refused = Arc::new(Mutex::new(None));
        let told = refused.clone();
        let (jobs, _leader) = bench.lead(vec![
            job(About { timeout, attempts: 1, ..about("listens") }, |run| loop {
                run.check()?;
                std::thread::sleep(Duration::from_millis(5));
            }),
            job(About { timeout, attempts: 1, ..about("deaf") }, move |run| {
                while !told_to_end(run) {
                    std::thread::sleep(Duration::from_millis(5));
                }
                let wrote = run.write(|conn| Ok(diesel::delete(job_runs::table).execute(conn)?));
                *told.lock().unwrap() = Some(matches!(wrote, Err(JobError::Stopped)));
                Ok("late".into())
            }),
        ]);
        for name in ["listens", "deaf"] {
            let row = bench.until(bench.ask(&jobs, name), &["succeeded", "failed"]);
            assert_eq!(row.state, "failed", "{row:?}");
            assert_eq!(row.message.as_deref(), Some("it took longer than 0.2 seconds"));
        }
        // It found out only after it had been cut off, and could write nothing.
        wait_for(|| refused.lock().unwrap().is_some());
        assert_eq!(*refused.lock().unwrap(), Some(true));
        assert_eq!(bench.runs("deaf").len(), 1);
        // Its place is free again.
        assert_eq!(bench.until(bench.ask(&jobs, "listens"), &["failed"]).attempt, 1);
    }
}

/// Sees the lease gone without asking whether to go on.
fn told_to_end(run: &Run) -> bool {
    matches!(run.check(), Err(JobError::Stopped))
}

both_engines! {
    fn a_stopped_run_goes_on_elsewhere_and_the_attempt_does_not_count(store: &Store) {
        let bench = Bench::new(store, 0);
        let list = |deaf: bool| vec![job(About { attempts: 1, ..about("long") }, move |run| {
            let until = Instant::now() + Duration::from_secs(20);
            while Instant::now() < until {
                if !deaf { run.check()?; }
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok("never".into())
        })];
        let (jobs, leader) = bench.lead(list(false));
        let id = bench.ask(&jobs, "long");
        assert_eq!(bench.until(id, &["running"]).attempt, 1);
        let begun = Instant::now();
        drop(leader);
        assert!(begun.elapsed() < PACE.grace, "it listens, so nobody waits");
        assert_eq!((bench.run(id).state.as_str(), bench.run(id).attempt), ("queued", 0));
        // One that does not listen is cut off.
        let (_, leader) = bench.lead(list(true));
        assert_eq!(bench.until(id, &["running"]).attempt, 1);
        drop(leader);
        assert_eq!((bench.run(id).state.as_str(), bench.run(id).attempt), ("queued", 0));
        // The lease was given back: the next one leads and runs at once.
        let begun = Instant::now();
        let (_, _leader) = bench.lead(vec![job(about("long"), |_| Ok("done".into()))]);
        assert_eq!(bench.until(id, &["succeeded"]).attempt, 1);
        assert!(begun.elapsed() < PACE.lease, "nobody waited for a lease to end");
    }
}

both_engines! {
    fn what_a_job_builds_on_is_run_before_it(store: &Store) {
        let bench = Bench::new(store, 0);
        let order = Arc::new(Mutex::new(Vec::new()));
        let note = |name: &'static str| {
            let order = order.clone();
            move |run: &Run| {
                order.lock().unwrap().push((name, run.as_of));
                if name == "b" && run.as_of.is_none() { Err(JobError::Retry("no day".into())) } else { Ok(name.into()) }
            }
        };
        let jobs = bench.jobs(vec![
            job(About { scope: Scope::Workspace, takes_day: true, ..about("a") }, note("a")),
            job(About { scope: Scope::Workspace, takes_day: true, builds_on: &["a"], ..about("b") }, note("b")),
            job(About { builds_on: &["b"], takes_day: true, ..about("c") }, note("c")),
        ]);
        let watch = Arc::<Watch>::default();
        assert_eq!(jobs.run_now("c", None, Some(0), &watch).unwrap().message, "c");
        assert_eq!(*order.lock().unwrap(), [("a", Some(0)), ("b", Some(0)), ("c", Some(0))]);
        let failed = jobs.run_now("c", None, None, &watch).unwrap_err();
        assert!(failed.to_string().contains("builds on b, which failed: no day"), "{failed}");
        assert_eq!(bench.runs("c").iter().map(|row| row.state.as_str()).collect::<Vec<_>>(), ["succeeded", "failed"]);
        let workspace: Workspace = bench.db.read_blocking(|conn| workspaces::get(conn, "default")).unwrap();
        let refused = |name: &str, workspace: Option<&Workspace>, day| {
            jobs.run_now(name, workspace.cloned(), day, &watch).unwrap_err().to_string()
        };
        assert!(refused("d", None, None).contains("there are a, b, c"));
        assert!(refused("a", None, None).contains("name it"));
        assert!(refused("c", Some(&workspace), None).contains("leave the workspace out"));
        assert!(refused("a", Some(&workspace), Some(30_000)).contains("a day to come"));
    }
}

both_engines! {
    fn of_continuous_runs_the_last_and_the_failed_are_kept(store: &Store) {
        let bench = Bench::new(store, 0);
        let turns = Arc::new(AtomicU32::new(0));
        let count = turns.clone();
        let every = About { schedule: Schedule::Every(Duration::from_millis(20)), ..about("every") };
        let (jobs, _leader) = bench.lead(vec![job(every, move |_| match count.fetch_add(1, Ordering::Relaxed) {
            3 => Err(JobError::Retry("once".into())),
            n => Ok(format!("turn {n}")),
        })]);
        wait_for(|| turns.load(Ordering::Relaxed) > 8);
        let rows = bench.runs("every");
        let count = |state: &str| rows.iter().filter(|row| row.state == state).count();
        assert_eq!((count("failed"), count("succeeded")), (1, 1), "{rows:?}");
        assert!(rows.len() <= 3, "and one that is at work");
        // What somebody asks for stays.
        let id = wait_until_asked(&bench, &jobs, "every");
        bench.until(id, &["succeeded"]);
        let before = turns.load(Ordering::Relaxed);
        wait_for(|| turns.load(Ordering::Relaxed) > before + 3);
        assert_eq!(bench.run(id).state, "succeeded");
    }
}

/// A continuous job may be at work just when it is asked for.
fn wait_until_asked(bench: &Bench, jobs: &Jobs, name: &str) -> i64 {
    let mut id = None;
    wait_for(|| {
        match bench.db.write_blocking(|conn| jobs.ask(conn, name, None, None, "a test")) {
            Ok(row) => id = Some(row.id),
            Err(RunError::Open(_)) => {}
            Err(error) => panic!("{error}"),
        }
        id.is_some()
    });
    id.unwrap()
}

both_engines! {
    fn old_runs_are_forgotten_and_the_newest_of_the_schedule_stays(store: &Store) {
        let bench = Bench::new(store, at("2026-11-20T00:00:00Z"));
        let daily = About { schedule: Schedule::Cron("0 2 * * *".into()), ..about("daily") };
        let (jobs, leader) = bench.lead(vec![job(daily, |_| Ok("done".into()))]);
        for day in 1..4_usize {
            bench.set(at("2026-11-20T03:00:00Z") + i64::try_from(day).unwrap() * DAY);
            wait_for(|| bench.runs("daily").iter().filter(|row| row.state == "succeeded").count() == day);
        }
        let asked = bench.ask(&jobs, "daily");
        bench.until(asked, &["succeeded"]);
        drop(leader);
        let forgotten = bench.db.write_blocking(|conn| queries::forget(conn, queries::INSTALLATION, i64::MAX)).unwrap();
        assert_eq!(forgotten, 3);
        let left = bench.runs("daily");
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].fire_at, at("2026-11-23T02:00:00Z"));
    }
}

#[test]
fn a_list_that_cannot_be_is_refused() {
    let store = Store::sqlite();
    let bench = Bench::new(&store, 0);
    let refused = |list: Vec<About>| {
        let list = list.into_iter().map(|about| job(about, |_| Ok(String::new()))).collect();
        Jobs::new(bench.db.clone(), Clock::system(), list).map(drop).unwrap_err()
    };
    assert!(refused(vec![about("a"), about("a")]).contains("two jobs are called a"));
    assert!(refused(vec![About { builds_on: &["b"], ..about("a") }, about("b")]).contains("does not stand above"));
    let wrong = refused(vec![About { schedule: Schedule::Cron("daily".into()), ..about("a") }]);
    assert!(wrong.contains("schedule of job a") && wrong.contains("0 2 * * *"), "{wrong}");
}
