//! An Excel file as lines (ECMA-376 part 1, 18: `SpreadsheetML`): the first sheet that has content and is not
//! hidden, its values as Excel shows them.
//!
//! `sheet` reads a sheet's cells, `rich` their texts, `looks` their formats; `code`, `format`, `day` and `decimal`
//! write a number; `lay` makes lines and a table of it.

mod code;
mod day;
mod decimal;
mod format;
mod lay;
mod looks;
mod rich;
mod sheet;

use super::{
    archive::{Archive, Relation},
    paper::Paper,
    refused::{Read, Refused, Warnings},
    xml,
};
use crate::diagnostic::Msg;

use rich::Rich;
use sheet::Sheet;

/// What all sheets share.
#[derive(Debug, Default)]
struct Book {
    texts: Vec<Rich>,
    looks: looks::Looks,
    /// Days are counted from 1904.
    from_1904: bool,
}

/// Reads the workbook in `archive`.
pub(super) fn read(archive: &mut Archive<'_>) -> Read<(Paper, Warnings)> {
    let main = archive.main_part("xl/workbook.xml")?;
    let bytes = archive.needed(&main)?;
    let relations = archive.relations(&main)?;
    let mut book = Book::default();
    // Name, part, and whether it is hidden.
    let mut sheets: Vec<(String, String, bool)> = Vec::new();
    xml::walk(&bytes, &["workbook", "sheets"], |_, element| {
        match element.name.as_str() {
            "workbookPr" => book.from_1904 = element.attribute("date1904").is_some_and(xml::is_true),
            "sheet" => {
                let id = element.attribute("id").unwrap_or_default();
                let found = relations.iter().find(|r| r.id == id && r.kind == "worksheet");
                if let Some(part) = found.and_then(|relation| relation.part.clone()) {
                    let hidden = element.attribute("state").is_some_and(|state| state != "visible");
                    sheets.push((element.attribute("name").unwrap_or_default().to_owned(), part, hidden));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    if sheets.is_empty() {
        return Err(Refused::broken("Excel: no sheet"));
    }
    if let Some(bytes) = part(archive, &relations, "sharedStrings")? {
        book.texts = rich::shared(&bytes)?;
    }
    if let Some(bytes) = part(archive, &relations, "styles")? {
        book.looks = looks::Looks::read(&bytes)?;
    }
    let mut warnings = Warnings::default();
    let mut shown: Option<Paper> = None;
    let (mut others, mut hidden) = (Vec::new(), Vec::new());
    for (name, part, is_hidden) in sheets {
        if is_hidden {
            hidden.push(name);
            continue;
        }
        let sheet = Sheet::read(&archive.needed(&part)?)?;
        if sheet.is_empty() {
            continue;
        }
        if shown.is_some() {
            others.push(name);
            continue;
        }
        check_drawings(archive, &part, &sheet)?;
        shown = Some(lay::lines(&sheet, &book, &mut warnings)?);
    }
    if !others.is_empty() {
        warnings.add(None, Msg::SheetOthers, [others.join("、")]);
    }
    if !hidden.is_empty() {
        warnings.add(None, Msg::SheetHidden, [hidden.join("、")]);
    }
    Ok((shown.unwrap_or_default(), warnings))
}

fn part(archive: &mut Archive<'_>, relations: &[Relation], kind: &str) -> Read<Option<Vec<u8>>> {
    let name =
        relations.iter().find(|relation| relation.kind == kind).and_then(|relation| relation.part.clone());
    name.map_or(Ok(None), |name| archive.part(&name))
}

/// What lies on top of the cells is not shown, so that a sheet with such is refused.
fn check_drawings(archive: &mut Archive<'_>, part: &str, sheet: &Sheet) -> Read<()> {
    if sheet.has_objects {
        return Err(Refused::new(Msg::SheetDrawing, [""; 0]));
    }
    let Some(id) = &sheet.drawing else { return Ok(()) };
    let found = archive.relations(part)?.into_iter().find(|relation| relation.id == *id);
    let Some(bytes) = found.and_then(|r| r.part).map_or(Ok(None), |name| archive.part(&name))? else {
        return Ok(());
    };
    let mut anchored = false;
    xml::walk(&bytes, &["wsDr"], |_, element| {
        anchored |= element.name.ends_with("Anchor");
        Ok(())
    })?;
    if anchored { Err(Refused::new(Msg::SheetDrawing, [""; 0])) } else { Ok(()) }
}
