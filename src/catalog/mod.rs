//! What is true now? The catalog reads the folder, keeps the immutable [`Snapshot`] of everything that
//! holds, and a [`Stage`] for each screen from which polls are answered. In the order of the work:
//! `watch` says that something changed, `discovery` scans, `sorting` and `reconcile` find out what,
//! `playbill` approves, `programmes` lays out, `stager` draws and encodes (`clips`: what moves), `conductor` turns
//! the pages;
//! `director` calls them.

mod arrivals;
mod clips;
mod clock;
mod conductor;
mod director;
mod discovery;
mod encoded;
mod feedback;
mod guard;
mod platform;
mod playbill;
mod programmes;
mod reconcile;
mod registry;
mod screen_test;
mod snapshot;
mod sorting;
mod stage;
mod stager;
mod standing;
#[cfg(test)]
mod tests;
mod unit;
mod watch;

use std::sync::Arc;

use arc_swap::ArcSwap;
pub use clips::{Clips, StagedClip};
pub use clock::{Clock, ManualClock, SystemClock};
pub use conductor::conduct;
pub use director::{Director, Plan};
pub use discovery::{DiskFolder, Folder, Found, RelPath, What as FoundWhat};
pub use encoded::{Encoded, StagedFrame};
pub use platform::Stat;
pub use programmes::rounds;
pub use registry::FrameFate;
pub use screen_test::{
    LONGEST_TEST_MS, SHORTEST_TEST_MS, ScreenTest, ScreenTests, end_test, test_showing, want_test,
};
pub use snapshot::{FileReport, LaidOut, ScreenState, Snapshot, Status};
pub use stage::{Moment, Stage, moment_at};
pub use standing::{Standing, standings};
pub use watch::{Marks, Signal};

use crate::{
    frame::{Frame, FrameId},
    playout::OffAir,
    render::Fonts,
    time::UtcMillis,
};

/// The catalog as the listener sees it: the snapshot of now, and the clock.
pub struct Catalog {
    snapshot: ArcSwap<Snapshot>,
    /// Grows with each snapshot; the conductor waits on it.
    swapped: tokio::sync::watch::Sender<u64>,
    registry: registry::Registry,
    fonts: Arc<Fonts>,
    clock: Arc<dyn Clock>,
    rehearsing: bool,
}

impl Catalog {
    /// A catalog that holds `snapshot`; a [`Director`] keeps it true.
    pub fn new(snapshot: Snapshot, fonts: Arc<Fonts>, clock: Arc<dyn Clock>, rehearsing: bool) -> Arc<Self> {
        Arc::new(Self {
            snapshot: ArcSwap::from_pointee(snapshot),
            swapped: tokio::sync::watch::Sender::new(0),
            registry: registry::Registry::default(),
            fonts,
            clock,
            rehearsing,
        })
    }

    /// The snapshot of now; no lock.
    pub fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The fonts in use.
    pub fn fonts(&self) -> &Arc<Fonts> {
        &self.fonts
    }

    /// Whether `--rehearse` moved the clock.
    pub fn rehearsing(&self) -> bool {
        self.rehearsing
    }

    /// The frame of page `page` of run `run` of a screen, drawn anew and entered by its name. `None` if
    /// there is no such page. Never call it on the runtime's threads.
    pub fn frame(&self, screen: &ScreenState, run: u32, page: u32) -> Option<Arc<Frame>> {
        let (notice, laid_out) = screen.runs.get(run as usize)?;
        let layout = laid_out.as_ref().ok()?.as_ref()?;
        if page as usize >= layout.pages.len() {
            return None;
        }
        let profile = &screen.screen.profile;
        let frame = programmes::draw_frame(layout, page as usize, profile, &self.fonts);
        self.registry.enter_page(frame.id(), notice, layout, page, profile);
        Some(Arc::new(frame))
    }

    /// What is known of a frame that was or is on air. May draw: never call it on the runtime's threads.
    pub fn find_frame(&self, id: FrameId, now: UtcMillis) -> FrameFate {
        self.registry.find(id, &self.snapshot(), &self.fonts, now)
    }

    /// Why run `run` of `screen` is not on air at `at`; `None` if it is.
    pub fn why_off_air(&self, screen: &ScreenState, run: u32, at: UtcMillis) -> Option<OffAir> {
        let reasons = screen.programme.reasons(at, &self.snapshot().zone);
        reasons.into_iter().nth(run as usize).flatten()
    }

    /// Swaps the snapshot.
    fn publish(&self, snapshot: Snapshot) {
        let generation = snapshot.generation;
        self.snapshot.store(Arc::new(snapshot));
        self.swapped.send_replace(generation);
    }
}
