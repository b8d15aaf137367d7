//! The language of number formats (ECMA-376 part 1, 18.8.31), read into sections. What is not understood is not
//! guessed: a fee shown wrongly is worse than one not shown.

/// A format: up to four sections, for positive numbers, negative ones, zero, and text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Code {
    pub(super) sections: Vec<Section>,
}

/// One section.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Section {
    pub(super) tokens: Vec<Token>,
    /// Names of days and halves of the day are Chinese.
    pub(super) chinese: bool,
    /// Numbers are written 一二三.
    pub(super) hanzi: bool,
    /// It asks for the date or time as the computer writes it: the format for that.
    system: Option<&'static str>,
}

/// One thing in a section.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// Text as it is.
    Literal(String),
    /// Room for a digit: `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `E+` (true) or `E-`.
    Exponent(bool),
    General,
    /// Text that the cell holds.
    Text,
    /// A part of a date or time, and how many letters ask for it: `y m n d w h s`; `n` is minutes, `w` the day of
    /// the week as Chinese programs ask for it.
    Date(char, usize),
    /// Hours, minutes or seconds that do not wrap: `h n s`.
    Elapsed(char, usize),
    /// Morning or afternoon, in these two words.
    Half(String, String),
}

const COLOURS: &[&str] = &[
    "black",
    "blue",
    "cyan",
    "green",
    "magenta",
    "red",
    "white",
    "yellow",
    "黑色",
    "蓝色",
    "青色",
    "绿色",
    "洋红",
    "洋红色",
    "红色",
    "白色",
    "黄色",
];

impl Code {
    /// Reads a format; `None` for what is not understood.
    pub(super) fn read(code: &str) -> Option<Self> {
        let chars: Vec<char> = code.chars().take(400).collect();
        let mut sections = vec![Section::default()];
        let mut at = 0;
        while at < chars.len() {
            let section = sections.last_mut()?;
            if chars[at] == ';' {
                sections.push(Section::default());
                at += 1;
                continue;
            }
            at = section.token(&chars, at)?;
        }
        for section in &mut sections {
            if let Some(instead) = section.system {
                *section = Self::read(instead)?.sections.pop()?;
            }
            section.tell_minutes();
        }
        let known = sections.len() <= 4 && sections.iter().all(Section::is_understood);
        known.then_some(Self { sections })
    }
}

impl Section {
    /// Reads one token at `at`; where the next begins.
    fn token(&mut self, chars: &[char], at: usize) -> Option<usize> {
        let c = chars[at];
        let rest = |word: &str| {
            let found = word
                .chars()
                .enumerate()
                .all(|(n, w)| chars.get(at + n).is_some_and(|c| c.eq_ignore_ascii_case(&w)));
            found.then(|| at + word.chars().count())
        };
        let end_of_run =
            || at + chars[at..].iter().take_while(|other| other.eq_ignore_ascii_case(&c)).count();
        if let Some(next) = rest("General").or_else(|| rest("G/通用格式")) {
            self.tokens.push(Token::General);
            return Some(next);
        }
        for (words, first, second) in
            [("AM/PM", "AM", "PM"), ("A/P", "A", "P"), ("上午/下午", "上午", "下午")]
        {
            if let Some(next) = rest(words) {
                let chinese = self.chinese && words == "AM/PM";
                let (first, second) = if chinese { ("上午", "下午") } else { (first, second) };
                self.tokens.push(Token::Half(first.to_owned(), second.to_owned()));
                return Some(next);
            }
        }
        match c {
            '"' => {
                let length = chars[at + 1..].iter().position(|c| *c == '"')?;
                self.literal(chars[at + 1..at + 1 + length].iter());
                return Some(at + length + 2);
            }
            '\\' => {
                self.literal(chars.get(at + 1).into_iter());
                return Some(at + 2);
            }
            // Room as wide as a character, and a character that fills the cell.
            '_' | '*' => return Some(at + 2),
            '[' => {
                let length = chars[at + 1..].iter().position(|c| *c == ']')?;
                let inner: String = chars[at + 1..at + 1 + length].iter().collect();
                self.bracket(&inner)?;
                return Some(at + length + 2);
            }
            '0' | '#' | '?' => self.tokens.push(Token::Digit(c)),
            '.' => self.tokens.push(Token::Point),
            ',' => self.tokens.push(Token::Comma),
            '%' => self.tokens.push(Token::Percent),
            // `# ?/?` is a fraction.
            '/' if matches!(chars.get(at + 1), Some('0'..='9' | '#' | '?')) => return None,
            '@' => self.tokens.push(Token::Text),
            'E' if matches!(chars.get(at + 1), Some('+' | '-')) => {
                self.tokens.push(Token::Exponent(chars[at + 1] == '+'));
                return Some(at + 2);
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => {
                let next = end_of_run();
                self.tokens.push(Token::Date(c.to_ascii_lowercase(), next - at));
                return Some(next);
            }
            // A year, in East Asian versions.
            'e' => {
                self.tokens.push(Token::Date('y', 4));
                return Some(end_of_run());
            }
            'a' | 'A' => {
                let next = end_of_run();
                self.tokens.push(Token::Date('w', next - at));
                return Some(next);
            }
            c if c.is_ascii_alphabetic() || c.is_ascii_digit() || c == ']' => return None,
            c => self.literal(std::iter::once(&c)),
        }
        Some(at + 1)
    }

    fn literal<'a>(&mut self, chars: impl Iterator<Item = &'a char>) {
        let text: String = chars.collect();
        match self.tokens.last_mut() {
            Some(Token::Literal(last)) => last.push_str(&text),
            _ => self.tokens.push(Token::Literal(text)),
        }
    }

