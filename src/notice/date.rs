//! Which day or instant does a person mean? Dates as clerks write them, in any width, with or without a
//! time and a weekday; and what is no date, with one ready to paste.

use jiff::{civil, civil::Date, civil::Weekday, tz::TimeZone};

use super::{bounds, date_cursor::Cursor};
use crate::time::UtcMillis;

/// A date as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct When {
    /// The day.
    pub date: Date,
    /// Minutes and seconds of the day, if a time was given: 0 to 86 400 seconds (24:00).
    pub seconds: Option<u32>,
    /// Seconds east of UTC, if the writer gave an offset.
    pub offset: Option<i32>,
    /// The weekday that the writer gave, and its word.
    pub weekday: Option<(Weekday, String)>,
}

/// Why a text is no date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoDate {
    /// Not a date, or a day that does not exist; perhaps the day that was meant.
    Bad(Option<Date>),
    /// Month and day without a year, and the time of the day in seconds.
    NoYear(u32, u32, Option<u32>),
    /// For ever, which is no term.
    OpenEnded,
}

/// Which date is asked for: decides what is proposed where the year is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The last day: lies ahead.
    Until,
    /// A first day or a day on which something was signed: lies near.
    Near,
}

impl When {
    /// The instant meant by a beginning: midnight, if no time was given.
    pub fn start(&self, zone: &TimeZone) -> UtcMillis {
        self.instant(self.seconds.unwrap_or(0), zone)
    }

    /// The first instant after a term that ends with this: the next midnight, if no time was given.
    pub fn end(&self, zone: &TimeZone) -> UtcMillis {
        self.instant(self.seconds.unwrap_or(86_400), zone)
    }

    fn instant(&self, seconds: u32, zone: &TimeZone) -> UtcMillis {
        let (date, seconds) = match (seconds, self.date.tomorrow()) {
            (86_400, Ok(tomorrow)) => (tomorrow, 0),
            _ => (self.date, seconds.min(86_399)),
        };
        let time = civil::time((seconds / 3600) as i8, (seconds / 60 % 60) as i8, (seconds % 60) as i8, 0);
        match self.offset {
            Some(east) => {
                UtcMillis::from_civil(date.to_datetime(time), &TimeZone::UTC).plus(-i64::from(east) * 1000)
            }
            None => UtcMillis::from_civil(date.to_datetime(time), zone),
        }
    }

    /// The weekday that it really is, in the script of the word written, and that word; `None` if the word
    /// is right or there is none.
    pub fn wrong_weekday(&self) -> Option<(String, String)> {
        let (weekday, word) = self.weekday.as_ref()?;
        (*weekday != self.date.weekday()).then(|| (weekday_like(self.date.weekday(), word), word.clone()))
    }
}

/// Reads all of `text` as one date.
pub fn parse(text: &str) -> Result<When, NoDate> {
    const FOREVER: &[&str] = &[
        "长期",
        "永久",
        "永远",
        "无限期",
        "不限",
        "无期限",
        "常年",
        "一直",
        "持续",
        "另行通知",
        "forever",
        "permanent",
        "indefinite",
        "unlimited",
        "always",
        "never",
        "longterm",
    ];
    let folded = crate::text::fold_name(text);
    if FOREVER.iter().any(|word| folded.starts_with(word)) {
        return Err(NoDate::OpenEnded);
    }
    // No date takes more than this; what is longer is not looked at.
    if text.len() > 256 {
        return Err(NoDate::Bad(None));
    }
    let quotes = |c: char| c.is_whitespace() || "“”‘’「」『』\"'".contains(c);
    let chars = super::date_cursor::fold(text.trim_matches(quotes));
    let mut cursor = Cursor::new(&chars);
    cursor.skip_words(&[
        "自",
        "从",
        "于",
        "截止到",
        "截至",
        "截止",
        "直到",
        "到",
        "至",
        "until",
        "from",
        "till",
    ]);
    let when = cursor.when()?;
    cursor.skip_words(&[
        "起",
        "止",
        "为止",
        "之前",
        "以前",
        "前",
        "开始",
        "结束",
        "截止",
        "整",
        "。",
        ".",
        "(含)",
        "(含当日)",
        "(含当天)",
        "(含本日)",
        "(包含当日)",
        "(包含当天)",
        "(当日有效)",
    ]);
    if cursor.at_end() { Ok(when) } else { Err(NoDate::Bad(Some(when.date))) }
}

/// What stands between the ends of a range.
const BETWEEN: &[&str] = &["至", "到", "~", "～", "—", "–", " - ", " to "];

