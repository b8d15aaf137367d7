//! What the tests of layout share: a notice put together in a line or two.

use super::*;
use crate::{color::ColorScheme, geometry::Size, notice::Span, render::test::fonts};

pub(super) fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Span { text: text.to_owned(), strong: false }])
}

pub(super) struct Given<'a> {
    pub title: &'a str,
    pub blocks: Vec<Block>,
    pub sign_off: SignOff,
    pub priority: Priority,
    pub style: Style,
}

impl<'a> Given<'a> {
    pub(super) fn new(title: &'a str, blocks: Vec<Block>) -> Self {
        Self { title, blocks, sign_off: SignOff::default(), priority: Priority::Normal, style: Style::Auto }
    }

    pub(super) fn on(self, profile: &Profile) -> Result<Layout, Vec<Diagnostic>> {
        let document = Document {
            id: &NoticeId::new("bureau", "a.txt"),
            title: self.title,
            body: &Body::Blocks(self.blocks),
            sign_off: &self.sign_off,
            priority: self.priority,
            dwell_ms: None,
            style: self.style,
            fit: None,
        };
        lay_out_document(&document, profile, fonts(), &[])
    }
}

pub(super) fn profile(width: u32, height: u32, scheme: ColorScheme) -> Profile {
    Profile::new(Size::new(width, height), scheme)
}

pub(super) fn lines(layout: &Layout) -> Vec<Vec<&str>> {
    layout.pages.iter().map(|page| page.lines.iter().map(String::as_str).collect()).collect()
}

/// A notice of two sentences.
pub(super) const CLASSES: &str = "台风预警已解除，经安全排查，全县中小学、幼儿园7月25日起恢复正常教学秩序。个别受损路段的学生由学校另行通知到校时间。";
