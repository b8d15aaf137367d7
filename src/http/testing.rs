//! A site for tests: screens with pages put on their stages by hand, a clock that the test holds, and the
//! door that a connection would call.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::Arc,
    task::{Context as TaskContext, Poll, Waker},
};

use axum::{Router, response::Response};
use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Empty};
use jiff::tz::TimeZone;

use super::{Body, Options, address::Ends, door::Door};
use crate::{
    catalog::{Catalog, ManualClock, Moment, ScreenState, Snapshot, Stage, StagedFrame, Tokens},
    color::ColorScheme,
    diagnostic::Diagnostic,
    frame::Frame,
    geometry::{Rotation, Size},
    notice::NoticeId,
    playout::{Programme, Run},
    render::{Fonts, Raster},
    screen::{ClipLimits, Controller, Profile, Screen, ScreenId, TokenRule, Wiring},
    time::{Hours, UtcMillis},
};

/// 2026-11-23T04:00:00Z, noon in Shanghai.
pub(super) const NOON: UtcMillis = UtcMillis(1_795_406_400_000);

/// A frame on which the bits of `n` are lit.
pub(super) fn frame(scheme: ColorScheme, size: Size, n: u32) -> Arc<Frame> {
    let mut raster = Raster::dark(scheme, size);
    let depth = scheme.bytes_per_pixel();
    for bit in 0..8 {
        raster.row_mut(0)[bit * depth] = (n >> bit & 1) as u8;
    }
    Arc::new(Frame::new(&raster, Rotation::R0, vec![format!("第{n}页")]))
}

/// The site.
pub(super) struct Site {
    pub(super) clock: Arc<ManualClock>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) door: Door,
}

/// What a screen of the site is like.
pub(super) struct Kind {
    pub(super) id: &'static str,
    pub(super) scheme: ColorScheme,
    pub(super) size: Size,
    pub(super) token: TokenRule,
    pub(super) clip: Option<ClipLimits>,
    pub(super) runs: Vec<Run>,
    pub(super) hours: Hours,
    pub(super) wiring: Wiring,
    pub(super) controller: Controller,
}

impl Kind {
    pub(super) fn new(id: &'static str, scheme: ColorScheme) -> Self {
        let (size, token) = (Size::new(320, 32), TokenRule::Optional);
        Self {
            id,
            scheme,
            size,
            token,
            runs: Vec::new(),
            hours: Hours::ALWAYS,
            controller: Controller::default(),
            clip: None,
            wiring: Wiring::default(),
        }
    }
}

impl Site {
    /// A red screen `gate`, and `大门` in two colours.
    pub(super) fn new() -> Self {
        Self::of(vec![Kind::new("gate", ColorScheme::Red), Kind::new("大门", ColorScheme::RedGreen)], |_| {})
    }

    pub(super) fn of(kinds: Vec<Kind>, change: impl FnOnce(&mut Snapshot)) -> Self {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let screens: BTreeMap<ScreenId, Arc<ScreenState>> = kinds.into_iter().map(screen).collect();
        let mut snapshot =
            Snapshot { generation: 7, taken: NOON, ready: true, screens, ..Snapshot::empty(zone) };
        change(&mut snapshot);
        let clock = Arc::new(ManualClock::at(NOON));
        let (fonts, _) = Fonts::load(Vec::new());
        let catalog = Catalog::new(snapshot, Arc::new(fonts), clock.clone(), false);
        let door = Door::new(Arc::clone(&catalog), Options::default(), Router::new());
        Self { clock, catalog, door }
    }

    pub(super) fn screen(&self, id: &str) -> Arc<ScreenState> {
        Arc::clone(&self.catalog.snapshot().screens[id])
    }

    /// Stages pages on `gate`: number and dwell in seconds each, the first since now; BMP and PNG are encoded.
    pub(super) fn stage(&self, pages: &[(u32, i64)]) -> Arc<Stage> {
        let screen = self.screen("gate");
        let mut since = self.now();
        let mut moments = Vec::new();
        for (n, seconds) in pages {
            let until = since.plus(seconds * 1000);
            moments.push(self.moment(*n, since, until));
            since = until;
        }
        screen.stage.set(moments, self.now());
        Arc::clone(&screen.stage)
    }

