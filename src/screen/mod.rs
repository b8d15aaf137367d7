//! Screens and profiles: what `screens.yaml` says, read into types that cannot be wrong.

mod clip;
mod file;
mod protocol;
mod values;
mod wiring;

use std::fmt;

pub use clip::{ClipLimits, Transition};
pub use file::read;
pub use protocol::{Controller, Mac, Protocol, Protocols};
pub use wiring::{Bits, Order, Polarity, Scan, Wiring};

use crate::{
    color::ColorScheme,
    geometry::{Rotation, Size},
    time::{Hours, UtcMillis},
};

/// Name of the file in the root that lists the screens.
pub const SCREENS_FILE: &str = "screens.yaml";

/// A screen's id: what stands in its URLs.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ScreenId(String);

impl ScreenId {
    /// Letters, digits, hanzi, `-` and `_`, 1 to 64 characters, not beginning with `-`.
    pub fn parse(text: &str) -> Option<Self> {
        let good = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let count = text.chars().count();
        ((1..=64).contains(&count) && text.chars().all(good) && !text.starts_with('-'))
            .then(|| Self(text.to_owned()))
    }

    /// As written in `screens.yaml`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for ScreenId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScreenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What pixels depend on. Screens of one profile share layouts and frames.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Profile {
    /// The face as it hangs, in pixels.
    pub face: Size,
    /// What its LEDs can show.
    pub scheme: ColorScheme,
    /// How pages are turned on their way to the face.
    pub rotation: Rotation,
    /// Legible minimum: no text is set smaller, in pixels of character height.
    pub min_px: u32,
    /// No notice takes more pages than this; `None`: as many as the face's height makes usual.
    pub max_pages: Option<u16>,
    /// What moving pictures it may be sent; `None`: pages only.
    pub clip: Option<ClipLimits>,
}

impl Profile {
    /// A profile with the default legible minimum of 16 px, not turned.
    pub fn new(face: Size, scheme: ColorScheme) -> Self {
        Self { face, scheme, rotation: Rotation::R0, min_px: 16, max_pages: None, clip: None }
    }

    /// The size on which pages are laid out.
    pub fn page_size(&self) -> Size {
        self.rotation.layout_size(self.face)
    }

    /// Whether it is a strip: under 48 px high.
    pub fn is_strip(&self) -> bool {
        self.page_size().height < 48
    }
}

/// Whether a screen's frames need its token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TokenRule {
    /// What is on air is public.
    #[default]
    Optional,
    /// Nothing without the token.
    Required,
}

/// One addressed LED face.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Screen {
    /// What stands in URLs.
    pub id: ScreenId,
    /// What people call it.
    pub name: String,
    /// What its pixels depend on.
    pub profile: Profile,
    /// Distance between two pixels in hundredths of a millimetre, if known.
    pub pitch_hundredths_mm: Option<u32>,
    /// The line of `screens.yaml` on which it stands, 1-based.
    pub line: u32,
    /// Names of the playlist folders that it plays.
    pub playlists: Vec<String>,
    /// When it is lit; outside: black.
    pub hours: Hours,
    /// Minute of the day and percent, sorted by minute; wraps at midnight; empty: 100.
    pub brightness: Vec<(u16, u8)>,
    /// How often its controller asks.
    pub poll_ms: u32,
    /// Shown when nothing is on air; `None`: black.
    pub idle: Option<String>,
    /// Whether its frames need a token.
    pub token: TokenRule,
    /// How the bytes of its raw formats are packed.
    pub wiring: Wiring,
    /// What kind of controller it has.
    pub controller: Controller,
    /// Size of the modules that the face is built from, as it hangs; for test patterns.
    pub module: Option<Size>,
}

impl Screen {
    /// Brightness in percent at `at`.
    pub fn brightness_at(&self, at: UtcMillis, zone: &jiff::tz::TimeZone) -> u8 {
        let civil = at.civil(zone);
        let minute = civil.hour() as u16 * 60 + civil.minute() as u16;
        let step = self.brightness.iter().rev().find(|(from, _)| *from <= minute);
        step.or(self.brightness.last()).map_or(100, |(_, percent)| *percent)
    }
}
