//! What stands in a manifest.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{
    super::validity::{card_until, sure_segments},
    FRESH_MS,
    changes::{Change, changes},
};
use crate::{
    catalog::{Encoded, ScreenState, Snapshot, StagedFrame},
    digest::Digest,
    frame::{Frame, FrameId, Variant},
    playout::{OnAir, Segment, Slot, stays_until},
    time::{DAY_MS, UtcMillis},
};

/// A manifest holds no more bytes; pages beyond are left out and it says `truncated`.
const MAX_BYTES: usize = 256 * 1024;
/// Room for everything but the pages.
const FRAME_BYTES: usize = 32 * 1024;
/// Most segments looked ahead.
const MAX_SEGMENTS: usize = 256;

#[derive(Serialize)]
pub(super) struct Document {
    screen: String,
    name: String,
    width: u32,
    height: u32,
    scheme: &'static str,
    format: &'static str,
    /// `loop`, `idle` or `dark`.
    state: &'static str,
    /// An instant at which the cycle began: page p shows when (now − anchor) mod cycle lies in
    /// `start_ms` ≤ t < `start_ms` + `dwell_ms`. With its milliseconds: they are part of the phase.
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
    /// How long it may be shown without us; the same as `Mingping-Valid-Until`.
    valid_until: String,
}

/// The segments ahead of a screen, the first of them the one of now.
pub(super) struct Ahead {
    pub(super) segments: Vec<Segment>,
    /// Those over which the validity of pages is followed.
    sure: Vec<Segment>,
    now: UtcMillis,
    /// What is vouched for while nothing changes is counted from here, so that a body says the same for a while.
    since: UtcMillis,
    /// Changes before this instant are told.
    horizon: UtcMillis,
}

impl Ahead {
    pub(super) fn of(snapshot: &Snapshot, screen: &ScreenState, now: UtcMillis, since: UtcMillis) -> Self {
        let horizon = since.plus(DAY_MS + FRESH_MS);
        let (segments, sure) = if snapshot.clock_fault.is_some() {
            // A clock that lies knows no beginning and no end; a new snapshot tells when it is trusted again.
            (vec![Segment { from: UtcMillis(0), until: horizon, on_air: OnAir::Idle }], Vec::new())
        } else {
            let segments = screen.programme.segments(now, horizon, MAX_SEGMENTS, &snapshot.zone);
            (segments, sure_segments(&screen.programme, now, &snapshot.zone))
        };
        Self { segments, sure, now, since, horizon }
    }

    pub(super) fn document(
        &self,
        zone: &TimeZone,
        state: &ScreenState,
        variant: Variant,
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
            format: variant.format().ext(),
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
                self.pages(&mut document, state, slots, base, variant, draw)?;
                (*anchor, None)
            }
            OnAir::Idle => (segment.from, Some(("idle", &state.idle))),
            OnAir::Dark => (segment.from, Some(("dark", &state.dark))),
        };
        if let Some((name, card)) = card {
            document.state = name;
            let frame = StagedFrame::new(Arc::clone(card));
            let valid_until = card_until(segment.until, self.since);
            let mut page = page(&url(base, frame.id(), variant), &*frame.encode(variant)?, valid_until);
            page.dwell_ms = document.cycle_ms;
            document.pages.push(page);
        }
        document.anchor = rfc3339_millis(anchor);
        document.anchor_ms = anchor.0;
        Some(document)
    }

    fn pages(
        &self,
        document: &mut Document,
        state: &ScreenState,
        slots: &[Slot],
        base: &str,
        variant: Variant,
        draw: impl Fn(&Slot) -> Option<Arc<Frame>>,
    ) -> Option<()> {
        let mut bytes = FRAME_BYTES;
        for slot in slots {
            let run = state.programme.runs().get(slot.run as usize)?;
            let frame = StagedFrame::new(draw(slot)?);
            let valid_until = stays_until(&self.sure, slot.run, self.now);
            let mut page = page(&url(base, frame.id(), variant), &*frame.encode(variant)?, valid_until);
            page.notice = Some(run.id.to_string());
            page.start_ms = slot.start_ms;
            page.dwell_ms = slot.end_ms - slot.start_ms;
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

fn url(base: &str, id: FrameId, variant: Variant) -> String {
    format!("{base}/frames/{id}.{}{}", variant.format().ext(), variant.query())
}

/// RFC 3339 in UTC with milliseconds.
fn rfc3339_millis(at: UtcMillis) -> String {
    let seconds = at.rfc3339();
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), at.0.rem_euclid(1000))
}

fn page(url: &str, encoded: &Encoded, valid_until: UtcMillis) -> Page {
    Page {
        frame: url.to_owned(),
        notice: None,
        md5: encoded.md5.to_string(),
        sha256: encoded.sha256.to_string(),
        size: encoded.body.len(),
        start_ms: 0,
        dwell_ms: 0,
        valid_until: valid_until.rfc3339(),
    }
}

