//! Which size? The largest at which a notice takes few pages, else the smallest that can be read.

use super::{
    Layout, Page, Rule, Run,
    content::Content,
    flow::{self, Filled, Frame, Row},
};
use crate::{
    color::{ColorScheme, Ink},
    diagnostic::{Diagnostic, Msg, Place},
    geometry::Size,
    notice::NoticeId,
    render::{Fonts, font::Face, marks::is_han, measure::Text},
    screen::Profile,
};

/// The largest size at which a notice takes at most so many pages is taken.
const FEW_PAGES: usize = 4;

/// No notice takes more pages than this on a tall page, and than that on a strip.
const MAX_PAGES: usize = 12;
const MAX_PAGES_STRIP: usize = 40;

/// Below this size outlines are coarser than bitmaps, also on `rgb`.
const SMOOTH_FROM_PX: u32 = 32;

/// A line of fewer characters reads badly: such sizes are taken only where all fits on one page.
const GOOD_LINE_EMS: u32 = 6;

/// One size tried.
struct Try {
    px: u32,
    title_px: u32,
    filled: Filled,
}

pub(super) fn lay_out(
    id: &NoticeId,
    content: &Content,
    profile: &Profile,
    fonts: &Fonts,
    dwell_ms: Option<u32>,
) -> Result<Layout, Vec<Diagnostic>> {
    let refuse = |msg, args: Vec<String>| {
        let place = if id.playlist.is_empty() { Place::default() } else { Place::file(id.to_string()) };
        vec![Diagnostic::refusal(place, msg, args)]
    };
    let size = profile.page_size();
    let legible: Vec<u32> = fonts
        .sizes()
        .iter()
        .copied()
        .filter(|px| *px >= profile.min_px && *px <= size.height && *px <= size.width)
        .collect();
    let Some(smallest) = legible.first().copied() else {
        let needed = fonts.sizes().iter().find(|px| **px >= profile.min_px).unwrap_or(&profile.min_px);
        return Err(refuse(
            Msg::Illegible,
            vec![size.height.min(size.width).to_string(), needed.to_string()],
        ));
    };
    let smooth = if profile.scheme == ColorScheme::Rgb { fonts.outline_for(content.chars()) } else { None };
    let trial = Trial { content, profile, fonts, smooth };
    let max_pages = match (content.single_page, profile.is_strip()) {
        (true, _) => 1,
        (_, true) => MAX_PAGES_STRIP,
        _ => MAX_PAGES,
    };
    let few = FEW_PAGES.min(max_pages);

    let half_ems = content.half_ems();
    let mut second_best = None;
    let mut found = None;
    for px in legible.iter().rev().copied() {
        if pages_at_least(half_ems, px, size) > few as u64 {
            continue;
        }
        let one = trial.at(px, &legible, few, &mut Vec::new());
        let Some(one) = one.filter(|one| one.filled.complete) else { continue };
        let wide = size.width >= px * GOOD_LINE_EMS;
        let clean = !one.filled.forced && !one.filled.rough;
        if clean && (wide || one.filled.pages.len() == 1) {
            found = Some(one);
            break;
        }
        if wide
            && (second_best.is_none()
                || !one.filled.forced && second_best.as_ref().is_some_and(|best: &Try| best.filled.forced))
        {
            second_best = Some(one);
        }
    }
    // Whole phrases are worth a size smaller, but not half of it.
    if second_best
        .as_ref()
        .zip(found.as_ref())
        .is_some_and(|(rough, clean)| !rough.filled.forced && clean.px * 3 < rough.px * 2)
    {
        found = None;
    }
    let mut missing = Vec::new();
    let best = match found.or(second_best) {
        Some(best) => best,
        None => match trial.at(smallest, &legible, max_pages, &mut missing) {
            Some(one) if one.filled.complete => one,
            Some(_) => {
                let all = trial.at(smallest, &legible, 10_000, &mut missing);
                let pages = all.map_or(10_000, |all| all.filled.pages.len());
                let chars = content.chars().filter(|c| !c.is_whitespace()).count();
                // A tenth less, since a shorter text breaks differently.
                let fits = chars * max_pages * 9 / (pages.max(1) * 10);
                let args =
                    [size.to_string(), pages.to_string(), max_pages.to_string(), (fits / 5 * 5).to_string()];
                return Err(refuse(Msg::TooLong, args.to_vec()));
            }
            None => {
                let list: Vec<String> = missing.iter().map(|c| format!("{c} U+{:04X}", *c as u32)).collect();
                return Err(refuse(Msg::MissingGlyphs, vec![list.join(" ")]));
            }
        },
    };
    Ok(trial.finish(id, best, &legible, dwell_ms))
}

