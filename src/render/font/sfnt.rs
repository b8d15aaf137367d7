//! Which font of a collection is the simplified Chinese one? A `.ttc` of Noto or Source Han begins with
//! the Japanese font, whose shapes of 直 and 骨 are wrong here.

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

fn is_chinese(family: &str) -> bool {
    family.split_whitespace().any(|word| matches!(word, "SC" | "GB" | "CN" | "GB18030"))
        || family.contains("Simplified")
}

/// The first Unicode family name of the font whose table directory lies at `font`.
fn family(bytes: &[u8], font: usize) -> Option<String> {
    let tables = usize::from(u16_at(bytes, font + 4)?);
    let record =
        (0..tables).map(|n| font + 12 + 16 * n).find(|at| bytes.get(*at..at + 4) == Some(b"name"))?;
    let names = u32_at(bytes, record + 8)? as usize;
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
