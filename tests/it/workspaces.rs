//! Workspaces: made, changed, and who does not count in them.

use serde_json::{Value, json};
use takehold::auth::Role;

use crate::support::{Actor, Store, TestApp, out, run};

const DEFAULT: &str = "/api/v1/workspaces/default";

both_engines! {
    fn admins_make_and_change_workspaces(app: &TestApp) {
        let admin = app.user(Role::Admin);
        let made = admin.post("/api/v1/workspaces", &json!({ "slug": "acme", "name": "Acme", "kind": "vendor", "time_zone": "Europe/Berlin" }));
        assert_eq!(made.status, 201, "{}", made.text());
        assert_eq!(made.json()["excluded"], json!({ "ids": [], "email_domains": [] }));
        // Whoever makes it can enter.
        assert_eq!(admin.get("/api/v1/workspaces").json()["items"].as_array().unwrap().len(), 2);
        assert_eq!(admin.get("/api/v1/workspaces/acme").json()["time_zone"], "Europe/Berlin");
        let again = admin.post("/api/v1/workspaces", &json!({ "slug": "acme", "name": "Acme" }));
        assert_eq!(again.problem(), (409, "taken".into()));
        for (wrong, field) in [
            (json!({ "slug": "A b", "name": "x" }), "slug"),
            (json!({ "slug": "b", "name": " " }), "name"),
            (json!({ "slug": "b", "name": "x", "time_zone": "Mars" }), "time_zone"),
        ] {
            let refused = admin.post("/api/v1/workspaces", &wrong);
            assert_eq!(refused.problem(), (422, "invalid".into()));
            assert_eq!(refused.json()["errors"][0]["field"], field);
        }
        let changed = admin.patch("/api/v1/workspaces/acme", &json!({
            "name": "Acme Ltd", "time_zone": "UTC", "retention_days_events": 400, "retention_days_jobs": 30,
            "excluded": { "ids": ["robot"], "email_domains": ["@Acme.example"] },
        }));
        assert_eq!(changed.status, 200, "{}", changed.text());
        let now = admin.get("/api/v1/workspaces/acme").json();
        assert_eq!(now, changed.json());
        assert_eq!([&now["name"], &now["time_zone"]], ["Acme Ltd", "UTC"]);
        assert_eq!([&now["retention_days_events"], &now["retention_days_jobs"]], [400, 30]);
        assert_eq!(now["excluded"], json!({ "ids": ["robot"], "email_domains": ["acme.example"] }));
        let for_ever = admin.patch("/api/v1/workspaces/acme", &json!({ "retention_days_events": null })).json();
        assert_eq!((&for_ever["retention_days_events"], &for_ever["name"]), (&Value::Null, &json!("Acme Ltd")));
        for (wrong, field) in [
            (json!({ "retention_days_events": 7 }), "retention_days_events"),
            (json!({ "retention_days_jobs": 0 }), "retention_days_jobs"),
            (json!({ "excluded": { "email_domains": ["a@b.c"] } }), "excluded.email_domains"),
        ] {
            let refused = admin.patch("/api/v1/workspaces/acme", &wrong);
            assert_eq!(refused.problem(), (422, "invalid".into()), "{wrong}");
            assert_eq!(refused.json()["errors"][0]["field"], field);
        }
        let viewer = app.user(Role::Viewer);
        assert_eq!(viewer.post("/api/v1/workspaces", &json!({ "slug": "b", "name": "b" })).status, 403);
        assert_eq!(viewer.get(DEFAULT).status, 403);
        assert_eq!(viewer.patch(DEFAULT, &json!({ "name": "mine" })).status, 403);
    }
}

both_engines! {
    fn the_first_event_fixes_the_time_zone(app: &TestApp) {
        let admin = app.program(Role::Admin);
        assert_eq!(admin.patch(DEFAULT, &json!({ "time_zone": "Asia/Tokyo" })).status, 200);
        track(app, &app.write_key("k"), "u", "a");
        let refused = admin.patch(DEFAULT, &json!({ "time_zone": "UTC" }));
        assert_eq!(refused.problem(), (409, "taken".into()));
        assert!(refused.text().contains("make a new workspace"), "{}", refused.text());
        // The same again changes nothing, and is no error.
        assert_eq!(admin.patch(DEFAULT, &json!({ "time_zone": "Asia/Tokyo", "name": "New" })).status, 200);
        assert_eq!(admin.get(DEFAULT).json()["has_events"], true);
    }
}

fn send(app: &TestApp, key: &str, call: &Value) {
    let someone = app.stranger();
    let kind = call["type"].as_str().unwrap();
    let request = someone.request(reqwest::Method::POST, &format!("/v1/{kind}")).basic_auth(key, Some("")).json(call);
    let sent = someone.send(request);
    assert_eq!(sent.status, 200, "{}", sent.text());
}

