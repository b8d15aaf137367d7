//! Days and times as Excel counts them: days since the end of 1899, with a 29 February 1900 that never was, or
//! since the beginning of 1904.

use jiff::civil::{Date, Weekday};

use super::{
    super::counting::counted,
    code::{Section, Token},
};

/// The day behind 9999-12-31.
const END: f64 = 2_958_466.0;
const DAY_SECONDS: i64 = 86_400;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day and time in a format; `None` for days that do not exist.
pub(super) fn text(value: f64, section: &Section, from_1904: bool) -> Option<String> {
    if !(0.0..END).contains(&value) {
        return None;
    }
    let seconds = (value * DAY_SECONDS as f64).round() as i64;
    let needs_day = section.tokens.iter().any(|token| matches!(token, Token::Date('y' | 'm' | 'd' | 'w', _)));
    let date = if needs_day { Some(date(seconds / DAY_SECONDS, from_1904)?) } else { None };
    let half = section.tokens.iter().any(|token| matches!(token, Token::Half(..)));
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let mut out = String::new();
    for token in &section.tokens {
        match token {
            Token::Literal(text) => out.push_str(text),
            Token::Comma => out.push(','),
            Token::Point => out.push('.'),
            Token::Half(before, after) => out.push_str(if hour < 12 { before } else { after }),
            Token::Elapsed(unit, length) => {
                let count = seconds
                    / match unit {
                        'h' => 3600,
                        'n' => 60,
                        _ => 1,
                    };
                out.push_str(&format!("{count:0length$}"));
            }
            Token::Date(unit @ ('h' | 'n' | 's'), length) => {
                let number = match unit {
                    'h' if half => (hour + 11) % 12 + 1,
                    'h' => hour,
                    'n' => minute,
                    _ => second,
                };
                out.push_str(&format!("{number:0length$}"));
            }
            Token::Date(unit, length) => out.push_str(&of_day(date?, *unit, *length, section)?),
            _ => return None,
        }
    }
    Some(out.trim().to_owned())
}

/// The day with this number.
fn date(day: i64, from_1904: bool) -> Option<Date> {
    let first = if from_1904 {
        Date::constant(1904, 1, 1)
    } else {
        match day {
            1..=59 => Date::constant(1899, 12, 31),
            61.. => Date::constant(1899, 12, 30),
            // 0 January and 29 February 1900.
            _ => return None,
        }
    };
    first.checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

fn of_day(date: Date, unit: char, length: usize, section: &Section) -> Option<String> {
    let (year, month, day) = (date.year() as u32, date.month() as u32, date.day() as u32);
    let written = |number: u32| {
        if section.hanzi { counted(number, "chineseCounting") } else { Some(number.to_string()) }
    };
    Some(match (unit, length) {
        ('y', 1 | 2) => format!("{:02}", year % 100),
        ('y', _) if section.hanzi => counted(year, "ideographDigital")?,
        ('y', _) => year.to_string(),
        ('m', 1) => written(month)?,
        ('m', 2) if !section.hanzi => format!("{month:02}"),
        ('m', 2) => written(month)?,
        ('m', 3) => MONTHS.get(month as usize - 1)?.get(..3)?.to_owned(),
        ('m', _) => (*MONTHS.get(month as usize - 1)?).to_owned(),
        ('d', 1) => written(day)?,
        ('d', 2) if !section.hanzi => format!("{day:02}"),
        ('d', 2) => written(day)?,
        ('d', 4) if section.chinese => format!("星期{}", weekday(date).1),
        ('d', 3) => weekday(date).0.get(..3)?.to_owned(),
        ('d', _) => weekday(date).0.to_owned(),
        ('w', 3) => weekday(date).1.to_owned(),
        _ => format!("星期{}", weekday(date).1),
    })
}

fn weekday(date: Date) -> (&'static str, &'static str) {
    match date.weekday() {
        Weekday::Monday => ("Monday", "一"),
        Weekday::Tuesday => ("Tuesday", "二"),
        Weekday::Wednesday => ("Wednesday", "三"),
        Weekday::Thursday => ("Thursday", "四"),
        Weekday::Friday => ("Friday", "五"),
        Weekday::Saturday => ("Saturday", "六"),
        Weekday::Sunday => ("Sunday", "日"),
    }
}
