//! Where may figures part? A number stays with its unit, a date and a range part between their parts, a fee before its
//! point: the less it says otherwise, the worse.

use super::Break;
use crate::render::marks::{Kind, is_dash};

/// Characters that follow a figure as its unit or as the start of one.
fn is_unit(c: char) -> bool {
    "年月日号时点分秒刻元角万亿千百十个人名位件套台间层楼室岁届期次条项款路米里平方立吨克斤公周天级班校亩度线学小厘毫种份本册门课节场批家处页篇张户户口倍折成项寸英幢栋座排组队辆部把块前后起止内外"
        .contains(c)
}

/// Units after which a figure goes on: 2026年9月1日, 17时30分.
fn goes_on(c: char) -> bool {
    matches!(c, '年' | '月' | '日' | '时' | '点' | '分' | '万' | '亿' | '千' | '百')
}

/// Figures with their units, dates, times, ranges, 第3条, 〔2026〕8号.
pub(super) fn numbers(chars: &[char], kinds: &[Kind], out: &mut [Break]) {
    /// What stands left of the boundary.
    #[derive(Clone, Copy, PartialEq)]
    enum Left {
        Else,
        Figure,
        Unit,
    }
    let figure = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let link =
        |c: char| matches!(c, '.' | ',' | ':' | '：' | '．' | '-' | '/' | '～' | '~' | '至') || is_dash(c);
    let mut left = Left::Else;
    for n in 0..chars.len() {
        if left == Left::Else && kinds[n].is_plain_han() {
            continue;
        }
        let c = chars[n];
        let next = chars.get(n + 1).copied();
        let joins = |out: &mut [Break]| {
            if n > 0 {
                let level = match chars[n - 1] {
                    '～' | '至' if figure(c) => Break::Range,
                    dash if figure(c) && is_dash(dash) => Break::Range,
                    '年' | '月' | '日' | '-' | '/' if figure(c) => Break::Part,
                    // 4月13日|至4月24日 rather than 4月|13日至4月24日.
                    _ if c == '至' => Break::Part,
                    // 1月20日|前 rather than 1月|20日前.
                    '年' | '月' | '日' | '时' | '分' if matches!(c, '前' | '后' | '起' | '止' | '内') => {
                        Break::Range
                    }
                    _ => Break::Resort,
                };
                out[n] = out[n].min(level);
            }
        };
        left = if figure(c) {
            let before = n.checked_sub(1).map(|at| chars[at]);
            if left != Left::Else || matches!(before, Some('第' | '〕' | '约' | '共' | '每' | '近')) {
                joins(out);
            }
            Left::Figure
        } else if left == Left::Figure && link(c) && next.is_some_and(figure) {
            joins(out);
            Left::Figure
        } else if left != Left::Else && is_unit(c) && (left == Left::Figure || goes_on(chars[n - 1]))
            || left == Left::Unit
                && next.is_some_and(figure)
                && (is_dash(c) || matches!(c, '～' | '至' | ' '))
        {
            joins(out);
            Left::Unit
        } else {
            Left::Else
        };
        // After a unit that ends the figure the next figure begins anew: 3个5元.
        if left == Left::Unit && !goes_on(c) && !is_dash(c) && !matches!(c, '～' | '至' | ' ') {
            left = if next.is_some_and(figure) { Left::Else } else { left };
        }
    }
}

/// What stands between two digits, or between a digit and a point or comma that has another behind it, is the inside
/// of one figure; so is what stands behind a sign of money.
pub(super) fn figures(chars: &[char], kinds: &[Kind], out: &mut [Break]) {
    let digit = |n: usize| chars.get(n).is_some_and(|c| c.is_ascii_digit() || ('０'..='９').contains(c));
    let mark = |n: usize| matches!(chars.get(n), Some('.' | ',' | '．' | ':'));
    for n in (1..chars.len()).filter(|n| !kinds[*n].is_plain_han()) {
        let money = matches!(chars[n - 1], '$' | '¥' | '￥' | '€' | '+' | '-') && digit(n);
        let inside = digit(n - 1) && (digit(n) || (mark(n) && digit(n + 1)))
            || (mark(n - 1) && digit(n) && n >= 2 && digit(n - 2));
        let thousands = chars[n - 1] == ',' && inside;
        if inside || (money && out[n] < Break::Part) {
            let decimal = chars[n] == '.' && digit(n - 1) && digit(n + 1);
            let level = match (thousands, decimal) {
                (true, _) => Break::Thousands,
                (_, true) => Break::Decimal,
                _ => Break::Figure,
            };
            // The point may begin a line here, although it may not elsewhere.
            out[n] = if decimal { level } else { out[n].min(level) };
        }
    }
}

/// Figures written in Han with their units, 十六周岁 and 一年级, and days of the week.
pub(super) fn numerals(chars: &[char], out: &mut [Break]) {
    let numeral = |c: char| {
        matches!(
            c,
            '一' | '二'
                | '两'
                | '三'
                | '四'
                | '五'
                | '六'
                | '七'
                | '八'
                | '九'
                | '十'
                | '百'
                | '千'
                | '万'
                | '亿'
                | '零'
                | '〇'
                | '几'
                | '半'
        )
    };
    let unit = |c: char| {
        "年月日号时点分秒元角个人名位件套台间层楼室岁届期次条项款米周天级班度种份本册节批页倍幢栋座排组队辆部"
            .contains(c)
    };
    let mut n = 0;
    while n < chars.len() {
        let first = n;
        while n < chars.len() && numeral(chars[n]) {
            n += 1;
        }
        if n == first {
            n += 1;
            continue;
        }
        let before = first.checked_sub(1).map(|at| chars[at]);
        let weekday =
            before == Some('周') || (before == Some('期') && first >= 2 && chars[first - 2] == '星');
        // 周一至|周五 rather than 周一|至周五, and neither where it may be whole.
        let to = first.checked_sub(if before == Some('周') { 2 } else { 3 });
        if let Some(to) = to.filter(|to| weekday && *to > 0 && matches!(chars[*to], '至' | '到')) {
            out[to] = out[to].min(Break::Resort);
            out[to + 1] = out[to + 1].min(Break::Range);
        }
        let mut end = n;
        if chars.get(n).copied().is_some_and(unit) {
            let two = matches!(
                (chars[n], chars.get(n + 1)),
                ('年', Some('级'))
                    | ('周', Some('岁' | '年'))
                    | ('个', Some('月' | '人'))
                    | ('分', Some('钟' | '之'))
            );
            end += if two { 2 } else { 1 };
        }
        let fraction = before == Some('之') && first >= 2 && chars[first - 2] == '分';
        let from = if weekday || fraction || before == Some('第') { first } else { first + 1 };
        if end > n || weekday || fraction {
            for level in &mut out[from..end] {
                *level = (*level).min(Break::Resort);
            }
        }
    }
}
