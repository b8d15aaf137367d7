//! Which characters does a font's own code stand for?

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK};

/// How a bitmap font numbers its glyphs: XLFD `CHARSET_REGISTRY` and `CHARSET_ENCODING`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Charset {
    /// ISO 10646: the code is the character.
    Unicode,
    /// ISO 8859-1; also taken for fonts that do not say.
    Latin1,
    /// JIS X 0201: ASCII with a yen sign and an overline, and half-width katakana.
    JisX0201,
    /// Two bytes; in the font with or without their high bits.
    TwoBytes(&'static Encoding),
}

impl Charset {
    /// From the XLFD names; unknown ones count as Latin-1, of which only ASCII is then likely right.
    pub(super) fn named(registry: &str, encoding: &str) -> Self {
        let name = registry.to_ascii_lowercase();
        match name.as_str() {
            "iso10646" => Self::Unicode,
            _ if name.starts_with("jisx0201") => Self::JisX0201,
            _ if name.starts_with("gb") => Self::TwoBytes(GBK),
            _ if name.starts_with("big5") => Self::TwoBytes(BIG5),
            _ if name.starts_with("jisx0208") => Self::TwoBytes(EUC_JP),
            _ if name.starts_with("ksc5601") || name.starts_with("ksx1001") => Self::TwoBytes(EUC_KR),
            _ if encoding.eq_ignore_ascii_case("fontspecific") => Self::Unicode,
            _ => Self::Latin1,
        }
    }

    /// The characters that `code` stands for, the usual one first; empty if none.
    pub(super) fn chars(self, code: u32) -> Vec<char> {
        match self {
            Self::Unicode => char::from_u32(code).into_iter().collect(),
            Self::Latin1 => (code <= 0xFF).then_some(code as u8 as char).into_iter().collect(),
            Self::JisX0201 => match code {
                0x5C => vec!['¥'],
                0x7E => vec!['‾'],
                0x20..=0x7D => vec![code as u8 as char],
                0xA1..=0xDF => char::from_u32(0xFF61 + code - 0xA1).into_iter().collect(),
                _ => Vec::new(),
            },
            Self::TwoBytes(encoding) => two_bytes(encoding, code),
        }
    }
}

fn two_bytes(encoding: &'static Encoding, code: u32) -> Vec<char> {
    if code < 0x80 {
        return vec![code as u8 as char];
    }
    let Ok(code) = u16::try_from(code) else { return Vec::new() };
    // GB 2312, JIS X 0208 and KS X 1001 fonts number from 2121; the encodings set the high bits.
    let code = if code & 0x8080 == 0 { code | 0x8080 } else { code };
    let bytes = code.to_be_bytes();
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&bytes) else {
        return Vec::new();
    };
    let mut chars: Vec<char> = text.chars().collect();
    if chars.len() != 1 {
        return Vec::new();
    }
    // Where tables of GB 2312 differ, both characters mean the same mark.
    match chars[0] {
        '—' => chars.push('―'),
        '·' => chars.push('・'),
        '～' => chars.push('〜'),
        '…' => chars.push('⋯'),
        _ => {}
    }
    chars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_characters() {
        let gb = Charset::named("GB2312.1980", "0");
        assert_eq!(gb.chars(0x3021), ['啊']);
        assert_eq!(gb.chars(0xB0A1), ['啊'], "with high bits too");
        assert_eq!(gb.chars(0x212A), ['—', '―'], "A1AA is U+2014 and U+2015");
        assert_eq!(gb.chars(0x2124), ['·', '・'], "A1A4 is U+00B7 and U+30FB");
        assert_eq!(gb.chars(0x7777), ['鼢']);
        assert!(gb.chars(0xFFFF).is_empty());
        assert!(gb.chars(0x123456).is_empty());
        assert_eq!(Charset::named("ISO10646", "1").chars(0x2CB4A), ['𬭊']);
        assert!(Charset::named("ISO10646", "1").chars(0xD800).is_empty());
        assert_eq!(Charset::named("iso8859", "1").chars(0xB0), ['°']);
        assert!(Charset::named("iso8859", "1").chars(0x100).is_empty());
        let jis = Charset::named("JISX0201.1976", "0");
        assert_eq!((jis.chars(0x41), jis.chars(0x5C), jis.chars(0xB1)), (vec!['A'], vec!['¥'], vec!['ｱ']));
        assert_eq!(Charset::named("JISX0208.1983", "0").chars(0x3021), ['亜']);
    }
}