/// Reads `2026-06-20 至 2026-07-10`, also where the second part leaves out the year and lies in the same.
pub fn parse_range(text: &str) -> Option<(When, When)> {
    for (from, second) in beginnings(text) {
        let until = match parse(second) {
            Ok(until) => until,
            Err(NoDate::NoYear(month, day, seconds)) => {
                let date = Date::new(from.date.year(), month as i8, day as i8).ok()?;
                // 2026年12月1日至3月1日: another year is not ours to guess, but to propose.
                if date < from.date {
                    return None;
                }
                When { date, seconds, offset: None, weekday: None }
            }
            Err(_) => continue,
        };
        return Some((from, until));
    }
    None
}

/// The ways to read `text` as a range: its beginning, and what stands behind the mark.
fn beginnings(text: &str) -> impl Iterator<Item = (When, &str)> {
    BETWEEN.iter().filter_map(move |mark| {
        let (first, second) = text.split_once(mark)?;
        Some((parse(first).ok()?, second.trim_start_matches(['—', '–', '~', '～'])))
    })
}

/// A date to paste instead of `value`, which could not be read: for a last day never one that has passed,
/// nor the beginning of a range.
pub fn proposal_for(value: &str, error: NoDate, role: Role, today: Date) -> String {
    // Longer values are no dates.
    let range = if role == Role::Until && value.len() <= 256 { beginnings(value).next() } else { None };
    let Some((from, second)) = range else { return proposal(error, role, today) };
    match parse(second) {
        Ok(until) => proposal(NoDate::Bad(Some(until.date)), role, today),
        Err(error @ NoDate::NoYear(..)) => proposal(error, role, today.max(from.date)),
        Err(error) => proposal(error, role, today),
    }
}

/// A date to paste instead of what could not be read.
pub fn proposal(error: NoDate, role: Role, today: Date) -> String {
    let in_days = |days: i32| today.saturating_add(jiff::Span::new().days(days));
    let otherwise = if role == Role::Until { in_days(30) } else { today };
    match error {
        NoDate::Bad(meant) => {
            meant.filter(|date| role == Role::Near || *date >= today).unwrap_or(otherwise).to_string()
        }
        NoDate::OpenEnded => otherwise.to_string(),
        NoDate::NoYear(month, day, seconds) => {
            let earliest = if role == Role::Until { today } else { in_days(-182) };
            // A 29 February lies at most eight years ahead.
            let date = (0..=8)
                .filter_map(|n| Date::new(earliest.year() + n, month as i8, day as i8).ok())
                .find(|date| *date >= earliest)
                .unwrap_or(otherwise);
            match seconds {
                Some(s) => format!("{date} {:02}:{:02}", s / 3600, s / 60 % 60),
                None => date.to_string(),
            }
        }
    }
}

/// Dates in running text whose weekday is wrong: the date, the true weekday, the word written. Only dates
/// with a year count.
pub fn wrong_weekdays(line: &str) -> Vec<(Date, String, String)> {
    let mut found = Vec::new();
    if !line.contains(['周', '期', '拜', 'y', 'Y', '(', '（']) {
        return found;
    }
    let chars = super::date_cursor::fold(line);
    for at in 0..chars.len() {
        let begins = chars[at].is_ascii_digit() && !(at > 0 && chars[at - 1].is_ascii_digit());
        if begins
            && let Ok(when) = Cursor::new(&chars[at..chars.len().min(at + 64)]).when()
            && let Some((right, written)) = when.wrong_weekday()
        {
            found.push((when.date, right, written));
        }
    }
    found
}

/// `date` as it stands below official notices.
pub fn in_chinese(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// A day of that year, month and day, if there is one; else the day that was perhaps meant.
pub(super) fn day(year: u32, month: u32, day: u32) -> Result<Date, NoDate> {
    let year = i16::try_from(year).map_err(|_| NoDate::Bad(None))?;
    if !bounds::YEARS.contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Err(NoDate::Bad(None));
    }
    Date::new(year, month as i8, day as i8)
        .map_err(|_| NoDate::Bad(Date::new(year, month as i8, 1).ok().map(Date::last_of_month)))
}

