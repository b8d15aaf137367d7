//! What glows: paper becomes dark and ink light, before the picture is made smaller.

use super::{
    decode::Source,
    ground::Ground,
    look::{Look, Nature, ink},
    proxy::luma,
    trim::Part,
};
use crate::{color::ColorScheme, render::light};

/// How a picture's pixels become light.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Manner {
    /// As they are.
    AsIs,
    /// Paper dark, ink light, hues kept.
    Glow,
    /// How far each is from its ground, without colour.
    Ink,
}

/// Makes light of a picture's rows.
pub(super) struct Tone<'a> {
    look: &'a Look,
    manner: Manner,
    /// Whether levels are sRGB, to be averaged as light; else they are how much of a pixel ink covers.
    linear: bool,
    pixels: Vec<[u8; 3]>,
    line: Vec<[u8; 3]>,
}

impl<'a> Tone<'a> {
    /// For a picture with this look on a face of this scheme.
    pub fn new(look: &'a Look, scheme: ColorScheme) -> Self {
        let manner = match (look.nature, scheme.planes()) {
            (Nature::Photo, _) => Manner::AsIs,
            (Nature::Drawing, Some(1)) => Manner::Ink,
            (Nature::Drawing, _) => Manner::Glow,
            (Nature::Flat, Some(1)) if look.behind().is_some() => Manner::Ink,
            (Nature::Flat, _) => Manner::AsIs,
        };
        let linear = manner == Manner::AsIs || scheme == ColorScheme::Rgb;
        Self { look, manner, linear, pixels: Vec::new(), line: Vec::new() }
    }

    /// How its pixels become light.
    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// Puts the light of row `y` of `part` into `out`, counted from the part's top.
    pub fn row(&mut self, source: &Source, part: Part, y: u32, out: &mut Vec<[u16; 3]>) {
        let y = part.top + y;
        source.row(y, part.left, part.size.width, &mut self.pixels);
        out.clear();
        let level = |v: u8| if self.linear { light::linear(v) } else { u16::from(v) * 257 };
        match (self.manner, &self.look.ground) {
            (Manner::Glow | Manner::Ink, Some(ground)) => {
                ground.line_of(source.size(), (y, part.left, part.size.width), &mut self.line);
                let pairs = self.pixels.iter().zip(&self.line);
                if self.manner == Manner::Glow {
                    out.extend(pairs.map(|(p, g)| glow(*p, *g, ground, self.look.strength).map(level)));
                } else {
                    out.extend(pairs.map(|(p, g)| [level(inked(*p, *g, ground, self.look.strength)); 3]));
                }
            }
            _ => out.extend(self.pixels.iter().map(|p| p.map(level))),
        }
    }
}

/// How much ink of `strength` 255 must be taken away so that the ground is dark, and how strong the rest is.
fn stretched(ink: u8, floor: u32, strength: u8) -> u32 {
    let room = u32::from(strength).saturating_sub(floor).max(1);
    (u32::from(ink).saturating_sub(floor) * 255 / room).min(255)
}

/// A pixel on paper as it should glow: paper is dark and black white; hues stay.
fn glow(pixel: [u8; 3], paper: [u8; 3], ground: &Ground, strength: [u8; 2]) -> [u8; 3] {
    let mut level = [0u32; 3];
    for ((out, p), g) in level.iter_mut().zip(pixel).zip(paper) {
        *out = (u32::from(p) * 255 / u32::from(g).max(1)).min(255);
    }
    let (low, high) = (level[0].min(level[1]).min(level[2]), level[0].max(level[1]).max(level[2]));
    let ink = 255 - low;
    let floor = u32::from(ground.tolerance) * 255 / u32::from(luma(paper)).max(1);
    let colored = (high - low) * 100 >= ink * 45;
    let wanted = stretched(ink as u8, floor, strength[usize::from(colored)]);
    // How strongly coloured, of 256: neutral ink has its lightness inverted, coloured ink shows its pure hue.
    let hue = ((high - low) * 256 / ink.max(1)).saturating_sub(80).min(100) * 256 / 100;
    let [r, g, b] = level.map(|c| {
        // Both have `ink` as their largest channel.
        let (inverted, pure) = (255 + c - low - high, (c - low) * ink / (high - low).max(1));
        (inverted * (256 - hue) + pure * hue) / 256 * wanted / ink.max(1)
    });
    // Blue alone is too dark to read; some of the others makes it lighter, not paler.
    let aid = b.saturating_sub(r.max(g)) * 3 / 5;
    [r.max(aid), g.max(aid), b].map(|c| c.min(255) as u8)
}

/// How much of a pixel is ink.
fn inked(pixel: [u8; 3], behind: [u8; 3], ground: &Ground, strength: [u8; 2]) -> u8 {
    let (level, colored) = ink(pixel, behind);
    let room = u32::from(luma(behind)).max(255 - u32::from(luma(behind)));
    let floor = u32::from(ground.tolerance) * 255 / room.max(1);
    stretched(level, floor, strength[usize::from(colored)]) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{geometry::Size, render::picture::proxy::Proxy};

    fn paper(color: [u8; 3]) -> Ground {
        Ground::find(&Proxy { size: Size::new(32, 32), step: 1, pixels: vec![color; 1024] }).unwrap()
    }

    #[test]
    fn paper_is_dark_and_hues_stay() {
        for color in [[255, 255, 255], [200, 200, 202], [236, 228, 205]] {
            let ground = paper(color);
            let on = |ink: [u8; 3]| {
                let seen = [0, 1, 2].map(|n| (u32::from(color[n]) * u32::from(ink[n]) / 255) as u8);
                glow(seen, color, &ground, [255; 2])
            };
            assert_eq!(on([255; 3]), [0; 3]);
            assert!(on([0; 3]).iter().all(|c| *c > 250), "black ink glows white");
            let [r, g, b] = on([230, 20, 30]);
            assert!(r > 230 && g < 60 && b < 60, "a red seal stays red: {r} {g} {b}");
            let [r, g, b] = on([20, 40, 160]);
            assert!(b > 230 && r < 140 && g < 150, "blue ink stays blue: {r} {g} {b}");
        }
    }
}
