//! How wide is a text, and where do its lines end at a width? Measures without drawing.

use super::{
    breaking::{self, Shape},
    font::Face,
    layout::Class,
    linebreak::Break,
    marks::{closes, is_dash, is_wide, opens},
    text::{SEAM, Text},
};
use crate::color::Ink;

/// Characters of a text that stand in one line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// First character.
    pub start: usize,
    /// Behind the last that is seen.
    pub end: usize,
    /// First character of the next line: spaces at a line's end are passed over.
    pub next: usize,
    /// Pixels.
    pub width: u32,
    /// Whether it ends inside a word that is wider than the line.
    pub forced: bool,
}

impl Text {
    /// Measures every character; `None` if one has no glyph.
    pub(super) fn at(&self, face: &Face<'_>) -> Option<Measured<'_>> {
        let mut before = Vec::with_capacity(self.chars().len() + 1);
        let (mut at_start, mut at_end, mut x, mut spaces) = (Vec::new(), Vec::new(), 0, 0);
        before.push(0);
        for (n, (c, kind)) in self.chars().iter().zip(self.kinds()).enumerate() {
            let own = if kind.is_plain_han() { face.advance_of_han(*c)? } else { face.advance(*c)? };
            x += own;
            if kind.is_space() {
                spaces += own;
            }
            let next = self.chars().get(n + 1).copied();
            if joins_figures(*c, next) {
                x -= squeezed(face, *c, next).min(own);
            } else if (kind.closes() || kind.opens()) && is_wide_mark(*c) {
                x -= squeezed(face, *c, next).min(own);
                if kind.opens() {
                    at_start.push((n, air_before(face, *c)));
                } else {
                    at_end.push((n, own - air_after(face, *c).min(own)));
                }
            }
            before.push(x);
        }
        let hyphen = if self.has_syllables() { face.advance('-')? } else { 0 };
        Some(Measured { text: self, px: face.px(), before, at_start, at_end, spaces, hyphen })
    }
}

fn is_wide_mark(c: char) -> bool {
    is_wide(c) || matches!(c, '“' | '”' | '‘' | '’')
}

/// Pixels by which `a` gives way to `b`: full-width marks that meet share the air between them (CLREQ
/// 3.1.6.1). Never more than the air that the glyph really has, so that no dots touch.
pub(super) fn squeezed(face: &Face<'_>, a: char, b: Option<char>) -> u32 {
    if joins_figures(a, b) {
        // In fonts whose letters are all of one width a figure's comma is followed by a hole.
        return air_after(face, a).saturating_sub(face.px() / 8);
    }
    let Some(b) = b.filter(|b| is_wide_mark(*b)) else { return 0 };
    if !is_wide_mark(a) {
        0
    } else if closes(a) && (closes(b) || opens(b)) {
        air_after(face, a)
    } else if opens(a) && opens(b) {
        air_before(face, b)
    } else {
        0
    }
}

/// Whether `a` is the comma or the point of a figure that goes on with `b`.
fn joins_figures(a: char, b: Option<char>) -> bool {
    matches!(a, ',' | '.') && b.is_some_and(|b| b.is_ascii_digit())
}

/// Blank pixels left of an opening mark, at most half a cell.
fn air_before(face: &Face<'_>, c: char) -> u32 {
    face.ink(c).map_or(0, |(_, ink)| (ink.0.max(0) as u32).min(face.px() / 2))
}

/// Blank pixels right of a closing mark, at most half a cell.
fn air_after(face: &Face<'_>, c: char) -> u32 {
    face.ink(c).map_or(0, |(advance, ink)| (advance as i32 - ink.1).clamp(0, (face.px() / 2) as i32) as u32)
}

/// Nobody sees whether the lines of a longer text are of one length.
const MOST_BALANCED: usize = 200;

/// A text at one size.
#[derive(Debug)]
pub(super) struct Measured<'t> {
    text: &'t Text,
    px: u32,
    /// Pixels from the first pen to each character's, and to the end.
    before: Vec<u32>,
    /// Opening marks and their air on the left, which needs no room at a line's start.
    at_start: Vec<(usize, u32)>,
    /// Closing marks and their width at a line's end, where their air takes no room.
    at_end: Vec<(usize, u32)>,
    /// Pixels of all spaces.
    spaces: u32,
    /// Pixels of a hyphen.
    hyphen: u32,
}

