//! What changed from one frame to the next?

use crate::render::Raster;

/// A rectangle of pixels; never empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Area {
    /// All of `raster`.
    pub(super) fn all(raster: &Raster) -> Self {
        let size = raster.size();
        Self { x: 0, y: 0, width: size.width, height: size.height }
    }

    /// The smallest one in which everything lies that differs; a single pixel if nothing does.
    pub(super) fn changed(before: &Raster, after: &Raster) -> Self {
        let size = after.size();
        let depth = after.scheme().bytes_per_pixel();
        let rows = || (0..size.height).map(|y| (y, before.row(y), after.row(y))).filter(|(_, a, b)| a != b);
        let (mut left, mut right) = (size.width, 0);
        let (mut top, mut bottom) = (size.height, 0);
        for (y, a, b) in rows() {
            let differs = |(a, b): (&u8, &u8)| a != b;
            let first = a.iter().zip(b).position(differs).unwrap_or(0) / depth;
            let last = a.iter().zip(b).rposition(differs).unwrap_or(0) / depth;
            left = left.min(first as u32);
            right = right.max(last as u32 + 1);
            top = top.min(y);
            bottom = bottom.max(y + 1);
        }
        if right <= left {
            return Self { x: 0, y: 0, width: 1, height: 1 };
        }
        Self { x: left, y: top, width: right - left, height: bottom - top }
    }

    /// Grown so that it begins at even pixels.
    pub(super) fn even(self) -> Self {
        let (x, y) = (self.x & !1, self.y & !1);
        Self { x, y, width: self.width + self.x - x, height: self.height + self.y - y }
    }

    /// The rows of `raster` in it.
    pub(super) fn rows<'r>(&self, raster: &'r Raster) -> impl Iterator<Item = &'r [u8]> + use<'r> {
        let depth = raster.scheme().bytes_per_pixel();
        let (from, to) = (self.x as usize * depth, (self.x + self.width) as usize * depth);
        (self.y..self.y + self.height).map(move |y| &raster.row(y)[from..to])
    }

    /// The indices of the pixels of `after` in it; where they are as before, the given one.
    pub(super) fn indices(&self, before: Option<(&Raster, u8)>, after: &Raster) -> Vec<u8> {
        let mut out = Vec::with_capacity((self.width * self.height) as usize);
        let mut old_rows = before.map(|(raster, index)| (self.rows(raster), index));
        for row in self.rows(after) {
            match old_rows.as_mut().and_then(|(rows, index)| Some((rows.next()?, *index))) {
                Some((old, index)) => {
                    out.extend(old.iter().zip(row).map(|(old, new)| if old == new { index } else { *new }));
                }
                None => out.extend_from_slice(row),
            }
        }
        out
    }
}

/// The pixels of `area` as red, green, blue and alpha; transparent where they are as `before`.
pub(super) fn rgba(area: &Area, before: Option<&Raster>, after: &Raster) -> Vec<u8> {
    let palette = after.scheme().palette();
    let depth = after.scheme().bytes_per_pixel();
    let mut out = Vec::with_capacity((area.width * area.height * 4) as usize);
    let mut old_rows = before.map(|raster| area.rows(raster));
    for row in area.rows(after) {
        let old = old_rows.as_mut().and_then(Iterator::next);
        for (n, pixel) in row.chunks_exact(depth).enumerate() {
            let same = old.is_some_and(|old| old[n * depth..][..depth] == *pixel);
            match pixel {
                _ if same => out.extend([0; 4]),
                [index] => {
                    out.extend(palette[usize::from(*index)]);
                    out.push(255);
                }
                rgb => {
                    out.extend(rgb);
                    out.push(255);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{color::ColorScheme, geometry::Size};

    #[test]
    fn the_smallest_rectangle_holds_all_that_changed() {
        for scheme in [ColorScheme::Red, ColorScheme::Rgb] {
            let before = Raster::dark(scheme, Size::new(9, 5));
            let mut after = before.clone();
            assert_eq!(Area::changed(&before, &after), Area { x: 0, y: 0, width: 1, height: 1 });
            let depth = scheme.bytes_per_pixel();
            after.row_mut(1)[3 * depth] = 1;
            after.row_mut(3)[8 * depth - 1] = 1;
            let area = Area::changed(&before, &after);
            assert_eq!(area, Area { x: 3, y: 1, width: 5, height: 3 });
            assert_eq!(area.even(), Area { x: 2, y: 0, width: 6, height: 4 });
            assert_eq!(area.rows(&after).map(<[u8]>::len).collect::<Vec<_>>(), [5 * depth; 3]);
        }
    }
}
