//! What a reader sees of a laid-out notice.

use proptest::prelude::*;

use super::{
    given::{CLASSES, Given, lines, paragraph, profile},
    *,
};
use crate::{
    color::ColorScheme,
    diagnostic::{Lang, Msg},
    notice::{Align, Block, Span},
    render::{
        draw,
        test::fonts,
        words::{self, Place},
    },
};

#[test]
fn dots_are_those_of_the_font() {
    let face = profile(24, 16, ColorScheme::Red);
    let layout = Given::new("", vec![paragraph("中9")]).on(&face).unwrap();
    assert_eq!(
        draw(&layout, 0, &face, fonts()).art(),
        ".......#................\n.......#..........###...\n.......#.....#...#...#..\n.##############.#.....#.\n\
         .#.....#.....#..#.....#.\n.#.....#.....#..#.....#.\n.#.....#.....#..#.....#.\n.#.....#.....#...#...##.\n\
         .#############....###.#.\n.#.....#.....#........#.\n.......#..............#.\n.......#........#.....#.\n\
         .......#.........#...#..\n.......#..........###...\n.......#................\n.......#................\n"
    );
}

#[test]
fn titles_have_heavier_strokes_whose_counters_stay_open() {
    let title = |width, height| {
        let face = profile(width, height, ColorScheme::Red);
        draw(&Given::new("国", vec![]).on(&face).unwrap(), 0, &face, fonts()).art()
    };
    let body = |width, height| {
        let face = profile(width, height, ColorScheme::Red);
        draw(&Given::new("", vec![paragraph("国")]).on(&face).unwrap(), 0, &face, fonts()).art()
    };
    let lit = |art: &str| art.matches('#').count();
    let bold = fonts().at(16).heavy('国').unwrap();
    assert_eq!((bold.0.scale(), bold.1), (1, 0), "16 dots have a bold face of their own");
    assert!(lit(&title(16, 16)) > lit(&body(16, 16)));
    // At 24 each row's strokes are one dot wider, but never meet the next stroke.
    let (thin, wide) = (body(24, 24), title(24, 24));
    for (thin, wide) in thin.lines().zip(wide.lines()) {
        let strokes = |row: &str| row.split('.').filter(|part| !part.is_empty()).count();
        assert_eq!(strokes(thin), strokes(wide), "{thin} {wide}");
        for (n, (a, b)) in thin.bytes().zip(wide.bytes()).enumerate() {
            assert!(a == b || (a, b) == (b'.', b'#') && thin.as_bytes()[n - 1] == b'#', "{thin} {wide}");
        }
    }
    assert!(lit(&wide) > lit(&thin));
}

#[test]
fn a_doubled_glyph_is_twice_as_wide_and_high() {
    let (small, large) = (profile(16, 16, ColorScheme::Green), profile(32, 32, ColorScheme::Green));
    let once = draw(&Given::new("", vec![paragraph("国")]).on(&small).unwrap(), 0, &small, fonts()).art();
    let twice = draw(&Given::new("", vec![paragraph("国")]).on(&large).unwrap(), 0, &large, fonts()).art();
    let doubled: String = once
        .lines()
        .flat_map(|row| {
            let row: String = row.chars().flat_map(|dot| [dot, dot]).collect();
            [row.clone() + "\n", row + "\n"]
        })
        .collect();
    assert_eq!(twice, doubled);
}

#[test]
fn a_strip_shows_the_title_and_then_phrases() {
    let given = Given::new("家长会通知", vec![paragraph("本周五19:00召开家长会，请准时参加。")]);
    let layout = given.on(&profile(320, 32, ColorScheme::Red)).unwrap();
    assert_eq!(lines(&layout), [["家长会通知"], ["本周五19:00召开家长会，"], ["请准时参加。"]]);
    let sizes: Vec<u16> = layout.pages.iter().map(|page| page.runs[0].px).collect();
    assert_eq!(sizes, [32, 24, 24], "24 dots hold the phrase, 32 would cut 家长会");
    assert_eq!(layout.pages[0].dwell_ms, 4000);
}

