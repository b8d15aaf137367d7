//! Which mark stands before a paragraph of a list? Word keeps the lists apart from the text and counts while it
//! shows them (ECMA-376 part 1, 17.9).

use std::collections::{HashMap, HashSet};

use super::super::{counting::counted, refused::Read, refused::Refused, xml, xml::Element};
use crate::diagnostic::Msg;

/// Lists have nine levels.
const LEVELS: usize = 9;

/// The lists of a document, and how far they are counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    abstracts: HashMap<String, HashMap<usize, Level>>,
    lists: HashMap<String, List>,
    counts: HashMap<String, [Option<u32>; LEVELS]>,
    begun: HashSet<(String, usize)>,
}

#[derive(Clone, Debug)]
struct Level {
    start: u32,
    format: String,
    /// `%1` stands for the number of the first level.
    text: String,
    /// All numbers in it are decimal.
    legal: bool,
    /// The deepest level that sets it back, 1-based; 0 for none.
    restart: Option<usize>,
    /// The paragraph style that goes with it.
    style: Option<String>,
}

#[derive(Debug, Default)]
struct List {
    of: String,
    starts: [Option<u32>; LEVELS],
    levels: HashMap<usize, Level>,
}

impl Numbering {
    /// Reads the part `numbering.xml`.
    pub(super) fn read(bytes: &[u8]) -> Read<Self> {
        let mut out = Self::default();
        let mut linked: Vec<(String, String)> = Vec::new();
        let mut links: HashMap<String, String> = HashMap::new();
        xml::walk(bytes, &["numbering"], |_, element| {
            if element.name == "abstractNum" {
                let id = element.attribute("abstractNumId").unwrap_or_default().to_owned();
                if let Some(style) = element.value_of("numStyleLink") {
                    linked.push((id.clone(), style.to_owned()));
                }
                if let Some(style) = element.value_of("styleLink") {
                    links.insert(style.to_owned(), id.clone());
                }
                out.abstracts.insert(id, element.children().filter_map(Level::read).collect());
            } else if element.name == "num" {
                let id = element.attribute("numId").unwrap_or_default().to_owned();
                out.lists.insert(id, List::read(&element));
            }
            Ok(())
        })?;
        for (id, style) in linked {
            if let Some(levels) = links.get(&style).and_then(|other| out.abstracts.get(other)) {
                let levels = levels.clone();
                out.abstracts.insert(id, levels);
            }
        }
        Ok(out)
    }

    /// The level of a list that goes with a paragraph style.
    pub(super) fn level_of_style(&self, list: &str, style: &str) -> Option<usize> {
        let levels = self.abstracts.get(&self.lists.get(list)?.of)?;
        (0..LEVELS).find(|n| levels.get(n).is_some_and(|level| level.style.as_deref() == Some(style)))
    }

    /// Counts one paragraph on `level` (0-based) of the list with this id, and gives its mark; `None` if it is
    /// in no list.
    pub(super) fn mark(&mut self, list_id: &str, level: usize) -> Read<Option<String>> {
        let level = level.min(LEVELS - 1);
        let Some(list) = self.lists.get(list_id) else { return Ok(None) };
        let levels = self.abstracts.get(&list.of);
        let look = |n: usize| list.levels.get(&n).or_else(|| levels?.get(&n));
        let Some(own) = look(level) else { return Ok(None) };
        let start = |n: usize| list.starts[n].or(look(n).map(|level| level.start)).unwrap_or(1);
        let counts = self.counts.entry(list.of.clone()).or_default();
        let fresh = list.starts[level].is_some() && self.begun.insert((list_id.to_owned(), level));
        counts[level] = Some(match counts[level] {
            Some(count) if !fresh => count.saturating_add(1),
            _ => start(level),
        });
        for (deeper, count) in counts.iter_mut().enumerate().skip(level + 1) {
            let restart = look(deeper).and_then(|level| level.restart).unwrap_or(deeper);
            if restart > level {
                *count = None;
            }
        }
        if own.format == "bullet" {
            return Ok(Some(bullet(&own.text)));
        }
        let mut mark = String::new();
        let mut rest = own.text.as_str();
        while let Some(at) = rest.find('%') {
            mark.push_str(&rest[..at]);
            let digit = rest.as_bytes().get(at + 1).filter(|b| (b'1'..=b'9').contains(b));
            if let Some(digit) = digit {
                let n = usize::from(digit - b'1');
                let number = counts[n].unwrap_or_else(|| start(n));
                let format = look(n).filter(|_| !own.legal).map_or("decimal", |level| level.format.as_str());
                let text = counted(number, format);
                mark.push_str(&text.ok_or_else(|| {
                    Refused::new(Msg::DocumentNumbering, [format.to_owned(), number.to_string()])
                })?);
                rest = &rest[at + 2..];
            } else {
                mark.push('%');
                rest = &rest[at + 1..];
            }
        }
        mark.push_str(rest);
        let mark = mark.trim().to_owned();
        Ok((!mark.is_empty()).then_some(mark))
    }
}

