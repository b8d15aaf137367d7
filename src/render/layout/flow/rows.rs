//! Tables on pages: in columns below their header, and row by row where they have none.

use super::{Cell, Filler, Place, Row, rule_height};
use crate::render::{
    layout::{sized::TextId, stop::Class, table::Grid},
    measure::Line,
};

impl Filler<'_, '_> {
    /// A table's rows from the cursor on, below its header.
    pub(super) fn grid(&mut self, grid: &Grid) -> bool {
        let height = self.sized.px;
        let row = Row { height, ..Row::default() };
        let line = Row { height: rule_height(height), rule: true, ..Row::default() };
        // The page mark's corner is free only beside short rows.
        let corner = self.frame.mark > 0 && grid.width + self.frame.mark > self.frame.size.width;
        let rows_left = grid.rows.len().saturating_sub(self.at.at) as u32;
        if !grid.header.is_empty() {
            let header = grid.header.len() as u32;
            if !self.fits((header + 1) * height + header * self.frame.gap) {
                return false;
            }
            grid.header.iter().for_each(|cells| self.push(row, cells.iter().copied()));
            // A line below the header, where it costs no row.
            let room = self.frame.size.height.saturating_sub(self.used) + self.frame.gap;
            let rows = |room: u32| room / (height + self.frame.gap);
            let left = (rows_left + self.signs_behind()).min(rows(room));
            if left > 0 && rows(room.saturating_sub(line.height + self.frame.gap)) >= left {
                self.push(line, []);
            }
        }
        let first = self.at.at;
        while let Some(cells) = grid.rows.get(self.at.at) {
            let fresh = self.at.at == first && !grid.header.is_empty();
            if !fresh
                && (!self.fits(height) || (corner && self.is_last(height) && !self.page.rows.is_empty()))
            {
                return false;
            }
            self.push(row, cells.iter().copied());
            self.at.at += 1;
            if self.at.at < grid.rows.len() {
                // A row alone before or behind the rest looks lost.
                let alone = self.at.at == first + 1 || self.at.at + 1 == grid.rows.len();
                self.stop(self.at, if alone { Class::Title } else { Class::Row }, false);
            }
        }
        true
    }

    /// A row of a table without columns, on one line or, on a strip, on several. Where it is two lines of whole values a
    /// page may end between them; the next one names the row again before it goes on.
    pub(super) fn flat_row(&mut self, id: TextId, label: Option<TextId>) -> bool {
        let px = self.sized.px;
        let Some((name, first, rest)) = label.and_then(|label| self.two_lines(id, label)) else {
            if let Some(label) = label.filter(|_| self.at.at > 0) {
                self.repeat(label, None);
            }
            return self.text(id, Place::Left(0, px), Class::Bound);
        };
        let row = Row { height: px, ..Row::default() };
        if self.at.at == 0 {
            if !self.fits(px) {
                return false;
            }
            self.push(row, [Cell { text: id, line: first, x: 0 }]);
            self.at.at = first.next;
            self.stop(self.at, Class::Colon, false);
        }
        if !self.fits(px) {
            return false;
        }
        let named = (self.at == self.start).then_some(name);
        let x = named.map_or(0, |name| name.line.width) + px;
        self.push(row, named.into_iter().chain([Cell { text: id, line: rest, x }]));
        self.at.at = rest.next;
        true
    }

    /// The name of a table's row on a strip and its two lines, if each is whole values and one line holds the name and the
    /// second of them.
    fn two_lines(&self, id: TextId, label: TextId) -> Option<(Cell, Line, Line)> {
        let (text, width, name) = (self.measured(id), self.frame.size.width, self.whole(label, 0));
        let first = text.line(0, width);
        let room = width.checked_sub(name.line.width + self.sized.px)?;
        let rest = text.line(first.next, room);
        let whole = text.char(first.next - 1) == Some('\u{3000}') && !text.has_more(rest.next);
        (self.frame.strip && whole && rest.width <= room).then_some((name, first, rest))
    }

    /// Names what a page begins with again, if that leaves room for `next`, or for more where that does not begin.
    pub(super) fn repeat(&mut self, label: TextId, next: Option<TextId>) {
        let (text, width) = (self.measured(label), self.frame.size.width);
        if !self.page.rows.is_empty() {
            return;
        }
        // A row above the page mark may be left out.
        let marked = usize::from(self.frame.mark > 0);
        let room = (self.frame.size.height + self.frame.gap) / (text.px() + self.frame.gap);
        let lines = text.count_lines(width);
        let rest = next.filter(|_| lines > 1).map_or(1, |next| self.measured(next).count_lines(width));
        if lines > 2 || lines > 1 && next.is_none() || (room as usize) < lines + rest + marked {
            return;
        }
        let balanced = text.balanced(width, 2);
        let lines = if balanced.is_empty() { vec![text.whole()] } else { balanced };
        for line in lines {
            let cell = Cell { text: label, line, x: 0 };
            self.push(Row { height: text.px(), ..Row::default() }, [cell]);
        }
    }

    /// The values of a row stand a character in from its name, unless the line is too short for that.
    pub(super) fn flat_indent(&self, id: TextId) -> u32 {
        let (text, width) = (self.measured(id), self.frame.size.width);
        if self.frame.has_short_lines(self.sized.px) {
            return 0;
        }
        let indent = self.sized.px.min(width / 8);
        let forced = |width: u32| {
            let mut line = text.line(0, width);
            while !line.forced && text.has_more(line.next) {
                line = text.line(line.next, width);
            }
            line.forced
        };
        if forced(width - indent) && !forced(width) { 0 } else { indent }
    }
}
