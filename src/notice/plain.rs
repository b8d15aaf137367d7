//! All that a notice shows as one text, line for line where the file has it: what the checks read, and
//! how their findings get their lines.

use super::{Block, Header, Notice, Span, date, header::Key};
use crate::diagnostic::Place;

/// The text being gathered. Line n stands for line n of the file; what comes from elsewhere follows below.
#[derive(Debug, Default)]
pub(super) struct Plain {
    lines: Vec<String>,
    below: Vec<String>,
}

impl Plain {
    /// Room for a file of so many lines.
    pub(super) fn with_lines(count: usize) -> Self {
        Self { lines: vec![String::new(); count], below: Vec::new() }
    }

    /// Puts `text` on the 1-based line `line`, behind what is there.
    pub(super) fn put(&mut self, line: u32, text: &str) {
        let Some(here) = self.lines.get_mut((line as usize).wrapping_sub(1)) else { return self.add(text) };
        if !here.is_empty() {
            here.push(' ');
        }
        here.push_str(text);
    }

    /// Puts `text` below the file's lines.
    pub(super) fn add(&mut self, text: &str) {
        self.below.push(text.to_owned());
    }

    /// The values of a header that people get to see. Those of another file than `path` go below.
    pub(super) fn header(&mut self, header: &Header, path: &str) {
        for (key, value) in seen(header) {
            match header.places.of(key) {
                Some(Place { path: at, line: Some(line) }) if at == path => self.put(*line, &value),
                _ => self.add(&value),
            }
        }
    }

    /// Blocks with the lines on which they begin; the rows of a table stand on lines of their own.
    pub(super) fn blocks(&mut self, blocks: &[(u32, Block)]) {
        for (line, block) in blocks {
            match block {
                Block::Heading(_, spans) | Block::Paragraph(spans) => self.put(*line, &text(spans)),
                Block::Item { mark, spans, .. } => self.put(*line, &format!("{mark} {}", text(spans))),
                Block::Table { header, rows, .. } => {
                    self.put(*line, &header.join(" | "));
                    for (n, row) in (*line + 2..).zip(rows) {
                        self.put(n, &row.join(" | "));
                    }
                }
                Block::Rule | Block::Picture(_) => {}
            }
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    pub(super) fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().chain(&self.below).map(String::as_str).collect();
        lines.join("\n")
    }
}

impl Notice {
    /// The lines of [`Self::plain`] that hold something, each with the place where it was written.
    pub fn plain_lines(&self) -> impl Iterator<Item = (Place, &str)> {
        let path = self.id.to_string();
        let filled = self.plain.split('\n').zip(1u32..).filter(|(line, _)| !line.is_empty());
        filled.map(move |(line, number)| {
            // What stands below the file's lines comes from a sidecar, or is a title made of the file's name.
            let elsewhere = seen(&self.header)
                .into_iter()
                .filter(|(_, value)| value == line)
                .find_map(|(key, _)| self.header.places.of(key).filter(|place| place.path != path));
            let from_name = line == self.title && self.id.file.contains(line) && self.header.title.is_none();
            let place = match elsewhere {
                Some(place) => place.clone(),
                None if from_name && self.plain.ends_with(line) => Place::file(&*path),
                None => Place::line(&*path, number),
            };
            (place, line)
        })
    }
}

/// The header's values that people get to see on a screen or a page.
fn seen(header: &Header) -> Vec<(Key, String)> {
    let date = header.date.map(date::in_chinese);
    let texts = [
        (Key::Title, &header.title),
        (Key::Category, &header.category),
        (Key::Index, &header.index),
        (Key::Issuer, &header.issuer),
        (Key::Document, &header.document),
        (Key::Date, &date),
    ];
    texts.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
}

fn text(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}
