//! A document as lines, the way a text file has them, so that header, title and sign-off are found in it as in
//! any text; each line also knows what it is on paper.

use std::borrow::Cow;

use super::table::Table;
use crate::{
    digest::Digest,
    notice::{Block, Picture, Span, body::Line, clean, header},
};

/// What stands on the paper, line by line.
#[derive(Debug, Default)]
pub(in crate::notice) struct Paper {
    /// Line n of it is what diagnostics call line n + 1.
    pub(in crate::notice) lines: Vec<PaperLine>,
    pub(super) tables: Vec<Table>,
}

/// One line.
#[derive(Debug, Default)]
pub(in crate::notice) struct PaperLine {
    /// As a text file would have it: a table's row is `| a | b |`.
    pub(in crate::notice) text: String,
    pub(super) what: What,
}

/// What a line is.
#[derive(Debug, Default)]
pub(super) enum What {
    /// Nothing stands on it.
    #[default]
    Blank,
    /// Text in one or two emphases.
    Text(Form, Vec<Span>),
    /// A row of the table with this index; the first one stands for the table.
    Row(usize),
    /// A picture.
    Picture(Picture),
}

/// How a line of text is set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Paragraph,
    /// Level 1 to 6.
    Heading(u8),
    /// A list's item: how deep it lies, and its mark.
    Item(u8, String),
}

impl Paper {
    /// Adds a line of text; without characters it is a blank one.
    pub(super) fn text(&mut self, form: Form, spans: Vec<Span>) {
        let spans = cleaned(spans);
        let words: String = spans.iter().map(|span| span.text.as_str()).collect();
        self.lines.push(if words.is_empty() {
            PaperLine::default()
        } else {
            let text = match &form {
                Form::Item(_, mark) if mark.is_empty() => words,
                Form::Item(_, mark) => format!("{mark} {words}"),
                _ => words,
            };
            PaperLine { text, what: What::Text(form, spans) }
        });
    }

    pub(super) fn picture(&mut self, picture: Picture) {
        self.lines.push(PaperLine { text: String::new(), what: What::Picture(picture) });
    }

    /// Blank lines up to the 1-based line `number`, which comes next.
    pub(super) fn pad(&mut self, number: usize) {
        if number > self.lines.len() + 1 {
            self.lines.resize_with(number - 1, PaperLine::default);
        }
    }

    /// Adds a table, each row on its own line: where `numbers` are given, row n of the grid not before the
    /// 1-based line `numbers[n]`.
    pub(super) fn table(&mut self, table: Table, numbers: &[usize]) {
        let index = self.tables.len();
        for (row, n) in table.lines.iter().zip(&table.rows) {
            self.pad(numbers.get(*n).copied().unwrap_or(0));
            let text = format!("| {} |", row.join(" | "));
            self.lines.push(PaperLine { text, what: What::Row(index) });
        }
        self.tables.push(table);
    }

    fn what(&self, line: &Line) -> &What {
        self.lines.get((line.number as usize).wrapping_sub(1)).map_or(&What::Blank, |line| &line.what)
    }

    /// Whether the line can be a title: text, and neither table nor picture.
    pub(in crate::notice) fn is_text(&self, line: &Line) -> bool {
        matches!(self.what(line), What::Text(..))
    }

    /// Whether nothing can be seen of the line.
    pub(in crate::notice) fn is_blank(&self, line: &Line) -> bool {
        line.text.is_empty() && !self.is_picture(line)
    }

    /// Whether the line is a picture.
    pub(in crate::notice) fn is_picture(&self, line: &Line) -> bool {
        matches!(self.what(line), What::Picture(_))
    }

    /// Whether text is all that stands in `lines`, without lists, headings and emphasis.
    pub(in crate::notice) fn is_plain(&self, lines: &[Line]) -> bool {
        lines.iter().all(|line| match self.what(line) {
            What::Blank => true,
            What::Text(form, spans) => *form == Form::Paragraph && spans.iter().all(|span| !span.strong),
            What::Row(_) | What::Picture(_) => false,
        })
    }

