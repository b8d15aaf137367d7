//! Where may a line end? UAX #14, then the rules of GB/T 15834 and CLREQ, then what an office never
//! splits: a number and its unit, a date, a name, 不 and what it denies.

mod figures;

use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed, options::LineBreakOptions};

use super::{
    marks::{Kind, ends_phrase, halves_of_one, is_dash, is_han, is_wide, negates, never_first, never_last},
    words::first_word,
};

/// How good a line end is; larger is better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(super) enum Break {
    /// Against the rules of punctuation: only where a line holds nothing else.
    Never,
    /// Inside a figure, `12|34.50`: worse than inside anything else.
    Figure,
    /// Behind the comma that parts a figure's thousands, `1,|286,|350.00`: better than elsewhere in it.
    Thousands,
    /// Before a figure's point, `350|.00`: what stands before it keeps its meaning.
    Decimal,
    /// Inside a word, a number, a name: only where it is wider than the line.
    Resort,
    /// Between the parts of a date, 2026年|9月1日: better than elsewhere in it.
    Part,
    /// Between the ends of a range, 7月6日至|8日 and 8:00—|11:30.
    Range,
    /// Good.
    Good,
}

const SEGMENTER: LineSegmenterBorrowed<'static> =
    LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default());

/// For each character of `text` how good it is to end a line before it; the first is `Never`. `chars` and `kinds` are
/// what `text` is made of; `keep` are words that are not split. Linear in the text for each word kept.
pub(super) fn breaks(text: &str, chars: &[char], kinds: &[Kind], keep: &[String]) -> Vec<Break> {
    let mut out = vec![Break::Resort; chars.len()];
    let mut ends = SEGMENTER.segment_str(text).skip_while(|at| *at == 0).peekable();
    let mut byte = 0;
    for (n, c) in chars.iter().enumerate() {
        if ends.next_if_eq(&byte).is_some() {
            out[n] = Break::Good;
        }
        byte += c.len_utf8();
    }
    // The last character that was no space: spaces do not part an opening mark from what it opens.
    let mut solid = ' ';
    for n in 1..chars.len() {
        if !kinds[n - 1].is_space() {
            solid = chars[n - 1];
        }
        // Between two Han UAX #14 has said all.
        if !(kinds[n - 1].is_plain_han() && kinds[n].is_plain_han()) {
            out[n] = between(chars, n, solid, out[n]);
        }
    }
    negations(chars, &mut out);
    figures::numbers(chars, kinds, &mut out);
    figures::figures(chars, kinds, &mut out);
    figures::numerals(chars, &mut out);
    names(chars, &mut out);
    enumerators(chars, &mut out);
    syllables(chars, &mut out);
    for word in keep.iter().filter(|word| !word.trim().is_empty()) {
        keep_together(text, chars, word, &mut out);
    }
    if let Some(first) = out.first_mut() {
        *first = Break::Never;
    }
    out
}

/// What the characters on both sides say; `solid` is the last before `n` that is no space, `plain` what
/// UAX #14 says.
fn between(chars: &[char], n: usize, solid: char, plain: Break) -> Break {
    let (a, b) = (chars[n - 1], chars[n]);
    let after = chars.get(n + 1).copied().unwrap_or(' ');
    // A space stays at the end of the line before it, where it takes no room.
    if halves_of_one(a, b) || never_last(solid) || never_first(b) || b == '/' || b.is_whitespace() {
        return Break::Never;
    }
    // A dash between spaces parts what stands on both sides, in Latin text.
    if is_dash(b) && !a.is_whitespace() && !halves_of_one(b, after) {
        return Break::Never;
    }
    if matches!(a, '·' | '・') && is_han(b) {
        return Break::Resort;
    }
    if matches!(a, '/' | '-' | '–' | '_' | '.' | '@') && b.is_ascii_alphanumeric() {
        return if matches!(a, '/' | '-') { Break::Part } else { Break::Resort };
    }
    // GB/T 3976: the number of a standard stays with its name.
    let name = n.checked_sub(2).map_or(' ', |at| chars[at]);
    if a == ' ' && b.is_ascii_digit() && name.is_ascii_uppercase() {
        return Break::Resort;
    }
    // UAX #14 does not know on which side a quotation mark stands; beside Han the mark itself says it.
    if (super::marks::opens(b) && is_wide(a)) || (super::marks::closes(a) && is_wide(b)) {
        return Break::Good;
    }
    if ends_phrase(a) > 0 && (is_han(b) || is_wide(a)) {
        return Break::Good;
    }
    plain
}

