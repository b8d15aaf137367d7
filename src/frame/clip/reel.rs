//! Which clip shows at which time of a notice's run, and what it is made from.

use std::{ops::Range, sync::Arc};

use super::{Clip, ClipFormat, encode_within};
use crate::{
    render::{self, Fonts, Layout, Movement, Raster, movement::PIECE_MS},
    screen::{ClipLimits, Profile, Transition},
};

/// Of a film at least every so-manieth frame is shown.
const MAX_SKIPPED: usize = 6;
/// A reel shorter than this is not cut off a page's end.
const LEAST_MS: u32 = 20;

/// A stretch of a run that one clip shows, at most a minute long. The clip may be shorter: then it goes round.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Reel {
    /// Milliseconds from the run's start.
    pub start_ms: u32,
    /// Milliseconds from the run's start to the next reel.
    pub end_ms: u32,
    part: Part,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Part {
    /// Some of the layout's pages.
    Pages,
    /// Some frames of a round of its movement.
    Movement(Range<u32>),
}

/// The reels of a run of `layout` on `profile`, without gaps, whose pages stay for `dwells_ms`. None has more pages than
/// surely fit into what the controller takes: where nothing can move, each page still shows at its time.
pub fn reels(layout: &Layout, dwells_ms: &[u32], profile: &Profile) -> Vec<Reel> {
    let limits = profile.clip.unwrap_or_default();
    let sure = sure_pages(profile, limits);
    let moving = reels_of(layout, dwells_ms, limits, sure);
    let ends: Vec<u32> = dwells_ms
        .iter()
        .scan(0_u32, |end, ms| {
            *end = end.saturating_add(*ms);
            Some(*end)
        })
        .collect();
    // How many pages begin before the reel ends and end after it begins.
    let pages = |reel: &Reel| {
        let first = ends.partition_point(|end| *end <= reel.start_ms);
        let last = ends.partition_point(|end| *end < reel.end_ms);
        (last + 1).saturating_sub(first)
    };
    if moving.iter().all(|reel| pages(reel) <= sure) { moving } else { of_pages(dwells_ms, sure) }
}

/// So many pages fit into a clip however badly they compress; at least one.
fn sure_pages(profile: &Profile, limits: ClipLimits) -> usize {
    let area = profile.page_size().area() as usize;
    // Planes, and one bit for what stays as it was; noise grows by a quarter in the worst of the formats; each frame
    // has a head of its own.
    let bits = profile.scheme.planes().map_or(24, |planes| planes as usize + 1);
    let bytes = area * bits / 8 * 5 / 4 + 1024;
    (limits.max_bytes as usize / bytes).min(usize::from(limits.max_frames)).max(1)
}

fn reels_of(layout: &Layout, dwells_ms: &[u32], limits: ClipLimits, sure: usize) -> Vec<Reel> {
    let run_ms = dwells_ms.iter().fold(0_u32, |sum, ms| sum.saturating_add(*ms));
    let Some(movement) = layout.movement.as_ref().filter(|movement| movement.round_ms() > 0) else {
        return of_pages(dwells_ms, sure);
    };
    let round_ms = movement.round_ms();
    let lengths = lengths(movement);
    // Frames of a film may be left out.
    let most = match movement {
        Movement::Scroll(_) => usize::from(limits.max_frames),
        Movement::Film(_) => usize::MAX,
    };
    let mut out = Vec::new();
    if round_ms <= PIECE_MS && lengths.len() <= most {
        let part = Part::Movement(0..lengths.len() as u32);
        let rounds_ms = PIECE_MS / round_ms * round_ms;
        let mut start_ms = 0;
        while start_ms < run_ms {
            let end_ms = start_ms.saturating_add(rounds_ms).min(run_ms);
            out.push(Reel { start_ms, end_ms, part: part.clone() });
            start_ms = end_ms;
        }
        return out;
    }
    let (mut start_ms, mut first) = (0_u32, 0);
    while start_ms < run_ms {
        let (mut length_ms, mut end) = (0, first);
        while end < lengths.len() && end - first < most {
            if end > first && length_ms + lengths[end] > PIECE_MS {
                break;
            }
            length_ms += lengths[end].min(PIECE_MS);
            end += 1;
        }
        let end_ms = start_ms.saturating_add(length_ms.max(1)).min(run_ms);
        out.push(Reel { start_ms, end_ms, part: Part::Movement(first as u32..end as u32) });
        start_ms = end_ms;
        first = if end >= lengths.len() { 0 } else { end };
    }
    out
}

