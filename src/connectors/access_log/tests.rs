use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use super::{AccessLog, Refused};

const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36";

fn log() -> AccessLog {
    AccessLog::new(Some("Website"), b"salt")
}

fn line(user: &str, request: &str, status: &str, agent: &str) -> String {
    format!(
        "10.0.0.1 - {user} [17/May/2015:10:05:03 +0200] \"{request}\" {status} 512 \"http://a:b@www.site.example/x?y=z\" \"{agent}\""
    )
}

fn call(line: &str) -> Value {
    serde_json::from_str(&log().read(line.as_bytes()).unwrap().call).unwrap()
}

fn said(request: &str, status: &str) -> (String, String) {
    let call = call(&line("-", request, status, CHROME));
    let kind = call["properties"]["kind"].as_str().unwrap_or("page").to_owned();
    let name = call["name"].as_str().or(call["properties"]["path"].as_str()).unwrap_or("none").to_owned();
    assert_eq!(call["type"] == "page", kind == "page");
    assert_eq!(call["event"] == "Request", kind != "page");
    (kind, name)
}

#[test]
fn a_page_view_keeps_no_address_agent_or_query() {
    let text = line("-", "GET /orders/10442/lines?token=secret HTTP/1.1", "200", CHROME);
    let parsed = log().read(text.as_bytes()).unwrap();
    for hidden in ["10.0.0.1", "Chrome", "secret", "a:b", "10442"] {
        assert!(!parsed.call.contains(hidden), "{} tells {hidden}", parsed.call);
    }
    assert!(parsed.identify.is_none());
    let call: Value = serde_json::from_str(&parsed.call).unwrap();
    let id = call["anonymousId"].as_str().unwrap();
    assert_eq!(id.len(), 16);
    assert_eq!(
        call,
        json!({
            "type": "page", "anonymousId": id, "name": "/orders/:id/lines", "timestamp": "2015-05-17T08:05:03Z",
            "properties": {"method": "GET", "status": 200, "bytes": 512, "referrer": "www.site.example"},
            "context": {"app": "Website"},
        })
    );
}

#[test]
fn every_request_counts_but_only_pages_are_pages() {
    let page = |name: &str| ("page".to_owned(), name.to_owned());
    assert_eq!(said("GET / HTTP/1.1", "200"), page("/"));
    assert_eq!(said("GET /?q=1 HTTP/1.1", "304"), page("/"));
    assert_eq!(said("POST /login;jsessionid=4 HTTP/1.1", "204"), page("/login"));
    assert_eq!(said("GET http://www.site.example/a/b/c/d HTTP/1.1", "200"), page("/a/b/c/*"));
    assert_eq!(
        said("GET /u/ada@sample.example/3f2504e0-4f89-11d3-9a0c-0305e82c3301 HTTP/1.1", "200"),
        page("/u/:id/:id")
    );
    assert_eq!(said("GET /blog/geekery/ssl-latency.html HTTP/1.1", "200"), page("/blog/geekery/ssl-latency.html"));
    let other = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    assert_eq!(said("GET /style.CSS?v=3 HTTP/1.1", "200"), other("file", "/style.CSS"));
    assert_eq!(said("GET /robots.txt HTTP/1.1", "200"), other("file", "/robots.txt"));
    assert_eq!(said("GET /gone HTTP/1.1", "404"), other("failed", "/gone"));
    assert_eq!(said("GET /old HTTP/1.1", "301"), other("other", "/old"));
    assert_eq!(said("HEAD / HTTP/1.1", "200"), other("other", "/"));
    assert_eq!(said("OPTIONS * HTTP/1.0", "200"), other("other", "none"));
    assert_eq!(said("-", "408"), other("other", "none"));
    assert_eq!(said("\\x16\\x03\\x01", "400"), other("other", "none"));
}

#[test]
fn a_remote_user_is_the_person_and_never_a_robot() {
    let mut log = log();
    let parsed = log.read(line("ada sample", "GET / HTTP/1.1", "200", "curl/8.0").as_bytes()).unwrap();
    let call: Value = serde_json::from_str(&parsed.call).unwrap();
    assert_eq!((&call["userId"], &call["anonymousId"]), (&json!("ada sample"), &Value::Null));
    assert!(parsed.identify.is_none());
}

#[test]
fn a_robot_is_announced_once() {
    let mut log = log();
    let agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let first = log.read(line("-", "GET / HTTP/1.1", "200", agent).as_bytes()).unwrap();
    let call: Value = serde_json::from_str(&first.call).unwrap();
    let identify: Value = serde_json::from_str(&first.identify.unwrap()).unwrap();
    assert_eq!(identify["type"], "identify");
    assert_eq!(identify["traits"], json!({"bot": true}));
    assert_eq!(identify["anonymousId"], call["anonymousId"]);
    assert_eq!(identify["timestamp"], call["timestamp"]);
    assert!(log.read(line("-", "GET /a HTTP/1.1", "200", agent).as_bytes()).unwrap().identify.is_none());
}

