//! PNG at the depth of the scheme: a palette of 1, 2 or 4 bits, or RGB.

use super::pack;
use crate::render::Raster;

/// One to four bits a pixel with palette, or 24 bits.
pub(super) fn encode(raster: &Raster) -> Option<Vec<u8>> {
    let size = raster.size();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size.width, size.height);
    let bits = raster.scheme().planes().map(|planes| if planes == 3 { 4 } else { planes });
    let mut pixels = Vec::new();
    if let Some(bits) = bits {
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(match bits {
            1 => png::BitDepth::One,
            2 => png::BitDepth::Two,
            _ => png::BitDepth::Four,
        });
        encoder.set_palette(raster.scheme().palette().concat());
        // Neighbouring bytes of packed indices have nothing to do with each other: filters only cost.
        encoder.set_filter(png::Filter::NoFilter);
        for y in 0..size.height {
            pack::indices(raster.row(y), bits, &mut pixels);
        }
    } else {
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        pixels = raster.bytes().to_vec();
    }
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(out)
}
