//! Where do the rows of filled pages stand from top to bottom? Makes the [`Page`]s.

use super::{
    Page, Rule, Run,
    flow::{Cell, Row},
    paginate::Filled,
    sized::Sized,
};
use crate::{
    color::Ink,
    geometry::Size,
    render::{font::Face, marks::Kind, measure::Measured, text::Text},
};

/// Pages of `filled`; `mark` is the face in which several pages say which they are.
pub(super) fn pages(
    sized: &Sized<'_>,
    filled: &Filled,
    (size, strip): (Size, bool),
    mark: Option<&Face<'_>>,
    dwell_ms: Option<u32>,
) -> Vec<Page> {
    let count = filled.len();
    let corner = mark.and_then(|face| Corner::new(face, count, size));
    let mut pages = Vec::with_capacity(count);
    for (n, rows) in filled.pages().enumerate() {
        if let Some(drawn) = rows.first().and_then(|row| sized.pictures.get(row.picture?)) {
            let (dwell_ms, picture) = (drawn.dwell_ms, drawn.picture.clone());
            pages.push(Page { dwell_ms, picture, ..Page::default() });
            continue;
        }
        let beside = corner.and_then(|corner| Spread::beside(corner, filled, rows, size));
        let spread = beside.unwrap_or_else(|| Spread::of(rows, filled.gap, size));
        let mut page = spread.place(sized, filled, rows, (size, strip), corner);
        let dwell_ms = dwell_ms.unwrap_or_else(|| reading_time(&page.lines));
        if let Some(face) = mark.filter(|_| corner.is_some()) {
            page.mark(&mark_of(n + 1, count), face, size);
        }
        pages.push(page.into_page(dwell_ms));
    }
    if pages.is_empty() {
        // Nothing but blanks: a dark page, since a layout has at least one.
        pages.push(Page { dwell_ms: dwell_ms.unwrap_or(LEAST_DWELL_MS), ..Page::default() });
    }
    pages
}

/// Whether every page, its lines as tight as need be, keeps the corner free for a mark in `face`. Where one does not,
/// none has a mark: a notice is read, its marks are a courtesy.
pub(super) fn keeps_corner(filled: &Filled, face: &Face<'_>, size: Size) -> bool {
    filled.pages().all(|rows| keeps_corner_on(filled, rows, face, (filled.len(), size)))
}

/// The same for one of `count` pages, whose rows these are.
pub(super) fn keeps_corner_on(
    filled: &Filled,
    rows: &[Row],
    face: &Face<'_>,
    (count, size): (usize, Size),
) -> bool {
    let picture = rows.iter().any(|row| row.picture.is_some());
    let free = |corner| Spread::beside(corner, filled, rows, size).is_some();
    picture || Corner::new(face, count, size).is_some_and(free)
}

/// What says that a page is the second of three.
fn mark_of(page: usize, count: usize) -> String {
    format!("{page}/{count}")
}

/// Pixels kept free for the marks of `count` pages: the widest and a little air.
pub(super) fn mark_width(face: &Face<'_>, count: usize) -> u32 {
    let widest = |c: char| face.advance(if c.is_ascii_digit() { '8' } else { c });
    let width: Option<u32> = mark_of(count, count).chars().map(widest).sum();
    width.map_or(0, |width| width + face.px() / 2)
}

/// Pixels between a page mark and what stands above it.
const AIR_ABOVE_MARK: u32 = 2;

/// The lower right corner of each page, where its mark stands.
#[derive(Clone, Copy)]
struct Corner {
    left: u32,
    top: u32,
}

impl Corner {
    /// `None` if the face has no digits.
    fn new(face: &Face<'_>, count: usize, size: Size) -> Option<Self> {
        let width = Some(mark_width(face, count)).filter(|width| *width > 0)?;
        Some(Self { left: size.width.saturating_sub(width), top: size.height.saturating_sub(face.px()) })
    }

    /// How far a row with these cells reaches beyond its left edge.
    fn over(self, cells: &[Cell]) -> u32 {
        cells.last().map_or(0, |cell| (cell.x + cell.line.width).saturating_sub(self.left))
    }

    /// Whether `row`, whose top lies at `y`, reaches into it.
    fn meets(self, row: &Row, cells: &[Cell], y: u32) -> bool {
        let wide = row.rule || self.over(cells) > 0;
        y + row.height + AIR_ABOVE_MARK > self.top && wide
    }
}

/// How a page's rows stand from top to bottom.
#[derive(Clone, Copy)]
struct Spread {
    gap: u32,
    top: u32,
}

impl Spread {
    /// The airiest spread at which no row reaches into `corner`; `None` if there is none.
    fn beside(corner: Corner, filled: &Filled, rows: &[Row], size: Size) -> Option<Self> {
        let airiest = Self::of(rows, filled.gap, size);
        let free = |spread: &Self| {
            let beside = spread.signs_off_beside(filled, rows, corner);
            let mut tops = spread.tops(rows);
            tops.all(|(row, y)| (row.sign_off && beside) || !corner.meets(row, filled.cells(row), y))
        };
        // Lines first give up the air above them, then that between them.
        let gaps = (filled.gap..=airiest.gap).rev();
        let mut tried = gaps.flat_map(|gap| {
            let top = size.height.saturating_sub(height(rows, gap)) / 2;
            [top, top / 2, 0].map(|top| Self { gap, top })
        });
        tried.find(free)
    }

