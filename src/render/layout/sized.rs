//! A notice's content measured at one size. Pages are filled from it more than once: without and with the
//! room for page marks, and to even them out.

use super::{
    Page,
    content::{Content, Piece},
    table::Grid,
};
use crate::render::{
    font::Face,
    measure::{Measured, Text},
};

/// Index into [`Sized::texts`].
pub(super) type TextId = usize;

/// Content at one size.
pub(super) struct Sized<'t> {
    /// Size of the body in pixels.
    pub px: u32,
    /// Size of the title.
    pub title_px: u32,
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
    /// Rows of a table without columns: the whole on one line, or label and values below each other.
    Flat(Vec<FlatRow>),
    Rule,
    /// Index into [`Sized::pictures`].
    Picture(usize),
    SignOff(TextId),
}

pub(super) enum FlatRow {
    Whole(TextId),
    Parts(TextId, TextId),
}

impl<'t> Sized<'t> {
    /// Measures `content` for pages `width` pixels wide; `None` if a character has no glyph. Columns of
    /// tables are not tried on strips.
    pub(super) fn new(
        content: &'t Content,
        face: &Face<'_>,
        title_face: &Face<'_>,
        width: u32,
        strip: bool,
    ) -> Option<Self> {
        let mut sized = Self {
            px: face.px(),
            title_px: title_face.px(),
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
                    let grid = if strip { None } else { table.grid(face, width, &mut sized.texts) };
                    // Without columns the same characters are asked for again.
                    if let Some(grid) = grid {
                        SizedPiece::Grid(grid)
                    } else {
                        sized.texts.truncate(before);
                        sized.flattened |= !strip;
                        let mut rows = Vec::with_capacity(table.flat().len());
                        for row in table.flat() {
                            let whole = sized.add(&row.whole, face)?;
                            rows.push(if sized.texts[whole].width() <= width {
                                FlatRow::Whole(whole)
                            } else {
                                sized.texts.pop();
                                FlatRow::Parts(sized.add(&row.label, face)?, sized.add(&row.values, face)?)
                            });
                        }
                        SizedPiece::Flat(rows)
                    }
                }
            };
            sized.pieces.push(piece);
        }
        Some(sized)
    }

    fn add(&mut self, text: &'t Text, face: &Face<'_>) -> Option<TextId> {
        self.texts.push(text.at(face)?);
        Some(self.texts.len() - 1)
    }
}
