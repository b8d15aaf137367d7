//! The one clock. Everything else gets instants as arguments, or this as a trait.

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::time::UtcMillis;

/// Where instants come from.
pub trait Clock: Send + Sync + 'static {
    /// The instant of now.
    fn now(&self) -> UtcMillis;

    /// Returns at `at` or, when the clock jumps, at most a second after it; at once if it is past.
    fn sleep_until(&self, at: UtcMillis) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The computer's clock, moved by an offset when a day is rehearsed.
#[derive(Debug, Default)]
pub struct SystemClock {
    offset_ms: i64,
}

impl SystemClock {
    /// The computer's clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// A clock that shows `start` now and runs on from there.
    pub fn rehearsing(start: UtcMillis) -> Self {
        Self { offset_ms: start.since(Self::new().now()) }
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one place that asks
    fn now(&self) -> UtcMillis {
        let now = SystemTime::now();
        let ms = now
            .duration_since(UNIX_EPOCH)
            .map_or_else(|before| -(before.duration().as_millis() as i64), |since| since.as_millis() as i64);
        UtcMillis(ms + self.offset_ms)
    }

    fn sleep_until(&self, at: UtcMillis) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            // Short naps, so that a clock that is set while we sleep is noticed.
            loop {
                let left = at.since(self.now());
                if left <= 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(left.min(1000) as u64)).await;
            }
        })
    }
}

/// A clock that stands still until it is told otherwise: for tests and `render`.
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicI64,
    moved: tokio::sync::Notify,
}

impl ManualClock {
    /// A clock that shows `at`.
    pub fn at(at: UtcMillis) -> Self {
        Self { now: AtomicI64::new(at.0), moved: tokio::sync::Notify::new() }
    }

    /// Sets it to `at` and wakes whoever waits.
    pub fn set(&self, at: UtcMillis) {
        self.now.store(at.0, Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    /// Moves it on by `ms`.
    pub fn advance(&self, ms: i64) {
        self.set(self.now().plus(ms));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(self.now.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, at: UtcMillis) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            loop {
                let moved = self.moved.notified();
                tokio::pin!(moved);
                moved.as_mut().enable();
                if self.now() >= at {
                    return;
                }
                moved.await;
            }
        })
    }
}
