//! How cells look: which number format and which font a style means.

use super::{
    super::{refused::Read, xml, xml::Element},
    code::Code,
    format::built_in,
};

/// The styles of a workbook, by the number by which cells name them.
#[derive(Debug, Default)]
pub(super) struct Looks {
    styles: Vec<Look>,
    fonts: Vec<(bool, bool)>,
    formats: Vec<(u32, String)>,
}

/// One style.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Look {
    format: u32,
    font: usize,
    filled: bool,
}

impl Looks {
    /// Reads the part `styles.xml`.
    pub(super) fn read(bytes: &[u8]) -> Read<Self> {
        let mut out = Self::default();
        let on = |element: &Element, name| element.toggle(name).unwrap_or(false);
        xml::walk(bytes, &["styleSheet", "numFmts", "fonts", "cellXfs"], |parent, element| {
            match (parent, element.name.as_str()) {
                ("numFmts", "numFmt") => {
                    if let (Some(id), Some(code)) =
                        (element.number("numFmtId"), element.attribute("formatCode"))
                    {
                        out.formats.push((id, code.to_owned()));
                    }
                }
                ("fonts", "font") => out.fonts.push((on(&element, "b"), on(&element, "strike"))),
                ("cellXfs", "xf") => out.styles.push(Look {
                    format: element.number("numFmtId").unwrap_or(0),
                    font: element.number("fontId").unwrap_or(0),
                    // The first two are none and a pattern that nobody chose.
                    filled: element.number::<u32>("fillId").unwrap_or(0) > 1,
                }),
                _ => {}
            }
            Ok(())
        })?;
        Ok(out)
    }

    fn font(&self, style: usize) -> (bool, bool) {
        self.styles.get(style).and_then(|look| self.fonts.get(look.font)).copied().unwrap_or_default()
    }

    /// Whether cells of this style are set apart: bold, or on a ground of their own.
    pub(super) fn is_strong(&self, style: usize) -> bool {
        self.font(style).0 || self.styles.get(style).is_some_and(|look| look.filled)
    }

    /// Whether what stands in them is bold.
    pub(super) fn is_bold(&self, style: usize) -> bool {
        self.font(style).0
    }

    /// Whether what stands in them is crossed out.
    pub(super) fn is_struck(&self, style: usize) -> bool {
        self.font(style).1
    }

    /// The number format: as written, and as understood.
    pub(super) fn format(&self, style: usize) -> (String, Option<Code>) {
        let id = self.styles.get(style).map_or(0, |look| look.format);
        let own = self.formats.iter().find(|(other, _)| *other == id).map(|(_, code)| code.as_str());
        match own.or_else(|| built_in(id)) {
            Some(code) => (code.to_owned(), Code::read(code)),
            None => (format!("#{id}"), None),
        }
    }
}
