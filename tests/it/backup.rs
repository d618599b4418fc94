//! Backup and restore as an operator does them: the numbers stay, and nothing is replaced by an oversight.

use std::path::{Path, PathBuf};

use crate::support::{Actor, Server, Store, out, refused, run, takehold};

/// A real history of events, and who the people are.
fn histories() -> [String; 2] {
    ["people", "events"]
        .map(|what| format!("{}/tests/data/oca-sale-workflow.{what}.ndjson.gz", env!("CARGO_MANIFEST_DIR")))
}

/// Fills a store as a company would, and answers a token.
fn fill(store: &Store) -> String {
    let [people, events] = histories();
    let imported = run(store, &["import", &people, &events]);
    assert_eq!(out(&imported).trim(), "accepted 24987, duplicate 0, rejected 0");
    assert!(run(store, &["admin", "create-user", "--email", "ada@example.com", "--role", "owner"]).status.success());
    let other = ["admin", "create-workspace", "--slug", "acme", "--name", "Acme", "--time-zone", "Asia/Tokyo"];
    assert!(run(store, &other).status.success());
    out(&run(store, &["admin", "create-token", "--name", "ci", "--role", "admin"])).trim().to_owned()
}

fn send(server: &Server, key: &str, event: &serde_json::Value) {
    let program = Actor::new(&server.url);
    let request = program.request(reqwest::Method::POST, "/v1/track").basic_auth(key, Some("")).json(event);
    assert_eq!(program.send(request).status, 200);
}

/// What the console would show.
fn figures(store: &Store, token: &str) -> Vec<String> {
    let server = Server::start(takehold(store));
    let program = Actor::new(&server.url).with_token(token);
    let period = "from=2018-01-01&to=2023-11-30";
    let figures = [
        format!("metrics/active?{period}&include_excluded=true"),
        format!("metrics/active?{period}"),
        format!("metrics/retention?{period}&period=month&variant=n_day&periods=12"),
        format!("metrics/lifecycle?{period}&period=month"),
        "metrics/apps?from=2022-12-01&to=2023-11-30".into(),
        "people?limit=100".into(),
        "accounts?limit=100".into(),
        "apps".into(),
        "write-keys".into(),
    ]
    .map(|path| {
        let answer = program.get(&format!("/api/v1/workspaces/default/{path}"));
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let mut json = answer.json();
        json.as_object_mut().unwrap().remove("as_of");
        json.to_string()
    });
    assert_eq!(server.stop(), 0);
    figures.to_vec()
}

