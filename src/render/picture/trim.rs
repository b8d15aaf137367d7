//! Margins: what lies round a picture's content and says nothing. A scanner's dust is no content.

use super::{
    ground::Ground,
    look::{Look, Nature},
    proxy::{Proxy, apart, luma},
};
use crate::geometry::Size;

/// A part of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// Pixels from the left edge.
    pub left: u32,
    /// Pixels from the top edge.
    pub top: u32,
    /// Width and height; never 0.
    pub size: Size,
}

impl Part {
    /// All of a picture.
    pub fn whole(size: Size) -> Self {
        Self { left: 0, top: 0, size }
    }
}

/// Edges of content: left, top, and what lies behind right and bottom.
pub(super) type Edges = [u32; 4];

/// Percent of the pixels along a picture's four sides that must be ground for it to have margins.
const GROUND_PERCENT: usize = 80;
/// How much a margin that is no ground may differ in itself …
const EVEN: u8 = 10;
/// … and how much what follows it must differ: a sky ends in no edge.
const EDGE: u8 = 32;
/// Only pictures at least so long, in pixels, are searched for dust.
const DUSTY: u32 = 400;
/// Cells along the longer side in which dust is searched.
const CELLS: u32 = 192;
/// Content as near as so many cells is no dust, however small.
const NEAR: u32 = 3;
/// More specks than this are a pattern.
const SPECKS: usize = 60;
/// Air left round content, in parts of its longer side: hardly any where the ground is dark on the face.
const AIR: u32 = 64;
/// And more where it glows in a colour.
const GLOWING_AIR: u32 = 16;
/// A ground lighter than this glows.
const GLOWS: u8 = 40;

/// The edges of a picture's content in its stand-in; all of it where there are no margins.
pub(super) fn content(proxy: &Proxy, ground: Option<&Ground>) -> Edges {
    let Size { width, height } = proxy.size;
    let whole = [0, 0, width, height];
    let found = match ground.filter(|ground| surrounds(ground, proxy)) {
        Some(ground) => inked(proxy, ground),
        None => unlike_sides(proxy),
    };
    found.filter(|[left, top, right, bottom]| left < right && top < bottom).unwrap_or(whole)
}

/// What is to be seen of a picture of `full` pixels: its content and a little air.
pub(super) fn with_air(content: Edges, proxy: &Proxy, full: Size, look: &Look) -> Part {
    let [left, top, right, bottom] = content.map(|edge| edge * proxy.step);
    let (right, bottom) = (right.min(full.width), bottom.min(full.height));
    let (left, top) = (left.min(right.saturating_sub(1)), top.min(bottom.saturating_sub(1)));
    let long = (right - left).max(bottom - top);
    let glows = look.ground.as_ref().is_some_and(|ground| luma(ground.color) > GLOWS);
    // At least a pixel of the stand-in: an edge is only known so well. A photo needs no passe-partout.
    let air = match look.nature {
        Nature::Photo => 0,
        Nature::Flat if glows => long / GLOWING_AIR + proxy.step,
        Nature::Flat | Nature::Drawing => long / AIR + proxy.step,
    };
    let near = |at: u32| if at <= proxy.step { 0 } else { at.saturating_sub(air) };
    let far = |at: u32, end: u32| if end - at <= proxy.step { end } else { (at + air).min(end) };
    let (left, top) = (near(left), near(top));
    let size = Size::new(far(right, full.width) - left, far(bottom, full.height) - top);
    Part { left, top, size }
}

/// Whether the ground lies along the sides.
fn surrounds(ground: &Ground, proxy: &Proxy) -> bool {
    let Size { width, height } = proxy.size;
    let (mut line, mut all, mut like) = (Vec::new(), 0, 0);
    for y in 0..height {
        ground.line(y, &mut line);
        let edge = y == 0 || y + 1 == height;
        for x in (0..width).step_by(if edge { 1 } else { (width as usize - 1).max(1) }) {
            all += 1;
            like += usize::from(!ground.differs(proxy.at(x, y), line[x as usize]));
        }
    }
    like * 100 >= all * GROUND_PERCENT
}

