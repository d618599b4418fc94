//! What builders, viewers and admins are shown of the same workspace.

use reqwest::Method;
use serde_json::{Value, json};
use takehold::auth::Role;

use crate::support::{Actor, TestApp};

const W: &str = "/api/v1/workspaces/default";
const DAYS: &str = "from=2026-03-02&to=2026-03-03";

fn send(app: &TestApp, calls: &[Value]) {
    let key = app.write_key("all");
    let answer = app.stranger().with_token(&key).post("/v1/batch", &json!({ "batch": calls }));
    assert_eq!((answer.status, &answer.json()["rejected"]), (200, &Value::Null), "{}", answer.text());
}

/// People `first..last` open an app on a day of March.
fn opened(app: &str, day: u8, people: std::ops::Range<u8>) -> Vec<Value> {
    let call = |n: u8| {
        json!({ "type": "track", "userId": format!("person-{n:02}"), "event": "Open",
            "timestamp": format!("2026-03-{day:02}T10:{n:02}:00Z"), "context": { "app": app, "groupId": "Sales" } })
    };
    people.map(call).collect()
}

fn own(app: &TestApp, name: &str, owner: &str) {
    let answer = app.program(Role::Admin).patch(&format!("{W}/apps/{name}"), &json!({ "owners": [owner] }));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn privacy(app: &TestApp, change: Value) {
    let answer = app.program(Role::Admin).patch(W, &json!({ "privacy": change }));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn counts(actor: &Actor, path: &str, list: &str, field: &str) -> Vec<Value> {
    let answer = actor.get(&format!("{W}/{path}"));
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()[list].as_array().unwrap().iter().map(|one| one[field].clone()).collect()
}

both_engines! {
    fn a_builder_counts_each_person_of_all_own_apps_once(app: &TestApp) {
        let calls = [opened("a", 2, 0..6), opened("b", 2, 4..9), opened("c", 2, 0..20), opened("b", 3, 0..5), opened("c", 3, 9..20)];
        send(app, &calls.concat());
        privacy(app, json!({ "smallest_group": 1 }));
        own(app, "a", "builder@example.com");
        own(app, "b", "BUILDER@example.com");
        let (builder, admin) = (app.user(Role::Builder), app.program(Role::Admin));
        let active = format!("metrics/active?{DAYS}");
        assert_eq!(counts(&builder, &active, "days", "dau"), [9, 5]);
        assert_eq!(counts(&builder, &active, "days", "events"), [11, 5]);
        assert_eq!(counts(&builder, &active, "days", "mau"), [9, 9]);
        assert_eq!(counts(&admin, &active, "days", "dau"), [20, 16]);
        assert_eq!(counts(&builder, &format!("{active}&app=b"), "days", "dau"), [5, 5]);
        for foreign in ["c", "nowhere"] {
            assert_eq!(builder.get(&format!("{W}/{active}&app={foreign}")).problem(), (404, "not_found".into()));
            assert_eq!(builder.patch(&format!("{W}/apps/{foreign}"), &json!({ "owners": ["builder@example.com"] })).status, 404);
        }
        let months = "metrics/lifecycle?from=2026-03-01&to=2026-03-31";
        assert_eq!(counts(&builder, months, "periods", "new"), [9]);
        let cohorts = "metrics/retention?from=2026-03-02&to=2026-03-02&period=day&periods=1";
        assert_eq!(counts(&builder, cohorts, "cohorts", "retained"), [json!([9, 5])]);
        assert_eq!(counts(&builder, "apps", "items", "app"), ["b", "a"]);
        assert_eq!(counts(&builder, "accounts", "items", "events"), [16]);
        assert_eq!(builder.get(&format!("{W}/people")).json()["total"], 9);
        assert_eq!(builder.get(&format!("{W}/summary")).json()["apps"], 2);
        // Somebody whose apps were taken away sees an empty workspace, and no error.
        own(app, "a", "x@example.com");
        own(app, "b", "x@example.com");
        assert_eq!(counts(&builder, &active, "days", "dau"), [0, 0]);
        assert_eq!(builder.get(&format!("{W}/people")).json()["items"], json!([]));
        assert_eq!(builder.get(&format!("{W}/apps")).json()["items"], json!([]));
    }
}

both_engines! {
    fn groups_under_the_smallest_are_not_told(app: &TestApp) {
        send(app, &[opened("small", 2, 0..3), opened("large", 2, 3..12), opened("large", 3, 3..10)].concat());
        let (viewer, admin) = (app.user(Role::Viewer), app.program(Role::Admin));
        let small = format!("metrics/active?{DAYS}&app=small");
        assert_eq!(counts(&admin, &small, "days", "dau"), [3, 0]);
        assert_eq!(counts(&viewer, &small, "days", "dau"), [Value::Null, json!(0)]);
        assert_eq!(counts(&viewer, &small, "days", "stickiness"), [Value::Null, Value::Null]);
        assert_eq!(counts(&viewer, &small, "days", "suppressed"), [true, true], "of the second day, WAU and MAU");
        assert_eq!(counts(&admin, &small, "days", "suppressed"), [Value::Null, Value::Null]);
        // Two of nine did not come back: seven would tell that.
        let cohorts = "metrics/retention?from=2026-03-02&to=2026-03-02&period=day&periods=1&app=large";
        assert_eq!(counts(&admin, cohorts, "cohorts", "retained"), [json!([9, 7])]);
        assert_eq!(counts(&viewer, cohorts, "cohorts", "retained"), [json!([9, null])]);
        let behind = "people?app=small&active_from=2026-03-02&active_to=2026-03-02";
        let list = viewer.get(&format!("{W}/{behind}")).json();
        assert_eq!(list, json!({ "items": [], "next_cursor": null, "suppressed": true }));
        assert_eq!(admin.get(&format!("{W}/{behind}")).json()["total"], 3);
        assert_eq!(viewer.get(&format!("{W}/people?app=large")).json()["total"], 9);
        let csv = |actor: &Actor| {
            let request = actor.request(Method::GET, &format!("{W}/metrics/active?{DAYS}&app=small"));
            actor.send(request.header("accept", "text/csv")).text()
        };
        assert!(csv(&viewer).starts_with("date,dau,wau,mau,mau_calendar_month,dau_over_mau,stickiness,active_accounts,events,suppressed\n2026-03-02,,,,,,,1,3,true"), "{}", csv(&viewer));
        assert!(csv(&admin).contains("events\n2026-03-02,3,3,3,3,1,"), "{}", csv(&admin));
        privacy(app, json!({ "smallest_group": 1 }));
        assert_eq!(counts(&viewer, &small, "days", "dau"), [3, 0]);
    }
}

both_engines! {
    fn people_are_pseudonyms_for_those_who_may_not_see_names(app: &TestApp) {
        let mut calls = opened("a", 2, 0..6);
        let traits = json!({ "name": "Grace Hopper", "email": "grace@people.example", "badge": "B-77", "plan": "pro" });
        calls.push(json!({ "type": "identify", "userId": "person-03", "anonymousId": "browser-3", "traits": traits,
            "context": { "app": "a" }, "timestamp": "2026-03-02T11:00:00Z" }));
        calls.push(json!({ "type": "track", "userId": "person-04", "event": "Asked", "context": { "app": "a" },
            "properties": { "whom": "grace hopper", "badge": "B-77" }, "timestamp": "2026-03-02T12:00:00Z" }));
        send(app, &calls);
        own(app, "a", "grace@people.example");
        let (viewer, admin) = (app.user(Role::Viewer), app.program(Role::Admin));
        let list = viewer.get(&format!("{W}/people?sort=name")).json();
        let names: Vec<&str> = list["items"].as_array().unwrap().iter().map(|one| one["external_id"].as_str().unwrap()).collect();
        assert!(names.is_sorted() && names.iter().all(|name| name.starts_with("p-")), "{names:?}");
        let grace = names.iter().find(|name| admin.get(&format!("{W}/people/{name}")).json()["external_id"] == "person-03");
        let grace = *grace.unwrap();
        let page = viewer.get(&format!("{W}/people/{grace}")).json();
        assert_eq!([&page["name"], &page["email"], &page["pseudonym"]], [&json!(grace), &json!(grace), &json!(true)]);
        assert!(page["merged"][0].as_str().unwrap().starts_with("p-"));
        assert!(page.to_string().contains("B-77"), "no usual name of a trait that tells who somebody is");
        for path in ["people/person-03", "people/browser-3", "people/person-03/timeline"] {
            assert_eq!(viewer.get(&format!("{W}/{path}")).status, 404, "{path}");
            assert_eq!(admin.get(&format!("{W}/{path}")).status, 200, "{path}");
        }
        for told in ["grace", "person-03", "hopper", "B-77"] {
            assert_eq!(viewer.get(&format!("{W}/people?q={told}")).json()["total"], 0, "{told}");
            let found = viewer.get(&format!("{W}/search?q={told}")).json();
            assert_eq!(found["people"], json!([]), "{told}");
        }
        assert_eq!(viewer.get(&format!("{W}/people?q={grace}")).json()["total"], 1);
        assert_eq!(viewer.get(&format!("{W}/metrics/active?{DAYS}&trait.email=grace@people.example")).status, 422);
        // Somebody else's call that names her, and what a workspace marks as telling.
        privacy(app, json!({ "personal_traits": ["Badge"] }));
        let other = names.iter().find(|name| admin.get(&format!("{W}/people/{name}")).json()["external_id"] == "person-04");
        let calls = viewer.get(&format!("{W}/people/{}/timeline", other.unwrap())).json();
        assert_eq!(calls["items"][0]["properties"], json!({ "whom": grace, "badge": other.unwrap() }));
        assert!(!viewer.get(&format!("{W}/people/{grace}")).text().contains("B-77"));
        // An owner who is observed is a pseudonym too, and stays an owner when it is sent back.
        let owners = viewer.get(&format!("{W}/apps/a")).json()["owners"].clone();
        assert_eq!(owners, json!([grace]));
        own(app, "a", "builder@example.com");
        let both = json!({ "owners": ["builder@example.com", "grace@people.example"] });
        assert_eq!(admin.patch(&format!("{W}/apps/a"), &both).status, 200);
        let builder = app.user(Role::Builder);
        let seen = builder.get(&format!("{W}/apps/a")).json()["owners"].clone();
        assert_eq!(seen, json!(["builder@example.com", grace]));
        assert_eq!(builder.patch(&format!("{W}/apps/a"), &json!({ "owners": seen })).status, 200);
        assert_eq!(admin.get(&format!("{W}/apps/a")).json()["owners"], both["owners"]);
        privacy(app, json!({ "pseudonyms": false }));
        assert_eq!(viewer.get(&format!("{W}/people/person-03")).json()["name"], "Grace Hopper");
    }
}

both_engines! {
    fn an_admin_looks_through_the_eyes_of_a_builder(app: &TestApp) {
        send(app, &[opened("a", 2, 0..6), opened("b", 2, 6..20)].concat());
        own(app, "a", "builder@example.com");
        let builder = app.user(Role::Builder);
        let admin = app.user(Role::Admin);
        let viewer = app.user(Role::Viewer);
        let id = admin.get("/api/v1/users?q=builder").json()["items"][0]["id"].to_string();
        let through = |who: &Actor, method: Method, path: &str| {
            who.send(who.request(method, path).header("x-takehold-view-as", &id).header("x-takehold-request", "1"))
        };
        for path in ["apps", "people", "summary", &format!("metrics/active?{DAYS}")] {
            let path = format!("{W}/{path}");
            let (theirs, seen) = (builder.get(&path).json(), through(&admin, Method::GET, &path).json());
            assert_eq!(seen, theirs, "{path}");
            assert_ne!(seen, admin.get(&path).json(), "{path}");
        }
        // What is the admin's own is the builder's no more, and nothing is written in that view.
        assert_eq!(through(&admin, Method::GET, "/api/v1/users").status, 403);
        let written = through(&admin, Method::DELETE, &format!("{W}/write-keys/1"));
        assert_eq!(written.problem(), (403, "view_only".into()));
        assert_eq!(through(&viewer, Method::GET, &format!("{W}/apps")).status, 403);
        let nobody = admin.send(admin.request(Method::GET, &format!("{W}/apps")).header("x-takehold-view-as", "me"));
        assert_eq!(nobody.problem(), (422, "invalid".into()));
    }
}
