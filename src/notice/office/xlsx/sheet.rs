//! One sheet as it is stored: cells with something in them, what is merged, what is hidden.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        refused::{Read, Refused},
        xml,
        xml::{Element, is_true},
    },
    Book, format,
    rich::Rich,
};
use crate::{diagnostic::Msg, notice::bounds};

/// Columns and rows that a sheet can have.
const MAX_COLUMNS: usize = 16_384;
const MAX_ROWS: usize = 1_048_576;

/// Row and column, 0-based.
pub(super) type At = (usize, usize);

/// A sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) cells: BTreeMap<At, Raw>,
    /// Upper left and lower right cells.
    pub(super) merged: Vec<(At, At)>,
    hidden_rows: BTreeSet<usize>,
    hidden_columns: BTreeSet<usize>,
    /// Rows are hidden unless they are mentioned.
    shows_mentioned: bool,
    mentioned: BTreeSet<usize>,
    /// The relation of what is drawn on it.
    pub(super) drawing: Option<String>,
    /// Embedded objects or form controls lie on it.
    pub(super) has_objects: bool,
}

/// A cell as stored.
#[derive(Debug, Default)]
pub(super) struct Raw {
    kind: String,
    value: String,
    formula: bool,
    inline: Option<Rich>,
    pub(super) style: usize,
}

/// A cell's value as shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Shown {
    pub(super) text: String,
    /// A number or a date.
    pub(super) figure: bool,
}

impl Sheet {
    /// Reads a sheet's part.
    pub(super) fn read(bytes: &[u8]) -> Read<Self> {
        let mut out = Self::default();
        let mut row = 0;
        // Where hidden columns begin and end, counted so that ranges upon ranges cost no more than one.
        let mut edges = vec![0i64; MAX_COLUMNS + 2];
        xml::walk(bytes, &["worksheet", "sheetData"], |parent, element| {
            match (parent, element.name.as_str()) {
                ("sheetData", "row") => out.row(&element, &mut row)?,
                (_, "cols") => {
                    for column in element.children().filter(|column| is_hidden(column, "width")) {
                        let edge = |name| column.number(name).filter(|n| (1..=MAX_COLUMNS).contains(n));
                        if let (Some(first), Some(last)) = (edge("min"), edge("max")) {
                            edges[first - 1] += 1;
                            edges[last] -= 1;
                        }
                    }
                }
                (_, "sheetFormatPr") => {
                    out.shows_mentioned = element.attribute("zeroHeight").is_some_and(is_true);
                }
                (_, "mergeCells") => {
                    let ranges = element.children().filter_map(|range| range.attribute("ref"));
                    out.merged = ranges.filter_map(range).collect();
                }
                (_, "drawing") => out.drawing = element.attribute("id").map(str::to_owned),
                (_, "oleObjects" | "controls") => out.has_objects = true,
                _ => {}
            }
            Ok(())
        })?;
        let mut depth = 0;
        for (column, edge) in edges.iter().enumerate() {
            depth += edge;
            if depth > 0 {
                out.hidden_columns.insert(column);
            }
        }
        Ok(out)
    }

    fn row(&mut self, element: &Element, next: &mut usize) -> Read<()> {
        let row = element.number::<usize>("r").map_or(*next, |n| n.saturating_sub(1));
        if row >= MAX_ROWS {
            return Err(Refused::broken(format!("Excel: row {}", row + 1)));
        }
        *next = row + 1;
        self.mentioned.insert(row);
        if is_hidden(element, "ht") {
            self.hidden_rows.insert(row);
        }
        let mut column = 0;
        for cell in element.children().filter(|cell| cell.name == "c") {
            let named = cell.attribute("r").map(|name| at(name).filter(|(r, _)| *r == row));
            column = match named {
                Some(None) => return Err(Refused::broken(format!("Excel: row {}", row + 1))),
                Some(Some((_, column))) => column,
                None => column,
            };
            if column >= MAX_COLUMNS {
                return Err(Refused::broken(format!("Excel: row {}", row + 1)));
            }
            let raw = Raw {
                kind: cell.attribute("t").unwrap_or("n").to_owned(),
                value: cell.child("v").map(Element::text).unwrap_or_default(),
                formula: cell.child("f").is_some(),
                inline: cell.child("is").map(Rich::read),
                style: cell.number("s").unwrap_or(0),
            };
            if !raw.is_blank() {
                self.cells.insert((row, column), raw);
                let most = bounds::TABLE_ROWS * bounds::TABLE_COLUMNS;
                if self.cells.len() > most {
                    return Err(Refused::too_large("cells", self.cells.len(), most));
                }
            }
            column += 1;
        }
        Ok(())
    }

