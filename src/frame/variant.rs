//! What exactly is asked for: a format, and what may differ in it from asker to asker.

use super::Format;
use crate::{
    color::ColorScheme,
    screen::{Order, Polarity, Wiring},
};

/// Depths in which a BMP can be had, bits a pixel.
const DEPTHS: [u8; 4] = [1, 4, 8, 24];

/// A format with what shapes its bytes beside the pixels. Two that give the same bytes are equal, as far as the
/// scheme does not come into it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Variant {
    format: Format,
    /// BMP: the top row comes first, the height is negative.
    top_down: bool,
    /// BMP: bits a pixel; 0: as few as the scheme needs.
    depth: u8,
    /// Raw: how pixels lie in bytes.
    wiring: Wiring,
}

impl From<Format> for Variant {
    fn from(format: Format) -> Self {
        Self { format, top_down: false, depth: 0, wiring: Wiring::default() }
    }
}

impl Variant {
    /// A BMP of `depth` bits a pixel. `None` where that depth does not hold every pixel of `scheme` exactly.
    pub fn bmp(scheme: ColorScheme, depth: Option<u8>, top_down: bool) -> Option<Self> {
        let depth = match depth {
            Some(depth) if !holds(depth, scheme) => return None,
            Some(depth) if depth == own_depth(scheme) => 0,
            Some(depth) => depth,
            None => 0,
        };
        Some(Self { top_down, depth, ..Self::from(Format::Bmp) })
    }

    /// `format` as `wiring` wants it. What does not change the bytes of this format is left out of it.
    pub fn wired(format: Format, wiring: Wiring) -> Self {
        let plain = Wiring::default();
        let order = match (format, wiring.order) {
            (Format::Raw1, _) => Order::Rgb,
            // Without blue there are two orders only.
            (Format::RawRg, Order::Bgr) => Order::Grb,
            (_, order) => order,
        };
        let wiring = match format {
            Format::Raw1 | Format::RawRg | Format::RawRgb3 => Wiring { order, ..wiring },
            Format::Raw888 => Wiring { bits: plain.bits, polarity: plain.polarity, ..wiring },
            Format::Raw565Le | Format::Raw565Be => {
                // Two bytes a pixel are a multiple of two already.
                let pad = if wiring.pad == 4 { 4 } else { 1 };
                Wiring { bits: plain.bits, polarity: plain.polarity, pad, ..wiring }
            }
            _ => plain,
        };
        Self { wiring, ..Self::from(format) }
    }

    /// The same as `wiring` wants it.
    #[must_use]
    pub fn rewired(self, wiring: Wiring) -> Self {
        if self.format == Format::Bmp { self } else { Self::wired(self.format, wiring) }
    }

    /// All that a screen of `scheme` with `wiring` can be asked for.
    pub fn of_screen(scheme: ColorScheme, wiring: Wiring) -> impl Iterator<Item = Self> {
        let formats = Format::ALL.into_iter().filter(move |format| format.suits(scheme));
        let bitmaps = DEPTHS
            .into_iter()
            .flat_map(move |depth| [false, true].map(|down| Self::bmp(scheme, Some(depth), down)));
        let shaped = bitmaps.flatten().filter(|variant| !variant.is_plain());
        formats.map(move |format| Self::wired(format, wiring)).chain(shaped)
    }

    /// The format.
    pub const fn format(self) -> Format {
        self.format
    }

    /// Whether a BMP's top row comes first.
    pub(super) const fn top_down(self) -> bool {
        self.top_down
    }

    /// Bits a pixel of a BMP.
    pub(super) fn depth(self, scheme: ColorScheme) -> u8 {
        if self.depth == 0 { own_depth(scheme) } else { self.depth }
    }

    /// How pixels lie in raw bytes.
    pub(super) const fn wiring(self) -> Wiring {
        self.wiring
    }

    /// Whether it is what the format's name alone stands for.
    pub fn is_plain(self) -> bool {
        self == Self::from(self.format)
    }

    /// Whether frames of `scheme` can be had so.
    pub fn suits(self, scheme: ColorScheme) -> bool {
        self.format.suits(scheme) && (self.depth == 0 || holds(self.depth, scheme))
    }

    /// A number that no other variant has.
    pub const fn key(self) -> u32 {
        (self.format as u32) << 16
            | (self.top_down as u32) << 15
            | (self.depth as u32) << 8
            | self.wiring.key()
    }

