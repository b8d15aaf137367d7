//! The way of one notice, stage by stage: parse, approve, lay out, draw, encode, and what shows now.
//! `cargo bench --bench core`

use std::{hint::black_box, path::Path, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::tz::TimeZone;
use mingping::{
    approval::{Window, approve},
    color::ColorScheme,
    digest::Digest,
    frame::{Format, Frame, encode},
    geometry::Size,
    notice::{self, NoticeId, Source},
    playlist::Playlist,
    playout::{Programme, Run},
    render,
    screen::Profile,
    text::natural_key,
    time::{Hours, Priority, UtcMillis},
};

/// A notice of twenty characters.
const SHORT: &str = "标题: 通知\n提供: 甲\n审核: 乙\n负责: 甲\n保密审查: 丙\n至: 2027-06-30\n---\n明日上午九时召开家长会，请各位家长准时参加。\n";
/// 2026-12-01 08:00 in Shanghai.
const NOW: UtcMillis = UtcMillis(1_796_083_200_000);

fn core(c: &mut Criterion) {
    let zone = TimeZone::get("Asia/Shanghai").expect("bundled");
    let id = NoticeId::new("bureau", "a.md");
    let today = NOW.civil(&zone).date();
    let source = Source { id: &id, bytes: SHORT.as_bytes(), sidecar: None, zone: &zone, today };
    c.bench_function("parse a notice of 22 characters", |b| b.iter(|| notice::read(black_box(source))));

    let notice = Arc::new(notice::read(source).expect("it is well formed"));
    let playlist = Playlist { name: "bureau".into(), ..Playlist::default() };
    let approving = || approve(notice.clone(), &playlist, NOW, NOW, &zone);
    c.bench_function("approve it", |b| b.iter(approving));

    let approved = approving().expect("it is approved");
    let (fonts, _) = mingping::cli::load_fonts(Path::new("fonts"));
    let strip = Profile::new(Size::new(320, 32), ColorScheme::Red);
    let wall = Profile::new(Size::new(256, 128), ColorScheme::Rgb);
    for (name, profile) in [("320x32 red", strip), ("256x128 rgb", wall)] {
        c.bench_function(&format!("lay out at {name}"), |b| {
            b.iter(|| render::lay_out(&approved, &profile, &fonts, &[]));
        });
        let layout = render::lay_out(&approved, &profile, &fonts, &[]).expect("it fits");
        let last = layout.pages.len() - 1;
        c.bench_function(&format!("draw a page at {name}"), |b| {
            b.iter(|| render::draw(&layout, last, &profile, &fonts));
        });
        let raster = render::draw(&layout, last, &profile, &fonts);
        let frame = Frame::new(&raster, profile.rotation, Vec::new());
        for format in [Format::Bmp, Format::Png, Format::Gif, Format::Raw888] {
            c.bench_function(&format!("encode {} at {name}", format.ext()), |b| {
                b.iter(|| encode(&frame, format));
            });
        }
    }

    let run = |n: i64| Run {
        id: NoticeId::new("bureau", &n.to_string()),
        digest: Digest::of(&n.to_le_bytes()),
        sort_key: natural_key(&n.to_string()).into(),
        window: Window { from: NOW.plus(-n * 1000), until: NOW.plus(86_400_000 + n) },
        entry: NOW.plus(-n * 1000),
        hours: Hours::ALWAYS,
        priority: Priority::Normal,
        order: 0,
        replaces: Vec::new(),
        dwells_ms: vec![5000; 3].into(),
        rounds: None,
    };
    let programme = Programme::new((0..40).map(run).collect(), Hours::ALWAYS, 5000);
    c.bench_function("segment of 40 notices", |b| b.iter(|| programme.segment_at(black_box(NOW), &zone)));
    let segment = programme.segment_at(NOW, &zone);
    c.bench_function("showing(now) of 40 notices", |b| {
        b.iter(|| segment.showing(black_box(NOW.plus(123_456))));
    });
}

criterion_group!(benches, core);
criterion_main!(benches);
