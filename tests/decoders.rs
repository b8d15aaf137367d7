//! Every format of every scheme, seen by other people's decoders: Pillow, netpbm and libwebp
//! (`tests/decoders.py`) must see the very pixels that the raster holds, and of clips every frame for its time.

use std::{collections::BTreeSet, env, fs, path::Path, path::PathBuf, process::Command, sync::Arc};

use mingping::{
    color::ColorScheme,
    frame::{Clip, ClipFormat, Format, Frame, Variant, encode, encode_clip, unencodable},
    geometry::{Rotation, Size},
    render::Raster,
    screen::{ClipLimits, Transition, Wiring},
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
    let said = judge(&python, dir.path(), files);
    let by = ["Pillow", "RGBMatrixEmulator", "charsets", "imageload", "libwebp", "netpbm"];
    assert!(by.iter().all(|name| said.contains(name)), "{said}");
}

/// What `tests/decoders.py` says of the folder.
fn judge(python: &Path, folder: &Path, files: usize) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decoders.py");
    let out = Command::new(python)
        .arg(script)
        .arg(folder)
        .arg(files.to_string())
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}{errors}");
    said.into_owned()
}

/// Writes `NAME.frames`, each frame as milliseconds (four bytes, lowest first) and pixels, and `NAME.EXT` for each
/// format.
fn write_clip(dir: &Path, name: &str, clip: &Clip) -> usize {
    let mut frames: Vec<(Vec<u8>, u32)> = Vec::new();
    for (raster, ms) in clip.frames() {
        let size = raster.size();
        let dots = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
        let rgb: Vec<u8> = dots.flat_map(|(x, y)| raster.color_at(x, y)).collect();
        match frames.last_mut() {
            Some((last, so_far)) if *last == rgb => *so_far += ms,
            _ => frames.push((rgb, ms)),
        }
    }
    let bytes: Vec<u8> =
        frames.into_iter().flat_map(|(rgb, ms)| ms.to_le_bytes().into_iter().chain(rgb)).collect();
    fs::write(dir.join(format!("{name}.frames")), bytes).unwrap();
    for format in ClipFormat::ALL {
        let bytes = encode_clip(clip, format).unwrap();
        fs::write(dir.join(format!("{name}.{}", format.ext())), bytes).unwrap();
    }
    ClipFormat::ALL.len()
}

#[test]
fn other_peoples_players_see_every_frame_for_its_time() {
    let python = python();
    let dir = tempfile::tempdir().unwrap();
    let limits = ClipLimits { transition: Transition::Push, ..ClipLimits::default() };
    let mut files = 0;
    for (scheme, rotation) in
        ColorScheme::ALL.into_iter().zip([Rotation::R0, Rotation::R90, Rotation::R180].into_iter().cycle())
    {
        let band = Arc::new(noise(scheme, Size::new(250, 17), 200).raster().clone());
        let line = Clip::of_band(band.clone(), 33, (5, 40), 0..50, rotation);
        files += write_clip(dir.path(), &format!("{scheme}-line_{}", line.face()), &line);
        let other = Arc::new(Raster::dark(scheme, band.size()));
        let pages = vec![(band.clone(), 4000), (other, 5000), (band, 70)];
        let pages = Clip::of_pages(pages, rotation, limits).unwrap();
        files += write_clip(dir.path(), &format!("{scheme}-pages_{}", pages.face()), &pages);
    }
    assert!(judge(&python, dir.path(), files).contains("Pillow"));
}
