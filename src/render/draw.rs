//! Copies the dots of a laid-out page into a raster. Nothing is measured or decided here.

use super::{
    Fonts, Layout, Page, Raster, Run,
    font::{Dots, Face, Glyph},
    layout::Rule,
    light,
    measure::squeezed,
    movement::Scroll,
};
use crate::{
    color::{ColorScheme, Ink, Rgb},
    geometry::Size,
    screen::Profile,
};

/// From this coverage of 255 on, a pixel of an outline is lit where there are no shades.
const LIT: u8 = 112;

/// Draws page `page` of `layout` as it was laid out for `profile`; rotation comes later
/// ([`Frame::new`](crate::frame::Frame::new)). Dark if there is no such page.
pub fn draw(layout: &Layout, page: usize, profile: &Profile, fonts: &Fonts) -> Raster {
    match layout.pages.get(page) {
        Some(page) => draw_page(page, layout.smooth, profile.scheme, profile.page_size(), fonts),
        None => Raster::dark(profile.scheme, profile.page_size()),
    }
}

/// Draws the whole band of `scroll`, the movement of `layout`: as high as the page, [`Scroll::band_px`] wide.
pub fn draw_band(layout: &Layout, scroll: &Scroll, profile: &Profile, fonts: &Fonts) -> Raster {
    let size = Size::new(scroll.band_px, profile.page_size().height);
    draw_page(&scroll.band, layout.smooth, profile.scheme, size, fonts)
}

fn draw_page(page: &Page, smooth: Option<u16>, scheme: ColorScheme, size: Size, fonts: &Fonts) -> Raster {
    if let Some(picture) = &page.picture {
        return Raster::clone(picture);
    }
    let mut canvas = Canvas { raster: Raster::dark(scheme, size), scratch: Vec::new() };
    let mut face: Option<Face<'_>> = None;
    for run in &page.runs {
        let px = u32::from(run.px);
        let face = match &face {
            Some(same) if same.px() == px => same,
            _ => face.insert(fonts.at(px).smooth(smooth.map(usize::from), scheme)),
        };
        let text = page.lines.get(usize::from(run.line)).map_or("", String::as_str);
        canvas.run(run, text.get(usize::from(run.start)..usize::from(run.end)).unwrap_or(""), face);
    }
    for rule in &page.rules {
        canvas.rule(*rule);
    }
    canvas.raster
}

struct Canvas {
    raster: Raster,
    /// One row of a glyph, a byte a pixel, 0 or 1.
    scratch: Vec<u8>,
}

