//! Linear light becomes what the LEDs can show: Floyd–Steinberg for shades, a plain threshold for line art.

use crate::{
    color::ColorScheme,
    geometry::Size,
    render::{Raster, light},
};

/// Half of the light.
const HALF: i32 = 1 << 15;
/// Line art loses thin lines at half the light: a grey that looks half bright is a fifth of it.
const LINE: i32 = 14_000;

/// Puts `light` of `size` into the raster at `at`.
pub(super) fn draw(light: &[[u16; 3]], size: Size, line_art: bool, at: (u32, u32), raster: &mut Raster) {
    let width = size.width as usize;
    let left = at.0 as usize;
    let scheme = raster.scheme();
    if scheme == ColorScheme::Rgb {
        for (row, y) in light.chunks_exact(width).zip(at.1..) {
            let target = &mut raster.row_mut(y)[left * 3..][..width * 3];
            for (pixel, value) in target.chunks_exact_mut(3).zip(row) {
                pixel.copy_from_slice(&value.map(light::srgb));
            }
        }
        return;
    }
    for plane in 0..scheme.planes().unwrap_or(1) {
        let value = |pixel: [u16; 3]| -> i32 {
            i32::from(match (scheme, plane) {
                (ColorScheme::RedGreen | ColorScheme::Seven, 0) => pixel[0],
                // There is no blue LED: what is blue is shown with some green, rather than not at all.
                (ColorScheme::RedGreen, _) => pixel[1].saturating_add(pixel[2] / 4),
                (ColorScheme::Seven, n) => pixel[n as usize],
                _ => light::luminance(pixel),
            })
        };
        // Errors that flow down to the next row, with a cell of margin at both sides.
        let mut below = vec![0i32; width + 2];
        for (n, row) in light.chunks_exact(width).enumerate() {
            let mut here = std::mem::replace(&mut below, vec![0; width + 2]);
            let target = &mut raster.row_mut(at.1 + n as u32)[left..][..width];
            // Every other row runs backwards, so that no diagonal patterns grow.
            for step in 0..width {
                let (x, ahead) = if n % 2 == 0 { (step, 1) } else { (width - 1 - step, -1isize) };
                let wanted = value(row[x]) + if line_art { 0 } else { here[x + 1] / 16 };
                let lit = wanted >= if line_art { LINE } else { HALF };
                target[x] |= u8::from(lit) << plane;
                let error = wanted - if lit { 65_535 } else { 0 };
                let cell = |offset: isize| (x as isize + 1 + offset) as usize;
                here[cell(ahead)] += error * 7;
                below[cell(-ahead)] += error * 3;
                below[cell(0)] += error * 5;
                below[cell(ahead)] += error;
            }
        }
    }
}
