//! Secrets at rest: sealed, sealed anew, opened by the doctor, and readable after a restore.

use std::process::Output;

use diesel::prelude::*;
use serde_json::{Value, json};
use takehold::auth::SEALED;
use takehold::crypto::{SecretKey, Vault, try_all};
use takehold::db::schema::{data_keys, sign_in_sources, users};
use takehold::db::{Db, DbError};

use crate::support::{Store, out, refused, run, takehold};

fn key(digit: &str) -> String {
    digit.repeat(32)
}

fn vault(digits: &str) -> Vault {
    Vault::new(SecretKey::parse(&key(digits)).unwrap())
}

/// A store with a user's sealed secret, and a source's two within JSON.
fn filled(store: &Store) -> Db {
    assert!(run(store, &["admin", "create-user", "--email", "ada@example.com", "--role", "owner"]).status.success());
    let db = Db::open(&store.url).unwrap();
    // The first start notes the key.
    assert!(run(store, &["admin", "rotate-keys"]).status.success());
    db.write_blocking(|c| {
        let vault = vault("07");
        let totp = vault.seal(c, SEALED[1].purpose, b"totp", 1).unwrap();
        diesel::update(users::table).set(users::totp_secret.eq(totp)).execute(c)?;
        let one = vault.seal(c, SEALED[0].purpose, b"one", 1).unwrap();
        let two = vault.seal(c, SEALED[0].purpose, b"two", 1).unwrap();
        diesel::insert_into(sign_in_sources::table)
            .values((
                sign_in_sources::key.eq("corp"),
                sign_in_sources::kind.eq("ldap"),
                sign_in_sources::name.eq("Corp"),
                sign_in_sources::secrets.eq(json!({ "bind_password": one, "other": two }).to_string()),
                sign_in_sources::created_at.eq(1_i64),
                sign_in_sources::changed_at.eq(1_i64),
            ))
            .execute(c)?;
        Ok::<_, DbError>(())
    })
    .unwrap();
    db
}

fn opened(db: &Db, digits: &str) -> Vec<String> {
    db.read_blocking(|c| {
        let vault = vault(digits);
        let totp: Option<String> = users::table.select(users::totp_secret).first(c)?;
        let secrets: String = sign_in_sources::table.select(sign_in_sources::secrets).first(c)?;
        let secrets: Value = serde_json::from_str(&secrets).unwrap();
        let sealed = [
            (SEALED[1].purpose, totp.unwrap()),
            (SEALED[0].purpose, secrets["bind_password"].as_str().unwrap().to_owned()),
            (SEALED[0].purpose, secrets["other"].as_str().unwrap().to_owned()),
        ];
        let open = |(purpose, text): &(&str, String)| String::from_utf8(vault.open(c, purpose, text).unwrap()).unwrap();
        Ok::<_, DbError>(sealed.iter().map(open).collect())
    })
    .unwrap()
}

fn keys(db: &Db) -> Vec<(i64, bool)> {
    db.read_blocking(|c| {
        let rows: Vec<(i64, Option<i64>)> =
            data_keys::table.order(data_keys::id).select((data_keys::id, data_keys::retired_at)).load(c)?;
        Ok::<_, DbError>(rows.into_iter().map(|(id, retired)| (id, retired.is_some())).collect())
    })
    .unwrap()
}

fn with_keys(store: &Store, key: &str, previous: Option<&str>, args: &[&str]) -> Output {
    let mut command = takehold(store);
    command.env("TAKEHOLD_SERVER__SECRET_KEY", key);
    if let Some(previous) = previous {
        command.env("TAKEHOLD_SERVER__PREVIOUS_SECRET_KEY", previous);
    }
    command.args(args).output().unwrap()
}

