//! Configuration: file, environment, and errors that name the place and the remedy.

use std::path::Path;

use takehold::config::{Config, load_from};

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[track_caller]
fn refused(file: Option<&Path>, pairs: &[(&str, &str)], parts: &[&str]) {
    let text = load_from(file, env(pairs)).unwrap_err().to_string();
    assert!(!text.contains('\n'), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} in {text}");
    }
}

#[test]
fn nothing_at_all_is_a_working_configuration() {
    let config = load_from(None, env(&[])).unwrap();
    assert_eq!(config.database_url(), "sqlite://./takehold-data/takehold.db");
    assert_eq!(config.data_dir(), Path::new("./takehold-data"));
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = file("data_dir = \"/srv/th\"\n[server]\nlisten = \"0.0.0.0:80\"\npublic_url = \"https://a.example/\"\n");
    let pairs = [
        ("TAKEHOLD_SERVER__LISTEN", "localhost:9090"),
        ("TAKEHOLD_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.168.1.7"),
        ("TAKEHOLD_BOOTSTRAP__OWNER_PASSWORD", "12345678"),
        ("TAKEHOLD_AUTH__OIDC__ROLE_MAPPINGS", "{\"staff\":\"viewer\"}"),
        ("TAKEHOLD_AUTH__OIDC__AUTO_PROVISION", "false"),
        ("TAKEHOLD_AUTH__LDAP__ALLOW_PLAIN", "1"),
        ("TAKEHOLD_WEBHOOKS__ALLOW_PRIVATE", "127.0.0.1/32"),
        ("TAKEHOLD_SERVER__DRAIN_SECONDS", "5"),
        ("TAKEHOLD_TELEMETRY__METRICS_LISTEN", "localhost:9091"),
        ("TAKEHOLD_TELEMETRY__OTLP_ENDPOINT", "http://collector:4318/"),
        ("TAKEHOLD_OUTBOUND__PROXY", "http://proxy:3128"),
        ("TAKEHOLD_OUTBOUND__NO_PROXY", "localhost, .example.com"),
        // What Kubernetes sets for a service called takehold.
        ("TAKEHOLD_PORT", "tcp://10.0.0.1:80"),
        ("TAKEHOLD_SERVICE_HOST", "10.0.0.1"),
        ("TAKEHOLD_PORT_8080_TCP_PROTO", "tcp"),
    ];
    let config: Config = load_from(Some(file.path()), env(&pairs)).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:9090");
    assert_eq!(config.server.public_url.as_deref(), Some("https://a.example"));
    assert!(config.server.is_https());
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.database_url(), "sqlite:///srv/th/takehold.db");
    assert_eq!(config.bootstrap.owner_password.as_deref(), Some("12345678"));
    assert_eq!(config.server.drain_seconds, 5);
    assert_eq!(config.telemetry.metrics_listen.unwrap().to_string(), "127.0.0.1:9091");
    assert_eq!(config.telemetry.otlp_endpoint.as_deref(), Some("http://collector:4318"));
    assert_eq!(config.outbound.proxy.as_deref(), Some("http://proxy:3128"));
    assert_eq!(config.outbound.no_proxy, ["localhost", ".example.com"]);
    let oidc = config.auth.oidc.unwrap();
    assert_eq!(oidc.role_mappings["staff"], "viewer");
    assert_eq!(oidc.auto_provision, Some(false));
    assert_eq!(config.auth.ldap.unwrap().allow_plain, Some(true));
}

#[test]
fn secrets_may_lie_in_files() {
    let secret = file("a password with spaces \n");
    let path = secret.path().to_str().unwrap();
    let config = load_from(None, env(&[("TAKEHOLD_BOOTSTRAP__OWNER_PASSWORD_FILE", path)])).unwrap();
    assert_eq!(config.bootstrap.owner_password.as_deref(), Some("a password with spaces "));
    refused(
        None,
        &[("TAKEHOLD_SERVER__SECRET_KEY_FILE", "/none/key")],
        &["TAKEHOLD_SERVER__SECRET_KEY_FILE", "/none/key"],
    );
    refused(
        None,
        &[("TAKEHOLD_SERVER__SECRET_KEY_FILE", path), ("TAKEHOLD_SERVER__SECRET_KEY", "x")],
        &["TAKEHOLD_SERVER__SECRET_KEY", "both set"],
    );
    refused(None, &[("TAKEHOLD_SERVER__LISTEN_FILE", path)], &["TAKEHOLD_SERVER__LISTEN_FILE", "unknown key"]);
}

#[test]
fn errors_name_the_key_its_place_and_the_remedy() {
    let wrong = [
        ("[server]\nlisen = \"x\"\n", vec!["unknown key server.lisen", ".toml", "listen"]),
        ("[sever]\nlisten = \"x\"\n", vec!["unknown key sever", ".toml", "server"]),
        ("[server]\nlisten = \"x\"\n", vec!["server.listen in", ".toml", "127.0.0.1:8080"]),
        ("[server]\nlisten = 80\n", vec!["server.listen in", ".toml", "expected a string"]),
        ("[server]\npublic_url = \"takehold\"\n", vec!["server.public_url", "https://takehold.example.com"]),
        ("[telemetry]\nformat = \"xml\"\n", vec!["telemetry.format", "auto, text, json"]),
        ("[server]\ndrain_seconds = \"soon\"\n", vec!["server.drain_seconds", "0 to 3600"]),
        ("[telemetry]\notlp_endpoint = \"collector:4318\"\n", vec!["telemetry.otlp_endpoint", "http://host"]),
        ("[telemetry]\nmetrics_listen = \"9091\"\n", vec!["telemetry.metrics_listen", "127.0.0.1:8080"]),
        ("[outbound]\nno_proxy = 7\n", vec!["outbound.no_proxy", "list of words"]),
        ("[server\n", vec![".toml: TOML parse error at line 1, column 8: ", "expected"]),
    ];
    for (text, parts) in wrong {
        let file = file(text);
        refused(Some(file.path()), &[], &parts);
    }
    refused(Some(Path::new("/none.toml")), &[], &["/none.toml", "cannot read"]);
    refused(None, &[("TAKEHOLD_SERVER__LISTEN", "8080")], &["TAKEHOLD_SERVER__LISTEN", "\"8080\"", "127.0.0.1:8080"]);
    refused(None, &[("TAKEHOLD_SERVER__LISEN", "x")], &["unknown key TAKEHOLD_SERVER__LISEN", "listen"]);
    refused(None, &[("TAKEHOLD_SEVER__LISTEN", "x")], &["unknown key TAKEHOLD_SEVER__LISTEN", "server"]);
    refused(
        None,
        &[("TAKEHOLD_WEBHOOKS__ALLOW_PRIVATE", "10.0.0.0/99")],
        &["TAKEHOLD_WEBHOOKS__ALLOW_PRIVATE", "10.0.0.0/8"],
    );
    refused(None, &[("TAKEHOLD_AUTH__OIDC__ROLE_MAPPINGS", "staff")], &["TAKEHOLD_AUTH__OIDC__ROLE_MAPPINGS", "JSON"]);
}
