//! Frames by name: which pages made a frame, so that `/frames/{FrameId}` knows what is here, gone or was
//! never shown.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use super::{
    StagedFrame,
    programmes::draw_frame,
    snapshot::{ScreenState, Snapshot},
};
use crate::{
    approval::ApprovedNotice,
    frame::{Frame, FrameId},
    notice::NoticeId,
    render::{Fonts, Layout},
    screen::{Profile, ScreenId},
    time::{DAY_MS, UtcMillis},
};

/// Most frames remembered; beyond, those whose pages are gone are forgotten (and answered 404, not 410).
const MAX_FRAMES: usize = 200_000;

/// A page that makes a frame.
struct Origin {
    id: NoticeId,
    /// When its notice enters loops: before, nothing of it is known to anybody.
    entry: UtcMillis,
    layout: Weak<Layout>,
    page: u32,
    profile: Profile,
}

#[derive(Default)]
struct Entry {
    pages: Vec<Origin>,
    /// The earliest entry of a notice that made it and is gone.
    gone_since: Option<UtcMillis>,
    card: Option<Weak<StagedFrame>>,
}

/// All frames that were staged or listed since the start. Behind a lock: only `/frames/*` and the makers of
/// manifests look here, never a poll.
#[derive(Default)]
pub struct Registry {
    entries: Mutex<HashMap<FrameId, Entry>>,
    /// The generation of the snapshot whose every page has been entered.
    indexed: Mutex<u64>,
}

/// What became of a frame id.
#[derive(Debug)]
pub enum FrameFate {
    /// It may be had until that instant.
    Here(Arc<StagedFrame>, UtcMillis),
    /// Only screens that the asker may not see show it; one of them.
    Locked(ScreenId),
    /// The last notice that made it is withdrawn or expired.
    Gone,
    /// It was never on air.
    Never,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}

