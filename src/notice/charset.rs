//! In which encoding was this text saved? UTF-8, what Notepad calls ANSI (GB 18030) and what it calls
//! Unicode (UTF-16) are told apart; two readings of the same bytes are weighed by what Chinese text is.

use encoding_rs::{DecoderResult, GB18030};
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript as _};

use super::clean::refused;

/// An encoding of text files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Charset {
    /// UTF-8, with or without BOM.
    Utf8,
    /// GB 18030, of which GBK and GB 2312 are parts.
    Gb18030,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
}

/// Why bytes are no text. Byte numbers count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CharsetError {
    /// A NUL byte: not text, or a file whose size was set before its content.
    Nul(usize),
    /// This byte cannot be read in this encoding.
    Malformed(Charset, usize),
}

impl Charset {
    /// From what people write: `utf-8`, `gbk`, `ANSI`, `Unicode` …
    pub fn parse(name: &str) -> Option<Self> {
        let name = crate::text::fold_name(name).replace(['-', '_'], "");
        Some(match name.as_str() {
            "utf8" | "utf8bom" | "utf8sig" | "65001" | "cp65001" => Self::Utf8,
            "gb18030" | "gbk" | "gb2312" | "gb" | "cp936" | "936" | "ansi" | "euccn" | "国标" => {
                Self::Gb18030
            }
            "utf16" | "utf16le" | "unicode" => Self::Utf16Le,
            "utf16be" | "unicodebigendian" => Self::Utf16Be,
            _ => return None,
        })
    }

    /// The name that a header may give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gb18030 => "gb18030",
            Self::Utf16Le => "utf-16",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// Reads `bytes` in this encoding; a BOM is not part of the text, and a UTF-16 BOM says the order.
    pub fn decode(self, bytes: &[u8]) -> Result<String, CharsetError> {
        match self {
            Self::Utf8 => {
                let skipped = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
                std::str::from_utf8(&bytes[skipped..])
                    .map(str::to_owned)
                    .map_err(|e| CharsetError::Malformed(self, skipped + e.valid_up_to() + 1))
            }
            Self::Gb18030 => decode_gb18030(bytes),
            Self::Utf16Le if bytes.starts_with(&[0xFE, 0xFF]) => decode_utf16(Self::Utf16Be, bytes),
            Self::Utf16Be if bytes.starts_with(&[0xFF, 0xFE]) => decode_utf16(Self::Utf16Le, bytes),
            Self::Utf16Le | Self::Utf16Be => decode_utf16(self, bytes),
        }
    }
}

/// Finds the encoding of `bytes` and reads them.
///
/// A BOM decides. UTF-16 without BOM is recognised where NUL bytes show it. Valid UTF-8 is UTF-8 unless
/// its reading has no Han and something that no notice has, while GB 18030 yields GB 2312 text with Han:
/// `通知` in GBK is valid UTF-8 too. What is no UTF-8 is GB 18030, unless it is mostly UTF-8: such a file
/// is damaged or cut short, and its GB 18030 reading would be gibberish on a screen.
pub fn decode(bytes: &[u8]) -> Result<String, CharsetError> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return no_nul(bytes, Charset::Utf8.decode(bytes)?);
    }
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return no_nul(bytes, decode_utf16(Charset::Utf16Le, bytes)?);
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return no_nul(bytes, decode_utf16(Charset::Utf16Be, bytes)?);
    }
    if let Some(nul) = bytes.iter().position(|b| *b == 0) {
        return bare_utf16(bytes).ok_or(CharsetError::Nul(nul + 1));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if is_unlikely(text) && is_gb2312_with_han(bytes) => Charset::Gb18030.decode(bytes),
        Ok(text) => Ok(text.to_owned()),
        Err(e) if is_damaged_utf8(bytes) => Err(CharsetError::Malformed(Charset::Utf8, e.valid_up_to() + 1)),
        Err(_) => Charset::Gb18030.decode(bytes).or_else(|error| bare_utf16(bytes).ok_or(error)),
    }
}

