//! Which marks may not stand at a line's start or end, and which carry half a cell of air?
//! Which characters are Han, letters, spaces?
//!
//! GB/T 15834-2011, 5.1, for the places of marks; CLREQ (W3C, Requirements for Chinese Text Layout), 3.1,
//! for what stands together.

/// Marks that close or pause: ink in the left half of the cell, air in the right.
pub(super) fn closes(c: char) -> bool {
    matches!(c, '。' | '，' | '、' | '；' | '：' | '！' | '？' | '．') || closes_a_pair(c)
}

/// Marks that close what another one opened.
pub(super) fn closes_a_pair(c: char) -> bool {
    matches!(
        c,
        '）' | '》'
            | '」'
            | '』'
            | '】'
            | '”'
            | '’'
            | '〕'
            | '〉'
            | '］'
            | '｝'
            | '〗'
            | '〙'
            | '〛'
            | '｠'
            | '﹂'
            | '﹄'
    )
}

/// Marks that open: air in the left half of the cell, ink in the right.
pub(super) fn opens(c: char) -> bool {
    matches!(
        c,
        '（' | '《'
            | '「'
            | '『'
            | '【'
            | '“'
            | '‘'
            | '〔'
            | '〈'
            | '［'
            | '｛'
            | '〖'
            | '〘'
            | '〚'
            | '｟'
            | '﹁'
            | '﹃'
    )
}

/// What never stands at a line's start: GB/T 15834 5.1.1 to 5.1.3, 5.1.6 (连接号), 5.1.7 (间隔号), 5.1.9
/// (分隔号); CLREQ adds the ellipsis and what belongs to the figure before it. The dash is not here: it may
/// begin a line if it is a whole 破折号.
pub(super) fn never_first(c: char) -> bool {
    closes(c)
        || matches!(c, '…' | '⋯' | '·' | '・' | '～' | '〜' | '／' | '％' | '‰' | '℃' | '々' | 'ー')
        || matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '%' | '°')
}

/// What never stands at a line's end: GB/T 15834 5.1.3, 5.1.9; CLREQ adds signs of money and number.
pub(super) fn never_last(c: char) -> bool {
    opens(c) || matches!(c, '／' | '￥' | '＄' | '＃' | '№' | '(' | '[' | '{' | '¥' | '$')
}

/// Two of these are one mark: 破折号 and 省略号 are not cut (GB/T 15834 5.1.4, 5.1.5).
pub(super) fn halves_of_one(a: char, b: char) -> bool {
    a == b && matches!(a, '—' | '―' | '…' | '⋯')
}

/// A dash, of which one alone is a 连接号 and two are a 破折号.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '—' | '―' | '–')
}

/// After these the meaning turns round: the next character stays with them.
pub(super) fn negates(c: char) -> bool {
    matches!(c, '不' | '未' | '免' | '禁' | '勿' | '非' | '莫' | '毋' | '无' | '没')
}

/// Whether `c` ends a phrase, and how strongly: 2 a sentence, 1 a part of one.
pub(super) fn ends_phrase(c: char) -> u8 {
    match c {
        '。' | '！' | '？' | '；' | '!' | '?' | ';' | '…' => 2,
        '，' | '、' | '：' | ',' | ':' => 1,
        _ => 0,
    }
}

/// Han characters, and what is set like them.
pub(super) fn is_han(c: char) -> bool {
    matches!(c as u32,
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3040..=0x30FF | 0x3105..=0x312F
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// Han, full-width forms and Chinese marks: the line is Chinese where they stand.
pub(super) fn is_wide(c: char) -> bool {
    is_han(c) || matches!(c as u32, 0x3000..=0x303F | 0xFF01..=0xFF60 | 0xFFE0..=0xFFE6)
}

/// The marks of Chinese text, so that the tables need not be asked.
fn is_common_mark(c: char) -> bool {
    matches!(c, '、'..='〃' | '〈'..='】' | '！'..='／' | '：'..='＠')
}

/// What a character is to a line: found out once for each character of a text, asked at every turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kind(u8);

impl Kind {
    const HAN: u8 = 1;
    const WIDE: u8 = 2;
    const SPACE: u8 = 4;
    /// Letters, figures and Han.
    const LETTER: u8 = 8;
    const OPENS: u8 = 16;
    const CLOSES: u8 = 32;
    /// Unicode's first block of Han, without any mark or sign.
    const PLAIN: u8 = 64;

    /// What `c` is.
    pub(super) fn of(c: char) -> Self {
        // Most characters, without asking the tables.
        if matches!(c, '\u{4E00}'..='\u{9FFF}') {
            return Self(Self::HAN | Self::WIDE | Self::LETTER | Self::PLAIN);
        }
        let bit = |yes: bool, bit: u8| if yes { bit } else { 0 };
        let han = is_han(c);
        Self(
            bit(han, Self::HAN)
                | bit(is_wide(c), Self::WIDE)
                | bit(c.is_whitespace(), Self::SPACE)
                | bit(han || !is_common_mark(c) && c.is_alphanumeric(), Self::LETTER)
                | bit(opens(c), Self::OPENS)
                | bit(closes(c), Self::CLOSES),
        )
    }

    /// Whether no rule speaks of it but those that name single characters.
    pub(super) fn is_plain_han(self) -> bool {
        self.has(Self::PLAIN)
    }

    fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    pub(super) fn is_han(self) -> bool {
        self.has(Self::HAN)
    }

    pub(super) fn is_wide(self) -> bool {
        self.has(Self::WIDE)
    }

    pub(super) fn is_space(self) -> bool {
        self.has(Self::SPACE)
    }

    pub(super) fn is_letter(self) -> bool {
        self.has(Self::LETTER)
    }

    pub(super) fn opens(self) -> bool {
        self.has(Self::OPENS)
    }

    pub(super) fn closes(self) -> bool {
        self.has(Self::CLOSES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_says_what_the_tables_say() {
        for c in '\0'..='\u{3FFFF}' {
            let kind = Kind::of(c);
            let said = (kind.is_han(), kind.is_wide(), kind.is_space(), kind.opens(), kind.closes());
            assert_eq!(said, (is_han(c), is_wide(c), c.is_whitespace(), opens(c), closes(c)), "{c:?}");
            assert_eq!(kind.is_letter(), is_han(c) || c.is_alphanumeric(), "{c:?}");
        }
    }
}
