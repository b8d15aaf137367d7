//! A picture file's bytes become pixels, or an animation's frames one after the other. Nothing large is
//! copied: rows are read from what the decoder gave, and a turned photo is turned when it is small.

use std::io::{BufReader, Cursor};

use image::{
    AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageFormat, ImageReader, Limits,
    codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};

use crate::{geometry::Size, notice::bounds};

/// A picture is laid on paper if at least so much of it is transparent, in percent …
const CLEAR_PERCENT: u64 = 15;
/// … and what can be seen of it is darker than this, 0 to 255.
const DARK: u64 = 96;

/// One picture as its decoder gave it.
pub(super) struct Source {
    image: DynamicImage,
    /// How it must be turned to be upright.
    pub orientation: Orientation,
    /// What shows through where it is transparent: 0 the dark face, 255 paper.
    pub ground: u8,
}

impl Source {
    fn new(image: DynamicImage, orientation: Orientation) -> Self {
        // What no decoder of ours gives today.
        let image = match image {
            DynamicImage::ImageRgb32F(_) | DynamicImage::ImageRgba32F(_) => image.into_rgba8().into(),
            image => image,
        };
        Self { image, orientation, ground: 0 }
    }

    /// Width and height as stored, before it is turned.
    pub fn size(&self) -> Size {
        Size::new(self.image.width(), self.image.height())
    }

    /// Puts `width` pixels of row `y` from `left` into `out`, without transparency.
    pub fn row(&self, y: u32, left: u32, width: u32, out: &mut Vec<[u8; 3]>) {
        self.row_over(self.ground, y, (left, width), out);
    }

    fn row_over(&self, ground: u8, y: u32, (left, width): (u32, u32), out: &mut Vec<[u8; 3]>) {
        out.clear();
        let stride = self.image.width() as usize;
        let (from, to) = (y as usize * stride + left as usize, y as usize * stride + (left + width) as usize);
        let ground = u32::from(ground);
        let over = |level: u8, alpha: u8| {
            let alpha = u32::from(alpha);
            ((u32::from(level) * alpha + ground * (255 - alpha)) / 255) as u8
        };
        let high = |v: u16| (v >> 8) as u8;
        match &self.image {
            DynamicImage::ImageLuma8(b) => out.extend(b.as_raw()[from..to].iter().map(|v| [*v; 3])),
            DynamicImage::ImageLuma16(b) => out.extend(b.as_raw()[from..to].iter().map(|v| [high(*v); 3])),
            DynamicImage::ImageLumaA8(b) => {
                out.extend(b.as_raw()[from * 2..to * 2].chunks_exact(2).map(|p| [over(p[0], p[1]); 3]));
            }
            DynamicImage::ImageLumaA16(b) => {
                let row = b.as_raw()[from * 2..to * 2].chunks_exact(2);
                out.extend(row.map(|p| [over(high(p[0]), high(p[1])); 3]));
            }
            DynamicImage::ImageRgb8(b) => {
                out.extend(b.as_raw()[from * 3..to * 3].chunks_exact(3).map(|p| [p[0], p[1], p[2]]));
            }
            DynamicImage::ImageRgb16(b) => {
                let row = b.as_raw()[from * 3..to * 3].chunks_exact(3);
                out.extend(row.map(|p| [high(p[0]), high(p[1]), high(p[2])]));
            }
            DynamicImage::ImageRgba8(b) => {
                let row = b.as_raw()[from * 4..to * 4].chunks_exact(4);
                out.extend(row.map(|p| [over(p[0], p[3]), over(p[1], p[3]), over(p[2], p[3])]));
            }
            DynamicImage::ImageRgba16(b) => {
                let row = b.as_raw()[from * 4..to * 4].chunks_exact(4);
                let over = |level: u16, alpha: u16| over(high(level), high(alpha));
                out.extend(row.map(|p| [over(p[0], p[3]), over(p[1], p[3]), over(p[2], p[3])]));
            }
            // Turned into RGBA in `new`.
            _ => out.resize(width as usize, [0; 3]),
        }
    }

    /// What transparent places should show: dark drawings lie on paper, all others on the dark face.
    pub fn best_ground(&self) -> u8 {
        if !self.image.color().has_alpha() {
            return 0;
        }
        // Over black a row tells light times cover, and over white what is left.
        let (mut light, mut seen, mut all) = (0u64, 0u64, 0u64);
        let (mut dark, mut paper) = (Vec::new(), Vec::new());
        let size = self.size();
        let step = (size.height / 512).max(1);
        for y in (0..size.height).step_by(step as usize) {
            self.row_over(0, y, (0, size.width), &mut dark);
            self.row_over(255, y, (0, size.width), &mut paper);
            for (d, p) in dark.iter().zip(&paper) {
                light += d.iter().map(|c| u64::from(*c)).sum::<u64>() / 3;
                seen += 255 - u64::from(p[1].saturating_sub(d[1]));
                all += 255;
            }
        }
        let clear = (all - seen) * 100 >= all * CLEAR_PERCENT;
        if clear && light * 255 < seen * DARK { 255 } else { 0 }
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(bounds::PICTURE_SIDE);
    limits.max_image_height = Some(bounds::PICTURE_SIDE);
    limits.max_alloc = Some(bounds::DECODER_BYTES);
    limits
}

fn check(decoder: &impl ImageDecoder) -> Result<Size, String> {
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height);
    if size.area() > bounds::PICTURE_PIXELS || size.area() == 0 {
        return Err(format!("{size}, at most {} pixels are allowed", bounds::PICTURE_PIXELS));
    }
    Ok(size)
}

