//! Light becomes what the LEDs can show: strokes by a threshold that keeps thin lines, flat colours in a
//! fixed pattern, shades by error diffusion (R. Floyd and L. Steinberg, 1976).

use super::noise;
use crate::{
    color::ColorScheme,
    geometry::Size,
    render::{Raster, light},
};

/// Half of the light.
const HALF: i32 = 1 << 15;
/// A dot is lit if ink covers so much of it, where nothing around says more …
const COVERED: u16 = 26_000;
/// … or if it is the ridge of something thin that covers at least so much.
const RIDGE: u16 = 1_800;
/// From this difference on, within two dots, there is an edge: the middle between its sides decides.
const EDGE: u16 = 22_000;

/// How light becomes dots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    /// Lit or not: for ink.
    Strokes,
    /// Patterns of areas, pure colours: nothing moves when something else does.
    Ordered,
    /// Shades, each dot's error handed on.
    Diffused,
}

/// Puts `light` of `size` into the raster at `at`.
pub(super) fn draw(light: &[[u16; 3]], size: Size, way: Way, at: (u32, u32), raster: &mut Raster) {
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
    let mut put = |x: usize, y: usize, index: u8| raster.row_mut(at.1 + y as u32)[left + x] = index;
    match way {
        Way::Strokes => strokes(light, size, scheme, &mut put),
        Way::Ordered => {
            let planes: Vec<[u16; 3]> = light.iter().map(|pixel| channels(scheme, *pixel)).collect();
            let cover: Vec<u16> = planes.iter().map(|p| p[0].max(p[1]).max(p[2])).collect();
            for (n, pixel) in planes.iter().enumerate() {
                let (x, y) = (n % width, n / width);
                // Something light on a dark ground, text above all: lit or not, and all of a stroke in one colour.
                let (least, most) = around(&cover, size, (x, y), 2);
                let plain = scheme.planes() == Some(1);
                let edge = least < DARK && most - least >= EDGE;
                let inside = || cover[n] >= BRIGHT && around(&cover, size, (x, y), 4).0 < DARK;
                if !plain && (edge || inside()) {
                    if cover[n] >= middle(least, most) {
                        put(x, y, index(parts_of(ink_near(&planes, &cover, size, (x, y)), AREA_PERCENT)));
                    }
                    continue;
                }
                let (low, high) = around(&planes, size, (x, y), 2);
                // So is a bright colour that is the same all around: a pattern would make specks of it.
                let even = low.iter().zip(&high).all(|(low, high)| high - low < EVEN);
                if !plain && even && cover[n] >= BRIGHT {
                    put(x, y, index(parts_of(*pixel, AREA_PERCENT)));
                    continue;
                }
                let mut lit = [false; 3];
                for plane in 0..3 {
                    // On an edge a pattern would tear strokes apart.
                    let limit = match (low[plane], high[plane]) {
                        (low, high) if high - low >= EDGE => i32::from(middle(low, high)),
                        _ => noise::threshold(x, y),
                    };
                    lit[plane] = i32::from(pixel[plane]) > limit;
                }
                put(x, y, index(lit));
            }
        }
        Way::Diffused => diffused(light, size, scheme, &mut put),
    }
}

/// From so much light on a colour is shown pure where it does not change by this much.
const BRIGHT: u16 = 40_000;
const EVEN: u16 = 1_000;
/// Up to so much light a ground is dark.
const DARK: u16 = 4_000;
/// A plane is lit in a stroke's colour from so much of its strongest plane on, in percent: of ink, and of areas, where
/// light is linear and orange is yellow rather than red.
const INK_PERCENT: u32 = 68;
const AREA_PERCENT: u32 = 30;

/// Which planes are lit in the pure colour nearest to `parts`.
fn parts_of(parts: [u16; 3], percent: u32) -> [bool; 3] {
    let most = u32::from(parts[0].max(parts[1]).max(parts[2]));
    parts.map(|part| most > 0 && u32::from(part) * 100 >= most * percent)
}

/// The same for a stroke: blue alone is too dark to read and gets its green.
fn pure(parts: [u16; 3], percent: u32) -> [bool; 3] {
    let [r, g, b] = parts_of(parts, percent);
    [r, g || (b && !r), b]
}

