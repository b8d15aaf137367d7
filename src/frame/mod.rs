//! What goes over the wire? A [`Frame`] is a page's final pixels; the encoders beside this file turn it
//! into the bytes of each [`Format`]. A [`Clip`] is a page that moves.

mod bmp;
mod charset;
mod clip;
mod gif;
mod netpbm;
mod pack;
mod png;
mod raw;
mod text;
mod variant;
mod webp;

use std::fmt;

pub use variant::Variant;

use self::charset::Charset;
use crate::{color::ColorScheme, digest::Digest, geometry::Rotation, render::Raster, screen::Wiring};
pub use clip::{Clip, ClipFormat, Reel, encode_clip, encode_within, reels};

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
    if raster.scheme().planes() == Some(1) {
        raw::planes(raster, 1, Wiring::default())
    } else {
        raster.bytes().to_vec()
    }
}

/// The bytes of `frame` in a format or a variant of one, the same for the same frame each time; `None` where its
/// scheme cannot be had so (see [`Variant::suits`]) or the format cannot hold its size.
pub fn encode(frame: &Frame, variant: impl Into<Variant>) -> Option<Vec<u8>> {
    let (raster, variant): (_, Variant) = (frame.raster(), variant.into());
    let format = variant.format();
    if !variant.suits(raster.scheme()) {
        return None;
    }
    let wiring = variant.wiring();
    match format {
        Format::Bmp => bmp::encode(raster, variant.depth(raster.scheme()), variant.top_down()),
        Format::Png => png::encode(raster),
        Format::Gif => gif::encode(raster),
        Format::Webp => webp::encode(raster),
        Format::Pbm => Some(netpbm::pbm(raster)),
        Format::Ppm => Some(netpbm::ppm(raster)),
        Format::Txt | Format::TxtGb2312 | Format::TxtGb18030 => Some(text::txt(frame, format.charset()?).0),
        Format::Json => text::json(frame),
        Format::Raw1 => Some(raw::planes(raster, 1, wiring)),
        Format::RawRg => Some(raw::planes(raster, 2, wiring)),
        Format::RawRgb3 => Some(raw::planes(raster, 3, wiring)),
        Format::Raw888 => Some(raw::rgb888(raster, wiring)),
        Format::Raw565Le => Some(raw::rgb565(raster, wiring, u16::to_le_bytes)),
        Format::Raw565Be => Some(raw::rgb565(raster, wiring, u16::to_be_bytes)),
    }
}

/// How many characters of `frame` became 〓 because the character set of `format` lacks them; `None` where that
/// cannot happen.
pub fn unencodable(frame: &Frame, format: Format) -> Option<usize> {
    format.charset().filter(|charset| *charset == Charset::Gb2312).map(|charset| text::txt(frame, charset).1)
}

