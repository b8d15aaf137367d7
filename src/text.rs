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

/// Splits into runs of digits and others, so that 2 sorts before 10.
pub fn natural_cmp(a: &str, b: &str) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    let (a, b) = (fold_width(a), fold_width(b));
    let (mut x, mut y) = (a.as_str(), b.as_str());
    loop {
        let (Some(c), Some(d)) = (x.chars().next(), y.chars().next()) else {
            return x.len().cmp(&y.len()).then_with(|| a.cmp(&b));
        };
        let order = if c.is_ascii_digit() && d.is_ascii_digit() {
            let (m, rest_x) = take_digits(x);
            let (n, rest_y) = take_digits(y);
            (x, y) = (rest_x, rest_y);
            m.len().cmp(&n.len()).then_with(|| m.cmp(n))
        } else {
            (x, y) = (&x[c.len_utf8()..], &y[d.len_utf8()..]);
            c.cmp(&d)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The leading digits without leading zeros, and what follows.
fn take_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
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
    fn names_compare_without_width_and_spaces() {
        assert_eq!(fold_name("王　伟"), fold_name("王\u{200B}伟"));
        assert_eq!(fold_name("ＡＢ c"), "abc");
    }
}
