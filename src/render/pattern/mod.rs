//! What does an installer need in front of the screen? Test patterns, drawn for any face: a pure function of
//! (pattern, scene, step). A pattern that moves is a row of steps; the catalog says how long one lasts.

mod colours;
mod edges;
mod grid;
mod ident;
mod pen;
mod sample;
#[cfg(test)]
mod test;
mod tiny;

use super::{Fonts, Raster};
use crate::{
    geometry::{Rotation, Size},
    screen::Profile,
};
use pen::Pen;

/// A test pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Pattern {
    /// Name, id, size, time, a counter, and who asks: is this the screen that I think it is?
    Ident,
    /// A border, a letter in each corner, an arrow to the top: is every edge there, the right way up?
    Edges,
    /// Numbered modules: is each wired in its place?
    Grid,
    /// One row and one column of every module, moving: is any line dead, or doubled?
    Walk,
    /// Each colour by itself, a third of the dots lit: are the colours right, is any dot dead?
    Colours,
    /// From dark to bright.
    Grey,
    /// Text from 12 to 32 px: what can be read from where people stand?
    Text,
}

/// The module that `grid` and `walk` reckon with, unless `screens.yaml` says otherwise.
pub const MODULE: Size = Size::new(32, 16);
/// Slow patterns change so often.
const SLOW_MS: i64 = 10_000;
/// Quick ones not more often, however quickly the controller asks.
const QUICK_MS: i64 = 1000;

impl Pattern {
    /// All of them, in the order in which an installer uses them.
    pub const ALL: [Self; 7] =
        [Self::Ident, Self::Edges, Self::Grid, Self::Walk, Self::Colours, Self::Grey, Self::Text];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ident => "ident",
            Self::Edges => "edges",
            Self::Grid => "grid",
            Self::Walk => "walk",
            Self::Colours => "colours",
            Self::Grey => "grey",
            Self::Text => "text",
        }
    }

    /// From its name; `colors` and `gray` count, too.
    pub fn parse(name: &str) -> Option<Self> {
        let name = crate::text::fold_name(name);
        match &*name {
            "colors" => Some(Self::Colours),
            "gray" => Some(Self::Grey),
            name => Self::ALL.into_iter().find(|pattern| pattern.name() == name),
        }
    }

    /// How long a step lasts on a face of `area` dots whose controller asks every `poll_ms`; `None` if
    /// nothing moves. Whole polls, so that no step is missed, but neither a blur nor a standstill; the
    /// largest faces turn more slowly, as each step is a picture in memory.
    pub fn step_ms(self, poll_ms: u32, area: u64) -> Option<i64> {
        let poll_ms = i64::from(poll_ms.max(1));
        let least = QUICK_MS * (1 + (area >> 20) as i64);
        match self {
            Self::Edges | Self::Grid | Self::Grey => None,
            Self::Ident | Self::Walk => Some(poll_ms.clamp(least, least.max(SLOW_MS))),
            Self::Colours | Self::Text => {
                let polls = (SLOW_MS + poll_ms - 1) / poll_ms;
                Some(if poll_ms > SLOW_MS { SLOW_MS } else { polls * poll_ms })
            }
        }
    }
}

/// What a pattern tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scene {
    /// The screen's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The time of the step, as people of the place read it.
    pub time: String,
    /// The address that asks for the screen's frames, if any did.
    pub asker: Option<String>,
    /// The size of a module, as the face hangs.
    pub module: Size,
}

/// Draws step `step` of `pattern` as a page of `profile` (rotation comes later, as for any page), and says
/// which lines of text it holds.
pub fn draw(
    pattern: Pattern,
    step: u64,
    scene: &Scene,
    profile: &Profile,
    fonts: &Fonts,
) -> (Raster, Vec<String>) {
    let mut pen = Pen::new(profile);
    let module = match profile.rotation {
        Rotation::R0 | Rotation::R180 => scene.module,
        Rotation::R90 | Rotation::R270 => scene.module.turned(),
    };
    let module = Size::new(
        module.width.clamp(1, pen.size().width.max(1)),
        module.height.clamp(1, pen.size().height.max(1)),
    );
    let lines = match pattern {
        Pattern::Ident => ident::draw(&mut pen, step, scene, profile, fonts),
        Pattern::Edges => edges::draw(&mut pen),
        Pattern::Grid => grid::modules(&mut pen, module),
        Pattern::Walk => grid::walk(&mut pen, module, step),
        Pattern::Colours => colours::fill(&mut pen, step),
        Pattern::Grey => colours::ramps(&mut pen),
        Pattern::Text => sample::draw(&mut pen, step, profile, fonts),
    };
    (pen.finish(), lines)
}
