//! A table with merged cells as rows of equal length, and the question which of its rows is the header.

use super::refused::{Read, Refused};
use crate::{
    diagnostic::Msg,
    notice::{Align, Block, bounds, clean},
};

/// A cell where it begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) row: usize,
    pub(super) column: usize,
    /// How many columns and rows it takes; at least 1 each.
    pub(super) wide: usize,
    pub(super) high: usize,
    pub(super) text: String,
    /// A number or a date by its type.
    pub(super) figure: bool,
    /// Bold or on a ground of its own.
    pub(super) strong: bool,
}

/// Cells on their places.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) cells: Vec<Cell>,
    /// Rows that are marked as header by their author.
    pub(super) header: usize,
}

/// A table as it is shown.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Every row as it stands on paper, those of the header too.
    pub(super) lines: Vec<Vec<String>>,
    /// Which row of the grid each of them was.
    pub(super) rows: Vec<usize>,
    /// How many of them are the header.
    pub(super) header_rows: usize,
    /// The names of the columns, those of several rows in one.
    pub(super) header: Vec<String>,
    align: Vec<Align>,
}

/// Names of columns are not longer, in characters.
const NAME_CHARS: usize = 16;

impl Table {
    /// As a block.
    pub(super) fn block(&self) -> Block {
        Block::Table {
            align: self.align.clone(),
            header: self.header.clone(),
            rows: self.lines[self.header_rows.min(self.lines.len())..].to_vec(),
        }
    }
}

impl Grid {
    /// How many columns and rows its cells take.
    pub(super) fn size(&self) -> (usize, usize) {
        let columns = self.cells.iter().map(|cell| cell.column + cell.wide).max().unwrap_or(0);
        let rows = self.cells.iter().map(|cell| cell.row + cell.high).max().unwrap_or(0);
        (columns, rows)
    }

    /// The table.
    pub(super) fn table(&self) -> Read<Table> {
        let (columns, rows) = self.size();
        if columns > bounds::TABLE_COLUMNS {
            return Err(Refused::too_large("table columns", columns, bounds::TABLE_COLUMNS));
        }
        if rows > bounds::TABLE_ROWS {
            return Err(Refused::too_large("table rows", rows, bounds::TABLE_ROWS));
        }
        // What is merged is shown more than once.
        let chars =
            self.cells.iter().map(|cell| cell.text.chars().count().saturating_mul(cell.wide * cell.high));
        let chars = chars.fold(0, usize::saturating_add);
        if chars > bounds::BODY_CHARS {
            return Err(Refused::new(Msg::TooManyCharacters, [chars, bounds::BODY_CHARS]));
        }
        let mut owner = vec![vec![None; columns]; rows];
        for (n, cell) in self.cells.iter().enumerate() {
            for row in owner.iter_mut().skip(cell.row).take(cell.high) {
                row.iter_mut().skip(cell.column).take(cell.wide).for_each(|slot| *slot = Some(n));
            }
        }
        let cell = |row: usize, column: usize| owner[row][column].map(|n: usize| &self.cells[n]);
        let mut lines: Vec<Vec<String>> = (0..rows)
            .map(|row| {
                (0..columns)
                    .map(|at| cell(row, at).map_or("", |c| shown(c, at, columns)).to_owned())
                    .collect()
            })
            .collect();
        let header_rows = self.header_rows(&lines);
        let header = (0..columns)
            .map(|column| {
                let (mut names, mut last) = (String::new(), "");
                for line in &lines[..header_rows] {
                    let name = line[column].as_str();
                    if name.is_empty() || name == last {
                        continue;
                    }
                    // A bracket parts well enough.
                    if !names.is_empty() && !names.ends_with('）') && !name.starts_with('（') {
                        names.push(' ');
                    }
                    names.push_str(name);
                    last = name;
                }
                names
            })
            .collect();
        let align = (0..columns)
            .map(|column| {
                let mut below =
                    (header_rows..rows).filter_map(|row| cell(row, column)).filter(|c| !c.text.is_empty());
                let figures = below.clone().next().is_some() && below.all(|c| c.figure);
                if figures { Align::Right } else { Align::Left }
            })
            .collect();
        // A row without anything on it is air on paper, and nothing here.
        let filled = |n: &usize| *n < header_rows || lines[*n].iter().any(|text| !text.is_empty());
        let rows: Vec<usize> = (0..rows).filter(filled).collect();
        let lines = rows.iter().map(|n| std::mem::take(&mut lines[*n])).collect();
        Ok(Table { lines, rows, header_rows, header, align })
    }

