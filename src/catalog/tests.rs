//! The catalog as a viewer and a clerk see it: files come and go in a folder that the test holds, time is
//! told by the test, and what shows is read off the stage.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
};

use jiff::tz::TimeZone;

mod patterns;

use super::*;
use crate::{
    diagnostic::{Lang, Msg},
    text::fold_name,
    time::DAY_MS,
};

mod clips;

const SCREENS: &str =
    "gate:\n  size: 160x32\n  color: red\n  playlists: [bureau]\n  poll: 1s\n  idle: 待机\n";
const ANSWERS: &str = "提供: 基教股\n审核: 分管领导\n负责: 基教股\n保密审查: 办公室\n至: 2027-06-30\n";
/// 2026-12-01 08:00 in Shanghai.
const T0: UtcMillis = UtcMillis(1_796_083_200_000);

#[derive(Clone, Default)]
struct Disk(Arc<Mutex<DiskState>>);

#[derive(Default)]
struct DiskState {
    files: BTreeMap<String, (Stat, Result<Vec<u8>, String>)>,
    missing: bool,
    reversed: bool,
    writes: u64,
}

impl Folder for Disk {
    fn scan(&self) -> io::Result<Vec<Found>> {
        let disk = self.0.lock().unwrap();
        if disk.missing {
            return Err(io::Error::new(io::ErrorKind::NotFound, "not mounted"));
        }
        let file = |(path, (stat, _)): (&String, &(Stat, _))| Found {
            path: path.clone(),
            what: FoundWhat::File(*stat),
        };
        let mut found: Vec<Found> = disk.files.iter().map(file).collect();
        let mut folders: Vec<&str> =
            disk.files.keys().filter_map(|path| Some(path.split_once('/')?.0)).collect();
        folders.dedup();
        found.extend(folders.iter().map(|name| Found { path: (*name).to_owned(), what: FoundWhat::Folder }));
        if disk.reversed {
            found.reverse();
        }
        Ok(found)
    }

    fn read(&self, path: &str, _: u64) -> io::Result<Vec<u8>> {
        let disk = self.0.lock().unwrap();
        let (_, bytes) = disk.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        bytes.clone().map_err(io::Error::other)
    }
}

struct Rig {
    disk: Disk,
    clock: Arc<ManualClock>,
    catalog: Arc<Catalog>,
    director: Director,
    mono_ms: u64,
}

impl Rig {
    /// A site with one screen and one playlist, read at `T0`; its files are a day old.
    fn new() -> Self {
        Self::over(Disk::default(), |rig| {
            rig.write("screens.yaml", SCREENS, -DAY_MS);
            rig.write("bureau/playlist.yaml", ANSWERS, -DAY_MS);
        })
    }

    fn over(disk: Disk, fill: impl FnOnce(&mut Self)) -> Self {
        Self::keeping(None, disk, fill)
    }

    /// The same, with state kept in a folder.
    fn keeping(state: Option<std::path::PathBuf>, disk: Disk, fill: impl FnOnce(&mut Self)) -> Self {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let clock = Arc::new(ManualClock::at(T0));
        let (fonts, _) = crate::render::Fonts::load(Vec::new());
        let catalog = Catalog::new(Snapshot::empty(zone.clone()), Arc::new(fonts), clock.clone(), false);
        let plan = Plan {
            playlists: "playlists".into(),
            state,
            feedback: None,
            zone,
            font_faults: Vec::new(),
            log_lang: Lang::En,
        };
        let director = Director::with_folder(plan, catalog.clone(), Box::new(disk.clone()));
        let mut rig = Self { disk, clock, catalog, director, mono_ms: 0 };
        fill(&mut rig);
        rig.turn(0);
        rig
    }

