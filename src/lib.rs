//! Takehold shows whether the software a company builds takes hold.
pub mod activity;
pub mod apps;
pub mod clock;
pub mod connectors;
pub mod db;
pub mod ingest;
pub mod people;
