//! The one way out: every call to another server goes through here, with the authorities and the proxy that the
//! operator set, and is written down.
//!
//! - *destination*: a host and port that was called, for one purpose, with how often and how well.
//! - *kind*: what a destination serves for, and which key of the configuration names it.
//!
//! What was called gathers in memory and is stored now and then, off every path that somebody waits on.

mod client;
mod collector;
mod destinations;
mod syslog;

pub use client::{Client, Outbound, OutboundError, install_tls};
pub use collector::Collector;
pub use destinations::{Destination, Kind, list};
pub use syslog::Syslog;
