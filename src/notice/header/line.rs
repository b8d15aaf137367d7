//! What is one line: blank, a fence, a comment, a key with its value, an item of a list, or text?

use super::Key;
use crate::notice::clean;

/// A line of a file, cleaned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Line {
    /// Nothing on it.
    Blank,
    /// Three or more dashes of any kind.
    Fence,
    /// `# …`, which YAML ignores.
    Comment,
    /// A known key.
    Known(Key, Pair),
    /// A word that could be a key, and a value.
    Unknown(Pair),
    /// `- …`
    Item(String),
    /// Anything else.
    Text(String),
}

/// What stands before and behind the colon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pair {
    pub(super) written: String,
    pub(super) value: String,
}

impl Line {
    pub(super) fn read(raw: &str) -> Self {
        // No line of a header is longer; of longer ones the beginning tells what they are.
        let text = clean::line(raw);
        if text.is_empty() {
            return Self::Blank;
        }
        if is_fence(&text) {
            return Self::Fence;
        }
        if text.starts_with(['#', '＃']) {
            return Self::Comment;
        }
        let pair = split(&text);
        if let Some(pair) = &pair
            && let Some(key) = Key::find(&pair.written)
        {
            return Self::Known(key, pair.clone());
        }
        if let Some(item) =
            text.strip_prefix(['-', '•', '·', '－']).filter(|rest| rest.starts_with([' ', '　']))
        {
            return Self::Item(item.trim_matches([' ', '　']).to_owned());
        }
        match pair {
            Some(pair) if could_be_key(&pair) => Self::Unknown(pair),
            _ => Self::Text(text),
        }
    }

    /// The key, if it is a known one.
    pub(super) fn key(&self) -> Option<Key> {
        match self {
            Self::Known(key, _) => Some(*key),
            _ => None,
        }
    }

    /// Whether it is an unknown key that must be a slip of the pen.
    pub(super) fn is_misspelt(&self) -> bool {
        matches!(self, Self::Unknown(pair) if super::keys::is_misspelt(&pair.written))
    }
}

/// Three or more dashes, also full-width ones and those that word processors make of them.
pub(in crate::notice) fn is_fence(line: &str) -> bool {
    const DASHES: &[char] = &['-', '－', '—', '─', '–', '―', '━', '‐', '‑', '−', '﹣', '﹘'];
    let mut count = 0;
    for c in line.chars() {
        if DASHES.contains(&c) {
            count += 1;
        } else if c != ' ' && c != '　' {
            return false;
        }
    }
    count >= 3
}

fn split(text: &str) -> Option<Pair> {
    const COLONS: &[char] = &[':', '：', '﹕', '︰', '∶', '︓'];
    let at = text.find(COLONS)?;
    let written = text[..at].trim_matches([' ', '　']);
    let value = text[at..].trim_start_matches(|c| COLONS[1..].contains(&c) || c == ':');
    let length = written.chars().count();
    // `**标题：** 公告`: the emphasis closes behind the colon.
    let value = if written.starts_with("**") { value.trim_start_matches("**") } else { value };
    (1..=24)
        .contains(&length)
        .then(|| Pair { written: written.to_owned(), value: value.trim_matches([' ', '　']).to_owned() })
}

/// A short word without punctuation or digits only, and not the scheme of a URL.
fn could_be_key(pair: &Pair) -> bool {
    let word = |c: char| c.is_alphanumeric() || " 　_-*【】[]\"'“”（）()、".contains(c);
    pair.written.chars().all(word)
        && pair.written.chars().any(char::is_alphabetic)
        && !pair.written.starts_with(|c: char| c.is_numeric())
        && !pair.value.starts_with("//")
        && (pair.written.is_ascii() || pair.written.chars().count() <= 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_are_dashes_of_any_kind() {
        for line in ["---", "－－－", "———", "——————————", "───", " ---- ", "- - -", "–––"]
        {
            assert_eq!(Line::read(line), Line::Fence, "{line}");
        }
        for line in ["--", "——", "--- a", "===", "***"] {
            assert_ne!(Line::read(line), Line::Fence, "{line}");
        }
    }

    #[test]
    fn keys_and_values_part_at_the_first_colon() {
        for line in [
            "标题:公告",
            "标题：公告",
            "　标题 ： 　公告 ",
            "**标题：** 公告",
            "- 标题: 公告",
            "ＴＩＴＬＥ﹕公告",
            "\"标题\": 公告",
        ] {
            match Line::read(line) {
                Line::Known(Key::Title, pair) => assert_eq!(pair.value, "公告", "{line}"),
                other => panic!("{line}: {other:?}"),
            }
        }
        assert!(matches!(Line::read("类型别: 其他"), Line::Unknown(_)));
        for line in
            ["8:00—11:30报名", "http://example.org", "请注意，以下：一", "各位家长", "2026年9月1日：开学"]
        {
            assert!(matches!(Line::read(line), Line::Text(_)), "{line}");
        }
    }
}
