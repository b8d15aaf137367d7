//! Does a line of the text look like a header's line that stands in the wrong place? What decides whether
//! and how long a notice shows must not be drawn and ignored: such a text is refused.

use super::{Key, line};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    notice::{bounds, clean, date},
    text::fold_name,
    time::Hours,
};

/// So many lines that say something are looked at, from the beginning and from the end.
const LINES: usize = 6;
/// A value that names somebody is not longer, in characters.
const NAME_CHARS: usize = 16;

/// The lines of `text` (numbers in the file, cleaned) that belong into a header.
pub(in crate::notice) fn stray<'a>(
    path: &str,
    text: impl Iterator<Item = (u32, &'a str)>,
) -> Vec<Diagnostic> {
    let filled: Vec<(u32, &str)> = text.filter(|(_, line)| !line.is_empty()).collect();
    let count = filled.len();
    let head = &filled[..count.min(LINES)];
    let last_fence = head.iter().rposition(|(_, line)| line::is_fence(line)).unwrap_or(0);
    let mut found = Vec::new();
    for (n, (number, line)) in filled.iter().enumerate() {
        if n >= LINES && n + LINES < count {
            continue;
        }
        let meant = decides(line)
            .or_else(|| titled(line).filter(|_| n < LINES))
            // Above a fence a colon may have been forgotten.
            .or_else(|| spaced(line).filter(|_| n < last_fence));
        if let Some((key, value)) = meant {
            let value = if value.is_empty() { "……" } else { value.as_str() };
            let line: String = line.chars().take(40).collect();
            // In the writer's script.
            let latin = unnumbered(&line).starts_with(|c: char| c.is_ascii_alphabetic());
            let example =
                if latin { format!("{}: {value}", key.en()) } else { format!("{}：{value}", key.zh()) };
            let args = [line, example];
            found.push(Diagnostic::refusal(Place::line(path, *number), Msg::HeaderInText, args));
        }
    }
    found.truncate(bounds::DIAGNOSTICS);
    found
}

/// Whether a header may begin with this one line: its key decides, and its value is short.
pub(super) fn begins_header(raw: &str) -> bool {
    decides(&clean::line(raw)).is_some_and(|(key, value)| {
        let answer = matches!(
            key,
            Key::Provider | Key::Reviewer | Key::Responsible | Key::SecrecyReview | Key::Replaces
        );
        !answer || (value.chars().count() <= NAME_CHARS && !value.contains(['。', '，', '！', '？']))
    })
}

/// The key that begins `line`, if it decides about showing and is no ordinary word of a text; its value.
fn decides(line: &str) -> Option<(Key, String)> {
    let (written, value) = parts(line)?;
    let key = Key::find(&written)?;
    let word = fold_name(&written);
    let is = |words: &[&str]| words.iter().any(|w| word.contains(w));
    let decides = match key {
        // A text may name its writer at its foot.
        Key::Provider => !is(&["来源", "经办", "稿", "起草", "报送", "source", "author"]),
        Key::Responsible => word == "负责" || is(&["信息", "responsible", "accountable"]),
        Key::Reviewer | Key::SecrecyReview | Key::PrivacyExempt => true,
        // 截止时间, 公示期 and the like tell readers of a text about its matter.
        Key::From | Key::Until => {
            ["自", "至", "until", "from"].contains(&word.as_str())
                || is(&["有效期至", "有效期到", "有效期止", "有效至", "有效期自", "有效期从", "有效期起"])
                || is(&["上屏", "下屏", "播放", "展示", "valid"])
                || (is_dated(&value)
                    && ["从", "起", "到", "止", "有效期", "有效期限", "有效日期", "截止", "截至"]
                        .contains(&word.as_str()))
        }
        Key::Priority => {
            !["级别", "等级", "重要性", "level", "importance"].contains(&word.as_str())
                || super::values::is_priority(&value)
        }
        Key::Hours => !is(&["时间", "schedule", "timeslot"]) && Hours::parse(&value).is_some(),
        Key::Replaces => word != "废止",
        _ => false,
    };
    decides.then_some((key, value))
}

/// `标题；x`, `标题=x`, `【标题】x`.
fn titled(line: &str) -> Option<(Key, String)> {
    let (written, value) = parts(line)?;
    let word = fold_name(&written);
    let title = Key::find(&written) == Some(Key::Title) && !["题目", "题名"].contains(&word.as_str());
    (title && !value.is_empty()).then_some((Key::Title, value))
}

