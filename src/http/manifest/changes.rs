//! What is known to come, as far as it may be told: the stretches of time ahead of a screen, each with what
//! shows in it.

use crate::{
    catalog::{ScreenState, ScreenTest},
    playout::{OnAir, Programme, Run, Segment},
    time::UtcMillis,
};

/// What shows in a stretch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Told {
    /// A loop, the idle text or black: all of it may be told.
    OnAir(OnAir),
    /// Something that nobody may know of yet: a notice that has not begun takes part in it.
    Unknown,
    /// A test pattern: what a poll of the frame gets.
    Test,
}

/// From when until when what shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    pub(super) from: UtcMillis,
    pub(super) until: UtcMillis,
    pub(super) told: Told,
}

/// The stretches that `segments` (in order, without gaps, the first of them the one of now) are made of.
/// Notices that enter after `public_until` are not known to whoever asks. Neighbours that show the same are
/// one, and nothing unknown stands at the end.
pub(super) fn stretches(
    state: &ScreenState,
    segments: &[Segment],
    test: Option<&ScreenTest>,
    public_until: UtcMillis,
) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    let mut add = |from: UtcMillis, until: UtcMillis, told: Told| match out.last_mut() {
        Some(last) if last.told == told => last.until = until,
        _ => out.push(Stretch { from, until, told }),
    };
    for segment in segments {
        let told = told(state, segment, public_until);
        let tested = test.map_or(segment.from, |test| {
            let preempted = state.programme.is_emergency(segment);
            if preempted { segment.from } else { test.until.min(segment.until) }
        });
        if tested > segment.from {
            add(segment.from, tested, Told::Test);
        }
        if tested < segment.until {
            add(tested.max(segment.from), segment.until, told);
        }
    }
    while out.last().is_some_and(|last| last.told == Told::Unknown) {
        out.pop();
    }
    out
}

/// What may be told of `segment`.
fn told(state: &ScreenState, segment: &Segment, public_until: UtcMillis) -> Told {
    let shows = |n: usize| match &segment.on_air {
        OnAir::Loop { slots, .. } => slots.iter().any(|slot| slot.run as usize == n),
        OnAir::Idle | OnAir::Dark => false,
    };
    // What is not laid out yet because it is too far ahead has no pages here, but will have some.
    let far = |n: usize| matches!(state.runs.get(n), Some((_, Ok(None))));
    let hidden = |(n, run): (usize, &Run)| {
        run.entry > public_until && holds(run, segment.from) && (shows(n) || far(n))
    };
    if runs(&state.programme).any(hidden) { Told::Unknown } else { Told::OnAir(segment.on_air.clone()) }
}

fn runs(programme: &Programme) -> impl Iterator<Item = (usize, &Run)> {
    programme.runs().iter().enumerate()
}

fn holds(run: &Run, at: UtcMillis) -> bool {
    run.entry <= at && at < run.window.until
}
