//! A face in the terminal: two rows of dots in one line of half blocks, in 24-bit colour or, where there is none,
//! in plain characters.

use std::io::Cursor;

use image::{ImageReader, Limits, RgbImage};

/// No frame takes more memory to decode.
const MAX_DECODED: u64 = 64 << 20;

/// The lines of a picture; `None` if it cannot be read.
pub fn lines(body: &[u8], color: bool) -> Option<Vec<String>> {
    let mut reader = ImageReader::new(Cursor::new(body)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    Some(of_image(&reader.decode().ok()?.to_rgb8(), color))
}

fn of_image(image: &RgbImage, color: bool) -> Vec<String> {
    let dot = |x: u32, y: u32| image.get_pixel_checked(x, y).map_or([0; 3], |pixel| pixel.0);
    let line = |y: u32| {
        let mut out = String::new();
        let mut before = None;
        for x in 0..image.width() {
            let pair = (dot(x, y), dot(x, y + 1));
            if !color {
                let lit = |dot: [u8; 3]| dot.iter().any(|part| *part > 0);
                out.push(match (lit(pair.0), lit(pair.1)) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                });
                continue;
            }
            if before != Some(pair) {
                let ([r, g, b], [s, h, c]) = pair;
                out.push_str(&format!("\x1b[38;2;{r};{g};{b};48;2;{s};{h};{c}m"));
                before = Some(pair);
            }
            out.push('▀');
        }
        if color {
            out.push_str("\x1b[0m");
        }
        out
    };
    (0..image.height()).step_by(2).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        color::ColorScheme,
        frame::{Format, Frame, Variant, encode},
        geometry::{Rotation, Size},
        render::Raster,
    };

    #[test]
    fn two_rows_of_dots_are_one_line() {
        let mut raster = Raster::dark(ColorScheme::Amber, Size::new(4, 3));
        raster.row_mut(0).copy_from_slice(&[1, 1, 0, 0]);
        raster.row_mut(1).copy_from_slice(&[1, 0, 1, 0]);
        raster.row_mut(2).copy_from_slice(&[0, 0, 0, 1]);
        let frame = Frame::new(&raster, Rotation::R0, Vec::new());
        let deep = Variant::bmp(ColorScheme::Amber, Some(8), true).unwrap();
        for variant in [Format::Bmp.into(), deep, Format::Png.into(), Format::Gif.into(), Format::Webp.into()]
        {
            let plain = lines(&encode(&frame, variant).unwrap(), false).unwrap();
            assert_eq!(plain, ["█▀▄ ", "   ▀"], "{variant:?}");
        }
        let colored = lines(&encode(&frame, Format::Bmp).unwrap(), true).unwrap();
        assert!(
            colored[0].starts_with("\x1b[38;2;255;191;0;48;2;255;191;0m▀\x1b[38;2;255;191;0;48;2;0;0;0m▀")
        );
        assert!(colored[1].ends_with("▀\x1b[0m"));
        assert_eq!(lines(b"nonsense", true), None);
    }
}
