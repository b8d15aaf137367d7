//! Does a line carry a secrecy marking? Words like 保守国家秘密 and 商业秘密 are none; a marking has a
//! star or a term behind it, or stands alone.

use crate::text::fold_name;

/// The degrees (保守国家秘密法, art. 14).
const DEGREES: &[&str] = &["绝密", "机密", "秘密"];
/// What stands before a degree in a form.
const LABELS: &[&str] = &["密级", "保密等级", "保密级别", "秘密等级", "涉密等级"];
/// Stars that stand between degree and term (GB/T 9704, 7.2.2), also badly typed ones.
const STARS: &[char] = &[
    '★', '☆', '✩', '✪', '✭', '✮', '✯', '✰', '⭐', '⋆', '*', '＊', '∗', '※', '✱', '✶', '▲', '△', '▼', '◆',
    '◇', '●', '■', '✦', '✧',
];
/// Markings of what is for inside use only.
const INSIDE: &[&str] = &["内部资料", "内部文件", "内部刊物", "内部材料", "内部使用", "仅供内部", "内部参考"];
/// What follows them where they are meant as markings.
const CARE: &[&str] = &[
    "注意保存",
    "注意保管",
    "妥善保管",
    "妥善保存",
    "严禁外传",
    "不得外传",
    "请勿外传",
    "禁止外传",
    "严禁翻印",
    "不得翻印",
    "不得公开",
    "注意保密",
    "严禁外泄",
    "阅后",
    "用后",
];

/// The marking on `line`, if there is one.
pub(super) fn marking(line: &str) -> Option<String> {
    // Spaces and hyphens within a marking are typography: 机　密　★　１　年.
    let text: String = fold_name(line).chars().map(simplified).filter(|c| !"-‐‑_·".contains(*c)).collect();
    for degree in DEGREES {
        let mut at = 0;
        while let Some(found) = text[at..].find(degree) {
            let before = &text[..at + found];
            at += found + degree.len();
            if let Some(mark) = marked(before, &text[at..], degree) {
                return Some(mark);
            }
        }
    }
    // 内部资料室 is a room.
    if text.replace("内部资料室", "").contains("内部资料") {
        return Some("内部资料".to_owned());
    }
    let brackets = |c: char| "[]()【】〔〕《》<>「」『』\"“”'.,，。、:：;；!！-—★*#|·".contains(c);
    let bare = text.trim_matches(brackets);
    let bare =
        LABELS.iter().find_map(|label| bare.strip_prefix(label)).unwrap_or(bare).trim_matches(brackets);
    if let Some(degree) = DEGREES.iter().find(|degree| stands_alone(bare, degree)) {
        return Some((*degree).to_owned());
    }
    INSIDE.iter().find(|mark| is_inside_mark(line, &text, mark)).map(|mark| (*mark).to_owned())
}

/// The marking that a degree makes with what stands around it: a star, a term, brackets, the label 密级.
fn marked(before: &str, after: &str, degree: &str) -> Option<String> {
    let behind = after.trim_start_matches(['级', '件', ':', '(', '[', '"']);
    if let Some(star) = behind.chars().next().filter(|c| STARS.contains(c)) {
        return Some(format!("{degree}{star}"));
    }
    // 商业秘密 is none of the state's, whatever its term.
    let other = ["商业", "工作", "技术", "个人", "国家", "保守", "保护"].iter().any(|w| before.ends_with(w));
    let behind =
        behind.trim_start_matches([',', ';', '、', '。', '.', '期', '限', '【', '〔', '/', '|', ':']);
    let bracketed = before.ends_with(['(', '[', '【', '〔', '〖'])
        && after.trim_start_matches(['级', '件']).starts_with([')', ']', '】', '〕', '〗']);
    let labelled = LABELS
        .iter()
        .any(|label| before.trim_end_matches([':', '(', '[', '【', '为', '是']).ends_with(label));
    (bracketed || labelled || (!other && begins_with_term(behind))).then(|| degree.to_owned())
}

/// `1年`, `十年`, `6个月`, `长期`; not `1年级`.
fn begins_with_term(text: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let unit = text.trim_start_matches(number);
    let digits = text[..text.len() - unit.len()].chars().count();
    let term = (1..=3).contains(&digits)
        && ["年", "个月", "月", "天"].iter().any(|name| unit.starts_with(name))
        && !unit.starts_with("年级");
    text.starts_with("长期") || term
}

