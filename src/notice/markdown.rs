//! Which blocks does a Markdown text make? `CommonMark` with tables; HTML is never passed on, its text is.

use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{
    Align, Block, Span,
    body::{Line, is_list_line},
    clean,
};

/// Items are nested at most this deep.
const MAX_DEPTH: u8 = 2;

/// The blocks of `lines`, each with the number of the line on which it begins.
pub(super) fn blocks(lines: &[Line]) -> Vec<(u32, Block)> {
    let source = Source::new(lines);
    let mut builder = Builder::default();
    for (event, range) in Parser::new_ext(&source.text, Options::ENABLE_TABLES).into_offset_iter() {
        builder.event(event, source.line_of(range.start));
    }
    builder.flush();
    builder.out
}

/// The text to parse, and where its lines come from.
struct Source {
    text: String,
    /// For each line of `text`: its first byte and its number in the file.
    starts: Vec<(usize, u32)>,
}

impl Source {
    /// A typed indent begins a paragraph, as its writer meant; `CommonMark` would join it to the line above,
    /// or take it for code.
    fn new(lines: &[Line]) -> Self {
        let mut source = Self { text: String::new(), starts: Vec::new() };
        let mut in_list = false;
        for line in lines {
            in_list = is_list_line(&line.text) || (in_list && (line.indent > 0 || line.text.is_empty()));
            let typed = line.typed_indent || (line.indent >= 4 && !in_list);
            if typed && !line.text.is_empty() && !line.text.starts_with('|') {
                source.push(line.number, 0, "");
            }
            source.push(line.number, if typed { 0 } else { line.indent }, &line.text);
            if line.hard_end {
                source.text.insert_str(source.text.len() - 1, "  ");
            }
        }
        source
    }

    fn push(&mut self, number: u32, indent: usize, text: &str) {
        self.starts.push((self.text.len(), number));
        // What stands deeper than any list is text.
        self.text.extend(std::iter::repeat_n(' ', indent.min(16)));
        // 3*4*5 is a product, no emphasis: without its marks it would be another number.
        let digit = |c: Option<char>| c.is_some_and(char::is_numeric);
        let mut before = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '*' && digit(before) && digit(chars.peek().copied()) {
                self.text.push('\\');
            }
            self.text.push(c);
            before = Some(c);
        }
        self.text.push('\n');
    }

    fn line_of(&self, offset: usize) -> u32 {
        let n = self.starts.partition_point(|(start, _)| *start <= offset);
        self.starts.get(n.saturating_sub(1)).map_or(1, |(_, number)| *number)
    }
}

