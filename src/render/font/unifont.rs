//! GNU Unifont, compiled into the program: 16 dots, the whole BMP. Its dots stay where they are.

use super::{
    bitmap::{BitmapFont, Fixed, Rows},
    drawable::can_be_drawn,
};

/// Unifont.
pub(super) fn font() -> BitmapFont {
    BitmapFont::fixed(14, 2, Fixed { number, glyph })
}

/// Its glyphs go by their code points.
fn number(c: char) -> Option<u16> {
    // It draws what has no shape as a box with its code point: that is not the character.
    let found = can_be_drawn(c) && ::unifont::get_glyph(c).is_some();
    u16::try_from(u32::from(c)).ok().filter(|_| found)
}

/// Columns and rows of a glyph.
fn glyph(number: u16) -> Option<(u32, Rows<'static>)> {
    match ::unifont::get_glyph(char::from_u32(u32::from(number))?)? {
        ::unifont::Glyph::Halfwidth(rows) => Some((8, Rows::Kept(rows))),
        ::unifont::Glyph::Fullwidth(words) => {
            let mut rows = [0; 32];
            for (pair, word) in rows.chunks_exact_mut(2).zip(words) {
                pair.copy_from_slice(&word.to_be_bytes());
            }
            Some((16, Rows::Made(rows)))
        }
    }
}
