//! What does a poll cost? Finding the page of an instant, encoding a frame in each format, and the whole poll
//! (200 and 304) through the service that connections call, without a socket.

use std::{
    collections::BTreeMap,
    hint::black_box,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use axum::Router;
use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http::{HeaderValue, Request, header::IF_NONE_MATCH};
use http_body_util::Empty;
use jiff::tz::TimeZone;
use mingping::{
    catalog::{Catalog, ManualClock, Moment, ScreenState, Snapshot, Stage, StagedFrame, moment_at},
    color::ColorScheme,
    frame::{Format, Frame, encode},
    geometry::{Rotation, Size},
    http::{Door, Options},
    notice::NoticeId,
    playout::{OnAir, Programme, Segment, Slot},
    render::{Fonts, Raster},
    screen::{Controller, Profile, Screen, ScreenId, TokenRule},
    time::{Hours, UtcMillis},
};

const NOW: UtcMillis = UtcMillis(1_795_406_400_000);

/// A face of which every third dot or so is lit, in strokes as text has them.
fn frame(scheme: ColorScheme, size: Size) -> Arc<Frame> {
    let mut raster = Raster::dark(scheme, size);
    let depth = scheme.bytes_per_pixel();
    for y in 0..size.height {
        for (x, pixel) in raster.row_mut(y).chunks_exact_mut(depth).enumerate() {
            let lit = (x as u32 / 3 + y * 7 / 5) % 5 < 2 && y % 16 > 1;
            pixel.fill(if !lit {
                0
            } else if depth == 3 {
                200
            } else {
                1
            });
        }
    }
    Arc::new(Frame::new(&raster, Rotation::R0, vec!["关于招生工作的公告".into()]))
}

/// A site with one screen `gate`, 320x32 red, staged for the next minute.
fn site() -> Door {
    let profile = Profile::new(Size::new(320, 32), ColorScheme::Red);
    let screen = Screen {
        id: ScreenId::parse("gate").unwrap(),
        name: "教育局门头屏".into(),
        profile,
        pitch_hundredths_mm: None,
        line: 1,
        playlists: vec!["bureau".into()],
        hours: Hours::ALWAYS,
        brightness: Vec::new(),
        poll_ms: 5000,
        idle: None,
        token: TokenRule::Optional,
        controller: Controller::default(),
        module: None,
        wiring: mingping::screen::Wiring::default(),
    };
    let stage = Arc::new(Stage::default());
    let notice = NoticeId::new("bureau", "01-招生公告.md");
    let moments = (0..8).map(|n| {
        let since = NOW.plus(n * 8000);
        let staged = Arc::new(StagedFrame::new(frame(ColorScheme::Red, profile.face)));
        staged.encode(Format::Bmp);
        Moment::new(since, since.plus(8000), since.plus(3_600_000), staged, 80, Some(&notice))
    });
    stage.set(moments.collect(), NOW);
    let state = ScreenState {
        programme: Programme::new(Vec::new(), Hours::ALWAYS, 5000),
        runs: Vec::new(),
        idle: frame(ColorScheme::Red, profile.face),
        dark: frame(ColorScheme::Red, profile.face),
        stage,
        screen,
    };
    let screens = BTreeMap::from([(state.screen.id.clone(), Arc::new(state))]);
    let snapshot = Snapshot { ready: true, screens, ..Snapshot::empty(TimeZone::UTC) };
    let (fonts, _) = Fonts::load(Vec::new());
    let clock = Arc::new(ManualClock::at(NOW.plus(20_000)));
    Door::new(Catalog::new(snapshot, Arc::new(fonts), clock, false), Options::default(), Router::new())
}

fn showing(c: &mut Criterion) {
    let slots = (0..160).map(|n| Slot {
        run: n as u32 / 4,
        page: n as u32 % 4,
        start_ms: n * 8000,
        end_ms: (n + 1) * 8000,
    });
    let on_air = OnAir::Loop { anchor: NOW, cycle_ms: 160 * 8000, slots: slots.collect() };
    let segment = Segment { from: NOW, until: NOW.plus(86_400_000), on_air };
    let mut at = NOW;
    c.bench_function("showing(now), 160 pages", |b| {
        b.iter(|| {
            at = NOW.plus((at.since(NOW) + 7919) % 86_400_000);
            black_box(segment.showing(at))
        });
    });
    let staged = Arc::new(StagedFrame::new(frame(ColorScheme::Red, Size::new(320, 32))));
    let moments: Vec<Moment> = (0..8)
        .map(|n| {
            let since = NOW.plus(n * 8000);
            Moment::new(since, since.plus(8000), since, Arc::clone(&staged), 80, None)
        })
        .collect();
    c.bench_function("moment_at(now)", |b| {
        b.iter(|| {
            at = NOW.plus((at.since(NOW) + 7919) % 64_000);
            black_box(moment_at(&moments, at).is_some())
        });
    });
}

fn encoding(c: &mut Criterion) {
    for (name, scheme, size) in [
        ("320x32 red", ColorScheme::Red, Size::new(320, 32)),
        ("256x128 rgb", ColorScheme::Rgb, Size::new(256, 128)),
    ] {
        let frame = frame(scheme, size);
        for format in Format::ALL.into_iter().filter(|format| format.suits(scheme)) {
            c.bench_function(&format!("encode {name} {}", format.ext()), |b| {
                b.iter(|| encode(black_box(&frame), format));
            });
        }
    }
}

/// One request and its answer, which is there at once.
fn ask(door: &Door, etag: Option<&HeaderValue>) -> http::Response<mingping::http::Body> {
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = http::Uri::from_static("/screens/gate/frame.bmp");
    if let Some(etag) = etag {
        request.headers_mut().insert(IF_NONE_MATCH, etag.clone());
    }
    match pin!(door.call(request)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => response,
        Poll::Ready(Err(never)) => match never {},
        Poll::Pending => unreachable!("the bytes are staged"),
    }
}

/// The same from one of our own pages: what is noted of controllers is not.
fn look(door: &Door) -> http::Response<mingping::http::Body> {
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = http::Uri::from_static("/screens/gate/frame.bmp?preview");
    match pin!(door.call(request)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => response,
        Poll::Ready(Err(never)) => match never {},
        Poll::Pending => unreachable!("the bytes are staged"),
    }
}

fn polling(c: &mut Criterion) {
    let door = site();
    let first = ask(&door, None);
    assert_eq!(first.status(), 200);
    let etag = first.headers()["etag"].clone();
    assert_eq!(ask(&door, Some(&etag)).status(), 304);
    c.bench_function("poll 320x32 red bmp, 200", |b| b.iter(|| black_box(ask(&door, None))));
    c.bench_function("poll 320x32 red bmp, 200, not noted", |b| b.iter(|| black_box(look(&door))));
    c.bench_function("poll 320x32 red bmp, 304", |b| b.iter(|| black_box(ask(&door, Some(&etag)))));
}

criterion_group!(benches, showing, encoding, polling);
criterion_main!(benches);
