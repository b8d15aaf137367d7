//! How high is the text in a picture? Nobody is told what it says: strokes close together on one height are
//! a line of it. Long lines and frames are taken away first, so that a table's rules are not letters.

use super::{
    ground::Ground,
    proxy::{Proxy, apart},
};
use crate::geometry::Size;

/// Ink must differ at least so much from the ground.
const CLEAR: u8 = 48;
/// A run of ink longer than this part of the longer side is a rule, if it is thin.
const RULE: u32 = 14;
/// So many times as long as thick: the longest stroke of a letter is not.
const THIN: usize = 16;
/// A box of which ink covers so much is an area, not a letter; text on it is of the ground's colour.
const SOLID_PERCENT: u64 = 62;
/// Text lower than this cannot be told from noise, in pixels of the stand-in.
const LEAST: u32 = 5;
/// More separate marks than this are a pattern or noise.
const MARKS: usize = 40_000;
/// A quarter of the characters may be smaller than what counts as the height of the text.
const SMALL_PERCENT: u32 = 25;
/// Fewer characters than this are no text.
const FEW: u32 = 3;

/// What is connected.
#[derive(Clone, Copy)]
struct Group {
    /// The box round it: left, top, right, bottom; the last two are outside.
    bounds: [u32; 4],
    /// How many pixels of it are ink.
    ink: u32,
}

impl Group {
    fn wide(&self) -> u32 {
        self.bounds[2] - self.bounds[0]
    }

    fn high(&self) -> u32 {
        self.bounds[3] - self.bounds[1]
    }

    /// Calls with the range of each row of its box.
    fn each_row(&self, size: Size, mut call: impl FnMut(std::ops::Range<usize>)) {
        let [left, top, right, bottom] = self.bounds.map(|edge| edge as usize);
        (top..bottom).for_each(|y| call(y * size.width as usize + left..y * size.width as usize + right));
    }
}

/// The height of a character of the smaller text, in pixels of the picture; `None` where no text is seen.
pub(super) fn height(proxy: &Proxy, ground: &Ground) -> Option<u32> {
    let size = proxy.size;
    let mut mask = mask(proxy, ground);
    without_rules(&mut mask, size, (size.width.max(size.height) / RULE).max(4 * LEAST));
    turn_solids(&mut mask, size)?;
    let marks = groups(&mask, size)?;
    let mut heights: Vec<u32> = marks
        .iter()
        .filter(|mark| mark.high() >= LEAST && mark.wide() >= 2 && mark.high() * 2 <= size.height)
        .map(Group::high)
        .collect();
    heights.sort_unstable();
    let usual = *heights.get(heights.len() * 3 / 4)?;
    // Specks go; what is left is joined sideways into lines, and a little upwards into whole characters.
    for mark in marks.iter().filter(|mark| mark.wide().max(mark.high()) * 6 < usual) {
        mark.each_row(size, |row| mask[row].fill(false));
    }
    join(&mut mask, size, usual * 3 / 4, usual / 5);
    let mut lines: Vec<(u32, u32)> = Vec::new();
    for line in groups(&mask, size)? {
        let (wide, high) = (line.wide(), line.high());
        if high >= LEAST && high * 2 <= usual * 5 && wide * 5 >= high * 6 {
            lines.push((high, (wide + high / 2) / high));
        }
    }
    lines.sort_unstable();
    let all: u32 = lines.iter().map(|line| line.1).sum();
    let mut below = 0;
    let small = lines.iter().find(|line| {
        below += line.1;
        below * 100 > all * SMALL_PERCENT
    });
    // Ink fills nine tenths of a character's cell.
    small.filter(|_| all >= FEW).map(|(high, _)| high * proxy.step * 10 / 9)
}

/// Buttons and boxes filled with ink: what stands on them in the colour of the ground is the text.
fn turn_solids(mask: &mut [bool], size: Size) -> Option<()> {
    for group in groups(mask, size)? {
        let area = group.wide() * group.high();
        if group.wide().min(group.high()) >= 3 * LEAST
            && u64::from(group.ink) * 100 >= u64::from(area) * SOLID_PERCENT
        {
            // What lies beside it, as round a rounded corner, is not on it.
            group.each_row(size, |row| {
                let row = &mut mask[row];
                let ends = (row.iter().position(|ink| *ink), row.iter().rposition(|ink| *ink));
                if let (Some(first), Some(last)) = ends {
                    row[first..=last].iter_mut().for_each(|ink| *ink = !*ink);
                }
            });
        }
    }
    Some(())
}

fn mask(proxy: &Proxy, ground: &Ground) -> Vec<bool> {
    let limit = ground.tolerance.max(CLEAR);
    let (mut line, mut mask) = (Vec::new(), Vec::with_capacity(proxy.pixels.len()));
    for (y, row) in (0..).zip(proxy.rows()) {
        ground.line(y, &mut line);
        mask.extend(row.iter().zip(&line).map(|(pixel, behind)| apart(*pixel, *behind) > limit));
    }
    mask
}

