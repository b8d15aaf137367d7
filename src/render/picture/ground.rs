//! The ground of a picture: the colour that lies behind everything, cell by cell, since scanned paper is
//! yellowish, darker towards the binding, and in no two places the same.

use super::proxy::{Proxy, apart, luma};
use crate::geometry::Size;

/// Cells along the longer side of a picture.
const CELLS: u32 = 16;
/// No cell is smaller, in pixels of the stand-in.
const LEAST_CELL: u32 = 24;
/// Luma levels in one bin of a histogram.
const BIN: usize = 8;
/// From one cell to the next the ground changes by no more than this.
const GROWS: u8 = 24;
/// How much a pixel of the ground may differ from it: the noise of a good JPEG.
const NOISE: u8 = 20;
/// And at most, however noisy it is.
const MOST_NOISE: u8 = 44;

/// What lies behind everything.
pub(super) struct Ground {
    across: u32,
    down: u32,
    cells: Vec<[u8; 3]>,
    size: Size,
    /// Its colour in the middle of all cells.
    pub color: [u8; 3],
    /// A pixel that differs by more from the ground is ink.
    pub tolerance: u8,
    /// How much of the picture it is, in percent.
    pub percent: u32,
    /// Whether it is paper: light, and hardly coloured.
    pub paper: bool,
}

impl Ground {
    /// Looks for it. `None` if no colour lies behind at least a third of the picture.
    pub fn find(proxy: &Proxy) -> Option<Self> {
        let size = proxy.size;
        let long = size.width.max(size.height);
        let side = long.div_ceil(CELLS).max(LEAST_CELL);
        let (across, down) = (size.width.div_ceil(side).max(1), size.height.div_ceil(side).max(1));
        let mut bins = vec![[0u32; 256 / BIN]; (across * down) as usize];
        for (y, row) in (0..).zip(proxy.rows()) {
            for (x, pixel) in (0..).zip(row) {
                let cell = (y * down / size.height) * across + x * across / size.width;
                bins[cell as usize][usize::from(luma(*pixel)) / BIN] += 1;
            }
        }
        // The commonest lightness of all, and of each cell; two bins, since a level may lie on an edge.
        let mut total = [0u32; 256 / BIN];
        for cell in &bins {
            total.iter_mut().zip(cell).for_each(|(sum, n)| *sum += n);
        }
        let whole = commonest(&total);
        let modes: Vec<usize> = bins.iter().map(commonest).collect();
        let mut sums = vec![[0u32; 4]; bins.len()];
        for (y, row) in (0..).zip(proxy.rows()) {
            for (x, pixel) in (0..).zip(row) {
                let cell = ((y * down / size.height) * across + x * across / size.width) as usize;
                let bin = usize::from(luma(*pixel)) / BIN;
                if bin == modes[cell] || bin == modes[cell] + 1 {
                    sums[cell].iter_mut().zip(pixel).for_each(|(sum, c)| *sum += u32::from(*c));
                    sums[cell][3] += 1;
                }
            }
        }
        let found: Vec<[u8; 3]> =
            sums.iter().map(|[r, g, b, n]| [r, g, b].map(|c| (c / (*n).max(1)) as u8)).collect();
        // Cells that agree with the commonest lightness vote for the colour.
        let near = |color: &&[u8; 3]| (usize::from(luma(**color)) / BIN).abs_diff(whole) <= 1;
        let votes: Vec<[u8; 3]> = found.iter().filter(near).copied().collect();
        let color = median(&votes)?;
        let mut cells: Vec<Option<[u8; 3]>> =
            found.iter().map(|cell| similar(color, *cell).then_some(*cell)).collect();
        grow(&mut cells, &found, across as usize);
        fill(&mut cells, across as usize);
        let cells = smooth(&cells, across as usize, color);
        let mut ground =
            Self { across, down, cells, size, color, tolerance: MOST_NOISE, percent: 0, paper: false };
        ground.measure(proxy);
        ground.paper = ground.is_paper();
        (ground.percent >= 33).then_some(ground)
    }

