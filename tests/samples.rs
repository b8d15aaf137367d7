//! The sample notices as they lie in an office's folder: each that may be shown shows at its dates on
//! every kind of screen, and each that may not be shown never does.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use image::AnimationDecoder as _;
use jiff::tz::TimeZone;
use mingping::{
    catalog::{Catalog, Director, ManualClock, Plan, Snapshot, Status, rounds},
    cli::load_fonts,
    color::ColorScheme,
    diagnostic::{Lang, Msg},
    frame::{ClipFormat, reels},
    geometry::Size,
    notice::{Block, Body, NoticeId, SignOff, Span, Style},
    playout::{OnAir, stay_ms},
    render::layout::{Document, lay_out_document},
    screen::{ClipLimits, Profile},
    time::{Priority, UtcMillis},
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

/// The clip of a line of 60 characters on the commonest strip, in every format: how large, and of how many frames.
#[test]
fn a_line_of_sixty_characters_keeps_to_its_budget() {
    let fonts = fonts();
    let text = "七月一日起小学一年级新生网上报名，请家长备齐户口簿和预防接种证，到片区学校窗口现场核验，逾期不再补办。";
    let block = Block::Paragraph(vec![Span { text: text.to_owned(), strong: false }]);
    let document = Document {
        id: &NoticeId::new("p", "a.txt"),
        title: "义务教育招生通知",
        body: &Body::Blocks(vec![block]),
        sign_off: &SignOff::default(),
        priority: Priority::Normal,
        dwell_ms: None,
        style: Style::Scroll,
        fit: None,
    };
    assert_eq!(document.title.chars().count() + text.chars().count(), 59);
    let clip = |format, max_bytes| {
        let limits = ClipLimits { max_bytes, ..ClipLimits::default() };
        let profile = Profile { clip: Some(limits), ..Profile::new(Size::new(320, 32), ColorScheme::Red) };
        let layout = lay_out_document(&document, &profile, &fonts, &[]).unwrap();
        let dwells: Vec<u32> = layout.pages.iter().map(|page| page.dwell_ms).collect();
        let dwells = stay_ms(&dwells, rounds(&layout, &profile), 5000);
        let reels = reels(&layout, &dwells, &profile);
        assert_eq!(reels.len(), 1, "one clip holds all of it");
        reels[0].encode((&layout, &dwells), &profile, &fonts, format, None).unwrap()
    };
    let frames = |bytes: &[u8]| {
        let file = std::io::Cursor::new(bytes);
        image::codecs::webp::WebPDecoder::new(file).unwrap().into_frames().count()
    };
    for (format, smooth, coarse) in [
        (ClipFormat::Gif, 900_000, 125_000),
        (ClipFormat::Png, 520_000, 65_000),
        (ClipFormat::Webp, 400_000, 60_000),
    ] {
        let whole = clip(format, 1 << 20);
        assert!(whole.len() <= smooth, "{format:?} at 25 frames a second: {} bytes", whole.len());
        let jumping = clip(format, coarse);
        assert!(jumping.len() > coarse as usize / 2, "{format:?}: it still moves in {} bytes", jumping.len());
        println!("{format:?}: {} bytes, or {} in jumps of 16 dots or less", whole.len(), jumping.len());
        assert!(clip(format, 60_000).len() <= 60_000);
        if format == ClipFormat::Webp {
            assert!(frames(&whole) > 1000 && frames(&jumping) > 100);
        }
    }
}
