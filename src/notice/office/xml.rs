//! The XML inside documents, as small trees: one part is walked, and each element of interest is handed
//! over whole. Names are local names: both dialects of the standard (ISO/IEC 29500, transitional and strict)
//! use the same ones in different namespaces.

use quick_xml::{Reader, XmlVersion, events::BytesStart, events::Event};

use super::refused::{Read, Refused};
use crate::notice::bounds;

/// An element with its attributes and what it holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Element {
    /// Its local name.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) nodes: Vec<Node>,
}

/// What an element holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// The attribute with this local name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The number that an attribute holds.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// The elements directly inside.
    pub(super) fn children(&self) -> impl Iterator<Item = &Self> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element directly inside with this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children().find(|child| child.name == name)
    }

    /// The `val` of a child, as Word writes most properties.
    pub(super) fn value_of(&self, name: &str) -> Option<&str> {
        self.child(name)?.attribute("val")
    }

    /// A property that is on when it stands there, unless it says otherwise.
    pub(super) fn toggle(&self, name: &str) -> Option<bool> {
        let child = self.child(name)?;
        Some(is_true(child.attribute("val").unwrap_or("1")))
    }

    /// The first element with this name at any depth, itself included.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name { Some(self) } else { self.children().find_map(|child| child.find(name)) }
    }

    /// The text directly inside.
    pub(super) fn text(&self) -> String {
        let texts = self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        texts.collect()
    }
}

/// `1`, `true`, `on`.
pub(super) fn is_true(value: &str) -> bool {
    !matches!(value, "0" | "false" | "off" | "none")
}

/// Walks `bytes`: every element directly inside one of those named in `into` goes to `found`, together with the
/// name of the one it lies in; those named in `into` themselves go there without what they hold, when they
/// begin.
///
/// # Errors
/// What is not well-formed, declares a document type, or exceeds the bounds; and what `found` refuses.
pub(super) fn walk(
    bytes: &[u8],
    into: &[&str],
    mut found: impl FnMut(&str, Element) -> Read<()>,
) -> Read<()> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::broken("XML: not UTF-8"))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    reader.config_mut().expand_empty_elements = true;
    // Those that are walked through, and above them the tree that is being built.
    let mut path: Vec<String> = Vec::new();
    let mut tree: Vec<Element> = Vec::new();
    let (mut count, mut held) = (0, 0);
    loop {
        let event = reader.read_event().map_err(|e| Refused::broken(format!("XML: {e}")))?;
        match event {
            Event::Start(start) => {
                count += 1;
                if count > bounds::XML_ELEMENTS {
                    return Err(Refused::too_large("XML elements", count, bounds::XML_ELEMENTS));
                }
                held = if tree.is_empty() { 0 } else { held + 1 };
                if held > bounds::XML_TREE_ELEMENTS {
                    return Err(Refused::too_large("XML elements", held, bounds::XML_TREE_ELEMENTS));
                }
                if path.len() + tree.len() >= bounds::XML_DEPTH {
                    return Err(Refused::too_large(
                        "XML depth",
                        path.len() + tree.len() + 1,
                        bounds::XML_DEPTH,
                    ));
                }
                let element = element(&start)?;
                if tree.is_empty() && into.contains(&element.name.as_str()) {
                    path.push(element.name.clone());
                    found(path.get(path.len().wrapping_sub(2)).map_or("", String::as_str), element)?;
                } else {
                    tree.push(element);
                }
            }
            Event::End(_) => {
                let Some(mut element) = tree.pop() else {
                    path.pop();
                    continue;
                };
                element.nodes.shrink_to_fit();
                match tree.last_mut() {
                    Some(parent) => parent.nodes.push(Node::Element(element)),
                    None => found(path.last().map_or("", String::as_str), element)?,
                }
            }
            Event::Text(text) => push(&mut tree, &text.xml_content(XmlVersion::Explicit1_0)),
            Event::CData(text) => push(&mut tree, &text.xml_content(XmlVersion::Explicit1_0)),
            Event::GeneralRef(reference) => {
                let resolved =
                    reference.resolve_char_ref().map_err(|e| Refused::broken(format!("XML: {e}")))?;
                let name = reference.into_inner();
                let known = quick_xml::escape::resolve_predefined_entity(&name);
                match (resolved, known) {
                    (Some(c), _) => push(&mut tree, c.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => push(&mut tree, text),
                    (None, None) => return Err(Refused::broken(format!("XML: &{name};"))),
                }
            }
            Event::DocType(_) => return Err(Refused::broken("XML: <!DOCTYPE>")),
            Event::Eof if path.is_empty() && tree.is_empty() => return Ok(()),
            Event::Eof => return Err(Refused::broken("XML: unexpected end")),
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
        }
    }
}

