//! Text for controllers with a font ROM of their own, which is addressed by GB 2312 or GB 18030 codes.

use encoding_rs::{GB18030, GBK};

/// What a text frame is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Charset {
    /// UTF-8.
    Utf8,
    /// GB 2312-80 and ASCII: what does not fit becomes [`GETA`].
    Gb2312,
    /// GB 18030, which has every character.
    Gb18030,
}

/// 〓, the mark of East Asian typesetters for a type that they do not have; row 1, cell 94.
const GETA: [u8; 2] = [0xA1, 0xFE];

/// `text` in `charset`, and how many of its characters are not in it.
pub(super) fn encode(text: &str, charset: Charset) -> (Vec<u8>, usize) {
    match charset {
        Charset::Utf8 => (text.as_bytes().to_vec(), 0),
        Charset::Gb2312 => write(text, gb2312),
        Charset::Gb18030 => write(text, gb18030),
    }
}

fn write(text: &str, code: impl Fn(char, &mut Vec<u8>) -> Option<()>) -> (Vec<u8>, usize) {
    let mut out = Vec::with_capacity(text.len());
    let mut missing = 0;
    for c in text.chars() {
        if code(c, &mut out).is_none() {
            out.extend(GETA);
            missing += 1;
        }
    }
    (out, missing)
}

fn gb2312(c: char, out: &mut Vec<u8>) -> Option<()> {
    if c.is_ascii() {
        out.push(c as u8);
        return Some(());
    }
    // Tables of GB 2312 differ in these; both characters mean the same mark and are drawn alike.
    let c = match c {
        '―' => '—',
        '・' => '·',
        '〜' => '～',
        '⋯' => '…',
        c => c,
    };
    let mut utf8 = [0; 4];
    // GBK contains GB 2312, and writes a reference such as `&#183114;` for what it lacks.
    let (bytes, _, missing) = GBK.encode(c.encode_utf8(&mut utf8));
    let code = <[u8; 2]>::try_from(&*bytes).ok().filter(|code| !missing && is_gb2312(*code))?;
    out.extend(code);
    Some(())
}

/// Whether GB 2312-80 assigns this code: 682 marks and letters in rows 1 to 9, 6,763 hanzi in rows 16 to 87.
/// What GBK and GB 18030 put into the holes, most font ROMs leave blank.
fn is_gb2312([row, cell]: [u8; 2]) -> bool {
    match row {
        0xA1 | 0xA3 => matches!(cell, 0xA1..=0xFE),
        0xA2 => matches!(cell, 0xB1..=0xE2 | 0xE5..=0xEE | 0xF1..=0xFC),
        0xA4 => matches!(cell, 0xA1..=0xF3),
        0xA5 => matches!(cell, 0xA1..=0xF6),
        0xA6 => matches!(cell, 0xA1..=0xB8 | 0xC1..=0xD8),
        0xA7 => matches!(cell, 0xA1..=0xC1 | 0xD1..=0xF1),
        0xA8 => matches!(cell, 0xA1..=0xBA | 0xC5..=0xE9),
        0xA9 => matches!(cell, 0xA4..=0xEF),
        0xD7 => matches!(cell, 0xA1..=0xF9),
        0xB0..=0xF7 => matches!(cell, 0xA1..=0xFE),
        _ => false,
    }
}

fn gb18030(c: char, out: &mut Vec<u8>) -> Option<()> {
    let mut utf8 = [0; 4];
    let (bytes, _, missing) = GB18030.encode(c.encode_utf8(&mut utf8));
    (!missing).then(|| out.extend_from_slice(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gb_2312_has_as_many_codes_as_the_standard() {
        let codes = |rows: std::ops::RangeInclusive<u8>| {
            rows.flat_map(|row| (0..=0xFF).map(move |cell| [row, cell]))
                .filter(|code| is_gb2312(*code))
                .count()
        };
        assert_eq!((codes(0xA1..=0xA9), codes(0xB0..=0xF7), codes(0..=0xFF)), (682, 6763, 682 + 6763));
    }

    #[test]
    fn every_code_of_gb_2312_is_written_for_its_character() {
        for row in 0xA1..=0xF7 {
            for cell in (0xA1..=0xFE).filter(|cell| is_gb2312([row, *cell])) {
                let code = [row, cell];
                let (text, _, broken) = GBK.decode(&code);
                assert!(!broken);
                assert_eq!(encode(&text, Charset::Gb2312), (code.to_vec(), 0), "{text}");
            }
        }
    }

    #[test]
    fn what_has_two_names_is_one_code() {
        for (pair, code) in
            [("—―", [0xA1, 0xAA]), ("·・", [0xA1, 0xA4]), ("～〜", [0xA1, 0xAB]), ("…⋯", [0xA1, 0xAD])]
        {
            assert_eq!(encode(pair, Charset::Gb2312), ([code, code].concat(), 0), "{pair}");
        }
    }

    #[test]
    fn what_does_not_fit_is_a_geta_mark_and_is_counted() {
        // 䶮 is FE9F in GBK, 𬭊 a character reference, ⅰ and ɡ lie in GBK's part of rows 2 and 8.
        let (bytes, missing) = encode("a䶮啊𬭊ⅰɡ€龦😀\n", Charset::Gb2312);
        let geta = "〓";
        let expected = format!("a{geta}啊{}\n", geta.repeat(6));
        assert_eq!((GBK.decode(&bytes).0.into_owned(), missing), (expected, 7));
        assert_eq!(encode("〓", Charset::Gb2312), (GETA.to_vec(), 0), "the mark itself is no loss");
    }

    #[test]
    fn gb_18030_loses_nothing() {
        let text = "关于 2026 年䶮𬭊—―·・ɡé€😀\n";
        let (bytes, missing) = encode(text, Charset::Gb18030);
        assert_eq!((GB18030.decode(&bytes).0.into_owned(), missing), (text.to_owned(), 0));
        assert_eq!(encode(text, Charset::Utf8), (text.as_bytes().to_vec(), 0));
    }
}
