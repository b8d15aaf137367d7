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
mod contact;
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
mod strangers;
#[cfg(test)]
mod tests;
mod tokens;
mod traffic;
mod unit;
mod watch;

use std::sync::Arc;

use arc_swap::ArcSwap;
pub use clips::{Clips, StagedClip};
pub use clock::{Clock, ManualClock, SystemClock};
pub use conductor::conduct;
pub use contact::{Acknowledged, Caller, Contact, Holding, Shown};
pub use director::{Director, Plan};
pub use discovery::{DiskFolder, Folder, Found, RelPath, What as FoundWhat};
#[cfg(test)]
pub(crate) use encoded::base64;
pub use encoded::{Encoded, StagedFrame};
pub use guard::RELEASED;
pub use platform::{Stat, create_private};
pub use programmes::rounds;
pub use registry::FrameFate;
pub use screen_test::{
    LONGEST_TEST_MS, SHORTEST_TEST_MS, ScreenTest, ScreenTests, end_test, test_showing, want_test,
};
pub use snapshot::{FileReport, LaidOut, ScreenState, Snapshot, Status};
pub use stage::{Moment, Stage, moment_at};
pub use standing::{Standing, standings};
pub use strangers::{Stranger, Strangers};
pub use tokens::{MAX_TOKENS, TOKEN_LEN, Token, Tokens};
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
    strangers: Strangers,
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
            strangers: Strangers::default(),
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

    /// Who asked for screens that are not there.
    pub fn strangers(&self) -> &Strangers {
        &self.strangers
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

    /// What is known of a frame that was or is on air, for somebody who `may_see` these screens. May draw:
    /// never call it on the runtime's threads.
    pub fn find_frame(
        &self,
        id: FrameId,
        now: UtcMillis,
        may_see: &dyn Fn(&Snapshot, &ScreenState) -> bool,
    ) -> FrameFate {
        let snapshot = self.snapshot();
        self.registry.find(id, &snapshot, &self.fonts, now, &|state| may_see(&snapshot, state))
    }

    /// Why run `run` of `screen` is not on air at `at`; `None` if it is.
    pub fn why_off_air(&self, screen: &ScreenState, run: u32, at: UtcMillis) -> Option<OffAir> {
        let reasons = screen.programme.reasons(at, &self.snapshot().zone);
        reasons.into_iter().nth(run as usize).flatten()
    }

    /// Swaps the snapshot.
    pub(crate) fn publish(&self, snapshot: Snapshot) {
        let generation = snapshot.generation;
        self.snapshot.store(Arc::new(snapshot));
        self.swapped.send_replace(generation);
    }
}
