//! What do a document's styles say? Only what decides whether and how text is shown here.

use std::collections::HashMap;

use super::super::{refused::Read, xml, xml::Element};

/// Styles are based on each other at most this deep.
const MAX_CHAIN: usize = 20;

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    /// What holds for text without a style.
    defaults: RunLook,
    /// The style of paragraphs that name none.
    paragraph: Option<String>,
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline: Option<u8>,
    list: (Option<String>, Option<usize>),
    centred: Option<bool>,
    run: RunLook,
}

/// What decides about a run of text, as far as it is said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct RunLook {
    pub(super) hidden: Option<bool>,
    pub(super) strong: Option<bool>,
    pub(super) struck: Option<bool>,
    pub(super) capitals: Option<bool>,
    /// `superscript`, `subscript` or `baseline`.
    pub(super) raised: Option<String>,
    pub(super) font: Option<String>,
}

impl RunLook {
    /// Reads `rPr`.
    pub(super) fn read(properties: Option<&Element>) -> Self {
        let Some(properties) = properties else { return Self::default() };
        let either = |a, b| match (properties.toggle(a), properties.toggle(b)) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(false) || b.unwrap_or(false)),
        };
        let font = properties.child("rFonts").and_then(|fonts| fonts.attribute("ascii"));
        Self {
            hidden: properties.toggle("vanish"),
            strong: properties.toggle("b"),
            struck: either("strike", "dstrike"),
            capitals: either("caps", "smallCaps"),
            raised: properties.value_of("vertAlign").map(str::to_owned),
            font: font.map(str::to_owned),
        }
    }

    /// This, and `below` where it says nothing.
    fn over(self, below: &Self) -> Self {
        Self {
            hidden: self.hidden.or(below.hidden),
            strong: self.strong.or(below.strong),
            struck: self.struck.or(below.struck),
            capitals: self.capitals.or(below.capitals),
            raised: self.raised.or_else(|| below.raised.clone()),
            font: self.font.or_else(|| below.font.clone()),
        }
    }
}

impl Styles {
    /// Reads the part `styles.xml`.
    pub(super) fn read(bytes: &[u8]) -> Read<Self> {
        let mut out = Self::default();
        xml::walk(bytes, &["styles"], |_, element| {
            if element.name == "docDefaults" {
                out.defaults = RunLook::read(element.find("rPr"));
            } else if element.name == "style"
                && let Some(id) = element.attribute("styleId")
            {
                let is_default = element.attribute("default").is_some_and(xml::is_true);
                if is_default && element.attribute("type") == Some("paragraph") {
                    out.paragraph = Some(id.to_owned());
                }
                out.by_id.insert(id.to_owned(), Style::read(&element));
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// A style and those that it is based on.
    fn chain(&self, id: Option<&str>) -> impl Iterator<Item = &Style> {
        let first = id.and_then(|id| self.by_id.get(id));
        let next = |style: &&Style| style.based_on.as_ref().and_then(|id| self.by_id.get(id));
        std::iter::successors(first, next).take(MAX_CHAIN)
    }

    /// How a run looks: its own properties over its style's, its paragraph's, the document's. Headings are set
    /// apart already, so that what their style says about boldness does not count.
    pub(super) fn look(&self, own: RunLook, style: Option<&str>, paragraph: Option<&str>) -> RunLook {
        let mut look = self.chain(style).fold(own, |look, style| look.over(&style.run));
        let heading = self.heading(paragraph).is_some();
        for style in self.chain(self.or_default(paragraph)) {
            let strong = if heading { Some(false) } else { look.strong.or(style.run.strong) };
            look = RunLook { strong, ..look.over(&style.run) };
        }
        look.over(&self.defaults)
    }

    fn or_default<'a>(&'a self, paragraph: Option<&'a str>) -> Option<&'a str> {
        paragraph.or(self.paragraph.as_deref())
    }

    /// The level of a heading, 1 to 6; titles are of the first.
    pub(super) fn heading(&self, paragraph: Option<&str>) -> Option<u8> {
        self.chain(paragraph).find_map(|style| {
            match style.name.as_str() {
                "title" | "标题" => Some(1),
                "subtitle" | "副标题" => Some(2),
                name => {
                    let number = name.strip_prefix("heading ").or_else(|| name.strip_prefix("标题 "));
                    number.and_then(|n| n.parse().ok()).or(style.outline.map(|level| level + 1))
                }
            }
            .filter(|level| (1..=9).contains(level))
            .map(|level: u8| level.min(6))
        })
    }

    /// Whether paragraphs of this style stand in the middle.
    pub(super) fn centred(&self, paragraph: Option<&str>) -> bool {
        self.chain(self.or_default(paragraph)).find_map(|style| style.centred).unwrap_or(false)
    }

    /// The list that paragraphs of this style belong to: its id, and the level if it is said.
    pub(super) fn list(&self, paragraph: Option<&str>) -> Option<(&str, Option<usize>)> {
        let paragraph = self.or_default(paragraph);
        let id = self.chain(paragraph).find_map(|style| style.list.0.as_deref())?;
        Some((id, self.chain(paragraph).find_map(|style| style.list.1)))
    }
}

impl Style {
    fn read(element: &Element) -> Self {
        let paragraph = element.child("pPr");
        let list = paragraph.and_then(|p| p.child("numPr"));
        Self {
            name: element.value_of("name").unwrap_or_default().to_lowercase(),
            based_on: element.value_of("basedOn").map(str::to_owned),
            outline: paragraph
                .and_then(|p| p.value_of("outlineLvl")?.parse().ok())
                .filter(|level| *level < 9),
            list: (
                list.and_then(|list| list.value_of("numId")).map(str::to_owned),
                list.and_then(|list| list.value_of("ilvl")?.parse().ok()),
            ),
            centred: paragraph.and_then(|p| p.value_of("jc")).map(|jc| jc == "center"),
            run: RunLook::read(element.child("rPr")),
        }
    }
}
