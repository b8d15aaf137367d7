//! `text`: what each size from 12 to 32 px looks like. Sizes that do not fit on one page follow on the next.

use super::{Fonts, pen, pen::Pen, tiny};
use crate::screen::Profile;

/// The sizes shown, in pixels, as far as the fonts have them.
const SIZES: [u32; 4] = [12, 16, 24, 32];
/// Behind the size; as much of it as fits.
const SAMPLE: &str = "明溪县教育局 Mingping 2026";

pub(super) fn draw(pen: &mut Pen, step: u64, profile: &Profile, fonts: &Fonts) -> Vec<String> {
    let size = pen.size();
    let mut pages: Vec<Vec<(u32, String)>> = Vec::new();
    let mut room = 0;
    for px in SIZES.into_iter().filter(|px| fonts.sizes(profile.scheme).contains(px) && *px <= size.height) {
        let Some(line) = fitting(px, size.width, fonts) else { continue };
        if pages.is_empty() || px > room {
            pages.push(Vec::new());
            room = size.height;
        }
        room -= px;
        if let Some(page) = pages.last_mut() {
            page.push((px, line));
        }
    }
    let body = pen.body();
    let Some(page) = pages.get((step % pages.len().max(1) as u64) as usize) else {
        // Too small for any font.
        let line = "A8".to_owned();
        pen.tiny(&line, (i64::from(size.width.saturating_sub(tiny::width(&line, 1))) / 2, 1), 1, body);
        return vec![line];
    };
    let high: u32 = page.iter().map(|(px, _)| px).sum();
    let mut top = i64::from((size.height - high) / 2);
    for (px, line) in page {
        pen.text(line, (0, top), *px, fonts, body);
        top += i64::from(*px);
    }
    page.iter().map(|(_, line)| line.clone()).collect()
}

/// The size's name and as much of the sample as fits; `None` if not even the name does.
fn fitting(px: u32, width: u32, fonts: &Fonts) -> Option<String> {
    let mut line = format!("{px}");
    let fits = |line: &str| pen::width(line, px, fonts).is_some_and(|wide| wide <= width);
    if !fits(&line) {
        return None;
    }
    for c in std::iter::once(' ').chain(SAMPLE.chars()) {
        line.push(c);
        if !fits(&line) {
            line.pop();
            break;
        }
    }
    Some(line.trim_end().to_owned())
}
