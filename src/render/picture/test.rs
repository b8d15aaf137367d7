use std::{io::Cursor, sync::LazyLock};

use super::*;
use crate::{
    color::ColorScheme,
    notice::{Body, NoticeId, SignOff, Style},
    render::{Fonts, Layout, draw, layout::lay_out_document},
    screen::ClipLimits,
    time::Priority,
};
use image::{ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;

fn picture(image: &RgbImage, format: ImageFormat) -> Picture {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    Picture { bytes: bytes.into_inner().into(), size: Size::new(image.width(), image.height()), frames: 1 }
}

fn png(size: Size, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
    picture(&RgbImage::from_fn(size.width, size.height, |x, y| Rgb(pixel(x, y))), ImageFormat::Png)
}

/// Made once: no text is drawn here.
static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::built_in);

fn laid_out(picture: Picture, profile: &Profile, fit: Option<Fit>) -> Result<Layout, Vec<Diagnostic>> {
    let id = NoticeId::new("bureau", "a.png");
    let document = Document {
        id: &id,
        title: "图",
        body: &Body::Picture(picture),
        sign_off: &SignOff::default(),
        priority: Priority::Normal,
        dwell_ms: None,
        style: Style::Auto,
        fit,
    };
    lay_out_document(&document, profile, &FONTS, &[])
}

fn shown(picture: Picture, profile: &Profile, fit: Option<Fit>) -> Result<Raster, Vec<Diagnostic>> {
    laid_out(picture, profile, fit).map(|layout| draw(&layout, 0, profile, &FONTS))
}

fn profile(width: u32, height: u32, scheme: ColorScheme) -> Profile {
    Profile::new(Size::new(width, height), scheme)
}

/// Numbers without a pattern, the same each time.
fn noise(seed: u64) -> impl FnMut(u32) -> u32 {
    let mut state = seed | 1;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below.max(1))) as u32
    }
}

/// A page of paper with uneven light and grain, on which `ink` draws.
fn scan(size: Size, ink: impl Fn(u32, u32) -> Option<[u8; 3]>) -> RgbImage {
    let mut random = noise(7);
    RgbImage::from_fn(size.width, size.height, |x, y| {
        let light = 225 - x * 40 / size.width - y * 15 / size.height + random(9);
        let paper = [light, light * 97 / 100, light * 88 / 100];
        let ink = ink(x, y).unwrap_or([255; 3]);
        Rgb([0, 1, 2].map(|n| (paper[n] * u32::from(ink[n]) / 255).min(255) as u8))
    })
}

/// Like rows of characters: `px` high, from `left` and `top`, `count` in a row.
fn like_text(x: u32, y: u32, (left, top): (u32, u32), px: u32, count: u32) -> bool {
    let (Some(x), Some(y)) = (x.checked_sub(left), y.checked_sub(top)) else { return false };
    let (n, x, y) = (x / px, x % px, y % (px * 2));
    let stroke = (px / 8).max(1);
    n < count
        && x < px * 9 / 10
        && y < px * 9 / 10
        && (x < stroke
            || y < stroke
            || (x / stroke).is_multiple_of(4)
            || (n % 2 == 0 && (y / stroke) % 4 == 2))
}

#[test]
fn black_lines_on_white_paper_glow_on_a_dark_face() {
    let cross = png(Size::new(8, 4), |x, y| if x == 3 || y == 1 { [0; 3] } else { [255; 3] });
    let raster = shown(cross, &profile(8, 4, ColorScheme::Red), None).unwrap();
    assert_eq!(raster.art(), "...#....\n########\n...#....\n...#....\n");
}

#[test]
fn a_picture_is_fitted_covered_or_left_as_it_is() {
    let profile = profile(8, 4, ColorScheme::Rgb);
    let square = || png(Size::new(4, 4), |x, _| if x < 2 { [200, 0, 0] } else { [0, 0, 200] });
    let raster = shown(square(), &profile, None).unwrap();
    assert_eq!(raster.art(), "..####..\n..####..\n..####..\n..####..\n");
    assert_eq!((raster.color_at(2, 0), raster.color_at(5, 3)), ([200, 0, 0], [0, 0, 200]));
    let raster = shown(square(), &profile, Some(Fit::Cover)).unwrap();
    assert_eq!(raster.art(), "########\n".repeat(4));
    let small = png(Size::new(2, 2), |_, _| [200, 0, 0]);
    let raster = shown(small, &profile, Some(Fit::None)).unwrap();
    assert_eq!(raster.art(), "........\n...##...\n...##...\n........\n");
}