    /// Writes a file whose ctime lies `age_ms` from now, without an event.
    fn write(&mut self, path: &str, text: &(impl AsRef<[u8]> + ?Sized), age_ms: i64) {
        let text = text.as_ref();
        let at = self.clock.now().plus(age_ms);
        let mut disk = self.disk.0.lock().unwrap();
        disk.writes += 1;
        let stat =
            Stat { inode: disk.writes, size: text.len() as u64, mtime_ms: at.0, ctime_ns: at.0 * 1_000_000 };
        disk.files.insert(path.to_owned(), (stat, Ok(text.to_vec())));
    }

    /// Writes a file and closes it; then the director looks.
    fn drop_file(&mut self, path: &str, text: &(impl AsRef<[u8]> + ?Sized)) {
        self.write(path, text, 0);
        let mut marks = Marks::default();
        marks.closed.insert(path.to_owned());
        self.director.note(marks);
        self.turn(5);
    }

    /// A file is being written.
    fn half_write(&mut self, path: &str, text: &str) {
        self.write(path, text, 0);
        let mut marks = Marks::default();
        marks.open.insert(path.to_owned());
        self.director.note(marks);
        self.turn(5);
    }

    fn delete(&mut self, path: &str) {
        self.disk.0.lock().unwrap().files.remove(path);
        self.turn(5);
    }

    /// Time passes; then the director looks.
    fn turn(&mut self, ms: u64) {
        self.mono_ms += ms;
        self.clock.advance(ms as i64);
        self.director.turn(self.mono_ms);
    }

    /// What the gate shows now, as text without spaces.
    fn shows(&self) -> String {
        self.shows_at(self.clock.now())
    }

    fn shows_at(&self, at: UtcMillis) -> String {
        let snapshot = self.catalog.snapshot();
        let Some(state) = snapshot.screens.get("gate") else { return "no screen".to_owned() };
        let moments = state.stage.moments();
        let moment = moment_at(&moments, at).expect("every instant of the next minute is staged");
        fold_name(&moment.shown.frame().lines().concat())
    }

    /// Everything that shows within the next minute, once each, in order.
    fn round(&self) -> String {
        let mut seen: Vec<String> = Vec::new();
        for s in 0..60 {
            let shown = self.shows_at(self.clock.now().plus(s * 1000));
            if !seen.contains(&shown) {
                seen.push(shown);
            }
        }
        seen.join("|")
    }

    fn problems(&self) -> Vec<Msg> {
        self.catalog.snapshot().diagnostics().into_iter().map(|d| d.msg).collect()
    }
}

#[test]
fn a_dropped_notice_shows_at_once_and_a_deleted_one_goes() {
    let mut rig = Rig::new();
    assert_eq!(rig.shows(), "待机");
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    assert!(rig.round().contains("招生") && rig.round().contains("七月报名"), "{}", rig.round());
    rig.delete("bureau/a.txt");
    assert!(rig.round().contains("招生"), "it may be being saved");
    rig.turn(5000);
    assert_eq!(rig.round(), "待机");
}

#[test]
fn a_picture_whose_text_cannot_be_read_is_shown_and_warned_of() {
    // Rows of marks 12 pixels high on a sheet of 800 by 400.
    let ink = |x: u32, y: u32| y % 40 < 12 && x % 16 < 12 && (x % 16 < 3 || y % 40 < 3) && x > 40 && y > 40;
    let sheet = image::GrayImage::from_fn(800, 400, |x, y| image::Luma([if ink(x, y) { 0 } else { 255 }]));
    let mut png = std::io::Cursor::new(Vec::new());
    sheet.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let mut rig = Rig::new();
    rig.drop_file("bureau/表.png", &png.into_inner());
    assert_eq!(rig.problems(), [Msg::PictureTextSmall]);
    let snapshot = rig.catalog.snapshot();
    let standings = super::standings(&snapshot, rig.clock.now());
    let standing = &standings[&crate::notice::NoticeId::new("bureau", "表.png")];
    assert_eq!((standing.on_air.len(), standing.looks.len()), (1, 1));
}