/// How long each frame of a round shows, milliseconds.
fn lengths(movement: &Movement) -> Vec<u32> {
    match movement {
        Movement::Scroll(scroll) => vec![scroll.frame_ms; scroll.frames() as usize],
        Movement::Film(frames) => frames.iter().map(|(_, ms)| *ms).collect(),
    }
}

/// As many whole pages as fit into a minute, and no more than are `sure` to fit; a page that stays longer is a reel by
/// itself.
fn of_pages(dwells_ms: &[u32], sure: usize) -> Vec<Reel> {
    let mut out: Vec<Reel> = Vec::new();
    let (mut at, mut pages) = (0_u32, 0);
    for dwell_ms in dwells_ms {
        let end_ms = at.saturating_add(*dwell_ms);
        match out.last_mut() {
            Some(reel) if pages < sure && end_ms - reel.start_ms <= PIECE_MS => reel.end_ms = end_ms,
            _ => {
                out.push(Reel { start_ms: at, end_ms, part: Part::Pages });
                pages = 0;
            }
        }
        pages += 1;
        at = end_ms;
    }
    out
}

impl Reel {
    /// The clip in `format`, within the limits of `profile`, cut off after `cut_ms` milliseconds if something else shows
    /// then: as it moves, else thinned, else the pages that show meanwhile, else the first of them. `None` if even
    /// that is too large.
    pub fn encode(
        &self,
        (layout, dwells_ms): (&Layout, &[u32]),
        profile: &Profile,
        fonts: &Fonts,
        format: ClipFormat,
        cut_ms: Option<u32>,
    ) -> Option<Vec<u8>> {
        let limits = profile.clip.unwrap_or_default();
        let pages = self.pages(layout, dwells_ms, profile, fonts);
        let still = vec![(pages.first()?.0.clone(), self.end_ms - self.start_ms)];
        let plain = ClipLimits { transition: Transition::None, ..limits };
        let of_pages = |pages, limits| Clip::of_pages(pages, profile.rotation, limits);
        let moving = self.moving(layout, profile, plain, fonts);
        let mut coarsest = 1;
        let mut forms = Vec::new();
        if let Some((clip, thinnest)) = moving {
            coarsest = thinnest;
            forms.push(clip);
        }
        forms.extend(of_pages(pages.clone(), limits));
        forms.extend(of_pages(pages, plain));
        forms.extend(of_pages(still, plain));
        if let Some(ms) = cut_ms {
            for clip in forms.iter_mut().filter(|clip| ms < clip.length_ms()) {
                *clip = clip.cut(ms);
            }
        }
        encode_within(&forms, format, limits, coarsest)
    }

    /// The movement in this reel, and the coarsest form in which it still moves.
    fn moving(
        &self,
        layout: &Layout,
        profile: &Profile,
        limits: ClipLimits,
        fonts: &Fonts,
    ) -> Option<(Clip, usize)> {
        let Part::Movement(frames) = &self.part else { return None };
        match layout.movement.as_ref()? {
            Movement::Scroll(scroll) => {
                let band = Arc::new(render::draw_band(layout, scroll, profile, fonts));
                let pace = (scroll.step_px, scroll.frame_ms);
                let width = profile.page_size().width;
                let clip = Clip::of_band(band, width, pace, frames.clone(), profile.rotation);
                // Further than a character at a time it no longer runs.
                Some((clip, (scroll.em_px() / scroll.step_px.max(1)) as usize))
            }
            Movement::Film(all) => {
                let part = all.get(frames.start as usize..frames.end as usize)?;
                Some((Clip::of_pages(part.to_vec(), profile.rotation, limits)?, MAX_SKIPPED))
            }
        }
    }

