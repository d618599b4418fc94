//! The audit log on its way to a syslog collector.

use std::io::Read;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use takehold::auth::Role;

use crate::jobs::wait_for;
use crate::support::{Store, TestApp};

/// A collector that keeps what it hears, until it is told to go away.
struct Collector {
    port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
    away: Arc<std::sync::atomic::AtomicBool>,
}

impl Collector {
    fn on(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, away) = (Arc::<Mutex<Vec<u8>>>::default(), Arc::<std::sync::atomic::AtomicBool>::default());
        let (kept, told) = (heard.clone(), away.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if told.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                let mut bytes = Vec::new();
                stream.unwrap().read_to_end(&mut bytes).unwrap();
                kept.lock().unwrap().extend(bytes);
            }
        });
        Self { port, heard, away }
    }

    /// Whoever connects now finds nobody.
    fn leave(&self) {
        self.away.store(true, std::sync::atomic::Ordering::Relaxed);
        drop(std::net::TcpStream::connect(("127.0.0.1", self.port)));
    }

    /// Each message, by its length in front.
    fn messages(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap().clone();
        let (mut rest, mut found) = (heard.as_slice(), Vec::new());
        while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
            let length: usize = std::str::from_utf8(&rest[..space]).unwrap().parse().unwrap();
            found.push(String::from_utf8(rest[space + 1..space + 1 + length].to_vec()).unwrap());
            rest = &rest[space + 1 + length..];
        }
        found
    }

    fn ids(&self) -> Vec<i64> {
        self.messages().iter().map(|message| body(message)["id"].as_i64().unwrap()).collect()
    }
}

fn body(message: &str) -> Value {
    let (_, json) = message.split_once("\u{feff}").expect("a text in UTF-8 begins with its mark");
    serde_json::from_str(json).unwrap()
}

fn streams(store: Store) {
    let collector = Collector::on(0);
    let address = format!("tcp://127.0.0.1:{}", collector.port);
    let app = TestApp::with(store, |config| config.audit.syslog = Some(address.parse().unwrap()));
    let owner = app.program(Role::Owner);
    let rows = || owner.get("/api/v1/audit/state").json();
    let make = |name: &str| {
        let made = owner.post("/api/v1/workspaces/default/write-keys", &json!({ "name": name }));
        assert_eq!(made.status, 201, "{}", made.text());
    };
    make("key \"one\" ]");
    let written = rows()["rows"].as_i64().unwrap();
    wait_for(|| collector.ids().last() == Some(&written));
    let first = collector.messages().pop().unwrap();
    assert!(first.starts_with("<85>1 2"), "authpriv, notice, version 1: {first}");
    assert!(first.contains(" takehold - audit - "), "{first}");
    let listed = owner.get("/api/v1/audit?limit=1").json()["items"][0].clone();
    let sent = body(&first);
    assert_eq!((&sent["target"], &sent["hash"], &sent["at"]), (&listed["target"], &listed["hash"], &listed["at"]));

    // The collector goes away: rows wait, and the state says why.
    collector.leave();
    make("two");
    make("three");
    app.pass(31_000_000);
    wait_for(|| rows()["syslog"]["problem"].is_string());
    let back = Collector::on(collector.port);
    app.pass(31_000_000);
    let all = rows()["rows"].as_i64().unwrap();
    wait_for(|| {
        app.pass(31_000_000);
        back.ids().last() == Some(&all)
    });
    let ids: Vec<i64> = collector.ids().into_iter().chain(back.ids()).collect();
    assert_eq!(ids, (1..=all).collect::<Vec<_>>(), "each row once and in order");
    wait_for(|| rows()["syslog"]["problem"].is_null() && rows()["syslog"]["sent_through"] == all);
    let destinations = owner.get("/api/v1/system/destinations").json();
    let ours = destinations["items"].as_array().unwrap().iter().find(|one| one["kind"] == "syslog").unwrap().clone();
    assert_eq!((&ours["host"], &ours["configured_by"]), (&json!("127.0.0.1"), &json!("audit.syslog")));
    assert!(ours["failures"].as_i64().unwrap() >= 1, "{ours}");
}

#[test]
fn each_row_reaches_the_collector_once_and_in_order_on_sqlite() {
    streams(Store::sqlite());
}

#[test]
fn each_row_reaches_the_collector_once_and_in_order_on_postgres() {
    streams(Store::postgres());
}

#[test]
fn whoever_calls_too_often_is_told_when_to_come_again() {
    let app = TestApp::with(Store::sqlite(), |config| config.server.rate_limit = 200);
    let (program, other) = (app.program(Role::Viewer), app.program(Role::Viewer));
    let ask = || program.get("/api/v1/workspaces");
    let refused = (0..40).map(|_| ask()).find(|answer| answer.status == 429).expect("the 21st is too many");
    assert_eq!(refused.problem(), (429, "too_many_requests".into()));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(refused.text().contains("server.rate_limit"));
    assert_eq!(other.get("/api/v1/workspaces").status, 200, "another token is not held up");
    assert_eq!(app.stranger().get("/healthz").status, 200);
    // Events are not counted, nor are those who send them held up.
    let key = app.write_key("k");
    for n in 0..60 {
        let someone = app.stranger();
        let call = json!({ "type": "track", "event": "Open", "userId": format!("u{n}") });
        let sent =
            someone.send(someone.request(reqwest::Method::POST, "/v1/track").basic_auth(&key, Some("")).json(&call));
        assert_eq!(sent.status, 200);
    }
}
