//! Diagnostics: where something is wrong, what it is, and the way out, in Chinese and English.
//! The words themselves stand in [`crate::messages`].

use std::fmt;

use serde::Serialize;

pub use crate::messages::Msg;

/// The language in which a person is spoken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

impl Lang {
    /// From `zh`, `zh_CN.UTF-8`, `en-US` and the like; `None` for other languages.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        match tag.split(['-', '_', '.']).next() {
            Some("zh") => Some(Self::Zh),
            Some("en") => Some(Self::En),
            _ => None,
        }
    }

    /// The tag for HTML's `lang` and HTTP's `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Shown, but somebody should look at it.
    Warning,
    /// Not shown because of this.
    Refusal,
    /// The server itself cannot do what it should.
    Fault,
}

/// The file and line that a diagnostic is about.
#[derive(Clone, PartialEq, Eq, Debug, Hash, PartialOrd, Ord, Default)]
pub struct Place {
    /// Path below the playlists folder with `/` between parts; empty for the server itself.
    pub path: String,
    /// 1-based line.
    pub line: Option<u32>,
}

impl Place {
    /// A whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), line: None }
    }

    /// A line of a file, 1-based.
    pub fn line(path: impl Into<String>, line: u32) -> Self {
        Self { path: path.into(), line: Some(line) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.path))?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}

/// One thing that is wrong: place, message and way out.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// Which message of the table.
    pub msg: Msg,
    /// What stands for `{0}`, `{1}` … in the message and its hint.
    pub args: Vec<String>,
}

impl Diagnostic {
    /// A refusal.
    pub fn refusal(place: Place, msg: Msg, args: impl IntoIterator<Item = impl ToString>) -> Self {
        Self::new(Severity::Refusal, place, msg, args)
    }

    /// A warning.
    pub fn warning(place: Place, msg: Msg, args: impl IntoIterator<Item = impl ToString>) -> Self {
        Self::new(Severity::Warning, place, msg, args)
    }

    /// A fault of the server or its surroundings.
    pub fn fault(place: Place, msg: Msg, args: impl IntoIterator<Item = impl ToString>) -> Self {
        Self::new(Severity::Fault, place, msg, args)
    }

    fn new(
        severity: Severity,
        place: Place,
        msg: Msg,
        args: impl IntoIterator<Item = impl ToString>,
    ) -> Self {
        let args = args.into_iter().map(|arg| printable(&arg.to_string())).collect();
        Self { severity, place, msg, args }
    }

    /// What is wrong, in `lang`.
    pub fn message(&self, lang: Lang) -> String {
        self.msg.fill(lang, &self.args)
    }

    /// What to do about it, in `lang`.
    pub fn hint(&self, lang: Lang) -> String {
        self.msg.fill_hint(lang, &self.args)
    }

    /// `place: message. hint` on one line, in `lang`.
    pub fn one_line(&self, lang: Lang) -> String {
        let (message, hint) = (self.message(lang), self.hint(lang));
        match (self.place.path.is_empty(), lang) {
            (true, _) => format!("{message} {hint}"),
            (false, Lang::Zh) => format!("{}：{message} {hint}", self.place),
            (false, Lang::En) => format!("{}: {message} {hint}", self.place),
        }
    }
}

/// Control and invisible characters become visible escapes and long text is cut at 200 characters:
/// nothing from a notice may reach a terminal or a log line as a command.
pub fn printable(text: &str) -> String {
    let mut out = String::new();
    for (n, c) in text.chars().enumerate() {
        if n == 200 {
            out.push('…');
            break;
        }
        if c.is_control() || crate::text::is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}') {
            out.push_str(&format!("<U+{:04X}>", c as u32));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_notice_reaches_a_terminal_unescaped() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202E}c\n"), "a<U+001B>[2Jb<U+202E>c<U+000A>");
        assert_eq!(printable(&"长".repeat(300)).chars().count(), 201);
    }

    #[test]
    fn a_diagnostic_reads_in_both_languages() {
        let d = Diagnostic::refusal(Place::line("bureau/a.md", 3), Msg::UnknownKey, ["类型别", "类别"]);
        assert!(d.one_line(Lang::En).starts_with("bureau/a.md:3: "), "{}", d.one_line(Lang::En));
        assert!(d.one_line(Lang::Zh).contains("类型别") && d.one_line(Lang::Zh).contains("类别"));
    }
}