/// Up to a tenth sooner than the screen's poll, differently for each screen and always the same for one: after
/// a power cut controllers that came back together drift apart.
fn poll_interval_ms(id: &str, poll_ms: u32) -> u32 {
    let share = u32::from(Digest::of(id.as_bytes()).0[0]);
    poll_ms - (u64::from(poll_ms) * u64::from(share) / 2560) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        approval::Window,
        color::ColorScheme,
        frame::Format,
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
            digest: crate::digest::Digest::of(file.as_bytes()),
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
        let document =
            ahead.document(&snapshot.zone, &screen, Format::Bmp.into(), "http://10.0.0.1", draw).unwrap();
        let json = serde_json::to_string(&document).unwrap();
        (document, json)
    }

    #[test]
    fn the_loop_stands_in_it_page_by_page() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.runs = vec![run("a.md", -2, 100, 2), run("b.md", -1, 3, 1)];
        let (document, _) = document(kind);
        assert_eq!((document.state, document.cycle_ms, document.truncated), ("loop", 15_000, false));
        assert_eq!(document.anchor, "2026-11-23T03:00:00.000Z", "b entered last and begins the cycle");
        let seen: Vec<_> =
            document.pages.iter().map(|p| (p.notice.as_deref(), p.start_ms, p.dwell_ms)).collect();
        let (a, b) = (Some("bureau/a.md"), Some("bureau/b.md"));
        assert_eq!(seen, [(b, 0, 5000), (a, 5000, 5000), (a, 10_000, 5000)]);
        assert_eq!(document.pages[0].valid_until, "2026-11-23T07:00:00Z");
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
        assert_eq!(
            document.pages[0].valid_until, "2026-11-23T06:00:00Z",
            "the page must go when the alarm comes"
        );
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
        assert_eq!(document.pages[0].valid_until, "2026-11-23T10:00:00Z");
    }

    #[test]
    fn an_emergency_keeps_the_screen_lit_until_it_ends() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.hours = Hours::parse("08:00-13:00").unwrap();
        let mut alarm = run("alarm.md", -1, 1000, 1);
        alarm.priority = Priority::Emergency;
        kind.runs = vec![run("a.md", -2, 100, 1), alarm.clone()];
        assert_eq!(document(kind).0.changes, [], "hours darken nothing now");

        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.hours = Hours::parse("08:00-13:00").unwrap();
        alarm.window.until = NOON.plus(6 * HOUR_MS);
        kind.runs = vec![alarm];
        let (document, _) = document(kind);
        let told: Vec<_> = document.changes.iter().map(|change| (&change.at[5..16], change.kind)).collect();
        assert_eq!(
            told,
            [("11-23T10:00", "closes"), ("11-23T10:00", "ends"), ("11-24T00:00", "opens"),],
            "the screen darkens with the end of the emergency"
        );
    }

    #[test]
    fn black_is_kept_until_the_screen_opens_and_idle_text_for_a_day() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.hours = Hours::parse("14:00-18:00").unwrap();
        let (dark, _) = document(kind);
        assert_eq!((dark.state, &dark.pages[0].valid_until[..]), ("dark", "2026-11-23T06:00:00Z"));
        let (idle, _) = document(Kind::new("gate", ColorScheme::Red));
        assert_eq!((idle.state, &idle.pages[0].valid_until[..]), ("idle", "2026-11-24T04:00:00Z"));
    }

    #[test]
    fn a_page_that_stays_for_long_is_valid_to_its_end_like_the_header_says() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        kind.runs = vec![run("a.md", -2, 1000, 1)];
        let until = NOON.plus(1000 * HOUR_MS).rfc3339();
        assert_eq!(document(kind).0.pages[0].valid_until, until);
    }

    #[test]
    fn the_anchor_keeps_its_milliseconds() {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        let mut a = run("a.md", -2, 100, 1);
        a.entry = NOON.plus(-877);
        kind.runs = vec![a];
        let (document, _) = document(kind);
        assert_eq!(document.anchor, "2026-11-23T03:59:59.123Z");
        assert_eq!(document.anchor_ms, NOON.0 - 877);
    }

    #[tokio::test]
    async fn while_the_clock_lies_the_manifest_stays_the_same() {
        let site =
            Site::of(vec![Kind::new("gate", ColorScheme::Red)], |s| s.clock_fault = Some(clock_fault()));
        let path = "/screens/gate/manifest.json";
        let first = text_of(site.get(path).await);
        let json: serde_json::Value = serde_json::from_str(&first).unwrap();
        assert_eq!((&json["anchor"], &json["anchor_ms"]), (&"1970-01-01T00:00:00.000Z".into(), &0.into()));
        site.clock.set(NOON.plus(5_000));
        assert_eq!(text_of(site.get(path).await), first);
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
