//! `mingping fonts`: the fonts in use, their sizes, and what they cover, measured.

use std::{path::Path, process::ExitCode};

use clap::ArgMatches;

use super::{flags::value, say, setting::load_fonts};
use crate::{color::ColorScheme, diagnostic::Lang, render::Fonts};

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
    let tongyong: Vec<char> = TONGYONG.chars().filter(|c| !c.is_whitespace()).collect();
    let hanzi = gb2312();
    let bmp: Vec<char> = ('\u{4E00}'..='\u{9FA5}').collect();
    for px in fonts.sizes(ColorScheme::Red).iter().copied().take_while(|px| *px <= 48) {
        let face = fonts.at(px);
        let count = |set: &[char]| set.iter().filter(|c| face.glyph(**c).is_some()).count();
        out!(
            "  {px:>3} px   GB 2312 {}/{}   {} {}/{}   URO {}/{}",
            count(&hanzi),
            hanzi.len(),
            say(lang, "通用规范汉字表", "Tongyong"),
            count(&tongyong),
            tongyong.len(),
            count(&bmp),
            bmp.len(),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Which characters of `text` no font has at 16 px.
fn missing(fonts: &Fonts, text: &str, lang: Lang) -> ExitCode {
    let face = fonts.at(16);
    let mut missing: Vec<char> =
        text.chars().filter(|c| !c.is_whitespace() && face.glyph(*c).is_none()).collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        out!("{}", say(lang, "都有字形。", "Every character has a glyph."));
        return ExitCode::SUCCESS;
    }
    for c in missing {
        out!("{} U+{:04X}", crate::diagnostic::printable(&c.to_string()), c as u32);
    }
    ExitCode::FAILURE
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

    #[test]
    fn the_measuring_sets_are_whole() {
        assert_eq!(gb2312().len(), 6763);
        assert_eq!(TONGYONG.chars().filter(|c| !c.is_whitespace()).count(), 8105);
    }
}
