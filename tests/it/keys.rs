//! Write keys and API tokens.

use diesel::prelude::*;
use serde_json::{Value, json};
use takehold::auth::{Role, find_write_key, write_keys};
use takehold::db::DbError;
use takehold::db::schema::{api_tokens, users};

use crate::support::{Actor, HOUR, TestApp};

const KEYS: &str = "/api/v1/workspaces/default/write-keys";
const TOKENS: &str = "/api/v1/workspaces/default/tokens";

fn items(actor: &Actor, path: &str) -> Vec<Value> {
    actor.get(path).json()["items"].as_array().unwrap().clone()
}

both_engines! {
    fn a_write_key_is_shown_once_found_and_revoked(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let made = owner.post(KEYS, &json!({ "name": " shop ", "app": "shop" }));
        assert_eq!(made.status, 201);
        let made = made.json();
        let secret = made["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("thw_"));
        assert_eq!(made["name"], "shop");
        let listed = items(&owner, KEYS);
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["app"], "shop");
        assert!(secret.starts_with(listed[0]["prefix"].as_str().unwrap()));
        assert!(!owner.get(KEYS).text().contains(&secret));

        let find = |text: String| app.state.db.read_blocking(move |c| find_write_key(c, &text, app.now())).unwrap();
        let found = find(secret.clone()).unwrap();
        assert_eq!((found.name.as_str(), found.app.as_deref()), ("shop", Some("shop")));
        assert_eq!(find("thw_nonsense".into()), None);
        app.state.db.write_blocking(|c| write_keys::touch(c, found.id, app.now())).unwrap();
        assert!(items(&owner, KEYS)[0]["last_used_at"].is_string());

        let path = format!("{KEYS}/{}", made["id"]);
        assert_eq!(owner.delete(&path).status, 204);
        assert_eq!(owner.delete(&path).status, 204, "twice is as once");
        assert_eq!(find(secret), None);
        assert!(items(&owner, KEYS)[0]["revoked_at"].is_string());
        for missing in ["999", "x", "-1", "99999999999999999999"] {
            assert_eq!(owner.delete(&format!("{KEYS}/{missing}")).problem(), (404, "not_found".into()));
        }
        for bad in [json!({ "name": "" }), json!({ "name": "x".repeat(201) }), json!({ "name": "a\u{7}" })] {
            assert_eq!(owner.post(KEYS, &bad).problem(), (422, "invalid".into()), "{bad}");
        }
    }
}

both_engines! {
    fn a_token_works_until_it_expires_or_is_revoked(app: &TestApp) {
        let owner = app.user(Role::Owner);
        let in_an_hour = jiff::Timestamp::from_microsecond(app.now() + HOUR).unwrap().to_string();
        let short = owner.post(TOKENS, &json!({ "name": "short", "role": "viewer", "expires_at": in_an_hour })).json();
        let long = owner.post(TOKENS, &json!({ "name": "long", "role": "admin" })).json();
        let program = |made: &Value| app.stranger().with_token(made["secret"].as_str().unwrap());
        assert_eq!(program(&short).get("/api/v1/workspaces").status, 200);
        assert_eq!(program(&long).get(TOKENS).status, 200);
        let listed = items(&owner, TOKENS);
        assert_eq!(listed[0]["owner"], "owner@example.com");
        assert_eq!(listed[1]["name"], "short");
        app.pass(HOUR);
        assert_eq!(program(&short).get("/api/v1/workspaces").problem(), (401, "sign_in_needed".into()));
        assert_eq!(program(&long).delete(&format!("{TOKENS}/{}", long["id"])).status, 204);
        assert_eq!(program(&long).get(TOKENS).status, 401);
        for (body, expected) in [
            (json!({ "name": "t", "role": "king" }), (400, "bad_json")),
            (json!({ "name": "t", "role": "viewer", "expires_at": "soon" }), (422, "invalid")),
            (json!({ "name": "t", "role": "viewer", "expires_at": "2001-01-01T00:00:00Z" }), (422, "invalid")),
        ] {
            // The owner's session rests no longer than the clock was moved.
            let owner = app.browser("owner@example.com");
            let answer = owner.post(TOKENS, &body);
            assert_eq!(answer.problem(), (expected.0, expected.1.to_owned()), "{body}");
        }
    }
}

