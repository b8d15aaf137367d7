//! Clips: what moves on a screen that may be sent moving pictures, encoded once and kept while there is room.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::tz::TimeZone;

use super::{Encoded, Moment, snapshot::ScreenState, stage::Staged};
use crate::{
    digest::Digest,
    frame::{Clip, ClipFormat, Frame, FrameId, Reel, encode_clip, encode_within, reels},
    geometry::Rotation,
    playout::{OnAir, Segment, stays_until},
    render::{Fonts, Layout, movement::PIECE_MS},
    screen::{ClipLimits, Profile},
    time::{DAY_MS, UtcMillis},
};

/// Encoded clips that no stage holds are let go beyond so many bytes, those longest unused first.
const KEPT_BYTES: usize = 24 << 20;
/// Or when they have not been on a stage for so long.
const KEPT_MS: i64 = 600_000;

/// One clip on the stage; formats are encoded when first needed and once only.
#[derive(Debug)]
pub struct StagedClip {
    source: Source,
    encoded: [OnceLock<Option<Arc<Encoded>>>; ClipFormat::ALL.len()],
    /// Whether somebody is about to encode it ahead of time.
    claimed: [AtomicBool; ClipFormat::ALL.len()],
}

/// What a clip is made from.
#[derive(Clone, Debug)]
enum Source {
    /// An idle or black frame.
    Card(Arc<Frame>, ClipLimits),
    /// A stretch of a notice's run.
    Reel {
        layout: Arc<Layout>,
        dwells_ms: Arc<[u32]>,
        reel: Reel,
        cut_ms: Option<u32>,
        profile: Profile,
        dark: Arc<Frame>,
    },
}

/// What tells clips apart.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Card(usize),
    Reel(usize, Arc<[u32]>, Reel, Option<u32>),
}

impl Source {
    /// Addresses name what a source holds for as long as it lives.
    fn key(&self) -> Key {
        match self {
            Self::Card(frame, _) => Key::Card(Arc::as_ptr(frame) as usize),
            Self::Reel { layout, dwells_ms, reel, cut_ms, .. } => {
                Key::Reel(Arc::as_ptr(layout) as usize, dwells_ms.clone(), reel.clone(), *cut_ms)
            }
        }
    }
}

impl Staged for StagedClip {
    /// An idle or black frame's own name; of a notice's clip one that holds as long as this process.
    fn frame_id(&self) -> FrameId {
        match &self.source {
            Source::Card(frame, _) => frame.id(),
            Source::Reel { layout, reel, cut_ms, .. } => {
                let told = format!("{:p} {reel:?} {cut_ms:?}", Arc::as_ptr(layout));
                let mut id = [0; 16];
                id.copy_from_slice(&Digest::of(told.as_bytes()).0[..16]);
                FrameId(id)
            }
        }
    }
}

impl StagedClip {
    fn new(source: Source) -> Self {
        Self { source, encoded: Default::default(), claimed: Default::default() }
    }

    /// The clip of an idle or black frame, which has one frame.
    pub fn of_card(frame: Arc<Frame>, limits: ClipLimits) -> Self {
        Self::new(Source::Card(frame, limits))
    }

    /// The bytes, if they are there already; no lock, no work.
    pub fn get(&self, format: ClipFormat) -> Option<&Arc<Encoded>> {
        self.encoded[format as usize].get()?.as_ref()
    }

    /// Whether the asker is the first who would encode it ahead of time.
    pub fn claim(&self, format: ClipFormat) -> bool {
        self.encoded[format as usize].get().is_none()
            && !self.claimed[format as usize].swap(true, Ordering::Relaxed)
    }

    /// The bytes; made now if need be, once however many ask (they wait for the one that works). Never call it on the
    /// runtime's threads.
    pub fn encode(&self, format: ClipFormat, fonts: &Fonts) -> Option<&Arc<Encoded>> {
        let make = || {
            let body = self.source.encode(format, fonts)?;
            Some(Arc::new(Encoded::new(body, format.content_type())))
        };
        self.encoded[format as usize].get_or_init(make).as_ref()
    }

    /// Bytes held: what is encoded so far.
    fn held_bytes(&self) -> usize {
        ClipFormat::ALL.iter().filter_map(|format| self.get(*format)).map(|encoded| encoded.body.len()).sum()
    }
}

impl Source {
    fn encode(&self, format: ClipFormat, fonts: &Fonts) -> Option<Vec<u8>> {
        let (made, dark) = match self {
            Self::Card(frame, limits) => (encode_within(&[still(frame)?], format, *limits, 1), frame),
            Self::Reel { layout, dwells_ms, reel, cut_ms, profile, dark } => {
                let work = || reel.encode((layout, dwells_ms), profile, fonts, format, *cut_ms);
                (catch_unwind(AssertUnwindSafe(work)).ok().flatten(), dark)
            }
        };
        // Not even one page is small enough, or drawing it failed: a dark face is better than an error.
        made.or_else(|| encode_clip(&still(dark)?, format))
    }
}

/// A clip of one frame, which is turned already.
fn still(frame: &Frame) -> Option<Clip> {
    Clip::of_pages(vec![(Arc::new(frame.raster().clone()), PIECE_MS)], Rotation::R0, ClipLimits::default())
}

/// The clips made so far.
#[derive(Default)]
pub struct Clips(HashMap<Key, (Arc<StagedClip>, UtcMillis)>);

