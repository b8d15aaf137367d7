//! Test patterns on screens, for a bounded time: small files below `--state` that the command line or the page
//! writes, that the director reads, and that the stager draws. The programme comes back by itself.

use std::{
    collections::BTreeMap,
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, mpsc::Sender},
};

use jiff::tz::TimeZone;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use serde::{Deserialize, Serialize};

use super::{ScreenState, Signal, arrivals::write_atomically, watch::Marks};
use crate::{
    digest::Digest,
    frame::Frame,
    render::{Fonts, Pattern, Scene, pattern},
    screen::ScreenId,
    time::UtcMillis,
};

/// No test lasts longer.
pub const LONGEST_TEST_MS: i64 = 60 * 60_000;
/// Nor is one shorter.
pub const SHORTEST_TEST_MS: i64 = 1000;
/// The folder below `--state`.
const FOLDER: &str = "tests";
/// No file of ours has more bytes.
const MAX_BYTES: u64 = 4096;
/// No more files are looked at.
const MAX_FILES: usize = 10_000;

/// A pattern on a screen from `begun` until `until`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScreenTest {
    /// What shows.
    pub pattern: Pattern,
    /// Its first instant.
    pub begun: UtcMillis,
    /// The first instant of the programme again.
    pub until: UtcMillis,
}

/// The tests under way, by screen.
pub type ScreenTests = BTreeMap<ScreenId, ScreenTest>;

/// What stands in a file.
#[derive(Serialize, Deserialize)]
struct Note {
    screen: String,
    pattern: String,
    begun_ms: i64,
    until_ms: i64,
}

impl ScreenTest {
    /// A test of `for_ms` from `now` on; the length is clamped to what is allowed.
    pub fn new(pattern: Pattern, now: UtcMillis, for_ms: i64) -> Self {
        Self { pattern, begun: now, until: now.plus(for_ms.clamp(SHORTEST_TEST_MS, LONGEST_TEST_MS)) }
    }

    /// Whether it is under way at `at`.
    pub fn covers(&self, at: UtcMillis) -> bool {
        self.begun <= at && at < self.until
    }

    /// The step that shows at `at`: its number, its first instant, and that of the next one.
    fn step_at(&self, at: UtcMillis, state: &ScreenState) -> (u64, UtcMillis, UtcMillis) {
        let step_ms = self.pattern.step_ms(state.screen.poll_ms, state.screen.profile.face.area());
        let Some(step_ms) = step_ms else { return (0, self.begun, self.until) };
        let n = at.since(self.begun).max(0) / step_ms;
        let since = self.begun.plus(n * step_ms);
        (n as u64, since, since.plus(step_ms).min(self.until))
    }

    /// What the screen of `state` shows at `at`: its first instant, that of the next step, and the picture.
    pub fn step(&self, at: UtcMillis, state: &ScreenState, zone: &TimeZone) -> Step {
        let (number, since, until) = self.step_at(at, state);
        Step { number, since, until, pattern: self.pattern, time: clock(since, zone) }
    }
}

/// One step of a test, before it is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    number: u64,
    /// Its first instant.
    pub since: UtcMillis,
    /// The first instant of the next one.
    pub until: UtcMillis,
    pattern: Pattern,
    time: String,
}

impl Step {
    /// Draws it for the screen of `state`; `asker` is who asks for its frames.
    pub fn draw(&self, state: &ScreenState, asker: Option<IpAddr>, fonts: &Fonts) -> Frame {
        let screen = &state.screen;
        let scene = Scene {
            id: screen.id.to_string(),
            name: screen.name.clone(),
            time: self.time.clone(),
            asker: asker.map(|ip| ip.to_string()),
            module: screen.module.unwrap_or(pattern::MODULE),
        };
        let (page, lines) = pattern::draw(self.pattern, self.number, &scene, &screen.profile, fonts);
        Frame::new(&page, screen.profile.rotation, lines)
    }
}

/// `12:00:05`.
fn clock(at: UtcMillis, zone: &TimeZone) -> String {
    let civil = at.civil(zone);
    format!("{:02}:{:02}:{:02}", civil.hour(), civil.minute(), civil.second())
}

/// Where the test of `screen` is noted. Ids may be too long for a file's name, so it is their digest.
fn path_of(state: &Path, screen: &ScreenId) -> PathBuf {
    state.join(FOLDER).join(Digest::of(screen.as_str().as_bytes()).short_hex())
}

/// Notes that `test` is wanted on `screen`: the server that runs on this state folder shows it.
pub fn want_test(state: &Path, screen: &ScreenId, test: &ScreenTest) -> io::Result<()> {
    fs::create_dir_all(state.join(FOLDER))?;
    let note = Note {
        screen: screen.to_string(),
        pattern: test.pattern.name().to_owned(),
        begun_ms: test.begun.0,
        until_ms: test.until.0,
    };
    write_atomically(&path_of(state, screen), &serde_json::to_vec(&note)?)
}