    /// Whether nothing is shown of it.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.keys().all(|(row, column)| self.hides_row(*row) || self.hides_column(*column))
    }

    pub(super) fn hides_row(&self, row: usize) -> bool {
        self.hidden_rows.contains(&row) || (self.shows_mentioned && !self.mentioned.contains(&row))
    }

    pub(super) fn hides_column(&self, column: usize) -> bool {
        self.hidden_columns.contains(&column)
    }
}

impl Raw {
    fn is_blank(&self) -> bool {
        self.value.is_empty() && !self.formula && self.inline.as_ref().is_none_or(|rich| rich.text.is_empty())
    }

    /// What Excel shows of it, standing at `at`.
    pub(super) fn shown(&self, at: At, book: &Book) -> Read<Shown> {
        let refuse = |msg, more: &[&str]| {
            let args: Vec<String> =
                std::iter::once(name(at)).chain(more.iter().map(ToString::to_string)).collect();
            Err(Refused::new(msg, args).at(at.0 as u32 + 1))
        };
        let plain = |text: String| Ok(Shown { text, figure: false });
        if self.formula && self.value.is_empty() && self.kind != "str" {
            return refuse(Msg::SheetNoResult, &[]);
        }
        if book.looks.is_struck(self.style) {
            return refuse(Msg::SheetStruck, &[]);
        }
        let rich = match self.kind.as_str() {
            "s" => {
                let index = self.value.trim().parse::<usize>().ok();
                let found = index.and_then(|index| book.texts.get(index));
                Some(found.ok_or_else(|| Refused::broken(format!("Excel: {}", name(at))))?)
            }
            "inlineStr" => self.inline.as_ref(),
            _ => None,
        };
        if let Some(wrong) = rich.and_then(|rich| rich.wrong) {
            return refuse(wrong, &[]);
        }
        let (written, code) = book.looks.format(self.style);
        let text = match (self.kind.as_str(), rich) {
            (_, Some(rich)) => rich.text.as_str(),
            ("str" | "inlineStr", None) => self.value.as_str(),
            ("b", _) => return plain(if is_true(self.value.trim()) { "TRUE" } else { "FALSE" }.to_owned()),
            ("e", _) => return refuse(Msg::SheetError, &[&self.value]),
            ("n", _) => {
                let value = self.value.trim().parse::<f64>().ok().filter(|value| value.is_finite());
                let Some(value) = value else { return Err(Refused::broken(format!("Excel: {}", name(at)))) };
                let shown = code.and_then(|code| format::number(value, &code, book.from_1904));
                return match shown {
                    Some(text) => Ok(Shown { text, figure: true }),
                    None => refuse(Msg::SheetFormat, &[&written]),
                };
            }
            (other, _) => return refuse(Msg::SheetFormat, &[other]),
        };
        plain(code.map_or_else(|| text.to_owned(), |code| format::text(text, &code)))
    }
}

/// Hidden, or without height or width.
fn is_hidden(element: &Element, size: &str) -> bool {
    let none = element.number::<f64>(size).is_some_and(|size| size <= 0.0);
    none || element.attribute("hidden").is_some_and(is_true)
}

/// `B3`, as row and column.
fn at(name: &str) -> Option<At> {
    let name = name.trim_matches('$');
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = name.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().try_fold(0, |column, letter| {
        let n = letter.is_ascii_alphabetic().then(|| usize::from(letter.to_ascii_uppercase() - b'A') + 1)?;
        Some(column * 26 + n)
    })?;
    let row = row.parse::<usize>().ok()?.checked_sub(1)?;
    (row < MAX_ROWS && column <= MAX_COLUMNS).then_some((row, column - 1))
}

/// `A1:D1`
fn range(text: &str) -> Option<(At, At)> {
    let (first, last) = text.split_once(':')?;
    let (first, last) = (at(first)?, at(last)?);
    (first.0 <= last.0 && first.1 <= last.1).then_some((first, last))
}

/// The name of the cell at `at`: `B3`.
pub(super) fn name((row, column): At) -> String {
    let (mut letters, mut rest) = (String::new(), column + 1);
    while rest > 0 {
        letters.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    format!("{letters}{}", row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_names() {
        for (text, place) in [
            ("A1", (0, 0)),
            ("B3", (2, 1)),
            ("Z9", (8, 25)),
            ("AA10", (9, 26)),
            ("XFD1048576", (1_048_575, 16_383)),
        ] {
            assert_eq!(at(text), Some(place));
            assert_eq!(name(place), text);
        }
        for text in ["", "A", "1", "A0", "XFE1", "AAAA1", "A1048577", "A99999999999999999999", "é1"] {
            assert_eq!(at(text), None, "{text}");
        }
        assert_eq!(range("A1:D1"), Some(((0, 0), (0, 3))));
        assert_eq!(range("D1:A1"), None);
    }
}
