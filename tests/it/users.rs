//! Console users: invited, given roles, shut out; and nobody gets above themselves.

use serde_json::{Value, json};
use takehold::auth::Role;
use takehold::auth::sessions::ABSOLUTE;

use crate::support::{Actor, Answer, HOUR, PASSWORD, Server, Store, TestApp, takehold};

const USERS: &str = "/api/v1/users";
const INVITATIONS: &str = "/api/v1/invitations";

fn items(actor: &Actor, path: &str) -> Vec<Value> {
    actor.get(path).json()["items"].as_array().unwrap().clone()
}

fn id(actor: &Actor, email: &str) -> Value {
    items(actor, &format!("{USERS}?limit=500")).into_iter().find(|user| user["email"] == email).unwrap()["id"].clone()
}

/// The code behind the `#` of a link.
fn code(link: &Value) -> String {
    link["url"].as_str().unwrap().split_once("/welcome#").unwrap().1.to_owned()
}

fn role(actor: &Actor, user: &Value, body: &Value) -> Answer {
    actor.put(&format!("{USERS}/{user}/roles"), body)
}

both_engines! {
    fn an_invitation_serves_once_and_makes_a_user(app: &TestApp) {
        let admin = app.user(Role::Admin);
        let body = json!({ "email": " Bob@Example.com", "workspace": "default", "role": "builder", "apps": ["CRM"] });
        let first = admin.post(INVITATIONS, &body);
        assert_eq!(first.status, 201, "{}", first.text());
        let second = admin.post(INVITATIONS, &body).json();
        let listed = items(&admin, INVITATIONS);
        assert_eq!(listed.len(), 1, "the second takes the place of the first");
        assert_eq!((&listed[0]["email"], &listed[0]["apps"]), (&json!("bob@example.com"), &json!(["CRM"])));
        assert!(!admin.get(INVITATIONS).text().contains(&code(&second)));

        let bob = app.stranger();
        let look = |code: &str| bob.post("/api/v1/welcome", &json!({ "code": code }));
        assert_eq!(look(&code(&first.json())).problem(), (403, "welcome_link_gone".into()));
        let shown = look(&code(&second)).json();
        assert_eq!((&shown["kind"], &shown["email"], &shown["role"]), (&json!("invitation"), &json!("bob@example.com"), &json!("builder")));
        let accept = |password: &str| bob.post("/api/v1/welcome/accept", &json!({ "code": code(&second), "name": "Bob", "password": password }));
        assert_eq!(accept("short").problem(), (422, "invalid".into()));
        assert_eq!(accept(PASSWORD).json()["email"], "bob@example.com");
        assert_eq!(bob.get("/api/v1/me").json()["roles"][0]["role"], "builder");
        assert_eq!(accept(PASSWORD).status, 403, "it serves once");
        assert!(items(&admin, INVITATIONS).is_empty());
        let detail = admin.get(&format!("{USERS}/{}", id(&admin, "bob@example.com"))).json();
        assert_eq!(detail["effective"], json!([{ "workspace": "default", "role": "builder", "apps": ["CRM"] }]));
        assert_eq!((&detail["name"], detail["sessions"].as_array().unwrap().len()), (&json!("Bob"), 1));
        assert_eq!(admin.post(INVITATIONS, &body).problem(), (409, "taken".into()), "they are a user now");
    }
}

both_engines! {
    fn an_invitation_ends_by_age_by_hand_and_with_whoever_made_it(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let admin = app.user(Role::Admin);
        let invite = |actor: &Actor, email: &str| {
            let made = actor.post(INVITATIONS, &json!({ "email": email, "workspace": "default", "role": "admin" }));
            assert_eq!(made.status, 201, "{}", made.text());
            made.json()
        };
        let someone = app.stranger();
        let serves = |link: &Value| someone.post("/api/v1/welcome", &json!({ "code": code(link) })).status == 200;
        let (by_hand, by_maker, by_age) = (invite(&admin, "a@example.com"), invite(&admin, "b@example.com"), invite(&owner, "c@example.com"));
        assert!(serves(&by_hand) && serves(&by_maker) && serves(&by_age));
        let path = format!("{INVITATIONS}/{}", by_hand["id"]);
        assert_eq!(admin.delete(&path).status, 204);
        assert_eq!(admin.delete(&path).problem(), (404, "not_found".into()));
        assert!(!serves(&by_hand));
        // Whoever invited an admin is only a viewer by now: the link may be looked at, but gives nothing.
        let admin_id = id(&owner, "admin@example.com");
        assert_eq!(role(&owner, &admin_id, &json!({ "workspace": "default", "role": "viewer" })).status, 200);
        let accepted = someone.post("/api/v1/welcome/accept", &json!({ "code": code(&by_maker), "password": PASSWORD }));
        assert_eq!(accepted.problem(), (403, "welcome_link_gone".into()));
        assert_eq!(owner.post(&format!("{USERS}/{admin_id}/disable"), &json!({})).status, 200);
        assert!(!serves(&by_maker));
        app.pass(7 * 24 * HOUR);
        assert!(!serves(&by_age));
        assert!(app.browser("owner@example.com").get(INVITATIONS).text().contains("\"expired\":true"));
    }
}

