//! `takehold migrate`: brings the schema up to date.

use std::process::ExitCode;

use super::{Failure, print_line};
use crate::app::upgrade;
use crate::auth::workspaces;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;

pub(super) fn run(config: &Config) -> Result<ExitCode, Failure> {
    let db = Db::open(&config.database_url())?;
    let clock = Clock::system();
    let applied = upgrade(config, &db, &clock)?;
    let now = clock.now();
    db.write_blocking(|conn| workspaces::ensure_default(conn, now))?;
    print_line(&match applied {
        0 => "the schema is up to date".to_owned(),
        n => format!("the schema is up to date: {n} applied"),
    });
    Ok(ExitCode::SUCCESS)
}
