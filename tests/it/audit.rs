//! The audit log: every change stands in it, and no row can be changed, removed or inserted unseen.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use takehold::audit::{self, Damage, Entry, Origin};
use takehold::auth::Role;
use takehold::db::schema::audit_head;
use takehold::db::{Db, DbError, migrate};
use takehold::on_both;

use crate::support::{Actor, PASSWORD, Store, TestApp, out, run};

const DEFAULT: &str = "/api/v1/workspaces/default";

fn head(app: &TestApp) -> i64 {
    app.state.db.read_blocking(|c| Ok::<_, DbError>(audit_head::table.select(audit_head::rows).first(c)?)).unwrap()
}

fn rows(actor: &Actor, query: &str) -> Vec<Value> {
    let answer = actor.get(&format!("/api/v1/audit?limit=500&{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

/// Routes that change nothing worth a row, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("post /api/v1/welcome", "only looks at a link"),
    ("post /api/v1/workspaces/{workspace}/inspector/test-event", "sends an event; events are the log of themselves"),
];

/// A call of each route that changes something, in an order in which each succeeds; `{…}` stands for what came before.
fn calls() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("post /api/v1/workspaces", "", json!({ "slug": "acme", "name": "Acme" })),
        ("patch /api/v1/workspaces/{workspace}", "", json!({ "name": "Home" })),
        ("post /api/v1/workspaces/{workspace}/write-keys", "", json!({ "name": "k" })),
        ("post /api/v1/workspaces/{workspace}/write-keys/{id}/rotate", "", json!({})),
        ("delete /api/v1/workspaces/{workspace}/write-keys/{id}", "", Value::Null),
        ("post /api/v1/workspaces/{workspace}/tokens", "", json!({ "name": "t", "role": "viewer" })),
        ("post /api/v1/workspaces/{workspace}/tokens/{id}/rotate", "", json!({ "overlap_hours": 1 })),
        ("delete /api/v1/workspaces/{workspace}/tokens/{id}", "", Value::Null),
        ("patch /api/v1/workspaces/{workspace}/apps/{app}", "CRM", json!({ "tags": ["sales"] })),
        ("delete /api/v1/workspaces/{workspace}/people/{external_id}/merged/{merged_id}", "ada/anon", Value::Null),
        ("put /api/v1/workspaces/{workspace}/people/{external_id}/merged/{merged_id}", "ada/anon", Value::Null),
        ("post /api/v1/system/jobs/{name}/runs", "retention", json!({})),
        ("post /api/v1/system/backups", "", json!({})),
        ("put /api/v1/users/{id}/roles", "ada", json!({ "workspace": "default", "role": "success" })),
        ("post /api/v1/users/{id}/password-link", "ada", json!({})),
        ("delete /api/v1/users/{id}/sessions", "ada", Value::Null),
        ("post /api/v1/users/{id}/disable", "ada", json!({})),
        ("post /api/v1/users/{id}/enable", "ada", json!({})),
        ("post /api/v1/invitations", "", json!({ "email": "x@example.com", "workspace": "default", "role": "viewer" })),
        ("delete /api/v1/invitations/{id}", "", Value::Null),
        ("delete /api/v1/sessions/{id}", "", Value::Null),
    ]
}

/// Those that are about signing in, which [`signing_in_and_out_is_written_down`] tries, and those of other files.
const ELSEWHERE: &[&str] =
    &["post /api/v1/session", "delete /api/v1/session", "post /api/v1/setup", "post /api/v1/welcome/accept"];

