//! The snapshot: everything that is true now, immutable, swapped whole.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;
use jiff::tz::TimeZone;

use super::{Clock, Stage};
use crate::{
    approval::ApprovedNotice,
    diagnostic::Diagnostic,
    frame::{Frame, FrameId},
    notice::NoticeId,
    playout::{OffAir, Programme, Segment},
    render::Layout,
    screen::{Screen, ScreenId},
    time::UtcMillis,
};

/// What became of one dropped file.
#[derive(Clone, Debug)]
pub enum Status {
    /// It may be shown; where and when say the screens' programmes.
    Approved(Arc<ApprovedNotice>),
    /// No screen shows it, and why.
    Refused(Vec<Diagnostic>),
    /// It is not a notice and needs no attention (a sidecar, `playlist.yaml`), or is a copy of another.
    Beside(Vec<Diagnostic>),
    /// It is still being written.
    Incomplete,
}

/// One dropped file and what became of it.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Which.
    pub id: NoticeId,
    /// What became of it.
    pub status: Status,
}

/// One screen as it stands.
#[derive(Debug)]
pub struct ScreenState {
    /// What `screens.yaml` says.
    pub screen: Screen,
    /// What it plays.
    pub programme: Programme,
    /// For each run of the programme: the notice and its layout, or why it is not shown on this profile.
    /// A notice that is not on air within 24 h is not laid out: `Ok(None)`.
    pub runs: Vec<(Arc<ApprovedNotice>, Result<Option<Arc<Layout>>, Arc<Vec<Diagnostic>>>)>,
    /// The idle frame.
    pub idle: Arc<Frame>,
    /// The black frame.
    pub dark: Arc<Frame>,
    /// What polls are answered from.
    pub stage: Arc<Stage>,
}

/// Everything that is true now.
#[derive(Debug)]
pub struct Snapshot {
    /// Grows with each snapshot.
    pub generation: u64,
    /// When it was taken.
    pub taken: UtcMillis,
    /// Whether `screens.yaml` has been read well once, so that frames can be vouched for.
    pub ready: bool,
    /// Set while the clock cannot be trusted: all screens show idle frames.
    pub clock_fault: Option<Diagnostic>,
    /// The screens by id.
    pub screens: BTreeMap<ScreenId, Arc<ScreenState>>,
    /// Every dropped file, sorted by playlist and natural file order.
    pub files: Vec<FileReport>,
    /// What is wrong outside single notices: `screens.yaml`, folders, clock, fonts, state.
    pub faults: Vec<Diagnostic>,
    /// The zone in which people think.
    pub zone: TimeZone,
}

impl ScreenState {
    /// The segment at `at`; idle while the clock cannot be trusted is the stage's concern, not this one's.
    pub fn segment_at(&self, at: UtcMillis, zone: &TimeZone) -> Segment {
        self.programme.segment_at(at, zone)
    }
}

/// The catalog as the listener sees it: the snapshot of now and the clock.
pub struct Catalog {
    snapshot: ArcSwap<Snapshot>,
    clock: Arc<dyn Clock>,
    rehearsing: bool,
}

impl Catalog {
    /// The snapshot of now; no lock.
    pub fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Whether `--rehearse` moved the clock.
    pub fn rehearsing(&self) -> bool {
        self.rehearsing
    }

    /// The frame of page `page` of run `run` of a screen; drawn anew unless it is staged. Never call it on
    /// the runtime's threads.
    pub fn frame(&self, screen: &ScreenState, run: u32, page: u32) -> Option<Arc<Frame>> {
        let _ = (screen, run, page);
        todo!()
    }

    /// What is known of a frame that was or is on air.
    pub fn find_frame(&self, id: FrameId, now: UtcMillis) -> FrameFate {
        let _ = (id, now);
        todo!()
    }

    /// Why run `run` of `screen` is not on air at `at`; `None` if it is.
    pub fn why_off_air(&self, screen: &ScreenState, run: u32, at: UtcMillis) -> Option<OffAir> {
        let _ = (screen, run, at);
        todo!()
    }
}

/// What became of a frame id.
#[derive(Debug)]
pub enum FrameFate {
    /// It may be had until that instant.
    Here(Arc<super::StagedFrame>, UtcMillis),
    /// The last notice that made it is withdrawn or expired.
    Gone,
    /// It was never on air.
    Never,
}
