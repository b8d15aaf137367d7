//! What signs a notice: issuer and date below its text, on a strip beside it.

use super::{Cell, Filler, Filling, Place, Row};
use crate::render::layout::{
    sized::{SizedPiece, TextId},
    stop::Class,
};

impl Filler<'_, '_> {
    /// Issuer or date: at the right below the text; in the middle where nothing else stands on a strip.
    pub(super) fn sign_off(&mut self, id: TextId) -> bool {
        self.part_from_table();
        let first = self.page.rows.len();
        // Beside text only on a strip, which has no line to spare; a date beside its issuer anywhere.
        let beside = self.frame.strip || self.page.rows.last().is_some_and(|row| row.sign_off);
        if beside && self.at.at == 0 && !self.fits(self.sized.px) && self.signs_beside(id) {
            return true;
        }
        let place = if self.frame.strip && self.only_signs() { Place::Centre } else { Place::Right };
        let whole = self.text(id, place, Class::Forced);
        self.page.rows.iter_mut().skip(first).for_each(|row| row.sign_off = true);
        whole
    }

    /// How many lines of what signs come next behind the piece at the cursor, at least.
    pub(super) fn signs_behind(&self) -> u32 {
        let behind = self.sized.pieces.iter().skip(self.at.piece + 1);
        behind.take_while(|piece| matches!(piece, SizedPiece::SignOff(_))).count() as u32
    }

    /// Whether the page holds nothing but what signs.
    fn only_signs(&self) -> bool {
        self.page.rows.iter().all(|row| row.sign_off)
    }

    /// Puts issuer or date at the end of the page's last line, a character or more behind what stands there. `false` if
    /// there is no room.
    fn signs_beside(&mut self, id: TextId) -> bool {
        let (text, px, width) = (self.measured(id), self.sized.px, self.frame.size.width);
        let in_the_middle = self.frame.strip && self.only_signs();
        let Filling { rows, cells, .. } = &mut *self.page;
        let Some(row) = rows.last_mut() else { return false };
        let signed = if row.sign_off { row.cells.1 - row.cells.0 } else { row.beside };
        let (body, signs) = cells[row.cells.0..].split_at_mut(row.cells.1 - row.cells.0 - signed);
        let from = body.last().map_or(0, |cell| cell.x + cell.line.width + px);
        // What signs already makes room.
        let left = signs.first().map_or(width, |cell| cell.x);
        let signs_width = signs.last().map_or(0, |cell| cell.x + cell.line.width - left + px);
        let taken = signs_width + text.width();
        if from + taken > width {
            return false;
        }
        let new_left = if in_the_middle { (width - taken) / 2 } else { width - taken };
        for cell in signs {
            cell.x = cell.x - left + new_left;
        }
        if !row.sign_off {
            row.beside += 1;
            row.room = row.room.min(new_left.saturating_sub(px));
        }
        row.cells.1 += 1;
        cells.push(Cell { text: id, line: text.whole(), x: new_left + signs_width });
        true
    }

    /// A little air between a table and what is signed, which would else look like one more row; where it costs no line.
    fn part_from_table(&mut self) {
        let before = self.at.piece.checked_sub(1).and_then(|piece| self.sized.pieces.get(piece));
        let (air, height) = (self.sized.px / 4 + self.frame.gap, self.sized.px + self.frame.gap);
        let lines =
            |room: u32| (self.frame.size.height + self.frame.gap).saturating_sub(self.used + room) / height;
        let signs = 1 + self.signs_behind();
        if self.at.at == 0
            && matches!(before, Some(SizedPiece::Grid(_)))
            && !self.page.rows.is_empty()
            && lines(air) > 0
            && lines(air).min(signs) == lines(0).min(signs)
        {
            self.push(Row { height: self.sized.px / 4, ..Row::default() }, []);
        }
    }
}
