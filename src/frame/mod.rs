//! What goes over the wire? A [`Frame`] is a page's final pixels; the encoders beside this file turn it
//! into the bytes of each [`Format`].

use std::fmt;

use crate::{color::ColorScheme, digest::Digest, geometry::Rotation, render::Raster};

/// Names a frame by its pixels: the first 16 bytes of SHA-256 over scheme, width, height, rotation and
/// packed pixels, in hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub [u8; 16]);

impl FrameId {
    /// From 32 hex digits, lower case.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut id = [0; 16];
        for (n, byte) in id.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[n * 2..n * 2 + 2], 16).ok()?;
        }
        Some(Self(id))
    }
}

impl fmt::Display for FrameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::digest::hex(&self.0))
    }
}

impl fmt::Debug for FrameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrameId({self})")
    }
}

/// A page's final pixels, turned as the face hangs, with the lines of text that its dots show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    id: FrameId,
    raster: Raster,
    lines: Vec<String>,
}

impl Frame {
    /// Turns `page` by `rotation` and names the result.
    pub fn new(page: &Raster, rotation: Rotation, lines: Vec<String>) -> Self {
        let raster = page.rotated(rotation);
        let size = raster.size();
        let digest = Digest::of_parts(&[
            raster.scheme().name().as_bytes(),
            &size.width.to_le_bytes(),
            &size.height.to_le_bytes(),
            &rotation.degrees().to_le_bytes(),
            &packed(&raster),
        ]);
        let mut id = [0; 16];
        id.copy_from_slice(&digest.0[..16]);
        Self { id: FrameId(id), raster, lines }
    }

    /// Its name.
    pub fn id(&self) -> FrameId {
        self.id
    }
    /// Its pixels, as the face hangs.
    pub fn raster(&self) -> &Raster {
        &self.raster
    }
    /// The text that its dots show, line by line.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

/// One bit a pixel row by row (MSB left, rows padded to bytes) for one-colour schemes; else as stored.
fn packed(raster: &Raster) -> Vec<u8> {
    if raster.scheme().planes() != Some(1) {
        return raster.bytes().to_vec();
    }
    let mut out = Vec::with_capacity((raster.size().area() / 8) as usize + 8);
    for y in 0..raster.size().height {
        out.extend(
            raster
                .row(y)
                .chunks(8)
                .map(|bits| bits.iter().enumerate().fold(0, |byte, (n, bit)| byte | (bit & 1) << (7 - n))),
        );
    }
    out
}

/// What a frame can be asked for as; the name is the file extension in URLs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum Format {
    /// Windows BMP, bottom-up: 1 bit for one-colour schemes, 4 bit for planes, 24 bit for `rgb`.
    Bmp,
    /// PNG: 1 bit with palette, 2 or 4 bit with palette, or RGB.
    Png,
    /// GIF, still.
    Gif,
    /// WebP, lossless.
    Webp,
    /// PBM `P4`, one-colour schemes.
    Pbm,
    /// PPM `P6`.
    Ppm,
    /// The lines of text, UTF-8, each ended with LF.
    Txt,
    /// Size, scheme, rows and lines as JSON.
    Json,
    /// One bit a pixel, row-major, MSB left, rows padded to bytes; one-colour schemes.
    Raw1,
    /// Red plane, then green plane, each like `raw.1`; `red-green`.
    RawRg,
    /// Red, green and blue planes, each like `raw.1`; `seven`.
    RawRgb3,
    /// 24-bit RGB, no padding.
    Raw888,
    /// RGB565, low byte first.
    Raw565Le,
    /// RGB565, high byte first.
    Raw565Be,
}

impl Format {
    /// Every format; an index into this array is `format as usize`.
    pub const ALL: [Self; 14] = [
        Self::Bmp,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Pbm,
        Self::Ppm,
        Self::Txt,
        Self::Json,
        Self::Raw1,
        Self::RawRg,
        Self::RawRgb3,
        Self::Raw888,
        Self::Raw565Le,
        Self::Raw565Be,
    ];

    /// What stands behind `frame.` in URLs.
    pub const fn ext(self) -> &'static str {
        match self {
            Self::Bmp => "bmp",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Pbm => "pbm",
            Self::Ppm => "ppm",
            Self::Txt => "txt",
            Self::Json => "json",
            Self::Raw1 => "raw.1",
            Self::RawRg => "raw.rg",
            Self::RawRgb3 => "raw.rgb3",
            Self::Raw888 => "raw.888",
            Self::Raw565Le => "raw.565le",
            Self::Raw565Be => "raw.565be",
        }
    }

    /// From what stands behind `frame.` in URLs.
    pub fn parse(ext: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ext() == ext)
    }

    /// The media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Bmp => "image/bmp",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pbm => "image/x-portable-bitmap",
            Self::Ppm => "image/x-portable-pixmap",
            Self::Txt => "text/plain; charset=utf-8",
            Self::Json => "application/json",
            _ => "application/octet-stream",
        }
    }

    /// Whether frames of `scheme` can be had in this format.
    pub const fn suits(self, scheme: ColorScheme) -> bool {
        match self {
            Self::Pbm | Self::Raw1 => matches!(scheme.planes(), Some(1)),
            Self::RawRg => matches!(scheme, ColorScheme::RedGreen),
            Self::RawRgb3 => matches!(scheme, ColorScheme::Seven),
            _ => true,
        }
    }
}
