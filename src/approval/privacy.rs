//! Does a text hold numbers that belong to a person? Identity numbers, bank cards and mobile numbers, also
//! in full-width or Chinese digits and with spaces or hyphens between; masked ones pass.

/// What kind of number was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Private {
    /// 居民身份证号
    Identity,
    /// 银行卡号
    BankCard,
    /// 手机号
    Mobile,
}

/// Digits of the shortest number looked for, a mobile number.
const SHORTEST: usize = 11;
/// Digits of the longest, a bank card.
const LONGEST: usize = 19;

/// Digits that stand together.
#[derive(Debug)]
struct Group {
    digits: String,
    /// Ends with the check character X.
    x: bool,
    /// One space, hyphen or dot stands between the group before and this one.
    joined: bool,
    /// Money: 元 or decimals follow.
    amount: bool,
}

/// The numbers found on a line, masked: what is found must not leak into a log.
pub(super) fn find(line: &str) -> Vec<(Private, String)> {
    let groups = groups(line);
    let mut found = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        match at(&groups[first..]) {
            Some((kind, digits, taken)) => {
                found.push((kind, masked(kind, &digits)));
                first += taken;
            }
            None => first += 1,
        }
    }
    found
}

/// A number that begins with the first group, and how many groups it takes.
fn at(groups: &[Group]) -> Option<(Private, String, usize)> {
    let mut digits = String::with_capacity(LONGEST);
    let mut lengths = Vec::with_capacity(LONGEST);
    for (n, group) in groups.iter().enumerate() {
        if (n > 0 && !group.joined) || digits.len() + group.digits.len() > LONGEST {
            break;
        }
        digits.push_str(&group.digits);
        lengths.push(group.digits.len());
        if group.x {
            break;
        }
    }
    // The longest first: the parts of an identity number are not looked at by themselves.
    while let Some(length) = lengths.last().copied().filter(|_| digits.len() >= SHORTEST) {
        let last = &groups[lengths.len() - 1];
        if let Some(kind) = kind_of(&digits, &lengths, last) {
            let digits = if last.x { format!("{digits}X") } else { digits };
            return Some((kind, digits, lengths.len()));
        }
        digits.truncate(digits.len() - length);
        lengths.pop();
    }
    None
}

/// What number these digits are, in groups of these lengths of which `last` is the last.
fn kind_of(digits: &str, lengths: &[usize], last: &Group) -> Option<Private> {
    if is_identity(digits, last.x) && (digits.len() > 15 || lengths.len() == 1) {
        Some(Private::Identity)
    } else if last.x {
        None
    } else if is_bank_card(digits) && is_card_grouping(lengths) {
        Some(Private::BankCard)
    } else if is_mobile(digits, lengths) && !last.amount {
        Some(Private::Mobile)
    } else {
        None
    }
}

/// Splits a line into groups of digits. ASCII and full-width digits are one kind, Chinese ones another.
fn groups(line: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut chars = line.chars().filter(|c| !crate::text::is_invisible(*c)).peekable();
    let mut between = String::new();
    let mut prefixed = false;
    while let Some(c) = chars.next() {
        let Some((digit, chinese)) = digit(c) else {
            between.push(c);
            prefixed = c == '+';
            continue;
        };
        let mut digits = String::from(digit);
        while let Some((next, _)) =
            chars.peek().and_then(|c| self::digit(*c)).filter(|(_, zh)| *zh == chinese)
        {
            digits.push(next);
            chars.next();
        }
        let x = digits.len() <= 17
            && chars.peek().is_some_and(|c| matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ' | '×' | 'Х' | 'х'))
            && {
                let mut ahead = chars.clone();
                ahead.next();
                !ahead.peek().is_some_and(|c| c.is_ascii_alphanumeric() || *c == '*')
            };
        if x {
            chars.next();
        }
        let mut ahead = chars.clone();
        let amount = match (ahead.next(), ahead.next()) {
            (Some('元' | '万' | '亿' | '%'), _) => true,
            (Some('.'), Some(next)) => next.is_ascii_digit(),
            _ => false,
        };
        // A sign or country code begins a number, whatever stands before.
        let joined = !groups.is_empty() && !prefixed && is_separator(&between);
        groups.push(Group { digits, x, joined, amount });
        between.clear();
        prefixed = false;
    }
    groups
}

/// A digit and whether it is a Chinese one.
fn digit(c: char) -> Option<(char, bool)> {
    const CHINESE: &str = "〇一二三四五六七八九";
    match c {
        '0'..='9' => Some((c, false)),
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).map(|d| (d, false)),
        // Mathematical digits come in five styles of ten.
        '\u{1D7CE}'..='\u{1D7FF}' => char::from_digit((c as u32 - 0x1D7CE) % 10, 10).map(|d| (d, false)),
        '零' | '○' => Some(('0', true)),
        '幺' => Some(('1', true)),
        _ => {
            let n = CHINESE.chars().position(|d| d == c)?;
            char::from_digit(n as u32, 10).map(|d| (d, true))
        }
    }
}

