//! What the installation does by itself: a line per job. A job stands below those that it builds on.

use std::sync::Arc;

use super::{StartError, known_key};
use crate::activity::jobs::{Retention, Rollup};
use crate::admin::audit_jobs::{Stream, Verify};
use crate::auth::Auth;
use crate::auth::sources::SignOn;
use crate::backup::{Backup, Drill};
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::Vault;
use crate::db::Db;
use crate::directory::DirectorySync;
use crate::http::ClientAddress;
use crate::jobs::{Checkpoint, Job, Jobs, Timetable};
use crate::outbound::Outbound;
use crate::privacy::Privacy;

/// The jobs of this installation.
pub fn jobs(config: &Config, db: &Db, clock: &Clock, outbound: &Outbound) -> Result<Jobs, StartError> {
    for (key, cron) in [("schedule", &config.backup.schedule), ("drill_schedule", &config.backup.drill_schedule)] {
        Timetable::parse(cron).map_err(|e| StartError::Machine(format!("configuration: backup.{key}: {e}")))?;
    }
    let (folder, key) = (config.backup_folder(), known_key(config)?);
    let sign_on = key.clone().map(|key| {
        let auth = Auth::new(db.clone(), clock.clone(), ClientAddress::default(), config.server.is_https());
        SignOn::new(auth, Vault::new(key), Arc::new(config.clone()), outbound.clone())
    });
    let list: Vec<Box<dyn Job>> = vec![
        Box::new(Rollup::default()),
        Box::new(Retention),
        Box::new(Checkpoint::of(db)),
        Box::new(Backup::new(folder.clone(), &config.backup, key.clone())),
        Box::new(Drill::new(folder, &config.backup)),
        Box::new(Privacy::new(key)),
        Box::new(DirectorySync::new(sign_on)),
        Box::new(Verify),
        Box::new(Stream::new(config.audit.syslog.clone(), outbound)),
    ];
    Jobs::new(db.clone(), clock.clone(), list).map_err(StartError::Machine)
}