/// Clears every thin run of ink, along rows and columns, that is longer than `longest`.
fn without_rules(mask: &mut [bool], size: Size, longest: u32) {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut rules = Vec::new();
    // `at` is the pixel at a place of a line; `across` are those at that place in the lines beside it.
    let mut look = |count: usize, at: &dyn Fn(usize) -> usize, across: (usize, usize, usize)| {
        let (line, lines, stride) = across;
        let mut begun = None;
        for n in 0..=count {
            match (n < count && mask[at(n)], begun) {
                (true, None) => begun = Some(n),
                (false, Some(from)) => {
                    let length = n - from;
                    if length > longest as usize {
                        let middle = at(from + length / 2);
                        let most = length / THIN + 1;
                        let before = (1..=most.min(line)).take_while(|d| mask[middle - d * stride]).count();
                        let after = (1..=most.min(lines - 1 - line))
                            .take_while(|d| mask[middle + d * stride])
                            .count();
                        if (before + after + 1) * THIN <= length {
                            rules.extend((from..n).map(at));
                        }
                    }
                    begun = None;
                }
                _ => {}
            }
        }
    };
    (0..height).for_each(|y| look(width, &|x| y * width + x, (y, height, width)));
    (0..width).for_each(|x| look(height, &|y| y * width + x, (x, width, 1)));
    for n in rules {
        mask[n] = false;
    }
}

/// Closes gaps of at most `sideways` in rows and `upwards` in columns.
fn join(mask: &mut [bool], size: Size, sideways: u32, upwards: u32) {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut close = |count: usize, gap: usize, at: &dyn Fn(usize) -> usize| {
        let mut last: Option<usize> = None;
        for n in 0..count {
            if mask[at(n)] {
                if let Some(last) = last.filter(|last| n - last <= gap + 1) {
                    (last + 1..n).for_each(|m| mask[at(m)] = true);
                }
                last = Some(n);
            }
        }
    };
    (0..width).for_each(|x| close(height, upwards as usize, &|y| y * width + x));
    (0..height).for_each(|y| close(width, sideways as usize, &|x| y * width + x));
}

/// Boxes round what is connected, corners included. `None` if there are too many.
fn groups(mask: &[bool], size: Size) -> Option<Vec<Group>> {
    let width = size.width as usize;
    // Runs of one row, each with the group that it belongs to; groups that met point at each other.
    let mut bounds: Vec<Group> = Vec::new();
    let mut parent: Vec<u32> = Vec::new();
    let mut above: Vec<(u32, u32, u32)> = Vec::new();
    let mut here = Vec::new();
    for (y, row) in (0u32..).zip(mask.chunks_exact(width.max(1))) {
        here.clear();
        let mut x = 0;
        let mut next = 0;
        while let Some(start) = row[x..].iter().position(|ink| *ink).map(|n| x + n) {
            let end = row[start..].iter().position(|ink| !ink).map_or(width, |n| start + n);
            let (from, to) = (start as u32, end as u32);
            let mut group = None;
            while next < above.len() && above[next].1 < from {
                next += 1;
            }
            for (_, _, other) in above[next..].iter().take_while(|run| run.0 <= to) {
                let other = root(&mut parent, *other);
                let mine = group.map_or(other, |mine| root(&mut parent, mine));
                if mine != other {
                    parent[other as usize] = mine;
                    let Group { bounds: [l, t, r, b], ink } = bounds[other as usize];
                    let Group { bounds: m, ink: sum } = &mut bounds[mine as usize];
                    *m = [m[0].min(l), m[1].min(t), m[2].max(r), m[3].max(b)];
                    *sum += ink;
                }
                group = Some(mine);
            }
            let group = group.unwrap_or_else(|| {
                parent.push(parent.len() as u32);
                bounds.push(Group { bounds: [from, y, to, y + 1], ink: 0 });
                parent.len() as u32 - 1
            });
            let Group { bounds: m, ink } = &mut bounds[group as usize];
            *m = [m[0].min(from), m[1], m[2].max(to), y + 1];
            *ink += to - from;
            here.push((from, to, group));
            x = end;
        }
        if parent.len() > MARKS {
            return None;
        }
        std::mem::swap(&mut above, &mut here);
    }
    let roots = parent.iter().enumerate().filter(|(n, parent)| *n == **parent as usize);
    Some(roots.map(|(n, _)| bounds[n]).collect())
}

fn root(parent: &mut [u32], mut n: u32) -> u32 {
    while parent[n as usize] != n {
        let up = parent[parent[n as usize] as usize];
        parent[n as usize] = up;
        n = up;
    }
    n
}
