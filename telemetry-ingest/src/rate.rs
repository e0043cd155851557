//! How often one sender may ask, without a record of who asks.
//!
//! An address is only ever seen as its keyed hash, in memory. The key is
//! random, and another one every [`ROTATION`], when everything is forgotten:
//! nobody can tell from what is held who has asked, nor whether it is who
//! asked before.

use crate::config::Limits;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a key is used, and anything held.
pub const ROTATION: Duration = Duration::from_mins(10);

/// The most senders that are told apart at a time; all others share one
/// allowance. About 4 MB.
pub const MOST_SENDERS: usize = 1 << 16;

/// The time over which requests are counted.
const WINDOW: Duration = Duration::from_mins(1);

/// Where keys come from.
pub type DrawKey = fn() -> [u8; 32];

type Sender = [u8; 16];

/// Whose request is let in.
#[derive(Debug)]
pub struct RateLimit {
    limits: Limits,
    draw: DrawKey,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    key: [u8; 32],
    since: Instant,
    /// When each would have its whole allowance again: the "theoretical
    /// arrival time" of the generic cell rate algorithm (ITU-T I.371).
    full_at: HashMap<Sender, Instant>,
}

impl RateLimit {
    /// With these limits, and keys from `draw`.
    pub fn new(limits: Limits, draw: DrawKey, now: Instant) -> Self {
        Self {
            limits,
            draw,
            held: Mutex::new(Held {
                key: draw(),
                since: now,
                full_at: HashMap::new(),
            }),
        }
    }

    /// Counts a request of an address.
    ///
    /// # Errors
    ///
    /// That it has had its allowance, and when it can ask again.
    pub fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let Some(per_minute) = self.limits.per_minute(address) else {
            return Ok(());
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(held.since) >= ROTATION {
            *held = Held {
                key: (self.draw)(),
                since: now,
                full_at: HashMap::new(),
            };
        }
        let sender = held.sender(address, now);
        let full_at = held.full_at.entry(sender).or_insert(now);
        let next = (*full_at).max(now) + WINDOW / per_minute.get();
        let ahead = next.saturating_duration_since(now);
        if ahead > WINDOW {
            return Err(ahead.saturating_sub(WINDOW));
        }
        *full_at = next;
        Ok(())
    }
}

impl Held {
    fn sender(&mut self, address: IpAddr, now: Instant) -> Sender {
        let sender = hash(&self.key, address);
        if self.full_at.len() < MOST_SENDERS || self.full_at.contains_key(&sender) {
            return sender;
        }
        self.full_at.retain(|_, full_at| *full_at > now);
        if self.full_at.len() < MOST_SENDERS {
            sender
        } else {
            Sender::default()
        }
    }
}

/// The half of an HMAC-SHA256 (RFC 2104) of an address. Of an IPv6 address
/// the network counts, which is what one sender has.
fn hash(key: &[u8; 32], address: IpAddr) -> Sender {
    let network = match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => Ipv6Addr::to_bits(address) >> 64 << 64,
    };
    let mut sender = Sender::default();
    // A key of any length is taken.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(&network.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        for (byte, of) in sender.iter_mut().zip(digest) {
            *byte = of;
        }
    }
    sender
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicU8, Ordering};

    fn draw() -> [u8; 32] {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        [NEXT.fetch_add(1, Ordering::Relaxed); 32]
    }

    fn limit(per_minute: Option<u32>, now: Instant) -> RateLimit {
        let limits = Limits {
            requests_per_minute: per_minute,
            ..Limits::default()
        };
        RateLimit::new(limits, draw, now)
    }

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(203, 0, 113, last).into()
    }

    #[test]
    fn an_allowance_is_used_up_and_comes_back() {
        let start = Instant::now();
        let limit = limit(Some(60), start);
        for _ in 0..60 {
            assert_eq!(limit.take(address(7), start), Ok(()));
        }
        let second = Duration::from_secs(1);
        assert_eq!(limit.take(address(7), start), Err(second));
        assert_eq!(limit.take(address(8), start), Ok(()));
        assert_eq!(limit.take(address(7), start + second), Ok(()));
        assert_eq!(limit.take(address(7), start + second), Err(second));
    }

    #[test]
    fn addresses_of_one_network_are_one_sender() {
        let start = Instant::now();
        let limit = limit(Some(1), start);
        let of = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(limit.take(of("2001:db8::1"), start).is_ok());
        assert!(limit.take(of("2001:db8::2"), start).is_err());
        assert!(limit.take(of("2001:db8:0:1::1"), start).is_ok());
        assert!(limit.take(of("203.0.113.1"), start).is_ok());
        assert!(limit.take(of("::ffff:203.0.113.1"), start).is_err());
    }

    #[test]
    fn this_machine_is_limited_only_where_told() {
        let start = Instant::now();
        let home = IpAddr::from(Ipv4Addr::LOCALHOST);
        let silent = limit(None, start);
        assert!((0..10_000).all(|_| silent.take(home, start).is_ok()));
        assert_eq!(
            (0..10_000)
                .filter(|_| silent.take(address(1), start).is_ok())
                .count(),
            600
        );
        assert!(limit(Some(1), start).take(home, start).is_ok());
        let none = limit(Some(0), start);
        assert!((0..10_000).all(|_| none.take(address(1), start).is_ok()));
    }

    #[test]
    fn what_is_held_tells_nobody_and_is_forgotten() {
        let start = Instant::now();
        let limit = limit(Some(1), start);
        assert!(limit.take(address(7), start).is_ok());
        let senders = |limit: &RateLimit| -> Vec<Sender> {
            limit.held.lock().unwrap().full_at.keys().copied().collect()
        };
        let before = senders(&limit);
        assert!(!before[0].windows(3).any(|part| part == [203, 0, 113]));
        let later = start + ROTATION;
        assert!(limit.take(address(7), later).is_ok());
        let after = senders(&limit);
        assert_eq!(after.len(), 1);
        assert_ne!(before, after);
    }

    #[test]
    fn a_flood_of_senders_takes_no_more_memory() {
        let start = Instant::now();
        let limit = limit(Some(1), start);
        let sender = |number: u32| IpAddr::from(Ipv4Addr::from_bits(0x0A00_0000 + number));
        let most = u32::try_from(MOST_SENDERS).unwrap();
        for number in 0..most {
            assert!(limit.take(sender(number), start).is_ok());
        }
        // One more for all others together.
        assert!(limit.take(sender(most), start).is_ok());
        assert!(limit.take(sender(most + 1), start).is_err());
        assert_eq!(limit.held.lock().unwrap().full_at.len(), MOST_SENDERS + 1);
        let later = start + WINDOW;
        assert!(limit.take(sender(most + 1), later).is_ok());
    }
}
