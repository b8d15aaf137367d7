//! Where in a text does its header lie, and what stands in it?
//!
//! A fence opens and closes it. Without one, two lines with known keys begin it, and it runs to a fence, to
//! a blank line, or to the first line that is none of it. What starts like a header is never left standing
//! in the text to be drawn: it is read, or the notice is refused.

use std::ops::Range;

use jiff::civil::Date;

use super::{
    Entry, Key, Path, keys,
    line::{Line, is_fence},
    net,
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    notice::{bounds, clean, date},
};

/// The header of a text, read line by line.
#[derive(Debug, Default)]
pub(in crate::notice) struct Located {
    /// Its lines.
    pub(in crate::notice) entries: Vec<Entry>,
    /// What is wrong with them.
    pub(in crate::notice) problems: Vec<Diagnostic>,
    /// Index of the first line of the text below it.
    pub(in crate::notice) body: usize,
    /// Whether there is a header at all.
    pub(in crate::notice) found: bool,
    /// Index of a title that stands bare above the keys.
    pub(in crate::notice) bare_title: Option<usize>,
    /// What stands behind `正文：` on the text's first line; it replaces that line.
    pub(in crate::notice) first: Option<String>,
}

/// Finds the header of a text and reads its lines. `path` is the file, for diagnostics.
pub(in crate::notice) fn locate(lines: &[&str], path: &Path, today: Date) -> Located {
    let mut out = Located::default();
    // Enough lines to know what begins here.
    let mut filled =
        lines.iter().enumerate().map(|(n, raw)| (n, Line::read(raw))).filter(|l| l.1 != Line::Blank);
    let (Some(a), b, c) = (filled.next(), filled.next(), filled.next()) else {
        return out;
    };
    if a.1 == Line::Fence {
        fenced(lines, a.0, path, today, &mut out);
        return out;
    }
    let (known, misspelt) = (a.1.key().is_some(), a.1.is_misspelt());
    let begins = match &b {
        Some((_, second)) if known => {
            second.key().is_some()
                || second.is_misspelt()
                || *second == Line::Fence
                || a.1.key() == Some(Key::Title)
                || net::begins_header(lines[a.0])
        }
        Some((_, second)) => misspelt && second.key().is_some(),
        None => a.1.key() == Some(Key::Title),
    };
    if begins {
        let spaced = b.as_ref().is_some_and(|b| b.0 > a.0 + 1 && b.1.key().is_some());
        unfenced(lines, a.0, spaced, path, today, &mut out);
        return out;
    }
    let (Line::Text(_), Some(b), Some(_)) = (&a.1, b, c) else { return out };
    // A title, then the keys: only where people answer for it, since a text may hold 负责人：… too.
    if answers_in(&lines[b.0..]) >= 2 || stands_apart(&lines[b.0..]) {
        out.bare_title = Some(a.0);
        unfenced(lines, b.0, false, path, today, &mut out);
    } else if b.1 == Line::Fence && is_header_to_fence(&lines[b.0 + 1..]) {
        out.bare_title = Some(a.0);
        fenced(lines, b.0, path, today, &mut out);
    }
    out
}

/// Whether lines with keys, one that decides about showing among them, end with a blank line or a fence.
fn stands_apart(lines: &[&str]) -> bool {
    let keys = lines.iter().take(bounds::HEADER_LINES).take_while(|raw| Line::read(raw).key().is_some());
    let count = keys.count();
    lines[..count].iter().any(|raw| net::begins_header(raw))
        && lines.get(count).is_some_and(|raw| matches!(Line::read(raw), Line::Blank | Line::Fence))
}

/// Whether lines with keys run up to a fence.
fn is_header_to_fence(lines: &[&str]) -> bool {
    let mut keys = 0;
    for raw in lines.iter().take(bounds::HEADER_LINES) {
        match Line::read(raw) {
            Line::Known(..) => keys += 1,
            Line::Blank | Line::Comment | Line::Item(_) | Line::Unknown(_) => {}
            Line::Fence => return keys > 0,
            Line::Text(_) => return false,
        }
    }
    false
}

