//! Where do the rows of filled pages stand from top to bottom? Makes the [`Page`]s.

use super::{
    Page, Rule, Run,
    flow::{Filled, Row},
    sized::Sized,
};
use crate::{
    color::Ink,
    geometry::Size,
    render::{
        font::Face,
        marks::is_han,
        measure::{Measured, Text},
    },
};

/// Pages of `filled`, each in the middle if it stands `alone`; `mark` is the face in which several pages say
/// which they are.
pub(super) fn pages(
    sized: &Sized<'_>,
    filled: &Filled,
    size: Size,
    (alone, mark): (bool, Option<&Face<'_>>),
    dwell_ms: Option<u32>,
) -> Vec<Page> {
    let spread = Spread::of(filled, size, alone);
    let count = filled.len();
    let mut pages = Vec::with_capacity(count);
    for (n, rows) in filled.pages().enumerate() {
        let mut page = spread.place(sized, filled, rows, size);
        let dwell_ms = dwell_ms.unwrap_or_else(|| reading_time(&page.lines));
        if let Some(face) = mark {
            page.mark(&format!("{}/{count}", n + 1), face, size);
        }
        page.lines.shrink_to_fit();
        let Draft { lines, runs, rules } = page;
        pages.push(Page { dwell_ms, lines, runs: runs.into(), rules: rules.into(), picture: None });
    }
    if pages.is_empty() {
        // Nothing but blanks: a dark page, since a layout has at least one.
        pages.push(Page { dwell_ms: dwell_ms.unwrap_or(LEAST_DWELL_MS), ..Page::default() });
    }
    pages
}

struct Spread {
    gap: u32,
    top: u32,
    /// Each page in the middle by itself.
    centred: bool,
}

impl Spread {
    /// Shares out the air of the fullest page, so that lines stand at the same heights on all.
    fn of(filled: &Filled, size: Size, centred: bool) -> Self {
        let fullest = filled.pages().max_by_key(|rows| height(rows, filled.gap)).unwrap_or_default();
        let free = size.height.saturating_sub(height(fullest, filled.gap));
        let between = fullest.len().saturating_sub(1) as u32;
        let px = fullest.iter().map(|row| row.height).max().unwrap_or(0);
        // As much between lines as above and below, but lines stay together.
        let more = if between > 0 { (free / (between + 2)).min(px / 3) } else { 0 };
        let gap = filled.gap + more;
        Self { gap, top: size.height.saturating_sub(height(fullest, gap)) / 2, centred }
    }

    fn place(&self, sized: &Sized<'_>, filled: &Filled, rows: &[Row], size: Size) -> Draft {
        let mut page = Draft { lines: Vec::with_capacity(rows.len() + 1), ..Draft::default() };
        let mut y =
            if self.centred { size.height.saturating_sub(height(rows, self.gap)) / 2 } else { self.top };
        for row in rows {
            let cells = filled.cells(row);
            if !cells.is_empty() {
                page.lines.push(String::new());
            }
            for cell in cells {
                let text = &sized.texts[cell.text];
                page.put(text, (cell.line.start, cell.line.end), cell.x, y);
            }
            if row.rule {
                let (width, height) = (size.width as u16, row.height as u16);
                page.rules.push(Rule { x: 0, y: y as i16, width, height });
            }
            y += row.height + self.gap;
        }
        page
    }
}

fn height(rows: &[Row], gap: u32) -> u32 {
    rows.iter().map(|row| row.height + gap).sum::<u32>().saturating_sub(gap)
}

/// A page while it is put together.
#[derive(Default)]
struct Draft {
    lines: Vec<String>,
    runs: Vec<Run>,
    rules: Vec<Rule>,
}

impl Draft {
    /// Adds characters of `text` to the last line, behind a space if it is not empty.
    fn put(&mut self, text: &Measured<'_>, (start, end): (usize, usize), x: u32, y: u32) {
        let number = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
        let index = number(self.lines.len().saturating_sub(1));
        let Some(line) = self.lines.last_mut() else { return };
        if line.is_empty() {
            line.reserve_exact((end - start) * 3);
        } else {
            line.push(' ');
        }
        for (from, to, left, ink) in text.inks(start, end) {
            let first = line.len();
            line.extend(&text.text().chars()[from..to]);
            self.runs.push(Run {
                line: index,
                start: number(first),
                end: number(line.len()),
                x: (x + left) as i16,
                y: y as i16,
                px: number(text.px() as usize),
                ink,
            });
        }
    }

    /// `2/3` in the lower right corner.
    fn mark(&mut self, mark: &str, face: &Face<'_>, size: Size) {
        let text = Text::new(&[(mark, Ink::Quiet)], &[]);
        let Some(text) = text.at(face) else { return };
        self.lines.push(String::new());
        let (left, top) = (size.width.saturating_sub(text.width()), size.height.saturating_sub(face.px()));
        self.put(&text, (0, text.text().chars().len()), left, top);
    }
}

/// No page stays shorter than this, or longer than that, unless its header says so.
const LEAST_DWELL_MS: u32 = 4000;
const MOST_DWELL_MS: u32 = 20_000;

/// Two seconds and one more for each five Han characters or fifteen letters, between four and twenty.
fn reading_time(lines: &[String]) -> u32 {
    let (mut han, mut letters) = (0, 0);
    for c in lines.iter().flat_map(|line| line.chars()) {
        if is_han(c) {
            han += 1;
        } else if c.is_alphanumeric() {
            letters += 1;
        }
    }
    (2000 + han * 200 + letters * 1000 / 15).clamp(LEAST_DWELL_MS, MOST_DWELL_MS)
}