impl Clips {
    /// The clip that shows on `state` at `at`; `segments` are those ahead of it. While the clock lies there are none:
    /// idle.
    pub fn moment(
        &mut self,
        state: &ScreenState,
        segments: &[Segment],
        at: UtcMillis,
        zone: &TimeZone,
    ) -> Moment<StagedClip> {
        let playing = playing(state, segments, at);
        let kept = self.0.entry(playing.source.key());
        let (clip, used) = kept.or_insert_with(|| (Arc::new(StagedClip::new(playing.source)), at));
        *used = at;
        let notice = playing.run.and_then(|run| state.programme.runs().get(run as usize));
        Moment::new(
            playing.since,
            playing.until,
            playing.valid_until,
            clip.clone(),
            state.screen.brightness_at(at, zone),
            notice.map(|run| &run.id),
        )
    }

    /// The clip of one frame that shows what `page` does: a step of a test pattern.
    pub fn still(&mut self, state: &ScreenState, page: &Moment, zone: &TimeZone) -> Moment<StagedClip> {
        let limits = state.screen.profile.clip.unwrap_or_default();
        let source = Source::Card(page.shown.frame().clone(), limits);
        let kept = self.0.entry(source.key());
        let (clip, used) = kept.or_insert_with(|| (Arc::new(StagedClip::new(source)), page.since));
        *used = page.since;
        let brightness = state.screen.brightness_at(page.since, zone);
        Moment::new(page.since, page.until, page.valid_until, clip.clone(), brightness, None)
    }

    /// Lets go of what no stage holds and there is no room for.
    pub fn sweep(&mut self, now: UtcMillis) {
        let idle = |clip: &Arc<StagedClip>| Arc::strong_count(clip) == 1;
        self.0.retain(|_, (clip, used)| !idle(clip) || now.since(*used).abs() < KEPT_MS);
        let mut bytes: usize = self.0.values().map(|(clip, _)| clip.held_bytes()).sum();
        if bytes <= KEPT_BYTES {
            return;
        }
        let mut unused: Vec<UtcMillis> =
            self.0.values().filter(|(clip, _)| idle(clip)).map(|(_, used)| *used).collect();
        unused.sort_unstable();
        for oldest in unused {
            self.0.retain(|_, (clip, used)| {
                let gone = *used <= oldest && idle(clip);
                bytes -= if gone { clip.held_bytes() } else { 0 };
                !gone
            });
            if bytes <= KEPT_BYTES {
                break;
            }
        }
    }
}

/// What plays at an instant.
struct Playing {
    source: Source,
    since: UtcMillis,
    until: UtcMillis,
    valid_until: UtcMillis,
    run: Option<u32>,
}

fn playing(state: &ScreenState, segments: &[Segment], at: UtcMillis) -> Playing {
    let n =
        segments.iter().position(|segment| at < segment.until).unwrap_or(segments.len().saturating_sub(1));
    let Some(segment) = segments.get(n) else {
        // Nobody knows what time it is.
        let until = at.plus(i64::from(PIECE_MS));
        return card(state, &state.idle, (UtcMillis(0), until), at);
    };
    // Somebody else's hours open, and the same goes on.
    let same = segments[n..].iter().take_while(|next| next.on_air == segment.on_air);
    let end = same.last().map_or(segment.until, |last| last.until);
    if let OnAir::Loop { .. } = &segment.on_air
        && let Some(playing) = reel(state, segment, end, at)
    {
        let valid_until = playing.run.map_or(end, |run| stays_until(segments, run, at));
        return Playing { valid_until, ..playing };
    }
    let frame = if segment.on_air == OnAir::Dark { &state.dark } else { &state.idle };
    let until = if matches!(segment.on_air, OnAir::Loop { .. }) {
        at.plus(i64::from(PIECE_MS)).min(end)
    } else {
        end
    };
    card(state, frame, (segment.from, until), at)
}

fn card(
    state: &ScreenState,
    frame: &Arc<Frame>,
    (since, until): (UtcMillis, UtcMillis),
    at: UtcMillis,
) -> Playing {
    let limits = state.screen.profile.clip.unwrap_or_default();
    let source = Source::Card(frame.clone(), limits);
    Playing { source, since, until, valid_until: until.min(at.plus(DAY_MS)), run: None }
}

/// The reel of the loop in which `at` lies; `end` is when the loop is another one.
fn reel(state: &ScreenState, segment: &Segment, end: UtcMillis, at: UtcMillis) -> Option<Playing> {
    let OnAir::Loop { anchor, cycle_ms, slots } = &segment.on_air else { return None };
    let phase = at.since(*anchor).rem_euclid((*cycle_ms).max(1));
    let n = slots.partition_point(|slot| slot.end_ms <= phase).min(slots.len().checked_sub(1)?);
    let run = slots[n].run;
    let first = slots.get(n.checked_sub(slots[n].page as usize)?)?;
    let dwells_ms = &state.programme.runs().get(run as usize)?.dwells_ms;
    let layout = state.runs.get(run as usize)?.1.as_ref().ok()?.as_ref()?;
    let profile = state.screen.profile;
    let at_ms = u32::try_from(phase - first.start_ms).ok()?;
    let reels = reels(layout, dwells_ms, &profile);
    let reel = reels.into_iter().find(|reel| at_ms < reel.end_ms)?;
    let begun = at.plus(i64::from(reel.start_ms) - i64::from(at_ms));
    let length_ms = i64::from(reel.end_ms - reel.start_ms);
    let until = begun.plus(length_ms).min(end);
    let cut_ms = u32::try_from(until.since(begun)).ok().filter(|ms| i64::from(*ms) < length_ms);
    let source = Source::Reel {
        layout: layout.clone(),
        dwells_ms: dwells_ms.clone(),
        reel,
        cut_ms,
        profile,
        dark: state.dark.clone(),
    };
    Some(Playing { source, since: begun.max(segment.from), until, valid_until: until, run: Some(run) })
}
