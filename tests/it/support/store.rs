//! A fresh store that goes away with the test.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use takehold::config::Config;
use takehold::crypto::random_letters;
use tempfile::TempDir;

/// A fresh store on one of the engines, with a data folder beside it.
pub struct Store {
    pub url: String,
    pub folder: TempDir,
    // The server's own database, from which the test's is dropped.
    admin: Option<(String, String)>,
}

impl Store {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("takehold.db").display());
        Self { url, folder, admin: None }
    }

    /// A new database on the server that `TAKEHOLD_TEST_POSTGRES` names. A test that needs one fails without.
    pub fn postgres() -> Self {
        let admin = std::env::var("TAKEHOLD_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
        let admin = admin.expect("TAKEHOLD_TEST_POSTGRES names no server: `tests/run rust` starts one");
        let name = format!("takehold_test_{}", random_letters(12).unwrap().to_lowercase());
        let mut conn = PgConnection::establish(&admin).unwrap();
        conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let (address, options) = admin.split_once('?').unwrap_or((&admin, ""));
        let (server, _) = address.rsplit_once('/').unwrap();
        let url = format!("{server}/{name}{}{options}", if options.is_empty() { "" } else { "?" });
        Self { url, folder: tempfile::tempdir().unwrap(), admin: Some((admin, name)) }
    }

    /// Makes the database go away and come back, for PostgreSQL.
    pub fn refuse_connections(&self, refuse: bool) {
        let (admin, name) = self.admin.as_ref().expect("a PostgreSQL store");
        let mut conn = PgConnection::establish(admin).unwrap();
        conn.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {}", !refuse)).unwrap();
        if refuse {
            let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            conn.batch_execute(&end).unwrap();
        }
    }

    /// A configuration that names this store.
    pub fn config(&self) -> Config {
        let mut config = Config::default();
        config.database.url = Some(self.url.clone());
        config.data_dir = Some(self.folder.path().to_owned());
        config.server.secret_key = Some("07".repeat(32));
        config
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.admin {
            let dropped = PgConnection::establish(admin)
                .map(|mut conn| conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
            drop(dropped);
        }
    }
}
