//! WebP, lossless (VP8L).

use image::{ExtendedColorType, codecs::webp::WebPEncoder};

use super::pack;
use crate::render::Raster;

/// WebP's own limit on width and height.
const MAX_SIDE: u32 = 16_383;

/// 24 bits a pixel whatever the scheme; VP8L finds small palettes by itself.
pub(super) fn encode(raster: &Raster) -> Option<Vec<u8>> {
    let size = raster.size();
    if size.area() == 0 || size.width > MAX_SIDE || size.height > MAX_SIDE {
        return None;
    }
    let mut out = Vec::new();
    WebPEncoder::new_lossless(&mut out)
        .encode(&pack::rgb(raster), size.width, size.height, ExtendedColorType::Rgb8)
        .ok()?;
    Some(out)
}
