//! Scales pictures in linear light with whole-number weights: a triangle as wide as a target pixel.

use super::Pixels;
use crate::{geometry::Size, render::light};

/// Weights sum up to this.
const ONE: u64 = 1 << 16;

/// The weights of one target pixel: its first source pixel and a weight for each from there.
struct Taps {
    first: usize,
    weights: Vec<u32>,
}

/// The part of `pixels` at `corner` of size `part`, scaled to `to`: three linear values a pixel.
pub(super) fn scaled(pixels: &Pixels, corner: (u32, u32), part: Size, to: Size) -> Vec<[u16; 3]> {
    let across = taps(part.width, to.width);
    let down = taps(part.height, to.height);
    let stride = pixels.size.width as usize * 3;
    // Rows are made narrow first; only those that a target row needs are held at a time.
    let mut narrow: std::collections::VecDeque<Vec<[u16; 3]>> = std::collections::VecDeque::new();
    let mut first = 0;
    let mut out = Vec::with_capacity(to.area() as usize);
    for tap in &down {
        while first < tap.first {
            narrow.pop_front();
            first += 1;
        }
        while narrow.len() < tap.weights.len() {
            let y = corner.1 as usize + first + narrow.len();
            let row = &pixels.rgb[y * stride + corner.0 as usize * 3..][..part.width as usize * 3];
            narrow.push_back(across.iter().map(|tap| narrowed(row, tap)).collect());
        }
        for x in 0..to.width as usize {
            let mut sums = [0u64; 3];
            for (row, weight) in narrow.iter().zip(&tap.weights) {
                for (sum, value) in sums.iter_mut().zip(row[x]) {
                    *sum += u64::from(value) * u64::from(*weight);
                }
            }
            out.push(sums.map(|sum| (sum / ONE) as u16));
        }
    }
    out
}

fn narrowed(row: &[u8], tap: &Taps) -> [u16; 3] {
    let mut sums = [0u64; 3];
    for (pixel, weight) in row[tap.first * 3..].chunks_exact(3).zip(&tap.weights) {
        for (sum, level) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(light::linear(*level)) * u64::from(*weight);
        }
    }
    sums.map(|sum| (sum / ONE) as u16)
}

/// For each of `to` pixels its sources among `from`; positions in 1/(2·to) of a source pixel.
fn taps(from: u32, to: u32) -> Vec<Taps> {
    let (from, to) = (i64::from(from.max(1)), i64::from(to.max(1)));
    // Half the triangle's base: one target pixel, but never less than one source pixel.
    let reach = (2 * from).max(2 * to);
    (0..to)
        .map(|n| {
            let centre = (2 * n + 1) * from;
            let first = ((centre - reach) / (2 * to)).clamp(0, from - 1);
            let last = ((centre + reach) / (2 * to)).clamp(first, from - 1);
            let near = |source: i64| (reach - ((2 * source + 1) * to - centre).abs()).max(0) as u64;
            let total: u64 = (first..=last).map(near).sum::<u64>().max(1);
            let mut weights: Vec<u32> =
                (first..=last).map(|source| (near(source) * ONE / total) as u32).collect();
            // What rounding took goes to the middle.
            let rest = ONE as u32 - weights.iter().sum::<u32>();
            let middle = weights.len() / 2;
            weights[middle] += rest;
            Taps { first: first as usize, weights }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn an_even_picture_stays_even(w in 1u32..60, h in 1u32..60, tw in 1u32..60, th in 1u32..60, level: u8) {
            let size = Size::new(w, h);
            let pixels = Pixels { size, rgb: vec![level; (w * h * 3) as usize], line_art: false };
            let out = scaled(&pixels, (0, 0), size, Size::new(tw, th));
            prop_assert_eq!(out.len() as u32, tw * th);
            let want = light::linear(level);
            prop_assert!(out.iter().flatten().all(|v| v.abs_diff(want) <= 2), "{:?} {}", out[0], want);
        }
    }

    #[test]
    fn the_same_size_keeps_every_pixel() {
        let rgb: Vec<u8> = (0..12 * 3).map(|n| n * 7).collect();
        let size = Size::new(4, 3);
        let out = scaled(&Pixels { size, rgb: rgb.clone(), line_art: false }, (0, 0), size, size);
        let back: Vec<u8> = out.iter().flatten().map(|v| light::srgb(*v)).collect();
        assert_eq!(back[6..], rgb[6..], "the darkest levels share steps");
    }
}
