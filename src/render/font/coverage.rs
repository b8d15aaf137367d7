//! How much of each pixel does an outline cover? Exact areas in whole numbers, so that every machine gets
//! the same dots.

/// A closed outline in font units, curves already cut into lines; y grows downwards.
#[derive(Default, Debug)]
pub(super) struct Contours {
    /// Lines from point to point.
    pub lines: Vec<[(i32, i32); 2]>,
}

/// Fixed-point units in a pixel.
const ONE: i64 = 256;

/// Coverage of a box of `width` × `height` pixels, 0 to 255 each. `map` gives a point of the outline in
/// 1/256 pixel from the box's top left corner.
pub(super) fn fill(
    contours: &Contours,
    width: u32,
    height: u32,
    map: impl Fn((i32, i32)) -> (i64, i64),
) -> Box<[u8]> {
    let mut sheet = Sheet { width: width as usize, height: i64::from(height), cells: Vec::new() };
    // Two more cells a row: a line's share flows into the cell right of it.
    sheet.cells.resize((width as usize + 2) * height as usize, 0);
    for [a, b] in &contours.lines {
        sheet.line(map(*a), map(*b));
    }
    let mut out = Vec::with_capacity(width as usize * height as usize);
    for row in sheet.cells.chunks_exact(width as usize + 2) {
        let mut sum = 0i64;
        for cell in &row[..width as usize] {
            sum += i64::from(*cell);
            // A full pixel is ONE high times 2 × ONE wide.
            out.push((sum.abs().min(2 * ONE * ONE) * 255 / (2 * ONE * ONE)) as u8);
        }
    }
    out.into_boxed_slice()
}

/// An outline's `levels`, `width` a row, with each stroke `by` pixels wider to its right and half of that higher; `None`
/// where nothing is to be done. Gives the new width, too; half of the new rows stand above the old ones.
pub(super) fn bolder(levels: &[u8], width: usize, by: usize) -> Option<(Vec<u8>, usize)> {
    if by == 0 || width == 0 {
        return None;
    }
    let (wide, higher) = (width + by, by / 2);
    let rows = levels.len() / width;
    let mut across = vec![0; wide * rows];
    for (row, to) in levels.chunks_exact(width).zip(across.chunks_exact_mut(wide)) {
        for (n, level) in to.iter_mut().enumerate() {
            let under = &row[n.saturating_sub(by).min(width)..(n + 1).min(width)];
            *level = under.iter().copied().max().unwrap_or(0);
            if by == 1 {
                // In small characters strokes stand close: a pixel is lit no more than the light beyond it allows.
                let (here, next) = (row.get(n).copied().unwrap_or(0), row.get(n + 1).copied().unwrap_or(0));
                *level = here.max((*level).min(255 - next));
            }
        }
    }
    if higher == 0 {
        return Some((across, wide));
    }
    let mut out = vec![0; wide * (rows + higher)];
    for (n, to) in out.chunks_exact_mut(wide).enumerate() {
        let under = n.saturating_sub(higher)..(n + 1).min(rows);
        for row in across.chunks_exact(wide).take(under.end).skip(under.start) {
            to.iter_mut().zip(row).for_each(|(to, level)| *to = (*to).max(*level));
        }
    }
    Some((out, wide))
}

/// Signed area that each cell adds to all cells right of it.
struct Sheet {
    width: usize,
    height: i64,
    cells: Vec<i32>,
}

impl Sheet {
    fn line(&mut self, (x0, y0): (i64, i64), (x1, y1): (i64, i64)) {
        if y0 == y1 {
            return;
        }
        let (sign, top, bottom) = if y0 < y1 { (1, (x0, y0), (x1, y1)) } else { (-1, (x1, y1), (x0, y0)) };
        let x_at = |y: i64| top.0 + (bottom.0 - top.0) * (y - top.1) / (bottom.1 - top.1);
        let first = top.1.max(0);
        let end = bottom.1.min(self.height * ONE);
        let mut y = first;
        while y < end {
            let next = ((y / ONE + 1) * ONE).min(end);
            self.in_row(y / ONE, sign, (x_at(y), y), (x_at(next), next));
            y = next;
        }
    }

