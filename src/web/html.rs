//! How does a value get into markup without becoming markup? Literal markup is `&'static str` and cannot
//! hold a value; every value goes through [`Html::text`] or [`Html::attr`], which escape it.

use std::fmt::Write as _;

use crate::text::is_invisible;

/// Values longer than this many characters are cut: a page stays a page whatever was dropped.
const LONGEST_VALUE: usize = 600;

/// HTML that is being written.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Nothing yet, with room for a usual page.
    pub fn new() -> Self {
        Self(String::with_capacity(16 * 1024))
    }

    /// Literal markup. `'static`, so that nothing read from a file can come in here.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// A value between tags.
    pub fn text(&mut self, value: &str) -> &mut Self {
        escape(value, &mut self.0);
        self
    }

    /// A name somebody chose (title, file, screen), kept apart from the direction of the text around it.
    pub fn name(&mut self, value: &str) -> &mut Self {
        self.raw("<bdi>").text(value).raw("</bdi>")
    }

    /// Lines of text; their ends stay what they are.
    pub fn lines(&mut self, value: &str) -> &mut Self {
        for line in value.lines() {
            self.text(line).raw("\n");
        }
        self
    }

    /// ` name="value"`, with a space before it.
    pub fn attr(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.0
    }
}

/// The five characters that HTML knows become entities; control and invisible characters, which could
/// reorder or hide what a reader sees, become visible as `⟨U+202E⟩`.
fn escape(value: &str, out: &mut String) {
    for (n, c) in value.chars().enumerate() {
        if n == LONGEST_VALUE {
            out.push('…');
            return;
        }
        match c {
            c if c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "⟨U+{:04X}⟩", c as u32);
            }
            c => crate::text::push_html(c, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_values_stay_values() {
        let mut h = Html::new();
        h.raw("<a").attr("title", "x\" onmouseover='alert(1)").raw(">");
        h.text("<script>alert(1)</script> & co").name("公告\u{202E}gpj.exe").raw("</a>");
        assert_eq!(
            h.finish(),
            "<a title=\"x&quot; onmouseover=&#39;alert(1)\">&lt;script&gt;alert(1)&lt;/script&gt; &amp; co\
             <bdi>公告⟨U+202E⟩gpj.exe</bdi></a>"
        );
    }

    #[test]
    fn a_huge_value_does_not_make_a_huge_page() {
        let mut h = Html::new();
        h.text(&"长".repeat(100_000));
        assert_eq!(h.finish().chars().count(), LONGEST_VALUE + 1);
    }

    proptest! {
        #[test]
        fn no_value_opens_a_tag_or_closes_an_attribute(value in any::<String>()) {
            let mut h = Html::new();
            h.text(&value);
            let out = h.finish();
            prop_assert!(!out.contains(['<', '>', '"', '\'']));
            prop_assert!(!out.chars().any(|c| c.is_control() || is_invisible(c)));
        }
    }
}
