//! `backup`: when backups are taken, where they go, who may read them.

use std::path::PathBuf;

use serde::Deserialize;

use super::parse;

/// The section `backup`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackupConfig {
    /// Folder for backups. Default: `backups` in the data folder on SQLite; none on PostgreSQL, which means
    /// that none are taken by themselves.
    pub folder: Option<PathBuf>,
    /// When a backup is taken, as cron in UTC.
    pub schedule: String,
    /// When the newest backup is restored aside, to know that it can be done, as cron in UTC.
    pub drill_schedule: String,
    /// How many backups stay in the folder.
    #[serde(deserialize_with = "parse::at_least_one")]
    pub keep: usize,
    /// Public keys of `age` for whom backups are encrypted; without any they are not.
    #[serde(deserialize_with = "parse::recipients")]
    pub encrypt_to: Vec<String>,
    /// File of an `age` identity that opens them, for drill and restore.
    pub identity_file: Option<PathBuf>,
}

impl Default for BackupConfig {
    fn default() -> Self {
        Self {
            folder: None,
            schedule: "0 2 * * *".into(),
            drill_schedule: "0 4 * * 0".into(),
            keep: 7,
            encrypt_to: Vec::new(),
            identity_file: None,
        }
    }
}
