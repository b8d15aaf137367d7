//! Which characters of a text are meant? What came in by copying (marks that take no room, look-alike
//! radicals, typed indents) goes; what cannot be drawn rightly is named, so that it can be refused.

use unicode_normalization::UnicodeNormalization as _;
use unicode_script::{Script, UnicodeScript as _};

use crate::text::is_invisible;

/// A whole line: cleaned as by [`fragment`], without typed indent and without spaces at its end.
pub fn line(text: &str) -> String {
    fragment(text).trim_matches([' ', '\u{3000}']).to_owned()
}

/// A piece of a line: invisible and control characters go, every space but the full-width one becomes
/// ` `, radicals become hanzi, letters and their accents become one character.
pub fn fragment(text: &str) -> String {
    if text.bytes().all(|b| (0x20..0x7F).contains(&b)) {
        return text.to_owned();
    }
    let (mut out, mut before) = (String::with_capacity(text.len()), ' ');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let kept = character(c).or_else(|| makes_one_sign(before, c, chars.peek().copied()).then_some(c));
        if let Some(c) = kept {
            out.push(c);
            before = c;
        }
    }
    out.nfc().collect()
}

/// Whether `c`, which takes no room itself, makes one sign of several: a family of emoji, the flag of a region.
/// Dropped, it would leave other signs than were meant; so it stays, to be refused.
fn makes_one_sign(before: char, c: char, after: Option<char>) -> bool {
    let pictograph = |c| matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}');
    match c {
        JOINER => pictograph(before) && after.is_some_and(pictograph),
        FIRST_TAG..=LAST_TAG => before == '\u{1F3F4}' || matches!(before, FIRST_TAG..=LAST_TAG),
        _ => false,
    }
}

/// Zero-width joiner.
const JOINER: char = '\u{200D}';
/// Tags: letters that spell a region behind a black flag.
const FIRST_TAG: char = '\u{E0020}';
const LAST_TAG: char = '\u{E007F}';

fn character(c: char) -> Option<char> {
    match c {
        // A vertical tab is Word's line break within a paragraph.
        '\t'
        | '\u{B}'
        | '\u{C}'
        | '\u{85}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{A0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200A}'
        | '\u{202F}'
        | '\u{205F}' => Some(' '),
        // Kept, to be refused: a reviewer's editor shows the text behind it in another order.
        '\u{202B}' | '\u{202E}' | '\u{2067}' => Some(c),
        _ if c.is_control() || is_invisible(c) => None,
        // NFKC maps each Kangxi radical to its hanzi.
        '\u{2F00}'..='\u{2FD5}' => std::iter::once(c).nfkc().next(),
        '\u{2E80}'..='\u{2EF3}' => Some(radical(c)),
        _ => Some(c),
    }
}

/// The hanzi for a radical of the CJK supplement where the radical is a word by itself: the ones that
/// copying out of a PDF yields (Unicode's `EquivalentUnifiedIdeograph.txt`).
fn radical(c: char) -> char {
    const WORDS: &str = "⺁厂⺟母⺠民⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻯竜⻰龙⻳龟⻲亀⺩王⻗雨⺼月⺝月⺜日⻑長⻫斉⻭歯⻱龜";
    let mut words = WORDS.chars();
    while let (Some(radical), Some(word)) = (words.next(), words.next()) {
        if radical == c {
            return word;
        }
    }
    c
}

/// Why `c` is refused: the name of its script or class. `None` for what a font may draw one by one.
///
/// Allowed are scripts whose characters stand side by side as they are. Scripts that run from right to
/// left, join, reorder or stack (Arabic, Hebrew, Tibetan, Mongolian, Thai, Devanagari …) would be drawn
/// wrong, and a private-use or replacement character means that text was lost before it came here.
pub fn refused(c: char) -> Option<&'static str> {
    match c {
        '\0'..='\u{24F}' => return None,
        '\u{FFFD}' => return Some("replacement character"),
        '\u{202B}' | '\u{202E}' | '\u{2067}' => return Some("right-to-left control"),
        // One sign of several characters needs a font that knows the whole: drawn one by one it would be another.
        JOINER | FIRST_TAG..=LAST_TAG | '\u{1F1E6}'..='\u{1F1FF}' | '\u{1F3FB}'..='\u{1F3FF}' => {
            return Some("emoji sequence");
        }
        '\u{20D0}'..='\u{20FF}' => return Some("enclosing or combining mark"),
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => return Some("private use"),
        // Marks and digits in these blocks are Common or Inherited, and as hard to draw.
        '\u{0590}'..='\u{08FF}'
        | '\u{FB1D}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}' => return Some(script_or(c, "right-to-left")),
        '\u{0900}'..='\u{109F}' => return Some(script_or(c, "Indic")),
        _ => {}
    }
    match c.script() {
        Script::Common
        | Script::Inherited
        | Script::Unknown
        | Script::Latin
        | Script::Greek
        | Script::Cyrillic
        | Script::Armenian
        | Script::Georgian
        | Script::Han
        | Script::Hiragana
        | Script::Katakana
        | Script::Bopomofo
        | Script::Hangul
        | Script::Yi
        | Script::Lisu
        | Script::Braille
        | Script::Cherokee
        | Script::Ethiopic
        | Script::Runic => None,
        other => Some(other.full_name()),
    }
}

