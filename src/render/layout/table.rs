//! Tables: columns as wide as their content while they fit, their names in two lines if need be; else one line of
//! `name: value` for each row.

use std::cell::OnceCell;

use super::{flow::Cell, sized::TextId};
use crate::{
    color::Ink,
    geometry::Size,
    notice::Align,
    render::{
        breaking::{self, Shape},
        font::Face,
        measure::{Line, Measured},
        text::Text,
    },
};

/// A table's texts.
pub(super) struct Table {
    columns: Vec<Align>,
    header: Vec<Text>,
    rows: Vec<Vec<Text>>,
    /// Each row as text, for where columns do not fit.
    flat: Vec<Flat>,
    /// Words that are never split.
    keep: Vec<String>,
}

/// More columns than this never fit beside each other.
const MAX_COLUMNS: usize = 64;

/// A row without columns: `作业本费　小学：15　初中：20`.
pub(super) struct Flat {
    /// All of it, for one line.
    pub whole: Text,
    /// The first cell, and below it the others, for where one line does not hold them.
    pub label: Text,
    values: Text,
    /// Each of the others, for where a line holds a word or two.
    pairs: Vec<String>,
    each: OnceCell<Vec<Text>>,
}

impl Flat {
    /// Each cell but the first, with its column's name; `keep` are words that are never split. Made when first asked for:
    /// most faces have room for [`Self::values`].
    fn each(&self, keep: &[String]) -> &[Text] {
        self.each
            .get_or_init(|| self.pairs.iter().map(|pair| Text::new(&[(pair, Ink::Body)], keep)).collect())
    }
}

impl Table {
    /// `None` if there is nothing in it.
    pub(super) fn new(
        align: &[Align],
        header: &[String],
        rows: &[Vec<String>],
        keep: &[String],
    ) -> Option<Self> {
        let count = align.len();
        let cells = |row: &[String], ink| -> Vec<Text> {
            let cells = (0..count).map(|n| row.get(n).map_or("", |cell| cell.trim()));
            cells.map(|cell| Text::new(&[(cell, ink)], &[])).collect()
        };
        let numeric = |n: usize| {
            let mut cells = rows.iter().filter_map(|row| row.get(n)).filter(|cell| !cell.trim().is_empty());
            cells.clone().next().is_some() && cells.all(|cell| is_figure(cell))
        };
        let columns = align.iter().enumerate();
        let columns = columns.map(|(n, align)| if numeric(n) { Align::Right } else { *align }).collect();
        let flat: Vec<Flat> = rows.iter().filter_map(|row| flat(header, row, keep)).collect();
        if flat.is_empty() {
            return None;
        }
        let (header, rows) = if count <= MAX_COLUMNS {
            let header = if header.iter().all(|cell| cell.trim().is_empty()) { &[] } else { header };
            let header = if header.is_empty() { Vec::new() } else { cells(header, Ink::Title) };
            (header, rows.iter().map(|row| cells(row, Ink::Body)).collect())
        } else {
            (Vec::new(), Vec::new())
        };
        Some(Self { columns, header, rows, flat, keep: keep.to_vec() })
    }

    /// Every text that may be drawn.
    pub(super) fn texts(&self) -> impl Iterator<Item = &Text> {
        self.flat.iter().map(|row| &row.whole)
    }

    /// Each row as text.
    pub(super) fn flat(&self) -> &[Flat] {
        &self.flat
    }

    /// What a row says behind its name: each value by itself where lines are `short`, else one behind the other.
    pub(super) fn values<'a>(&'a self, row: &'a Flat, short: bool) -> &'a [Text] {
        if short { row.each(&self.keep) } else { std::slice::from_ref(&row.values) }
    }

    /// Measures the cells into `texts` and places them side by side, those of the header in two lines where that makes
    /// room; `None` if a page of `size` does not hold the columns, or their header and a row, or a character has no glyph.
    pub(super) fn grid<'t>(
        &'t self,
        face: &Face<'_>,
        size: Size,
        texts: &mut Vec<Measured<'t>>,
    ) -> Option<Grid> {
        if self.rows.is_empty() {
            return None;
        }
        let first = texts.len();
        for text in std::iter::once(&self.header).chain(&self.rows).flatten() {
            texts.push(text.at(face)?);
        }
        let cells = Measures { header: self.header.len(), first, texts, align: &self.columns };
        let gaps = self.columns.len().saturating_sub(1) as u32;
        let room = size.width.checked_sub(gaps * face.px() / 2)?;
        let widths = cells.widths(room)?;
        let content: u32 = widths.iter().sum();
        // Air goes between the columns, not more than two characters.
        let gap = (size.width - content).checked_div(gaps).unwrap_or(0).min(face.px() * 2);
        let (header, rows) = cells.placed(&widths, gap);
        // A name and a row always fit a page that is no strip; three lines come with air between them.
        if header.len() > 1 && 3 * (face.px() + face.px() / 8) > size.height {
            return None;
        }
        Some(Grid { header, rows, width: content + gap * gaps })
    }
}

