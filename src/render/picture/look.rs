//! What kind of picture is it? A drawing on a ground, flat colours, or a photo: each becomes dots in its own
//! way.

use super::{
    ground::Ground,
    proxy::{Proxy, apart, luma},
    trim::Edges,
};
use crate::render::light::linear;

/// So many shades are a photo's: bins that hold four fifths of what is even …
const SHADES: usize = 24;
/// … and so many where they run into each other; a drawing's fills do not.
const RUNNING_SHADES: usize = 8;
/// Percent of a picture that must be shaded for it to be a photo.
const SHADED_PERCENT: u64 = 8;
/// A ground that is at least so much of a picture, in percent, lies behind it on faces of one colour.
const BEHIND_PERCENT: u32 = 55;
/// Neighbours that differ by no more are of one area.
const EVEN: u8 = 12;

/// What kind of picture it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nature {
    /// Ink on paper: its lines matter, and the paper must not glow.
    Drawing,
    /// Areas of few colours.
    Flat,
    /// Shades.
    Photo,
}

/// What was found out about a picture.
pub(super) struct Look {
    /// What kind of picture it is.
    pub nature: Nature,
    /// What lies behind everything, if anything does.
    pub ground: Option<Ground>,
    /// How strong neutral and coloured ink is, 1 to 255: what should glow fully.
    pub strength: [u8; 2],
}

impl Look {
    /// Looks at a picture through its stand-in.
    pub fn at(proxy: &Proxy) -> Self {
        let ground = Ground::find(proxy);
        let photo = is_shaded(proxy, ground.as_ref());
        let nature = match &ground {
            _ if photo => Nature::Photo,
            Some(ground) if ground.paper => Nature::Drawing,
            _ => Nature::Flat,
        };
        let strength = ground.as_ref().map_or([255; 2], |ground| strength(proxy, ground, nature));
        Self { nature, ground, strength }
    }

    /// Nothing is to be made of it.
    pub fn literal() -> Self {
        Self { nature: Nature::Flat, ground: None, strength: [255; 2] }
    }

    /// The ground, if it lies so much behind the picture that one colour can show what differs from it.
    pub fn behind(&self) -> Option<&Ground> {
        let enough = |ground: &&Ground| {
            self.nature != Nature::Photo && (BEHIND_PERCENT..100).contains(&ground.percent)
        };
        self.ground.as_ref().filter(enough)
    }
}

/// Whether the even areas off the ground have the shades of a photo.
fn is_shaded(proxy: &Proxy, ground: Option<&Ground>) -> bool {
    // For each of eight by eight tints 64 steps of lightness.
    let mut bins = vec![0u32; 8 * 8 * 64];
    let (mut line, mut even) = (Vec::new(), 0u64);
    let rows: Vec<&[[u8; 3]]> = proxy.rows().collect();
    for (y, pair) in (0..).zip(rows.windows(2)) {
        if let Some(ground) = ground {
            ground.line(y, &mut line);
        }
        for x in 0..pair[0].len().saturating_sub(1) {
            let here = pair[0][x];
            let off = ground.is_none_or(|ground| ground.differs(here, line[x]));
            if off && apart(here, pair[0][x + 1]) <= EVEN && apart(here, pair[1][x]) <= EVEN {
                even += 1;
                let l = luma(here);
                let tint = |c: u8| ((i32::from(c) - i32::from(l) + 256) / 64) as usize;
                bins[(tint(here[0]) * 8 + tint(here[2])) * 64 + usize::from(l) / 4] += 1;
            }
        }
    }
    let mut sorted: Vec<usize> = (0..bins.len()).collect();
    sorted.sort_by_key(|n| std::cmp::Reverse(bins[*n]));
    let (mut held, mut needed) = (0u64, vec![false; bins.len()]);
    for n in sorted {
        if held * 5 >= even * 4 {
            break;
        }
        held += u64::from(bins[n]);
        needed[n] = true;
    }
    let shades = needed.iter().filter(|needed| **needed).count();
    // Those that stand in a row of at least four.
    let running: usize = needed
        .chunks_exact(64)
        .flat_map(|tint| tint.split(|needed| !needed))
        .map(<[bool]>::len)
        .filter(|row| *row >= 4)
        .sum();
    let enough = shades > SHADES || (shades > RUNNING_SHADES && running * 10 >= shades * 6);
    enough && even * 100 >= proxy.size.area() * SHADED_PERCENT
}

/// How far a pixel is from its ground, 0 to 255, in parts of what is possible; and whether it is coloured.
pub(super) fn ink(pixel: [u8; 3], ground: [u8; 3]) -> (u8, bool) {
    let mut most = 0;
    let (mut low, mut high) = (255u8, 0u8);
    for (p, g) in pixel.into_iter().zip(ground) {
        // Towards black where the ground is light, towards white where it is dark.
        let room = if p < g { g } else { 255 - g };
        let part = (u32::from(p.abs_diff(g)) * 255).checked_div(u32::from(room)).unwrap_or(0);
        // The ground's own end is near: that says little.
        let part = if room < 64 { 0 } else { part };
        most = most.max(part as u8);
        let even = ((u32::from(p) * 255) / u32::from(g).max(1)).min(255) as u8;
        (low, high) = (low.min(even), high.max(even));
    }
    (most, u32::from(high - low) * 100 >= u32::from(most) * 45)
}

/// How strong the neutral and the coloured ink of a picture is: a fifth is stronger.
fn strength(proxy: &Proxy, ground: &Ground, nature: Nature) -> [u8; 2] {
    let mut counts = [[0u32; 256]; 2];
    let mut line = Vec::new();
    for (y, row) in (0..).zip(proxy.rows()) {
        ground.line(y, &mut line);
        for (pixel, behind) in row.iter().zip(&line) {
            if ground.differs(*pixel, *behind) {
                let (ink, colored) = ink(*pixel, *behind);
                counts[usize::from(colored)][usize::from(ink)] += 1;
            }
        }
    }
    // Faint ink is made stronger, but not without end: a pencil's shadow stays one.
    let least = if nature == Nature::Drawing { 90 } else { 150 };
    counts.map(|counts| {
        let all: u32 = counts.iter().sum();
        let mut above = 0;
        let strong = (0..=255u8).rev().find(|level| {
            above += counts[usize::from(*level)];
            above * 5 >= all
        });
        if all == 0 { 255 } else { strong.unwrap_or(255).max(least) }
    })
}

/// The linear lights between which nearly all of a part of a picture lies.
pub(super) fn levels(proxy: &Proxy, [left, top, right, bottom]: Edges) -> (u16, u16) {
    let mut counts = [0u32; 256];
    for row in proxy.rows().take(bottom as usize).skip(top as usize) {
        for pixel in &row[left as usize..right as usize] {
            counts[usize::from(luma(*pixel))] += 1;
        }
    }
    let few = counts.iter().sum::<u32>() / 100;
    let end = |levels: &[usize]| {
        let mut beyond = 0;
        let found = levels.iter().find(|level| {
            beyond += counts[**level];
            beyond > few
        });
        *found.unwrap_or(&255) as u8
    };
    let rising: Vec<usize> = (0..256).collect();
    let falling: Vec<usize> = (0..256).rev().collect();
    (linear(end(&rising)), linear(end(&falling)))
}
