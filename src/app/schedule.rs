//! What the installation does by itself: a line per job. A job stands below those that it builds on.

use super::StartError;
use crate::activity::jobs::{Retention, Rollup};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::jobs::{Checkpoint, Job, Jobs};

/// The jobs of this installation.
pub fn jobs(_config: &Config, db: &Db, clock: &Clock) -> Result<Jobs, StartError> {
    let list: Vec<Box<dyn Job>> = vec![Box::new(Rollup::default()), Box::new(Retention), Box::new(Checkpoint::of(db))];
    Jobs::new(db.clone(), clock.clone(), list).map_err(StartError::Machine)
}
