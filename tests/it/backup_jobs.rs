//! Backups by the clock and from the console.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use takehold::auth::Role;

use crate::support::{Actor, Stage, Store, TestApp, out, refused, run, takehold};

/// An appliance that keeps its backups beside its data, whichever engine holds it.
struct Kept(TestApp);

impl Stage for Kept {
    fn on(store: Store) -> Self {
        let folder = store.folder.path().join("kept");
        Self(TestApp::with(store, |config| {
            config.backup.folder = Some(folder);
            config.backup.keep = 2;
        }))
    }
}

fn until(what: &str, mut found: impl FnMut() -> Option<Value>) -> Value {
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        if let Some(found) = found() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what} did not happen");
}

/// The next run of a job that ends after it was asked for.
fn ended(actor: &Actor, job: &str, id: &Value) -> Value {
    until(job, || {
        let runs = actor.get(&format!("/api/v1/system/jobs/{job}/runs")).json();
        let run = runs["items"].as_array().unwrap().iter().find(|run| &run["id"] == id)?.clone();
        run["ended_at"].is_string().then_some(run)
    })
}

both_engines! {
    fn backups_are_taken_listed_and_tried(kept: &Kept) {
        let app = &kept.0;
        let owner = app.user(Role::Owner);
        let page = owner.get("/api/v1/system/backups").json();
        assert!(page["folder"].as_str().unwrap().ends_with("/kept"), "{page}");
        assert_eq!((&page["keep"], &page["encrypted"], &page["last_drill"]), (&json!(2), &json!(false), &Value::Null));
        assert!(page["next_at"].as_str().unwrap().contains("T02:00:00"), "{page}");
        let before = page["items"].as_array().unwrap().len();
        for _ in 0..3 {
            let asked = owner.post("/api/v1/system/backups", &json!({}));
            assert_eq!(asked.status, 202, "{}", asked.text());
            let run = ended(&owner, "backup", &asked.json()["id"]);
            assert_eq!(run["state"], "succeeded", "{run}");
            assert!(run["message"].as_str().unwrap().contains("read back whole"), "{run}");
            app.pass(61_000_000);
        }
        let page = owner.get("/api/v1/system/backups").json();
        assert_eq!(page["items"].as_array().unwrap().len(), 2, "{before} before, {page}");
        let newest = &page["items"][0];
        assert!(newest["verified_at"].is_string() && newest["problem"].is_null() && newest["rows"].as_u64() > Some(3), "{newest}");
        let asked = owner.post("/api/v1/system/jobs/restore-drill/runs", &json!({}));
        let run = ended(&owner, "restore-drill", &asked.json()["id"]);
        assert_eq!(run["state"], "succeeded", "{run}");
        let drill = owner.get("/api/v1/system/backups").json()["last_drill"].clone();
        assert_eq!(drill["ok"], true);
        assert!(drill["message"].as_str().unwrap().contains(newest["name"].as_str().unwrap()), "{drill}");
        let viewer = app.user(Role::Viewer);
        assert_eq!(viewer.get("/api/v1/system/backups").status, 403);
        assert_eq!(viewer.post("/api/v1/system/backups", &json!({})).status, 403);
    }
}

#[test]
fn without_a_folder_nothing_is_taken() {
    let app = TestApp::on_store(Store::postgres());
    let owner = app.user(Role::Owner);
    let page = owner.get("/api/v1/system/backups").json();
    assert_eq!((&page["folder"], &page["next_at"]), (&Value::Null, &Value::Null));
    assert_eq!(owner.post("/api/v1/system/backups", &json!({})).problem(), (409, "backup_folder".into()));
}

#[test]
fn jobs_run_by_hand_and_say_what_is_wrong() {
    let store = Store::sqlite();
    assert!(run(&store, &["migrate"]).status.success());
    let drilled = run(&store, &["jobs", "run", "restore-drill"]);
    assert_eq!(drilled.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&drilled.stderr).contains("there is no backup"));
    let taken = run(&store, &["jobs", "run", "backup"]);
    assert!(out(&taken).contains("read back whole"), "{}", String::from_utf8_lossy(&taken.stderr));
    assert!(out(&run(&store, &["jobs", "run", "restore-drill"])).contains("restored aside"));
    let gone = takehold(&store).args(["jobs", "run", "backup"]).env("TAKEHOLD_BACKUP__FOLDER", "/proc/none").output();
    let gone = gone.unwrap();
    assert_eq!(gone.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&gone.stderr).contains("/proc/none"));
    let with = |name: &str, value: &str| takehold(&store).args(["jobs", "list"]).env(name, value).output().unwrap();
    refused(&with("TAKEHOLD_BACKUP__SCHEDULE", "at night"), "backup.schedule");
    refused(&with("TAKEHOLD_BACKUP__KEEP", "0"), "TAKEHOLD_BACKUP__KEEP");
    assert!(with("TAKEHOLD_BACKUP__KEEP", "3").status.success());
}
