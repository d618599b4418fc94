//! Servers under load lose their leader: another leads in time, and no acknowledged event is lost or counted twice.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use serde_json::{Value, json};
use takehold::clock::Clock;

use crate::jobs::{Bench, wait_for};
use crate::jobs_replicas::leader;
use crate::support::{Actor, Server, Store, out, run, takehold};

const SENDERS: u64 = 3;
const BATCH: u64 = 50;

/// Clients that send the same batch again, wherever a server answers, until it is acknowledged.
struct Load {
    urls: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Load {
    fn start(key: &str, urls: Vec<String>) -> Self {
        let (urls, stop, acknowledged) = (Arc::new(Mutex::new(urls)), Arc::default(), Arc::default());
        let mut load = Self { urls, stop, acknowledged, threads: Vec::new() };
        for sender in 0..SENDERS {
            let (urls, stop, acknowledged) = (load.urls.clone(), load.stop.clone(), load.acknowledged.clone());
            let key = key.to_owned();
            load.threads.push(std::thread::spawn(move || {
                let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
                let mut turn = usize::try_from(sender).unwrap();
                for batch in 0.. {
                    let body = batch_of(sender, batch);
                    loop {
                        turn += 1;
                        let urls = urls.lock().unwrap().clone();
                        let url = format!("{}/v1/batch", urls[turn % urls.len()]);
                        let answer = client.post(url).bearer_auth(&key).json(&body).send();
                        if answer.is_ok_and(|answer| answer.status() == 200) {
                            acknowledged.fetch_add(BATCH, Ordering::Relaxed);
                            break;
                        }
                        std::thread::sleep(Duration::from_millis(20));
                    }
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                }
            }));
        }
        load
    }

    fn goes_on(&self) {
        let before = self.acknowledged.load(Ordering::Relaxed);
        wait_for(|| self.acknowledged.load(Ordering::Relaxed) > before + 10 * BATCH);
    }

    fn end(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
        self.acknowledged.load(Ordering::Relaxed)
    }
}

fn batch_of(sender: u64, batch: u64) -> Value {
    let call = |n: u64| {
        json!({
            "type": "track", "userId": format!("u{}", n % 7), "event": "Open", "timestamp": "2026-11-20T12:00:00Z",
            "messageId": format!("{sender}-{batch}-{n}"),
        })
    };
    json!({ "batch": (0..BATCH).map(call).collect::<Vec<_>>() })
}

both_engines! {
    fn another_leads_within_fifteen_seconds_and_nothing_acknowledged_is_lost(store: &Store) {
        let bench = Bench::new(store, Clock::system().now());
        let secret = |verb: &str, more: &[&str]| {
            let made = run(store, &[&["admin", verb, "--name", "t"], more].concat());
            out(&made).trim().to_owned()
        };
        let (key, token) = (secret("create-write-key", &[]), secret("create-token", &["--role", "admin"]));
        let many = !store.url.starts_with("sqlite");
        let start = || Server::start(takehold(store));
        let mut servers: Vec<Server> = (0..if many { 3 } else { 1 }).map(|_| start()).collect();
        let urls = |servers: &[Server]| servers.iter().map(|server| server.url.clone()).collect::<Vec<_>>();
        let load = Load::start(&key, urls(&servers));
        for death in 0..2 {
            load.goes_on();
            wait_for(|| leader(&bench).is_some());
            let led = leader(&bench).unwrap();
            let at = servers.iter().position(|server| i64::from(server.pid()) == led).expect("a server leads");
            let server = servers.swap_remove(at);
            let gone = Instant::now();
            // First a death, then an orderly end. SQLite's only server starts again.
            if death == 0 { drop(server) } else { assert_eq!(server.stop(), 0) }
            if servers.is_empty() {
                servers.push(start());
            }
            *load.urls.lock().unwrap() = urls(&servers);
            wait_for(|| leader(&bench).is_some_and(|pid| pid != led));
            let patience = Duration::from_secs(if death == 0 { 15 } else { 5 });
            assert!(gone.elapsed() < patience, "{:?}", gone.elapsed());
            // The one who leads now does what is asked of it.
            let program = Actor::new(&servers[0].url).with_token(&token);
            let asked = program.post("/api/v1/system/jobs/rollup/runs", &json!({}));
            assert!([202, 409].contains(&asked.status), "{}", asked.text());
            let runs = || program.get("/api/v1/system/jobs/rollup/runs?limit=5").json();
            wait_for(|| runs()["items"].as_array().unwrap().iter().any(|run| run["state"] == "succeeded"));
            load.goes_on();
        }
        let acknowledged = load.end();
        let program = Actor::new(&servers[0].url).with_token(&token);
        let counted = || {
            let days = program.get("/api/v1/workspaces/default/metrics/active?from=2026-11-20&to=2026-11-20").json();
            days["days"][0]["events"].as_u64().unwrap()
        };
        assert_eq!(counted(), acknowledged);
        let folded = run(store, &["jobs", "run", "rollup"]);
        assert!(folded.status.success(), "{}", String::from_utf8_lossy(&folded.stderr));
        assert_eq!(counted(), acknowledged, "folded");
    }
}
