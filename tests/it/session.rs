//! Signing in and out.

use serde_json::json;
use takehold::auth::Role;
use takehold::crypto::Passwords;
use takehold::db::schema::{sessions, users};

use crate::support::{HOUR, PASSWORD, TestApp};
use diesel::prelude::*;

both_engines! {
    fn a_user_signs_in_and_out(app: &TestApp) {
        app.make_user("Ada@Example.com", Role::Owner, "default");
        let ada = app.stranger();
        assert_eq!(ada.get("/api/v1/me").problem(), (401, "sign_in_needed".into()));
        let answer = ada.sign_in(" ada@example.COM ", PASSWORD);
        assert_eq!(answer.status, 200);
        let cookie = answer.header("set-cookie").to_owned();
        assert!(cookie.starts_with("takehold=ths_"), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Secure"), "{cookie}");
        let me = ada.get("/api/v1/me").json();
        assert_eq!(me["email"], "ada@example.com");
        assert_eq!(me["name"], "ada");
        assert_eq!(me["roles"][0]["workspace"], "default");
        assert_eq!(me["roles"][0]["role"], "owner");
        let workspaces = ada.get("/api/v1/workspaces").json();
        assert_eq!(workspaces["items"], json!([
            { "slug": "default", "name": "Default", "time_zone": "UTC", "kind": "internal", "role": "owner" }
        ]));
        assert_eq!(ada.delete("/api/v1/session").status, 204);
        assert_eq!(ada.get("/api/v1/me").status, 401);
    }
}

both_engines! {
    fn only_the_hash_of_a_session_is_stored_and_a_new_log_in_ends_the_old_one(app: &TestApp) {
        let ada = app.user(Role::Viewer);
        let stored = || -> Vec<String> {
            app.state.db.read_blocking(|c| {
                Ok::<_, takehold::db::DbError>(sessions::table.select(sessions::token_hash).load(c)?)
            }).unwrap()
        };
        let first = stored();
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].len(), 64);
        assert_eq!(ada.sign_in("viewer@example.com", PASSWORD).status, 200);
        let second = stored();
        assert_eq!(second.len(), 1, "the browser's session before has ended");
        assert_ne!(first, second);
    }
}

both_engines! {
    fn a_session_ends_by_rest_and_by_age(app: &TestApp) {
        let ada = app.user(Role::Viewer);
        app.pass(HOUR / 2 - 1_000_000);
        assert_eq!(ada.get("/api/v1/me").status, 200);
        // The use is noted beside the request.
        let until_noted = || {
            let noted = (0..2000).find(|_| {
                std::thread::sleep(std::time::Duration::from_millis(5));
                let last: Option<i64> = app.state.db.read_blocking(|c| {
                    Ok::<_, takehold::db::DbError>(sessions::table.select(diesel::dsl::max(sessions::last_seen_at)).first(c)?)
                }).unwrap();
                last == Some(app.now())
            });
            assert!(noted.is_some(), "the use was not noted");
        };
        until_noted();
        app.pass(HOUR / 2 - 1_000_000);
        assert_eq!(ada.get("/api/v1/me").status, 200);
        // The use is noted beside the request; wait until it is.
        let noted = || -> i64 {
            app.state.db.read_blocking(|c| {
                Ok::<_, takehold::db::DbError>(sessions::table.select(sessions::last_seen_at).first(c)?)
            }).unwrap()
        };
        let wanted = app.now();
        let tries = (0..200).find(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            noted() == wanted
        });
        assert!(tries.is_some(), "the use was not noted");
        app.pass(HOUR / 2 - 1_000_000);
        assert_eq!(ada.get("/api/v1/me").status, 200);
        app.pass(HOUR / 2 + 1_000_000);
        assert_eq!(ada.get("/api/v1/me").problem(), (401, "sign_in_needed".into()));

        let grace = app.browser("viewer@example.com");
        for _ in 1..30 {
            app.pass(HOUR * 24 / 60);
            assert_eq!(grace.get("/api/v1/me").status, 200);
            until_noted();
        }
        app.pass(HOUR * 24 / 60);
        app.pass(1_000_000);
        assert_eq!(grace.get("/api/v1/me").status, 401, "twelve hours are the end");
    }
}

