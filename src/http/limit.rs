//! Bounds how often one caller may call, so that a program that runs wild does not slow everybody down.
//!
//! Counted per credential (token or session) and, more generously, per address, which also bounds those who come with
//! a made-up credential each time. Events under `/v1` are not counted: what they may cost is bounded by the committer.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, web};
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::{ApiError, ClientAddress};

/// Behind one address sit many callers: a proxy, an office.
const CALLERS_PER_ADDRESS: u32 = 4;
/// So many callers are remembered; then those who have been quiet are forgotten.
const REMEMBERED: usize = 20_000;

type Counted = RateLimiter<u64, HashMapStateStore<u64>, DefaultClock>;

/// How often a caller may call; handlers never see it.
#[derive(Clone)]
pub struct RateLimit(Option<Arc<Limits>>);

struct Limits {
    callers: Counted,
    addresses: Counted,
    client: ClientAddress,
    per_minute: NonZeroU32,
    clock: DefaultClock,
    hasher: RandomState,
}

/// So many a minute, a tenth of them at once.
fn quota(per_minute: NonZeroU32) -> Quota {
    let at_once = NonZeroU32::new(per_minute.get() / 10).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(per_minute).allow_burst(at_once)
}

impl RateLimit {
    /// So many calls a minute for each token, session or stranger's address; 0 sets no bound.
    pub fn new(per_minute: u32, client: ClientAddress) -> Self {
        let limits = NonZeroU32::new(per_minute).map(|per_minute| {
            let of_address = per_minute.saturating_mul(NonZeroU32::new(CALLERS_PER_ADDRESS).unwrap_or(NonZeroU32::MIN));
            Arc::new(Limits {
                callers: RateLimiter::hashmap(quota(per_minute)),
                addresses: RateLimiter::hashmap(quota(of_address)),
                client,
                per_minute,
                clock: DefaultClock::default(),
                hasher: RandomState::new(),
            })
        });
        Self(limits)
    }

    fn admit(&self, req: &HttpRequest) -> Result<(), ApiError> {
        let Some(limits) = &self.0 else { return Ok(()) };
        let address = limits.client.of(req);
        // The caller first: whoever is refused uses up nothing of what the others behind the address share.
        match credential(req) {
            Some(credential) => limits.admit(&limits.callers, limits.hasher.hash_one(credential)),
            None => limits.admit(&limits.callers, limits.hasher.hash_one(("stranger", whole(address)))),
        }?;
        limits.admit(&limits.addresses, limits.hasher.hash_one(whole(address)))
    }
}

impl Limits {
    fn admit(&self, counted: &Counted, key: u64) -> Result<(), ApiError> {
        if counted.len() > REMEMBERED {
            counted.retain_recent();
        }
        counted.check_key(&key).map_err(|not_yet| {
            let wait = not_yet.wait_time_from(self.clock.now()) + Duration::from_millis(999);
            let wait = wait.as_secs().max(1);
            ApiError::too_many(
                "too_many_requests",
                format!("More calls than {} a minute (server.rate_limit); try again in {wait} s.", self.per_minute),
                wait,
            )
        })
    }
}

/// Whoever holds one IPv6 address holds its whole /64.
fn whole(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
    }
}

/// What the caller proves itself with, whether it is known or not.
fn credential(req: &HttpRequest) -> Option<&[u8]> {
    let sent = |name| req.headers().get(name).map(header::HeaderValue::as_bytes);
    sent(header::AUTHORIZATION).or_else(|| sent(header::COOKIE))
}

/// Refuses calls of the API and log-ins beyond the bound: 429 with `Retry-After`.
pub async fn limit_rate(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let counts = ["/api/", "/auth/", "/scim/"].iter().any(|start| req.path().starts_with(start));
    if counts
        && let Some(limit) = req.app_data::<web::Data<RateLimit>>().cloned()
        && let Err(refused) = limit.admit(req.request())
    {
        return Ok(req.error_response(refused));
    }
    Ok(next.call(req).await?.map_into_boxed_body())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asks(limit: &RateLimit, credential: Option<&str>, address: &str) -> bool {
        let mut request = TestRequest::default().peer_addr(format!("{address}:1").parse().unwrap());
        if let Some(credential) = credential {
            request = request.insert_header((header::AUTHORIZATION, format!("Bearer {credential}")));
        }
        limit.admit(&request.to_http_request()).is_ok()
    }

    #[test]
    fn each_credential_has_its_own_bound_and_an_address_has_one_over_all() {
        let limit = RateLimit::new(100, ClientAddress::default());
        let granted = |credential: Option<&str>, address| (0..50).filter(|_| asks(&limit, credential, address)).count();
        assert_eq!(granted(Some("a"), "1.2.3.4"), 10);
        assert_eq!(granted(Some("b"), "1.2.3.4"), 10);
        assert_eq!(granted(None, "5.6.7.8"), 10);
        let made_up = (0..100).filter(|n| asks(&limit, Some(&n.to_string()), "9.9.9.9")).count();
        assert_eq!(made_up, 40);
    }

    #[test]
    fn without_a_bound_nobody_is_refused() {
        let limit = RateLimit::new(0, ClientAddress::default());
        assert!((0..1_000).all(|_| asks(&limit, None, "1.2.3.4")));
    }
}