/// Fewer pages than this are impossible: each half em takes `px / 4` by `px`, marks at line ends perhaps
/// half of that.
fn pages_at_least(half_ems: u64, px: u32, size: Size) -> u64 {
    half_ems * u64::from(px) * u64::from(px) / 4 / size.area().max(1)
}

struct Trial<'a> {
    content: &'a Content,
    profile: &'a Profile,
    fonts: &'a Fonts,
    smooth: Option<usize>,
}

impl Trial<'_> {
    fn face(&self, px: u32) -> Face<'_> {
        self.fonts.at(px).smooth(self.smooth.filter(|_| px >= SMOOTH_FROM_PX))
    }

    /// `None` if a character has no glyph at this size.
    fn at(&self, px: u32, legible: &[u32], max_pages: usize, missing: &mut Vec<char>) -> Option<Try> {
        let title_px = self.title_px(px, legible);
        let frame = Frame {
            size: self.profile.page_size(),
            limit: self.profile.page_size().height,
            strip: self.profile.is_strip(),
            mark: 0,
            max_pages,
        };
        let mut filled = self.fill(px, title_px, frame, missing)?;
        if filled.complete && filled.pages.len() > 1 && !frame.strip {
            // Several pages: each shows which it is.
            let mark = self.mark_width(filled.pages.len(), legible);
            filled = self.fill(px, title_px, Frame { mark, ..frame }, missing)?;
        }
        Some(Try { px, title_px, filled })
    }

    fn fill(&self, px: u32, title_px: u32, frame: Frame, missing: &mut Vec<char>) -> Option<Filled> {
        let filled = flow::fill(self.content, frame, &self.face(px), &self.face(title_px), missing);
        missing.is_empty().then_some(filled)
    }

    /// A title takes the next larger size where it still stands on one line and leaves the body its room.
    fn title_px(&self, px: u32, legible: &[u32]) -> u32 {
        let size = self.profile.page_size();
        let next = legible.iter().copied().find(|larger| *larger > px);
        let Some(larger) = next.filter(|larger| !self.profile.is_strip() && larger * 3 <= size.height) else {
            return px;
        };
        let fits = self.content.pieces.iter().all(|piece| match piece {
            super::content::Piece::Title(text) => {
                text.half_ems() * u64::from(larger) / 2 <= u64::from(size.width)
            }
            _ => true,
        });
        if fits && larger <= px * 2 { larger } else { px }
    }

    fn mark_px(legible: &[u32]) -> u32 {
        legible.first().copied().unwrap_or(16)
    }

    /// Room for `12/12` and a little air.
    fn mark_width(&self, pages: usize, legible: &[u32]) -> u32 {
        let px = Self::mark_px(legible);
        let digits = if pages > 9 { 5 } else { 3 };
        (px / 2 * digits + px / 4).min(self.profile.page_size().width / 2)
    }

    /// Evens out the pages and places every row.
    fn finish(&self, id: &NoticeId, chosen: Try, legible: &[u32], dwell_ms: Option<u32>) -> Layout {
        let Try { px, title_px, filled } = chosen;
        let mut filled = self.evened(px, title_px, filled, legible);
        if !self.profile.is_strip() {
            accompany_sign_off(&mut filled.pages);
        }
        let count = filled.pages.len();
        let marked = count > 1 && !self.profile.is_strip();
        let size = self.profile.page_size();
        let spread = Spread::of(&filled, size, count == 1 || self.profile.is_strip());
        let mut pages = Vec::with_capacity(count);
        for (n, rows) in filled.pages.iter().enumerate() {
            let mut page = spread.place(rows, size);
            let dwell_ms = dwell_ms.unwrap_or_else(|| reading_time(&page.lines));
            if marked {
                let mark = Text::new(&[(&format!("{}/{count}", n + 1), Ink::Quiet)], &[]);
                let mark_px = Self::mark_px(legible);
                let face = self.face(mark_px);
                let mark = mark.at(&face, &mut Vec::new());
                let mut row = Row::new(mark_px);
                row.cells.push(flow::Cell::whole(&mark, size.width.saturating_sub(mark.width())));
                page.put(&row, size.height.saturating_sub(mark_px));
            }
            page.lines.shrink_to_fit();
            pages.push(Page {
                dwell_ms,
                lines: page.lines,
                runs: page.runs.into(),
                rules: page.rules.into(),
                picture: None,
            });
        }
        let smooth = self.smooth.filter(|_| px >= SMOOTH_FROM_PX).map(|n| n as u16);
        Layout { id: id.clone(), pages, smooth }
    }

    /// The least height at which as many pages are enough: the last page then is about as full as the others.
    fn evened(&self, px: u32, title_px: u32, filled: Filled, legible: &[u32]) -> Filled {
        let count = filled.pages.len();
        if count < 2 || self.profile.is_strip() {
            return filled;
        }
        let size = self.profile.page_size();
        let mark = self.mark_width(count, legible);
        let step = px + filled.gap;
        let (mut low, mut high) = (0, size.height.saturating_sub(title_px.max(px)) / step);
        let mut best = filled;
        // Invariant: `low` rows less are possible.
        while low < high {
            let middle = (low + high).div_ceil(2);
            let frame =
                Frame { size, limit: size.height - middle * step, strip: false, mark, max_pages: count };
            match self.fill(px, title_px, frame, &mut Vec::new()) {
                Some(tried) if tried.complete && (!tried.forced || best.forced) => {
                    best = tried;
                    low = middle;
                }
                _ => high = middle - 1,
            }
        }
        best
    }
}