#[test]
fn an_official_notice_has_its_title_in_the_middle_and_its_sign_off_at_the_right() {
    let mut given = Given::new("停课通知", vec![paragraph("全县中小学、幼儿园7月24日停课一天。")]);
    given.sign_off = SignOff { issuer: Some("教育局".into()), date: Some("2026年7月23日".into()) };
    given.priority = Priority::Emergency;
    let face = Profile { min_px: 16, ..profile(160, 112, ColorScheme::Seven) };
    let layout = given.on(&face).unwrap();
    assert_eq!(
        lines(&layout)[0],
        ["停课通知", "全县中小学、幼儿园", "7月24日停课一天。", "教育局", "2026年7月23日"]
    );
    let runs = &layout.pages[0].runs;
    assert_eq!((runs[0].ink, runs[1].ink, runs[3].ink), (Ink::Alert, Ink::Body, Ink::Quiet));
    assert_eq!(runs[0].x, (160 - 4 * i32::from(runs[0].px)) / 2);
    assert_eq!((runs[1].x, runs[2].x), (0, 0), "no indent where lines are short");
    assert_eq!(runs[3].x, 160 - 3 * 16);
    let long = "全县中小学、幼儿园7月24日停课一天。".repeat(7);
    let layout = Given::new("", vec![paragraph(&long)]).on(&profile(320, 64, ColorScheme::Red)).unwrap();
    let runs = &layout.pages[0].runs;
    assert_eq!((runs[0].px, runs[0].x, runs[1].x), (16, 32, 0), "two characters of indent");
}

#[test]
fn english_words_wider_than_a_line_part_between_syllables() {
    let text = "Wednesday, Education; see MINGXIEDUCATION, bureau@example.gov";
    let face = profile(64, 64, ColorScheme::Red);
    let layout = Given::new("", vec![paragraph(text)]).on(&face).unwrap();
    let expected =
        ["Wednes-", "day,", "Educa-", "tion;", "see", "MINGXIED", "UCATION,", "bureau@e", "xample.g", "ov"];
    assert_eq!(lines(&layout).concat(), expected);
}

#[test]
fn refusals_name_their_numbers() {
    let why = |given: Given<'_>, face: Profile| {
        let found = given.on(&face).unwrap_err();
        (found[0].msg, found[0].one_line(Lang::En))
    };
    let (msg, text) =
        why(Given::new("", vec![paragraph("好\u{1F600}字क")]), profile(320, 32, ColorScheme::Red));
    assert_eq!(msg, Msg::MissingGlyphs);
    assert!(text.contains("U+1F600") && text.contains("U+0915") && !text.contains('好'), "{text}");
    let (msg, text) = why(Given::new("", vec![paragraph("好")]), profile(64, 8, ColorScheme::Red));
    assert_eq!(msg, Msg::Illegible);
    assert!(text.contains("8 rows") && text.contains("16 px"), "{text}");
    let long = paragraph(&"公告".repeat(300));
    let (msg, text) = why(Given::new("", vec![long]), profile(128, 64, ColorScheme::Red));
    assert_eq!(msg, Msg::TooLong);
    assert!(text.contains("128x64") && text.contains("at most 12"), "{text}");
}

#[test]
fn figures_that_fit_a_line_are_not_split_for_marks_and_corners() {
    for (text, width, height, whole) in [
        ("The price is $1,234.56 – please pay at the office.", 80, 48, "$1,234.56"),
        ("本学期课后服务收费标准合计为人民币12345.67元，请于2026年12月5日前缴清。", 80, 48, "12345.67"),
        ("校服不得0598-2867123，自愿。", 96, 32, "2867123"),
        ("合计¥1,234.50，自愿缴纳，可分两次。请在12月5日前办理，逾期不再受理。", 96, 48, "¥1,234.50"),
    ] {
        let layout =
            Given::new("", vec![paragraph(text)]).on(&profile(width, height, ColorScheme::Red)).unwrap();
        let found = layout.pages.iter().flat_map(|page| &page.lines).any(|line| line.contains(whole));
        assert!(found, "{whole} on {width}x{height}: {:?}", lines(&layout));
    }
}

