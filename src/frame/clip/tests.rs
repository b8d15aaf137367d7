//! What a player of clips sees.

use std::{io::Cursor, sync::Arc, time::Duration};

use image::{AnimationDecoder as _, Frame as Seen, codecs};
use proptest::prelude::*;

use super::*;
use crate::frame::pack;

const PUSH: ClipLimits =
    ClipLimits { max_bytes: 1 << 20, max_frames: 3000, fps: 20, transition: Transition::Push };

/// A raster from rows of `#` and `.`.
fn raster(scheme: ColorScheme, rows: &[&str]) -> Raster {
    let mut out = Raster::dark(scheme, Size::new(rows[0].len() as u32, rows.len() as u32));
    let depth = scheme.bytes_per_pixel();
    for (y, row) in rows.iter().enumerate() {
        for (x, _) in row.char_indices().filter(|(_, c)| *c == '#') {
            out.row_mut(y as u32)[x * depth..][..depth].fill(1);
        }
    }
    out
}

/// What the `image` crate decodes: pixels as red, green, blue, and milliseconds.
pub(super) fn decoded(bytes: &[u8], format: ClipFormat) -> Vec<(Vec<u8>, u32)> {
    let file = Cursor::new(bytes);
    let frames = match format {
        ClipFormat::Gif => codecs::gif::GifDecoder::new(file).unwrap().into_frames(),
        ClipFormat::Png => codecs::png::PngDecoder::new(file).unwrap().apng().unwrap().into_frames(),
        ClipFormat::Webp => codecs::webp::WebPDecoder::new(file).unwrap().into_frames(),
    };
    let rgb = |seen: &Seen| {
        assert!(seen.buffer().pixels().all(|pixel| pixel.0[3] == 255), "the face has no holes");
        seen.buffer().pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect()
    };
    let ms = |seen: &Seen| Duration::from(seen.delay()).as_millis() as u32;
    frames.map(|seen| seen.unwrap()).map(|seen| (rgb(&seen), ms(&seen))).collect()
}

/// What a clip shows, equal neighbours as one.
fn shown(clip: &Clip) -> Vec<(Vec<u8>, u32)> {
    let mut out: Vec<(Vec<u8>, u32)> = Vec::new();
    for (raster, ms) in clip.frames() {
        let rgb = pack::rgb(&raster);
        match out.last_mut() {
            Some((last, so_far)) if *last == rgb => *so_far += ms,
            _ => out.push((rgb, ms)),
        }
    }
    out
}

#[test]
fn a_line_goes_round_without_a_seam() {
    let band = raster(ColorScheme::Red, &["....##.#", "....#..#"]);
    let clip = Clip::of_band(Arc::new(band), 4, (2, 40), 0..4, Rotation::R0);
    let art: Vec<String> = clip.frames().map(|(raster, _)| raster.art()).collect();
    assert_eq!(art, ["....\n....\n", "..##\n..#.\n", "##.#\n#..#\n", ".#..\n.#..\n"]);
    assert_eq!(clip.length_ms(), 160);
    // Each frame, and the first after the last, is the one before moved by the step.
    let columns = |art: &str, n: usize| art.lines().map(|row| row[n..n + 2].to_owned()).collect::<Vec<_>>();
    for (n, frame) in art.iter().enumerate() {
        let next = &art[(n + 1) % art.len()];
        assert_eq!(columns(frame, 2), columns(next, 0), "after frame {n}");
    }
    let thin: Vec<(String, u32)> = clip.thinned(2).frames().map(|(r, ms)| (r.art(), ms)).collect();
    assert_eq!(thin, [(art[0].clone(), 80), (art[2].clone(), 80)], "as fast, half as smooth");
}

#[test]
fn a_face_that_hangs_upright_is_scrolled_upwards() {
    let band = raster(ColorScheme::Red, &["...#"]);
    let clip = Clip::of_band(Arc::new(band), 3, (1, 40), 0..4, Rotation::R90);
    let art: Vec<String> = clip.frames().map(|(raster, _)| raster.art()).collect();
    assert_eq!(art, [".\n.\n.\n", ".\n.\n#\n", ".\n#\n.\n", "#\n.\n.\n"]);
    assert_eq!(clip.face(), Size::new(1, 3));
}

