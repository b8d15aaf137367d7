//! What stands in a manifest.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde::Serialize;

use super::{
    super::validity::{card_until, sure_segments},
    FRESH_MS,
    changes::{Stretch, Told, stretches},
};
use crate::{
    catalog::{ScreenState, Snapshot, StagedFrame},
    digest::Digest,
    frame::{Frame, Variant},
    playout::{OnAir, Segment, Slot, stays_until},
    time::{DAY_MS, UtcMillis},
};

/// A manifest holds no more bytes; pages and changes beyond are left out and it says `truncated`.
const MAX_BYTES: usize = 256 * 1024;
/// Room for everything but pages, changes and frames.
const FRAME_BYTES: usize = 32 * 1024;
/// Most segments looked ahead.
const MAX_SEGMENTS: usize = 256;
/// A change takes no more without its pages.
const CHANGE_BYTES: usize = 200;
/// Most changes told.
const MAX_CHANGES: usize = 200;

#[derive(Serialize)]
pub(super) struct Document {
    screen: String,
    name: String,
    width: u32,
    height: u32,
    scheme: &'static str,
    format: &'static str,
    /// `loop`, `idle`, `dark`, or `test`: then the picture of now is what a poll of the frame gets.
    state: &'static str,
    /// An instant at which the cycle began: page p shows when (now − anchor) mod cycle lies in
    /// `start_ms` ≤ t < `start_ms` + `dwell_ms`. With its milliseconds: they are part of the phase.
    anchor: String,
    /// The same in milliseconds since 1970.
    anchor_ms: i64,
    cycle_ms: i64,
    poll_interval_ms: u32,
    pages: Vec<Page>,
    /// What is known to come, in order; each holds until the next one.
    changes: Vec<Change>,
    /// Until when all of this is known: from then on nothing is vouched for but the idle frame.
    known_until: String,
    /// The same in milliseconds since 1970.
    known_until_ms: i64,
    /// Frames that changes name and that are not among the pages of now.
    frames: Vec<Kept>,
    /// What shows when nothing is on air, and where nothing else is known.
    idle: Kept,
    /// Black.
    dark: Kept,
    /// Whether pages or changes are missing because the manifest would be too long.
    truncated: bool,
}

#[derive(Serialize, Clone)]
struct Page {
    frame: String,
    notice: Option<String>,
    md5: String,
    sha256: String,
    size: usize,
    start_ms: i64,
    dwell_ms: i64,
    /// How long it may be shown without us; the same as `Mingping-Valid-Until`.
    valid_until: String,
}

/// A frame to be fetched ahead.
#[derive(Serialize, Clone)]
struct Kept {
    frame: String,
    notice: Option<String>,
    md5: String,
    sha256: String,
    size: usize,
    /// After this it is shown no more, whatever is planned.
    valid_until: String,
}

/// An instant from which something else shows.
#[derive(Serialize)]
struct Change {
    at: String,
    /// The same in milliseconds since 1970.
    at_ms: i64,
    /// `loop`, `idle`, `dark`, or `unknown`: show the idle frame, what comes may not be told.
    state: &'static str,
    /// The next change, or the end of what is known.
    valid_until: String,
    anchor_ms: i64,
    cycle_ms: i64,
    pages: Vec<Place>,
}

/// A page's place in the loop of a change; its frame stands in `pages` or `frames`.
#[derive(Serialize)]
struct Place {
    frame: String,
    start_ms: i64,
    dwell_ms: i64,
}

/// The stretches ahead of a screen, the first of them the one of now.
pub(super) struct Ahead {
    pub(super) stretches: Vec<Stretch>,
    /// Those over which the validity of pages is followed.
    sure: Vec<Segment>,
    now: UtcMillis,
    /// What is vouched for while nothing changes is counted from here, so that a body says the same for a while.
    since: UtcMillis,
}