    /// A piece of a line that stays within one row of pixels; `a` above `b`.
    fn in_row(&mut self, row: i64, sign: i64, a: (i64, i64), b: (i64, i64)) {
        let right = self.width as i64 * ONE;
        let (left, far) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        let (x0, x1) = (left.0.clamp(0, right), far.0.clamp(0, right));
        let (dx, dy) = (far.0 - left.0, b.1 - a.1);
        // Share of the height up to x; what lies outside the box counts at its edge.
        let height_to = |x: i64| {
            if dx == 0 || x >= far.0 {
                dy
            } else if x <= left.0 {
                0
            } else {
                (x - left.0) * dy / dx
            }
        };
        let mut x = x0;
        let mut done = 0;
        loop {
            let edge = (x / ONE + 1) * ONE;
            let next = edge.min(x1);
            let last = next >= x1;
            let to = if last { dy } else { height_to(next) };
            self.add(row, x / ONE, sign * (to - done), (x % ONE) + (next - (x / ONE) * ONE));
            done = to;
            if last {
                break;
            }
            x = next;
        }
    }

    /// `dy` high, with its middle `twice_middle / 2` from the cell's left edge.
    fn add(&mut self, row: i64, column: i64, dy: i64, twice_middle: i64) {
        let at = row as usize * (self.width + 2) + column as usize;
        let right = dy * twice_middle;
        // A hostile outline may run through one cell thousands of times.
        self.cells[at] = self.cells[at].saturating_add((dy * 2 * ONE - right) as i32);
        self.cells[at + 1] = self.cells[at + 1].saturating_add(right as i32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn closed(points: &[(i32, i32)]) -> Contours {
        let next = points.iter().cycle().skip(1);
        Contours { lines: points.iter().zip(next).map(|(a, b)| [*a, *b]).collect() }
    }

    fn exact((x, y): (i32, i32)) -> (i64, i64) {
        (i64::from(x), i64::from(y))
    }

    #[test]
    fn areas_are_exact() {
        // A box from 0.5 to 2.5 across and 0 to 1.5 down.
        let boxed = closed(&[(128, 0), (640, 0), (640, 384), (128, 384)]);
        assert_eq!(*fill(&boxed, 3, 2, exact), [127, 255, 127, 63, 127, 63]);
        let turned = closed(&[(128, 384), (640, 384), (640, 0), (128, 0)]);
        assert_eq!(fill(&turned, 3, 2, exact), fill(&boxed, 3, 2, exact), "either way round");
        let triangle = closed(&[(0, 0), (512, 512), (0, 512)]);
        assert_eq!(*fill(&triangle, 2, 2, exact), [127, 0, 255, 127]);
        let hole = Contours {
            lines: [
                closed(&[(0, 0), (768, 0), (768, 768), (0, 768)]).lines,
                closed(&[(256, 256), (256, 512), (512, 512), (512, 256)]).lines,
            ]
            .concat(),
        };
        assert_eq!(*fill(&hole, 3, 3, exact), [255, 255, 255, 255, 0, 255, 255, 255, 255]);
    }

    #[test]
    fn strokes_grow_without_cracks_and_small_ones_do_not_meet() {
        assert_eq!(bolder(&[255], 1, 0), None);
        // The half-lit edge of a stroke moves out; what is between two strokes stays dark.
        let row = [255, 120, 0, 0, 255, 0, 255];
        assert_eq!(bolder(&row, 7, 1), Some((vec![255, 255, 120, 0, 255, 0, 255, 255], 8)));
        // Large ones grow on both axes, and what is narrower than that is filled.
        let (bold, width) = bolder(&[255, 0, 255], 1, 2).unwrap();
        assert_eq!(
            (bold.as_slice(), width),
            (&[255; 12][..], 3),
            "a column of three becomes three columns of four"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn nothing_grows_darker(levels in proptest::collection::vec(any::<u8>(), 0..40), width in 1usize..6, by in 1usize..9) {
            let levels = &levels[..levels.len() / width * width];
            let (bold, wide) = bolder(levels, width, by).unwrap();
            prop_assert_eq!(wide, width + by);
            for (n, row) in levels.chunks_exact(width).enumerate() {
                for (x, level) in row.iter().enumerate() {
                    prop_assert!(bold[n * wide + x] >= *level);
                }
            }
        }

        #[test]
        fn any_outline_stays_in_its_box(points in proptest::collection::vec((-5000i32..5000, -5000i32..5000), 0..12), w in 0u32..9, h in 0u32..9) {
            let out = fill(&closed(&points), w, h, exact);
            prop_assert_eq!(out.len() as u32, w * h);
        }
    }
}
