//! What is known to change, as far as it may be told.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::{
    playout::{OnAir, Programme, Run, Segment},
    time::{Priority, UtcMillis},
};

/// Most changes told.
const MAX_CHANGES: usize = 200;

/// An instant at which something on air now leaves or comes back, or the screen goes dark or is lit.
#[derive(Serialize, PartialEq, Eq, Debug)]
pub(super) struct Change {
    pub(super) at: String,
    /// `ends`, `pauses`, `returns`, `closes` or `opens`.
    pub(super) kind: &'static str,
}

/// The runs on air in a segment.
fn runs(segment: &Segment) -> Vec<u32> {
    match &segment.on_air {
        OnAir::Loop { slots, .. } => {
            let mut runs: Vec<u32> = slots.iter().map(|slot| slot.run).collect();
            runs.sort_unstable();
            runs.dedup();
            runs
        }
        OnAir::Idle | OnAir::Dark => Vec::new(),
    }
}

/// What is known to change before `horizon`, as far as it concerns what is on air now. What a notice that
/// has not entered yet will do is not told: a page that it takes off only has its `valid_until` shortened.
pub(super) fn changes(
    programme: &Programme,
    segments: &[Segment],
    horizon: UtcMillis,
    zone: &TimeZone,
) -> Vec<Change> {
    let Some(first) = segments.first() else { return Vec::new() };
    let now_on_air = runs(first);
    // An emergency lights the screen outside its hours. One that has not entered yet is not reckoned with:
    // when it does, there is a new manifest.
    let lit = |at| {
        let emergency = |n: &u32| {
            let run = programme.runs().get(*n as usize);
            let shows = |run: &Run| {
                run.priority == Priority::Emergency && at < run.window.until && run.hours.open_at(at, zone)
            };
            run.is_some_and(shows)
        };
        programme.hours().open_at(at, zone) || now_on_air.iter().any(emergency)
    };
    let mut out = Vec::new();
    for (before, after) in segments.iter().zip(&segments[1..]) {
        let at = after.from;
        if at >= horizon || out.len() >= MAX_CHANGES {
            break;
        }
        let mut tell = |kind| {
            let change = Change { at: at.rfc3339(), kind };
            if !out.contains(&change) {
                out.push(change);
            }
        };
        if lit(at) != lit(at.plus(-1)) {
            tell(if lit(at) { "opens" } else { "closes" });
        }
        let (left, here) = (runs(before), runs(after));
        for n in &now_on_air {
            let Some(run) = programme.runs().get(*n as usize) else { continue };
            let open = |at| run.hours.open_at(at, zone);
            match (left.contains(n), here.contains(n)) {
                (true, false) if at >= run.window.until => tell("ends"),
                (true, false) if !open(at) => tell("pauses"),
                (false, true) if !open(at.plus(-1)) => tell("returns"),
                _ => {}
            }
        }
    }
    out
}