impl Ahead {
    /// What lies ahead of `screen`, told to somebody who may know of nothing that enters after `now`.
    pub(super) fn of(snapshot: &Snapshot, screen: &ScreenState, now: UtcMillis, since: UtcMillis) -> Self {
        let horizon = since.plus(DAY_MS + FRESH_MS);
        if snapshot.clock_fault.is_some() {
            // A clock that lies knows no beginning and no end; a new snapshot tells when it is trusted again.
            let idle = Stretch { from: UtcMillis(0), until: horizon, told: Told::OnAir(OnAir::Idle) };
            return Self { stretches: vec![idle], sure: Vec::new(), now, since };
        }
        let segments = screen.programme.segments(now, horizon, MAX_SEGMENTS, &snapshot.zone);
        let test = snapshot.test_at(&screen.screen.id, now);
        let stretches = stretches(screen, &segments, test, now);
        Self { stretches, sure: sure_segments(&screen.programme, now, &snapshot.zone), now, since }
    }

    pub(super) fn document(
        &self,
        state: &ScreenState,
        variant: Variant,
        base: &str,
        draw: impl Fn(&Slot) -> Option<Arc<Frame>>,
    ) -> Option<Document> {
        let stretch = self.stretches.first()?;
        let mut press = Press { base, variant, state, draw, made: HashMap::new(), bytes: FRAME_BYTES };
        let a_day = self.since.plus(DAY_MS + FRESH_MS);
        let (idle, dark) = (press.card(&state.idle, a_day)?, press.card(&state.dark, a_day)?);
        let screen = &state.screen;
        let mut document = Document {
            screen: screen.id.to_string(),
            name: screen.name.clone(),
            width: screen.profile.face.width,
            height: screen.profile.face.height,
            scheme: screen.profile.scheme.name(),
            format: variant.format().ext(),
            state: name(&stretch.told),
            anchor: String::new(),
            anchor_ms: stretch.from.0,
            cycle_ms: i64::from(screen.poll_ms),
            poll_interval_ms: poll_interval_ms(screen.id.as_str(), screen.poll_ms),
            pages: Vec::new(),
            changes: Vec::new(),
            known_until: String::new(),
            known_until_ms: 0,
            frames: Vec::new(),
            idle,
            dark,
            truncated: false,
        };
        match &stretch.told {
            Told::OnAir(OnAir::Loop { anchor, cycle_ms, slots }) => {
                (document.cycle_ms, document.anchor_ms) = (*cycle_ms, anchor.0);
                self.pages(&mut document, slots, &mut press)?;
            }
            Told::OnAir(card @ (OnAir::Idle | OnAir::Dark)) => {
                let card = if *card == OnAir::Idle { &document.idle } else { &document.dark };
                let until = card_until(stretch.until, self.since).rfc3339();
                let page = Page { dwell_ms: document.cycle_ms, valid_until: until, ..Page::of(card.clone()) };
                document.pages.push(page);
            }
            Told::Test | Told::Unknown => {}
        }
        document.anchor = rfc3339_millis(UtcMillis(document.anchor_ms));
        let known = self.changes(&mut document, &mut press)?;
        document.known_until = known.rfc3339();
        document.known_until_ms = known.0.min(known.timestamp().as_millisecond());
        Some(document)
    }