/// Decodes a picture that stands still. The error says what is wrong.
pub(super) fn still(bytes: &[u8]) -> Result<Source, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(|e| e.to_string())?;
    check(&decoder)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|e| e.to_string())?;
    let mut source = Source::new(image, orientation);
    source.ground = source.best_ground();
    Ok(source)
}

/// The frames of an animation, decoded as they are asked for, each with how long it shows in milliseconds.
pub(super) struct Moving<'a> {
    frames: Frames<'a>,
    /// How many more may be decoded: bounds the time, since each is as large as the canvas.
    left: u64,
}

/// Begins to decode an animation.
pub(super) fn moving(bytes: &[u8]) -> Result<Moving<'_>, String> {
    let fail = |e: image::ImageError| e.to_string();
    let reader = BufReader::new(Cursor::new(bytes));
    let (size, frames) = match image::guess_format(bytes).map_err(fail)? {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(reader).map_err(fail)?;
            decoder.set_limits(limits()).map_err(fail)?;
            (check(&decoder)?, decoder.into_frames())
        }
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(reader, limits()).map_err(fail)?;
            (check(&decoder)?, decoder.apng().map_err(fail)?.into_frames())
        }
        ImageFormat::WebP => {
            let mut decoder = WebPDecoder::new(reader).map_err(fail)?;
            decoder.set_limits(limits()).map_err(fail)?;
            (check(&decoder)?, decoder.into_frames())
        }
        other => return Err(format!("{other:?}")),
    };
    let most = (bounds::ANIMATION_PIXELS / size.area()).clamp(1, u64::from(bounds::ANIMATION_FRAMES));
    Ok(Moving { frames, left: most })
}

impl Iterator for Moving<'_> {
    type Item = Result<(Source, u32), String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let frame = match self.frames.next()? {
            Ok(frame) => frame,
            Err(error) => {
                self.left = 0;
                return Some(Err(error.to_string()));
            }
        };
        let (above, below) = frame.delay().numer_denom_ms();
        let ms = above / below.max(1);
        let source = Source::new(frame.into_buffer().into(), Orientation::NoTransforms);
        Some(Ok((source, ms)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(source: &Source) -> Vec<[u8; 3]> {
        let (size, mut row, mut all) = (source.size(), Vec::new(), Vec::new());
        for y in 0..size.height {
            source.row(y, 0, size.width, &mut row);
            all.extend(row.iter().copied());
        }
        all
    }

    #[test]
    fn every_kind_of_pixel_is_read() {
        let gray = image::GrayImage::from_pixel(2, 1, image::Luma([9]));
        let color = image::RgbImage::from_pixel(2, 1, image::Rgb([9, 8, 7]));
        let all: [(DynamicImage, [u8; 3]); 8] = [
            (gray.clone().into(), [9; 3]),
            (DynamicImage::from(gray.clone()).into_luma16().into(), [9; 3]),
            (DynamicImage::from(gray.clone()).into_luma_alpha8().into(), [9; 3]),
            (DynamicImage::from(gray).into_luma_alpha16().into(), [9; 3]),
            (color.clone().into(), [9, 8, 7]),
            (DynamicImage::from(color.clone()).into_rgb16().into(), [9, 8, 7]),
            (DynamicImage::from(color.clone()).into_rgba16().into(), [9, 8, 7]),
            (DynamicImage::from(color).into_rgb32f().into(), [9, 8, 7]),
        ];
        for (image, want) in all {
            let kind = image.color();
            assert_eq!(rows(&Source::new(image, Orientation::NoTransforms)), [want; 2], "{kind:?}");
        }
    }

    #[test]
    fn dark_drawings_lie_on_paper_and_light_ones_on_the_dark_face() {
        let drawing = |level: u8| {
            let pixel = |x, _| image::Rgba(if x == 3 { [level, level, level, 255] } else { [0; 4] });
            Source::new(image::RgbaImage::from_fn(8, 8, pixel).into(), Orientation::NoTransforms)
        };
        assert_eq!((drawing(10).best_ground(), drawing(240).best_ground()), (255, 0));
        let whole = image::RgbaImage::from_pixel(8, 8, image::Rgba([10, 10, 10, 255]));
        let whole = Source::new(whole.into(), Orientation::NoTransforms);
        assert_eq!(whole.best_ground(), 0, "a dark photo without holes stays on the dark face");
    }

    #[test]
    fn damaged_files_are_refused_and_huge_ones_too() {
        assert!(still(b"").is_err() && moving(b"").is_err());
        // A BMP that claims to be 60000 × 60000.
        let mut bmp = b"BM".to_vec();
        bmp.extend([0; 8]);
        bmp.extend(54u32.to_le_bytes());
        bmp.extend(40u32.to_le_bytes());
        bmp.extend(60_000u32.to_le_bytes());
        bmp.extend(60_000u32.to_le_bytes());
        bmp.extend([1, 0, 24, 0]);
        bmp.extend([0; 24]);
        assert!(still(&bmp).is_err());
    }
}