/// A table's cells, measured, row by row.
struct Measures<'a, 't> {
    /// How many of them are the header's.
    header: usize,
    /// The first one's place among the texts.
    first: TextId,
    texts: &'a [Measured<'t>],
    align: &'a [Align],
}

impl Measures<'_, '_> {
    /// Widths of the columns, if `room` holds them: the header's cells on one line, else on two.
    fn widths(&self, room: u32) -> Option<Vec<u32>> {
        let held = |widths: &Vec<u32>| widths.iter().sum::<u32>() <= room;
        let narrow = || self.widest(|text, header| if header { in_two_lines(text).1 } else { text.width() });
        Some(self.widest(|text, _| text.width())).filter(held).or_else(|| Some(narrow()).filter(held))
    }

    /// Each column's width with each cell as wide as `wide` says, in the header or below it.
    fn widest(&self, wide: impl Fn(&Measured<'_>, bool) -> u32) -> Vec<u32> {
        let mut widths = vec![0; self.align.len()];
        for (n, text) in self.texts[self.first..].iter().enumerate() {
            let column = &mut widths[n % self.align.len()];
            *column = wide(text, n < self.header).max(*column);
        }
        widths
    }

    /// The header's lines and the rows, with `gap` between columns of `widths`.
    fn placed(&self, widths: &[u32], gap: u32) -> (Vec<Cells>, Vec<Cells>) {
        let columns = self.align.len();
        let cell = |text: TextId, line: Line| {
            let column = (text - self.first) % columns;
            let left: u32 = widths[..column].iter().map(|width| width + gap).sum();
            let spare = widths[column].saturating_sub(line.width);
            let shift = match self.align[column] {
                Align::Left => 0,
                Align::Center => spare / 2,
                Align::Right => spare,
            };
            Cell { text, line, x: left + shift }
        };
        let (mut upper, mut lower) = (Cells::new(), Cells::new());
        for text in self.first..self.first + self.header {
            let measured = &self.texts[text];
            let wraps = measured.width() > widths[(text - self.first) % columns];
            // Names of one line stand right above what they name.
            match in_two_lines(measured).0.filter(|_| wraps) {
                Some([above, below]) => {
                    upper.push(cell(text, above));
                    lower.push(cell(text, below));
                }
                None => lower.push(cell(text, measured.whole())),
            }
        }
        let header = [upper, lower].into_iter().filter(|cells| !cells.is_empty()).collect();
        let below = (self.first + self.header..self.texts.len()).collect::<Vec<_>>();
        let row = |row: &[TextId]| row.iter().map(|text| cell(*text, self.texts[*text].whole())).collect();
        (header, below.chunks(columns).map(row).collect())
    }
}

/// A cell as two lines, if that tears neither a word nor a figure, and the width that it then needs.
fn in_two_lines(text: &Measured<'_>) -> (Option<[Line; 2]>, u32) {
    let (end, width) = (text.text().chars().len(), text.width());
    let found = (end > 1).then(|| breaking::lines(text, (0, end), &[width; 2], Shape::Even)).flatten();
    match found.as_ref().map(|(lines, _)| &lines[..]) {
        Some([above, below]) if !above.forced && !text.is_inside_word(above.next) => {
            (Some([*above, *below]), above.width.max(below.width))
        }
        _ => (None, width),
    }
}

/// What stands beside each other on a line of a table.
pub(super) type Cells = Vec<Cell>;

/// A table's cells in their places.
pub(super) struct Grid {
    /// The lines to be repeated on each page; none without a header.
    pub header: Vec<Cells>,
    pub rows: Vec<Cells>,
    /// Pixels from the first column's left edge to the last one's right edge.
    pub width: u32,
}

/// The first cell names the row, the others are named by the header.
fn flat(header: &[String], row: &[String], keep: &[String]) -> Option<Flat> {
    let mut cells =
        row.iter().enumerate().map(|(n, cell)| (n, cell.trim())).filter(|(_, cell)| !cell.is_empty());
    let (_, label) = cells.next()?;
    let mut keep = keep.to_vec();
    let (mut values, mut pairs) = (String::new(), Vec::new());
    for (n, cell) in cells {
        if !values.is_empty() {
            values.push('\u{3000}');
        }
        let name = header.get(n).map_or("", |name| name.trim());
        let value = if name.is_empty() { cell.to_owned() } else { format!("{name}：{cell}") };
        values.push_str(&value);
        pairs.push(value.clone());
        // Each word kept costs a search through the row.
        if n < MAX_COLUMNS {
            keep.push(value);
        }
    }
    let line = format!("{label}\u{3000}");
    let whole = Text::new(&[(&line, Ink::Accent), (&values, Ink::Body)], &keep);
    let label = Text::new(&[(label, Ink::Accent)], &keep);
    Some(Flat {
        whole,
        label,
        values: Text::new(&[(&values, Ink::Body)], &keep),
        pairs,
        each: OnceCell::new(),
    })
}

fn is_figure(cell: &str) -> bool {
    let cell = cell.trim();
    cell.chars().any(|c| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || ",.+-%￥¥/ −".contains(c))
}
