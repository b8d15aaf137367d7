//! Tables: columns as wide as their content while they fit, else one line of `name: value` for each row.

use super::flow::{Cell, Row};
use crate::{
    color::Ink,
    notice::Align,
    render::{font::Face, measure::Text},
};

/// A table's texts.
pub(super) struct Table {
    columns: Vec<Align>,
    header: Vec<Text>,
    rows: Vec<Vec<Text>>,
    /// Each row as one paragraph, for where columns do not fit.
    flat: Vec<Text>,
}

/// More columns than this never fit beside each other.
const MAX_COLUMNS: usize = 64;

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
        let flat: Vec<Text> = rows.iter().filter_map(|row| flat(header, row, keep)).collect();
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
        self.flat.iter()
    }

    /// Each row as one paragraph.
    pub(super) fn flat(&self) -> &[Text] {
        &self.flat
    }

    /// Header row (if there is one) and rows, if they fit into `width` side by side.
    pub(super) fn columns(&self, face: &Face<'_>, width: u32) -> Option<(Option<Row>, Vec<Row>)> {
        if self.rows.is_empty() {
            return None;
        }
        let count = self.columns.len();
        let mut widths = vec![0; count];
        let mut measured = Vec::with_capacity(self.rows.len() + 1);
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let mut cells = Vec::with_capacity(count);
            for (text, widest) in row.iter().zip(&mut widths) {
                // Missing characters are found in the flat form, which holds the same ones.
                let cell = text.at(face, &mut Vec::new());
                let wide = cell.width();
                *widest = wide.max(*widest);
                cells.push((cell, wide));
            }
            measured.push(cells);
        }
        let gaps = count.saturating_sub(1) as u32;
        let needed: u32 = widths.iter().sum::<u32>() + gaps * face.px() / 2;
        if needed > width {
            return None;
        }
        // Air goes between the columns, not more than two characters.
        let gap = (width - widths.iter().sum::<u32>()).checked_div(gaps).unwrap_or(0).min(face.px() * 2);
        let mut rows = measured.into_iter().map(|cells| {
            let mut row = Row::new(face.px());
            let mut x = 0;
            for (((cell, wide), widest), align) in cells.iter().zip(&widths).zip(&self.columns) {
                let shift = match align {
                    Align::Left => 0,
                    Align::Center => (widest - wide) / 2,
                    Align::Right => widest - wide,
                };
                row.cells.push(Cell::whole(cell, x + shift));
                x += widest + gap;
            }
            row.width = x - gap;
            row
        });
        let header = rows.next().filter(|_| !self.header.is_empty());
        Some((header, rows.collect()))
    }
}

fn is_figure(cell: &str) -> bool {
    let cell = cell.trim();
    cell.chars().any(|c| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || ",.+-%￥¥/ −".contains(c))
}

/// `作业本费　小学：15　初中：20`: the first cell names the row, the others are named by the header.
fn flat(header: &[String], row: &[String], keep: &[String]) -> Option<Text> {
    let mut keep = keep.to_vec();
    let mut spans: Vec<(String, Ink)> = Vec::new();
    for (n, cell) in row.iter().enumerate() {
        let (cell, name) = (cell.trim(), header.get(n).map_or("", |name| name.trim()));
        if cell.is_empty() {
            continue;
        }
        let gap = if spans.is_empty() { "" } else { "\u{3000}" };
        if n == 0 || name.is_empty() {
            spans.push((format!("{gap}{cell}"), if n == 0 { Ink::Accent } else { Ink::Body }));
        } else {
            keep.push(format!("{name}：{cell}"));
            spans.push((format!("{gap}{name}：{cell}"), Ink::Body));
        }
    }
    let spans: Vec<(&str, Ink)> = spans.iter().map(|(text, ink)| (text.as_str(), *ink)).collect();
    (!spans.is_empty()).then(|| Text::new(&spans, &keep))
}
