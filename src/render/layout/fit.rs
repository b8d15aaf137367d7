//! Which size? The largest at which a notice takes few pages, else the smallest that can be read.

use super::{
    Layout,
    content::{Content, Piece},
    flow::{Frame, Row},
    grade::{Grade, Try, price},
    lines, mend,
    paginate::{self, Filled, PAGE_COST},
    place, scroll,
    sized::Sized,
    stop::Class,
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    notice::{NoticeId, Style},
    render::{
        Fonts, Movement,
        font::{Face, smooth_from},
    },
    screen::Profile,
};

/// The largest size at which a notice takes at most so many pages is taken.
const FEW_PAGES: usize = 4;

/// So many more where that ends all of them well.
const MORE_PAGES: usize = 2;

/// What page marks may cost all pages together, in the ends that these have for them.
const MARK_COST: u32 = 45;

/// Unless the screen says otherwise, no notice takes more pages than this on a tall page, than that on one that holds no
/// more characters than a strip, and than the last on a strip.
const MAX_PAGES: usize = 12;
const MAX_PAGES_SMALL: usize = 24;
const SMALL_PAGE_EMS: u32 = 24;
const MAX_PAGES_STRIP: usize = 40;
/// Nor more than this where it is a scroll that screens without clips show as pages.
const MAX_PAGES_SCROLLED: usize = 120;

/// Pages are counted no further than this for the message that a notice is too long.
const MAX_COUNTED: usize = 10_000;

/// Where lines have no more characters than this a line that ends inside a word is a reason to try another size.
const WHOLE_WORDS_EMS: u32 = 16;
const WHOLE_WORDS_EMS_STRIP: u32 = 20;

/// A line of fewer characters reads badly: such sizes are taken only where all fits on one page.
const GOOD_LINE_EMS: u32 = 8;
/// On pages of so few lines the air between them may make room for one more.
const FEW_LINES: u32 = 4;

/// From this size on there is room for longer lines, which read better than larger characters.
const LARGE_PX: u32 = 48;
const GOOD_LARGE_LINE_EMS: u32 = 12;