/// The box round all ink but dust.
fn inked(proxy: &Proxy, ground: &Ground) -> Option<Edges> {
    let Size { width, height } = proxy.size;
    let long = width.max(height);
    let side = if long * proxy.step < DUSTY { 1 } else { long.div_ceil(CELLS) };
    let (across, down) = (width.div_ceil(side), height.div_ceil(side));
    // In each cell the edges of its ink.
    let mut cells: Vec<Option<Edges>> = vec![None; (across * down) as usize];
    let mut line = Vec::new();
    for (y, row) in (0..).zip(proxy.rows()) {
        ground.line(y, &mut line);
        for (x, (pixel, behind)) in (0..).zip(row.iter().zip(&line)) {
            if ground.differs(*pixel, *behind) {
                let cell = &mut cells[(y / side * across + x / side) as usize];
                *cell = Some(joined(*cell, [x, y, x + 1, y + 1]));
            }
        }
    }
    if side == 1 {
        return cells.into_iter().flatten().fold(None, |all, one| Some(joined(all, one)));
    }
    without_dust(cells, across, side)
}

/// Groups cells that touch, or have one cell between them, and leaves out small groups that lie alone.
fn without_dust(mut cells: Vec<Option<Edges>>, across: u32, side: u32) -> Option<Edges> {
    let down = cells.len() as u32 / across;
    let (mut substance, mut specks) = (None, Vec::new());
    let mut stack = Vec::new();
    for start in 0..cells.len() {
        let Some(first) = cells[start].take() else { continue };
        let (mut bounds, mut count) = (first, 1);
        stack.push(start as u32);
        while let Some(cell) = stack.pop() {
            let (x, y) = (cell % across, cell / across);
            for row in y.saturating_sub(2)..(y + 3).min(down) {
                for column in x.saturating_sub(2)..(x + 3).min(across) {
                    let next = row * across + column;
                    if let Some(edges) = cells[next as usize].take() {
                        bounds = joined(Some(bounds), edges);
                        count += 1;
                        stack.push(next);
                    }
                }
            }
        }
        let wide = (bounds[2] - bounds[0]).max(bounds[3] - bounds[1]);
        if wide > side * 3 / 2 || count > 4 {
            substance = Some(joined(substance, bounds));
        } else {
            specks.push(bounds);
        }
    }
    let Some(main) = substance.filter(|_| specks.len() <= SPECKS) else {
        return specks.into_iter().fold(substance, |all, one| Some(joined(all, one)));
    };
    let near = |speck: &Edges| {
        let gap = NEAR * side;
        speck[0] < main[2] + gap
            && main[0] < speck[2] + gap
            && speck[1] < main[3] + gap
            && main[1] < speck[3] + gap
    };
    specks.into_iter().filter(near).fold(substance, |all, one| Some(joined(all, one)))
}

/// The box round both.
pub(super) fn joined(a: Option<Edges>, b: Edges) -> Edges {
    a.map_or(b, |a| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

/// Without a ground: bars of one even colour along a side.
fn unlike_sides(proxy: &Proxy) -> Option<Edges> {
    let Size { width, height } = proxy.size;
    let row = |y: u32, color| (0..width).map(|x| apart(proxy.at(x, y), color)).max().unwrap_or(0);
    let column = |x: u32, color| (0..height).map(|y| apart(proxy.at(x, y), color)).max().unwrap_or(0);
    let (first, last) = (proxy.at(0, 0), proxy.at(width - 1, height - 1));
    // How many lines are even until one differs clearly. The stripe of a flag is no margin.
    let bar = |color: [u8; 3], most: u32, lines: &mut dyn Iterator<Item = u8>| {
        let gray = apart(color, [luma(color); 3]) <= EVEN * 2;
        for (count, apart) in (0..=most).zip(lines) {
            if apart > EVEN {
                return if gray && apart >= EDGE { count } else { 0 };
            }
        }
        0
    };
    let top = bar(first, height / 4, &mut (0..height).map(|y| row(y, first)));
    let bottom = height - bar(last, height / 4, &mut (0..height).rev().map(|y| row(y, last)));
    let left = bar(first, width / 4, &mut (0..width).map(|x| column(x, first)));
    let right = width - bar(last, width / 4, &mut (0..width).rev().map(|x| column(x, last)));
    Some([left, top, right, bottom])
}
