//! A sheet on paper: lines of text above and below, a table between them.
//!
//! The table reaches from the first row with two filled cells to the last one. What stands alone in its row above
//! it is a title or a line of the header, below it a remark or the sign-off, as in any text.

use std::collections::{HashMap, HashSet};

use super::{
    super::{
        paper::{Form, Paper, is_key},
        refused::{Read, Refused, Warnings},
        table::{Cell, Grid, joined},
    },
    Book,
    sheet::{At, Sheet, Shown},
};
use crate::{
    diagnostic::Msg,
    notice::{Span, bounds, signoff},
};

/// A filled cell in the rows and columns that are shown, numbered from 0.
struct Placed {
    cell: Cell,
    bold: bool,
}

/// The rows of `sheet` as lines; row n of it is line n.
pub(super) fn lines(sheet: &Sheet, book: &Book, warnings: &mut Warnings) -> Read<Paper> {
    let (placed, numbers) = place(sheet, book, warnings)?;
    let rows = numbers.len();
    let mut of_row: Vec<Vec<usize>> = vec![Vec::new(); rows];
    for (n, placed) in placed.iter().enumerate() {
        for row in of_row.iter_mut().skip(placed.cell.row).take(placed.cell.high) {
            row.push(n);
        }
    }
    for row in &mut of_row {
        row.sort_by_key(|n| placed[*n].cell.column);
    }
    let texts = |row: usize| of_row[row].iter().map(|n| placed[*n].cell.text.as_str()).collect::<Vec<_>>();

    // `标题 | 收费公示`, with more such lines below: a header in two columns.
    let is_pair = |row: &usize| of_row[*row].len() == 2 && is_key(texts(*row)[0]);
    let filled = |row: &usize| !of_row[*row].is_empty();
    let mut pairs: Vec<usize> =
        (0..rows).filter(filled).skip_while(|row| of_row[*row].len() < 2).take_while(is_pair).collect();
    // One such row may as well be the first of a table in two columns.
    if let [only] = pairs[..]
        && (only + 1..rows).find(filled).is_none_or(|next| of_row[next].len() == 2)
    {
        pairs.clear();
    }
    // `明溪县教育局 | 2026年6月1日` at the end.
    let is_signed = |row: &usize| of_row[*row].len() == 2 && signoff::is_signature(&texts(*row).join("　"));
    let signed = (0..rows).rfind(filled).filter(is_signed);

    let is_tabular = |row: &usize| of_row[*row].len() > 1 && !pairs.contains(row) && Some(*row) != signed;
    let first = (0..rows).find(is_tabular).unwrap_or(rows);
    let last = (0..rows).rfind(is_tabular).map_or(first, |row| row + 1);

    let mut paper = Paper::default();
    let line = |paper: &mut Paper, row: usize| {
        let between = if pairs.contains(&row) { "：" } else { "　" };
        let text = texts(row).join(between);
        let strong = of_row[row].iter().all(|n| placed[*n].bold);
        paper.pad(numbers[row]);
        for text in text.split(['\n', '\r']).filter(|text| !text.trim().is_empty()) {
            paper.text(Form::Paragraph, vec![Span { text: text.to_owned(), strong }]);
        }
    };
    (0..first).filter(filled).for_each(|row| line(&mut paper, row));
    if first < last {
        let within = placed.iter().filter(|placed| (first..last).contains(&placed.cell.row));
        let cells = within.map(|placed| Cell {
            row: placed.cell.row - first,
            high: placed.cell.high.min(last - placed.cell.row),
            text: joined(&placed.cell.text.split(['\n', '\r']).map(str::to_owned).collect::<Vec<_>>()),
            ..placed.cell.clone()
        });
        let mut grid = Grid { cells: cells.collect(), header: 0 };
        // Empty columns at the left are air.
        let left = grid.cells.iter().map(|cell| cell.column).min().unwrap_or(0);
        grid.cells.iter_mut().for_each(|cell| cell.column -= left);
        paper.table(grid.table()?, &numbers[first..last]);
    }
    (last..rows).filter(filled).for_each(|row| line(&mut paper, row));
    Ok(paper)
}