both_engines! {
    fn nobody_gives_or_takes_more_than_they_have(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let admin = app.user(Role::Admin);
        app.make_user("ada@example.com", Role::Viewer, "default");
        app.make_workspace("acme");
        let (owner_id, ada) = (id(&owner, "owner@example.com"), id(&owner, "ada@example.com"));
        let too_high = (403, "role_too_high".to_owned());
        assert_eq!(role(&admin, &ada, &json!({ "workspace": "default", "role": "owner" })).problem(), too_high);
        assert_eq!(role(&admin, &owner_id, &json!({ "workspace": "default", "role": "viewer" })).problem(), too_high);
        assert_eq!(role(&admin, &owner_id, &json!({ "workspace": "default", "role": null })).problem(), too_high);
        assert_eq!(admin.post(&format!("{USERS}/{owner_id}/disable"), &json!({})).problem(), too_high);
        assert_eq!(admin.post(&format!("{USERS}/{owner_id}/password-link"), &json!({})).problem(), too_high);
        assert_eq!(admin.delete(&format!("{USERS}/{owner_id}/sessions")).problem(), too_high);
        let invitation = json!({ "email": "x@example.com", "workspace": "default", "role": "owner" });
        assert_eq!(admin.post(INVITATIONS, &invitation).problem(), too_high);
        // An admin of the one workspace is nobody in the other, be it for themselves.
        assert_eq!(role(&admin, &ada, &json!({ "workspace": "acme", "role": "viewer" })).problem(), too_high);
        assert_eq!(role(&owner, &ada, &json!({ "workspace": "acme", "role": "builder", "apps": ["CRM"] })).status, 200);
        assert_eq!(role(&admin, &ada, &json!({ "workspace": "default", "role": "success" })).status, 200);
        let listed = items(&admin, &format!("{USERS}?q=ADA"));
        assert_eq!(listed[0]["roles"], json!([
            { "workspace": "default", "role": "success", "origin": "manual", "apps": [] },
            { "workspace": "acme", "role": "builder", "origin": "manual", "apps": ["CRM"] },
        ]));
        for (query, expected) in [("role=success", 1), ("workspace=acme", 2), ("role=owner&workspace=acme", 1), ("q=nobody", 0), ("limit=2", 2)] {
            assert_eq!(items(&admin, &format!("{USERS}?{query}")).len(), expected, "{query}");
        }
        for wrong in [
            json!({ "workspace": "default", "role": "viewer", "apps": ["CRM"] }),
            json!({ "workspace": "nowhere", "role": "viewer" }),
            json!({ "workspace": "default", "role": "scim" }),
        ] {
            assert_eq!(role(&owner, &ada, &wrong).problem(), (422, "invalid".into()), "{wrong}");
        }
        let left_out = role(&owner, &ada, &json!({ "workspace": "default" }));
        assert_eq!(left_out.problem(), (400, "bad_json".into()), "what is left out takes no role away");
        for lesser in [Role::Success, Role::Builder, Role::Viewer] {
            let token = app.program(lesser);
            for path in [USERS, INVITATIONS, "/api/v1/sessions", "/api/v1/audit", "/api/v1/audit/state"] {
                assert_eq!(token.get(path).problem(), (403, "forbidden".into()), "{path}");
            }
            assert_eq!(token.get("/api/v1/roles").status, 200);
        }
    }
}

