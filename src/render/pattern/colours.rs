//! `colours`: each colour by itself. `grey`: from dark to bright. Never more than 40 % of what the face could
//! draw: a power supply that is too small must not be found by its smoke.

use super::pen::Pen;

/// Every third dot of a diagonal raster is lit: a third of all. The dots change places with each round, so
/// that each of them is lit in one round of three.
const OF: u64 = 3;

/// Step `step`: one colour. Rounds of all colours follow each other.
pub(super) fn fill(pen: &mut Pen, step: u64) -> Vec<String> {
    let paints = pen.paints();
    let round = step / paints.len() as u64;
    let paint = paints[(step % paints.len() as u64) as usize];
    for y in 0..pen.size().height {
        pen.row(y, |x| (u64::from(x) + u64::from(y) + round).is_multiple_of(OF).then_some(paint));
    }
    vec!["colours".to_owned()]
}

/// Ordered dither, levels 0 to 15 (Bayer).
const BAYER: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
/// The brightest dither has so many dots of sixteen lit, so that half of it is under 40 %.
const MOST: u32 = 12;

/// A band for each colour, dark at the left, bright at the right: shades on `rgb` faces, dithered elsewhere.
/// On `rgb` faces every fourth row stays dark.
pub(super) fn ramps(pen: &mut Pen) -> Vec<String> {
    let size = pen.size();
    let mut paints = pen.paints();
    if pen.has_shades() {
        // White, red, green, blue: what a driver's shades are set by.
        paints = [[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]].map(|rgb| pen.rgb(rgb)).to_vec();
    }
    let bands = (paints.len() as u32).min((size.height / 2).max(1));
    for y in 0..size.height {
        let band = (u64::from(y) * u64::from(bands) / u64::from(size.height)) as usize;
        let paint = paints[band.min(paints.len() - 1)];
        if pen.has_shades() {
            if y % 4 != 3 {
                let level = |x: u32| (u64::from(x) * 256 / u64::from(size.width)) as u8;
                pen.row(y, |x| Some(paint.times(level(x))));
            }
            continue;
        }
        pen.row(y, |x| {
            let level = (u64::from(x) * u64::from(MOST + 1) / u64::from(size.width)) as u32;
            (BAYER[(y % 4) as usize][(x % 4) as usize] < level).then_some(paint)
        });
    }
    vec!["grey".to_owned()]
}