/// The strongest colour next to a place: in the middle of the stroke to which it belongs.
fn ink_near(planes: &[[u16; 3]], cover: &[u16], size: Size, (x, y): (usize, usize)) -> [u16; 3] {
    let (width, height) = (size.width as usize, size.height as usize);
    let rows = y.saturating_sub(1)..(y + 2).min(height);
    let near = rows.flat_map(|row| (x.saturating_sub(1)..(x + 2).min(width)).map(move |x| row * width + x));
    near.max_by_key(|n| cover[*n]).map_or([0; 3], |n| planes[n])
}

fn index(lit: [bool; 3]) -> u8 {
    u8::from(lit[0]) | u8::from(lit[1]) << 1 | u8::from(lit[2]) << 2
}

/// How bright each plane of a scheme should be.
fn channels(scheme: ColorScheme, [r, g, b]: [u16; 3]) -> [u16; 3] {
    match scheme {
        // There is no blue LED: what is bluer than all else is shown with some green, rather than not at all.
        ColorScheme::RedGreen => [r, g.saturating_add(b.saturating_sub(r.max(g)) / 4), 0],
        ColorScheme::Seven => [r, g, b],
        _ => [light::luminance([r, g, b]), 0, 0],
    }
}

/// What is lit on an edge: a little more than half of it, since thin strokes are what is lost first.
fn middle(low: u16, high: u16) -> u16 {
    low + (high - low) / 5 * 2
}

/// The least and the most light within `reach` dots, of each plane.
fn around<T: Extremes>(light: &[T], size: Size, (x, y): (usize, usize), reach: usize) -> (T, T) {
    let (width, height) = (size.width as usize, size.height as usize);
    let here = light[y * width + x];
    let (mut low, mut high) = (here, here);
    for row in y.saturating_sub(reach)..(y + reach + 1).min(height) {
        for value in &light[row * width..][x.saturating_sub(reach)..(x + reach + 1).min(width)] {
            (low, high) = (low.least(*value), high.most(*value));
        }
    }
    (low, high)
}

/// What has a least and a most.
trait Extremes: Copy {
    fn least(self, other: Self) -> Self;
    fn most(self, other: Self) -> Self;
}

