//! Where may a page end, and how good is it to end there?

use super::flow::Cursor;

/// How good a page's end is, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::render) enum Class {
    /// Behind a paragraph or all of the text.
    Paragraph,
    /// Between the items of a list.
    Item,
    /// Behind a sentence.
    Sentence,
    /// Between the rows of a table.
    Row,
    /// Behind a comma.
    Clause,
    /// Behind a comma that counts off, 、.
    Pause,
    /// Inside a list in front of what is said of it, and between times: a part of it on a page passes for all, though a
    /// line may end there as behind any comma.
    List,
    /// Behind a colon, which belongs to what follows.
    Colon,
    /// Behind the title, before any text.
    Title,
    /// Behind a word.
    Word,
    /// Behind a word or before one that has a single character: perhaps the dictionary is wrong.
    OddWord,
    /// Between the parts of a compound.
    Seam,
    /// Inside a word.
    Inside,
    /// Between what belongs together: a heading and its text, the text and its sign-off.
    Bound,
    /// Inside what is never split.
    Forced,
}

impl Class {
    /// What it costs to end a page so; [`paginate`](super::paginate) adds these up.
    pub(super) fn cost(self) -> u32 {
        match self {
            Self::Paragraph => 0,
            Self::Item => 2,
            Self::Sentence => 4,
            Self::Row => 6,
            Self::Clause => 10,
            Self::Pause => 36,
            Self::List => 72,
            Self::Colon => 62,
            Self::Title => 40,
            Self::Word => 70,
            Self::OddWord => 85,
            Self::Seam => 130,
            Self::Inside => 220,
            Self::Bound => 260,
            Self::Forced => 440,
        }
    }
}

/// A place where a page might end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    /// Where the next page would begin.
    pub next: Cursor,
    /// How many rows the page would have.
    pub rows: usize,
    /// How many cells: who signs may stand beside the last row's text later.
    pub cells: usize,
    /// How good that is.
    pub class: Class,
    /// How good it would be by the text alone.
    pub text: Class,
    /// Whether the text is not to be torn at all: `class` says that, too.
    pub bound: bool,
    /// Whether the last row's line would end there instead.
    pub cut: bool,
}

impl Stop {
    /// What it costs to end a page so.
    pub(super) fn cost(&self) -> u32 {
        self.class.cost() + if self.bound { self.text.cost() / 2 } else { 0 }
    }
}
