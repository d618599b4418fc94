//! The stage: a server on a free port over a fresh store, and the actors who call it.

mod actor;
mod process;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

use takehold::app::{AppState, server};
use takehold::auth::{AuthError, Role, tokens, users, workspaces, write_keys};
use takehold::clock::Clock;
use takehold::config::Config;
use takehold::crypto::{Passwords, Secret, SecretKind};

pub use actor::{Actor, Answer};
pub use process::{Server, out, refused, run, takehold};
pub use store::Store;

/// The password of every test user.
pub const PASSWORD: &str = "correct horse battery";
/// An hour on the test clock.
pub const HOUR: i64 = 3_600_000_000;

/// Runs a scenario on SQLite and on PostgreSQL.
macro_rules! both_engines {
    ($(#[$meta:meta])* fn $name:ident($app:ident: $kind:ty) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            fn scenario($app: $kind) $body

            #[test]
            fn sqlite() {
                scenario(&$crate::support::Stage::on($crate::support::Store::sqlite()));
            }

            #[test]
            fn postgres() {
                scenario(&$crate::support::Stage::on($crate::support::Store::postgres()));
            }
        }
    };
}

/// What a scenario takes place on.
pub trait Stage {
    fn on(store: Store) -> Self;
}

/// A running appliance.
pub struct TestApp {
    pub url: String,
    pub state: AppState,
    now: Arc<AtomicI64>,
    stop: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
    // Dropped last: the store goes when nobody uses it any more.
    pub store: Store,
}

impl Stage for TestApp {
    fn on(store: Store) -> Self {
        Self::with(store, |_| {})
    }
}

impl Stage for Store {
    fn on(store: Store) -> Self {
        store
    }
}

impl TestApp {
    /// An appliance on SQLite.
    pub fn start() -> Self {
        Self::on(Store::sqlite())
    }

    /// An appliance on this store.
    pub fn on_store(store: Store) -> Self {
        Self::on(store)
    }

    /// An appliance with some of its configuration changed.
    pub fn with(store: Store, change: impl FnOnce(&mut Config)) -> Self {
        let now = Arc::new(AtomicI64::new(Clock::system().now()));
        let told = now.clone();
        let mut config = store.config();
        config.server.listen = "127.0.0.1:0".parse().unwrap();
        change(&mut config);
        let state = AppState::open(config, Clock::from_fn(move || told.load(Ordering::Relaxed))).unwrap();
        let (tell, hear) = mpsc::channel();
        let shared = state.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let running = server::start(shared).unwrap();
                tell.send((running.address, running.handle())).unwrap();
                running.until_stopped().await.unwrap();
            });
        });
        let (address, stop) = hear.recv().unwrap();
        Self { url: format!("http://{address}"), state, now, stop, thread: Some(thread), store }
    }

    /// Lets time pass.
    pub fn pass(&self, microseconds: i64) {
        self.now.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// The instant on the test clock.
    pub fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Actor {
        Actor::new(&self.url)
    }

    /// Makes a user in a workspace, by its slug.
    pub fn make_user(&self, email: &str, role: Role, workspace: &str) {
        // Hashing takes its time; one hash serves all test users.
        static HASH: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| Passwords::hash_now(PASSWORD).unwrap());
        let now = self.now();
        self.state
            .db
            .write_blocking(|conn| {
                let workspace = workspaces::get(conn, workspace)?;
                users::create_with_role(conn, (email, "", &HASH), (&workspace, role), now)
            })
            .unwrap();
    }

    /// A user of the workspace `default`, signed in in a browser.
    pub fn user(&self, role: Role) -> Actor {
        let email = format!("{}@example.com", role.as_str());
        self.make_user(&email, role, "default");
        self.browser(&email)
    }

    /// A browser in which a user has signed in.
    pub fn browser(&self, email: &str) -> Actor {
        let browser = self.stranger();
        let answer = browser.sign_in(email, PASSWORD);
        assert_eq!(answer.status, 200, "{answer:?}");
        browser
    }

    /// A program with a token of the workspace `default` that belongs to nobody.
    pub fn program(&self, role: Role) -> Actor {
        let secret = Secret::new(SecretKind::ApiToken).unwrap();
        let now = self.now();
        self.state
            .db
            .write_blocking(|conn| {
                let workspace = workspaces::get(conn, "default")?;
                let apps = std::collections::BTreeSet::new();
                let new = tokens::NewToken { name: "test", role, owner_id: None, expires_at: None, apps: &apps };
                tokens::create(conn, workspace.id, &new, &secret, now)
            })
            .unwrap();
        self.stranger().with_token(&secret.text)
    }

    /// A write key of the workspace `default`.
    pub fn write_key(&self, name: &str) -> String {
        let secret = Secret::new(SecretKind::WriteKey).unwrap();
        let now = self.now();
        self.state
            .db
            .write_blocking(|conn| {
                let workspace = workspaces::get(conn, "default")?;
                write_keys::create(conn, workspace.id, (name, None), &secret, now)
            })
            .unwrap();
        secret.text
    }

    /// The number of a workspace.
    pub fn workspace_id(&self, slug: &str) -> i64 {
        self.state.db.read_blocking(|conn| workspaces::get(conn, slug)).unwrap().id
    }

    /// Makes another workspace.
    pub fn make_workspace(&self, slug: &str) {
        let new = workspaces::NewWorkspace {
            slug,
            name: slug,
            kind: takehold::auth::WorkspaceKind::Vendor,
            time_zone: "Europe/Berlin",
        };
        let now = self.now();
        self.state
            .db
            .write_blocking(|conn| workspaces::create(conn, &new, now).map(drop))
            .unwrap_or_else(|e: AuthError| panic!("{e}"));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let stop = self.stop.clone();
        actix_web::rt::System::new().block_on(stop.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
