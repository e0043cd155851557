//! Whose request is taken, and how much of it, before anything is done.

use super::{MOST_BUNDLE_BYTES, MOST_BYTES, Refusal};
use crate::answer::Keeps;
use crate::config::{Limits, Proxy};
use crate::metrics::Metrics;
use crate::rate::RateLimit;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use http_body_util::BodyExt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Who asks. It goes no further than to [`Admission`].
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// How many bundles of full length there is memory for, beside the memory for
/// everybody else: who sends large files holds up others who do, and nobody
/// who sends events.
const BUNDLES: u64 = 2;

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
    bundle_memory: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

/// What is sent, and by that how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Events, or a request to delete.
    Request,
    /// A file.
    Bundle,
}

impl Sent {
    /// The most bytes of it.
    fn most(self) -> u64 {
        match self {
            Self::Request => MOST_BYTES as u64,
            Self::Bundle => MOST_BUNDLE_BYTES as u64,
        }
    }
}

/// A request that was let in, whole. The memory for it is reserved until it
/// is dropped, so whoever works on it takes it along.
#[derive(Debug)]
pub struct Admitted {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as it came.
    pub body: Bytes,
    memory: Reserved,
}

impl Admitted {
    /// Leaves the memory to the answer: it is whoever reads slowly who has it.
    pub(crate) fn keep_for(self, response: &mut Response) {
        response
            .extensions_mut()
            .insert(Keeps(Arc::new(self.memory)));
    }
}

/// Memory for a request, until it is dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    pool: Arc<Semaphore>,
    permit: OwnedSemaphorePermit,
    metrics: Arc<Metrics>,
}

impl Reserved {
    /// What a body of no length takes. It is never waited for, since those who
    /// wait take memory too.
    fn begin(pool: &Arc<Semaphore>, metrics: &Arc<Metrics>) -> Result<Self, Refusal> {
        let none = pool.clone().try_acquire_many_owned(0);
        let mut reserved = Self {
            pool: pool.clone(),
            permit: none.map_err(|_| Refusal::Unavailable)?,
            metrics: metrics.clone(),
        };
        reserved.grow(0)?;
        Ok(reserved)
    }

    /// What it takes to hold and judge a body of this length, which is longer
    /// than it was: who has sent nothing yet keeps nobody out.
    fn grow(&mut self, length: u64) -> Result<(), Refusal> {
        let units = units(OVERHEAD + 2 * length);
        let more = units.saturating_sub(self.units());
        let more_permit = self.pool.clone().try_acquire_many_owned(more);
        self.permit
            .merge(more_permit.map_err(|_| Refusal::Unavailable)?);
        self.metrics.body_bytes.inc_by(bytes(more));
        Ok(())
    }

    fn units(&self) -> u32 {
        u32::try_from(self.permit.num_permits()).unwrap_or(u32::MAX)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.metrics.body_bytes.dec_by(bytes(self.units()));
    }
}

/// Permits for so many bytes.
fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

fn bytes(units: u32) -> i64 {
    i64::try_from(u64::from(units) * UNIT).unwrap_or(i64::MAX)
}

impl Admission {
    /// Within these limits, behind this proxy.
    pub fn new(limits: Limits, proxy: Proxy, metrics: Arc<Metrics>) -> Self {
        let pool = |bytes: u64| Arc::new(Semaphore::new(units(bytes) as usize));
        Self {
            rate: RateLimit::new(limits, crate::random::bytes, Instant::now()),
            memory: pool(u64::from(limits.body_memory_mib.get()) << 20),
            bundle_memory: pool(BUNDLES * (OVERHEAD + 2 * Sent::Bundle.most())),
            limits,
            proxy,
            metrics,
        }
    }

