//! How do pixels lie in bytes? The packings that several formats share: bits of an index side by side, one
//! bit plane, and red-green-blue.

use crate::render::Raster;

/// Appends `row`, one index a byte, with `bits` (1, 2, 4 or 8) for each pixel, leftmost in the highest bits;
/// the last byte is filled up with zeros.
pub(super) fn indices(row: &[u8], bits: u32, out: &mut Vec<u8>) {
    if bits == 8 {
        out.extend_from_slice(row);
        return;
    }
    let per_byte = (8 / bits) as usize;
    out.extend(row.chunks(per_byte).map(|pixels| {
        let packed = pixels.iter().fold(0, |byte, pixel| byte << bits | pixel);
        packed << (bits as usize * (per_byte - pixels.len()))
    }));
}

/// Bit `plane` of every pixel: row by row, leftmost in the highest bit, rows filled up to whole bytes.
pub(super) fn plane(raster: &Raster, plane: u32, out: &mut Vec<u8>) {
    for y in 0..raster.size().height {
        plane_row(raster.row(y), plane, out);
    }
}

/// The same of one row, one index a byte.
pub(super) fn plane_row(row: &[u8], plane: u32, out: &mut Vec<u8>) {
    out.extend(row.chunks(8).map(|pixels| {
        pixels.iter().enumerate().fold(0, |byte, (n, pixel)| byte | (pixel >> plane & 1) << (7 - n))
    }));
}

/// Three bytes a pixel, row by row, no padding.
pub(super) fn rgb(raster: &Raster) -> Vec<u8> {
    let palette = raster.scheme().palette();
    if palette.is_empty() {
        return raster.bytes().to_vec();
    }
    raster.bytes().iter().flat_map(|index| palette[*index as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leftmost_pixel_lies_in_the_highest_bits() {
        let mut out = Vec::new();
        indices(&[1, 0, 0, 0, 0, 0, 0, 1, 1], 1, &mut out);
        assert_eq!(out, [0b1000_0001, 0b1000_0000]);
        out.clear();
        indices(&[3, 0, 1, 2, 1], 2, &mut out);
        assert_eq!(out, [0b11_00_01_10, 0b01_00_00_00]);
        out.clear();
        indices(&[7, 1, 5], 4, &mut out);
        assert_eq!(out, [0x71, 0x50]);
    }
}