#[test]
fn a_page_pushes_the_one_before_it_out() {
    let pages = [["########"], ["........"]].map(|rows| (Arc::new(raster(ColorScheme::Red, &rows)), 5000));
    let clip = Clip::of_pages(pages.to_vec(), Rotation::R0, PUSH).unwrap();
    let seen: Vec<(String, u32)> = clip.frames().map(|(raster, ms)| (raster.art(), ms)).collect();
    assert_eq!(seen.len(), 9);
    assert_eq!(seen[0], ("########\n".into(), 5000));
    assert_eq!(seen[1], ("#######.\n".into(), 50));
    assert_eq!(seen[7], ("#.......\n".into(), 50));
    assert_eq!(seen[8], ("........\n".into(), 4650));
    assert_eq!(clip.length_ms(), 10_000);
}

#[test]
fn a_film_keeps_its_time_on_the_grid_of_gif() {
    let page = |n: usize| {
        let mut row = ["."; 9];
        row[n] = "#";
        Arc::new(raster(ColorScheme::Red, &[&row.concat()]))
    };
    let film = |lengths: &[u32], fps: u8| {
        let limits = ClipLimits { fps, ..ClipLimits::default() };
        let pages = lengths.iter().enumerate().map(|(n, ms)| (page(n), *ms)).collect();
        let clip = Clip::of_pages(pages, Rotation::R0, limits).unwrap();
        clip.frames().map(|(_, ms)| ms).collect::<Vec<_>>()
    };
    assert_eq!(film(&[33, 33, 34], 50), [30, 40, 30], "no drift");
    assert_eq!(film(&[5, 5, 5, 5, 40], 50), [20, 40], "frames too short to be seen are left out");
    assert_eq!(film(&[50, 5], 50), [60], "not their time");
    assert_eq!(film(&[3], 50), [20]);
    assert_eq!(film(&[50, 50, 50, 50], 10), [100, 100], "no faster than is allowed");
}

#[test]
fn what_is_cut_off_ends_in_time() {
    let band = raster(ColorScheme::Red, &["....##.#"]);
    let clip = Clip::of_band(Arc::new(band), 4, (1, 40), 0..8, Rotation::R0);
    for (ms, frames, length) in
        [(320, 8, 320), (100, 3, 100), (105, 3, 100), (95, 2, 80), (85, 2, 80), (1, 1, 20)]
    {
        let cut = clip.cut(ms);
        assert_eq!((cut.len(), cut.length_ms()), (frames, length), "{ms}");
    }
}

/// Noise that a raster compresses badly, from a seed.
fn noise(scheme: ColorScheme, size: Size, seed: u64, colors: u64) -> Raster {
    let mut state = seed | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut raster = Raster::dark(scheme, size);
    for pixel in raster.bytes_mut().chunks_exact_mut(scheme.bytes_per_pixel()) {
        match pixel {
            [index] => *index = (next() % scheme.palette().len() as u64) as u8,
            rgb => {
                let n = (next() % colors) as u8;
                rgb.copy_from_slice(&[n, n.wrapping_mul(7), 255 - n]);
            }
        }
    }
    raster
}

#[test]
fn a_clip_is_made_less_smooth_and_then_still_rather_than_too_large() {
    let band = Arc::new(noise(ColorScheme::Red, Size::new(960, 16), 5, 2));
    let clip = Clip::of_band(band, 64, (2, 40), 0..480, Rotation::R0);
    let page = Arc::new(raster(ColorScheme::Red, &["#.#.........#.#."; 16]));
    let pages = Clip::of_pages(vec![(page, 19_200)], Rotation::R0, ClipLimits::default()).unwrap();
    let forms = [clip.clone(), pages];
    for format in ClipFormat::ALL {
        let whole = encode_clip(&clip, format).unwrap().len();
        let mut before = usize::MAX;
        for (share, frames) in [(1, 480), (2, 160), (5, 60), (100, 1)] {
            let limits = ClipLimits { max_bytes: (whole / share) as u32, ..ClipLimits::default() };
            let bytes = encode_within(&forms, format, limits, 8).unwrap();
            assert!(bytes.len() <= whole / share, "{format:?}: a {share}th");
            let seen = decoded(&bytes, format);
            assert!(seen.len() >= frames && seen.len() < before, "{format:?}: {} frames", seen.len());
            assert_eq!(seen.iter().map(|(_, ms)| ms).sum::<u32>(), 19_200, "{format:?}: as long as ever");
            before = seen.len();
        }
        let few = ClipLimits { max_frames: 100, ..ClipLimits::default() };
        assert_eq!(decoded(&encode_within(&forms, format, few, 8).unwrap(), format).len(), 80);
        assert_eq!(decoded(&encode_within(&forms, format, few, 4).unwrap(), format).len(), 1, "too coarse");
        let none = ClipLimits { max_bytes: 40, ..ClipLimits::default() };
        assert_eq!(encode_within(&forms, format, none, 8), None);
    }
}