/// Notes that no test is wanted on `screen` any more. Whether there was one.
pub fn end_test(state: &Path, screen: &ScreenId) -> io::Result<bool> {
    match fs::remove_file(path_of(state, screen)) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

/// The tests noted below `state` that are under way at `now`. What is over is deleted; what cannot be read, or
/// says more than it may, is passed over.
pub fn read_tests(state: &Path, now: UtcMillis) -> ScreenTests {
    let mut tests = ScreenTests::new();
    let Ok(entries) = fs::read_dir(state.join(FOLDER)) else { return tests };
    for entry in entries.flatten().take(MAX_FILES) {
        let Ok(meta) = entry.metadata() else { continue };
        if !meta.is_file() || meta.len() > MAX_BYTES || entry.path().extension().is_some() {
            continue;
        }
        let note = fs::read(entry.path()).ok().and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
        let Some((screen, test)) = note.and_then(|note| parse(&note)) else { continue };
        if now >= test.until {
            let _ = fs::remove_file(entry.path());
        } else if test.covers(now) {
            tests.insert(screen, test);
        }
    }
    tests
}

fn parse(note: &Note) -> Option<(ScreenId, ScreenTest)> {
    let (begun, until) = (UtcMillis(note.begun_ms), UtcMillis(note.until_ms));
    let good = (1..=LONGEST_TEST_MS).contains(&until.since(begun));
    let test = ScreenTest { pattern: Pattern::parse(&note.pattern)?, begun, until };
    Some((ScreenId::parse(&note.screen)?, test)).filter(|_| good)
}

/// Watches for notes of tests; each is a reason to look again. `None` where no events come: then the next
/// regular look finds them.
pub fn watch_tests(state: &Path, out: Sender<Signal>) -> Option<RecommendedWatcher> {
    let folder = state.join(FOLDER);
    fs::create_dir_all(&folder).ok()?;
    let handler = move |event: notify::Result<Event>| {
        if !matches!(event, Ok(Event { kind: EventKind::Access(_), .. })) {
            let _ = out.send(Signal::Look(Marks::default()));
        }
    };
    let mut watcher = notify::recommended_watcher(handler).ok()?;
    watcher.watch(&folder, RecursiveMode::NonRecursive).ok()?;
    Some(watcher)
}

/// The test that shows on the screen of `state` at `at`, and until when at the longest: an emergency takes its
/// place.
pub fn test_showing<'a>(
    tests: &'a ScreenTests,
    state: &Arc<ScreenState>,
    at: UtcMillis,
    zone: &TimeZone,
) -> Option<(&'a ScreenTest, UtcMillis)> {
    let test = tests.get(&state.screen.id).filter(|test| test.covers(at))?;
    let segment = state.programme.segment_at(at, zone);
    (!state.programme.is_emergency(&segment)).then_some((test, segment.until))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMillis = UtcMillis(1_796_083_200_000);

    #[test]
    fn what_is_noted_is_found_until_it_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let id = ScreenId::parse(&"长".repeat(64)).unwrap();
        let test = ScreenTest::new(Pattern::Walk, NOW, 600_000);
        assert!(read_tests(dir.path(), NOW).is_empty(), "no folder yet");
        want_test(dir.path(), &id, &test).unwrap();
        assert_eq!(read_tests(dir.path(), NOW), ScreenTests::from([(id.clone(), test)]));
        assert!(read_tests(dir.path(), NOW.plus(-1)).is_empty(), "not yet");
        assert!(read_tests(dir.path(), NOW.plus(600_000)).is_empty());
        assert!(read_tests(dir.path(), NOW).is_empty(), "the note is gone");
        want_test(dir.path(), &id, &test).unwrap();
        assert!(end_test(dir.path(), &id).unwrap());
        assert!(!end_test(dir.path(), &id).unwrap());
        assert!(read_tests(dir.path(), NOW).is_empty());
    }

    #[test]
    fn no_note_makes_a_test_longer_than_an_hour() {
        let dir = tempfile::tempdir().unwrap();
        let id = ScreenId::parse("gate").unwrap();
        let hour = ScreenTest::new(Pattern::Grid, NOW, i64::MAX);
        assert_eq!(hour.until, NOW.plus(LONGEST_TEST_MS));
        let file = path_of(dir.path(), &id);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        for bad in [
            format!(
                r#"{{"screen":"gate","pattern":"grid","begun_ms":{},"until_ms":{}}}"#,
                NOW.0,
                NOW.0 + 3_600_001
            ),
            format!(
                r#"{{"screen":"gate","pattern":"grid","begun_ms":{},"until_ms":{}}}"#,
                i64::MIN,
                i64::MAX
            ),
            format!(
                r#"{{"screen":"a/b","pattern":"grid","begun_ms":{},"until_ms":{}}}"#,
                NOW.0,
                NOW.0 + 1000
            ),
            format!(
                r#"{{"screen":"gate","pattern":"none","begun_ms":{},"until_ms":{}}}"#,
                NOW.0,
                NOW.0 + 1000
            ),
            "{".to_owned(),
            " ".repeat(5000),
        ] {
            fs::write(&file, bad.as_bytes()).unwrap();
            assert!(read_tests(dir.path(), NOW).is_empty(), "{bad}");
        }
    }
}
