//! A page that moves: frames with durations, and what goes over the wire of them. `gif`, `png` and `webp` write
//! only what changed from one frame to the next; `fit` finds a form that a controller takes.

mod area;
mod fit;
mod gif;
mod png;
mod reel;
#[cfg(test)]
mod tests;
mod vp8l;
mod webp;

use std::sync::Arc;

use crate::{
    color::ColorScheme,
    geometry::{Rotation, Size},
    render::{Raster, movement::PIECE_MS},
    screen::{ClipLimits, Transition},
};

pub use fit::{encode_clip, encode_within};
pub use reel::{Reel, reels};

/// What a clip can be asked for as; the name is the file extension in URLs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum ClipFormat {
    /// Animated GIF; exact up to 255 colours.
    Gif,
    /// APNG.
    Png,
    /// Animated WebP, lossless.
    Webp,
}

impl ClipFormat {
    /// Every format; an index into this array is `format as usize`.
    pub const ALL: [Self; 3] = [Self::Gif, Self::Png, Self::Webp];

    /// What stands behind `clip.` in URLs.
    pub const fn ext(self) -> &'static str {
        match self {
            Self::Gif => "gif",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// From what stands behind `clip.` in URLs.
    pub fn parse(ext: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ext() == ext)
    }

    /// The media type. Browsers know APNG as PNG.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Gif => "image/gif",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// The unit of durations, GIF's.
const TICK_MS: u64 = 10;
/// Browsers slow frames down that are shorter.
const LEAST_FRAME_MS: u64 = 20;
/// How long a page takes to push out the one before it, and its frames at the shortest.
const PUSH_MS: u32 = 400;
const PUSH_FRAME_MS: u32 = 50;

/// Frames with durations, not yet drawn: a clip of a long line would fill memory.
#[derive(Clone, Debug)]
pub struct Clip {
    scheme: ColorScheme,
    page: Size,
    rotation: Rotation,
    /// What the views are taken from: pages, or one band.
    stock: Vec<Arc<Raster>>,
    shots: Vec<Shot>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shot {
    view: View,
    ms: u32,
}

/// What a frame shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum View {
    /// A page.
    Still(usize),
    /// The band from a pixel on; it goes round.
    Band(u32),
    /// A page pushed out to the left by so many pixels, and the one behind it.
    Push(usize, usize, u32),
}

impl Clip {
    /// Pages one after the other, each with how long it shows in milliseconds, no more in a second and with such
    /// transitions as `limits` say. All are of one scheme and size; there is at least one.
    pub fn of_pages(pages: Vec<(Arc<Raster>, u32)>, rotation: Rotation, limits: ClipLimits) -> Option<Self> {
        let (first, _) = pages.first()?;
        let (scheme, page) = (first.scheme(), first.size());
        let mut shots = Vec::with_capacity(pages.len());
        let least_ms = 1000_u64.div_ceil(u64::from(limits.fps.max(1))).max(LEAST_FRAME_MS);
        let (mut at, mut shown) = (0_u64, 0);
        for (n, (_, ms)) in pages.iter().enumerate() {
            at += u64::from((*ms).min(PIECE_MS));
            // Ends are rounded, not lengths: else a film would drift.
            let end = (at + TICK_MS / 2) / TICK_MS * TICK_MS;
            let last = n + 1 == pages.len();
            if end - shown >= least_ms || (last && shots.is_empty()) {
                shots.push(Shot { view: View::Still(n), ms: ((end - shown).max(LEAST_FRAME_MS)) as u32 });
                shown = end;
            } else if let Some(shot) = shots.last_mut().filter(|_| last) {
                shot.ms += (end - shown) as u32;
            }
        }
        if limits.transition == Transition::Push {
            shots = pushed(&shots, page.width, least_ms as u32);
        }
        let stock = pages.into_iter().map(|(raster, _)| raster).collect();
        Some(Self { scheme, page, rotation, stock, shots })
    }

    /// The frames `frames` of a round of `band`, a line that moves by `step_px` every `frame_ms` milliseconds through
    /// pages `width` pixels wide.
    pub fn of_band(
        band: Arc<Raster>,
        width: u32,
        (step_px, frame_ms): (u32, u32),
        frames: std::ops::Range<u32>,
        rotation: Rotation,
    ) -> Self {
        let shot = |n: u32| Shot { view: View::Band(n * step_px), ms: frame_ms };
        let page = Size::new(width, band.size().height);
        Self { scheme: band.scheme(), page, rotation, stock: vec![band], shots: frames.map(shot).collect() }
    }

    /// How many frames.
    pub fn len(&self) -> usize {
        self.shots.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.shots.is_empty()
    }

    /// How long it is, milliseconds.
    pub fn length_ms(&self) -> u32 {
        self.shots.iter().map(|shot| shot.ms).sum()
    }

