//! From playbills to programmes: which screen plays which notices, laid out for its profile. Only screens
//! whose playlists, or whose own lines in `screens.yaml`, changed cost anything.

use std::{
    collections::{BTreeMap, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{
    Stage,
    playbill::{Playbill, Ready},
    snapshot::{LaidOut, ScreenState},
    unit::panic_text,
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    frame::Frame,
    playout::{Programme, Rounds, Run},
    render::{self, Fonts, Layout, Movement, Raster},
    screen::{Profile, SCREENS_FILE, Screen, ScreenId},
    text::fold_name,
    time::{DAY_MS, UtcMillis},
};

/// What a screen's state was made from.
#[derive(PartialEq, Eq)]
struct Made {
    versions: Vec<Option<u64>>,
    keep_version: u64,
}

/// One screen's state and when it must be made anew.
struct Entry {
    made: Made,
    /// A notice that is too far ahead to be laid out now comes near at this instant.
    near_at: UtcMillis,
    state: Arc<ScreenState>,
    faults: Vec<Diagnostic>,
}

/// All screens' states, and the layouts that several share.
#[derive(Default)]
pub struct Programmes {
    entries: BTreeMap<ScreenId, Entry>,
    layouts: HashMap<(u64, Profile), LaidOut>,
    cards: HashMap<(Profile, Option<String>), Card>,
}

/// An idle or black frame, and why it is not the one that was wanted.
type Card = (Arc<Frame>, Option<Diagnostic>);

/// What programmes are made from.
pub struct Material<'a> {
    /// The playbills by playlist.
    pub bills: &'a BTreeMap<String, Arc<Playbill>>,
    /// The fonts.
    pub fonts: &'a Fonts,
    /// Words that are never split.
    pub keep: &'a [String],
    /// Version of those words.
    pub keep_version: u64,
    /// Now.
    pub now: UtcMillis,
}

impl Programmes {
    /// Brings every screen up to date; returns those whose state changed.
    pub fn update(&mut self, screens: &[Screen], material: &Material<'_>) -> Vec<Arc<ScreenState>> {
        self.entries.retain(|id, _| screens.iter().any(|screen| screen.id == *id));
        let mut changed = Vec::new();
        for screen in screens {
            let versions =
                screen.playlists.iter().map(|name| material.bills.get(name).map(|bill| bill.version));
            let made = Made { versions: versions.collect(), keep_version: material.keep_version };
            let old = self.entries.get(&screen.id);
            if old.is_some_and(|old| {
                old.made == made && old.state.screen == *screen && material.now < old.near_at
            }) {
                continue;
            }
            if old.is_some_and(|old| old.made.keep_version != made.keep_version) {
                self.layouts.clear();
            }
            let stage = self.entries.get(&screen.id).map_or_else(Arc::default, |old| old.state.stage.clone());
            let entry = self.make(screen, made, stage, material);
            changed.push(entry.state.clone());
            self.entries.insert(screen.id.clone(), entry);
        }
        self.prune(material.bills);
        changed
    }

    /// The states by screen.
    pub fn states(&self) -> BTreeMap<ScreenId, Arc<ScreenState>> {
        self.entries.iter().map(|(id, entry)| (id.clone(), entry.state.clone())).collect()
    }

    /// What is wrong with screens.
    pub fn faults(&self) -> impl Iterator<Item = &Diagnostic> {
        self.entries.values().flat_map(|entry| &entry.faults)
    }

    /// When a notice comes near that was too far ahead to be laid out.
    pub fn near_at(&self) -> UtcMillis {
        self.entries.values().map(|entry| entry.near_at).min().unwrap_or(UtcMillis::MAX)
    }

    fn make(&mut self, screen: &Screen, made: Made, stage: Arc<Stage>, material: &Material<'_>) -> Entry {
        let mut faults = Vec::new();
        let place = || Place::line(SCREENS_FILE, screen.line);
        let mut near_at = UtcMillis::MAX;
        let mut parts: Vec<(Run, &Ready, LaidOut)> = Vec::new();
        for name in &screen.playlists {
            let Some(bill) = material.bills.get(name) else {
                let args = [screen.id.as_str(), name];
                faults.push(Diagnostic::warning(place(), Msg::UnknownPlaylist, args));
                continue;
            };
            for ready in &bill.ready {
                if ready
                    .notice
                    .screens()
                    .is_some_and(|names| !names.iter().any(|name| is_called(screen, name)))
                {
                    continue;
                }
                let laid_out = if ready.notice.window().until <= material.now {
                    Ok(None)
                } else if ready.notice.entry().since(material.now) > DAY_MS {
                    near_at = near_at.min(ready.notice.entry().plus(-DAY_MS));
                    Ok(None)
                } else {
                    self.lay_out(ready, screen.profile, material)
                };
                parts.push((run(ready, &laid_out, screen.profile), ready, laid_out));
            }
        }
        let by_id: HashMap<_, _> = parts
            .iter()
            .map(|(run, ready, laid_out)| (run.id.clone(), (ready.notice.clone(), laid_out.clone())))
            .collect();
        let runs = parts.into_iter().map(|(run, ..)| run).collect();
        let programme = Programme::new(runs, screen.hours.clone(), screen.poll_ms);
        let runs = programme.runs().iter().filter_map(|run| by_id.get(&run.id).cloned()).collect();
        let (idle, fault) = self.card(screen, screen.idle.clone(), material.fonts);
        faults.extend(fault);
        let (dark, _) = self.card(screen, None, material.fonts);
        let state = ScreenState { screen: screen.clone(), programme, runs, idle, dark, stage };
        Entry { made, near_at, state: Arc::new(state), faults }
    }

    fn lay_out(&mut self, ready: &Ready, profile: Profile, material: &Material<'_>) -> LaidOut {
        let make = || {
            let work = AssertUnwindSafe(|| {
                let layout = render::lay_out(&ready.notice, &profile, material.fonts, material.keep)?;
                // Drawn once here, so that a page that cannot be drawn is refused before it is due.
                for page in 0..layout.pages.len() {
                    let _ = render::draw(&layout, page, &profile, material.fonts);
                }
                Ok(layout)
            });
            match catch_unwind(work) {
                Ok(Ok(layout)) => Ok(Some(Arc::new(layout))),
                Ok(Err(diagnostics)) => Err(Arc::new(diagnostics)),
                Err(panic) => {
                    let place = Place::file(ready.notice.notice().id.to_string());
                    let args = [panic_text(&*panic)];
                    Err(Arc::new(vec![Diagnostic::refusal(place, Msg::RenderPanicked, args)]))
                }
            }
        };
        self.layouts.entry((ready.uid, profile)).or_insert_with(make).clone()
    }

    /// The idle frame for `text`, or the black one.
    fn card(&mut self, screen: &Screen, text: Option<String>, fonts: &Fonts) -> Card {
        let profile = screen.profile;
        let (frame, fault) = self.cards.entry((profile, text.clone())).or_insert_with(|| {
            let dark = Raster::dark(profile.scheme, profile.page_size());
            let Some(text) = text else {
                return (Arc::new(Frame::new(&dark, profile.rotation, Vec::new())), None);
            };
            let drawn = catch_unwind(AssertUnwindSafe(|| {
                let layout = render::lay_out_idle(&text, &profile, fonts).ok()?;
                Some(draw_frame(&layout, 0, &profile, fonts))
            }));
            if let Some(frame) = drawn.ok().flatten() {
                (Arc::new(frame), None)
            } else {
                let place = Place::line(SCREENS_FILE, screen.line);
                let fault = Diagnostic::warning(place, Msg::IdleDoesNotFit, [screen.id.as_str()]);
                (Arc::new(Frame::new(&dark, profile.rotation, Vec::new())), Some(fault))
            }
        });
        (frame.clone(), fault.clone())
    }

    /// Forgets layouts of notices that are gone, once they are the larger part.
    fn prune(&mut self, bills: &BTreeMap<String, Arc<Playbill>>) {
        let live: usize = self.entries.values().map(|entry| entry.state.runs.len()).sum();
        if self.layouts.len() > live * 2 + 64 {
            let uids: std::collections::HashSet<u64> =
                bills.values().flat_map(|bill| &bill.ready).map(|ready| ready.uid).collect();
            self.layouts.retain(|(uid, _), _| uids.contains(uid));
        }
        if self.cards.len() > self.entries.len() * 4 + 64 {
            self.cards.clear();
        }
    }
}

/// Whether people mean `screen` by `name`: its id, or its name.
pub fn is_called(screen: &Screen, name: &str) -> bool {
    let name = fold_name(name);
    fold_name(screen.id.as_str()) == name || fold_name(&screen.name) == name
}

/// Page `page` of `layout`, as the face hangs.
pub fn draw_frame(layout: &Layout, page: usize, profile: &Profile, fonts: &Fonts) -> Frame {
    let raster = render::draw(layout, page, profile, fonts);
    Frame::new(&raster, profile.rotation, layout.pages[page].lines.clone())
}

/// How the movement of `layout` bounds a run of it, where `profile` may be sent clips.
pub fn rounds(layout: &Layout, profile: &Profile) -> Option<Rounds> {
    let movement = layout.movement.as_ref().filter(|_| profile.clip.is_some())?;
    let least_ms = match movement {
        // Who waits for a line to pass has read it.
        Movement::Scroll(_) => 0,
        // A short film goes round until it has been looked at.
        Movement::Film(_) => layout.pages.iter().fold(0, |sum, page| page.dwell_ms.saturating_add(sum)),
    };
    Some(Rounds { round_ms: movement.round_ms(), least_ms })
}

fn run(ready: &Ready, laid_out: &LaidOut, profile: Profile) -> Run {
    let notice = &ready.notice;
    let id = notice.notice().id.clone();
    let dwells_ms = match laid_out {
        Ok(Some(layout)) => layout.pages.iter().map(|page| page.dwell_ms).collect(),
        _ => Arc::default(),
    };
    let in_playlist =
        |file: &String| crate::notice::NoticeId { playlist: id.playlist.clone(), file: file.as_str().into() };
    Run {
        digest: notice.notice().digest,
        sort_key: ready.sort_key.clone(),
        window: notice.window(),
        entry: notice.entry(),
        hours: notice.hours().clone(),
        priority: notice.priority(),
        order: notice.order(),
        replaces: notice.replaces().iter().map(in_playlist).collect(),
        dwells_ms,
        rounds: laid_out.as_ref().ok().and_then(|layout| rounds(layout.as_ref()?, &profile)),
        id,
    }
}
