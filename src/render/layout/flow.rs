//! Fills pages with lines at one size: the official style on tall pages, phrases on strips.

use super::content::{Content, Piece};
use crate::{
    color::Ink,
    geometry::Size,
    render::{
        font::Face,
        measure::{Line, Measured},
    },
};

/// What one try is made with.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// The page.
    pub size: Size,
    /// Rows of pixels to be filled, at most the page's height: less makes fuller last pages.
    pub limit: u32,
    /// Whether it is a strip.
    pub strip: bool,
    /// Pixels kept free for the page mark at the end of a page's last line; 0 for none.
    pub mark: u32,
    /// No more pages than this are made.
    pub max_pages: usize,
}

/// The pages of one try.
pub(super) struct Filled {
    /// Rows of each page, top to bottom.
    pub pages: Vec<Vec<Row>>,
    /// Whether something was split that should not be: a word, a table's columns.
    pub forced: bool,
    /// Whether a page of a strip ends inside a phrase.
    pub rough: bool,
    /// Whether everything found a place.
    pub complete: bool,
    /// Least pixels between rows.
    pub gap: u32,
}

/// One line across the page.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Pixels high.
    pub height: u32,
    /// Pixels from the page's left edge to the last column of a table; 0 for other rows.
    pub width: u32,
    /// What stands in it.
    pub cells: Vec<Cell>,
    /// It belongs to what follows.
    pub with_next: bool,
    /// It is issuer or date.
    pub sign_off: bool,
    /// It is a horizontal rule.
    pub rule: bool,
}

/// A stretch of text at a place in its row.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// The text.
    pub text: String,
    /// Bytes from, bytes to, pixels from the page's left edge, ink.
    pub runs: Vec<(u32, u32, u32, Ink)>,
    /// Height of its cells.
    pub px: u32,
}

impl Row {
    pub(super) fn new(height: u32) -> Self {
        Self { height, width: 0, cells: Vec::new(), with_next: false, sign_off: false, rule: false }
    }
}

impl Cell {
    /// A whole text at `x`.
    pub(super) fn whole(text: &Measured<'_>, x: u32) -> Self {
        let end = text.text().chars().len();
        Self::of_line(text, &Line { start: 0, end, next: end, width: 0, forced: false }, x)
    }

    /// A line at `x`.
    fn of_line(text: &Measured<'_>, line: &Line, x: u32) -> Self {
        let (string, mut runs) = text.runs(line);
        runs.iter_mut().for_each(|run| run.2 += x);
        Self { text: string, runs, px: text.px() }
    }
}

/// Where a paragraph's lines stand.
#[derive(Clone, Copy)]
enum Place {
    /// Pixels of indent of the first line and of the others.
    Left(u32, u32),
    Centre,
    Right,
}

/// Fills pages; characters without a glyph go to `missing`.
pub(super) fn fill(
    content: &Content,
    frame: Frame,
    face: &Face<'_>,
    title_face: &Face<'_>,
    missing: &mut Vec<char>,
) -> Filled {
    let px = face.px();
    let gap = if frame.strip { 0 } else { (px / 8).max(1) };
    let filled = Filled { pages: vec![Vec::new()], forced: false, rough: false, complete: true, gap };
    let mut pager = Pager { frame, px, used: 0, filled };
    // Two characters of indent need a line that has room for more.
    let indent = if frame.strip || frame.size.width < px * 8 { 0 } else { px * 2 };
    for piece in &content.pieces {
        if !pager.filled.complete {
            break;
        }
        match piece {
            Piece::Title(text) => {
                pager.text(&text.at(title_face, missing), Place::Centre, false);
                if frame.strip && !content.single_page {
                    pager.end_page();
                }
            }
            Piece::Heading(text) => {
                pager.text(&text.at(face, missing), Place::Left(0, 0), true);
            }
            Piece::Paragraph(text) => pager.text(&text.at(face, missing), Place::Left(indent, 0), false),
            Piece::Item(depth, mark, text) => {
                pager.item(u32::from(*depth), &mark.at(face, missing), &text.at(face, missing));
            }
            Piece::Table(table) => {
                let columns = if frame.strip { None } else { table.columns(face, frame.size.width) };
                // The flat form holds every character, so that none is missed.
                let flat: Vec<_> = table.flat().iter().map(|row| row.at(face, missing)).collect();
                if let Some((header, rows)) = columns {
                    pager.table(header, rows);
                } else {
                    pager.filled.forced |= !frame.strip;
                    for row in &flat {
                        pager.text(row, Place::Left(0, px.min(frame.size.width / 4)), false);
                    }
                }
            }
            Piece::Rule => pager.rule(),
            Piece::SignOff(text) => {
                let from = pager.place();
                let place = if frame.strip { Place::Centre } else { Place::Right };
                pager.text(&text.at(face, missing), place, false);
                pager.mark_sign_off(from);
            }
        }
    }
    let mut filled = pager.filled;
    filled.pages.retain(|rows| !rows.is_empty());
    filled
}

struct Pager {
    frame: Frame,
    px: u32,
    /// Rows of pixels used on the page.
    used: u32,
    filled: Filled,
}

impl Pager {
    fn fits(&self, height: u32) -> bool {
        self.used + height <= self.frame.limit
    }