fn every_route_leaves_a_row(store: Store) {
    let app = &TestApp::with(store, |config| config.backup.folder = Some(config.data_dir().join("backups")));
    let api: Value = serde_json::from_str(&takehold::app::openapi::document()).unwrap();
    let mut all = BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        let writes = item.as_object().unwrap().keys().filter(|method| *method != "get");
        all.extend(writes.map(|method| format!("{method} {path}")));
    }
    let owner = app.user(Role::Owner);
    app.make_user("ada@example.com", Role::Viewer, "default");
    app.browser("ada@example.com");
    let ada = owner.get("/api/v1/users?q=ada").json()["items"][0]["id"].clone();
    let key = app.write_key("k");
    for call in [
        json!({ "type": "track", "event": "Open", "anonymousId": "anon", "context": { "app": "CRM" } }),
        json!({ "type": "identify", "userId": "ada", "anonymousId": "anon", "context": { "app": "CRM" } }),
    ] {
        let someone = app.stranger();
        let path = format!("/v1/{}", call["type"].as_str().unwrap());
        assert_eq!(
            someone.send(someone.request(Method::POST, &path).basic_auth(&key, Some("")).json(&call)).status,
            200
        );
    }
    let mut last = Value::Null;
    for (route, given, body) in calls() {
        assert!(all.remove(route), "{route} is no route, or tried twice");
        let (method, path) = route.split_once(' ').unwrap();
        let (mut path, mut given) = (path.replace("{workspace}", "default"), given.split('/'));
        while let Some((before, after)) = path.clone().split_once('{') {
            let (_, after) = after.split_once('}').unwrap();
            let value = match given.next().filter(|given| !given.is_empty()) {
                Some("ada") if path.contains("/users/") => ada.to_string(),
                Some(given) => given.to_owned(),
                None if path.contains("/sessions/") => {
                    app.browser("ada@example.com");
                    let sessions = owner.get("/api/v1/sessions").json()["items"].as_array().unwrap().clone();
                    let of_ada = sessions.iter().find(|one| one["user"]["email"] == "ada@example.com").unwrap();
                    of_ada["id"].as_str().unwrap().to_owned()
                }
                None => last.to_string(),
            };
            path = format!("{before}{value}{after}");
        }
        let before = head(app);
        let request = owner.request(method.to_uppercase().parse().unwrap(), &path).header("x-takehold-request", "1");
        let answer = owner.send(if body.is_null() { request } else { request.json(&body) });
        assert!((200..300).contains(&answer.status), "{route}: {}", answer.text());
        assert!(head(app) > before, "{route} left no row");
        if let Some(id) = serde_json::from_slice::<Value>(&answer.body).ok().and_then(|made| made.get("id").cloned()) {
            last = id;
        }
    }
    let known = EXCEPTIONS.iter().map(|(route, _)| *route).chain(ELSEWHERE.iter().copied());
    known.for_each(|route| assert!(all.remove(route), "{route} is no route"));
    // Sign-on and what is about oneself are tried with a provider and a directory, requests about people in `privacy`.
    let elsewhere =
        ["/auth/", "/api/v1/me", "/sign-in-sources", "/group-mappings", "/identities", "/unmask", "/privacy-"];
    all.retain(|route| !elsewhere.iter().any(|part| route.contains(part)));
    assert!(all.is_empty(), "these routes are neither tried nor excepted: {all:?}");
    // What is kept of it: who, from where, and nothing secret or of observed people.
    let kept = rows(&owner, "");
    let merged = kept.iter().find(|row| row["action"] == "people.merged").unwrap();
    assert!(merged["target"].as_str().unwrap().starts_with("p-"), "{merged}");
    let created = kept.iter().find(|row| row["action"] == "token.created").unwrap();
    assert_eq!(
        (&created["actor"], &created["actor_kind"], &created["address"]),
        (&json!("owner@example.com"), &json!("user"), &json!("127.0.0.1"))
    );
    assert!(created["request_id"].as_str().is_some_and(|id| !id.is_empty()));
    let changed = kept.iter().find(|row| row["action"] == "workspace.changed").unwrap();
    assert_eq!(changed["detail"], json!({ "name": ["Default", "Home"] }));
    let granted = kept.iter().find(|row| row["action"] == "role.granted").unwrap();
    assert_eq!((&granted["detail"]["role"], &granted["workspace"]), (&json!(["viewer", "success"]), &json!("default")));
    let verdict = app.state.db.snapshot(|c| audit::verify(c, |_, _| Ok::<_, DbError>(()))).unwrap();
    assert!(verdict.ok, "{verdict:?}");
    app.state
        .db
        .read_blocking(|c| {
            use takehold::db::schema::audit_log;
            let texts: Vec<(String, String)> =
                audit_log::table.select((audit_log::target, audit_log::detail)).load(c)?;
            for (target, detail) in texts {
                for secret in ["thk_", "thw_", "ths_", "thi_", "argon2"] {
                    // A prefix of ten letters is how people tell their keys apart.
                    let long = detail.split('"').any(|word| word.starts_with(secret) && word.len() > 12);
                    assert!(!long && !target.contains(secret), "{target}: {detail}");
                }
                assert!(!detail.contains("anon") && target != "ada", "{target}: {detail}");
            }
            Ok::<_, DbError>(())
        })
        .unwrap();
}

