//! Where do pages end? Every way to end them has a cost: how well the text pauses there, how much of a page
//! stays dark, how many pages there are. The cheapest way is taken, found from the first page to the last (the
//! shortest path through the places where pages may begin; D. E. Knuth and M. F. Plass did so for lines).

use super::{
    flow::{self, Cell, Cursor, Filling, Frame, Row},
    sized::{Sized, SizedPiece},
    stop::{Class, Stop},
};

/// What one more page costs: as much as two commas.
pub(super) const PAGE_COST: u32 = 20;

/// What a page costs where pages are short.
const SCARCE_PAGE_COST: u32 = 100_000;

/// What an empty page would cost; one that is half full costs a quarter of it.
const EMPTY_COST: u32 = 32;

/// What it costs that lines stay half empty because nothing in them may be split.
const LOOSE_COST: u32 = 30;

/// What a page of a strip costs that holds one character, torn from its phrase; half of it if it holds two.
const ALONE_COST: u32 = 90;

/// What a page's last line of a word costs that is torn from its phrase.
const STUB_COST: u32 = 16;

/// Fewer letters than this on a last page look forgotten; where pages hold little, fewer than that.
const FEW_LETTERS: usize = 6;
const FEW_LETTERS_SHORT: usize = 3;
const FEW_LETTERS_STRIP: usize = 2;

/// What it costs that nearly nothing stands on a page, or below its title.
const SCRAP_COST: u32 = 50;

/// Of each page the last so many ends are looked at.
const MOST_STOPS: usize = 24;
/// Fewer of pages that hold more characters than this.
const LARGE_PAGE_CELLS: usize = 64;
const FEW_STOPS: usize = 6;

/// A page: where in the text it begins, and where the next one does.
pub(super) type Span = (Cursor, Cursor);

/// Pages filled with rows.
pub(super) struct Filled {
    rows: Vec<Row>,
    cells: Vec<Cell>,
    /// The first row of each page.
    starts: Vec<usize>,
    /// Where in the text each page begins, and the one behind it.
    spans: Vec<Span>,
    /// The worst end of a page, a line split against the rules, a table's lost columns.
    pub worst: Class,
    /// Whether a page ends where a dictionary would know better.
    pub asks_for_words: bool,
    /// Pixels between rows, at least.
    pub gap: u32,
    /// What its pages cost.
    pub cost: u32,
}

impl Filled {
    fn new(sized: &Sized<'_>, gap: u32) -> Self {
        let worst = if sized.flattened { Class::Forced } else { Class::Paragraph };
        Self {
            rows: Vec::with_capacity(16),
            cells: Vec::with_capacity(16),
            starts: Vec::with_capacity(4),
            spans: Vec::with_capacity(4),
            worst,
            asks_for_words: false,
            gap,
            cost: 0,
        }
    }