    /// The blocks of `lines`.
    pub(in crate::notice) fn blocks(&self, lines: &[Line]) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut last_table = None;
        for line in lines {
            match self.what(line) {
                What::Blank => {}
                What::Text(..) if crate::notice::body::is_rule(&line.text) => blocks.push(Block::Rule),
                What::Text(form, spans) => blocks.extend(self.text_block(line, form, spans)),
                What::Row(index) if last_table == Some(*index) => {}
                What::Row(index) => {
                    last_table = Some(*index);
                    blocks.extend(self.tables.get(*index).map(Table::block));
                }
                What::Picture(picture) => blocks.push(Block::Picture(picture.clone())),
            }
        }
        blocks
    }

    fn text_block(&self, line: &Line, form: &Form, spans: &[Span]) -> Option<Block> {
        // A header's end may have taken its beginning (`正文：`).
        let whole = self.lines.get((line.number as usize).wrapping_sub(1));
        if whole.is_none_or(|whole| clean::line(&whole.text) != line.text) {
            let spans = vec![Span { text: line.text.clone(), strong: false }];
            return (!line.text.is_empty()).then_some(Block::Paragraph(spans));
        }
        let spans = spans.to_vec();
        Some(match form {
            Form::Paragraph => Block::Paragraph(spans),
            Form::Heading(level) => Block::Heading(*level, spans),
            Form::Item(depth, mark) => Block::Item { depth: *depth, mark: mark.clone(), spans },
        })
    }

    /// The text that is drawn of `lines`, each with its number.
    pub(in crate::notice) fn drawn<'a>(&'a self, lines: &'a [Line]) -> Vec<(u32, Cow<'a, str>)> {
        let mut out = Vec::with_capacity(lines.len());
        let mut last_table = None;
        for line in lines {
            out.push((line.number, Cow::Borrowed(line.text.as_str())));
            if let What::Row(index) = self.what(line)
                && last_table.replace(*index) != Some(*index)
                && let Some(table) = self.tables.get(*index).filter(|table| table.header_rows > 1)
            {
                out.push((line.number, Cow::Owned(table.header.join(" | "))));
            }
        }
        out
    }

    /// What a digest must know of `lines` beside their text.
    pub(in crate::notice) fn fingerprint(&self, lines: &[Line]) -> Vec<u8> {
        let mut out = Vec::new();
        for line in lines {
            match self.what(line) {
                What::Blank => {}
                What::Text(form, spans) => {
                    out.extend(format!("{form:?}").bytes());
                    for span in spans {
                        out.push(u8::from(span.strong));
                        out.extend((span.text.len() as u32).to_le_bytes());
                    }
                }
                What::Row(index) => {
                    let header = self.tables.get(*index).map_or(0, |table| table.header_rows);
                    out.extend([b'|', header as u8]);
                }
                What::Picture(picture) => out.extend(Digest::of(&picture.bytes).0),
            }
            out.push(b'\n');
        }
        out
    }
}

/// Without what copying brings in, without spaces at both ends and empty stretches.
fn cleaned(spans: Vec<Span>) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        let text = clean::fragment(&span.text);
        match out.last_mut() {
            Some(last) if last.strong == span.strong || text.trim().is_empty() => last.text.push_str(&text),
            _ => out.push(Span { text, strong: span.strong }),
        }
    }
    while let Some(first) = out.first_mut() {
        first.text = first.text.trim_start_matches([' ', '\u{3000}']).to_owned();
        if !first.text.is_empty() {
            break;
        }
        out.remove(0);
    }
    while let Some(last) = out.last_mut() {
        last.text = last.text.trim_end_matches([' ', '\u{3000}']).to_owned();
        if !last.text.is_empty() {
            break;
        }
        out.pop();
    }
    out
}

/// Whether a line of a header can begin with `word`.
pub(super) fn is_key(word: &str) -> bool {
    header::Key::find(word).is_some()
}
