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
        screen::{Order, Polarity, Scan, TokenRule},
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

    #[tokio::test]
    async fn a_locked_screen_gives_no_variant_without_its_token() {
        let mut locked = Kind::new("gate", ColorScheme::Red);
        locked.token = TokenRule::Required;
        locked.wiring.scan = Scan::Column;
        let site = Site::of(vec![locked], |_| {});
        site.give_token("gate", "sesame");
        let stage = site.stage(&[(1, 8)]);
        let idle = site.screen("gate").idle.id();
        let paths = [
            "/screens/gate/frame.bmp?depth=8&top-down=1".to_owned(),
            "/screens/gate/frame.raw.1?wait=5".to_owned(),
            "/screens/gate/manifest.json?ext=bmp&depth=8".to_owned(),
            "/screens/gate/manifest.json?ext=raw.1".to_owned(),
            "/screens/gate/events?ext=raw.1".to_owned(),
            format!("/frames/{idle}.bmp?depth=8"),
            format!("/frames/{idle}.raw.1?scan=column"),
        ];
        for path in &paths {
            assert_eq!(site.get(path).await.status(), 401, "{path}");
            assert_eq!(site.get(&format!("{path}&key=guess")).await.status(), 401, "{path}");
        }
        let odd = "/screens/gate/frame.bmp?depth=16";
        assert_eq!(site.get(odd).await.status(), 401, "nor is it told what there is");
        assert!(stage.misses() == 0 && stage.contact().sent().is_none(), "nothing is made, nothing noted");
        for path in &paths {
            assert_eq!(site.get(&format!("{path}&key=sesame")).await.status(), 200, "{path}");
        }
        assert_eq!(site.get(&format!("{odd}&key=sesame")).await.status(), 406);
    }

    #[tokio::test]
    async fn what_is_sent_in_any_shape_is_noted_and_comes_out_of_one_allowance() {
        let mut site = Site::new();
        let stage = site.stage(&[(1, 60)]);
        site.come_from("10.0.0.7");
        let path = "/screens/gate/frame.bmp?depth=8";
        let response = site.get(&format!("{path}&preview")).await;
        let etag = header(response.headers(), "etag").to_owned();
        assert!(
            stage.contact().asked_at().is_none() && stage.contact().sent().is_none(),
            "a person looks on"
        );
        let bytes = async |headers: &[(&str, &str)]| {
            let before = stage.contact().counts().0;
            site.ask("GET", path, headers).await;
            stage.contact().counts().0 - before
        };
        let (whole, nothing_new) = (bytes(&[]).await, bytes(&[("if-none-match", &etag)]).await);
        assert_eq!(whole - nothing_new, bytes_of(response).len() as u64);
        assert_eq!(stage.contact().caller().unwrap().address, "10.0.0.7".parse().ok());
        assert_eq!(stage.contact().sent().unwrap().frame, stage.moments()[0].shown.id());
        let mut refused = 0;
        for n in 0..150 {
            let shape = ["bmp", "bmp?depth=8", "bmp?top-down=1", "raw.1"][n % 4];
            refused += u32::from(site.get(&format!("/screens/gate/frame.{shape}")).await.status() == 429);
        }
        assert_eq!(refused, 33, "three went before, 120 are let through at once");
    }

    #[tokio::test(start_paused = true)]
    async fn each_shape_waits_for_its_own_bytes() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.wiring.polarity = Polarity::Negative;
        let site = Site::of(vec![kind], |_| {});
        let stage = site.stage(&[(1, 8), (2, 8)]);
        let paths = ["bmp?", "bmp?depth=8&", "bmp?top-down=1&", "raw.1?", "txt?charset=gb2312&"]
            .map(|shape| format!("/screens/gate/frame.{shape}wait=30"));
        let mut tags = Vec::new();
        for path in &paths {
            tags.push(header(site.get(path).await.headers(), "etag").to_owned());
        }
        for (n, path) in paths.iter().enumerate() {
            let others: Vec<&str> = (0..tags.len()).filter(|k| *k != n).map(|k| &*tags[k]).collect();
            let response = site.ask("GET", path, &[("if-none-match", &others.join(", "))]).await;
            assert_eq!(response.status(), 200, "{path}: who has other bytes does not wait");
        }
        let polls = paths.iter().zip(&tags).map(async |(path, tag)| {
            let response = site.ask("GET", path, &[("if-none-match", tag)]).await;
            let etag = header(response.headers(), "etag").to_owned();
            assert_eq!((response.status().as_u16(), &etag == tag), (200, false), "{path}");
            let now = site.get(path.split_once("wait").unwrap().0).await;
            assert_eq!(header(now.headers(), "etag"), etag, "{path}");
            assert_eq!(bytes_of(now), bytes_of(response), "{path}");
        });
        let turn = async {
            assert!(stage.contact().is_held(), "they wait");
            site.clock.advance(8000);
            stage.tick();
        };
        futures_util::future::join(futures_util::future::join_all(polls), turn).await;
        assert!(!stage.contact().is_held());
        assert_eq!(stage.misses(), 2 * 4, "each shape of each page is made once");
        assert_eq!(stage.contact().sent().unwrap().frame, stage.moments()[1].shown.id());
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
