//! Protocols that controllers speak besides plain HTTP, by their names in `screens.yaml` and `--protocols`.

use std::fmt;

/// The table of names. A row here and a file in `http/protocol/` make a protocol.
macro_rules! table {
    ($( $(#[$attr:meta])* $name:ident: $text:literal; )*) => {
        /// A protocol.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
        pub enum Protocol { $( $(#[$attr])* $name, )* }

        #[allow(unused_doc_comments)] // a row's attributes go with each mention of it
        impl Protocol {
            /// Every protocol.
            pub const ALL: &'static [Self] = &[ $( $(#[$attr])* Self::$name, )* ];

            /// Its name in `screens.yaml`.
            pub const fn name(self) -> &'static str {
                match self { $( $(#[$attr])* Self::$name => $text, )* }
            }
        }
    };
}

table! {
    /// Tronbyt and Tidbyt boards.
    Tronbyt: "tronbyt";
    /// TRMNL panels and clients.
    Trmnl: "trmnl";
    /// The example of `docs/adding-a-protocol.md`.
    #[cfg(test)]
    Card: "card";
}

/// Some protocols.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Protocols(u32);

impl Protocols {
    /// From their names, apart by commas; the first name that is none is the error.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut found = Self::default();
        for name in text.split([',', '，', '、', ' ']).map(str::trim).filter(|name| !name.is_empty()) {
            let known = Protocol::ALL.iter().find(|protocol| protocol.name().eq_ignore_ascii_case(name));
            found.0 |= 1 << *known.ok_or_else(|| name.to_owned())? as u32;
        }
        Ok(found)
    }

    /// Whether `protocol` is one of them.
    pub fn contains(self, protocol: Protocol) -> bool {
        self.0 & (1 << protocol as u32) != 0
    }

    /// The names of all that there are.
    pub fn names() -> String {
        Protocol::ALL.iter().map(|protocol| protocol.name()).collect::<Vec<_>>().join(" ")
    }
}

/// A MAC address, by which some devices introduce themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mac([u8; 6]);

impl Mac {
    /// From `AA:BB:CC:DD:EE:FF`, `aa-bb-…` or twelve hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut out = [0; 6];
        let mut digits = 0;
        for c in text.trim().chars().filter(|c| !matches!(c, ':' | '-')) {
            let value = c.to_digit(16)? as u8;
            let byte = out.get_mut(digits / 2)?;
            *byte = *byte << 4 | value;
            digits += 1;
        }
        (digits == 12).then_some(Self(out))
    }

    /// Twelve digits: it can be a screen's id.
    pub fn digits(self) -> String {
        crate::digest::hex(&self.0)
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{g:02X}")
    }
}

/// What kind of controller a screen has.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Controller {
    /// What it may speak besides plain HTTP.
    pub protocols: Protocols,
    /// Its MAC address, for protocols in which devices introduce themselves by it.
    pub mac: Option<Mac>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_upsets_the_readers(text: String, bytes: [u8; 6]) {
            let _ = (Protocols::parse(&text), Mac::parse(&text));
            prop_assert_eq!(Mac::parse(&Mac(bytes).to_string()), Some(Mac(bytes)));
            prop_assert_eq!(Mac::parse(&Mac(bytes).digits()), Some(Mac(bytes)));
        }
    }

    #[test]
    fn protocols_are_read_from_any_list() {
        let both = Protocols::parse("Tronbyt，trmnl").unwrap();
        assert!(both.contains(Protocol::Tronbyt) && both.contains(Protocol::Trmnl));
        let one = Protocols::parse(" trmnl ").unwrap();
        assert!(!one.contains(Protocol::Tronbyt) && one.contains(Protocol::Trmnl));
        assert_eq!(Protocols::parse(""), Ok(Protocols::default()));
        assert_eq!(Protocols::parse("tronbyt, colorlite"), Err("colorlite".into()));
        assert!(Protocol::ALL.len() <= 32);
    }

    #[test]
    fn a_mac_address_is_one_however_it_is_written() {
        for text in ["aa:bb:0c:0D:EE:ff", "AA-BB-0C-0D-EE-FF", " aabb0c0deeff "] {
            assert_eq!(Mac::parse(text).unwrap().to_string(), "AA:BB:0C:0D:EE:FF");
        }
        for bad in ["", "aa:bb:cc:dd:ee", "aa:bb:cc:dd:ee:ff:00", "aa:bb:cc:dd:ee:fg", "屏"] {
            assert_eq!(Mac::parse(bad), None, "{bad}");
        }
        assert_eq!(Mac::parse("AA:BB:0C:0D:EE:FF").unwrap().digits(), "aabb0c0deeff");
    }
}