    /// In the middle, the air shared out; `gap` is the least between two rows.
    fn of(rows: &[Row], gap: u32, size: Size) -> Self {
        let free = size.height.saturating_sub(height(rows, gap));
        let between = rows.len().saturating_sub(1) as u32;
        let px = rows.iter().map(|row| row.height).max().unwrap_or(0);
        // As much between lines as above and below, but lines stay together.
        let more = if between > 0 { (free / (between + 2)).min(px * 2 / 5) } else { 0 };
        let gap = gap + more;
        Self { gap, top: size.height.saturating_sub(height(rows, gap)) / 2 }
    }

    /// Each row with its top.
    fn tops<'r>(&self, rows: &'r [Row]) -> impl Iterator<Item = (&'r Row, u32)> {
        let (gap, mut y) = (self.gap, self.top);
        rows.iter().map(move |row| {
            let top = y;
            y += row.height + gap;
            (row, top)
        })
    }

    /// Whether issuer and date give way to the mark: all lines of them, so that they stay in line.
    fn signs_off_beside(self, filled: &Filled, rows: &[Row], corner: Corner) -> bool {
        let mut tops = self.tops(rows).filter(|(row, _)| row.sign_off);
        let fits = |cells: &[Cell]| cells.first().is_none_or(|cell| cell.x >= corner.over(cells));
        tops.any(|(row, y)| corner.meets(row, filled.cells(row), y))
            && rows.iter().filter(|row| row.sign_off).all(|row| fits(filled.cells(row)))
    }

    fn place(
        self,
        sized: &Sized<'_>,
        filled: &Filled,
        rows: &[Row],
        (size, strip): (Size, bool),
        corner: Option<Corner>,
    ) -> Draft {
        let mut page = Draft { lines: Vec::with_capacity(rows.len() + 1), ..Draft::default() };
        let beside = corner.filter(|corner| self.signs_off_beside(filled, rows, *corner));
        let alone = strip && rows.len() == 1 && rows.iter().all(|row| row.cells.1 - row.cells.0 == 1);
        for (row, y) in self.tops(rows) {
            let cells = filled.cells(row);
            if !cells.is_empty() {
                page.lines.push(String::new());
            }
            for cell in cells {
                let text = &sized.texts[cell.text];
                // A bracket at a line's start leaves its air outside.
                let air = if row.room > 0 && cell.x == 0 { text.air_before(cell.line.start) } else { 0 };
                let x = match beside {
                    // A line alone on a strip stands in the middle.
                    _ if alone => size.width.saturating_sub(cell.line.width) / 2,
                    Some(corner) if row.sign_off => cell.x - corner.over(cells),
                    _ => cell.x,
                };
                page.put(text, (cell.line.start, cell.line.end), x as i32 - air as i32, y);
            }
            if row.rule {
                let (width, height) = (size.width as u16, row.height as u16);
                page.rules.push(Rule { x: 0, y: y as i16, width, height });
            }
        }
        page
    }
}

fn height(rows: &[Row], gap: u32) -> u32 {
    rows.iter().map(|row| row.height + gap).sum::<u32>().saturating_sub(gap)
}

/// A page while it is put together.
#[derive(Default)]
pub(super) struct Draft {
    lines: Vec<String>,
    runs: Vec<Run>,
    rules: Vec<Rule>,
}

impl Draft {
    /// The page, without spare room.
    pub(super) fn into_page(self, dwell_ms: u32) -> Page {
        let Self { mut lines, runs, rules } = self;
        lines.iter_mut().for_each(String::shrink_to_fit);
        lines.shrink_to_fit();
        Page { dwell_ms, lines, runs: runs.into(), rules: rules.into(), picture: None }
    }

    /// Adds all of `text` as a line of its own.
    pub(super) fn line(&mut self, text: &Measured<'_>, x: u32, y: u32) {
        self.lines.push(String::new());
        self.put(text, (0, text.text().chars().len()), x as i32, y);
    }

    /// Adds characters of `text` to the last line, behind a space if it is not empty.
    fn put(&mut self, text: &Measured<'_>, (start, end): (usize, usize), x: i32, y: u32) {
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
                x: x + left as i32,
                y: y as i16,
                px: number(text.px() as usize),
                ink,
            });
        }
        if text.is_hyphenated(end)
            && let Some(run) = self.runs.last_mut()
        {
            line.push('-');
            run.end += 1;
        }
    }

    /// `2/3` in the lower right corner.
    fn mark(&mut self, mark: &str, face: &Face<'_>, size: Size) {
        let text = Text::new(&[(mark, Ink::Quiet)], &[]);
        let Some(text) = text.at(face) else { return };
        let (left, top) = (size.width.saturating_sub(text.width()), size.height.saturating_sub(face.px()));
        self.line(&text, left, top);
    }
}

/// No page stays shorter than this, or longer than that, unless its header says so.
const LEAST_DWELL_MS: u32 = 4000;
const MOST_DWELL_MS: u32 = 20_000;

/// Two seconds and one more for each five Han characters or fifteen letters, between four and twenty.
fn reading_time(lines: &[String]) -> u32 {
    let (mut han, mut letters) = (0, 0);
    for kind in lines.iter().flat_map(|line| line.chars()).map(Kind::of) {
        if kind.is_han() {
            han += 1;
        } else if kind.is_letter() {
            letters += 1;
        }
    }
    (2000 + han * 200 + letters * 1000 / 15).clamp(LEAST_DWELL_MS, MOST_DWELL_MS)
}
