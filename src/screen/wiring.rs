//! How raw bytes are packed for a screen: what its wires and its controller's firmware want. Pixels do not depend
//! on it, so it is no part of the profile.

/// How the bytes of `frame.raw.*` lie. `screens.yaml` has it as `raw: {order, scan, bits, polarity, pad}`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Wiring {
    /// Which channel, or which bit plane, comes first.
    pub order: Order,
    /// Along what a line of pixels runs.
    pub scan: Scan,
    /// Which bit of a byte is the first pixel.
    pub bits: Bits,
    /// What a bit says.
    pub polarity: Polarity,
    /// Lines are filled up to a multiple of so many bytes: 1, 2 or 4.
    pub pad: u8,
}

impl Default for Wiring {
    /// Rows from the top, leftmost pixel in the highest bit, 1 is lit, whole bytes, red before green before blue.
    fn default() -> Self {
        Self {
            order: Order::default(),
            scan: Scan::default(),
            bits: Bits::default(),
            polarity: Polarity::default(),
            pad: 1,
        }
    }
}

/// Order of the channels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub enum Order {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red.
    Bgr,
    /// Green, red, blue: red and green exchanged.
    Grb,
}

impl Order {
    /// The channels in this order: 0 red, 1 green, 2 blue.
    pub const fn channels(self) -> [usize; 3] {
        match self {
            Self::Rgb => [0, 1, 2],
            Self::Bgr => [2, 1, 0],
            Self::Grb => [1, 0, 2],
        }
    }
}

/// Along what a line of pixels runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub enum Scan {
    /// Row by row from the top, each from the left.
    #[default]
    Row,
    /// Column by column from the left, each from the top.
    Column,
}

/// Which bit of a byte is the first pixel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub enum Bits {
    /// The highest.
    #[default]
    Msb,
    /// The lowest.
    Lsb,
}

/// What a bit says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub enum Polarity {
    /// 1 is lit (阴码).
    #[default]
    Positive,
    /// 0 is lit (阳码).
    Negative,
}

impl Wiring {
    /// The keys, as in `screens.yaml` and in the addresses of single frames, and what each may be.
    pub const KEYS: [(&'static str, &'static str); 5] = [
        ("order", "rgb bgr grb"),
        ("scan", "row column"),
        ("bits", "msb lsb"),
        ("polarity", "positive negative"),
        ("pad", "1 2 4"),
    ];

    /// Sets `key` to `value`; `None` if either is unknown.
    pub fn set(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "order" => {
                self.order = match value {
                    "rgb" => Order::Rgb,
                    "bgr" => Order::Bgr,
                    "grb" => Order::Grb,
                    _ => return None,
                }
            }
            "scan" => {
                self.scan = match value {
                    "row" | "逐行" => Scan::Row,
                    "column" | "逐列" => Scan::Column,
                    _ => return None,
                }
            }
            "bits" => {
                self.bits = match value {
                    "msb" => Bits::Msb,
                    "lsb" => Bits::Lsb,
                    _ => return None,
                }
            }
            "polarity" => {
                self.polarity = match value {
                    "positive" | "阴码" => Polarity::Positive,
                    "negative" | "阳码" => Polarity::Negative,
                    _ => return None,
                }
            }
            "pad" => {
                self.pad = match value {
                    "1" => 1,
                    "2" => 2,
                    "4" => 4,
                    _ => return None,
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// What differs from the default, as `key` and `value`.
    pub fn told(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let order = match self.order {
            Order::Rgb => None,
            Order::Bgr => Some(("order", "bgr")),
            Order::Grb => Some(("order", "grb")),
        };
        let pad = match self.pad {
            2 => Some(("pad", "2")),
            4 => Some(("pad", "4")),
            _ => None,
        };
        let scan = (self.scan == Scan::Column).then_some(("scan", "column"));
        let bits = (self.bits == Bits::Lsb).then_some(("bits", "lsb"));
        let polarity = (self.polarity == Polarity::Negative).then_some(("polarity", "negative"));
        [order, scan, bits, polarity, pad].into_iter().flatten()
    }

    /// A number below 256 that no other wiring has.
    pub const fn key(self) -> u32 {
        (self.order as u32) << 5
            | (self.scan as u32) << 4
            | (self.bits as u32) << 3
            | (self.polarity as u32) << 2
            | (self.pad as u32 / 2)
    }

    /// Every wiring that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let choices = Self::KEYS.map(|(key, values)| values.split(' ').map(move |value| (key, value)));
        let none = vec![Self::default()];
        choices
            .into_iter()
            .fold(none, |sofar, choice| {
                let each = |(key, value)| {
                    let with = move |mut wiring: Self| wiring.set(key, value).map(|()| wiring);
                    sofar.iter().copied().filter_map(with).collect::<Vec<_>>()
                };
                choice.flat_map(each).collect()
            })
            .into_iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_wiring_is_read_back_from_what_is_told_of_it() {
        let mut keys = BTreeSet::new();
        for wiring in Wiring::all() {
            let mut read = Wiring::default();
            for (key, value) in wiring.told() {
                read.set(key, value).unwrap();
            }
            assert_eq!(read, wiring);
            assert!(keys.insert(wiring.key()) && wiring.key() < 256);
        }
        assert_eq!(keys.len(), 3 * 2 * 2 * 2 * 3);
        assert_eq!(Wiring::default().told().count(), 0);
        assert_eq!(Wiring::default().set("polarity", "inverse"), None);
        assert_eq!(Wiring::default().set("colour", "rgb"), None);
    }
}
