//! Sends batches of events to a server: `load ADDRESS WRITE_KEY CONNECTIONS SECONDS MODE`.
//!
//! The bodies are made before the clock starts and only their messageIds are written anew, so that
//! the sender costs next to nothing beside the server. Modes:
//! - `stored`: every event is new;
//! - `repeated`: the server parses and checks them, and finds that it has them all;
//! - `refused`: the same events without a person, which the server parses, checks and refuses one by one;
//! - `dropped`: the same bytes under a name that the server passes over: received and scanned, not stored.
//!
//! Prints events a second, and the median and 99th percentile of the answers in milliseconds.

mod event;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use event::Shape;

const BATCH: u64 = 100;
const TEMPLATES: u64 = 400;
const SHAPE: Shape = Shape { events: 10_000_000, people: 100_000, people_days: 10_000_000 };

/// A body, and where its messageIds stand.
struct Template {
    request: Vec<u8>,
    ids: Vec<usize>,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, key, connections, seconds, mode] = &words[..] else {
        panic!("write: load ADDRESS WRITE_KEY CONNECTIONS SECONDS MODE")
    };
    let connections: u64 = connections.parse().expect("a number of connections");
    let length = Duration::from_secs_f64(seconds.parse().expect("a number of seconds"));
    let today = day_of_today();
    let templates: Vec<Template> = (0..TEMPLATES).map(|at| template(at, address, key, mode, &today)).collect();
    // Runs against the same database must not repeat each other's messageIds.
    let run = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64) << 20;
    let fresh = mode != "repeated";
    let sent = AtomicU64::new(0);
    let start = Instant::now();
    let mut latencies: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| send(address, &templates, &sent, fresh.then_some(run), start + length)))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a connection failed")).collect()
    });
    let took = start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let events = latencies.len() as u64 * BATCH;
    println!("{:.0} {:.2} {:.2}", events as f64 / took, at(0.5), at(0.99));
}

fn send(address: &str, templates: &[Template], sent: &AtomicU64, run: Option<u64>, end: Instant) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).expect("the server answers");
    stream.set_nodelay(true).expect("a TCP connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a TCP connection");
    let (mut request, mut answer, mut latencies) = (Vec::new(), vec![0; 1 << 16], Vec::new());
    while Instant::now() < end {
        let number = sent.fetch_add(1, Ordering::Relaxed);
        let template = &templates[(number % TEMPLATES) as usize];
        request.clone_from(&template.request);
        if let Some(run) = run {
            for (number, place) in (run + number * BATCH..).zip(&template.ids) {
                let id = event::message_id(number);
                request[*place..*place + id.len()].copy_from_slice(&id);
            }
        }
        let asked = Instant::now();
        stream.write_all(&request).expect("the server reads");
        receive(&mut stream, &mut answer);
        latencies.push(asked.elapsed());
    }
    latencies
}

/// Reads one answer whole and insists on 200.
fn receive(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
        let read = stream.read(&mut buffer[filled..]).expect("the server answers in time");
        assert!(read > 0, "the server closed the connection");
        filled += read;
        let text = &buffer[..filled];
        let Some(head) = text.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head_text = String::from_utf8_lossy(&text[..head]).to_lowercase();
        assert!(head_text.starts_with("http/1.1 200"), "the server answered {}", String::from_utf8_lossy(text));
        let length = head_text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let length: usize = length.expect("the answer says its length");
        if filled >= head + 4 + length {
            return;
        }
    }
}

fn template(at: u64, address: &str, key: &str, mode: &str, today: &str) -> Template {
    let mut body = Vec::new();
    body.extend_from_slice(if mode == "dropped" { b"{\"batch\":[],\"passed\":[" } else { b"{\"batch\":[" });
    for nth in 0..BATCH {
        if nth > 0 {
            body.push(b',');
        }
        let place = event::mix(at * BATCH + nth) % SHAPE.events;
        event::write(&mut body, SHAPE, place, Some(today));
    }
    body.extend_from_slice(b"]}");
    if mode == "refused" {
        // Equally long, and no longer a name that the server knows.
        let text = String::from_utf8(body).expect("the events are UTF-8");
        body = text.replace("\"userId\"", "\"nobody\"").into_bytes();
    }
    let mut request = format!(
        "POST /v1/batch HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(&body);
    let mark = b"\"messageId\":\"";
    let ids = request.windows(mark.len()).enumerate().filter(|(_, window)| window == mark);
    let ids = ids.map(|(place, _)| place + mark.len()).collect();
    Template { request, ids }
}

/// Noon of yesterday or today, whichever is past, as text.
fn day_of_today() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let days = (now - 43_200) / 86_400;
    // Civil date of a day number, counted in years that begin in March.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T12:00:00.000Z")
}