    /// Number of pages.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The rows of each page.
    pub(super) fn pages(&self) -> impl Iterator<Item = &[Row]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.rows.len()]);
        self.starts.iter().zip(ends).map(|(start, end)| &self.rows[*start..end])
    }

    /// What stands in a row.
    pub(super) fn cells(&self, row: &Row) -> &[Cell] {
        &self.cells[row.cells.0..row.cells.1]
    }

    /// What stands in a row, without what signs it; its text comes last.
    pub(super) fn body(&self, row: &Row) -> &[Cell] {
        row.body(&self.cells)
    }

    /// Issuer and date beside a row's text.
    pub(super) fn beside(&self, row: &Row) -> &[Cell] {
        &self.cells[row.cells.1 - row.beside..row.cells.1]
    }

    /// Whether more than a third of three pages or more stays dark: a smaller size says the same in fewer.
    fn is_sparse(&self, frame: Frame) -> bool {
        let used: u32 = self.rows.iter().map(|row| row.height + frame.gap).sum();
        let all = self.len() as u32 * (frame.size.height + frame.gap);
        !frame.strip && self.len() > 2 && used * 3 < all * 2
    }

    /// The same with no row yet.
    pub(super) fn without_rows(&self) -> Self {
        let (spans, starts) = (self.spans.clone(), Vec::with_capacity(self.starts.len()));
        let (rows, cells) =
            (Vec::with_capacity(self.rows.len() + 1), Vec::with_capacity(self.cells.len() + 1));
        Self { rows, cells, starts, spans, ..*self }
    }

    /// What stands on each page.
    pub(super) fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The rows added from now on stand on another page.
    pub(super) fn begin_page(&mut self) {
        self.starts.push(self.rows.len());
    }

    /// The rows of the last page.
    pub(super) fn last_page(&self) -> Option<&[Row]> {
        self.starts.last().map(|start| &self.rows[*start..])
    }

    /// Takes the rows of the last page away.
    pub(super) fn clear_page(&mut self) {
        let start = self.starts.last().copied().unwrap_or(0);
        if let Some(row) = self.rows.get(start) {
            self.cells.truncate(row.cells.0);
        }
        self.rows.truncate(start);
    }

    /// Adds a row like `row` with `cells`.
    pub(super) fn add_row(&mut self, row: Row, cells: impl Iterator<Item = Cell>) {
        let first = self.cells.len();
        self.cells.extend(cells);
        self.rows.push(Row { cells: (first, self.cells.len()), ..row });
    }

    /// Takes in `page`, which begins at `start`, as far as `stop`.
    fn push(&mut self, page: &Filling, (start, stop): (Cursor, &Stop), frame: Frame, sized: &Sized<'_>) {
        self.starts.push(self.rows.len());
        self.spans.push((start, stop.next));
        let rows = &page.rows[..stop.rows];
        for (n, row) in rows.iter().enumerate() {
            let first = self.cells.len();
            let end = row.cells.1.min(stop.cells);
            self.cells.extend_from_slice(&page.cells[row.cells.0..end]);
            let beside = row.beside.saturating_sub(row.cells.1 - end);
            if let Some(cell) = self.cells.last_mut().filter(|_| stop.cut && n + 1 == rows.len()) {
                cell.line = sized.texts[cell.text].part(cell.line.start, stop.next.at);
            }
            let forced = self.cells[first..].iter().any(|cell| cell.line.forced);
            self.worst = self.worst.max(if forced { Class::Forced } else { Class::Paragraph });
            self.rows.push(Row { cells: (first, self.cells.len()), beside, ..*row });
        }
        if is_scrap(page, (start, stop), frame, sized) {
            self.worst = self.worst.max(Class::Word);
        }
        if !is_end(stop.next, sized) {
            self.worst = self.worst.max(stop.class);
            self.asks_for_words |= stop.class == Class::Word && !frame.words;
        }
        if loose(page, stop, frame, sized) {
            self.worst = self.worst.max(Class::Word);
        }
    }
}

fn is_end(cursor: Cursor, sized: &Sized<'_>) -> bool {
    cursor.piece >= sized.pieces.len()
}

/// Fills pages with all of `sized`; `None` if that takes more than `max_pages`. Each page of `avoid` costs so much more.
pub(super) fn paginate(
    sized: &Sized<'_>,
    frame: Frame,
    max_pages: usize,
    avoid: &[(Span, u32)],
) -> Option<Filled> {
    let mut page = Filling::with_room();
    flow::fill(sized, frame, Cursor::default(), &mut page);
    let mut filled = Filled::new(sized, frame.gap);
    match page.stops.last() {
        // Nothing but blanks.
        None => return Some(filled),
        Some(stop) if is_end(stop.next, sized) => {
            filled.push(&page, (Cursor::default(), stop), frame, sized);
            return Some(filled);
        }
        Some(_) if max_pages < 2 => return None,
        Some(_) => {}
    }
    let ends = match cheapest(sized, frame, max_pages, (PAGE_COST, avoid), &mut page) {
        // A quarter more pages than needed may end all of them better, but not more, unless that tears what is not to be
        // torn.
        Some((ends, least)) if ends.len() > more_than(least) => {
            let fewer = cheapest(sized, frame, more_than(least), (PAGE_COST, avoid), &mut page);
            let torn = |ends: &Ends| worst(ends, sized) > Class::Inside;
            let fewer = fewer.map(|(fewer, _)| fewer).filter(|fewer| torn(&ends) || !torn(fewer));
            fewer.unwrap_or(ends)
        }
        Some((ends, _)) => ends,
        // The cheapest ways took too many pages on their way to the end.
        None => {
            let least = count(sized, frame, max_pages)?;
            cheapest(sized, frame, least, (SCARCE_PAGE_COST, avoid), &mut page)?.0
        }
    };
    for (start, stop) in ends {
        flow::fill(sized, frame, start, &mut page);
        filled.cost += cost(sized, frame, &page, (start, &stop));
        filled.push(&page, (start, &stop), frame, sized);
    }
    // `page` holds the last one.
    let last = filled.pages().last().unwrap_or_default();
    let lonely = !is_picture(last)
        && letters(sized, &page.cells, &page.rows[..last.len()]) < few_letters(frame, sized.px);
    if filled.is_sparse(frame) {
        filled.worst = filled.worst.max(Class::Word);
    }
    if lonely {
        filled.worst = filled.worst.max(Class::Inside);
    }
    Some(filled)
}

