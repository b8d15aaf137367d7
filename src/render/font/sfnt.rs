//! What must be known of a TrueType file before its parser gets it: which font of a collection is the simplified
//! Chinese one (a `.ttc` of Noto or Source Han begins with the Japanese font, whose shapes of 直 and 骨 are
//! wrong here), and whether its glyphs can be put together in bounded time.

/// Index of the first font whose family name marks it as simplified Chinese; 0 if none does.
pub(super) fn chinese_face(bytes: &[u8]) -> u32 {
    if !bytes.starts_with(b"ttcf") {
        return 0;
    }
    let count = u32_at(bytes, 8).unwrap_or(0).min(256);
    (0..count)
        .find(|n| {
            let font = u32_at(bytes, 12 + 4 * *n as usize).map(|at| at as usize);
            font.and_then(|font| family(bytes, font)).is_some_and(|name| is_chinese(&name))
        })
        .unwrap_or(0)
}

/// A glyph is put together from at most so many parts, and from parts of parts at most so deep. Real fonts stay
/// below 10 and 4; parts that name each other over 32 levels would keep the parser busy for ever.
const MAX_PARTS: u32 = 256;
const MAX_DEPTH: u32 = 8;

/// What is wrong with the glyphs of font number `face` that are put together from others; only fonts with a `glyf`
/// table have such. Looks at each glyph once.
pub(super) fn composite_fault(bytes: &[u8], face: u32) -> Option<String> {
    let font = if bytes.starts_with(b"ttcf") { u32_at(bytes, 12 + 4 * face as usize)? as usize } else { 0 };
    let glyphs = Glyphs {
        data: bytes.get(table(bytes, font, *b"glyf")?..)?,
        places: bytes.get(table(bytes, font, *b"loca")?..)?,
        long: u16_at(bytes, table(bytes, font, *b"head")? + 50)? != 0,
    };
    let count = u16_at(bytes, table(bytes, font, *b"maxp")? + 4)?;
    let mut parts = vec![0; usize::from(count)];
    (0..count).find_map(|id| match glyphs.parts(id, 0, &mut parts) {
        1..=MAX_PARTS => None,
        _ => Some(format!("its glyph {id} is put together from more than {MAX_PARTS} parts, or too deep")),
    })
}

struct Glyphs<'a> {
    data: &'a [u8],
    /// The table `loca`.
    places: &'a [u8],
    /// Whether that table has four bytes a glyph.
    long: bool,
}

impl Glyphs<'_> {
    /// How many glyphs are drawn for glyph `id`, itself included; more than [`MAX_PARTS`] if too many. `known` has
    /// what was found before, 0 for nothing yet.
    fn parts(&self, id: u16, depth: u32, known: &mut [u32]) -> u32 {
        if let Some(found) = known.get(usize::from(id)).filter(|found| **found > 0) {
            return *found;
        }
        let mut sum = 1;
        if depth > MAX_DEPTH {
            return MAX_PARTS + 1;
        }
        for part in self.components(id) {
            sum += self.parts(part, depth + 1, known);
            if sum > MAX_PARTS {
                break;
            }
        }
        if let Some(slot) = known.get_mut(usize::from(id)) {
            *slot = sum;
        }
        sum
    }

    /// The glyphs that glyph `id` names; none if it is a simple one or lies outside the file.
    fn components(&self, id: u16) -> Vec<u16> {
        self.read_components(id).unwrap_or_default()
    }

    fn read_components(&self, id: u16) -> Option<Vec<u16>> {
        let id = usize::from(id);
        let start = if self.long {
            u32_at(self.places, id * 4)? as usize
        } else {
            usize::from(u16_at(self.places, id * 2)?) * 2
        };
        let glyph = self.data.get(start..)?;
        let mut out = Vec::new();
        // A negative number of contours says that it is put together.
        if u16_at(glyph, 0)? & 0x8000 == 0 {
            return Some(out);
        }
        let mut at = 10;
        while let (Some(flags), Some(part)) = (u16_at(glyph, at), u16_at(glyph, at + 2)) {
            out.push(part);
            let words = if flags & 0x01 != 0 { 4 } else { 2 };
            let scale = match flags {
                _ if flags & 0x08 != 0 => 2,
                _ if flags & 0x40 != 0 => 4,
                _ if flags & 0x80 != 0 => 8,
                _ => 0,
            };
            at += 4 + words + scale;
            if flags & 0x20 == 0 || out.len() > MAX_PARTS as usize {
                break;
            }
        }
        Some(out)
    }
}

/// Where a table of the font whose table directory lies at `font` begins.
fn table(bytes: &[u8], font: usize, tag: [u8; 4]) -> Option<usize> {
    let tables = usize::from(u16_at(bytes, font + 4)?);
    let record =
        (0..tables).map(|n| font + 12 + 16 * n).find(|at| bytes.get(*at..at + 4) == Some(&tag[..]))?;
    Some(u32_at(bytes, record + 8)? as usize)
}

