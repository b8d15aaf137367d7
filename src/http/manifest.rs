//! What will this screen show, for controllers that store frames? `GET /screens/{id}/manifest.json?ext=bmp`:
//! the loop's pages, each once, with names and digests of their frames. Nothing in it is relative to now, and
//! nothing tells of notices that are not on air yet.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Extension,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG},
};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{
    Base, Context, conditional,
    error::Problem,
    poll::{CONTENT_DIGEST, check, screen_of, unknown_format},
};
use crate::{
    catalog::{Encoded, ScreenState, Snapshot, StagedFrame},
    digest::Digest,
    frame::{Format, Frame, FrameId},
    playout::{OnAir, Programme, Segment, Slot, stays_until},
    time::{DAY_MS, UtcMillis},
};

/// A manifest holds no more bytes; pages beyond are left out and it says `truncated`.
const MAX_BYTES: usize = 256 * 1024;
/// Room for everything but the pages.
const FRAME_BYTES: usize = 32 * 1024;
/// Most changes told.
const MAX_CHANGES: usize = 200;
/// Most segments looked ahead.
const MAX_SEGMENTS: usize = 256;
/// A manifest is made anew after so long: it tells the changes of the 24 hours behind this.
const FRESH_MS: i64 = 600_000;
/// Manifests kept take no more bytes together.
const KEPT_BYTES: usize = 16 << 20;

#[derive(Serialize)]
struct Document {
    screen: String,
    name: String,
    width: u32,
    height: u32,
    scheme: &'static str,
    format: &'static str,
    /// `loop`, `idle` or `dark`.
    state: &'static str,
    /// An instant at which the cycle began: page p shows when (now − anchor) mod cycle lies in
    /// `start_ms` ≤ t < `start_ms` + `dwell_ms`.
    anchor: String,
    /// The same in milliseconds since 1970.
    anchor_ms: i64,
    cycle_ms: i64,
    poll_interval_ms: u32,
    pages: Vec<Page>,
    /// Whether pages are missing because the manifest would be too long.
    truncated: bool,
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct Page {
    frame: String,
    notice: Option<String>,
    md5: String,
    sha256: String,
    size: usize,
    start_ms: i64,
    dwell_ms: i64,
    /// How long it may be shown without us; `null`: as long as nothing else is known.
    valid_until: Option<String>,
}

/// An instant at which something on air now leaves or comes back, or the screen goes dark or is lit.
#[derive(Serialize, PartialEq, Eq, Debug)]
struct Change {
    at: String,
    /// `ends`, `pauses`, `returns`, `closes` or `opens`.
    kind: &'static str,
}

/// Which manifest.
type Key = (String, Format, String);

/// A manifest with the snapshot's generation that it was made of and the instant until which it holds.
struct Kept {
    generation: u64,
    until: UtcMillis,
    json: Arc<Encoded>,
}

/// Manifests made so far.
#[derive(Default)]
pub(super) struct Manifests(Mutex<HashMap<Key, Kept>>);

impl Manifests {
    fn get(&self, key: &Key, generation: u64, now: UtcMillis) -> Option<Arc<Encoded>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(key).filter(|kept| kept.generation == generation && now < kept.until)?;
        Some(Arc::clone(&found.json))
    }

    fn put(&self, key: Key, made: Kept) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| kept.generation == made.generation);
        let bytes: usize = kept.values().map(|kept| kept.json.body.len()).sum();
        if bytes + made.json.body.len() > KEPT_BYTES {
            kept.clear();
        }
        kept.insert(key, made);
    }
}

pub(super) async fn manifest(
    State(context): State<Arc<Context>>,
    Extension(base): Extension<Base>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let id = id.map(|Path(id)| id).map_err(|_| Problem::BadPath("/screens/…/manifest.json".into()));
    let made = match (id, format_of(query.as_deref())) {
        (Ok(id), Ok(format)) => {
            let of = Arc::clone(&context);
            context.heavy(move || of.manifest(&id, format, base)).await.flatten()
        }
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    match made {
        Ok(json) => respond(&json, &headers),
        Err(problem) => problem.respond(&headers).map(axum::body::Body::new),
    }
}

fn respond(json: &Encoded, asked: &HeaderMap) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ETAG, json.etag.clone());
    if conditional::not_modified(asked, &json.etag, None, UtcMillis::MIN) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, json.content_type.clone());
    headers.insert(CONTENT_LENGTH, json.content_length.clone());
    headers.insert(CONTENT_DIGEST, json.content_digest.clone());
    *response.body_mut() = axum::body::Body::from(json.body.clone());
    response
}

/// `?ext=`, else BMP.
fn format_of(query: Option<&str>) -> Result<Format, Problem> {
    let ext = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("ext="));
    ext.map_or(Ok(Format::Bmp), |ext| Format::parse(ext).ok_or_else(|| unknown_format(ext)))
}