both_engines! {
    fn nobody_hands_out_more_than_they_have_and_a_token_dies_with_its_owner(app: &TestApp) {
        let admin = app.user(Role::Admin);
        let refused = admin.post(TOKENS, &json!({ "name": "t", "role": "owner" }));
        assert_eq!(refused.problem(), (403, "role_too_high".into()));
        let made = admin.post(TOKENS, &json!({ "name": "t", "role": "admin" })).json();
        let program = app.stranger().with_token(made["secret"].as_str().unwrap());
        assert_eq!(program.get(TOKENS).status, 200);
        let change = |role: &'static str| {
            app.state.db.write_blocking(|c| {
                use takehold::db::schema::user_roles;
                diesel::update(user_roles::table).set(user_roles::role.eq(role)).execute(c)?;
                Ok::<_, DbError>(())
            }).unwrap();
        };
        change("viewer");
        assert_eq!(program.get(TOKENS).problem(), (403, "forbidden".into()), "the owner became less");
        change("admin");
        app.state.db.write_blocking(|c| {
            diesel::update(users::table).set(users::disabled_at.eq(1_i64)).execute(c)?;
            Ok::<_, DbError>(())
        }).unwrap();
        assert_eq!(program.get(TOKENS).problem(), (401, "sign_in_needed".into()), "the owner was shut out");
    }
}

both_engines! {
    fn a_rotated_secret_works_beside_the_old_one_for_a_while(app: &TestApp) {
        let owner = app.program(Role::Owner);
        let admin = app.program(Role::Admin);
        let in_ten_days = jiff::Timestamp::from_microsecond(app.now() + 240 * HOUR).unwrap().to_string();
        let wanted = json!({ "name": "t", "role": "builder", "apps": ["CRM"], "expires_at": in_ten_days });
        let first = owner.post(TOKENS, &wanted).json();
        let program = |made: &Value| app.stranger().with_token(made["secret"].as_str().unwrap()).get("/api/v1/workspaces").status;
        let rotate = |path: &str, id: &Value, hours: Value| owner.post(&format!("{path}/{id}/rotate"), &json!({ "overlap_hours": hours }));
        app.pass(24 * HOUR);
        let second = rotate(TOKENS, &first["id"], json!(2));
        assert_eq!(second.status, 201, "{}", second.text());
        let second = second.json();
        assert_eq!((program(&first), program(&second)), (200, 200));
        let row = items(&owner, TOKENS).into_iter().find(|row| row["id"] == second["id"]).unwrap();
        assert_eq!((&row["rotated_from"], &row["apps"], &row["role"]), (&first["id"], &json!(["CRM"]), &json!("builder")));
        let ends: jiff::Timestamp = row["expires_at"].as_str().unwrap().parse().unwrap();
        assert!((ends.as_microsecond() - app.now() - 240 * HOUR).abs() < HOUR, "as long as the first was made for");
        app.pass(2 * HOUR);
        assert_eq!((program(&first), program(&second)), (401, 200));
        assert_eq!(rotate(TOKENS, &first["id"], Value::Null).problem(), (404, "not_found".into()), "it works no more");
        assert_eq!(rotate(TOKENS, &second["id"], json!(721)).problem(), (422, "invalid".into()));
        assert_eq!(rotate(TOKENS, &second["id"], json!(0)).status, 201);
        assert_eq!(program(&second), 401, "at once");
        let high = owner.post(TOKENS, &json!({ "name": "o", "role": "owner" })).json();
        assert_eq!(admin.post(&format!("{TOKENS}/{}/rotate", high["id"]), &json!({})).problem(), (403, "role_too_high".into()));

        let first = owner.post(KEYS, &json!({ "name": "k", "app": "CRM" })).json();
        let second = rotate(KEYS, &first["id"], json!(1)).json();
        let find = |made: &Value| {
            let text = made["secret"].as_str().unwrap().to_owned();
            app.state.db.read_blocking(move |c| find_write_key(c, &text, app.now())).unwrap()
        };
        assert_eq!(find(&second).unwrap().app.as_deref(), Some("CRM"));
        assert!(find(&first).is_some());
        app.pass(HOUR);
        assert!(find(&first).is_none() && find(&second).is_some());
    }
}

both_engines! {
    fn the_use_of_a_token_is_noted_at_most_once_a_minute(app: &TestApp) {
        let program = app.program(Role::Admin);
        let noted = || -> Option<i64> {
            app.state.db.read_blocking(|c| Ok::<_, DbError>(api_tokens::table.select(api_tokens::last_used_at).first(c)?)).unwrap()
        };
        let until = |wanted: i64| (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            noted() == Some(wanted)
        });
        program.get(TOKENS);
        let first = app.now();
        assert!(until(first));
        app.pass(59_000_000);
        program.get(TOKENS);
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert_eq!(noted(), Some(first));
        app.pass(1_000_000);
        program.get(TOKENS);
        assert!(until(app.now()));
    }
}