#[test]
fn a_screen_may_say_how_many_pages_a_notice_takes() {
    let text = || paragraph(&"公告".repeat(200));
    let most = |max_pages| {
        let face = Profile { max_pages, ..profile(64, 64, ColorScheme::Red) };
        Given::new("", vec![text()]).on(&face).map(|layout| layout.pages.len())
    };
    assert_eq!(most(Some(25)).unwrap(), 25, "four lines of four characters");
    let why = most(None).unwrap_err();
    assert!(why[0].msg == Msg::TooLong && why[0].args[1..3] == ["25".to_owned(), "24".to_owned()], "{why:?}");
    assert!(most(Some(1)).is_err());
}

#[test]
fn the_idle_text_fills_one_page() {
    let face = profile(192, 96, ColorScheme::Red);
    let layout = lay_out_idle("明溪县教育局", &face, fonts()).unwrap();
    assert_eq!(lines(&layout), [["明溪县", "教育局"]]);
    assert_eq!(layout.pages[0].runs[0].px, 48, "two lines fill the face");
    let face = profile(192, 80, ColorScheme::Red);
    assert_eq!(lines(&lay_out_idle("明溪县教育局", &face, fonts()).unwrap()), [["明溪县教育局"]]);
    let smooth = lay_out_idle("明溪县教育局", &profile(192, 96, ColorScheme::Rgb), fonts()).unwrap();
    assert_eq!(lines(&smooth), [["明溪县", "教育局"]]);
    assert_eq!(smooth.pages[0].runs[0].px, 48);
    let long = lay_out_idle(&"教".repeat(500), &face, fonts()).unwrap_err();
    assert_eq!(long[0].msg, Msg::TooLong);
    assert!(!lay_out_idle("", &face, fonts()).unwrap().pages.is_empty(), "an empty text is a dark page");
}