/// The filled cells in their places, and the 1-based number of each row that is shown.
fn place(sheet: &Sheet, book: &Book, warnings: &mut Warnings) -> Read<(Vec<Placed>, Vec<usize>)> {
    let merged: HashMap<At, At> = sheet.merged.iter().copied().collect();
    let last_row = sheet.cells.keys().map(|at| at.0).max().unwrap_or(0);
    let last_column = sheet.cells.keys().map(|at| at.1).max().unwrap_or(0);
    // No further than this, or a sheet with one cell far out would take all memory.
    let rows: Vec<usize> =
        (0..=last_row).filter(|row| !sheet.hides_row(*row)).take(bounds::TABLE_ROWS + 1).collect();
    let columns: Vec<usize> = (0..=last_column)
        .filter(|column| !sheet.hides_column(*column))
        .take(bounds::TABLE_COLUMNS + 1)
        .collect();
    let covered = covered(sheet, (last_row, last_column))?;
    let mut out = Vec::new();
    let (mut hidden, mut first_hidden) = (0, None);
    let (mut chars, mut area) = (0, 0);
    for (at, raw) in sheet.cells.iter().filter(|(at, _)| !covered.contains(*at)) {
        let end = merged.get(at).copied().unwrap_or(*at);
        // A merged cell shows its text wherever the first of its rows and columns that is shown begins.
        let row = rows.partition_point(|row| *row < at.0);
        let column = columns.partition_point(|column| *column < at.1);
        let row_hidden = match rows.get(row) {
            Some(shown) => *shown > end.0,
            // No row from here on is shown, or the list was cut short.
            None => rows.len() <= bounds::TABLE_ROWS || (end.0 == at.0 && sheet.hides_row(at.0)),
        };
        let column_hidden = match columns.get(column) {
            Some(shown) => *shown > end.1,
            None => columns.len() <= bounds::TABLE_COLUMNS || (end.1 == at.1 && sheet.hides_column(at.1)),
        };
        if row_hidden || column_hidden {
            hidden += 1;
            first_hidden.get_or_insert(*at);
            continue;
        }
        if row >= bounds::TABLE_ROWS {
            return Err(Refused::too_large("table rows", at.0 + 1, bounds::TABLE_ROWS));
        }
        if column >= bounds::TABLE_COLUMNS {
            return Err(Refused::too_large("table columns", at.1 + 1, bounds::TABLE_COLUMNS));
        }
        let Shown { text, figure } = raw.shown(*at, book)?;
        // Cells share texts: a small file can hold a large sheet.
        chars += text.chars().count();
        if chars > bounds::BODY_CHARS {
            return Err(Refused::new(Msg::TooManyCharacters, [chars, bounds::BODY_CHARS]));
        }
        if text.trim().is_empty() {
            continue;
        }
        let until = |list: &[usize], end: usize| list.partition_point(|n| *n <= end);
        let cell = Cell {
            row,
            column,
            wide: until(&columns, end.1).saturating_sub(column).max(1),
            high: until(&rows, end.0).saturating_sub(row).max(1),
            text,
            figure,
            strong: book.looks.is_strong(raw.style),
        };
        // Merged cells that lie on each other are no sheet.
        area += cell.wide * cell.high;
        if area > bounds::TABLE_ROWS * bounds::TABLE_COLUMNS {
            return Err(Refused::too_large("merged cells", area, bounds::TABLE_ROWS * bounds::TABLE_COLUMNS));
        }
        out.push(Placed { cell, bold: book.looks.is_bold(raw.style) });
    }
    if let Some(at) = first_hidden {
        let args = [hidden.to_string(), super::sheet::name(at)];
        warnings.add(None, Msg::SheetHiddenCells, args);
    }
    // What lies below the last filled row counts for nothing.
    let used = out.iter().map(|placed| placed.cell.row + 1).max().unwrap_or(0);
    for placed in &mut out {
        placed.cell.high = placed.cell.high.min(used - placed.cell.row);
    }
    Ok((out, rows.into_iter().take(used).map(|row| row + 1).collect()))
}

/// The cells that lie below the first one of a merged cell: what stands in them is not shown.
fn covered(sheet: &Sheet, last: At) -> Read<HashSet<At>> {
    let most = bounds::TABLE_ROWS * bounds::TABLE_COLUMNS;
    let (mut out, mut area) = (HashSet::new(), 0);
    for (first, end) in &sheet.merged {
        for row in first.0..=end.0.min(last.0) {
            for column in first.1..=end.1.min(last.1) {
                area += 1;
                if area > most {
                    return Err(Refused::too_large("merged cells", area, most));
                }
                out.insert((row, column));
            }
        }
    }
    for (first, _) in &sheet.merged {
        out.remove(first);
    }
    Ok(out)
}
