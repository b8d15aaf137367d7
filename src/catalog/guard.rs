//! A clock that cannot lie: a high-water mark on disk tells a clock that was set back from one that runs.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;

use super::arrivals::write_atomically;
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    time::UtcMillis,
};

/// No honest clock shows less than the day of this release: 2026-11-23T00:00:00Z.
pub const RELEASED: UtcMillis = UtcMillis(1_795_392_000_000);
/// How far the clock may lie behind the mark.
const SLACK_MS: i64 = 5 * 60_000;
/// How often the mark is written.
const EVERY_MS: i64 = 60_000;

/// Compares the clock with the highest instant seen.
#[derive(Debug)]
pub struct ClockGuard {
    path: Option<PathBuf>,
    highest: UtcMillis,
    written: UtcMillis,
    /// Whether a mark has been on disk.
    saved: bool,
}

impl ClockGuard {
    /// A guard that trusts the clock: for rehearsals and tests.
    pub fn trusting() -> Self {
        Self { path: None, highest: UtcMillis::MIN, written: UtcMillis::MIN, saved: false }
    }

    /// Reads `state/clock`; a missing or garbled mark counts as the release day.
    pub fn load(state: &Path) -> Self {
        let path = state.join("clock");
        let mark = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
        let highest = UtcMillis(mark.unwrap_or(RELEASED.0)).max(RELEASED);
        Self { path: Some(path), highest, written: UtcMillis::MIN, saved: mark.is_some() }
    }

    /// What is wrong with a clock that shows `now`, if anything; raises the mark otherwise.
    pub fn look(&mut self, now: UtcMillis, zone: &TimeZone) -> Option<Diagnostic> {
        let path = self.path.as_ref()?;
        if now < self.highest.plus(-SLACK_MS) && now >= RELEASED && self.saved && !path.exists() {
            // Somebody deleted the mark to say that the clock is right.
            self.highest = now;
            self.written = UtcMillis::MIN;
        }
        if now < self.highest.plus(-SLACK_MS) {
            let args = [now.display(zone), self.highest.display(zone), path.display().to_string()];
            return Some(Diagnostic::fault(Place::default(), Msg::ClockBehind, args));
        }
        self.highest = self.highest.max(now);
        None
    }

    /// Writes the mark if a minute has passed since the last time.
    pub fn save(&mut self) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if self.highest.since(self.written) >= EVERY_MS {
            write_atomically(path, format!("{}\n", self.highest.0).as_bytes())?;
            self.written = self.highest;
            self.saved = true;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_is_not_believed_even_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let now = RELEASED.plus(1_000_000_000);
        let mut guard = ClockGuard::load(dir.path());
        assert_eq!(guard.look(now, &TimeZone::UTC), None);
        guard.save().unwrap();
        let mut guard = ClockGuard::load(dir.path());
        assert_eq!(guard.look(now.plus(-SLACK_MS), &TimeZone::UTC), None, "five minutes are forgiven");
        let fault = guard.look(now.plus(-SLACK_MS - 1), &TimeZone::UTC).unwrap();
        assert_eq!(fault.msg, Msg::ClockBehind);
        assert_eq!(guard.look(now.plus(1), &TimeZone::UTC), None, "set right, it is believed again");
    }

    #[test]
    fn a_clock_that_once_ran_ahead_is_believed_again_when_the_mark_is_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let now = RELEASED.plus(1_000_000_000);
        fs::write(dir.path().join("clock"), now.plus(365 * 86_400_000).0.to_string()).unwrap();
        let mut guard = ClockGuard::load(dir.path());
        let fault = guard.look(now, &TimeZone::UTC).unwrap();
        assert!(fault.hint(crate::diagnostic::Lang::En).contains("clock"), "it names the file to delete");
        fs::remove_file(dir.path().join("clock")).unwrap();
        assert_eq!(guard.look(now, &TimeZone::UTC), None);
    }

    #[test]
    fn a_clock_before_the_release_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        assert!(ClockGuard::load(dir.path()).look(UtcMillis(0), &TimeZone::UTC).is_some());
    }
}