    /// Lets a request in.
    ///
    /// # Errors
    ///
    /// Why it is not.
    pub async fn let_in(&self, request: Request, sent: Sent) -> Result<Admitted, Refusal> {
        if is_from_another_site(request.headers()) {
            return Err(Refusal::AnotherSite);
        }
        self.count(&request)?;
        let (parts, body) = request.into_parts();
        let length = content_length(&parts.headers);
        if length.is_some_and(|length| length > sent.most()) {
            return Err(Refusal::TooLarge);
        }
        let pool = match sent {
            Sent::Request => &self.memory,
            Sent::Bundle => &self.bundle_memory,
        };
        let mut memory = Reserved::begin(pool, &self.metrics)?;
        let read = read(body, sent.most(), &mut memory);
        let body = tokio::time::timeout(self.limits.body(), read).await;
        Ok(Admitted {
            headers: parts.headers,
            body: body.unwrap_or(Err(Refusal::TooSlow))?,
            memory,
        })
    }

    /// Counts a request as one of its sender's.
    ///
    /// # Errors
    ///
    /// That these are too many.
    pub fn count(&self, request: &Request) -> Result<(), Refusal> {
        let peer = request.extensions().get::<Peer>();
        let peer = peer.map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.0);
        let sender = self.sender(peer, request.headers());
        let taken = self.rate.take(sender, Instant::now());
        taken.map_err(Refusal::TooMany)
    }

    /// The address that counts: the peer's, or the one that the proxy names.
    /// Who listens on IPv6 and IPv4 at once sees an IPv4 address as a part of
    /// IPv6's (RFC 4291, section 2.5.5.2); it counts as the one that it is.
    fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        let named = self.proxy.header.as_ref().filter(|_| self.proxy.is(peer));
        named
            .and_then(|name| headers.get_all(name).iter().next_back())
            .and_then(|value| last_address(value.to_str().ok()?))
            .unwrap_or(peer)
            .to_canonical()
    }
}

/// Reads a body, and reserves memory as it comes.
async fn read(mut body: Body, most: u64, memory: &mut Reserved) -> Result<Bytes, Refusal> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::Malformed)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let length = (whole.len() + data.len()) as u64;
        if length > most {
            return Err(Refusal::TooLarge);
        }
        memory.grow(length)?;
        whole.extend_from_slice(&data);
    }
    Ok(whole.into())
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
        let begin = || Reserved::begin(&admission.memory, &admission.metrics);
        let mut first = begin().unwrap();
        first.grow((128 << 20) - (32 << 10)).unwrap();
        assert_eq!(begin().unwrap_err(), Refusal::Unavailable);
        assert_eq!(first.grow(128 << 20).unwrap_err(), Refusal::Unavailable);
        assert_eq!(admission.metrics.body_bytes.get(), 256 << 20);
        drop(first);
        assert_eq!(admission.metrics.body_bytes.get(), 0);
        begin().unwrap().grow(1 << 20).unwrap();
        let pool = &admission.bundle_memory;
        let full = || {
            let mut bundle = Reserved::begin(pool, &admission.metrics).unwrap();
            bundle.grow(MOST_BUNDLE_BYTES as u64).unwrap();
            bundle
        };
        let _both = [full(), full()];
        assert!(Reserved::begin(pool, &admission.metrics).is_err());
        begin().unwrap();
    }

    #[test]
    fn a_proxy_over_ipv6_is_the_same() {
        let mut headers = HeaderMap::new();
        headers.append("x-real-ip", HeaderValue::from_static("::ffff:203.0.113.9"));
        let admission = admission(Proxy {
            header: Some("x-real-ip".to_owned()),
            addresses: vec![],
        });
        let sender = |peer: &str| {
            admission
                .sender(peer.parse().unwrap(), &headers)
                .to_string()
        };
        assert_eq!(sender("::ffff:127.0.0.1"), "203.0.113.9");
        assert_eq!(sender("::1"), "203.0.113.9");
        assert_eq!(sender("::ffff:203.0.113.1"), "203.0.113.1");
        let far = Proxy {
            header: None,
            addresses: vec!["::ffff:10.0.0.1".parse().unwrap()],
        };
        assert!(far.is("10.0.0.1".parse().unwrap()));
    }
}
