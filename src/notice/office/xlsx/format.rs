//! A value in its number format, as Excel shows it.

use super::{
    code::{Code, Section, Token},
    day,
    decimal::Decimal,
};

/// The formats that files name by number only (ECMA-376 part 1, 18.8.30, for `zh-cn` where it tells them apart; in
/// what Excel calls currency and in dates, as Excel in China writes them).
pub(super) fn built_in(id: u32) -> Option<&'static str> {
    Some(match id {
        0 => "General",
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 6 => r"¥#,##0;¥\-#,##0",
        7 | 8 => r"¥#,##0.00;¥\-#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        14 => "yyyy/m/d",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 => "h:mm",
        21 => "h:mm:ss",
        22 => "yyyy/m/d h:mm",
        27 | 36 | 50 | 52 | 57 => "yyyy年m月",
        28 | 29 | 51 | 53 | 54 | 58 => "m月d日",
        30 => "m-d-yy",
        31 => "yyyy年m月d日",
        32 => "h时mm分",
        33 => "h时mm分ss秒",
        34 | 55 => "上午/下午h时mm分",
        35 | 56 => "上午/下午h时mm分ss秒",
        37 | 38 => r"#,##0;\-#,##0",
        39 | 40 => r"#,##0.00;\-#,##0.00",
        41 => r#"_ * #,##0_ ;_ * \-#,##0_ ;_ * "-"_ ;_ @_ "#,
        42 => r#"_ ¥* #,##0_ ;_ ¥* \-#,##0_ ;_ ¥* "-"_ ;_ @_ "#,
        43 => r#"_ * #,##0.00_ ;_ * \-#,##0.00_ ;_ * "-"??_ ;_ @_ "#,
        44 => r#"_ ¥* #,##0.00_ ;_ ¥* \-#,##0.00_ ;_ ¥* "-"??_ ;_ @_ "#,
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        49 => "@",
        _ => return None,
    })
}

/// A number in a format; `None` if that cannot be done rightly. `leap`: days are counted from 1904.
pub(super) fn number(value: f64, code: &Code, from_1904: bool) -> Option<String> {
    let sections = &code.sections;
    // The last of several sections may be for text.
    let numeric = sections.len() - usize::from(sections.len() > 1 && sections.last()?.has(&Token::Text));
    let decimal = Decimal::of(value)?;
    let (section, own_sign) = match (numeric, decimal.negative, decimal.is_zero()) {
        (0 | 1, ..) => (&sections[0], false),
        (2, true, _) | (3.., true, false) => (&sections[1], true),
        (3.., _, true) => (&sections[2], true),
        _ => (&sections[0], true),
    };
    if section.is_date() {
        return day::text(value, section, from_1904);
    }
    let sign = if decimal.negative && !own_sign { "-" } else { "" };
    let text = if section.has(&Token::Text) { general(&decimal)? } else { filled(decimal, section)? };
    Some(format!("{sign}{}", text.trim()))
}

/// A text in a format.
pub(super) fn text(value: &str, code: &Code) -> String {
    let Some(section) = code.sections.last().filter(|section| section.has(&Token::Text)) else {
        return value.to_owned();
    };
    let parts = section.tokens.iter().map(|token| match token {
        Token::Text => value,
        Token::Literal(text) => text,
        _ => "",
    });
    parts.collect()
}

/// As many digits as a cell holds: at most eleven characters.
fn general(value: &Decimal) -> Option<String> {
    const CHARS: i32 = 11;
    if value.is_zero() {
        return Some("0".to_owned());
    }
    let whole = value.point().max(1);
    let small = value.point() < -3 && 2 - value.point() + value.len() as i32 > CHARS;
    if whole <= CHARS && !small {
        let places = (CHARS - whole - 1).max(0) as usize;
        let rounded = value.clone().rounded(places);
        if rounded.point() <= CHARS {
            let fraction = rounded.fraction(places);
            let (whole, fraction) = (rounded.whole(), fraction.trim_end_matches('0'));
            let whole = if whole.is_empty() { "0" } else { &whole };
            return Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") });
        }
    }
    let exponent = value.point() - 1;
    let mantissa = value.clone().shifted(-exponent).rounded(5);
    let (mantissa, exponent) =
        if mantissa.point() > 1 { (mantissa.shifted(-1), exponent + 1) } else { (mantissa, exponent) };
    let fraction = mantissa.fraction(5);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    Some(format!("{}{point}{fraction}E{sign}{:02}", mantissa.whole(), exponent.abs()))
}

