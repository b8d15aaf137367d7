//! A notice's content measured at one size. Pages are filled from it more than once: without and with the
//! room for page marks, and to even them out.

use super::{
    Page,
    content::{Content, Piece},
    table::{Grid, Table},
};
use crate::{
    geometry::Size,
    render::{font::Face, measure::Measured, text::Text},
};

/// Lines of fewer characters hold a word or two.
const SHORT_LINE_EMS: u32 = 8;

/// Whether lines `width` pixels long hold a word or two of `px`.
pub(super) fn has_short_lines(width: u32, px: u32) -> bool {
    width < px * SHORT_LINE_EMS
}

/// Index into [`Sized::texts`].
pub(super) type TextId = usize;

/// Content at one size.
pub(super) struct Sized<'t> {
    /// Size of the body in pixels.
    pub px: u32,
    /// Every measured text.
    pub texts: Vec<Measured<'t>>,
    /// The pages of pictures.
    pub pictures: &'t [Page],
    /// In reading order.
    pub pieces: Vec<SizedPiece>,
    /// Whether a table had to give up its columns.
    pub flattened: bool,
}

/// A [`Piece`] measured.
pub(super) enum SizedPiece {
    Title(TextId),
    Heading(TextId),
    Paragraph(TextId),
    /// Depth, mark, text.
    Item(u8, TextId, TextId),
    Grid(Grid),
    /// A row of a table without columns, on one line; on a strip perhaps on several, with its first cell apart, too.
    FlatRow(TextId, Option<TextId>),
    /// The first cell of such a row, where one line does not hold all.
    FlatLabel(TextId),
    /// The others below it, named by the first.
    FlatValues(TextId, TextId),
    Rule,
    /// Index into [`Sized::pictures`].
    Picture(usize),
    SignOff(TextId),
}

impl<'t> Sized<'t> {
    /// Measures `content` for pages of `size`; `None` if a character has no glyph. Columns of tables are not tried on
    /// strips.
    pub(super) fn new(
        content: &'t Content,
        face: &Face<'_>,
        title_face: &Face<'_>,
        size: Size,
        strip: bool,
    ) -> Option<Self> {
        let mut sized = Self {
            px: face.px(),
            texts: Vec::with_capacity(content.pieces.len()),
            pictures: &content.pictures,
            pieces: Vec::with_capacity(content.pieces.len()),
            flattened: false,
        };
        for piece in &content.pieces {
            let piece = match piece {
                Piece::Title(text) => SizedPiece::Title(sized.add(text, title_face)?),
                Piece::Heading(text) => SizedPiece::Heading(sized.add(text, face)?),
                Piece::Paragraph(text) => SizedPiece::Paragraph(sized.add(text, face)?),
                Piece::SignOff(text) => SizedPiece::SignOff(sized.add(text, face)?),
                Piece::Item(depth, mark, text) => {
                    SizedPiece::Item(*depth, sized.add(mark, face)?, sized.add(text, face)?)
                }
                Piece::Rule => SizedPiece::Rule,
                Piece::Picture(index) => SizedPiece::Picture(*index),
                Piece::Table(table) => {
                    let before = sized.texts.len();
                    let grid = if strip { None } else { table.grid(face, size, &mut sized.texts) };
                    // Without columns the same characters are asked for again.
                    if let Some(grid) = grid {
                        SizedPiece::Grid(grid)
                    } else {
                        sized.texts.truncate(before);
                        sized.flattened |= !strip;
                        sized.flat(table, face, size, strip)?;
                        continue;
                    }
                }
            };
            sized.pieces.push(piece);
        }
        Some(sized)
    }

    /// The rows of a table without its columns.
    fn flat(&mut self, table: &'t Table, face: &Face<'_>, size: Size, strip: bool) -> Option<()> {
        let width = size.width;
        for row in table.flat() {
            let whole = self.add(&row.whole, face)?;
            // A strip has no line to spare for a name alone.
            let lines = if strip { size.height / self.px.max(1) } else { 1 };
            if self.holds(whole, width, lines) {
                let several = self.texts[whole].width() > width;
                let label = if several { Some(self.add(&row.label, face)?) } else { None };
                self.pieces.push(SizedPiece::FlatRow(whole, label));
                continue;
            }
            self.texts.pop();
            let label = self.add(&row.label, face)?;
            self.pieces.push(SizedPiece::FlatLabel(label));
            let values = table.values(row, has_short_lines(width, self.px));
            for text in values.iter().filter(|text| !text.is_blank()) {
                let text = self.add(text, face)?;
                self.pieces.push(SizedPiece::FlatValues(text, label));
            }
        }
        Some(())
    }

    /// Whether at most `most` lines hold a text with nothing torn, those behind the first a character in.
    fn holds(&self, text: TextId, width: u32, most: u32) -> bool {
        let text = &self.texts[text];
        if text.width() <= width {
            return true;
        }
        let (mut at, mut lines) = (0, 0);
        while text.has_more(at) && lines < most {
            let indent = if lines > 0 { self.px } else { 0 };
            let line = text.line(at, width.saturating_sub(indent));
            if line.forced {
                return false;
            }
            (at, lines) = (line.next, lines + 1);
        }
        !text.has_more(at)
    }

    /// It takes at least so many pages: what needs more than there may be need not be filled in.
    pub(super) fn least_pages(&self, size: Size, gap: u32) -> u32 {
        let (mut rows, mut height, mut pictures) = (0, 0, 0);
        for piece in &self.pieces {
            let text = match piece {
                SizedPiece::Rule => continue,
                SizedPiece::Picture(_) => {
                    pictures += 1;
                    continue;
                }
                SizedPiece::Grid(grid) => {
                    let lines = (grid.header.len() + grid.rows.len()) as u32;
                    rows += lines;
                    height += lines * (self.px + gap);
                    continue;
                }
                SizedPiece::Title(text)
                | SizedPiece::Heading(text)
                | SizedPiece::Paragraph(text)
                | SizedPiece::Item(_, _, text)
                | SizedPiece::FlatRow(text, _)
                | SizedPiece::FlatLabel(text)
                | SizedPiece::FlatValues(text, _)
                | SizedPiece::SignOff(text) => &self.texts[*text],
            };
            let lines = text.least_lines(size.width);
            // A title's lines may be higher, but not lower.
            rows += lines;
            height += lines * (text.px() + gap);
        }
        let all = size.height + gap;
        let by_rows = rows.div_ceil((all / (self.px + gap)).max(1));
        by_rows.max(height.div_ceil(all.max(1))) + pictures
    }

    fn add(&mut self, text: &'t Text, face: &Face<'_>) -> Option<TextId> {
        self.texts.push(text.at(face)?);
        Some(self.texts.len() - 1)
    }
}