both_engines! {
    fn the_last_owner_stays_an_owner_who_can_sign_in(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let token = app.program(Role::Owner);
        let me = id(&owner, "owner@example.com");
        for wanted in [json!("admin"), Value::Null] {
            let refused = role(&owner, &me, &json!({ "workspace": "default", "role": wanted }));
            assert_eq!(refused.problem(), (409, "taken".into()));
            assert!(refused.text().contains("last owner"), "{}", refused.text());
        }
        assert_eq!(owner.post(&format!("{USERS}/{me}/disable"), &json!({})).problem(), (409, "yourself".into()));
        assert_eq!(token.post(&format!("{USERS}/{me}/disable"), &json!({})).problem(), (409, "taken".into()));
        app.make_user("two@example.com", Role::Owner, "default");
        let two = id(&owner, "two@example.com");
        assert_eq!(token.post(&format!("{USERS}/{two}/disable"), &json!({})).json()["disabled_by"], "manual");
        // Whoever is shut out does not count.
        assert_eq!(token.post(&format!("{USERS}/{me}/disable"), &json!({})).status, 409);
        assert_eq!(token.post(&format!("{USERS}/{two}/enable"), &json!({})).json()["disabled_at"], Value::Null);
        assert_eq!(role(&owner, &me, &json!({ "workspace": "default", "role": "viewer" })).status, 200);
        assert_eq!(owner.get(USERS).status, 403);
    }
}

#[test]
fn of_two_owners_who_demote_each_other_at_once_one_stays() {
    let app = TestApp::on_store(Store::postgres());
    for round in 0..5 {
        let names = [format!("a{round}@example.com"), format!("b{round}@example.com")];
        names.iter().for_each(|name| app.make_user(name, Role::Owner, "default"));
        let token = app.program(Role::Owner);
        let ids: Vec<Value> = names.iter().map(|name| id(&token, name)).collect();
        let all = items(&token, &format!("{USERS}?role=owner&limit=500"));
        for other in all.iter().filter(|user| !ids.contains(&user["id"])) {
            role(&token, &other["id"], &json!({ "workspace": "default", "role": null }));
        }
        std::thread::scope(|scope| {
            for user in &ids {
                let (app, user) = (&app, user.clone());
                scope.spawn(move || {
                    role(&app.program(Role::Owner), &user, &json!({ "workspace": "default", "role": "viewer" }))
                });
            }
        });
        assert_eq!(items(&token, &format!("{USERS}?role=owner&limit=500")).len(), 1, "round {round}");
    }
}

both_engines! {
    fn a_password_link_sets_a_new_password_and_ends_sessions(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let ada = app.user(Role::Viewer);
        let user = id(&owner, "viewer@example.com");
        let link = owner.post(&format!("{USERS}/{user}/password-link"), &json!({}));
        assert_eq!(link.status, 201, "{}", link.text());
        let link = link.json();
        assert_eq!(app.stranger().post("/api/v1/welcome", &json!({ "code": code(&link) })).json()["kind"], "password");
        let fresh = app.stranger();
        let body = json!({ "code": code(&link), "password": "another password" });
        assert_eq!(fresh.post("/api/v1/welcome/accept", &body).status, 200);
        assert_eq!(fresh.get("/api/v1/me").json()["email"], "viewer@example.com");
        assert_eq!(ada.get("/api/v1/me").status, 401, "sessions of the old password end");
        assert_eq!(app.stranger().sign_in("viewer@example.com", PASSWORD).status, 401);
        assert_eq!(app.stranger().sign_in("viewer@example.com", "another password").status, 200);
        assert_eq!(fresh.post("/api/v1/welcome/accept", &body).status, 403);
        assert_eq!(owner.post(&format!("{USERS}/{user}/disable"), &json!({})).status, 200);
        assert_eq!(owner.post(&format!("{USERS}/{user}/password-link"), &json!({})).problem(), (409, "taken".into()));
    }
}

