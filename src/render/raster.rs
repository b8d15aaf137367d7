//! Rows of pixels, top to bottom.

use crate::{
    color::{ColorScheme, Rgb},
    geometry::{Rotation, Size},
};

/// Pixels of one page. A pixel is one byte (an index into the scheme's palette) or, for `rgb`, three.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Raster {
    scheme: ColorScheme,
    size: Size,
    data: Vec<u8>,
}

impl Raster {
    /// All dark.
    pub fn dark(scheme: ColorScheme, size: Size) -> Self {
        let bytes = size.area() as usize * scheme.bytes_per_pixel();
        Self { scheme, size, data: vec![0; bytes] }
    }

    /// The scheme its bytes are in.
    pub fn scheme(&self) -> ColorScheme {
        self.scheme
    }

    /// Width and height.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Row `y` as stored: one byte a pixel, or three.
    pub fn row(&self, y: u32) -> &[u8] {
        let stride = self.size.width as usize * self.scheme.bytes_per_pixel();
        &self.data[y as usize * stride..][..stride]
    }

    /// Row `y`, to be written.
    pub fn row_mut(&mut self, y: u32) -> &mut [u8] {
        let stride = self.size.width as usize * self.scheme.bytes_per_pixel();
        &mut self.data[y as usize * stride..][..stride]
    }

    /// All bytes, row after row without padding.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// All bytes, to be written.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// The colour that the LEDs at `x`, `y` show.
    pub fn color_at(&self, x: u32, y: u32) -> Rgb {
        let row = self.row(y);
        match self.scheme {
            ColorScheme::Rgb => {
                let at = x as usize * 3;
                [row[at], row[at + 1], row[at + 2]]
            }
            scheme => scheme.palette()[row[x as usize] as usize],
        }
    }

    /// Turned clockwise.
    #[must_use]
    pub fn rotated(&self, rotation: Rotation) -> Self {
        let (w, h) = (self.size.width, self.size.height);
        let size = rotation.layout_size(self.size);
        let depth = self.scheme.bytes_per_pixel();
        if rotation == Rotation::R0 {
            return self.clone();
        }
        let mut out = Self::dark(self.scheme, size);
        for y in 0..h {
            for (x, pixel) in (0..w).zip(self.row(y).chunks_exact(depth)) {
                let (to_x, to_y) = match rotation {
                    Rotation::R0 => (x, y),
                    Rotation::R90 => (h - 1 - y, x),
                    Rotation::R180 => (w - 1 - x, h - 1 - y),
                    Rotation::R270 => (y, w - 1 - x),
                };
                out.row_mut(to_y)[to_x as usize * depth..][..depth].copy_from_slice(pixel);
            }
        }
        out
    }

    /// `#` for lit and `.` for dark, one line a row: what tests and `render --format art` show.
    pub fn art(&self) -> String {
        let depth = self.scheme.bytes_per_pixel();
        let mut out = String::with_capacity((self.size.area() + u64::from(self.size.height)) as usize);
        for y in 0..self.size.height {
            for pixel in self.row(y).chunks_exact(depth) {
                out.push(if pixel.iter().any(|b| *b != 0) { '#' } else { '.' });
            }
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_turns_clockwise() {
        let mut raster = Raster::dark(ColorScheme::Red, Size::new(3, 2));
        raster.row_mut(0)[0] = 1;
        raster.row_mut(0)[1] = 1;
        assert_eq!(raster.art(), "##.\n...\n");
        assert_eq!(raster.rotated(Rotation::R90).art(), ".#\n.#\n..\n");
        assert_eq!(raster.rotated(Rotation::R180).art(), "...\n.##\n");
        assert_eq!(raster.rotated(Rotation::R270).art(), "..\n#.\n#.\n");
    }
}
