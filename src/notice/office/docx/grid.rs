//! Tables of a Word file: merged cells, headers, tables within tables.

use super::{Form, Writer, run::Piece};
use crate::{
    diagnostic::Msg,
    notice::{
        bounds,
        office::{
            refused::{Read, Refused},
            table::{Cell, Grid, joined},
            xml::Element,
        },
    },
};

impl Writer<'_, '_> {
    /// Puts a table on paper; one of a single column is a frame round paragraphs.
    pub(super) fn table(&mut self, table: &Element) -> Read<()> {
        let mut rows = Vec::new();
        self.rows(table, &mut rows)?;
        let mut counts = rows.iter().map(|row| cells(row).len());
        if counts.all(|count| count <= 1) {
            for cell in rows.iter().flat_map(|row| cells(row)) {
                self.blocks_of_cell(cell)?;
            }
            return Ok(());
        }
        if rows.len() > bounds::TABLE_ROWS {
            return Err(Refused::too_large("table rows", rows.len(), bounds::TABLE_ROWS).at(self.line()));
        }
        let mut grid = Grid::default();
        // For each column the cell that a merged cell below goes on.
        let mut above: Vec<Option<usize>> = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let properties = row.child("trPr");
            let skip = |name| properties.and_then(|p| p.value_of(name)?.parse::<usize>().ok()).unwrap_or(0);
            if grid.header == n && properties.and_then(|p| p.toggle("tblHeader")) == Some(true) {
                grid.header += 1;
            }
            let mut column = skip("gridBefore");
            for cell in cells(row) {
                let own = cell.child("tcPr");
                let wide =
                    own.and_then(|p| p.value_of("gridSpan")?.parse::<usize>().ok()).unwrap_or(1).max(1);
                if column.saturating_add(wide) > bounds::TABLE_COLUMNS {
                    let has = column.saturating_add(wide);
                    return Err(
                        Refused::too_large("table columns", has, bounds::TABLE_COLUMNS).at(self.line())
                    );
                }
                above.resize(above.len().max(column + wide), None);
                let merge = own.and_then(|p| p.child("vMerge"));
                let goes_on = merge.is_some_and(|merge| merge.attribute("val") != Some("restart"));
                if own.and_then(|p| p.child("hMerge")).is_some_and(|m| m.attribute("val") != Some("restart"))
                    && let Some(left) = grid.cells.last_mut()
                {
                    left.wide += wide;
                } else if goes_on && let Some(upper) = above[column] {
                    grid.cells[upper].high = n + 1 - grid.cells[upper].row;
                } else {
                    let (text, strong) = self.cell(cell)?;
                    let shaded = own
                        .and_then(|p| p.child("shd")?.attribute("fill"))
                        .is_some_and(|fill| !["auto", "FFFFFF"].contains(&fill));
                    let strong = strong || shaded;
                    grid.cells.push(Cell { row: n, column, wide, high: 1, text, figure: false, strong });
                    above[column..column + wide].fill(merge.map(|_| grid.cells.len() - 1));
                }
                column += wide;
            }
        }
        let line = self.line();
        let table = grid.table().map_err(|refused| refused.at(line))?;
        self.paper.table(table, &[]);
        Ok(())
    }

    /// The rows of a table that are shown.
    fn rows<'e>(&mut self, holder: &'e Element, out: &mut Vec<&'e Element>) -> Read<()> {
        for child in holder.children() {
            match child.name.as_str() {
                "tr" => {
                    let has = |name| child.child("trPr").is_some_and(|p| p.child(name).is_some());
                    if has("del") || has("ins") {
                        self.warn(Msg::DocumentChanges);
                    }
                    if has("hidden") {
                        self.warn(Msg::DocumentHidden);
                    } else if !has("del") {
                        out.push(child);
                    }
                }
                "sdt" => {
                    if let Some(content) = self.control(child)? {
                        self.rows(content, out)?;
                    }
                }
                "customXml" | "ins" | "moveTo" => self.rows(child, out)?,
                _ => self.other(child)?,
            }
        }
        Ok(())
    }

    fn blocks_of_cell(&mut self, cell: &Element) -> Read<()> {
        cell.children().filter(|child| child.name != "tcPr").try_for_each(|child| self.block(child))
    }

    /// The text of a cell on one line, and whether all of it is bold.
    fn cell(&mut self, cell: &Element) -> Read<(String, bool)> {
        if let Some(changed) = cell.child("tcPr")
            && ["cellDel", "cellIns", "cellMerge"].iter().any(|name| changed.child(name).is_some())
        {
            return self.refuse(Msg::DocumentCellChanged, [""; 0]);
        }
        let (mut parts, mut weak) = (Vec::new(), false);
        self.flat(cell, &mut parts, &mut weak)?;
        Ok((joined(&parts), !weak))
    }

    /// The lines of paragraphs within a cell, those of tables in it too. `weak` is set by text that is not bold.
    fn flat(&mut self, holder: &Element, out: &mut Vec<String>, weak: &mut bool) -> Read<()> {
        for child in holder.children() {
            match child.name.as_str() {
                "p" => {
                    let properties = child.child("pPr");
                    let style = properties.and_then(|p| p.value_of("pStyle"));
                    let mut line = match self.form(properties, style)? {
                        Form::Item(_, mark) => format!("{mark} "),
                        _ => std::mem::take(&mut self.unended).into_iter().map(|span| span.text).collect(),
                    };
                    for piece in self.pieces(child, style)? {
                        match piece {
                            Piece::Text(span) => {
                                *weak |= !span.strong && !span.text.trim().is_empty();
                                line.push_str(&span.text);
                            }
                            Piece::Break => out.push(std::mem::take(&mut line)),
                            Piece::Picture(_) => return self.refuse(Msg::DocumentPictureInTable, [""; 0]),
                            Piece::Rule => {}
                            Piece::Box(content) => self.flat(content, out, weak)?,
                        }
                    }
                    out.push(line);
                }
                "tbl" => {
                    let mut rows = Vec::new();
                    self.rows(child, &mut rows)?;
                    for cell in rows.iter().flat_map(|row| cells(row)) {
                        self.flat(cell, out, weak)?;
                    }
                }
                "sdt" => {
                    if let Some(content) = self.control(child)? {
                        self.flat(content, out, weak)?;
                    }
                }
                "customXml" | "ins" | "moveTo" => self.flat(child, out, weak)?,
                "del" | "moveFrom" => self.warn(Msg::DocumentChanges),
                "tcPr" => {}
                _ => self.other(child)?,
            }
        }
        Ok(())
    }
}

/// The cells of a row, those in content controls too.
fn cells(row: &Element) -> Vec<&Element> {
    let mut out = Vec::new();
    for child in row.children() {
        match child.name.as_str() {
            "tc" => out.push(child),
            "sdt" => out.extend(child.child("sdtContent").map(cells).unwrap_or_default()),
            "customXml" => out.extend(cells(child)),
            _ => {}
        }
    }
    out
}
