//! Which dots does a character have? Font files of every kind become one immutable [`Fonts`], which
//! answers with a [`Glyph`] for a character at a size.
//!
//! `bdf`, `pcf` and `unifont` make bitmap fonts a [`bitmap::BitmapFont`]; `outline` reads TrueType and OpenType;
//! `drawable` says which characters can stand by themselves; `stack` puts the fonts in order.

mod bdf;
mod bitmap;
mod charset;
mod coverage;
mod drawable;
mod files;
mod outline;
mod pcf;
mod sfnt;
mod stack;
mod unifont;

pub use bitmap::{BitmapFont, Dots, Glyph, Rows};
pub(in crate::render) use stack::smooth_from;
pub use stack::{Face, FontInfo, Fonts};

/// No file and no unpacked file may be larger than this, in bytes.
pub const MAX_FONT_BYTES: usize = 64 << 20;

/// No glyph may be wider or higher than this at its native size, in dots.
const MAX_GLYPH_DOTS: u32 = 512;

/// A font holds at most so many glyphs; glyph numbers are 16 bits wide and the last marks "none".
const MAX_GLYPHS: usize = 65_535;

impl Fonts {
    /// Whether a file is a font that can be used, from its name.
    pub fn is_font_name(name: &str) -> bool {
        files::is_font(name)
    }
}
