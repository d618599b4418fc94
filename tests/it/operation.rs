//! What an operator looks at: figures, logs, traces, capacity, destinations, health.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;
use takehold::auth::Role;

use crate::support::{Server, Store, TestApp, takehold};

const CAPACITY: &str = "/api/v1/system/capacity";

/// The value of a series, 0 if it is not there.
fn figure(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

fn call(id: &str) -> serde_json::Value {
    json!({ "type": "track", "event": "Open", "userId": "u", "messageId": id, "timestamp": "2026-01-05T10:00:00Z" })
}

both_engines! {
    fn figures_count_requests_by_route_and_calls_by_outcome(app: &TestApp) {
        let key = app.write_key("shop");
        let someone = app.stranger();
        let before = someone.get("/metrics").text();
        let send = |batch: serde_json::Value| {
            someone.send(someone.request(reqwest::Method::POST, "/v1/batch").basic_auth(&key, Some("")).json(&batch))
        };
        let sent = send(json!({ "batch": [call("a"), call("b"), call("a"), { "type": "dance", "userId": "u" }] }));
        assert_eq!(sent.status, 200, "{}", sent.text());
        assert_eq!(someone.get("/api/v1/workspaces/secret-name/write-keys").status, 401);
        assert_eq!(someone.get("/some/page").status, 200);
        let after = someone.get("/metrics");
        assert!(after.header("content-type").starts_with("text/plain"));
        let after = after.text();
        // Other tests of this process count in the same figures.
        for (series, more) in [
            ("takehold_events_accepted_total", 2.0),
            ("takehold_events_duplicate_total", 1.0),
            ("takehold_events_refused_total{code=\"bad_type\"}", 1.0),
            ("takehold_http_requests_total{route=\"/v1/{call}\",method=\"POST\",status=\"200\"}", 1.0),
            (
                "takehold_http_requests_total{route=\"/api/v1/workspaces/{workspace}/write-keys\",method=\"GET\",status=\"401\"}",
                1.0,
            ),
            ("takehold_http_request_duration_seconds_count{route=\"/v1/{call}\",method=\"POST\"}", 1.0),
        ] {
            assert!(figure(&after, series) >= figure(&before, series) + more, "{series} in {after}");
        }
        assert_eq!(figure(&after, "takehold_database_up"), 1.0);
        assert!(after.contains("takehold_unfolded_events ") && after.contains("takehold_jobs_leader "));
        for series in [
            "takehold_database_bytes",
            "takehold_disk_free_bytes",
            "takehold_disk_total_bytes",
            "process_resident_memory_bytes",
            "process_start_time_seconds",
        ] {
            assert!(figure(&after, series) > 1_000.0, "{series}");
        }
        for secret in ["secret-name", "some/page", "thw_"] {
            assert!(!after.contains(secret), "{secret}");
        }
    }
}

#[test]
fn figures_tell_that_the_database_is_away() {
    let app = TestApp::on_store(Store::postgres());
    let someone = app.stranger();
    app.store.refuse_connections(true);
    let text = someone.get("/metrics");
    assert_eq!(text.status, 200);
    // Other tests of this process set the same figure: what counts is that an answer came.
    assert!(text.text().contains("takehold_database_up "));
    app.store.refuse_connections(false);
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn figures_may_have_a_port_of_their_own() {
    let store = Store::sqlite();
    let mut command = takehold(&store);
    let port = free_port();
    command.env("TAKEHOLD_TELEMETRY__METRICS_LISTEN", format!("127.0.0.1:{port}"));
    let server = Server::start(command);
    let main = crate::support::Actor::new(&server.url);
    assert_eq!(main.get("/metrics").problem(), (404, "not_found".into()));
    let own = crate::support::Actor::new(&format!("http://127.0.0.1:{port}"));
    assert!(own.get("/metrics").text().contains("takehold_build_info{"));
    assert_eq!(own.get("/healthz").status, 404);
    assert_eq!(server.stop(), 0);
}

/// Takes one POST after the other, and tells path and length of the body of each.
fn collector() -> (u16, mpsc::Receiver<(String, usize)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, hear) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if tell.send(take(&mut stream.unwrap())).is_err() {
                return;
            }
        }
    });
    (port, hear)
}

fn take(stream: &mut TcpStream) -> (String, usize) {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part).unwrap();
        bytes.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
        });
        let length = length.unwrap_or(0);
        if read == 0 || bytes.len() >= head.len() + 4 + length {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            return (head.lines().next().unwrap().to_owned(), length);
        }
    }
}