/// 不|收费 is a scandal: what denies stays with the whole word that it denies.
fn negations(chars: &[char], out: &mut [Break]) {
    for n in 1..chars.len() {
        let before = n.checked_sub(2).map(|at| chars[at]);
        // 是不是, 能不能: here 不 denies nothing.
        if negates(chars[n - 1]) && is_han(chars[n]) && before != Some(chars[n]) {
            for level in &mut out[n..n + first_word(&chars[n..]).max(1)] {
                *level = (*level).min(Break::Resort);
            }
        }
    }
}

/// `王　伟`: a full-width space behind a single Han is the inside of a name, in pairs.
fn names(chars: &[char], out: &mut [Break]) {
    let alone = |n: usize| {
        let beside = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| is_han(*c));
        is_han(chars[n]) && !beside(n.checked_sub(1)) && !beside(Some(n + 1))
    };
    let mut n = 0;
    while n + 2 < chars.len() {
        if chars[n + 1] == '\u{3000}' && alone(n) && is_han(chars[n + 2]) {
            out[n + 1] = out[n + 1].min(Break::Resort);
            out[n + 2] = out[n + 2].min(Break::Resort);
            n += 3;
        } else {
            n += 1;
        }
    }
}

/// What counts off stays with what it counts: ①, `1.`, `1、`, `(1)`, `（一）`.
fn enumerators(chars: &[char], out: &mut [Break]) {
    let counts = |c: char| matches!(c, '0'..='9' | '０'..='９' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十');
    // ①⑴⒈㈠ and their like.
    let whole = |c: char| matches!(c as u32, 0x2460..=0x249B | 0x24EB..=0x24FF | 0x2776..=0x2793 | 0x3220..=0x3229 | 0x3280..=0x3289);
    let mut n = 0;
    while n < chars.len() {
        let first = n;
        n += 1;
        let mut end = whole(chars[first]).then_some(n);
        if counts(chars[first]) {
            while n < chars.len() && counts(chars[n]) {
                n += 1;
            }
            let before = first.checked_sub(1).map(|at| chars[at]);
            let opened = matches!(before, Some('(' | '（'));
            let begins = before.is_none_or(|c| c.is_whitespace() || ends_phrase(c) == 2 || c == '：');
            let closed = matches!((opened, chars.get(n)), (true, Some(')' | '）')));
            let dotted = begins && matches!(chars.get(n), Some('.' | '．' | '、'));
            end = (n - first <= 3 && (closed || dotted)).then_some(n + 1);
        }
        // A space between them is passed over.
        let next = end.and_then(|end| (end..chars.len()).find(|at| !chars[*at].is_whitespace()));
        for level in end.zip(next).and_then(|(end, next)| out.get_mut(end..=next)).unwrap_or_default() {
            *level = (*level).min(Break::Resort);
        }
    }
}

/// Words of fewer letters fit every line; what has more is no word.
const LEAST_HYPHENATED: usize = 5;
const MOST_HYPHENATED: usize = 40;

/// English words that are wider than a line part between syllables, with a hyphen: only there is a [`Break::Part`]
/// between two letters. Names in capitals, addresses and numbers have none.
fn syllables(chars: &[char], out: &mut [Break]) {
    let mut n = 0;
    while n < chars.len() {
        let first = n;
        while n < chars.len() && chars[n].is_ascii_graphic() {
            n += 1;
        }
        // What stands between spaces or Han, without the marks around it.
        let letter = |at: &usize| chars[*at].is_ascii_alphanumeric();
        if let (Some(first), Some(last)) = ((first..n).find(letter), (first..n).rfind(letter)) {
            let word: String = chars[first..=last].iter().collect();
            let plain =
                chars[first].is_ascii_alphabetic() && word[1..].bytes().all(|byte| byte.is_ascii_lowercase());
            if plain && (LEAST_HYPHENATED..=MOST_HYPHENATED).contains(&word.len()) {
                let mut at = first;
                for syllable in hypher::hyphenate(&word, hypher::Lang::English) {
                    out[at] = if at > first { out[at].max(Break::Part) } else { out[at] };
                    at += syllable.len();
                }
            }
        }
        n = n.max(first + 1);
    }
}

fn keep_together(text: &str, chars: &[char], word: &str, out: &mut [Break]) {
    let length = word.chars().count();
    let (mut byte, mut n) = (0, 0);
    for (at, _) in text.match_indices(word) {
        n += text[byte..at].chars().count();
        byte = at;
        for at in n + 1..n + length {
            // What is wider than a line parts where it would without being kept, and not inside a number: behind a name
            // rather than in what it names.
            let named = matches!(chars[at - 1], '：' | ':');
            out[at] = out[at].min(if named { Break::Range } else { Break::Part });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(text: &str, keep: &[String]) -> Vec<Break> {
        let chars: Vec<char> = text.chars().collect();
        let kinds: Vec<Kind> = chars.iter().map(|c| Kind::of(*c)).collect();
        breaks(text, &chars, &kinds, keep)
    }

    #[test]
    fn a_date_too_long_for_a_line_parts_between_its_parts() {
        for expected in [
            "2026年|9月|1日",
            "8:00—|11:30",
            "7月|6日|至|8日",
            "1月|20日|前",
            "2026.9.1",
            "18.6万元",
            "0598-|2867123",
            "MXJY-|2026-|003",
        ] {
            let text = expected.replace('|', "");
            let chars: Vec<char> = text.chars().collect();
            let mut found = String::new();
            for (c, level) in chars.iter().zip(levels(&text, &[])) {
                if (Break::Part..Break::Good).contains(&level) {
                    found.push('|');
                }
                found.push(*c);
            }
            assert_eq!(found, expected);
        }
    }

    /// The text cut at every good line end.
    fn cut(text: &str, keep: &[&str]) -> String {
        let chars: Vec<char> = text.chars().collect();
        let keep: Vec<String> = keep.iter().map(|word| (*word).to_owned()).collect();
        let levels = levels(text, &keep);
        let mut out = String::new();
        for (c, level) in chars.iter().zip(levels) {
            if level == Break::Good {
                out.push('|');
            }
            out.push(*c);
        }
        out
    }

    #[test]
    fn lines_end_where_a_typesetter_would_end_them() {
        let mut wrong = Vec::new();
        for (source, expected) in [
            ("GB/T 15834 5.1.1 句号逗号顿号分号冒号", "一年级，|二、|三；|四：|五。"),
            ("GB/T 15834 5.1.2 问号叹号", "好|吗？|好！|是"),
            ("GB/T 15834 5.1.3 引号括号书名号", "见|《规|定》|和|（附|件）|及|“说|明”|等"),
            ("GB/T 15834 5.1.3 单引号方括号", "称|‘甲’|与|【乙】|或|〔丙〕|等"),
            ("GB/T 15834 5.1.4 破折号", "学|校|——|家"),
            ("GB/T 15834 5.1.5 省略号", "等|等……|完"),
            ("GB/T 15834 5.1.6 连接号", "北|京—|上|海"),
            ("GB/T 15834 5.1.6 浪纹线", "3～5天|内"),
            ("GB/T 15834 5.1.7 间隔号", "买|买|提·艾|力"),
            ("GB/T 15834 5.1.9 分隔号", "小|学／初|中"),
            ("CLREQ 3.1.3 marks in a row", "（“一”、|“二”）。|后"),
            ("CLREQ 3.1.3 quotation in brackets", "《“十|四|五”|规|划》"),
            ("CLREQ Latin words", "使|用 |Wi-Fi |6 |网|络"),
            ("UAX #14 LB25 figures", "共 |1,286,350.00元|整"),
            ("UAX #14 percent", "合|格|率|100%，|好"),
            ("date", "定|于|2026年9月1日|开|学"),
            ("date and time", "5月18日12:00前|交"),
            ("times", "每|日|8:00—11:30、|下|午"),
            ("range of days", "7月6日至8日，|每|日"),
            ("amount", "预|算|86.5万元；|工|期|60日|历|天"),
            ("ordinal", "第3条|和|第12项"),
            ("document number", "明|教|财|〔2026〕8号"),
            ("standard", "符|合|GB/T 3976-2014，|好"),
            ("model number", "编|号|MXJY-2026-003。|第"),
            ("count", "24台|（4K）|已"),
            ("negation", "严|禁擅立|项|目"),
            ("a figure in Han", "未满|十六周岁|的|学|生，|停|课|一天、|第三条"),
            ("day of the week", "周一至周五、|星|期四"),
            ("negation", "到|无安全|设|施、|没有人"),
            ("negation", "不收取|费|用，|免学杂费"),
            ("no negation", "是|不|是|你"),
            ("name of two characters", "王　伟|到|会"),
            ("names in a row", "王　伟　|李　明　|张|三|丰"),
            ("money", "￥15元|每|生"),
            ("enumerator", "材|料：|①户|口|簿；|②房|产|证|③其|他"),
            ("enumerator", "材|料：|1.户|口|簿；|2、房|产|证。|（1）其|他|(2) 材|料"),
            ("no enumerator", "第1、|2项，|一年级、|二年级"),
            ("temperature", "今|天|25℃，|晴"),
            ("GB/T 15834 4.8 引号中引号", "他|说：|“读|‘通|知’|一|遍。”|后"),
            ("GB/T 15834 4.9 括号在句内", "（一）报|名；|（二）缴|费"),
            ("GB/T 15834 4.9.3 六角括号", "国|办|发|〔2025〕12号|文"),
            ("GB/T 15834 4.9.3 方头括号", "【紧|急】|停|课"),
            ("GB/T 15834 4.10 破折号引出说明", "开|放|日|——|每|月|首|个|周三"),
            ("GB/T 15834 4.11 省略号后有字", "语|文、|数|学……|等|科"),
            ("GB/T 15834 4.13 一字线起止", "2026年—2028年"),
            ("GB/T 15834 4.13 短横线编号", "表|2-8|和|图|3-1"),
            ("GB/T 15834 4.13 浪纹线", "5～8℃|之|间"),
            ("GB/T 15834 4.14 间隔号在日期", "“9·18”|纪|念|日"),
            ("GB/T 15834 4.15 书名号并列", "《通|知》|《办|法》|等"),
            ("GB/T 15834 4.15.3 书名号内括号", "《规|定|（试|行）》|印|发"),
            ("GB/T 15834 4.16 专名与分隔号", "羽|毛|球／网|球"),
            ("GB/T 15834 5.1.2 问号叹号连用", "真|的？！|是"),
            ("GB/T 15834 5.1.3 标点后的引号", "写|明|“已|缴。”|即|可"),
            ("CLREQ 3.1.2 ellipsis of Latin origin", "等|等⋯⋯"),
            ("CLREQ 3.1.3 signs before figures", "收|费|￥20、|第|№3号"),
            ("CLREQ 3.1.3 percent full-width", "占|25％，|升|3‰"),
            ("CLREQ 3.1.3 iteration mark", "人|人々|说"),
            ("CLREQ 3.2 Latin in brackets", "应|用|（App）|下|载"),
            ("CLREQ 3.2 abbreviation with points", "U.S.|式"),
            ("CLREQ 3.2 hyphenated word", "well-known |人|士"),
            ("CLREQ 3.2 slash between words", "iOS/Android |均|可"),
            ("UAX #14 LB8 address", "见 |www.example.cn/tz |首|页"),
            ("UAX #14 LB13 mark behind a word", "OK, |now! |好"),
            ("UAX #14 LB21a e-mail", "寄|a@b.cn |即|可"),
            ("UAX #14 LB25 signs", "气|温 |-5℃、|+3℃"),
            ("UAX #14 LB23 letters and figures", "A4|纸、|G20|会|议、|3D|打|印"),
            ("times of a day", "上|午|9:00—11:30，|下|午|14点30分起"),
            ("telephone", "电|话|0598-2812345，|分|机|801"),
            ("date with points", "截|至|2026.3.9止"),
            ("range of years", "2026至2027学|年|度"),
            ("amount in words", "约3.5亿元|投|资"),
            ("ordinal range", "第3至5条|规|定"),
            ("floor and room", "到|3楼|305室|领"),
            ("class", "三年级|（2）班|家|长"),
            ("negation of a word of two", "禁止|未成年人|入|内"),
            ("negation 勿", "请|勿拥挤，|勿携带|火|种"),
            ("negation 非", "非本校|车|辆|不得|入|内"),
            ("negation 免", "一|律|免试|入|学"),
            ("names with a point", "由|阿|卜|杜|拉·买|买|提|代|办"),
            ("chemistry", "甲|醛|0.08mg/m³|以|下"),
            ("fraction", "三分之一、|2/3、|1:5"),
        ] {
            let text = expected.replace('|', "");
            let found = cut(&text, &[]);
            if found != expected {
                wrong.push(format!("{source}: {found}, expected {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn words_of_the_site_stay_whole() {
        assert_eq!(cut("请到明溪县教育局办理", &["明溪县教育局"]), "请|到|明溪县教育局|办|理");
        assert_eq!(cut("李明明明", &["明明"]), "李|明明|明");
        assert_eq!(cut("空", &["", " "]), "空");
    }
}
