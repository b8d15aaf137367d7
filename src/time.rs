//! Instants, hours and priorities. The core never asks a clock: instants come in as arguments.

use std::fmt;

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::text::fold_width;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UtcMillis(pub i64);

/// One day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

impl UtcMillis {
    /// Before everything.
    pub const MIN: Self = Self(i64::MIN / 4);
    /// After everything.
    pub const MAX: Self = Self(i64::MAX / 4);

    /// This instant moved by `ms`, which may be negative.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Wall-clock date and time in `zone`. What lies outside the years that jiff knows is clamped.
    pub fn civil(self, zone: &TimeZone) -> civil::DateTime {
        zone.to_datetime(self.timestamp())
    }

    /// As a jiff timestamp, clamped to the range of that type.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }

    /// The instant of a wall-clock time in `zone`; a time that a zone change skips is moved as jiff's
    /// "compatible" rule does.
    pub fn from_civil(at: civil::DateTime, zone: &TimeZone) -> Self {
        zone.to_timestamp(at).map_or(Self::MAX, |t| Self(t.as_millisecond()))
    }

    /// `2026-09-01 08:00` in `zone`, for people.
    pub fn display(self, zone: &TimeZone) -> String {
        let at = self.civil(zone);
        format!("{:04}-{:02}-{:02} {:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
    }

    /// The end of something, for people: `2026-09-30 17:00` in `zone`; midnight belongs to the day that it
    /// closes, `2026-09-30 24:00`, so that nobody reads the next day as included.
    pub fn display_end(self, zone: &TimeZone) -> String {
        let at = self.civil(zone);
        if (at.hour(), at.minute()) != (0, 0) {
            return self.display(zone);
        }
        let last = at.date().yesterday().unwrap_or(at.date());
        format!("{:04}-{:02}-{:02} 24:00", last.year(), last.month(), last.day())
    }

    /// RFC 3339 in UTC, whole seconds, for headers and JSON.
    pub fn rfc3339(self) -> String {
        let t = Self(self.0.div_euclid(1000) * 1000).civil(&TimeZone::UTC);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }

    /// An HTTP date (RFC 9110 §5.6.7), whole seconds, rounded down.
    pub fn http_date(self) -> String {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let t = Self(self.0.div_euclid(1000) * 1000).civil(&TimeZone::UTC);
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
            DAYS[t.weekday().to_monday_zero_offset() as usize],
            t.day(),
            MONTHS[t.month() as usize - 1],
            t.year(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }
}

/// How much a notice matters; greater comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Priority {
    /// 普通
    #[default]
    Normal,
    /// 重要: sorts first.
    High,
    /// 紧急: pre-empts everything that is not, and lights screens outside their hours.
    Emergency,
}

impl Priority {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
            Self::Emergency => "emergency",
        }
    }
}

/// Recurring hours: a set of weekdays and a span of the day. A span that ends at or before its start runs
/// over midnight and belongs to the day on which it starts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DayPart {
    /// Bit 0 is Monday, bit 6 Sunday.
    pub days: u8,
    /// Minutes since midnight, 0 to 1439.
    pub from_min: u16,
    /// Minutes since midnight, 1 to 1440; at most `from_min` means the next day.
    pub to_min: u16,
}

/// The union of some day-parts; empty means always.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Hours(Vec<DayPart>);

impl DayPart {
    fn covers(self, weekday: u8, minute: u16) -> bool {
        let today = self.days & (1 << weekday) != 0;
        let yesterday = self.days & (1 << ((weekday + 6) % 7)) != 0;
        if self.from_min < self.to_min {
            today && (self.from_min..self.to_min).contains(&minute)
        } else {
            (today && minute >= self.from_min) || (yesterday && minute < self.to_min)
        }
    }
}

impl Hours {
    /// Always open.
    pub const ALWAYS: Self = Self(Vec::new());

    /// Reads `周一至周五 07:20-18:30`, `Mon-Fri 07:20-18:30`, `全天`, `工作日`, `周六、周日 9:00-12:00`,
    /// `22:00-6:00`; several parts stand behind `;` `；` or a comma that a day or time follows.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = fold_width(text).to_lowercase();
        let mut parts = Vec::new();
        for part in folded.split([';', '\n']) {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            if matches!(part, "全天" | "always" | "all day" | "24h" | "24小时" | "全天24小时") {
                return Some(Self::ALWAYS);
            }
            parse_part(part, &mut parts)?;
        }
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// The union of several lines.
    pub fn union(all: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = Vec::new();
        for hours in all {
            if hours.0.is_empty() {
                return Self::ALWAYS;
            }
            parts.extend(hours.0);
        }
        Self(parts)
    }