/// Issuer and date do not stand alone on the last page: a line of the body goes with them.
fn accompany_sign_off(pages: &mut [Vec<Row>]) {
    if let [.., before, last] = pages
        && last.iter().all(|row| row.sign_off)
        && before.len() > 2
        && before.last().is_some_and(|row| row.cells.len() == 1 && !row.sign_off && !row.rule)
        && let Some(row) = before.pop()
    {
        last.insert(0, row);
    }
}

/// Where the rows of a notice's pages stand from top to bottom.
struct Spread {
    gap: u32,
    top: u32,
    centred: bool,
}

impl Spread {
    /// Shares out the air of the fullest page, so that lines stand at the same heights on all.
    fn of(filled: &Filled, size: Size, centred: bool) -> Self {
        let fullest = filled.pages.iter().max_by_key(|rows| height(rows, filled.gap));
        let rows = fullest.map_or(&[][..], Vec::as_slice);
        let free = size.height.saturating_sub(height(rows, filled.gap));
        let between = rows.len().saturating_sub(1) as u32;
        let px = rows.iter().map(|row| row.height).max().unwrap_or(0);
        // As much between lines as above and below, but lines stay together.
        let more = free.checked_div(between + 2).unwrap_or(0).min(px / 3);
        let gap = filled.gap + if between > 0 { more } else { 0 };
        Self { gap, top: size.height.saturating_sub(height(rows, gap)) / 2, centred }
    }

    fn place(&self, rows: &[Row], size: Size) -> Draft {
        let mut page = Draft::default();
        let mut y =
            if self.centred { size.height.saturating_sub(height(rows, self.gap)) / 2 } else { self.top };
        for row in rows {
            page.put(row, y);
            if row.rule {
                let (width, height) = (size.width as u16, row.height as u16);
                page.rules.push(Rule { x: 0, y: y as i16, width, height });
            }
            y += row.height + self.gap;
        }
        page
    }
}

fn height(rows: &[Row], gap: u32) -> u32 {
    rows.iter().map(|row| row.height + gap).sum::<u32>().saturating_sub(gap)
}

/// A page while it is put together.
#[derive(Default)]
struct Draft {
    lines: Vec<String>,
    runs: Vec<Run>,
    rules: Vec<Rule>,
}

impl Draft {
    /// Adds a row at `y`: one line of text, its cells a space apart.
    fn put(&mut self, row: &Row, y: u32) {
        if row.cells.is_empty() {
            return;
        }
        let number = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
        let mut text = String::with_capacity(row.cells.iter().map(|cell| cell.text.len() + 1).sum());
        for cell in &row.cells {
            if !text.is_empty() {
                text.push(' ');
            }
            let before = text.len() as u32;
            text.push_str(&cell.text);
            self.runs.extend(cell.runs.iter().map(|(start, end, x, ink)| Run {
                line: number(self.lines.len() as u32),
                start: number(before + start),
                end: number(before + end),
                x: *x as i16,
                y: y as i16,
                px: number(cell.px),
                ink: *ink,
            }));
        }
        self.lines.push(text);
    }
}

/// Two seconds and one more for each five Han characters or fifteen letters, between four and twenty.
fn reading_time(lines: &[String]) -> u32 {
    let chars = || lines.iter().flat_map(|line| line.chars());
    let han = chars().filter(|c| is_han(*c)).count() as u32;
    let letters = chars().filter(|c| c.is_alphanumeric() && !is_han(*c)).count() as u32;
    (2000 + han * 200 + letters * 1000 / 15).clamp(4000, 20_000)
}
