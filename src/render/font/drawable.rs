//! Which characters can be drawn by themselves, whatever a font says?

use unicode_script::{Script, UnicodeScript as _};

use crate::text::is_invisible;

/// Whether `c` has a shape of its own that stands from left to right: no marks that combine, no scripts
/// that join or run the other way, nothing invisible, nothing that Unicode has not assigned.
pub(super) fn can_be_drawn(c: char) -> bool {
    use Script as S;
    // Most characters, without asking the tables: this block of Han is full.
    if matches!(c, '\u{4E00}'..='\u{9FFF}') {
        return true;
    }
    if c.is_control()
        || is_invisible(c)
        || c == '\u{FFFD}'
        || unicode_normalization::char::is_combining_mark(c)
    {
        return false;
    }
    matches!(
        c.script(),
        S::Common
            | S::Han
            | S::Latin
            | S::Greek
            | S::Cyrillic
            | S::Hiragana
            | S::Katakana
            | S::Bopomofo
            | S::Hangul
            | S::Yi
            | S::Lisu
            | S::Armenian
            | S::Georgian
            | S::Braille
    )
}