/// The whole part as one tree.
#[cfg(test)]
pub(super) fn tree(bytes: &[u8]) -> Read<Element> {
    let mut root = None;
    walk(bytes, &[], |_, element| {
        root.get_or_insert(element);
        Ok(())
    })?;
    root.ok_or_else(|| Refused::broken("XML: empty"))
}

fn push(tree: &mut [Element], text: &str) {
    let Some(element) = tree.last_mut() else { return };
    match element.nodes.last_mut() {
        Some(Node::Text(last)) => last.push_str(text),
        _ => element.nodes.push(Node::Text(text.to_owned())),
    }
}

fn element(start: &BytesStart<'_>) -> Read<Element> {
    let mut attributes = Vec::new();
    for (n, attribute) in start.attributes().enumerate() {
        // Each is compared with those before it.
        if n >= bounds::XML_ATTRIBUTES {
            return Err(Refused::too_large("XML attributes", n + 1, bounds::XML_ATTRIBUTES));
        }
        let attribute = attribute.map_err(|e| Refused::broken(format!("XML: {e}")))?;
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|e| Refused::broken(format!("XML: {e}")))?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    let name = start.local_name().as_ref().to_owned();
    Ok(Element { name, attributes, nodes: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_of_interest_come_one_by_one() {
        let xml = "\u{FEFF}<?xml version='1.0'?><w:a xmlns:w='x'><w:b w:v='1'>t&amp;<c/>&#x4E00;</w:b><w:body x='2'><p/></w:body></w:a>";
        let mut seen = Vec::new();
        walk(xml.as_bytes(), &["a", "body"], |parent, element| {
            seen.push(format!("{parent}/{} {:?} {}", element.name, element.attribute("v"), element.text()));
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, ["/a None ", "a/b Some(\"1\") t&一", "a/body None ", "body/p None "]);
    }

    #[test]
    fn what_is_not_well_formed_or_declares_entities_is_refused() {
        for xml in [
            "<a>",
            "<a></b>",
            "<a b='1' b='2'/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<a>&x;</a>",
            "<a b='&x;'/>",
            "",
            "text",
        ] {
            assert!(tree(xml.as_bytes()).is_err(), "{xml}");
        }
        let deep = "<a>".repeat(100_000);
        assert!(tree(deep.as_bytes()).is_err_and(|e| e.args[0] == "XML depth"));
        let wide = format!("<a>{}</a>", "<b/>".repeat(bounds::XML_TREE_ELEMENTS + 1));
        assert!(tree(wide.as_bytes()).is_err_and(|e| e.args[0] == "XML elements"));
        let ok = walk(wide.as_bytes(), &["a"], |_, _| Ok(()));
        assert_eq!(ok, Ok(()), "one by one");
        let wide = format!("<a>{}</a>", "<b/>".repeat(bounds::XML_ELEMENTS));
        assert!(walk(wide.as_bytes(), &["a"], |_, _| Ok(())).is_err_and(|e| e.args[0] == "XML elements"));
        let long = (0..100_000).map(|n| format!(" a{n}=''")).collect::<Vec<_>>().concat();
        assert!(tree(format!("<a{long}/>").as_bytes()).is_err_and(|e| e.args[0] == "XML attributes"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(<a>|</a>|<b|/>|>|&#x?[0-9A-F]{0,7};|&amp;|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?|'|\"|=| |[a-z一]){0,30}") {
            let _ = walk(text.as_bytes(), &["a"], |_, _| Ok(()));
        }
    }
}
