//! Layout: the one value between what a notice says and its pixels. Everything is measured and placed
//! here; [`draw`](super::draw()) only copies dots.
//!
//! `content` prepares a notice's texts, `sized` measures them at one size with `table`, `flow` fills a page,
//! `paginate` chooses where pages end, `lines` where their lines end, `mend` tries other pages where that tears words, `place` puts their rows where they stand, and `fit` chooses the size. `scroll`
//! sets a strip's notice as one line.

mod content;
mod fit;
mod flow;
mod grade;
mod lines;
mod mend;
mod paginate;
mod place;
mod scroll;
mod sized;
mod stop;
mod table;

#[cfg(test)]
mod ends;
#[cfg(test)]
mod given;
#[cfg(test)]
mod moves;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod test;

use std::sync::Arc;

pub(super) use stop::Class;

use super::{Fonts, Movement, Raster, picture};
use crate::{
    approval::ApprovedNotice,
    color::Ink,
    diagnostic::Diagnostic,
    notice::{Block, Body, Fit, NoticeId, SignOff, Style},
    screen::Profile,
    time::Priority,
};

/// A notice's pages on one profile. Text is kept once, in the pages' lines: many layouts are held at a
/// time.
#[derive(Debug)]
pub struct Layout {
    /// Which notice.
    pub id: NoticeId,
    /// Its pages; never empty.
    pub pages: Vec<Page>,
    /// The outline font that draws all of it, where one does ([`Fonts::outline_for`]).
    pub smooth: Option<u16>,
    /// How it moves where clips are allowed; `None`: its pages one after the other.
    pub movement: Option<Movement>,
    /// What its author should know about how it looks on this profile.
    pub warnings: Vec<Diagnostic>,
}

/// One screenful, placed but not drawn.
#[derive(Debug, Default)]
pub struct Page {
    /// How long it should stay, before rounding to whole polls.
    pub dwell_ms: u32,
    /// The text that its dots show, line by line.
    pub lines: Vec<String>,
    /// Where that text stands.
    pub runs: Box<[Run]>,
    /// Horizontal rules.
    pub rules: Box<[Rule]>,
    /// A picture, scaled and dithered, as large as the page.
    pub picture: Option<Arc<Raster>>,
}

/// A stretch of a line in one ink and size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// Index into [`Page::lines`].
    pub line: u16,
    /// First byte of the line's text.
    pub start: u16,
    /// The byte behind the last.
    pub end: u16,
    /// Pixels from the page's left edge to the first pen; a scroll's band may be longer than any face.
    pub x: i32,
    /// Pixels from the page's top edge to the top of the cell.
    pub y: i16,
    /// Height of the cell.
    pub px: u16,
    /// What it is drawn in.
    pub ink: Ink,
}

/// A horizontal rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Pixels from the left edge.
    pub x: i16,
    /// Pixels from the top edge.
    pub y: i16,
    /// Pixels long.
    pub width: u16,
    /// Pixels thick.
    pub height: u16,
}

/// What layout reads of an approved notice.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Which notice.
    pub id: &'a NoticeId,
    /// Its title; empty for none.
    pub title: &'a str,
    /// What it shows below the title.
    pub body: &'a Body,
    /// Issuer and date for the end.
    pub sign_off: &'a SignOff,
    /// Its priority.
    pub priority: Priority,
    /// The dwell that its header demands for each page.
    pub dwell_ms: Option<u32>,
    /// Its style.
    pub style: Style,
    /// How its picture meets the face, if the header says so.
    pub fit: Option<Fit>,
}

/// Lays an approved notice out for a profile. `keep` are words that are never split. The diagnostics say
/// why this profile cannot show it.
pub fn lay_out(
    notice: &ApprovedNotice,
    profile: &Profile,
    fonts: &Fonts,
    keep: &[String],
) -> Result<Layout, Vec<Diagnostic>> {
    let read = notice.notice();
    let document = Document {
        id: &read.id,
        title: &read.title,
        body: &read.body,
        sign_off: &read.sign_off,
        priority: notice.priority(),
        dwell_ms: notice.dwell_ms(),
        style: notice.style(),
        fit: notice.fit(),
    };
    lay_out_document(&document, profile, fonts, keep)
}

/// Lays out what [`Document`] holds; [`lay_out`] is the door for notices.
pub fn lay_out_document(
    document: &Document<'_>,
    profile: &Profile,
    fonts: &Fonts,
    keep: &[String],
) -> Result<Layout, Vec<Diagnostic>> {
    match document.body {
        Body::Picture(found) => {
            let picture::Shown { pages, movement, warnings } =
                picture::show(document, found, profile).map_err(|d| vec![d])?;
            Ok(Layout { id: document.id.clone(), pages, smooth: None, movement, warnings })
        }
        Body::Blocks(blocks) => {
            let (mut pictures, mut warnings) = (Vec::new(), Vec::new());
            for block in blocks {
                if let Block::Picture(found) = block {
                    // Between pages of text it stands still.
                    let shown = picture::show(document, found, profile).map_err(|d| vec![d])?;
                    pictures.extend(shown.pages);
                    warnings.extend(shown.warnings);
                }
            }
            let content = content::Content::of_notice(document, blocks, pictures, keep);
            let mut layout = fit::lay_out(document.id, &content, profile, fonts, document.dwell_ms)?;
            layout.warnings.extend(warnings);
            Ok(layout)
        }
    }
}

/// Lays out the text that a screen shows when nothing is on air: one page, centred, as large as it goes.
pub fn lay_out_idle(text: &str, profile: &Profile, fonts: &Fonts) -> Result<Layout, Vec<Diagnostic>> {
    let content = content::Content::of_idle(text);
    fit::lay_out(&NoticeId::new("", "idle"), &content, profile, fonts, None)
}
