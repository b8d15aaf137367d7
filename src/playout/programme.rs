//! One screen's programme, and the segment it is in at an instant.

use jiff::tz::TimeZone;

use super::{OffAir, OnAir, Segment, Slot};
use crate::{
    approval::Window,
    notice::NoticeId,
    text::natural_cmp,
    time::{Hours, Priority, UtcMillis},
};

/// One notice in a programme, with the dwells of its pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Which notice.
    pub id: NoticeId,
    /// Its term.
    pub window: Window,
    /// When it enters.
    pub entry: UtcMillis,
    /// Its own hours.
    pub hours: Hours,
    /// Its priority.
    pub priority: Priority,
    /// Its place within the priority.
    pub order: i64,
    /// Which notices of this programme it takes off the air.
    pub replaces: Vec<NoticeId>,
    /// Milliseconds for each page; empty if the notice cannot be shown on this profile (it still
    /// replaces).
    pub dwells_ms: Vec<u32>,
}

/// One screen's notices in playing order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Programme {
    runs: Vec<Run>,
    hours: Hours,
}

/// How far ahead edges are looked for: a segment never claims to last longer.
const HORIZON_MS: i64 = 8 * crate::time::DAY_MS;

impl Programme {
    /// Sorts `runs` (priority, order, file name, playlist) and rounds each dwell up to whole polls, so that
    /// a controller that asks every `poll_ms` misses no page.
    pub fn new(mut runs: Vec<Run>, hours: Hours, poll_ms: u32) -> Self {
        runs.sort_by(|a, b| {
            b.priority
                .cmp(&a.priority)
                .then(a.order.cmp(&b.order))
                .then_with(|| natural_cmp(&a.id.file, &b.id.file))
                .then_with(|| natural_cmp(&a.id.playlist, &b.id.playlist))
                .then_with(|| a.id.cmp(&b.id))
        });
        let poll_ms = poll_ms.max(1);
        for dwell in runs.iter_mut().flat_map(|run| &mut run.dwells_ms) {
            *dwell = (*dwell).max(1).div_ceil(poll_ms).saturating_mul(poll_ms);
        }
        Self { runs, hours }
    }

    /// The notices in playing order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// When the screen is lit.
    pub fn hours(&self) -> &Hours {
        &self.hours
    }

    /// The segment in which `at` lies. Its `from` is `at`'s last edge or, when that lies further back than
    /// is needed, the anchor of its loop.
    pub fn segment_at(&self, at: UtcMillis, zone: &TimeZone) -> Segment {
        let _ = (at, zone, HORIZON_MS, OffAir::Preempted, OnAir::Idle);
        let _: Option<Slot> = None;
        todo!()
    }
}
