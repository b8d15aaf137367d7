//! Test patterns take the screen for their time, and nothing longer; emergencies come first.

use super::*;
use crate::{render::Pattern, screen::ScreenId};

struct Tested {
    rig: Rig,
    state: tempfile::TempDir,
    id: ScreenId,
}

impl Tested {
    fn new() -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut rig = Rig::keeping(Some(state.path().to_owned()), Disk::default(), |rig| {
            rig.write("screens.yaml", SCREENS, -DAY_MS);
            rig.write("bureau/playlist.yaml", ANSWERS, -DAY_MS);
        });
        rig.drop_file("bureau/a.txt", "招生\n招生\n");
        Self { rig, state, id: ScreenId::parse("gate").unwrap() }
    }

    fn start(&mut self, pattern: Pattern, for_ms: i64) {
        let test = ScreenTest::new(pattern, self.rig.clock.now(), for_ms);
        want_test(self.state.path(), &self.id, &test).unwrap();
        self.rig.turn(1);
    }
}

#[test]
fn a_pattern_shows_for_its_time_and_the_programme_returns_by_itself() {
    let mut t = Tested::new();
    let programme = t.rig.round();
    assert!(programme.contains("招生"));
    t.start(Pattern::Grid, 30_000);
    assert_eq!(t.rig.shows(), "5x2");
    let end = t.rig.clock.now().plus(29_998);
    assert_eq!(t.rig.shows_at(end), "5x2");
    assert!(t.rig.shows_at(end.plus(1)).contains("招生"), "the programme is staged behind it");
    t.rig.turn(30_000);
    assert_eq!(t.rig.round(), programme);
    assert!(t.rig.catalog.snapshot().tests.is_empty());
    assert_eq!(std::fs::read_dir(t.state.path().join("tests")).unwrap().count(), 0, "the note is gone");
}

#[test]
fn a_pattern_can_be_ended_and_survives_a_restart_of_the_server() {
    let mut t = Tested::new();
    t.start(Pattern::Edges, 600_000);
    assert_eq!(t.rig.shows(), "abcd");
    let disk = t.rig.disk.clone();
    let clock = t.rig.clock.now();
    t.rig = Rig::keeping(Some(t.state.path().to_owned()), disk, |rig| rig.clock.set(clock));
    assert_eq!(t.rig.shows(), "abcd");
    assert!(end_test(t.state.path(), &t.id).unwrap());
    t.rig.turn(3000);
    assert!(t.rig.round().contains("招生"));
}

#[test]
fn an_emergency_comes_before_a_pattern_and_the_pattern_after_it() {
    let mut t = Tested::new();
    t.start(Pattern::Grid, 600_000);
    t.rig.drop_file("bureau/b.txt", "级别: 紧急\n至: 2026-12-01 08:01\n---\n停课\n");
    assert!(t.rig.shows().contains("停课"), "{}", t.rig.shows());
    let over = T0.plus(60_000);
    assert!(t.rig.shows_at(over.plus(-1)).contains("停课"));
    assert_eq!(t.rig.shows_at(over), "5x2");
}

#[test]
fn ident_counts_and_tells_who_asks() {
    let mut t = Tested::new();
    let screen = t.rig.catalog.snapshot().screens["gate"].clone();
    screen.stage.note_asker("::ffff:192.168.1.20".parse().unwrap());
    t.start(Pattern::Ident, 600_000);
    let now = t.rig.clock.now();
    assert!(t.rig.shows().contains("#0") && t.rig.shows().contains("192.168.1.20"), "{}", t.rig.shows());
    let later = t.rig.shows_at(now.plus(3000));
    assert!(later.contains("#3") && later.contains("08:00:03"), "{later}");
    let bytes = screen
        .stage
        .moments()
        .iter()
        .filter(|moment| moment.shown.get(crate::frame::Format::Bmp).is_some())
        .count();
    assert!(bytes > 50, "every step is encoded before it is due");
    screen.stage.note_asker("192.168.1.21".parse().unwrap());
    t.rig.turn(20_000);
    assert!(t.rig.shows().contains("192.168.1.21"), "{}", t.rig.shows());
}

#[test]
fn while_the_clock_lies_no_pattern_shows() {
    let mut t = Tested::new();
    t.start(Pattern::Grid, 600_000);
    t.rig.clock.set(T0.plus(-DAY_MS));
    t.rig.turn(1);
    assert_eq!(t.rig.shows(), "待机");
}

#[test]
fn clips_show_the_pattern_too() {
    let mut t = Tested::new();
    t.rig.drop_file("screens.yaml", &SCREENS.replace("  idle", "  motion: clip\n  idle"));
    t.start(Pattern::Grid, 30_000);
    let snapshot = t.rig.catalog.snapshot().clone();
    let (stage, now) = (&snapshot.screens["gate"].stage, t.rig.clock.now());
    let (pages, clips) = (stage.moments(), stage.clips());
    let (page, clip) = (moment_at(&pages, now).unwrap(), moment_at(&clips, now).unwrap());
    let dots = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgb8().into_raw();
    let png = clip.shown.encode(crate::frame::ClipFormat::Png, t.rig.catalog.fonts()).unwrap();
    assert_eq!(dots(&png.body), dots(&page.shown.encode(crate::frame::Format::Png).unwrap().body));
    assert_eq!(clip.until, page.until);
    assert!(moment_at(&clips, clip.until).unwrap().notice.is_some(), "the programme is staged behind it");
}