#[test]
fn a_file_being_copied_waits_until_it_is_whole() {
    let mut rig = Rig::new();
    rig.half_write("bureau/a.txt", "招生\n七");
    assert_eq!(rig.shows(), "待机");
    rig.half_write("bureau/a.txt", "招生\n七月报");
    rig.turn(1900);
    assert_eq!(rig.shows(), "待机", "it may go on");
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    assert!(rig.round().contains("七月报名"));
}

#[test]
fn without_events_a_file_counts_as_whole_after_five_quiet_seconds() {
    let mut rig = Rig::new();
    rig.write("bureau/a.txt", "招生\n七月报名\n", 0);
    rig.turn(10);
    rig.turn(4900);
    assert_eq!(rig.shows(), "待机");
    rig.turn(200);
    assert!(rig.round().contains("七月报名"));
}

#[test]
fn a_save_that_truncates_first_does_not_flicker() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    rig.half_write("bureau/a.txt", "");
    assert!(rig.round().contains("七月报名"));
    rig.turn(1000);
    assert!(rig.round().contains("七月报名"));
    rig.drop_file("bureau/a.txt", "招生\n八月报名\n");
    assert!(rig.round().contains("八月报名") && !rig.round().contains("七月报名"));
}

#[test]
fn a_broken_edit_goes_off_the_air_after_five_seconds_and_comes_back_when_mended() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    rig.drop_file("bureau/a.txt", "标题: 招生\n类型别: 其他\n---\n七月报名\n");
    assert!(rig.round().contains("七月报名"));
    assert!(rig.problems().contains(&Msg::UnknownKey), "and says so at once");
    rig.turn(5000);
    assert_eq!(rig.round(), "待机");
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    assert!(rig.round().contains("七月报名"));
}

#[test]
fn what_cannot_be_read_just_now_stays_for_a_day_but_not_beyond_its_term() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "标题: 招生\n至: 2026-12-01 20:00\n---\n七月报名\n");
    rig.drop_file("bureau/b.txt", "通知\n长期有效\n");
    rig.disk.0.lock().unwrap().missing = true;
    rig.turn(6 * 3_600_000);
    assert!(rig.round().contains("七月报名") && rig.round().contains("长期有效"));
    assert!(rig.problems().contains(&Msg::RootMissing));
    rig.turn(7 * 3_600_000);
    assert!(!rig.round().contains("七月报名"), "its term is over");
    assert!(rig.round().contains("长期有效"));
    rig.turn(18 * 3_600_000);
    assert_eq!(rig.round(), "待机", "after a day nobody can vouch for it");
    rig.disk.0.lock().unwrap().missing = false;
    rig.turn(10);
    rig.turn(5000);
    assert!(rig.round().contains("长期有效"));
}

#[test]
fn one_unreadable_file_keeps_its_last_good_version_and_harms_no_other() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    let bad = Err("permission denied".to_owned());
    {
        let mut disk = rig.disk.0.lock().unwrap();
        let entry = disk.files.get_mut("bureau/a.txt").unwrap();
        entry.0.ctime_ns += 1;
        entry.1 = bad;
    }
    rig.drop_file("bureau/b.txt", "通知\n照常上课\n");
    rig.turn(6000);
    rig.turn(6000);
    assert!(rig.round().contains("七月报名") && rig.round().contains("照常上课"), "{}", rig.round());
    assert!(rig.problems().contains(&Msg::Unreadable));
}

#[test]
fn a_broken_or_missing_screens_file_keeps_the_last_good_one() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    rig.drop_file("screens.yaml", "gate:\n  size: 9x9x9\n");
    rig.turn(60_000);
    assert!(rig.round().contains("七月报名"));
    assert!(rig.problems().contains(&Msg::ScreensMissingKey));
    rig.delete("screens.yaml");
    rig.turn(60_000);
    assert!(rig.round().contains("七月报名"), "a root without screens.yaml is not mounted");
    rig.drop_file("screens.yaml", SCREENS);
    assert!(rig.problems().is_empty(), "{:?}", rig.problems());
}