    /// How many [slots](Self::slot) there are.
    pub const SLOTS: usize = Format::ALL.len() + 2 * DEPTHS.len() + 2;

    /// A place of its own among all that one screen can be asked for, below [`SLOTS`](Self::SLOTS). A screen has
    /// one wiring, so that raw formats need one place each.
    pub fn slot(self) -> usize {
        if self.format != Format::Bmp || self.is_plain() {
            return self.format as usize;
        }
        let depth = DEPTHS.iter().position(|depth| *depth == self.depth).map_or(0, |n| n + 1);
        Format::ALL.len() + depth * 2 + usize::from(self.top_down)
    }

    /// The media type. That a cleared bit is lit must be known to whoever wants to black the face.
    pub fn content_type(self) -> &'static str {
        match self.wiring.polarity {
            Polarity::Positive => self.format.content_type(),
            Polarity::Negative => "application/octet-stream; polarity=negative",
        }
    }

    /// What stands behind the file name in the address of a frame: empty, or `?` and parameters.
    pub fn query(self) -> String {
        let depth = (self.depth > 0).then(|| format!("depth={}", self.depth));
        let top_down = self.top_down.then(|| "top-down=1".to_owned());
        let wiring = self.wiring.told().map(|(key, value)| format!("{key}={value}"));
        let all: Vec<String> = depth.into_iter().chain(top_down).chain(wiring).collect();
        if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
    }
}

/// As few bits a pixel as BMP has for `scheme`.
fn own_depth(scheme: ColorScheme) -> u8 {
    match scheme.planes() {
        Some(1) => 1,
        Some(_) => 4,
        None => 24,
    }
}

/// Whether a BMP of `depth` bits holds every pixel of `scheme`.
fn holds(depth: u8, scheme: ColorScheme) -> bool {
    DEPTHS.contains(&depth) && depth >= own_depth(scheme)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_depth_is_had_only_where_it_holds_every_colour() {
        let depths = |scheme| {
            (0..=255u8)
                .filter(|depth| Variant::bmp(scheme, Some(*depth), false).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(depths(ColorScheme::Amber), [1, 4, 8, 24]);
        assert_eq!(depths(ColorScheme::Seven), [4, 8, 24]);
        assert_eq!(depths(ColorScheme::Rgb), [24]);
        let plain = Variant::from(Format::Bmp);
        assert_eq!(Variant::bmp(ColorScheme::Red, Some(1), false), Some(plain), "its own depth is no other");
    }

    #[test]
    fn what_does_not_change_the_bytes_makes_no_variant() {
        let wiring = |text: &str| {
            let mut wiring = Wiring::default();
            for pair in text.split(' ') {
                let (key, value) = pair.split_once('=').unwrap();
                wiring.set(key, value).unwrap();
            }
            wiring
        };
        assert!(Variant::wired(Format::Png, wiring("order=bgr scan=column bits=lsb")).is_plain());
        assert!(Variant::wired(Format::Raw1, wiring("order=bgr")).is_plain());
        assert!(Variant::wired(Format::Raw888, wiring("bits=lsb polarity=negative")).is_plain());
        assert!(Variant::wired(Format::Raw565Le, wiring("pad=2")).is_plain());
        assert!(!Variant::wired(Format::Raw565Le, wiring("pad=4")).is_plain());
        let [bgr, grb] = ["order=bgr", "order=grb"].map(|text| Variant::wired(Format::RawRg, wiring(text)));
        assert_eq!((bgr, grb.query()), (grb, "?order=grb".to_owned()));
    }

    #[test]
    fn keys_and_slots_are_each_ones_own() {
        let mut keys = BTreeSet::new();
        for scheme in ColorScheme::ALL {
            for wiring in Wiring::all() {
                let all: Vec<Variant> = Variant::of_screen(scheme, wiring).collect();
                let slots: BTreeSet<usize> = all.iter().map(|variant| variant.slot()).collect();
                assert_eq!(slots.len(), all.len(), "{scheme} {wiring:?}");
                assert!(slots.iter().all(|slot| *slot < Variant::SLOTS));
                keys.extend(all.iter().map(|variant| (variant.key(), *variant)));
            }
        }
        let numbers: BTreeSet<u32> = keys.iter().map(|(key, _)| *key).collect();
        assert_eq!(numbers.len(), keys.len());
    }
}
