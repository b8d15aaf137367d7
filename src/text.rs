//! Folding of text for comparison: what looks the same to a clerk compares as the same.

use unicode_normalization::UnicodeNormalization as _;

/// Full-width letters, digits and marks become their ASCII forms (NFKC). For comparing and for reading
/// values, never for what is drawn.
pub fn fold_width(text: &str) -> String {
    text.nfkc().collect()
}

/// For comparing names and keys: width folded, all white space and invisible characters gone, lower case.
pub fn fold_name(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace() && !is_invisible(*c)).flat_map(char::to_lowercase).collect()
}

/// Characters that take no room and change nothing that a reader sees: BOM, zero-width characters,
/// bidirectional controls, variation selectors, soft hyphen, tags.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Appends `c` so that it is text wherever HTML has text or a quoted attribute: the one place that knows
/// which characters could become markup.
pub fn push_html(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
}

/// A key whose byte order is natural order: 2 sorts before 10, width does not count. Equal keys belong to
/// names that a person would call the same; compare the names themselves to tell them apart.
pub fn natural_key(text: &str) -> Box<[u8]> {
    let folded = fold_width(text);
    let mut key = Vec::with_capacity(folded.len() + 8);
    let mut rest = folded.as_str();
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let digits = rest[..end].trim_start_matches('0');
            // A run of digits sorts where digits do, then by its length, then by its value.
            key.push(b'0');
            key.extend((digits.len() as u16).to_be_bytes());
            key.extend(digits.bytes());
            rest = &rest[end..];
        } else {
            let (one, after) = rest.split_at(c.len_utf8());
            key.extend(one.bytes());
            rest = after;
        }
    }
    key.into()
}

/// Natural order, and where that cannot tell, plain order.
pub fn natural_cmp(a: &str, b: &str) -> std::cmp::Ordering {
    natural_key(a).cmp(&natural_key(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    #[test]
    fn two_sorts_before_ten() {
        assert_eq!(natural_cmp("2-通知.txt", "10-通知.txt"), Ordering::Less);
        assert_eq!(natural_cmp("０２.txt", "10.txt"), Ordering::Less);
        assert_eq!(natural_cmp("a", "a"), Ordering::Equal);
        assert_ne!(natural_cmp("01", "1"), Ordering::Equal, "the order is total");
    }

    #[test]
    fn nothing_becomes_markup() {
        let mut out = String::new();
        "<a b=\"c\" d='e'>&招".chars().for_each(|c| push_html(c, &mut out));
        assert_eq!(out, "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;招");
    }

    #[test]
    fn names_compare_without_width_and_spaces() {
        assert_eq!(fold_name("王　伟"), fold_name("王\u{200B}伟"));
        assert_eq!(fold_name("ＡＢ c"), "abc");
    }
}
