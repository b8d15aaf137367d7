//! Scales pictures in linear light with whole-number weights: a triangle as wide as a target pixel.

use std::collections::VecDeque;

use crate::geometry::Size;

/// Weights sum up to this.
const ONE: u64 = 1 << 16;

/// The weights of one target pixel: its first source pixel and a weight for each from there.
struct Taps {
    first: usize,
    weights: Vec<u32>,
}

/// A picture of size `from`, whose rows of light `row` gives in turn, scaled to `to`: three values a pixel.
/// No more rows are held than one row of the target needs.
pub(super) fn scaled(from: Size, to: Size, mut row: impl FnMut(u32, &mut Vec<[u16; 3]>)) -> Vec<[u16; 3]> {
    let across = taps(from.width, to.width);
    let down = taps(from.height, to.height);
    let mut wide = Vec::new();
    // Rows are made narrow first; those that are done with give their memory to the next.
    let mut narrow: VecDeque<Vec<[u16; 3]>> = VecDeque::new();
    let mut spare: Vec<Vec<[u16; 3]>> = Vec::new();
    let mut first = 0;
    let mut out = Vec::with_capacity(to.area() as usize);
    for tap in &down {
        while first < tap.first {
            spare.extend(narrow.pop_front());
            first += 1;
        }
        while narrow.len() < tap.weights.len() {
            row((first + narrow.len()) as u32, &mut wide);
            let mut next = spare.pop().unwrap_or_default();
            next.clear();
            next.extend(across.iter().map(|tap| narrowed(&wide, tap)));
            narrow.push_back(next);
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

fn narrowed(row: &[[u16; 3]], tap: &Taps) -> [u16; 3] {
    let mut sums = [0u64; 3];
    for (pixel, weight) in row[tap.first..].iter().zip(&tap.weights) {
        for (sum, level) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(*level) * u64::from(*weight);
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
        fn an_even_picture_stays_even(w in 1u32..60, h in 1u32..60, tw in 1u32..60, th in 1u32..60, level: u16) {
            let even = |_, row: &mut Vec<[u16; 3]>| {
                row.clear();
                row.resize(w as usize, [level; 3]);
            };
            let out = scaled(Size::new(w, h), Size::new(tw, th), even);
            prop_assert_eq!(out.len() as u32, tw * th);
            prop_assert!(out.iter().flatten().all(|v| v.abs_diff(level) <= 2), "{:?} {}", out[0], level);
        }
    }

    #[test]
    fn the_same_size_keeps_every_pixel() {
        let size = Size::new(4, 3);
        let rows: Vec<[u16; 3]> = (0..12).map(|n| [n * 5000, n, 65_535 - n * 7]).collect();
        let out = scaled(size, size, |y, row| {
            row.clear();
            row.extend_from_slice(&rows[y as usize * 4..][..4]);
        });
        assert_eq!(out, rows);
    }

    #[test]
    fn a_tall_picture_is_read_once_from_top_to_bottom() {
        let mut asked = Vec::new();
        scaled(Size::new(3, 100), Size::new(2, 7), |y, row| {
            asked.push(y);
            row.clear();
            row.resize(3, [0; 3]);
        });
        assert_eq!(asked, (0..100).collect::<Vec<u32>>());
    }
}
