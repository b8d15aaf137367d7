//! Fills pages with lines at one size: the official style on tall pages, phrases on strips.

use super::{
    sized::{FlatRow, Sized, SizedPiece, TextId},
    table::Grid,
};
use crate::{
    geometry::Size,
    render::measure::{Line, Measured},
};

/// What pages are filled in one go.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// The page.
    pub size: Size,
    /// Rows of pixels to be filled, at most the page's height: less makes fuller last pages.
    pub limit: u32,
    /// Whether it is a strip.
    pub strip: bool,
    /// Whether the title is all there is: the idle text.
    pub only_title: bool,
    /// Whether a strip's page that cannot end with a phrase shall end with a word: asks a dictionary.
    pub words: bool,
    /// Pixels kept free for the page mark at the end of a page's last line; 0 for none.
    pub mark: u32,
    /// No more pages than this are made.
    pub max_pages: usize,
}

/// Pages filled with rows.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own about the pages
pub(super) struct Filled {
    rows: Vec<Row>,
    cells: Vec<Cell>,
    /// The first row of each page.
    starts: Vec<usize>,
    /// Whether something was split that should not be: a word, a table's columns.
    pub forced: bool,
    /// Whether a page ends inside a phrase.
    pub rough: bool,
    /// Whether a tall page ends inside a word.
    pub torn: bool,
    /// Whether everything found a place.
    pub complete: bool,
    /// Least pixels between rows.
    pub gap: u32,
}

/// One line across the page.
#[derive(Clone, Copy, Default)]
pub(super) struct Row {
    /// Pixels high.
    pub height: u32,
    /// It belongs to what follows.
    pub with_next: bool,
    /// It is issuer or date.
    pub sign_off: bool,
    /// It is a horizontal rule.
    pub rule: bool,
    /// It is this picture, and all of its page.
    pub picture: Option<usize>,
    cells: (usize, usize),
}

/// A stretch of text at a place in its row.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    /// Which text.
    pub text: TextId,
    /// Which part of it.
    pub line: Line,
    /// Pixels from the page's left edge.
    pub x: u32,
}

impl Filled {
    /// Number of pages.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The rows of each page.
    pub(super) fn pages(&self) -> impl Iterator<Item = &[Row]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.rows.len()]);
        self.starts.iter().zip(ends).map(|(start, end)| &self.rows[*start..end])
    }

    /// The rows of each page that is not a picture.
    pub(super) fn text_pages(&self) -> impl Iterator<Item = &[Row]> {
        self.pages().filter(|rows| rows.iter().all(|row| row.picture.is_none()))
    }

    /// What stands in a row.
    pub(super) fn cells(&self, row: &Row) -> &[Cell] {
        &self.cells[row.cells.0..row.cells.1]
    }

    /// How many letters and Han stand on the last page, issuer and date left out.
    pub(super) fn letters_at_end(&self, sized: &Sized<'_>) -> usize {
        let last = self.text_pages().last().unwrap_or_default();
        let cells = last.iter().filter(|row| !row.sign_off).flat_map(|row| self.cells(row));
        cells.map(|cell| sized.texts[cell.text].letters(&cell.line)).sum()
    }

    /// Issuer and date do not stand alone on the last page: a line of the body goes with them, if the page's
    /// `height` holds it.
    pub(super) fn accompany_sign_off(&mut self, height: u32) {
        let [.., before, last] = self.starts.as_mut_slice() else { return };
        let row = &self.rows[*last - 1];
        let text = !row.sign_off && !row.rule && row.cells.1 - row.cells.0 == 1;
        let rows = &self.rows[*last - 1..];
        let fits = rows.iter().map(|row| row.height + self.gap).sum::<u32>() <= height + self.gap;
        if *last - *before > 2 && text && fits && self.rows[*last..].iter().all(|row| row.sign_off) {
            *last -= 1;
        }
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

/// Fills pages with `sized`.
pub(super) fn fill(sized: &Sized<'_>, frame: Frame) -> Filled {
    let px = sized.px;
    let gap = if frame.strip { 0 } else { (px / 8).max(1) };
    let filled = Filled { complete: true, forced: sized.flattened, gap, ..Filled::default() };
    let mut pager = Pager { sized, frame, used: 0, filled };
    // Two characters of indent need a line that has room for more.
    let indent = if frame.strip || frame.size.width < px * 8 { 0 } else { px * 2 };
    for piece in &sized.pieces {
        if !pager.filled.complete {
            break;
        }
        match piece {
            SizedPiece::Title(text) => {
                pager.text(*text, Place::Centre, false);
                if frame.strip && !frame.only_title {
                    pager.used = frame.limit;
                }
            }
            SizedPiece::Heading(text) => pager.text(*text, Place::Left(0, 0), true),
            SizedPiece::Paragraph(text) => pager.text(*text, Place::Left(indent, 0), false),
            SizedPiece::Item(depth, mark, text) => pager.item(u32::from(*depth), *mark, *text),
            SizedPiece::Grid(grid) => pager.grid(grid),
            SizedPiece::Flat(rows) => {
                for row in rows {
                    match row {
                        FlatRow::Whole(text) => pager.text(*text, Place::Left(0, 0), false),
                        FlatRow::Parts(label, values) => {
                            let indent = px.min(frame.size.width / 8);
                            pager.text(*label, Place::Left(0, 0), true);
                            pager.text(*values, Place::Left(indent, indent), true);
                            pager.end_group();
                        }
                    }
                }
            }
            SizedPiece::Rule => pager.rule(),
            SizedPiece::Picture(index) => pager.picture(*index),
            SizedPiece::SignOff(text) => {
                let first = pager.filled.rows.len();
                pager.text(*text, if frame.strip { Place::Centre } else { Place::Right }, false);
                pager.filled.rows.iter_mut().skip(first).for_each(|row| row.sign_off = true);
            }
        }
    }
    pager.filled
}

struct Pager<'a> {
    sized: &'a Sized<'a>,
    frame: Frame,
    /// Rows of pixels used on the page.
    used: u32,
    filled: Filled,
}

