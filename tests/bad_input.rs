//! What a hostile or careless hand may drop: fonts that lie, texts without end, tables without measure, faces of
//! any size, scripts and signs that would come out wrong. Each is refused with its reason, or shown whole.

use std::{io::Write as _, path::Path, sync::LazyLock};

use jiff::{civil::Date, tz::TimeZone};
use mingping::{
    cli::load_fonts,
    color::ColorScheme,
    diagnostic::{Diagnostic, Lang, Msg},
    geometry::Size,
    notice::{self, Notice, NoticeId, Source},
    render::{
        Fonts, Layout, draw, lay_out_idle,
        layout::{Document, lay_out_document},
    },
    screen::Profile,
    time::Priority,
};

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let (fonts, faults) = load_fonts(&folder());
    assert!(faults.is_empty(), "{faults:?}");
    fonts
});

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts")
}

/// Why the font file is refused; empty if it is not.
fn fault(name: &str, bytes: Vec<u8>) -> String {
    let (fonts, faults) = Fonts::load(vec![(name.to_owned(), bytes)]);
    // Whatever was let in can be asked for any character.
    for c in "A中𬭊😀".chars() {
        let _ = fonts.glyph(c, 32);
    }
    assert!(fonts.glyph('好', 16).is_some(), "other fonts are not affected");
    faults.iter().map(|fault| fault.message(Lang::En)).collect()
}

fn unpacked(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let packed = std::fs::File::open(folder().join(name)).unwrap();
    std::io::copy(&mut flate2::read::GzDecoder::new(packed), &mut out).unwrap();
    out
}

#[test]
fn fonts_that_are_cut_short_are_refused_by_name() {
    for (file, name) in
        [("12x24.pcf.gz", "cut.pcf"), ("8x16.pcf.gz", "cut.pcf"), ("mingping24.bdf.gz", "cut.bdf")]
    {
        let whole = unpacked(file);
        assert_eq!(fault(name, whole.clone()), "");
        for part in 0..16 {
            let found = fault(name, whole[..whole.len() * part / 16].to_vec());
            // The last of a PCF font are tables that nobody needs: names of glyphs and the like.
            assert!(part >= 14 || found.contains(name) && found.len() > 40, "{part}/16 of {file}: {found}");
        }
        let packed = std::fs::read(folder().join(file)).unwrap();
        let found = fault("cut.gz.pcf.gz", packed[..packed.len() / 2].to_vec());
        assert!(found.contains("gzip"), "{found}");
    }
    let whole = std::fs::read(folder().join("mingping-sans.otf")).unwrap();
    for part in 0..16 {
        // Outlines may be read as far as they reach; what is missing has no glyph.
        fault("cut.otf", whole[..whole.len() * part / 16].to_vec());
    }
    assert!(fault("cut.ttf", whole[..100].to_vec()).contains("no TrueType or OpenType"));
}

#[test]
fn fonts_that_lie_about_their_sizes_are_refused_or_harmless() {
    let whole = unpacked("8x16.pcf.gz");
    for lie in [[0xFF; 4], [0x7F, 0xFF, 0xFF, 0xFF], [0, 0, 1, 0]] {
        for at in (0..400).step_by(20) {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&lie);
            fault("lie.pcf", bytes);
        }
    }
    let otf = std::fs::read(folder().join("mingping-sans.otf")).unwrap();
    for at in (0..300).step_by(12) {
        let mut bytes = otf.clone();
        bytes[at..at + 4].copy_from_slice(&[0xFF; 4]);
        fault("lie.otf", bytes);
    }
    let bdf = |size: &str, bounds: &str| {
        format!(
            "STARTFONT 2.1\nFONT -x-y-medium-r-normal--8-80-72-72-c-80-ISO10646-1\nSIZE 8 72 72\nFONTBOUNDINGBOX {size}\n\
             CHARS 4000000000\nSTARTCHAR A\nENCODING 65\nDWIDTH 8 0\nBBX {bounds}\nBITMAP\n"
        )
    };
    for (size, bounds, why) in [
        ("8 8 0 0", "2000000000 8 0 0", "2000000000x8 dots"),
        ("8 8 0 0", "512 512 0 0", "not a row of 512 dots"),
        ("8 2000000000 0 0", "8 8 0 0", "2000000000 dots high"),
    ] {
        let found = fault("lie.bdf", bdf(size, bounds).into_bytes());
        assert!(found.contains(why), "{found}");
    }
}

