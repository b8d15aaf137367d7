//! What a reader sees of a notice that runs through a strip.

use proptest::prelude::*;

use super::{
    given::{CLASSES, Given, paragraph, profile},
    *,
};
use crate::{
    color::ColorScheme,
    diagnostic::Msg,
    render::{Scroll, draw_band, test::fonts},
    screen::ClipLimits,
};

/// A strip that may be sent clips.
fn moving(size: (u32, u32), limits: ClipLimits) -> Profile {
    Profile { clip: Some(limits), ..profile(size.0, size.1, ColorScheme::Seven) }
}

fn scroll(layout: &Layout) -> Option<&Scroll> {
    match &layout.movement {
        Some(Movement::Scroll(scroll)) => Some(scroll),
        _ => None,
    }
}

#[test]
fn a_strip_that_may_move_shows_a_long_notice_as_one_line() {
    let strip = moving((320, 32), ClipLimits::default());
    let text = CLASSES.repeat(2);
    let long = || {
        let mut given = Given::new("恢复上课通知", vec![paragraph(&text)]);
        given.sign_off.issuer = Some("教育局".into());
        given
    };
    let layout = long().on(&strip).unwrap();
    let line = scroll(&layout).unwrap();
    assert_eq!(line.band.lines, ["恢复上课通知", &text, "教育局"]);
    let runs = &line.band.runs;
    assert!(runs.iter().all(|run| run.px == 32 && run.y == 0), "the largest size that fits");
    assert_eq!((runs[0].x, runs[0].ink), (320, Ink::Title), "it enters a dark face");
    assert_eq!((runs[1].x, runs[1].ink), (320 + 6 * 32 + 64, Ink::Body));
    assert_eq!((line.step_px, line.frame_ms), (2, 40));
    let raster = draw_band(&layout, line, &strip, fonts());
    let lit = |x: u32| (0..32).any(|y| raster.color_at(x, y) != [0; 3]);
    let last = (0..line.band_px).rev().find(|x| lit(*x)).unwrap();
    assert!(!(0..320).any(lit) && last + 48 + 32 > line.band_px, "and leaves no more dark behind it");
    assert_eq!(layout.movement.as_ref().unwrap().round_ms(), line.band_px / 2 * 40);
    assert!(layout.pages.len() > 4, "still formats show pages");

    assert!(scroll(&long().on(&profile(320, 32, ColorScheme::Seven)).unwrap()).is_none(), "still faces");
    assert!(scroll(&long().on(&moving((320, 64), ClipLimits::default())).unwrap()).is_none(), "tall pages");
    let by_style = |style, given: Given<'_>| scroll(&Given { style, ..given }.on(&strip).unwrap()).is_some();
    assert!(!by_style(Style::Page, long()), "asked for pages");
    let short = || Given::new("停课通知", vec![paragraph("明天停课。")]);
    assert!(!by_style(Style::Auto, short()) && by_style(Style::Scroll, short()), "few pages stand still");
}

#[test]
fn what_takes_too_many_pages_may_still_run_through() {
    let text = || Given::new("招生简章", vec![paragraph(&"家长应当在规定时间内办理。".repeat(30))]);
    let still = profile(128, 16, ColorScheme::Red);
    assert_eq!(text().on(&still).unwrap_err()[0].msg, Msg::TooLong);
    let strip = Profile { clip: Some(ClipLimits::default()), ..still };
    let layout = text().on(&strip).unwrap();
    let line = scroll(&layout).unwrap();
    assert!((41..=120).contains(&layout.pages.len()), "{}", layout.pages.len());
    assert!(line.band_px > 390 * 16 && line.frames() * line.frame_ms <= 600_000);
    let slow = ClipLimits { fps: 1, ..ClipLimits::default() };
    let refused = text().on(&Profile { clip: Some(slow), ..still });
    assert_eq!(refused.unwrap_err()[0].msg, Msg::TooLong, "no movement within the limits");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// However long the text and narrow the limits: whole pixels, whole ticks, a readable speed, or pages.
    #[test]
    fn a_line_moves_within_its_limits(
        length in 1usize..1500,
        (width, height) in prop_oneof![Just((64u32, 16u32)), Just((320, 32)), Just((256, 47))],
        fps in 1u8..=50, max_frames in 2u16..4000,
    ) {
        let limits = ClipLimits { max_frames, fps, ..ClipLimits::default() };
        let strip = moving((width, height), limits);
        let text: String = "全县中小学招生，".chars().cycle().take(length).collect();
        let given = Given { style: Style::Scroll, ..Given::new("通知", vec![paragraph(&text)]) };
        let Ok(layout) = given.on(&strip) else { return Ok(()) };
        let Some(line) = scroll(&layout) else { return Ok(()) };
        prop_assert_eq!(line.band_px % (line.step_px * 48), 0, "thinned bands have no seam either");
        prop_assert!(line.frame_ms % 10 == 0 && line.frame_ms >= 20 && line.frame_ms * u32::from(fps) >= 1000);
        prop_assert!((20..=60).contains(&(line.step_px * 1000 / line.frame_ms)));
        let (frames, round_ms) = (line.frames(), line.frames() * line.frame_ms);
        let most = u32::from(max_frames);
        let whole = frames <= most && round_ms <= 60_000;
        prop_assert!(whole || most * line.frame_ms >= 20_000, "{frames} frames, {round_ms} ms");
        prop_assert_eq!(line.band.lines.concat(), format!("通知{text}"));
        let end = line.band.runs.iter().map(|run| run.x).max().unwrap() as u32;
        prop_assert!(width <= end && end < line.band_px);
    }
}