fn backup(store: &Store) -> PathBuf {
    let folder = store.folder.path().join("safe/");
    let written = run(store, &["backup", &format!("{}/", folder.display())]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let (path, _) = out(&written).split_once(": ").map(|(path, rest)| (PathBuf::from(path), rest.to_owned())).unwrap();
    path
}

fn restore(store: &Store, from: &Path, more: &[&str]) -> std::process::Output {
    let from = from.to_string_lossy();
    let words: Vec<&str> = ["restore", &from].into_iter().chain(more.iter().copied()).collect();
    run(store, &words)
}

#[test]
fn an_installation_moves_between_the_engines_with_the_same_numbers() {
    let first = Store::sqlite();
    let token = fill(&first);
    let before = figures(&first, &token);
    assert!(before[0].contains("\"dau\":"));
    let mut from = first;
    for to in [Store::postgres(), Store::postgres(), Store::sqlite(), Store::sqlite()] {
        let file = backup(&from);
        let key = run(&to, &["admin", "create-write-key", "--name", "lost by the restore"]);
        assert!(key.status.success());
        let unasked = restore(&to, &file, &[]);
        assert_eq!(unasked.status.code(), Some(2));
        assert!(out(&unasked).contains("REPLACES everything") && out(&unasked).contains("24987 events"));
        assert!(String::from_utf8_lossy(&unasked.stderr).contains("--yes"));
        let restored = restore(&to, &file, &["--yes"]);
        assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
        assert_eq!(figures(&to, &token), before, "{}", to.url);
        assert!(run(&to, &["reindex"]).status.success());
        assert_eq!(figures(&to, &token), before, "{} after a reindex", to.url);
        from = to;
    }
    let again = run(&from, &["import", &histories()[1]]);
    assert!(out(&again).starts_with("accepted 0, duplicate"), "repeats are still known: {}", out(&again));
}

both_engines! {
    fn numbers_of_rows_go_on_where_they_were(store: &Store) {
        let key = out(&run(store, &["admin", "create-write-key", "--name", "shop"]));
        let key = key.trim();
        let event = |id: u32| serde_json::json!({"type": "track", "event": "Opened", "userId": "ada", "messageId": id.to_string()});
        let server = Server::start(takehold(store));
        send(&server, key, &event(1));
        drop(server);
        let file = backup(store);
        assert!(restore(store, &file, &["--yes"]).status.success());
        let server = Server::start(takehold(store));
        send(&server, key, &event(2));
        send(&server, key, &event(1));
        drop(server);
        let (other, again) = (Store::sqlite(), backup(store));
        let held = restore(&other, &again, &["--check"]);
        assert!(out(&held).contains("workspace default: 2 events"), "{}", out(&held));
        assert!(out(&held).contains("whole"));
    }
}

both_engines! {
    fn a_store_in_use_is_not_restored_into(store: &Store) {
        assert!(run(store, &["admin", "create-user", "--email", "ada@example.com", "--role", "owner"]).status.success());
        let server = Server::start(takehold(store));
        let file = backup(store);
        let tried = restore(store, &file, &["--yes"]);
        refused(&tried, "stop its servers");
        assert!(out(&restore(store, &file, &["--check"])).contains("whole"));
        assert_eq!(server.stop(), 0);
        assert!(restore(store, &file, &["--yes"]).status.success());
    }
}

both_engines! {
    fn another_secret_key_is_noticed(store: &Store) {
        drop(Server::start(takehold(store)));
        let file = backup(store);
        let text = file.to_string_lossy().into_owned();
        let other = |more: &[&str]| {
            takehold(store).args(["restore", &text]).args(more).env("TAKEHOLD_SERVER__SECRET_KEY", "08".repeat(32)).output().unwrap()
        };
        refused(&other(&["--yes"]), "made under another secret key");
        let none = takehold(store).args(["restore", &text, "--yes"]).env_remove("TAKEHOLD_SERVER__SECRET_KEY").output().unwrap();
        refused(&none, "there is none here");
        assert!(!store.folder.path().join("secret.key").exists());
        assert!(other(&["--yes", "--new-secret-key"]).status.success());
        let mut server = takehold(store);
        server.env("TAKEHOLD_SERVER__SECRET_KEY", "08".repeat(32));
        assert!(Server::start(server).lines.iter().any(|line| line.contains("serving")));
    }
}

both_engines! {
    fn an_encrypted_backup_opens_for_its_recipients_only(store: &Store) {
        let folder = store.folder.path();
        let key = |name: &str| {
            let identity = age::x25519::Identity::generate();
            let path = folder.join(name);
            std::fs::write(&path, format!("# made by a test\n{}\n", age::secrecy::ExposeSecret::expose_secret(&identity.to_string()))).unwrap();
            (identity.to_public().to_string(), path.to_string_lossy().into_owned())
        };
        let ((ours, ours_file), (backup_office, office_file), (_, foreign_file)) = (key("ours"), key("office"), key("foreign"));
        assert!(run(store, &["admin", "create-user", "--email", "ada@example.com", "--role", "owner"]).status.success());
        let to = folder.join("sealed.thb");
        let to = to.to_string_lossy();
        let written = run(store, &["backup", &to, "--encrypt-to", &ours, "--encrypt-to", &backup_office]);
        assert!(out(&written).contains("encrypted"), "{}", String::from_utf8_lossy(&written.stderr));
        refused(&run(store, &["backup", &to]), "exists already");
        refused(&run(store, &["restore", &to, "--yes"]), "--identity");
        refused(&run(store, &["restore", &to, "--yes", "--identity", &foreign_file]), "encrypted for others");
        refused(&run(store, &["restore", &to, "--yes", "--identity", "/none"]), "/none");
        refused(&run(store, &["restore", &to, "--yes", "--identity", &to]), "identity file");
        assert!(out(&run(store, &["restore", &to, "--check"])).contains("its bytes are whole"));
        assert!(out(&run(store, &["restore", &to, "--check", "--identity", &office_file])).contains("can be restored"));
        let by_configuration = takehold(store).args(["restore", &to, "--yes"]).env("TAKEHOLD_BACKUP__IDENTITY_FILE", &ours_file).output().unwrap();
        assert!(by_configuration.status.success());
        let configured = |value: &str| takehold(store).arg("backup").env("TAKEHOLD_BACKUP__FOLDER", folder.join("kept")).env("TAKEHOLD_BACKUP__ENCRYPT_TO", value).output().unwrap();
        assert!(out(&configured(&format!("{ours}, {backup_office}"))).contains("encrypted"));
        refused(&configured("age1no"), "TAKEHOLD_BACKUP__ENCRYPT_TO");
        refused(&run(store, &["backup", "x.thb", "--encrypt-to", "age1no"]), "age-keygen");
    }
}

#[test]
fn a_copy_of_sqlite_is_an_sqlite_database() {
    let store = Store::sqlite();
    let folder = store.folder.path();
    let text = folder.to_string_lossy();
    refused(&run(&store, &["backup", &text]), "there is no database");
    run(&store, &["admin", "create-user", "--email", "ada@example.com", "--role", "owner"]);
    let server = Server::start(takehold(&store));
    let written = run(&store, &["backup", &text, "--sqlite"]);
    let path = out(&written).split_once(": ").unwrap().0.to_owned();
    assert_eq!(server.stop(), 0);
    let copy = takehold::db::Db::open(&format!("sqlite://{path}")).unwrap();
    assert!(copy.read_blocking(takehold::auth::users::exist).unwrap());
    refused(&run(&store, &["restore", &path, "--yes"]), "in the place of the database file");
    let postgres = Store::postgres();
    run(&postgres, &["migrate"]);
    refused(&run(&postgres, &["backup", "x.db", "--sqlite"]), "leave it out");
    refused(&takehold(&postgres).arg("backup").output().unwrap(), "backup.folder");
    refused(&run(&postgres, &["backup", "/none/x.thb"]), "cannot write the backup /none/x.thb");
}

#[test]
fn a_damaged_database_is_set_aside() {
    let store = Store::sqlite();
    let token = out(&run(&store, &["admin", "create-token", "--name", "ci", "--role", "admin"]));
    let file = backup(&store);
    let path = store.folder.path().join("takehold.db");
    std::fs::write(&path, vec![7; 8192]).unwrap();
    let restored = restore(&store, &file, &["--yes"]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    assert!(out(&restored).contains("cannot be read") && out(&restored).contains("takehold.db.before-restore"));
    assert_eq!(std::fs::read(path.with_extension("db.before-restore")).unwrap(), vec![7; 8192]);
    figures(&store, token.trim());
}
