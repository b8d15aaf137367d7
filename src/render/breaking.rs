//! Where do the lines of a paragraph end, all of them taken together? Their number is given and where the last one
//! ends: the others end where the text parts best, between words, and no line is left with one character. (D. E. Knuth
//! and M. F. Plass, Breaking Paragraphs into Lines, with the rules of Chinese.)

use super::{
    layout::Class,
    linebreak::Break,
    measure::{Line, Measured},
};

/// What lines should look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// As full as they go; the last is as long as what is left.
    Filled,
    /// Of nearly one length: titles, what is signed.
    Even,
}

/// So many places before the last possible one are looked at for each line's end.
const WINDOW: usize = 16;
/// Even lines may be much shorter.
const WINDOW_EVEN: usize = 32;

/// A line that ends between two words of one character each, or before or behind one: perhaps inside a word that the
/// dictionary does not know.
const ODD_WORD: u32 = 6;
/// Inside a word: as bad as a line with nearly seven characters to spare.
const INSIDE: u32 = 44;
/// A line of one character, and of one that is a word: 持 before 户口簿.
const ALONE: u32 = 90;
const ALONE_WORD: u32 = 30;
/// The first character of a phrase at a line's end, or its first two.
const FIRST_OF_PHRASE: u32 = 20;
const FIRST_TWO_OF_PHRASE: u32 = 10;
/// Behind a mark that pauses the eye rests anyway: worth four characters to spare.
const NO_PAUSE: u32 = 18;
/// Between a name and its figure, 预算|86.5万元.
const BEFORE_FIGURE: u32 = 18;
/// A last line of two characters, where lines hold no more than that and where they do.
const SHORT_LAST: (u32, u32) = (10, 30);
const SHORT_LAST_EMS: u32 = 6;
/// A line of two characters that stop inside a phrase.
const STUB: u32 = 20;
/// A title's line that does not end behind the bracket that it begins with.
const NOT_BEHIND_BRACKET: u32 = 40;

/// What it costs to end a line before character `n`, apart from how full it is and from [`first_of_phrase`].
fn end_cost(text: &Measured<'_>, n: usize, (shape, words): (Shape, bool)) -> u32 {
    match text.level(n) {
        Break::Good => {}
        Break::Range => return 80,
        Break::Part => {
            let odd = if words { text.odd_words(n).map_or(INSIDE, |odd| odd * ODD_WORD) } else { 0 };
            return 95 + odd;
        }
        Break::Resort => return 150,
        Break::Decimal => return 260,
        Break::Thousands => return 290,
        Break::Figure => return 900,
        Break::Never => return 4000,
    }
    let mut cost =
        if shape == Shape::Even && text.char(n - 1) != Some('】') { NOT_BEHIND_BRACKET } else { 0 };
    match text.phrase(n) {
        Some(class) if class < Class::Colon => return cost,
        Some(_) => {}
        None => {
            cost += NO_PAUSE;
            if text.text().is_amount(n) {
                cost += BEFORE_FIGURE;
            }
            if words {
                cost += text.odd_words(n).map_or(INSIDE, |odd| odd * ODD_WORD);
            }
        }
    }
    cost
}

/// What it costs that a line ends before character `n` with the first of a phrase, and from which start on the line holds
/// nothing else, so that it does not.
fn first_of_phrase(text: &Measured<'_>, n: usize) -> (u32, usize) {
    if text.level(n) != Break::Good || text.phrase(n).is_some_and(|class| class < Class::Colon) {
        (0, 0)
    } else if n >= 1 && text.phrase(n - 1).is_some() {
        (FIRST_OF_PHRASE, n - 1)
    } else if n >= 2 && text.phrase(n - 2).is_some() {
        (FIRST_TWO_OF_PHRASE, n - 2)
    } else {
        (0, 0)
    }
}

/// Whether a line holds a character and at most a mark.
fn is_narrow(width: u32, px: u32) -> bool {
    width * 4 < px * 7
}

/// What a line of two characters inside a phrase costs that has so much `room`.
fn stub(room: u32, px: u32) -> u32 {
    if room < px * SHORT_LAST_EMS { 0 } else { STUB }
}

/// What two characters on a last line cost that has so much `room`.
fn short_last(room: u32, px: u32) -> u32 {
    if room < px * SHORT_LAST_EMS { SHORT_LAST.0 } else { SHORT_LAST.1 }
}

/// What it costs that a line leaves `pixels` free: it grows faster up to five characters than from there on.
fn ragged(pixels: u32, px: u32) -> u32 {
    let tenths = (pixels * 10 / px.max(1)).min(1000);
    if tenths <= 50 { tenths * tenths / 100 } else { 25 + (tenths - 50) * 4 / 10 }
}

/// How far `pixels` are from what they should be, in characters, squared.
fn squared(pixels: u32, px: u32) -> u32 {
    let tenths = (pixels * 10 / px.max(1)).min(1000);
    tenths * tenths / 100
}