both_engines! {
    fn wrong_passwords_unknown_users_and_shut_out_ones_get_the_same_answer(app: &TestApp) {
        app.make_user("ada@example.com", Role::Owner, "default");
        app.make_user("gone@example.com", Role::Owner, "default");
        app.state.db.write_blocking(|c| {
            diesel::update(users::table.filter(users::email.eq("gone@example.com")))
                .set(users::disabled_at.eq(1_i64)).execute(c)?;
            Ok::<_, takehold::db::DbError>(())
        }).unwrap();
        let someone = app.stranger();
        for (email, password) in [
            ("ada@example.com", "wrong password"),
            ("nobody@example.com", PASSWORD),
            ("gone@example.com", PASSWORD),
            ("no address", PASSWORD),
            ("ada@example.com\u{0}", PASSWORD),
        ] {
            let answer = someone.sign_in(email, password);
            let expected = if email.contains('\0') { (400, "bad_json".to_owned()) } else { (401, "wrong_credentials".to_owned()) };
            assert_eq!(answer.problem(), expected, "{email}");
        }
    }
}

#[test]
fn guessing_is_slowed_down_and_tells_for_how_long() {
    let app = TestApp::start();
    app.make_user("ada@example.com", Role::Owner, "default");
    let someone = app.stranger();
    for _ in 0..5 {
        assert_eq!(someone.sign_in("ada@example.com", "wrong password").status, 401);
    }
    let refused = someone.sign_in("ada@example.com", PASSWORD);
    assert_eq!(refused.problem(), (429, "too_many_attempts".into()));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 301);
    app.pass(HOUR);
    assert_eq!(someone.sign_in("ada@example.com", PASSWORD).status, 200);
}

#[test]
fn a_hash_of_other_costs_is_renewed_at_log_in() {
    let app = TestApp::start();
    app.make_user("ada@example.com", Role::Owner, "default");
    // argon2id with m=8192, t=1 of the same password would do; the stored text decides.
    let cheap = {
        use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
        argon2.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
    };
    assert!(Passwords::is_outdated(&cheap));
    let hash = || -> Option<String> {
        app.state
            .db
            .read_blocking(|c| Ok::<_, takehold::db::DbError>(users::table.select(users::password_hash).first(c)?))
            .unwrap()
    };
    app.state
        .db
        .write_blocking(|c| {
            diesel::update(users::table).set(users::password_hash.eq(&cheap)).execute(c)?;
            Ok::<_, takehold::db::DbError>(())
        })
        .unwrap();
    app.browser("ada@example.com");
    assert!(!Passwords::is_outdated(&hash().unwrap()));
    app.browser("ada@example.com");
}

#[test]
fn over_https_the_cookie_is_bound_to_the_host() {
    let app = TestApp::with(crate::support::Store::sqlite(), |config| {
        config.server.public_url = Some("https://takehold.example.com".into());
    });
    app.make_user("ada@example.com", Role::Owner, "default");
    let answer = app.stranger().sign_in("ada@example.com", PASSWORD);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-takehold=ths_") && cookie.contains("Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

/// Makes the store refuse new sessions as a full disk does, or take them again.
fn fill_disk(app: &TestApp, full: bool) {
    let statements: &[&str] = match (app.store.url.starts_with("sqlite"), full) {
        (true, true) => {
            &["CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"]
        }
        (true, false) => &["DROP TRIGGER \"full\""],
        (false, true) => &[
            "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$",
            "CREATE TRIGGER no_space BEFORE INSERT ON sessions EXECUTE FUNCTION no_space()",
        ],
        (false, false) => &["DROP TRIGGER no_space ON sessions", "DROP FUNCTION no_space"],
    };
    let mut conn = app.state.db.dedicated().unwrap();
    for statement in statements {
        takehold::on_both!(&mut conn, |c| diesel::sql_query(*statement).execute(c)).unwrap();
    }
}

both_engines! {
    fn on_a_full_disk_people_still_get_in(app: &TestApp) {
        app.make_user("ada@example.com", Role::Owner, "default");
        fill_disk(app, true);
        let (ada, bob) = (app.browser("ada@example.com"), app.browser("ada@example.com"));
        assert_eq!(ada.get("/api/v1/me").json()["email"], "ada@example.com");
        assert_eq!(ada.get("/api/v1/workspaces/default/write-keys").status, 200);
        assert_eq!(bob.delete("/api/v1/session").status, 204);
        assert_eq!(bob.get("/api/v1/me").status, 401);
        assert!(app.state.auth.flush().is_err());
        assert_eq!(ada.get("/api/v1/me").status, 200);
        fill_disk(app, false);
        app.state.auth.flush().unwrap();
        assert_eq!(ada.get("/api/v1/me").status, 200);
        // It is an ordinary session now, known to every process, and ends like one.
        let stored: i64 = app.state.db.read_blocking(|conn| {
            Ok::<_, takehold::db::DbError>(takehold::db::schema::sessions::table.count().get_result(conn)?)
        }).unwrap();
        assert_eq!(stored, 1);
        app.pass(31 * 60 * 1_000_000);
        assert_eq!(ada.get("/api/v1/me").status, 401);
    }
}