fn track(app: &TestApp, key: &str, user: &str, id: &str) {
    send(
        app,
        key,
        &json!({ "type": "track", "event": "Open", "userId": user, "messageId": id, "timestamp": "2026-01-05T10:00:00Z" }),
    );
}

/// Daily active people on the day of the test's events.
fn dau(actor: &Actor, more: &str) -> u64 {
    let path = format!("{DEFAULT}/metrics/active?from=2026-01-05&to=2026-01-05{more}");
    actor.get(&path).json()["days"][0]["dau"].as_u64().unwrap()
}

both_engines! {
    fn excluded_people_count_in_no_figure_until_they_are_taken_back(app: &TestApp) {
        let (admin, key) = (app.program(Role::Admin), app.write_key("k"));
        for (user, id) in [("ada", "1"), ("robot", "2"), ("eve@corp.example", "3"), ("mallory", "4")] {
            track(app, &key, user, id);
        }
        let email = |user: &str, email: &str, id: &str| {
            send(app, &key, &json!({ "type": "identify", "userId": user, "messageId": id, "timestamp": format!("2026-01-06T10:00:{id:0>2}Z"), "traits": { "email": email } }));
        };
        email("mallory", "mallory@CORP.example", "5");
        assert_eq!(dau(&admin, ""), 4);
        let exclude = |ids: Value, domains: Value| {
            let change = json!({ "excluded": { "ids": ids, "email_domains": domains } });
            assert_eq!(admin.patch(DEFAULT, &change).status, 200);
        };
        exclude(json!(["robot"]), json!([]));
        assert_eq!((dau(&admin, ""), dau(&admin, "&include_excluded=true")), (3, 4));
        exclude(json!(["robot"]), json!(["corp.example"]));
        assert_eq!((dau(&admin, ""), dau(&admin, "&include_excluded=true")), (1, 4));
        assert_eq!(admin.get(&format!("{DEFAULT}/people/robot")).json()["excluded"], "setting");
        // Who comes later is excluded from the first event on, and so is who is found out by a new e-mail or id.
        track(app, &key, "new@corp.example", "6");
        assert_eq!((dau(&admin, ""), dau(&admin, "&include_excluded=true")), (1, 5));
        track(app, &key, "bob", "7");
        assert_eq!(dau(&admin, ""), 2);
        email("bob", "bob@corp.example", "8");
        assert_eq!(dau(&admin, ""), 1);
        send(app, &key, &json!({ "type": "track", "event": "Open", "anonymousId": "a1", "messageId": "9", "timestamp": "2026-01-05T11:00:00Z" }));
        assert_eq!(dau(&admin, ""), 2);
        send(app, &key, &json!({ "type": "identify", "userId": "zoe@corp.example", "anonymousId": "a1", "messageId": "10", "timestamp": "2026-01-07T11:00:00Z" }));
        assert_eq!(dau(&admin, ""), 1);
        email("mallory", "mallory@elsewhere.example", "11");
        assert_eq!(dau(&admin, ""), 2, "the latest e-mail counts");
        // Rebuilding the index changes nothing.
        let workspace = app.workspace_id("default");
        takehold::activity::fold::reset(&app.state.db, workspace).unwrap();
        assert_eq!(dau(&admin, ""), 2);
        exclude(json!([]), json!([]));
        assert_eq!(dau(&admin, ""), 7);
    }
}

both_engines! {
    fn the_command_line_does_the_same(store: &Store) {
        let update = |more: &[&str]| run(store, &[&["admin", "update-workspace", "--slug", "default"], more].concat());
        assert!(update(&["--name", "Home", "--retention-days-events", "730", "--exclude-id", "robot", "--exclude-id", "x y",
            "--exclude-email-domain", "corp.example"]).status.success());
        assert!(update(&["--include-id", "robot", "--time-zone", "Europe/Berlin"]).status.success());
        let listed: Value = serde_json::from_str(&out(&run(store, &["admin", "list-workspaces", "--json"]))).unwrap();
        assert_eq!(listed, json!([{
            "slug": "default", "name": "Home", "kind": "internal", "time_zone": "Europe/Berlin",
            "retention_days_events": 730, "retention_days_jobs": 90,
            "excluded": { "ids": ["x y"], "email_domains": ["corp.example"] },
        }]));
        let line = out(&run(store, &["admin", "list-workspaces"]));
        assert_eq!(line, "default: Home (internal, Europe/Berlin); events kept 730 days; 2 patterns excluded\n");
        assert!(update(&["--retention-days-events", "for-ever"]).status.success());
        for (wrong, part) in [
            (["--retention-days-events", "soon"], "for-ever"),
            (["--retention-days-events", "3"], "31"),
            (["--exclude-email-domain", "a@b"], "example.com"),
            (["--time-zone", "Mars"], "Europe/Berlin"),
        ] {
            let refused = update(&wrong);
            let text = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!((refused.status.code(), text.lines().count()), (Some(2), 1), "{text}");
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
