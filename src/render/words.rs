//! Where do words begin? Chinese writes none of it; a dictionary knows. Asked only where a break inside a
//! word would hurt: in titles, between the pages of a strip, behind 不.

use std::sync::LazyLock;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};

use super::marks::is_han;

/// Single characters that belong to the word before them: 家长|会, 一年|级, 气象|台.
const SUFFIXES: &str = "会台场楼费级园局县校生员部处科股站院区市省镇乡村街路期率表书证单者性化权量额款学年月日时分号人名份件套间层个家室厅司所队组班课节版本权法案办岁届次条项线点度式型制";

/// Words of schools and their offices that a dictionary of everyday Chinese does not know or takes apart; of those
/// that begin alike the longest counts. `·` stands where a compound may be parted if its line holds no more.
const TERMS: &str = "课后·服务 课后 中小学 作息·时间 作息 复课 停课 一体机 门卫室 基教股 教务处 总务处 计财股 财务处 \
    安全股 人事股 教研室 阅览室 实验室 医务室 传达室 情况下 学杂费 教科书费 教科书 作业本费 作业本 伙食费 住宿费 \
    校服费 保教费 举报 适龄·儿童 适龄 随迁·子女 随迁 划片 户口簿 房产·证明 房产证 接种证 居住证 监护人 准考证 \
    身份·证件 身份证 电动·自行车 自行车 务工·合同 务工 营业·执照 学籍 转接 接送卡 接送·车辆 家长会 意见箱 公示期 公示栏 公告栏 \
    轻信 抽检 质保 结余 涉水 溺水 游泳 擅立 擅自 拒交 未满 免收 供应商 候选人 采购人 代理·机构 监督·渠道 城关 留样 上锁 缺件 \
    进校 离校 返校 放学 校服 助学金 奖学金 助学·贷款 营养餐 教师·资格 普通话 候补 拟录用 拟聘 笔试 面试 体检 中考 高考 \
    会考 学考 学前班 托管 东门 南门 西门 北门 分区 日历天 工作日 双休日 节假日 橙色·预警 红色·预警 黄色·预警 蓝色·预警 预警 \
    校园·欺凌 禁毒 垃圾·分类 核准 备案 招投标 开标 评标 投标 询价 竣工 质保期 项目·经理 学历·证明 服务·大厅 \
    公共·资源 水电·燃料 一次性";

/// One of [`TERMS`]: its characters, and before which of them it may be parted.
type Term = (Vec<char>, Option<usize>);

/// [`TERMS`], sorted, and whether one begins with a character whose code ends in each byte.
static KNOWN: LazyLock<(Vec<Term>, [bool; 256])> = LazyLock::new(|| {
    let term = |written: &str| {
        let chars = written.chars().filter(|c| *c != '·').collect();
        (chars, written.chars().position(|c| c == '·'))
    };
    let mut terms: Vec<Term> = TERMS.split_whitespace().map(term).collect();
    terms.sort();
    let mut begins = [false; 256];
    for (chars, _) in &terms {
        begins[chars[0] as usize & 0xFF] = true;
    }
    (terms, begins)
});

/// The longest of [`TERMS`] with which `chars` begins.
fn term(chars: &[char]) -> Option<&'static Term> {
    let (terms, begins) = &*KNOWN;
    let first = chars.first().filter(|c| begins[**c as usize & 0xFF])?;
    let at = terms.partition_point(|(term, _)| term[0] < *first);
    let alike = terms[at..].iter().take_while(|(term, _)| term[0] == *first);
    alike.filter(|(term, _)| chars.starts_with(term)).max_by_key(|(term, _)| term.len())
}

/// What a character is in its word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// A word begins with it.
    First,
    /// The second part of a compound begins with it.
    Second,
    Inside,
}

static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// What each of `chars` is in its word.
pub(super) fn places(chars: &[char]) -> Vec<Place> {
    let mut out = Vec::with_capacity(chars.len());
    let mut text = String::new();
    // The dictionary is asked about what stands between the terms.
    let (mut n, mut asked) = (0, 0);
    while n < chars.len() {
        if let Some((term, second)) = term(&chars[n..]) {
            segment(&chars[asked..n], &mut text, &mut out);
            out.push(Place::First);
            out.resize(n + term.len(), Place::Inside);
            if let Some(second) = second {
                out[n + second] = Place::Second;
            }
            n += term.len();
            asked = n;
        } else {
            n += 1;
        }
    }
    segment(&chars[asked..], &mut text, &mut out);
    for n in 1..chars.len() {
        let alone = out[n] == Place::First && out.get(n + 1).is_none_or(|place| *place == Place::First);
        if alone && is_han(chars[n - 1]) && SUFFIXES.contains(chars[n]) {
            out[n] = Place::Inside;
        }
    }
    out
}

/// Adds to `out` what each of `chars` is in its word; `text` is room to work in.
fn segment(chars: &[char], text: &mut String, out: &mut Vec<Place>) {
    text.clear();
    text.extend(chars);
    let mut ends = SEGMENTER.segment_str(text).peekable();
    let mut byte = 0;
    for c in chars {
        while ends.next_if(|at| *at < byte).is_some() {}
        out.push(if ends.next_if_eq(&byte).is_some() { Place::First } else { Place::Inside });
        byte += c.len_utf8();
    }
}

/// How many characters the first word of `chars` has; looks at the first six only.
pub(super) fn first_word(chars: &[char]) -> usize {
    let chars = &chars[..chars.len().min(6)];
    let mut behind = places(chars).into_iter().skip(1);
    behind.position(|place| place == Place::First).map_or(chars.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_keep_their_suffix() {
        for expected in [
            "召开|家长会|，|请|准时|参加",
            "初中|招生",
            "县|气象台|发布|台风|橙色·预警",
            "秋季|小学|一年级",
            "规范|中小学|课后·服务|的|提示",
            "教师|带领|的|情况下|游泳",
            "作息·时间|调整",
            "持|户口簿",
            "务工·合同|或|营业·执照",
            "课后·服务费|由|家长|承担",
        ] {
            let chars: Vec<char> = expected.chars().filter(|c| !matches!(c, '|' | '·')).collect();
            let mut out = String::new();
            for (n, (c, place)) in chars.iter().zip(places(&chars)).enumerate() {
                match place {
                    Place::First if n > 0 => out.push('|'),
                    Place::Second => out.push('·'),
                    _ => {}
                }
                out.push(*c);
            }
            assert_eq!(out, expected);
        }
        assert_eq!(first_word(&"收取任何".chars().collect::<Vec<_>>()), 2);
        assert_eq!(first_word(&[]), 0);
        assert!(places(&[]).is_empty());
    }
}
