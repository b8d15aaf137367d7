//! Pixels without any header, for microcontrollers that know their own size.

use super::pack;
use crate::render::Raster;

/// The first `planes` bit planes, one after another.
pub(super) fn planes(raster: &Raster, planes: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for plane in 0..planes {
        pack::plane(raster, plane, &mut out);
    }
    out
}

/// Red, green and blue, a byte each.
pub(super) fn rgb888(raster: &Raster) -> Vec<u8> {
    pack::rgb(raster)
}

/// Five bits red (highest), six green, five blue (lowest): the high bits of each channel, in the byte order
/// that `bytes` gives.
pub(super) fn rgb565(raster: &Raster, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let rgb = pack::rgb(raster);
    rgb.chunks_exact(3)
        .flat_map(|p| bytes(u16::from(p[0] >> 3) << 11 | u16::from(p[1] >> 2) << 5 | u16::from(p[2] >> 3)))
        .collect()
}