/// How many of the leading lines say who answers for it.
fn answers_in(lines: &[&str]) -> usize {
    let keys = lines.iter().take(bounds::HEADER_LINES).map_while(|raw| Line::read(raw).key());
    keys.filter(|key| is_answer(*key)).count()
}

/// Behind the fence at `open`.
fn fenced(lines: &[&str], open: usize, path: &Path, today: Date, out: &mut Located) {
    out.found = true;
    let close = lines[open + 1..].iter().position(|raw| is_fence(&clean::line(raw)));
    let Some(close) = close.map(|n| n + open + 1) else {
        // The fence belongs below the last line with a key.
        let below = lines[open + 1..].iter().take(bounds::HEADER_LINES);
        let keys = below.take_while(|raw| !matches!(Line::read(raw), Line::Text(_))).count();
        let line = (open + 1 + keys) as u32;
        out.problems.push(Diagnostic::refusal(Place::line(&**path, line), Msg::HeaderUnclosed, [""; 0]));
        out.body = lines.len();
        return;
    };
    out.body = close + 1;
    let length = header_lines(&lines[open + 1..close]);
    if length > bounds::HEADER_LINES {
        let args = [length, bounds::HEADER_LINES];
        let place = Place::line(&**path, open as u32 + 1);
        out.problems.push(Diagnostic::refusal(place, Msg::HeaderTooLong, args));
        return;
    }
    strict(lines, open + 1..close, path, today, true, out);
}

/// How many lines say something: neither blank nor comments.
pub(super) fn header_lines(lines: &[&str]) -> usize {
    let says = |raw: &&&str| !matches!(clean::line(raw).chars().next(), None | Some('#' | '＃'));
    lines.iter().filter(says).count()
}

/// Every line of `range` is a header line, or wrong. `yaml`: `#` begins a comment behind values too.
pub(super) fn strict(
    lines: &[&str],
    range: Range<usize>,
    path: &Path,
    today: Date,
    yaml: bool,
    out: &mut Located,
) {
    out.found = true;
    for n in range {
        let place = Place::line(&**path, n as u32 + 1);
        match Line::read(lines[n]) {
            Line::Known(key, pair) => {
                let value = if yaml { without_comment(key, &pair.value) } else { &pair.value };
                entries_on_line(key, pair.written, value, &place, &mut out.entries);
            }
            Line::Item(item) => match out.entries.last_mut() {
                Some(entry) if matches!(entry.key, Key::Replaces | Key::Screens) => {
                    entry.value =
                        if entry.value.is_empty() { item } else { format!("{}, {item}", entry.value) };
                }
                _ => out.problems.push(not_understood(place, &item, today)),
            },
            // Any key is near to one character.
            Line::Unknown(pair) if pair.written.chars().count() == 1 => {
                let text = format!("{}：{}", pair.written, pair.value);
                out.problems.push(not_understood(place, &text, today));
            }
            Line::Unknown(pair) => {
                let known = keys::nearest(&pair.written).0;
                out.problems.push(Diagnostic::refusal(place, Msg::UnknownKey, [&*pair.written, known]));
            }
            Line::Text(text) if text != "..." => out.problems.push(not_understood(place, &text, today)),
            Line::Blank | Line::Comment | Line::Fence | Line::Text(_) => {}
        }
        if out.problems.len() >= bounds::DIAGNOSTICS {
            return;
        }
    }
}