impl Canvas {
    fn run(&mut self, run: &Run, text: &str, face: &Face<'_>) {
        let mut x = run.x;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            if c.is_whitespace() {
                x += face.advance(c).unwrap_or(0) as i32;
                continue;
            }
            // Layout has seen to it that every character has a glyph.
            let glyph =
                if run.ink.is_heavy() { face.heavy(c) } else { face.glyph(c).map(|glyph| (glyph, 0)) };
            let Some((glyph, widen)) = glyph else { continue };
            self.glyph(&glyph, x + glyph.left, i32::from(run.y) + glyph.top, run.ink, widen as usize);
            x += glyph.advance as i32 - squeezed(face, c, next) as i32;
        }
    }

    /// Draws `glyph` with its first dot at `x`, `y`, each stroke `widen` pixels wider.
    fn glyph(&mut self, glyph: &Glyph<'_>, x: i32, y: i32, ink: Ink, widen: usize) {
        match &glyph.dots {
            Dots::Bits { rows, stride, scale } => {
                if widen == 0 && self.stamp(glyph, (x, y), ink).is_some() {
                    return;
                }
                let mut y = y;
                for row in rows.chunks_exact((*stride).max(1)) {
                    if row.iter().any(|byte| *byte != 0) {
                        spread(row, glyph.width as usize, *scale as usize, &mut self.scratch);
                        widened(&mut self.scratch, widen);
                        for line in y..y + *scale as i32 {
                            self.mask(x, line, ink);
                        }
                    }
                    y += *scale as i32;
                }
            }
            Dots::Coverage(levels) => {
                for (row, line) in levels.chunks_exact((glyph.width as usize).max(1)).zip(y..) {
                    self.scratch.clear();
                    if self.raster.scheme() == ColorScheme::Rgb {
                        self.scratch.extend_from_slice(row);
                        widened(&mut self.scratch, widen);
                        self.shades(x, line, ink);
                    } else {
                        self.scratch.extend(row.iter().map(|level| u8::from(*level >= LIT)));
                        widened(&mut self.scratch, widen);
                        self.mask(x, line, ink);
                    }
                }
            }
        }
    }

    /// The fast way for most glyphs: on faces of one byte a pixel, eight pixels are written at a time. `None`
    /// if the glyph is not wholly on the page or too large for it.
    fn stamp(&mut self, glyph: &Glyph<'_>, (x, y): (i32, i32), ink: Ink) -> Option<()> {
        let Dots::Bits { rows, stride, scale } = &glyph.dots else { return None };
        let (stride, scale) = ((*stride).max(1), *scale as usize);
        let (scheme, size) = (self.raster.scheme(), self.raster.size());
        let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
        let scaled = scale as u32;
        let inside = x + glyph.width * scaled <= size.width && y + glyph.height * scaled <= size.height;
        if scheme == ColorScheme::Rgb || !inside || scale > 2 {
            return None;
        }
        let ink = u64::from(scheme.ink_index(ink));
        let width = size.width as usize;
        let mut at = y as usize * width + x as usize;
        let data = self.raster.bytes_mut();
        // Dots beyond the glyph's width are dark, so that writing whole eights changes nothing there; but
        // they must not lie behind the last row.
        if at + (glyph.height as usize * scale).saturating_sub(1) * width + stride * 8 * scale > data.len() {
            return None;
        }
        for row in rows.chunks_exact(stride) {
            for (n, byte) in row.iter().enumerate().filter(|(_, byte)| **byte != 0) {
                if scale == 1 {
                    stamp_eight(data, at + n * 8, SPREAD_WORDS[usize::from(*byte)] * ink);
                } else {
                    let left = DOUBLED_WORDS[usize::from(byte >> 4)] * ink;
                    let right = DOUBLED_WORDS[usize::from(byte & 15)] * ink;
                    for line in [at, at + width] {
                        stamp_eight(data, line + n * 16, left);
                        stamp_eight(data, line + n * 16 + 8, right);
                    }
                }
            }
            at += width * scale;
        }
        Some(())
    }

    /// Lights the pixels of row `y` from `x` on where the scratch row is 1.
    fn mask(&mut self, x: i32, y: i32, ink: Ink) {
        let Some((from, skip, count)) = self.clip(x, y, self.scratch.len()) else { return };
        let mask = &self.scratch[skip..skip + count];
        let scheme = self.raster.scheme();
        let row = self.raster.row_mut(y as u32);
        if scheme == ColorScheme::Rgb {
            let color = scheme.ink_rgb(ink);
            for (pixel, lit) in row[from * 3..].chunks_exact_mut(3).zip(mask) {
                if *lit != 0 {
                    pixel.copy_from_slice(&color);
                }
            }
        } else {
            let index = scheme.ink_index(ink);
            for (pixel, lit) in row[from..from + count].iter_mut().zip(mask) {
                // A glyph's blank part may lie over the glyph before it.
                *pixel |= lit * index;
            }
        }
    }

    /// Lays shades of the ink over row `y` from `x` on, as much of it as the scratch row says.
    fn shades(&mut self, x: i32, y: i32, ink: Ink) {
        let Some((from, skip, count)) = self.clip(x, y, self.scratch.len()) else { return };
        let color: Rgb = self.raster.scheme().ink_rgb(ink);
        let levels = &self.scratch[skip..skip + count];
        let row = self.raster.row_mut(y as u32);
        for (pixel, level) in row[from * 3..].chunks_exact_mut(3).zip(levels) {
            if *level > 0 {
                for (under, over) in pixel.iter_mut().zip(color) {
                    *under = light::blend(*under, over, *level);
                }
            }
        }
    }

    fn rule(&mut self, rule: Rule) {
        self.scratch.clear();
        self.scratch.resize(usize::from(rule.width), 1);
        for y in 0..i32::from(rule.height) {
            self.mask(i32::from(rule.x), i32::from(rule.y) + y, Ink::Quiet);
        }
    }

    /// The part of `length` pixels from `x` in row `y` that lies on the page: first pixel of the row, pixels
    /// left out before it, number of pixels.
    fn clip(&self, x: i32, y: i32, length: usize) -> Option<(usize, usize, usize)> {
        let size = self.raster.size();
        if y < 0 || y as u32 >= size.height {
            return None;
        }
        let skip = usize::try_from(-i64::from(x)).unwrap_or(0);
        let from = x.max(0) as usize;
        let count = length.checked_sub(skip)?.min((size.width as usize).checked_sub(from)?);
        (count > 0).then_some((from, skip, count))
    }
}