    fn pages<D>(&self, document: &mut Document, slots: &[Slot], press: &mut Press<'_, D>) -> Option<()>
    where
        D: Fn(&Slot) -> Option<Arc<Frame>>,
    {
        for slot in slots {
            let page = Page {
                start_ms: slot.start_ms,
                dwell_ms: slot.end_ms - slot.start_ms,
                valid_until: stays_until(&self.sure, slot.run, self.now).rfc3339(),
                ..Page::of(press.frame(slot)?)
            };
            if !press.fits(&page)? {
                document.truncated = true;
                break;
            }
            document.pages.push(page);
        }
        Some(())
    }

    /// Writes the changes, and returns the instant until which all is told.
    fn changes<D>(&self, document: &mut Document, press: &mut Press<'_, D>) -> Option<UtcMillis>
    where
        D: Fn(&Slot) -> Option<Arc<Frame>>,
    {
        let mut listed: HashSet<String> = document.pages.iter().map(|page| page.frame.clone()).collect();
        for (n, stretch) in self.stretches.iter().enumerate().skip(1) {
            let mut change = Change {
                at: rfc3339_millis(stretch.from),
                at_ms: stretch.from.0,
                state: name(&stretch.told),
                valid_until: stretch.until.rfc3339(),
                anchor_ms: stretch.from.0,
                cycle_ms: i64::from(press.state.screen.poll_ms),
                pages: Vec::new(),
            };
            let mut fits = n <= MAX_CHANGES && !document.truncated;
            let known = document.frames.len();
            if let Told::OnAir(OnAir::Loop { anchor, cycle_ms, slots }) = &stretch.told {
                (change.anchor_ms, change.cycle_ms) = (anchor.0, *cycle_ms);
                for slot in slots {
                    if !fits {
                        break;
                    }
                    let kept = press.frame(slot)?;
                    let dwell_ms = slot.end_ms - slot.start_ms;
                    let place = Place { frame: kept.frame.clone(), start_ms: slot.start_ms, dwell_ms };
                    fits = press.fits(&place)?;
                    change.pages.push(place);
                    if fits && listed.insert(kept.frame.clone()) {
                        fits = press.fits(&kept)?;
                        document.frames.push(kept);
                    }
                }
            }
            press.bytes += CHANGE_BYTES;
            if !fits || press.bytes > MAX_BYTES {
                document.truncated = true;
                document.frames.truncate(known);
                return Some(stretch.from);
            }
            document.changes.push(change);
        }
        Some(self.stretches.last()?.until)
    }
}

/// Frames as manifests name them, each drawn once, and the room that is left.
struct Press<'a, D> {
    base: &'a str,
    variant: Variant,
    state: &'a ScreenState,
    draw: D,
    made: HashMap<(u32, u32), Kept>,
    bytes: usize,
}

impl<D: Fn(&Slot) -> Option<Arc<Frame>>> Press<'_, D> {
    /// The frame of a page; to be kept as long as its notice holds.
    fn frame(&mut self, slot: &Slot) -> Option<Kept> {
        if let Some(kept) = self.made.get(&(slot.run, slot.page)) {
            return Some(kept.clone());
        }
        let run = self.state.programme.runs().get(slot.run as usize)?;
        let mut kept = self.card(&(self.draw)(slot)?, run.window.until)?;
        kept.notice = Some(run.id.to_string());
        self.made.insert((slot.run, slot.page), kept.clone());
        Some(kept)
    }

    fn card(&self, frame: &Arc<Frame>, valid_until: UtcMillis) -> Option<Kept> {
        let staged = StagedFrame::new(Arc::clone(frame));
        let encoded = staged.encode(self.variant)?;
        Some(Kept {
            frame: format!(
                "{}/frames/{}.{}{}",
                self.base,
                staged.id(),
                self.variant.format().ext(),
                self.variant.query()
            ),
            notice: None,
            md5: encoded.md5.to_string(),
            sha256: encoded.sha256.to_string(),
            size: encoded.body.len(),
            valid_until: valid_until.rfc3339(),
        })
    }

    /// Whether there is room for one more `item`; takes it.
    fn fits(&mut self, item: &impl Serialize) -> Option<bool> {
        self.bytes += serde_json::to_string(item).ok()?.len() + 1;
        Some(self.bytes <= MAX_BYTES)
    }
}

impl Page {
    fn of(kept: Kept) -> Self {
        let Kept { frame, notice, md5, sha256, size, valid_until } = kept;
        Self { frame, notice, md5, sha256, size, start_ms: 0, dwell_ms: 0, valid_until }
    }
}

const fn name(told: &Told) -> &'static str {
    match told {
        Told::OnAir(OnAir::Loop { .. }) => "loop",
        Told::OnAir(OnAir::Idle) => "idle",
        Told::OnAir(OnAir::Dark) => "dark",
        Told::Unknown => "unknown",
        Told::Test => "test",
    }
}

/// RFC 3339 in UTC with milliseconds.
fn rfc3339_millis(at: UtcMillis) -> String {
    let seconds = at.rfc3339();
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), at.0.rem_euclid(1000))
}

/// Up to a fifth sooner than the screen's poll, differently for each screen and always the same for one: after
/// a power cut controllers that came back together drift apart. Never later: a page stays for whole polls.
fn poll_interval_ms(id: &str, poll_ms: u32) -> u32 {
    let share = u32::from(Digest::of(id.as_bytes()).0[0]);
    poll_ms - (u64::from(poll_ms) * u64::from(share) / 1280) as u32
}

#[cfg(test)]
mod offline;
#[cfg(test)]
mod tests;
