//! What is known of a text before it has a size: where its lines may end, its phrases and its words.

use std::cell::OnceCell;

use super::{
    layout::Class,
    linebreak::{Break, breaks},
    marks::{Kind, closes_a_pair, ends_phrase, negates},
    words::{self, Place},
};
use crate::color::Ink;

/// A denial and what it denies take no more characters than this.
const MOST_DENIED: usize = 4;

/// A paragraph, ready to be measured at any size.
#[derive(Debug)]
pub(super) struct Text {
    chars: Vec<char>,
    kinds: Vec<Kind>,
    breaks: Vec<Break>,
    /// Whether some of its words may be parted with a hyphen.
    has_syllables: bool,
    /// How many letters stand before each character, and in all.
    letters: Vec<u32>,
    /// Before which characters phrases end and a line may well end, too: how good it is to end a page there.
    phrases: Vec<Option<Class>>,
    /// Where each ink ends.
    inks: Vec<(usize, Ink)>,
    /// How well a line ends before each character by its words, once somebody asks: [`odd_words`].
    words: OnceCell<Vec<u8>>,
}

impl Text {
    /// From runs of text, each in one ink.
    pub(super) fn new(spans: &[(&str, Ink)], keep: &[String]) -> Self {
        let bytes = spans.iter().map(|(text, _)| text.len()).sum();
        let (mut text, mut chars) = (String::with_capacity(bytes), Vec::with_capacity(bytes / 2));
        let (mut kinds, mut inks) = (Vec::with_capacity(bytes / 2), Vec::with_capacity(spans.len()));
        for (part, ink) in spans {
            text.push_str(part);
            chars.extend(part.chars());
            inks.push((chars.len(), *ink));
        }
        kinds.extend(chars.iter().map(|c| Kind::of(*c)));
        if !kinds.iter().any(|kind| kind.is_wide()) && chars.iter().any(|c| straight_quote(*c) != *c) {
            for (c, kind) in chars.iter_mut().zip(&mut kinds) {
                *c = straight_quote(*c);
                *kind = Kind::of(*c);
            }
            text = chars.iter().collect();
        }
        let breaks = breaks(&text, &chars, &kinds, keep);
        let mut seen = 0;
        let before = kinds.iter().map(|kind| {
            seen += u32::from(kind.is_letter());
            seen
        });
        let letters = std::iter::once(0).chain(before).collect();
        let phrases = phrases(&chars, &kinds, &breaks);
        let has_syllables = (1..chars.len()).any(|n| is_hyphenated(&chars, &breaks, n));
        Self { chars, kinds, breaks, has_syllables, letters, phrases, inks, words: OnceCell::new() }
    }

    /// Nothing to be seen.
    pub(super) fn is_blank(&self) -> bool {
        self.kinds.iter().all(|kind| kind.is_space())
    }

    /// How doubtful the end of a word before character `n` is, where a line may well end: how many of the two words that
    /// meet have one character only, or [`SEAM`]; `None` inside a word.
    pub(super) fn odd_words(&self, n: usize) -> Option<u32> {
        let known = self.words.get_or_init(|| odd_words(&self.chars, &self.kinds, &self.breaks));
        known.get(n).copied().filter(|odd| *odd != NO_WORD).map(u32::from)
    }

    /// Whether Han or their marks are among its characters.
    pub(super) fn is_chinese(&self) -> bool {
        self.kinds.iter().any(|kind| kind.is_wide())
    }

    /// Its characters.
    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// What kind each of them is.
    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// How good it is to end a line before character `n`.
    pub(super) fn level(&self, n: usize) -> Break {
        self.breaks.get(n).copied().unwrap_or(Break::Good)
    }

    /// How good it is to end a page before character `n`, if a phrase ends there.
    pub(super) fn phrase(&self, n: usize) -> Option<Class> {
        self.phrases.get(n).copied().flatten()
    }

    /// Whether some of its words may be parted with a hyphen.
    pub(super) fn has_syllables(&self) -> bool {
        self.has_syllables
    }

    /// Whether a line that ends before character `n` does so with a hyphen.
    pub(super) fn is_hyphenated(&self, n: usize) -> bool {
        self.has_syllables && is_hyphenated(&self.chars, &self.breaks, n)
    }

    /// How many letters, figures and Han stand from one character to another.
    pub(super) fn letters_between(&self, start: usize, end: usize) -> u32 {
        self.letters[end].saturating_sub(self.letters[start])
    }