#[test]
fn every_route_that_changes_something_leaves_a_row_on_sqlite() {
    every_route_leaves_a_row(Store::sqlite());
}

#[test]
fn every_route_that_changes_something_leaves_a_row_on_postgres() {
    every_route_leaves_a_row(Store::postgres());
}

both_engines! {
    fn signing_in_and_out_is_written_down(app: &TestApp) {
        app.make_user("ada@example.com", Role::Owner, "default");
        let someone = app.stranger();
        assert_eq!(someone.sign_in("ada@example.com", "wrong password").status, 401);
        assert_eq!(someone.sign_in("nobody@example.com", PASSWORD).status, 401);
        let ada = app.browser("ada@example.com");
        app.browser("ada@example.com").delete("/api/v1/session");
        let of = |action: &str| rows(&ada, &format!("action={action}"));
        let refused = of("session.refused");
        assert_eq!(refused.len(), 2);
        assert_eq!((&refused[0]["actor_kind"], &refused[0]["actor"]), (&json!("nobody"), &json!("nobody@example.com")));
        assert_eq!((of("session.started").len(), of("session.ended").len()), (2, 1));
        assert_eq!(of("session.").len(), 5, "a dot at the end takes all that begin so");
        let text = ada.get("/api/v1/audit?limit=500").text();
        assert!(!text.contains("wrong password") && !text.contains(PASSWORD));
    }
}