fn worst(ends: &Ends, sized: &Sized<'_>) -> Class {
    let torn = ends.iter().map(|(_, stop)| stop).filter(|stop| !is_end(stop.next, sized));
    torn.map(|stop| stop.class).max().unwrap_or(Class::Paragraph)
}

/// One page more, and one more for each four.
fn more_than(least: usize) -> usize {
    least + 1 + least / 4
}

/// How many pages `sized` takes if each is as full as it can be; `None` if more than `most`.
pub(super) fn count(sized: &Sized<'_>, frame: Frame, most: usize) -> Option<usize> {
    let mut page = Filling::default();
    let mut at = Cursor::default();
    for pages in 1..=most {
        flow::fill(sized, frame, at, &mut page);
        let next = page.stops.last()?.next;
        if is_end(next, sized) {
            return Some(pages);
        }
        // A page that takes nothing in would go on for ever.
        if next <= at {
            return None;
        }
        at = next;
    }
    None
}

/// The cheapest way found so far to begin a page somewhere.
#[derive(Clone, Copy)]
struct Way {
    cost: u32,
    pages: usize,
    /// The fewest pages that lead there at any cost.
    least: usize,
    /// Where the page before begins, and how it ends.
    before: Option<(Cursor, Stop)>,
}

/// Where each page begins and how it ends.
type Ends = Vec<(Cursor, Stop)>;

/// The cheapest pages, and how few there could be at any cost. `page` is room to work in.
fn cheapest(
    sized: &Sized<'_>,
    frame: Frame,
    max_pages: usize,
    (page_cost, avoid): (u32, &[(Span, u32)]),
    page: &mut Filling,
) -> Option<(Ends, usize)> {
    // In the order of the text. Pages only go forward, so that nothing cheaper is found later for a place passed.
    let mut ways = Vec::with_capacity(8);
    ways.push((Cursor::default(), Way { cost: 0, pages: 0, least: 0, before: None }));
    let mut at = 0;
    while let Some((start, way)) = ways.get(at).copied() {
        at += 1;
        if is_end(start, sized) {
            break;
        }
        if way.pages >= max_pages {
            continue;
        }
        flow::fill(sized, frame, start, page);
        let most = if page.cells.len() > LARGE_PAGE_CELLS { FEW_STOPS } else { MOST_STOPS };
        let last = page.stops.len().saturating_sub(most);
        // Forward, so that places are put down in the order of the text.
        for stop in page.stops[last..].iter().filter(|stop| stop.next > start) {
            let dear: u32 =
                avoid.iter().filter(|(span, _)| *span == (start, stop.next)).map(|(_, cost)| cost).sum();
            let cost = way.cost + page_cost + dear + cost(sized, frame, page, (start, stop));
            let (pages, least) = (way.pages + 1, way.least + 1);
            let found = Way { cost, pages, least, before: Some((start, *stop)) };
            let known = match ways.binary_search_by_key(&stop.next, |(place, _)| *place) {
                Ok(n) => &mut ways[n].1,
                Err(n) => {
                    ways.insert(n, (stop.next, found));
                    &mut ways[n].1
                }
            };
            let least = known.least.min(least);
            if (found.cost, found.pages) < (known.cost, known.pages) {
                *known = found;
            }
            known.least = least;
        }
    }
    let mut way = ways[..at].last().filter(|(at, _)| is_end(*at, sized))?.1;
    let least = way.least;
    let mut ends = Vec::with_capacity(way.pages);
    while let Some((start, stop)) = way.before {
        ends.push((start, stop));
        way = ways[..at].binary_search_by_key(&start, |(place, _)| *place).map(|n| ways[n].1).ok()?;
    }
    ends.reverse();
    Some((ends, least))
}

