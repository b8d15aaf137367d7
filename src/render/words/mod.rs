//! Where do words begin? Chinese writes none of it; a dictionary knows, with how rare each word is: of all ways to
//! cut a text into words the likeliest is taken. Asked only where a break inside a word would hurt.
//!
//! `make-words.py` beside this file makes the dictionary; `terms.txt` are words of schools in it.

use super::marks::is_han;

/// Single characters that belong to the word before them: 家长|会, 一年|级, 气象|台.
const SUFFIXES: &str = "会台场楼费级园局县校生员部处科股站院区市省镇乡村街路期率表书证单者性化权量额款学年月日时分号人名份件套间层个家室厅司所队组班课节版本权法案办岁届次条项线点度式型制";

/// The dictionary, a hash table; `make-words.py` says what its bytes mean.
static WORDS: &[u8] = include_bytes!("words.bin");

/// The longest words in it have so many characters.
const LONGEST: usize = 5;

/// A character that is no word of the dictionary is rarer than any that is.
const UNKNOWN: u32 = 300;

/// What a character is in its word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// A word begins with it.
    First,
    /// The second part of a compound begins with it.
    Second,
    Inside,
}

/// The hash of a word, character by character.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    const EMPTY: Self = Self(0xCBF2_9CE4_8422_2325);

    fn and(self, c: char) -> Self {
        Self((self.0 ^ u64::from(u32::from(c))).wrapping_mul(0x100_0000_01B3))
    }

    /// How rare the word is: 16 times the natural logarithm of how many others there are for one of it; `None` if the
    /// dictionary lacks it.
    fn rarity(self) -> Option<u32> {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        let mixed = mixed ^ (mixed >> 32);
        let slots = WORDS.len() / 4;
        let first = (((mixed & 0xFFFF_FFFF) * slots as u64) >> 32) as usize;
        // A third of the slots is free, and ends the search.
        for slot in (first..slots).chain(0..first) {
            let bytes = WORDS[slot * 4..].first_chunk().copied().unwrap_or_default();
            let entry = u32::from_le_bytes(bytes);
            if entry == 0 {
                break;
            }
            if u64::from(entry >> 8) == mixed >> 40 {
                return Some(entry & 0xFF);
            }
        }
        None
    }
}

fn is_word(chars: &[char]) -> bool {
    chars.iter().fold(Hash::EMPTY, |hash, c| hash.and(*c)).rarity().is_some()
}

/// What each of `chars` is in its word.
pub(super) fn places(chars: &[char]) -> Vec<Place> {
    // From each character on: how rare the likeliest words to the end are, and how long the first of them is.
    let mut ways: Vec<(u32, u8)> = vec![(0, 1); chars.len() + 1];
    for n in (0..chars.len()).rev() {
        ways[n] = if is_han(chars[n]) { likeliest(&chars[n..], &ways[n + 1..]) } else { (ways[n + 1].0, 1) };
    }
    let mut out = vec![Place::Inside; chars.len()];
    let mut n = 0;
    while n < chars.len() {
        let length = usize::from(ways[n].1);
        out[n] = Place::First;
        // 有限|公司 may be parted if a line holds no more, 一丝不苟 may not.
        if length >= 4 && is_word(&chars[n..n + 2]) && is_word(&chars[n + 2..n + length]) {
            out[n + 2] = Place::Second;
        }
        n += length;
    }
    for n in 1..chars.len() {
        // Letters and figures are no words each.
        let plain = |n: usize| !is_han(chars[n]) && chars[n].is_alphanumeric();
        let alone = out[n] == Place::First && out.get(n + 1).is_none_or(|place| *place == Place::First);
        if plain(n - 1) && plain(n) || alone && is_han(chars[n - 1]) && SUFFIXES.contains(chars[n]) {
            out[n] = Place::Inside;
        }
    }
    out
}

/// How rare the likeliest words that `chars` begin with are, `after` being those behind each of them, and how long the
/// first is.
fn likeliest(chars: &[char], after: &[(u32, u8)]) -> (u32, u8) {
    let mut hash = Hash::EMPTY;
    let mut best = (UNKNOWN + after[0].0, 1);
    for (n, c) in chars.iter().take(LONGEST).enumerate() {
        if !is_han(*c) {
            break;
        }
        hash = hash.and(*c);
        if let Some(rarity) = hash.rarity() {
            let way = (rarity + after[n].0, n as u8 + 1);
            if way.0 < best.0 {
                best = way;
            }
        }
    }
    best
}

/// How many characters the first word of `chars` has; looks at the first six only.
pub(super) fn first_word(chars: &[char]) -> usize {
    let chars = &chars[..chars.len().min(6)];
    let mut behind = places(chars).into_iter().skip(1);
    behind.position(|place| place == Place::First).map_or(chars.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_keep_their_suffix() {
        for expected in [
            "召开|家长会|，|请|准时|参加",
            "初中|招生",
            "县|气象台|发布|台风|橙色·预警",
            "秋季|小学|一年级",
            "规范|中小学|课后·服务|的|提示",
            "教师|带领|的|情况下|游泳",
            "作息·时间|调整",
            "持|户口簿",
            "务工·合同|或|营业·执照",
            "课后·服务费|由|家长|承担",
            "经|安全·排查|，|全县|中小学",
            "凡|年满|六|周岁|的|儿童",
            "请|凭|接送卡|从|东门|入校",
            "86|英寸|交互式|一体机|24|台",
            "不得|骑|电动·自行车|上路",
            "联系|电话|0598|-|2867123",
        ] {
            let chars: Vec<char> = expected.chars().filter(|c| !matches!(c, '|' | '·')).collect();
            let mut out = String::new();
            for (n, (c, place)) in chars.iter().zip(places(&chars)).enumerate() {
                match place {
                    Place::First if n > 0 => out.push('|'),
                    Place::Second => out.push('·'),
                    _ => {}
                }
                out.push(*c);
            }
            assert_eq!(out, expected);
        }
        assert_eq!(first_word(&"收取任何".chars().collect::<Vec<_>>()), 2);
        assert_eq!(first_word(&[]), 0);
        assert!(places(&[]).is_empty());
    }

    #[test]
    fn the_dictionary_holds_all_terms() {
        for term in include_str!("terms.txt").split_whitespace() {
            assert!(is_word(&term.chars().collect::<Vec<_>>()), "{term}: make-words.py was not run");
        }
        for word in ["学校", "的", "公告"] {
            assert!(is_word(&word.chars().collect::<Vec<_>>()), "{word}");
        }
        for other in ["校学", "告公", "学校公告"] {
            assert!(!is_word(&other.chars().collect::<Vec<_>>()), "{other}");
        }
    }
}
