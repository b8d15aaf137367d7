//! What the fuzz targets do with their bytes: one function each. `tests/corpus.rs` takes in this file and feeds
//! the seeds to the same functions, so that they keep compiling and keep passing.
//!
//! Nothing is compared but what must hold for any input: no panic, no endless work, and what is shown fits.

use std::{
    io::{Cursor, Write as _},
    sync::{Arc, LazyLock},
};

use jiff::{civil::Date, tz::TimeZone};
use mingping::{
    approval::approve,
    color::ColorScheme,
    frame::{Format, Frame, encode},
    geometry::{Rotation, Size},
    notice::{self, NoticeId, Source, charset, clean},
    playlist::{self, Playlist},
    render::{self, Fonts, Movement},
    screen::{self, ClipLimits, Profile},
    time::UtcMillis,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// More bytes than this are cut off: a target should be quick, and long files are covered by tests.
const MOST_BYTES: usize = 64 << 10;
/// No more pages of a notice are drawn.
const MOST_PAGES: usize = 4;

const ZONE: TimeZone = TimeZone::UTC;
const TODAY: Date = Date::constant(2026, 6, 18);
/// Noon of that day.
const NOW: UtcMillis = UtcMillis(1_781_784_000_000);

static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::built_in);
static ANSWERS: LazyLock<Playlist> = LazyLock::new(|| {
    let yaml = "提供: 办公室\n审核: 分管领导\n负责: 办公室\n保密审查: 保密办\n";
    playlist::read("bureau", yaml.as_bytes(), &ZONE, TODAY).unwrap_or_default()
});

fn cut(data: &[u8]) -> &[u8] {
    &data[..data.len().min(MOST_BYTES)]
}

/// Headers in all their places: above a text, in a sidecar, in `playlist.yaml`; and `screens.yaml`.
pub fn header(data: &[u8]) {
    let data = cut(data);
    let _ = playlist::read("bureau", data, &ZONE, TODAY);
    let _ = screen::read(data);
    let id = NoticeId::new("bureau", "a.md");
    let _ = notice::read(Source { id: &id, bytes: data, sidecar: None, zone: &ZONE, today: TODAY });
    // The smallest GIF there is.
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    let id = NoticeId::new("bureau", "a.gif");
    let sidecar = Some(("a.gif.txt", data));
    let _ = notice::read(Source { id: &id, bytes: gif, sidecar, zone: &ZONE, today: TODAY });
}

/// Bytes of any character set become clean text.
pub fn charset(data: &[u8]) {
    let data = cut(data);
    if let Ok(text) = charset::decode(data) {
        let clean = clean::fragment(&text);
        assert_eq!(clean::fragment(&clean), clean, "cleaning twice is cleaning once");
        let _ = clean::forbidden(&clean);
    }
    for name in ["utf-8", "gb18030", "utf-16"] {
        if let Some(charset) = charset::Charset::parse(name) {
            let _ = charset.decode(data);
        }
    }
}

/// The whole way of a text: read, approved, laid out, drawn, encoded. The first byte chooses the face.
pub fn notice(data: &[u8]) {
    if let Some((choice, text)) = cut(data).split_first() {
        show(if choice % 2 == 0 { "a.md" } else { "a.txt" }, text, usize::from(*choice / 2));
    }
}

/// The whole way of a picture, still and moving. The first byte chooses the face.
pub fn picture(data: &[u8]) {
    if let Some((choice, bytes)) = cut(data).split_first() {
        // A few bytes can stand for a large picture; how long those take is known, and is not looked for here.
        if claimed_pixels(bytes) <= 4_000_000 {
            show("a.png", bytes, usize::from(*choice));
        }
    }
}

/// A Word file, or the text of one: changing packed bytes finds little behind the unpacking. The first byte chooses
/// the face.
pub fn docx(data: &[u8]) {
    if let Some((choice, bytes)) = cut(data).split_first() {
        let file =
            if bytes.starts_with(b"PK") { bytes.to_vec() } else { zipped(&[("word/document.xml", bytes)]) };
        show("a.docx", &file, usize::from(*choice));
    }
}