fn weekday_like(weekday: Weekday, word: &str) -> String {
    const ZH: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let n = weekday.to_monday_zero_offset() as usize;
    if word.is_ascii() {
        EN[n].to_owned()
    } else if word.starts_with('周') {
        format!("周{}", ZH[n])
    } else {
        format!("星期{}", ZH[n])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    fn end(text: &str) -> String {
        parse(text).map_or_else(|e| format!("{e:?}"), |when| when.end(&shanghai()).display(&shanghai()))
    }

    #[test]
    fn a_bare_date_holds_through_its_day() {
        for text in [
            "2026-09-01",
            "2026.9.1",
            "2026/9/1",
            "2026年9月1日",
            "２０２６年９月１日",
            "2026 年 9 月 1 日",
            "2026年9月1号",
            "20260901",
            "2026-9-1",
            "二〇二六年九月一日",
            "2026年9月1日（星期二）",
            "2026-09-01 周二",
            "至2026年9月1日止",
            "2026－09－01",
            "2026。9。1",
            "2026年9月1日24:00",
            "2026-09-01 (Tue)",
            "2026-09-01 24：00",
            "2026年9月1日（含）",
            "2026年9月1日（含当日）",
            "“2026年9月1日”",
            "「2026-09-01」",
        ] {
            assert_eq!(end(text), "2026-09-02 00:00", "{text}");
        }
        assert_eq!(parse("2026-09-01").unwrap().start(&shanghai()).display(&shanghai()), "2026-09-01 00:00");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for text in [
            "2026-09-01 17:30",
            "2026-09-01 17：30",
            "2026年9月1日17时30分",
            "2026年9月1日下午5点30分",
            "2026年9月1日下午5点半",
            "2026-09-01T17:30",
            "2026-09-01T17:30:00+08:00",
            "2026-09-01T09:30:00Z",
            "2026.9.1 5:30pm",
            "2026年9月1日（星期二）17:30",
            "2026年9月1日 晚5:30",
            "二〇二六年九月一日十七点三十分",
            "2026-09-01 17:30 前",
        ] {
            assert_eq!(end(text), "2026-09-01 17:30", "{text}");
        }
        for (text, time) in
            [("中午12点", "12:00"), ("凌晨12点30分", "00:30"), ("上午8点", "08:00"), ("中午1点", "13:00")]
        {
            assert_eq!(end(&format!("2026-09-01 {text}")), format!("2026-09-01 {time}"));
        }
        assert_eq!(end("2026-09-01 晚上12点"), "2026-09-02 00:00");
    }

    #[test]
    fn what_is_no_date_comes_with_one_to_paste() {
        let today = date(2026, 11, 23);
        for (text, role, proposed) in [
            ("2026-02-30", Role::Until, "2026-12-23"),
            ("2027-02-30", Role::Until, "2027-02-28"),
            ("9月1日", Role::Until, "2027-09-01"),
            ("12月1日17:30", Role::Until, "2026-12-01 17:30"),
            ("9月1日", Role::Near, "2026-09-01"),
            ("2月29日", Role::Until, "2028-02-29"),
            ("长期有效", Role::Until, "2026-12-23"),
            ("下周", Role::Until, "2026-12-23"),
            ("27年9月1日", Role::Until, "2027-09-01"),
            ("2026年12月1日至3月1日", Role::Until, "2027-03-01"),
            ("2026年3月1日至2027年5月31号晚", Role::Until, "2027-05-31"),
            ("2026年3月1日至另行通知", Role::Until, "2026-12-23"),
            ("2026-13-01", Role::Until, "2026-12-23"),
            ("2026-12-01 25:00", Role::Until, "2026-12-01"),
            ("99999-01-01", Role::Until, "2026-12-23"),
            ("2026年9月", Role::Until, "2026-12-23"),
            ("", Role::Near, "2026-11-23"),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(proposal_for(text, error, role, today), proposed, "{text}");
        }
        assert_eq!(parse("永久"), Err(NoDate::OpenEnded));
        assert_eq!(parse("９月１日"), Err(NoDate::NoYear(9, 1, None)));
    }

    #[test]
    fn ranges_may_leave_out_the_second_year() {
        for text in [
            "2026-06-20 至 2026-07-10",
            "2026年6月20日至7月10日",
            "2026.6.20—2026.7.10",
            "2026-06-20 - 2026-07-10",
        ] {
            let (from, until) = parse_range(text).expect(text);
            assert_eq!((from.date, until.date), (date(2026, 6, 20), date(2026, 7, 10)), "{text}");
        }
        assert_eq!(parse_range("2026-06-20"), None);
    }

    #[test]
    fn weekdays_that_contradict_their_date_are_found_in_text() {
        let found =
            wrong_weekdays("定于2026年9月1日（星期三）上午9:00开会，2026-09-02 周三休息，9月3日（星期一）。");
        assert_eq!(found, [(date(2026, 9, 1), "星期二".to_owned(), "星期三".to_owned())]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9０-９年月日时点分:：/.\\-＋+ 零一二十下午周三（）TZ]{0,24}") {
            let parsed = parse(&text);
            let _ = parse_range(&text);
            let _ = wrong_weekdays(&text);
            if let Err(error) = parsed {
                let _ = proposal(error, Role::Until, date(2026, 11, 23));
            }
        }

        #[test]
        fn every_day_is_read_in_every_form(days in 0i32..60_000) {
            let day = date(1950, 1, 1).saturating_add(jiff::Span::new().days(days));
            for text in [day.to_string(), in_chinese(day), day.strftime("%Y.%m.%d").to_string()] {
                prop_assert_eq!(parse(&text).map(|when| when.date), Ok(day), "{}", text);
            }
        }
    }
}
