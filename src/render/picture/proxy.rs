//! A small stand-in for a large picture: what must be known about it is read from this.

use super::decode::Source;
use crate::geometry::Size;

/// Most pixels of a stand-in.
const MOST: u64 = 1 << 20;

/// A picture made smaller by a whole step in both directions; pixels in the order in which they are stored.
pub(super) struct Proxy {
    /// Width and height.
    pub size: Size,
    /// Pixels of the picture along one side of a pixel here.
    pub step: u32,
    /// Row after row.
    pub pixels: Vec<[u8; 3]>,
}

impl Proxy {
    /// Each pixel is the average of `step` by `step`; at the right and lower edge of what is there.
    pub fn of(source: &Source) -> Self {
        let full = source.size();
        let longest = full.width.max(full.height);
        let step = (1..=longest).find(|step| smaller(full, *step).area() <= MOST).unwrap_or(longest.max(1));
        let size = smaller(full, step);
        let mut pixels = Vec::with_capacity(size.area() as usize);
        let mut row = Vec::new();
        if step == 1 {
            for y in 0..full.height {
                source.row(y, 0, full.width, &mut row);
                pixels.extend_from_slice(&row);
            }
            return Self { size, step, pixels };
        }
        let mut sums = vec![[0u32; 4]; size.width as usize];
        for y in 0..full.height {
            source.row(y, 0, full.width, &mut row);
            for (cell, sum) in row.chunks(step as usize).zip(&mut sums) {
                for pixel in cell {
                    for (s, c) in sum.iter_mut().zip(pixel) {
                        *s += u32::from(*c);
                    }
                }
                sum[3] += cell.len() as u32;
            }
            if (y + 1) % step == 0 || y + 1 == full.height {
                pixels.extend(sums.iter().map(|[r, g, b, n]| [r, g, b].map(|c| (c / n) as u8)));
                sums.fill([0; 4]);
            }
        }
        Self { size, step, pixels }
    }

    /// The pixel at `x`, `y`.
    pub fn at(&self, x: u32, y: u32) -> [u8; 3] {
        self.pixels[y as usize * self.size.width as usize + x as usize]
    }

    /// The rows from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = &[[u8; 3]]> {
        self.pixels.chunks_exact(self.size.width.max(1) as usize)
    }
}

fn smaller(size: Size, step: u32) -> Size {
    Size::new(size.width.div_ceil(step), size.height.div_ceil(step))
}

/// How light a pixel is, 0 to 255 (ITU-R BT.601).
pub(super) fn luma([r, g, b]: [u8; 3]) -> u8 {
    ((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29) >> 8) as u8
}

/// The largest difference of two pixels in one of their channels.
pub(super) fn apart(a: [u8; 3], b: [u8; 3]) -> u8 {
    a[0].abs_diff(b[0]).max(a[1].abs_diff(b[1])).max(a[2].abs_diff(b[2]))
}