/// A PCF font of one glyph of 512 × 512 dots, to which all codes from 0000 to FFFF refer.
fn one_glyph_for_all() -> Vec<u8> {
    let n32 = |n: u32| n.to_le_bytes().to_vec();
    let n16 = |n: u16| n.to_le_bytes().to_vec();
    let strings = b"CHARSET_REGISTRY\0ISO10646\0";
    let mut properties = [n32(1), n32(0), vec![1], n32(17), vec![0; 3]].concat();
    properties.extend([n32(strings.len() as u32), strings.to_vec()].concat());
    let accelerators = [vec![0; 8], n32(512), n32(0)].concat();
    let metrics = [n32(1), n16(0), n16(512), n16(512), n16(512), n16(0), n16(0)].concat();
    let mut bitmaps = [n32(1), n32(0), n32(32_768), n32(32_768), n32(32_768), n32(32_768)].concat();
    bitmaps.resize(bitmaps.len() + 32_768, 0xFF);
    let mut codes = [n16(0), n16(255), n16(0), n16(255), n16(0)].concat();
    codes.resize(codes.len() + 65_536 * 2, 0);
    let tables = [(1, properties), (2, accelerators), (4, metrics), (8, bitmaps), (32, codes)];
    let mut file = [b"\x01fcp".to_vec(), n32(tables.len() as u32)].concat();
    let mut offset = 8 + 16 * tables.len();
    for (kind, body) in &tables {
        file.extend([n32(*kind), n32(0), n32(body.len() as u32 + 4), n32(offset as u32)].concat());
        offset += body.len() + 4;
    }
    for (_, body) in tables {
        file.extend([n32(0), body].concat());
    }
    file
}

#[test]
fn fonts_with_more_than_anybody_needs_are_refused_with_the_limit() {
    assert!(fault("large.bdf", vec![b'\n'; 100 << 20]).contains("at most 67108864"));
    assert!(fault("large.ttf", vec![0; (64 << 20) + 1]).contains("at most 67108864"));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![b'\n'; 1 << 20];
    (0..100).for_each(|_| packer.write_all(&block).unwrap());
    assert!(fault("bomb.bdf.gz", packer.finish().unwrap()).contains("unpacks to more than 67108864"));
    let file = one_glyph_for_all();
    assert!(file.len() < 200_000);
    let found = fault("all.pcf", file);
    assert!(found.contains("dots take more than 67108864"), "{found}");
    let glyph = "STARTCHAR A\nENCODING 65\nDWIDTH 8 0\nBBX 8 1 0 0\nBITMAP\nFF\nENDCHAR\n";
    let many = format!("STARTFONT 2.1\nFONTBOUNDINGBOX 8 1 0 0\nCHARS 1\n{}ENDFONT\n", glyph.repeat(65_536));
    assert!(fault("many.bdf", many.into_bytes()).contains("more than 65535 glyphs"));
}

const HEADER: &str = "标题: 通知\n提供: 甲\n审核: 乙\n负责: 甲\n保密审查: 丙\n至: 2026-12-31\n---\n";

fn read(file: &str, text: &str) -> Result<Notice, Vec<Diagnostic>> {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let id = NoticeId::new("bureau", file);
    let bytes = format!("{HEADER}{text}\n").into_bytes();
    notice::read(Source {
        id: &id,
        bytes: &bytes,
        sidecar: None,
        zone: &zone,
        today: Date::constant(2026, 6, 18),
    })
}

fn lay_out(notice: &Notice, face: &Profile, fonts: &Fonts) -> Result<Layout, Vec<Diagnostic>> {
    let document = Document {
        id: &notice.id,
        title: &notice.title,
        body: &notice.body,
        sign_off: &notice.sign_off,
        priority: Priority::Normal,
        dwell_ms: None,
        style: notice::Style::Auto,
        fit: None,
    };
    lay_out_document(&document, face, fonts, &[])
}

fn face(width: u32, height: u32, scheme: ColorScheme) -> Profile {
    Profile::new(Size::new(width, height), scheme)
}