impl Level {
    fn read(element: &Element) -> Option<(usize, Self)> {
        if element.name != "lvl" {
            return None;
        }
        let format = element.child("numFmt").or_else(|| element.find("numFmt"));
        let level = Self {
            start: element.value_of("start").and_then(|start| start.parse().ok()).unwrap_or(1),
            format: format.and_then(|format| format.attribute("val")).unwrap_or("decimal").to_owned(),
            text: element.value_of("lvlText").unwrap_or_default().chars().take(40).collect(),
            legal: element.toggle("isLgl").unwrap_or(false),
            restart: element.value_of("lvlRestart").and_then(|level| level.parse().ok()),
            style: element.value_of("pStyle").map(str::to_owned),
        };
        Some((element.number::<usize>("ilvl").filter(|n| *n < LEVELS)?, level))
    }
}

impl List {
    fn read(element: &Element) -> Self {
        let mut out =
            Self { of: element.value_of("abstractNumId").unwrap_or_default().to_owned(), ..Self::default() };
        for changed in element.children().filter(|child| child.name == "lvlOverride") {
            let Some(n) = changed.number::<usize>("ilvl").filter(|n| *n < LEVELS) else { continue };
            out.starts[n] = changed.value_of("startOverride").and_then(|start| start.parse().ok());
            if let Some((_, level)) = changed.child("lvl").and_then(Level::read) {
                out.levels.insert(n, level);
            }
        }
        out
    }
}

/// A bullet that every font has.
fn bullet(text: &str) -> String {
    match text.chars().next() {
        Some(c) if "●■◆○□◇★☆▲△—－-".contains(c) => c.to_string(),
        _ => "·".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbering(levels: &str, lists: &str) -> Numbering {
        let xml = format!(
            "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='0'>{levels}</w:abstractNum>{lists}</w:numbering>"
        );
        Numbering::read(xml.as_bytes()).unwrap()
    }

    fn level(n: usize, format: &str, text: &str) -> String {
        format!(
            "<w:lvl w:ilvl='{n}'><w:start w:val='1'/><w:numFmt w:val='{format}'/><w:lvlText w:val='{text}'/></w:lvl>"
        )
    }

    const LIST: &str = "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>";

    /// The marks of paragraphs, given as `list.level`.
    fn marks(numbering: &mut Numbering, paragraphs: &str) -> String {
        let mark = |paragraph: &str| {
            let (list, level) = paragraph.split_once('.').unwrap();
            numbering.mark(list, level.parse().unwrap()).unwrap().unwrap_or_default()
        };
        paragraphs.split(' ').map(mark).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn official_documents_are_counted_as_in_word() {
        let levels = [
            level(0, "chineseCounting", "%1、"),
            level(1, "chineseCounting", "（%2）"),
            level(2, "decimal", "%3."),
            level(3, "decimalEnclosedCircle", "%4"),
            level(4, "decimal", "%1.%2.%5"),
        ];
        let mut numbering = numbering(&levels.concat(), LIST);
        assert_eq!(
            marks(&mut numbering, "1.0 1.1 1.1 1.2 1.2 1.3 1.0 1.1 1.2 1.4"),
            "一、 （一） （二） 1. 2. ① 二、 （一） 1. 二.一.1"
        );
    }

    #[test]
    fn lists_share_a_count_unless_they_begin_anew() {
        let lists = format!(
            "{LIST}<w:num w:numId='2'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='3'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride></w:num>"
        );
        let mut numbering = numbering(&level(0, "decimal", "(%1)"), &lists);
        assert_eq!(marks(&mut numbering, "1.0 2.0 3.0 3.0 9.0 1.8"), "(1) (2) (5) (6)  ");
    }

    #[test]
    fn bullets_are_marks_that_fonts_have() {
        for (text, mark) in [("\u{F0B7}", "·"), ("●", "●"), ("➢", "·"), ("", "·")] {
            let mut numbering = numbering(&level(0, "bullet", text), LIST);
            assert_eq!(marks(&mut numbering, "1.0"), mark);
        }
    }

    #[test]
    fn an_unknown_way_of_counting_is_refused() {
        let refused = numbering(&level(0, "hebrew1", "%1"), LIST).mark("1", 0).unwrap_err();
        assert_eq!(refused.msg, Msg::DocumentNumbering);
    }
}