#[test]
fn saving_or_renaming_unchanged_text_restarts_nothing() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    rig.drop_file("bureau/b.txt", "通知\n照常上课\n");
    let entry = |rig: &Rig, n: usize| rig.catalog.snapshot().screens["gate"].programme.runs()[n].entry;
    let before = entry(&rig, 0);
    rig.turn(3_600_000);
    rig.drop_file("bureau/a.txt", "招生\r\n七月报名\r\n");
    assert_eq!(entry(&rig, 0), before);
    rig.delete("bureau/a.txt");
    rig.drop_file("bureau/0.txt", "招生\n七月报名\n");
    rig.turn(6000);
    assert_eq!(entry(&rig, 0), before);
    rig.drop_file("bureau/0.txt", "招生\n八月报名\n");
    assert_eq!(entry(&rig, 0), rig.clock.now().plus(-5), "new text enters when it was written");
}

#[test]
fn another_server_and_a_restart_show_the_same_at_the_same_instant() {
    let mut rig = Rig::new();
    for (n, text) in ["招生\n七月报名", "通知\n照常上课", "公示\n收费标准"].iter().enumerate()
    {
        rig.drop_file(&format!("bureau/{n}.txt"), text);
        rig.turn(7777);
    }
    rig.turn(10_000);
    rig.disk.0.lock().unwrap().reversed = true;
    let disk = rig.disk.clone();
    let now = rig.clock.now();
    let other = Rig::over(disk, |other| other.clock.set(now));
    for s in 0..55 {
        let at = now.plus(s * 1000);
        let bytes = |rig: &Rig| {
            let snapshot = rig.catalog.snapshot();
            let moments = snapshot.screens["gate"].stage.moments();
            let moment = moment_at(&moments, at).unwrap().clone();
            (moment.since, moment.shown.encode(crate::frame::Format::Bmp).unwrap().etag.clone())
        };
        assert_eq!(bytes(&rig), bytes(&other), "{s} s from now");
    }
}

#[test]
fn a_notice_of_next_week_shows_on_its_day_without_a_touch() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "标题: 招生\n自: 2026-12-08\n---\n七月报名\n");
    assert_eq!(rig.round(), "待机");
    for _ in 0..7 {
        rig.turn(DAY_MS as u64 - 1);
    }
    assert!(rig.round().contains("七月报名") || rig.clock.now() < T0.plus(7 * DAY_MS), "{}", rig.round());
    rig.turn(60_000);
    assert!(rig.round().contains("七月报名"), "{}", rig.round());
}

#[test]
fn identical_text_shows_once_and_equal_titles_are_pointed_out() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    rig.drop_file("bureau/a - 副本.txt", "招生\n七月报名\n");
    assert_eq!(rig.catalog.snapshot().screens["gate"].programme.runs().len(), 1);
    assert!(rig.problems().contains(&Msg::DuplicateNotice));
    rig.drop_file("bureau/c.txt", "招生\n八月报名\n");
    assert_eq!(rig.problems().iter().filter(|msg| **msg == Msg::SameTitle).count(), 2, "on both");
}

#[test]
fn a_copy_that_is_an_emergency_is_no_mere_copy() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/other.txt", "通知\n照常上课\n");
    rig.drop_file("bureau/a.txt", "停课\n明天停课\n");
    rig.drop_file("bureau/b.txt", "标题: 停课\n级别: 紧急\n---\n明天停课\n");
    assert!(rig.round().contains("明天停课") && !rig.round().contains("照常上课"), "{}", rig.round());
    rig.delete("bureau/b.txt");
    rig.turn(6000);
    assert!(rig.round().contains("明天停课") && rig.round().contains("照常上课"), "{}", rig.round());
}