    /// What stands in brackets: a colour, a currency and language, a time that does not wrap.
    fn bracket(&mut self, inner: &str) -> Option<()> {
        let lower = inner.to_lowercase();
        let numbered = |word| lower.strip_prefix(word).is_some_and(|n| n.trim().parse::<u8>().is_ok());
        if COLOURS.contains(&lower.as_str()) || numbered("color") || numbered("颜色") {
            return Some(());
        }
        if let Some(rest) = inner.strip_prefix('$') {
            let (sign, language) = rest.split_once('-').unwrap_or((rest, ""));
            match language.to_ascii_lowercase().as_str() {
                "" | "409" | "809" => {}
                "804" | "404" | "c04" | "1004" | "zh-cn" => self.chinese = true,
                // The date or time as the computer writes it; here, as computers in China do.
                "f800" | "x-sysdate" => self.system = Some("yyyy年m月d日"),
                "f400" | "x-systime" => self.system = Some("h:mm:ss"),
                _ => return None,
            }
            if !sign.is_empty() {
                self.literal(sign.chars().collect::<Vec<_>>().iter());
            }
            return Some(());
        }
        if lower == "dbnum1" {
            self.hanzi = true;
            return Some(());
        }
        let unit = lower.chars().next().filter(|c| "hms".contains(*c))?;
        let unit = if lower.chars().all(|c| c == unit) { unit } else { return None };
        self.tokens.push(Token::Elapsed(if unit == 'm' { 'n' } else { unit }, lower.len()));
        Some(())
    }

    /// `m` behind hours or before seconds means minutes.
    fn tell_minutes(&mut self) {
        let unit = |token: &Token| match token {
            Token::Date(unit, _) | Token::Elapsed(unit, _) => Some(*unit),
            _ => None,
        };
        let at: Vec<usize> = (0..self.tokens.len()).filter(|n| unit(&self.tokens[*n]).is_some()).collect();
        for (n, index) in at.iter().enumerate() {
            let before = n.checked_sub(1).and_then(|n| unit(&self.tokens[at[n]]));
            let after = at.get(n + 1).and_then(|next| unit(&self.tokens[*next]));
            if let Token::Date(unit @ 'm', length) = &mut self.tokens[*index]
                && *length <= 2
                && (before == Some('h') || after == Some('s'))
            {
                *unit = 'n';
            }
        }
    }

    /// Whether it is about dates and times.
    pub(super) fn is_date(&self) -> bool {
        self.tokens
            .iter()
            .any(|token| matches!(token, Token::Date(..) | Token::Elapsed(..) | Token::Half(..)))
    }

    pub(super) fn has(&self, token: &Token) -> bool {
        self.tokens.contains(token)
    }

    /// Whether all that stands in it can be applied.
    fn is_understood(&self) -> bool {
        let count = |wanted: fn(&Token) -> bool| self.tokens.iter().filter(|token| wanted(token)).count();
        let digits = count(|token| matches!(token, Token::Digit(_)));
        let general = count(|token| *token == Token::General);
        let text = count(|token| *token == Token::Text);
        if self.is_date() {
            // Tenths of seconds are not shown.
            let known = |token: &Token| match token {
                Token::Date('y', n) => *n <= 4,
                Token::Date('m', n) => *n <= if self.chinese { 2 } else { 4 },
                Token::Date('d', n) => *n <= 4 && (!self.chinese || *n != 3),
                Token::Date('w', n) => (3..=4).contains(n),
                Token::Date(_, n) | Token::Elapsed(_, n) => *n <= 2,
                // A comma stands between words of a date.
                Token::Literal(_) | Token::Half(..) | Token::Comma | Token::Point => true,
                _ => false,
            };
            let plain = |token: &Token| {
                !self.hanzi || matches!(token, Token::Date('y' | 'm' | 'd' | 'w', _) | Token::Literal(_))
            };
            return self.tokens.iter().all(|token| known(token) && plain(token)) && text == 0;
        }
        !self.hanzi
            && count(|token| *token == Token::Point) <= 1
            && count(|token| matches!(token, Token::Exponent(_))) <= 1
            && general <= 1
            && !(general > 0 && digits > 0)
            && !(text > 0 && digits + general > 0)
    }
}
