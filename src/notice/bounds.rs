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
