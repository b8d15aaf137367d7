//! Texts of cells: plain, in several emphases, with what must not be shown as if it were plain.

use super::super::{
    docx::raised,
    refused::{Read, Refused},
    xml,
    xml::Element,
};
use crate::{diagnostic::Msg, notice::bounds};

/// A text, and what stands against showing it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Rich {
    pub(super) text: String,
    pub(super) wrong: Option<Msg>,
}

/// The texts that cells share, by their index.
pub(super) fn shared(bytes: &[u8]) -> Read<Vec<Rich>> {
    let mut out = Vec::new();
    xml::walk(bytes, &["sst"], |_, element| {
        if element.name == "si" {
            if out.len() >= bounds::XML_ELEMENTS {
                return Err(Refused::too_large("texts", out.len(), bounds::XML_ELEMENTS));
            }
            out.push(Rich::read(&element));
        }
        Ok(())
    })?;
    Ok(out)
}

impl Rich {
    /// `si` or `is`: its text without what is written above it to help reading.
    pub(super) fn read(element: &Element) -> Self {
        let mut out = Self::default();
        for child in element.children() {
            match child.name.as_str() {
                "t" => out.text.push_str(&unescaped(&child.text())),
                "r" => out.run(child),
                _ => {}
            }
        }
        out
    }

    fn run(&mut self, run: &Element) {
        let text = run.child("t").map(|t| unescaped(&t.text())).unwrap_or_default();
        let look = run.child("rPr");
        let seen = !text.trim().is_empty();
        if seen && look.and_then(|look| look.toggle("strike")) == Some(true) {
            self.wrong = Some(Msg::SheetStruck);
        }
        let side =
            look.and_then(|look| look.value_of("vertAlign")).filter(|side| seen && *side != "baseline");
        match side.map(|side| raised(&text, side == "superscript")) {
            Some(Some(text)) => self.text.push_str(&text),
            Some(None) => self.wrong = Some(Msg::SheetRaised),
            None => self.text.push_str(&text),
        }
    }
}

/// `_x000D_` stands for the character with that number (ECMA-376 part 1, 22.9.2.19).
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        if let Some(c) = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            out.push(c);
            rest = &rest[at + 7..];
        } else {
            out.push_str("_x");
            rest = &rest[at + 2..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(xml: &str) -> Rich {
        Rich::read(&xml::tree(xml.as_bytes()).unwrap())
    }

    #[test]
    fn texts_come_without_readings_above_them() {
        let rich = read(
            "<si><r><t>收</t></r><r><rPr><b/></rPr><t xml:space='preserve'>费 </t></r><rPh sb='0' eb='1'><t>shou</t></rPh></si>",
        );
        assert_eq!((rich.text.as_str(), rich.wrong), ("收费 ", None));
        assert_eq!(read("<si><t>a_x000D__x000A_b_x_</t></si>").text, "a\r\nb_x_");
        assert_eq!(
            read("<si><t>10 m</t><r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r></si>").text,
            "10 m²"
        );
    }

    #[test]
    fn struck_and_raised_text_is_not_taken_for_plain() {
        assert_eq!(read("<si><r><rPr><strike/></rPr><t>120</t></r></si>").wrong, Some(Msg::SheetStruck));
        let raised = "<si><r><rPr><vertAlign val='superscript'/></rPr><t>注</t></r></si>";
        assert_eq!(read(raised).wrong, Some(Msg::SheetRaised));
    }
}
