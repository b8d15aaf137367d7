//! What shows when the stage is late? A stalled stager must not keep an expired notice on air: the programme
//! is asked for this instant and its page drawn, once for all who ask. Slow, rare, and counted as a miss.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::validity;
use crate::{
    catalog::{Catalog, Clips, Moment, ScreenState, Snapshot, StagedClip, StagedFrame, test_showing},
    playout::What,
    screen::ScreenId,
    time::UtcMillis,
};

/// While the clock cannot be trusted, idle frames are answered in pieces of this length.
const DISTRUST_MS: i64 = 1000;

/// The last moment made here for each screen, with the snapshot's generation.
pub(super) struct Fallbacks<S = StagedFrame>(Mutex<HashMap<ScreenId, (u64, Moment<S>)>>);

impl<S> Default for Fallbacks<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl Fallbacks {
    /// The moment in which `now` lies. Draws: never call it on the runtime's threads.
    pub(super) fn moment(
        &self,
        catalog: &Catalog,
        snapshot: &Snapshot,
        screen: &Arc<ScreenState>,
        now: UtcMillis,
    ) -> Option<Moment> {
        self.kept(snapshot, screen, now, || draw(catalog, snapshot, screen, now))
    }
}

impl Fallbacks<StagedClip> {
    /// The clip that shows at `now`, not yet encoded.
    pub(super) fn clip(
        &self,
        catalog: &Catalog,
        snapshot: &Snapshot,
        screen: &Arc<ScreenState>,
        now: UtcMillis,
    ) -> Option<Moment<StagedClip>> {
        self.kept(snapshot, screen, now, || {
            let trusted = snapshot.clock_fault.is_none();
            if trusted && test_showing(&snapshot.tests, screen, now, &snapshot.zone).is_some() {
                let step = draw(catalog, snapshot, screen, now)?;
                return Some(Clips::default().still(screen, &step, &snapshot.zone));
            }
            let segments = match snapshot.clock_fault {
                Some(_) => Vec::new(),
                None => validity::sure_segments(&screen.programme, now, &snapshot.zone),
            };
            Some(Clips::default().moment(screen, &segments, now, &snapshot.zone))
        })
    }
}

impl<S> Fallbacks<S> {
    fn kept(
        &self,
        snapshot: &Snapshot,
        screen: &ScreenState,
        now: UtcMillis,
        make: impl FnOnce() -> Option<Moment<S>>,
    ) -> Option<Moment<S>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = snapshot.generation;
        if let Some((of, moment)) = kept.get(&screen.screen.id)
            && *of == generation
            && moment.covers(now)
        {
            return Some(moment.clone());
        }
        let moment = make()?;
        kept.retain(|_, (of, _)| *of == generation);
        kept.insert(screen.screen.id.clone(), (generation, moment.clone()));
        Some(moment)
    }
}

fn draw(catalog: &Catalog, snapshot: &Snapshot, screen: &Arc<ScreenState>, now: UtcMillis) -> Option<Moment> {
    let brightness = screen.screen.brightness_at(now, &snapshot.zone);
    if snapshot.clock_fault.is_some() {
        let idle = Arc::new(StagedFrame::new(Arc::clone(&screen.idle)));
        let until = now.plus(DISTRUST_MS);
        return Some(Moment::new(now, until, until, idle, brightness, None));
    }
    if let Some((test, at_longest)) = test_showing(&snapshot.tests, screen, now, &snapshot.zone) {
        let step = test.step(now, screen, &snapshot.zone);
        let frame = step.draw(screen, screen.stage.asker(), catalog.fonts());
        let until = step.until.min(at_longest);
        let staged = Arc::new(StagedFrame::new(Arc::new(frame)));
        return Some(Moment::new(step.since, until, until, staged, brightness, None));
    }
    let segments = validity::sure_segments(&screen.programme, now, &snapshot.zone);
    let showing = segments.first()?.showing(now);
    let (frame, notice) = match showing.what {
        What::Page { run, page } => {
            let of = screen.programme.runs().get(run as usize)?;
            (catalog.frame(screen, run, page)?, Some(&of.id))
        }
        What::Idle => (Arc::clone(&screen.idle), None),
        What::Dark => (Arc::clone(&screen.dark), None),
    };
    let valid_until = validity::valid_until(&segments, &showing, now);
    let frame = Arc::new(StagedFrame::new(frame));
    Some(Moment::new(showing.since, showing.until, valid_until, frame, brightness, notice))
}
