//! How often was what asked, and how was it answered? Counters that cost a poll one relaxed addition on a
//! cache line of its own thread.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

use http::StatusCode;

/// Kinds of addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(super) enum Route {
    /// `/screens/{id}/frame.*`
    Frame,
    /// `/screens/{id}/clip.*`
    Clip,
    /// `/screens/{id}/manifest.json`
    Manifest,
    /// `/frames/*`
    Frames,
    /// `/screens/{id}/events`
    Events,
    /// Controller protocols.
    Protocol,
    /// `/screens`
    Screens,
    /// `/healthz`, `/readyz`, `/metrics`
    Operations,
    /// Pages for people, and what is not there.
    Pages,
}

/// Label values of [`Route`], in its order.
const ROUTES: [&str; 9] =
    ["frame", "clip", "manifest", "frames", "events", "protocol", "screens", "operations", "pages"];

/// Statuses counted by themselves; others by their hundred.
const STATUSES: [&str; 8] = ["2xx", "304", "404", "406", "429", "503", "4xx", "5xx"];

/// Threads share a shard only if there are more of them than this.
const SHARDS: usize = 8;

#[derive(Default)]
#[repr(align(128))]
struct Shard([[AtomicU64; STATUSES.len()]; ROUTES.len()]);

/// Requests answered, by route and status.
#[derive(Default)]
pub(super) struct Counters {
    shards: [Shard; SHARDS],
    connections: AtomicUsize,
    waiting: AtomicUsize,
}

thread_local! {
    static SHARD: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The shard of this thread.
fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    SHARD.with(|shard| {
        if shard.get() == usize::MAX {
            shard.set(NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS);
        }
        shard.get()
    })
}

impl Counters {
    /// Counts one answer.
    pub(super) fn count(&self, route: Route, status: StatusCode) {
        let status = match status.as_u16() {
            304 => 1,
            404 => 2,
            406 => 3,
            429 => 4,
            503 => 5,
            500.. => 7,
            400.. => 6,
            _ => 0,
        };
        self.shards[shard()].0[route as usize][status].fetch_add(1, Ordering::Relaxed);
    }

    /// Connections open now.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Polls waiting now.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Counts a connection until the answer is dropped.
    pub(super) fn hold_connection(&self) -> Held<'_> {
        Held::new(&self.connections)
    }

    /// Counts a waiting poll until the answer is dropped.
    pub(super) fn hold_waiting(&self) -> Held<'_> {
        Held::new(&self.waiting)
    }

    /// Route, status and number of answers, of all that occurred.
    pub(super) fn totals(&self) -> Vec<(&'static str, &'static str, u64)> {
        let mut out = Vec::new();
        for (r, route) in ROUTES.iter().enumerate() {
            for (s, status) in STATUSES.iter().enumerate() {
                let total = self.shards.iter().map(|shard| shard.0[r][s].load(Ordering::Relaxed)).sum();
                if total > 0 {
                    out.push((*route, *status, total));
                }
            }
        }
        out
    }
}

/// Adds one as long as it lives.
pub(super) struct Held<'a>(&'a AtomicUsize);

impl<'a> Held<'a> {
    fn new(gauge: &'a AtomicUsize) -> Self {
        gauge.fetch_add(1, Ordering::Relaxed);
        Self(gauge)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_route_and_status_across_threads() {
        let counters = Counters::default();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| counters.count(Route::Frame, StatusCode::OK));
            }
        });
        counters.count(Route::Frame, StatusCode::NOT_MODIFIED);
        counters.count(Route::Screens, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(counters.totals(), [("frame", "2xx", 3), ("frame", "304", 1), ("screens", "4xx", 1)]);
        let held = counters.hold_waiting();
        assert_eq!(counters.waiting(), 1);
        drop(held);
        assert_eq!(counters.waiting(), 0);
    }
}
