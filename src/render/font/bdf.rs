//! Reads BDF, Adobe's Glyph Bitmap Distribution Format 2.1 and 2.2.

use super::{
    MAX_GLYPH_DOTS,
    bitmap::{BitmapFont, Shape},
    charset::Charset,
};

/// What stands before the glyphs.
#[derive(Default)]
struct Head {
    ascent: Option<i32>,
    descent: Option<i32>,
    bounding_box: Option<[i32; 4]>,
    registry: String,
    encoding: String,
    advance: Option<i32>,
}

/// One glyph while its lines are read.
#[derive(Default)]
struct Draft {
    code: Option<u32>,
    advance: Option<i32>,
    bounding_box: Option<[i32; 4]>,
    rows: Vec<u8>,
}

/// Reads a font; glyphs whose characters `wanted` refuses are left out. The error says what is wrong.
pub(super) fn read(bytes: &[u8], wanted: fn(char) -> bool) -> Result<BitmapFont, String> {
    if !bytes.starts_with(b"STARTFONT") {
        return Err("it does not begin with STARTFONT".to_owned());
    }
    let mut lines = bytes.split(|b| *b == b'\n').enumerate().map(|(n, line)| (n + 1, line.trim_ascii()));
    let head = read_head(&mut lines)?;
    let charset = Charset::named(&head.registry, &head.encoding);
    // Without properties the bounding box of all glyphs gives the line.
    let from_box = head.bounding_box.map(|[_, height, _, y]| (height.saturating_add(y), -y.max(-4096)));
    let ascent = head.ascent.or(from_box.map(|(ascent, _)| ascent)).ok_or("it gives no FONT_ASCENT")?;
    let descent = head.descent.or(from_box.map(|(_, descent)| descent)).ok_or("it gives no FONT_DESCENT")?;
    let mut font = BitmapFont::new(ascent, descent)?;
    let mut draft = Draft::default();
    while let Some((n, line)) = lines.next() {
        let (key, rest) = split(line);
        match key {
            b"STARTCHAR" => draft = Draft::default(),
            // `ENCODING -1 n` is a glyph outside the charset.
            b"ENCODING" => draft.code = numbers::<1>(rest).and_then(|[code]| u32::try_from(code).ok()),
            b"DWIDTH" => draft.advance = numbers::<1>(rest).map(|[x]| x),
            b"BBX" => draft.bounding_box = numbers::<4>(rest),
            b"BITMAP" => {
                let bounds = draft.bounding_box.or(head.bounding_box);
                let Some([width, height, left, y]) = bounds else {
                    return Err(format!("line {n}: BITMAP without BBX"));
                };
                let far = 0..=MAX_GLYPH_DOTS as i32;
                if !far.contains(&width) || !far.contains(&height) {
                    return Err(format!("line {n}: a glyph of {width}x{height} dots"));
                }
                draft.rows.clear();
                for _ in 0..height {
                    let (n, line) = lines.next().ok_or("it ends inside a glyph")?;
                    hex_row(line, (width as usize).div_ceil(8), &mut draft.rows)
                        .ok_or_else(|| format!("line {n}: not a row of {width} dots in hex"))?;
                }
                let chars: Vec<char> = draft
                    .code
                    .map_or(Vec::new(), |code| charset.chars(code))
                    .into_iter()
                    .filter(|c| wanted(*c))
                    .collect();
                if !chars.is_empty() {
                    let shape = Shape {
                        width: width as u32,
                        height: height as u32,
                        left,
                        rise: y.saturating_add(height),
                        advance: draft.advance.or(head.advance).unwrap_or(width),
                    };
                    font.add(&chars, shape, &draft.rows)?;
                }
            }
            b"ENDFONT" => return font.finish(),
            _ => {}
        }
    }
    Err("it ends without ENDFONT".to_owned())
}

