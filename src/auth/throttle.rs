//! Slows down guessing, without letting anybody lock somebody else out.
//!
//! Failures count per account and address together, and per address alone. A stranger who guesses at an
//! account blocks only their own address; its owner, who is elsewhere, signs in all the same.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;

const WINDOW: i64 = 5 * 60 * 1_000_000;
const PER_ACCOUNT_AND_ADDRESS: usize = 5;
const PER_ADDRESS: usize = 50;
/// When so many keys are held, stale ones are dropped; a flood then costs some megabytes at most.
const KEYS: usize = 50_000;

type Key = (IpAddr, Option<String>);

/// Remembers recent failures in memory.
#[derive(Clone)]
pub struct Throttle {
    clock: Clock,
    recent: Arc<Mutex<HashMap<Key, VecDeque<i64>>>>,
}

impl Throttle {
    /// A throttle that nobody has met yet.
    pub fn new(clock: Clock) -> Self {
        Self { clock, recent: Arc::default() }
    }

    /// Counts an attempt before it is made, so that many at once gain nothing.
    /// When there were too many, answers after how many seconds to try again.
    pub fn admit(&self, account: &str, address: IpAddr) -> Result<(), u64> {
        let now = self.clock.now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() > KEYS {
            recent.retain(|_, times| times.back().is_some_and(|last| now - last < WINDOW));
        }
        let limits = [(keys(account, address).0, PER_ACCOUNT_AND_ADDRESS), (keys(account, address).1, PER_ADDRESS)];
        for (key, limit) in &limits {
            let times = recent.entry(key.clone()).or_default();
            while times.front().is_some_and(|first| now - first >= WINDOW) {
                times.pop_front();
            }
            if let Some(first) = times.front().filter(|_| times.len() >= *limit) {
                let wait = (first + WINDOW - now).max(0) / 1_000_000 + 1;
                return Err(u64::try_from(wait).unwrap_or(1));
            }
        }
        for (key, _) in limits {
            recent.entry(key).or_default().push_back(now);
        }
        Ok(())
    }

    /// Forgets the attempt that nobody could judge, because a directory was away.
    pub fn forget(&self, account: &str, address: IpAddr) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let (both, alone) = keys(account, address);
        for key in [both, alone] {
            if let Some(times) = recent.get_mut(&key) {
                times.pop_back();
            }
        }
    }

    /// Forgets the attempt that turned out right, and the failures before it.
    pub fn succeeded(&self, account: &str, address: IpAddr) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let (both, alone) = keys(account, address);
        recent.remove(&both);
        if let Some(times) = recent.get_mut(&alone) {
            times.pop_back();
        }
    }
}

fn keys(account: &str, address: IpAddr) -> (Key, Key) {
    // Whoever holds one IPv6 address holds its whole /64.
    let address = match address {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
    };
    ((address, Some(account.to_owned())), (address, None))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn stepping() -> (Arc<AtomicI64>, Throttle) {
        let now = Arc::new(AtomicI64::new(1_000_000_000));
        let told = now.clone();
        (now, Throttle::new(Clock::from_fn(move || told.load(Ordering::Relaxed))))
    }

    #[test]
    fn the_sixth_failure_waits_and_the_owner_elsewhere_does_not() {
        let (now, throttle) = stepping();
        let (stranger, owner): (IpAddr, IpAddr) = ("6.6.6.6".parse().unwrap(), "1.2.3.4".parse().unwrap());
        for _ in 0..5 {
            assert_eq!(throttle.admit("a@b.c", stranger), Ok(()));
        }
        let wait = throttle.admit("a@b.c", stranger).unwrap_err();
        assert!((299..=301).contains(&wait), "{wait}");
        assert_eq!(throttle.admit("a@b.c", owner), Ok(()));
        now.fetch_add(WINDOW, Ordering::Relaxed);
        assert_eq!(throttle.admit("a@b.c", stranger), Ok(()));
    }

    #[test]
    fn success_clears_the_account_and_an_address_is_bounded_over_accounts() {
        let (_, throttle) = stepping();
        let address: IpAddr = "1.2.3.4".parse().unwrap();
        for _ in 0..4 {
            throttle.admit("a@b.c", address).unwrap();
        }
        throttle.succeeded("a@b.c", address);
        for n in 0..47 {
            throttle.admit(&format!("{n}@b.c"), address).unwrap();
        }
        assert!(throttle.admit("z@b.c", address).is_err());
    }
}
