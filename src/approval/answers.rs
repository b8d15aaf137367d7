//! Does a value say who answers for a notice? `待审`, `无`, `XXX` and the like say nothing.

use crate::text::fold_name;

/// Whether `value` names nobody.
pub(super) fn answers_nothing(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "无",
        "没有",
        "暂无",
        "空",
        "空白",
        "略",
        "不详",
        "不明",
        "未知",
        "未定",
        "暂缺",
        "缺",
        "同上",
        "同前",
        "同左",
        "见上",
        "如上",
        "某某",
        "某",
        "某人",
        "姓名",
        "名字",
        "单位",
        "部门",
        "人员",
        "填写",
        "必填",
        "签名",
        "签字",
        "审核人",
        "提供人",
        "负责人",
        "责任人",
        "审查人",
        "保密审查人",
        "审核中",
        "审查中",
        "审批中",
        "处理中",
        "进行中",
        "正在审核",
        "是",
        "否",
        "有",
        "已审",
        "已审核",
        "已审查",
        "已阅",
        "审核通过",
        "通过",
        "已通过",
        "同意",
        "合格",
        "驳回",
        "退回",
        "不同意",
        "拒绝",
        "tbd",
        "tba",
        "tbc",
        "todo",
        "fixme",
        "na",
        "none",
        "null",
        "nil",
        "no",
        "yes",
        "ok",
        "true",
        "false",
        "unknown",
        "pending",
        "nobody",
        "anonymous",
        "rejected",
        "approved",
        "unapproved",
        "unreviewed",
        "inreview",
        "asabove",
        "ditto",
        "name",
        "sameasabove",
        "empty",
        "blank",
        "test",
        "测试",
        "xx科",
        "xx股",
        "某科",
        "某股",
        "~",
        "免",
        "免审",
        "免审核",
        "免审查",
        "免于审查",
        "自己",
        "本人",
        "我",
        "自审",
        "自查",
        "无需",
        "无须",
        "无密",
        "同提供人",
        "同审核人",
        "notapplicable",
        "notrequired",
        "notneeded",
        "self",
        "myself",
        "me",
        "same",
    ];
    const BEGINNINGS: &[&str] = &[
        "待", "未审", "未定", "未填", "未批", "未签", "未查", "未经", "未知", "未确", "未明", "未报", "未完",
        "暂", "尚未", "不需", "不用", "无需", "无须", "不涉", "无涉", "未涉", "没涉", "不含", "不必", "请",
        "还没", "没有", "notyet", "pending", "tobe", "waiting",
    ];
    const PARTS: &[&str] = &[
        "待审",
        "待定",
        "待签",
        "待填",
        "待批",
        "未通过",
        "不通过",
        "未审",
        "未批",
        "未签",
        "不涉密",
        "无涉密",
        "未涉密",
        "非涉密",
        "不涉及",
        "无密级",
        "notapproved",
        "notreviewed",
    ];
    let folded = fold_name(value);
    let word: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    // Placeholders are made of these letters and marks: XXX, ×××, 某某某, ○○○, 000.
    let placeholder = |c: char| "x某0123456789〇".contains(c);
    word.is_empty()
        || word.chars().all(placeholder)
        || WORDS.contains(&word.as_str())
        || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
        || PARTS.iter().any(|part| word.contains(part))
}

/// Whether two values name the same: width, spaces, case and punctuation do not tell people apart, nor does
/// a title in brackets that only one of them has.
pub(super) fn same(a: &str, b: &str) -> bool {
    let folded = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (a, b) = (fold_name(a), fold_name(b));
    let (bare_a, bare_b) = (without_brackets(&a), without_brackets(&b));
    let (titled_a, titled_b) = (bare_a != a, bare_b != b);
    // With brackets in both, what stands in them may tell two people of one office apart.
    folded(&a) == folded(&b) || (titled_a != titled_b && folded(&bare_a) == folded(&bare_b))
}

/// Without what stands in brackets, unless nothing else stands there.
fn without_brackets(text: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '<' => depth += 1,
            ')' | ']' | '】' | '〕' | '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    if out.chars().any(char::is_alphanumeric) { out } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_answer_nothing() {
        for value in [
            "待审",
            "待定",
            "未通过",
            "无",
            "XXX",
            "ｘｘｘ",
            "×××",
            "暂无",
            "TBD",
            "同上",
            "?",
            "？？",
            "-",
            "——",
            "…",
            "……",
            "待 审",
            "【待审】",
            "（待定）",
            "N/A",
            "n.a.",
            "审核未通过",
            "分管领导（待审）",
            "请填写",
            "某某某",
            "____",
            "***",
            "。",
            "未审核",
            "审核中",
            "已审核",
            "Not yet",
            "to be confirmed",
            "○○○",
            "0",
            "无。",
            "同上。",
            "not approved",
            "不需要",
            "不涉密",
            "自己",
            "本人",
            "免",
            "免审",
            "无涉密内容",
            "本文无涉密内容",
            "无密",
            "无需",
            "N/A",
        ] {
            assert!(answers_nothing(value), "{value}");
        }
        for value in [
            "基教股",
            "未来小学",
            "王伟",
            "分管领导",
            "局长",
            "office",
            "Li",
            "总务处（王芳）",
            "吴无忌",
            "项有为",
            "第一中学",
            "安全股2组",
            "单位会计",
        ] {
            assert!(!answers_nothing(value), "{value}");
        }
    }

    #[test]
    fn people_are_told_apart_by_their_letters_only() {
        assert!(same("王　伟", "王伟"));
        assert!(same("基教股。", "基教股"));
        assert!(same("ＯＦＦＩＣＥ", "office"));
        assert!(same("王伟", "王伟（副局长）"));
        assert!(same("王伟[局长]", "王　伟"));
        assert!(!same("（甲）", "（乙）"));
        assert!(!same("基教股（王伟）", "基教股（李强）"));
    }
}