/// `提供 甲`: a key and a name with nothing but space between.
fn spaced(line: &str) -> Option<(Key, String)> {
    let (written, value) = unnumbered(line).split_once([' ', '　'])?;
    let value = value.trim_matches([' ', '　']);
    let short = !value.is_empty() && value.chars().count() <= NAME_CHARS;
    let key = Key::find(written).filter(|_| short)?;
    Some((key, value.to_owned()))
}

/// What stands before and behind a colon, or a mark typed instead of one; `【审核】甲` too.
fn parts(line: &str) -> Option<(String, String)> {
    let line = unnumbered(line);
    if let Some(inner) = line.strip_prefix(['【', '[', '〔', '［', '〖'])
        && let Some((written, value)) = inner.split_once(['】', ']', '〕', '］', '〗'])
    {
        let value = value.trim_start_matches([':', '：', ' ', '　']);
        return Some((written.to_owned(), value.to_owned()));
    }
    let at = line.find([':', '：', '﹕', '︰', '∶', '︓', '=', '＝', '；', ';'])?;
    let (written, rest) = line.split_at(at);
    let mut value = rest.chars();
    value.next();
    let value = value.as_str().trim_matches([' ', '　', '*']);
    (written.chars().count() <= 24).then(|| (written.to_owned(), value.to_owned()))
}

/// Without what numbers or marks a line: `2、` `（一）` `①` `-` `>` `#`.
fn unnumbered(line: &str) -> &str {
    let mark = |c: char| {
        c.is_ascii_digit()
            || "０１２３４５６７８９一二三四五六七八九十".contains(c)
            || ('①'..='⒛').contains(&c)
    };
    let text = line.trim_start_matches(['>', '#', '-', '*', '·', '•', '●', '■', '◆', ' ', '　']);
    let rest = text.trim_start_matches(['(', '（']).trim_start_matches(mark);
    let behind = rest.trim_start_matches([')', '）', '、', '.', '．', ' ', '　']);
    if text.starts_with(|c: char| ('①'..='⒛').contains(&c)) || behind.len() < rest.len() {
        behind
    } else {
        text
    }
}

/// Whether a value is a date, or all but one.
fn is_dated(value: &str) -> bool {
    !matches!(date::parse(value), Err(date::NoDate::Bad(None))) || date::parse_range(value).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        stray("p/a.txt", text.split('/').zip(1u32..).map(|(line, n)| (n, line))).len()
    }

    #[test]
    fn lines_of_a_header_in_the_text_are_named() {
        for text in [
            "放假通知/审核：待审",
            "放假通知/第二行/提供人：甲/审核人：乙/有效期至：2026-03-01",
            "放假通知/2、提供：甲",
            "放假通知/（三）审核：甲",
            "放假通知/①审核：甲",
            "放假通知/一/二/三/四/五/六/七/八/九/至：2026-03-01",
            "标题；放假/明天放假",
            "标题=放假/明天放假",
            "【标题】放假/明天放假",
            "【审核】待审/明天放假",
            "提供 甲/---/明天放假",
            "级别：紧急/放假通知",
            "放假/保密审查；待审",
            "放假/> 审核：待审",
            "放假/priority = emergency",
            "放假/时段：8:00-18:00",
            "放假/至：下周",
        ] {
            assert!(found(text) > 0, "{text}");
        }
        let args = &stray("p/a.txt", [(3, "2、提供：甲")].into_iter())[0];
        assert_eq!((args.place.line, args.args[1].as_str()), (Some(3), "提供：甲"));
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "通知/时间：3月1日/地点：礼堂/联系人：王老师/落款：教务处/日期：2026-03-01",
            "通知/请于3月1日至：明溪一中报名",
            "公示/公示期：五日/负责人：张三/来源：新华社",
            "报名/开始时间：2026-03-01/截止时间：2026-03-10/报名方式：网上",
            "获奖/级别：省级/等级：一等奖",
            "车票/从：福州/到：厦门",
            "课表/时段：上午/时间段：8:00-11:30",
            "提供午餐/一、审核材料/审核 材料",
            "责任单位：各校；责任人：校长",
            "【通知】明天放假",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }
}
