//! Sizes and rotation of LED faces, in pixels.

use std::fmt;

/// Width and height in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// A size; nothing is checked here, screens check theirs where they are read.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    pub const fn area(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Width and height exchanged.
    #[must_use]
    pub const fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// Reads `320x32`, also with `×`, `*`, `X`, spaces and full-width digits.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = crate::text::fold_width(text);
        let (w, h) = folded.split_once(['x', 'X', '×', '*'])?;
        let number = |s: &str| {
            let s = s.trim();
            (!s.is_empty() && s.len() <= 5 && s.bytes().all(|b| b.is_ascii_digit()))
                .then(|| s.parse().ok())?
        };
        Some(Self { width: number(w)?, height: number(h)? })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// Clockwise rotation of a page on its way to the face.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub enum Rotation {
    /// As laid out.
    #[default]
    R0,
    /// 90° clockwise.
    R90,
    /// Upside down.
    R180,
    /// 90° counter-clockwise.
    R270,
}

impl Rotation {
    /// From degrees; only 0, 90, 180 and 270 exist.
    pub fn from_degrees(degrees: u32) -> Option<Self> {
        Some(match degrees {
            0 => Self::R0,
            90 => Self::R90,
            180 => Self::R180,
            270 => Self::R270,
            _ => return None,
        })
    }

    /// Clockwise degrees.
    pub fn degrees(self) -> u32 {
        match self {
            Self::R0 => 0,
            Self::R90 => 90,
            Self::R180 => 180,
            Self::R270 => 270,
        }
    }

    /// The size on which pages are laid out so that they fill `face` after this rotation.
    pub fn layout_size(self, face: Size) -> Size {
        match self {
            Self::R0 | Self::R180 => face,
            Self::R90 | Self::R270 => face.turned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for text in ["320x32", "320 × 32", "３２０X３２", "320*32"] {
            assert_eq!(Size::parse(text), Some(Size::new(320, 32)), "{text}");
        }
        for text in ["", "320", "x32", "-3x4", "1e3x5", "999999x1"] {
            assert_eq!(Size::parse(text), None, "{text}");
        }
    }
}