    /// Whether there is no restriction.
    pub fn is_always(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `at` lies in one of the parts.
    pub fn open_at(&self, at: UtcMillis, zone: &TimeZone) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let civil = at.civil(zone);
        let weekday = civil.weekday().to_monday_zero_offset() as u8;
        let minute = civil.hour() as u16 * 60 + civil.minute() as u16;
        self.0.iter().any(|part| part.covers(weekday, minute))
    }

    /// The first instant after `at` at which [`Self::open_at`] changes; `None` if it never does.
    pub fn next_edge(&self, at: UtcMillis, zone: &TimeZone) -> Option<UtcMillis> {
        let mut day = at.civil(zone).date();
        for _ in 0..9 {
            // Zone changes move instants by hours, not days: a later day holds no earlier edge.
            if let Some(edge) = self.edges_of(day, zone).filter(|edge| *edge > at).min() {
                return Some(edge);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The last instant at or before `at` at which [`Self::open_at`] changed; `None` if it never does.
    pub fn last_edge(&self, at: UtcMillis, zone: &TimeZone) -> Option<UtcMillis> {
        let mut day = at.civil(zone).date();
        for _ in 0..9 {
            if let Some(edge) = self.edges_of(day, zone).filter(|edge| *edge <= at).max() {
                return Some(edge);
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    /// The instants of `day` at which it opens or closes.
    fn edges_of<'a>(&'a self, day: civil::Date, zone: &'a TimeZone) -> impl Iterator<Item = UtcMillis> + 'a {
        self.0
            .iter()
            .flat_map(|part| [part.from_min, part.to_min % 1440])
            .chain((!self.0.is_empty()).then_some(0))
            .map(move |min| UtcMillis::from_civil(day.at((min / 60) as i8, (min % 60) as i8, 0, 0), zone))
            .filter(move |edge| self.open_at(*edge, zone) != self.open_at(edge.plus(-1), zone))
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        if self.0.is_empty() {
            return f.write_str("00:00-24:00");
        }
        for (n, part) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            if part.days != 0x7F {
                let days: Vec<_> = (0..7).filter(|d| part.days & (1 << d) != 0).map(|d| NAMES[d]).collect();
                write!(f, "{} ", days.join(","))?;
            }
            let (a, b) = (part.from_min, part.to_min);
            write!(f, "{:02}:{:02}-{:02}:{:02}", a / 60, a % 60, b / 60, b % 60)?;
        }
        Ok(())
    }
}

/// One `days times` part; commas may list days and may list spans.
fn parse_part(part: &str, out: &mut Vec<DayPart>) -> Option<()> {
    let first_digit = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
    // 24小时 and days written with digits do not occur: days are words.
    let (days_text, spans_text) = part.split_at(first_digit);
    let days = parse_days(days_text)?;
    let spans_text = spans_text.trim();
    if spans_text.is_empty() {
        if days_text.trim().is_empty() {
            return None;
        }
        out.push(DayPart { days, from_min: 0, to_min: 1440 });
        return Some(());
    }
    for span in spans_text.split([',', '、', ' ']).filter(|s| !s.is_empty()) {
        let (from, to) = span.split_once(['-', '–', '—', '~', '至', '到'])?;
        let (from_min, to_min) = (parse_minute(from)?, parse_minute(to)?);
        if from_min == 1440 || to_min == from_min {
            return None;
        }
        out.push(DayPart { days, from_min, to_min });
    }
    Some(())
}

fn parse_minute(text: &str) -> Option<u16> {
    let text = text.trim().trim_end_matches('分');
    let (h, m) = text.split_once([':', '：', '点', '时', '.'])?;
    let number = |s: &str| {
        let s = s.trim();
        if s.is_empty() { Some(0) } else { (s.len() <= 2).then(|| s.parse::<u16>().ok())? }
    };
    let (h, m) = (number(h)?, number(m)?);
    let minutes = h * 60 + m;
    (h <= 24 && m < 60 && minutes <= 1440).then_some(minutes)
}

/// Weekday sets in both languages; empty means every day.
fn parse_days(text: &str) -> Option<u8> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.trim_end_matches([',', '、', ':', '：', '的']);
    if matches!(text, "" | "每天" | "每日" | "daily" | "everyday") {
        return Some(0x7F);
    }
    let mut days = 0;
    for item in text.split([',', '、', '和', '及', '&']).filter(|s| !s.is_empty()) {
        days |= match item {
            "工作日" | "weekdays" | "workdays" => 0b001_1111,
            "周末" | "weekend" | "weekends" => 0b110_0000,
            _ => {
                if let Some((a, b)) = item.split_once(['-', '–', '—', '~', '至', '到']) {
                    let (a, b) = (weekday(a)?, weekday(b)?);
                    let count = (b + 7 - a) % 7 + 1;
                    (0..count).fold(0, |set, n| set | 1 << ((a + n) % 7))
                } else {
                    1 << weekday(item)?
                }
            }
        };
    }
    Some(days)
}

/// 0 for Monday.
fn weekday(text: &str) -> Option<u8> {
    let short = text
        .strip_prefix("星期")
        .or_else(|| text.strip_prefix("礼拜"))
        .or_else(|| text.strip_prefix('周'))
        .unwrap_or(text);
    Some(match short {
        "一" | "mon" | "monday" => 0,
        "二" | "tue" | "tuesday" => 1,
        "三" | "wed" | "wednesday" => 2,
        "四" | "thu" | "thursday" => 3,
        "五" | "fri" | "friday" => 4,
        "六" | "sat" | "saturday" => 5,
        "日" | "天" | "sun" | "sunday" => 6,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    fn at(text: &str) -> UtcMillis {
        UtcMillis::from_civil(text.parse().unwrap(), &shanghai())
    }

    #[test]
    fn a_day_ends_at_its_own_midnight() {
        let end = |text| at(text).display_end(&shanghai());
        assert_eq!(end("2026-10-01T00:00"), "2026-09-30 24:00");
        assert_eq!(end("2027-01-01T00:00:30"), "2026-12-31 24:00", "seconds are not shown");
        assert_eq!(end("2026-10-01T17:30"), "2026-10-01 17:30");
        assert_eq!(UtcMillis::MIN.display_end(&TimeZone::UTC).len(), 17, "no year is too early");
    }

    #[test]
    fn hours_are_read_as_clerks_write_them() {
        let weekdays = Hours::parse("周一至周五 07:20-18:30").unwrap();
        for same in [
            "Mon-Fri 07:20-18:30",
            "工作日 7:20—18:30",
            "星期一到星期五　０７：２０－１８：３０",
            "周一、周二,周三、周四、周五 7点20-18点30分",
        ] {
            assert_eq!(Hours::parse(same), Some(weekdays.clone()), "{same}");
        }
        assert!(weekdays.open_at(at("2026-11-23T07:20"), &shanghai()), "a Monday");
        assert!(!weekdays.open_at(at("2026-11-23T18:30"), &shanghai()));
        assert!(!weekdays.open_at(at("2026-11-22T12:00"), &shanghai()), "a Sunday");
        for text in ["", "周八 7:00-8:00", "25:00-26:00", "7:00", "8:00-8:00"] {
            assert_eq!(Hours::parse(text), None, "{text}");
        }
        assert!(Hours::parse("全天").unwrap().is_always());
    }

    #[test]
    fn hours_over_midnight_belong_to_the_day_they_start_on() {
        let hours = Hours::parse("周五 22:00-06:00").unwrap();
        assert!(hours.open_at(at("2026-11-28T05:59"), &shanghai()), "early Saturday");
        assert!(!hours.open_at(at("2026-11-27T05:59"), &shanghai()), "early Friday");
        assert_eq!(hours.next_edge(at("2026-11-27T05:59"), &shanghai()), Some(at("2026-11-27T22:00")));
        assert_eq!(hours.next_edge(at("2026-11-27T22:00"), &shanghai()), Some(at("2026-11-28T06:00")));
    }

    #[test]
    fn dates_in_headers_follow_the_rfc() {
        assert_eq!(UtcMillis(784_111_777_999).http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(UtcMillis(784_111_777_999).rfc3339(), "1994-11-06T08:49:37Z");
    }

    #[test]
    fn the_end_of_a_day_is_told_as_people_write_it() {
        assert_eq!(at("2026-09-01T00:00").display_end(&shanghai()), "2026-08-31 24:00");
        assert_eq!(at("2026-09-01T17:30").display_end(&shanghai()), "2026-09-01 17:30");
    }

    proptest! {
        /// Between two edges nothing opens or closes.
        #[test]
        fn next_edge_misses_no_change(start in 1_700_000_000_000i64..1_900_000_000_000, a in 0u16..1440, b in 0u16..1440, days in 1u8..128) {
            prop_assume!(a != b);
            let hours = Hours(vec![DayPart { days, from_min: a, to_min: b }]);
            let zone = shanghai();
            let start = UtcMillis(start);
            let edge = hours.next_edge(start, &zone).unwrap_or(start.plus(8 * DAY_MS));
            let open = hours.open_at(start, &zone);
            let mut t = start;
            while t < edge {
                prop_assert_eq!(hours.open_at(t, &zone), open, "changed before the edge");
                t = t.plus(17 * 60_000);
            }
        }
    }
}
