//! `mingping fonts`: the fonts in use, their sizes, and what they cover, measured.

use std::{path::Path, process::ExitCode};

use clap::ArgMatches;

use super::{flags::value, say, setting::load_fonts};
use crate::{color::ColorScheme, diagnostic::Lang, notice::clean, render::Fonts};

/// 通用规范汉字表 (2013), 8,105 characters in the order of the table; from Unicode's Unihan, property kTGH.
const TONGYONG: &str = include_str!("../../fonts/tongyong-8105.txt");

/// Runs the command.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    let (fonts, faults) = load_fonts(Path::new(value(matches, "fonts")));
    for fault in &faults {
        eprintln!("{}", fault.one_line(lang));
    }
    if let Some(text) = matches.get_one::<String>("missing") {
        return Ok(missing(&fonts, text, lang));
    }
    out!("{}", say(lang, "字体（按查找顺序）：", "Fonts, in the order in which they are asked:"));
    for font in fonts.list() {
        let size = font.px.map_or_else(|| say(lang, "轮廓", "outline").to_owned(), |px| format!("{px} px"));
        out!("  {size:<8} {}", font.file);
    }
    let sizes: Vec<String> =
        fonts.sizes(ColorScheme::Red).iter().take_while(|px| **px <= 64).map(u32::to_string).collect();
    out!("{} {} px …", say(lang, "可用字号：", "Sizes:"), sizes.join(" "));
    out!("{}", say(lang, "覆盖（有字形的字数）：", "Coverage (characters that have a glyph):"));
    let sets = [("GB 2312", gb2312()), (say(lang, "通用规范汉字表", "Tongyong"), tongyong()), ("URO", uro())];
    for px in fonts.sizes(ColorScheme::Red).iter().copied().take_while(|px| *px <= 48) {
        let counts =
            sets.each_ref().map(|(name, set)| format!("{name} {}/{}", covered(&fonts, px, set), set.len()));
        out!("  {px:>3} px   {}", counts.join("   "));
    }
    Ok(ExitCode::SUCCESS)
}

/// Names the characters of `text` that no font has.
fn missing(fonts: &Fonts, text: &str, lang: Lang) -> ExitCode {
    let missing = lacking(fonts, text);
    if missing.is_empty() {
        out!("{}", say(lang, "都有字形。", "Every character has a glyph."));
        return ExitCode::SUCCESS;
    }
    for c in missing {
        out!("{} U+{:04X}", crate::diagnostic::printable(&c.to_string()), c as u32);
    }
    ExitCode::FAILURE
}

/// The characters of `text`, cleaned as a notice's, that no font has at 16 px; each once, by code point.
fn lacking(fonts: &Fonts, text: &str) -> Vec<char> {
    let face = fonts.at(16);
    let text = clean::fragment(text);
    let mut out: Vec<char> =
        text.chars().filter(|c| !c.is_whitespace() && face.glyph(*c).is_none()).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// How many of `set` have a glyph at `px`.
fn covered(fonts: &Fonts, px: u32, set: &[char]) -> usize {
    let face = fonts.at(px);
    set.iter().filter(|c| face.glyph(**c).is_some()).count()
}

fn tongyong() -> Vec<char> {
    TONGYONG.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The Unified Repertoire and Ordering: the 20,902 hanzi that Unicode began with.
fn uro() -> Vec<char> {
    ('\u{4E00}'..='\u{9FA5}').collect()
}

/// The 6,763 hanzi of GB 2312-80: rows 16 to 87, of which row 55 ends five cells early.
fn gb2312() -> Vec<char> {
    let mut out = Vec::with_capacity(6763);
    for row in 0xB0..=0xF7u8 {
        for cell in 0xA1..=0xFEu8 {
            let bytes = [row, cell];
            let (text, _, bad) = encoding_rs::GBK.decode(&bytes);
            let c = text.chars().next().filter(|c| !bad && ('\u{4E00}'..='\u{9FFF}').contains(c));
            out.extend(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fonts() -> Fonts {
        load_fonts(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts"))).0
    }

    #[test]
    fn the_measuring_sets_are_whole() {
        for (mut set, count) in [(gb2312(), 6763), (tongyong(), 8105), (uro(), 20_902)] {
            set.sort_unstable();
            set.dedup();
            assert_eq!(set.len(), count);
        }
        assert_eq!(tongyong().iter().filter(|c| **c > '\u{FFFF}').count(), 196);
    }

    #[test]
    fn every_character_of_the_table_has_dots_at_every_usual_size() {
        let fonts = fonts();
        for px in [16, 24, 32, 48] {
            assert_eq!(covered(&fonts, px, &tongyong()), 8105, "{px}");
            assert_eq!(covered(&fonts, px, &gb2312()), 6763, "{px}");
            assert_eq!(covered(&fonts, px, &uro()), 20_902, "{px}");
            let dark = |c: &char| fonts.glyph(*c, px).is_none_or(|glyph| glyph.ink.0 >= glyph.ink.1);
            assert_eq!(tongyong().into_iter().find(dark), None, "a glyph without dots at {px}");
        }
        assert_eq!(covered(&Fonts::built_in(), 16, &tongyong()), 8105 - 196, "what is counted is measured");
    }

    #[test]
    fn what_no_font_has_is_listed_once_and_what_is_never_drawn_is_not() {
        assert_eq!(lacking(&fonts(), "通\u{200B}知 😀𬭊😀 ا☎\u{FE0F}"), ['ا', '😀']);
        assert!(lacking(&fonts(), "王　伟 2026年").is_empty());
    }
}
