//! Who asks too often? A controller gone wild is told to wait; all others notice nothing. The generic cell rate
//! algorithm (ITU-T I.371) in a table of fixed size: an allowance is one number, the instant at which it will be
//! whole again. A poll costs a hash and one or two atomic operations on one cache line.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use http::HeaderMap;

use crate::{catalog::RELEASED, time::UtcMillis};

/// One request of a screen every so many milliseconds, in the long run: 40 a second.
const SCREEN_MS: u64 = 25;
/// One request for what screens share (frames by name, pages), by one address: 1000 a second. Thousands of
/// screens may stand behind one address.
const SHARED_MS: u64 = 1;
/// An allowance so long may be used up at once: 120 requests for one screen, so that the classrooms of a school,
/// all behind one address and all showing one screen, may turn their page in the same instant; 3000 for what is
/// shared, so that 2000 screens may come back together.
const BURST_MS: u64 = 3000;

/// Allowances that share a cache line, in any of which one may stand.
const WAYS: usize = 8;
/// Such lines: 16,384 allowances in 128 KB.
const LINES: usize = 2048;
/// The lower bits of an allowance are an instant, the others tell whose it is.
const INSTANT_BITS: u32 = 40;
const INSTANT: u64 = (1 << INSTANT_BITS) - 1;

#[repr(align(64))]
#[derive(Default)]
struct Line([AtomicU64; WAYS]);

/// The allowances.
pub(super) struct Limiter {
    lines: Box<[Line]>,
    /// Seeded at random: nobody can choose an address that shares a line with another's.
    hasher: RandomState,
}

impl Default for Limiter {
    fn default() -> Self {
        let lines = (0..LINES).map(|_| Line::default()).collect();
        Self { lines, hasher: RandomState::new() }
    }
}

/// What a request counts against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Toll<'a> {
    /// A screen, by how it is named in the request.
    Screen(&'a [u8]),
    /// What is there for all.
    Shared,
}

impl<'a> Toll<'a> {
    /// What the request for `path` counts against.
    pub(super) fn of(path: &'a str, headers: &'a HeaderMap) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        if let Some(rest) = path.strip_prefix("screens/") {
            return Self::Screen(rest.split('/').next().unwrap_or(rest).as_bytes());
        }
        if path.starts_with("api/")
            && let Some(id) = headers.get("id")
        {
            return Self::Screen(id.as_bytes());
        }
        // As Tronbyt boards ask, whatever stands before it.
        match path.rsplit_once('/') {
            Some((device, "next" | "ws")) => {
                Self::Screen(device.rsplit('/').next().unwrap_or(device).as_bytes())
            }
            _ => Self::Shared,
        }
    }
}

