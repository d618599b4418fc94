//! What an orchestrator asks.

use crate::support::{Store, TestApp};

both_engines! {
    fn a_fresh_server_is_alive_and_ready(app: &TestApp) {
        let someone = app.stranger();
        assert_eq!(someone.get("/healthz").json()["status"], "ok");
        assert_eq!(someone.get("/readyz").json()["status"], "ready");
        assert!(someone.get("/metrics").text().contains("takehold_build_info{version="));
    }
}

#[test]
fn a_second_server_on_the_same_file_is_refused() {
    let app = TestApp::start();
    let state = takehold::app::AppState::open(app.store.config(), app.state.clock.clone()).unwrap();
    let refused = actix_web::rt::System::new().block_on(async { takehold::app::server::start(state).err() });
    let text = refused.unwrap().to_string();
    assert!(text.contains("another takehold server runs on"), "{text}");
}

#[test]
fn readyz_refuses_only_when_the_database_stays_away() {
    let store = Store::postgres();
    let app = TestApp::on_store(store);
    let someone = app.stranger();
    assert_eq!(someone.get("/readyz").status, 200);
    app.store.refuse_connections(true);
    let refused = (0..10).any(|_| someone.get("/readyz").status == 503);
    assert!(refused);
    assert_eq!(someone.get("/healthz").status, 200);
    app.store.refuse_connections(false);
    assert_eq!(someone.get("/readyz").status, 200);
}
