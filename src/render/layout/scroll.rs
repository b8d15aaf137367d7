//! A notice as one line that runs through a strip without a seam.

use super::{
    content::Content,
    place::Draft,
    sized::{Sized, SizedPiece, TextId},
};
use crate::{
    geometry::Size,
    render::{font::Face, movement::Scroll},
    screen::ClipLimits,
};

/// Text moves at most so many pixels a second, and not slower than that: beyond, it blurs or bores.
const MOST_PX_PER_S: u32 = 60;
const LEAST_PX_PER_S: u32 = 20;
/// Slower than this only if nothing else is within the limits.
const GOOD_PX_PER_S: u32 = 40;
/// The unit of GIF's frame times.
const TICK_MS: u32 = 10;
/// Browsers slow frames down that are shorter.
const LEAST_FRAME_MS: u32 = 20;
/// A longer step jumps more than it runs.
const MAX_STEP_PX: u32 = 8;
/// Clips are cut into pieces of this length.
const PIECE_MS: u32 = crate::render::movement::PIECE_MS;
/// A band cut into shorter pieces stumbles too often.
const LEAST_PIECE_MS: u32 = 20_000;
/// Nobody waits longer for a line to pass; with the fastest step it bounds the band, too.
const MAX_ROUND_MS: u32 = 600_000;
/// Bands are whole multiples of so many steps, so that a clip of every 2nd, 3rd, 4th, 6th, 8th, 12th or 16th frame has
/// no seam either.
const WHOLE_STEPS: u32 = 48;

/// How a band moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Pace {
    step_px: u32,
    frame_ms: u32,
}

impl Pace {
    /// Every step that `limits` allow, each as fast as may be; those of a good speed first, then the smoothest.
    fn all(limits: ClipLimits) -> Vec<Self> {
        let least = (1000_u32.div_ceil(u32::from(limits.fps.max(1)))).max(LEAST_FRAME_MS);
        let pace = |step_px: u32| {
            let frame_ms = (step_px * 1000).div_ceil(MOST_PX_PER_S).max(least).next_multiple_of(TICK_MS);
            Self { step_px, frame_ms }
        };
        let mut all: Vec<Self> =
            (1..=MAX_STEP_PX).map(pace).filter(|pace| pace.px_per_s() >= LEAST_PX_PER_S).collect();
        all.sort_by_key(|pace| (pace.px_per_s() < GOOD_PX_PER_S, pace.step_px));
        all
    }

    fn px_per_s(self) -> u32 {
        self.step_px * 1000 / self.frame_ms
    }

    /// `text_px` of text made up to a band of whole steps.
    fn band_px(self, text_px: u32) -> u32 {
        text_px.next_multiple_of(self.step_px * WHOLE_STEPS)
    }

    /// How well a band of `text_px` moves so; `None`: not within the limits.
    fn grade(self, text_px: u32, limits: ClipLimits) -> Option<Grade> {
        let frames = self.band_px(text_px) / self.step_px;
        let round_ms = frames.checked_mul(self.frame_ms).filter(|ms| *ms <= MAX_ROUND_MS)?;
        let most = u32::from(limits.max_frames);
        if frames <= most && round_ms <= PIECE_MS {
            return Some(Grade::Whole);
        }
        (most.saturating_mul(self.frame_ms) >= LEAST_PIECE_MS).then_some(Grade::Pieces)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    /// One clip holds all of it.
    Whole,
    /// It is cut into clips that follow each other.
    Pieces,
}

/// The largest of `sizes` (ascending) at which `content` runs through a strip of `size` within `limits`; `face` gives
/// each. A longer step is taken before a smaller size. `None` if nothing is within the limits.
pub(super) fn lay_out<'f>(
    content: &Content,
    size: Size,
    sizes: &[u32],
    face: impl Fn(u32) -> Face<'f>,
    limits: ClipLimits,
) -> Option<Scroll> {
    let paces = Pace::all(limits);
    let fastest = u64::from(MOST_PX_PER_S * (MAX_ROUND_MS / 1000));
    sizes.iter().rev().find_map(|px| {
        // Measuring a text that is much too long would be work for nothing.
        if content.half_ems() * u64::from(*px) / 4 > fastest {
            return None;
        }
        let face = face(*px);
        let sized = Sized::new(content, &face, &face, Size { width: u32::MAX, ..size }, true)?;
        let band = Band::of(&sized, size);
        let graded = |pace: &Pace| Some((pace.grade(band.width, limits)?, *pace));
        let mut possible = paces.iter().filter_map(graded);
        let first = possible.next()?;
        let (_, pace) =
            std::iter::once(first).chain(possible).find(|(g, _)| *g == Grade::Whole).unwrap_or(first);
        let band_px = pace.band_px(band.width);
        let band = band.draft.into_page(band_px / pace.step_px * pace.frame_ms);
        Some(Scroll { band, band_px, step_px: pace.step_px, frame_ms: pace.frame_ms })
    })
}