/// An Excel file, or the sheet of one. The first byte chooses the face.
pub fn xlsx(data: &[u8]) {
    const BOOK: &str =
        "<workbook xmlns:r='r'><sheets><sheet name='a' sheetId='1' r:id='r1'/></sheets></workbook>";
    const PARTS: &str =
        "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='sheet.xml'/></Relationships>";
    if let Some((choice, bytes)) = cut(data).split_first() {
        let file = if bytes.starts_with(b"PK") {
            bytes.to_vec()
        } else {
            zipped(&[
                ("xl/workbook.xml", BOOK.as_bytes()),
                ("xl/_rels/workbook.xml.rels", PARTS.as_bytes()),
                ("xl/sheet.xml", bytes),
            ])
        };
        show("a.xlsx", &file, usize::from(*choice));
    }
}

/// An archive of `parts`.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in parts {
        archive.start_file(*name, stored).expect("a name of ours");
        archive.write_all(bytes).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}

fn show(file: &str, bytes: &[u8], choice: usize) {
    let id = NoticeId::new("bureau", file);
    let Ok(notice) = notice::read(Source { id: &id, bytes, sidecar: None, zone: &ZONE, today: TODAY }) else {
        return;
    };
    let Ok(approved) = approve(Arc::new(notice), &ANSWERS, NOW, NOW, &ZONE) else { return };
    let schemes = ColorScheme::ALL;
    let sizes = [(320, 32), (64, 16), (128, 64), (8, 8), (192, 96), (33, 47)];
    let (width, height) = sizes[choice % sizes.len()];
    let rotation = [Rotation::R0, Rotation::R90, Rotation::R180, Rotation::R270][choice / 6 % 4];
    let clip = choice.is_multiple_of(5).then(ClipLimits::default);
    let face = Profile::new(Size::new(width, height), schemes[choice % schemes.len()]);
    let profile = Profile { rotation, clip, ..face };
    let Ok(layout) = render::lay_out(&approved, &profile, &FONTS, &["教育局".to_owned()]) else { return };
    assert!(!layout.pages.is_empty(), "a layout has a page");
    for page in 0..layout.pages.len().min(MOST_PAGES) {
        assert!(layout.pages[page].dwell_ms > 0, "each page stays");
        let raster = render::draw(&layout, page, &profile, &FONTS);
        assert_eq!(raster.size(), profile.page_size());
        let frame = Frame::new(&raster, profile.rotation, layout.pages[page].lines.clone());
        for format in Format::ALL {
            let _ = encode(&frame, format);
        }
    }
    if let Some(Movement::Film(frames)) = &layout.movement {
        let length: u32 = frames.iter().map(|(_, ms)| ms).sum();
        assert!(frames.len() > 1 && layout.pages[0].dwell_ms % length == 0, "whole repeats");
        assert!(frames.iter().all(|(raster, ms)| raster.size() == profile.page_size() && *ms > 0));
    }
}

/// The pixels that a picture's head claims, for the formats in which these are easily lied about.
fn claimed_pixels(bytes: &[u8]) -> u64 {
    let number = |at: usize, count: usize, big: bool| {
        let bytes = bytes.get(at..at + count).unwrap_or_default();
        let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        if big { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) }
    };
    match bytes {
        [0x89, b'P', ..] => number(16, 4, true).saturating_mul(number(20, 4, true)),
        [b'G', b'I', ..] => number(6, 2, false) * number(8, 2, false),
        [b'B', b'M', ..] => number(18, 4, false).saturating_mul(number(22, 4, false)),
        _ => 0,
    }
}

/// A bitmap font in the text form.
pub fn bdf(data: &[u8]) {
    font("a.bdf", data);
}

/// A bitmap font in the portable compiled form.
pub fn pcf(data: &[u8]) {
    font("a.pcf", data);
}

/// An outline font.
pub fn outline(data: &[u8]) {
    font("a.otf", data);
}

fn font(name: &str, data: &[u8]) {
    let (fonts, _) = Fonts::load(vec![(name.to_owned(), cut(data).to_vec())]);
    for px in [8, 16, 24, 48] {
        let face = fonts.at(px);
        for c in "A招，\u{2014}龘\u{2003E}".chars() {
            let _ = (face.advance(c), face.glyph(c));
        }
    }
    let profile = Profile::new(Size::new(96, 32), ColorScheme::Rgb);
    if let Ok(layout) = render::lay_out_idle("A招生", &profile, &fonts) {
        let _ = render::draw(&layout, 0, &profile, &fonts);
    }
}