fn script_or(c: char, otherwise: &'static str) -> &'static str {
    match c.script() {
        Script::Common | Script::Inherited | Script::Unknown => otherwise,
        script => script.full_name(),
    }
}

/// The refused characters of `text`, each once, as `U+E000 private use`, at most eight; `None` if it has
/// none.
pub fn forbidden(text: &str) -> Option<String> {
    let mut found: Vec<(char, &str)> = Vec::new();
    for c in text.chars() {
        if let Some(name) = refused(c)
            && !found.iter().any(|(other, _)| *other == c)
        {
            found.push((c, name));
            if found.len() == 8 {
                break;
            }
        }
    }
    let names: Vec<String> = found.iter().map(|(c, name)| format!("U+{:04X} {name}", *c as u32)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_copying_brings_in_goes() {
        for (dropped, meant) in [
            ("　　各位家长", "各位家长"),
            ("\u{FEFF}通\u{200B}知\u{FE0F}", "通知"),
            ("a\u{A0}b\tc", "a b c"),
            ("⼈民⽇报 ⻓⻔⻅⻢", "人民日报 长门见马"),
            ("Cafe\u{301}", "Café"),
            ("王　伟", "王　伟"),
            ("完\u{1A}", "完"),
            ("第一段  ", "第一段"),
        ] {
            assert_eq!(line(dropped), meant);
        }
    }

    #[test]
    fn emoji_of_several_characters_are_refused_and_single_ones_are_not() {
        for (text, code) in [
            ("👨\u{200D}👩\u{200D}👧", "U+200D emoji sequence"),
            ("⛹\u{FE0F}\u{200D}♂\u{FE0F}", "U+200D emoji sequence"),
            ("👍🏽", "U+1F3FD emoji sequence"),
            ("🇨🇳", "U+1F1E8 emoji sequence, U+1F1F3"),
            ("🏴\u{E0067}\u{E0062}\u{E007F}", "U+E0067 emoji sequence"),
            ("1\u{FE0F}\u{20E3}", "U+20E3 enclosing"),
        ] {
            let found = forbidden(&line(text)).unwrap_or_default();
            assert!(found.contains(code), "{text}: {found}");
        }
        for (text, meant) in [
            ("☎\u{FE0F} ⚠\u{FE0F}", "☎ ⚠"),
            ("😀👍", "😀👍"),
            ("\u{200D}😀\u{200D}", "😀"),
            ("葛\u{E0101}通\u{200D}知", "葛通知"),
        ] {
            assert_eq!(line(text), meant);
            assert_eq!(forbidden(meant), None);
        }
    }

    #[test]
    fn scripts_that_need_shaping_are_named() {
        for (text, name) in [
            ("ئۇيغۇر", "Arabic"),
            ("שלום", "Hebrew"),
            ("བོད", "Tibetan"),
            ("ᠮᠣᠩ", "Mongolian"),
            ("ไทย", "Thai"),
            ("हिन्दी", "Devanagari"),
            ("ܫܠܡ", "Syriac"),
            ("\u{E000}", "U+E000 private use"),
            ("\u{100000}", "private use"),
            ("\u{FFFD}", "replacement"),
            ("收费\u{202E}051\u{202C}元", "U+202E right-to-left control"),
        ] {
            assert!(forbidden(text).unwrap().contains(name), "{text}: {:?}", forbidden(text));
        }
        for text in ["公告 Notice 25°C ½ α Ж あ ア ㄅ 한 ꀀ ① ★ → 𬭊 ☎ 😀 café", ""] {
            assert_eq!(forbidden(text), None);
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in prop_oneof![any::<String>(), "[⛹♂🏴❤a\u{200D}\u{FE0F}\u{E0067}\u{E007F}]{0,8}"]) {
            let once = line(&text);
            prop_assert_eq!(line(&once), once.clone());
            prop_assert!(!once.chars().any(|c| c.is_control() || (is_invisible(c) && refused(c).is_none())));
        }
    }
}
