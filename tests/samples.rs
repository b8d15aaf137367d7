//! The sample notices as they lie in an office's folder: each that may be shown shows at its dates on
//! every kind of screen, and each that may not be shown never does.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use jiff::tz::TimeZone;
use mingping::{
    catalog::{Catalog, Director, ManualClock, Plan, Snapshot, Status},
    cli::load_fonts,
    diagnostic::{Lang, Msg},
    playout::OnAir,
    time::UtcMillis,
};

const SCREENS: &str = "
strip: {size: 320x32, color: red, playlists: [p]}
window: {size: 192x96, color: red-green, playlists: [p]}
wall: {size: 256x128, color: rgb, playlists: [p]}
";
const ANSWERS: &str = "提供: 基教股\n审核: 分管领导\n负责: 基教股\n保密审查: 办公室\n";

fn data(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices").join(path)
}

/// A site with the samples of `kind`.
fn site(kind: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("p")).unwrap();
    fs::write(dir.path().join("screens.yaml"), SCREENS).unwrap();
    fs::write(dir.path().join("p/playlist.yaml"), ANSWERS).unwrap();
    for entry in fs::read_dir(data(kind)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, dir.path().join("p").join(path.file_name().unwrap())).unwrap();
    }
    dir
}

/// What is true of the site at `at`.
fn look(site: &Path, at: UtcMillis, fonts: &Arc<mingping::render::Fonts>) -> Arc<Snapshot> {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let clock = Arc::new(ManualClock::at(at));
    let catalog = Catalog::new(Snapshot::empty(zone.clone()), fonts.clone(), clock, true);
    let plan = Plan {
        playlists: site.to_path_buf(),
        state: None,
        feedback: None,
        zone,
        font_faults: Vec::new(),
        log_lang: Lang::En,
    };
    Director::new(plan, catalog.clone()).look_once();
    Arc::clone(&catalog.snapshot())
}

/// The files on air on each screen at `at`.
fn on_air(snapshot: &Snapshot, at: UtcMillis) -> BTreeMap<String, Vec<String>> {
    let files = |state: &mingping::catalog::ScreenState| {
        let OnAir::Loop { slots, .. } = state.segment_at(at, &snapshot.zone).on_air else {
            return Vec::new();
        };
        slots.iter().map(|slot| state.programme.runs()[slot.run as usize].id.file.to_string()).collect()
    };
    snapshot.screens.iter().map(|(id, state)| (id.to_string(), files(state))).collect()
}

fn fonts() -> Arc<mingping::render::Fonts> {
    let (fonts, faults) = load_fonts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts"));
    assert!(faults.is_empty(), "{faults:?}");
    Arc::new(fonts)
}

#[test]
fn every_approved_sample_shows_at_its_dates_on_every_screen() {
    let (site, fonts) = (site("approved"), fonts());
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let at = |text: &str| UtcMillis::from_civil(text.parse().unwrap(), &zone);
    for (when, files) in [
        ("2026-06-20T00:00", &["01-小学招生报名.md", "02-初中划片公示.md"][..]),
        ("2026-06-25T08:00", &["01-小学招生报名.md", "03-enrolment-papers.md", "14-bare-utf8.txt"]),
        ("2026-07-10T23:59", &["01-小学招生报名.md"]),
        ("2026-09-30T12:00", &["04-收费公示.md"]),
        ("2026-05-06T09:00", &["05-食堂收支.md"]),
        (
            "2026-01-12T09:00",
            &["06-退费通知.txt", "13-bare-gbk.txt", "15-utf16.txt", "16-rare-characters.txt"],
        ),
        ("2026-03-02T09:00", &["07-招标公告.md"]),
        ("2026-04-13T09:00", &["08-中标公示.md"]),
        (
            "2026-05-11T09:00",
            &[
                "09-课桌椅询价.md",
                "17-教师资格认定.docx",
                "18-收费标准.xlsx",
                "19-办事流程图.png",
                "20-安全教育.gif",
            ],
        ),
        ("2026-09-07T09:00", &["10-设备验收.md"]),
        ("2026-07-23T18:00", &["11-台风停课.md"]),
        ("2026-07-24T17:00", &["12-恢复上课.md"]),
    ] {
        let snapshot = look(site.path(), at(when), &fonts);
        for (screen, shown) in on_air(&snapshot, at(when)) {
            for file in files {
                // A picture may be refused for a strip on which it would be a stamp; then it says so.
                let refused = snapshot.diagnostics().iter().any(|d| {
                    d.msg == Msg::PictureTooSmall && d.place.path.ends_with(file) && screen == "strip"
                });
                assert!(
                    shown.iter().any(|name| name == file) || refused,
                    "{when}: {file} on {screen}: {shown:?}"
                );
            }
        }
    }
    let storm = on_air(&look(site.path(), at("2026-07-24T12:00"), &fonts), at("2026-07-24T12:00"));
    for shown in storm.values() {
        assert!(shown.iter().all(|file| file == "11-台风停课.md"), "an emergency shows alone: {shown:?}");
    }
    let clear = on_air(&look(site.path(), at("2026-07-24T18:00"), &fonts), at("2026-07-24T18:00"));
    for shown in clear.values() {
        assert!(!shown.contains(&"11-台风停课.md".to_owned()), "it is replaced: {shown:?}");
    }
}

#[test]
fn no_refused_sample_ever_shows() {
    let (site, fonts) = (site("refused"), fonts());
    fs::write(site.path().join("p/playlist.yaml"), "保留天数: 3650\n").unwrap();
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let at = UtcMillis::from_civil("2026-11-23T12:00".parse().unwrap(), &zone);
    let snapshot = look(site.path(), at, &fonts);
    for (screen, shown) in on_air(&snapshot, at) {
        assert!(shown.is_empty(), "{screen} shows {shown:?}");
    }
    for report in &snapshot.files {
        match &report.status {
            Status::Approved(notice) => assert!(notice.window().until <= at, "{} is approved", report.id),
            Status::Refused(why) => assert!(!why.is_empty(), "{} is refused without a reason", report.id),
            other => panic!("{}: {other:?}", report.id),
        }
    }
}
