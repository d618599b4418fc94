//! A person is exported whole and erased without a trace; names are shown for a purpose and a time.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::{Value, json};
use takehold::activity::facts::DayFacts;
use takehold::activity::totals::{self, Totals};
use takehold::auth::Role;
use takehold::db::Db;
use takehold::db::schema::{activity_days, activity_totals, event_blocks};
use takehold::ingest::block::decode;
use takehold::ingest::dictionary::{Dictionary, Kind};
use takehold::people::pseudonyms::Pseudonyms;

use crate::jobs::wait_for;
use crate::support::{Actor, HOUR, Server, Store, TestApp, out, run, takehold};

const W: &str = "/api/v1/workspaces/default";
/// All that tells who she is.
const TRACES: [&str; 5] =
    ["zoe-unmistakable-7731", "anon-of-zoe-551199", "zoe.erase@example.com", "Zoé Unmistakable", "+49 170 5550199"];

fn calls() -> Value {
    let track = |user: &str, at: &str, properties: Value| {
        json!({ "type": "track", "userId": user, "event": "Open", "timestamp": at, "properties": properties,
            "context": { "app": "Desk", "groupId": "acme" } })
    };
    let [id, anonymous, email, name, phone] = TRACES;
    json!({ "batch": [
        { "type": "track", "anonymousId": anonymous, "event": "Look", "timestamp": "2026-11-02T09:00:00Z", "context": { "app": "Desk" } },
        { "type": "identify", "userId": id, "anonymousId": anonymous, "timestamp": "2026-11-02T10:00:00Z",
            "traits": { "email": email, "name": name, "phone": phone } },
        track(id, "2026-11-03T10:00:00Z", json!({ "note": format!("written by {name}") })),
        track(id, "2026-11-09T10:00:00Z", json!({})),
        track("bob", "2026-11-03T11:00:00Z", json!({ "invited": email, "amount": 3 })),
        track("bob", "2026-11-04T11:00:00Z", json!({ "with": [id, "bob"] })),
        track("cleo", "2026-11-03T12:00:00Z", json!({})),
        { "type": "group", "userId": "bob", "groupId": "acme", "traits": { "name": "Acme", "contact": email }, "timestamp": "2026-11-01T08:00:00Z" },
        { "type": "identify", "userId": "bob", "traits": { "name": "Bob" }, "timestamp": "2026-11-01T08:00:00Z" },
    ] })
}

fn send(server: &Server, key: &str, calls: &Value) {
    let program = Actor::new(&server.url);
    let request = program.request(reqwest::Method::POST, "/v1/batch").basic_auth(key, Some("")).json(calls);
    assert_eq!(program.send(request).status, 200);
}

