//! Jobs as an operator meets them: by the API, and on the command line beside a running server.

use diesel::prelude::*;
use serde_json::{Value, json};
use takehold::auth::Role;
use takehold::db::DbError;
use takehold::db::schema::{activity_state, event_blocks, job_runs};

use crate::jobs::wait_for;
use crate::support::{Actor, HOUR, Server, Store, TestApp, out, refused, run, takehold};

const JOBS: &str = "/api/v1/system/jobs";

both_engines! {
    fn jobs_are_listed_run_and_their_history_is_kept(app: &TestApp) {
        let owner = app.user(Role::Owner);
        wait_for(|| owner.get(JOBS).json()["leader"]["here"] == true);
        let overview = owner.get(JOBS).json();
        let names: Vec<&str> = overview["items"].as_array().unwrap().iter().map(|job| job["name"].as_str().unwrap()).collect();
        assert_eq!(names[..3], ["rollup", "retention", "checkpoint"]);
        let retention = &overview["items"][1];
        assert_eq!(retention["schedule"], "10 3 * * *");
        assert_eq!(retention["schedule_text"], "At 03:10.");
        assert!(retention["next_at"].as_str().unwrap().ends_with("T03:10:00Z"));
        assert_eq!((&retention["last"], &overview["items"][0]["next_at"]), (&Value::Null, &Value::Null));

        let asked = owner.post(&format!("{JOBS}/retention/runs"), &json!({}));
        assert_eq!(asked.status, 202, "{}", asked.text());
        let asked = asked.json();
        assert_eq!((&asked["workspace"], &asked["asked_by"]), (&json!("default"), &json!("owner@example.com")));
        let history = |query: &str| owner.get(&format!("{JOBS}/retention/runs{query}")).json();
        wait_for(|| history("")["items"][0]["state"] == "succeeded");
        let done = history("?workspace=default&state=succeeded");
        assert_eq!(done["items"][0]["id"], asked["id"]);
        assert!(done["items"][0]["message"].as_str().unwrap().ends_with("0 runs of jobs deleted"));
        assert_eq!(history("?state=failed")["items"], json!([]));
        owner.post(&format!("{JOBS}/retention/runs"), &json!({ "workspace": "default" }));
        wait_for(|| history("?state=succeeded")["items"].as_array().unwrap().len() == 2);
        let first = history("?limit=1");
        let second = history(&format!("?limit=1&cursor={}", first["next_cursor"].as_str().unwrap()));
        assert_eq!(second["items"][0]["id"], asked["id"]);
        assert_eq!(second["next_cursor"], Value::Null);
        assert!(owner.get(JOBS).json()["items"][1]["last"]["id"].as_i64() > asked["id"].as_i64());
    }
}

both_engines! {
    fn what_cannot_be_run_is_refused_with_a_reason(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let run = |name: &str, body: Value| owner.post(&format!("{JOBS}/{name}/runs"), &body).problem();
        assert_eq!(run("dance", json!({})), (404, "not_found".into()));
        assert_eq!(owner.get(&format!("{JOBS}/dance/runs")).problem(), (404, "not_found".into()));
        assert_eq!(run("checkpoint", json!({ "workspace": "default" })), (422, "invalid".into()));
        assert_eq!(run("retention", json!({ "workspace": "none" })), (422, "invalid".into()));
        assert_eq!(run("retention", json!({ "on": "2026-01-01" })), (422, "invalid".into()));
        assert_eq!(run("rollup", json!({ "on": "2999-01-01" })), (422, "invalid".into()));
        assert_eq!(run("rollup", json!({ "on": "soon" })), (400, "bad_json".into()));
        assert_eq!(run("rollup", json!({ "when": 1 })), (400, "bad_json".into()));
        for query in ["?state=dreaming", "?workspace=none", "?cursor=x", "?limit=0"] {
            assert_eq!(owner.get(&format!("{JOBS}/rollup/runs{query}")).problem(), (422, "bad_query".into()), "{query}");
        }
        // One that waits is not asked for twice.
        app.state.db.write_blocking(|conn| {
            app.state.jobs.ask(conn, "checkpoint", None, None, "a test").unwrap();
            diesel::update(job_runs::table).set(job_runs::not_before.eq(i64::MAX)).execute(conn)?;
            Ok::<_, DbError>(())
        }).unwrap();
        assert_eq!(run("checkpoint", json!({})), (409, "already_running".into()));
    }
}

both_engines! {
    fn jobs_are_for_owners_and_admins_of_the_workspace_default(app: &TestApp) {
        assert_eq!(app.stranger().get(JOBS).problem(), (401, "sign_in_needed".into()));
        assert_eq!(app.user(Role::Viewer).get(JOBS).problem(), (403, "forbidden".into()));
        assert_eq!(app.program(Role::Admin).get(JOBS).status, 200);
        app.make_workspace("acme");
        app.make_user("eve@example.com", Role::Owner, "acme");
        let eve = app.browser("eve@example.com");
        assert_eq!(eve.get(JOBS).problem(), (403, "forbidden".into()));
        assert_eq!(eve.post(&format!("{JOBS}/checkpoint/runs"), &json!({})).problem(), (403, "forbidden".into()));
    }
}

