//! Windows BMP as old firmware reads it: `BITMAPINFOHEADER`, uncompressed, bottom-up unless asked otherwise, at
//! the depth of the scheme or a larger one. The colour table is always full (2, 16 or 256 entries): decoders that
//! ignore `biClrUsed` are not misled.

use super::pack;
use crate::render::Raster;

/// `BITMAPFILEHEADER` (14 bytes) and `BITMAPINFOHEADER` (40 bytes).
const HEADERS: u32 = 54;

/// `bits` (1, 4, 8 or 24) a pixel, enough for the scheme. With `top_down` the height is negative and the top row
/// comes first.
pub(super) fn encode(raster: &Raster, bits: u8, top_down: bool) -> Option<Vec<u8>> {
    let size = raster.size();
    let bits = u32::from(bits);
    let height = i32::try_from(size.height).ok()?;
    let height = if top_down { -height } else { height };
    let colors = if bits <= 8 { 1 << bits } else { 0 };
    let stride = size.width.checked_mul(bits)?.div_ceil(32).checked_mul(4)?;
    let image_bytes = stride.checked_mul(size.height)?;
    let offset = HEADERS + colors * 4;
    let file_bytes = offset.checked_add(image_bytes)?;

    let mut out = Vec::with_capacity(file_bytes as usize);
    out.extend(b"BM");
    for field in [file_bytes, 0, offset, 40, size.width] {
        out.extend(field.to_le_bytes());
    }
    out.extend(height.to_le_bytes());
    out.extend(1u16.to_le_bytes()); // biPlanes
    out.extend((bits as u16).to_le_bytes());
    for field in [0, image_bytes, 0, 0, colors, 0] {
        out.extend(field.to_le_bytes()); // biCompression to biClrImportant; no claim about dots a metre
    }
    let palette = raster.scheme().palette();
    for n in 0..colors as usize {
        let [r, g, b] = palette.get(n).copied().unwrap_or_default();
        out.extend([b, g, r, 0]);
    }
    for n in 0..size.height {
        let row = raster.row(if top_down { n } else { size.height - 1 - n });
        let end = out.len() + stride as usize;
        if bits < 24 {
            pack::indices(row, bits, &mut out);
        } else if palette.is_empty() {
            out.extend(row.chunks_exact(3).flat_map(|rgb| [rgb[2], rgb[1], rgb[0]]));
        } else {
            let bgr = |index: &u8| {
                let [r, g, b] = palette[usize::from(*index)];
                [b, g, r]
            };
            out.extend(row.iter().flat_map(bgr));
        }
        out.resize(end, 0);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{color::ColorScheme, geometry::Size};

    #[test]
    fn a_red_face_is_one_bit_deep_bottom_up_and_padded_to_four_bytes() {
        let mut raster = Raster::dark(ColorScheme::Red, Size::new(10, 2));
        raster.row_mut(0)[9] = 1;
        let bmp = encode(&raster, 1, false).unwrap();
        assert_eq!(bmp.len(), 54 + 8 + 8);
        assert_eq!(&bmp[2..6], 70u32.to_le_bytes(), "bfSize");
        assert_eq!(&bmp[34..38], 8u32.to_le_bytes(), "biSizeImage");
        assert_eq!(&bmp[54..62], [0, 0, 0, 0, 0, 0, 0xFF, 0], "unlit first, then red as BGR0");
        assert_eq!(&bmp[62..], [0, 0, 0, 0, 0, 0b0100_0000, 0, 0], "the top row comes last");
        let bmp = encode(&raster, 1, true).unwrap();
        assert_eq!(&bmp[22..26], (-2i32).to_le_bytes(), "biHeight");
        assert_eq!(&bmp[62..], [0, 0b0100_0000, 0, 0, 0, 0, 0, 0], "the top row comes first");
        let bmp = encode(&raster, 8, true).unwrap();
        assert_eq!(
            (bmp.len(), &bmp[54 + 1024..][..12]),
            (54 + 1024 + 24, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0][..])
        );
    }
}
