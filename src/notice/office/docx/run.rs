//! What stands in a paragraph: text as Word shows it, without what is deleted, hidden or an instruction.

use super::{
    Writer, choice,
    styles::RunLook,
    symbols::{is_symbol_font, raised, symbol},
};
use crate::{
    diagnostic::Msg,
    notice::{
        Picture, Span, bounds,
        office::{
            refused::{Read, Refused},
            xml::Element,
        },
    },
};

/// One thing in a paragraph.
pub(super) enum Piece<'e> {
    Text(Span),
    /// A line or page ends.
    Break,
    Picture(Picture),
    /// A horizontal rule.
    Rule,
    /// The paragraphs of a text box, to stand below the paragraph that it hangs on.
    Box(&'e Element),
}

impl Piece<'_> {
    pub(super) fn span(self) -> Option<Span> {
        match self {
            Self::Text(span) => Some(span),
            _ => None,
        }
    }
}

/// A field that is open: what it says until its result begins is an instruction.
#[derive(Debug, Default)]
pub(super) struct Field {
    instruction: String,
    has_result: bool,
}

/// Fields that show nothing, as they should: entries of indexes, bookmarks, questions.
const SILENT: &[&str] = &["XE", "TC", "TA", "RD", "SET", "ASK", "PRINT", "PRIVATE", "NEXT", ""];
/// Fields that show something although they have no result.
const DRAWN: &[&str] = &["EQ", "FORMCHECKBOX", "FORMDROPDOWN", "MACROBUTTON", "GOTOBUTTON", "SYMBOL"];