/// The digits of a number in their places.
fn filled(value: Decimal, section: &Section) -> Option<String> {
    let tokens = &section.tokens;
    let is_digit = |token: &Token| matches!(token, Token::Digit(_));
    let end = tokens.iter().position(|token| matches!(token, Token::Exponent(_))).unwrap_or(tokens.len());
    let point = tokens[..end].iter().position(|token| *token == Token::Point).unwrap_or(end);
    let whole_places = tokens[..point].iter().filter(|token| is_digit(token)).count();
    let places = tokens[point..end].iter().filter(|token| is_digit(token)).count();
    let last_digit = tokens[..point].iter().rposition(is_digit);
    // Commas behind the last digit, before the point or at the end, divide by a thousand each; others group.
    let commas = |tokens: &[Token]| {
        let last = tokens.iter().rposition(is_digit);
        last.map_or(0, |at| tokens[at + 1..].iter().take_while(|token| **token == Token::Comma).count())
    };
    let behind = commas(&tokens[..point]) + commas(&tokens[point..end]);
    let grouped = last_digit.is_some_and(|at| tokens[..at].contains(&Token::Comma));
    let percents = tokens.iter().filter(|token| **token == Token::Percent).count();
    let mut value = value.shifted(2 * percents as i32 - 3 * behind as i32);
    let mut exponent = 0;
    if end < tokens.len() {
        if whole_places != 1 {
            return None;
        }
        exponent = if value.is_zero() { 0 } else { value.point() - 1 };
        value = value.shifted(-exponent).rounded(places);
        if value.point() > 1 {
            (value, exponent) = (value.shifted(-1), exponent + 1);
        }
    }
    let exact = value.clone();
    let value = value.rounded(places);
    let (whole, fraction) = (value.whole(), value.fraction(places));
    let whole: Vec<char> = whole.chars().collect();
    let mut out = String::new();
    let (mut left, mut behind_point) = (whole_places, 0);
    for (n, token) in tokens.iter().enumerate() {
        match token {
            Token::Literal(text) => out.push_str(text),
            Token::Percent => out.push('%'),
            Token::Comma | Token::Text => {}
            Token::General => out.push_str(&general(&exact)?),
            Token::Point => out.push('.'),
            Token::Digit(room) if n < point => {
                let first = left == whole_places;
                left -= 1;
                let from = if first { whole.len().max(left + 1) } else { left + 1 };
                for place in (left..from).rev() {
                    match whole.len().checked_sub(place + 1).map(|at| whole[at]) {
                        Some(digit) => out.push(digit),
                        None if *room == '0' => out.push('0'),
                        None => continue,
                    }
                    if grouped && place > 0 && place % 3 == 0 {
                        out.push(',');
                    }
                }
            }
            Token::Digit(room) if n < end => {
                let rest = fraction.get(behind_point..).unwrap_or_default();
                if *room == '0' || rest.bytes().any(|b| b != b'0') {
                    out.extend(rest.chars().next());
                }
                behind_point += 1;
            }
            Token::Exponent(plus) => {
                let digits = tokens[end..].iter().filter(|token| is_digit(token)).count();
                let sign = if exponent < 0 {
                    "-"
                } else if *plus {
                    "+"
                } else {
                    ""
                };
                out.push_str(&format!("E{sign}{:0digits$}", exponent.abs()));
            }
            Token::Digit(_) => {}
            Token::Date(..) | Token::Elapsed(..) | Token::Half(..) => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(value: f64, code: &str) -> String {
        Code::read(code).and_then(|code| number(value, &code, false)).unwrap_or_else(|| "refused".to_owned())
    }

    #[test]
    fn numbers_look_as_in_excel() {
        const ACCOUNTS: &str = r#"_ ¥* #,##0.00_ ;_ ¥* \-#,##0.00_ ;_ ¥* "-"??_ ;_ @_ "#;
        for (value, code, expected) in [
            (15.0, "General", "15"),
            (3.5, "General", "3.5"),
            (0.1 + 0.2, "General", "0.3"),
            (1.0 / 3.0, "General", "0.333333333"),
            (123_456.789_012, "General", "123456.789"),
            (12_345_678_901.0, "General", "12345678901"),
            (123_456_789_012.0, "General", "1.23457E+11"),
            (99_999_999_999.9, "General", "1E+11"),
            (0.000_012_345_6, "General", "1.23456E-05"),
            (0.001, "General", "0.001"),
            (-7.25, "General", "-7.25"),
            (0.0, "General", "0"),
            (15.0, "G/通用格式", "15"),
            (15.0, "General\"元\"", "15元"),
            (15.0, "0", "15"),
            (2.5, "0", "3"),
            (0.285, "0.00", "0.29"),
            (1280.5, "#,##0.00", "1,280.50"),
            (1_234_567.0, "#,##0", "1,234,567"),
            (0.5, "#.##", ".5"),
            (0.0, "#,##0", "0"),
            (0.0, "#", ""),
            (7.0, "000", "007"),
            (1234.0, "0,000", "1,234"),
            (5.0, "0,000", "0,005"),
            (12_345_678.0, "000-0000", "1234-5678"),
            (1_234_567.0, "0.0,\"千\"", "1234.6千"),
            (12_000_000.0, "0,,\"百万\"", "12百万"),
            (0.125, "0%", "13%"),
            (0.125, "0.0%", "12.5%"),
            (-0.5, "0.00", "-0.50"),
            (-1280.0, r"#,##0;\-#,##0", "-1,280"),
            (-1280.0, "#,##0_);(#,##0)", "(1,280)"),
            (-1280.0, "#,##0;[Red]#,##0", "1,280"),
            (0.0, r#"0;-0;"免费""#, "免费"),
            (1280.0, r##""¥"#,##0.00"##, "¥1,280.00"),
            (1280.0, "[$¥-804]#,##0.00", "¥1,280.00"),
            (1280.0, "[$￥-804]#,##0", "￥1,280"),
            (1280.0, "￥#,##0.00", "￥1,280.00"),
            (1280.0, ACCOUNTS, "¥1,280.00"),
            (-5.0, ACCOUNTS, "¥-5.00"),
            (0.0, ACCOUNTS, "¥-"),
            (15.0, r#"0.00"元/学期""#, "15.00元/学期"),
            (15.0, r"0\元", "15元"),
            (3.0, r#""第"0"名""#, "第3名"),
            (12_345.678, "0.00E+00", "1.23E+04"),
            (0.000_12, "0.0E+0", "1.2E-4"),
            (9.99, "0.0E+00", "1.0E+01"),
            (5.0, "@", "5"),
            (5.0, "0.0##", "5.0"),
            (5.25, "0.0##", "5.25"),
            (5.0, "[红色]0", "5"),
            // Not understood, so not guessed.
            (0.5, "# ?/?", "refused"),
            (5.0, "[>=3]0;0.0", "refused"),
            (5.0, "[DBNum2]0", "refused"),
            (5.0, "[DBNum1]General", "refused"),
            (5.0, "0.0.0", "refused"),
            (5.0, "\"open", "refused"),
            (5.0, "0;0;0;@;0", "refused"),
            (5.0, "Standard", "refused"),
            (12_345.0, "##0.0E+0", "refused"),
        ] {
            assert_eq!(shown(value, code), expected, "{value} {code}");
        }
    }

    #[test]
    fn dates_and_times_look_as_in_excel() {
        // 18 June 2026 is day 46191; 17:30:05 is 0.7292…
        const NOON: f64 = 46191.5;
        const LATE: f64 = 46191.0 + 63_005.0 / 86_400.0;
        for (value, code, expected) in [
            (46191.0, "yyyy\"年\"m\"月\"d\"日\"", "2026年6月18日"),
            (46191.0, "yyyy年m月d日", "2026年6月18日"),
            (46191.0, "[$-F800]dddd, mmmm dd, yyyy", "2026年6月18日"),
            (46191.0, "yyyy-mm-dd;@", "2026-06-18"),
            (46191.0, "yyyy/m/d", "2026/6/18"),
            (46191.0, "yy.m.d", "26.6.18"),
            (46191.0, "e年m月", "2026年6月"),
            (46191.0, "m月d日", "6月18日"),
            (46191.0, "d-mmm-yy", "18-Jun-26"),
            (46191.0, "mmmm d, yyyy", "June 18, 2026"),
            (46191.0, "aaaa", "星期四"),
            (46191.0, "周aaa", "周四"),
            (46191.0, "dddd", "Thursday"),
            (46191.0, "[$-804]dddd", "星期四"),
            (46191.0, "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", "二〇二六年六月十八日"),
            (LATE, "h:mm", "17:30"),
            (LATE, "hh:mm:ss", "17:30:05"),
            (LATE, "h:mm AM/PM", "5:30 PM"),
            (LATE, "上午/下午h\"时\"mm\"分\"", "下午5时30分"),
            (LATE, "[$-804]AM/PM h:mm", "下午 5:30"),
            (NOON, "yyyy/m/d h:mm", "2026/6/18 12:00"),
            (0.000_005, "h:mm AM/PM", "12:00 AM"),
            (1.5, "[h]:mm", "36:00"),
            (0.5, "[mm]:ss", "720:00"),
            (61.0, "yyyy/m/d", "1900/3/1"),
            (59.0, "yyyy/m/d", "1900/2/28"),
            (1.0, "yyyy/m/d", "1900/1/1"),
            // Excel's 29 February 1900, days before the first, and those after the last.
            (60.0, "yyyy/m/d", "refused"),
            (0.0, "yyyy/m/d", "refused"),
            (-1.0, "yyyy/m/d", "refused"),
            (2_958_466.0, "yyyy/m/d", "refused"),
            (1e300, "[h]:mm", "refused"),
            (46191.0, "[$-411]ggge", "refused"),
            (46191.0, "[$-804]mmmm", "refused"),
            (LATE, "mm:ss.0", "refused"),
        ] {
            assert_eq!(shown(value, code), expected, "{value} {code}");
        }
        let code = Code::read("yyyy-mm-dd").unwrap();
        assert_eq!(number(44729.0, &code, true).as_deref(), Some("2026-06-18"));
    }

    #[test]
    fn every_format_that_files_name_by_number_is_understood() {
        for id in 0..60 {
            if let Some(code) = built_in(id) {
                let code = Code::read(code).unwrap_or_else(|| panic!("{id}"));
                assert!(number(1234.5, &code, false).is_some_and(|text| !text.is_empty()), "{id}");
            }
        }
        assert_eq!((built_in(12), built_in(48)), (None, None), "fractions and thousands of powers");
    }

    #[test]
    fn text_goes_where_the_format_puts_it() {
        let shown = |code: &str| text("甲", &Code::read(code).unwrap());
        assert_eq!(shown("General"), "甲");
        assert_eq!(shown("0.00"), "甲");
        assert_eq!(shown("@\"班\""), "甲班");
        assert_eq!(shown("0;0;0;\"（\"@\"）\""), "（甲）");
    }

    proptest! {
        #[test]
        fn no_format_panics(code in "([0#?.,%;@/:eEG+-]|\"[^\"]{0,3}\"|\\\\.|_.|\\[[a-zA-Z$0-9-]{0,5}\\]|y{1,4}|m{1,5}|d{1,4}|h{1,2}|s{1,2}|General|AM/PM|a{1,5}){0,8}", bits in any::<u64>()) {
            if let Some(code) = Code::read(&code) {
                let _ = number(f64::from_bits(bits), &code, false);
                let _ = number(45000.3, &code, true);
                let _ = text("甲", &code);
            }
        }
    }
}