    /// The pages that still formats show during this reel, and for how long.
    fn pages(
        &self,
        layout: &Layout,
        dwells_ms: &[u32],
        profile: &Profile,
        fonts: &Fonts,
    ) -> Vec<(Arc<Raster>, u32)> {
        let mut out = Vec::new();
        let mut at = 0_u32;
        for (page, dwell_ms) in dwells_ms.iter().enumerate() {
            let end = at.saturating_add(*dwell_ms);
            let shown = end.min(self.end_ms).saturating_sub(at.max(self.start_ms));
            if shown >= LEAST_MS {
                out.push((Arc::new(render::draw(layout, page, profile, fonts)), shown));
            }
            at = end;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        color::ColorScheme,
        geometry::Size,
        notice::NoticeId,
        render::{Page, Scroll},
    };

    fn layout(movement: Option<Movement>) -> Layout {
        let id = NoticeId::new("bureau", "a.txt");
        Layout { id, pages: vec![Page::default()], smooth: None, movement, warnings: Vec::new() }
    }

    fn scroll(frames: u32) -> Layout {
        let band = Page::default();
        layout(Some(Movement::Scroll(Scroll { band, band_px: frames * 2, step_px: 2, frame_ms: 40 })))
    }

    fn film(lengths: &[u32]) -> Layout {
        let raster = Arc::new(Raster::dark(ColorScheme::Red, Size::new(8, 8)));
        layout(Some(Movement::Film(lengths.iter().map(|ms| (raster.clone(), *ms)).collect())))
    }

    /// Start, end and frames of each reel, in milliseconds.
    fn cut_up(layout: &Layout, dwells_ms: &[u32], max_frames: u16) -> Vec<(u32, u32, Option<Range<u32>>)> {
        let limits = ClipLimits { max_frames, ..ClipLimits::default() };
        let face = Profile::new(Size::new(8, 8), ColorScheme::Red);
        let reels = reels(layout, dwells_ms, &Profile { clip: Some(limits), ..face });
        let frames = |part| match part {
            Part::Pages => None,
            Part::Movement(frames) => Some(frames),
        };
        reels.into_iter().map(|reel| (reel.start_ms, reel.end_ms, frames(reel.part))).collect()
    }

    #[test]
    fn pages_are_shared_out_to_clips_of_a_minute() {
        let still = layout(None);
        let seen = cut_up(&still, &[20_000, 20_000, 20_000, 10_000, 90_000, 5000], 3000);
        let ends: Vec<(u32, u32)> = seen.into_iter().map(|(start, end, _)| (start, end)).collect();
        assert_eq!(ends, [(0, 60_000), (60_000, 70_000), (70_000, 160_000), (160_000, 165_000)]);
    }

    #[test]
    fn no_page_is_left_out_of_clips_that_must_be_small() {
        let face = Profile::new(Size::new(320, 32), ColorScheme::Rgb);
        let shares = |max_bytes, max_frames| {
            let limits = ClipLimits { max_bytes, max_frames, ..ClipLimits::default() };
            let profile = Profile { clip: Some(limits), ..face };
            reels(&layout(None), &[5000; 4], &profile).len()
        };
        // One such page may take 39,424 bytes.
        assert_eq!((shares(1 << 20, 3000), shares(80_000, 3000), shares(20_000, 3000)), (1, 2, 4));
        assert_eq!(shares(1 << 20, 3), 2);
    }

    #[test]
    fn a_line_is_one_clip_if_it_can_be() {
        assert_eq!(cut_up(&scroll(1128), &[45_120], 3000), [(0, 45_120, Some(0..1128))]);
        // Two rounds of 45 s are two reels of one clip; three of 20 s fit into one.
        let whole = Some(0..1128);
        assert_eq!(
            cut_up(&scroll(1128), &[45_120; 2], 3000),
            [(0, 45_120, whole.clone()), (45_120, 90_240, whole)]
        );
        assert_eq!(cut_up(&scroll(500), &[30_000; 2], 3000), [(0, 60_000, Some(0..500))]);
        // More than a minute, or more frames than a clip may have: cut between frames.
        let seen = cut_up(&scroll(2000), &[80_000], 3000);
        assert_eq!(seen, [(0, 60_000, Some(0..1500)), (60_000, 80_000, Some(1500..2000))]);
        let seen = cut_up(&scroll(1128), &[45_120], 1000);
        assert_eq!(seen, [(0, 40_000, Some(0..1000)), (40_000, 45_120, Some(1000..1128))]);
    }

    #[test]
    fn sixty_characters_run_through_a_strip_within_60_kb_in_every_format() {
        let text = "根据义务教育法和省教育厅有关规定现将今年秋季小学一年级招生工作公告如下凡年满六周岁具有本县户籍的适龄儿童请监护人于七月六日";
        assert!(text.chars().count() >= 60);
        let limits = ClipLimits { max_bytes: 60 << 10, ..ClipLimits::default() };
        let face = Profile::new(Size::new(320, 32), ColorScheme::Red);
        let face = Profile { clip: Some(limits), ..face };
        let document = crate::render::layout::Document {
            id: &NoticeId::new("bureau", "a.txt"),
            title: "",
            body: &crate::notice::Body::Blocks(vec![crate::notice::Block::Paragraph(vec![
                crate::notice::Span { text: text.to_owned(), strong: false },
            ])]),
            sign_off: &crate::notice::SignOff::default(),
            priority: crate::time::Priority::Normal,
            dwell_ms: None,
            style: crate::notice::Style::Scroll,
            fit: None,
        };
        let fonts = Fonts::built_in();
        let layout = crate::render::layout::lay_out_document(&document, &face, &fonts, &[]).unwrap();
        let Some(Movement::Scroll(line)) = &layout.movement else { panic!("it scrolls") };
        let round_ms = layout.movement.as_ref().unwrap().round_ms();
        assert_eq!(line.em_px(), 32);
        let reel = Reel { start_ms: 0, end_ms: round_ms, part: Part::Movement(0..line.frames()) };
        for format in ClipFormat::ALL {
            let bytes = reel.encode((&layout, &[round_ms]), &face, &fonts, format, None).unwrap();
            let frames = super::super::tests::decoded(&bytes, format);
            assert!(bytes.len() <= 60 << 10, "{format:?}: {}", bytes.len());
            // By a whole character at a time, or less.
            assert!(frames.len() as u32 >= (line.band_px - 320) / 32, "{format:?}: {} frames", frames.len());
            assert_eq!(frames.iter().map(|(_, ms)| ms).sum::<u32>(), round_ms, "{format:?}");
        }
    }

    #[test]
    fn a_film_goes_round() {
        assert_eq!(cut_up(&film(&[500, 700]), &[8400], 2), [(0, 8400, Some(0..2))]);
        let seen = cut_up(&film(&[40_000, 40_000]), &[80_000], 3000);
        assert_eq!(seen, [(0, 40_000, Some(0..1)), (40_000, 80_000, Some(1..2))]);
        assert_eq!(cut_up(&film(&[0]), &[5000], 3000), [(0, 5000, None)], "nothing that moves");
        assert_eq!(cut_up(&film(&[90_000]), &[90_000], 3000).len(), 2, "a picture that stays too long");
    }
}
