//! Whose request is taken, and how much of it, before anything is done.

use super::Refusal;
use crate::config::{Limits, Proxy};
use crate::metrics::Metrics;
use crate::rate::RateLimit;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use http_body_util::LengthLimitError;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Who asks. It goes no further than to [`Admission`].
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// What a request takes beside its body, in bytes.
const OVERHEAD: u64 = 64 << 10;

/// A permit's worth of memory, in bytes.
const UNIT: u64 = 1 << 10;

/// Lets requests in.
#[derive(Debug)]
pub struct Admission {
    limits: Limits,
    proxy: Proxy,
    rate: RateLimit,
    memory: Arc<Semaphore>,
    units: u32,
    metrics: Arc<Metrics>,
}

/// A request that was let in, whole. The memory for it is reserved until it
/// is dropped.
#[derive(Debug)]
pub struct Admitted {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as it came.
    pub body: Bytes,
    _memory: Reserved,
}

#[derive(Debug)]
struct Reserved {
    permit: OwnedSemaphorePermit,
    metrics: Arc<Metrics>,
}

impl Reserved {
    fn bytes(&self) -> i64 {
        i64::try_from(self.permit.num_permits() as u64 * UNIT).unwrap_or(i64::MAX)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.metrics.body_bytes.dec_by(self.bytes());
    }
}

impl Admission {
    /// Within these limits, behind this proxy.
    pub fn new(limits: Limits, proxy: Proxy, metrics: Arc<Metrics>) -> Self {
        let units = u64::from(limits.body_memory_mib.get()) * ((1 << 20) / UNIT);
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        Self {
            rate: RateLimit::new(limits, crate::random::bytes, Instant::now()),
            memory: Arc::new(Semaphore::new(units as usize)),
            limits,
            proxy,
            units,
            metrics,
        }
    }

    /// Lets a request in whose body has at most so many bytes.
    ///
    /// # Errors
    ///
    /// Why it is not.
    pub async fn let_in(&self, request: Request, most: usize) -> Result<Admitted, Refusal> {
        let (parts, body) = request.into_parts();
        if is_from_another_site(&parts.headers) {
            return Err(Refusal::AnotherSite);
        }
        let peer = parts.extensions.get::<Peer>();
        let peer = peer.map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.0);
        self.rate
            .take(self.sender(peer, &parts.headers), Instant::now())
            .map_err(Refusal::TooMany)?;
        let length = content_length(&parts.headers);
        if length.is_some_and(|length| length > most as u64) {
            return Err(Refusal::TooLarge);
        }
        let memory = self.reserve(length.unwrap_or(most as u64))?;
        Ok(Admitted {
            headers: parts.headers,
            body: self.read(body, most).await?,
            _memory: memory,
        })
    }

    async fn read(&self, body: Body, most: usize) -> Result<Bytes, Refusal> {
        match tokio::time::timeout(self.limits.body(), to_bytes(body, most)).await {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(error)) if is_too_long(&error) => Err(Refusal::TooLarge),
            Ok(Err(_)) => Err(Refusal::Malformed),
            Err(_) => Err(Refusal::TooSlow),
        }
    }

    /// What it takes to hold and judge a body of this length: never waited
    /// for, since those who wait take memory too.
    fn reserve(&self, length: u64) -> Result<Reserved, Refusal> {
        let units = (OVERHEAD + 2 * length).div_ceil(UNIT);
        let units = u32::try_from(units).unwrap_or(u32::MAX).min(self.units);
        let permit = self.memory.clone().try_acquire_many_owned(units);
        let permit = permit.map_err(|_| Refusal::Unavailable)?;
        let reserved = Reserved {
            permit,
            metrics: self.metrics.clone(),
        };
        self.metrics.body_bytes.inc_by(reserved.bytes());
        Ok(reserved)
    }

    /// The address that counts: the peer's, or the one that the proxy names.
    fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named = self.proxy.header.as_ref().filter(|_| self.proxy.is(peer));
        named
            .and_then(|name| headers.get_all(name).iter().next_back())
            .and_then(|value| last_address(value.to_str().ok()?))
            .unwrap_or(peer)
    }
}

/// The last address of a list, which is the one that the nearest proxy saw;
/// those before it are what the sender says.
fn last_address(list: &str) -> Option<IpAddr> {
    let nearest = list.rsplit(',').next()?.trim();
    let address = nearest.parse().ok();
    address.or_else(|| nearest.parse().ok().map(|at: SocketAddr| at.ip()))
}

/// Whether a browser sent it from a page of another site (Fetch Metadata):
/// nobody's visit elsewhere may send or delete anything here.
fn is_from_another_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

fn is_too_long(error: &axum::Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn admission(proxy: Proxy) -> Admission {
        Admission::new(Limits::default(), proxy, Arc::default())
    }

    #[test]
    fn only_the_proxy_is_believed() {
        let mut headers = HeaderMap::new();
        let list = HeaderValue::from_static("198.51.100.1, 203.0.113.9");
        headers.append("x-forwarded-for", list);
        let home: IpAddr = Ipv4Addr::LOCALHOST.into();
        let proxy: IpAddr = Ipv4Addr::new(10, 0, 0, 1).into();
        let seen: IpAddr = Ipv4Addr::new(203, 0, 113, 9).into();
        let header = || Some("x-forwarded-for".to_owned());
        let nobody = admission(Proxy::default());
        assert_eq!(nobody.sender(home, &headers), home);
        let local = admission(Proxy {
            header: header(),
            addresses: vec![],
        });
        assert_eq!(local.sender(home, &headers), seen);
        assert_eq!(local.sender(proxy, &headers), proxy);
        let far = admission(Proxy {
            header: header(),
            addresses: vec![proxy],
        });
        assert_eq!(far.sender(proxy, &headers), seen);
        assert_eq!(far.sender(home, &headers), home);
        let nonsense = HeaderValue::from_static("203.0.113.9, somebody");
        headers.append("x-forwarded-for", nonsense);
        assert_eq!(local.sender(home, &headers), home);
    }

    #[test]
    fn addresses_come_with_ports_and_without() {
        let of = |text| last_address(text).map(|address| address.to_string());
        assert_eq!(of("203.0.113.9").as_deref(), Some("203.0.113.9"));
        assert_eq!(of("a, 203.0.113.9:44").as_deref(), Some("203.0.113.9"));
        assert_eq!(of("2001:db8::1").as_deref(), Some("2001:db8::1"));
        assert_eq!(of("[2001:db8::1]:44").as_deref(), Some("2001:db8::1"));
        assert_eq!(of(""), None);
        assert_eq!(of("unknown"), None);
    }

    #[test]
    fn there_is_room_for_so_much_and_no_more() {
        let admission = admission(Proxy::default());
        let first = admission.reserve(u64::MAX >> 2).unwrap();
        assert_eq!(admission.reserve(0).unwrap_err(), Refusal::Unavailable);
        assert_eq!(admission.metrics.body_bytes.get(), 256 << 20);
        drop(first);
        assert_eq!(admission.metrics.body_bytes.get(), 0);
        assert!(admission.reserve(1 << 20).is_ok());
    }
}
