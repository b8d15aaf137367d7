//! Is this file a picture that can be drawn? It is decoded once, whole and in bounded memory, so that a
//! half-copied or malicious one is refused here and not met later.

use std::io::Cursor;

use image::{
    AnimationDecoder as _, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::png::PngDecoder,
    metadata::Orientation,
};

use super::{Picture, bounds};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    geometry::Size,
};

/// Why bytes are no picture.
enum Refused {
    Broken(String),
    TooLarge(String, String),
}

impl<E: std::error::Error> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Decodes a picture of any kind that we know; its content, not its name, says which.
pub(super) fn read(bytes: &[u8], place: &Place) -> Result<Picture, Diagnostic> {
    let read = || {
        if bytes.len() > bounds::PICTURE_BYTES {
            let (has, may) = (mebibytes(bytes.len()), mebibytes(bounds::PICTURE_BYTES));
            return Err(Refused::TooLarge(has, may));
        }
        let format = image::guess_format(bytes)?;
        match format {
            ImageFormat::Png => png_size(bytes),
            ImageFormat::Gif => gif_size(bytes),
            // Compressed data does not end in zeros; a file that is still being copied does, and decodes.
            ImageFormat::WebP if bytes.ends_with(&[0; 24]) || !is_whole_riff(bytes) => Err(truncated()),
            ImageFormat::WebP => webp_size(bytes),
            ImageFormat::Jpeg if !has_jpeg_end(bytes) => Err(truncated()),
            ImageFormat::Jpeg | ImageFormat::Bmp => still_size(bytes, format).map(|size| (size, 1)),
            other => Err(Refused::Broken(format!("{other:?}"))),
        }
    };
    match read() {
        Ok((size, frames)) => Ok(Picture { bytes: bytes.into(), size, frames }),
        Err(Refused::Broken(why)) => Err(Diagnostic::refusal(place.clone(), Msg::PictureBroken, [why])),
        Err(Refused::TooLarge(has, may)) => {
            Err(Diagnostic::refusal(place.clone(), Msg::PictureTooLarge, [has, may]))
        }
    }
}

fn truncated() -> Refused {
    Refused::Broken("unexpected end of file".to_owned())
}

fn mebibytes(bytes: usize) -> String {
    format!("{}.{} MiB", bytes >> 20, ((bytes & 0xF_FFFF) * 10) >> 20)
}

/// Looks at the size that a file claims, before anything is allocated for it.
fn check_size(width: u32, height: u32) -> Result<Size, Refused> {
    let size = Size::new(width, height);
    if width > bounds::PICTURE_SIDE || height > bounds::PICTURE_SIDE || size.area() > bounds::PICTURE_PIXELS {
        let may =
            format!("{0}x{0}, {1} megapixels", bounds::PICTURE_SIDE, bounds::PICTURE_PIXELS / 1_000_000);
        return Err(Refused::TooLarge(size.to_string(), may));
    }
    if size.area() == 0 { Err(Refused::Broken("0 pixels".to_owned())) } else { Ok(size) }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(bounds::PICTURE_SIDE);
    limits.max_image_height = Some(bounds::PICTURE_SIDE);
    limits.max_alloc = Some(bounds::DECODER_BYTES);
    limits
}

/// Row by row: a picture of any permitted size takes a few rows of memory.
fn png_size(bytes: &[u8]) -> Result<(Size, u32), Refused> {
    let limits = png::Limits { bytes: bounds::DECODER_BYTES as usize };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    let info = decoder.read_header_info()?;
    let size = check_size(info.width, info.height)?;
    let mut reader = decoder.read_info()?;
    if reader.info().animation_control.is_some() {
        return apng_size(bytes, size);
    }
    while reader.next_interlaced_row()?.is_some() {}
    reader.finish()?;
    let orientation = reader.info().exif_metadata.as_deref().and_then(Orientation::from_exif_chunk);
    Ok((turned(size, orientation), 1))
}

/// An animated PNG: each of its frames is as large as the canvas.
fn apng_size(bytes: &[u8], size: Size) -> Result<(Size, u32), Refused> {
    let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits())?;
    let mut count = Count::default();
    for frame in decoder.apng()?.into_frames() {
        frame?;
        count.add(size.area())?;
    }
    Ok((size, count.frames()?))
}