    /// Whether a row of `height` would be the page's last.
    fn is_last(&self, height: u32) -> bool {
        self.used + height + self.filled.gap + self.px > self.frame.limit
    }

    fn end_page(&mut self) {
        if self.filled.pages.last().is_some_and(Vec::is_empty) {
            return;
        }
        if self.filled.pages.len() >= self.frame.max_pages {
            self.filled.complete = false;
            return;
        }
        self.filled.pages.push(Vec::new());
        self.used = 0;
    }

    /// Makes room for a row of `height`; what belongs to it comes along.
    fn make_room(&mut self, height: u32) {
        if self.fits(height) {
            return;
        }
        let page = self.filled.pages.last_mut().map(std::mem::take).unwrap_or_default();
        let keep = page.iter().rposition(|row| !row.with_next).map_or(0, |at| at + 1);
        // A page of nothing but headings stays as it is.
        let split = if keep == 0 { page.len() } else { keep };
        let mut page = page;
        let moved = page.split_off(split);
        if let Some(last) = self.filled.pages.last_mut() {
            *last = page;
        }
        self.end_page();
        if self.filled.complete {
            for row in moved {
                self.push(row);
            }
        }
    }

    fn push(&mut self, row: Row) {
        if self.filled.complete {
            self.used += row.height + self.filled.gap;
            if let Some(page) = self.filled.pages.last_mut() {
                page.push(row);
            }
        }
    }

    fn place(&self) -> (usize, usize) {
        (self.filled.pages.len() - 1, self.filled.pages.last().map_or(0, Vec::len))
    }

    fn mark_sign_off(&mut self, (page, row): (usize, usize)) {
        let rows = self.filled.pages.iter_mut().enumerate().skip(page).flat_map(|(n, rows)| {
            let skip = if n == page { row.min(rows.len()) } else { 0 };
            rows[skip..].iter_mut()
        });
        rows.for_each(|row| row.sign_off = true);
    }

    fn text(&mut self, text: &Measured<'_>, place: Place, with_next: bool) {
        self.lines(text, place, with_next, &mut None);
    }

    /// All lines of a paragraph; `mark` is put before the first one.
    fn lines(&mut self, text: &Measured<'_>, place: Place, with_next: bool, mark: &mut Option<Cell>) {
        let px = text.px();
        let balanced =
            if matches!(place, Place::Centre) { text.balanced(self.frame.size.width) } else { u32::MAX };
        let mut at = 0;
        while text.has_more(at) && self.filled.complete {
            self.make_room(px);
            let last = self.is_last(px);
            let indent = match place {
                Place::Left(first, _) if at == 0 => first,
                Place::Left(_, others) => others,
                _ => 0,
            };
            let mark_room = if last { self.frame.mark } else { 0 };
            let room = self.frame.size.width.saturating_sub(indent + mark_room).max(px);
            let mut line = text.line(at, room.min(balanced.max(px)));
            if matches!(place, Place::Centre) {
                line = text.to_word(line);
            } else if last && self.frame.strip {
                line = text.to_phrase(line);
            }
            line = text.with_company(line);
            self.filled.forced |= line.forced;
            self.filled.rough |= last && self.frame.strip && !text.pauses(&line);
            let x = match place {
                Place::Left(..) => indent,
                Place::Centre => room.saturating_sub(line.width) / 2,
                Place::Right => room.saturating_sub(line.width),
            };
            let mut row = Row::new(px);
            row.cells.extend(mark.take());
            row.cells.push(Cell::of_line(text, &line, x));
            row.with_next = with_next;
            self.push(row);
            at = line.next;
        }
    }

    /// A list item, its lines hanging beside the mark.
    fn item(&mut self, depth: u32, mark: &Measured<'_>, text: &Measured<'_>) {
        let width = mark.width();
        let hang = if width == 0 { 0 } else { width + (self.px / 4).min(self.frame.size.width / 16) };
        let left = (depth * self.px).min(self.frame.size.width / 4);
        // On a narrow page the lines do not hang: the text would stand in a gutter.
        let others = if (left + hang) * 4 > self.frame.size.width { 0 } else { left + hang };
        let mut cell = (width > 0).then(|| Cell::whole(mark, left));
        self.lines(text, Place::Left(left + hang, others), false, &mut cell);
    }

    fn table(&mut self, header: Option<Row>, rows: Vec<Row>) {
        let mut header_due = header.is_some();
        for row in rows {
            // The page mark's corner is free only beside short rows.
            let corner = self.frame.mark > 0 && row.width + self.frame.mark > self.frame.size.width;
            if !self.fits(row.height) || (corner && self.is_last(row.height)) {
                self.end_page();
                header_due = header.is_some();
            }
            if let (true, Some(header)) = (header_due, &header) {
                // A header with no row below it goes to the next page.
                if !self.fits(header.height + self.filled.gap + row.height) {
                    self.end_page();
                }
                self.push(Row { with_next: true, ..header.clone() });
                header_due = false;
            }
            self.push(row);
        }
    }

    fn rule(&mut self) {
        let height = (self.px / 16).max(1);
        // Neither the first thing on a page nor between pages.
        if !self.frame.strip && self.used > 0 && self.fits(height) {
            self.push(Row { rule: true, ..Row::new(height) });
        }
    }
}
