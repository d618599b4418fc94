//! The only place that asks the time.

use std::sync::Arc;

/// Tells the current instant as microseconds since 1970 (UTC). Cloned freely; tests pass a fixed or stepping one.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn system() -> Self {
        Self(Arc::new(|| jiff::Timestamp::now().as_microsecond()))
    }

    /// A clock that tells what `tell` says, in microseconds since 1970.
    pub fn from_fn(tell: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Microseconds since 1970 (UTC).
    pub fn now(&self) -> i64 {
        (self.0)()
    }
}
