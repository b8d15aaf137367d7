//! Bytes cut short, damaged, endless or made to be slow: refused or read, never a panic.

use std::path::PathBuf;

use mingping::{diagnostic::Msg, notice::Body};
use proptest::prelude::*;

use super::{at, defaults, publish, publish_in, read, words};

#[test]
fn pictures_cut_short_are_refused_at_every_length() {
    let still =
        image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, (x * y) as u8]));
    for (name, format) in [
        ("a.png", image::ImageFormat::Png),
        ("a.jpg", image::ImageFormat::Jpeg),
        ("a.gif", image::ImageFormat::Gif),
        ("a.bmp", image::ImageFormat::Bmp),
        ("a.webp", image::ImageFormat::WebP),
    ] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(still.clone()).write_to(&mut bytes, format).unwrap();
        let bytes = bytes.into_inner();
        let whole = publish_in(&defaults(), name, &bytes, None).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert!(
            matches!(&whole.notice().body, Body::Picture(p) if (p.size.width, p.size.height, p.frames) == (40, 30, 1))
        );
        for tenths in 0..10 {
            let mut cut = bytes[..bytes.len() * tenths / 10].to_vec();
            assert!(publish_in(&defaults(), name, &cut, None).is_err(), "{name} cut to {tenths}/10");
            // File managers set the final size first.
            cut.resize(bytes.len(), 0);
            let padded = publish_in(&defaults(), name, &cut, None);
            assert!(padded.is_err() || name == "a.bmp", "{name} filled up from {tenths}/10");
        }
    }
}

#[test]
fn the_frames_of_every_kind_of_film_are_counted() {
    let seeds = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/picture");
    for (seed, frames) in [("film-gif", 4), ("film-png", 4), ("film-webp", 4), ("gif", 1), ("png", 1)] {
        // The first byte is the fuzz target's own.
        let bytes = std::fs::read(seeds.join(seed)).unwrap();
        let notice = read("a.png", &bytes[1..], None).unwrap_or_else(|e| panic!("{seed}: {e:?}"));
        assert!(matches!(&notice.body, Body::Picture(p) if p.frames == frames), "{seed}: {:?}", notice.body);
        for tenths in 3..10 {
            let cut = read("a.png", &bytes[1..bytes.len() * tenths / 10], None);
            assert!(cut.is_err(), "{seed} cut to {tenths}/10");
        }
    }
}

#[test]
fn texts_made_to_be_slow_or_large_come_back() {
    let headers = "标题：a\n".repeat(100_000);
    for piece in [
        "\n",
        "a:b\n",
        "---\n",
        "1 ",
        "1-",
        "138 ",
        "<",
        "<a ",
        "[",
        "> ",
        "|a",
        "机密",
        "内部资料",
        "2026年",
        "（周",
        "\u{301}",
        " ",
        "\u{200B}",
    ] {
        for (file, room) in [("a.txt", 1 << 20), ("a.md", 90_000)] {
            let text = piece.repeat(room / piece.len());
            let _ = publish(file, &format!("停水\n{text}"));
            let _ = publish(file, &format!("---\n标题：停水\n---\n{text}"));
            let _ = publish(file, &format!("---\n标题：停水\n{text}"));
        }
    }
    let too_long = publish("a.txt", &headers).unwrap_err();
    assert!(!too_long.is_empty() && too_long.len() <= 16);
    assert_eq!(publish("a.txt", &"长".repeat(100_001)).unwrap_err()[0].msg, Msg::TooManyCharacters);
    assert_eq!(publish("a.txt", &"a".repeat((1 << 20) + 1)).unwrap_err()[0].msg, Msg::TextTooLarge);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is dropped is approved or refused.
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), sidecar in proptest::collection::vec(any::<u8>(), 0..60)) {
        for file in ["a.txt", "a.md", "a.png", "a.gif", "a.docx", "a.xlsx"] {
            let _ = publish_in(&defaults(), file, &bytes, Some(("a.yaml", &sidecar)));
        }
    }

    /// Nor what is almost a notice.
    #[test]
    fn no_text_panics(text in "(标题|title|提供|审核|至|自|替代|---|－－－|正文|#|- |[:： \n\r]|[0-9]{1,4}|年|月|日|[★*|<>]|机密|[a-z\u{4E00}-\u{4E20}]){0,40}") {
        let _ = publish("a.md", &text);
        let _ = publish("a.txt", &text);
    }

    /// Damaged pictures are refused or drawn, without a panic and in bounded memory.
    #[test]
    fn damaged_pictures_do_not_panic(which in 0usize..4, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let formats = [image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::Gif, image::ImageFormat::WebP];
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(image::RgbImage::new(9, 7)).write_to(&mut bytes, formats[which]).unwrap();
        let mut bytes = bytes.into_inner();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = publish_in(&defaults(), "a.png", &bytes, None);
    }
}

#[test]
fn header_lines_in_the_text_are_read_or_refused_never_drawn() {
    for text in [
        "放假通知\n审核：待审\n至：2026-07-01\n\n正文",
        "放假通知\n至：2026-07-01\n正文",
        "放假通知\n第二行\n提供人：甲\n审核人：待审\n有效期至：2026-07-01\n正文",
        "标题：放假\n提供 甲\n---\n正文",
        "放假通知\n---\n至：2026-07-01\n审核：待审\n---\n正文",
        "2、提供：甲\n放假通知\n正文",
        "标题；放假\n正文",
        "放假通知\n正文\n审核：待审\n至：2026-07-01",
    ] {
        assert!(publish("a.txt", text).is_err(), "{text}");
    }
    for text in [
        "放假通知\n至：2026-07-01\n\n正文",
        "至：2026-07-01\n放假通知\n正文",
        "至：2026-07-01\n\n放假通知\n正文",
        "放假通知\n---\n至：2026-07-01\n---\n正文",
    ] {
        let approved = publish("a.txt", text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        assert_eq!(approved.window().until, at("2026-07-02T00:00"), "{text}");
        assert_eq!(approved.notice().title, "放假通知", "{text}");
        assert_eq!(words(&approved.notice().body), "正文", "{text}");
    }
}
