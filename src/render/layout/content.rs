//! A notice's texts, prepared once for every size that is tried.

use super::{Document, Page, table::Table};
use crate::{
    color::Ink,
    notice::{Block, SignOff, Span, Style},
    render::text::Text,
    time::Priority,
};

/// Everything that stands on the pages, in order.
pub(super) struct Content {
    /// In reading order.
    pub pieces: Vec<Piece>,
    /// The pages of its pictures, drawn.
    pub pictures: Vec<Page>,
    /// All on one page: the idle text.
    pub single_page: bool,
    /// Whether it may or must run through instead.
    pub style: Style,
}

/// One thing in the flow.
pub(super) enum Piece {
    /// The notice's title.
    Title(Text),
    /// A heading in the body.
    Heading(Text),
    /// A paragraph; indented in the official style.
    Paragraph(Text),
    /// A list item: how deep it lies, its mark and its text.
    Item(u8, Text, Text),
    /// A table.
    Table(Table),
    /// A horizontal rule.
    Rule,
    /// The picture with this index, on a page of its own.
    Picture(usize),
    /// Issuer or date.
    SignOff(Text),
}

impl Content {
    /// `pictures` are the pages of the pictures in `blocks`.
    pub(super) fn of_notice(
        document: &Document<'_>,
        blocks: &[Block],
        pictures: Vec<Page>,
        keep: &[String],
    ) -> Self {
        let mut pieces = Vec::new();
        // Pictures at the end are what the signed text comes with.
        let text =
            blocks.iter().rposition(|block| !matches!(block, Block::Picture(_))).map_or(0, |at| at + 1);
        let mut next = 0..pictures.len();
        let ink = if document.priority == Priority::Emergency { Ink::Alert } else { Ink::Title };
        add(&mut pieces, Piece::Title, Text::new(&[(document.title, ink)], keep));
        for block in &blocks[..text] {
            match block {
                Block::Heading(_, spans) => {
                    add(&mut pieces, Piece::Heading, of_spans(spans, Ink::Title, keep));
                }
                Block::Paragraph(spans) => {
                    add(&mut pieces, Piece::Paragraph, of_spans(spans, Ink::Body, keep));
                }
                Block::Item { depth, mark, spans } => {
                    let mark = Text::new(&[(mark, Ink::Accent)], &[]);
                    add(
                        &mut pieces,
                        |text| Piece::Item(*depth, mark, text),
                        of_spans(spans, Ink::Body, keep),
                    );
                }
                Block::Table { align, header, rows } => {
                    pieces.extend(Table::new(align, header, rows, keep).map(Piece::Table));
                }
                Block::Rule => pieces.push(Piece::Rule),
                Block::Picture(_) => pieces.extend(next.next().map(Piece::Picture)),
            }
        }
        let SignOff { issuer, date } = document.sign_off;
        for text in [issuer, date].into_iter().flatten() {
            add(&mut pieces, Piece::SignOff, Text::new(&[(text, Ink::Quiet)], keep));
        }
        pieces.extend(next.map(Piece::Picture));
        Self { pieces, pictures, single_page: false, style: document.style }
    }

    pub(super) fn of_idle(text: &str) -> Self {
        let mut pieces = Vec::new();
        for line in text.lines().take(100) {
            add(&mut pieces, Piece::Title, Text::new(&[(line.trim(), Ink::Title)], &[]));
        }
        Self { pieces, pictures: Vec::new(), single_page: true, style: Style::Page }
    }

    /// Half ems of all texts, roughly.
    pub(super) fn half_ems(&self) -> u64 {
        self.texts().iter().map(|text| text.half_ems()).sum()
    }

    /// Every character that must have a glyph.
    pub(super) fn chars(&self) -> impl Iterator<Item = char> + Clone + '_ {
        self.texts().into_iter().flat_map(|text| text.chars().iter().copied())
    }

    fn texts(&self) -> Vec<&Text> {
        let mut out = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            match piece {
                Piece::Title(text) | Piece::Heading(text) | Piece::Paragraph(text) | Piece::SignOff(text) => {
                    out.push(text);
                }
                Piece::Item(_, mark, text) => out.extend([mark, text]),
                Piece::Table(table) => out.extend(table.texts()),
                Piece::Rule | Piece::Picture(_) => {}
            }
        }
        out
    }
}

fn add(pieces: &mut Vec<Piece>, piece: impl FnOnce(Text) -> Piece, text: Text) {
    if !text.is_blank() {
        pieces.push(piece(text));
    }
}

fn of_spans(spans: &[Span], plain: Ink, keep: &[String]) -> Text {
    let spans: Vec<(&str, Ink)> = spans
        .iter()
        .map(|span| (span.text.as_str(), if span.strong { Ink::Accent } else { plain }))
        .collect();
    Text::new(&spans, keep)
}