/// One line's end: before which character, the cost of all lines up to here, and which end of the line before it
/// belongs to that.
type End = (usize, u32, usize);

/// The lines of a part of `text`, from one character to another, one for each of `rooms`, which are in pixels; and what
/// they cost. `None` if they do not hold the text.
pub(super) fn lines(
    text: &Measured<'_>,
    part: (usize, usize),
    rooms: &[u32],
    shape: Shape,
) -> Option<(Vec<Line>, u32)> {
    // The dictionary is slow. If every line could end between words, and yet all ends are better ones, it is not needed.
    // Of many lines one always ends inside a sentence.
    if !text.knows_words() && rooms.len() <= 2 {
        let found = cheapest_lines(text, part, rooms, (shape, false))?;
        let settled = |line: &Line| {
            let end = text.phrase(line.next).is_some() || text.level(line.next) < Break::Part;
            end && text.letters(line) > 1
        };
        if found.0.iter().rev().skip(1).all(settled) {
            return Some(found);
        }
    }
    cheapest_lines(text, part, rooms, (shape, true))
}

/// The same; what words are counts only if `words`.
fn cheapest_lines(
    text: &Measured<'_>,
    (start, end): (usize, usize),
    rooms: &[u32],
    (shape, words): (Shape, bool),
) -> Option<(Vec<Line>, u32)> {
    let (last_room, others) = rooms.split_last()?;
    let (px, window) = (text.px(), if shape == Shape::Even { WINDOW_EVEN } else { WINDOW });
    let mean = text.span(start, end) / rooms.len() as u32;
    let fullness = |width: u32, room: u32| match shape {
        Shape::Filled => ragged(room.saturating_sub(width), px),
        Shape::Even => squared(mean.abs_diff(width), px),
    };
    // The cheapest of the ways that end at `ends` with one line more, up to `next`.
    let cheapest = |ends: &[End], next: usize, room: u32, full: bool| -> Option<(u32, usize)> {
        let (first, first_from) = if next < end { first_of_phrase(text, next) } else { (0, 0) };
        let (seen, right) = text.right_edge(start, next);
        let mut best: Option<(u32, usize)> = None;
        for (at, (from, cost, _)) in ends.iter().enumerate().filter(|(_, (from, ..))| *from < next) {
            let width = right.saturating_sub(text.left_edge(*from));
            if width > room {
                // What begins earlier is wider still.
                break;
            }
            let last = next == end;
            let alone = match text.letters_between(*from, seen) {
                0 | 1 if is_narrow(width, px) => {
                    let word = !last && (!words || text.odd_words(next).is_some());
                    if word { ALONE_WORD } else { ALONE }
                }
                2 if last && shape == Shape::Filled => short_last(*last_room, px),
                2 if shape == Shape::Filled && text.phrase(next).is_none() => stub(room, px),
                _ => 0,
            };
            let first = if *from < first_from { first } else { 0 };
            let cost = cost + alone + first + if full { fullness(width, room) } else { 0 };
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, at));
            }
        }
        best
    };
    let mut ends: Vec<Vec<End>> = Vec::with_capacity(rooms.len());
    ends.push(vec![(start, 0, 0)]);
    let mut latest = start;
    for (n, room) in others.iter().enumerate() {
        latest = text.fits(latest, *room).min(end - 1);
        let mut found: Vec<End> = Vec::with_capacity(window);
        for next in (latest.saturating_sub(window).max(start + n) + 1..=latest).rev() {
            // What is never done is not looked into while there is anything else.
            if text.level(next) == Break::Never && !found.is_empty() {
                continue;
            }
            if let Some((cost, at)) = cheapest(&ends[n], next, *room, true) {
                found.push((next, cost + end_cost(text, next, (shape, words)), at));
            }
        }
        ends.push(found);
    }
    let (cost, mut at) = cheapest(ends.last()?, end, *last_room, shape == Shape::Even)?;
    let mut out = Vec::with_capacity(rooms.len());
    let mut next = end;
    for found in ends.iter().rev() {
        let (from, _, before) = found[at];
        if from < next {
            out.push(text.part(from, next));
        }
        (next, at) = (from, before);
    }
    out.reverse();
    Some((out, cost))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{color::Ink, render::test::fonts, render::text::Text};
    use proptest::prelude::*;

    fn text(source: &str) -> Text {
        Text::new(&[(source, Ink::Body)], &[])
    }

    /// `source` broken into `count` lines of `ems` characters.
    fn broken(source: &str, count: usize, ems: u32, shape: Shape) -> Vec<String> {
        let text = text(source);
        let face = fonts().at(16);
        let measured = text.at(&face).unwrap();
        let all = (0, text.chars().len());
        let (lines, _) = lines(&measured, all, &vec![ems * 16; count], shape).unwrap();
        lines.iter().map(|line| text.chars()[line.start..line.end].iter().collect()).collect()
    }

    #[test]
    fn lines_end_between_words_and_leave_no_character_alone() {
        for (source, ems, expected) in [
            ("县气象台发布台风橙色预警。", 12, ["县气象台发布台风", "橙色预警。"]),
            ("在教师带领的情况下游泳，", 10, ["在教师带领的", "情况下游泳，"]),
            ("上午九时开始。凡年满六岁", 8, ["上午九时开始。", "凡年满六岁"]),
            ("预算18.6万元。供应商请于5月18日", 10, ["预算18.6万元。", "供应商请于5月18日"]),
            ("课后服务由家长和学生自愿选择。", 9, ["课后服务由家长", "和学生自愿选择。"]),
            ("请凭接送卡从东门入校。", 8, ["请凭接送卡", "从东门入校。"]),
            ("采购可调式课桌椅620套，", 9, ["采购可调式", "课桌椅620套，"]),
            ("如有异议请在公示期内向基教股书面反映。", 17, ["如有异议请在公示期内向基教股", "书面反映。"]),
            ("接送车辆即停即走。", 8, ["接送车辆", "即停即走。"]),
            ("如未到账，请于1月23日前到", 10, ["如未到账，", "请于1月23日前到"]),
            ("到无安全设施、无救援人员的水域", 10, ["到无安全设施、", "无救援人员的水域"]),
            ("4月13日至4月24日", 6, ["4月13日至", "4月24日"]),
            ("1,286,350.00元", 4, ["1,286,", "350.00元"]),
        ] {
            assert_eq!(broken(source, 2, ems, Shape::Filled), expected, "{source}");
        }
    }

    #[test]
    fn titles_have_lines_of_one_length_and_a_bracket_of_its_own() {
        for (source, ems, expected) in [
            ("规范中小学课后服务的提示", 8, ["规范中小学", "课后服务的提示"]),
            ("随迁子女入学材料提示", 8, ["随迁子女入学", "材料提示"]),
            ("【紧急】台风橙色预警停课通知", 12, ["【紧急】", "台风橙色预警停课通知"]),
            ("教学综合楼维修工程招标公告", 9, ["教学综合楼维修", "工程招标公告"]),
        ] {
            assert_eq!(broken(source, 2, ems, Shape::Even), expected, "{source}");
        }
    }

    /// The least cost of all ways to break `from..end` into lines for `rooms`.
    fn least(
        text: &Measured<'_>,
        (from, end): (usize, usize),
        rooms: &[u32],
        shape: (Shape, u32),
    ) -> Option<u32> {
        let full = |line: &Line, room: u32| match shape.0 {
            Shape::Filled => ragged(room.saturating_sub(line.width), text.px()),
            Shape::Even => squared(shape.1.abs_diff(line.width), text.px()),
        };
        let alone = |line: &Line, room: u32| match text.letters(line) {
            0 | 1 if is_narrow(line.width, text.px()) => {
                if line.next < end && text.odd_words(line.next).is_some() { ALONE_WORD } else { ALONE }
            }
            2 if line.next == end && shape.0 == Shape::Filled => {
                short_last(rooms.last().copied().unwrap_or(0), text.px())
            }
            2 if shape.0 == Shape::Filled && text.phrase(line.next).is_none() => stub(room, text.px()),
            _ => 0,
        };
        let (room, rest) = rooms.split_first()?;
        if rest.is_empty() {
            let line = text.part(from, end);
            let ragged = if shape.0 == Shape::Even { full(&line, *room) } else { 0 };
            return (line.width <= *room && from < end).then(|| alone(&line, *room) + ragged);
        }
        let ways = (from + 1..end).filter_map(|next| {
            let line = text.part(from, next);
            let after = least(text, (next, end), rest, shape)?;
            let (first, first_from) = first_of_phrase(text, next);
            let first = if from < first_from { first } else { 0 };
            let own =
                full(&line, *room) + alone(&line, *room) + first + end_cost(text, next, (shape.0, true));
            (line.width <= *room).then_some(own + after)
        });
        ways.min()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn no_other_way_is_cheaper(
            source in "[公告学校不下水课后服务2，。；（）“”、a0-3：—年月日元 ]{2,13}",
            count in 1usize..4,
            ems in 3u32..9,
            even: bool,
        ) {
            let text = text(&source);
            let face = fonts().at(16);
            let measured = text.at(&face).unwrap();
            let shape = if even { Shape::Even } else { Shape::Filled };
            let all = (0, text.chars().len());
            let rooms = vec![ems * 16; count];
            let found = lines(&measured, all, &rooms, shape);
            let mean = measured.span(0, all.1) / count as u32;
            let want = least(&measured, all, &rooms, (shape, mean));
            // What is against the rules is not looked for while there is anything else.
            if want.is_none_or(|cost| cost < 4000) {
                prop_assert_eq!(found.as_ref().map(|(_, cost)| *cost), want);
            }
            for (line, next) in found.iter().flat_map(|(lines, _)| lines.iter().zip(lines.iter().skip(1))) {
                prop_assert!(line.next == next.start && line.width <= ems * 16, "{line:?}");
            }
        }
    }
}