#[test]
fn the_smallest_and_the_largest_face_neither_panic_nor_take_long() {
    let text = "学生2026年".repeat(2000);
    for (width, height) in [(8, 8), (8, 2160), (4096, 16), (4096, 2160), (16, 16)] {
        let face = profile(width, height, ColorScheme::Amber);
        if let Ok(layout) = Given::new("标题", vec![paragraph(&text)]).on(&face) {
            assert!(layout.pages.len() <= 40);
            draw(&layout, 0, &face, fonts());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]
    #[test]
    fn nothing_is_lost_and_all_stands_on_the_page(
        texts in proptest::collection::vec("[公告学校不王　2，。（）“”、a-c 0-9：《》—…·]{0,80}", 1..4),
        width in prop_oneof![Just(64u32), Just(128), Just(192), Just(320)],
        height in prop_oneof![Just(16u32), Just(32), Just(48), Just(96)],
        issuer in proptest::option::of("[明溪县教育局]{1,8}"),
        dated in any::<bool>(),
    ) {
        let face = profile(width, height, ColorScheme::RedGreen);
        let blocks = texts.iter().map(|text| paragraph(text)).collect();
        let mut given = Given::new("公告", blocks);
        let date = dated.then(|| "2026年8月25日".to_owned());
        given.sign_off = SignOff { issuer: issuer.clone(), date: date.clone() };
        if let Ok(layout) = given.on(&face) {
            let total = layout.pages.len();
            let mut seen = String::new();
            for (n, page) in layout.pages.iter().enumerate() {
                let mark = format!("{}/{total}", n + 1);
                let count = page.lines.len() - usize::from(page.lines.last() == Some(&mark));
                page.lines[..count].iter().for_each(|line| seen += line);
                for run in &page.runs {
                    // A bracket's air may lie outside.
                    let air = run.px as i32 / 2;
                    prop_assert!(run.x >= -air && run.y >= 0 && u32::from(run.px) + run.y as u32 <= height, "{run:?}");
                }
            }
            let want: String = std::iter::once("公告").chain(texts.iter().map(String::as_str)).chain(issuer.as_deref()).chain(date.as_deref()).collect();
            let solid = |text: &str| -> String {
                // Marks of Latin text become the typewriter's, which is no loss.
                let same = |c| match c { '“' | '”' => '"', '‘' | '’' => '\'', c => c };
                text.chars().filter(|c| !c.is_whitespace()).map(same).collect()
            };
            prop_assert_eq!(solid(&seen), solid(&want));
        }
    }
}

/// Where two of a page's runs and rules light the same dot, each drawn by itself.
fn overlap(layout: &Layout, face: &Profile) -> Option<String> {
    for (n, page) in layout.pages.iter().enumerate() {
        let mut seen: Vec<Option<String>> = vec![None; face.page_size().area() as usize];
        let runs = page.runs.iter().map(|run| (vec![*run], vec![]));
        let parts = runs.chain(page.rules.iter().map(|rule| (vec![], vec![*rule])));
        for (index, (runs, rules)) in parts.enumerate() {
            let name = match runs.first() {
                Some(run) => {
                    let part = usize::from(run.start)..usize::from(run.end);
                    format!("{index} {:?} at {},{}", &page.lines[usize::from(run.line)][part], run.x, run.y)
                }
                None => format!("{index} {:?}", rules[0]),
            };
            let alone =
                Page { lines: page.lines.clone(), runs: runs.into(), rules: rules.into(), ..Page::default() };
            let alone = Layout {
                id: layout.id.clone(),
                pages: vec![alone],
                smooth: layout.smooth,
                movement: None,
                warnings: Vec::new(),
            };
            let raster = draw(&alone, 0, face, fonts());
            let depth = face.scheme.bytes_per_pixel();
            for (at, pixel) in raster.bytes().chunks_exact(depth).enumerate() {
                if pixel.iter().any(|byte| *byte != 0)
                    && let Some(before) = seen[at].replace(name.clone())
                    && before != name
                {
                    return Some(format!("page {}: {before} and {name}", n + 1));
                }
            }
        }
    }
    None
}

#[test]
fn the_page_mark_stands_beside_the_last_row_of_a_table_and_the_sign_off() {
    let rows = [
        ["作业本费", "15", "20", "元/生·学期"],
        ["课后服务费", "自愿", "自愿", "据实结算"],
        ["伙食费", "自愿", "自愿", "定期公示"],
    ];
    let table = Block::Table {
        align: vec![Align::Left, Align::Right, Align::Right, Align::Left],
        header: ["项目", "小学", "初中", "单位"].map(String::from).to_vec(),
        rows: rows.map(|row| row.map(String::from).to_vec()).to_vec(),
    };
    for issuer in ["明溪县教育局", "局"] {
        // On the first four a mark would be as large as the text.
        let small = [(256, 128), (192, 96), (192, 128), (320, 160)];
        for (width, height) in small.into_iter().chain([(384, 176), (400, 176), (448, 200), (512, 192)]) {
            let mut given = Given::new(
                "2026年秋季义务教育收费公示",
                vec![
                    paragraph("义务教育阶段免收学杂费、教科书费。"),
                    table.clone(),
                    paragraph("严禁擅立项目、提高标准。凡公示以外的收费，家长有权拒交并可举报。"),
                ],
            );
            given.sign_off = SignOff { issuer: Some(issuer.into()), date: Some("2026年8月25日".into()) };
            let face = profile(width, height, ColorScheme::Rgb);
            let layout = given.on(&face).unwrap();
            assert_eq!(overlap(&layout, &face), None, "{width}x{height}");
            let count = layout.pages.len();
            for (n, page) in layout.pages.iter().enumerate().filter(|_| count > 1) {
                let mark = format!("{}/{count}", n + 1);
                let marked = page.lines.last() == Some(&mark);
                assert_eq!(marked, !small.contains(&(width, height)), "{width}x{height}");
            }
        }
    }
}

/// Any block of the kinds that a notice has.
fn any_block() -> impl Strategy<Value = Block> {
    let text = "[公告学校不王2，。（“”、a-c0-9：《》]{1,60}";
    let cell = "[公告学校0-9]{0,5}";
    let row = move || proptest::collection::vec(cell, 3);
    prop_oneof![
        4 => text.prop_map(|text| paragraph(&text)),
        1 => "[公告学校]{1,20}".prop_map(|text| Block::Heading(1, vec![Span { text, strong: false }])),
        2 => ("[公告、。]{0,40}", text).prop_map(|(text, strong)| Block::Paragraph(vec![
            Span { text, strong: false },
            Span { text: strong, strong: true },
        ])),
        2 => (0u8..3, "[0-9一]{0,2}[.、]?", text).prop_map(|(depth, mark, text)| Block::Item {
            depth,
            mark,
            spans: vec![Span { text, strong: false }],
        }),
        2 => (row(), proptest::collection::vec(row(), 1..6)).prop_map(|(header, rows)| Block::Table {
            align: vec![Align::Left, Align::Center, Align::Right],
            header,
            rows,
        }),
        1 => Just(Block::Rule),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn no_two_runs_of_a_page_share_a_dot(
        blocks in proptest::collection::vec(any_block(), 1..6),
        issuer in proptest::option::of("[明溪县教育局]{1,8}"),
        dated in any::<bool>(),
        width in 32u32..300,
        height in 16u32..160,
        scheme in 0usize..ColorScheme::ALL.len(),
    ) {
        let face = profile(width, height, ColorScheme::ALL[scheme]);
        let mut given = Given::new("关于公告", blocks);
        given.sign_off = SignOff { issuer, date: dated.then(|| "2026年8月25日".into()) };
        if let Ok(layout) = given.on(&face) {
            prop_assert_eq!(overlap(&layout, &face), None);
        }
    }
}

const ACCEPTANCE: &str =
    "86英寸交互式一体机24台（4K，Wi-Fi 6）已安装调试，抽检24台，合格率100%，质保5年。监督渠道：局办公室。";
const TIMES: &str = "10月8日起执行冬季作息时间，早读7:40开始。";

#[test]
fn tall_pages_end_with_words_and_the_last_is_no_scrap() {
    for (title, text) in
        [("多媒体设备验收结果公示", ACCEPTANCE), ("恢复上课通知", CLASSES), ("作息时间调整", TIMES)]
    {
        for (width, height) in [(192, 96), (256, 128), (128, 64), (160, 80), (320, 160)] {
            let mut given = Given::new(title, vec![paragraph(text)]);
            given.sign_off = SignOff { issuer: Some("明溪县教育局".into()), date: None };
            let face = profile(width, height, ColorScheme::Rgb);
            let layout = given.on(&face).unwrap();
            let whole: Vec<char> = text.chars().collect();
            let places = words::places(&whole);
            let mut at = 0;
            let mut letters = 0;
            for page in &layout.pages {
                letters = 0;
                for run in page.runs.iter().filter(|run| run.ink == Ink::Body) {
                    let part = usize::from(run.start)..usize::from(run.end);
                    for c in page.lines[usize::from(run.line)][part].chars().filter(|c| !c.is_whitespace()) {
                        while whole[at].is_whitespace() {
                            at += 1;
                        }
                        assert_eq!(whole[at], c);
                        at += 1;
                        letters += usize::from(c.is_alphanumeric());
                    }
                }
                assert!(
                    at == whole.len() || places[at] == Place::First,
                    "{width}x{height}: {:?}",
                    lines(&layout)
                );
                let px = |ink| page.runs.iter().filter(move |run| run.ink == ink).map(|run| run.px);
                // The page mark is the last run, in the sign-off's ink, and never larger either.
                if let (Some(body), Some(quiet)) = (px(Ink::Body).max(), px(Ink::Quiet).max()) {
                    assert!(quiet <= body, "{width}x{height}: {quiet} over {body}");
                }
            }
            // Below the smallest size there is none that would help.
            let smallest = layout
                .pages
                .iter()
                .flat_map(|page| &page.runs)
                .all(|run| run.ink != Ink::Body || run.px == 16);
            assert!(letters >= 6 || smallest, "{width}x{height}: {:?}", lines(&layout));
        }
    }
}

#[test]
fn a_layout_keeps_no_spare_room() {
    let layout =
        Given::new("恢复上课通知", vec![paragraph(CLASSES)]).on(&profile(192, 96, ColorScheme::Red)).unwrap();
    assert_eq!(layout.pages.capacity(), layout.pages.len());
    for page in &layout.pages {
        assert_eq!(page.lines.capacity(), page.lines.len());
        assert!(page.lines.iter().all(|line| line.capacity() == line.len()));
    }
    println!(
        "Layout {} Page {} Run {} Rule {}",
        size_of::<Layout>(),
        size_of::<Page>(),
        size_of::<Run>(),
        size_of::<Rule>()
    );
    assert!(size_of::<Page>() <= 72 && size_of::<Run>() <= 16, "thousands are held at a time");
}