/// At most two spaces, hyphens or dots.
fn is_separator(between: &str) -> bool {
    (1..=2).contains(&between.chars().count())
        && between.chars().all(|c| " 　\u{A0}-－‐‑–—─_.·．•".contains(c))
}

/// A resident identity number: GB 11643-1999 with its check character (ISO 7064, mod 11-2), or the fifteen
/// digits of before 1999, which have none.
fn is_identity(digits: &str, x: bool) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if !matches!((digits.len(), x), (18 | 15, false) | (17, true)) {
        return false;
    }
    let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let number = |range: std::ops::Range<usize>| values[range].iter().fold(0, |n, d| n * 10 + d);
    let (year, month, day) = match (values.len(), x) {
        (18, false) | (17, true) => (number(6..10), number(10..12), number(12..14)),
        (15, false) => (1900 + number(6..8), number(8..10), number(10..12)),
        _ => return false,
    };
    // The last of the old numbers were given out in 1999; 26 in a code of today is a year of this century.
    let years = if values.len() == 15 { 1930..=1999 } else { 1850..=2099 };
    let province =
        matches!(number(0..2), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91);
    let date = years.contains(&year)
        && jiff::civil::Date::new(year as i16, month.min(99) as i8, day.min(99) as i8).is_ok();
    if !province || !date {
        return false;
    }
    if values.len() == 15 {
        return true;
    }
    let sum: u32 = WEIGHTS.iter().zip(&values).map(|(weight, digit)| weight * digit).sum();
    let check = (12 - sum % 11) % 11;
    if x { check == 10 } else { values[17] == check }
}