/// Reads up to the line `CHARS`.
fn read_head<'a>(lines: &mut impl Iterator<Item = (usize, &'a [u8])>) -> Result<Head, String> {
    let mut head = Head::default();
    for (_, line) in lines {
        let (key, rest) = split(line);
        match key {
            b"CHARS" => return Ok(head),
            b"FONTBOUNDINGBOX" => head.bounding_box = numbers::<4>(rest),
            b"FONT_ASCENT" => head.ascent = numbers::<1>(rest).map(|[n]| n),
            b"FONT_DESCENT" => head.descent = numbers::<1>(rest).map(|[n]| n),
            b"DWIDTH" => head.advance = numbers::<1>(rest).map(|[n]| n),
            b"CHARSET_REGISTRY" => head.registry = unquoted(rest),
            b"CHARSET_ENCODING" => head.encoding = unquoted(rest),
            b"FONT" if head.registry.is_empty() => {
                // An XLFD name ends in registry and encoding; properties override it.
                let name = String::from_utf8_lossy(rest);
                let mut parts = name.rsplit('-');
                if let (true, Some(encoding), Some(registry)) =
                    (name.starts_with('-'), parts.next(), parts.next())
                {
                    (head.registry, head.encoding) = (registry.to_owned(), encoding.to_owned());
                }
            }
            _ => {}
        }
    }
    Err("it has no CHARS line".to_owned())
}

fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
    (&line[..end], line[end..].trim_ascii())
}

fn unquoted(value: &[u8]) -> String {
    String::from_utf8_lossy(value).trim_matches('"').chars().take(64).collect()
}

/// The first `N` whole numbers of a line.
fn numbers<const N: usize>(text: &[u8]) -> Option<[i32; N]> {
    let mut out = [0; N];
    let mut parts = text.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty());
    for slot in &mut out {
        *slot = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    }
    Some(out)
}

/// Appends one row of `stride` bytes; digits beyond them are dropped, as the format allows padding.
fn hex_row(line: &[u8], stride: usize, out: &mut Vec<u8>) -> Option<()> {
    let digit = |b: u8| (b as char).to_digit(16).map(|d| d as u8);
    if line.len() < stride * 2 {
        return None;
    }
    for pair in line.chunks_exact(2).take(stride) {
        out.push(digit(pair[0])? << 4 | digit(pair[1])?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FONT: &str = "STARTFONT 2.1\nFONT -x-y-medium-r-normal--8-80-72-72-c-80-ISO10646-1\nSIZE 8 72 72\n\
        FONTBOUNDINGBOX 8 8 0 -1\nSTARTPROPERTIES 2\nFONT_ASCENT 7\nFONT_DESCENT 1\nENDPROPERTIES\nCHARS 2\n\
        STARTCHAR A\nENCODING 65\nSWIDTH 500 0\nDWIDTH 6 0\nBBX 5 3 0 0\nBITMAP\n20\n50\nF8\nENDCHAR\n\
        STARTCHAR stray\nENCODING -1\nDWIDTH 6 0\nBBX 1 1 0 0\nBITMAP\n80\nENDCHAR\nENDFONT\n";

    #[test]
    fn a_glyph_keeps_its_dots_and_its_place() {
        for text in [FONT.to_owned(), FONT.replace('\n', "\r\n")] {
            let font = read(text.as_bytes(), |_| true).unwrap();
            assert_eq!((font.px(), font.ascent()), (8, 7));
            let glyph = font.glyph(font.number('A').unwrap(), 1).unwrap();
            assert_eq!((glyph.left, glyph.top, glyph.advance), (0, 4, 6));
            assert_eq!(glyph.ink, (0, 5));
            let super::super::Dots::Bits { rows, .. } = &glyph.dots else { unreachable!() };
            assert_eq!(**rows, [0x20, 0x50, 0xF8]);
            assert!(!font.has('B'));
        }
    }

    #[test]
    fn what_is_broken_is_named() {
        for (from, to, why) in [
            ("STARTFONT", "STOPFONT", "STARTFONT"),
            ("BBX 5 3", "BBX 5 4", "row"),
            ("BBX 5 3", "BBX 9 3", "row"),
            ("BBX 5 3", "BBX 99999 3", "99999"),
            ("BBX 5 3 0", "BBX 5 3 99999", "bounds"),
            ("FONT_ASCENT 7", "FONT_ASCENT 2147483647", "high"),
            ("ENDFONT", "", "ENDFONT"),
            ("F8", "G8", "hex"),
            ("CHARS 2", "", "CHARS"),
        ] {
            let err = read(FONT.replacen(from, to, 1).as_bytes(), |_| true).unwrap_err();
            assert!(err.contains(why), "{to}: {err}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn garbage_never_panics(at in 0usize..400, bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut font = FONT.as_bytes().to_vec();
            let at = at.min(font.len());
            let end = (at + bytes.len()).min(font.len());
            font.splice(at..end, bytes);
            let _ = read(&font, |_| true);
        }
    }
}
