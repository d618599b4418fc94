//! The first owner.

use serde_json::json;
use takehold::auth::setup::renew_code;

use crate::support::{PASSWORD, TestApp};

both_engines! {
    fn the_printed_code_makes_the_first_owner_once(app: &TestApp) {
        let someone = app.stranger();
        assert_eq!(someone.get("/api/v1/setup").json(), json!({ "needed": true }));
        let code = app.state.db.write_blocking(renew_code).unwrap().unwrap().text;
        let renewed = app.state.db.write_blocking(renew_code).unwrap().unwrap().text;
        let body = |code: &str, password: &str| json!({ "code": code, "email": "ada@example.com", "name": "Ada", "password": password });
        let old = someone.post("/api/v1/setup", &body(&code, PASSWORD));
        assert_eq!(old.problem(), (403, "wrong_setup_code".into()));
        let weak = someone.post("/api/v1/setup", &body(&renewed, "short"));
        assert_eq!(weak.problem(), (422, "invalid".into()));
        assert_eq!(weak.json()["errors"][0]["field"], "password");
        let done = someone.post("/api/v1/setup", &body(&renewed, PASSWORD));
        assert_eq!(done.status, 200, "{}", done.text());
        assert_eq!(done.json()["roles"][0]["role"], "owner");
        assert_eq!(someone.get("/api/v1/me").json()["name"], "Ada");
        assert_eq!(someone.get("/api/v1/setup").json(), json!({ "needed": false }));
        let again = app.stranger().post("/api/v1/setup", &body(&renewed, PASSWORD));
        assert_eq!(again.problem(), (409, "already_set_up".into()));
        assert!(app.state.db.write_blocking(renew_code).unwrap().is_none());
    }
}

#[test]
fn codes_cannot_be_guessed_at_length() {
    let app = TestApp::start();
    let someone = app.stranger();
    let body = json!({ "code": "thc_guess", "email": "a@b.c", "name": "", "password": PASSWORD });
    for _ in 0..5 {
        assert_eq!(someone.post("/api/v1/setup", &body).status, 403);
    }
    assert_eq!(someone.post("/api/v1/setup", &body).problem(), (429, "too_many_attempts".into()));
}