both_engines! {
    fn the_log_is_searched_paged_and_exported(app: &TestApp) {
        let owner = app.user(Role::Owner);
        for n in 0..7 {
            assert_eq!(owner.post(&format!("{DEFAULT}/write-keys"), &json!({ "name": format!("50%_key {n}") })).status, 201);
        }
        let first = owner.get("/api/v1/audit?limit=3&action=write_key.created").json();
        let next = owner.get(&format!("/api/v1/audit?limit=500&action=write_key.created&cursor={}", first["next_cursor"].as_str().unwrap())).json();
        let ids: Vec<i64> = [&first, &next].iter().flat_map(|page| page["items"].as_array().unwrap()).map(|row| row["id"].as_i64().unwrap()).collect();
        assert_eq!(ids.len(), 7);
        assert!(ids.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {ids:?}");
        assert_eq!(rows(&owner, "q=50%25_KEY%203").len(), 1, "what is typed stands for itself");
        assert_eq!(rows(&owner, "q=5%25key").len(), 0);
        assert_eq!(rows(&owner, "actor=OWNER@&action=write_key.created").len(), 7);
        assert_eq!(rows(&owner, "workspace=default&action=write_key.created").len(), 7);
        let today = jiff::Timestamp::from_microsecond(app.now()).unwrap().strftime("%Y-%m-%d").to_string();
        assert_eq!(rows(&owner, &format!("from={today}&to={today}&action=write_key.created")).len(), 7);
        assert_eq!(rows(&owner, "to=2020-01-01").len(), 0);
        for wrong in ["from=soon", "workspace=nowhere", "cursor=x", "limit=0"] {
            assert_eq!(owner.get(&format!("/api/v1/audit?{wrong}")).problem(), (422, "bad_query".into()), "{wrong}");
        }
        let csv = |path: &str| owner.send(owner.request(Method::GET, path).header("accept", "text/csv"));
        let file = csv("/api/v1/audit?action=write_key.created");
        assert_eq!(file.text().lines().count(), 8);
        // Every list that leaves is written down, by whichever room; what may name a person is left out.
        assert_eq!(csv(&format!("{DEFAULT}/people?q=ada@example.com&sort=events")).status, 200);
        assert_eq!(csv("/api/v1/users").status, 200);
        assert_eq!(csv(&format!("{DEFAULT}/people?q=ada&sort=nothing")).status, 422);
        let exports = rows(&owner, "action=export.made");
        let targets: Vec<&str> = exports.iter().map(|row| row["target"].as_str().unwrap()).collect();
        assert_eq!(targets, ["users", "people", "audit"]);
        assert_eq!(exports[1]["detail"]["query"], json!({ "q": "…", "sort": "events" }));
        assert_eq!(exports[1]["workspace"], "default");
        assert_eq!(exports[2]["detail"]["rows"], 7);
        let state = owner.get("/api/v1/audit/state").json();
        assert_eq!(state["rows"], head(app));
        assert_eq!((&state["verified_through"], &state["syslog"]), (&Value::Null, &Value::Null));
    }
}

/// A store with a few rows of the log.
fn logged(store: &Store, rows: i64) -> Db {
    let db = Db::open(&store.url).unwrap();
    migrate::run(&db).unwrap();
    for n in 0..rows {
        let target = format!("thing {n}");
        let entry = Entry { workspace: None, action: "test.done", target: &target, detail: json!({ "n": n }) };
        db.write_blocking(|c| audit::record(c, &Origin::system("test"), entry, 1_000 + n)).unwrap();
    }
    db
}

both_engines! {
    fn the_first_wrong_row_is_named_and_the_verb_fails(store: &Store) {
        let db = logged(store, 6);
        let sql = |text: &str| on_both!(&mut db.dedicated().unwrap(), |c| c.batch_execute(text)).unwrap();
        let look = || {
            let verdict = db.snapshot(|c| audit::verify(c, |_, _| Ok::<_, DbError>(()))).unwrap();
            verdict.wrong.map(|fault| (fault.row, fault.damage))
        };
        let verify = |args: &[&str]| run(store, &[&["audit", "verify"], args].concat());
        assert_eq!(look(), None);
        let whole = verify(&[]);
        assert!(whole.status.success() && out(&whole).contains("6 rows, each as it was written"), "{}", out(&whole));
        sql("CREATE TABLE kept AS SELECT * FROM audit_log; CREATE TABLE kept_head AS SELECT * FROM audit_head");
        let restore = "DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept; \
                       DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head;";
        for (change, row, damage, word) in [
            ("UPDATE audit_log SET detail = '{}' WHERE id = 3", 3, Damage::Changed, "changed"),
            ("UPDATE audit_log SET actor = 'somebody' WHERE id = 1", 1, Damage::Changed, "changed"),
            ("UPDATE audit_log SET address = '' WHERE id = 2", 2, Damage::Changed, "changed"),
            ("UPDATE audit_log SET at = at + 1 WHERE id = 6", 6, Damage::Changed, "changed"),
            ("DELETE FROM audit_log WHERE id = 4", 4, Damage::Removed, "removed"),
            ("DELETE FROM audit_log WHERE id >= 5", 5, Damage::Removed, "removed"),
            ("DELETE FROM audit_log", 1, Damage::Removed, "removed"),
            ("INSERT INTO audit_log SELECT 7, at, workspace_id, actor_kind, actor_id, actor, action, target, detail, address, request_id, previous, hash FROM audit_log WHERE id = 6", 7, Damage::Inserted, "inserted"),
            ("INSERT INTO audit_log SELECT 0, at, workspace_id, actor_kind, actor_id, actor, action, target, detail, address, request_id, previous, hash FROM audit_log WHERE id = 6", 0, Damage::Inserted, "inserted"),
            // A row among the others: those after it are moved on, and the head knows of one more.
            ("UPDATE audit_log SET id = id + 100 WHERE id > 3; UPDATE audit_log SET id = id - 99 WHERE id > 100; \
              INSERT INTO audit_log SELECT 4, at, workspace_id, actor_kind, actor_id, actor, action, target, detail, address, request_id, hash, hash FROM audit_log WHERE id = 3; \
              UPDATE audit_head SET rows = 7", 4, Damage::Changed, "changed"),
            ("DELETE FROM audit_log WHERE id = 3; UPDATE audit_log SET id = 3 WHERE id = 4", 3, Damage::Changed, "changed"),
        ] {
            sql(change);
            assert_eq!(look(), Some((row, damage)), "{change}");
            let told = verify(&["--json"]);
            assert_eq!(told.status.code(), Some(1), "{change}");
            let told: Value = serde_json::from_str(&out(&told)).unwrap();
            assert_eq!((&told["ok"], &told["wrong"]["row"], &told["wrong"]["damage"]), (&json!(false), &json!(row), &json!(word)));
            let line = out(&verify(&[]));
            assert!(line.starts_with(&format!("row {row} was {word}")), "{line}");
            sql(restore);
            assert_eq!(look(), None);
        }
        // A changed row with a new hash of its own: the row after it carries the old one.
        sql("UPDATE audit_log SET detail = '{}', hash = 'x' WHERE id = 3");
        assert_eq!(look(), Some((3, Damage::Changed)));
    }
}

both_engines! {
    fn the_job_reads_the_log_through_and_fails_with_the_row(store: &Store) {
        let db = logged(store, 3);
        let job = || run(store, &["jobs", "run", "audit-verify"]);
        let done = job();
        assert!(done.status.success(), "{done:?}");
        assert!(out(&done).contains("rows are as they were written"), "{}", out(&done));
        on_both!(&mut db.dedicated().unwrap(), |c| c.batch_execute("UPDATE audit_log SET target = 'x' WHERE id = 2")).unwrap();
        let failed = job();
        assert_eq!(failed.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&failed.stderr).contains("row 2 was changed"), "{failed:?}");
        let mark = db.read_blocking(|c| audit::mark(c, "audit-verify")).unwrap().unwrap();
        assert_eq!(mark.through, 1);
        assert!(mark.problem.unwrap().contains("row 2"));
    }
}

