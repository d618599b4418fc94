//! Who may do what, and from where.

use reqwest::Method;
use serde_json::json;
use takehold::auth::Role;

use crate::support::{PASSWORD, TestApp};

const KEYS: &str = "/api/v1/workspaces/default/write-keys";

both_engines! {
    fn a_permission_that_a_role_lacks_is_named(app: &TestApp) {
        let viewer = app.user(Role::Viewer);
        let answer = viewer.get(KEYS);
        assert_eq!(answer.problem(), (403, "forbidden".into()));
        assert!(answer.text().contains("write_keys.read"), "{}", answer.text());
        assert_eq!(app.program(Role::Scim).get(KEYS).problem(), (403, "forbidden".into()));
        assert_eq!(app.program(Role::Admin).get(KEYS).status, 200);
        assert_eq!(app.stranger().get(KEYS).problem(), (401, "sign_in_needed".into()));
    }
}

both_engines! {
    fn a_workspace_without_a_role_is_not_there(app: &TestApp) {
        let viewer = app.user(Role::Viewer);
        app.make_workspace("other");
        for workspace in ["other", "missing", "%00", "a%2Fb"] {
            let path = format!("/api/v1/workspaces/{workspace}/write-keys");
            assert_eq!(viewer.get(&path).problem(), (404, "not_found".into()), "{workspace}");
        }
        assert_eq!(app.program(Role::Owner).get("/api/v1/workspaces/other/write-keys").status, 404);
        let workspaces = app.program(Role::Owner).get("/api/v1/workspaces").json();
        assert_eq!(workspaces["items"].as_array().unwrap().len(), 1);
    }
}

both_engines! {
    fn owners_of_default_own_new_workspaces(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let admin = app.user(Role::Admin);
        app.make_workspace("other");
        assert_eq!(owner.get("/api/v1/workspaces/other/write-keys").status, 200);
        assert_eq!(admin.get("/api/v1/workspaces/other/write-keys").status, 404);
    }
}

#[test]
fn another_site_cannot_write_with_the_cookie() {
    let app = TestApp::start();
    let owner = app.user(Role::Owner);
    let post = || owner.request(Method::POST, KEYS).json(&json!({ "name": "k" }));
    assert_eq!(owner.send(post()).problem(), (403, "csrf_header_needed".into()));
    let ours = || post().header("x-takehold-request", "1");
    assert_eq!(owner.send(ours()).status, 201);
    assert_eq!(owner.send(ours().header("sec-fetch-site", "same-origin")).status, 201);
    assert_eq!(owner.send(ours().header("origin", &app.url)).status, 201);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        assert_eq!(owner.send(ours().header(name, value)).problem(), (403, "foreign_origin".into()), "{name}: {value}");
    }
    // Nor sign somebody in as somebody else.
    let body = json!({ "email": "owner@example.com", "password": PASSWORD });
    let foreign = owner.request(Method::POST, "/api/v1/session").header("sec-fetch-site", "cross-site").json(&body);
    assert_eq!(owner.send(foreign).problem(), (403, "foreign_origin".into()));
}

#[test]
fn a_program_needs_no_header_and_its_token_counts_before_a_cookie() {
    let app = TestApp::start();
    let program = app.program(Role::Admin);
    let write = program.request(Method::POST, KEYS).json(&json!({ "name": "k" }));
    assert_eq!(program.send(write).status, 201);
    let owner = app.user(Role::Owner);
    let with_bad_token = owner.request(Method::GET, KEYS).bearer_auth("thk_wrong");
    assert_eq!(owner.send(with_bad_token).problem(), (401, "sign_in_needed".into()));
    assert_eq!(program.get("/api/v1/me").problem(), (403, "session_needed".into()));
}