    /// How many rows at the top name the columns. Where it is not certain: none. Without a header a table reads
    /// a little worse; with a wrong one it says what is not true.
    fn header_rows(&self, lines: &[Vec<String>]) -> usize {
        let columns = lines.first().map_or(0, Vec::len);
        if self.header > 0 && self.header < lines.len() {
            return self.header;
        }
        let of_row =
            |row: usize| self.cells.iter().filter(move |cell| cell.row == row && !cell.text.is_empty());
        let depth = of_row(0).map(|cell| cell.high).max().unwrap_or(1);
        let split = of_row(0).any(|cell| cell.wide > 1 && cell.wide < columns);
        let depth = if split { depth.max(2) } else { depth };
        if columns < 2 || depth > 3 || lines.len() <= depth {
            return 0;
        }
        let (top, below) = lines.split_at(depth);
        let named = |column: usize| top.iter().any(|line| !line[column].is_empty());
        let is_name = |text: &String| {
            text.chars().count() <= NAME_CHARS && !is_amount(text) && !text.ends_with(['：', ':', '。'])
        };
        let names = (1..columns).all(named) && top.iter().flatten().all(is_name);
        if !names || (0..depth).flat_map(of_row).any(|cell| cell.figure) {
            return 0;
        }
        let set_apart = of_row(0).all(|cell| cell.strong) && !of_row(depth).all(|cell| cell.strong);
        let amounts = |column: usize| {
            let mut values = below.iter().map(|line| &line[column]).filter(|text| !text.is_empty());
            values.clone().next().is_some() && values.all(|text| is_amount(text))
        };
        let digits = |text: &String| text.chars().any(|c| c.is_ascii_digit());
        // Two columns may as well be names and values in every row.
        let certain =
            set_apart || (1..columns).any(amounts) || (columns > 2 && !top.iter().flatten().any(digits));
        if certain { depth } else { 0 }
    }
}

/// What a merged cell shows in column `at`: values count for every column that they stand under, names of rows
/// once.
fn shown(cell: &Cell, at: usize, columns: usize) -> &str {
    if at == cell.column || (cell.column > 0 && cell.wide < columns) { &cell.text } else { "" }
}

/// `15`, `¥1,200.00`, `3.5元`, `12%`; no date, and no telephone number.
fn is_amount(text: &str) -> bool {
    let folded = crate::text::fold_width(text);
    let bare = folded.trim_matches(['¥', '元', '%', '-', ' ', '+']);
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    (1..=12).contains(&digits)
        && bare.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
        && !(bare.len() > 1 && bare.starts_with('0') && !bare.starts_with("0."))
}

