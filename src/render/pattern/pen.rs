//! Draws dots, boxes and letters; what lies outside the face is left out.

use super::{
    super::{
        Fonts, Raster,
        font::{Dots, Glyph},
    },
    tiny,
};
use crate::{
    color::{ColorScheme, Ink, Rgb},
    geometry::Size,
    screen::Profile,
};

/// From this coverage of 255 on, a dot of an outline is lit.
const LIT: u8 = 112;

/// What a dot is set to: an index in the first byte, or red, green and blue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Paint([u8; 3]);

impl Paint {
    /// Each part times `level`.
    pub(super) fn times(self, level: u8) -> Self {
        Self(self.0.map(|part| part.saturating_mul(level)))
    }
}

/// A page that is being drawn.
pub(super) struct Pen {
    raster: Raster,
}

impl Pen {
    pub(super) fn new(profile: &Profile) -> Self {
        Self { raster: Raster::dark(profile.scheme, profile.page_size()) }
    }

    pub(super) fn size(&self) -> Size {
        self.raster.size()
    }

    pub(super) fn finish(self) -> Raster {
        self.raster
    }

    /// The brightest that the face can show.
    pub(super) fn white(&self) -> Paint {
        self.paints().last().copied().unwrap_or(Paint([1, 1, 1]))
    }

    /// The colour of running text.
    pub(super) fn body(&self) -> Paint {
        match self.raster.scheme() {
            ColorScheme::Rgb => self.rgb(ColorScheme::Rgb.ink_rgb(Ink::Body)),
            scheme => Paint([scheme.ink_index(Ink::Body); 3]),
        }
    }

    /// A colour, on `rgb` faces only; elsewhere the index 1.
    pub(super) fn rgb(&self, rgb: Rgb) -> Paint {
        if self.raster.scheme() == ColorScheme::Rgb { Paint(rgb) } else { Paint([1; 3]) }
    }

    /// Whether its dots have shades.
    pub(super) fn has_shades(&self) -> bool {
        self.raster.scheme() == ColorScheme::Rgb
    }

    /// Every colour of full brightness that the face has, the brightest last.
    pub(super) fn paints(&self) -> Vec<Paint> {
        match self.raster.scheme() {
            ColorScheme::Rgb => ColorScheme::Seven.palette()[1..].iter().map(|rgb| Paint(*rgb)).collect(),
            scheme => (1..scheme.palette().len() as u8).map(|index| Paint([index; 3])).collect(),
        }
    }

    /// Sets one dot.
    pub(super) fn dot(&mut self, x: i64, y: i64, paint: Paint) {
        let size = self.size();
        if (0..i64::from(size.width)).contains(&x) && (0..i64::from(size.height)).contains(&y) {
            let depth = self.raster.scheme().bytes_per_pixel();
            self.raster.row_mut(y as u32)[x as usize * depth..][..depth].copy_from_slice(&paint.0[..depth]);
        }
    }

    /// Sets those dots of row `y` for which `lit` gives a paint.
    pub(super) fn row(&mut self, y: u32, lit: impl Fn(u32) -> Option<Paint>) {
        let depth = self.raster.scheme().bytes_per_pixel();
        for (x, dot) in (0..).zip(self.raster.row_mut(y).chunks_exact_mut(depth)) {
            if let Some(paint) = lit(x) {
                dot.copy_from_slice(&paint.0[..depth]);
            }
        }
    }

    /// Fills a box.
    pub(super) fn fill(&mut self, (x, y): (i64, i64), size: Size, paint: Paint) {
        let from = x.max(0);
        let to = (x + i64::from(size.width)).min(i64::from(self.size().width));
        for line in y.max(0)..(y + i64::from(size.height)).min(i64::from(self.size().height)) {
            for dot in from..to {
                self.dot(dot, line, paint);
            }
        }
    }

    /// Draws the outline of a box, one dot wide.
    pub(super) fn outline(&mut self, (x, y): (i64, i64), size: Size, paint: Paint) {
        let (w, h) = (i64::from(size.width), i64::from(size.height));
        self.fill((x, y), Size::new(size.width, 1), paint);
        self.fill((x, y + h - 1), Size::new(size.width, 1), paint);
        self.fill((x, y), Size::new(1, size.height), paint);
        self.fill((x + w - 1, y), Size::new(1, size.height), paint);
    }

    /// Writes in the tiny letters; each dot is `scale` dots wide and high.
    pub(super) fn tiny(&mut self, text: &str, (x, y): (i64, i64), scale: u32, paint: Paint) {
        let step = i64::from(scale);
        let mut left = x;
        for bits in text.chars().filter_map(tiny::letter) {
            for n in 0..15 {
                if bits >> (14 - n) & 1 == 1 {
                    let at = (left + i64::from(n % 3) * step, y + i64::from(n / 3) * step);
                    self.fill(at, Size::new(scale, scale), paint);
                }
            }
            left += i64::from(tiny::WIDTH + 1) * step;
        }
    }

    /// Writes `text` at `px`, its cells beginning at (`x`, `y`); characters without a glyph are left out.
    pub(super) fn text(&mut self, text: &str, (x, y): (i64, i64), px: u32, fonts: &Fonts, paint: Paint) {
        let face = fonts.at(px);
        let mut left = x;
        for c in text.chars() {
            if c.is_whitespace() {
                left += i64::from(face.advance(c).unwrap_or(0));
            } else if let Some(glyph) = face.glyph(c) {
                self.glyph(&glyph, (left + i64::from(glyph.left), y + i64::from(glyph.top)), paint);
                left += i64::from(glyph.advance);
            }
        }
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, (x, y): (i64, i64), paint: Paint) {
        let width = (glyph.width as usize).max(1);
        match &glyph.dots {
            Dots::Bits { rows, stride, scale } => {
                let step = i64::from(*scale);
                for (line, row) in (0..).zip(rows.chunks_exact((*stride).max(1))) {
                    for column in 0..width {
                        if row.get(column / 8).is_some_and(|byte| byte >> (7 - column % 8) & 1 == 1) {
                            let at = (x + column as i64 * step, y + line * step);
                            self.fill(at, Size::new(*scale, *scale), paint);
                        }
                    }
                }
            }
            Dots::Coverage(levels) => {
                for (line, row) in (0..).zip(levels.chunks_exact(width)) {
                    for (column, level) in (0..).zip(row) {
                        if *level >= LIT {
                            self.dot(x + column, y + line, paint);
                        }
                    }
                }
            }
        }
    }
}

/// Width of `text` at `px` in dots; `None` if a character has no glyph.
pub(super) fn width(text: &str, px: u32, fonts: &Fonts) -> Option<u32> {
    let face = fonts.at(px);
    text.chars().map(|c| face.advance(c)).sum()
}
