//! A Word file as lines (ECMA-376 part 1, 17: `WordprocessingML`). What Word shows is shown, what it hides is not,
//! and what cannot be shown refuses the document: nothing of a notice goes missing without a word.
//!
//! `run` reads what stands in a paragraph, `drawing` pictures and boxes, `grid` tables; `styles`, `numbering` and
//! `symbols` know what the text itself does not say.

mod drawing;
mod grid;
mod numbering;
mod run;
mod styles;
mod symbols;

pub(super) use symbols::raised;

use std::collections::HashMap;

use super::{
    archive::{Archive, Relation},
    paper::{Form, Paper},
    refused::{Read, Refused, Warnings},
    xml,
    xml::Element,
};
use crate::{
    diagnostic::Msg,
    notice::{Picture, Span, bounds},
};

use run::{Field, Piece};

/// Items are nested at most this deep.
const MAX_DEPTH: usize = 2;

/// Reads the document in `archive`.
pub(super) fn read(archive: &mut Archive<'_>) -> Read<(Paper, Warnings)> {
    let main = archive.main_part("word/document.xml")?;
    let bytes = archive.needed(&main)?;
    let relations = archive.relations(&main)?;
    let mut part = |kind: &str| match relations.iter().find(|r| r.kind == kind).and_then(|r| r.part.clone()) {
        Some(name) => archive.part(&name),
        None => Ok(None),
    };
    let styles = part("styles")?.map(|bytes| styles::Styles::read(&bytes)).transpose()?.unwrap_or_default();
    let numbering = part("numbering")?.map(|bytes| numbering::Numbering::read(&bytes)).transpose()?;
    let mut writer = Writer {
        archive,
        relations,
        styles,
        numbering: numbering.unwrap_or_default(),
        paper: Paper::default(),
        warnings: Warnings::default(),
        fields: Vec::new(),
        unended: Vec::new(),
        pictures: HashMap::new(),
        shown: 0,
    };
    let mut found = false;
    xml::walk(&bytes, &["document", "body"], |parent, element| {
        found |= element.name == "body";
        if parent == "body" { writer.block(&element) } else { Ok(()) }
    })?;
    if !found {
        return Err(Refused::broken("Word: no text"));
    }
    writer.end()
}

/// Puts a document on paper.
struct Writer<'a, 'b> {
    archive: &'a mut Archive<'b>,
    relations: Vec<Relation>,
    styles: styles::Styles,
    numbering: numbering::Numbering,
    paper: Paper,
    warnings: Warnings,
    /// Fields that are open; they may go over paragraphs.
    fields: Vec<Field>,
    /// Text of paragraphs whose end is deleted: it begins the next one.
    unended: Vec<Span>,
    /// Pictures by the name of their part, read once.
    pictures: HashMap<String, Picture>,
    /// How many pictures are shown.
    shown: usize,
}

impl Writer<'_, '_> {
    /// The line that comes next, 1-based.
    fn line(&self) -> u32 {
        self.paper.lines.len() as u32 + 1
    }

    fn refuse<T>(&self, msg: Msg, args: impl IntoIterator<Item = impl ToString>) -> Read<T> {
        Err(Refused::new(msg, args).at(self.line()))
    }

    fn warn(&mut self, msg: Msg) {
        let line = self.line();
        self.warnings.add(Some(line), msg, [""; 0]);
    }

    /// A paragraph, a table, or something that holds such.
    fn block(&mut self, element: &Element) -> Read<()> {
        if self.paper.lines.len() > bounds::PARAGRAPHS {
            return Err(Refused::too_large("paragraphs", self.paper.lines.len(), bounds::PARAGRAPHS));
        }
        match element.name.as_str() {
            "p" => self.paragraph(element),
            "tbl" => self.table(element),
            "ins" | "moveTo" => {
                self.warn(Msg::DocumentChanges);
                self.blocks(element)
            }
            "del" | "moveFrom" => {
                self.warn(Msg::DocumentChanges);
                Ok(())
            }
            "sdt" => match self.control(element)? {
                Some(content) => self.blocks(content),
                None => Ok(()),
            },
            "customXml" | "smartTag" => self.blocks(element),
            "AlternateContent" => choice(element).map_or(Ok(()), |choice| self.blocks(choice)),
            "altChunk" | "subDoc" => self.refuse(Msg::DocumentObject, [""; 0]),
            _ => self.other(element),
        }
    }

    fn blocks(&mut self, element: &Element) -> Read<()> {
        element.children().try_for_each(|child| self.block(child))
    }

    /// What is not known is no loss, unless it holds text.
    fn other(&self, element: &Element) -> Read<()> {
        if element.find("oMath").is_some() {
            return self.refuse(Msg::DocumentFormula, [""; 0]);
        }
        match element.find("t") {
            Some(_) => self.refuse(Msg::DocumentUnknown, [&element.name]),
            None => Ok(()),
        }
    }

