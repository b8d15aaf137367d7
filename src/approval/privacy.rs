//! Does a text hold numbers that belong to a person? Identity numbers, bank cards and mobile numbers, also
//! in full-width, Chinese or circled digits, with marks between and over the end of a line; masked ones
//! pass.

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

/// Digits of one kind that stand together.
#[derive(Debug)]
struct Group {
    digits: String,
    /// Ends with the check character X.
    x: bool,
    /// What stands between the group before and this one.
    gap: Gap,
    /// Money: 元 or decimals follow.
    amount: bool,
    /// 年 follows.
    year: bool,
}

/// What stands between two groups of digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Gap {
    /// Words, or too much: the groups are two numbers.
    Apart,
    /// Nothing; only the kind of digits changes.
    Nothing,
    /// A space, hyphen or dot or two, as in numbers that are written to be read.
    Plain,
    /// Up to three other marks.
    Marks,
    /// Such marks, the border of a table's cell among them.
    Cell,
    /// Such marks, the end of a line among them.
    Break,
}

/// The numbers found in a text, masked: what is found must not leak into a log.
pub(super) fn find(text: &str) -> Vec<(Private, String)> {
    let groups = groups(text);
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
    let (mut count, mut total, mut breaks) = (0, 0, 0);
    for group in groups {
        breaks += usize::from(count > 0 && group.gap == Gap::Break);
        total += group.digits.len();
        if (count > 0 && group.gap == Gap::Apart) || total > LONGEST || breaks > 2 {
            break;
        }
        count += 1;
        if group.x {
            break;
        }
    }
    // The longest first: the parts of an identity number are not looked at by themselves.
    for count in (1..=count).rev() {
        let part = &groups[..count];
        let digits: String = part.iter().map(|group| group.digits.as_str()).collect();
        if digits.len() < SHORTEST {
            break;
        }
        // Over more than two lines only what is written as a mobile number is: lists of figures are no number.
        let breaks = part[1..].iter().filter(|group| group.gap == Gap::Break).count();
        let as_mobile = || part.iter().map(|group| group.digits.len()).eq([3, 4, 4]);
        if let Some(kind) = kind_of(&digits, part).filter(|_| breaks < 2 || as_mobile()) {
            let digits = if part[count - 1].x { format!("{digits}X") } else { digits };
            return Some((kind, digits, count));
        }
    }
    None
}

/// What number these digits are, which stand in these groups.
fn kind_of(digits: &str, groups: &[Group]) -> Option<Private> {
    let last = groups.last()?;
    let mut lengths: Vec<usize> = Vec::with_capacity(groups.len());
    for group in groups {
        match lengths.last_mut() {
            Some(length) if group.gap == Gap::Nothing => *length += group.digits.len(),
            _ => lengths.push(group.digits.len()),
        }
    }
    let gap = groups[1..].iter().map(|group| group.gap);
    let plain = gap.clone().all(|gap| matches!(gap, Gap::Nothing | Gap::Plain));
    // Round numbers side by side are figures, not parts of one number.
    let round = |group: &Group| group.digits.ends_with('0') && !group.digits.starts_with('0');
    if is_identity(digits, last.x) && (digits.len() > 15 || lengths.len() == 1) {
        Some(Private::Identity)
    } else if last.x {
        None
    } else if is_bank_card(digits)
        && (is_card_grouping(&lengths) || is_card_in_parts(digits, &lengths))
        && !gap.clone().any(|gap| gap == Gap::Cell)
        && (groups.len() == 1 || !groups.iter().all(round))
    {
        Some(Private::BankCard)
    } else if is_mobile(digits, &lengths, plain)
        && !last.amount
        && (plain || !(groups[1..].iter().all(round) || last.year))
    {
        Some(Private::Mobile)
    } else {
        None
    }
}

/// Splits a text into groups of digits; each kind of digits makes its own groups.
fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // What puts a digit into a box is part of it.
    let drawn = |c: &char| !crate::text::is_invisible(*c) && *c != '\u{20E3}';
    let mut chars = text.chars().filter(drawn).peekable();
    let mut between = String::new();
    while let Some(c) = chars.next() {
        let Some((digit, kind)) = digit(c) else {
            between.push(c);
            continue;
        };
        let mut digits = String::from(digit);
        while let Some((next, _)) = chars.peek().and_then(|c| self::digit(*c)).filter(|(_, k)| *k == kind) {
            digits.push(next);
            chars.next();
        }
        let x = digits.len() <= 17 && chars.peek().is_some_and(|c| "xXｘＸ×ХхⅩⅹ✕╳".contains(*c)) && {
            let mut ahead = chars.clone();
            ahead.next();
            !ahead.peek().is_some_and(|c| c.is_ascii_alphanumeric() || *c == '*')
        };
        if x {
            chars.next();
        }
        let ahead: String = chars.clone().take(5).collect();
        let gap = if groups.is_empty() { Gap::Apart } else { gap(&between) };
        groups.push(Group { digits, x, gap, amount: is_amount(&ahead), year: ahead.starts_with('年') });
        between.clear();
    }
    groups
}