impl<'a> Pager<'a> {
    fn measured(&self, id: TextId) -> &'a Measured<'a> {
        &self.sized.texts[id]
    }

    fn fits(&self, height: u32) -> bool {
        !self.filled.starts.is_empty() && self.used + height <= self.frame.limit
    }

    /// Whether a row of `height` would be the page's last.
    fn is_last(&self, height: u32) -> bool {
        self.used + height + self.filled.gap + self.sized.px > self.frame.limit
    }

    /// Begins a page with row `first`, which may already stand on the page before.
    fn begin_page(&mut self, first: usize) {
        if self.filled.len() >= self.frame.max_pages {
            self.filled.complete = false;
            return;
        }
        self.filled.starts.push(first);
        self.used = self.filled.rows[first..].iter().map(|row| row.height + self.filled.gap).sum();
    }

    /// Makes room for a row of `height`; what belongs to it comes along to the next page.
    fn make_room(&mut self, height: u32) {
        if self.fits(height) {
            return;
        }
        let start = self.filled.starts.last().copied().unwrap_or(0);
        let page = &self.filled.rows[start..];
        let taken = page.iter().rev().take_while(|row| row.with_next).count();
        // What belongs together but fills a page is not kept together.
        let taken = if taken == page.len() { 0 } else { taken };
        self.begin_page(self.filled.rows.len() - taken);
    }

    fn push(&mut self, row: Row, cells: impl IntoIterator<Item = Cell>) {
        if self.filled.complete {
            let first = self.filled.cells.len();
            self.filled.cells.extend(cells);
            self.used += row.height + self.filled.gap;
            self.filled.rows.push(Row { cells: (first, self.filled.cells.len()), ..row });
        }
    }

    /// What was pushed last does not belong to what follows.
    fn end_group(&mut self) {
        if let Some(row) = self.filled.rows.last_mut() {
            row.with_next = false;
        }
    }

    fn text(&mut self, id: TextId, place: Place, with_next: bool) {
        self.lines(id, place, with_next, None);
    }

