//! Where lines hold few words, many end inside one, and another page may hold them better: pages are then filled
//! anew, those in which words are torn being dearer than before. Longer lines may end inside a word, as in any book.

use super::{
    flow::{Frame, Row},
    lines,
    paginate::{self, Filled, PAGE_COST, Span},
    sized::Sized,
    stop::Class,
};

/// What a line that ends inside a word costs: a page that ends inside a sentence is dearer than one such line, not than
/// two.
pub(super) const TORN_LINE_COST: u32 = 50;

/// Of so many characters at most; on a strip, whose pages are two lines, of so many.
const FEW_EMS: u32 = 12;
const FEW_EMS_STRIP: u32 = 20;

/// So often pages are filled anew.
const MOST_ROUNDS: usize = 4;

/// `filled`, whose lines [`lines::break_anew`] broke, on other pages where that leaves more words whole, at most `max_pages`
/// of them; and how many lines end inside a word all the same. `None` if that is no better.
pub(super) fn whole_words(
    filled: &Filled,
    sized: &Sized<'_>,
    frame: Frame,
    max_pages: usize,
    well: impl Fn(&Filled, &[Row]) -> bool,
) -> Option<(Filled, u32)> {
    let few_ems = if frame.strip { FEW_EMS_STRIP } else { FEW_EMS };
    if filled.len() < 2 || frame.size.width > sized.px * few_ems {
        return None;
    }
    let mut best = None;
    let mut torn = lines::torn_lines(filled, sized);
    let mut least = cost(filled, &torn);
    let mut avoid: Vec<(Span, u32)> = Vec::new();
    let mut spans = filled.spans().to_vec();
    let frame = Frame { words: true, ..frame };
    for _ in 0..MOST_ROUNDS {
        if torn.iter().all(|lines| *lines == 0) {
            break;
        }
        let dear = spans.iter().zip(&torn).filter(|(_, lines)| **lines > 0);
        avoid.extend(dear.map(|(span, lines)| (*span, lines * TORN_LINE_COST)));
        let Some(other) = paginate::paginate(sized, frame, max_pages, &avoid) else { break };
        if other.spans() == spans {
            break;
        }
        let anew = lines::break_anew(&other, sized, frame, &well);
        torn = lines::torn_lines(&anew, sized);
        spans = anew.spans().to_vec();
        let cost = cost(&anew, &torn);
        if cost < least
            && anew.worst <= filled.worst.max(Class::OddWord)
            && anew.pages().all(|rows| well(&anew, rows))
        {
            best = Some((anew, torn.iter().sum()));
            least = cost;
        }
    }
    best
}

fn cost(filled: &Filled, torn: &[u32]) -> u32 {
    filled.cost + filled.len() as u32 * PAGE_COST + torn.iter().sum::<u32>() * TORN_LINE_COST
}
