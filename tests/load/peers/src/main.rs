//! Draws the pages of a plan with embedded-graphics and u8g2-fonts: `peers PLAN` prints, for each case, the
//! nanoseconds that all its pages take. `embedded-graphics` is given the text broken into lines, and neither measures
//! nor lays out anything; `embedded-text` is given the text as one, and fills one page after the other with it.
//! The font has one size, 16 dots: where ours are larger, this draws fewer dots for the same text.

use std::{env, error::Error, fs, hint::black_box, time::Instant};

use embedded_graphics::{
    framebuffer::{Framebuffer, buffer_size},
    pixelcolor::{
        BinaryColor, Rgb888,
        raw::{BigEndian, RawU1, RawU24},
    },
    prelude::*,
};
use embedded_text::{
    TextBox,
    style::{HeightMode, TextBoxStyleBuilder, VerticalOverdraw},
};
use serde_json::Value;
use u8g2_fonts::{
    FontRenderer, U8g2TextStyle, fonts,
    types::{FontColor, VerticalPosition},
};

type Strip = Framebuffer<BinaryColor, RawU1, BigEndian, 320, 32, { buffer_size::<BinaryColor>(320, 32) }>;
type Wall = Framebuffer<Rgb888, RawU24, BigEndian, 256, 128, { buffer_size::<Rgb888>(256, 128) }>;

const BATCHES: usize = 15;
const BATCH_NS: u128 = 4_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("usage: peers PLAN")?;
    let plan: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let font = FontRenderer::new::<fonts::u8g2_font_wqy16_t_gb2312>().with_ignore_unknown_chars(true);
    for case in plan.as_array().ok_or("a plan is a list")? {
        let pages = pages(case);
        let text = case["text"].as_str().unwrap_or_default();
        let (lines, text) = match (case["width"].as_u64(), case["height"].as_u64(), case["rgb"].as_bool()) {
            (Some(320), Some(32), Some(false)) => (
                measure(|| {
                    for page in &pages {
                        black_box(drawn(Strip::new(), page, &font, BinaryColor::On));
                    }
                }),
                measure(|| set(Strip::new, text, BinaryColor::On)),
            ),
            (Some(256), Some(128), Some(true)) => (
                measure(|| {
                    for page in &pages {
                        black_box(drawn(Wall::new(), page, &font, Rgb888::WHITE));
                    }
                }),
                measure(|| set(Wall::new, text, Rgb888::WHITE)),
            ),
            size => return Err(format!("no canvas for {size:?}").into()),
        };
        let name = case["name"].as_str().unwrap_or_default();
        println!("embedded-graphics\t{name}\t{lines:.0}\tns");
        println!("embedded-text\t{name}\t{text:.0}\tns");
    }
    Ok(())
}

/// Fills pages with `text`, each on a new canvas, until nothing is left.
fn set<D: DrawTarget>(canvas: impl Fn() -> D, text: &str, color: D::Color)
where
    D::Color: Default,
    D::Error: std::fmt::Debug,
{
    let letters = U8g2TextStyle::new(fonts::u8g2_font_wqy16_t_gb2312, color);
    let style =
        TextBoxStyleBuilder::new().height_mode(HeightMode::Exact(VerticalOverdraw::FullRowsOnly)).build();
    let mut rest = text;
    while !rest.is_empty() {
        let mut canvas = canvas();
        let bounds = canvas.bounding_box();
        let left = TextBox::with_textbox_style(rest, bounds, letters.clone(), style)
            .draw(&mut canvas)
            .expect("memory takes every dot");
        if left.len() == rest.len() {
            break;
        }
        black_box(canvas);
        rest = left;
    }
}

type Run = (Point, String);

fn pages(case: &Value) -> Vec<Vec<Run>> {
    let number = |run: &Value, key: &str| run[key].as_i64().unwrap_or(0) as i32;
    let run = |run: &Value| {
        (Point::new(number(run, "x"), number(run, "y")), run["text"].as_str().unwrap_or_default().to_owned())
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    list(&case["pages"]).iter().map(|page| list(page).iter().map(run).collect()).collect()
}

fn drawn<D: DrawTarget>(mut canvas: D, page: &[Run], font: &FontRenderer, color: D::Color) -> D
where
    D::Error: std::fmt::Debug,
{
    for (at, text) in page {
        font.render(text.as_str(), *at, VerticalPosition::Top, FontColor::Transparent(color), &mut canvas)
            .expect("unknown characters are passed over");
    }
    canvas
}

/// Nanoseconds that `work` takes: the median of several batches.
fn measure(mut work: impl FnMut()) -> f64 {
    let mut batch = |times: u32| {
        let begun = Instant::now();
        for _ in 0..times {
            work();
        }
        begun.elapsed().as_nanos()
    };
    batch(1);
    let times = (BATCH_NS / batch(1).max(1)).clamp(1, 100_000) as u32;
    let mut found: Vec<f64> = (0..BATCHES).map(|_| batch(times) as f64 / f64::from(times)).collect();
    found.sort_by(f64::total_cmp);
    found[BATCHES / 2]
}
