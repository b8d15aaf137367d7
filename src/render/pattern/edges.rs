//! `edges`: a border on the outermost dots, letters in the corners (A to D, clockwise from the top left), and an
//! arrow to the top.

use super::{pen::Pen, tiny};
use crate::geometry::Size;

/// Dots between the border and a letter, with the border.
const INSET: i64 = 2;
/// A letter is no larger than so many times its size.
const MOST_SCALE: u32 = 16;

pub(super) fn draw(pen: &mut Pen) -> Vec<String> {
    let size = pen.size();
    let (w, h) = (i64::from(size.width), i64::from(size.height));
    pen.outline((0, 0), size, pen.white());
    let scale = (size.width.min(size.height) / 32).clamp(1, MOST_SCALE);
    let (wide, high) = (i64::from(tiny::WIDTH * scale), i64::from(tiny::HEIGHT * scale));
    // With both letters of a side: borders, insets, and a dot between.
    let (two_wide, two_high) = (w > 2 * (wide + INSET), h > 2 * (high + INSET));
    let (right, bottom) = (w - INSET - wide, h - INSET - high);
    let body = pen.body();
    let corners = [
        ("A", (INSET, INSET), true),
        ("B", (right, INSET), two_wide),
        ("C", (right, bottom), two_wide && two_high),
        ("D", (INSET, bottom), two_high),
    ];
    let mut said = Vec::new();
    for (letter, at, fits) in corners {
        if fits {
            pen.tiny(letter, at, scale, body);
            said.push(letter.to_owned());
        }
    }
    arrow(pen, wide + INSET);
    said
}

/// In the middle, between letters that end `beside` dots from the sides.
fn arrow(pen: &mut Pen, beside: i64) {
    let size = pen.size();
    let room = Size::new(
        (i64::from(size.width) - 2 * (beside + 1)).max(0) as u32,
        (i64::from(size.height) - 4).max(0) as u32,
    );
    let half = ((room.width.saturating_sub(1) / 2).min(room.height / 2).min(size.height / 4)).min(256);
    if half < 2 {
        return;
    }
    let high = (half * 2 + 1).min(room.height);
    let (middle, top) = (i64::from(size.width / 2), i64::from((size.height - high) / 2));
    let body = pen.body();
    for line in 0..=half {
        pen.fill((middle - i64::from(line), top + i64::from(line)), Size::new(line * 2 + 1, 1), body);
    }
    let shaft = half / 2;
    let at = (middle - i64::from(shaft / 2), top + i64::from(half));
    pen.fill(at, Size::new(shaft / 2 * 2 + 1, high - half), body);
}
