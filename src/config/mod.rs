//! What the operator sets: defaults, then a TOML file, then the environment.
//!
//! - *section*: one file here, one table in the TOML file, one `TAKEHOLD_SECTION__` prefix.
//! - *secret*: a key that the environment may also name by file (`…_FILE`), as container platforms mount them.
//!
//! The configuration is read once and handed down; nothing is global.

mod audit;
mod auth;
mod backup;
mod bootstrap;
mod database;
mod load;
mod origins;
mod outbound;
mod parse;
mod server;
mod smtp;
mod telemetry;
mod webhooks;

use std::path::PathBuf;

use serde::Deserialize;

pub use audit::{AuditConfig, SyslogAddress};
pub use auth::{AuthConfig, LdapConfig, LocalConfig, OidcConfig, SourceConfig, TotpPolicy};
pub use backup::BackupConfig;
pub use bootstrap::BootstrapConfig;
pub use database::DatabaseConfig;
pub use load::{ConfigError, load, load_from};
pub use origins::{Origins, Place};
pub use outbound::OutboundConfig;
pub use server::ServerConfig;
pub use smtp::SmtpConfig;
pub use telemetry::{LogFormat, TelemetryConfig};
pub use webhooks::WebhooksConfig;

/// The whole configuration. Every part has a default, so that no file at all starts a working appliance.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Folder for what is no database row: the secret key, lock files. Default: beside the SQLite file.
    pub data_dir: Option<PathBuf>,
    /// Where the data lives.
    pub database: DatabaseConfig,
    /// How the server is reached.
    pub server: ServerConfig,
    /// The first owner, made at the first start.
    pub bootstrap: BootstrapConfig,
    /// What the server tells about itself.
    pub telemetry: TelemetryConfig,
    /// Backups.
    pub backup: BackupConfig,
    /// How calls to elsewhere go out.
    pub outbound: OutboundConfig,
    /// Sign-on by other systems.
    pub auth: AuthConfig,
    /// Where the audit log goes beside the database.
    pub audit: AuditConfig,
    /// The mail relay.
    pub smtp: SmtpConfig,
    /// Outgoing webhooks.
    pub webhooks: WebhooksConfig,
    #[serde(skip)]
    pub(crate) origins: Origins,
}

/// The folder that defaults live in.
const DEFAULT_FOLDER: &str = "./takehold-data";

impl Config {
    /// Where each key was set.
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// The database URL; without one, a file in the data folder.
    pub fn database_url(&self) -> String {
        match &self.database.url {
            Some(url) => url.clone(),
            None => {
                format!("sqlite://{}/takehold.db", self.data_dir.clone().unwrap_or(DEFAULT_FOLDER.into()).display())
            }
        }
    }

    /// The folder for backups; none when none is named and the data is on PostgreSQL.
    pub fn backup_folder(&self) -> Option<PathBuf> {
        let named = self.backup.folder.clone().filter(|folder| !folder.as_os_str().is_empty());
        named.or_else(|| self.database_url().starts_with("sqlite://").then(|| self.data_dir().join("backups")))
    }

    /// The data folder; without one, the folder of the SQLite file.
    pub fn data_dir(&self) -> PathBuf {
        let beside_database = || {
            let url = self.database.url.as_deref()?;
            let file = url.strip_prefix("sqlite://")?.split('?').next()?;
            let folder = std::path::Path::new(file).parent()?;
            Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
        };
        self.data_dir.clone().or_else(beside_database).unwrap_or_else(|| DEFAULT_FOLDER.into())
    }
}
