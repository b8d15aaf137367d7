//! GIF, still, with the scheme's palette. A picture on an `rgb` face may have more colours than a GIF can
//! hold: then the palette is made by median cut, in integers, so that it is the same on every machine.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    color::{ColorScheme, Rgb},
    render::Raster,
};

/// A GIF's palette holds no more.
const MAX_COLORS: usize = 256;

/// One image block with a global palette; exact up to 256 colours.
pub(super) fn encode(raster: &Raster) -> Option<Vec<u8>> {
    let size = raster.size();
    let (width, height) = (u16::try_from(size.width).ok()?, u16::try_from(size.height).ok()?);
    let palette = match raster.scheme() {
        ColorScheme::Rgb => Palette::of(&[raster.bytes()], MAX_COLORS),
        scheme => Palette::fixed(scheme.palette()),
    };
    let indices = palette.indices(raster.bytes());
    let mut encoder = gif::Encoder::new(Vec::new(), width, height, &palette.colors().concat()).ok()?;
    let frame = gif::Frame { width, height, buffer: Cow::Owned(indices), ..gif::Frame::default() };
    encoder.write_frame(&frame).ok()?;
    encoder.into_inner().ok()
}

/// The colours of a GIF, and which of them a pixel gets.
pub(super) struct Palette {
    colors: Vec<Rgb>,
    lookup: Lookup,
}

enum Lookup {
    /// Pixels are indices already.
    None,
    /// Every colour has its index.
    Exact(BTreeMap<Rgb, u8>),
    /// One index for each cell of the colour cube.
    Cells(Vec<u8>),
}

impl Palette {
    /// The colours of a scheme, whose pixels are indices.
    pub(super) fn fixed(colors: &[Rgb]) -> Self {
        Self { colors: colors.to_vec(), lookup: Lookup::None }
    }

    /// At most `most` (up to 256) colours for pictures of three bytes a pixel.
    pub(super) fn of(pictures: &[&[u8]], most: usize) -> Self {
        let pixels = || pictures.iter().flat_map(|rgb| rgb.chunks_exact(3)).map(|p| [p[0], p[1], p[2]]);
        let mut exact: BTreeMap<Rgb, u8> = BTreeMap::new();
        let mut last = None;
        for pixel in pixels().filter(|pixel| last.replace(*pixel) != Some(*pixel)) {
            if !exact.contains_key(&pixel) {
                if exact.len() == most {
                    let (colors, cells) = median_cut(pixels(), most);
                    return Self { colors, lookup: Lookup::Cells(cells) };
                }
                exact.insert(pixel, 0);
            }
        }
        for (n, index) in exact.values_mut().enumerate() {
            *index = n as u8;
        }
        Self { colors: exact.keys().copied().collect(), lookup: Lookup::Exact(exact) }
    }

    /// Never more than were asked for.
    pub(super) fn colors(&self) -> &[Rgb] {
        &self.colors
    }

    /// The index of each pixel of a raster's `bytes`.
    pub(super) fn indices(&self, bytes: &[u8]) -> Vec<u8> {
        let pixels = bytes.chunks_exact(3).map(|p| [p[0], p[1], p[2]]);
        match &self.lookup {
            Lookup::None => bytes.to_vec(),
            Lookup::Cells(cells) => pixels.map(|pixel| cells[cell_of(pixel)]).collect(),
            Lookup::Exact(exact) => {
                // Most pixels are like the one before.
                let mut last = ([0; 3], exact.get(&[0; 3]).copied().unwrap_or(0));
                let index = |pixel| {
                    if last.0 != pixel {
                        last = (pixel, exact.get(&pixel).copied().unwrap_or(0));
                    }
                    last.1
                };
                pixels.map(index).collect()
            }
        }
    }
}

/// The cell of the colour cube in which a colour lies.
fn cell_of([r, g, b]: Rgb) -> usize {
    (r as usize >> 3) << 10 | (g as usize >> 3) << 5 | b as usize >> 3
}

/// Pixels of one 5-bit cell of the colour cube: how many, and their sums.
#[derive(Clone, Copy, Default)]
struct Cell {
    count: u64,
    sum: [u64; 3],
}

/// Median cut over the 32,768 cells of the colour cube, so its cost does not grow with the colours: at most `most`
/// colours, and the index for each cell.
fn median_cut(pixels: impl Iterator<Item = Rgb>, most: usize) -> (Vec<Rgb>, Vec<u8>) {
    let mut cells = vec![Cell::default(); 1 << 15];
    for pixel in pixels {
        let cell = &mut cells[cell_of(pixel)];
        cell.count += 1;
        for (sum, part) in cell.sum.iter_mut().zip(pixel) {
            *sum += u64::from(part);
        }
    }
    let axis = |cell: usize, channel: usize| cell >> (10 - 5 * channel) & 31;
    let used: Vec<usize> = (0..cells.len()).filter(|cell| cells[*cell].count > 0).collect();
    let mut boxes = vec![used];
    while boxes.len() < most {
        // The box with most pixels among those with more than one cell; the first of equals.
        let weight = |cells_in: &Vec<usize>| cells_in.iter().map(|c| cells[*c].count).sum::<u64>();
        let Some(widest) = (0..boxes.len())
            .filter(|n| boxes[*n].len() > 1)
            .max_by_key(|n| (weight(&boxes[*n]), usize::MAX - n))
        else {
            break;
        };
        let mut members = boxes.swap_remove(widest);
        let spread = |channel: usize| {
            let values = || members.iter().map(|cell| axis(*cell, channel));
            values().max().unwrap_or(0) - values().min().unwrap_or(0)
        };
        let channel = (0..3).max_by_key(|c| (spread(*c), 3 - c)).unwrap_or(0);
        members.sort_by_key(|cell| (axis(*cell, channel), *cell));
        let half = weight(&members) / 2;
        let mut seen = 0;
        let cut = members.iter().position(|cell| {
            seen += cells[*cell].count;
            seen >= half
        });
        let cut = (cut.unwrap_or(0) + 1).min(members.len() - 1);
        let upper = members.split_off(cut);
        boxes.extend([members, upper]);
    }
    let mut index_of = vec![0u8; cells.len()];
    let mut palette = Vec::with_capacity(boxes.len());
    for (n, members) in boxes.iter().enumerate() {
        let mut total = Cell::default();
        for cell in members {
            index_of[*cell] = n as u8;
            total.count += cells[*cell].count;
            for (sum, part) in total.sum.iter_mut().zip(cells[*cell].sum) {
                *sum += part;
            }
        }
        palette.push(total.sum.map(|sum| ((sum + total.count / 2) / total.count.max(1)) as u8));
    }
    (palette, index_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Size;

    #[test]
    fn a_photograph_is_reduced_to_colours_close_to_its_own() {
        let mut raster = Raster::dark(ColorScheme::Rgb, Size::new(64, 64));
        for y in 0..64 {
            for (x, pixel) in raster.row_mut(y).chunks_exact_mut(3).enumerate() {
                pixel.copy_from_slice(&[x as u8 * 4, y as u8 * 4, (x as u8 ^ y as u8) * 4]);
            }
        }
        let gif = encode(&raster).unwrap();
        assert_eq!(encode(&raster).unwrap(), gif, "the same bytes each time");
        let seen = image::load_from_memory(&gif).unwrap().to_rgb8();
        let worst = seen.as_raw().iter().zip(raster.bytes()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(worst <= 40, "a channel is off by {worst}");
    }
}
