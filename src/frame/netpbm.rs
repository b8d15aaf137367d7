//! PBM and PPM, binary: the formats that a few lines of any language read.

use super::pack;
use crate::render::Raster;

/// `P4`. In PBM 1 is black: unlit dots are 1, lit ones 0, so that it looks as the face does.
pub(super) fn pbm(raster: &Raster) -> Vec<u8> {
    let size = raster.size();
    let mut out = format!("P4\n{} {}\n", size.width, size.height).into_bytes();
    let head = out.len();
    pack::plane(raster, 0, &mut out);
    let stride = size.width.div_ceil(8) as usize;
    let unused = stride as u32 * 8 - size.width;
    for row in out[head..].chunks_exact_mut(stride.max(1)) {
        for byte in row.iter_mut() {
            *byte = !*byte;
        }
        if let Some(last) = row.last_mut() {
            *last &= 0xFF << unused; // the bits beyond the row's end stay zero
        }
    }
    out
}

/// `P6`, 8 bits a channel.
pub(super) fn ppm(raster: &Raster) -> Vec<u8> {
    let size = raster.size();
    let mut out = format!("P6\n{} {}\n255\n", size.width, size.height).into_bytes();
    out.extend(pack::rgb(raster));
    out
}