/// Message, and what it says.
fn said<T: std::fmt::Debug>(refused: Result<T, Vec<Diagnostic>>) -> (Msg, String) {
    let found = refused.unwrap_err();
    (found[0].msg, found[0].one_line(Lang::En))
}

/// Everything on the pages, without spaces and page marks; each page is drawn, and each line stands on it.
fn shown(layout: &Layout, face: &Profile) -> String {
    let mut out = String::new();
    for (n, page) in layout.pages.iter().enumerate() {
        draw(layout, n, face, &FONTS);
        let size = face.page_size();
        for run in &page.runs {
            assert!(i64::from(run.x) >= 0 && i64::from(run.x) < i64::from(size.width), "{run:?}");
            assert!(run.y >= 0 && run.y as u32 + u32::from(run.px) <= size.height, "{run:?}");
        }
        let mark = format!("{}/{}", n + 1, layout.pages.len());
        let lines = page.lines.iter().filter(|line| **line != mark);
        out.extend(lines.flat_map(|line| line.chars()).filter(|c| !c.is_whitespace()));
    }
    out
}

#[test]
fn a_million_characters_are_refused_with_both_numbers() {
    let (msg, text) = said(read("a.txt", &"公".repeat(1_000_000)));
    assert_eq!(msg, Msg::TextTooLarge);
    assert!(text.contains("3000090") && text.contains("1048576"), "{text}");
    let (msg, text) = said(read("a.txt", &"a".repeat(1_000_000)));
    assert_eq!(msg, Msg::TooManyCharacters);
    assert!(text.contains("1000000") && text.contains("100000"), "{text}");
    // As many as are allowed are still too many for any page; the refusal says for how many there is room.
    let long = read("a.txt", &"凡年满六周岁的儿童，".repeat(10_000)).unwrap();
    for (width, height) in [(320, 32), (256, 128)] {
        let (msg, text) = said(lay_out(&long, &face(width, height, ColorScheme::Red), &FONTS));
        assert_eq!(msg, Msg::TooLong);
        assert!(
            text.contains(&format!("{width}x{height}")) && text.contains("Shorten it to about"),
            "{text}"
        );
    }
    let largest = face(4096, 2160, ColorScheme::Red);
    let layout = lay_out(&long, &largest, &FONTS).unwrap();
    assert!(layout.pages.len() <= 12);
    assert_eq!(shown(&layout, &largest).matches("凡年满六周岁的儿童，").count(), 10_000, "nothing is lost");
}

#[test]
fn a_table_of_two_hundred_columns_is_set_as_lines_or_refused() {
    let row =
        |cell: &dyn Fn(usize) -> String| format!("|{}|\n", (1..=200).map(cell).collect::<Vec<_>>().join("|"));
    let table = row(&|n| format!("栏{n}")) + &row(&|_| "---".into()) + &row(&|n| format!("{}元", n * 5));
    let notice = read("a.md", &table).unwrap();
    let (msg, text) = said(lay_out(&notice, &face(64, 16, ColorScheme::Red), &FONTS));
    assert_eq!(msg, Msg::TooLong, "{text}");
    for (width, height) in [(320, 32), (640, 360), (4096, 2160)] {
        let face = face(width, height, ColorScheme::RedGreen);
        match lay_out(&notice, &face, &FONTS) {
            Ok(layout) => {
                let text = shown(&layout, &face);
                for part in ["5元栏2：10元", "栏100：500元", "栏200：1000元"] {
                    assert!(text.contains(part), "{width}x{height}: {part} in {text}");
                }
            }
            Err(found) => assert_eq!(found[0].msg, Msg::TooLong),
        }
    }
}

#[test]
fn words_wider_than_the_face_go_on_in_the_next_line() {
    let word = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochxyz".to_owned();
    let url = format!("https://www.example.gov.cn/{}", "a1-b2_c3/".repeat(53));
    assert!(word.len() > 60 && url.len() > 500);
    for (text, width, height) in
        [(&word, 64, 16), (&word, 64, 64), (&url, 320, 32), (&url, 128, 64), (&url, 256, 128)]
    {
        let face = face(width, height, ColorScheme::Red);
        let notice = read("a.txt", text).unwrap();
        let layout = lay_out(&notice, &face, &FONTS).unwrap_or_else(|e| panic!("{width}x{height}: {e:?}"));
        let seen = shown(&layout, &face);
        assert!(seen.ends_with(text.as_str()), "{width}x{height}: {seen}");
        for line in layout.pages.iter().flat_map(|page| &page.lines) {
            assert!(line.len() * 8 <= width as usize, "{line:?} is wider than {width}");
        }
    }
}

