//! Where do words begin? Chinese writes none of it; a dictionary knows. Asked only where a break inside a
//! word would hurt: in titles, between the pages of a strip, behind 不.

use std::sync::LazyLock;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};

use super::marks::is_han;

/// Single characters that belong to the word before them: 家长|会, 一年|级, 气象|台.
const SUFFIXES: &str = "会台场楼费级园局县校生员部处科股站院区市省镇乡村街路期率表书证单者性化权量额款学年月日时分号人名份件套间层个家室厅司所队组班课节版本权法案办岁届次条项线点度式型制";

/// Words of schools and their offices that a dictionary of everyday Chinese does not know or takes apart; of those
/// that begin alike the longest counts.
const TERMS: &str = "课后服务 课后 中小学 作息时间 作息 复课 停课 一体机 门卫室 基教股 教务处 总务处 计财股 财务处 \
    安全股 人事股 教研室 阅览室 实验室 医务室 传达室 情况下 学杂费 教科书费 教科书 作业本费 作业本 伙食费 住宿费 \
    校服费 保教费 举报 适龄儿童 适龄 随迁子女 随迁 划片 户口簿 房产证明 房产证 接种证 居住证 监护人 准考证 身份证 电动自行车 自行车 \
    务工合同 务工 学籍 转接 接送卡 接送车辆 家长会 意见箱 公示期 公示栏 公告栏 轻信 抽检 质保 结余 涉水 溺水 游泳 擅立 \
    擅自 拒交 未满 免收 供应商 候选人 采购人 代理机构 监督渠道 城关 留样 上锁 缺件 进校 离校 返校 放学 校服 \
    助学金 奖学金 助学贷款 营养餐 教师资格 普通话 候补 拟录用 拟聘 笔试 面试 体检 中考 高考 会考 学考 学前班 托管 \
    东门 南门 西门 北门 分区 日历天 工作日 双休日 节假日 橙色预警 红色预警 黄色预警 蓝色预警 预警 校园欺凌 禁毒 \
    垃圾分类 核准 备案 招投标 开标 评标 投标 询价 竣工 质保期 项目经理";

/// [`TERMS`], sorted, and whether one begins with a character whose code ends in each byte.
static KNOWN: LazyLock<(Vec<Vec<char>>, [bool; 256])> = LazyLock::new(|| {
    let mut terms: Vec<Vec<char>> = TERMS.split_whitespace().map(|term| term.chars().collect()).collect();
    terms.sort();
    let mut begins = [false; 256];
    for term in &terms {
        begins[term[0] as usize & 0xFF] = true;
    }
    (terms, begins)
});

/// How many characters the longest of [`TERMS`] has with which `chars` begins; 0 for none.
fn term(chars: &[char]) -> usize {
    let (terms, begins) = &*KNOWN;
    let Some(first) = chars.first().filter(|c| begins[**c as usize & 0xFF]) else { return 0 };
    let at = terms.partition_point(|term| term[0] < *first);
    let alike = terms[at..].iter().take_while(|term| term[0] == *first);
    alike.filter(|term| chars.starts_with(term)).map(Vec::len).max().unwrap_or(0)
}

static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// For each character whether a word begins there.
pub(super) fn starts(chars: &[char]) -> Vec<bool> {
    let mut out = Vec::with_capacity(chars.len());
    let mut text = String::new();
    // The dictionary is asked about what stands between the terms.
    let (mut n, mut asked) = (0, 0);
    while n < chars.len() {
        let length = term(&chars[n..]);
        if length > 0 {
            segment(&chars[asked..n], &mut text, &mut out);
            out.push(true);
            out.resize(n + length, false);
            asked = n + length;
        }
        n += length.max(1);
    }
    segment(&chars[asked..], &mut text, &mut out);
    for n in 1..chars.len() {
        let alone = out[n] && out.get(n + 1).copied().unwrap_or(true);
        if alone && is_han(chars[n - 1]) && SUFFIXES.contains(chars[n]) {
            out[n] = false;
        }
    }
    out
}

/// Adds to `out` for each of `chars` whether a word begins there; `text` is room to work in.
fn segment(chars: &[char], text: &mut String, out: &mut Vec<bool>) {
    text.clear();
    text.extend(chars);
    let mut ends = SEGMENTER.segment_str(text).peekable();
    let mut byte = 0;
    for c in chars {
        while ends.next_if(|at| *at < byte).is_some() {}
        out.push(ends.next_if_eq(&byte).is_some());
        byte += c.len_utf8();
    }
}

/// How many characters the first word of `chars` has; looks at the first six only.
pub(super) fn first_word(chars: &[char]) -> usize {
    let chars = &chars[..chars.len().min(6)];
    starts(chars).iter().skip(1).position(|start| *start).map_or(chars.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_keep_their_suffix() {
        for expected in [
            "召开|家长会|，|请|准时|参加",
            "初中|招生",
            "县|气象台|发布|台风|橙色预警",
            "秋季|小学|一年级",
            "规范|中小学|课后服务|的|提示",
            "教师|带领|的|情况下|游泳",
            "作息时间|调整",
            "持|户口簿",
        ] {
            let chars: Vec<char> = expected.chars().filter(|c| *c != '|').collect();
            let mut out = String::new();
            for (n, (c, start)) in chars.iter().zip(starts(&chars)).enumerate() {
                if start && n > 0 {
                    out.push('|');
                }
                out.push(*c);
            }
            assert_eq!(out, expected);
        }
        assert_eq!(first_word(&"收取任何".chars().collect::<Vec<_>>()), 2);
        assert_eq!(first_word(&[]), 0);
        assert!(starts(&[]).is_empty());
    }
}