/// A NUL character is no text even behind a BOM.
fn no_nul(bytes: &[u8], text: String) -> Result<String, CharsetError> {
    if text.contains('\0') {
        let at = bytes.windows(2).position(|pair| pair == [0, 0]).or(bytes.iter().position(|b| *b == 0));
        return Err(CharsetError::Nul(at.unwrap_or(0) + 1));
    }
    Ok(text)
}

fn decode_gb18030(bytes: &[u8]) -> Result<String, CharsetError> {
    let mut decoder = GB18030.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text)),
        DecoderResult::Malformed(bad, after) => {
            let at = read.saturating_sub(usize::from(bad) + usize::from(after));
            Err(CharsetError::Malformed(Charset::Gb18030, at + 1))
        }
        DecoderResult::OutputFull => Err(CharsetError::Malformed(Charset::Gb18030, read + 1)),
    }
}

fn decode_utf16(order: Charset, bytes: &[u8]) -> Result<String, CharsetError> {
    let unit = |pair: &[u8]| match order {
        Charset::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
        _ => u16::from_le_bytes([pair[0], pair[1]]),
    };
    if bytes.len() % 2 == 1 {
        return Err(CharsetError::Malformed(order, bytes.len()));
    }
    let mut text = String::with_capacity(bytes.len() * 3 / 2);
    let mut at = 1;
    for decoded in char::decode_utf16(bytes.chunks_exact(2).map(unit)) {
        let c = decoded.map_err(|_| CharsetError::Malformed(order, at))?;
        at += c.len_utf16() * 2;
        text.push(c);
    }
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

/// UTF-16 without BOM, if one byte order gives nothing but characters of everyday Chinese or English.
fn bare_utf16(bytes: &[u8]) -> Option<String> {
    let everyday = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        _ => (' '..='~').contains(&c) || in_gb2312(c),
    };
    let readings = [Charset::Utf16Le, Charset::Utf16Be].map(|order| {
        let text = decode_utf16(order, bytes).ok()?;
        text.chars().all(everyday).then_some(text)
    });
    match readings {
        // ASCII in the wrong order reads as rare hanzi and is no longer ASCII.
        [Some(a), Some(b)] => {
            let ascii = |text: &str| text.bytes().filter(u8::is_ascii).count();
            Some(if ascii(&a) >= ascii(&b) { a } else { b })
        }
        [a, b] => a.or(b),
    }
}

fn in_gb2312(c: char) -> bool {
    let mut utf8 = [0; 4];
    let (bytes, _, unmappable) = GB18030.encode(c.encode_utf8(&mut utf8));
    !unmappable && bytes.len() == 2 && bytes.iter().all(|b| *b >= 0xA1)
}

/// No Han, and something that no notice has: a mark without a letter to stand on, a script that is
/// refused, or a Greek or Cyrillic letter beyond the everyday ones that GB 2312 holds (`小学` in GBK reads
/// as `Сѧ` in UTF-8).
fn is_unlikely(text: &str) -> bool {
    let mut before = ' ';
    let mut unlikely = false;
    for c in text.chars() {
        if c.script() == Script::Han {
            return false;
        }
        unlikely |= (is_combining_mark(c) && !before.is_alphanumeric())
            || refused(c).is_some()
            || (matches!(c.script(), Script::Greek | Script::Cyrillic) && !in_gb2312(c));
        before = c;
    }
    unlikely
}

/// Whether all that is not ASCII is a GB 2312 pair (rows 1 to 87), and at least one is a hanzi (from 16).
fn is_gb2312_with_han(mut bytes: &[u8]) -> bool {
    let mut han = false;
    while let Some((first, rest)) = bytes.split_first() {
        bytes = rest;
        if first.is_ascii() {
            continue;
        }
        match rest.split_first() {
            Some((0xA1..=0xFE, rest)) if (0xA1..=0xF7).contains(first) => bytes = rest,
            _ => return false,
        }
        han |= *first >= 0xB0;
    }
    han
}