    /// How noisy it is, and how much of the picture it is.
    fn measure(&mut self, proxy: &Proxy) {
        let mut counts = [0u32; 256];
        let mut line = Vec::new();
        for (y, row) in (0..).zip(proxy.rows()) {
            self.line(y, &mut line);
            for (pixel, ground) in row.iter().zip(&line) {
                counts[usize::from(apart(*pixel, *ground))] += 1;
            }
        }
        let within = |limit: u8| counts[..=usize::from(limit)].iter().sum::<u32>();
        let most = within(MOST_NOISE);
        // Nearly all of what could be ground is: three times the distance below which half of it lies.
        let half = (0..MOST_NOISE).find(|d| within(*d) * 2 >= most).unwrap_or(MOST_NOISE);
        self.tolerance = (half * 3 + 8).clamp(NOISE, MOST_NOISE);
        self.percent = (u64::from(within(self.tolerance)) * 100 / proxy.size.area().max(1)) as u32;
    }

    /// Whether a pixel is ink and not the ground behind it. What is lighter than paper is no ink.
    pub fn differs(&self, pixel: [u8; 3], behind: [u8; 3]) -> bool {
        let apart = if self.paper {
            let darker = |n: usize| behind[n].saturating_sub(pixel[n]);
            darker(0).max(darker(1)).max(darker(2))
        } else {
            apart(pixel, behind)
        };
        apart > self.tolerance
    }

    /// How many pixels of a stand-in are ink.
    pub fn ink(&self, proxy: &Proxy) -> u64 {
        let (mut line, mut count) = (Vec::new(), 0);
        for (y, row) in (0..).zip(proxy.rows()) {
            self.line(y, &mut line);
            count += row.iter().zip(&line).filter(|(p, g)| self.differs(**p, **g)).count() as u64;
        }
        count
    }

    /// The ground behind each pixel of row `y` of the stand-in.
    pub fn line(&self, y: u32, out: &mut Vec<[u8; 3]>) {
        self.line_of(self.size, (y, 0, self.size.width), out);
    }

    /// The ground behind `width` pixels from `left` of row `y`, in a picture of `size`.
    pub fn line_of(&self, size: Size, (y, left, width): (u32, u32, u32), out: &mut Vec<[u8; 3]>) {
        out.clear();
        let (upper, lower, down) = between(y, size.height, self.down);
        let row = |n: u32| &self.cells[(n * self.across) as usize..][..self.across as usize];
        let column: Vec<[u8; 3]> =
            row(upper).iter().zip(row(lower)).map(|(a, b)| mixed(*a, *b, down)).collect();
        if let [only] = column[..] {
            out.resize(width as usize, only);
            return;
        }
        for x in left..left + width {
            let (a, b, along) = between(x, size.width, self.across);
            out.push(mixed(column[a as usize], column[b as usize], along));
        }
    }

    fn is_paper(&self) -> bool {
        let (low, high) = (self.color.iter().min(), self.color.iter().max());
        let (low, high) = (u32::from(*low.unwrap_or(&0)), u32::from(*high.unwrap_or(&0)));
        let light = |cell: &[u8; 3]| luma(*cell);
        let (dim, bright) = (self.cells.iter().map(light).min(), self.cells.iter().map(light).max());
        let even = u32::from(dim.unwrap_or(0)) * 100 >= u32::from(bright.unwrap_or(0)) * 55;
        luma(self.color) >= 112 && (high - low) * 100 <= high * 30 && even && self.percent >= 45
    }
}

/// Between which two of `cells` the middle of pixel `at` of `length` lies, and how far along, of 256.
fn between(at: u32, length: u32, cells: u32) -> (u32, u32, u32) {
    // In 1/512 of a cell, from the middle of the first one.
    let along = (u64::from(2 * at + 1) * u64::from(cells) * 256 / u64::from(length.max(1))) as u32;
    let along = along.saturating_sub(256).min((cells - 1) * 512);
    let first = (along / 512).min(cells - 1);
    (first, (first + 1).min(cells - 1), (along - first * 512) / 2)
}