#[test]
fn margins_go_unless_the_picture_shall_stay_as_it_is() {
    // A bar of 16 by 8 in the corner of a white sheet of 96 by 96.
    let bar = || {
        png(
            Size::new(96, 96),
            |x, y| if (60..76).contains(&x) && (10..18).contains(&y) { [0; 3] } else { [255; 3] },
        )
    };
    let face = profile(20, 10, ColorScheme::Red);
    let (air, bar_row) = (".".repeat(20) + "\n", format!("..{}..\n", "#".repeat(16)));
    assert_eq!(shown(bar(), &face, None).unwrap().art(), format!("{air}{}{air}", bar_row.repeat(8)));
    let whole = shown(bar(), &face, Some(Fit::None)).unwrap().art();
    assert!(
        !whole.contains('.'),
        "its middle is white paper, and paper is shown as it is where dots are counted"
    );
}

#[test]
fn a_picture_made_for_the_face_is_shown_dot_for_dot() {
    let face = profile(16, 8, ColorScheme::Seven);
    let dot = png(Size::new(16, 8), |x, y| if (x, y) == (12, 5) { [255, 0, 0] } else { [0; 3] });
    let raster = shown(dot, &face, None).unwrap();
    let mut want = vec![".".repeat(16); 8];
    want[5].replace_range(12..13, "#");
    assert_eq!(raster.art(), want.join("\n") + "\n");
    assert_eq!(raster.color_at(12, 5), [255, 0, 0]);
}

#[test]
fn dust_on_a_scan_does_not_keep_its_margins() {
    let size = Size::new(800, 600);
    let text = |x, y| (200..600).contains(&x) && (y < 400 && like_text(x, y, (200, 200), 40, 10));
    let dust = [(20, 30), (770, 50), (40, 560), (700, 580)];
    let dusty = |x, y| dust.iter().any(|(a, b)| x / 2 == a / 2 && y / 2 == b / 2);
    let page = scan(size, |x, y| (text(x, y) || dusty(x, y)).then_some([20; 3]));
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let view = View::of_still(decode::still(&picture(&page, format).bytes).unwrap());
        let part = view.placing(Size::new(80, 60), Fit::Contain).trimmed;
        assert_eq!(view.look.nature, Nature::Drawing);
        assert!((180..=200).contains(&part.left) && (180..=200).contains(&part.top), "{part:?} {format:?}");
        assert!((385..430).contains(&part.size.width) && (196..225).contains(&part.size.height), "{part:?}");
    }
}

#[test]
fn bars_beside_a_photo_go_and_stripes_of_a_flag_stay() {
    let sunset = |x: u32, y: u32| [(x * 5 % 200) as u8 + 50, (y * 7 % 90) as u8 + (x % 40) as u8, 90];
    let boxed = png(Size::new(120, 90), |x, y| if (15..75).contains(&y) { sunset(x, y) } else { [0; 3] });
    let view = View::of_still(decode::still(&boxed.bytes).unwrap());
    assert_eq!(view.content, [0, 15, 120, 75]);
    let stripes = [[200, 30, 40], [250, 250, 250], [20, 60, 160]];
    let flag = png(Size::new(90, 60), |x, _| stripes[x as usize / 30]);
    let view = View::of_still(decode::still(&flag.bytes).unwrap());
    assert_eq!(view.content, [0, 0, 90, 60]);
}

