//! The whole appliance, spoken to over HTTP by actors, on a fresh store for each scenario.
//!
//! Each scenario about stored things runs on SQLite, and also on PostgreSQL when
//! `TAKEHOLD_TEST_POSTGRES` is the URL of a server on which databases may be created.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[macro_use]
mod support;

mod access;
mod audit;
mod backup;
mod backup_files;
mod backup_jobs;
mod backup_load;
mod backup_schema;
mod cli;
mod config;
mod console;
mod contract;
mod engine;
mod health;
mod jobs;
mod jobs_api;
mod jobs_load;
mod jobs_replicas;
mod keys;
mod operation;
mod privacy;
mod problems;
mod reach;
mod schema;
mod secrets;
mod session;
mod setup;
mod sight;
mod syslog;
mod users;
mod workspaces;
