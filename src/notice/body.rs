//! What are the lines below the header, which of them is the title, and which paragraphs do they make?

use super::{
    Block, Span, bounds, clean, header,
    kind::{nobody_named, title_from_name},
};

/// A line of the text below the header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// 1-based number in the file.
    pub(super) number: u32,
    /// Columns of plain spaces before it, which Markdown counts.
    pub(super) indent: usize,
    /// Whether a full-width indent stood before it, which begins a paragraph.
    pub(super) typed_indent: bool,
    /// Whether two spaces stand behind it, which in Markdown end the line for good.
    pub(super) hard_end: bool,
    /// The cleaned line.
    pub(super) text: String,
}

impl Line {
    pub(super) fn read(number: u32, raw: &str) -> Self {
        let text = clean::line(raw);
        let (mut indent, mut typed_indent) = (0, false);
        for c in raw.chars() {
            match c {
                ' ' => indent += 1,
                '\t' => indent += 4,
                '\u{3000}' | '\u{A0}' | '\u{2002}' | '\u{2003}' => typed_indent = true,
                _ if crate::text::is_invisible(c) => {}
                _ => break,
            }
        }
        let hard_end = raw.ends_with("  ") && !text.is_empty();
        Self { number, indent, typed_indent, hard_end, text }
    }

    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

/// Where a title comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Title {
    pub(super) text: String,
    /// The line of the text that it was; `None` if it comes from the header or the file's name.
    pub(super) line: Option<u32>,
}

/// Takes the title from the first line, or from the file's name where that line is a salutation, a long
/// paragraph, or (in Markdown) something other than text. `None` if neither gives one.
pub(super) fn take_title(lines: &mut Vec<Line>, file: &str, markdown: bool) -> Option<Title> {
    let at = lines.iter().position(|line| !line.is_blank());
    if let Some(at) = at {
        let text = plain_title(&lines[at].text, markdown);
        let long = text.chars().count() > bounds::TITLE_CHARS;
        let block = markdown && begins_block(&lines[at].text);
        if !text.is_empty() && !text.ends_with(['：', ':']) && !long && !block {
            let title = Title { text: text.to_owned(), line: Some(lines[at].number) };
            lines.drain(..=at);
            drop_underline(lines);
            return Some(title);
        }
    }
    let text = clean::line(&title_from_name(file));
    (!text.is_empty() && !nobody_named(&text)).then_some(Title { text, line: None })
}

/// Drops a first line that repeats the header's title.
pub(super) fn drop_repeated_title(lines: &mut Vec<Line>, title: &str, markdown: bool) {
    let Some(at) = lines.iter().position(|line| !line.is_blank()) else { return };
    let repeated =
        crate::text::fold_name(plain_title(&lines[at].text, markdown)) == crate::text::fold_name(title);
    if repeated {
        lines.drain(..=at);
        drop_underline(lines);
    }
}

/// A line of `====` or `----` right below a title.
fn drop_underline(lines: &mut Vec<Line>) {
    if lines.first().is_some_and(|line| is_rule(&line.text)) {
        lines.remove(0);
    }
}

/// A line that is nothing but a rule: `====`, `———`.
pub(super) fn is_rule(text: &str) -> bool {
    header::is_fence(text)
        || (text.chars().count() >= 3
            && text.chars().all(|c| "=＝*＊_＿~～ ".contains(c))
            && !text.is_empty())
}

/// Without `#` and emphasis, in Markdown.
fn plain_title(text: &str, markdown: bool) -> &str {
    if !markdown {
        return text;
    }
    let text = text.trim_start_matches('#').trim_end_matches('#').trim();
    match text.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")) {
        Some(inner) if !inner.contains("**") => inner.trim(),
        _ => text,
    }
}

/// Whether a line begins a list, table, quotation, code or HTML in Markdown.
fn begins_block(text: &str) -> bool {
    text.starts_with(['|', '>', '<', '`', '!']) || is_list_line(text)
}

/// `- `, `* `, `1. ` and `1) `
pub(super) fn is_list_line(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let marks: &[char] = if rest.len() < text.len() { &['.', ')'] } else { &['-', '*', '+'] };
    rest.strip_prefix(marks).is_some_and(|rest| rest.starts_with(' '))
}

/// Plain text: each line is a paragraph.
pub(super) fn paragraphs(lines: &[Line]) -> Vec<(u32, Block)> {
    let filled = lines.iter().filter(|line| !line.is_blank());
    filled
        .map(|line| {
            let block = if is_rule(&line.text) {
                Block::Rule
            } else {
                Block::Paragraph(vec![Span { text: line.text.clone(), strong: false }])
            };
            (line.number, block)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `title|lines left`, for a file called `01-办事须知.md`.
    fn title(text: &str, markdown: bool) -> String {
        let mut lines: Vec<Line> =
            text.split('/').enumerate().map(|(n, line)| Line::read(n as u32 + 1, line)).collect();
        let title = take_title(&mut lines, "01-办事须知.md", markdown).map(|title| title.text);
        format!("{}|{}", title.unwrap_or_default(), lines.len())
    }

    #[test]
    fn the_first_line_is_the_title_unless_it_greets() {
        assert_eq!(title("/　　家长会通知/本周五", false), "家长会通知|1");
        assert_eq!(title("各位家长：/明天放假", false), "办事须知|2");
        assert_eq!(title("# 家长会通知/本周五", true), "家长会通知|1");
        assert_eq!(title("**家长会通知**/======/本周五", true), "家长会通知|1");
        assert_eq!(title("- 第一条/- 第二条", true), "办事须知|2");
        assert_eq!(title("1. 第一条/2. 第二条", false), "1. 第一条|1");
        assert_eq!(title(&"长".repeat(61), false), "办事须知|1");
        let mut lines = vec![Line::read(1, "各位家长：")];
        assert_eq!(take_title(&mut lines, "新建文本文档.txt", false), None);
    }

    #[test]
    fn a_title_is_not_drawn_twice() {
        let mut lines = vec![Line::read(9, "# 家长会　通知"), Line::read(10, "正文")];
        drop_repeated_title(&mut lines, "家长会通知", true);
        assert_eq!(lines.len(), 1);
    }
}