fn check(output: &Output, name: &str) -> Value {
    let report: Value = serde_json::from_str(&out(output)).unwrap();
    report["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap().clone()
}

both_engines! {
    fn a_rotation_seals_everything_anew(store: &Store) {
        let db = filled(store);
        let whole = check(&run(store, &["doctor", "--json"]), "sealed secrets");
        assert_eq!((&whole["ok"], &whole["found"]), (&json!(true), &json!("3 open")));
        let before = keys(&db);
        let done = run(store, &["admin", "rotate-keys"]);
        assert!(out(&done).starts_with("3 secrets sealed anew under data key "), "{done:?}");
        assert_eq!(opened(&db, "07"), ["totp", "one", "two"]);
        let after = keys(&db);
        assert_eq!(after.len(), before.len() + 1);
        assert!(after.iter().rev().skip(1).all(|(_, retired)| *retired) && !after.last().unwrap().1, "{after:?}");
        // Old keys that seal nothing go once nobody can be sealing with them any more.
        db.write_blocking(|c| {
            diesel::update(data_keys::table.filter(data_keys::retired_at.is_not_null())).set(data_keys::retired_at.eq(1_i64)).execute(c)?;
            Ok::<_, DbError>(())
        }).unwrap();
        assert!(run(store, &["admin", "rotate-keys"]).status.success());
        assert_eq!(keys(&db).len(), 2, "the one before, and the one that seals");
        assert_eq!(opened(&db, "07"), ["totp", "one", "two"]);
    }
}

both_engines! {
    fn the_installations_key_is_replaced_in_three_steps(store: &Store) {
        let db = filled(store);
        let (old, new) = (key("07"), key("08"));
        // Another key alone is refused, and the doctor says what does not open.
        refused(&with_keys(store, &new, None, &["admin", "rotate-keys"]), "not the key that the database was made with");
        assert_eq!(check(&with_keys(store, &new, None, &["doctor", "--json"]), "sealed secrets")["ok"], false);
        let both = check(&with_keys(store, &new, Some(&old), &["doctor", "--json"]), "secret key");
        assert_eq!(both["ok"], false);
        assert!(both["remedy"].as_str().unwrap().contains("rotate-keys"), "{both}");
        let opens = check(&with_keys(store, &new, Some(&old), &["doctor", "--json"]), "sealed secrets");
        assert_eq!(opens["ok"], true);
        assert!(with_keys(store, &new, Some(&old), &["admin", "rotate-keys"]).status.success());
        assert_eq!(opened(&db, "08"), ["totp", "one", "two"]);
        assert_eq!(db.read_blocking(|c| try_all(c, &vault("07"), &SEALED)).unwrap().0, 0, "the old key opens nothing any more");
        let alone = check(&with_keys(store, &new, None, &["doctor", "--json"]), "secret key");
        assert_eq!(alone["ok"], true, "{alone}");
        refused(&with_keys(store, &old, None, &["admin", "rotate-keys"]), "not the key that the database was made with");
        refused(&with_keys(store, &new, Some("abc"), &["admin", "rotate-keys"]), "server.previous_secret_key");
    }
}

both_engines! {
    fn a_restored_backup_opens_with_the_key_and_with_no_other(store: &Store) {
        filled(store);
        let file = store.folder.path().join("all.backup");
        let name = file.to_str().unwrap();
        let taken = run(store, &["backup", name]);
        assert!(taken.status.success(), "{taken:?}");
        let other = Store::sqlite();
        refused(&with_keys(&other, &key("08"), None, &["restore", name, "--yes"]), "another secret key");
        // Under a new key a backup from before its rotation is restored with both, and rotated then.
        let both = |args: &[&str]| with_keys(&other, &key("08"), Some(&key("07")), args);
        let restored = both(&["restore", name, "--yes"]);
        assert!(restored.status.success(), "{restored:?}");
        assert_eq!(opened(&Db::open(&other.url).unwrap(), "07"), ["totp", "one", "two"]);
        assert!(both(&["admin", "rotate-keys"]).status.success());
        assert_eq!(opened(&Db::open(&other.url).unwrap(), "08"), ["totp", "one", "two"]);
        assert!(run(&other, &["audit", "verify"]).status.success(), "the chain goes on after a restore");
    }
}
