//! Chance, the same on every machine: all draws come from a seeded ChaCha stream, whose output is specified,
//! and are shaped here rather than by a library whose sampling may change between versions.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A seeded source of chance.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Each `stream` of one seed is independent, so that a change in one part of the company leaves the others alone.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Evenly in 0 (included) to 1 (excluded).
    pub fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// True with probability `p`; never at or below 0, always at or above 1.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Evenly in 0 to `n` (excluded); 0 when `n` is 0.
    pub fn below(&mut self, n: u32) -> u32 {
        let scaled = u64::from(self.0.next_u32()) * u64::from(n);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// Evenly in `low` to `high`, both included; `low` when the range is empty.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = u32::try_from(high.saturating_sub(low)).map_or(0, |w| w.saturating_add(1));
        low.saturating_add(i32::try_from(self.below(width)).unwrap_or(0))
    }

    /// One of `from`, evenly; the default of the type when it is empty.
    pub fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let n = u32::try_from(from.len()).unwrap_or(u32::MAX);
        usize::try_from(self.below(n)).ok().and_then(|i| from.get(i)).copied().unwrap_or_default()
    }

    /// A waiting time in whole days, exponential around `mean` days.
    pub fn wait(&mut self, mean: f64) -> i32 {
        whole(-mean * (1.0 - self.unit()).ln())
    }

    /// Puts `items` in random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let n = u32::try_from(last + 1).unwrap_or(u32::MAX);
            items.swap(last, usize::try_from(self.below(n)).unwrap_or(0));
        }
    }
}

/// The whole part of `x`, kept within what an `i32` holds.
#[expect(clippy::as_conversions, reason = "a float becomes an integer only by `as`; it saturates, which is wanted")]
pub fn whole(x: f64) -> i32 {
    x as i32
}
