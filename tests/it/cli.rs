//! The command line, as an operator types it.

use std::io::Write;
use std::process::Stdio;

use crate::support::{Actor, Server, Store, out, refused, run, takehold};

both_engines! {
    fn an_operator_makes_everything_that_people_need(store: &Store) {
        assert!(run(store, &["migrate"]).status.success());
        let made = run(store, &["admin", "create-user", "--email", "Ada@example.com", "--role", "owner"]);
        assert!(made.status.success());
        let password = out(&made).trim().to_owned();
        assert!(password.len() >= 16 && password.chars().all(|c| c.is_ascii_alphanumeric()), "{password}");
        refused(&run(store, &["admin", "create-user", "--email", "ada@example.com", "--role", "viewer"]), "already");
        let mut piped = takehold(store)
            .args(["admin", "create-user", "--email", "bob@example.com", "--role", "viewer"])
            .stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        piped.stdin.take().unwrap().write_all(b"bobs own password\n").unwrap();
        let piped = piped.wait_with_output().unwrap();
        assert!(piped.status.success() && piped.stdout.is_empty());

        let token = run(store, &["admin", "create-token", "--name", "ci", "--role", "admin"]);
        let token = out(&token);
        assert!(token.starts_with("thk_") && token.lines().count() == 1, "{token}");
        let key = run(store, &["admin", "create-write-key", "--name", "shop", "--app", "shop"]);
        assert!(out(&key).starts_with("thw_"));
        let workspace = ["admin", "create-workspace", "--slug", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin", "--kind", "vendor"];
        assert!(run(store, &workspace).status.success());
        refused(&run(store, &workspace), "already");
        assert!(run(store, &["admin", "create-user", "--email", "bob@example.com", "--role", "admin", "--workspace", "acme"]).status.success());

        let server = Server::start(takehold(store));
        let ada = Actor::new(&server.url);
        assert_eq!(ada.sign_in("ada@example.com", &password).status, 200);
        assert_eq!(ada.get("/api/v1/workspaces").json()["items"].as_array().unwrap().len(), 2);
        let bob = Actor::new(&server.url);
        assert_eq!(bob.sign_in("bob@example.com", "bobs own password").status, 200);
        assert_eq!(bob.get("/api/v1/workspaces/acme/write-keys").status, 200);
        assert_eq!(bob.get("/api/v1/workspaces/default/write-keys").status, 403);
        let program = Actor::new(&server.url).with_token(token.trim());
        assert_eq!(program.get("/api/v1/workspaces/default/write-keys").json()["items"][0]["name"], "shop");

        // Break glass, beside the running server: the old session ends and the new password counts.
        let recovered = run(store, &["admin", "recover", "--email", "ada@example.com"]);
        assert_eq!(ada.get("/api/v1/me").status, 401);
        assert_eq!(ada.sign_in("ada@example.com", &password).status, 401);
        assert_eq!(ada.sign_in("ada@example.com", out(&recovered).trim()).status, 200);

        // A SQLite file has one server; servers share a PostgreSQL.
        if store.url.starts_with("sqlite") {
            refused(&takehold(store).arg("serve").env("TAKEHOLD_SERVER__LISTEN", "127.0.0.1:0").output().unwrap(), "another takehold server");
        } else {
            let second = Server::start(takehold(store));
            assert_eq!(Actor::new(&second.url).with_token(token.trim()).get("/api/v1/workspaces/default/write-keys").status, 200);
            assert_eq!(second.stop(), 0);
        }
        assert_eq!(server.stop(), 0);
    }
}

#[test]
fn wrong_input_gets_one_line_and_exit_code_2() {
    let store = Store::sqlite();
    refused(&run(&store, &["admin", "create-user", "--email", "x", "--role", "owner"]), "no e-mail address");
    refused(&run(&store, &["admin", "create-user", "--email", "a@b.c", "--role", "king"]), "right would be");
    refused(&run(&store, &["admin", "create-user", "--email", "a@b.c", "--role", "scim"]), "not scim");
    refused(&run(&store, &["admin", "create-user", "--email", "a@b.c"]), "--role");
    refused(&run(&store, &["admin", "create-token", "--name", "t", "--role", "viewer", "--app", "Tool"]), "builder");
    refused(
        &run(&store, &["admin", "create-token", "--name", "t", "--role", "viewer", "--workspace", "w"]),
        "no workspace",
    );
    refused(&run(&store, &["admin", "create-workspace", "--slug", "A b", "--name", "x"]), "small letters");
    refused(
        &run(&store, &["admin", "create-workspace", "--slug", "a", "--name", "x", "--time-zone", "Mars"]),
        "Europe/Berlin",
    );
    refused(&run(&store, &["admin", "recover", "--email", "a@b.c"]), "no user");
    refused(&run(&store, &["dance"]), "dance");
    let version = out(&run(&store, &["--version"]));
    assert!(version.starts_with(&format!("takehold {}", env!("CARGO_PKG_VERSION"))), "{version}");
    refused(&run(&store, &["serve", "--config", "/none.toml"]), "/none.toml");
    let with = |name: &str, value: &str| takehold(&store).arg("serve").env(name, value).output().unwrap();
    refused(&with("TAKEHOLD_DATABASE__URL", "mysql://x"), "postgres://");
    refused(&with("TAKEHOLD_DATABASE__URL", "postgres://nobody@127.0.0.1:1/x"), "PostgreSQL refused");
    refused(&with("TAKEHOLD_DATABASE__URL", "sqlite:///proc/none/x.db"), "/proc/none");
    refused(&with("TAKEHOLD_SERVER__SECRET_KEY", "short"), "openssl rand -hex 32");
    refused(&with("TAKEHOLD_OUTBOUND__CA_FILE", "/none.pem"), "outbound.ca_file: /none.pem");
    refused(&with("TAKEHOLD_OUTBOUND__CA_FILE", "/etc/hostname"), "PEM");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    refused(&with("TAKEHOLD_SERVER__LISTEN", &taken.local_addr().unwrap().to_string()), "another program has the port");
    std::fs::write(store.folder.path().join("broken.db"), vec![7; 8192]).unwrap();
    let broken = format!("sqlite://{}", store.folder.path().join("broken.db").display());
    refused(&with("TAKEHOLD_DATABASE__URL", &broken), "backup");
}

#[test]
fn the_first_start_prints_a_set_up_url_until_there_is_an_owner() {
    let store = Store::sqlite();
    let first = Server::start(takehold(&store));
    let printed = first.lines.iter().find(|line| line.starts_with("Set up: ")).expect("no set-up URL").clone();
    let (_, code) = printed.split_once("/setup?code=").unwrap();
    let body =
        serde_json::json!({ "code": code, "email": "ada@example.com", "name": "Ada", "password": "a long password" });
    assert_eq!(Actor::new(&first.url).post("/api/v1/setup", &body).status, 200);
    drop(first);
    let second = Server::start(takehold(&store));
    assert!(!second.lines.iter().any(|line| line.contains("Set up")), "{:?}", second.lines);
}

#[test]
fn the_environment_can_name_the_first_owner() {
    let store = Store::sqlite();
    let mut command = takehold(&store);
    command.env("TAKEHOLD_BOOTSTRAP__OWNER_EMAIL", "boss@example.com");
    refused(
        &takehold(&store)
            .arg("serve")
            .env("TAKEHOLD_SERVER__LISTEN", "127.0.0.1:0")
            .env("TAKEHOLD_BOOTSTRAP__OWNER_EMAIL", "b@e.x")
            .output()
            .unwrap(),
        "OWNER_PASSWORD",
    );
    command.env("TAKEHOLD_BOOTSTRAP__OWNER_PASSWORD", "1234567890");
    let server = Server::start(command);
    assert!(!server.lines.iter().any(|line| line.starts_with("Set up")));
    assert_eq!(Actor::new(&server.url).sign_in("boss@example.com", "1234567890").status, 200);
}

#[test]
fn postgresql_needs_a_secret_key() {
    let store = Store::postgres();
    let output = takehold(&store).arg("serve").env_remove("TAKEHOLD_SERVER__SECRET_KEY").output().unwrap();
    refused(&output, "TAKEHOLD_SERVER__SECRET_KEY_FILE");
}

#[test]
fn health_check_and_doctor_tell_by_their_exit_code() {
    let store = Store::sqlite();
    let server = Server::start(takehold(&store));
    let listen = server.url.trim_start_matches("http://").to_owned();
    let check =
        |listen: &str| takehold(&store).arg("healthcheck").env("TAKEHOLD_SERVER__LISTEN", listen).status().unwrap();
    assert_eq!(check(&listen).code(), Some(0));
    assert_eq!(check("127.0.0.1:1").code(), Some(1));
    let at = |url: &str| run(&store, &["healthcheck", "--ready", "--url", url]);
    assert_eq!(at(&server.url).status.code(), Some(0));
    assert_eq!(at("http://127.0.0.1:1").status.code(), Some(1));
    refused(&at("127.0.0.1:8080"), "http://takehold:8080");
    let well = run(&store, &["doctor", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&well.stdout).unwrap();
    let names: Vec<&str> = report["checks"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    let expected = [
        "database",
        "schema",
        "database file",
        "secret key",
        "sealed secrets",
        "clock",
        "data folder",
        "disk space",
        "backups",
    ];
    assert_eq!(names, expected, "{report}");
    assert_eq!(report["ok"], well.status.success());
    let ill = takehold(&store).arg("doctor").env("TAKEHOLD_SERVER__SECRET_KEY", "x").output().unwrap();
    assert_eq!(ill.status.code(), Some(1));
    assert!(out(&ill).contains("FAIL secret key") && out(&ill).contains("openssl"), "{}", out(&ill));
}
