//! The embedded console. Whatever was built in, a full console or the placeholder, is served alike.

use reqwest::Method;

use crate::support::TestApp;

#[test]
fn pages_are_index_html_with_a_nonce_of_their_own() {
    let app = TestApp::start();
    let someone = app.stranger();
    let nonce = |path: &str| {
        let answer = someone.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
        let policy = answer.header("content-security-policy").to_owned();
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(!answer.text().contains("__TAKEHOLD_NONCE__"));
        let (_, rest) = policy.split_once("'nonce-").unwrap();
        rest.split('\'').next().unwrap().to_owned()
    };
    let first = nonce("/");
    assert_ne!(first, nonce("/"));
    nonce("/w/default/people/ada@example.com");
    nonce("/setup?code=thc_x");
    nonce("/index.html");
    // What the bundler leaves for itself is no page and no file.
    nonce("/.vite/manifest.json");
}

#[test]
fn missing_assets_are_missing_and_head_is_answered() {
    let app = TestApp::start();
    let someone = app.stranger();
    assert_eq!(someone.get("/assets/missing.js").problem(), (404, "not_found".into()));
    let head = someone.send(someone.request(Method::HEAD, "/"));
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn built_assets_are_cached_for_ever_and_packed() {
    let app = TestApp::start();
    let someone = app.stranger();
    let page = someone.get("/").text();
    let assets = page.split('"').filter(|part| part.starts_with("/assets/") && part.ends_with(".js"));
    // The placeholder of a build without the console has no assets.
    let Some((asset, plain)) = assets.map(|asset| (asset, someone.get(asset))).max_by_key(|(_, got)| got.body.len())
    else {
        return;
    };
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    let packed = someone.send(someone.request(Method::GET, asset).header("accept-encoding", "gzip"));
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < plain.body.len());
    let known = someone.request(Method::GET, asset).header("if-none-match", plain.header("etag"));
    let known = someone.send(known);
    assert_eq!((known.status, known.body.len()), (304, 0));
}