both_engines! {
    fn many_writers_at_once_keep_the_chain_whole(store: &Store) {
        let db = logged(store, 0);
        let other = Db::open(&store.url).unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let db = if writer % 2 == 0 { &db } else { &other };
                scope.spawn(move || {
                    for n in 0..25 {
                        let target = format!("{writer}/{n}");
                        let entry = Entry { workspace: None, action: "test.done", target: &target, detail: json!({}) };
                        let stored = db.write_blocking(|c| {
                            audit::record(c, &Origin::system("test"), entry, 1)?;
                            // Every fifth change is not made after all.
                            if n % 5 == 4 { Err(DbError::Setup("given up".into())) } else { Ok(()) }
                        });
                        assert_eq!(stored.is_err(), n % 5 == 4, "{stored:?}");
                    }
                });
            }
        });
        let verdict = db.snapshot(|c| audit::verify(c, |_, _| Ok::<_, DbError>(()))).unwrap();
        assert!(verdict.ok, "{verdict:?}");
        assert_eq!(verdict.rows, 8 * 20);
    }
}

both_engines! {
    fn the_command_line_is_written_down(store: &Store) {
        let dump = store.folder.path().join("dump");
        std::fs::create_dir(&dump).unwrap();
        let events = store.folder.path().join("events.ndjson");
        std::fs::write(&events, "{\"type\":\"track\",\"event\":\"Open\",\"userId\":\"u\",\"timestamp\":\"2026-01-05T10:00:00Z\",\"messageId\":\"1\"}\n").unwrap();
        let verbs: &[&[&str]] = &[
            &["admin", "create-user", "--email", "ada@example.com", "--role", "builder", "--app", "CRM"],
            &["admin", "create-user", "--email", "ada@example.com", "--role", "viewer", "--workspace", "acme"],
            &["admin", "create-token", "--name", "t", "--role", "builder", "--app", "CRM"],
            &["admin", "create-write-key", "--name", "k"],
            &["admin", "update-workspace", "--slug", "default", "--name", "Home"],
            &["admin", "recover", "--email", "ada@example.com"],
            &["import", events.to_str().unwrap()],
            &["reindex"],
            &["jobs", "run", "retention"],
            &["backup", dump.to_str().unwrap()],
        ];
        assert!(run(store, &["admin", "create-workspace", "--slug", "acme", "--name", "Acme"]).status.success());
        let db = Db::open(&store.url).unwrap();
        let rows = || -> i64 { db.read_blocking(|c| Ok::<_, DbError>(audit::head(c)?.0)).unwrap() };
        for verb in verbs {
            let before = rows();
            let done = run(store, verb);
            assert!(done.status.success(), "{verb:?}: {done:?}");
            assert!(rows() > before, "{verb:?} left no row");
        }
        let listed = db.read_blocking(|c| audit::list(c, &audit::Question::default(), 500)).unwrap();
        assert!(listed.iter().all(|row| row.actor_kind == "command_line"), "{listed:?}");
        assert!(run(store, &["audit", "verify"]).status.success());
    }
}