    /// What a content control holds; one that still asks to be filled in is refused.
    fn control<'e>(&mut self, element: &'e Element) -> Read<Option<&'e Element>> {
        let asks = element.child("sdtPr").and_then(|p| p.toggle("showingPlcHdr")).unwrap_or(false);
        let content = element.child("sdtContent");
        if asks && content.is_some_and(|content| content.find("t").is_some()) {
            return self.refuse(Msg::DocumentUnfilled, [""; 0]);
        }
        Ok(content)
    }

    fn paragraph(&mut self, element: &Element) -> Read<()> {
        let properties = element.child("pPr");
        let style = properties.and_then(|p| p.value_of("pStyle"));
        let pieces = self.pieces(element, style)?;
        let mark = properties.and_then(|p| p.child("rPr"));
        if mark.is_some_and(|mark| mark.child("del").is_some() || mark.child("moveFrom").is_some()) {
            self.warn(Msg::DocumentChanges);
            // Its end is deleted: what is left of it goes on in the next paragraph.
            if pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) {
                let texts = pieces.into_iter().filter_map(Piece::span);
                self.unended.extend(texts);
                return Ok(());
            }
        }
        let mut form = self.form(properties, style)?;
        let centred = properties
            .and_then(|p| p.value_of("jc"))
            .map_or_else(|| self.styles.centred(style), |jc| jc == "center");
        // A title of two lines is one title.
        let joins = centred || matches!(form, Form::Heading(_));
        let mut line = std::mem::take(&mut self.unended);
        let mut boxes = Vec::new();
        let mut written = false;
        for piece in pieces {
            match piece {
                Piece::Text(span) => line.push(span),
                Piece::Break if joins => join(&mut line),
                Piece::Break => {
                    self.write(&mut form, &mut line);
                    written = true;
                }
                Piece::Picture(picture) => {
                    if !line.is_empty() {
                        self.write(&mut form, &mut line);
                    }
                    self.paper.picture(picture);
                    written = true;
                }
                Piece::Rule => {
                    if !line.is_empty() {
                        self.write(&mut form, &mut line);
                    }
                    self.paper.text(Form::Paragraph, vec![plain("———")]);
                    written = true;
                }
                Piece::Box(content) => boxes.push(content),
            }
        }
        if !line.is_empty() || !written {
            self.write(&mut form, &mut line);
        }
        boxes.into_iter().try_for_each(|content| self.blocks(content))
    }

    /// Puts a line on paper. What follows in the same paragraph of a list has no mark of its own.
    fn write(&mut self, form: &mut Form, line: &mut Vec<Span>) {
        self.paper.text(form.clone(), std::mem::take(line));
        if let Form::Item(_, mark) = form {
            mark.clear();
        }
    }

    /// How a paragraph is set, its list counted on.
    fn form(&mut self, properties: Option<&Element>, style: Option<&str>) -> Read<Form> {
        let own_level = properties.and_then(|p| p.value_of("outlineLvl")?.parse::<u8>().ok());
        let own_level = own_level.filter(|level| *level < 9).map(|level| (level + 1).min(6));
        let heading = own_level.or(self.styles.heading(style));
        let mark = self.mark(properties, style)?;
        Ok(match (heading, mark) {
            // The mark of a heading belongs to its words.
            (Some(level), Some((_, mark))) => {
                let space = if mark.is_ascii() { " " } else { "" };
                self.unended.insert(0, plain(&format!("{mark}{space}")));
                Form::Heading(level)
            }
            (Some(level), None) => Form::Heading(level),
            (None, Some((level, mark))) => Form::Item(level.min(MAX_DEPTH) as u8, mark),
            (None, None) => Form::Paragraph,
        })
    }

    /// The mark of a paragraph and the level that it lies on.
    fn mark(&mut self, properties: Option<&Element>, style: Option<&str>) -> Read<Option<(usize, String)>> {
        let own = properties.and_then(|p| p.child("numPr"));
        let of_style = self.styles.list(style);
        let id = own.and_then(|own| own.value_of("numId")).or(of_style.map(|(id, _)| id));
        let Some(id) = id.filter(|id| *id != "0").map(str::to_owned) else { return Ok(None) };
        let level = own
            .and_then(|own| own.value_of("ilvl")?.parse().ok())
            .or_else(|| self.numbering.level_of_style(&id, style?))
            .or(of_style.and_then(|(_, level)| level))
            .unwrap_or(0);
        let line = self.line();
        let mark = self.numbering.mark(&id, level).map_err(|refused| refused.at(line))?;
        Ok(mark.map(|mark| (level, mark)))
    }

    /// The document's end.
    fn end(mut self) -> Read<(Paper, Warnings)> {
        if !self.unended.is_empty() {
            let line = std::mem::take(&mut self.unended);
            self.paper.text(Form::Paragraph, line);
        }
        if self.fields.is_empty() {
            Ok((self.paper, self.warnings))
        } else {
            Err(Refused::broken("Word: a field without end"))
        }
    }
}

/// What programs of today show of an element with alternatives.
fn choice(element: &Element) -> Option<&Element> {
    element.child("Choice").or_else(|| element.child("Fallback"))
}

fn plain(text: &str) -> Span {
    Span { text: text.to_owned(), strong: false }
}

/// A line's end within a title: nothing between hanzi, a space between words.
fn join(line: &mut [Span]) {
    if let Some(last) = line.last_mut()
        && last.text.ends_with(|c: char| c < '\u{2E80}' && c != ' ')
    {
        last.text.push(' ');
    }
}