impl Extremes for u16 {
    fn least(self, other: Self) -> Self {
        self.min(other)
    }
    fn most(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Extremes for [u16; 3] {
    fn least(self, other: Self) -> Self {
        [0, 1, 2].map(|n| self[n].min(other[n]))
    }
    fn most(self, other: Self) -> Self {
        [0, 1, 2].map(|n| self[n].max(other[n]))
    }
}

/// Which dots ink lights, and in which of the pure colours.
fn strokes(light: &[[u16; 3]], size: Size, scheme: ColorScheme, put: &mut impl FnMut(usize, usize, u8)) {
    let (width, height) = (size.width as usize, size.height as usize);
    let cover: Vec<u16> = light.iter().map(|p| p[0].max(p[1]).max(p[2])).collect();
    let at = |x: isize, y: isize| {
        let inside = (0..width as isize).contains(&x) && (0..height as isize).contains(&y);
        if inside { cover[y as usize * width + x as usize] } else { 0 }
    };
    for (n, pixel) in light.iter().enumerate() {
        let (x, y) = ((n % width) as isize, (n / width) as isize);
        let here = cover[n];
        // Higher than both sides, and clearly higher than what lies beyond them; of equals the first.
        let ridge = |dx: isize, dy: isize| {
            let (before, after) = (at(x - dx, y - dy), at(x + dx, y + dy));
            let beyond = at(x - 2 * dx, y - 2 * dy).max(at(x + 2 * dx, y + 2 * dy));
            here > before && here >= after && u32::from(here) * 2 >= u32::from(beyond) * 3
        };
        let (low, high) = around(&cover, size, (n % width, n / width), 2);
        let limit = if high - low >= EDGE { middle(low, high) } else { COVERED };
        let lit = here >= limit || (here >= RIDGE && low < RIDGE && (ridge(1, 0) || ridge(0, 1)));
        if !lit {
            continue;
        }
        let index =
            if scheme.planes() == Some(1) { 1 } else { index(pure(channels(scheme, *pixel), INK_PERCENT)) };
        put(n % width, n / width, index);
    }
}

fn diffused(light: &[[u16; 3]], size: Size, scheme: ColorScheme, put: &mut impl FnMut(usize, usize, u8)) {
    let width = size.width as usize;
    let planes = scheme.planes().unwrap_or(1) as usize;
    // Errors that flow down to the next row, with a cell of margin at both sides.
    let mut below = vec![[0i32; 3]; width + 2];
    for (y, row) in light.chunks_exact(width).enumerate() {
        let mut here = std::mem::replace(&mut below, vec![[0; 3]; width + 2]);
        // Every other row runs backwards, so that no diagonal patterns grow.
        for step in 0..width {
            let (x, ahead) = if y % 2 == 0 { (step, 1) } else { (width - 1 - step, -1isize) };
            let cell = |offset: isize| (x as isize + 1 + offset) as usize;
            let wanted = channels(scheme, row[x]);
            let mut lit = [false; 3];
            for plane in 0..planes {
                let value = i32::from(wanted[plane]) + here[x + 1][plane] / 16;
                lit[plane] = value >= HALF;
                let error = value - if lit[plane] { 65_535 } else { 0 };
                here[cell(ahead)][plane] += error * 7;
                below[cell(-ahead)][plane] += error * 3;
                below[cell(0)][plane] += error * 5;
                below[cell(ahead)][plane] += error;
            }
            put(x, y, index(lit));
        }
    }
}

/// Flat colours: what is strongly coloured and not dim shines fully, so that red text is red and not red with
/// holes; nearly white is white, nearly black is dark.
pub(super) fn vivid(light: &mut [[u16; 3]]) {
    for pixel in light {
        let (low, high) = (
            u32::from(pixel[0].min(pixel[1]).min(pixel[2])),
            u32::from(pixel[0].max(pixel[1]).max(pixel[2])),
        );
        // How strongly coloured, and how far from dim: 0 to 256 each.
        let color = between((high - low) * 256 / high.max(1), 128, 208);
        let bright = between(high, 9_000, 20_000);
        let amount = color * bright / 256;
        for c in pixel.iter_mut() {
            let old = u32::from(*c);
            let full = old * 65_535 / high.max(1);
            // A few dots in an area, or a few holes, look like a fault.
            let pure = match between(full, 12_000, 42_000) {
                0..40 => 0,
                216.. => 65_535,
                part => part * 65_535 / 256,
            };
            let mixed = (old * (256 - amount) + pure * amount) / 256;
            *c = if mixed < 2_000 {
                0
            } else if mixed > 52_000 {
                65_535
            } else {
                mixed as u16
            };
        }
    }
}

/// Shades: from the darkest to the lightest that there is, and what is nearly without colour quite without,
/// since greys of red, green and blue dots are confetti.
pub(super) fn shaded(light: &mut [[u16; 3]], (dark, bright): (u16, u16), planes: u32) {
    let dark = u32::from(dark).min(8_000);
    let room = u32::from(bright).max(20_000) - dark;
    for pixel in light {
        for c in pixel.iter_mut() {
            *c = (u32::from(*c).saturating_sub(dark) * 65_535 / room).min(65_535) as u16;
        }
        if planes > 1 {
            let (low, high) = (pixel[0].min(pixel[1]).min(pixel[2]), pixel[0].max(pixel[1]).max(pixel[2]));
            let gray = u32::from(light::luminance(*pixel));
            let amount = 256 - between(u32::from(high - low) * 256 / u32::from(high).max(1), 48, 112);
            for c in pixel.iter_mut() {
                *c = ((u32::from(*c) * (256 - amount) + gray * amount) / 256) as u16;
            }
        }
    }
}

/// 0 up to `low`, 256 from `high`, straight between.
fn between(value: u32, low: u32, high: u32) -> u32 {
    value.saturating_sub(low).min(high - low) * 256 / (high - low)
}