#[test]
fn a_flow_chart_glows_in_its_lines_only_and_keeps_the_thin_ones() {
    // Ten boxes with lines of one pixel, ten times as large as the face.
    let line = |x: u32, y: u32| {
        let (x, y) = (x % 128, y % 160);
        (20..=108).contains(&x) && (40..=120).contains(&y) && (x == 20 || x == 108 || y == 40 || y == 120)
    };
    let chart = || png(Size::new(640, 320), |x, y| if line(x, y) { [0; 3] } else { [255; 3] });
    let raster = shown(chart(), &profile(64, 32, ColorScheme::Red), Some(Fit::Cover)).unwrap();
    let art = raster.art();
    let lit = art.matches('#').count();
    assert!(lit < 64 * 32 / 4, "{lit} of {}\n{art}", 64 * 32);
    // Each box has an unbroken line above and one below; some are cut by the face's edge.
    let long = art.lines().flat_map(|row| row.split('.')).filter(|run| run.len() >= 5).count();
    assert!(long >= 20, "{long}\n{art}");
}

#[test]
fn a_red_seal_stays_red_and_black_ink_turns_white() {
    for paper in [[255u8, 255, 255], [178, 178, 180], [236, 228, 205]] {
        let seal = |x: u32, y: u32| (x.pow(2) + y.pow(2)) < 900;
        let sheet = png(Size::new(320, 160), |x, y| {
            let ink: [u8; 3] = if like_text(x, y, (20, 20), 32, 5) {
                [20; 3]
            } else if seal(x.abs_diff(250), y.abs_diff(100)) {
                [215, 40, 50]
            } else {
                [255; 3]
            };
            [0, 1, 2].map(|n| (u32::from(paper[n]) * u32::from(ink[n]) / 255) as u8)
        });
        let face = profile(128, 64, ColorScheme::Seven);
        let raster = shown(sheet, &face, None).unwrap();
        let all = (0..64).flat_map(|y| (0..128).map(move |x| (x, y)));
        let mut counts = [0; 8];
        for (x, y) in all {
            let color = raster.color_at(x, y).map(|c| c / 255);
            counts[usize::from(color[0] + 2 * color[1] + 4 * color[2])] += 1;
        }
        assert!(counts[1] > 500 && counts[7] > 300, "red and white on {paper:?}: {counts:?}");
        assert!(counts[0] > 4_000, "the paper is dark: {counts:?}");
        assert_eq!(counts[2..7], [0; 5], "no other colour: {paper:?}");
    }
}

#[test]
fn photos_and_dark_pictures_are_not_turned() {
    let hills = |x: u32, y: u32| {
        if y < 60 {
            [200 + (y / 2) as u8, 210, 225]
        } else {
            [(x / 2) as u8, 60 + (y % 70) as u8, (y / 3) as u8]
        }
    };
    let view = View::of_still(decode::still(&png(Size::new(240, 160), hills).bytes).unwrap());
    assert_eq!(view.look.nature, Nature::Photo);
    let dark =
        png(
            Size::new(200, 100),
            |x, y| if like_text(x, y, (20, 20), 30, 5) { [240; 3] } else { [25, 25, 30] },
        );
    let raster = shown(dark, &profile(64, 32, ColorScheme::Rgb), Some(Fit::Cover)).unwrap();
    assert_eq!(raster.color_at(5, 17), [25, 25, 30], "between two lines");
}

#[test]
fn pure_colours_land_on_pure_leds() {
    let stripes = [[225, 30, 40], [0, 150, 60], [0, 90, 200], [250, 220, 40], [240, 240, 240], [20, 20, 20]];
    let signal = || png(Size::new(96, 16), |x, _| stripes[x as usize / 16]);
    let raster = shown(signal(), &profile(96, 16, ColorScheme::Seven), None).unwrap();
    let seen: Vec<[u8; 3]> = (0..6).map(|n| raster.color_at(n * 16 + 8, 8)).collect();
    let want = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [255, 255, 255], [0, 0, 0]];
    assert_eq!(seen, want);
    for (n, stripe) in want.iter().enumerate() {
        let n = n as u32 * 16;
        let even = (n + 2..n + 14).all(|x| (0..16).all(|y| raster.color_at(x, y) == *stripe));
        assert!(even, "{stripe:?} has holes\n{}", raster.art());
    }
    let raster = shown(signal(), &profile(96, 16, ColorScheme::RedGreen), None).unwrap();
    let seen: Vec<[u8; 3]> = (0..5).map(|n| raster.color_at(n * 16 + 8, 8)).collect();
    assert_eq!(seen[..2], [[255, 0, 0], [0, 255, 0]]);
    assert_eq!(seen[3..], [[255, 255, 0]; 2], "yellow, and white, which has no blue LED");
}