impl Context {
    /// The manifest of a screen. Draws: never call it on the runtime's threads.
    fn manifest(&self, id: &str, format: Format, base: Base) -> Result<Arc<Encoded>, Problem> {
        let snapshot = Arc::clone(&self.catalog.snapshot());
        let screen = screen_of(&snapshot, id)?;
        check(screen, format)?;
        let now = self.catalog.clock().now();
        let key = (id.to_owned(), format, base.0);
        if let Some(json) = self.manifests.get(&key, snapshot.generation, now) {
            return Ok(json);
        }
        let since = UtcMillis(now.0.div_euclid(FRESH_MS) * FRESH_MS);
        let ahead = Ahead::of(&snapshot, screen, now, since);
        let draw = |slot: &Slot| self.catalog.frame(screen, slot.run, slot.page);
        let document = ahead.document(&snapshot.zone, screen, format, &key.2, draw).ok_or(Problem::Broken)?;
        let json = serde_json::to_vec(&document).map_err(|_| Problem::Broken)?;
        let json = Arc::new(Encoded::new(json, "application/json"));
        let until = ahead.segments[0].until.min(since.plus(FRESH_MS));
        self.manifests.put(key, Kept { generation: snapshot.generation, until, json: Arc::clone(&json) });
        Ok(json)
    }
}

/// The segments ahead of a screen, the first of them the one of now.
struct Ahead {
    segments: Vec<Segment>,
    now: UtcMillis,
    /// Changes before this instant are told.
    horizon: UtcMillis,
}

impl Ahead {
    fn of(snapshot: &Snapshot, screen: &ScreenState, now: UtcMillis, since: UtcMillis) -> Self {
        let horizon = since.plus(DAY_MS + FRESH_MS);
        let segments = if snapshot.clock_fault.is_some() {
            vec![Segment { from: now, until: now.plus(1000), on_air: OnAir::Idle }]
        } else {
            screen.programme.segments(now, horizon, MAX_SEGMENTS, &snapshot.zone)
        };
        Self { segments, now, horizon }
    }

    fn document(
        &self,
        zone: &TimeZone,
        state: &ScreenState,
        format: Format,
        base: &str,
        draw: impl Fn(&Slot) -> Option<Arc<Frame>>,
    ) -> Option<Document> {
        let screen = &state.screen;
        let segment = self.segments.first()?;
        let mut document = Document {
            screen: screen.id.to_string(),
            name: screen.name.clone(),
            width: screen.profile.face.width,
            height: screen.profile.face.height,
            scheme: screen.profile.scheme.name(),
            format: format.ext(),
            state: "loop",
            anchor: String::new(),
            anchor_ms: segment.from.0,
            cycle_ms: i64::from(screen.poll_ms),
            poll_interval_ms: poll_interval_ms(screen.id.as_str(), screen.poll_ms),
            pages: Vec::new(),
            truncated: false,
            changes: changes(&state.programme, &self.segments, self.horizon, zone),
        };
        let (anchor, card) = match &segment.on_air {
            OnAir::Loop { anchor, cycle_ms, slots } => {
                document.cycle_ms = *cycle_ms;
                self.pages(&mut document, state, slots, base, format, draw)?;
                (*anchor, None)
            }
            OnAir::Idle => (segment.from, Some(("idle", &state.idle))),
            OnAir::Dark => (segment.from, Some(("dark", &state.dark))),
        };
        if let Some((name, card)) = card {
            document.state = name;
            let frame = StagedFrame::new(Arc::clone(card));
            let mut page = page(&url(base, frame.id(), format), frame.encode(format)?);
            page.dwell_ms = document.cycle_ms;
            document.pages.push(page);
        }
        document.anchor = anchor.rfc3339();
        document.anchor_ms = anchor.0;
        Some(document)
    }

    fn pages(
        &self,
        document: &mut Document,
        state: &ScreenState,
        slots: &[Slot],
        base: &str,
        format: Format,
        draw: impl Fn(&Slot) -> Option<Arc<Frame>>,
    ) -> Option<()> {
        let mut bytes = FRAME_BYTES;
        for slot in slots {
            let run = state.programme.runs().get(slot.run as usize)?;
            let frame = StagedFrame::new(draw(slot)?);
            let mut page = page(&url(base, frame.id(), format), frame.encode(format)?);
            page.notice = Some(run.id.to_string());
            page.start_ms = slot.start_ms;
            page.dwell_ms = slot.end_ms - slot.start_ms;
            let sure = stays_until(&self.segments, slot.run, self.now).min(run.window.until);
            page.valid_until = Some(sure.rfc3339());
            bytes += serde_json::to_string(&page).ok()?.len() + 1;
            if bytes > MAX_BYTES {
                document.truncated = true;
                break;
            }
            document.pages.push(page);
        }
        Some(())
    }
}

