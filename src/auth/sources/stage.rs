//! Steps of trying a source out, each with what the other side said.

use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

/// One step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stage {
    /// What was tried: `connect`, `tls`, `bind`, `user`, `groups`, `role`; or `discovery`, `keys`, `client`.
    #[schema(example = "bind")]
    pub stage: &'static str,
    /// Whether it worked.
    pub ok: bool,
    /// How long it took.
    pub milliseconds: u64,
    /// What came of it, in the other side's own words where it has any.
    pub message: String,
}

impl Stage {
    /// A step that worked.
    pub fn passed(stage: &'static str, begun: Instant, message: impl Into<String>) -> Self {
        Self { stage, ok: true, milliseconds: since(begun), message: message.into() }
    }

    /// A step that did not.
    pub fn failed(stage: &'static str, begun: Instant, message: &str) -> Self {
        Self { stage, ok: false, milliseconds: since(begun), message: message.to_owned() }
    }
}

fn since(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}
