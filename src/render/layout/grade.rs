//! How good are the pages of a notice at one size?

use super::{
    flow::Frame,
    mend,
    paginate::{Filled, PAGE_COST},
    sized::Sized,
    stop::Class,
};

/// What it costs to be small, by pixels of height: a step from 32 to 24 as much as two pages more, from 24 to 16 as a
/// page that ends inside a phrase.
const SMALL_COST: u32 = 3000;

/// What a size does to a notice, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// Every page ends with a phrase.
    Good,
    /// A page ends inside a phrase, or lines stay half empty.
    Rough,
    /// A page ends inside a word, or the last one holds next to nothing.
    Torn,
    /// A line ends inside what is never split, or a table lost its columns.
    Forced,
}

impl Grade {
    fn of(filled: &Filled) -> Self {
        match filled.worst {
            Class::Forced => Self::Forced,
            Class::Seam | Class::Inside | Class::Bound => Self::Torn,
            Class::Pause | Class::List | Class::Colon | Class::Title | Class::Word | Class::OddWord => {
                Self::Rough
            }
            _ => Self::Good,
        }
    }
}

/// One size tried.
pub(super) struct Try<'t> {
    pub sized: Sized<'t>,
    pub filled: Filled,
    pub frame: Frame,
    pub grade: Grade,
    pub price: u32,
    /// How many lines end inside a word.
    pub torn: u32,
    /// It may have so many pages.
    pub max_pages: usize,
}

impl<'t> Try<'t> {
    pub(super) fn new(
        sized: Sized<'t>,
        filled: Filled,
        frame: Frame,
        (torn, max_pages): (u32, usize),
    ) -> Self {
        let mut grade = Grade::of(&filled);
        if torn > 0 {
            grade = grade.max(Grade::Rough);
        }
        let price = price(&filled, sized.px) + torn * mend::TORN_LINE_COST;
        Self { sized, filled, frame, grade, price, torn, max_pages }
    }

    /// What it costs at least if other pages leave all words whole.
    pub(super) fn least_price(&self) -> u32 {
        self.price - self.torn * mend::TORN_LINE_COST
    }
}

/// What `filled` costs at `px`: how its pages end, how many there are, how small it is.
pub(super) fn price(filled: &Filled, px: u32) -> u32 {
    let forced = if filled.worst == Class::Forced { Class::Forced.cost() } else { 0 };
    filled.cost + forced + filled.len() as u32 * PAGE_COST + SMALL_COST / px.max(1)
}
