//! How are times, spans and hours written for people, in their language and the site's zone?

use jiff::tz::TimeZone;

use super::words::Word;
use crate::{
    diagnostic::Lang,
    time::{Hours, UtcMillis},
};

/// `20:15:30`, with the date before it when that is not today's.
pub fn clock(at: UtcMillis, now: UtcMillis, zone: &TimeZone) -> String {
    let civil = at.civil(zone);
    let time = format!("{:02}:{:02}:{:02}", civil.hour(), civil.minute(), civil.second());
    if civil.date() == now.civil(zone).date() {
        return time;
    }
    format!("{:02}-{:02} {time}", civil.month(), civil.day())
}

/// `800 ms`, `12 s`, `1 min 20 s`, `34 min`, `2 h 5 min`: as exact as somebody wants to know it.
pub fn span(ms: i64, lang: Lang) -> String {
    let seconds = (ms.max(0) + 500) / 1000;
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match ms {
        ..1000 => Word::Milliseconds.fill(lang, &[&ms.max(0).to_string()]),
        1000..60_000 if seconds < 60 => Word::Seconds.fill(lang, &[&seconds.to_string()]),
        _ if seconds % 60 == 0 && minutes < 60 => Word::Minutes.fill(lang, &[&minutes.to_string()]),
        _ if minutes < 10 => {
            Word::MinutesSeconds.fill(lang, &[&minutes.to_string(), &(seconds % 60).to_string()])
        }
        _ if minutes < 60 => Word::Minutes.fill(lang, &[&((seconds + 30) / 60).to_string()]),
        _ => Word::HoursMinutes.fill(lang, &[&hours.to_string(), &(minutes % 60).to_string()]),
    }
}

/// The hours of a screen: days that follow each other are drawn together.
pub fn hours(hours: &Hours, lang: Lang) -> String {
    if hours.is_always() {
        return Word::Always.of(lang).to_owned();
    }
    let parts = hours.to_string();
    let parts = parts.split("; ").map(|part| match part.split_once(' ') {
        Some((days, time)) => format!("{} {time}", weekdays(days, lang)),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(if lang == Lang::Zh { "；" } else { "; " })
}

const DAYS: [(&str, &str); 7] = [
    ("Mon", "周一"),
    ("Tue", "周二"),
    ("Wed", "周三"),
    ("Thu", "周四"),
    ("Fri", "周五"),
    ("Sat", "周六"),
    ("Sun", "周日"),
];

/// `Mon,Tue,Wed,Sat` as `Mon–Wed, Sat` or `周一至周三、周六`.
fn weekdays(list: &str, lang: Lang) -> String {
    let days: Vec<usize> =
        list.split(',').filter_map(|day| DAYS.iter().position(|(en, _)| *en == day)).collect();
    let name = |n: usize| if lang == Lang::Zh { DAYS[n].1 } else { DAYS[n].0 };
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    let (to, and) = if lang == Lang::Zh { ("至", "、") } else { ("–", ", ") };
    let runs = runs.into_iter().map(|(a, b)| match b - a {
        0 => name(a).to_owned(),
        1 => format!("{}{and}{}", name(a), name(b)),
        _ => format!("{}{to}{}", name(a), name(b)),
    });
    runs.collect::<Vec<_>>().join(and)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcMillis {
        UtcMillis::from_civil(text.parse().unwrap(), &TimeZone::UTC)
    }

    #[test]
    fn another_day_is_named() {
        assert_eq!(
            clock(at("2026-10-02T07:00:05"), at("2026-10-01T23:00"), &TimeZone::UTC),
            "10-02 07:00:05"
        );
    }

    #[test]
    fn spans_are_as_exact_as_they_need_to_be() {
        let shown: Vec<String> = [400, 12_000, 59_700, 60_000, 80_000, 2_040_000, 2_045_000, 7_500_000]
            .map(|ms| span(ms, Lang::En))
            .into();
        assert_eq!(
            shown,
            ["400 ms", "12 s", "1 min", "1 min", "1 min 20 s", "34 min", "34 min", "2 h 5 min"]
        );
    }

    #[test]
    fn hours_read_like_a_sign_on_a_door() {
        let h = Hours::parse("周一至周三、周六 07:20-18:30; 周日 9:00-12:00").unwrap();
        assert_eq!(hours(&h, Lang::Zh), "周一至周三、周六 07:20-18:30；周日 09:00-12:00");
        assert_eq!(hours(&h, Lang::En), "Mon–Wed, Sat 07:20-18:30; Sun 09:00-12:00");
        assert_eq!(hours(&Hours::ALWAYS, Lang::Zh), "全天");
    }
}
