//! `grid`: modules, each with its outline and its number. `walk`: one row and one column of every module.

use super::{pen::Pen, tiny};
use crate::geometry::Size;

/// Between a module's outline and its number, with the outline.
const INSET: u32 = 2;
/// A module's number is no larger than so many times its size.
const MOST_SCALE: u32 = 8;

/// Numbered from 1, row by row from the top left; what the face cuts off is drawn as far as it goes.
/// Neighbours differ in colour where the face has two.
pub(super) fn modules(pen: &mut Pen, module: Size) -> Vec<String> {
    let size = pen.size();
    let paints = pen.paints();
    let two = &paints[paints.len().saturating_sub(2)..];
    let (columns, rows) = (size.width.div_ceil(module.width), size.height.div_ceil(module.height));
    for row in 0..rows {
        for column in 0..columns {
            let number = (u64::from(row) * u64::from(columns) + u64::from(column) + 1).to_string();
            let paint = two[(row + column) as usize % two.len()];
            let at = (i64::from(column * module.width), i64::from(row * module.height));
            let here = Size::new(
                module.width.min(size.width - column * module.width),
                module.height.min(size.height - row * module.height),
            );
            pen.outline(at, here, paint);
            let scale = (1..=MOST_SCALE).rev().find(|scale| {
                tiny::width(&number, *scale) + 2 * INSET <= here.width
                    && tiny::HEIGHT * scale + 2 * INSET <= here.height
            });
            if let Some(scale) = scale {
                let left = i64::from((here.width - tiny::width(&number, scale)) / 2);
                let top = i64::from((here.height - tiny::HEIGHT * scale) / 2);
                pen.tiny(&number, (at.0 + left, at.1 + top), scale, paint);
            }
        }
    }
    vec![format!("{columns} x {rows}")]
}

/// Step `step`: every line has been lit once after as many steps as the module's longer side has dots.
pub(super) fn walk(pen: &mut Pen, module: Size, step: u64) -> Vec<String> {
    let (column, row) = (step % u64::from(module.width), step % u64::from(module.height));
    let white = pen.white();
    for y in 0..pen.size().height {
        let whole = u64::from(y % module.height) == row;
        pen.row(y, |x| (whole || u64::from(x % module.width) == column).then_some(white));
    }
    vec![format!("{} / {}", column + 1, row + 1)]
}
