//! What did the admin drop? A file's name and bytes become a [`Notice`], or diagnostics.
//!
//! Pure: bytes come in as arguments. A notice is not yet approved; only
//! [`approval`](crate::approval) makes something that may be shown.

mod body;
pub mod bounds;
pub mod charset;
pub mod clean;
pub mod date;
mod date_cursor;
pub mod header;
mod kind;
mod markdown;
mod office;
mod picture;
mod plain;
mod read;
mod signoff;

pub use kind::kind;
pub use office::Office;
pub use read::read;

use std::sync::Arc;

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    diagnostic::Diagnostic,
    digest::Digest,
    time::{Hours, Priority, UtcMillis},
};

/// Where a notice lies: playlist folder and file name. Written `playlist/file`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NoticeId {
    /// The playlist's folder name.
    pub playlist: Arc<str>,
    /// The file's name.
    pub file: Arc<str>,
}

impl NoticeId {
    /// An id from its two names.
    pub fn new(playlist: &str, file: &str) -> Self {
        Self { playlist: playlist.into(), file: file.into() }
    }
}

impl std::fmt::Display for NoticeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.playlist, self.file)
    }
}

/// How pages are laid out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Style {
    /// The screen decides.
    #[default]
    Auto,
    /// Still pages.
    Page,
    /// One seamless scroll, where the screen allows motion.
    Scroll,
}

/// How a picture meets the face.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fit {
    /// All of it is seen; dark bars where shapes differ.
    Contain,
    /// The face is filled; edges are cut.
    Cover,
    /// Dot for dot, centred, never scaled.
    None,
}

/// The values of a header, sidecar or `playlist.yaml`, as far as they are given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Header {
    /// 标题
    pub title: Option<String>,
    /// 类别
    pub category: Option<String>,
    /// 索引号
    pub index: Option<String>,
    /// 发布机构
    pub issuer: Option<String>,
    /// 文号
    pub document: Option<String>,
    /// 成文日期
    pub date: Option<Date>,
    /// 提供
    pub provider: Option<String>,
    /// 审核
    pub reviewer: Option<String>,
    /// 负责
    pub responsible: Option<String>,
    /// 保密审查
    pub secrecy_review: Option<String>,
    /// 自: from this instant on.
    pub from: Option<UtcMillis>,
    /// 至: the first instant at which it no longer holds. A bare date is that day's end.
    pub until: Option<UtcMillis>,
    /// 时段
    pub hours: Option<Hours>,
    /// 级别
    pub priority: Option<Priority>,
    /// 替代: file names in the same playlist.
    pub replaces: Option<Vec<String>>,
    /// 停留: how long each page stays.
    pub dwell_ms: Option<u32>,
    /// 样式
    pub style: Option<Style>,
    /// 适配
    pub fit: Option<Fit>,
    /// 屏幕: only these screens show it.
    pub screens: Option<Vec<String>>,
    /// 顺序
    pub order: Option<i64>,
    /// 编码
    pub charset: Option<String>,
    /// 隐私豁免: the reason.
    pub privacy_exempt: Option<String>,
    /// 保留天数, in `playlist.yaml` only: how many days a notice without `until` holds.
    pub keep_days: Option<u32>,
    /// Where each value stands, for diagnostics.
    pub places: header::Places,
}

/// A run of text in one emphasis.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Span {
    /// Cleaned text; no line ends.
    pub text: String,
    /// Drawn in the accent colour.
    pub strong: bool,
}

/// Where a table column's cells stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right.
    Right,
}

/// A block of the body, from Markdown or plain text.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub enum Block {
    /// A heading inside the body; level 1 to 6.
    Heading(u8, Vec<Span>),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// List items with the mark to draw (`1.` `·`), nested at most three deep.
    Item {
        /// 0 for the outermost list.
        depth: u8,
        /// What stands before it.
        mark: String,
        /// The item's text.
        spans: Vec<Span>,
    },
    /// A table; every row has as many cells as `align`.
    Table {
        /// One alignment a column.
        align: Vec<Align>,
        /// The header row; may be empty when there is none.
        header: Vec<String>,
        /// The rows below.
        rows: Vec<Vec<String>>,
    },
    /// A horizontal rule.
    Rule,
    /// A picture in a document: a page of its own.
    Picture(Picture),
}

/// A picture that was decoded once to know that it can be; drawn from its bytes when laid out.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Picture {
    /// The file as dropped.
    pub bytes: Arc<[u8]>,
    /// Pixels after EXIF orientation.
    pub size: crate::geometry::Size,
    /// Number of frames; 1 for a still.
    pub frames: u32,
}

/// What a notice shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
    /// Text in blocks.
    Blocks(Vec<Block>),
    /// A picture.
    Picture(Picture),
}

/// Issuer and date at the end of a text, from its last lines or the header.
#[derive(Clone, PartialEq, Eq, Debug, Default, Hash)]
pub struct SignOff {
    /// 落款
    pub issuer: Option<String>,
    /// The date as written in the text, or `2026年9月1日` from the header.
    pub date: Option<String>,
}

/// One dropped file, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Where it lies.
    pub id: NoticeId,
    /// Digest of the cleaned text (without the header) and title, or of the picture's bytes and title:
    /// the same for copies and re-saves in another charset. A document's holds all that is shown of it.
    pub digest: Digest,
    /// Its own header; the playlist's defaults are not in it.
    pub header: Header,
    /// Title, cleaned.
    pub title: String,
    /// What it shows below the title.
    pub body: Body,
    /// Issuer and date for the end.
    pub sign_off: SignOff,
    /// Every character of title, body, header values that are drawn, as one string: what the checks of
    /// [`approval`](crate::approval) read. Line n of it stands for line n of the file (in a Word file a
    /// paragraph or a table's row, in an Excel file a row); see [`Self::plain_lines`].
    pub plain: String,
    /// Warnings from reading it.
    pub warnings: Vec<Diagnostic>,
}

/// What comes in for one notice.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Playlist folder and file name.
    pub id: &'a NoticeId,
    /// The file's bytes.
    pub bytes: &'a [u8],
    /// The sidecar's file name and bytes, if there is one.
    pub sidecar: Option<(&'a str, &'a [u8])>,
    /// The zone in which dates are meant.
    pub zone: &'a TimeZone,
    /// Today in that zone, for dates in hints only.
    pub today: Date,
}

/// What a file in a playlist folder is, from its name alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `.txt`
    Text,
    /// `.md`
    Markdown,
    /// `.png .jpg .jpeg .gif .bmp .webp`
    Picture,
    /// `.docx .xlsx`
    Document(Office),
    /// `NAME.png.txt` or `.yaml`: the header of the picture or document named.
    Sidecar(String),
    /// `playlist.yaml`
    Defaults,
    /// Hidden, temporary, a template: not looked at.
    Ignored,
    /// It cannot be shown; the diagnostic says what to do.
    Unsupported(Diagnostic),
}
