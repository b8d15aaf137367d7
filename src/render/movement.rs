//! What moves: how a notice is shown where a screen allows clips.

use std::sync::Arc;

use super::{Page, Raster};

/// No clip is longer: a controller that plays one to its end hears of an emergency within a minute.
pub const PIECE_MS: u32 = 60_000;

/// How a notice moves, instead of its pages one after the other.
#[derive(Debug)]
pub enum Movement {
    /// One line of text that runs through from right to left, without a seam.
    Scroll(Scroll),
    /// A picture with frames of its own, each with how long it shows in milliseconds.
    Film(Vec<(Arc<Raster>, u32)>),
}

/// A line of text longer than the face, placed but not drawn.
#[derive(Debug)]
pub struct Scroll {
    /// The whole line as one page, [`band_px`](Self::band_px) wide and as high as the face. It begins with a dark
    /// face.
    pub band: Page,
    /// How long the band is in pixels, with the gap before it begins again: a whole multiple of the step.
    pub band_px: u32,
    /// Whole pixels that it moves from one frame to the next.
    pub step_px: u32,
    /// How long each frame shows, in milliseconds: a multiple of 10, GIF's unit.
    pub frame_ms: u32,
}

impl Movement {
    /// How long one round takes, in milliseconds.
    pub fn round_ms(&self) -> u32 {
        match self {
            Self::Scroll(scroll) => scroll.frames() * scroll.frame_ms,
            Self::Film(frames) => frames.iter().fold(0, |sum, (_, ms)| sum.saturating_add(*ms)),
        }
    }
}

impl Scroll {
    /// Height of its largest characters, in pixels.
    pub fn em_px(&self) -> u32 {
        self.band.runs.iter().map(|run| u32::from(run.px)).max().unwrap_or(0)
    }

    /// Frames of one round.
    pub fn frames(&self) -> u32 {
        self.band_px / self.step_px.max(1)
    }
}