#[test]
fn the_salt_and_the_agent_make_the_person() {
    let text = line("-", "GET / HTTP/1.1", "200", CHROME);
    let id = |log: &mut AccessLog, text: &str| -> String {
        let call: Value = serde_json::from_str(&log.read(text.as_bytes()).unwrap().call).unwrap();
        call["anonymousId"].as_str().unwrap().to_owned()
    };
    let mine = id(&mut log(), &text);
    assert_eq!(mine, id(&mut log(), &text));
    assert_ne!(mine, id(&mut AccessLog::new(None, b"other"), &text));
    assert_ne!(mine, id(&mut log(), &line("-", "GET / HTTP/1.1", "200", "another")));
}

#[test]
fn broken_quotes_bytes_and_sizes_are_read() {
    let person = |text: &[u8]| -> Value { serde_json::from_str(&log().read(text).unwrap().call).unwrap() };
    let whole = line("-", "GET / HTTP/1.1", "200", CHROME);
    let unclosed = whole.trim_end_matches('"');
    assert_eq!(person(whole.as_bytes()), person(unclosed.as_bytes()));
    assert_eq!(person(whole.as_bytes()), person(format!("{whole}\r\n").as_bytes()));
    let escaped = call(&line("-", r#"GET /say/\"hello\"/now HTTP/1.1"#, "200", r#"a \"b\" c"#));
    assert_eq!(escaped["name"], r#"/say/\"hello\"/now"#);
    // Old nginx writes quotes as they come.
    assert_eq!(call(&line("-", "GET / HTTP/1.1", "200", "a \"b\"c d"))["properties"]["status"], 200);
    let mut bytes = line("-", "GET /caf", "200", CHROME).into_bytes();
    bytes.splice(40..40, [0xff, 0xfe, 0x00]);
    let _ = log().read(&bytes);
    let invalid =
        [b"10.0.0.1 - - [17/May/2015:10:05:03 +0000] \"GET /caf\xe9 HTTP/1.1\" 200 -".as_slice(), b"\xff"].concat();
    assert_eq!(person(&invalid)["name"], "/caf\u{fffd}");
    let long = "x".repeat(1_000_000);
    let call = call(&line("-", &format!("GET /{long}/{long} HTTP/1.1"), "200", &format!("{long}é{long}")));
    assert_eq!(call["name"], "/:id/:id");
    // The common format ends after the bytes.
    assert_eq!(
        person(b"::1 - - [01/Jan/2026:00:00:60 -0130] \"GET / HTTP/2.0\" 200 -")["timestamp"],
        "2026-01-01T01:30:59Z"
    );
}

#[test]
fn what_is_no_log_line_says_why() {
    let refused = |text: &str| log().read(text.as_bytes()).unwrap_err();
    assert_eq!(refused("  \n"), Refused::Empty);
    assert_eq!(refused("hello world"), Refused::NoTime);
    assert_eq!(refused("10.0.0.1 - - [17/May/2015:10:05:03 +0000"), Refused::NoTime);
    assert!(matches!(refused("10.0.0.1 - - [32/May/2015:10:05:03 +0000] \"GET /\" 200 1"), Refused::BadTime(_)));
    assert!(matches!(refused("10.0.0.1 - - [17/Mai/2015:10:05:03 +0000] \"GET /\" 200 1"), Refused::BadTime(_)));
    assert!(matches!(refused("10.0.0.1 - - [17/May/2015:10:05:03] \"GET /\" 200 1"), Refused::BadTime(_)));
    assert_eq!(refused("10.0.0.1 - - [17/May/2015:10:05:03 +0000] GET / 200 1"), Refused::NoRequest);
    assert_eq!(refused("10.0.0.1 - - [17/May/2015:10:05:03 +0000] \"GET /\" ok 1"), Refused::NoStatus);
}

/// The day counts of a real server's log, as its description states them.
#[test]
fn a_real_log_gives_the_known_requests_and_people_of_each_day() {
    let file =
        std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/apache-access-2015.log.gz")).unwrap();
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).split(b'\n');
    let mut log = log();
    let mut days: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    let (mut pages, mut names, mut robots, mut all) = (0, BTreeSet::new(), 0, BTreeSet::new());
    for line in lines {
        let parsed = log.read(&line.unwrap()).unwrap();
        let call: Value = serde_json::from_str(&parsed.call).unwrap();
        let person = call["anonymousId"].as_str().unwrap();
        let day = days.entry(call["timestamp"].as_str().unwrap()[..10].to_owned()).or_default();
        day.0 += 1;
        day.1.insert(person.to_owned());
        all.insert(person.to_owned());
        robots += usize::from(parsed.identify.is_some());
        if call["type"] == "page" {
            pages += 1;
            names.insert(call["name"].as_str().unwrap().to_owned());
        }
    }
    let counts: Vec<_> = days.values().map(|(requests, people)| (*requests, people.len())).collect();
    assert_eq!(counts, [(1_632, 365), (2_893, 660), (2_896, 586), (2_579, 533)]);
    assert!((3_000..7_000).contains(&pages), "{pages} pages");
    // A site of articles: most have a name of their own.
    assert!(names.len() < 700, "{} names", names.len());
    assert!((100..800).contains(&robots), "{robots} robots of {}", all.len());
    println!("{pages} pages, {} names, {robots} robots of {} people", names.len(), all.len());
}
