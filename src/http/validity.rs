//! How long may a controller that no longer reaches us show what it has? One rule for the header of a poll that
//! the stage missed and for manifests; the stager has the same.

use jiff::tz::TimeZone;

use crate::{
    playout::{Programme, Segment, Showing, What, stays_until},
    time::{DAY_MS, UtcMillis},
};

/// How far ahead, and over how many segments, a page's validity is followed: as the stager does.
const SURE_MS: i64 = 2 * DAY_MS;
const SURE_SEGMENTS: usize = 24;
/// Idle text and black are vouched for no longer.
const CARD_MS: i64 = DAY_MS;

/// The segments over which the validity of pages is followed.
pub(super) fn sure_segments(programme: &Programme, at: UtcMillis, zone: &TimeZone) -> Vec<Segment> {
    programme.segments(at, at.plus(SURE_MS), SURE_SEGMENTS, zone)
}

/// Until when what is `showing` at `at` may be shown; `segments` are [`sure_segments`].
pub(super) fn valid_until(segments: &[Segment], showing: &Showing, at: UtcMillis) -> UtcMillis {
    match showing.what {
        What::Page { run, .. } => stays_until(segments, run, at),
        What::Idle | What::Dark => card_until(showing.until, at),
    }
}

/// Until when idle text or black may be shown that is known to end at `end`.
pub(super) fn card_until(end: UtcMillis, at: UtcMillis) -> UtcMillis {
    end.min(at.plus(CARD_MS))
}
