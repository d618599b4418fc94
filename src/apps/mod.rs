//! Apps: their releases and what people set by hand for them.
//!
//! - *release*: a version of an app, dated by its announcement (`App Released`) or else by the first event that carries it.

pub mod releases;
pub mod settings;