fn url(base: &str, id: FrameId, format: Format) -> String {
    format!("{base}/frames/{id}.{}", format.ext())
}

fn page(url: &str, encoded: &Encoded) -> Page {
    Page {
        frame: url.to_owned(),
        notice: None,
        md5: encoded.md5.to_string(),
        sha256: encoded.sha256.to_string(),
        size: encoded.body.len(),
        start_ms: 0,
        dwell_ms: 0,
        valid_until: None,
    }
}

/// Up to a tenth sooner than the screen's poll, differently for each screen and always the same for one: after
/// a power cut controllers that came back together drift apart.
fn poll_interval_ms(id: &str, poll_ms: u32) -> u32 {
    let share = u32::from(Digest::of(id.as_bytes()).0[0]);
    poll_ms - (u64::from(poll_ms) * u64::from(share) / 2560) as u32
}

/// The runs on air in a segment.
fn runs(segment: &Segment) -> Vec<u32> {
    match &segment.on_air {
        OnAir::Loop { slots, .. } => {
            let mut runs: Vec<u32> = slots.iter().map(|slot| slot.run).collect();
            runs.sort_unstable();
            runs.dedup();
            runs
        }
        OnAir::Idle | OnAir::Dark => Vec::new(),
    }
}

/// What is known to change before `horizon`, as far as it concerns what is on air now. What a notice that
/// has not entered yet will do is not told: a page that it takes off only has its `valid_until` shortened.
fn changes(programme: &Programme, segments: &[Segment], horizon: UtcMillis, zone: &TimeZone) -> Vec<Change> {
    let Some(first) = segments.first() else { return Vec::new() };
    let now_on_air = runs(first);
    let mut out = Vec::new();
    for (before, after) in segments.iter().zip(&segments[1..]) {
        let at = after.from;
        if at >= horizon || out.len() >= MAX_CHANGES {
            break;
        }
        let lit = |at| programme.hours().open_at(at, zone);
        let mut tell = |kind| {
            let change = Change { at: at.rfc3339(), kind };
            if !out.contains(&change) {
                out.push(change);
            }
        };
        if lit(at) != lit(at.plus(-1)) {
            tell(if lit(at) { "opens" } else { "closes" });
            continue;
        }
        let (left, here) = (runs(before), runs(after));
        for n in &now_on_air {
            let Some(run) = programme.runs().get(*n as usize) else { continue };
            let open = |at| run.hours.open_at(at, zone);
            match (left.contains(n), here.contains(n)) {
                (true, false) if at >= run.window.until => tell("ends"),
                (true, false) if !open(at) => tell("pauses"),
                (false, true) if !open(at.plus(-1)) => tell("returns"),
                _ => {}
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        approval::Window,
        color::ColorScheme,
        http::testing::{Kind, NOON, Site, clock_fault, frame, header, text_of},
        notice::NoticeId,
        playout::Run,
        time::{Hours, Priority},
    };

    const HOUR_MS: i64 = 3_600_000;

    /// A notice on air from `from` to `until` hours after noon, with one dwell of five seconds a page.
    fn run(file: &str, from: i64, until: i64, pages: usize) -> Run {
        let at = |hours: i64| NOON.plus(hours * HOUR_MS);
        Run {
            id: NoticeId::new("bureau", file),
            sort_key: crate::text::natural_key(file).into(),
            window: Window { from: at(from), until: at(until) },
            entry: at(from),
            hours: Hours::ALWAYS,
            priority: Priority::Normal,
            order: 0,
            replaces: Vec::new(),
            dwells_ms: vec![5000; pages].into(),
        }
    }

    fn document(kind: Kind) -> (Document, String) {
        let site = Site::of(vec![kind], |_| {});
        let (snapshot, screen) = (Arc::clone(&site.catalog.snapshot()), site.screen("gate"));
        let ahead = Ahead::of(&snapshot, &screen, NOON, NOON);
        let profile = screen.screen.profile;
        let draw =
            |slot: &Slot| Some(frame(profile.scheme, profile.face, slot.run * 16 + slot.page % 16 + 1));
        let document = ahead.document(&snapshot.zone, &screen, Format::Bmp, "http://10.0.0.1", draw).unwrap();
        let json = serde_json::to_string(&document).unwrap();
        (document, json)
    }

    #[test]
    fn the_loop_stands_in_it_page_by_page() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.runs = vec![run("a.md", -2, 100, 2), run("b.md", -1, 3, 1)];
        let (document, _) = document(kind);
        assert_eq!((document.state, document.cycle_ms, document.truncated), ("loop", 15_000, false));
        assert_eq!(document.anchor, "2026-11-23T03:00:00Z", "b entered last and begins the cycle");
        let seen: Vec<_> =
            document.pages.iter().map(|p| (p.notice.as_deref(), p.start_ms, p.dwell_ms)).collect();
        let (a, b) = (Some("bureau/a.md"), Some("bureau/b.md"));
        assert_eq!(seen, [(b, 0, 5000), (a, 5000, 5000), (a, 10_000, 5000)]);
        assert_eq!(document.pages[0].valid_until.as_deref(), Some("2026-11-23T07:00:00Z"));
        let first = &document.pages[0];
        let bmp = crate::frame::encode(
            &frame(ColorScheme::Red, crate::geometry::Size::new(320, 32), 17),
            Format::Bmp,
        );
        assert_eq!(first.size, bmp.unwrap().len());
        assert!(first.frame.starts_with("http://10.0.0.1/frames/") && first.frame.contains(".bmp"));
        assert_eq!((first.md5.len(), first.sha256.len()), (32, 64));
        let ends = Change { at: "2026-11-23T07:00:00Z".into(), kind: "ends" };
        assert_eq!(document.changes, [ends], "what ends after tomorrow is not told yet");
    }

    #[test]
    fn nothing_is_told_of_what_is_not_on_air_yet() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        let mut alarm = run("alarm.md", 2, 4, 1);
        alarm.priority = Priority::Emergency;
        kind.runs = vec![run("a.md", -2, 100, 1), run("secret.md", 1, 5, 3), alarm];
        let (document, json) = document(kind);
        assert!(!json.contains("secret") && !json.contains("alarm"), "{json}");
        assert_eq!(document.changes, []);
        let valid_until = document.pages[0].valid_until.as_deref();
        assert_eq!(valid_until, Some("2026-11-23T06:00:00Z"), "the page must go when the alarm comes");
    }

    #[test]
    fn hours_of_screen_and_notice_are_changes() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.hours = Hours::parse("07:00-18:00").unwrap();
        let mut lunch = run("lunch.md", -24, 100, 1);
        lunch.hours = Hours::parse("11:00-13:00").unwrap();
        kind.runs = vec![run("a.md", -24, 100, 1), lunch];
        let (document, _) = document(kind);
        let told: Vec<_> = document.changes.iter().map(|change| (&change.at[5..16], change.kind)).collect();
        assert_eq!(
            told,
            [
                ("11-23T05:00", "pauses"),
                ("11-23T10:00", "closes"),
                ("11-23T23:00", "opens"),
                ("11-24T03:00", "returns")
            ]
        );
        assert_eq!(document.pages[0].valid_until.as_deref(), Some("2026-11-23T10:00:00Z"));
    }

    #[test]
    fn a_loop_that_is_too_long_is_cut_and_says_so() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.runs = vec![run("long.md", -1, 100, 3000)];
        let (document, json) = document(kind);
        assert!(document.truncated && document.pages.len() > 500);
        assert!(json.len() <= MAX_BYTES, "{} bytes", json.len());
        assert_eq!(document.cycle_ms, 15_000_000, "the cycle is the whole one");
    }

    #[tokio::test]
    async fn an_idle_screen_has_its_idle_frame() {
        let site =
            Site::of(vec![Kind::new("gate", ColorScheme::Red)], |s| s.clock_fault = Some(clock_fault()));
        let response = site.get("/screens/gate/manifest.json?ext=png").await;
        assert_eq!(response.status(), 200);
        let etag = header(response.headers(), "etag").to_owned();
        let json: serde_json::Value = serde_json::from_str(&text_of(response)).unwrap();
        assert_eq!((&json["state"], &json["format"]), (&"idle".into(), &"png".into()));
        let idle = site.screen("gate").idle.id();
        assert_eq!(json["pages"][0]["frame"], format!("/frames/{idle}.png"));
        let path = "/screens/gate/manifest.json?ext=png";
        assert_eq!(site.ask("GET", path, &[("if-none-match", &etag)]).await.status(), 304);
        assert_eq!(site.get("/screens/gate/manifest.json?ext=jpg").await.status(), 404);
        assert_eq!(site.get("/screens/gate/manifest.json?ext=raw.rg").await.status(), 406);
        assert_eq!(site.get("/screens/nowhere/manifest.json").await.status(), 404);
        assert_eq!(site.get("/screens/%ff/manifest.json").await.status(), 400);
    }

    #[test]
    fn controllers_that_come_back_together_drift_apart() {
        let intervals: Vec<u32> = (0..50).map(|n| poll_interval_ms(&format!("school-{n}"), 5000)).collect();
        assert!(intervals.iter().all(|ms| (4500..=5000).contains(ms)));
        let mut different = intervals.clone();
        different.sort_unstable();
        different.dedup();
        assert!(different.len() > 20, "{intervals:?}");
        assert_eq!(intervals[7], poll_interval_ms("school-7", 5000), "always the same for one screen");
    }
}
