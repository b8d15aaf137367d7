//! Tables on pages: in columns below their header, and row by row where they have none.

use super::{Cell, Cursor, Filler, Place, Row, rule_height};
use crate::render::{
    layout::{
        sized::TextId,
        stop::{Class, Stop},
        table::Grid,
    },
    measure::{Line, Measured},
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
            let left = rows_left.min(rows(room));
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
                self.stop(self.at, if alone { Class::Colon } else { Class::Row }, None);
            }
        }
        true
    }

    /// A row of a table on a strip. What goes on behind its page's end is named again: on its own line if there is
    /// room, else above.
    pub(super) fn flat_row(&mut self, id: TextId, label: Option<TextId>) -> bool {
        let (text, px) = (self.measured(id), self.sized.px);
        let parts = label.and_then(|label| Some((label, self.named_rest(text, label)?)));
        match (parts, label) {
            (Some((label, rest)), _) if rest.start == self.at.at => {
                if !self.fits(text.px()) {
                    return false;
                }
                let name = self.whole(label, 0);
                let x = name.line.width + px;
                self.push(
                    Row { height: text.px(), ..Row::default() },
                    [name, Cell { text: id, line: rest, x }],
                );
                self.at.at = rest.next;
                return true;
            }
            (_, Some(label)) if self.at.at > 0 => self.repeat(label),
            _ => {}
        }
        let whole = self.text(id, Place::Left(0, px), Class::Bound);
        if let Some((_, rest)) = parts {
            let next = Cursor { at: rest.start, ..self.at };
            for stop in self.page.stops.iter_mut().filter(|stop| stop.next == next) {
                *stop = Stop { class: Class::Colon, text: Class::Colon, bound: false, ..*stop };
            }
        }
        whole
    }

    /// What remains of a table's row behind its first line, if it is whole values that one line holds behind the row's
    /// name.
    fn named_rest(&self, text: &Measured<'_>, label: TextId) -> Option<Line> {
        let first = text.line(0, self.frame.size.width);
        let room = self.frame.size.width.checked_sub(self.measured(label).width() + self.sized.px)?;
        let rest = text.line(first.next, room);
        let whole = text.char(first.next - 1) == Some('\u{3000}') && !text.has_more(rest.next);
        (self.frame.strip && whole && rest.width <= room).then_some(rest)
    }

    /// Names what a page begins with again, if that leaves room for more.
    pub(super) fn repeat(&mut self, label: TextId) {
        let text = self.measured(label);
        // A row above the page mark may be left out.
        let rows = if self.frame.mark > 0 { 3 } else { 2 };
        let room = (self.frame.size.height + self.frame.gap) / (text.px() + self.frame.gap);
        if self.page.rows.is_empty() && room >= rows && text.width() <= self.frame.size.width {
            let cell = self.whole(label, 0);
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