    /// A page for `gate`, encoded as BMP and PNG, good for a minute after its end.
    pub(super) fn moment(&self, n: u32, since: UtcMillis, until: UtcMillis) -> Moment {
        let profile = self.screen("gate").screen.profile;
        let staged = Arc::new(StagedFrame::new(frame(profile.scheme, profile.face, n)));
        for format in [crate::frame::Format::Bmp, crate::frame::Format::Png] {
            staged.encode(format);
        }
        let notice = NoticeId::new("bureau", "01-招生公告.md");
        Moment::new(since, until, UtcMillis(until.0 + 60_000), staged, 80, Some(&notice))
    }

    /// Stages a page of these pixels on a screen, for a minute.
    pub(super) fn stage_frame(&self, id: &str, frame: Arc<Frame>) {
        let (now, staged) = (self.now(), Arc::new(StagedFrame::new(frame)));
        let until = now.plus(60_000);
        self.screen(id).stage.set(vec![Moment::new(now, until, until, staged, 80, None)], now);
    }

    pub(super) fn now(&self) -> UtcMillis {
        use crate::catalog::Clock as _;
        self.clock.now()
    }

    /// Lets everything from now on come from this address.
    pub(super) fn come_from(&mut self, peer: &str) {
        self.door = self.door.for_connection(Ends {
            local: None,
            peer: peer.parse().ok().map(|ip| std::net::SocketAddr::new(ip, 4000)),
        });
    }

    /// Sends a request without a body.
    pub(super) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        match self.door.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Gives `screen` the token `token`, and takes back all others.
    pub(super) fn give_token(&self, screen: &str, token: &str) {
        let mut snapshot = Snapshot::clone(&self.catalog.snapshot());
        snapshot.tokens = Arc::new(Tokens::with(screen, token));
        snapshot.generation += 1;
        self.catalog.publish(snapshot);
    }

    /// Says anew how raw bytes of `screen` are packed; its stage stays.
    pub(super) fn rewire(&self, screen: &str, wiring: Wiring) {
        let old = self.screen(screen);
        let mut snapshot = Snapshot::clone(&self.catalog.snapshot());
        let state = ScreenState {
            screen: Screen { wiring, ..old.screen.clone() },
            programme: old.programme.clone(),
            runs: old.runs.clone(),
            idle: Arc::clone(&old.idle),
            dark: Arc::clone(&old.dark),
            stage: Arc::clone(&old.stage),
        };
        snapshot.screens.insert(old.screen.id.clone(), Arc::new(state));
        snapshot.generation += 1;
        self.catalog.publish(snapshot);
    }

    pub(super) async fn get(&self, path: &str) -> Response<Body> {
        self.ask("GET", path, &[]).await
    }

    /// The `ETag` of `gate`'s BMP.
    pub(super) async fn etag(&self) -> String {
        let response = self.get("/screens/gate/frame.bmp").await;
        response.headers()["etag"].to_str().unwrap().to_owned()
    }
}

fn screen(kind: Kind) -> (ScreenId, Arc<ScreenState>) {
    let id = ScreenId::parse(kind.id).unwrap();
    let profile = Profile { clip: kind.clip, ..Profile::new(kind.size, kind.scheme) };
    let screen = Screen {
        id: id.clone(),
        name: format!("{}的屏", kind.id),
        profile,
        pitch_hundredths_mm: None,
        playlists: vec!["bureau".into()],
        hours: kind.hours.clone(),
        brightness: Vec::new(),
        poll_ms: 5000,
        idle: None,
        token: kind.token,
        controller: kind.controller,
        module: None,
        wiring: kind.wiring,
        line: 1,
    };
    let state = ScreenState {
        screen,
        programme: Programme::new(kind.runs, kind.hours, 5000),
        runs: Vec::new(),
        idle: frame(kind.scheme, kind.size, 0x55),
        dark: frame(kind.scheme, kind.size, 0),
        stage: Arc::default(),
    };
    (id, Arc::new(state))
}

/// The bytes of a body that is there.
pub(super) fn bytes_of<B>(response: http::Response<B>) -> Bytes
where
    B: axum::body::HttpBody<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let mut collecting = pin!(response.into_body().collect());
    match collecting.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(collected) => collected.unwrap().to_bytes(),
        Poll::Pending => panic!("the body is not there yet"),
    }
}

/// The same as text.
pub(super) fn text_of<B>(response: http::Response<B>) -> String
where
    B: axum::body::HttpBody<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    String::from_utf8(bytes_of(response).to_vec()).unwrap()
}

/// A header's value as text; empty if it is missing.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// A fault of the clock.
pub(super) fn clock_fault() -> Diagnostic {
    use crate::diagnostic::{Msg, Place};
    Diagnostic::fault(Place::default(), Msg::ClockBehind, ["2025-11-23", "2026-11-23", "2026-11-23"])
}