/// From `start` on, where a line with a key stands. `spaced`: a blank line follows each line.
fn unfenced(lines: &[&str], start: usize, spaced: bool, path: &Path, today: Date, out: &mut Located) {
    let last = lines.len().min(start + bounds::HEADER_LINES);
    if let Some(fence) = fence_below(&lines[..last], start) {
        out.body = fence + 1;
        strict(lines, start..fence, path, today, false, out);
        return;
    }
    let mut end = start;
    let mut seen: Vec<Key> = Vec::new();
    while end < last {
        match Line::read(lines[end]) {
            Line::Known(key, _) => seen.push(key),
            Line::Unknown(pair) if is_body_label(&pair.written) => {
                out.first = Some(pair.value);
                break;
            }
            line @ Line::Unknown(_) if line.is_misspelt() => {}
            Line::Item(_) if seen.last().is_some_and(|key| matches!(key, Key::Replaces | Key::Screens)) => {}
            Line::Blank if goes_on(&lines[end..last], spaced, &seen) => {}
            _ => break,
        }
        end += 1;
    }
    out.body = end;
    strict(lines, start..end, path, today, false, out);
}

/// Whether a header goes on behind a blank line: with one more key where lines stand spaced, else with two.
fn goes_on(lines: &[&str], spaced: bool, seen: &[Key]) -> bool {
    let mut filled = lines.iter().map(|raw| Line::read(raw)).filter(|line| *line != Line::Blank);
    let mut new_key = || filled.next().and_then(|line| line.key()).is_some_and(|key| !seen.contains(&key));
    new_key() && (spaced || new_key())
}

/// The fence that closes a header begun without one: only lines with keys may stand above it.
fn fence_below(lines: &[&str], start: usize) -> Option<usize> {
    let mut blank = false;
    for (n, raw) in lines.iter().enumerate().skip(start) {
        match Line::read(raw) {
            Line::Fence => return Some(n),
            Line::Blank => blank = true,
            Line::Known(..) | Line::Item(_) | Line::Comment => {}
            Line::Unknown(_) if !blank => {}
            Line::Unknown(_) | Line::Text(_) => return None,
        }
    }
    None
}

/// A word that announces the text itself.
fn is_body_label(written: &str) -> bool {
    let word = crate::text::fold_name(written);
    ["正文", "内容", "公告内容", "通知内容", "正文内容", "body", "content", "text"].contains(&word.as_str())
}

/// Clerks write `提供：甲　审核：乙` on one line: behind somebody's name the next key may follow.
fn entries_on_line(key: Key, written: String, value: &str, place: &Place, out: &mut Vec<Entry>) {
    let (mut key, mut written, mut value) = (key, written, value);
    while is_answer(key)
        && let Some((name, next_key, pair)) = next_on_line(value)
    {
        out.push(Entry { key, written, value: name.to_owned(), place: place.clone() });
        (key, written, value) = (next_key, pair.0, pair.1);
    }
    out.push(Entry { key, written, value: value.to_owned(), place: place.clone() });
}

/// The name before the next key, that key, and how it is written with what follows it.
fn next_on_line(value: &str) -> Option<(&str, Key, (String, &str))> {
    for (at, _) in value.match_indices([' ', '　', '；', ';', '，', ',']) {
        let (name, rest) = value.split_at(at);
        let rest = rest.trim_start_matches([' ', '　', '；', ';', '，', ',']);
        if let Some(colon) = rest.find([':', '：'])
            && let Some(key) = Key::find(&rest[..colon])
            && !name.is_empty()
        {
            let value = rest[colon..].trim_start_matches([':', '：', ' ', '　']);
            return Some((name.trim_end_matches([' ', '　']), key, (rest[..colon].to_owned(), value)));
        }
    }
    None
}

fn is_answer(key: Key) -> bool {
    matches!(key, Key::Provider | Key::Reviewer | Key::Responsible | Key::SecrecyReview)
}

/// `12s # seconds` is `12s`; a `#` in quotes, or in words that people get to see, stays.
fn without_comment(key: Key, value: &str) -> &str {
    let shown = matches!(key, Key::Title | Key::Category | Key::Index | Key::Issuer | Key::Document);
    match value.find(" #") {
        Some(at) if !shown && !value.starts_with(['"', '\'']) => value[..at].trim_end(),
        _ => value,
    }
}