    /// Where each ink ends.
    pub(super) fn inks(&self) -> &[(usize, Ink)] {
        &self.inks
    }

    /// Whether the dictionary was asked already.
    pub(super) fn knows_words(&self) -> bool {
        self.words.get().is_some()
    }

    /// Half ems, roughly: for bounds before measuring.
    pub(super) fn half_ems(&self) -> u64 {
        self.kinds.iter().map(|kind| 1 + u64::from(kind.is_wide())).sum()
    }

    /// Whether what ends before character `n` denies what goes on behind it.
    pub(super) fn denies(&self, n: usize) -> bool {
        let before = (n.saturating_sub(MOST_DENIED)..n).rev();
        before.take_while(|at| self.kinds[*at].is_letter()).any(|at| negates(self.chars[at]))
    }

    /// Whether a figure begins with character `n`, and no day: it belongs to the name before it.
    pub(super) fn is_amount(&self, n: usize) -> bool {
        if self.kinds[n].is_han() || !self.kinds[n].is_letter() {
            return false;
        }
        let digits = self.chars[n..].iter().take_while(|c| c.is_ascii_digit()).count();
        // 2026年 and 7月, not 5年 and 3日.
        !matches!((digits, self.chars.get(n + digits)), (_, Some('月')) | (4, Some('年')))
    }

    /// How good it is to end a page that begins with character `from` before character `n`, if a word ends there and a
    /// line may well end.
    pub(super) fn word_end(&self, from: usize, n: usize) -> Option<Class> {
        let odd = self.odd_words(n).filter(|_| self.level(n) == Break::Good)?;
        // A name belongs to its figure, the first words of a phrase to the others.
        let figure = self.is_amount(n);
        // 未满十二周岁的|学生: without the first part the second says more than is meant.
        let named = self.chars[n - 1] == '的';
        // Two letters more and the phrase would be whole.
        let last = (n + 2..=n + 3).any(|at| at >= self.chars.len() || self.phrase(at).is_some());
        let first = (n.saturating_sub(2).max(from + 1)..n).any(|at| self.phrase(at).is_some());
        Some(match odd {
            _ if self.denies(n) || self.chars[n] == '的' => Class::Inside,
            odd if first || odd == u32::from(SEAM) => Class::Seam,
            0 if !figure && !last && !named => Class::Word,
            _ => Class::OddWord,
        })
    }
}

/// Whether a line that ends before character `n` does so with a hyphen.
fn is_hyphenated(chars: &[char], breaks: &[Break], n: usize) -> bool {
    n > 0
        && breaks.get(n) == Some(&Break::Part)
        && chars[n - 1].is_ascii_alphabetic()
        && chars[n].is_ascii_alphabetic()
}

/// Between the parts of a compound, behind 由 and before 的: more doubtful than between words of one character.
pub(super) const SEAM: u8 = 3;

/// No word begins there, or no line may well end.
const NO_WORD: u8 = u8::MAX;

/// Words of one character that go on with what follows: a part of a sentence begins with them.
const LEADS: &str =
    "不由在请为到从须应将以按经并且或及与和均凭持凡如对把被给让向往于因若则就也都已未无每各该本此可能会原";

/// Words of one character that belong to what stands before them.
const TRAILS: &str = "的了等者地得着过";

/// For each character how many of the two words that meet before it have one character only: a dictionary that cuts
/// off single ones has often cut a word in two, but for 由 or 的. [`NO_WORD`] where none begins or no line may well end.
fn odd_words(chars: &[char], kinds: &[Kind], breaks: &[Break]) -> Vec<u8> {
    let places = words::places(chars);
    let start = |n: usize| places.get(n).is_none_or(|place| *place == Place::First);
    let alone = |n: usize| kinds.get(n).is_some_and(|kind| kind.is_han()) && start(n) && start(n + 1);
    let odd = |(n, level): (usize, &Break)| match places.get(n) {
        _ if *level < Break::Part => NO_WORD,
        Some(Place::First) | None => {
            let left = n.checked_sub(1).filter(|left| alone(*left)).map(|left| chars[left]);
            let right = Some(n).filter(|right| alone(*right)).map(|right| chars[right]);
            let is = |c: Option<char>, among: &str| c.is_some_and(|c| among.contains(c));
            match (left, right) {
                _ if is(left, LEADS) || is(right, TRAILS) => SEAM,
                _ => {
                    u8::from(left.is_some() && !is(left, TRAILS))
                        + u8::from(right.is_some() && !is(right, LEADS))
                }
            }
        }
        Some(Place::Second) => SEAM,
        Some(Place::Inside) => NO_WORD,
    };
    breaks.iter().enumerate().map(odd).collect()
}

