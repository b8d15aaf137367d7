//! Tables: columns as wide as their content while they fit, else one line of `name: value` for each row.

use super::sized::TextId;
use crate::{
    color::Ink,
    notice::Align,
    render::{
        font::Face,
        measure::{Measured, Text},
    },
};

/// A table's texts.
pub(super) struct Table {
    columns: Vec<Align>,
    header: Vec<Text>,
    rows: Vec<Vec<Text>>,
    /// Each row as text, for where columns do not fit.
    flat: Vec<Flat>,
}

/// More columns than this never fit beside each other.
const MAX_COLUMNS: usize = 64;

/// A row without columns: `作业本费　小学：15　初中：20`.
pub(super) struct Flat {
    /// All of it, for one line.
    pub whole: Text,
    /// The first cell, and below it the others, for where one line does not hold them.
    pub label: Text,
    pub values: Text,
    /// Each of the others, for where a line holds a word or two.
    pub each: Vec<Text>,
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
        Some(Self { columns, header, rows, flat })
    }

    /// Every text that may be drawn.
    pub(super) fn texts(&self) -> impl Iterator<Item = &Text> {
        self.flat.iter().map(|row| &row.whole)
    }

    /// Each row as text.
    pub(super) fn flat(&self) -> &[Flat] {
        &self.flat
    }

    /// Measures the cells into `texts` and places them side by side; `None` if `width` does not hold the columns
    /// or a character has no glyph.
    pub(super) fn grid<'t>(
        &'t self,
        face: &Face<'_>,
        width: u32,
        texts: &mut Vec<Measured<'t>>,
    ) -> Option<Grid> {
        if self.rows.is_empty() {
            return None;
        }
        let count = self.columns.len();
        let mut widths = vec![0; count];
        let first = texts.len();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            for (text, widest) in row.iter().zip(&mut widths) {
                let cell = text.at(face)?;
                *widest = cell.width().max(*widest);
                texts.push(cell);
            }
        }
        let gaps = count.saturating_sub(1) as u32;
        let content: u32 = widths.iter().sum();
        if content + gaps * face.px() / 2 > width {
            return None;
        }
        // Air goes between the columns, not more than two characters.
        let gap = (width - content).checked_div(gaps).unwrap_or(0).min(face.px() * 2);
        let mut cells = (first..texts.len()).map(|id| (id, texts[id].width()));
        let mut rows = Vec::with_capacity(self.rows.len() + 1);
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let mut x = 0;
            let columns = row.iter().zip(&mut cells).zip(widths.iter().zip(&self.columns));
            let placed = columns.map(|((_, (id, wide)), (widest, align))| {
                let shift = match align {
                    Align::Left => 0,
                    Align::Center => (widest - wide) / 2,
                    Align::Right => widest - wide,
                };
                let left = x;
                x += widest + gap;
                (id, left + shift)
            });
            rows.push(placed.collect());
        }
        if self.header.is_empty() {
            rows.remove(0);
        }
        Some(Grid { rows, header: !self.header.is_empty(), width: content + gap * gaps })
    }
}

/// A table's cells in their places.
pub(super) struct Grid {
    /// Each row's cells: the text and its left edge.
    pub rows: Vec<Vec<(TextId, u32)>>,
    /// Whether the first row is the header, to be repeated on each page.
    pub header: bool,
    /// Pixels from the first column's left edge to the last one's right edge.
    pub width: u32,
}

/// The first cell names the row, the others are named by the header.
fn flat(header: &[String], row: &[String], keep: &[String]) -> Option<Flat> {
    let mut cells =
        row.iter().enumerate().map(|(n, cell)| (n, cell.trim())).filter(|(_, cell)| !cell.is_empty());
    let (_, label) = cells.next()?;
    let mut keep = keep.to_vec();
    let (mut values, mut each) = (String::new(), Vec::new());
    for (n, cell) in cells {
        if !values.is_empty() {
            values.push('\u{3000}');
        }
        let name = header.get(n).map_or("", |name| name.trim());
        let value = if name.is_empty() { cell.to_owned() } else { format!("{name}：{cell}") };
        values.push_str(&value);
        each.push(Text::new(&[(&value, Ink::Body)], &[]));
        // Each word kept costs a search through the row.
        if n < MAX_COLUMNS {
            keep.push(value);
        }
    }
    let line = format!("{label}\u{3000}");
    let whole = Text::new(&[(&line, Ink::Accent), (&values, Ink::Body)], &keep);
    let label = Text::new(&[(label, Ink::Accent)], &keep);
    Some(Flat { whole, label, values: Text::new(&[(&values, Ink::Body)], &keep), each })
}

fn is_figure(cell: &str) -> bool {
    let cell = cell.trim();
    cell.chars().any(|c| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || ",.+-%￥¥/ −".contains(c))
}