fn not_understood(place: Place, text: &str, today: Date) -> Diagnostic {
    let example = date::proposal(date::NoDate::Bad(None), date::Role::Until, today);
    Diagnostic::refusal(place, Msg::HeaderNotUnderstood, [text, &example])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `keys|body line|problems` of a text whose lines are parted by `/`.
    fn seen(text: &str) -> String {
        let lines: Vec<&str> = text.split('/').collect();
        let found = locate(&lines, &"p/a.txt".into(), Date::constant(2026, 11, 23));
        let keys: Vec<&str> = found.entries.iter().map(|entry| entry.key.en()).collect();
        let problems: Vec<String> =
            found.problems.iter().map(|d| format!("{:?}:{}", d.msg, d.place.line.unwrap_or(0))).collect();
        format!("{}|{}|{}", keys.join(" "), found.body + 1, problems.join(" "))
    }

    #[test]
    fn headers_are_found_as_clerks_write_them() {
        for (text, expected) in [
            ("---/标题: a/提供: b/---/正文", "title provider|5|"),
            ("//－－－/标题：a/———/正文", "title|6|"),
            ("标题：a/提供：b//正文", "title provider|3|"),
            ("标题：a/提供：b/正文一句。", "title provider|3|"),
            ("标题：a/提供：b/------/正文", "title provider|4|"),
            ("标题：a//提供：b//审核：c//正文", "title provider reviewer|6|"),
            ("标题：a/提供：b//审核：c/负责：d//正文", "title provider reviewer responsible|6|"),
            ("标题：a/提供：b/时间：9月1日/地点：礼堂", "title provider|3|"),
            ("标题：a/提供：b/内容：明天停课", "title provider|3|"),
            ("标题：a/正文一句。", "title|2|"),
            ("标题：a/---/正文", "title|3|"),
            ("招生公告/提供：b/审核：c//正文", "provider reviewer|4|"),
            ("---/替代:/- a.md/- b.md/标题: c/---/正文", "replaces title|7|"),
            ("提供：b/审核：c/---/标题/正文", "provider reviewer|4|"),
            ("放假通知/审核：待审/至：2026-03-01//正文", "reviewer until|4|"),
            ("放假通知//至：2026-03-01/---/正文", "until|5|"),
            ("至：2026-03-01/放假通知/正文", "until|2|"),
            ("级别：紧急//放假通知/正文", "priority|2|"),
            ("放假通知/---/至：2026-03-01/审核：待审/---/正文", "until reviewer|6|"),
            ("标题：a b：c/提供：b　审核：c；负责: d//正文", "title provider reviewer responsible|3|"),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
    }

    #[test]
    fn bare_text_is_left_alone() {
        for text in [
            "家长会通知/本周五19:00",
            "关于公示/公示期：五日/负责人：张三",
            "时间：今天/地点：礼堂",
            "各位家长：/明天放假",
            "",
        ] {
            assert_eq!(seen(text), "|1|", "{text}");
        }
    }

    #[test]
    fn what_starts_like_a_header_is_refused_if_it_is_none() {
        for (text, expected) in [
            ("---/标题: a/提供: b/从未结束", "title|0"),
            ("---/标题: a/随便写写/---/正文", "HeaderNotUnderstood:3"),
            ("---/类型别: a/---/正文", "UnknownKey:2"),
            ("---/类: a/---/正文", "HeaderNotUnderstood:2"),
            ("标题：a/类型别：b/---/正文", "UnknownKey:2"),
            ("标题：a/提供：b/保密审察：c//正文", "UnknownKey:3"),
            ("标题：a/信息提供仁：b/正文", "UnknownKey:2"),
        ] {
            let expected = if expected.ends_with("|0") { "HeaderUnclosed:3" } else { expected };
            assert!(seen(text).ends_with(&format!("|{expected}")), "{text}: {}", seen(text));
        }
        let long = format!("---/{}---/正文", "标题: a/".repeat(65));
        assert!(seen(&long).ends_with("HeaderTooLong:1"));
    }
}