#[test]
fn a_screen_may_be_named_as_people_call_it_and_an_unknown_one_is_pointed_out() {
    let mut rig = Rig::new();
    rig.drop_file("screens.yaml", &SCREENS.replace("gate:\n", "gate:\n  name: 门头屏\n"));
    rig.drop_file("bureau/a.txt", "标题: 招生\n屏幕: 门头屏\n---\n七月报名\n");
    assert!(rig.round().contains("七月报名"));
    rig.drop_file("bureau/b.txt", "标题: 通知\n屏幕: 大厅屏\n---\n照常上课\n");
    assert!(!rig.round().contains("照常上课"));
    assert!(rig.problems().contains(&Msg::UnknownScreen));
}

#[test]
fn text_with_room_set_aside_for_the_rest_is_waited_for_and_then_refused() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\0\0\0\0");
    assert!(!rig.problems().contains(&Msg::NotText), "not yet");
    rig.turn(31_000);
    rig.turn(5000);
    assert!(rig.problems().contains(&Msg::NotText));
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    assert!(rig.round().contains("七月报名"));
}

#[test]
fn a_frame_is_known_by_its_name_before_it_is_staged_and_after_it_is_gone_but_not_before_it_begins() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "标题: 招生\n自: 2026-12-01 09:00\n---\n七月报名\n");
    let id = {
        let snapshot = rig.catalog.snapshot();
        rig.catalog.frame(&snapshot.screens["gate"], 0, 0).unwrap().id()
    };
    let fate = |rig: &Rig| rig.catalog.find_frame(id, rig.clock.now(), &|_, _| true);
    assert!(matches!(fate(&rig), FrameFate::Never), "embargoed");
    rig.turn(3_600_000);
    assert!(matches!(fate(&rig), FrameFate::Here(..)));
    let now = rig.clock.now();
    let other = Rig::over(rig.disk.clone(), |other| other.clock.set(now));
    assert!(matches!(fate(&other), FrameFate::Here(..)), "another server knows it, too");
    rig.delete("bureau/a.txt");
    rig.turn(6000);
    assert!(matches!(fate(&rig), FrameFate::Gone));
}

#[test]
fn changed_defaults_change_every_verdict() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    rig.drop_file("bureau/playlist.yaml", &ANSWERS.replace("审核: 分管领导", "审核: 待定"));
    assert_eq!(rig.round(), "待机");
    rig.drop_file("bureau/playlist.yaml", ANSWERS);
    assert!(rig.round().contains("七月报名"));
}

#[test]
fn a_clock_set_back_shows_idle_and_says_why() {
    let state = tempfile::tempdir().unwrap();
    let mut rig = Rig::new();
    let plan = Plan {
        playlists: "playlists".into(),
        state: Some(state.path().to_path_buf()),
        feedback: None,
        zone: TimeZone::get("Asia/Shanghai").unwrap(),
        font_faults: Vec::new(),
        log_lang: Lang::En,
    };
    rig.director = Director::with_folder(plan, rig.catalog.clone(), Box::new(rig.disk.clone()));
    rig.turn(0);
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    assert!(rig.round().contains("七月报名"));
    rig.clock.advance(-365 * DAY_MS);
    rig.turn(10);
    assert_eq!(rig.round(), "待机");
    assert!(rig.problems().contains(&Msg::ClockBehind));
    rig.clock.advance(365 * DAY_MS);
    rig.turn(10);
    assert!(rig.round().contains("七月报名"));
}

#[test]
fn ten_thousand_files_at_once_are_all_taken_in() {
    let mut rig = Rig::new();
    for n in 0..10_000 {
        rig.write(&format!("bureau/{n}.txt"), &format!("第{n}号\n内容{n}"), -60_000);
    }
    rig.turn(10);
    rig.turn(5000);
    assert_eq!(rig.catalog.snapshot().screens["gate"].programme.runs().len(), 10_000);
}
