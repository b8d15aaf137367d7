//! A picture file's bytes become upright pixels, black on white turned to light on dark.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};

use super::Pixels;
use crate::geometry::Size;

/// Most pixels of a picture.
pub(super) const MAX_PIXELS: u64 = 40_000_000;

/// Most bytes that a decoder may take: 40 million pixels of four bytes, and room to work.
const MAX_ALLOC: u64 = MAX_PIXELS * 4 + (64 << 20);

/// Decodes the first frame. The error says what is wrong.
pub(super) fn decode(bytes: &[u8]) -> Result<Pixels, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| e.to_string())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || width == 0 || height == 0 {
        return Err(format!("{width}x{height}, at most {MAX_PIXELS} pixels are allowed"));
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| e.to_string())?;
    image.apply_orientation(orientation);
    let size = Size::new(image.width(), image.height());
    let mut rgb = if image.color().has_alpha() { flattened(image) } else { image.into_rgb8().into_raw() };
    let line_art = is_line_art(&rgb);
    if line_art {
        invert_lightness(&mut rgb);
    }
    Ok(Pixels { size, rgb, line_art })
}

/// Without transparency: dark drawings lie on paper, all others on the dark face.
fn flattened(image: DynamicImage) -> Vec<u8> {
    let rgba = image.into_rgba8().into_raw();
    let (mut light, mut seen) = (0u64, 0u64);
    for pixel in rgba.chunks_exact(4) {
        let alpha = u64::from(pixel[3]);
        light += alpha * (u64::from(pixel[0]) + u64::from(pixel[1]) + u64::from(pixel[2]));
        seen += alpha;
    }
    let ground = if light < seen * 3 * 96 { 255u32 } else { 0 };
    let mut out = Vec::with_capacity(rgba.len() / 4 * 3);
    for pixel in rgba.chunks_exact(4) {
        let alpha = u32::from(pixel[3]);
        out.extend(pixel[..3].iter().map(|c| ((u32::from(*c) * alpha + ground * (255 - alpha)) / 255) as u8));
    }
    out
}

/// Mostly paper: over half of the pixels nearly white.
fn is_line_art(rgb: &[u8]) -> bool {
    let paper = rgb.chunks_exact(3).filter(|pixel| pixel.iter().all(|c| *c >= 216)).count();
    paper * 2 > rgb.len() / 3
}

/// White becomes black and black white; hues stay.
fn invert_lightness(rgb: &mut [u8]) {
    for pixel in rgb.chunks_exact_mut(3) {
        let (low, high) = (pixel[0].min(pixel[1]).min(pixel[2]), pixel[0].max(pixel[1]).max(pixel[2]));
        for c in pixel {
            // Within 0 to 255, since low ≤ c ≤ high.
            *c = (255 + i32::from(*c) - i32::from(low) - i32::from(high)) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hues_survive_the_inversion() {
        let mut pixels = [255, 255, 255, 0, 0, 0, 255, 0, 0, 200, 220, 255];
        invert_lightness(&mut pixels);
        assert_eq!(pixels, [0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 20, 55]);
    }

    #[test]
    fn damaged_files_are_refused_and_huge_ones_too() {
        assert!(decode(b"").is_err());
        // A BMP that claims to be 60000 × 60000.
        let mut bmp = b"BM".to_vec();
        bmp.extend([0; 8]);
        bmp.extend(54u32.to_le_bytes());
        bmp.extend(40u32.to_le_bytes());
        bmp.extend(60_000u32.to_le_bytes());
        bmp.extend(60_000u32.to_le_bytes());
        bmp.extend([1, 0, 24, 0]);
        bmp.extend([0; 24]);
        assert!(decode(&bmp).is_err());
    }
}
