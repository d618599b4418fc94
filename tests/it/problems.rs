//! Errors look alike, and say what would be right.

use reqwest::Method;
use serde_json::json;
use takehold::auth::Role;

use crate::support::TestApp;

const KEYS: &str = "/api/v1/workspaces/default/write-keys";

#[test]
fn bodies_are_read_strictly() {
    let app = TestApp::start();
    let owner = app.user(Role::Owner);
    let post = |kind: Option<&str>, body: Vec<u8>| {
        let mut request = owner.request(Method::POST, KEYS).header("x-takehold-request", "1").body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        owner.send(request)
    };
    let json_type = Some("application/json; charset=utf-8");
    assert_eq!(post(json_type, br#"{"name":"k"}"#.to_vec()).status, 201);
    assert_eq!(post(None, br#"{"name":"k"}"#.to_vec()).problem(), (415, "not_json".into()));
    assert_eq!(post(Some("text/plain"), br#"{"name":"k"}"#.to_vec()).problem(), (415, "not_json".into()));
    let deep = "[".repeat(100_000);
    for bad in [
        "",
        "{",
        "null",
        "[]",
        "{\"name\":1}",
        "{\"name\":\"a\"} x",
        "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"nam\":\"a\"}",
        "{\"name\":\"a\\u0000\"}",
        deep.as_str(),
    ] {
        let shown: String = bad.chars().take(40).collect();
        assert_eq!(post(json_type, bad.into()).problem(), (400, "bad_json".into()), "{shown}");
    }
    assert_eq!(post(json_type, vec![b'"', 0xff, b'"']).problem(), (400, "bad_json".into()));
    let named = post(json_type, b"{\"name\":1}".to_vec());
    assert_eq!(named.json()["errors"][0]["field"], "name");
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(2 << 20));
    assert_eq!(post(json_type, large.into_bytes()).problem(), (413, "too_large".into()));
}

#[test]
fn wrong_paths_and_methods_are_told_apart() {
    let app = TestApp::start();
    let someone = app.stranger();
    assert_eq!(someone.get("/api/v1/nothing").problem(), (404, "not_found".into()));
    assert_eq!(someone.get("/api").problem(), (404, "not_found".into()));
    let wrong = someone.send(someone.request(Method::PUT, "/api/v1/setup"));
    assert_eq!(wrong.problem(), (405, "wrong_method".into()));
    assert_eq!(wrong.header("allow"), "GET, POST");
    let wrong = someone.send(someone.request(Method::PATCH, KEYS));
    assert_eq!(wrong.header("allow"), "GET, POST");
    assert_eq!(someone.send(someone.request(Method::POST, "/overview")).problem(), (405, "wrong_method".into()));
}

#[test]
fn every_answer_has_its_id_and_careful_headers() {
    let app = TestApp::start();
    let someone = app.stranger();
    for path in ["/healthz", "/api/v1/me", "/api/v1/nothing", "/", "/assets/none.js"] {
        let answer = someone.get(path);
        assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    let given = someone.request(Method::GET, "/api/v1/me").header("x-request-id", "proxy-42");
    assert_eq!(someone.send(given).json()["request_id"], "proxy-42");
    let evil = someone.request(Method::GET, "/api/v1/me").header("x-request-id", "a b<script>");
    assert_ne!(someone.send(evil).header("x-request-id"), "a b<script>");
}

#[test]
fn a_database_that_is_gone_answers_503_and_recovers() {
    let store = crate::support::Store::postgres();
    let app = TestApp::on_store(store);
    let program = app.program(Role::Admin);
    assert_eq!(program.get(KEYS).status, 200);
    app.store.refuse_connections(true);
    let answer = program.get(KEYS);
    assert_eq!(answer.problem(), (503, "unavailable".into()));
    assert!(!answer.header("retry-after").is_empty());
    assert!(!answer.text().contains("takehold_test_"), "the cause is for the log: {}", answer.text());
    assert_eq!(program.post(KEYS, &json!({ "name": "k" })).status, 503);
    assert_eq!(program.get("/healthz").status, 200);
    app.store.refuse_connections(false);
    assert_eq!(program.get(KEYS).status, 200);
}