/// Whether the bytes are UTF-8 text with few broken places: what is valid holds Han, and at least four
/// times as many bytes of it as are broken. GB 18030 text hardly ever forms three-byte sequences.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut han, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        han += chunk.valid().chars().filter(|c| c.script() == Script::Han).map(char::len_utf8).sum::<usize>();
        broken += chunk.invalid().len();
    }
    han >= 6 && han >= 4 * broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gbk(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn short_words_in_gbk_that_are_valid_utf8_too() {
        for word in ["通知", "小学", "学校", "系统", "12通知", "通知\r\n"] {
            assert!(std::str::from_utf8(&gbk(word)).is_ok(), "{word} is the hard case");
            assert_eq!(decode(&gbk(word)).as_deref(), Ok(word));
        }
    }

    #[test]
    fn utf8_stays_utf8() {
        for text in
            ["Café 25°C", "家长会通知", "Größe", "Москва", "Київ", "Αθήνα", "naïve ½ ×", "", "abc", "通"]
        {
            assert_eq!(decode(text.as_bytes()).as_deref(), Ok(text));
            assert_eq!(decode(format!("\u{FEFF}{text}").as_bytes()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn utf16_is_read_with_and_without_bom() {
        for text in ["作息时间调整\r\n10月8日起", "一 Notice 一", "Notice", "通知\n"] {
            for big in [false, true] {
                assert_eq!(decode(&utf16(&format!("\u{FEFF}{text}"), big)).as_deref(), Ok(text));
                assert_eq!(decode(&utf16(text, big)).as_deref(), Ok(text), "{text} {big}");
            }
        }
    }

    #[test]
    fn damage_is_refused_and_not_read_as_something_else() {
        let text = "关于召开家长会的通知";
        assert_eq!(decode(&text.as_bytes()[..29]), Err(CharsetError::Malformed(Charset::Utf8, 28)));
        let mut broken = text.as_bytes().to_vec();
        broken[4] = b'?';
        assert_eq!(decode(&broken), Err(CharsetError::Malformed(Charset::Utf8, 4)));
        assert_eq!(decode(b"\xB9\xAB\xB8"), Err(CharsetError::Malformed(Charset::Gb18030, 3)));
        assert_eq!(decode(b"abc\0\0\0"), Err(CharsetError::Nul(4)));
        assert_eq!(decode(&[0; 4096]), Err(CharsetError::Nul(1)));
        let mut half = utf16("\u{FEFF}通知", false);
        half.extend([0; 6]);
        assert!(matches!(decode(&half), Err(CharsetError::Nul(_))));
    }

    #[test]
    fn names_are_read_as_people_know_them() {
        assert_eq!(Charset::parse("ＧＢＫ"), Some(Charset::Gb18030));
        assert_eq!(Charset::parse("ANSI"), Some(Charset::Gb18030));
        assert_eq!(Charset::parse("UTF_8"), Some(Charset::Utf8));
        assert_eq!(Charset::parse("Unicode"), Some(Charset::Utf16Le));
        assert_eq!(Charset::parse("latin-1"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode(&bytes);
            for charset in [Charset::Utf8, Charset::Gb18030, Charset::Utf16Le, Charset::Utf16Be] {
                let _ = charset.decode(&bytes);
            }
        }

        #[test]
        fn chinese_sentences_survive_every_encoding(text in "[\u{4E00}-\u{4FFF}]{6,20}，[a-z0-9]{0,5}。") {
            prop_assert_eq!(decode(text.as_bytes()).unwrap(), text.clone());
            prop_assert_eq!(decode(&gbk(&text)).unwrap(), text.clone());
            prop_assert_eq!(decode(&utf16(&format!("\u{FEFF}{text}"), false)).unwrap(), text);
        }
    }
}