fn gif_size(bytes: &[u8]) -> Result<(Size, u32), Refused> {
    let mut options = gif::DecodeOptions::new();
    options.set_memory_limit(gif::MemoryLimit::Bytes(
        std::num::NonZeroU64::new(bounds::DECODER_BYTES).unwrap_or(std::num::NonZeroU64::MIN),
    ));
    let mut decoder = options.read_info(bytes)?;
    let size = check_size(u32::from(decoder.width()), u32::from(decoder.height()))?;
    let mut count = Count::default();
    while let Some(frame) = decoder.read_next_frame()? {
        count.add(Size::new(u32::from(frame.width), u32::from(frame.height)).area())?;
    }
    Ok((size, count.frames()?))
}

fn webp_size(bytes: &[u8]) -> Result<(Size, u32), Refused> {
    let mut decoder = image::codecs::webp::WebPDecoder::new(Cursor::new(bytes))?;
    let (width, height) = decoder.dimensions();
    let size = check_size(width, height)?;
    if !decoder.has_animation() {
        return Ok((still_size(bytes, ImageFormat::WebP)?, 1));
    }
    decoder.set_limits(limits())?;
    let mut count = Count::default();
    for frame in decoder.into_frames() {
        frame?;
        count.add(size.area())?;
    }
    Ok((size, count.frames()?))
}

/// The frames of an animation, counted while they are decoded.
#[derive(Default)]
struct Count {
    frames: u32,
    pixels: u64,
}

impl Count {
    fn add(&mut self, pixels: u64) -> Result<(), Refused> {
        self.frames += 1;
        self.pixels += pixels;
        if self.frames > bounds::ANIMATION_FRAMES {
            let may = format!("{} frames", bounds::ANIMATION_FRAMES);
            return Err(Refused::TooLarge(format!("> {may}"), may));
        }
        if self.pixels > bounds::ANIMATION_PIXELS {
            let may = format!("{} megapixels", bounds::ANIMATION_PIXELS / 1_000_000);
            return Err(Refused::TooLarge(format!("> {may}"), may));
        }
        Ok(())
    }

    fn frames(&self) -> Result<u32, Refused> {
        if self.frames == 0 { Err(truncated()) } else { Ok(self.frames) }
    }
}

fn still_size(bytes: &[u8], format: ImageFormat) -> Result<Size, Refused> {
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions()?;
    let size = check_size(width, height)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let total = usize::try_from(decoder.total_bytes())?;
    if total as u64 > bounds::DECODER_BYTES {
        return Err(Refused::TooLarge(mebibytes(total), mebibytes(bounds::DECODER_BYTES as usize)));
    }
    decoder.read_image(&mut vec![0; total])?;
    Ok(turned(size, Some(orientation)))
}

fn turned(size: Size, orientation: Option<Orientation>) -> Size {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    match orientation {
        Some(Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH) => size.turned(),
        _ => size,
    }
}

/// Whether a WebP is as long as its head says (RFC 9649, 2.4): the decoder takes the frames that are there.
fn is_whole_riff(bytes: &[u8]) -> bool {
    let Some(&[a, b, c, d]) = bytes.get(4..8) else { return false };
    bytes.len() as u64 >= u64::from(u32::from_le_bytes([a, b, c, d])) + 8
}

/// Whether a JPEG goes on to its end-of-image marker (ITU-T T.81, B.1.1): the decoder draws a file that was
/// cut short with grey below. Segments are skipped by their length, so that a thumbnail's marker does not
/// count.
fn has_jpeg_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(marker) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == 0xFF)).map(|n| at + n)
    {
        match bytes.get(marker + 1) {
            Some(0xD9) => return true,
            // A stuffed byte, a restart, fill bytes: within the picture's data.
            Some(0x00 | 0x01 | 0xD0..=0xD8) => at = marker + 2,
            Some(0xFF) => at = marker + 1,
            Some(_) => {
                let Some(&[high, low]) = bytes.get(marker + 2..marker + 4) else { return false };
                at = marker + 2 + usize::from(u16::from_be_bytes([high, low]));
            }
            None => return false,
        }
    }
    false
}
