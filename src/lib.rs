//! Takehold shows whether the software a company builds takes hold.
//!
//! The map of the house. Arrows go down only: roof → rooms → platform → foundation.

// Roof.
pub mod app;
pub mod cli;
// Rooms, the lower ones first.
pub mod activity;
pub mod admin;
pub mod apps;
pub mod connectors;
pub mod ingest;
pub mod people;
pub mod privacy;
pub mod profiles;
// Platform.
pub mod audit;
pub mod auth;
pub mod backup;
pub mod directory;
pub mod health;
pub mod http;
pub mod jobs;
pub mod outbound;
// Foundation.
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod telemetry;
