//! What stands in manifests, and what must not.

use super::*;
use crate::{
    approval::Window,
    catalog::ScreenTest,
    color::ColorScheme,
    frame::Format,
    http::testing::{Kind, NOON, Site, clock_fault, frame, header, text_of},
    notice::NoticeId,
    playout::Run,
    render::Pattern,
    screen::ScreenId,
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
        rounds: None,
    }
}

fn document(kind: Kind) -> (Document, String) {
    let site = Site::of(vec![kind], |_| {});
    let (snapshot, screen) = (Arc::clone(&site.catalog.snapshot()), site.screen("gate"));
    let ahead = Ahead::of(&snapshot, &screen, NOON, NOON);
    let profile = screen.screen.profile;
    let draw = |slot: &Slot| Some(frame(profile.scheme, profile.face, slot.run * 16 + slot.page % 16 + 1));
    let document = ahead.document(&screen, Format::Bmp.into(), "http://10.0.0.1", draw).unwrap();
    let json = serde_json::to_string(&document).unwrap();
    (document, json)
}

/// The changes: when, what, until when.
fn told(document: &Document) -> Vec<String> {
    let one = |change: &Change| {
        let pages = change.pages.len();
        let of = if pages > 0 { format!(" of {pages}") } else { String::new() };
        format!("{} {}{of} until {}", &change.at[5..], change.state, change.valid_until)
    };
    document.changes.iter().map(one).collect()
}

#[test]
fn the_loop_stands_in_it_page_by_page() {
    let mut kind = Kind::new("gate", ColorScheme::Red);
    kind.runs = vec![run("a.md", -2, 100, 2), run("b.md", -1, 3, 1)];
    let (document, _) = document(kind);
    assert_eq!((document.state, document.cycle_ms, document.truncated), ("loop", 15_000, false));
    assert_eq!(document.anchor, "2026-11-23T03:00:00.000Z", "b entered last and begins the cycle");
    let seen: Vec<_> = document.pages.iter().map(|p| (p.notice.as_deref(), p.start_ms, p.dwell_ms)).collect();
    let (a, b) = (Some("bureau/a.md"), Some("bureau/b.md"));
    assert_eq!(seen, [(b, 0, 5000), (a, 5000, 5000), (a, 10_000, 5000)]);
    assert_eq!(document.pages[0].valid_until, "2026-11-23T07:00:00Z");
    let first = &document.pages[0];
    let bmp =
        crate::frame::encode(&frame(ColorScheme::Red, crate::geometry::Size::new(320, 32), 17), Format::Bmp);
    assert_eq!(first.size, bmp.unwrap().len());
    assert!(first.frame.starts_with("http://10.0.0.1/frames/") && first.frame.contains(".bmp"));
    assert_eq!((first.md5.len(), first.sha256.len()), (32, 64));
    assert_eq!(told(&document), ["11-23T07:00:00.000Z loop of 2 until 2026-11-27T08:00:00Z"]);
    assert_eq!(document.changes[0].pages[0].frame, document.pages[1].frame);
    assert_eq!(document.changes[0].anchor_ms, NOON.0 - 2 * HOUR_MS);
    assert_eq!(document.known_until, "2026-11-27T08:00:00Z", "nothing is planned before");
    assert!(document.frames.is_empty(), "every frame stands among the pages");
}

#[test]
fn nothing_is_told_of_what_is_not_on_air_yet() {
    let mut kind = Kind::new("gate", ColorScheme::Red);
    let mut alarm = run("alarm.md", 2, 4, 1);
    alarm.priority = Priority::Emergency;
    kind.runs = vec![run("a.md", -2, 100, 1), run("secret.md", 1, 5, 3), alarm];
    let (document, json) = document(kind);
    assert!(!json.contains("secret") && !json.contains("alarm"), "{json}");
    let unknown = "11-23T05:00:00.000Z unknown until 2026-11-23T09:00:00Z";
    assert_eq!(told(&document), [unknown, "11-23T09:00:00.000Z loop of 1 until 2026-11-27T08:00:00Z"]);
    assert_eq!(document.frames.len(), 0);
    assert_eq!(
        document.pages[0].valid_until, "2026-11-23T06:00:00Z",
        "the page must go when the alarm comes"
    );
}

#[test]
fn what_comes_and_stays_unknown_ends_what_is_known() {
    let mut kind = Kind::new("gate", ColorScheme::Red);
    kind.runs = vec![run("a.md", -2, 100, 1), run("secret.md", 1, 50, 3)];
    let (document, _) = document(kind);
    assert_eq!(told(&document), [""; 0]);
    assert_eq!(document.known_until, "2026-11-23T05:00:00Z");
}

#[test]
fn hours_of_screen_and_notice_are_changes() {
    let mut kind = Kind::new("gate", ColorScheme::Red);
    kind.hours = Hours::parse("07:00-18:00").unwrap();
    let mut lunch = run("lunch.md", -24, 100, 1);
    lunch.hours = Hours::parse("11:00-13:00").unwrap();
    kind.runs = vec![run("a.md", -24, 100, 1), lunch];
    let (document, _) = document(kind);
    assert_eq!(
        told(&document),
        [
            "11-23T05:00:00.000Z loop of 1 until 2026-11-23T10:00:00Z",
            "11-23T10:00:00.000Z dark until 2026-11-23T23:00:00Z",
            "11-23T23:00:00.000Z loop of 1 until 2026-11-24T03:00:00Z",
            "11-24T03:00:00.000Z loop of 2 until 2026-11-24T05:00:00Z",
        ]
    );
    assert_eq!(document.pages[0].valid_until, "2026-11-23T10:00:00Z");
}

