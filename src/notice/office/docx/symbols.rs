//! Characters of symbol fonts and raised characters: the ones for which Unicode has the same sign.

/// Fonts whose letters are pictures.
pub(super) fn is_symbol_font(font: &str) -> bool {
    let font = font.to_ascii_lowercase();
    ["wingdings", "wingdings 2", "wingdings 3", "webdings", "symbol"].contains(&font.as_str())
}

/// What the character `code` of `font` shows, if Unicode has it.
pub(super) fn symbol(font: &str, code: u32) -> Option<char> {
    // Word stores them in the private use area too.
    let code = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
    let pairs: &[(u32, char)] = match font.to_ascii_lowercase().as_str() {
        "wingdings" => &[
            (0x28, '☎'),
            (0x2A, '✉'),
            (0x6C, '●'),
            (0x6E, '■'),
            (0x6F, '□'),
            (0x71, '❑'),
            (0x75, '◆'),
            (0x76, '❖'),
            (0xA1, '○'),
            (0xA7, '▪'),
            (0xA8, '□'),
            (0xAB, '★'),
            (0xD8, '➢'),
            (0xDF, '←'),
            (0xE0, '→'),
            (0xE1, '↑'),
            (0xE2, '↓'),
            (0xFB, '✗'),
            (0xFC, '✓'),
            (0xFD, '☒'),
            (0xFE, '☑'),
        ],
        "wingdings 2" => &[
            (0x4F, '✗'),
            (0x50, '✓'),
            (0x51, '☒'),
            (0x52, '☑'),
            (0x53, '☒'),
            (0x54, '☒'),
            (0x97, '●'),
            (0xA2, '■'),
            (0xA3, '□'),
        ],
        "symbol" => &[
            (0x25, '%'),
            (0x2B, '+'),
            (0x3D, '='),
            (0x61, 'α'),
            (0x62, 'β'),
            (0x67, 'γ'),
            (0x6D, 'μ'),
            (0x70, 'π'),
            (0xA3, '≤'),
            (0xB0, '°'),
            (0xB1, '±'),
            (0xB3, '≥'),
            (0xB4, '×'),
            (0xB7, '·'),
            (0xB8, '÷'),
            (0xB9, '≠'),
            (0xAE, '→'),
        ],
        _ => &[],
    };
    pairs.iter().find(|(from, _)| *from == code).map(|(_, to)| *to)
}

/// `text` above or below the line, in the characters that Unicode has for it; `None` if it has not all.
pub(in crate::notice::office) fn raised(text: &str, above: bool) -> Option<String> {
    const PLAIN: &str = "0123456789+-=()n";
    const ABOVE: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ";
    const BELOW: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ";
    let set = if above { ABOVE } else { BELOW };
    let one = |c: char| {
        if c.is_whitespace() || set.contains(c) {
            return Some(c);
        }
        set.chars().nth(PLAIN.chars().position(|plain| plain == c)?)
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_symbol_fonts_are_known_or_not() {
        assert_eq!(symbol("Wingdings", 0xF0FE), Some('☑'));
        assert_eq!(symbol("Wingdings 2", u32::from('R')), Some('☑'));
        assert_eq!(symbol("Symbol", 0xB3), Some('≥'));
        assert_eq!(symbol("Wingdings", 0x21), None);
        assert!(is_symbol_font("Wingdings") && !is_symbol_font("宋体"));
    }

    #[test]
    fn raised_figures_stay_raised_or_are_not_shown() {
        assert_eq!(raised("2", true).as_deref(), Some("²"));
        assert_eq!(raised("-3", true).as_deref(), Some("⁻³"));
        assert_eq!(raised("2", false).as_deref(), Some("₂"));
        assert_eq!(raised("注1", true), None);
    }
}
