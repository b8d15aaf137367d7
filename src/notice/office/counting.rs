//! Numbers of lists in the ways that Word counts (ECMA-376 part 1, 17.18.59 `ST_NumberFormat`).

/// `number` in the format of that name; `None` for one that is not known.
pub(super) fn counted(number: u32, format: &str) -> Option<String> {
    let n = number as usize;
    let of = |first: char, last: u32, zero: u32| {
        let found = (number >= zero && number <= last).then(|| char::from_u32(first as u32 + number - zero));
        found.flatten().map_or_else(|| number.to_string(), String::from)
    };
    let one_of = |words: &str| {
        let count = words.chars().count();
        n.checked_sub(1)
            .and_then(|n| words.chars().nth(n % count))
            .map_or_else(|| number.to_string(), String::from)
    };
    Some(match format {
        "decimal" | "decimalHalfWidth" => number.to_string(),
        "decimalZero" => format!("{number:02}"),
        "decimalFullWidth" | "decimalFullWidth2" => number
            .to_string()
            .chars()
            .filter_map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32))
            .collect(),
        "none" => String::new(),
        "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCountingThousand"
        | "japaneseCounting"
        | "taiwaneseCounting" => chinese(number, "〇一二三四五六七八九", ["", "十", "百", "千"]),
        "chineseLegalSimplified" => legal(number),
        "ideographDigital" | "taiwaneseDigital" => number
            .to_string()
            .chars()
            .filter_map(|c| "〇一二三四五六七八九".chars().nth(c.to_digit(10)? as usize))
            .collect(),
        "ideographTraditional" => one_of("甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => one_of("子丑寅卯辰巳午未申酉戌亥"),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if number > 20 => return None,
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => of('①', 20, 1),
        "decimalEnclosedParen" if number > 20 => format!("({number})"),
        "decimalEnclosedParen" => of('⑴', 20, 1),
        "decimalEnclosedFullstop" if number > 20 => format!("{number}."),
        "decimalEnclosedFullstop" => of('⒈', 20, 1),
        "ideographEnclosedCircle" if number > 10 => return None,
        "ideographEnclosedCircle" => of('㊀', 10, 1),
        "numberInDash" => format!("- {number} -"),
        "lowerLetter" => letters(number, b'a'),
        "upperLetter" => letters(number, b'A'),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        "ordinal" => {
            let ending = match (number % 10, number % 100) {
                (1, other) if other != 11 => "st",
                (2, other) if other != 12 => "nd",
                (3, other) if other != 13 => "rd",
                _ => "th",
            };
            format!("{number}{ending}")
        }
        _ => return None,
    })
}

/// 一 十 十一 二十 一百零一, up to 9999.
fn chinese(number: u32, digits: &str, units: [&str; 4]) -> String {
    if number == 0 || number > 9999 {
        return number.to_string();
    }
    let digit = |n: u32| digits.chars().nth(n as usize).unwrap_or('〇');
    let mut out = String::new();
    let mut gap = false;
    for place in (0..4u32).rev() {
        let value = number / 10u32.pow(place) % 10;
        if value == 0 {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('零');
        }
        gap = false;
        // 十一, not 一十一.
        if !(out.is_empty() && place == 1 && value == 1 && units[1] == "十") {
            out.push(digit(value));
        }
        out.push_str(units[place as usize]);
    }
    out
}

fn legal(number: u32) -> String {
    chinese(number, "零壹贰叁肆伍陆柒捌玖", ["", "拾", "佰", "仟"])
}

/// a … z aa bb …
fn letters(number: u32, first: u8) -> String {
    let Some(n) = number.checked_sub(1) else { return number.to_string() };
    let letter = char::from(first + (n % 26) as u8);
    std::iter::repeat_n(letter, (n / 26 + 1).min(20) as usize).collect()
}

fn roman(number: u32) -> String {
    const STEPS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number == 0 || number > 3999 {
        return number.to_string();
    }
    let (mut left, mut out) = (number, String::new());
    for (value, sign) in STEPS {
        while left >= value {
            out.push_str(sign);
            left -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_word_writes_them() {
        for (format, pairs) in [
            ("decimal", "1=1 12=12 0=0"),
            ("decimalZero", "1=01 12=12"),
            ("decimalFullWidth", "12=１２"),
            ("chineseCounting", "1=一 2=二 10=十 11=十一 20=二十 21=二十一 99=九十九"),
            ("chineseCountingThousand", "1=一 10=十 100=一百 101=一百零一 110=一百一十 2026=二千零二十六"),
            ("chineseLegalSimplified", "1=壹 10=壹拾 21=贰拾壹"),
            ("ideographDigital", "2026=二〇二六"),
            ("ideographTraditional", "1=甲 10=癸 11=甲"),
            ("decimalEnclosedCircle", "1=① 20=⑳"),
            ("decimalEnclosedCircleChinese", "9=⑨"),
            ("decimalEnclosedParen", "1=⑴ 21=(21)"),
            ("decimalEnclosedFullstop", "1=⒈"),
            ("lowerLetter", "1=a 26=z 27=aa 52=zz"),
            ("upperLetter", "3=C"),
            ("lowerRoman", "4=iv 9=ix 14=xiv"),
            ("upperRoman", "1990=MCMXC"),
            ("ordinal", "1=1st 2=2nd 11=11th 23=23rd"),
            ("none", "7="),
        ] {
            for pair in pairs.split(' ') {
                let (number, text) = pair.split_once('=').unwrap();
                assert_eq!(
                    counted(number.parse().unwrap(), format).as_deref(),
                    Some(text),
                    "{format} {number}"
                );
            }
        }
        assert_eq!(counted(1, "hebrew1"), None);
        assert_eq!(counted(21, "decimalEnclosedCircle"), None);
    }

    #[test]
    fn no_number_is_too_large() {
        for format in
            ["chineseCounting", "lowerLetter", "upperRoman", "ideographZodiac", "decimalEnclosedParen"]
        {
            for number in [0, 9999, 10_000, u32::MAX] {
                assert!(counted(number, format).is_some_and(|text| text.chars().count() <= 20));
            }
        }
    }
}
