//! Where do the lines of pages end, once it is known what stands on which page? Filling breaks each line as late as it
//! can; here the lines of a paragraph on one page are broken anew, all together, between words.

use super::{
    flow::{Cell, Frame, Row},
    paginate::Filled,
    sized::Sized,
};
use crate::render::{
    breaking::{self, Shape},
    measure::{Line, Measured},
};

/// `filled` with the lines of each page broken anew: as many as before, or one more where the page has room for it and
/// that keeps words whole. A page whose rows are not `well` then keeps its lines, if the one above the last, where the
/// page mark's air is, cannot be a little shorter.
pub(super) fn break_anew(
    filled: &Filled,
    sized: &Sized<'_>,
    frame: Frame,
    well: impl Fn(&Filled, &[Row]) -> bool,
) -> Filled {
    let mut anew = filled.without_rows();
    for rows in filled.pages() {
        anew.begin_page();
        let used: u32 = rows.iter().map(|row| row.height + frame.gap).sum();
        let spare = (frame.size.height + frame.gap).saturating_sub(used);
        for tight in [false, true] {
            let mut page = Page { filled, sized, frame, spare, tight };
            page.fill(rows, &mut anew);
            if anew.last_page().is_some_and(|rows| well(&anew, rows)) {
                break;
            }
            anew.clear_page();
            if tight {
                for row in rows {
                    anew.add_row(*row, filled.cells(row).iter().copied());
                }
            }
        }
    }
    anew
}

/// What one more line costs where words cannot be whole, or lines end badly.
const LINE_COST: u32 = 36;

/// A page whose lines are broken anew.
struct Page<'a> {
    filled: &'a Filled,
    sized: &'a Sized<'a>,
    frame: Frame,
    /// Pixels that its rows leave free.
    spare: u32,
    /// Whether the line above the last keeps off the page mark, too.
    tight: bool,
}

impl Page<'_> {
    /// Adds what stands in `rows` to the last page of `anew`.
    fn fill(&mut self, rows: &[Row], anew: &mut Filled) {
        let (filled, mut rest) = (self.filled, rows);
        while let Some(first) = rest.first() {
            let (lines, behind) = rest.split_at(self.paragraph(rest));
            rest = behind;
            let new = self.lines(lines, behind.is_empty());
            if let (Some(new), Some((body, marks))) = (new, filled.body(first).split_last()) {
                let last = new.len().saturating_sub(1);
                for (n, (line, x)) in new.into_iter().enumerate() {
                    let marks = if n == 0 { marks } else { &[] };
                    let signed = lines.last().filter(|_| n == last).map_or(&[][..], |row| filled.beside(row));
                    let cell = Cell { text: body.text, line, x };
                    let row = Row { beside: signed.len(), ..*first };
                    anew.add_row(row, marks.iter().copied().chain([cell]).chain(signed.iter().copied()));
                }
            } else {
                for row in lines {
                    anew.add_row(*row, filled.cells(row).iter().copied());
                }
            }
        }
    }

    /// How many of `rows` hold one text that may as well be broken elsewhere; at least 1.
    fn paragraph(&self, rows: &[Row]) -> usize {
        let body = |row: &Row| self.filled.body(row).last().copied().filter(|_| row.room > 0);
        let mut end = rows.first().and_then(body);
        let goes_on = |row: &&Row| {
            let next = body(row);
            let joined = end.zip(next).is_some_and(|(a, b)| a.text == b.text && a.line.next == b.line.start);
            end = next;
            joined
        };
        1 + rows.iter().skip(1).take_while(goes_on).count()
    }

    /// The lines of a paragraph's `rows`, each with its left edge; `at_end` if they are the page's last; `None` where they
    /// stay as they are.
    fn lines(&mut self, rows: &[Row], at_end: bool) -> Option<Vec<(Line, u32)>> {
        let cell = |row: &Row| self.filled.body(row).last().copied();
        let (first, second, last) = (cell(rows.first()?)?, cell(rows.get(1)?)?, cell(rows.last()?)?);
        let text = &self.sized.texts[first.text];
        if !text.text().is_chinese() {
            return None;
        }
        let part = (first.line.start, last.line.next);
        let mut rooms: Vec<u32> = rows.iter().map(|row| row.room).collect();
        if self.tight
            && at_end
            && let Some(room) = rooms.iter_mut().rev().nth(1)
        {
            *room = room.saturating_sub(self.frame.mark);
        }
        let mut best = breaking::lines(text, part, &rooms, Shape::Filled);
        let more = text.px() + self.frame.gap;
        // Where not all is well, a line less may be better: each was broken as if none came after it.
        let forced = best.as_ref().is_none_or(|(lines, _)| lines.iter().any(|line| line.forced));
        if forced && rooms.len() > 2 {
            let shorter: Vec<u32> = rooms[..1].iter().chain(&rooms[2..]).copied().collect();
            let fewer = breaking::lines(text, part, &shorter, Shape::Filled);
            let better = |(_, cost): &(_, u32)| best.as_ref().is_none_or(|(_, known)| cost < known);
            if let Some(fewer) = fewer.filter(better) {
                (best, self.spare, rooms) = (Some(fewer), self.spare + more, shorter);
            }
        }
        let known = best.as_ref().map_or(u32::MAX, |(_, cost)| *cost);
        let tears = best.as_ref().is_none_or(|(lines, _)| torn(text, lines));
        if self.spare >= more && (tears || known > LINE_COST) {
            rooms.insert(1, self.frame.size.width.saturating_sub(second.x));
            let longer = breaking::lines(text, part, &rooms, Shape::Filled);
            let better = |(lines, cost): &(Vec<Line>, u32)| {
                tears && !torn(text, lines) || cost.saturating_add(LINE_COST) < known
            };
            if let Some(longer) = longer.filter(better) {
                (best, self.spare) = (Some(longer), self.spare - more);
            }
        }
        let left = |n: usize| if n == 0 { first.x } else { second.x };
        Some(best?.0.into_iter().enumerate().map(|(n, line)| (line, left(n))).collect())
    }
}

/// How many lines of each page but its last one end inside a word.
pub(super) fn torn_lines(filled: &Filled, sized: &Sized<'_>) -> Vec<u32> {
    let inside = |row: &Row| {
        let cell = filled.body(row).last().filter(|_| row.room > 0);
        cell.is_some_and(|cell| {
            let text = &sized.texts[cell.text];
            text.has_more(cell.line.next) && text.text().is_chinese() && inside_word(text, &cell.line)
        })
    };
    let torn = |rows: &[Row]| rows.iter().rev().skip(1).filter(|row| inside(row)).count() as u32;
    filled.pages().map(torn).collect()
}

/// Lines of fewer letters may part compounds.
const LONG_LINE: usize = 6;

/// Whether one of `lines` but the last ends inside a word or, where it is long, a compound.
fn torn(text: &Measured<'_>, lines: &[Line]) -> bool {
    let mut ends = lines.iter().rev().skip(1);
    ends.any(|line| {
        inside_word(text, line) || text.letters(line) >= LONG_LINE && text.parts_compound(line.next)
    })
}

fn inside_word(text: &Measured<'_>, line: &Line) -> bool {
    line.forced || text.is_inside_word(line.next)
}
