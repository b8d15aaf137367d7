//! Do the lines of a page say what its dots show? Reads the dots back, glyph by glyph, from the drawn page.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    color::ColorScheme,
    geometry::Size,
    notice::{Align, Block, Span},
    render::{draw, test::fonts},
};

/// A character's lit dots at one size and weight, from the corner of its cell.
struct Shape {
    c: char,
    dots: Vec<(i32, i32)>,
    /// What must be dark beside them.
    dark: Vec<(i32, i32)>,
}

/// Dots around a cell, in which a glyph may reach beyond it.
const MARGIN: u32 = 4;

impl Shape {
    /// Of a page with nothing else on it.
    fn of(c: char, px: u16, ink: Ink) -> Self {
        let face =
            Profile::new(Size::new(u32::from(px) + 2 * MARGIN, u32::from(px) + 2 * MARGIN), ColorScheme::Red);
        let at = MARGIN as i16;
        let run = Run { line: 0, start: 0, end: c.len_utf8() as u16, x: at.into(), y: at, px, ink };
        let page = Page { lines: vec![c.to_string()], runs: [run].into(), ..Page::default() };
        let id = NoticeId::new("", "");
        let layout = Layout { id, pages: vec![page], smooth: None, movement: None, warnings: Vec::new() };
        let dots = lit(&draw(&layout, 0, &face, fonts()));
        let bound = |of: fn(&(i32, i32)) -> i32| {
            (dots.iter().map(of).min().unwrap_or(0), dots.iter().map(of).max().unwrap_or(0))
        };
        let ((left, right), (top, bottom)) = (bound(|dot| dot.0), bound(|dot| dot.1));
        let inside = (top..=bottom).flat_map(|y| (left..=right).map(move |x| (x, y)));
        let dark = inside.filter(|dot| !dots.contains(dot));
        let from_cell = |(x, y): (i32, i32)| (x - MARGIN as i32, y - MARGIN as i32);
        Self { c, dark: dark.map(from_cell).collect(), dots: dots.iter().copied().map(from_cell).collect() }
    }
}

fn lit(raster: &Raster) -> BTreeSet<(i32, i32)> {
    let size = raster.size();
    let rows = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
    rows.filter(|(x, y)| raster.color_at(*x, *y) != [0; 3]).map(|(x, y)| (x as i32, y as i32)).collect()
}

/// The characters whose dots are found, by the top of their cells and from left to right. Nothing is left over.
fn read(page: &Page, raster: &Raster) -> Vec<String> {
    let mut dots = lit(raster);
    // Lines between rows are no characters.
    for rule in &page.rules {
        let (left, top) = (i32::from(rule.x), i32::from(rule.y));
        let (right, bottom) = (left + i32::from(rule.width), top + i32::from(rule.height));
        dots.retain(|(x, y)| !((left..right).contains(x) && (top..bottom).contains(y)));
    }
    let sizes: BTreeSet<(u16, bool)> = page.runs.iter().map(|run| (run.px, run.ink.is_heavy())).collect();
    let letters: BTreeSet<char> =
        page.lines.iter().flat_map(|line| line.chars()).filter(|c| !c.is_whitespace()).collect();
    let mut shapes: Vec<Shape> = sizes
        .iter()
        .flat_map(|(px, heavy)| {
            letters.iter().map(|c| Shape::of(*c, *px, if *heavy { Ink::Title } else { Ink::Body }))
        })
        .collect();
    // What has most dots first: a stroke by itself is also part of others.
    shapes.sort_by_key(|shape| std::cmp::Reverse(shape.dots.len()));
    let mut found: BTreeMap<i32, BTreeMap<i32, char>> = BTreeMap::new();
    for shape in &shapes {
        let first = shape.dots[0];
        for at in dots.clone() {
            let (x, y) = (at.0 - first.0, at.1 - first.1);
            let is = |dot: &(i32, i32)| dots.contains(&(x + dot.0, y + dot.1));
            if shape.dots.iter().all(is) && !shape.dark.iter().any(is) {
                shape.dots.iter().for_each(|dot| {
                    dots.remove(&(x + dot.0, y + dot.1));
                });
                found.entry(y).or_default().insert(x, shape.c);
            }
        }
    }
    assert!(dots.is_empty(), "{} dots belong to no character of {:?}", dots.len(), page.lines);
    found.values().map(|row| row.values().collect()).collect()
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Span { text: text.to_owned(), strong: false }])
}

fn table() -> Block {
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let rows = vec![
        row(["作业本", "15", "元/学期"]),
        row(["伙食费", "12.50", "元/天"]),
        row(["校服", "自愿", "公示"]),
    ];
    Block::Table { align: vec![Align::Left; 3], header: row(["项目", "小学", "单位"]), rows }
}

#[test]
fn the_lines_of_a_page_are_read_from_its_dots() {
    let official = || {
        let text =
            "凡年满六周岁、具有本县户籍的（《适龄》）儿童，请监护人于7月6日至8日持“户口簿”，到学校登记。";
        vec![paragraph(text), paragraph("Bring \u{201C}ID\u{201D} please: it\u{2019}s 9:30.")]
    };
    let item = || {
        let spans = vec![Span { text: "教材费全免".to_owned(), strong: true }];
        vec![Block::Item { depth: 0, mark: "1.".to_owned(), spans }, table()]
    };
    let mut pages = 0;
    for (title, blocks) in [("招生公告", official()), ("收费公示", item())] {
        for (width, height) in [(160, 80), (192, 96), (128, 64), (320, 32), (64, 128)] {
            let face = Profile::new(Size::new(width, height), ColorScheme::Red);
            let document = Document {
                id: &NoticeId::new("bureau", "a.md"),
                title,
                body: &Body::Blocks(blocks.clone()),
                sign_off: &SignOff {
                    issuer: Some("县教育局".into()), date: Some("2026年8月25日".into())
                },
                priority: Priority::Normal,
                dwell_ms: None,
                style: Style::Auto,
                fit: None,
            };
            let layout = lay_out_document(&document, &face, fonts(), &[]).unwrap();
            for (n, page) in layout.pages.iter().enumerate() {
                let rows = read(page, &draw(&layout, n, &face, fonts()));
                let mut lines: Vec<String> =
                    page.lines.iter().map(|line| line.split_whitespace().collect()).collect();
                // A page mark may stand at the end of the last row.
                if rows.len() + 1 == lines.len()
                    && let Some(mark) = lines.pop()
                    && let Some(last) = lines.last_mut()
                {
                    last.push_str(&mark);
                }
                assert_eq!(rows, lines, "page {} of {width}x{height}", n + 1);
                pages += 1;
            }
        }
    }
    assert!(pages > 20, "{pages}");
}