#[test]
fn the_smallest_and_the_largest_face_show_or_say_why_not() {
    let notice = read("a.txt", "明日上午九时召开家长会。").unwrap();
    let tiny = face(8, 8, ColorScheme::Red);
    let (msg, text) = said(lay_out(&notice, &tiny, &FONTS));
    assert_eq!(msg, Msg::Illegible);
    assert!(text.contains("8 rows") && text.contains("16 px") && text.contains("viewing_distance"), "{text}");
    assert_eq!(said(lay_out_idle("教育局", &tiny, &FONTS)).0, Msg::Illegible);
    let vast = face(4096, 2160, ColorScheme::Amber);
    for layout in [lay_out(&notice, &vast, &FONTS).unwrap(), lay_out_idle("教育局", &vast, &FONTS).unwrap()]
    {
        assert_eq!(layout.pages.len(), 1);
        let raster = draw(&layout, 0, &vast, &FONTS);
        assert!(
            raster.bytes().iter().filter(|dot| **dot != 0).count() > 100_000,
            "it is as large as the face"
        );
    }
}

#[test]
fn scripts_that_would_come_out_wrong_are_refused_and_named() {
    for (text, script) in [
        ("مدرسة", "Arabic"),
        ("ئۇيغۇرچە 学校", "Arabic"),
        ("שלום", "Hebrew"),
        ("हिन्दी", "Devanagari"),
        ("தமிழ்", "Tamil"),
        ("བོད་ཡིག", "Tibetan"),
        ("ภาษาไทย", "Thai"),
        ("ᠮᠣᠩᠭᠣᠯ", "Mongolian"),
    ] {
        for file in ["a.txt", "a.md"] {
            let (msg, said) = said(read(file, text));
            assert_eq!(msg, Msg::ForbiddenCharacter);
            assert!(said.contains(script) && said.contains("U+") && said.contains("picture"), "{said}");
        }
    }
}

#[test]
fn emoji_are_drawn_where_a_font_has_them_and_never_in_parts() {
    let strip = face(320, 32, ColorScheme::Red);
    let text =
        shown(&lay_out(&read("a.txt", "☎\u{FE0F} 8123456 ⚠ ★").unwrap(), &strip, &FONTS).unwrap(), &strip);
    assert!(text.ends_with("☎8123456⚠★"), "{text}");
    let smile = read("a.txt", "放假啦😀").unwrap();
    let (msg, text) = said(lay_out(&smile, &strip, &FONTS));
    assert_eq!(msg, Msg::MissingGlyphs);
    assert!(text.contains("U+1F600") && text.contains("fonts folder") && !text.contains('放'), "{text}");
    let font = "STARTFONT 2.1\nFONT -x-y-medium-r-normal--16-160-72-72-c-160-ISO10646-1\nSIZE 16 72 72\n\
        FONTBOUNDINGBOX 16 16 0 -2\nCHARS 1\nSTARTCHAR smile\nENCODING 128512\nDWIDTH 16 0\nBBX 16 1 0 0\nBITMAP\nFFFF\n\
        ENDCHAR\nENDFONT\n";
    let (fonts, faults) = Fonts::load(vec![("emoji.bdf".into(), font.into())]);
    assert!(faults.is_empty(), "{faults:?}");
    let small = face(64, 16, ColorScheme::Red);
    let layout = lay_out(&smile, &small, &fonts).unwrap();
    let last = draw(&layout, layout.pages.len() - 1, &small, &fonts).art();
    assert!(last.lines().nth(13).unwrap().contains(&"#".repeat(16)), "{last}");
    // A family must not become three people, a region no black flag, a hand no hand of another colour.
    for text in ["👨\u{200D}👩\u{200D}👧", "🏴\u{E0067}\u{E0062}\u{E007F}", "👍🏽", "🇨🇳", "1\u{FE0F}\u{20E3}"]
    {
        let (msg, said) = said(read("a.txt", text));
        assert_eq!(msg, Msg::ForbiddenCharacter, "{said}");
    }
}