impl Limiter {
    /// Takes one request out of the allowance of `who` for `what`. If it is used up: for how many seconds to wait.
    /// Where every way of a line is taken by others who are busy, whoever comes next is let in uncounted.
    pub(super) fn admit(&self, who: IpAddr, what: Toll<'_>, now: UtcMillis) -> Result<(), u32> {
        let (name, step) = match what {
            Toll::Screen(name) => (name, SCREEN_MS),
            Toll::Shared => (&b""[..], SHARED_MS),
        };
        let hash = self.hasher.hash_one((network(who), name, step));
        let mine = (hash >> INSTANT_BITS | 1) << INSTANT_BITS;
        let line = &self.lines[hash as usize % LINES].0;
        let now = now.since(RELEASED).max(0) as u64 & INSTANT;
        for way in line {
            let held = way.load(Relaxed);
            if held & !INSTANT == mine {
                return draw(way, held, mine, step, now);
            }
        }
        for way in line {
            let held = way.load(Relaxed);
            let whole = held & INSTANT <= now || held & INSTANT > now + BURST_MS + step;
            if whole && way.compare_exchange(held, mine | (now + step), Relaxed, Relaxed).is_ok() {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Takes one step out of `way`, which held `held`.
fn draw(way: &AtomicU64, mut held: u64, mine: u64, step: u64, now: u64) -> Result<(), u32> {
    for _ in 0..WAYS {
        let whole_at = held & INSTANT;
        // An instant that far ahead was noted before the clock was set back.
        let from = if whole_at > now + BURST_MS + step { now } else { whole_at.max(now) };
        let over = (from + step).saturating_sub(now + BURST_MS);
        if over > 0 {
            return Err(over.div_ceil(1000) as u32);
        }
        match way.compare_exchange_weak(held, mine | (from + step), Relaxed, Relaxed) {
            Ok(_) => return Ok(()),
            Err(other) if other & !INSTANT == mine => held = other,
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// What one subscriber has: an IPv4 address, or the first half of an IPv6 address.
fn network(who: IpAddr) -> u128 {
    match who.to_canonical() {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6) >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: UtcMillis = UtcMillis(1_795_406_400_000);

    fn ip(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    /// How many of `count` requests within one second are let in.
    fn let_in(limiter: &Limiter, who: IpAddr, what: Toll<'_>, count: i64, from: UtcMillis) -> usize {
        (0..count).filter(|n| limiter.admit(who, what, from.plus(n * 1000 / count)).is_ok()).count()
    }

    #[test]
    fn a_client_gone_wild_is_told_to_wait_and_its_neighbours_notice_nothing() {
        let limiter = Limiter::default();
        let gate = Toll::Screen(b"gate");
        assert_eq!(let_in(&limiter, ip(1), gate, 1000, NOW), 120 + 39, "the burst, and what came back");
        assert_eq!(limiter.admit(ip(1), gate, NOW.plus(999)), Err(1));
        assert_eq!(limiter.admit(ip(2), gate, NOW.plus(999)), Ok(()), "another address");
        assert_eq!(limiter.admit(ip(1), Toll::Screen(b"hall"), NOW.plus(999)), Ok(()), "another screen");
        assert_eq!(limiter.admit(ip(1), Toll::Shared, NOW.plus(999)), Ok(()));
        let later = NOW.plus(1000);
        assert_eq!(let_in(&limiter, ip(1), gate, 1000, later), 40, "in the long run");
        assert_eq!(let_in(&limiter, ip(1), gate, 30, NOW.plus(60_000)), 30, "calm again");
    }

    #[test]
    fn two_thousand_screens_behind_one_address_come_back_together() {
        let limiter = Limiter::default();
        for round in 0..5 {
            for n in 0..2000u32 {
                let at = NOW.plus(round * 5000);
                assert_eq!(limiter.admit(ip(9), Toll::Screen(&n.to_le_bytes()), at), Ok(()));
                assert_eq!(limiter.admit(ip(9), Toll::Shared, at), Ok(()), "and fetch a frame each");
            }
        }
    }

    #[test]
    fn a_full_table_lets_others_in_rather_than_shutting_them_out() {
        let limiter = Limiter::default();
        for n in 0..200_000 {
            assert_eq!(limiter.admit(ip(n), Toll::Screen(b"gate"), NOW), Ok(()));
        }
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let limiter = Limiter::default();
        let gate = Toll::Screen(b"gate");
        let_in(&limiter, ip(1), gate, 1000, NOW.plus(86_400_000));
        assert_eq!(limiter.admit(ip(1), gate, NOW), Ok(()));
        assert_eq!(limiter.admit(ip(1), gate, UtcMillis(0)), Ok(()), "nor one before the release");
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one_caller() {
        let limiter = Limiter::default();
        let addresses: Vec<IpAddr> = (0..1000).map(|n| format!("2001:db8::{n:x}").parse().unwrap()).collect();
        let admitted =
            addresses.iter().filter(|who| limiter.admit(**who, Toll::Screen(b"gate"), NOW).is_ok());
        assert_eq!(admitted.count(), 120);
    }

    #[test]
    fn requests_count_against_the_screen_that_they_name() {
        let mut headers = HeaderMap::new();
        for (path, what) in [
            ("/screens/gate/frame.bmp", Toll::Screen(b"gate")),
            ("/screens/gate", Toll::Screen(b"gate")),
            ("/gate/next", Toll::Screen(b"gate")),
            ("/api/v1/devices/gate/next", Toll::Screen(b"gate")),
            ("/gate/ws", Toll::Screen(b"gate")),
            ("/screens", Toll::Shared),
            ("/frames/00.bmp", Toll::Shared),
            ("/api/display", Toll::Shared),
            ("", Toll::Shared),
        ] {
            assert_eq!(Toll::of(path, &headers), what, "{path}");
        }
        headers.insert("id", http::HeaderValue::from_static("AA:BB"));
        assert_eq!(Toll::of("/api/display", &headers), Toll::Screen(b"AA:BB"));
        assert_eq!(Toll::of("/frames/00.bmp", &headers), Toll::Shared, "nobody gets around it with a header");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Whatever the pattern, no more than the burst and the rate are let in.
        #[test]
        fn never_more_than_burst_and_rate(gaps in prop::collection::vec(0i64..60, 1..600)) {
            let limiter = Limiter::default();
            let (mut at, mut admitted) = (NOW, 0);
            for gap in &gaps {
                at = at.plus(*gap);
                admitted += i64::from(limiter.admit(ip(1), Toll::Screen(b"gate"), at).is_ok());
            }
            prop_assert!(admitted <= 120 + at.since(NOW) / 25 + 1);
            prop_assert!(admitted >= (gaps.len() as i64).min(120));
        }
    }
}