impl Registry {
    /// Enters page `page` of `layout` as a maker of frame `id`.
    pub fn enter_page(
        &self,
        id: FrameId,
        notice: &ApprovedNotice,
        layout: &Arc<Layout>,
        page: u32,
        profile: &Profile,
    ) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_FRAMES {
            entries.retain(|_, entry| {
                entry.card.is_some() || entry.pages.iter().any(|p| p.layout.strong_count() > 0)
            });
        }
        let entry = entries.entry(id).or_default();
        entry.let_go();
        let pages = &mut entry.pages;
        let known = |origin: &Origin| {
            origin.page == page && std::ptr::eq(origin.layout.as_ptr(), Arc::as_ptr(layout))
        };
        if !pages.iter().any(known) {
            pages.push(Origin {
                id: notice.notice().id.clone(),
                entry: notice.entry(),
                layout: Arc::downgrade(layout),
                page,
                profile: *profile,
            });
        }
    }

    /// Enters an idle or black frame.
    pub fn enter_card(&self, staged: &Arc<StagedFrame>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.entry(staged.id()).or_default().card = Some(Arc::downgrade(staged));
    }

    /// What became of frame `id`, as `snapshot` has it at `now`, on the screens that the asker `may_see`. May
    /// draw: not on the runtime's threads.
    pub fn find(
        &self,
        id: FrameId,
        snapshot: &Snapshot,
        fonts: &Fonts,
        now: UtcMillis,
        may_see: &dyn Fn(&ScreenState) -> bool,
    ) -> FrameFate {
        // Manifests name the idle and the black frame of every screen, staged or not.
        let mut locked = None;
        for state in snapshot.screens.values() {
            let Some(card) = [&state.idle, &state.dark].into_iter().find(|card| card.id() == id) else {
                continue;
            };
            if may_see(state) {
                return FrameFate::Here(Arc::new(StagedFrame::new(card.clone())), now.plus(DAY_MS));
            }
            locked = locked.or_else(|| Some(state.screen.id.clone()));
        }
        self.index(id, snapshot, fonts);
        let (candidates, card, was_on_air) = {
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(entry) = entries.get_mut(&id) else {
                return locked.map_or(FrameFate::Never, FrameFate::Locked);
            };
            entry.let_go();
            let was_on_air = entry.gone_since.into_iter().chain(entry.pages.iter().map(|page| page.entry));
            let was_on_air = was_on_air.min().is_some_and(|entry| entry <= now);
            let pages = entry.pages.iter().filter_map(|origin| {
                Some((origin.id.clone(), origin.layout.upgrade()?, origin.page, origin.profile))
            });
            (pages.collect::<Vec<_>>(), entry.card.as_ref().and_then(Weak::upgrade), was_on_air)
        };
        let mut best: Option<(Frame, UtcMillis)> = None;
        for (notice, layout, page, profile) in candidates {
            let held = Held { snapshot, id: &notice, layout: &layout, now };
            let until = if snapshot.clock_fault.is_some() { None } else { held.until(may_see) };
            if until.is_none() && snapshot.clock_fault.is_none() {
                locked = locked.or_else(|| held.on());
            }
            if let Some(until) = until.filter(|until| best.as_ref().is_none_or(|(_, b)| b < until)) {
                best = Some((draw_frame(&layout, page as usize, &profile, fonts), until));
            }
        }
        if let Some((frame, until)) = best {
            return FrameFate::Here(Arc::new(StagedFrame::new(Arc::new(frame))), until);
        }
        if let Some(screen) = locked {
            return FrameFate::Locked(screen);
        }
        match card {
            Some(staged) => FrameFate::Here(staged, now.plus(DAY_MS)),
            None if was_on_air => FrameFate::Gone,
            // Before its notice begins a frame is as unknown as one that never was.
            None => FrameFate::Never,
        }
    }

    /// Enters every page that is laid out, once a snapshot, when a frame is asked for that nobody staged here:
    /// after a restart, or because another server's manifest named it.
    fn index(&self, id: FrameId, snapshot: &Snapshot, fonts: &Fonts) {
        let known =
            |entry: &Entry| entry.card.is_some() || entry.pages.iter().any(|p| p.layout.strong_count() > 0);
        let is_known =
            || self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(&id).is_some_and(known);
        if is_known() {
            return;
        }
        let mut indexed = self.indexed.lock().unwrap_or_else(PoisonError::into_inner);
        if *indexed == snapshot.generation {
            return;
        }
        for state in snapshot.screens.values() {
            let profile = &state.screen.profile;
            for (notice, laid_out) in &state.runs {
                let Ok(Some(layout)) = laid_out else { continue };
                for page in 0..layout.pages.len() {
                    let frame = draw_frame(layout, page, profile, fonts);
                    self.enter_page(frame.id(), notice, layout, page as u32, profile);
                }
            }
        }
        *indexed = snapshot.generation;
    }
}

impl Entry {
    /// Forgets pages whose notices are gone, but not that there were some.
    fn let_go(&mut self) {
        for page in self.pages.extract_if(.., |page| page.layout.strong_count() == 0) {
            self.gone_since = Some(self.gone_since.map_or(page.entry, |since| since.min(page.entry)));
        }
    }
}

/// A notice's layout that screens may hold at an instant.
struct Held<'a> {
    snapshot: &'a Snapshot,
    id: &'a NoticeId,
    layout: &'a Arc<Layout>,
    now: UtcMillis,
}

impl Held<'_> {
    /// The notice's end, if `state` may show it now.
    fn by(&self, state: &ScreenState) -> Option<UtcMillis> {
        state.runs.iter().find_map(|(notice, laid_out)| {
            let same = notice.notice().id == *self.id
                && matches!(laid_out, Ok(Some(other)) if Arc::ptr_eq(other, self.layout));
            let holds = notice.entry() <= self.now && notice.window().contains(self.now);
            (same && holds).then(|| notice.window().until)
        })
    }

    /// Until when a screen that the asker `may_see` may show it.
    fn until(&self, may_see: &dyn Fn(&ScreenState) -> bool) -> Option<UtcMillis> {
        let mut seen = self.snapshot.screens.values().filter(|state| may_see(state));
        seen.find_map(|state| self.by(state))
    }

    /// A screen that may show it.
    fn on(&self) -> Option<ScreenId> {
        let mut screens = self.snapshot.screens.values();
        screens.find(|state| self.by(state).is_some()).map(|state| state.screen.id.clone())
    }
}
