//! Who signed a text, and when? Its last lines, where they are an issuer's name and a date, become the
//! sign-off, which layouts set apart.

use super::{SignOff, body::Line, date};

/// What offices and schools end with.
const ENDINGS: &[&str] = &[
    "局",
    "校",
    "园",
    "办公室",
    "中心",
    "委员会",
    "委",
    "政府",
    "科",
    "股",
    "处",
    "室",
    "部",
    "会",
    "院",
    "站",
    "厅",
    "队",
    "所",
    "组",
    "小学",
    "中学",
    "大学",
    "学院",
    "公司",
    "集团",
    "馆",
    "办",
    "段",
    "社",
    "基地",
    "学区",
    "街道",
    "村",
    "镇",
    "乡",
    "县",
    "团委",
    "支部",
];

/// Takes the sign-off from the end of `lines`; also returns the lines taken, for the text that is checked.
pub(super) fn take(lines: &mut Vec<Line>) -> (SignOff, Vec<(u32, String)>) {
    while lines.last().is_some_and(|line| line.text.is_empty()) {
        lines.pop();
    }
    let mut filled = lines.iter().enumerate().rev().filter(|(_, line)| !line.text.is_empty());
    let Some((last_at, last)) = filled.next() else { return (SignOff::default(), Vec::new()) };
    let before = filled.next();
    let (text, above) = (bare(&last.text), before.map(|(_, line)| bare(&line.text)));

    let from_above = |ok: fn(&str) -> bool| before.filter(|(_, line)| ok(bare(&line.text)));
    let (sign_off, cut) = if is_date(text) {
        match from_above(is_issuer) {
            Some((at, line)) => (signed(Some(bare(&line.text)), Some(text)), at),
            None if above.is_some_and(|line| line.ends_with(['：', ':'])) => {
                return (SignOff::default(), Vec::new());
            }
            None => (signed(None, Some(text)), last_at),
        }
    } else if let Some((issuer, date)) = on_one_line(text) {
        (signed(Some(issuer), Some(date)), last_at)
    } else if is_issuer(text) {
        match from_above(is_date) {
            Some((at, line)) => (signed(Some(text), Some(bare(&line.text))), at),
            // A name alone signs only below a finished sentence: lists hold names too.
            None if above.is_some_and(|line| line.ends_with(['。', '！', '？', '.', '!', '；'])) => {
                (signed(Some(text), None), last_at)
            }
            None => return (SignOff::default(), Vec::new()),
        }
    } else {
        return (SignOff::default(), Vec::new());
    };
    let taken = lines[cut..].iter().filter(|line| !line.text.is_empty());
    let taken = taken.map(|line| (line.number, bare(&line.text).to_owned())).collect();
    lines.truncate(cut);
    (sign_off, taken)
}

fn signed(issuer: Option<&str>, date: Option<&str>) -> SignOff {
    SignOff { issuer: issuer.map(str::to_owned), date: date.map(str::to_owned) }
}

/// Without Markdown's emphasis and hard line ends.
fn bare(text: &str) -> &str {
    text.trim_end_matches('\\').trim_matches(['*', ' ', '　'])
}

/// A date and nothing else, with its year.
fn is_date(text: &str) -> bool {
    let begins =
        text.starts_with(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c) || "二一〇".contains(c));
    let marked = text.contains(['年', '-', '/', '.', '－', '．']);
    begins
        && marked
        && text.chars().count() <= 24
        && date::parse(text).is_ok_and(|when| when.seconds.is_none())
}

fn is_issuer(text: &str) -> bool {
    let name = ["（盖章）", "(盖章)", "（公章）", "(公章)", "（章）", "(章)"]
        .iter()
        .find_map(|stamp| text.strip_suffix(stamp))
        .unwrap_or(text);
    let count = name.chars().count();
    (2..=24).contains(&count)
        && !name.contains(|c: char| "。，；：！？、,.;:!?“”\"|<>#=/★".contains(c))
        && !name.starts_with(|c: char| c.is_ascii_punctuation() || c.is_ascii_digit())
        && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// `明溪县教育局　2026年9月1日`
fn on_one_line(text: &str) -> Option<(&str, &str)> {
    let (issuer, date) = text.split_at(text.find([' ', '　'])?);
    let (issuer, date) = (issuer.trim(), date.trim());
    (is_issuer(issuer) && is_date(date)).then_some((issuer, date))
}

/// Whether a line is issuer and date.
pub(super) fn is_signature(text: &str) -> bool {
    on_one_line(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `issuer|date|lines left`
    fn taken(text: &str) -> String {
        let mut lines: Vec<Line> =
            text.split('/').enumerate().map(|(n, line)| Line::read(n as u32 + 1, line)).collect();
        let (sign_off, _) = take(&mut lines);
        format!(
            "{}|{}|{}",
            sign_off.issuer.unwrap_or_default(),
            sign_off.date.unwrap_or_default(),
            lines.len()
        )
    }

    #[test]
    fn issuer_and_date_are_taken_from_the_end() {
        for (text, expected) in [
            ("正文。//　　　明溪县教育局/　　　2026年9月1日//", "明溪县教育局|2026年9月1日|2"),
            ("正文。/**明溪县实验小学**/二〇二六年九月一日", "明溪县实验小学|二〇二六年九月一日|1"),
            ("正文。/明溪县教育局　2026年9月1日", "明溪县教育局|2026年9月1日|1"),
            ("正文。/2026年9月1日/明溪县教育局", "明溪县教育局|2026年9月1日|1"),
            ("正文。/2026年9月1日", "|2026年9月1日|1"),
            ("正文。/第一中学（盖章）", "第一中学（盖章）||1"),
        ] {
            assert_eq!(taken(text), expected, "{text}");
        }
    }

    #[test]
    fn other_last_lines_stay_in_the_text() {
        for text in [
            "截止时间：/2026年9月1日",
            "录取学校：/第一中学/第二中学",
            "报名地点：/明溪县实验小学",
            "正文。/请到财务处查询。",
            "正文。/9月1日",
            "正文。/1. 教务处",
            "比分/3.5",
            "",
        ] {
            let left = text.split('/').filter(|line| !line.is_empty()).count();
            assert_eq!(taken(text), format!("||{left}"), "{text}");
        }
    }
}
