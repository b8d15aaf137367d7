//! Letters of 3 by 5 dots, for faces and corners in which no font fits. Capitals, digits and a few signs.

/// Width of a letter in dots.
pub(super) const WIDTH: u32 = 3;
/// Height of a letter in dots.
pub(super) const HEIGHT: u32 = 5;

/// Fifteen bits, row by row from the top, the leftmost dot highest; `None` if there is no such letter.
pub(super) fn letter(c: char) -> Option<u16> {
    Some(match c.to_ascii_uppercase() {
        'A' => 0b010_101_111_101_101,
        'B' => 0b110_101_110_101_110,
        'C' => 0b011_100_100_100_011,
        'D' => 0b110_101_101_101_110,
        'E' => 0b111_100_110_100_111,
        'F' => 0b111_100_110_100_100,
        'G' => 0b011_100_101_101_011,
        'H' => 0b101_101_111_101_101,
        'I' => 0b111_010_010_010_111,
        'J' => 0b001_001_001_101_010,
        'K' => 0b101_101_110_101_101,
        'L' => 0b100_100_100_100_111,
        'M' => 0b101_111_111_101_101,
        'N' => 0b110_101_101_101_101,
        'O' => 0b010_101_101_101_010,
        'P' => 0b110_101_110_100_100,
        'Q' => 0b010_101_101_110_011,
        'R' => 0b110_101_110_101_101,
        'S' => 0b011_100_010_001_110,
        'T' => 0b111_010_010_010_010,
        'U' => 0b101_101_101_101_111,
        'V' => 0b101_101_101_101_010,
        'W' => 0b101_101_111_111_101,
        'X' => 0b101_101_010_101_101,
        'Y' => 0b101_101_010_010_010,
        'Z' => 0b111_001_010_100_111,
        '0' => 0b111_101_101_101_111,
        '1' => 0b010_110_010_010_111,
        '2' => 0b111_001_111_100_111,
        '3' => 0b111_001_111_001_111,
        '4' => 0b101_101_111_001_001,
        '5' => 0b111_100_111_001_111,
        '6' => 0b111_100_111_101_111,
        '7' => 0b111_001_010_010_010,
        '8' => 0b111_101_111_101_111,
        '9' => 0b111_101_111_001_111,
        '-' => 0b000_000_111_000_000,
        '_' => 0b000_000_000_000_111,
        '.' => 0b000_000_000_000_010,
        ':' => 0b000_010_000_010_000,
        '#' => 0b101_111_101_111_101,
        '/' => 0b001_001_010_100_100,
        ' ' => 0,
        _ => return None,
    })
}

/// Whether `text` can be written.
pub(super) fn can_write(text: &str) -> bool {
    text.chars().all(|c| letter(c).is_some())
}

/// Width of `text` in dots at `scale`, with a dot between letters.
pub(super) fn width(text: &str, scale: u32) -> u32 {
    (text.chars().count() as u32).saturating_mul(WIDTH + 1).saturating_sub(1).saturating_mul(scale)
}