both_engines! {
    fn sessions_are_listed_and_ended_by_admins(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let viewer = app.user(Role::Viewer);
        let all = items(&owner, "/api/v1/sessions");
        assert_eq!(all.len(), 2);
        let of = |email: &str| all.iter().find(|session| session["user"]["email"] == email).unwrap();
        assert_eq!((&of("owner@example.com")["current"], &of("viewer@example.com")["current"]), (&json!(true), &json!(false)));
        assert_eq!((&of("viewer@example.com")["source"], &of("viewer@example.com")["address"]), (&json!("local"), &json!("127.0.0.1")));
        let path = format!("/api/v1/sessions/{}", of("viewer@example.com")["id"].as_str().unwrap());
        assert_eq!(viewer.delete(&path).problem(), (403, "forbidden".into()));
        assert_eq!(owner.delete(&path).status, 204);
        assert_eq!(viewer.get("/api/v1/me").status, 401);
        assert_eq!(owner.delete(&path).problem(), (404, "not_found".into()));
        let viewer = app.browser("viewer@example.com");
        assert_eq!(owner.delete(&format!("{USERS}/{}/sessions", id(&owner, "viewer@example.com"))).status, 204);
        assert_eq!(viewer.get("/api/v1/me").status, 401);
        app.pass(ABSOLUTE);
        assert_eq!(items(&app.browser("owner@example.com"), "/api/v1/sessions").len(), 1, "what has ended is not listed");
    }
}

#[test]
fn what_ends_on_one_replica_ends_on_all_at_once() {
    let store = Store::postgres();
    let app = TestApp::on_store(store);
    let replica = Server::start(takehold(&app.store));
    let owner = app.user(Role::Owner);
    app.make_user("ada@example.com", Role::Admin, "default");
    let there = || Actor::new(&replica.url);
    let (ada, bob) = (there(), there());
    for browser in [&ada, &bob] {
        assert_eq!(browser.sign_in("ada@example.com", PASSWORD).status, 200);
    }
    let token = ada.post("/api/v1/workspaces/default/tokens", &json!({ "name": "t", "role": "admin" })).json();
    let program = there().with_token(token["secret"].as_str().unwrap());
    assert_eq!(program.get("/api/v1/sessions").status, 200);
    let sessions = items(&owner, "/api/v1/sessions");
    let first = sessions.iter().rfind(|session| session["user"]["email"] == "ada@example.com").unwrap();
    assert_eq!(owner.delete(&format!("/api/v1/sessions/{}", first["id"].as_str().unwrap())).status, 204);
    let alive = [&ada, &bob].iter().filter(|browser| browser.get("/api/v1/me").status == 200).count();
    assert_eq!(alive, 1, "the one that was ended, and not the other");
    assert_eq!(owner.post(&format!("{USERS}/{}/disable", id(&owner, "ada@example.com")), &json!({})).status, 200);
    for gone in [&ada, &bob, &program] {
        assert_eq!(gone.get("/api/v1/workspaces").status, 401);
    }
    assert_eq!(there().sign_in("ada@example.com", PASSWORD).status, 401);
    assert_eq!(replica.stop(), 0);
}

both_engines! {
    fn roles_are_described_and_apps_without_owners_listed(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let roles = app.user(Role::Viewer).get("/api/v1/roles").json();
        assert_eq!(roles["roles"].as_array().unwrap().len(), 6);
        let unmask = roles["permissions"].as_array().unwrap().iter().find(|one| one["name"] == "people.unmask").unwrap().clone();
        assert_eq!(unmask["roles"], json!(["owner", "admin", "success"]));
        assert!(unmask["what"].as_str().unwrap().starts_with("See people by name"));
        let key = app.write_key("k");
        for name in ["CRM", "Orders", "Search"] {
            let call = json!({ "type": "track", "event": "Open", "userId": "u", "context": { "app": name } });
            let someone = app.stranger();
            let request = someone.request(reqwest::Method::POST, "/v1/track").basic_auth(&key, Some("")).json(&call);
            assert_eq!(someone.send(request).status, 200);
        }
        app.make_user("ada@example.com", Role::Builder, "default");
        let own = |name: &str, owners: Value| {
            assert_eq!(owner.patch(&format!("/api/v1/workspaces/default/apps/{name}"), &json!({ "owners": owners })).status, 200);
        };
        own("CRM", json!(["Ada@example.com"]));
        own("Orders", json!(["ada@example.com", "owner@example.com"]));
        own("Search", json!(["gone@example.com"]));
        let left = || owner.get("/api/v1/workspaces/default/hand-over").json()["items"].clone();
        assert_eq!(left(), json!([{ "app": "Search", "owners": [{ "email": "gone@example.com", "state": "unknown" }], "since": null }]));
        assert_eq!(owner.post(&format!("{USERS}/{}/disable", id(&owner, "ada@example.com")), &json!({})).status, 200);
        let now = left();
        assert_eq!(now[0]["app"], "CRM");
        assert_eq!(now[0]["owners"][0]["state"], "disabled");
        assert!(now[0]["since"].is_string());
    }
}
