//! Fills one page with rows, from a place in the text on: the official style on tall pages, phrases on
//! strips. Says where the page might end; [`paginate`](super::paginate) chooses.

mod rows;
mod signs;

use super::{
    sized::{Sized, SizedPiece, TextId, has_short_lines},
    stop::{Class, Stop},
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
    /// Whether it is a strip.
    pub strip: bool,
    /// Whether the title is all there is: the idle text.
    pub only_title: bool,
    /// Whether a page that cannot end with a phrase shall end with a word: asks a dictionary.
    pub words: bool,
    /// Pixels kept free for the page mark at the end of a page's last line; 0 for none.
    pub mark: u32,
    /// Pixels between rows, at least.
    pub gap: u32,
}

impl Frame {
    /// Whether its lines hold a word or two of `px`.
    pub(super) fn has_short_lines(self, px: u32) -> bool {
        has_short_lines(self.size.width, px)
    }
}

/// Where a page begins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(super) struct Cursor {
    /// Index into [`Sized::pieces`].
    pub piece: usize,
    /// Characters of its text, or rows of its table, that stand on pages before.
    pub at: usize,
}

/// One line across the page.
#[derive(Clone, Copy, Default)]
pub(super) struct Row {
    /// Pixels high.
    pub height: u32,
    /// It is issuer or date.
    pub sign_off: bool,
    /// Pixels that its line may take, where it may as well end elsewhere; else 0.
    pub room: u32,
    /// It is a horizontal rule.
    pub rule: bool,
    /// It is this picture, and all of its page.
    pub picture: Option<usize>,
    /// What stands in it: a stretch of the page's cells.
    pub cells: (usize, usize),
    /// How many of these, the last ones, are issuer and date beside a text's last line.
    pub beside: usize,
}

impl Row {
    /// Of a page's `cells` those of this row, without what signs it.
    pub(super) fn body(self, cells: &[Cell]) -> &[Cell] {
        &cells[self.cells.0..self.cells.1 - self.beside]
    }
}

/// A stretch of text at a place in its row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Which text.
    pub text: TextId,
    /// Which part of it.
    pub line: Line,
    /// Pixels from the page's left edge.
    pub x: u32,
}

/// A page being filled: as much as it holds.
#[derive(Default)]
pub(super) struct Filling {
    pub rows: Vec<Row>,
    pub cells: Vec<Cell>,
    /// Where it might end, in the order of the text; the last is where it is full.
    pub stops: Vec<Stop>,
}

