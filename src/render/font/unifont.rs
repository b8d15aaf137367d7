//! GNU Unifont, compiled into the program: 16 dots, the whole BMP.

use super::bitmap::{BitmapFont, Shape};

/// Unifont's glyphs of the characters that `wanted` accepts.
pub(super) fn load(wanted: fn(char) -> bool) -> Result<BitmapFont, String> {
    let mut font = BitmapFont::new(14, 2)?;
    for (c, glyph) in ::unifont::enumerate_glyphs() {
        // It draws what has no shape as a box with its code point: that is not the character.
        if !wanted(c) {
            continue;
        }
        let mut rows = [0; 32];
        let (width, used) = match glyph {
            ::unifont::Glyph::Halfwidth(bytes) => {
                rows[..16].copy_from_slice(bytes);
                (8, 16)
            }
            ::unifont::Glyph::Fullwidth(words) => {
                for (pair, word) in rows.chunks_exact_mut(2).zip(words) {
                    pair.copy_from_slice(&word.to_be_bytes());
                }
                (16, 32)
            }
        };
        let shape = Shape { width, height: 16, left: 0, rise: 14, advance: width as i32 };
        font.add(&[c], shape, &rows[..used])?;
    }
    font.finish()
}
