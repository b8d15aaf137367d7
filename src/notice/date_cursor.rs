//! The grammar of dates: a place in a folded text that moves over numbers, words and marks.

use jiff::civil::Weekday;

use super::date::{NoDate, When, day};

/// Full-width forms become ASCII and letters lower case, one character for one where possible.
pub(super) fn fold(text: &str) -> Vec<char> {
    let folded = crate::text::fold_width(text).to_lowercase();
    folded.chars().filter(|c| !crate::text::is_invisible(*c)).collect()
}

/// A place in a text.
pub(super) struct Cursor<'a> {
    rest: &'a [char],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [char]) -> Self {
        Self { rest: text }
    }

    pub(super) fn at_end(&mut self) -> bool {
        self.skip_spaces();
        self.rest.is_empty()
    }

    /// Skips these words as often as they come.
    pub(super) fn skip_words(&mut self, words: &[&str]) {
        loop {
            self.skip_spaces();
            if !words.iter().any(|word| self.take(word)) {
                return;
            }
        }
    }

    /// A date with a year, and what may stand behind it: weekday, time, offset. Stops before what belongs
    /// to none of these.
    pub(super) fn when(&mut self) -> Result<When, NoDate> {
        let (first, digits) = self.number().ok_or(NoDate::Bad(None))?;
        let date = if digits == 8 {
            day(first / 10_000, first / 100 % 100, first % 100)?
        } else {
            self.skip_spaces();
            if digits <= 2 && self.take("月") {
                return Err(self.without_year(first));
            }
            let chinese = self.take("年");
            if !chinese && !self.take_mark() {
                return Err(NoDate::Bad(None));
            }
            self.skip_spaces();
            let (second, _) = self.number().ok_or(NoDate::Bad(None))?;
            self.skip_spaces();
            let next = if self.take("月") { true } else { !chinese && self.take_mark() };
            if !next {
                // Two numbers: a month and a day.
                return Err(if chinese || digits > 2 { NoDate::Bad(None) } else { self.tail(first, second) });
            }
            self.skip_spaces();
            let (third, _) = self.number().ok_or(NoDate::Bad(None))?;
            self.skip_spaces();
            let _ = self.take("日") || self.take("号");
            match digits {
                4 => day(first, second, third)?,
                // 26年9月1日: the century is not ours to guess, but to propose.
                2 => return Err(NoDate::Bad(day(2000 + first, second, third).ok())),
                _ => return Err(NoDate::Bad(None)),
            }
        };
        let mut weekday = self.weekday();
        let seconds = self.time().map_err(|()| NoDate::Bad(Some(date)))?;
        let offset = if seconds.is_some() { self.offset() } else { None };
        weekday = weekday.or_else(|| self.weekday());
        Ok(When { date, seconds, offset, weekday })
    }

    /// Behind `9月`.
    fn without_year(&mut self, month: u32) -> NoDate {
        self.skip_spaces();
        match self.number() {
            Some((day, _)) => {
                let _ = self.take("日") || self.take("号");
                self.tail(month, day)
            }
            None => NoDate::Bad(None),
        }
    }

    /// Month and day are known, the year is not.
    fn tail(&mut self, month: u32, day_of_month: u32) -> NoDate {
        // 2024 was a leap year: each day that any year has.
        if day(2024, month, day_of_month).is_err() {
            return NoDate::Bad(None);
        }
        let _ = self.weekday();
        NoDate::NoYear(month, day_of_month, self.time().ok().flatten())
    }

    /// A time of the day in seconds. `Ok(None)` if there is none; an error if there is a wrong one.
    fn time(&mut self) -> Result<Option<u32>, ()> {
        let before = self.rest;
        self.skip_spaces();
        let _ = self.take("t") || self.take(",") || self.take("，");
        self.skip_spaces();
        let mut part = self.part_of_day();
        self.skip_spaces();
        let Some((hour, digits)) = self.number() else {
            self.rest = before;
            return Ok(None);
        };
        if digits > 2 || !(self.take(":") || self.take("点") || self.take("时") || self.take("∶")) {
            self.rest = before;
            return Ok(None);
        }
        let _ = self.take("钟");
        self.skip_spaces();
        let (mut minute, mut second) = (0, 0);
        if self.take("半") {
            minute = 30;
        } else if self.take("一刻") {
            minute = 15;
        } else if self.take("三刻") {
            minute = 45;
        } else if let Some((number, digits)) = self.number() {
            minute = if digits <= 2 { number } else { 60 };
            let _ = self.take("分");
            if self.take(":") {
                second = self.number().map_or(60, |(number, _)| number);
                let _ = self.take("秒");
                if self.take(".") {
                    let _ = self.number();
                }
            }
        }
        self.skip_spaces();
        if part.is_none() {
            part = self.part_of_day();
        }
        let hour = match part {
            // 凌晨12点 and 12am are the day's beginning.
            Some(Part::Night) if hour == 12 => 0,
            Some(Part::Noon) if hour < 10 => hour + 12,
            Some(Part::Afternoon) if hour < 12 => hour + 12,
            Some(Part::Evening) if hour <= 12 => hour + 12,
            _ => hour,
        };
        let seconds = hour * 3600 + minute * 60 + second;
        if hour > 24 || minute > 59 || second > 59 || seconds > 86_400 { Err(()) } else { Ok(Some(seconds)) }
    }

    fn part_of_day(&mut self) -> Option<Part> {
        const WORDS: &[(&str, Part)] = &[
            ("凌晨", Part::Night),
            ("早上", Part::Morning),
            ("早晨", Part::Morning),
            ("清晨", Part::Morning),
            ("上午", Part::Morning),
            ("中午", Part::Noon),
            ("下午", Part::Afternoon),
            ("午后", Part::Afternoon),
            ("傍晚", Part::Afternoon),
            ("晚上", Part::Evening),
            ("晚间", Part::Evening),
            ("夜间", Part::Evening),
            ("晚", Part::Evening),
            ("a.m.", Part::Night),
            ("p.m.", Part::Afternoon),
            ("am", Part::Night),
            ("pm", Part::Afternoon),
        ];
        WORDS.iter().find(|(word, _)| self.take(word)).map(|(_, part)| *part)
    }

    /// `Z`, `+08:00`, `+0800`: seconds east of UTC.
    fn offset(&mut self) -> Option<i32> {
        let before = self.rest;
        if self.take("z") {
            return Some(0);
        }
        let sign = if self.take("+") { 1 } else { -i32::from(self.take("-")) };
        let read = self.number().and_then(|(number, digits)| match digits {
            4 => Some((number / 100, number % 100)),
            2 if self.take(":") => self.number().map(|(minutes, _)| (number, minutes)),
            2 => Some((number, 0)),
            _ => None,
        });
        match read {
            Some((hours, minutes)) if sign != 0 && hours <= 14 && minutes < 60 => {
                Some(sign * (hours * 3600 + minutes * 60) as i32)
            }
            _ => {
                self.rest = before;
                None
            }
        }
    }

    /// A weekday, in brackets or not.
    fn weekday(&mut self) -> Option<(Weekday, String)> {
        const ENGLISH: [&str; 7] =
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        const SHORT: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        const CHINESE: [&[char]; 7] = [&['一'], &['二'], &['三'], &['四'], &['五'], &['六'], &['日', '天']];
        let before = self.rest;
        self.skip_spaces();
        let open = self.take("(") || self.take("[") || self.take("【") || self.take(",");
        self.skip_spaces();
        let chinese = ["星期", "礼拜", "周"].into_iter().find(|word| self.take(word));
        let n = match (chinese, self.rest.first()) {
            (Some(_), Some(c)) => CHINESE.iter().position(|names| names.contains(c)),
            (Some(_), None) => None,
            (None, _) => {
                ENGLISH.iter().position(|w| self.take(w)).or_else(|| SHORT.iter().position(|w| self.take(w)))
            }
        };
        let Some(n) = n else {
            self.rest = before;
            return None;
        };
        let word = match chinese {
            Some(prefix) => {
                let word = format!("{prefix}{}", self.rest[0]);
                self.rest = &self.rest[1..];
                word
            }
            None => ENGLISH[n].to_owned(),
        };
        if open {
            self.skip_spaces();
            let _ = self.take(")") || self.take("]") || self.take("】");
        }
        Weekday::from_monday_zero_offset(n as i8).ok().map(|weekday| (weekday, word))
    }

    /// A number in ASCII or Chinese digits, and how many digits it has in ASCII. At most eight.
    fn number(&mut self) -> Option<(u32, usize)> {
        let length = self.rest.iter().take(9).take_while(|c| c.is_ascii_digit()).count();
        if length > 0 {
            let (digits, rest) = self.rest.split_at(length);
            self.rest = rest;
            let value = digits.iter().fold(0, |n: u32, c| n * 10 + c.to_digit(10).unwrap_or(0));
            return (length <= 8).then_some((value, length));
        }
        let length =
            self.rest.iter().take(5).take_while(|c| **c == '十' || chinese_digit(**c).is_some()).count();
        let (word, rest) = self.rest.split_at(length);
        let value = chinese_number(word)?;
        self.rest = rest;
        Some((value, if length == 4 { 4 } else { 2 }))
    }

    fn skip_spaces(&mut self) {
        while let [c, rest @ ..] = self.rest
            && c.is_whitespace()
        {
            self.rest = rest;
        }
    }

    /// The mark between the numbers of a date.
    fn take_mark(&mut self) -> bool {
        ["-", ".", "/", "。", "－", "—", "–", "·"].iter().any(|mark| self.take(mark))
    }

    fn take(&mut self, word: &str) -> bool {
        let length = word.chars().count();
        let here = self.rest.len() >= length && word.chars().eq(self.rest[..length].iter().copied());
        if here {
            self.rest = &self.rest[length..];
        }
        here
    }
}

/// A stretch of the day that says which half an hour lies in.
#[derive(Clone, Copy)]
enum Part {
    Night,
    Morning,
    Noon,
    Afternoon,
    Evening,
}

fn chinese_digit(c: char) -> Option<u32> {
    "〇一二三四五六七八九".chars().position(|d| d == c).map(|n| n as u32).or(match c {
        '零' | '○' | 'Ｏ' => Some(0),
        _ => None,
    })
}

/// `二〇二六`, `九`, `十`, `十二`, `二十`, `二十一`.
fn chinese_number(word: &[char]) -> Option<u32> {
    if !word.contains(&'十') {
        let digits: Option<Vec<u32>> = word.iter().map(|c| chinese_digit(*c)).collect();
        return digits.filter(|d| !d.is_empty()).map(|d| d.iter().fold(0, |n, digit| n * 10 + digit));
    }
    let at = word.iter().position(|c| *c == '十')?;
    let (tens, ones) = (&word[..at], &word[at + 1..]);
    let tens = match tens {
        [] => 1,
        [c] => chinese_digit(*c)?,
        _ => return None,
    };
    let ones = match ones {
        [] => 0,
        [c] => chinese_digit(*c)?,
        _ => return None,
    };
    Some(tens * 10 + ones)
}