both_engines! {
    fn new_events_are_folded_after_a_minute_and_small_blocks_are_merged_later(app: &TestApp) {
        let key = app.state.db.write_blocking(|conn| {
            let workspace = takehold::auth::workspaces::get(conn, "default")?;
            let secret = takehold::crypto::Secret::new(takehold::crypto::SecretKind::WriteKey)?;
            let new = takehold::auth::write_keys::create(conn, workspace.id, ("k", None), &secret, 0);
            new.map(|_| secret.text)
        }).unwrap();
        let app_user = app.stranger().with_token(&key);
        let send = |n: i32| {
            let call = json!({ "userId": "u", "event": "Open", "messageId": format!("m{n}") });
            assert_eq!(app_user.post("/v1/track", &call).status, 200);
        };
        for n in 0..70 {
            send(n);
        }
        let look = || app.state.db.read_blocking(|conn| {
            let folded: Option<i64> = activity_state::table.select(activity_state::folded_through).first(conn).optional()?;
            let (blocks, newest): (i64, Option<i64>) =
                event_blocks::table.select((diesel::dsl::count_star(), diesel::dsl::max(event_blocks::id))).first(conn)?;
            Ok::<_, DbError>((folded, newest, blocks))
        }).unwrap();
        let owner = app.user(Role::Owner);
        let rollups = || owner.get(&format!("{JOBS}/rollup/runs")).json()["items"].as_array().unwrap().len();
        assert_eq!((look().0, rollups()), (None, 0), "a short and young tail costs nothing");
        app.pass(61_000_000);
        wait_for(|| { let (folded, newest, _) = look(); folded.is_some() && folded == newest });
        let blocks = look().2;
        assert!(blocks >= 64, "{blocks}");
        app.pass(HOUR / 2);
        wait_for(|| look().2 < blocks);
    }
}

both_engines! {
    fn the_command_line_lists_and_runs_jobs_beside_a_server(store: &Store) {
        assert!(run(store, &["migrate"]).status.success());
        let listed = run(store, &["jobs", "list"]);
        assert!(out(&listed).contains("10 3 * * *") && out(&listed).contains("No server leads"), "{}", out(&listed));
        let done = run(store, &["jobs", "run", "rollup"]);
        assert_eq!(out(&done), "0 calls taken into the index\n");
        refused(&run(store, &["jobs", "run", "dance"]), "there are rollup, retention, checkpoint");
        refused(&run(store, &["jobs", "run", "checkpoint", "--workspace", "default"]), "--workspace");
        refused(&run(store, &["jobs", "run", "rollup", "--workspace", "none"]), "no workspace");
        refused(&run(store, &["jobs", "run", "rollup", "--on", "yesterday"]), "2026-11-22");
        refused(&run(store, &["jobs", "run", "checkpoint", "--on", "2026-01-01"]), "looks at no day");
        refused(&run(store, &["jobs", "run"]), "NAME");

        let server = Server::start(takehold(store));
        let token = out(&run(store, &["admin", "create-token", "--name", "t", "--role", "admin"]));
        let program = Actor::new(&server.url).with_token(token.trim());
        wait_for(|| program.get(JOBS).json()["leader"]["here"] == true);
        // Many at once, in processes of their own: each waits for its turn.
        let children: Vec<_> = (0..6).map(|_| {
            let piped = std::process::Stdio::piped;
            takehold(store).args(["jobs", "run", "rollup", "--on", "2026-11-20"]).stdout(piped()).stderr(piped()).spawn().unwrap()
        }).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let runs = program.get(&format!("{JOBS}/rollup/runs")).json();
        let mut spans: Vec<(String, String)> = runs["items"].as_array().unwrap().iter().map(|run| {
            assert_eq!((&run["state"], &run["asked_by"]), (&json!("succeeded"), &json!("command line")));
            (run["started_at"].as_str().unwrap().to_owned(), run["ended_at"].as_str().unwrap().to_owned())
        }).collect();
        spans.sort();
        assert_eq!(spans.len(), 7);
        assert!(spans.windows(2).all(|two| instant(&two[0].1) <= instant(&two[1].0)), "never two at once: {spans:?}");
        let listed: Value = serde_json::from_slice(&run(store, &["jobs", "list", "--json"]).stdout).unwrap();
        assert_eq!(listed["items"][0]["last"]["on"], "2026-11-20");
        assert_eq!(listed["leader"]["here"], false);
        assert_eq!(server.stop(), 0);
        let after: Value = serde_json::from_slice(&run(store, &["jobs", "list", "--json"]).stdout).unwrap();
        assert_eq!(after["leader"], Value::Null, "the lease was given back");
    }
}

fn instant(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}