/// Whether what follows a number makes it money or a share: 元, but not 元旦; 万, but not 万老师; decimals,
/// but not the number of a house.
fn is_amount(ahead: &str) -> bool {
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| "元亿万%".contains(c) || !c.is_alphanumeric());
    if let Some(rest) = ahead.strip_prefix('元') {
        return !rest.starts_with(['旦', '宵', '月']);
    }
    if let Some(rest) = ahead.strip_prefix(['万', '亿']) {
        return ends(rest);
    }
    let decimals =
        ahead.strip_prefix('.').map(|rest| (rest, rest.trim_start_matches(|c: char| c.is_ascii_digit())));
    ahead.starts_with('%') || decimals.is_some_and(|(all, rest)| rest.len() < all.len() && ends(rest))
}

/// How a digit is written: those of one kind make one group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum DigitKind {
    Plain,
    Chinese,
    /// In a circle, in brackets, raised or lowered.
    Set,
}

/// A digit and how it is written.
fn digit(c: char) -> Option<(char, DigitKind)> {
    /// Nine in a row from 1 on: `①` `⑴` `⒈` `❶` `➀` `➊` `⓵`.
    const SET: [u32; 7] = [0x2460, 0x2474, 0x2488, 0x2776, 0x2780, 0x278A, 0x24F5];
    let of = |value: u32, kind| char::from_digit(value, 10).map(|d| (d, kind));
    let place = |digits: &str| digits.chars().position(|d| d == c).map(|n| n as u32);
    let code = c as u32;
    match c {
        '0'..='9' => Some((c, DigitKind::Plain)),
        '０'..='９' => of(code - '０' as u32, DigitKind::Plain),
        // Mathematical digits come in five styles of ten.
        '\u{1D7CE}'..='\u{1D7FF}' => of((code - 0x1D7CE) % 10, DigitKind::Plain),
        '\u{1FBF0}'..='\u{1FBF9}' => of(code - 0x1FBF0, DigitKind::Plain),
        '零' | '○' | '◯' => Some(('0', DigitKind::Chinese)),
        '幺' => Some(('1', DigitKind::Chinese)),
        '⓪' | '⓿' | '🄋' | '🄌' => Some(('0', DigitKind::Set)),
        _ if c < '\u{2460}' => {
            let n = place("⁰¹²³⁴⁵⁶⁷⁸⁹").or_else(|| place("₀₁₂₃₄₅₆₇₈₉"))?;
            of(n, DigitKind::Set)
        }
        '\u{2460}'..='\u{2793}' => {
            let first = SET.iter().find(|first| (**first..**first + 9).contains(&code))?;
            of(code - first + 1, DigitKind::Set)
        }
        _ => {
            let n = place("〇一二三四五六七八九")
                .or_else(|| place("零壹贰叁肆伍陆柒捌玖"))
                .or_else(|| place("零壹貳參肆伍陸柒捌玖"))?;
            of(n, DigitKind::Chinese)
        }
    }
}

fn gap(between: &str) -> Gap {
    let count = between.chars().take(4).count();
    // A sign or country code begins a number, whatever stands before.
    if between.ends_with('+') || count > 3 || between.chars().any(char::is_alphanumeric) {
        Gap::Apart
    } else if count == 0 {
        Gap::Nothing
    } else if between.contains('\n') {
        if between.matches('\n').count() > 1 { Gap::Apart } else { Gap::Break }
    } else if between.contains(['|', '｜']) {
        Gap::Cell
    } else if count <= 2 && between.chars().all(|c| " 　\u{A0}-－‐‑–—─_.·．•".contains(c)) {
        Gap::Plain
    } else {
        Gap::Marks
    }
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
        groups.iter().rev().skip(1).all(|n| n % 4 == 0) && groups.last().is_none_or(|n| *n <= 8)
    };
    rest.is_empty()
        || (first % 4 == 0 && fours(rest))
        || (first == 6 && rest.len() <= 2)
        || lengths.iter().all(|n| *n == 1)
}

/// In two parts, or in parts of the same length. Cards that do not begin with 62 have sixteen digits: so a
/// switchboard's 400 number and a telephone number behind it are none.
fn is_card_in_parts(digits: &str, lengths: &[usize]) -> bool {
    let (first, last) = (lengths[0], lengths[lengths.len() - 1]);
    let even = lengths[1..lengths.len() - 1].iter().all(|n| *n == first) && last <= first;
    (digits.len() == 16 || digits.starts_with("62")) && first >= 2 && (lengths.len() == 2 || even)
}

/// Eleven digits from 13 to 19, also behind 86, 0086 or 0. With `plain` gaps between, more ways to group
/// them count.
fn is_mobile(digits: &str, lengths: &[usize], plain: bool) -> bool {
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
    let grouped = matches!(lengths[..], [11] | [3, 4, 4] | [3, 8] | [7, 4])
        || (plain
            && (([3, 4, 7].contains(&lengths[0]) && lengths[1..].iter().all(|n| *n >= 2))
                || lengths.iter().all(|n| *n == 1)));
    number.len() == 11 && begins && grouped
}

/// The beginning and the end of a number: enough to find it in the file.
fn masked(kind: Private, digits: &str) -> String {
    let (head, tail) = if kind == Private::Mobile { (3, 2) } else { (4, 2) };
    let stars = "*".repeat(digits.len().saturating_sub(head + tail));
    format!("{}{stars}{}", &digits[..head.min(digits.len())], &digits[digits.len().saturating_sub(tail)..])
}

#[cfg(test)]
mod tests;