#[derive(Default)]
struct Builder {
    out: Vec<(u32, Block)>,
    spans: Vec<Span>,
    line: u32,
    strong: u32,
    heading: Option<u8>,
    /// For each open list: the next number, if it is numbered.
    lists: Vec<Option<u64>>,
    item: Option<(u8, String)>,
    code: bool,
    html: Option<String>,
    soft_break: bool,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    line: u32,
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
    row: Vec<String>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, line: u32) {
        match event {
            Event::Start(tag) => self.start(&tag, line),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code => {
                for part in text.lines() {
                    self.text(part, line);
                    self.flush();
                }
            }
            Event::Text(text) | Event::Code(text) => self.text(&text, line),
            Event::SoftBreak => self.soft_break = true,
            Event::HardBreak => self.hard_break(),
            Event::Html(text) => match &mut self.html {
                Some(html) => html.push_str(&text),
                None => self.html_block(&text, line),
            },
            Event::InlineHtml(tag) => {
                if tag.to_ascii_lowercase().starts_with("<br") {
                    self.hard_break();
                } else if !is_plain_tag(&tag) {
                    self.text(&tag, line);
                }
            }
            Event::Rule => {
                self.flush();
                self.out.push((line, Block::Rule));
            }
            // Their extensions are not switched on.
            Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, line: u32) {
        match tag {
            Tag::Strong => self.strong += 1,
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(level_number(*level));
            }
            Tag::List(start) => {
                self.flush();
                self.lists.push(*start);
            }
            Tag::Item => {
                self.flush();
                let depth = (self.lists.len().saturating_sub(1) as u8).min(MAX_DEPTH);
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}.", *number - 1)
                    }
                    _ => "·".to_owned(),
                };
                self.item = Some((depth, mark));
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = true;
            }
            Tag::HtmlBlock => {
                self.flush();
                self.line = line;
                self.html = Some(String::new());
            }
            Tag::Table(alignments) => {
                self.flush();
                let align = alignments.iter().map(|a| align(*a)).collect();
                self.table = Some(Table { line, align, ..Table::default() });
            }
            Tag::Paragraph | Tag::BlockQuote(_) => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Heading(_) | TagEnd::Paragraph => {
                self.flush();
                self.heading = None;
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Item => {
                self.flush();
                self.item = None;
            }
            TagEnd::CodeBlock => {
                self.flush();
                self.code = false;
            }
            TagEnd::HtmlBlock => {
                let line = self.line;
                if let Some(html) = self.html.take() {
                    self.html_block(&html, line);
                }
            }
            TagEnd::TableCell => {
                let text: String = self.spans.drain(..).map(|span| span.text).collect();
                if let Some(table) = &mut self.table {
                    table.row.push(text.trim().to_owned());
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                if let Some(table) = &mut self.table {
                    table.row.resize(table.align.len(), String::new());
                    table.rows.push(std::mem::take(&mut table.row));
                }
            }
            TagEnd::Table => {
                if let Some(mut table) = self.table.take()
                    && !table.rows.is_empty()
                {
                    let header = table.rows.remove(0);
                    self.out
                        .push((table.line, Block::Table { align: table.align, header, rows: table.rows }));
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, line: u32) {
        let mut text = clean::fragment(text);
        if self.spans.is_empty() && self.table.is_none() {
            self.line = line;
        }
        if std::mem::take(&mut self.soft_break) {
            let last = self.spans.last().and_then(|span| span.text.chars().last());
            // Between hanzi a line end is nothing; between words it is a space.
            if let (Some(last), Some(next)) = (last, text.chars().next())
                && last < '\u{2E80}'
                && next < '\u{2E80}'
                && last != ' '
            {
                text.insert(0, ' ');
            }
        }
        let strong = self.strong > 0;
        match self.spans.last_mut() {
            Some(span) if span.strong == strong => span.text.push_str(&text),
            _ => self.spans.push(Span { text, strong }),
        }
    }

    fn hard_break(&mut self) {
        if self.heading.is_some() || self.table.is_some() {
            self.soft_break = true;
        } else {
            self.flush();
        }
    }

    /// Ends the paragraph, heading or item that is being read.
    fn flush(&mut self) {
        self.soft_break = false;
        let mut spans = std::mem::take(&mut self.spans);
        if let Some(first) = spans.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        if let Some(last) = spans.last_mut() {
            last.text = last.text.trim_end().to_owned();
        }
        spans.retain(|span| !span.text.is_empty());
        if spans.is_empty() {
            return;
        }
        let block = match (&mut self.item, self.heading) {
            (_, Some(level)) => Block::Heading(level, spans),
            // What follows in the same item has no mark of its own.
            (Some((depth, mark)), None) => Block::Item { depth: *depth, mark: std::mem::take(mark), spans },
            (None, None) => Block::Paragraph(spans),
        };
        self.out.push((self.line, block));
    }

    fn html_block(&mut self, html: &str, line: u32) {
        for part in without_tags(html).lines() {
            self.text(part, line);
            self.flush();
        }
    }
}

/// Tags that only say how their text looks, and comments. What is struck out (`<del>`) or no HTML at all (`<name>`)
/// stays as it was typed: without its tag it would say something else.
fn is_plain_tag(tag: &str) -> bool {
    const PLAIN: &[&str] = &[
        "a",
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "center",
        "code",
        "div",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "hr",
        "html",
        "i",
        "img",
        "kbd",
        "li",
        "mark",
        "meta",
        "ol",
        "p",
        "pre",
        "script",
        "small",
        "span",
        "strong",
        "style",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
    ];
    let name = tag.trim_start_matches(['<', '/']);
    if name.starts_with(['!', '?']) {
        return true;
    }
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    PLAIN.contains(&name[..end].to_ascii_lowercase().as_str())
}

/// The text of HTML without its tags and comments; `<br>` and ends of blocks become line ends.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let tag = rest;
        let named = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        if !named {
            out.push('<');
            rest = &tag[1..];
            continue;
        }
        let end = if tag.starts_with("<!--") {
            tag.find("-->").map(|n| n + 3)
        } else {
            tag.find('>').map(|n| n + 1)
        };
        // Looked for once: without an end the rest is text, and no other tag has one.
        let Some(end) = end else { break };
        if !is_plain_tag(&tag[..end]) {
            out.push_str(&tag[..end]);
        }
        let name = tag[1..end].trim_start_matches('/').to_ascii_lowercase();
        if ["br", "p", "div", "li", "tr", "h"].iter().any(|block| name.starts_with(block)) {
            out.push('\n');
        }
        rest = &tag[end..];
    }
    out.push_str(rest);
    out
}

fn align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    level as u8
}

#[cfg(test)]
mod tests;