impl Writer<'_, '_> {
    /// The pieces of a paragraph in the style of that id.
    pub(super) fn pieces<'e>(&mut self, paragraph: &'e Element, style: Option<&str>) -> Read<Vec<Piece<'e>>> {
        let mut out = Vec::new();
        self.inline(paragraph, style, &mut out)?;
        Ok(out)
    }

    /// What lies in `holder`: runs, and what holds runs.
    fn inline<'e>(&mut self, holder: &'e Element, style: Option<&str>, out: &mut Vec<Piece<'e>>) -> Read<()> {
        for child in holder.children() {
            match child.name.as_str() {
                "r" => self.run(child, style, out)?,
                "hyperlink" | "smartTag" | "customXml" | "dir" => self.inline(child, style, out)?,
                "ins" | "moveTo" => {
                    self.warn(Msg::DocumentChanges);
                    self.inline(child, style, out)?;
                }
                "del" | "moveFrom" => self.warn(Msg::DocumentChanges),
                "fldSimple" => {
                    let field = Field {
                        instruction: child.attribute("instr").unwrap_or_default().to_owned(),
                        has_result: child.find("t").is_some(),
                    };
                    self.check(&field)?;
                    self.inline(child, style, out)?;
                }
                "sdt" => {
                    if let Some(content) = self.control(child)? {
                        self.inline(content, style, out)?;
                    }
                }
                "AlternateContent" => {
                    if let Some(choice) = choice(child) {
                        self.inline(choice, style, out)?;
                    }
                }
                "oMath" | "oMathPara" => return self.refuse(Msg::DocumentFormula, [""; 0]),
                "pPr" => {}
                _ => self.other(child)?,
            }
        }
        Ok(())
    }

    fn run<'e>(&mut self, run: &'e Element, paragraph: Option<&str>, out: &mut Vec<Piece<'e>>) -> Read<()> {
        let properties = run.child("rPr");
        let style = properties.and_then(|p| p.value_of("rStyle"));
        let look = self.styles.look(RunLook::read(properties), style, paragraph);
        if look.hidden == Some(true) {
            // Fields are followed all the same, or their ends would be missed.
            for mark in run.children().filter(|child| child.name == "fldChar") {
                self.field(mark)?;
            }
            if run.find("t").is_some() || run.find("drawing").is_some() {
                self.warn(Msg::DocumentHidden);
            }
            return Ok(());
        }
        self.content(run, &look, out)
    }

    fn content<'e>(&mut self, run: &'e Element, look: &RunLook, out: &mut Vec<Piece<'e>>) -> Read<()> {
        for child in run.children() {
            // Until the result of a field begins, all is instruction.
            let instructing = self.fields.iter().any(|field| !field.has_result);
            match child.name.as_str() {
                "fldChar" => self.field(child)?,
                "instrText" => {
                    if let Some(field) = self.fields.last_mut() {
                        field.instruction.push_str(&child.text());
                    }
                }
                _ if instructing => {}
                "t" => self.text(&child.text(), look, out)?,
                "tab" | "ptab" => self.text(" ", look, out)?,
                "br" | "cr" => out.push(Piece::Break),
                "noBreakHyphen" => self.text("-", look, out)?,
                "sym" => {
                    let font = child.attribute("font").unwrap_or_default();
                    let code = child.attribute("char").and_then(|code| u32::from_str_radix(code, 16).ok());
                    let text = self.symbol(font, code.unwrap_or(0))?;
                    self.text(&text, &RunLook { font: None, ..look.clone() }, out)?;
                }
                "drawing" => self.drawing(child, out)?,
                "pict" => self.vector(child, out)?,
                "object" => return self.refuse(Msg::DocumentObject, [""; 0]),
                "contentPart" => return self.refuse(Msg::DocumentDrawing, [""; 0]),
                "footnoteReference" | "endnoteReference" => {
                    return self.refuse(Msg::DocumentFootnote, [""; 0]);
                }
                "ruby" => self.ruby(child, look, out)?,
                "AlternateContent" => {
                    if let Some(choice) = choice(child) {
                        self.content(choice, look, out)?;
                    }
                }
                "dayShort" | "monthShort" | "yearShort" | "dayLong" | "monthLong" | "yearLong" | "pgNum" => {
                    return self.refuse(Msg::DocumentField, [&child.name]);
                }
                "rPr" | "delText" | "delInstrText" => {}
                _ => self.other(child)?,
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str, look: &RunLook, out: &mut Vec<Piece<'_>>) -> Read<()> {
        if text.is_empty() {
            return Ok(());
        }
        let seen = !text.trim().is_empty();
        if look.struck == Some(true) && seen {
            return self.refuse(Msg::DocumentStruck, [text]);
        }
        let mut text = text.to_owned();
        if let Some(font) = look.font.as_deref().filter(|font| is_symbol_font(font)) {
            let signs: Read<Vec<String>> = text
                .chars()
                .map(|c| {
                    if c <= '\u{FF}' && c != ' ' || ('\u{F000}'..='\u{F0FF}').contains(&c) {
                        self.symbol(font, c as u32)
                    } else {
                        Ok(c.to_string())
                    }
                })
                .collect();
            text = signs?.concat();
        }
        if look.capitals == Some(true) {
            text = text.to_uppercase();
        }
        if let Some(side) = look.raised.as_deref().filter(|side| seen && *side != "baseline") {
            match raised(&text, side == "superscript") {
                Some(raised) => text = raised,
                None => return self.refuse(Msg::DocumentRaised, [text]),
            }
        }
        let strong = look.strong == Some(true);
        match out.last_mut() {
            Some(Piece::Text(span)) if span.strong == strong => span.text.push_str(&text),
            _ => out.push(Piece::Text(Span { text, strong })),
        }
        Ok(())
    }

    fn symbol(&self, font: &str, code: u32) -> Read<String> {
        let own =
            || char::from_u32(code).filter(|_| !is_symbol_font(font) && !(0xE000..=0xF8FF).contains(&code));
        match symbol(font, code).or_else(own) {
            Some(c) => Ok(c.to_string()),
            None => self.refuse(Msg::DocumentSymbol, [font.to_owned(), format!("{code:04X}")]),
        }
    }

    /// Pinyin above a word stands behind it.
    fn ruby<'e>(&mut self, ruby: &'e Element, look: &RunLook, out: &mut Vec<Piece<'e>>) -> Read<()> {
        let mut runs = |name: &str, out: &mut Vec<Piece<'e>>| -> Read<()> {
            let runs = ruby.child(name).into_iter().flat_map(Element::children);
            runs.filter(|run| run.name == "r").try_for_each(|run| self.content(run, look, out))
        };
        runs("rubyBase", out)?;
        let mut above = Vec::new();
        runs("rt", &mut above)?;
        let above: String = above.into_iter().filter_map(Piece::span).map(|span| span.text).collect();
        if above.trim().is_empty() {
            Ok(())
        } else {
            self.text(&format!("（{}）", above.trim()), look, out)
        }
    }

    fn field(&mut self, mark: &Element) -> Read<()> {
        match mark.attribute("fldCharType") {
            Some("begin") => {
                self.fields.push(Field::default());
                if self.fields.len() > bounds::FIELD_DEPTH {
                    return Err(Refused::too_large("nested fields", self.fields.len(), bounds::FIELD_DEPTH));
                }
            }
            Some("separate") => {
                if let Some(field) = self.fields.last_mut() {
                    field.has_result = true;
                }
            }
            _ => {
                if let Some(field) = self.fields.pop() {
                    self.check(&field)?;
                }
            }
        }
        Ok(())
    }

    /// A field that shows something without having a result is refused: Word draws it, we cannot.
    fn check(&self, field: &Field) -> Read<()> {
        let word = field.instruction.split_whitespace().next().unwrap_or_default().to_uppercase();
        let draws = DRAWN.contains(&word.as_str());
        if draws || (!field.has_result && !SILENT.contains(&word.as_str())) {
            return self.refuse(Msg::DocumentField, [word]);
        }
        Ok(())
    }
}