fn mixed(a: [u8; 3], b: [u8; 3], along: u32) -> [u8; 3] {
    let mix = |n: usize| ((u32::from(a[n]) * (256 - along) + u32::from(b[n]) * along) >> 8) as u8;
    [mix(0), mix(1), mix(2)]
}

/// The first of the two neighbouring bins that hold most.
fn commonest(bins: &[u32; 256 / BIN]) -> usize {
    let pair = |n: &usize| bins[*n] + bins.get(n + 1).unwrap_or(&0);
    // Of equals the lighter one.
    (0..bins.len()).max_by_key(pair).unwrap_or(0)
}

fn median(colors: &[[u8; 3]]) -> Option<[u8; 3]> {
    let channel = |n: usize| {
        let mut all: Vec<u8> = colors.iter().map(|color| color[n]).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied()
    };
    Some([channel(0)?, channel(1)?, channel(2)?])
}

/// Whether two cells can be the same ground in other light.
fn similar(a: [u8; 3], b: [u8; 3]) -> bool {
    let (la, lb) = (i32::from(luma(a)), i32::from(luma(b)));
    let light = if la >= 96 { lb * 100 >= la * 62 && lb * 100 <= la * 140 } else { (la - lb).abs() <= 32 };
    let tint = |p: [u8; 3], n: usize, l: i32| i32::from(p[n]) - l;
    let hue = [0, 2].iter().all(|n| (tint(a, *n, la) - tint(b, *n, lb)).abs() <= 24);
    light && hue
}

/// Where the ground goes on in small steps, as in a poster's sky, it may end far from its middle.
fn grow(cells: &mut [Option<[u8; 3]>], found: &[[u8; 3]], across: usize) {
    let near = |a: [u8; 3], b: [u8; 3]| apart(a, b) <= GROWS;
    let mut stack: Vec<usize> = (0..cells.len()).filter(|n| cells[*n].is_some()).collect();
    while let Some(n) = stack.pop() {
        for m in neighbours(n, across, found.len()) {
            if cells[m].is_none() && near(found[n], found[m]) {
                cells[m] = Some(found[m]);
                stack.push(m);
            }
        }
    }
}

/// Cells that something covers take what lies around them.
fn fill(cells: &mut [Option<[u8; 3]>], across: usize) {
    for _ in 0..CELLS {
        let before = cells.to_vec();
        for n in (0..cells.len()).filter(|n| before[*n].is_none()) {
            let around = neighbours(n, across, before.len()).filter_map(|m| before[m]);
            cells[n] = average(around);
        }
    }
}

/// Averages of three by three cells.
fn smooth(cells: &[Option<[u8; 3]>], across: usize, color: [u8; 3]) -> Vec<[u8; 3]> {
    let around = |n| average(neighbours(n, across, cells.len()).filter_map(|m| cells[m])).unwrap_or(color);
    (0..cells.len()).map(around).collect()
}

fn neighbours(n: usize, across: usize, count: usize) -> impl Iterator<Item = usize> {
    let (x, y, down) = (n % across, n / across, count / across);
    let rows = y.saturating_sub(1)..(y + 2).min(down);
    rows.flat_map(move |row| {
        (x.saturating_sub(1)..(x + 2).min(across)).map(move |column| row * across + column)
    })
}

fn average(colors: impl Iterator<Item = [u8; 3]>) -> Option<[u8; 3]> {
    let (mut sums, mut n) = ([0u32; 3], 0u32);
    for color in colors {
        sums.iter_mut().zip(color).for_each(|(sum, c)| *sum += u32::from(c));
        n += 1;
    }
    (n > 0).then(|| sums.map(|sum| (sum / n) as u8))
}
