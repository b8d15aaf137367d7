//! With which token does somebody ask? `Authorization: Bearer`, the password of `Basic`, a bare
//! `Authorization` as Tronbyt boards send it, `Access-Token` as TRMNL panels do, or `?key=`. Only the digest
//! of what was presented is kept.

use http::{
    HeaderMap,
    header::{AUTHORIZATION, HeaderName},
};
use percent_encoding::percent_decode;

use super::error::Problem;
use crate::{
    catalog::{ScreenState, Snapshot},
    digest::Digest,
    screen::TokenRule,
};

/// What TRMNL panels send.
const ACCESS_TOKEN: HeaderName = HeaderName::from_static("access-token");

/// The longest that is looked at, bytes, also before it is decoded; ours are much shorter.
const MAX_PRESENTED: usize = 256;

/// The digest of the token that somebody presented, if any.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Key(Option<Digest>);

impl Key {
    /// Nothing was presented, or nobody looked because it does not matter.
    pub(super) const NONE: Self = Self(None);

    /// The token that `headers` or else `query` present. Allocates nothing.
    pub(super) fn of(headers: &HeaderMap, query: Option<&str>) -> Self {
        let presented = headers.get(AUTHORIZATION).or_else(|| headers.get(ACCESS_TOKEN));
        if let Some(value) = presented {
            return Self::of_header(value.as_bytes());
        }
        let key = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("key="));
        key.map_or(Self::NONE, |key| {
            let mut plain = [0; MAX_PRESENTED];
            let mut len = 0;
            for byte in percent_decode(key.as_bytes()) {
                let Some(place) = plain.get_mut(len) else { return Self::NONE };
                *place = byte;
                len += 1;
            }
            Self::of_token(&plain[..len])
        })
    }

    fn of_header(value: &[u8]) -> Self {
        let value = value.trim_ascii();
        let (scheme, rest) = match value.iter().position(|b| *b == b' ') {
            Some(at) => (&value[..at], value[at..].trim_ascii()),
            None => (&value[..0], value),
        };
        if scheme.eq_ignore_ascii_case(b"Basic") {
            let mut plain = [0; MAX_PRESENTED];
            return match base64_decode(rest, &mut plain) {
                Some(plain) => {
                    // The name before the colon is the device's affair.
                    let colon = plain.iter().position(|b| *b == b':');
                    colon.map_or(Self::NONE, |at| Self::of_token(&plain[at + 1..]))
                }
                None => Self::NONE,
            };
        }
        if scheme.is_empty() || scheme.eq_ignore_ascii_case(b"Bearer") {
            return Self::of_token(rest);
        }
        Self::NONE
    }

    fn of_token(token: &[u8]) -> Self {
        let sensible = !token.is_empty() && token.len() <= MAX_PRESENTED;
        Self(sensible.then(|| Digest::of(token)))
    }

    /// Whether it is a token of `screen`.
    pub(super) fn opens(self, snapshot: &Snapshot, screen: &str) -> bool {
        self.0.is_some_and(|digest| snapshot.tokens.allow(screen, &digest))
    }

    /// The screen that it is a token of.
    pub(super) fn screen(self, snapshot: &Snapshot) -> Option<&str> {
        snapshot.tokens.screen_of(&self.0?)
    }

    /// Whether `screen` may be shown to whoever presents this.
    pub(super) fn may_see(self, snapshot: &Snapshot, screen: &ScreenState) -> bool {
        screen.screen.token == TokenRule::Optional || self.opens(snapshot, screen.screen.id.as_str())
    }

    /// The same with the answer for those who may not.
    pub(super) fn admit(self, snapshot: &Snapshot, screen: &ScreenState) -> Result<(), Problem> {
        if self.may_see(snapshot, screen) { Ok(()) } else { Err(self.refusal(screen.screen.id.as_str())) }
    }

    /// Why it does not open `screen`.
    pub(super) fn refusal(self, screen: &str) -> Problem {
        if self.0.is_some() {
            Problem::TokenWrong(screen.to_owned())
        } else {
            Problem::TokenNeeded(screen.to_owned())
        }
    }
}

/// Decodes base64 (RFC 4648 §4, padding or none) into `out`; `None` if it is not base64 or does not fit.
fn base64_decode<'a>(text: &[u8], out: &'a mut [u8]) -> Option<&'a [u8]> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let (mut bits, mut held, mut len) = (0u32, 0u32, 0);
    for letter in text {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            *out.get_mut(len)? = (bits >> held) as u8;
            bits &= (1 << held) - 1;
            len += 1;
        }
    }
    Some(&out[..len])
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "4x7hq2m9wz0c5kt8pbv3ndr6ye";

    fn key(name: HeaderName, value: &str) -> Key {
        Key::of(&HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]), None)
    }

    #[test]
    fn a_token_is_found_however_devices_present_it() {
        let expected = Key(Some(Digest::of(TOKEN.as_bytes())));
        for value in [
            format!("Bearer {TOKEN}"),
            format!("bearer   {TOKEN} "),
            TOKEN.to_owned(),
            // gate:4x7hq2m9wz0c5kt8pbv3ndr6ye
            "Basic Z2F0ZTo0eDdocTJtOXd6MGM1a3Q4cGJ2M25kcjZ5ZQ==".to_owned(),
            "basic Z2F0ZTo0eDdocTJtOXd6MGM1a3Q4cGJ2M25kcjZ5ZQ".to_owned(),
        ] {
            assert_eq!(key(AUTHORIZATION, &value), expected, "{value}");
        }
        assert_eq!(key(ACCESS_TOKEN, TOKEN), expected);
        let none = HeaderMap::new();
        assert_eq!(Key::of(&none, Some(&format!("a=b&key={TOKEN}&c"))), expected);
        assert_eq!(Key::of(&none, Some(&format!("key=%34{}", &TOKEN[1..]))), expected);
        for nothing in [None, Some("key="), Some("monkey=x"), Some("")] {
            assert_eq!(Key::of(&none, nothing), Key::NONE);
        }
        for nothing in ["", "Basic", "Basic Z2F0ZQ==", "Basic !!", "Digest username=x", &"x".repeat(257)] {
            let found = key(AUTHORIZATION, nothing);
            assert!(found == Key::NONE || nothing == "Basic", "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_upset_the_reader(value in prop::collection::vec(any::<u8>(), 0..600), query: String) {
            Key::of_header(&value);
            Key::of(&HeaderMap::new(), Some(&query));
            let mut out = [0; 64];
            base64_decode(&value, &mut out);
        }

        #[test]
        fn every_password_comes_through_basic(name in "[a-z]{0,9}", password in "[!-~]{1,40}") {
            let coded = crate::catalog::base64(format!("{name}:{password}").as_bytes());
            let expected = Key(Some(Digest::of(password.as_bytes())));
            prop_assert_eq!(key(AUTHORIZATION, &format!("Basic {coded}")), expected);
        }
    }
}
