//! Colour schemes of LED faces: what a pixel can be, and the colours it lights up in.

use std::fmt;

/// Red, green and blue, 0 to 255 each, sRGB.
pub type Rgb = [u8; 3];

/// What the LEDs of a face can show (NTCIP 1203 `dmsColorScheme`, in the trade's words).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ColorScheme {
    /// One bit, red LEDs.
    Red,
    /// One bit, green LEDs.
    Green,
    /// One bit, amber LEDs.
    Amber,
    /// One bit, white LEDs.
    White,
    /// Two bit planes: bit 0 red, bit 1 green; both are yellow.
    RedGreen,
    /// Three bit planes: bit 0 red, bit 1 green, bit 2 blue; seven colours and dark.
    Seven,
    /// 24 bits a pixel.
    Rgb,
}

/// What a pixel stands for; each scheme lights it in the colour it has for that.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ink {
    /// Text.
    Body,
    /// Titles.
    Title,
    /// Emphasis, figures that matter.
    Accent,
    /// Emergencies.
    Alert,
    /// Sign-off, page marks, rules.
    Quiet,
}

impl Ink {
    /// Every ink; an index into this array is `ink as usize`.
    pub const ALL: [Self; 5] = [Self::Body, Self::Title, Self::Accent, Self::Alert, Self::Quiet];

    /// Whether it is drawn with heavier strokes: on faces of one colour nothing else sets it off.
    pub const fn is_heavy(self) -> bool {
        matches!(self, Self::Title | Self::Accent | Self::Alert)
    }
}

impl ColorScheme {
    /// All schemes, in the order of growing depth.
    pub const ALL: [Self; 7] =
        [Self::Red, Self::Green, Self::Amber, Self::White, Self::RedGreen, Self::Seven, Self::Rgb];

    /// The name used in `screens.yaml`, on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::White => "white",
            Self::RedGreen => "red-green",
            Self::Seven => "seven",
            Self::Rgb => "rgb",
        }
    }

    /// From its name; `_` counts as `-`, case does not count.
    pub fn parse(name: &str) -> Option<Self> {
        let name = crate::text::fold_name(name).replace('_', "-");
        Self::ALL.into_iter().find(|scheme| scheme.name() == name || scheme.names_zh().contains(&&*name))
    }

    /// What the trade calls it in Chinese.
    const fn names_zh(self) -> &'static [&'static str] {
        match self {
            Self::Red => &["单红", "红", "红色"],
            Self::Green => &["单绿", "绿", "绿色"],
            Self::Amber => &["单黄", "黄", "黄色", "琥珀"],
            Self::White => &["单白", "白", "白色"],
            Self::RedGreen => &["双基色", "双色", "红绿"],
            Self::Seven => &["七彩", "七色", "三基色"],
            Self::Rgb => &["全彩", "彩色"],
        }
    }

    /// Bit planes: 1, 2 or 3; `None` for `rgb`, whose pixels are not indices.
    pub const fn planes(self) -> Option<u32> {
        match self {
            Self::Red | Self::Green | Self::Amber | Self::White => Some(1),
            Self::RedGreen => Some(2),
            Self::Seven => Some(3),
            Self::Rgb => None,
        }
    }

    /// Bytes that one pixel takes in a [`Raster`](crate::render::Raster): 1 (an index) or 3.
    pub const fn bytes_per_pixel(self) -> usize {
        if matches!(self, Self::Rgb) { 3 } else { 1 }
    }

    /// The colours of the indices; index 0 is always unlit. Empty for `rgb`.
    pub const fn palette(self) -> &'static [Rgb] {
        const DARK: Rgb = [0, 0, 0];
        match self {
            Self::Red => &[DARK, [0xFF, 0, 0]],
            Self::Green => &[DARK, [0, 0xFF, 0]],
            Self::Amber => &[DARK, [0xFF, 0xBF, 0]],
            Self::White => &[DARK, [0xFF, 0xFF, 0xFF]],
            Self::RedGreen => &[DARK, [0xFF, 0, 0], [0, 0xFF, 0], [0xFF, 0xFF, 0]],
            Self::Seven => &[
                DARK,
                [0xFF, 0, 0],
                [0, 0xFF, 0],
                [0xFF, 0xFF, 0],
                [0, 0, 0xFF],
                [0xFF, 0, 0xFF],
                [0, 0xFF, 0xFF],
                [0xFF, 0xFF, 0xFF],
            ],
            Self::Rgb => &[],
        }
    }

    /// The index in which this scheme draws `ink`; 0 never. For `rgb` see [`Self::ink_rgb`].
    pub const fn ink_index(self, ink: Ink) -> u8 {
        match (self, ink) {
            (Self::RedGreen, Ink::Body | Ink::Quiet) => 2,
            (Self::RedGreen | Self::Seven, Ink::Title) => 3,
            (Self::Seven, Ink::Body) => 7,
            (Self::Seven, Ink::Accent) => 6,
            (Self::Seven, Ink::Quiet) => 2,
            _ => 1,
        }
    }

    /// The colour in which this scheme draws `ink`.
    pub const fn ink_rgb(self, ink: Ink) -> Rgb {
        if let Self::Rgb = self {
            match ink {
                Ink::Body => [0xFF, 0xFF, 0xFF],
                Ink::Title => [0xFF, 0xD4, 0x3B],
                Ink::Accent => [0x5C, 0xE1, 0xE6],
                Ink::Alert => [0xFF, 0x3B, 0x30],
                Ink::Quiet => [0xA8, 0xC7, 0x8F],
            }
        } else {
            self.palette()[self.ink_index(ink) as usize]
        }
    }
}

impl fmt::Display for ColorScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_read_back_from_its_name_and_starts_unlit() {
        for scheme in ColorScheme::ALL {
            assert_eq!(ColorScheme::parse(scheme.name()), Some(scheme));
            for name in scheme.names_zh() {
                assert_eq!(ColorScheme::parse(name), Some(scheme), "{name}");
            }
            if let Some(planes) = scheme.planes() {
                assert_eq!(scheme.palette().len(), 1 << planes);
                assert_eq!(scheme.palette()[0], [0, 0, 0]);
            }
            for ink in [Ink::Body, Ink::Title, Ink::Accent, Ink::Alert, Ink::Quiet] {
                assert_ne!(scheme.ink_rgb(ink), [0, 0, 0], "{scheme} {ink:?} would be invisible");
            }
        }
    }
}