impl<'t> Measured<'t> {
    /// What is measured.
    pub(super) fn text(&self) -> &'t Text {
        self.text
    }

    /// Height of its cells.
    pub(super) fn px(&self) -> u32 {
        self.px
    }

    /// It takes at least so many lines at `width`: spaces may vanish at their ends, and half the cell of a mark.
    pub(super) fn least_lines(&self, width: u32) -> u32 {
        let solid = self.before.last().map_or(0, |all| all - self.spaces);
        solid.div_ceil(width.saturating_add(self.px / 2).max(1))
    }

    /// Where its lines end at `width` pixels: as few as may be, of nearly one length, and one more where that keeps
    /// words whole and there are not `most` yet. Empty for one line, or where there are so many that it makes no
    /// difference to the eye.
    pub(super) fn balanced(&self, width: u32, most: usize) -> Vec<Line> {
        if self.width() <= width || self.text.chars().len() > MOST_BALANCED {
            return Vec::new();
        }
        let count = self.count_lines(width);
        // One line more than needed if that ends all of them between words.
        let lines = |count| {
            let all = (0, self.text.chars().len());
            let found = breaking::lines(self, all, &vec![width; count], Shape::Even);
            found.map(|(lines, _)| lines).unwrap_or_default()
        };
        let torn = |lines: &[Line]| {
            let mut ends = lines.iter().filter(|line| self.has_more(line.next));
            lines.is_empty() || ends.any(|line| self.is_inside_word(line.next))
        };
        let least = lines(count);
        if !torn(&least) || count == most || !self.text.is_chinese() {
            return least;
        }
        Some(lines(count + 1)).filter(|more| !torn(more)).unwrap_or(least)
    }

    /// How many lines it takes at `width` pixels, each as full as it goes.
    pub(super) fn count_lines(&self, width: u32) -> usize {
        let (mut at, mut count) = (0, 0);
        while self.has_more(at) {
            (at, count) = (self.line(at, width).next, count + 1);
        }
        count
    }

    /// Pixels of the characters from `start` to `end` as the inside of a line.
    pub(super) fn span(&self, start: usize, end: usize) -> u32 {
        self.before[end] - self.before[start]
    }

    /// Width of character `n` as the last of its line.
    fn last(&self, n: usize) -> u32 {
        if !self.text.kinds()[n].closes() {
            return self.span(n, n + 1);
        }
        let found = self.at_end.binary_search_by_key(&n, |(at, _)| *at);
        found.map_or_else(|_| self.span(n, n + 1), |at| self.at_end[at].1)
    }

    /// Blank pixels left of character `n` if it opens something.
    pub(super) fn air_before(&self, n: usize) -> u32 {
        self.at_start.binary_search_by_key(&n, |(at, _)| *at).map_or(0, |at| self.at_start[at].1)
    }

    /// Pixels of the whole text on one line.
    pub(super) fn width(&self) -> u32 {
        match self.text.chars().len() {
            0 => 0,
            n => self.span(0, n - 1) + self.last(n - 1),
        }
    }

    /// Whether there is anything from `start` on.
    pub(super) fn has_more(&self, start: usize) -> bool {
        start < self.text.chars().len()
    }

    /// The line that begins at `start` and fits into `width`; at least one character long.
    pub(super) fn line(&self, start: usize, width: u32) -> Line {
        let fits = self.fits(start, width);
        // The last good end; without one the least bad.
        let mut best: Option<(Break, usize)> = None;
        for n in (start + 1..=fits).rev() {
            let level = self.level(n);
            if level == Break::Part
                && self.is_hyphenated(n)
                && self.right_edge(start, n).1 > self.before[start] + width
            {
                continue;
            }
            if level > best.map_or(Break::Never, |(level, _)| level) {
                best = Some((level, n));
                if level == Break::Good {
                    break;
                }
            }
        }
        let good = best.is_some_and(|(level, _)| level == Break::Good);
        // Rather than a third of the line a range parts between its ends.
        if let Some((Break::Good, next)) = best
            && (self.right_edge(start, next).1 - self.before[start]) * 3 < width * 2
            && let Some(range) = (next + 1..=fits).rev().find(|n| self.is_inside_range(*n))
        {
            best = Some((Break::Good, range));
        }
        let next = best.map_or(fits, |(_, n)| n).max((start + 1).min(self.text.chars().len()));
        self.ended(start, next, !good)
    }

    /// Whether a range's second end begins with character `n`.
    fn is_inside_range(&self, n: usize) -> bool {
        self.level(n) == Break::Range
            && n.checked_sub(1).and_then(|to| self.char(to)).is_some_and(|to| to == '至' || is_dash(to))
    }

    /// Behind the last character of a line from `start` on that `width` holds, whatever may not be split.
    pub(super) fn fits(&self, start: usize, width: u32) -> usize {
        // So many fit with all their air; what follows may be spaces, or a mark without its air.
        let most = self.before[start].saturating_add(width);
        // Where all are Han the first guess is right.
        let last = self.text.chars().len();
        let mut fits = (start + (width / self.px.max(1)) as usize).min(last);
        while fits > start && self.before[fits] > most {
            fits -= 1;
        }
        while fits < last && self.before[fits + 1] <= most {
            fits += 1;
        }
        let kinds = self.text.kinds();
        while kinds
            .get(fits)
            .is_some_and(|kind| kind.is_space() || self.before[fits] + self.last(fits) <= most)
        {
            fits += 1;
        }
        fits
    }

    /// Of a line from `start` to before character `next`: behind its last character that is seen, and the
    /// pixels from the text's first pen to its right edge.
    pub(super) fn right_edge(&self, start: usize, next: usize) -> (usize, u32) {
        let kinds = &self.text.kinds()[start..next];
        let end = start + kinds.iter().rposition(|kind| !kind.is_space()).map_or(0, |at| at + 1);
        let hyphen = if self.is_hyphenated(next) { self.hyphen } else { 0 };
        (
            end,
            if end > start { self.before[end - 1] + self.last(end - 1) + hyphen } else { self.before[start] },
        )
    }

    /// Whether a line that ends before character `n` does so with a hyphen.
    pub(super) fn is_hyphenated(&self, n: usize) -> bool {
        self.text.is_hyphenated(n)
    }

    /// Pixels from the text's first pen to that of character `n`.
    pub(super) fn left_edge(&self, n: usize) -> u32 {
        self.before[n]
    }

    /// How many letters, figures and Han stand from one character to another.
    pub(super) fn letters_between(&self, start: usize, end: usize) -> u32 {
        self.text.letters_between(start, end)
    }

    /// The line from `start` to `next`, whether it should end there or not.
    pub(super) fn part(&self, start: usize, next: usize) -> Line {
        self.ended(start, next, self.has_more(next) && self.level(next) != Break::Good)
    }

    /// How good it is to end a line before character `n`.
    pub(super) fn level(&self, n: usize) -> Break {
        self.text.level(n)
    }

    /// Character `n`.
    pub(super) fn char(&self, n: usize) -> Option<char> {
        self.text.chars().get(n).copied()
    }

    /// Whether the dictionary was asked already.
    pub(super) fn knows_words(&self) -> bool {
        self.text.knows_words()
    }

    /// [`Text::odd_words`].
    pub(super) fn odd_words(&self, n: usize) -> Option<u32> {
        self.text.odd_words(n)
    }

    /// How good it is to end a page before character `n`, if a phrase ends there.
    pub(super) fn phrase(&self, n: usize) -> Option<Class> {
        self.text.phrase(n)
    }

    /// The line from `start` to the break `next`.
    fn ended(&self, start: usize, next: usize, forced: bool) -> Line {
        let (end, right) = self.right_edge(start, next);
        Line { start, end, next, width: right - self.before[start], forced }
    }

    /// Leaves no character alone on the last line: gives it a companion where `line` can spare one.
    pub(super) fn with_company(&self, line: Line) -> Line {
        let rest = &self.text.chars()[line.next..];
        let lonely = (1..=4).contains(&rest.len())
            && rest.iter().filter(|c| !closes(**c) && !c.is_whitespace()).count() == 1;
        if !lonely {
            return line;
        }
        let earlier = (line.start + 2..line.next).rev().find(|n| self.text.level(*n) == Break::Good);
        earlier.map_or(line, |next| self.ended(line.start, next, false))
    }

    /// Ends `line` before a word rather than within one, if that leaves at least half of it.
    pub(super) fn to_word(&self, line: Line) -> Line {
        let level = self.level(line.next);
        if !self.has_more(line.next) || !matches!(level, Break::Good | Break::Part) {
            return line;
        }
        // What denies is not left behind, whatever the dictionary says.
        let odd = |n: usize| {
            let alike = self.level(n) == level;
            Some(self.text.odd_words(n).filter(|_| alike)? + if self.text.denies(n) { 4 } else { 0 })
        };
        if odd(line.next) == Some(0) {
            return line;
        }
        let least = line.start + (line.next - line.start).div_ceil(2);
        let ends = (least..=line.next).rev().filter_map(|n| Some((odd(n)?, n)));
        let earlier = ends.min_by_key(|(odd, _)| *odd).map(|(_, n)| n);
        earlier
            .filter(|next| *next < line.next)
            .map_or(line, |next| self.ended(line.start, next, line.forced))
    }

    /// Whether neither a phrase nor a word ends before character `n`: asks the dictionary.
    pub(super) fn is_inside_word(&self, n: usize) -> bool {
        self.phrase(n).is_none() && self.odd_words(n).is_none()
    }

    /// Whether the parts of a compound meet before character `n`, or a word that leads and what it leads.
    pub(super) fn parts_compound(&self, n: usize) -> bool {
        self.phrase(n).is_none() && self.odd_words(n) == Some(u32::from(SEAM))
    }

    /// How good it is to end a page that begins with character `from` with `line`; what words are is asked only if `words`.
    pub(super) fn class(&self, from: usize, line: &Line, words: bool) -> Class {
        if !self.has_more(line.next) {
            Class::Paragraph
        } else if line.forced {
            // What is kept together, but wider than the line, is parted between its words.
            let word = words && self.level(line.next) >= Break::Part && self.odd_words(line.next).is_some();
            if word { Class::Bound } else { Class::Forced }
        } else {
            match self.phrase(line.next) {
                Some(class) => class,
                None if self.level(line.next) < Break::Good => Class::Inside,
                None if !words => Class::Word,
                None => match self.text.word_end(from, line.next) {
                    Some(class) => class,
                    // What a denial said before the page's end, the next page would say without it.
                    None if self.text.denies(line.next) => Class::Forced,
                    None => Class::Inside,
                },
            }
        }
    }

    /// How many characters of `line` are letters, figures or Han.
    pub(super) fn letters(&self, line: &Line) -> usize {
        self.text.letters_between(line.start, line.end) as usize
    }

    /// The characters from `start` to `end` by ink: first, end, pixels from `start`, ink.
    pub(super) fn inks(&self, start: usize, end: usize) -> impl Iterator<Item = (usize, usize, u32, Ink)> {
        let mut at = start;
        let mut x = 0;
        self.text.inks().iter().filter_map(move |(until, ink)| {
            let until = (*until).min(end);
            (until > at).then(|| {
                let part = (at, until, x, *ink);
                x += self.span(at, until);
                at = until;
                part
            })
        })
    }

    /// All of it as one line.
    pub(super) fn whole(&self) -> Line {
        self.ended(0, self.text.chars().len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::test::fonts;
    use proptest::prelude::*;

    fn text(text: &str) -> Text {
        Text::new(&[(text, Ink::Body)], &[])
    }

    fn lines(source: &str, px: u32, width: u32) -> Vec<String> {
        let text = text(source);
        let face = fonts().at(px);
        let measured = text.at(&face).unwrap();
        let (mut at, mut out) = (0, Vec::new());
        while measured.has_more(at) {
            let line = measured.with_company(measured.line(at, width));
            out.push(text.chars()[line.start..line.end].iter().collect());
            at = line.next;
        }
        out
    }

    #[test]
    fn lines_keep_the_rules_of_marks() {
        assert_eq!(lines("严禁擅立项目、提高标准。", 16, 96), ["严禁擅立项", "目、提高", "标准。"]);
    }

    #[test]
    fn marks_that_meet_share_their_air() {
        let face = fonts().at(16);
        let width = |source: &str| text(source).at(&face).unwrap().width();
        assert_eq!(width("公告"), 32);
        assert_eq!(width("公告。"), 32 + 8, "no air at the end of a line");
        assert_eq!(width("公。告"), 48, "none is lost where a mark stands alone");
        assert_eq!(width("“公”，告"), 16 + 16 + 8 + 16 + 16, "” gives way by half a cell");
        assert_eq!(width("（《公"), 16 + (16 - 5) + 16, "as much as the second bracket has");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn nothing_is_lost_and_every_line_fits(
            source in "[公告学校不免2，。；！？（）《》【】“”‘’、a-c 0-9：—…·～％％￥／々年月日元.,()-]{1,60}",
            px in prop_oneof![Just(16u32), Just(24)],
            ems in 4u32..20,
        ) {
            let text = text(&source);
            let face = fonts().at(px);
            let measured = text.at(&face).unwrap();
            let (mut at, mut seen, mut forced) = (0, String::new(), true);
            while measured.has_more(at) {
                let line = measured.with_company(measured.line(at, px * ems));
                prop_assert!(line.next > at && line.width <= px * ems, "{line:?}");
                let part: String = text.chars()[line.start..line.end].iter().collect();
                if !forced {
                    let first = part.chars().next().unwrap_or('公');
                    prop_assert!(!super::super::marks::never_first(first) || source.chars().collect::<Vec<_>>()[at - 1] == ' ', "{part}");
                }
                if !line.forced && measured.has_more(line.next) {
                    prop_assert!(!super::super::marks::never_last(part.chars().last().unwrap_or('公')), "{part}");
                }
                seen += &part;
                (at, forced) = (line.next, line.forced);
            }
            let want: String = text.chars().iter().filter(|c| !c.is_whitespace()).collect();
            seen.retain(|c| !c.is_whitespace());
            prop_assert_eq!(seen, want);
        }
    }
}