impl Filling {
    /// An empty one that most pages fill without asking for more memory.
    pub(super) fn with_room() -> Self {
        Self { rows: Vec::with_capacity(16), cells: Vec::with_capacity(16), stops: Vec::with_capacity(16) }
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

/// Paragraphs are indented where lines have so many characters.
const INDENTED_EMS: u32 = 16;

/// Where lines have no more characters than this pages may end with any word.
const ANY_WORD_EMS: u32 = 12;

/// Fills `page` with what stands from `start` on.
pub(super) fn fill(sized: &Sized<'_>, frame: Frame, start: Cursor, page: &mut Filling) {
    page.rows.clear();
    page.cells.clear();
    page.stops.clear();
    let mut filler = Filler { sized, frame, used: 0, page, start, at: start };
    // Two characters of indent need a line that has room for more: of twelve they would take a sixth, and
    // tear words.
    let px = sized.px;
    let indent = if frame.strip || frame.size.width < px * INDENTED_EMS { 0 } else { px * 2 };
    while let Some(piece) = sized.pieces.get(filler.at.piece) {
        let whole = match piece {
            SizedPiece::Title(text) => {
                let whole = filler.text(*text, Place::Centre, Class::Title);
                if whole && frame.strip && !frame.only_title {
                    // On a strip the title has a page of its own.
                    filler.stop(filler.next_piece(), Class::Paragraph, false);
                    return;
                }
                whole
            }
            SizedPiece::Heading(text) => filler.text(*text, Place::Left(0, 0), Class::Bound),
            SizedPiece::Paragraph(text) => filler.text(*text, Place::Left(indent, 0), Class::Paragraph),
            SizedPiece::Item(depth, mark, text) => filler.item(u32::from(*depth), *mark, *text),
            SizedPiece::Grid(grid) => filler.grid(grid),
            // What a row's names and values say together is not torn, if a page holds it.
            SizedPiece::FlatRow(text, label) => filler.flat_row(*text, *label),
            SizedPiece::FlatLabel(text) => filler.text(*text, Place::Left(0, 0), Class::Bound),
            SizedPiece::FlatValues(text, label) => {
                let indent = filler.flat_indent(*text);
                filler.repeat(*label, Some(*text));
                filler.text(*text, Place::Left(indent, indent), Class::Bound)
            }
            SizedPiece::Rule => filler.rule(),
            SizedPiece::Picture(index) => {
                filler.picture(*index);
                return;
            }
            SizedPiece::SignOff(text) => filler.sign_off(*text),
        };
        if !whole {
            return;
        }
        filler.at = filler.next_piece();
        filler.after_piece();
    }
}

struct Filler<'a, 'p> {
    sized: &'a Sized<'a>,
    frame: Frame,
    /// Rows of pixels used on the page.
    used: u32,
    page: &'p mut Filling,
    start: Cursor,
    at: Cursor,
}

impl<'a> Filler<'a, '_> {
    fn measured(&self, id: TextId) -> &'a Measured<'a> {
        &self.sized.texts[id]
    }

    /// Where in the text at the cursor the page begins.
    fn from(&self) -> usize {
        if self.start.piece == self.at.piece { self.start.at } else { 0 }
    }

    fn next_piece(&self) -> Cursor {
        Cursor { piece: self.at.piece + 1, at: 0 }
    }

    /// Whether there is room for a row of `height`; the first row of a page always finds some.
    fn fits(&self, height: u32) -> bool {
        self.page.rows.is_empty() || self.used + height <= self.frame.size.height
    }

    /// Whether a row of `height` would be the page's last.
    fn is_last(&self, height: u32) -> bool {
        self.used + height + self.frame.gap + self.sized.px > self.frame.size.height
    }

    fn push(&mut self, row: Row, cells: impl IntoIterator<Item = Cell>) {
        let first = self.page.cells.len();
        self.page.cells.extend(cells);
        self.used += row.height + self.frame.gap;
        self.page.rows.push(Row { cells: (first, self.page.cells.len()), ..row });
    }

    /// The page might end here, the next one begin at `next`; `cut` if its last line does not end there.
    fn stop(&mut self, next: Cursor, class: Class, cut: bool) {
        self.text_stop(next, class, class, cut);
    }

    /// The same inside a text, where pages end no better than `ends`.
    fn text_stop(&mut self, next: Cursor, text: Class, ends: Class, cut: bool) {
        let (rows, cells) = (self.page.rows.len(), self.page.cells.len());
        // One place, two ways to say it: what comes later is the fuller page.
        if self.page.stops.last().is_some_and(|last| last.next == next) {
            self.page.stops.pop();
        }
        let bound = ends > Class::Inside;
        self.page.stops.push(Stop { next, rows, cells, class: text.max(ends), text, bound, cut });
    }

    /// Says how the page would end behind the piece just finished: nothing parts from its sign-off, no
    /// heading from its text.
    fn after_piece(&mut self) {
        let before = &self.sized.pieces[self.at.piece - 1];
        let class = match (before, self.sized.pieces.get(self.at.piece)) {
            (_, None | Some(SizedPiece::Picture(_))) | (SizedPiece::Picture(_), _) => Class::Paragraph,
            (SizedPiece::Title(_), Some(SizedPiece::Title(_))) => Class::Bound,
            (SizedPiece::Title(_), _) => Class::Title,
            // A name of several lines leaves its values no room.
            (SizedPiece::FlatLabel(text), _) if self.measured(*text).width() > self.frame.size.width => {
                Class::Colon
            }
            (SizedPiece::Heading(_) | SizedPiece::FlatLabel(_), _) | (_, Some(SizedPiece::SignOff(_))) => {
                Class::Bound
            }
            (
                SizedPiece::FlatRow(..) | SizedPiece::FlatValues(..),
                Some(SizedPiece::FlatRow(..) | SizedPiece::FlatLabel(_)),
            ) => Class::Row,
            // The next page names the row again.
            (SizedPiece::FlatValues(..), Some(SizedPiece::FlatValues(..))) => Class::Clause,
            (SizedPiece::Item(..), Some(SizedPiece::Item(..))) => Class::Item,
            _ => Class::Paragraph,
        };
        // Of two ways to part what belongs together a name is better left with some of its values, and what is signed with
        // its date.
        let text = match before {
            SizedPiece::Heading(_) | SizedPiece::FlatLabel(_) => Class::Inside,
            SizedPiece::SignOff(_) => Class::Word,
            _ => Class::Paragraph,
        };
        self.text_stop(self.at, text.min(class), class, false);
    }

    fn text(&mut self, id: TextId, place: Place, ends: Class) -> bool {
        self.lines(id, place, ends, None)
    }

    /// The lines of a paragraph from the cursor on; `mark` is put before the first one. `false` where the page is
    /// full before its end. Inside it pages end no better than `ends`.
    fn lines(&mut self, id: TextId, place: Place, ends: Class, mut mark: Option<Cell>) -> bool {
        let text = self.measured(id);
        let height = text.px();
        // Titles and what is signed have lines of one length.
        let (size, gap) = (self.frame.size, self.frame.gap);
        let even = (!matches!(place, Place::Left(..))).then(|| {
            let page = if self.frame.strip { u32::MAX } else { (size.height + gap) / (height + gap) };
            text.balanced(size.width, page as usize)
        });
        while text.has_more(self.at.at) {
            if !self.fits(height) {
                return false;
            }
            let last = self.is_last(height);
            let indent = match place {
                Place::Left(first, _) if self.at.at == 0 => first,
                Place::Left(_, others) => others,
                _ => 0,
            };
            let corner = if last { self.frame.mark } else { 0 };
            let room = self.frame.size.width.saturating_sub(indent + corner).max(height);
            let whole_line =
                even.iter().flatten().find(|line| line.start == self.at.at && line.width <= room);
            let mut line = whole_line.copied().unwrap_or_else(|| text.line(self.at.at, room));
            // Nothing is split for the sake of the page mark: then the page ends before.
            let whole = self.frame.size.width.saturating_sub(indent).max(height);
            if corner > 0 && line.forced && !self.page.rows.is_empty() && !text.line(self.at.at, whole).forced
            {
                return false;
            }
            if whole_line.is_none() {
                line = text.with_company(if even.is_some() { text.to_word(line) } else { line });
            }
            let x = match place {
                Place::Left(..) => indent,
                Place::Centre => room.saturating_sub(line.width) / 2,
                // All lines of what is signed give way to a page mark together, or none: see `place`.
                Place::Right => self.frame.size.width.saturating_sub(line.width),
            };
            let cells = mark.take().into_iter().chain([Cell { text: id, line, x }]);
            let room = if even.is_none() { room } else { 0 };
            self.push(Row { height, room, ..Row::default() }, cells);
            if even.is_none() {
                self.phrases(text, line, ends);
            }
            self.at.at = line.next;
            if text.has_more(line.next) {
                // A title longer than its page leaves no single line to the next one.
                let last_line = even.as_ref().and_then(|lines| lines.last());
                let one_left = last_line.is_some_and(|last| last.start == line.next);
                let title = matches!(place, Place::Centre) && !self.frame.strip;
                let ends = if title && one_left { Class::Inside } else { ends };
                let any = last || title || matches!(place, Place::Right);
                self.line_end(text, line, any, ends);
            }
        }
        true
    }

    /// The page might end with a phrase inside its last line; with a word where lines are so short that they hold few.
    fn phrases(&mut self, text: &Measured<'_>, line: Line, ends: Class) {
        let words = self.ends_with_any_word();
        let from = self.from();
        for n in line.start + 1..line.next {
            let class = text.phrase(n).or_else(|| words.then(|| text.text().word_end(from, n)).flatten());
            if let Some(class) = class {
                self.text_stop(Cursor { piece: self.at.piece, at: n }, class, ends, true);
            }
        }
    }

    /// Whether pages may end with any word: lines hold few.
    fn ends_with_any_word(&self) -> bool {
        self.frame.words && self.frame.size.width <= self.sized.px * ANY_WORD_EMS
    }

    /// The page might end with this line, which is not the paragraph's last.
    fn line_end(&mut self, text: &Measured<'_>, line: Line, last: bool, ends: Class) {
        let class = text.class(self.from(), &line, self.frame.words);
        // Between lines that both have room only a phrase's end is worth it, or company for what is signed.
        let signed = matches!(self.sized.pieces.get(self.at.piece + 1), Some(SizedPiece::SignOff(_)));
        if !last && class > Class::Colon && !signed && !self.ends_with_any_word() {
            return;
        }
        if self.frame.words && class > Class::Word {
            let word = text.to_word(line);
            if word.next < line.next {
                let class = text.class(self.from(), &word, true);
                self.text_stop(Cursor { piece: self.at.piece, at: word.next }, class, ends, true);
            }
        }
        self.text_stop(self.at, class, ends, false);
    }

    /// A list item, its lines hanging beside the mark.
    fn item(&mut self, depth: u32, mark: TextId, text: TextId) -> bool {
        let (px, page) = (self.sized.px, self.frame.size.width);
        let width = self.measured(mark).width();
        let hang = if width == 0 { 0 } else { width + (px / 4).min(page / 16) };
        let left = (depth * px).min(page / 4);
        // On a narrow page the lines do not hang: the text would stand in a gutter.
        let others = if (left + hang) * 4 > page { 0 } else { left + hang };
        let cell = (width > 0 && self.at.at == 0).then(|| self.whole(mark, left));
        self.lines(text, Place::Left(left + hang, others), Class::Clause, cell)
    }

    fn whole(&self, text: TextId, x: u32) -> Cell {
        Cell { text, line: self.measured(text).whole(), x }
    }

    /// A page of its own.
    fn picture(&mut self, index: usize) {
        if self.page.rows.is_empty() {
            self.push(Row { height: self.frame.size.height, picture: Some(index), ..Row::default() }, []);
            self.at = self.next_piece();
            self.after_piece();
        }
    }

    fn rule(&mut self) -> bool {
        let height = rule_height(self.sized.px);
        // Neither the first thing on a page nor between pages: a line below it has room, too.
        let least = height + self.frame.gap + self.sized.px;
        if !self.frame.strip && !self.page.rows.is_empty() && self.fits(least) {
            self.push(Row { height, rule: true, ..Row::default() }, []);
        }
        true
    }
}

fn rule_height(px: u32) -> u32 {
    (px / 16).max(1)
}
