//! What a screen that may be sent clips is sent, as files come and go.

use std::io::Cursor;

use image::{AnimationDecoder as _, codecs::gif::GifDecoder};

use super::*;
use crate::frame::ClipFormat;

/// 64 characters: more than four pages of 160x32, and 21 s as a line of 32 dots.
const LONG: &str = "全县小学一年级新生自七月一日起网上报名，请家长备齐户口簿和预防接种证，到片区学校窗口现场核验，逾期不再补办，详情请询教育局。";

/// The site of [`Rig::new`], its screen with clips.
fn rig() -> Rig {
    let mut rig = Rig::new();
    rig.drop_file("screens.yaml", &SCREENS.replace("  idle", "  motion: clip\n  idle"));
    rig
}

impl Rig {
    fn stage(&self) -> Arc<Stage> {
        self.catalog.snapshot().screens["gate"].stage.clone()
    }

    /// The clip of now as GIF.
    fn gif(&self) -> Arc<Encoded> {
        let stage = self.stage();
        let clips = stage.clips();
        let moment = moment_at(&clips, self.clock.now()).expect("every instant of the next minute is staged");
        moment.shown.encode(ClipFormat::Gif, self.catalog.fonts()).unwrap().clone()
    }

    /// Its number of frames and milliseconds.
    fn clip(&self) -> (usize, u32) {
        let frames = GifDecoder::new(Cursor::new(self.gif().body.clone())).unwrap().into_frames();
        let times: Vec<u32> = frames.map(|frame| frame.unwrap().delay().numer_denom_ms().0).collect();
        (times.len(), times.iter().sum())
    }

    /// From when until when the clip of now plays, milliseconds from now.
    fn span(&self) -> (i64, i64) {
        let (stage, now) = (self.stage(), self.clock.now());
        let clips = stage.clips();
        let moment = moment_at(&clips, now).unwrap();
        (moment.since.since(now), moment.until.since(now))
    }
}

#[test]
fn a_long_notice_runs_through_and_the_loop_waits_for_it() {
    let mut rig = rig();
    rig.drop_file("bureau/a.txt", &format!("招生\n{LONG}\n"));
    let (frames, ms) = rig.clip();
    assert!(frames > 400 && ms > 20_000, "{frames} frames, {ms} ms");
    let snapshot = rig.catalog.snapshot();
    let run = &snapshot.screens["gate"].programme.runs()[0];
    assert_eq!(run.dwells_ms.iter().sum::<u32>(), ms, "pages are stretched to the clip's length");
    assert!(run.dwells_ms.len() > 4 && rig.round().contains("逾期不再补办"), "still formats show pages");
    let first = rig.gif();
    rig.turn(u64::from(ms) / 2);
    assert!(Arc::ptr_eq(&first, &rig.gif()), "the same bytes all the while");
    assert_eq!(rig.span().1 - rig.span().0, i64::from(ms));
    rig.turn(u64::from(ms));
    assert!(Arc::ptr_eq(&first, &rig.gif()), "and in the next round");
    let now = rig.clock.now();
    let other = Rig::over(rig.disk.clone(), |other| other.clock.set(now));
    assert_eq!(
        (first.etag.clone(), rig.span().1),
        (other.gif().etag.clone(), other.span().1),
        "another server"
    );
}

#[test]
fn notices_of_few_pages_are_clips_of_their_pages() {
    let mut rig = rig();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    rig.turn(60_000);
    rig.drop_file("bureau/b.txt", "通知\n照常上课，放学时间不变。\n");
    let pages = rig.catalog.snapshot().screens["gate"].programme.runs()[1].dwells_ms.clone();
    assert_eq!(rig.clip(), (pages.len(), pages.iter().sum()), "b came last and begins the loop");
    let b = rig.gif();
    rig.turn(rig.span().1 as u64);
    assert_ne!(rig.gif().etag, b.etag, "then a");
    let clips = rig.stage().clips().clone();
    assert!(clips.windows(2).all(|two| two[0].until == two[1].since), "without gaps");
    assert!(clips.last().unwrap().until >= rig.clock.now().plus(60_000), "a minute ahead");
}

#[test]
fn no_clip_goes_on_when_something_else_shows() {
    let mut rig = rig();
    rig.drop_file("bureau/a.txt", &format!("标题: 招生\n至: 2026-12-01 08:00\n---\n{LONG}\n"));
    assert_eq!(rig.clip(), (1, 60_000), "expired: the idle text");
    rig.drop_file("bureau/a.txt", &format!("标题: 招生\n至: 2026-12-01 08:01\n---\n{LONG}\n"));
    let (_, whole) = rig.clip();
    rig.turn(50_000);
    let (since, until) = rig.span();
    let (_, ms) = rig.clip();
    assert_eq!(rig.clock.now().plus(until), T0.plus(60_000), "it ends with the notice's term");
    assert!(
        ms < whole && i64::from(ms) <= until - since && i64::from(ms) > until - since - 20,
        "{ms} of {whole}"
    );
    rig.drop_file("bureau/alarm.txt", "标题: 停课\n级别: 紧急\n---\n明天停课\n");
    let long = rig.gif();
    assert!(rig.shows().contains("停课") && rig.clip().1 < 20_000, "an emergency takes the air at once");
    rig.delete("bureau/alarm.txt");
    rig.turn(30_000);
    assert_eq!(rig.clip(), (1, 60_000), "and in the end there is the idle text");
    assert_ne!(rig.gif().etag, long.etag);
}

#[test]
fn screens_without_motion_are_staged_no_clips() {
    let mut rig = Rig::new();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    assert!(rig.stage().clips().is_empty());
    let mut moving = self::rig();
    moving.clock.advance(-400 * DAY_MS);
    moving.turn(10);
    assert_eq!(moving.clip(), (1, 60_000), "nothing but the idle text while the clock lies");
}

#[test]
fn memory_for_clips_is_bounded() {
    let mut rig = rig();
    rig.drop_file("bureau/a.txt", "招生\n七月报名\n");
    let clip = Arc::downgrade(&moment_at(&rig.stage().clips(), rig.clock.now()).unwrap().shown);
    rig.delete("bureau/a.txt");
    rig.turn(6000);
    assert!(clip.upgrade().is_some(), "it may come back");
    rig.turn(700_000);
    assert!(clip.upgrade().is_none(), "not used for ten minutes");
}
