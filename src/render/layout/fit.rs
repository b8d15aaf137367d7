//! Which size? The largest at which a notice takes few pages, else the smallest that can be read.

use super::{
    Layout,
    content::{Content, Piece},
    flow::{self, Filled, Frame},
    place, scroll,
    sized::Sized,
};
use crate::{
    color::ColorScheme,
    diagnostic::{Diagnostic, Msg, Place},
    notice::{NoticeId, Style},
    render::{Fonts, Movement, font::Face},
    screen::Profile,
};

/// The largest size at which a notice takes at most so many pages is taken.
const FEW_PAGES: usize = 4;

/// No notice takes more pages than this on a tall page, and than that on a strip.
const MAX_PAGES: usize = 12;
const MAX_PAGES_STRIP: usize = 40;
/// Nor more than this where it is a scroll that screens without clips show as pages.
const MAX_PAGES_SCROLLED: usize = 120;

/// Pages are counted no further than this for the message that a notice is too long.
const MAX_COUNTED: usize = 10_000;

/// A line of fewer characters reads badly: such sizes are taken only where all fits on one page.
const GOOD_LINE_EMS: u32 = 8;

/// Fewer letters than this on a last page look forgotten.
const FEW_LETTERS: usize = 6;

/// What a size does to a notice, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    /// Every page ends with a phrase.
    Good,
    /// A page ends inside a phrase, or the last one is a line alone.
    Rough,
    /// A page ends inside a word, or the last one holds next to nothing.
    Torn,
    /// A line ends inside what is never split, or a table lost its columns.
    Forced,
}

/// One size tried.
struct Try<'t> {
    sized: Sized<'t>,
    filled: Filled,
    frame: Frame,
    grade: Grade,
}

/// Chooses a size for `content` and makes its pages.
pub(super) fn lay_out(
    id: &NoticeId,
    content: &Content,
    profile: &Profile,
    fonts: &Fonts,
    dwell_ms: Option<u32>,
) -> Result<Layout, Vec<Diagnostic>> {
    let size = profile.page_size();
    let refuse = |msg, args: Vec<String>| {
        let place = if id.playlist.is_empty() { Place::default() } else { Place::file(id.to_string()) };
        vec![Diagnostic::refusal(place, msg, args)]
    };
    let legible: Vec<u32> = fonts
        .sizes()
        .iter()
        .copied()
        .filter(|px| *px >= profile.min_px && *px <= size.height.min(size.width))
        .collect();
    let Some(smallest) = legible.first().copied() else {
        let needed = fonts.sizes().iter().find(|px| **px >= profile.min_px).unwrap_or(&profile.min_px);
        let args = [size.height.min(size.width), *needed];
        return Err(refuse(Msg::Illegible, args.map(|n| n.to_string()).to_vec()));
    };
    let smooth = if profile.scheme == ColorScheme::Rgb { fonts.outline_for(&content.chars()) } else { None };
    let mut max_pages = match (content.single_page, profile.is_strip()) {
        (true, _) => 1,
        (_, true) => MAX_PAGES_STRIP,
        _ => MAX_PAGES,
    };
    let trial = Trial { content, profile, fonts, smooth, legible: &legible, half_ems: content.half_ems() };
    let few = trial.largest(FEW_PAGES.min(max_pages));
    let scrolls = match content.style {
        Style::Page => false,
        Style::Scroll => true,
        Style::Auto => few.is_none(),
    };
    let movement = if scrolls { trial.scroll() } else { None };
    if movement.is_some() {
        max_pages = MAX_PAGES_SCROLLED;
    }
    let best = if let Some(best) = few {
        best
    } else {
        let Some(one) = trial.at(smallest, max_pages) else {
            return Err(refuse(Msg::MissingGlyphs, vec![trial.missing(smallest)]));
        };
        if !one.filled.complete {
            let pages = trial.at(smallest, MAX_COUNTED).map_or(MAX_COUNTED, |all| all.filled.len());
            let chars = content.chars().filter(|c| !c.is_whitespace()).count();
            // A tenth less, since a shorter text breaks differently; in fives, since it is an estimate.
            let fits = chars * max_pages * 9 / (pages.max(1) * 10) / 5 * 5;
            let args = [size.to_string(), pages.to_string(), max_pages.to_string(), fits.to_string()];
            return Err(refuse(Msg::TooLong, args.to_vec()));
        }
        one
    };
    Ok(Layout { movement, ..trial.finish(id, best, dwell_ms) })
}

