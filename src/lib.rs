//! Takehold shows whether the software a company builds takes hold.
pub mod clock;
pub mod db;