/// A line being put together.
struct Band {
    draft: Draft,
    /// Where the next text begins.
    width: u32,
    top: u32,
}

impl Band {
    /// A dark face, then everything in reading order. So it enters a dark face, has left it when the round is over,
    /// and neither end is ever seen beside the other.
    fn of(sized: &Sized<'_>, size: Size) -> Self {
        let em = sized.px;
        let top = size.height.saturating_sub(em) / 2;
        let mut band = Self { draft: Draft::default(), width: size.width, top };
        let mut gap = 0;
        for piece in &sized.pieces {
            let after = match piece {
                SizedPiece::Title(text) => band.put(sized, *text, gap, em * 2),
                SizedPiece::Heading(text) | SizedPiece::Paragraph(text) => band.put(sized, *text, gap, em),
                SizedPiece::Item(_, mark, text) => {
                    band.put(sized, *mark, gap, 0);
                    band.put(sized, *text, em / 4, em)
                }
                SizedPiece::FlatRow(text, _) | SizedPiece::FlatValues(text, _) => {
                    band.put(sized, *text, gap, em)
                }
                SizedPiece::FlatLabel(text) => band.put(sized, *text, gap, em / 2),
                SizedPiece::SignOff(text) => band.put(sized, *text, gap.max(em * 2), em),
                // Strips have neither columns nor rules, and what has pictures does not scroll.
                SizedPiece::Grid(_) | SizedPiece::Rule | SizedPiece::Picture(_) => gap,
            };
            gap = after;
        }
        band
    }

    /// Puts a text behind `gap` pixels; returns `after`, the gap behind it.
    fn put(&mut self, sized: &Sized<'_>, text: TextId, gap: u32, after: u32) -> u32 {
        let text = &sized.texts[text];
        self.width += gap;
        self.draft.line(text, self.width, self.top);
        self.width += text.width();
        after
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::screen::Transition;

    fn limits(fps: u8, max_frames: u16) -> ClipLimits {
        ClipLimits { max_bytes: 1 << 20, max_frames, fps, transition: Transition::None }
    }

    #[test]
    fn the_smoothest_pace_of_a_good_speed_comes_first() {
        let first = |fps| Pace::all(limits(fps, 3000)).first().map(|pace| (pace.step_px, pace.frame_ms));
        assert_eq!(first(50), Some((1, 20)), "50 px/s");
        assert_eq!(first(25), Some((2, 40)), "50 px/s");
        assert_eq!(first(10), Some((4, 100)), "40 px/s");
        assert_eq!(first(3), Some((7, 340)), "20 px/s: better than not at all");
        assert_eq!(first(1), None, "20 px at a time are no movement");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn every_pace_is_within_the_limits(fps in 1u8..=50, max_frames in 2u16..10_000, text_px in 1u32..40_000) {
            let limits = limits(fps, max_frames);
            for pace in Pace::all(limits) {
                prop_assert!(pace.frame_ms % 10 == 0 && pace.frame_ms >= 20);
                prop_assert!(pace.frame_ms * u32::from(fps) >= 1000, "at most fps frames a second");
                prop_assert!((20..=60).contains(&pace.px_per_s()));
                let band_px = pace.band_px(text_px);
                prop_assert!(band_px >= text_px && band_px % (pace.step_px * 24) == 0);
                let frames = band_px / pace.step_px;
                match pace.grade(text_px, limits) {
                    Some(Grade::Whole) => {
                        prop_assert!(frames <= u32::from(max_frames) && frames * pace.frame_ms <= 60_000);
                    }
                    Some(Grade::Pieces) => prop_assert!(u32::from(max_frames) * pace.frame_ms >= 20_000),
                    None => prop_assert!(
                        frames * pace.frame_ms > 600_000 || u32::from(max_frames) * pace.frame_ms < 20_000
                    ),
                }
            }
        }
    }
}
