//! Where a picture stands on the page, and how large.

use image::metadata::Orientation;

use super::trim::Part;
use crate::{geometry::Size, notice::Fit};

/// Where a picture stands; all but `at` and `drawn` as it is stored, before it is turned upright.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Placing {
    /// What is left of the picture without its margins.
    pub trimmed: Part,
    /// What of this is seen.
    pub part: Part,
    /// The size that it is scaled to.
    pub stored: Size,
    /// The same, upright.
    pub drawn: Size,
    /// The upper left corner on the page.
    pub at: (u32, u32),
}

/// Places `trimmed` of a picture of `whole` on `page`.
pub(super) fn place(whole: Size, trimmed: Part, orientation: Orientation, page: Size, fit: Fit) -> Placing {
    // All is reckoned as stored, with the page turned if need be.
    let turned = turns(orientation);
    let field = if turned { page.turned() } else { page };
    let trimmed = if fit == Fit::None || whole == field { Part::whole(whole) } else { trimmed };
    let (seen, stored) = match fit {
        Fit::Contain => (trimmed.size, contained(trimmed.size, field)),
        Fit::None => {
            let both = Size::new(whole.width.min(field.width), whole.height.min(field.height));
            (both, both)
        }
        Fit::Cover => (covering(trimmed.size, field), field),
    };
    let part = Part {
        left: trimmed.left + (trimmed.size.width - seen.width) / 2,
        top: trimmed.top + (trimmed.size.height - seen.height) / 2,
        size: seen,
    };
    let drawn = if turned { stored.turned() } else { stored };
    let at = ((page.width - drawn.width) / 2, (page.height - drawn.height) / 2);
    Placing { trimmed, part, stored, drawn, at }
}

/// Percent of the page that a picture fills when all of it is seen.
pub(super) fn filled(picture: Size, page: Size) -> u64 {
    (contained(picture, page).area() * 100).checked_div(page.area()).unwrap_or(0)
}

/// The largest size of the picture's shape that the page holds.
fn contained(picture: Size, page: Size) -> Size {
    let (w, h) = (u64::from(picture.width.max(1)), u64::from(picture.height.max(1)));
    let (pw, ph) = (u64::from(page.width), u64::from(page.height));
    let (width, height) = if w * ph > pw * h { (pw, h * pw / w) } else { (w * ph / h, ph) };
    Size::new(width.max(1) as u32, height.max(1) as u32)
}

/// The largest part of the picture that has the page's shape.
fn covering(picture: Size, page: Size) -> Size {
    let (w, h) = (u64::from(picture.width.max(1)), u64::from(picture.height.max(1)));
    let (pw, ph) = (u64::from(page.width.max(1)), u64::from(page.height.max(1)));
    let (width, height) =
        if w * ph > pw * h { ((h * pw).div_ceil(ph), h) } else { (w, (w * ph).div_ceil(pw)) };
    Size::new(width.clamp(1, w) as u32, height.clamp(1, h) as u32)
}

/// Whether width and height change places.
pub(super) fn turns(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

/// Pixels of `size` turned upright.
pub(super) fn upright<T: Copy>(pixels: Vec<T>, size: Size, orientation: Orientation) -> Vec<T> {
    if orientation == Orientation::NoTransforms {
        return pixels;
    }
    let (w, h) = (size.width, size.height);
    let to = if turns(orientation) { size.turned() } else { size };
    let mut out = Vec::with_capacity(pixels.len());
    for (y, x) in (0..to.height).flat_map(|y| (0..to.width).map(move |x| (y, x))) {
        let (from_x, from_y) = match orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::Rotate90 => (y, h - 1 - x),
            Orientation::Rotate180 => (w - 1 - x, h - 1 - y),
            Orientation::Rotate270 => (w - 1 - y, x),
            Orientation::FlipHorizontal => (w - 1 - x, y),
            Orientation::FlipVertical => (x, h - 1 - y),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate270FlipH => (w - 1 - y, h - 1 - x),
        };
        out.push(pixels[(from_y * w + from_x) as usize]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_turn_as_large_ones_would() {
        let image = image::GrayImage::from_fn(3, 2, |x, y| image::Luma([(y * 3 + x) as u8]));
        for exif in 1..=8 {
            let orientation = Orientation::from_exif(exif).unwrap();
            let mut want = image::DynamicImage::from(image.clone());
            want.apply_orientation(orientation);
            let turned = upright(image.as_raw().clone(), Size::new(3, 2), orientation);
            assert_eq!((turned, turns(orientation)), (want.as_bytes().to_vec(), want.width() == 2), "{exif}");
        }
    }
}