both_engines! {
    fn traces_reach_the_collector_and_every_destination_is_shown(store: &Store) {
        let (port, heard) = collector();
        let mut command = takehold(store);
        command.env("TAKEHOLD_TELEMETRY__OTLP_ENDPOINT", format!("http://127.0.0.1:{port}"));
        let server = Server::start(command);
        let someone = crate::support::Actor::new(&server.url);
        assert_eq!(someone.get("/healthz").status, 200);
        assert_eq!(server.stop(), 0);
        let (line, length) = heard.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(line, "POST /v1/traces HTTP/1.1");
        assert!(length > 50, "{length}");

        // A process that ends sends its last traces after its last note: the next one has sent nothing yet.
        let mut command = takehold(store);
        command.env("TAKEHOLD_TELEMETRY__OTLP_ENDPOINT", format!("http://127.0.0.1:{port}"));
        command.env("OTEL_BSP_SCHEDULE_DELAY", "50");
        let token = crate::support::out(&crate::support::run(store, &["admin", "create-token", "--name", "t", "--role", "admin"]));
        let server = Server::start(command);
        let program = crate::support::Actor::new(&server.url).with_token(token.trim());
        assert_eq!(program.get("/healthz").status, 200);
        heard.recv_timeout(Duration::from_secs(10)).unwrap();
        let shown = loop {
            let shown = program.get("/api/v1/system/destinations").json();
            if shown["items"].as_array().unwrap().iter().any(|one| one["kind"] == "traces") {
                break shown;
            }
        };
        let all = shown["items"].as_array().unwrap();
        let traces = all.iter().find(|one| one["kind"] == "traces").unwrap();
        assert_eq!((traces["host"].as_str(), traces["port"].as_u64()), (Some("127.0.0.1"), Some(u64::from(port))));
        assert_eq!((traces["configured_by"].as_str(), traces["failures"].as_i64()), (Some("telemetry.otlp_endpoint"), Some(0)));
        let on_postgres = store.url.starts_with("postgres");
        assert_eq!(all.iter().any(|one| one["kind"] == "database" && one["contacts"].as_i64() > Some(0)), on_postgres, "{shown}");
        assert_eq!(server.stop(), 0);
    }
}

#[test]
fn a_collector_that_is_away_stops_nothing() {
    let store = Store::sqlite();
    let mut command = takehold(&store);
    command.env("TAKEHOLD_TELEMETRY__OTLP_ENDPOINT", format!("http://127.0.0.1:{}", free_port()));
    let server = Server::start(command);
    assert_eq!(crate::support::Actor::new(&server.url).get("/healthz").status, 200);
    assert_eq!(server.stop(), 0);
}

#[test]
fn every_line_of_a_request_bears_its_id() {
    let store = Store::postgres();
    let mut command = takehold(&store);
    command.env("TAKEHOLD_TELEMETRY__LEVEL", "info,takehold::access=debug");
    let server = Server::start(command);
    let someone = crate::support::Actor::new(&server.url);
    let ask = |path: &str, id: &str| {
        someone.send(someone.request(reqwest::Method::GET, path).header("x-request-id", id)).status
    };
    assert_eq!(ask("/api/v1/setup", "well-1"), 200);
    store.refuse_connections(true);
    assert_eq!(ask("/api/v1/setup", "ill-2"), 503);
    store.refuse_connections(false);
    let lines = server.stop_and_read();
    let of = |id: &str| -> Vec<serde_json::Value> {
        let lines = lines.iter().filter(|line| line.contains(id));
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    };
    let well = of("well-1");
    assert_eq!(well.len(), 1, "{lines:?}");
    assert_eq!(well[0]["span"]["request_id"], "well-1");
    assert_eq!((well[0]["path"].as_str(), well[0]["status"].as_u64()), (Some("/api/v1/setup"), Some(200)));
    assert!(well[0]["timestamp"].as_str().unwrap().ends_with('Z'));
    let ill = of("ill-2");
    let failed = ill.iter().find(|line| line["message"] == "request failed").unwrap();
    assert_eq!((failed["level"].as_str(), failed["span"]["request_id"].as_str()), (Some("ERROR"), Some("ill-2")));
}