/// Where phrases end and a line may well end, too. A comma inside brackets ends none, unless what they hold is long.
fn phrases(chars: &[char], kinds: &[Kind], breaks: &[Break]) -> Vec<Option<Class>> {
    let mut found = vec![None; chars.len()];
    let mut closed = 0;
    for n in 1..chars.len() {
        if matches!(chars[n - 1], '（' | '(') {
            let inside = &chars[n..chars.len().min(n + MOST_IN_BRACKETS)];
            let end = inside.iter().position(|c| matches!(c, '）' | ')' | '。'));
            closed = end.filter(|at| inside[*at] != '。').map_or(closed, |at| closed.max(n + at));
        }
        if n > closed && breaks[n] == Break::Good {
            found[n] = phrase_class(chars, kinds, n);
        }
    }
    if found.contains(&Some(Class::Pause)) {
        lists(chars, kinds, &mut found);
    }
    found
}

/// Brackets that hold more than this are sentences of their own.
const MOST_IN_BRACKETS: usize = 40;

/// 全县中小学、|幼儿园7月24日停课: a list in front of what is said of it; who reads a page that has a part of it takes that
/// for all. It shows by its last item, which is much longer than the others: behind 和 where the list has one.
fn lists(chars: &[char], kinds: &[Kind], found: &mut [Option<Class>]) {
    let letters = |part: std::ops::Range<usize>| kinds[part].iter().filter(|kind| kind.is_letter()).count();
    let digit = |n: Option<usize>| n.and_then(|n| chars.get(n)).is_some_and(char::is_ascii_digit);
    // The clause, its last item, the longest before that.
    let (mut clause, mut item, mut longest) = (0, 0, 0);
    for n in 0..=chars.len() {
        match chars.get(n) {
            Some('、') => {
                longest = longest.max(letters(item..n));
                item = n + 1;
            }
            Some('和' | '及' | '与' | '或') if longest > 0 => item = n + 1,
            Some(',' | ':') if digit(n.checked_sub(1)) && digit(Some(n + 1)) => {}
            Some(c) if ends_phrase(*c) == 0 => {}
            _ => {
                if longest > 0 && letters(item..n) * 2 > longest * 3 {
                    let pauses = found[clause..n].iter_mut().filter(|end| **end == Some(Class::Pause));
                    pauses.for_each(|end| *end = Some(Class::List));
                }
                (clause, item, longest) = (n + 1, n + 1, 0);
            }
        }
    }
}

/// What ends before character `n`, if it is a phrase.
fn phrase_class(chars: &[char], kinds: &[Kind], n: usize) -> Option<Class> {
    // Han and letters end none: no need to ask for each of the marks.
    let mut at = n - 1;
    if kinds[at].is_letter() {
        return None;
    }
    // “……。”ends a sentence, （附件）none: what stands inside the marks that close decides.
    while kinds[at].is_space() || closes_a_pair(chars[at]) {
        at = at.checked_sub(1)?;
    }
    let last = chars[at];
    let digit = |n: usize| chars[n].is_ascii_digit();
    // A full stop of Latin text; 3.5 has no break behind its point.
    if last == '.' {
        return kinds[n - 1].is_space().then_some(Class::Sentence);
    }
    match ends_phrase(last) {
        2 => Some(Class::Sentence),
        _ => match last {
            // 8:00—12:00，14:30—17:30: who reads the first alone thinks that it is all.
            '，' | ',' | '、' if at > 0 && digit(at - 1) && digit(n) => Some(Class::List),
            '，' | ',' => Some(Class::Clause),
            '、' => Some(Class::Pause),
            '：' | ':' => Some(Class::Colon),
            // Not a pause, but better than elsewhere between words.
            _ if matches!(chars[n - 1], '）' | ')') => Some(Class::Colon),
            _ => None,
        },
    }
}

/// `’` and `”` are as wide as Han in Chinese fonts: in a text of Latin letters the typewriter's marks stand.
fn straight_quote(c: char) -> char {
    match c {
        '’' | '‘' => '\'',
        '“' | '”' => '"',
        _ => c,
    }
}