/// All bytes of a store, blocks unpacked: of the file with what is free in it and its WAL on SQLite, and of a backup.
fn everything(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    let folder = store.folder.path().join(format!("aside-{}", rand_name()));
    let written = run(store, &["backup", &format!("{}/", folder.display())]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let copy = Store::sqlite();
    let restored = run(&copy, &["restore", &file.to_string_lossy(), "--yes"]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    for store in [store, &copy] {
        let config = store.config();
        let db = Db::open(&config.database_url()).unwrap();
        let blocks: Vec<Vec<u8>> = db
            .read_blocking(|c| Ok::<_, takehold::db::DbError>(event_blocks::table.select(event_blocks::data).load(c)?))
            .unwrap();
        for block in blocks {
            let columns = decode(&block).unwrap();
            bytes.extend(columns.fact_bytes(&block).unwrap());
        }
        if let Some(file) = config.database_url().strip_prefix("sqlite://") {
            for end in ["", "-wal"] {
                bytes.extend(std::fs::read(format!("{file}{end}")).unwrap_or_default());
            }
        }
    }
    bytes
}

fn rand_name() -> String {
    takehold::crypto::random_letters(8).unwrap()
}

fn found(bytes: &[u8]) -> Vec<&'static str> {
    TRACES.into_iter().filter(|text| memchr::memmem::find(bytes, text.as_bytes()).is_some()).collect()
}

fn keys_of(store: &Store) -> BTreeSet<u32> {
    let db = Db::open(&store.config().database_url()).unwrap();
    db.read_blocking(|conn| {
        let mut names = Dictionary::default();
        names.refresh(conn, 1)?;
        let keys = [format!("u{}", TRACES[0]), format!("a{}", TRACES[1])];
        Ok::<_, takehold::db::DbError>(keys.iter().filter_map(|name| names.number(Kind::Person, name)).collect())
    })
    .unwrap()
}

/// How many days and totals of the index hold one of these keys.
fn in_index(store: &Store, keys: &BTreeSet<u32>) -> usize {
    let db = Db::open(&store.config().database_url()).unwrap();
    db.read_blocking(|conn| {
        let days: Vec<Vec<u8>> = activity_days::table.select(activity_days::data).load(conn)?;
        let mut sums = Totals::new();
        for shard in activity_totals::table.select(activity_totals::data).load::<Vec<u8>>(conn)? {
            totals::decode(&shard, &mut sums)?;
        }
        let mut holding = sums.keys().filter(|(key, _, _)| keys.contains(key)).count();
        for day in days {
            let day = DayFacts::decode(&day)?;
            holding += usize::from(day.facts.iter().any(|fact| keys.contains(&fact.key)));
            holding += usize::from(day.spans.iter().any(|span| keys.contains(&span.key)));
            holding += usize::from(day.joined.iter().any(|(key, _)| keys.contains(key)));
        }
        Ok::<_, takehold::db::DbError>(holding)
    })
    .unwrap()
}

fn dau(program: &Actor, on: &str) -> u64 {
    let days = program.get(&format!("{W}/metrics/active?from={on}&to={on}")).json();
    days["days"][0]["dau"].as_u64().unwrap()
}

both_engines! {
    fn a_person_is_exported_whole_and_erased_without_a_trace(store: &Store) {
        let secret = |words: &[&str]| out(&run(store, words)).trim().to_owned();
        let key = secret(&["admin", "create-write-key", "--name", "k"]);
        let token = secret(&["admin", "create-token", "--name", "t", "--role", "admin"]);
        let server = Server::start(takehold(store));
        let program = Actor::new(&server.url).with_token(&token);
        send(&server, &key, &calls());
        assert!(run(store, &["jobs", "run", "rollup", "--workspace", "default"]).status.success());
        // Some is folded, some is not.
        send(&server, &key, &json!({ "batch": [
            { "type": "track", "userId": TRACES[0], "event": "Open", "timestamp": "2026-11-10T10:00:00Z", "context": { "app": "Desk" } },
            { "type": "track", "userId": "bob", "event": "Open", "timestamp": "2026-11-10T11:00:00Z", "context": { "app": "Desk" },
                "properties": { "thanks to": TRACES[2] } },
        ] }));
        assert_eq!(["2026-11-03", "2026-11-09", "2026-11-10"].map(|day| dau(&program, day)), [3, 1, 2]);
        let keys = keys_of(store);
        assert_eq!(keys.len(), 2);
        assert!(in_index(store, &keys) > 3);
        assert_eq!(found(&everything(store)), TRACES);

        let ask = |kind: &str, id: &str| {
            let body = json!({ "kind": kind, "external_id": id, "reason": "asked for by mail" });
            program.post(&format!("{W}/privacy-requests"), &body)
        };
        let of = |id: &Value| {
            let list = program.get(&format!("{W}/privacy-requests")).json();
            list["items"].as_array().unwrap().iter().find(|row| row["id"] == *id).unwrap().clone()
        };
        let export = ask("export", TRACES[0]);
        assert_eq!(export.status, 202, "{}", export.text());
        let id = export.json()["id"].clone();
        wait_for(|| of(&id)["state"] == "done");
        let file = program.get(&format!("{W}/privacy-requests/{id}/file"));
        assert_eq!(file.status, 200, "{}", file.text());
        let document = file.json();
        assert_eq!(document["ids"], json!([TRACES[1], TRACES[0]]));
        assert_eq!(document["calls"].as_array().unwrap().len(), 5);
        assert_eq!(document["traits"][0]["traits"]["email"], TRACES[2]);
        assert!(!document.to_string().contains("bob"), "{document}");

        assert_eq!(ask("erasure", "nobody").status, 404);
        let erasure = ask("erasure", TRACES[1]);
        assert_eq!(erasure.status, 202, "{}", erasure.text());
        let id = erasure.json()["id"].clone();
        wait_for(|| of(&id)["state"] == "done");
        assert_eq!(of(&id)["message"], "5 calls erased, the person's name blanked in 4 others");
        // The files are scrubbed after the request is done.
        wait_for(|| {
            let runs = program.get("/api/v1/system/jobs/privacy/runs").json();
            runs["items"].as_array().unwrap().iter().all(|run| run["state"] != "running" && run["state"] != "queued")
        });
        assert_eq!(found(&everything(store)), Vec::<&str>::new());
        assert_eq!(in_index(store, &keys), 0);
        assert_eq!(["2026-11-03", "2026-11-09", "2026-11-10"].map(|day| dau(&program, day)), [2, 0, 1]);
        assert_eq!(program.get(&format!("{W}/people/{}", TRACES[0])).status, 404);
        let seen = program.get(&format!("{W}/inspector")).text();
        assert!(TRACES.iter().all(|text| !seen.contains(text)), "{seen}");
        // A client that sends the same batch again does not bring her back; a new call makes somebody new.
        assert!(run(store, &["jobs", "run", "rollup", "--workspace", "default"]).status.success());
        send(&server, &key, &json!({ "batch": [
            { "type": "track", "userId": TRACES[0], "event": "Open", "timestamp": "2026-11-12T10:00:00Z", "context": { "app": "Desk" } },
        ] }));
        let again = program.get(&format!("{W}/people/{}", TRACES[0])).json();
        assert_eq!((&again["events"], &again["traits"]), (&json!(1), &json!([])));
        assert_eq!(dau(&program, "2026-11-03"), 2);
        let verified = run(store, &["audit", "verify"]);
        assert!(verified.status.success(), "{}", out(&verified));
        let before = dau(&program, "2026-11-10");
        assert!(run(store, &["reindex"]).status.success());
        assert_eq!(dau(&program, "2026-11-10"), before, "rebuilt = kept up to date");
        assert_eq!(server.stop(), 0);
    }
}

both_engines! {
    fn a_name_is_shown_for_a_purpose_and_a_time(app: &TestApp) {
        let key = app.write_key("k");
        let program = Actor::new(&app.url);
        // Lists of few people are empty for whoever may not see small groups.
        let more = (0..9).map(|n| json!({ "type": "track", "userId": format!("other-{n}"), "event": "Open", "context": { "app": "Desk" } }));
        for batch in [calls(), json!({ "batch": more.collect::<Vec<_>>() })] {
            let request = program.request(reqwest::Method::POST, "/v1/batch").basic_auth(&key, Some("")).json(&batch);
            assert_eq!(program.send(request).status, 200);
        }
        let viewer = app.user(Role::Viewer);
        let people = || viewer.get(&format!("{W}/people?limit=50")).text();
        assert!(!people().contains(TRACES[0]));
        let admin = app.user(Role::Admin);
        let shown = admin.get(&format!("{W}/people/{}", TRACES[0])).json();
        assert_eq!(shown["email"], TRACES[2]);
        let pseudonyms = Pseudonyms::of(&app.state.key, app.workspace_id("default"));
        let hers = &pseudonyms.name(&format!("u{}", TRACES[0]));
        assert!(people().contains(hers.as_str()));

        let path = format!("{W}/people/{hers}/unmask");
        let ask = |purpose: &str, hours: i64| viewer.post(&path, &json!({ "purpose": purpose, "hours": hours }));
        assert_eq!(ask("why", 4).problem(), (422, "invalid".into()));
        assert_eq!(ask("Answer the ticket 4711", 0).problem(), (422, "invalid".into()));
        let asked = ask("Answer the ticket 4711", 4);
        assert_eq!((asked.status, asked.json()["state"].clone()), (201, json!("waiting")), "{}", asked.text());
        assert!(!people().contains(TRACES[0]));
        let id = asked.json()["id"].clone();
        let decide = |who: &Actor, how: &str| who.post(&format!("{W}/unmask-requests/{id}/{how}"), &json!({}));
        assert_eq!(decide(&viewer, "approve").status, 403);
        let approved = decide(&admin, "approve");
        assert_eq!(approved.status, 200, "{}", approved.text());
        assert_eq!(decide(&admin, "refuse").problem(), (409, "already_decided".into()));
        let seen = viewer.get(&format!("{W}/people/{hers}")).json();
        assert_eq!((&seen["external_id"], &seen["email"]), (&json!(TRACES[0]), &json!(TRACES[2])));
        assert_eq!(viewer.get(&format!("{W}/people/{}", TRACES[0])).status, 200);
        assert_eq!(viewer.get(&format!("{W}/people/bob")).status, 404);
        assert!(people().contains(TRACES[0]) && !people().contains("bob"));
        let mine = viewer.get(&format!("{W}/unmask-requests")).json();
        assert_eq!(mine["items"][0]["state"], "granted");
        app.pass(HOUR * 5);
        let viewer = app.browser("viewer@example.com");
        assert_eq!(viewer.get(&format!("{W}/people/{}", TRACES[0])).status, 404);
        let mine = viewer.get(&format!("{W}/unmask-requests")).json();
        assert_eq!(mine["items"][0]["state"], "expired");
        // The log names her by pseudonym only.
        let log = app.browser("admin@example.com").get("/api/v1/audit?limit=100").text();
        assert!(log.contains("person.unmask_approved") && log.contains(hers.as_str()));
        assert!(TRACES.iter().all(|text| !log.contains(text)), "{log}");
    }
}