/// Pieces of text in one cell, joined: nothing between hanzi would run two lines into one word.
pub(super) fn joined(parts: &[String]) -> String {
    let filled = parts.iter().map(|part| clean::line(part)).filter(|part| !part.is_empty());
    filled.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid of rows parted by `/`, cells by `|`; `<` joins the cell to the left, `^` to the one above;
    /// `*` in front: bold.
    fn grid(text: &str) -> Grid {
        let mut grid = Grid::default();
        for (row, line) in text.split('/').enumerate() {
            for (column, text) in line.split('|').enumerate() {
                let covers = |cell: &Cell, row: usize, column: usize| {
                    (cell.row..cell.row + cell.high).contains(&row)
                        && (cell.column..cell.column + cell.wide).contains(&column)
                };
                match text {
                    "<" => {
                        let cell = grid.cells.iter_mut().find(|c| covers(c, row, column - 1)).unwrap();
                        cell.wide = column + 1 - cell.column;
                    }
                    "^" => {
                        let cell = grid.cells.iter_mut().find(|c| covers(c, row - 1, column)).unwrap();
                        cell.high = row + 1 - cell.row;
                    }
                    text => {
                        let strong = text.starts_with('*');
                        let text = text.trim_start_matches('*').to_owned();
                        grid.cells.push(Cell { row, column, wide: 1, high: 1, text, figure: false, strong });
                    }
                }
            }
        }
        grid
    }

    /// `header / rows`
    fn seen(text: &str) -> String {
        let Block::Table { header, rows, .. } = grid(text).table().unwrap().block() else { panic!() };
        let rows: Vec<String> = rows.iter().map(|row| row.join("|")).collect();
        format!("{} / {}", header.join("|"), rows.join("/"))
    }

    #[test]
    fn a_header_is_taken_where_it_is_certain() {
        for (text, expected) in [
            ("项目|小学|初中/作业本|15|20", "项目|小学|初中 / 作业本|15|20"),
            ("项目|元/作业本|15/校服|￥1,280.50元", "项目|元 / 作业本|15/校服|￥1,280.50元"),
            ("报名地点|教育局/报名时间|5月6日", "| / 报名地点|教育局/报名时间|5月6日"),
            ("报名地点|教育局/电话|0598-2812345", "| / 报名地点|教育局/电话|0598-2812345"),
            ("*时间|*地点/上午|礼堂", "时间|地点 / 上午|礼堂"),
            ("*时间|*地点/*上午|*礼堂", "| / 时间|地点/上午|礼堂"),
            ("项目|1—3年级|4—6年级/作业本|15|20", "项目|1—3年级|4—6年级 / 作业本|15|20"),
            ("1班|2班|3班/甲|乙|丙", "|| / 1班|2班|3班/甲|乙|丙"),
            ("姓名：|甲|乙/电话：|1|2", "|| / 姓名：|甲|乙/电话：|1|2"),
            ("|小学|初中/作业本|15|20", "|小学|初中 / 作业本|15|20"),
            ("项目|小学|初中", "|| / 项目|小学|初中"),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
        let marked = Grid { header: 1, ..grid("1班|2班/甲|乙") };
        assert_eq!(marked.table().unwrap().header_rows, 1);
    }

    #[test]
    fn merged_cells_say_what_they_say_for_every_row_and_column() {
        for (text, expected) in [
            // A header of two rows.
            (
                "项目|收费（元）|</^|小学|初中/作业本|15|20",
                "项目|收费（元）小学|收费（元）初中 / 作业本|15|20",
            ),
            // One price for two kinds of school, one reason for two rows.
            (
                "项目|小学|初中|依据/作业本|15|<|闽价/校服|80|90|^",
                "项目|小学|初中|依据 / 作业本|15|15|闽价/校服|80|90|闽价",
            ),
            // A heading within the table, and a total.
            ("类|项目|元/一、小学|<|</书|本|15/合计|<|15", "类|项目|元 / 一、小学||/书|本|15/合计||15"),
            // Nothing on a row.
            ("项目|小学|初中/||/本|1|2", "项目|小学|初中 / 本|1|2"),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
    }

    #[test]
    fn columns_of_figures_stand_at_the_right() {
        let mut grid = grid("项目|小学|元/本|甲|15");
        grid.cells[5].figure = true;
        let Block::Table { align, .. } = grid.table().unwrap().block() else { panic!() };
        assert_eq!(align, [Align::Left, Align::Left, Align::Right]);
    }

    #[test]
    fn tables_without_end_are_refused_with_their_numbers() {
        let wide = Grid { cells: vec![Cell { column: 70, wide: 5, high: 1, ..Cell::default() }], header: 0 };
        assert_eq!(wide.table().unwrap_err().args, ["table columns", "75", "64"]);
        let high = Grid {
            cells: vec![Cell { row: 5, wide: 1, high: usize::MAX / 2, ..Cell::default() }],
            header: 0,
        };
        assert_eq!(high.table().unwrap_err().args[0], "table rows");
        let text = "长".repeat(1000);
        let merged = Grid { cells: vec![Cell { wide: 60, high: 1900, text, ..Cell::default() }], header: 0 };
        assert_eq!(merged.table().unwrap_err().msg, Msg::TooManyCharacters);
    }
}