struct Trial<'a> {
    content: &'a Content,
    profile: &'a Profile,
    fonts: &'a Fonts,
    smooth: Option<usize>,
    legible: &'a [u32],
    half_ems: u64,
}

impl<'a> Trial<'a> {
    fn face(&self, px: u32) -> Face<'_> {
        self.fonts.at(px).smooth(self.smooth)
    }

    /// The size of the best grade that takes at most `few` pages; of equal ones the largest.
    fn largest(&self, few: usize) -> Option<Try<'a>> {
        let width = self.profile.page_size().width;
        let mut best: Option<Try<'_>> = None;
        // The largest size that splits nothing: better page ends are worth one size, but not half of it.
        let mut whole = 0;
        for px in self.legible.iter().rev().copied().filter(|px| self.pages_at_least(*px) <= few as u64) {
            if px * 3 < whole * 2 {
                break;
            }
            let Some(one) = self.at(px, few).filter(|one| one.filled.complete) else { continue };
            let wide = width >= px * GOOD_LINE_EMS;
            if !wide && (one.grade == Grade::Forced || one.filled.len() > 1) {
                continue;
            }
            if one.grade < Grade::Forced {
                whole = whole.max(px);
            }
            if best.as_ref().is_none_or(|best| one.grade < best.grade) {
                best = Some(one);
            }
            if best.as_ref().is_some_and(|best| best.grade == Grade::Good) {
                break;
            }
        }
        best
    }

    /// The notice as one line that runs through, where the face is a strip and may be sent clips.
    fn scroll(&self) -> Option<Movement> {
        let limits = self.profile.clip.filter(|_| self.profile.is_strip())?;
        let size = self.profile.page_size();
        scroll::lay_out(self.content, size, self.legible, |px| self.face(px), limits).map(Movement::Scroll)
    }

    /// Fewer pages than this are impossible at `px`; a quarter is allowed for marks that give way.
    fn pages_at_least(&self, px: u32) -> u64 {
        let size = self.profile.page_size();
        let gap = if self.profile.is_strip() { 0 } else { (px / 8).max(1) };
        let lines = self.half_ems * u64::from(px) * 3 / 8 / u64::from(size.width.max(1));
        lines / u64::from(((size.height + gap) / (px + gap)).max(1))
    }

    /// `None` if a character has no glyph at this size.
    fn at(&self, px: u32, max_pages: usize) -> Option<Try<'a>> {
        let size = self.profile.page_size();
        let strip = self.profile.is_strip();
        let (face, title_face) = (self.face(px), self.face(self.title_px(px)));
        let sized = Sized::new(self.content, &face, &title_face, size.width, strip)?;
        let only_title = self.content.single_page;
        let mut frame =
            Frame { size, limit: size.height, strip, only_title, words: false, mark: 0, max_pages };
        let mut filled = flow::fill(&sized, frame);
        if filled.complete && filled.len() > 1 && !strip {
            // Several pages: each shows which it is, unless the room for that costs a page.
            let mark = self.mark_width(filled.len());
            let marked = flow::fill(&sized, Frame { mark, ..frame });
            if mark > 0 && marked.complete && marked.len() == filled.len() {
                filled = marked;
                frame.mark = mark;
            }
        }
        let mut grade = grade(&sized, &filled, frame);
        if filled.complete && grade > Grade::Good && filled.len() > 1 && !strip {
            (filled, grade) = evened(&sized, filled, frame);
        }
        Some(Try { sized, filled, frame, grade })
    }

    /// A title takes the next larger size where it still stands on one line and leaves the body its room; on
    /// a strip, where it has a page of its own, the largest.
    fn title_px(&self, px: u32) -> u32 {
        let size = self.profile.page_size();
        let fits = |larger: u32| {
            self.content.pieces.iter().all(|piece| match piece {
                Piece::Title(text) => text.half_ems() * u64::from(larger) / 2 <= u64::from(size.width),
                _ => true,
            })
        };
        let mut larger = self.legible.iter().copied().filter(|larger| *larger > px && fits(*larger));
        let found = if self.content.single_page {
            None
        } else if self.profile.is_strip() {
            larger.next_back()
        } else {
            larger.next().filter(|larger| larger * 3 <= size.height && *larger <= px * 2)
        };
        found.unwrap_or(px)
    }

    /// Page marks are as small as may be.
    fn mark_px(&self) -> u32 {
        self.legible.first().copied().unwrap_or(16)
    }

    /// Room for `2/3` or `12/12` and a little air; none where that is half the page.
    fn mark_width(&self, pages: usize) -> u32 {
        let width = place::mark_width(&self.face(self.mark_px()), pages);
        if width * 2 > self.profile.page_size().width { 0 } else { width }
    }

    /// Every character without a glyph at `px`, with its code point.
    fn missing(&self, px: u32) -> String {
        let face = self.face(px);
        let mut list: Vec<char> = Vec::new();
        for c in self.content.chars().filter(|c| face.advance(*c).is_none()) {
            // A notice in a script that no font has would list its whole alphabet.
            if list.len() < 50 && !list.contains(&c) {
                list.push(c);
            }
        }
        let named: Vec<String> = list.iter().map(|c| format!("{c} U+{:04X}", *c as u32)).collect();
        named.join(" ")
    }

    /// Evens out the pages and places every row.
    fn finish(&self, id: &NoticeId, chosen: Try<'_>, dwell_ms: Option<u32>) -> Layout {
        let Try { sized, filled, frame, .. } = chosen;
        let (mut filled, _) = evened(&sized, filled, frame);
        if frame.strip && filled.rough {
            // Looked up only for the size that is taken.
            let by_words = flow::fill(&sized, Frame { words: true, max_pages: frame.max_pages + 1, ..frame });
            filled = if by_words.complete { by_words } else { filled };
        }
        if !frame.strip {
            filled.accompany_sign_off(frame.size.height);
        }
        let mark_face = (frame.mark > 0).then(|| self.face(self.mark_px()));
        let alone = frame.strip || filled.len() == 1;
        let mut pages = place::pages(&sized, &filled, frame.size, (alone, mark_face.as_ref()), dwell_ms);
        pages.shrink_to_fit();
        let smooth = self.smooth.map(|n| n as u16);
        Layout { id: id.clone(), pages, smooth, movement: None, warnings: Vec::new() }
    }
}