both_engines! {
    fn capacity_counts_what_each_key_sent(app: &TestApp) {
        let admin = app.program(Role::Admin);
        let empty = admin.get(CAPACITY).json();
        assert_eq!((empty["ingest"].clone(), empty["growth_per_day_bytes"].clone()), (json!([]), json!(null)));
        let (shop, other) = (app.write_key("shop"), app.write_key("other"));
        let send = |key: &str, batch: serde_json::Value| {
            let answer = admin.send(app.stranger().request(reqwest::Method::POST, "/v1/batch").basic_auth(key, Some("")).json(&batch));
            answer.status
        };
        assert_eq!(send(&shop, json!({ "batch": [call("a"), call("b"), call("a")] })), 200);
        assert_eq!(send(&other, json!({ "batch": [{ "type": "dance", "userId": "u" }, { "type": "track", "userId": "u" }] })), 200);
        app.pass(crate::support::HOUR);
        assert_eq!(send(&shop, json!({ "batch": [call("c"), { "type": "dance", "userId": "u" }] })), 200);
        assert_eq!(send(&shop, json!("no batch")), 400);
        let full = admin.get(CAPACITY).json();
        let hours = full["ingest"].as_array().unwrap();
        assert_eq!(hours.len(), 2, "{full}");
        assert_eq!([&hours[0]["accepted"], &hours[0]["duplicate"], &hours[0]["refused"]], [2, 1, 2]);
        assert_eq!([&hours[1]["accepted"], &hours[1]["duplicate"], &hours[1]["refused"]], [1, 0, 2]);
        let keys = full["keys"].as_array().unwrap();
        let key = |name: &str| keys.iter().find(|key| key["key"] == name).unwrap();
        assert_eq!([&key("shop")["accepted"], &key("shop")["duplicate"], &key("shop")["refused"]], [3, 1, 2]);
        assert_eq!(key("other")["workspace"], "default");
        let codes = key("other")["codes"].as_array().unwrap();
        assert!(codes.contains(&json!({ "code": "bad_type", "count": 1 })) && codes.contains(&json!({ "code": "no_event", "count": 1 })));
        let engine = if app.store.url.starts_with("sqlite") { "sqlite" } else { "postgresql" };
        assert_eq!(full["database"]["engine"], engine);
        let parts = full["database"]["parts"].as_array().unwrap();
        let sum: u64 = parts.iter().map(|part| part["bytes"].as_u64().unwrap()).sum();
        assert_eq!(sum, full["database"]["bytes"].as_u64().unwrap());
        assert!(full["growth_per_day_bytes"].as_u64().unwrap() > 0);
        assert_eq!(full["disk"].is_object(), engine == "sqlite");
        assert_eq!(full["days_left"].is_u64(), engine == "sqlite");
        // A week later nothing of it is shown any more.
        app.pass(8 * 24 * crate::support::HOUR);
        assert_eq!(admin.get(CAPACITY).json()["keys"], json!([]));
    }
}

both_engines! {
    fn only_admins_of_default_see_the_installation(app: &TestApp) {
        app.make_workspace("other");
        app.make_user("elsewhere@example.com", Role::Admin, "other");
        for path in [CAPACITY, "/api/v1/system/destinations", "/api/v1/system/health"] {
            assert_eq!(app.program(Role::Admin).get(path).status, 200, "{path}");
            assert_eq!(app.program(Role::Viewer).get(path).problem(), (403, "forbidden".into()), "{path}");
            assert_eq!(app.browser("elsewhere@example.com").get(path).problem(), (403, "forbidden".into()), "{path}");
            assert_eq!(app.stranger().get(path).status, 401, "{path}");
        }
    }
}

both_engines! {
    fn health_says_what_doctor_says(app: &TestApp) {
        let health = app.program(Role::Admin).get("/api/v1/system/health").json();
        let checks = health["checks"].as_array().unwrap();
        let ok = |name: &str| checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {health}"))["ok"].clone();
        for name in ["database", "schema", "database file", "secret key", "clock", "data folder"] {
            assert_eq!(ok(name), true, "{name}: {health}");
        }
        app.pass(-40 * 365 * 24 * crate::support::HOUR);
        let told = app.program(Role::Admin).get("/api/v1/system/health").json();
        let clock = told["checks"].as_array().unwrap().iter().find(|check| check["name"] == "clock").unwrap().clone();
        assert_eq!(clock["ok"], false);
        assert!(clock["remedy"].as_str().unwrap().contains("set the machine's clock"));
    }
}

both_engines! {
    fn another_secret_key_is_refused_with_the_remedy(store: &Store) {
        drop(Server::start(takehold(store)));
        let other = |verb: &[&str]| takehold(store).args(verb).env("TAKEHOLD_SERVER__SECRET_KEY", "08".repeat(32)).output().unwrap();
        let refused = other(&["serve"]);
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!((refused.status.code(), text.lines().count()), (Some(2), 1), "{text}");
        assert!(text.contains("not the key that the database was made with") && text.contains("secret.key"), "{text}");
        let ill = crate::support::out(&other(&["doctor"]));
        assert!(ill.contains("FAIL secret key") && ill.contains("secret.key"), "{ill}");
        drop(Server::start(takehold(store)));
    }
}