#[test]
fn orange_is_yellow_where_there_is_no_orange_because_red_means_alarm() {
    let disc = |x: u32, y: u32| {
        if x.abs_diff(16).pow(2) + y.abs_diff(16).pow(2) < 144 { [255, 160, 0] } else { [0; 3] }
    };
    for scheme in [ColorScheme::Seven, ColorScheme::RedGreen] {
        let raster = shown(png(Size::new(32, 32), disc), &profile(32, 32, scheme), None).unwrap();
        assert_eq!(raster.color_at(16, 16), [255, 255, 0], "{scheme:?}");
    }
}

#[test]
fn a_picture_of_another_shape_is_refused_unless_asked_for() {
    let strip = profile(320, 32, ColorScheme::Red);
    let tall = || png(Size::new(30, 40), |x, _| if x < 15 { [230, 230, 230] } else { [20, 20, 20] });
    let why = shown(tall(), &strip, None).unwrap_err();
    let args = ["320x32".to_owned(), "7".to_owned()];
    assert_eq!((why[0].msg, why[0].args.as_slice()), (Msg::PictureTooSmall, &args[..]));
    assert!(shown(tall(), &strip, Some(Fit::Contain)).is_ok());
    let blank = png(Size::new(320, 32), |_, _| [255; 3]);
    assert_eq!(shown(blank, &strip, None).unwrap_err()[0].msg, Msg::PictureBlank);
}

#[test]
fn what_is_no_picture_is_refused() {
    for frames in [1, 3] {
        let junk = Picture { bytes: vec![1, 2, 3].into(), size: Size::new(8, 8), frames };
        let why = shown(junk, &profile(8, 8, ColorScheme::Red), None).unwrap_err();
        assert_eq!(why[0].msg, Msg::PictureBroken);
    }
}

#[test]
fn text_too_small_to_read_is_warned_of_with_what_would_do() {
    let form = |px: u32| {
        png(Size::new(960, 480), move |x, y| {
            let rule = y % 120 == 0 || x == 0 || x == 959 || y == 479;
            if rule || like_text(x, y, (40, 30), px, 20) { [0; 3] } else { [255; 3] }
        })
    };
    let warnings = |px, width, height| {
        laid_out(form(px), &profile(width, height, ColorScheme::Red), None).unwrap().warnings
    };
    let warned = warnings(32, 192, 96);
    assert_eq!(warned.len(), 1);
    assert_eq!((warned[0].msg, warned[0].args[0].as_str()), (Msg::PictureTextSmall, "192x96"));
    let drawn: u32 = warned[0].args[1].parse().unwrap();
    assert!((5..=7).contains(&drawn), "32 pixels of 960 on 192 dots: {drawn}");
    assert_eq!((warned[0].args[2].as_str(), &warned[0].args[3][..2]), ("16", "2."), "{:?}", warned[0].args);
    assert_eq!(warnings(32, 640, 360), []);
    let disc = |x: u32, y: u32| (x.abs_diff(240).pow(2) + y.abs_diff(120).pow(2)) < 6_400;
    let ball = png(Size::new(480, 240), |x, y| if disc(x, y) || y > 230 { [0; 3] } else { [255; 3] });
    assert_eq!(
        laid_out(ball, &profile(64, 32, ColorScheme::Red), None).unwrap().warnings,
        [],
        "no text there"
    );
    let photo = png(Size::new(64, 64), |x, y| [(x * 4) as u8, (y * 4) as u8, ((x + y) * 2) as u8]);
    assert_eq!(laid_out(photo, &profile(64, 32, ColorScheme::Red), None).unwrap().warnings, []);
}