/// Pages that end with words where they cannot end with a phrase, if `words`; then `frame` says so.
fn by_words(sized: &Sized<'_>, frame: &mut Frame, max_pages: usize, words: bool) -> Option<Filled> {
    let filled = paginate::paginate(sized, *frame, max_pages, &[])?;
    if !filled.asks_for_words || !words {
        return Some(filled);
    }
    frame.words = true;
    paginate::paginate(sized, *frame, max_pages, &[])
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
        .sizes(profile.scheme)
        .iter()
        .copied()
        .filter(|px| *px >= profile.min_px && *px <= size.height.min(size.width))
        .collect();
    let Some(smallest) = legible.first().copied() else {
        let needed =
            fonts.sizes(profile.scheme).iter().find(|px| **px >= profile.min_px).unwrap_or(&profile.min_px);
        let args = [size.height.min(size.width), *needed];
        return Err(refuse(Msg::Illegible, args.map(|n| n.to_string()).to_vec()));
    };
    let large = legible.iter().any(|px| *px >= smooth_from(profile.scheme));
    let smooth = if large { fonts.outline_for(&content.chars()) } else { None };
    let max_pages = match (content.single_page, profile.max_pages, profile.is_strip()) {
        (true, ..) => 1,
        (_, Some(most), _) => usize::from(most),
        (_, None, true) => MAX_PAGES_STRIP,
        _ if size.width / smallest * (size.height / smallest) <= SMALL_PAGE_EMS => MAX_PAGES_SMALL,
        _ => MAX_PAGES,
    };
    // A picture takes a page at any size.
    let mut max_pages = max_pages + content.pictures.len();
    let few_pages = (FEW_PAGES + content.pictures.len()).min(max_pages);
    let trial = Trial { content, profile, fonts, smooth, legible: &legible, half_ems: content.half_ems() };
    let few = trial.largest(few_pages);
    let scrolls = match content.style {
        Style::Page => false,
        Style::Scroll => true,
        Style::Auto => few.is_none(),
    };
    // Pictures among the text stand still.
    let movement = if scrolls && content.pictures.is_empty() { trial.scroll() } else { None };
    if movement.is_some() {
        max_pages = MAX_PAGES_SCROLLED;
    }
    let best = if let Some(best) = few {
        // No size ends all pages well: then perhaps the smallest does with a page or two more.
        let more = max_pages.min(few_pages + MORE_PAGES);
        let rough = best.grade > Grade::Good && best.sized.px == smallest;
        let longer = rough
            .then(|| trial.sized(smallest).and_then(|sized| trial.fill(sized, more, true, None)))
            .flatten()
            .map(|longer| trial.mend(longer));
        longer.filter(|longer| longer.price < best.price).unwrap_or(best)
    } else {
        let Some(sized) = trial.sized(smallest) else {
            return Err(refuse(Msg::MissingGlyphs, vec![trial.missing(smallest)]));
        };
        let Some(one) = trial.fill(sized, max_pages, true, None) else {
            let pages = trial.count(smallest);
            let chars = content.chars().filter(|c| !c.is_whitespace()).count();
            // A tenth less, since a shorter text breaks differently; in fives, since it is an estimate.
            let fits = chars * max_pages * 9 / (pages.max(1) * 10) / 5 * 5;
            let args = [size.to_string(), pages.to_string(), max_pages.to_string(), fits.to_string()];
            return Err(refuse(Msg::TooLong, args.to_vec()));
        };
        trial.mend(one)
    };
    let best = trial.with_smaller_title(&best).unwrap_or(best);
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
        self.fonts.at(px).smooth(self.smooth, self.profile.scheme)
    }

    /// Pixels between lines of `px`: an eighth of it, less where a page of few lines holds one more for that. At sizes
    /// above the smallest only two lines are worth it: a smaller size gives more of them with air.
    fn line_gap(&self, px: u32) -> u32 {
        let height = self.profile.page_size().height;
        let usual = (px / 8).max(1);
        let lines = height / px.max(1);
        let few = if self.legible.first() == Some(&px) { FEW_LINES } else { 2 };
        if !(2..=few).contains(&lines) {
            return usual;
        }
        usual.min((height - lines * px) / (lines - 1))
    }

    /// The largest size of good grade that takes at most `few` pages; without one the cheapest. The dictionary, which costs
    /// more than all else, is asked only if no size does without it.
    fn largest(&self, few: usize) -> Option<Try<'a>> {
        let plain = self.largest_by(few, false)?;
        if plain.filled.asks_for_words { self.largest_by(few, true) } else { Some(plain) }
    }

    fn largest_by(&self, few: usize, words: bool) -> Option<Try<'a>> {
        let width = self.profile.page_size().width;
        let mut best: Option<Try<'_>> = None;
        // Those with torn words, which only costly work makes whole: done last, where it may pay as much as a page.
        let mut torn: Vec<Try<'_>> = Vec::new();
        // The largest size that splits nothing: better page ends are worth one size, but not half of it. On a strip it
        // leaves no issuer alone either.
        let split = if self.profile.is_strip() { Grade::Torn } else { Grade::Forced };
        let mut whole = 0;
        for px in self.legible.iter().rev().copied().filter(|px| self.pages_at_least(*px) <= few as u64) {
            if px * 3 < whole * 2 {
                break;
            }
            let better_than = best.iter().chain(&torn).map(|tried| tried.price).min();
            let tried = self.sized(px).and_then(|sized| self.fill(sized, few, words, better_than));
            let Some(one) = tried else { continue };
            let wide = width >= px * if px < LARGE_PX { GOOD_LINE_EMS } else { GOOD_LARGE_LINE_EMS };
            if !wide && (one.grade == Grade::Forced || one.filled.len() > 1) {
                continue;
            }
            if one.grade < split {
                whole = whole.max(px);
            }
            if one.torn > 0 {
                torn.push(one);
            } else if best.as_ref().is_none_or(|best| one.price < best.price) {
                best = Some(one);
            }
            if best.as_ref().is_some_and(|best| best.grade == Grade::Good) {
                break;
            }
        }
        for one in torn {
            if best.as_ref().is_none_or(|best| one.least_price() + PAGE_COST < best.price) {
                let mended = self.mend(one);
                best = best.filter(|best| best.price <= mended.price).or(Some(mended));
            }
        }
        let shorter = best.as_ref().and_then(|best| self.in_half_the_pages(best, words));
        shorter.or(best)
    }

    /// A size a little smaller than that of `best` at which half the pages do: then nobody waits so long.
    fn in_half_the_pages(&self, best: &Try<'a>, words: bool) -> Option<Try<'a>> {
        let (px, pictures) = (best.sized.px, self.content.pictures.len());
        let half = (best.filled.len() - pictures) / 2 + pictures;
        if half == pictures || self.profile.is_strip() {
            return None;
        }
        let smaller = self.legible.iter().rev().copied().filter(|less| *less < px && less * 4 >= px * 3);
        smaller.filter(|less| self.pages_at_least(*less) <= half as u64).find_map(|less| {
            let large = self.title_px(less);
            let titles = [Some(large), (large > less).then_some(less)];
            let tried =
                |title| self.sized_with(less, title).and_then(|sized| self.fill(sized, half, words, None));
            titles
                .into_iter()
                .flatten()
                .filter_map(tried)
                .map(|one| self.mend(one))
                .find(|one| one.grade <= best.grade)
        })
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
        let gap = if self.profile.is_strip() { 0 } else { self.line_gap(px) };
        let lines = self.half_ems * u64::from(px) * 3 / 8 / u64::from(size.width.max(1));
        lines / u64::from(((size.height + gap) / (px + gap)).max(1))
    }

    /// The same with a title as large as the text, if that saves the page that holds little.
    fn with_smaller_title(&self, best: &Try<'a>) -> Option<Try<'a>> {
        let (px, frame) = (best.sized.px, best.frame);
        let used = |rows: &[Row]| rows.iter().map(|row| row.height + frame.gap).sum::<u32>();
        let nearly_dark = best.filled.pages().any(|rows| used(rows) * 3 < frame.size.height);
        if frame.strip || best.filled.len() < 2 || !nearly_dark || self.title_px(px) == px {
            return None;
        }
        let sized = self.sized_with(px, px)?;
        let shorter = self.mend(self.fill(sized, best.filled.len() - 1, true, None)?);
        (shorter.grade <= best.grade).then_some(shorter)
    }

    /// The content measured; `None` if a character has no glyph at this size.
    fn sized(&self, px: u32) -> Option<Sized<'a>> {
        self.sized_with(px, self.title_px(px))
    }

    fn sized_with(&self, px: u32, title_px: u32) -> Option<Sized<'a>> {
        let (face, title_face) = (self.face(px), self.face(title_px));
        Sized::new(self.content, &face, &title_face, self.profile.page_size(), self.profile.is_strip())
    }

    fn frame(&self, px: u32) -> Frame {
        let (size, strip) = (self.profile.page_size(), self.profile.is_strip());
        let gap = if strip { 0 } else { self.line_gap(px) };
        Frame { size, strip, only_title: self.content.single_page, words: false, mark: 0, gap }
    }

    /// The pages of `sized`; `None` if there are more than `max_pages`. Where a page cannot end with a phrase it ends
    /// with a word if `words`. What is not `better_than` that price is not worked out.
    fn fill(
        &self,
        sized: Sized<'a>,
        max_pages: usize,
        words: bool,
        better_than: Option<u32>,
    ) -> Option<Try<'a>> {
        let mut frame = self.frame(sized.px);
        if sized.least_pages(frame.size, frame.gap) as usize > max_pages {
            return None;
        }
        let filled = by_words(&sized, &mut frame, max_pages, words)?;
        let hopeless = better_than.is_some_and(|known| price(&filled, sized.px) >= known);
        // What asks for words is filled once more.
        if hopeless || (!words && filled.asks_for_words) {
            return Some(Try::new(sized, filled, frame, (0, max_pages)));
        }
        // While a smaller size may be better, marks wait until it is known that no word is torn.
        if self.legible.first() != Some(&sized.px) {
            let (broken, torn) = self.broken(&filled, &sized, frame);
            if torn > 0 || filled.len() < 2 || frame.strip {
                return Some(Try::new(sized, broken, frame, (torn, max_pages)));
            }
        }
        let (filled, frame) = self.marked(filled, &sized, frame, words);
        let (filled, torn) = self.broken(&filled, &sized, frame);
        Some(Try::new(sized, filled, frame, (torn, max_pages)))
    }

    /// Several pages each show which they are, unless the room for that costs a page or its good end.
    fn marked(&self, filled: Filled, sized: &Sized<'_>, frame: Frame, words: bool) -> (Filled, Frame) {
        let mut marked = Frame { mark: self.mark_width(sized.px, filled.len()), ..frame };
        if filled.len() > 1
            && !frame.strip
            && marked.mark > 0
            && let Some(with_mark) = by_words(sized, &mut marked, filled.len(), words)
            && with_mark.len() == filled.len()
            && with_mark.worst <= filled.worst.max(Class::Colon)
            && with_mark.cost <= filled.cost + MARK_COST
            && place::keeps_corner(&with_mark, &self.face(self.mark_px(sized.px)), frame.size)
        {
            return (with_mark, marked);
        }
        (filled, frame)
    }

    /// `filled` with its lines broken anew, and how many of them end inside a word, where that matters.
    fn broken(&self, filled: &Filled, sized: &Sized<'_>, frame: Frame) -> (Filled, u32) {
        let broken = lines::break_anew(filled, sized, frame, self.keeps_corner(filled, sized.px, frame));
        let ems = if frame.strip { WHOLE_WORDS_EMS_STRIP } else { WHOLE_WORDS_EMS };
        let matters = frame.size.width <= sized.px * ems;
        let torn = if matters { lines::torn_lines(&broken, sized).iter().sum() } else { 0 };
        (broken, torn)
    }

    /// `tried` with fewer words torn, if other pages leave more of them whole.
    fn mend(&self, mut tried: Try<'a>) -> Try<'a> {
        if tried.torn == 0 {
            return tried;
        }
        let max_pages = tried.max_pages;
        let waited = !tried.frame.strip && self.legible.first() != Some(&tried.sized.px);
        let mut frame = Frame { words: false, mark: 0, ..tried.frame };
        // With the marks that waited.
        if waited && let Some(filled) = by_words(&tried.sized, &mut frame, max_pages, true) {
            let (filled, frame) = self.marked(filled, &tried.sized, frame, true);
            let (filled, torn) = self.broken(&filled, &tried.sized, frame);
            tried = Try::new(tried.sized, filled, frame, (torn, max_pages));
        }
        let Try { sized, filled, frame, .. } = &tried;
        // A mark of more digits would need more room.
        let most = if frame.mark == 0 { max_pages } else { max_pages.min(9.max(filled.len())) };
        let well = self.keeps_corner(filled, sized.px, *frame);
        let mended = mend::whole_words(filled, sized, *frame, most, well);
        if let Some((filled, torn)) = mended {
            let frame = tried.frame;
            tried = Try::new(tried.sized, filled, frame, (torn, max_pages));
        }
        tried
    }

    /// Tells whether the rows of a page of `filled` leave the corner free where the page mark stands, if there is one.
    fn keeps_corner(&self, filled: &Filled, px: u32, frame: Frame) -> impl Fn(&Filled, &[Row]) -> bool {
        let mark_face = (frame.mark > 0).then(|| self.face(self.mark_px(px)));
        let count = filled.len();
        move |filled, rows| {
            mark_face
                .as_ref()
                .is_none_or(|face| place::keeps_corner_on(filled, rows, face, (count, frame.size)))
        }
    }

    /// How many pages it would take at `px`.
    fn count(&self, px: u32) -> usize {
        let counted = self.sized(px).and_then(|all| paginate::count(&all, self.frame(px), MAX_COUNTED));
        counted.unwrap_or(MAX_COUNTED)
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

    /// Page marks are as small as may be beside a text of `px`.
    fn mark_px(&self, px: u32) -> u32 {
        let small = self.legible.iter().copied().take_while(|mark| mark * 2 <= px);
        small.last().or(self.legible.first().copied()).unwrap_or(16)
    }

    /// Room for `2/3` or `12/12` and a little air; none where that is more than a quarter of the page, or where the mark
    /// would be as large as the text: it would be read as a part of that.
    fn mark_width(&self, px: u32, pages: usize) -> u32 {
        let mark_px = self.mark_px(px);
        let width = place::mark_width(&self.face(mark_px), pages);
        if mark_px >= px || width * 4 > self.profile.page_size().width { 0 } else { width }
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

    /// Places every row.
    fn finish(&self, id: &NoticeId, chosen: Try<'_>, dwell_ms: Option<u32>) -> Layout {
        let Try { sized, filled, frame, .. } = chosen;
        let mark_face = (frame.mark > 0).then(|| self.face(self.mark_px(sized.px)));
        let mut pages =
            place::pages(&sized, &filled, (frame.size, frame.strip), mark_face.as_ref(), dwell_ms);
        pages.shrink_to_fit();
        let smooth = self.smooth.map(|n| n as u16);
        Layout { id: id.clone(), pages, smooth, movement: None, warnings: Vec::new() }
    }
}