#[test]
fn only_what_changed_is_written() {
    // A still picture with a mark that wanders: the picture must not be sent again with each frame.
    for scheme in [ColorScheme::Red, ColorScheme::Seven, ColorScheme::Rgb] {
        let still = noise(scheme, Size::new(96, 32), 9, 200);
        let page = |n: usize| {
            let mut page = still.clone();
            let depth = scheme.bytes_per_pixel();
            let pixel = &mut page.row_mut(16)[n * depth..][..depth];
            pixel[0] ^= 1;
            (Arc::new(page), 100)
        };
        let one = Clip::of_pages(vec![page(0)], Rotation::R0, ClipLimits::default()).unwrap();
        let many = Clip::of_pages((0..50).map(page).collect(), Rotation::R0, ClipLimits::default()).unwrap();
        for format in ClipFormat::ALL {
            let (one, many) = (encode_clip(&one, format).unwrap(), encode_clip(&many, format).unwrap());
            assert!(many.len() < one.len() + 49 * 200, "{scheme} {format:?}: {} {}", one.len(), many.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// (`image` shares its crates with our encoders; `tests/decoders.rs` asks libraries that do not.)
    #[test]
    fn every_frame_decodes_to_the_same_dots_for_the_same_time(
        scheme in prop::sample::select(ColorScheme::ALL.to_vec()),
        (width, height) in (9u32..40, 1u32..18),
        rotation in prop::sample::select(vec![Rotation::R0, Rotation::R90, Rotation::R180, Rotation::R270]),
        seeds in prop::collection::vec(0u64..4, 1..6),
        length in 1u32..3000,
        step in 1u32..5,
        band: bool, push: bool,
    ) {
        let clip = if band {
            let frames = width * 3 / step;
            let band = noise(scheme, Size::new(frames * step, height), seeds[0], 200);
            Clip::of_band(Arc::new(band), width, (step, length / 10 * 10 + 20), 0..frames, rotation)
        } else {
            // Equal seeds are equal pages.
            let page = |seed: &u64| Arc::new(noise(scheme, Size::new(width, height), seed + 1, 50));
            let pages = seeds.iter().map(|seed| (page(seed), length)).collect();
            let limits = if push { PUSH } else { ClipLimits { fps: 50, ..ClipLimits::default() } };
            Clip::of_pages(pages, rotation, limits).unwrap()
        };
        let want = shown(&clip);
        for format in ClipFormat::ALL {
            let bytes = encode_clip(&clip, format).unwrap();
            prop_assert_eq!(&encode_clip(&clip, format).unwrap(), &bytes, "the same bytes each time");
            let seen = decoded(&bytes, format);
            let times = |frames: &[(Vec<u8>, u32)]| frames.iter().map(|(_, ms)| *ms).collect::<Vec<_>>();
            prop_assert_eq!(times(&seen), times(&want), "{:?}", format);
            for (n, (seen, want)) in seen.iter().zip(&want).enumerate() {
                // `image` rounds down where it lays transparent pixels over others: 254 for 255.
                let off = u8::from(format == ClipFormat::Webp);
                let same = seen.0.iter().zip(&want.0).all(|(a, b)| a.abs_diff(*b) <= off);
                prop_assert!(same && seen.0.len() == want.0.len(), "{:?}: frame {} of {}", format, n, scheme);
            }
        }
    }
}