#[test]
fn frames_that_come_later_are_named_to_be_fetched_ahead() {
    let mut kind = Kind::new("gate", ColorScheme::Red);
    let mut evening = run("evening.md", -24, 100, 2);
    evening.hours = Hours::parse("18:00-20:00").unwrap();
    kind.runs = vec![run("a.md", -24, 100, 1), evening];
    let (document, _) = document(kind);
    assert_eq!(document.frames.len(), 2);
    let frame = &document.frames[0];
    assert_eq!((frame.notice.as_deref(), frame.size), (Some("bureau/evening.md"), 62 + 40 * 32));
    assert_eq!(frame.valid_until, "2026-11-27T08:00:00Z");
    let change = &document.changes[0];
    assert_eq!((change.at_ms, change.cycle_ms), (NOON.0 + 6 * HOUR_MS, 15_000));
    let places: Vec<_> = change.pages.iter().map(|p| (&*p.frame, p.start_ms, p.dwell_ms)).collect();
    let (a, b) = (&*document.frames[0].frame, &*document.frames[1].frame);
    assert_eq!(places, [(&*document.pages[0].frame, 0, 5000), (a, 5000, 5000), (b, 10_000, 5000)]);
}

#[test]
fn an_emergency_keeps_the_screen_lit_until_it_ends() {
    let mut kind = Kind::new("gate", ColorScheme::Red);
    kind.hours = Hours::parse("08:00-13:00").unwrap();
    let mut alarm = run("alarm.md", -1, 1000, 1);
    alarm.priority = Priority::Emergency;
    kind.runs = vec![run("a.md", -2, 100, 1), alarm.clone()];
    assert_eq!(told(&document(kind).0), [""; 0], "hours darken nothing now");

    let mut kind = Kind::new("gate", ColorScheme::Red);
    kind.hours = Hours::parse("08:00-13:00").unwrap();
    alarm.window.until = NOON.plus(6 * HOUR_MS);
    kind.runs = vec![alarm];
    assert_eq!(
        told(&document(kind).0),
        [
            "11-23T10:00:00.000Z dark until 2026-11-24T00:00:00Z",
            "11-24T00:00:00.000Z idle until 2026-11-24T05:00:00Z",
        ],
        "the screen darkens with the end of the emergency"
    );
}

#[test]
fn a_test_pattern_is_polled_for_and_ends_by_itself() {
    let mut kind = Kind::new("gate", ColorScheme::Red);
    let mut alarm = run("alarm.md", -2, 1, 1);
    alarm.priority = Priority::Emergency;
    kind.runs = vec![run("a.md", -2, 100, 2), alarm];
    let site = Site::of(vec![kind], |snapshot| {
        let test = ScreenTest::new(Pattern::Grid, NOON.plus(-1000), 90_000);
        snapshot.tests.insert(ScreenId::parse("gate").unwrap(), test);
    });
    let snapshot = Arc::clone(&site.catalog.snapshot());
    let screen = site.screen("gate");
    let test = *snapshot.test_at(&screen.screen.id, NOON).unwrap();
    let at = |at: UtcMillis, test: ScreenTest| {
        let segments = screen.programme.segments(at, at.plus(DAY_MS), 9, &snapshot.zone);
        let stretches = stretches(&screen, &segments, Some(&test), at);
        stretches.iter().map(|s| (name(&s.told), s.until)).collect::<Vec<_>>()
    };
    let (one, end) = (NOON.plus(HOUR_MS), NOON.plus(100 * HOUR_MS));
    assert_eq!(at(NOON, test), [("loop", one), ("loop", end)], "an emergency comes first");
    let later = ScreenTest { until: one.plus(60_000), ..test };
    assert_eq!(at(NOON, later), [("loop", one), ("test", one.plus(60_000)), ("loop", end)]);
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
    let site = Site::of(vec![Kind::new("gate", ColorScheme::Red)], |s| s.clock_fault = Some(clock_fault()));
    let path = "/screens/gate/manifest.json";
    let first = text_of(site.get(path).await);
    let json: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!((&json["anchor"], &json["anchor_ms"]), (&"1970-01-01T00:00:00.000Z".into(), &0.into()));
    site.clock.set(NOON.plus(5_000));
    let later = site.get(path).await;
    assert_eq!(
        header(later.headers(), "date"),
        "Mon, 23 Nov 2026 04:00:05 GMT",
        "the clock that it is made by"
    );
    assert_eq!(text_of(later), first);
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

#[test]
fn a_day_with_too_many_changes_is_told_as_far_as_there_is_room() {
    let mut kind = Kind::new("gate", ColorScheme::Red);
    kind.runs = vec![run("long.md", -1, 100, 300)];
    for n in 0..12 {
        let mut other = run(&format!("{n}.md"), -1, 100, 1);
        other.hours = Hours::parse(&format!("{}:00-{}:30", 13 + n / 2, 13 + n / 2)).unwrap();
        kind.runs.push(other);
    }
    let (document, json) = document(kind);
    assert!(document.truncated && json.len() <= MAX_BYTES, "{} bytes", json.len());
    assert_eq!(document.pages.len(), 300);
    let last = document.changes.last().unwrap();
    assert_eq!(last.valid_until, document.known_until, "it says until when it tells all");
    assert!(document.known_until_ms < NOON.0 + DAY_MS);
}

#[tokio::test]
async fn an_idle_screen_has_its_idle_frame() {
    let site = Site::of(vec![Kind::new("gate", ColorScheme::Red)], |s| s.clock_fault = Some(clock_fault()));
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
    assert!(intervals.iter().all(|ms| (4000..=5000).contains(ms)));
    let mut different = intervals.clone();
    different.sort_unstable();
    different.dedup();
    assert!(different.len() > 20, "{intervals:?}");
    assert_eq!(intervals[7], poll_interval_ms("school-7", 5000), "always the same for one screen");
}