/// Sixteen to nineteen digits with Luhn's check digit (ISO/IEC 7812-1), begun as cards are.
fn is_bank_card(digits: &str) -> bool {
    const BEGINNINGS: &[&str] =
        &["62", "60", "65", "68", "69", "4", "51", "52", "53", "54", "55", "35", "955", "81"];
    if !(16..=19).contains(&digits.len()) || !BEGINNINGS.iter().any(|b| digits.starts_with(b)) {
        return false;
    }
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(n, d)| if n % 2 == 0 { d } else { d * 2 / 10 + d * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

/// In one piece, in fours, behind a six-digit issuer, or digit by digit: other groups are columns of figures.
fn is_card_grouping(lengths: &[usize]) -> bool {
    let (first, rest) = (lengths[0], &lengths[1..]);
    let fours = |groups: &[usize]| {
        groups.iter().rev().skip(1).all(|n| *n == 4) && groups.last().is_none_or(|n| *n <= 4)
    };
    rest.is_empty()
        || (first == 4 && fours(rest))
        || (first == 6 && rest.len() <= 2)
        || lengths.iter().all(|n| *n == 1)
}

/// Eleven digits from 13 to 19, also behind 86, 0086 or 0.
fn is_mobile(digits: &str, lengths: &[usize]) -> bool {
    let code =
        ["0086", "86", "0"].iter().find(|code| digits.len() == 11 + code.len() && digits.starts_with(**code));
    let (number, lengths) = match code {
        // The code may be a group of its own, or stand before the first group's digits.
        Some(code) if lengths[0] == code.len() => (&digits[code.len()..], lengths[1..].to_vec()),
        Some(code) if lengths[0] > code.len() => {
            let mut lengths = lengths.to_vec();
            lengths[0] -= code.len();
            (&digits[code.len()..], lengths)
        }
        Some(_) => return false,
        None => (digits, lengths.to_vec()),
    };
    let begins = number.starts_with('1') && number[1..].starts_with(|c: char| ('3'..='9').contains(&c));
    let grouped = lengths.len() == 1
        || ([3, 4, 7].contains(&lengths[0]) && lengths[1..].iter().all(|n| *n >= 2))
        || lengths.iter().all(|n| *n == 1);
    number.len() == 11 && begins && grouped
}

/// The beginning and the end of a number: enough to find it in the file.
fn masked(kind: Private, digits: &str) -> String {
    let (head, tail) = if kind == Private::Mobile { (3, 2) } else { (4, 2) };
    let stars = "*".repeat(digits.len().saturating_sub(head + tail));
    format!("{}{stars}{}", &digits[..head.min(digits.len())], &digits[digits.len().saturating_sub(tail)..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(line: &str) -> Vec<Private> {
        find(line).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn identity_numbers_are_found() {
        for line in [
            "公示对象身份证11010519491231002X，如有异议",
            "11010519491231002x",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105 19491231 002X",
            "110105-19491231-002X",
            "1101\u{200B}0519491231002X",
            "440524188001010014的",
            "一一〇一〇五一九四九一二三一〇〇二X",
            "老证110105491231002。",
            "2026-06-20 11010519491231002X",
            "11010519491231002×",
        ] {
            assert_eq!(kinds(line), [Private::Identity], "{line}");
        }
        for line in [
            "身份证：110105194912310021等",
            "110105194902310020",
            "99010519491231002X",
            "110105199913310021",
            "350421260302001",
        ] {
            assert_eq!(kinds(line), [], "{line}");
        }
        assert_eq!(find("11010519491231002X")[0].1, "1101************2X");
    }

    #[test]
    fn cards_and_mobile_numbers_are_found() {
        for line in [
            "退款至6222020200112233446账户。",
            "6222 0202 0011 2233 446",
            "４１１１１１１１１１１１１１１１",
            "4111-1111-1111-1111",
        ] {
            assert_eq!(kinds(line), [Private::BankCard], "{line}");
        }
        for line in [
            "请致电13800000000咨询。",
            "138-0000-0000",
            "138 0000 0000",
            "１３８００００００００",
            "+8613800000000",
            "+86 138 0000 0000",
            "138\u{200B}0000\u{2060}0000",
            "1 3 8 0 0 0 0 0 0 0 0",
            "Tel13800000000",
            "013800000000",
            "一三八〇〇〇〇〇〇〇〇",
            "2026-06-20 13800000000",
            "转账13800000000、",
            "86-13800000000",
            "1380000 0000",
            "138.0000.0000",
        ] {
            assert_eq!(kinds(line), [Private::Mobile], "{line}");
        }
        assert_eq!(kinds("13800000000 13900000000"), [Private::Mobile; 2]);
        assert_eq!(find("13800000000")[0].1, "138******00");
    }

    #[test]
    fn other_numbers_pass() {
        for line in [
            "110105********002X",
            "1101051949****002X",
            "138****0000",
            "6222********3446",
            "0598-2812345",
            "12345",
            "GB/T 3976-2014",
            "182,460.00元，支出181,037.50元",
            "2026年6月20日8:00—11:30",
            "MXJY-04-2026-0008",
            "350421000000000001",
            "1234567890123456789012",
            "913800000000",
            "9138000000001",
            "20260620130000000000",
            "收费 13 5000 20000",
            "13800000000元",
            "13800000000.50",
            "15 20 30 40 50 60",
            "6222020200112233447",
            "报价1,286,350.00元",
            "400-800-8888",
            "12345678901",
            "2026-06-20 2026-07-10 2026-08-10",
        ] {
            assert_eq!(kinds(line), [], "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(line in "[0-9０-９xX一二 　.*a-]{0,60}") {
            let _ = find(&line);
        }

        #[test]
        fn every_mobile_number_is_found_in_any_sentence(number in "1[3-9][0-9]{9}", before in "[请拨打联系、：]{0,4}", after in "[咨询。，]{0,3}") {
            let line = format!("{before}{number}{after}");
            prop_assert_eq!(kinds(&line), [Private::Mobile]);
        }
    }
}