fn is_chinese(family: &str) -> bool {
    family.split_whitespace().any(|word| matches!(word, "SC" | "GB" | "CN" | "GB18030"))
        || family.contains("Simplified")
}

/// The first Unicode family name of the font whose table directory lies at `font`.
fn family(bytes: &[u8], font: usize) -> Option<String> {
    let names = table(bytes, font, *b"name")?;
    let count = usize::from(u16_at(bytes, names + 2)?);
    let strings = names + usize::from(u16_at(bytes, names + 4)?);
    for n in 0..count {
        let at = names + 6 + 12 * n;
        let (platform, kind) = (u16_at(bytes, at)?, u16_at(bytes, at + 6)?);
        if matches!(platform, 0 | 3) && kind == 1 {
            let length = usize::from(u16_at(bytes, at + 8)?);
            let start = strings + usize::from(u16_at(bytes, at + 10)?);
            let units = bytes.get(start..start + length)?.chunks_exact(2);
            let units = units.map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            return Some(char::decode_utf16(units).filter_map(Result::ok).collect());
        }
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..)?.get(..2)?;
    Some(u16::from_be_bytes([pair[0], pair[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.get(..4)?;
    Some(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A collection with nothing but names.
    fn collection(families: &[&str]) -> Vec<u8> {
        let mut out = b"ttcf\0\x01\0\0".to_vec();
        out.extend((families.len() as u32).to_be_bytes());
        let mut at = 12 + 4 * families.len();
        let mut body = Vec::new();
        for name in families {
            out.extend((at as u32).to_be_bytes());
            let text: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let mut font = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            font.extend(*b"name\0\0\0\0");
            font.extend(((at + 28) as u32).to_be_bytes());
            font.extend([0; 4]);
            font.extend([0, 0, 0, 1, 0, 18, 0, 3, 0, 1, 4, 9, 0, 1]);
            font.extend((text.len() as u16).to_be_bytes());
            font.extend([0, 0]);
            font.extend(text);
            at += font.len();
            body.extend(font);
        }
        out.extend(body);
        out
    }

    /// A font whose glyph n is put together from `width` times glyph n + 1, `depth` levels deep.
    fn nested(width: usize, depth: u16) -> Vec<u8> {
        let (mut data, mut places) = (Vec::new(), Vec::new());
        for level in 0..depth {
            places.extend((data.len() as u32).to_be_bytes());
            data.extend([0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0]);
            for n in 0..width {
                let more = u16::from(n + 1 < width) * 0x20;
                data.extend([more.to_be_bytes(), (level + 1).to_be_bytes(), [0, 0]].concat());
            }
        }
        places.extend((data.len() as u32).to_be_bytes());
        data.extend([0; 10]);
        let mut head = vec![0; 54];
        head[51] = 1;
        let maxp = [vec![0, 1, 0, 0], (depth + 1).to_be_bytes().to_vec()].concat();
        let tables = [(b"glyf", data), (b"head", head), (b"loca", places), (b"maxp", maxp)];
        let mut out = vec![0, 1, 0, 0, 0, tables.len() as u8, 0, 0, 0, 0, 0, 0];
        let mut at = 12 + 16 * tables.len();
        for (tag, body) in &tables {
            out.extend(
                [&tag[..], &[0; 4], &(at as u32).to_be_bytes(), &(body.len() as u32).to_be_bytes()].concat(),
            );
            at += body.len();
        }
        out.extend(tables.into_iter().flat_map(|(_, body)| body));
        out
    }

    #[test]
    fn glyphs_that_unfold_without_end_are_found() {
        assert_eq!(composite_fault(&nested(3, 4), 0), None, "as real fonts do");
        for (width, depth) in [(40, 30), (2, 30), (1, 30), (300, 1), (16, 3)] {
            let fault = composite_fault(&nested(width, depth), 0).unwrap_or_default();
            assert!(fault.contains("more than 256 parts"), "{width} wide, {depth} deep: {fault}");
        }
        // A glyph that names itself.
        let mut circle = nested(1, 1);
        let glyph = circle.iter().skip(76).position(|byte| *byte == 0xFF).unwrap() + 76;
        circle[glyph + 13] = 0;
        assert!(composite_fault(&circle, 0).is_some());
        let whole = nested(3, 4);
        for cut in 0..whole.len() {
            composite_fault(&whole[..cut], 0);
        }
    }

    #[test]
    fn the_chinese_font_is_found_among_its_sisters() {
        let file = collection(&["Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans CJK SC"]);
        assert_eq!(chinese_face(&file), 2);
        assert_eq!(chinese_face(&collection(&["A", "B"])), 0);
        assert_eq!(chinese_face(b"OTTO"), 0);
        for cut in 0..file.len() {
            chinese_face(&file[..cut]);
        }
    }
}