#[test]
fn a_large_photo_becomes_a_small_one() {
    let large =
        image::GrayImage::from_fn(2400, 1600, |x, y| image::Luma([(x * 10 / 96) as u8 ^ (y / 400) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    large.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let large = Picture { bytes: bytes.into_inner().into(), size: Size::new(2400, 1600), frames: 1 };
    let raster = shown(large, &profile(96, 64, ColorScheme::Rgb), None).unwrap();
    let (left, right) = (raster.color_at(1, 1)[0], raster.color_at(94, 1)[0]);
    assert!(left < 16 && right > 240, "{left} {right}");
}

/// A GIF of 16 by 8: each frame a bar of so many dots in a colour, on white.
fn film_of(bars: &[(u16, u16)]) -> Picture {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 16, 8, &[255, 255, 255, 0, 0, 0]).unwrap();
    for (n, (length, hundredths)) in bars.iter().enumerate() {
        // The first frame is whole; later ones hold only what is new, the rest transparent.
        let pixel = |at: usize| u8::from(at % 16 < usize::from(*length) && (2..6).contains(&(at / 16)));
        let pixels: Vec<u8> =
            (0..128).map(|at| if n > 0 && pixel(at) == 0 { 2 } else { pixel(at) }).collect();
        let mut frame = gif::Frame { width: 16, height: 8, buffer: pixels.into(), ..gif::Frame::default() };
        frame.delay = *hundredths;
        frame.transparent = (n > 0).then_some(2);
        frame.palette = Some(vec![255, 255, 255, 0, 0, 0, 9, 9, 9]);
        frame.dispose = gif::DisposalMethod::Keep;
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    Picture { bytes: bytes.into(), size: Size::new(16, 8), frames: bars.len() as u32 }
}

fn moving(face: Profile) -> Profile {
    Profile { clip: Some(ClipLimits::default()), ..face }
}

fn row(raster: &Raster) -> String {
    raster.art().lines().nth(3).unwrap().to_owned()
}

#[test]
fn a_film_is_retimed_and_its_fullest_frame_stands_for_it() {
    let bars = [(0, 30), (4, 0), (8, 1), (12, 50)];
    let face = moving(profile(16, 8, ColorScheme::Red));
    let layout = laid_out(film_of(&bars), &face, None).unwrap();
    let Some(Movement::Film(frames)) = &layout.movement else { panic!("it moves") };
    let told: Vec<(String, u32)> = frames.iter().map(|(raster, ms)| (row(raster), *ms)).collect();
    let want = [
        ("................", 300),
        ("####............", 100),
        ("########........", 100),
        ("############....", 500),
    ];
    assert_eq!(told, want.map(|(row, ms)| (row.to_owned(), ms)));
    assert_eq!(layout.pages[0].dwell_ms, 10_000, "ten times its second");
    let still = shown(film_of(&bars), &profile(16, 8, ColorScheme::Red), None).unwrap();
    assert_eq!(row(&still), "############....");
    assert!(laid_out(film_of(&bars), &profile(16, 8, ColorScheme::Red), None).unwrap().movement.is_none());
}

#[test]
fn frames_that_look_alike_are_one_and_a_film_of_one_stands_still() {
    let face = moving(profile(16, 8, ColorScheme::Red));
    let layout = laid_out(film_of(&[(4, 10), (4, 10), (9, 20)]), &face, None).unwrap();
    let Some(Movement::Film(frames)) = &layout.movement else { panic!("it moves") };
    assert_eq!(frames.iter().map(|(_, ms)| *ms).collect::<Vec<_>>(), [200, 200]);
    assert!(laid_out(film_of(&[(4, 10), (4, 10)]), &face, None).unwrap().movement.is_none());
}

#[test]
fn all_frames_are_trimmed_and_turned_alike() {
    // On a larger face: the margins of all frames together go, and the bar's left end never moves.
    let face = moving(profile(48, 16, ColorScheme::Red));
    let layout = laid_out(film_of(&[(1, 10), (15, 10)]), &face, None).unwrap();
    let Some(Movement::Film(frames)) = &layout.movement else { panic!("it moves") };
    let rows: Vec<String> =
        frames.iter().map(|(raster, _)| raster.art().lines().nth(8).unwrap().to_owned()).collect();
    assert_eq!(rows[0].find('#'), rows[1].find('#'));
    assert!(rows[0].matches('#').count() < 6 && rows[1].matches('#').count() > 38, "{rows:?}");
}

#[test]
fn a_film_too_long_is_cut_and_told_of() {
    let long: Vec<(u16, u16)> = (0..8).map(|n| (n + 1, 1000)).collect();
    let face = moving(profile(16, 8, ColorScheme::Red));
    let layout = laid_out(film_of(&long), &face, None).unwrap();
    let Some(Movement::Film(frames)) = &layout.movement else { panic!("it moves") };
    assert_eq!(frames.iter().map(|(_, ms)| ms).sum::<u32>(), 60_000);
    assert_eq!(layout.pages[0].dwell_ms, 60_000);
    assert_eq!(layout.warnings.iter().map(|d| d.msg).collect::<Vec<_>>(), [Msg::FilmShortened]);
}

#[test]
fn damaged_films_are_refused_and_never_panic() {
    let film = film_of(&[(4, 10), (9, 20), (3, 5)]);
    let face = moving(profile(16, 8, ColorScheme::Red));
    for at in (0..film.bytes.len()).step_by(2) {
        let mut bytes = film.bytes.to_vec();
        bytes[at] ^= 0x55;
        let _ = laid_out(Picture { bytes: bytes.clone().into(), ..film.clone() }, &face, None);
        bytes.truncate(at);
        let _ = laid_out(Picture { bytes: bytes.into(), ..film.clone() }, &face, None);
    }
}

/// Boxes of ink: left, top, width, height.
fn boxes() -> impl Strategy<Value = Vec<(u32, u32, u32, u32)>> {
    proptest::collection::vec((0u32..180, 0u32..100, 3u32..20, 3u32..20), 1..6)
}

fn inside(boxes: &[(u32, u32, u32, u32)], x: u32, y: u32) -> bool {
    boxes.iter().any(|(l, t, w, h)| (*l..l + w).contains(&x) && (*t..t + h).contains(&y))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn trimming_takes_no_ink(boxes in boxes()) {
        let page = scan(Size::new(200, 120), |x, y| inside(&boxes, x, y).then_some([30; 3]));
        let view = View::of_still(decode::still(&picture(&page, ImageFormat::Png).bytes).unwrap());
        let part = view.placing(Size::new(64, 32), Fit::Contain).trimmed;
        for (l, t, w, h) in boxes {
            let (right, bottom) = ((l + w).min(200), (t + h).min(120));
            prop_assert!(part.left <= l && part.top <= t, "{part:?}");
            prop_assert!(part.left + part.size.width >= right && part.top + part.size.height >= bottom, "{part:?}");
        }
    }

    #[test]
    fn what_was_turned_once_is_not_turned_again(boxes in boxes()) {
        let page = scan(Size::new(200, 120), |x, y| inside(&boxes, x, y).then_some([30; 3]));
        let face = profile(200, 120, ColorScheme::Rgb);
        let first = picture(&page, ImageFormat::Png);
        prop_assert_eq!(View::of_still(decode::still(&first.bytes).unwrap()).look.nature, Nature::Drawing);
        let once = shown(first, &face, Some(Fit::Contain)).unwrap();
        let again = png(Size::new(200, 120), |x, y| once.color_at(x, y));
        let twice = shown(again, &face, Some(Fit::Contain)).unwrap();
        prop_assert!(once == twice);
    }

    #[test]
    fn diffusion_keeps_the_light(level in 0u16..=65_535, width in 20u32..60, height in 20u32..60) {
        let size = Size::new(width, height);
        let mut raster = Raster::dark(ColorScheme::White, size);
        let light = vec![[level; 3]; size.area() as usize];
        dither::draw(&light, size, Way::Diffused, (0, 0), &mut raster);
        let lit = raster.art().matches('#').count() as i64 * 65_535;
        let want = i64::from(level) * size.area() as i64;
        // What flows out over the edges is lost.
        prop_assert!((lit - want).abs() <= 65_535 * i64::from(width + height) / 2, "{lit} {want}");
        let mut raster = Raster::dark(ColorScheme::White, size);
        dither::draw(&light, size, Way::Ordered, (0, 0), &mut raster);
        let lit = raster.art().matches('#').count() as i64 * 65_535;
        prop_assert!((lit - want).abs() <= 65_535 * size.area() as i64 / 16, "{lit} {want}");
    }
}
