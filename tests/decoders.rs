//! Every format of every scheme, seen by other people's decoders: Pillow, netpbm and libwebp
//! (`tests/decoders.py`) must see the very pixels that the raster holds.

use std::{collections::BTreeSet, env, fs, path::Path, path::PathBuf, process::Command};

use mingping::{
    color::ColorScheme,
    frame::{Format, Frame, Variant, encode, unencodable},
    geometry::{Rotation, Size},
    render::Raster,
    screen::Wiring,
};

/// Odd widths too: rows are padded to bytes, and in BMP to four bytes.
const SIZES: [Size; 7] = [
    Size::new(8, 8),
    Size::new(9, 3),
    Size::new(31, 5),
    Size::new(33, 16),
    Size::new(64, 1),
    Size::new(250, 17),
    Size::new(320, 32),
];

/// The interpreter of the environment that `tests/setup` makes.
fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = env::var_os("MINGPING_PYTHON").map_or(root.join("tests/.venv/bin/python"), PathBuf::from);
    assert!(python.exists(), "there is no {}: run tests/setup once", python.display());
    python
}

/// Pixels from a seed (xorshift), at most `colors` different ones on `rgb`.
fn noise(scheme: ColorScheme, size: Size, colors: u64) -> Frame {
    let mut state = 0x9E37_79B9_7F4A_7C15 ^ u64::from(size.width) << 16 ^ scheme as u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut raster = Raster::dark(scheme, size);
    for y in 0..size.height {
        for pixel in raster.row_mut(y).chunks_exact_mut(scheme.bytes_per_pixel()) {
            if let [index] = pixel {
                *index = (next() % scheme.palette().len() as u64) as u8;
            } else {
                let n = (next() % colors).wrapping_mul(0x9E37_79B1);
                pixel.copy_from_slice(&n.to_le_bytes()[1..4]);
            }
        }
    }
    Frame::new(&raster, Rotation::R0, vec!["关于 2026 年招生的公告".into(), "教育局".into()])
}

/// Writes `NAME.rgb`, the pixels as the face shows them, `NAME.EXT` for each format, and each variant behind the name
/// with which it is asked for: `NAME.bmp?depth=8`. Raw bytes are packed in every way at one size only.
fn write(dir: &Path, name: &str, frame: &Frame) -> usize {
    let (raster, size) = (frame.raster(), frame.raster().size());
    let rgb: Vec<u8> =
        (0..size.height).flat_map(|y| (0..size.width).flat_map(move |x| raster.color_at(x, y))).collect();
    fs::write(dir.join(format!("{name}.rgb")), rgb).unwrap();
    let mut files = 0;
    let scheme = raster.scheme();
    let wirings = Wiring::all().filter(|wiring| size == Size::new(31, 5) || *wiring == Wiring::default());
    let variants: BTreeSet<Variant> = wirings.flat_map(|wiring| Variant::of_screen(scheme, wiring)).collect();
    for variant in variants {
        let bytes = encode(frame, variant).unwrap();
        fs::write(dir.join(format!("{name}.{}{}", variant.format().ext(), variant.query())), bytes).unwrap();
        files += 1;
    }
    files
}

/// Writes a page of every character of 通用规范汉字表 and of many marks in each character set, and how many of them
/// GB 2312 lacks.
fn write_text(dir: &Path) -> usize {
    let marks = "—―·・…⋯～〜“”‘’、。〈〉《》￥①⑩⒈ⅠあアαЖāㄅ─＿　€ɡé䶮😀\"#$%&'()*+,-./09AZaz";
    let table =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/tongyong-8105.txt")).unwrap();
    // All hanzi of GB 2312, in the order of their codes.
    let codes: Vec<u8> =
        (0xB0..=0xF7u8).flat_map(|row| (0xA1..=0xFEu8).flat_map(move |cell| [row, cell])).collect();
    let hanzi = encoding_rs::GBK.decode(&codes).0.replace(|c| !('\u{4E00}'..='\u{9FFF}').contains(&c), "");
    let lines = table.lines().chain([marks, &hanzi]).map(str::to_owned).collect();
    let raster = Raster::dark(ColorScheme::Red, Size::new(8, 8));
    let frame = Frame::new(&raster, Rotation::R0, lines);
    for format in [Format::Txt, Format::TxtGb2312, Format::TxtGb18030] {
        fs::write(dir.join(format!("text.{}", format.ext())), encode(&frame, format).unwrap()).unwrap();
    }
    let lacking = unencodable(&frame, Format::TxtGb2312).unwrap();
    fs::write(dir.join("text.lacking"), lacking.to_string()).unwrap();
    lacking
}

#[test]
fn other_peoples_decoders_see_the_very_pixels() {
    let python = python();
    let dir = tempfile::tempdir().unwrap();
    let mut files = 0;
    for scheme in ColorScheme::ALL {
        for size in SIZES {
            files += write(dir.path(), &format!("{scheme}_{size}"), &noise(scheme, size, 256));
        }
    }
    // More colours than a GIF can hold: there, and only there, a difference is allowed.
    let photo = noise(ColorScheme::Rgb, Size::new(250, 17), u64::MAX);
    files += write(dir.path(), "rgb-photo_250x17", &photo);
    assert_eq!(write_text(dir.path()), 8105 - 6638 + 4, "as many as Python's codec lacks");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decoders.py");
    let out = Command::new(python)
        .arg(script)
        .arg(dir.path())
        .arg(files.to_string())
        .current_dir(dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}{errors}");
    for decoder in ["Pillow", "RGBMatrixEmulator", "charsets", "imageload", "libwebp", "netpbm"] {
        assert!(said.contains(decoder), "{said}");
    }
}