/// What it costs to end `page`, which begins at `start`, with `stop`.
fn cost(sized: &Sized<'_>, frame: Frame, page: &Filling, (start, stop): (Cursor, &Stop)) -> u32 {
    let end = is_end(stop.next, sized);
    let title_alone = stop.class == Class::Paragraph && page.stops.len() == 1 && frame.strip;
    let mut cost = if end { 0 } else { stop.cost() };
    if !title_alone {
        let rows = &page.rows[..stop.rows];
        let used: u32 = rows.iter().map(|row| row.height + frame.gap).sum();
        let limit = frame.size.height + frame.gap;
        let free = limit.saturating_sub(used) * 16 / limit.max(1);
        // A last page is as long as it is.
        cost += free * free * EMPTY_COST / if end { 512 } else { 256 };
    }
    if loose(page, stop, frame, sized) {
        cost += LOOSE_COST;
    }
    if is_scrap(page, (start, stop), frame, sized) {
        cost += SCRAP_COST;
    }
    let rows = &page.rows[..stop.rows];
    if !is_picture(rows) && (end || frame.strip) {
        let cut = letters_cut(page, stop, sized);
        // Where lines hold more than a word or two.
        let short = frame.has_short_lines(sized.px);
        let last = rows.len().saturating_sub(1);
        let stub = letters(sized, &page.cells, &rows[last..]).saturating_sub(cut);
        if !end && !short && stub <= FEW_LETTERS_STRIP && last > 0 && stop.class >= Class::Word {
            cost += STUB_COST;
        }
        let letters = letters(sized, &page.cells, rows).saturating_sub(cut);
        let torn = stop.class >= Class::Word || !short && begins_inside(sized, &page.cells, rows);
        cost += match few_letters(frame, sized.px) {
            few if end && letters < few => Class::Inside.cost(),
            few if !end && torn && letters < few => ALONE_COST,
            few if !end && torn && letters == few && !short => ALONE_COST / 2,
            _ => 0,
        };
    }
    cost
}

/// How many letters of the page's last line stand on the next one.
fn letters_cut(page: &Filling, stop: &Stop, sized: &Sized<'_>) -> usize {
    let row = page.rows[..stop.rows].last().filter(|_| stop.cut);
    row.and_then(|row| row.body(&page.cells).last()).map_or(0, |cell| {
        sized.texts[cell.text].letters_between(stop.next.at, cell.line.next.max(stop.next.at)) as usize
    })
}

/// Whether nearly nothing stands on a page that is not the last, below the title if it has that.
fn is_scrap(page: &Filling, (start, stop): (Cursor, &Stop), frame: Frame, sized: &Sized<'_>) -> bool {
    let rows = &page.rows[..stop.rows];
    if frame.strip || is_end(stop.next, sized) || is_picture(rows) {
        return false;
    }
    let below = match sized.pieces.first() {
        Some(SizedPiece::Title(title)) if start == Cursor::default() => {
            let titled =
                |row: &&Row| page.cells[row.cells.0..row.cells.1].iter().any(|cell| cell.text == *title);
            &rows[rows.iter().take_while(titled).count()..]
        }
        _ => rows,
    };
    let letters = letters(sized, &page.cells, below).saturating_sub(letters_cut(page, stop, sized));
    letters > 0 && letters < few_letters(frame, sized.px)
}

/// Whether a line of the page, though not its paragraph's last, stays nearly half empty.
fn loose(page: &Filling, stop: &Stop, frame: Frame, sized: &Sized<'_>) -> bool {
    // The last line may end early for a phrase's sake.
    let rows = &page.rows[..stop.rows.saturating_sub(1)];
    let cells = rows.iter().filter_map(|row| row.body(&page.cells).last());
    let body = cells.filter(|cell| sized.texts[cell.text].px() == sized.px);
    let mut open = body.filter(|cell| sized.texts[cell.text].has_more(cell.line.next));
    open.any(|cell| (cell.x + cell.line.width) * 20 < frame.size.width * 11 && cell.x < frame.size.width / 4)
}

/// Whether `rows` begin inside a phrase.
fn begins_inside(sized: &Sized<'_>, cells: &[Cell], rows: &[Row]) -> bool {
    let first = rows.first().and_then(|row| row.body(cells).last());
    first.is_some_and(|cell| cell.line.start > 0 && sized.texts[cell.text].phrase(cell.line.start).is_none())
}

fn is_picture(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.picture.is_some())
}

fn few_letters(frame: Frame, px: u32) -> usize {
    match frame.strip {
        true => FEW_LETTERS_STRIP,
        false if frame.has_short_lines(px) => FEW_LETTERS_SHORT,
        false => FEW_LETTERS,
    }
}

/// How many letters and Han stand in `rows`, issuer and date left out.
fn letters(sized: &Sized<'_>, cells: &[Cell], rows: &[Row]) -> usize {
    let cells = rows.iter().filter(|row| !row.sign_off).flat_map(|row| row.body(cells));
    cells.map(|cell| sized.texts[cell.text].letters(&cell.line)).sum()
}
