//! How fast is text turned into dots? `cargo bench --bench typography` prints our own figures;
//! `tests/load/typography` sets them beside other people's.
//!
//! `… -- WORD` measures only what has the word in its name, ten times as long, for a profiler. `… -- plan FILE` writes
//! what the cases draw, for others to draw the same; `… -- memory` prints what the fonts take in a fresh process.

use std::{env, fs, hint::black_box, path::Path, process::ExitCode, time::Instant};

use mingping::{
    cli::load_fonts,
    color::ColorScheme,
    geometry::Size,
    notice::{Block, Body, NoticeId, SignOff, Span, Style},
    render::{
        Fonts, Layout, draw, lay_out_idle,
        layout::{Document, lay_out_document},
    },
    screen::Profile,
    time::Priority,
};
use serde_json::{Value, json};

/// Twenty Han characters and their marks.
const SHORT: &str = "明日上午九时召开家长会，请各位家长准时参加。";
/// A page or two of a notice.
const LONG: &str = "根据《义务教育法》和省教育厅有关规定，现将2026年秋季小学一年级招生工作公告如下：凡年满六周岁、具有本县户籍的适龄儿童，\
    请监护人于7月6日至8日持户口簿、房产证到学校现场登记。严禁擅立项目、提高标准，凡公示以外的收费，家长有权拒交并可举报。";
/// Batches of which the median is taken, and how long one lasts.
const BATCHES: usize = 15;
const BATCH_NS: u128 = 4_000_000;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["plan", file] => return plan(Path::new(file)),
        ["memory"] => memory(),
        names => speed(names),
    }
    ExitCode::SUCCESS
}