/// How good the pages of `filled` are.
fn grade(sized: &Sized<'_>, filled: &Filled, frame: Frame) -> Grade {
    let tall = !frame.strip && filled.len() > 1;
    let mut rows = filled.pages().map(|rows| rows.iter().filter(|row| !row.sign_off).count());
    let (first, last) = (rows.next().unwrap_or(0), rows.last().unwrap_or(0));
    if filled.forced {
        Grade::Forced
    } else if filled.torn || (tall && filled.letters_at_end(sized) < FEW_LETTERS) {
        Grade::Torn
    } else if filled.rough || (tall && first > 2 && last == 1) {
        Grade::Rough
    } else {
        Grade::Good
    }
}

/// Fills the least height at which as many pages are enough and no worse: the last one then is about as full as
/// the others.
fn evened(sized: &Sized<'_>, filled: Filled, frame: Frame) -> (Filled, Grade) {
    let first = grade(sized, &filled, frame);
    if filled.len() < 2 || frame.strip {
        return (filled, first);
    }
    let frame = Frame { max_pages: filled.len(), ..frame };
    let step = sized.px + filled.gap;
    let less = |rows: u32| {
        let tried = flow::fill(sized, Frame { limit: frame.size.height - rows * step, ..frame });
        let grade = grade(sized, &tried, frame);
        (tried, grade)
    };
    let (mut low, mut high) = (0, frame.size.height.saturating_sub(sized.title_px.max(sized.px)) / step);
    // `low` rows less are known to be possible.
    while low < high {
        let middle = (low + high).div_ceil(2);
        let (tried, _) = less(middle);
        if tried.complete {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    // The evenest pages may end badly: then those a little less even.
    let near = (low.saturating_sub(EVEN_TRIES - 1).max(1)..=low).rev().map(less);
    let (mut best, mut even) = ((filled, first), false);
    for (tried, grade) in near {
        if tried.complete && (grade < best.1 || (grade == best.1 && !even)) {
            (best, even) = ((tried, grade), true);
        }
    }
    best
}

/// How many heights are tried for even pages.
const EVEN_TRIES: u32 = 4;
