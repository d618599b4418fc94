//! Keeps users up to date with directories between log-ins.
//!
//! - *absent*: the directory is sure that there is no such entry; an error is never taken for that.
//! - *limit*: how many people one run may shut out; beyond it something else is wrong, and nobody is.

mod sync;

pub use sync::DirectorySync;