fn fonts() -> Fonts {
    let (fonts, faults) = load_fonts(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts")));
    assert!(faults.is_empty(), "{faults:?}");
    fonts
}

/// A notice of one paragraph.
fn notice(title: &str, text: &str, profile: &Profile, fonts: &Fonts) -> Option<Layout> {
    let spans = vec![Span { text: text.to_owned(), strong: false }];
    let document = Document {
        id: &NoticeId::new("bureau", "a.txt"),
        title,
        body: &Body::Blocks(vec![Block::Paragraph(spans)]),
        sign_off: &SignOff::default(),
        priority: Priority::Normal,
        dwell_ms: None,
        style: Style::Auto,
        fit: None,
    };
    lay_out_document(&document, profile, fonts, &[]).ok()
}

type Case = (&'static str, Profile, &'static str, fn(&Profile, &Fonts) -> Option<Layout>);

/// What is drawn by everybody: a name, a face, the whole text, and how it is laid out.
fn cases() -> [Case; 3] {
    let strip = Profile::new(Size::new(320, 32), ColorScheme::Red);
    let wall = Profile::new(Size::new(256, 128), ColorScheme::Rgb);
    [
        ("one page of 20 Han, 320x32 red", strip, SHORT, |face, fonts| lay_out_idle(SHORT, face, fonts).ok()),
        ("notice of 20 Han, 320x32 red", strip, SHORT, |face, fonts| notice("", SHORT, face, fonts)),
        ("notice of 110 Han, 256x128 rgb", wall, LONG, |face, fonts| notice("招生公告", LONG, face, fonts)),
    ]
}

/// Nanoseconds that `work` takes: the median of several batches.
fn measure<T>(batches: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut batch = |times: u32| {
        let begun = Instant::now();
        for _ in 0..times {
            black_box(work());
        }
        begun.elapsed().as_nanos()
    };
    batch(1);
    let times = (BATCH_NS / batch(1).max(1)).clamp(1, 100_000) as u32;
    let mut found: Vec<f64> = (0..batches).map(|_| batch(times) as f64 / f64::from(times)).collect();
    found.sort_by(f64::total_cmp);
    found[batches / 2]
}

/// Prints each figure whose name holds one of `words`; all, if there are none.
fn speed(words: &[&str]) {
    let asked = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let batches = if words.is_empty() { BATCHES } else { BATCHES * 10 };
    let begun = Instant::now();
    let fonts = fonts();
    println!("load the fonts\t{}\tns", begun.elapsed().as_nanos());
    // Before anything else has touched them.
    let begun = Instant::now();
    let pages = first_use(&fonts);
    println!("first use of 3755 characters\t{}\tns", begun.elapsed().as_nanos());
    println!("pages with those\t{pages}\tpages");
    for (name, face, _, lay_out) in cases() {
        let layout = lay_out(&face, &fonts).expect("it fits");
        // One page after the other, as the others draw them.
        let all = |layout: &Layout| {
            for page in 0..layout.pages.len() {
                black_box(draw(layout, page, &face, &fonts));
            }
        };
        let show = |what: &str, work: &mut dyn FnMut()| {
            if asked(&format!("{what}{name}")) {
                println!("{what}{name}\t{:.0}\tns", measure(batches, work));
            }
        };
        show("lay out ", &mut || drop(black_box(lay_out(&face, &fonts))));
        show("draw ", &mut || all(&layout));
        show("", &mut || all(&lay_out(&face, &fonts).expect("it fits")));
    }
    // The largest face takes a hundred thousand characters; on a wall they are counted and refused.
    let largest = Profile::new(Size::new(4096, 2160), ColorScheme::Amber);
    let wall = Profile::new(Size::new(256, 128), ColorScheme::Rgb);
    for (name, face) in [("4096x2160 amber", largest), ("256x128 rgb", wall)] {
        for count in [1000, 10_000, 100_000] {
            let text: String = LONG.chars().cycle().take(count).collect();
            let name = format!("a character of {count}, {name}");
            if asked(&name) {
                let ns = measure(batches, || notice("", &text, &face, &fonts)) / count as f64;
                println!("{name}\t{ns:.1}\tns");
            }
        }
    }
}

/// Lays out and draws the 3,755 hanzi of GB 2312's first level, 100 in a notice; the number of pages.
fn first_use(fonts: &Fonts) -> usize {
    let face = Profile::new(Size::new(256, 128), ColorScheme::Red);
    let mut hanzi = Vec::new();
    for code in (0xB0..=0xD7u8).flat_map(|row| (0xA1..=0xFEu8).map(move |cell| [row, cell])) {
        hanzi.extend(encoding_rs::GBK.decode(&code).0.chars().filter(|c| ('一'..='\u{9FFF}').contains(c)));
    }
    assert_eq!(hanzi.len(), 3755);
    let mut pages = 0;
    for part in hanzi.chunks(100) {
        let text: String = part.iter().collect();
        let layout = notice("", &text, &face, fonts).expect("it fits");
        for page in 0..layout.pages.len() {
            black_box(draw(&layout, page, &face, fonts));
        }
        pages += layout.pages.len();
    }
    pages
}

/// Writes each case's pages: size, and runs of text with their place and height.
fn plan(file: &Path) -> ExitCode {
    let fonts = fonts();
    let plan: Vec<Value> = cases()
        .iter()
        .map(|(name, face, text, lay_out)| {
            let layout = lay_out(face, &fonts).expect("it fits");
            let pages: Vec<Value> = layout
                .pages
                .iter()
                .map(|page| {
                    let runs = page.runs.iter().map(|run| {
                        let text =
                            &page.lines[usize::from(run.line)][usize::from(run.start)..usize::from(run.end)];
                        json!({ "x": run.x, "y": run.y, "px": run.px, "text": text })
                    });
                    runs.collect()
                })
                .collect();
            let size = face.page_size();
            let rgb = face.scheme == ColorScheme::Rgb;
            json!({ "name": name, "width": size.width, "height": size.height, "rgb": rgb, "text": text, "pages": pages })
        })
        .collect();
    match fs::write(file, Value::from(plan).to_string()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write {}: {error}", file.display());
            ExitCode::FAILURE
        }
    }
}

/// Bytes that this process holds in memory, as Linux counts them.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn memory() {
    let before = resident();
    let fonts = fonts();
    println!("all default fonts\t{}\tbytes", resident().saturating_sub(before));
    black_box(fonts);
}
