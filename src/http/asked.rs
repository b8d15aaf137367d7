//! As what is a frame asked for? The format stands in the path; `?depth=` and `?top-down=` shape a BMP; how raw
//! bytes are packed is the screen's own matter, and stands in the addresses of single frames that a manifest
//! gives out.

use percent_encoding::percent_decode_str;

use super::error::Problem;
use crate::{
    color::ColorScheme,
    frame::{Format, Variant},
    screen::{Screen, Wiring},
};

/// `format` as `query` wants it and as the wires of `screen` do.
pub(super) fn for_screen(format: Format, query: Option<&str>, screen: &Screen) -> Result<Variant, Problem> {
    match (format, query) {
        (Format::Bmp, Some(query)) => bmp(query, screen.profile.scheme),
        _ => Ok(Variant::wired(format, screen.wiring)),
    }
}

/// `format` as `query` says, for a frame of `scheme` that belongs to no screen.
pub(super) fn for_frame(format: Format, query: &str, scheme: ColorScheme) -> Result<Variant, Problem> {
    if format == Format::Bmp {
        return bmp(query, scheme);
    }
    let mut wiring = Wiring::default();
    for (key, value) in pairs(query) {
        // What is not known is not looked at, here as in every query.
        let _ = wiring.set(key, value);
    }
    Ok(Variant::wired(format, wiring))
}

fn bmp(query: &str, scheme: ColorScheme) -> Result<Variant, Problem> {
    let (mut depth, mut top_down) = (None, false);
    for (key, value) in pairs(query) {
        match key {
            "depth" => depth = Some(value),
            "top-down" => top_down = !matches!(value, "0" | "no" | "false"),
            _ => {}
        }
    }
    let Some(asked) = depth else {
        return Ok(Variant::bmp(scheme, None, top_down).unwrap_or(Format::Bmp.into()));
    };
    let variant = asked.parse().ok().and_then(|depth| Variant::bmp(scheme, Some(depth), top_down));
    variant.ok_or_else(|| Problem::Depth(percent_decode_str(asked).decode_utf8_lossy().into_owned(), scheme))
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::StagedFrame,
        http::testing::{Kind, NOON, Site, bytes_of, frame, header, text_of},
        screen::{Order, Polarity, Scan},
    };

    #[tokio::test]
    async fn a_bitmap_comes_as_the_asker_can_read_it_and_is_made_once() {
        let site = Site::new();
        let stage = site.stage(&[(1, 8)]);
        let mut tags = std::collections::BTreeSet::new();
        for (query, bits, height) in [
            ("", 1, 32),
            ("?top-down=1", 1, -32),
            ("?depth=8", 8, 32),
            ("?depth=24&top-down=1&wait=3", 24, -32),
            ("?x=1&depth=4", 4, 32),
        ] {
            let path = format!("/screens/gate/frame.bmp{query}");
            let response = site.get(&path).await;
            let etag = header(response.headers(), "etag").to_owned();
            let bmp = bytes_of(response);
            assert_eq!(
                (bmp[28], i32::from_le_bytes(bmp[22..26].try_into().unwrap())),
                (bits, height),
                "{query}"
            );
            assert!(tags.insert(etag.clone()), "{query}: other bytes, other tag");
            assert_eq!(site.ask("GET", &path, &[("if-none-match", &etag)]).await.status(), 304);
        }
        assert_eq!(stage.misses(), 4, "each is made when first asked for, and then it is there");
        for same in ["?depth=1", "?top-down=0", "?top-down=0&depth=1"] {
            let response = site.get(&format!("/screens/gate/frame.bmp{same}")).await;
            assert!(tags.contains(header(response.headers(), "etag")), "{same}");
        }
        assert_eq!(stage.misses(), 4);
        assert_eq!(stage.last_asked(Variant::bmp(ColorScheme::Red, Some(8), false).unwrap()), NOON);
    }

    #[tokio::test]
    async fn a_depth_that_loses_colours_is_not_given() {
        let site = Site::new();
        for (path, depth) in [
            ("/screens/%E5%A4%A7%E9%97%A8/frame.bmp?depth=1", "1"),
            ("/screens/gate/frame.bmp?depth=16", "16"),
            ("/screens/gate/frame.bmp?depth=%3Cb%3E", "<b>"),
        ] {
            let response = site.get(path).await;
            assert_eq!(response.status(), 406, "{path}");
            let text = text_of(response);
            assert!(text.contains("depth_not_acceptable") && text.contains(&format!("`{depth}`")), "{text}");
        }
    }

    #[tokio::test]
    async fn raw_bytes_come_as_the_wires_want_and_their_address_says_how() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.wiring = Wiring { polarity: Polarity::Negative, scan: Scan::Column, ..Wiring::default() };
        let site = Site::of(vec![kind], |_| {});
        let stage = site.stage(&[(0x81, 8)]);
        let response = site.get("/screens/gate/frame.raw.1?scan=row").await;
        let kind = header(response.headers(), "content-type").to_owned();
        assert_eq!(kind, "application/octet-stream; polarity=negative");
        let etag = header(response.headers(), "etag").to_owned();
        let raw = bytes_of(response);
        assert_eq!((raw[0], raw[1], raw[4 * 7], raw.len()), (0x7F, 0xFF, 0x7F, 320 * 4));
        assert_eq!(stage.misses(), 1);
        let again = site.ask("GET", "/screens/gate/frame.raw.1", &[("if-none-match", &etag)]).await;
        assert_eq!((again.status().as_u16(), stage.misses()), (304, 1));
        let manifest = text_of(site.get("/screens/gate/manifest.json?ext=raw.1").await);
        assert!(manifest.contains(".raw.1?scan=column&polarity=negative\""), "{manifest}");
        let bitmap = text_of(site.get("/screens/gate/manifest.json?ext=bmp&top-down=1&depth=8").await);
        assert!(bitmap.contains(".bmp?depth=8&top-down=1\""), "{bitmap}");
    }

    #[test]
    fn the_address_of_a_frame_is_read_back_to_the_same_bytes() {
        for scheme in ColorScheme::ALL {
            let staged = StagedFrame::new(frame(scheme, crate::geometry::Size::new(12, 5), 0x47));
            for wiring in Wiring::all() {
                for variant in Variant::of_screen(scheme, wiring) {
                    let query = variant.query();
                    let read = for_frame(variant.format(), query.trim_start_matches('?'), scheme).unwrap();
                    assert_eq!(read, variant, "{query}");
                    assert_eq!(staged.get(read).is_some(), staged.get(variant).is_some());
                }
            }
        }
        let read = for_frame(Format::RawRgb3, "order=bgr&pad=9&&x=1", ColorScheme::Seven).unwrap();
        let wiring = Wiring { order: Order::Bgr, ..Wiring::default() };
        assert_eq!(read, Variant::wired(Format::RawRgb3, wiring));
    }
}