    /// All lines of a paragraph; `mark` is put before the first one.
    fn lines(&mut self, id: TextId, place: Place, with_next: bool, mut mark: Option<Cell>) {
        let text = self.measured(id);
        let height = text.px();
        let centred = matches!(place, Place::Centre);
        let widest = if centred { text.balanced(self.frame.size.width).max(height) } else { u32::MAX };
        let mut at = 0;
        while text.has_more(at) && self.filled.complete {
            self.make_room(height);
            let last = self.is_last(height);
            let indent = match place {
                Place::Left(first, _) if at == 0 => first,
                Place::Left(_, others) => others,
                _ => 0,
            };
            let corner = if last { self.frame.mark } else { 0 };
            let room = self.frame.size.width.saturating_sub(indent + corner).max(height);
            let mut line = text.line(at, room.min(widest));
            if centred {
                line = text.to_word(line);
            } else if last {
                line = match text.to_phrase(line) {
                    Some(line) => line,
                    None if self.frame.words || !self.frame.strip => text.to_word(line),
                    None => line,
                };
            }
            line = text.with_company(line);
            self.filled.forced |= line.forced;
            let inside = last && !text.pauses(&line);
            self.filled.rough |= inside;
            self.filled.torn |= inside && !self.frame.strip && !text.ends_word(&line);
            let x = match place {
                Place::Left(..) => indent,
                Place::Centre => room.saturating_sub(line.width) / 2,
                Place::Right => room.saturating_sub(line.width),
            };
            let cells = mark.take().into_iter().chain([Cell { text: id, line, x }]);
            self.push(Row { height, with_next, ..Row::default() }, cells);
            at = line.next;
        }
    }

    /// A list item, its lines hanging beside the mark.
    fn item(&mut self, depth: u32, mark: TextId, text: TextId) {
        let (px, page) = (self.sized.px, self.frame.size.width);
        let width = self.measured(mark).width();
        let hang = if width == 0 { 0 } else { width + (px / 4).min(page / 16) };
        let left = (depth * px).min(page / 4);
        // On a narrow page the lines do not hang: the text would stand in a gutter.
        let others = if (left + hang) * 4 > page { 0 } else { left + hang };
        let cell = (width > 0).then(|| self.whole(mark, left));
        self.lines(text, Place::Left(left + hang, others), false, cell);
    }

    fn whole(&self, text: TextId, x: u32) -> Cell {
        Cell { text, line: self.measured(text).whole(), x }
    }

    fn grid(&mut self, grid: &Grid) {
        let height = self.sized.px;
        let row = Row { height, ..Row::default() };
        let (header, rows) = grid.rows.split_at(usize::from(grid.header));
        let mut header_due = true;
        for cells in rows {
            // The page mark's corner is free only beside short rows.
            let corner = self.frame.mark > 0 && grid.width + self.frame.mark > self.frame.size.width;
            if !self.fits(height) || (corner && self.is_last(height)) {
                self.begin_page(self.filled.rows.len());
                header_due = true;
            }
            if header_due {
                // A header with no row below it goes to the next page.
                if !header.is_empty() && !self.fits(height * 2 + self.filled.gap) && self.used > 0 {
                    self.begin_page(self.filled.rows.len());
                }
                for cells in header {
                    let cells: Vec<Cell> = cells.iter().map(|(id, x)| self.whole(*id, *x)).collect();
                    self.push(Row { with_next: true, ..row }, cells);
                }
                header_due = false;
                self.make_room(height);
            }
            let cells: Vec<Cell> = cells.iter().map(|(id, x)| self.whole(*id, *x)).collect();
            self.push(row, cells);
        }
    }

    /// A page of its own; what follows begins the next one.
    fn picture(&mut self, index: usize) {
        self.begin_page(self.filled.rows.len());
        self.push(Row { height: self.frame.limit, picture: Some(index), ..Row::default() }, []);
    }

    fn rule(&mut self) {
        let height = (self.sized.px / 16).max(1);
        // Neither the first thing on a page nor between pages: a line below it has room, too.
        let least = height + self.filled.gap + self.sized.px;
        if !self.frame.strip && self.used > 0 && self.fits(least) {
            self.push(Row { height, rule: true, ..Row::default() }, []);
        }
    }
}
