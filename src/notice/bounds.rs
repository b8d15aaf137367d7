//! How much may be dropped? Every bound on a notice in one table: checks, messages and tests read the
//! same figures.

/// Bytes of a text file, 1 MiB: a hundred thousand characters in any encoding fit.
pub const TEXT_BYTES: usize = 1 << 20;
/// Bytes of a sidecar or `playlist.yaml`, 64 KiB.
pub const SIDECAR_BYTES: usize = 64 << 10;
/// Lines of a header, blank ones and comments not counted.
pub const HEADER_LINES: usize = 64;
/// Characters of a notice's text below its header.
pub const BODY_CHARS: usize = 100_000;
/// Characters of a first line that may still be a title; a longer one is a paragraph.
pub const TITLE_CHARS: usize = 60;
/// Items of a list in a header.
pub const LIST_ITEMS: usize = 64;
/// Diagnostics about one file; more than these help nobody.
pub const DIAGNOSTICS: usize = 16;
/// Bytes of a picture file, 16 MiB.
pub const PICTURE_BYTES: usize = 16 << 20;
/// Pixels of a picture (or of an animation's canvas).
pub const PICTURE_PIXELS: u64 = 40_000_000;
/// Pixels along one side of a picture.
pub const PICTURE_SIDE: u32 = 16_384;
/// Frames of an animation.
pub const ANIMATION_FRAMES: u32 = 500;
/// Pixels of all frames of an animation together: bounds the time that decoding takes.
pub const ANIMATION_PIXELS: u64 = 100_000_000;
/// Bytes that a decoder may allocate: 40 megapixels at 4 bytes and its working memory.
pub const DECODER_BYTES: u64 = 256 << 20;
/// Milliseconds that a header may ask each page to stay.
pub const DWELL_MS: std::ops::RangeInclusive<u32> = 1_000..=600_000;
/// Days that `playlist.yaml` may keep notices without a term.
pub const KEEP_DAYS: std::ops::RangeInclusive<u32> = 1..=3660;
/// Years that a date may lie in.
pub const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;
/// Bytes of a Word or Excel file, 16 MiB.
pub const DOCUMENT_BYTES: usize = 16 << 20;
/// Files in the archive that a document is.
pub const ARCHIVE_ENTRIES: usize = 2000;
/// Bytes of one part of a document, and of all of them, unpacked: 32 MiB.
pub const UNPACKED_BYTES: u64 = 32 << 20;
/// How many times larger a part may become by unpacking it.
pub const UNPACKED_RATIO: u64 = 200;
/// Parts up to this size may become larger than that: empty pages of XML pack very well.
pub const RATIO_FREE_BYTES: u64 = 64 << 10;
/// Elements of one part of a document.
pub const XML_ELEMENTS: usize = 1_000_000;
/// Elements that are held at a time: a table of a Word file, a row of a sheet.
pub const XML_TREE_ELEMENTS: usize = 200_000;
/// Attributes of one element.
pub const XML_ATTRIBUTES: usize = 200;
/// How deep elements may be nested.
pub const XML_DEPTH: usize = 100;
/// Paragraphs and table rows of a Word file.
pub const PARAGRAPHS: usize = 10_000;
/// Rows of a table or sheet.
pub const TABLE_ROWS: usize = 2000;
/// Columns of a table or sheet.
pub const TABLE_COLUMNS: usize = 64;
/// Pictures in a document.
pub const DOCUMENT_PICTURES: usize = 12;
/// Fields of a Word file within each other.
pub const FIELD_DEPTH: usize = 20;
/// Pixels (of 96 to an inch) that a picture measures at least on the page; smaller ones are ornaments.
pub const DOCUMENT_PICTURE_SIDE: u32 = 24;
