//! Layout: the one value between what a notice says and its pixels.

use crate::notice::NoticeId;

/// A notice's pages on one profile.
#[derive(Debug)]
pub struct Layout {
    /// Which notice.
    pub id: NoticeId,
    /// Its pages; never empty.
    pub pages: Vec<Page>,
}

/// One screenful, placed but not drawn.
#[derive(Debug)]
pub struct Page {
    /// How long it should stay, before rounding to whole polls.
    pub dwell_ms: u32,
    /// The text that its dots show, line by line.
    pub lines: Vec<String>,
}
