//! A stretch of time with one loop, and what it shows at an instant.

use crate::time::UtcMillis;

/// One page's place in a cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Slot {
    /// Index into [`Programme::runs`](super::Programme::runs).
    pub run: u32,
    /// Index of the page within the run.
    pub page: u32,
    /// Milliseconds from the cycle's start to this page.
    pub start_ms: i64,
    /// Milliseconds from the cycle's start to the next page.
    pub end_ms: i64,
}

/// What a segment shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OnAir {
    /// The loop of the notices on air.
    Loop {
        /// The instant at which the cycle began: the latest entry among the notices on air.
        anchor: UtcMillis,
        /// The cycle's length.
        cycle_ms: i64,
        /// Pages in order, without gaps; begun at the notice that entered last.
        slots: Vec<Slot>,
    },
    /// Nothing is on air: the idle text.
    Idle,
    /// Outside the screen's hours: black.
    Dark,
}

/// A stretch of time, `from` ≤ t < `until`, in which the set of notices on air does not change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// The first instant; for the earliest one [`UtcMillis::MIN`] is not claimed: it is the instant asked.
    pub from: UtcMillis,
    /// The first instant of the next one.
    pub until: UtcMillis,
    /// What it shows.
    pub on_air: OnAir,
}

/// What a screen shows at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum What {
    /// Page `page` of run `run`.
    Page {
        /// Index into [`Programme::runs`](super::Programme::runs).
        run: u32,
        /// Index of the page within the run.
        page: u32,
    },
    /// The idle text.
    Idle,
    /// Black.
    Dark,
}

/// What a screen shows, since when and until when, without asking again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Showing {
    /// What.
    pub what: What,
    /// When it began.
    pub since: UtcMillis,
    /// When the next page begins.
    pub until: UtcMillis,
}

/// Why a notice is not on air at an instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OffAir {
    /// It starts later.
    NotYet(UtcMillis),
    /// It ended.
    Expired(UtcMillis),
    /// Its hours or the screen's are closed until then, if they open again within its term.
    Hours(Option<UtcMillis>),
    /// Another notice (index of its run) replaces it.
    Replaced(u32),
    /// Another notice (index of its run) says the same and is shown.
    Copy(u32),
    /// An emergency is on air.
    Preempted,
    /// It has no pages on this profile.
    NoPages,
}

impl Segment {
    /// What shows at `at`, which must lie in this segment (an instant outside is clamped into it).
    pub fn showing(&self, at: UtcMillis) -> Showing {
        let at = at.max(self.from).min(self.until.plus(-1));
        match &self.on_air {
            OnAir::Idle => Showing { what: What::Idle, since: self.from, until: self.until },
            OnAir::Dark => Showing { what: What::Dark, since: self.from, until: self.until },
            OnAir::Loop { anchor, cycle_ms, slots } => {
                let phase = at.since(*anchor).rem_euclid(*cycle_ms);
                let n = slots.partition_point(|slot| slot.end_ms <= phase);
                let slot = slots[n.min(slots.len() - 1)];
                Showing {
                    what: What::Page { run: slot.run, page: slot.page },
                    since: at.plus(slot.start_ms - phase).max(self.from),
                    until: at.plus(slot.end_ms - phase).min(self.until),
                }
            }
        }
    }
}

/// How long run `run`, on air at `at`, stays so for certain: until the first of `segments` (in order, without
/// gaps) behind `at` in which it is missing; the end of the last one, if it is in all of them.
pub fn stays_until(segments: &[Segment], run: u32, at: UtcMillis) -> UtcMillis {
    let mut sure = at;
    for segment in segments.iter().skip_while(|segment| segment.until <= at) {
        let here = match &segment.on_air {
            OnAir::Loop { slots, .. } => slots.iter().any(|slot| slot.run == run),
            OnAir::Idle | OnAir::Dark => false,
        };
        if !here {
            break;
        }
        sure = segment.until;
    }
    sure
}