/// Eight bits as eight bytes, the highest bit first.
const SPREAD: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut n = 0;
    while n < 256 {
        let mut bit = 0;
        while bit < 8 {
            table[n][bit] = (n >> (7 - bit) & 1) as u8;
            bit += 1;
        }
        n += 1;
    }
    table
};

/// Four bits as eight bytes, each bit twice.
const DOUBLED: [[u8; 8]; 16] = {
    let mut table = [[0; 8]; 16];
    let mut n = 0;
    while n < 16 {
        let mut bit = 0;
        while bit < 8 {
            table[n][bit] = (n >> (3 - bit / 2) & 1) as u8;
            bit += 1;
        }
        n += 1;
    }
    table
};

/// [`SPREAD`] and [`DOUBLED`] as numbers, to be multiplied by an ink.
const SPREAD_WORDS: [u64; 256] = words(&SPREAD);
const DOUBLED_WORDS: [u64; 16] = words(&DOUBLED);

const fn words<const N: usize>(bytes: &[[u8; 8]; N]) -> [u64; N] {
    let mut out = [0; N];
    let mut n = 0;
    while n < N {
        out[n] = u64::from_ne_bytes(bytes[n]);
        n += 1;
    }
    out
}

/// Adds eight pixels at `at`.
fn stamp_eight(data: &mut [u8], at: usize, pixels: u64) {
    if let Some(eight) = data.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<8>) {
        *eight = (u64::from_ne_bytes(*eight) | pixels).to_ne_bytes();
    }
}

/// Each stroke of the row `by` pixels wider to its right, but never so that it meets the next one: counters stay
/// open.
fn widened(row: &mut Vec<u8>, by: usize) {
    for _ in 0..by {
        row.push(0);
        let mut before = 0;
        for n in 0..row.len() {
            let here = row[n];
            let next = row.get(n + 1).copied().unwrap_or(0);
            if here < before && next == 0 {
                row[n] = before;
            }
            before = here;
        }
    }
}

/// A row of bits as bytes of 0 and 1, each `scale` times.
fn spread(bits: &[u8], width: usize, scale: usize, out: &mut Vec<u8>) {
    out.clear();
    match scale {
        1 => bits.iter().for_each(|byte| out.extend_from_slice(&SPREAD[usize::from(*byte)])),
        2 => bits.iter().for_each(|byte| {
            out.extend_from_slice(&DOUBLED[usize::from(byte >> 4)]);
            out.extend_from_slice(&DOUBLED[usize::from(byte & 15)]);
        }),
        _ => {
            for byte in bits {
                for bit in SPREAD[usize::from(*byte)] {
                    out.resize(out.len() + scale, bit);
                }
            }
        }
    }
    out.truncate(width * scale);
}
