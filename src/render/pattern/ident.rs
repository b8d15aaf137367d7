//! `ident`: which screen this is, and whether its pictures arrive: name, id, size, time, a counter of steps, and
//! the address that asks. On small faces the less needed parts are left out.

use super::{Fonts, Scene, pen, pen::Pen, tiny};
use crate::{geometry::Size, screen::Profile};

/// Sizes tried, largest first.
const SIZES: [u32; 5] = [48, 32, 24, 16, 12];
/// The tiny letters are no larger than so many times their size.
const MOST_SCALE: u32 = 4;

/// A way of writing: in a font, or in tiny letters.
#[derive(Clone, Copy)]
enum Hand {
    Font(u32),
    Tiny(u32),
}

impl Hand {
    fn width(self, text: &str, fonts: &Fonts) -> Option<u32> {
        match self {
            Self::Font(px) => pen::width(text, px, fonts),
            Self::Tiny(scale) => tiny::can_write(text).then(|| tiny::width(text, scale)),
        }
    }

    fn height(self) -> u32 {
        match self {
            Self::Font(px) => px,
            Self::Tiny(scale) => tiny::HEIGHT * scale,
        }
    }

    /// Between lines; cells of a font have room of their own.
    fn gap(self) -> u32 {
        match self {
            Self::Font(_) => 0,
            Self::Tiny(scale) => scale,
        }
    }
}

pub(super) fn draw(pen: &mut Pen, step: u64, scene: &Scene, profile: &Profile, fonts: &Fonts) -> Vec<String> {
    let face = profile.face;
    // What is given up first stands last, the counter never; the number is the place in which it is read.
    let parts = [
        Some((4, format!("#{step}"))),
        Some((1, scene.id.clone())),
        Some((3, scene.time.clone())),
        Some((2, face.to_string())),
        scene.asker.clone().map(|asker| (5, asker)),
        (scene.name != scene.id).then(|| (0, scene.name.clone())),
    ];
    let parts: Vec<(u8, String)> = parts.into_iter().flatten().collect();
    for count in (1..=parts.len()).rev() {
        let mut shown: Vec<&(u8, String)> = parts[..count].iter().collect();
        shown.sort();
        let shown: Vec<&str> = shown.into_iter().map(|(_, text)| text.as_str()).collect();
        let hands = SIZES
            .into_iter()
            .filter(|px| fonts.sizes(profile.scheme).contains(px))
            .map(Hand::Font)
            .chain((1..=MOST_SCALE).rev().map(Hand::Tiny));
        for hand in hands {
            if let Some(lines) = flow(&shown, hand, pen.size(), fonts) {
                return write(pen, &lines, hand, fonts);
            }
        }
    }
    // 99 on a face of 8 x 8.
    let line = (step % 100).to_string();
    write(pen, std::slice::from_ref(&line), Hand::Tiny(1), fonts)
}

/// The parts in lines, as many in each as fit; `None` if that is more than the page holds.
fn flow(parts: &[&str], hand: Hand, page: Size, fonts: &Fonts) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        if hand.width(part, fonts)? > page.width {
            return None;
        }
        let longer = lines.last().map(|line| format!("{line}  {part}"));
        match longer.filter(|line| hand.width(line, fonts).is_some_and(|wide| wide <= page.width)) {
            Some(longer) => {
                lines.pop();
                lines.push(longer);
            }
            None => lines.push((*part).to_owned()),
        }
    }
    let count = lines.len() as u32;
    let high = count * hand.height() + count.saturating_sub(1) * hand.gap();
    (high <= page.height).then_some(lines)
}

fn write(pen: &mut Pen, lines: &[String], hand: Hand, fonts: &Fonts) -> Vec<String> {
    let (size, body) = (pen.size(), pen.body());
    let count = lines.len() as u32;
    let high = count * hand.height() + count.saturating_sub(1) * hand.gap();
    let mut top = i64::from(size.height.saturating_sub(high) / 2);
    for line in lines {
        let left = i64::from(size.width.saturating_sub(hand.width(line, fonts).unwrap_or(0)) / 2);
        match hand {
            Hand::Font(px) => pen.text(line, (left, top), px, fonts, body),
            Hand::Tiny(scale) => pen.tiny(line, (left, top), scale, body),
        }
        top += i64::from(hand.height() + hand.gap());
    }
    lines.to_vec()
}
