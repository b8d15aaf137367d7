//! Where do words begin? Chinese writes none of it; a dictionary knows. Asked only where a break inside a
//! word would hurt: in titles, between the pages of a strip, behind 不.

use std::sync::LazyLock;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};

use super::marks::is_han;

/// Single characters that belong to the word before them: 家长|会, 一年|级, 气象|台.
const SUFFIXES: &str = "会台场楼费级园局县校生员部处科股站院区市省镇乡村街路期率表书证单者性化权量额款学年月日时分号人名份件套间层个家室厅司所队组班课节版本权法案办岁届次条项线点度式型制";

static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// For each character whether a word begins there.
pub(super) fn starts(chars: &[char]) -> Vec<bool> {
    let text: String = chars.iter().collect();
    let mut ends = SEGMENTER.segment_str(&text).peekable();
    let mut out = Vec::with_capacity(chars.len());
    let mut byte = 0;
    for c in chars {
        while ends.next_if(|at| *at < byte).is_some() {}
        out.push(ends.next_if_eq(&byte).is_some());
        byte += c.len_utf8();
    }
    for n in 1..chars.len() {
        let alone = out[n] && out.get(n + 1).copied().unwrap_or(true);
        if alone && SUFFIXES.contains(chars[n]) && is_han(chars[n - 1]) {
            out[n] = false;
        }
    }
    out
}

/// How many characters the first word of `chars` has; looks at the first six only.
pub(super) fn first_word(chars: &[char]) -> usize {
    let chars = &chars[..chars.len().min(6)];
    starts(chars).iter().skip(1).position(|start| *start).map_or(chars.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_keep_their_suffix() {
        for expected in
            ["召开|家长会|，|请|准时|参加", "初中|招生", "县|气象台|发布|台风|橙色|预警", "秋季|小学|一年级"]
        {
            let chars: Vec<char> = expected.chars().filter(|c| *c != '|').collect();
            let mut out = String::new();
            for (n, (c, start)) in chars.iter().zip(starts(&chars)).enumerate() {
                if start && n > 0 {
                    out.push('|');
                }
                out.push(*c);
            }
            assert_eq!(out, expected);
        }
        assert_eq!(first_word(&"收取任何".chars().collect::<Vec<_>>()), 2);
        assert_eq!(first_word(&[]), 0);
        assert!(starts(&[]).is_empty());
    }
}
