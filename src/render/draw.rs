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

/// The colour of each ink at each coverage on a dark pixel, as most are.
static SHADES: [[Rgb; 256]; Ink::ALL.len()] = {
    let mut table = [[[0; 3]; 256]; Ink::ALL.len()];
    let mut n = 0;
    while n < Ink::ALL.len() {
        let [r, g, b] = ColorScheme::Rgb.ink_rgb(Ink::ALL[n]);
        let mut level = 0;
        while level < 256 {
            table[n][level] = [
                light::blend(0, r, level as u8),
                light::blend(0, g, level as u8),
                light::blend(0, b, level as u8),
            ];
            level += 1;
        }
        n += 1;
    }
    table
};

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
            Dots::Bits { .. } => {
                if self.stamp(glyph, (x, y), ink, widen).is_none() {
                    self.mask_rows(glyph, (x, y), ink, widen);
                }
            }
            // Outlines have the strokes that were asked for.
            Dots::Coverage(levels) => {
                for (row, line) in levels.chunks_exact((glyph.width as usize).max(1)).zip(y..) {
                    if self.raster.scheme() == ColorScheme::Rgb {
                        self.shades(row, x, line, ink);
                    } else {
                        self.scratch.clear();
                        self.scratch.extend(row.iter().map(|level| u8::from(*level >= LIT)));
                        self.mask(x, line, ink);
                    }
                }
            }
        }
    }

    /// The dots of a bitmap, row by row, clipped at the page's edges.
    fn mask_rows(&mut self, glyph: &Glyph<'_>, (x, mut y): (i32, i32), ink: Ink, widen: usize) {
        let Dots::Bits { rows, stride, scale } = &glyph.dots else { return };
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

    /// The fast way for most glyphs: a row is one number, and eight pixels are written at a time. `None` if the
    /// glyph is not wholly on the page or a row is wider than the number.
    fn stamp(&mut self, glyph: &Glyph<'_>, (x, y): (i32, i32), ink: Ink, widen: usize) -> Option<()> {
        let Dots::Bits { rows, stride, scale } = &glyph.dots else { return None };
        let (stride, scale) = ((*stride).max(1), *scale as usize);
        let size = self.raster.size();
        let (page, x, y) = (size.width as usize, usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        let (wide, high) = (glyph.width as usize * scale + widen, glyph.height as usize * scale);
        // What lies beyond the glyph's width is dark, so that writing whole eights changes nothing there; but it
        // must not lie behind the last row.
        let end = (y + high).saturating_sub(1) * page + x + wide.next_multiple_of(8);
        if wide > Line::BITS as usize
            || x + wide > page
            || y + high > size.height as usize
            || end > page * size.height as usize
        {
            return None;
        }
        let lines = rows.chunks_exact(stride).map(|row| heavier(line_of(row, scale as u32), widen));
        let (scheme, first) = (self.raster.scheme(), y * page + x);
        let data = self.raster.bytes_mut();
        if scheme == ColorScheme::Rgb {
            let color = scheme.ink_rgb(ink);
            let color = numbers(std::array::from_fn(|n| color[n % 3]));
            each_eight(lines, scale, page, first, |at, lit| eight_colors(data, at * 3, lit, &color));
        } else {
            let index = u64::from(scheme.ink_index(ink));
            each_eight(lines, scale, page, first, |at, lit| eight_indices(data, at, lit, index));
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

    /// Lays shades of the ink over row `y` from `x` on, as much of it as `levels` say.
    fn shades(&mut self, levels: &[u8], x: i32, y: i32, ink: Ink) {
        let Some((from, skip, count)) = self.clip(x, y, levels.len()) else { return };
        let color: Rgb = self.raster.scheme().ink_rgb(ink);
        let shades = &SHADES[ink as usize];
        let pixels = self.raster.row_mut(y as u32)[from * 3..].as_chunks_mut::<3>().0;
        for (eight, levels) in pixels.chunks_mut(8).zip(levels[skip..skip + count].chunks(8)) {
            if levels.iter().all(|level| *level == 0) {
                continue;
            }
            for (pixel, level) in eight.iter_mut().zip(levels) {
                if *pixel == [0; 3] {
                    *pixel = shades[usize::from(*level)];
                } else if *level > 0 {
                    for (under, over) in pixel.iter_mut().zip(color) {
                        *under = light::blend(*under, over, *level);
                    }
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

/// One row of a glyph in pixels, the leftmost highest.
type Line = u64;

/// A row of bits, each `scale` pixels wide; all that is lit must fit into a line.
fn line_of(row: &[u8], scale: u32) -> Line {
    let bits = match *row {
        [a] => Line::from(a) << 56,
        [a, b] => Line::from(a) << 56 | Line::from(b) << 48,
        [a, b, c] => Line::from(a) << 56 | Line::from(b) << 48 | Line::from(c) << 40,
        _ => {
            row.iter().fold(0, |line, byte| line << 8 | Line::from(*byte))
                << (Line::BITS - 8 * row.len() as u32)
        }
    };
    match scale {
        1 => bits,
        2 => doubled(bits),
        _ => {
            let (mut line, mut rest) = (0, bits);
            while rest != 0 {
                let n = rest.leading_zeros();
                line |= Line::MAX << (Line::BITS - scale) >> (n * scale);
                rest &= Line::MAX >> 1 >> n;
            }
            line
        }
    }
}

/// The upper half of a line, each bit twice.
fn doubled(line: Line) -> Line {
    // Bits move apart by halves: 16 and 16, 8 and 8, down to each by itself.
    let mut apart = line >> 32;
    apart = (apart | apart << 16) & 0x0000_FFFF_0000_FFFF;
    apart = (apart | apart << 8) & 0x00FF_00FF_00FF_00FF;
    apart = (apart | apart << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    apart = (apart | apart << 2) & 0x3333_3333_3333_3333;
    apart = (apart | apart << 1) & 0x5555_5555_5555_5555;
    apart | apart << 1
}

/// [`widened`] for a line.
fn heavier(mut line: Line, by: usize) -> Line {
    for _ in 0..by {
        line |= line >> 1 & !line & !(line << 1);
    }
    line
}

/// Hands each eight pixels of which one is lit to `write`: the first one's place, and which are lit. `lines` stand
/// one below the other from pixel `first` on, each `scale` pixels high, on a page of so many pixels a row.
fn each_eight(
    lines: impl Iterator<Item = Line>,
    scale: usize,
    page: usize,
    first: usize,
    mut write: impl FnMut(usize, u8),
) {
    let mut row = first;
    for line in lines {
        for _ in 0..scale {
            let (mut at, mut rest) = (row, line);
            while rest != 0 {
                write(at, (rest >> (Line::BITS - 8)) as u8);
                at += 8;
                rest <<= 8;
            }
            row += page;
        }
    }
}

/// Writes `index` where the pixels from `at` on are lit; the others stay as they are, since a glyph's blank part
/// may lie over the glyph before it.
fn eight_indices(data: &mut [u8], at: usize, lit: u8, index: u64) {
    if let Some(eight) = data.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<8>) {
        let pixels = u64::from_ne_bytes(SPREAD[usize::from(lit)]) * index;
        *eight = (u64::from_ne_bytes(*eight) | pixels).to_ne_bytes();
    }
}

/// The same with three bytes a pixel; `color` is eight times red, green, blue.
fn eight_colors(data: &mut [u8], at: usize, lit: u8, color: &[u64; 3]) {
    if let Some(eight) = data.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<24>) {
        let masks = &SPREAD_RGB[usize::from(lit)];
        for ((part, color), mask) in eight.as_chunks_mut::<8>().0.iter_mut().zip(color).zip(masks) {
            *part = (u64::from_ne_bytes(*part) & !mask | color & mask).to_ne_bytes();
        }
    }
}

/// Eight bits as eight bytes of 0 or 1, the highest bit first.
const SPREAD: [[u8; 8]; 256] = spread_table(1);

/// Eight bits as 24 bytes of 0 or 255: a mask over the bytes of eight pixels.
const SPREAD_RGB: [[u64; 3]; 256] = {
    let bytes = spread_table(255);
    let mut table = [[0; 3]; 256];
    let mut n = 0;
    while n < 256 {
        table[n] = numbers(bytes[n]);
        n += 1;
    }
    table
};

/// The bytes of eight pixels as three numbers.
const fn numbers(bytes: [u8; 24]) -> [u64; 3] {
    let mut out = [0; 3];
    let mut n = 0;
    while n < 24 {
        let mut eight = [0; 8];
        let mut at = 0;
        while at < 8 {
            eight[at] = bytes[n + at];
            at += 1;
        }
        out[n / 8] = u64::from_ne_bytes(eight);
        n += 8;
    }
    out
}

const fn spread_table<const BYTES: usize>(lit: u8) -> [[u8; BYTES]; 256] {
    let mut table = [[0; BYTES]; 256];
    let mut n = 0;
    while n < 256 {
        let mut at = 0;
        while at < BYTES {
            table[n][at] = (n >> (7 - at * 8 / BYTES) & 1) as u8 * lit;
            at += 1;
        }
        n += 1;
    }
    table
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
    for byte in bits {
        for bit in SPREAD[usize::from(*byte)] {
            out.resize(out.len() + scale, bit);
        }
    }
    out.truncate(width * scale);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Size;
    use crate::render::font::Rows;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        /// Two glyphs over each other, drawn the fast way and row by row.
        #[test]
        fn the_fast_way_draws_the_same_dots(
            width in 1u32..40, height in 1u32..5, dots: [u8; 20], scale in 1u32..11, widen in 0usize..3,
            (x, y) in (-3i32..90, -3i32..50), scheme in 0usize..ColorScheme::ALL.len(),
        ) {
            let stride = width.div_ceil(8) as usize;
            let mut rows = dots[..stride * height as usize].to_vec();
            for last in rows.chunks_exact_mut(stride).filter_map(<[u8]>::last_mut) {
                *last &= !(0xFFu16 >> ((width - 1) % 8 + 1)) as u8;
            }
            let dots = Dots::Bits { rows: Rows::Kept(&rows), stride, scale };
            let glyph = Glyph { dots, width, height, left: 0, top: 0, advance: 0, ink: (0, 0) };
            let scheme = ColorScheme::ALL[scheme];
            let dark = || Canvas { raster: Raster::dark(scheme, Size::new(100, 60)), scratch: Vec::new() };
            let (mut fast, mut slow) = (dark(), dark());
            for (at, ink) in [((10, 2), Ink::Body), ((x, y), Ink::Accent)] {
                slow.mask_rows(&glyph, at, ink, widen);
                if fast.stamp(&glyph, at, ink, widen).is_none() {
                    fast.mask_rows(&glyph, at, ink, widen);
                }
            }
            prop_assert_eq!(fast.raster, slow.raster);
        }
    }

    #[test]
    fn glyphs_of_usual_sizes_go_the_fast_way() {
        let rows = [0xFF; 48];
        let mut canvas =
            Canvas { raster: Raster::dark(ColorScheme::Rgb, Size::new(64, 64)), scratch: Vec::new() };
        for (width, scale) in [(16u32, 1), (16, 2), (24, 1), (24, 2), (16, 4)] {
            let dots = Dots::Bits { rows: Rows::Kept(&rows), stride: width.div_ceil(8) as usize, scale };
            let glyph = Glyph { dots, width, height: 16, left: 0, top: 0, advance: 0, ink: (0, 0) };
            assert!(canvas.stamp(&glyph, (0, 0), Ink::Title, 0).is_some(), "{width} times {scale}");
        }
    }
}