    /// Its scheme.
    pub fn scheme(&self) -> ColorScheme {
        self.scheme
    }

    /// Width and height of the face that it is for.
    pub fn face(&self) -> Size {
        self.rotation.layout_size(self.page)
    }

    /// Each frame as the face hangs, with its duration in milliseconds.
    pub fn frames(&self) -> impl Iterator<Item = (Raster, u32)> + '_ {
        self.shots.iter().map(|shot| (self.view(shot.view).rotated(self.rotation), shot.ms))
    }

    /// Only every `n`th frame, each for as long as those that it stands for: as fast, but less smooth.
    #[must_use]
    pub fn thinned(&self, n: usize) -> Self {
        let shots = self.shots.chunks(n.max(1));
        let shots = shots.map(|few| Shot { view: few[0].view, ms: few.iter().map(|shot| shot.ms).sum() });
        Self { shots: shots.collect(), ..self.clone() }
    }

    /// The first `ms` milliseconds of it, at least one frame.
    #[must_use]
    pub fn cut(&self, ms: u32) -> Self {
        let mut left = (ms / TICK_MS as u32 * TICK_MS as u32).max(LEAST_FRAME_MS as u32);
        let mut shots = Vec::new();
        for shot in &self.shots {
            if left < LEAST_FRAME_MS as u32 {
                break;
            }
            let ms = shot.ms.min(left);
            left -= ms;
            shots.push(Shot { ms, ..*shot });
        }
        Self { shots, ..self.clone() }
    }

    /// The same with equal neighbours as one frame.
    #[must_use]
    fn settled(&self) -> Self {
        let mut shots: Vec<Shot> = Vec::with_capacity(self.shots.len());
        let mut before: Option<Raster> = None;
        for shot in &self.shots {
            let raster = self.view(shot.view);
            match shots.last_mut() {
                Some(last) if before.as_ref() == Some(&raster) && last.ms + shot.ms <= PIECE_MS => {
                    last.ms += shot.ms;
                }
                _ => {
                    shots.push(*shot);
                    before = Some(raster);
                }
            }
        }
        Self { shots, ..self.clone() }
    }

    /// Some frames from the middle, to try something out on.
    fn sample(&self, frames: usize) -> Self {
        let skip = self.shots.len().saturating_sub(frames) / 2;
        Self { shots: self.shots.iter().skip(skip).take(frames).copied().collect(), ..self.clone() }
    }

    /// Every colour that may occur in it comes from these.
    fn stock(&self) -> &[Arc<Raster>] {
        &self.stock
    }

    fn view(&self, view: View) -> Raster {
        let mut out = Raster::dark(self.scheme, self.page);
        match view {
            View::Still(n) => return Raster::clone(&self.stock[n]),
            View::Band(x) => {
                let band = &self.stock[0];
                let mut at = 0;
                let mut from = x % band.size().width.max(1);
                while at < self.page.width {
                    let count = (band.size().width - from).min(self.page.width - at);
                    copy(band, from, &mut out, at, count);
                    at += count;
                    from = 0;
                }
            }
            View::Push(old, new, shift) => {
                let rest = self.page.width.saturating_sub(shift);
                copy(&self.stock[old], shift, &mut out, 0, rest);
                copy(&self.stock[new], 0, &mut out, rest, self.page.width - rest);
            }
        }
        out
    }
}

/// Copies `count` columns from `from` of one raster to `to` of another of the same height.
fn copy(source: &Raster, from: u32, out: &mut Raster, to: u32, count: u32) {
    let depth = source.scheme().bytes_per_pixel();
    let bytes = |pixels: u32| pixels as usize * depth;
    for y in 0..out.size().height.min(source.size().height) {
        out.row_mut(y)[bytes(to)..bytes(to + count)]
            .copy_from_slice(&source.row(y)[bytes(from)..bytes(from + count)]);
    }
}

/// Each page but the first begins by pushing out the one before it, if it stays long enough for that.
fn pushed(pages: &[Shot], width: u32, least_ms: u32) -> Vec<Shot> {
    let frame_ms = PUSH_FRAME_MS.max(least_ms.next_multiple_of(TICK_MS as u32));
    let frames = (PUSH_MS / frame_ms).min(width);
    let mut shots = Vec::new();
    let mut before = None;
    for shot in pages {
        let View::Still(new) = shot.view else { continue };
        let mut left = shot.ms;
        if let Some(old) = before
            && shot.ms > 4 * PUSH_MS
        {
            for n in 1..frames {
                shots.push(Shot { view: View::Push(old, new, width * n / frames), ms: frame_ms });
                left -= frame_ms;
            }
        }
        shots.push(Shot { view: shot.view, ms: left });
        before = Some(new);
    }
    shots
}