/// The simplified form of the traditional characters that markings are written in.
fn simplified(c: char) -> char {
    const PAIRS: &[(char, char)] = &[
        ('機', '机'),
        ('絕', '绝'),
        ('絶', '绝'),
        ('祕', '秘'),
        ('內', '内'),
        ('資', '资'),
        ('級', '级'),
        ('個', '个'),
        ('長', '长'),
        ('閱', '阅'),
        ('參', '参'),
        ('僅', '仅'),
    ];
    PAIRS.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)
}

/// Nothing but the degree, with a term or an urgency.
fn stands_alone(bare: &str, degree: &str) -> bool {
    let Some(at) = bare.find(degree) else { return false };
    let (before, after) = (&bare[..at], &bare[at + degree.len()..]);
    let after = after.trim_start_matches(['级', '件', ':', '(']).trim_end_matches(')');
    let urgency = |text: &str| ["", "特急", "加急", "平急", "特提", "急件"].contains(&text);
    let term = |text: &str| {
        text == "长期"
            || ["年", "个月", "月", "天", "日"].iter().any(|unit| {
                text.strip_suffix(unit).is_some_and(|number| {
                    (1..=3).contains(&number.chars().count())
                        && number.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
                })
            })
    };
    urgency(before) && (urgency(after) || term(after))
}

/// Alone, at the line's beginning with something set apart behind it, in brackets, or with a warning.
fn is_inside_mark(line: &str, text: &str, mark: &str) -> bool {
    let Some(at) = text.find(mark) else { return false };
    let after = &text[at + mark.len()..];
    let apart = |c: char| " 　，,。;；:：!！、()（）[]【】★*·-—".contains(c);
    if CARE.iter().any(|care| after.trim_start_matches(apart).starts_with(care)) {
        return true;
    }
    let before = text[..at].trim_start_matches(apart);
    let bracketed = text[..at].ends_with(['[', '(', '【', '〔', '《', '<']);
    // Spaces are gone from the folded text, so what stands behind is looked up as typed.
    let typed_after = line.find(mark).map(|at| &line[at + mark.len()..]);
    let ends = after.is_empty() || typed_after.is_some_and(|rest| rest.starts_with(apart));
    (before.is_empty() || bracketed) && (ends || after.starts_with(apart))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markings_are_found() {
        for line in [
            "机密★1年 关于某事项的内部通报，不得公开。",
            "绝密★",
            "秘密☆长期",
            "机　密　★　１　年",
            "秘密*10年",
            "机密",
            "【秘密】",
            "密级：机密",
            "绝密 特急",
            "特急 机密",
            "秘密 5年",
            "机密（1年）",
            "内部资料",
            "内部资料 注意保存",
            "内部资料，严禁外传",
            "【内部资料】关于某事",
            "内部文件　注意保存",
            "关于某事的说明（内部资料）",
            "内 部 资 料",
            "机\u{200B}密★",
            "内部资料 关于某事项",
            "本件属内部文件，不得外传",
            "密级:秘密★十年",
            "机密级★1年",
            "本资料为内部资料。",
            "不得向外提供内部资料",
            "【机密】关于某事项的通报",
            "关于某事的通报（秘密）",
            "明溪县教育局文件 机密 1年",
            "机密，1年",
            "秘密六个月",
            "密级：秘密　保密期限：1年",
            "機密★1年",
            "機密 長期",
            "機密▲1年",
            "机密▲1年",
            "机-密★1年",
            "內部資料",
        ] {
            assert!(marking(line).is_some(), "{line}");
        }
    }

    #[test]
    fn ordinary_words_are_not_markings() {
        for line in [
            "保守国家秘密，人人有责。",
            "严守商业秘密",
            "不得泄露工作秘密和个人隐私",
            "保密知识讲座",
            "《秘密花园》读书会",
            "机密文件管理办法学习",
            "内部资料室开放时间",
            "商业秘密保护期限：1年",
            "依法保守商业秘密3年",
            "国家秘密的密级分为绝密、机密、秘密",
            "手机密码、随机密码",
            "秘密1年级读书会",
            "保密期限和解密条件",
            "学校内部文件传阅制度",
            "食堂五星★★★★★评价",
            "国家秘密分为绝密、机密、秘密三级",
            "",
        ] {
            assert_eq!(marking(line), None, "{line}");
        }
    }
}