/// What a frame can be asked for as; the name is the file extension in URLs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum Format {
    /// Windows BMP: 1 bit for one-colour schemes, 4 bit for planes, 24 bit for `rgb`, unless a variant says more.
    Bmp,
    /// PNG: 1 bit with palette, 2 or 4 bit with palette, or RGB.
    Png,
    /// GIF, still; exact up to 256 colours.
    Gif,
    /// WebP, lossless.
    Webp,
    /// PBM `P4`, one-colour schemes; unlit is black (1), lit is white (0).
    Pbm,
    /// PPM `P6`.
    Ppm,
    /// The lines of text, UTF-8, each ended with LF.
    Txt,
    /// The same in GB 2312, for controllers with a font ROM; what does not fit is 〓.
    TxtGb2312,
    /// The same in GB 18030.
    TxtGb18030,
    /// Size, scheme, palette, rows of digits and lines of text as JSON.
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
    pub const ALL: [Self; 16] = [
        Self::Bmp,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Pbm,
        Self::Ppm,
        Self::Txt,
        Self::TxtGb2312,
        Self::TxtGb18030,
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
            Self::TxtGb2312 => "txt.gb2312",
            Self::TxtGb18030 => "txt.gb18030",
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
            Self::TxtGb2312 => "text/plain; charset=gb2312",
            Self::TxtGb18030 => "text/plain; charset=gb18030",
            Self::Json => "application/json",
            _ => "application/octet-stream",
        }
    }

    /// The character sets that [`in_charset`](Self::in_charset) knows.
    pub const CHARSETS: [&'static str; 3] = ["utf-8", "gb2312", "gb18030"];

    /// A text format in the character set of this name, as `?charset=` gives it; any other format is as it is.
    /// `None` if the name is unknown.
    pub fn in_charset(self, name: &str) -> Option<Self> {
        let all = [Self::Txt, Self::TxtGb2312, Self::TxtGb18030];
        if !all.contains(&self) {
            return Some(self);
        }
        Self::CHARSETS.iter().position(|known| name.eq_ignore_ascii_case(known)).map(|n| all[n])
    }

    /// What its text is written in, for text formats.
    const fn charset(self) -> Option<Charset> {
        match self {
            Self::Txt => Some(Charset::Utf8),
            Self::TxtGb2312 => Some(Charset::Gb2312),
            Self::TxtGb18030 => Some(Charset::Gb18030),
            _ => None,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geometry::Size;

    /// A face of `scheme` filled from `seed`; at most 200 colours on `rgb`.
    fn noise(scheme: ColorScheme, size: Size, seed: u64) -> Frame {
        let mut raster = Raster::dark(scheme, size);
        let mut state = seed | 1;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for y in 0..size.height {
            for pixel in raster.row_mut(y).chunks_exact_mut(scheme.bytes_per_pixel()) {
                match pixel {
                    [index] => *index = (next() % scheme.palette().len() as u64) as u8,
                    rgb => {
                        let n = (next() % 200) as u8;
                        rgb.copy_from_slice(&[n, n.wrapping_mul(7), 255 - n]);
                    }
                }
            }
        }
        Frame::new(&raster, Rotation::R0, vec!["明屏".into()])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// The `image` crate sees the very dots in every picture format. (It shares its encoder with our PNG,
        /// GIF and WebP; `tests/decoders.rs` asks libraries that do not.)
        #[test]
        fn every_picture_decodes_to_the_same_dots(
            scheme in prop::sample::select(ColorScheme::ALL.to_vec()),
            width in 1u32..70, height in 1u32..20, seed: u64,
        ) {
            let frame = noise(scheme, Size::new(width, height), seed);
            let pictures = [Format::Bmp, Format::Png, Format::Gif, Format::Webp];
            for format in Variant::of_screen(scheme, Wiring::default()).filter(|v| pictures.contains(&v.format())) {
                let bytes = encode(&frame, format).unwrap();
                prop_assert_eq!(&encode(&frame, format).unwrap(), &bytes, "the same bytes each time");
                let seen = image::load_from_memory(&bytes).unwrap().to_rgb8();
                prop_assert_eq!(seen.dimensions(), (width, height));
                prop_assert_eq!(seen.as_raw(), &pack::rgb(frame.raster()), "{:?}", format);
            }
        }
    }

    #[test]
    fn a_scheme_gives_exactly_the_formats_that_suit_it() {
        for scheme in ColorScheme::ALL {
            let frame = noise(scheme, Size::new(9, 3), 7);
            for format in Format::ALL {
                assert_eq!(encode(&frame, format).is_some(), format.suits(scheme), "{scheme} {format:?}");
                assert_eq!(Format::parse(format.ext()), Some(format));
                assert_eq!(Format::ALL[format as usize], format);
            }
        }
    }

    #[test]
    fn raw_planes_lie_one_after_another() {
        let mut raster = Raster::dark(ColorScheme::Seven, Size::new(9, 1));
        raster.row_mut(0).copy_from_slice(&[1, 2, 4, 7, 0, 0, 0, 0, 3]);
        let frame = Frame::new(&raster, Rotation::R0, Vec::new());
        let planes = encode(&frame, Format::RawRgb3).unwrap();
        assert_eq!(planes, [0b1001_0000, 0x80, 0b0101_0000, 0x80, 0b0011_0000, 0]);
    }

    #[test]
    fn text_and_json_say_what_the_dots_say() {
        let mut raster = Raster::dark(ColorScheme::RedGreen, Size::new(3, 2));
        raster.row_mut(1)[2] = 3;
        let frame = Frame::new(&raster, Rotation::R0, vec!["关于招生".into(), "的公告".into()]);
        assert_eq!(encode(&frame, Format::Txt).unwrap(), "关于招生\n的公告\n".as_bytes());
        assert_eq!(
            encode(&frame, Format::TxtGb2312).unwrap(),
            b"\xB9\xD8\xD3\xDA\xD5\xD0\xC9\xFA\n\xB5\xC4\xB9\xAB\xB8\xE6\n"
        );
        let json: serde_json::Value = serde_json::from_slice(&encode(&frame, Format::Json).unwrap()).unwrap();
        assert_eq!(json["rows"], serde_json::json!(["000", "003"]));
        assert_eq!(json["palette"][3], "ffff00");
        assert_eq!(json["lines"][1], "的公告");
        assert_eq!(json["id"], frame.id().to_string());
    }

    #[test]
    fn text_is_had_in_the_character_set_asked_for() {
        for (name, format) in
            [("UTF-8", Format::Txt), ("gb2312", Format::TxtGb2312), ("GB18030", Format::TxtGb18030)]
        {
            for any in [Format::Txt, Format::TxtGb2312, Format::TxtGb18030] {
                assert_eq!(any.in_charset(name), Some(format));
            }
            assert!(format.content_type().ends_with(&name.to_lowercase()));
        }
        assert_eq!(Format::Txt.in_charset("big5"), None);
        assert_eq!(Format::Bmp.in_charset("big5"), Some(Format::Bmp), "a picture has no character set");
        let raster = Raster::dark(ColorScheme::Red, Size::new(3, 2));
        let frame = Frame::new(&raster, Rotation::R0, vec!["王䶮".into(), "𬭊".into()]);
        assert_eq!(unencodable(&frame, Format::TxtGb2312), Some(2));
        assert_eq!((unencodable(&frame, Format::Txt), unencodable(&frame, Format::Bmp)), (None, None));
    }

    #[test]
    fn a_frame_is_named_by_what_its_face_shows() {
        let raster = Raster::dark(ColorScheme::Red, Size::new(8, 8));
        let plain = Frame::new(&raster, Rotation::R0, vec![]);
        assert_eq!(plain.id(), Frame::new(&raster, Rotation::R0, vec!["x".into()]).id());
        assert_ne!(plain.id(), Frame::new(&raster, Rotation::R180, vec![]).id());
        assert_eq!(FrameId::parse(&plain.id().to_string()), Some(plain.id()));
        for bad in ["", "0123", &"G".repeat(32), &"é".repeat(16), &"A".repeat(32)] {
            assert_eq!(FrameId::parse(bad), None, "{bad}");
        }
    }
}
