//! Each screen's counts of this month, kept over a restart: 4G is paid by the megabyte. Coarse: written once a
//! minute.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;

use super::{arrivals::write_atomically, contact::Contact};
use crate::time::UtcMillis;

/// How often the file is written.
const EVERY_MS: i64 = 60_000;
/// Lines are read up to here; a site has at most 5000 screens, and some that are gone.
const MAX_LINES: usize = 20_000;

/// Year · 12 + month.
pub type Month = u32;
/// Bytes and missed pages of a month.
type Counts = (Month, u64, u64);

/// The counts by screen, and the file that keeps them.
#[derive(Debug, Default)]
pub struct Traffic {
    path: Option<PathBuf>,
    kept: BTreeMap<Box<str>, Counts>,
    written: Option<UtcMillis>,
}

impl Traffic {
    /// Reads `state/traffic`: a line `<month> <bytes> <missed> <screen>` for each. What cannot be read is
    /// begun anew: nobody is shown the wrong page for it.
    pub fn load(state: &Path) -> Self {
        let path = state.join("traffic");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let kept = text.lines().take(MAX_LINES).filter_map(parse_line).collect();
        Self { path: Some(path), kept, written: None }
    }

    /// Begins the counts of new screens with what was kept, and of a new month with nothing.
    pub fn roll<'a>(&self, screens: impl Iterator<Item = (&'a str, &'a Contact)>, month: Month) {
        for (id, contact) in screens {
            let kept = self.kept.get(id).filter(|kept| kept.0 == month);
            contact.roll(month, kept.map(|(_, bytes, missed)| (*bytes, *missed)));
        }
    }

    /// Writes the file if a minute has passed since the last time.
    pub fn save<'a>(
        &mut self,
        screens: impl Iterator<Item = (&'a str, &'a Contact)>,
        month: Month,
        now: UtcMillis,
    ) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if self.written.is_some_and(|written| (0..EVERY_MS).contains(&now.since(written))) {
            return Ok(());
        }
        self.written = Some(now);
        let before = self.kept.clone();
        self.kept.retain(|_, kept| kept.0 == month);
        for (id, contact) in screens {
            let (bytes, missed) = contact.counts();
            if bytes > 0 {
                self.kept.insert(id.into(), (month, bytes, missed));
            }
        }
        if self.kept == before {
            return Ok(());
        }
        let mut text = String::new();
        for (id, (month, bytes, missed)) in self.kept.iter().take(MAX_LINES) {
            let _ = writeln!(text, "{month} {bytes} {missed} {id}");
        }
        write_atomically(path, text.as_bytes())
    }
}

/// The month in which `now` lies.
pub fn month_of(now: UtcMillis, zone: &TimeZone) -> Month {
    let civil = now.civil(zone);
    u32::from(civil.year().unsigned_abs()) * 12 + u32::from(civil.month().unsigned_abs())
}

fn parse_line(line: &str) -> Option<(Box<str>, Counts)> {
    let mut parts = line.splitn(4, ' ');
    let month = parts.next()?.parse().ok()?;
    let (bytes, missed) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((parts.next()?.into(), (month, bytes, missed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_months_counts_survive_a_restart_and_end_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let (now, november, december) = (UtcMillis(1_795_406_400_000), 24_323, 24_324);
        assert_eq!(month_of(now, &TimeZone::UTC), november);
        let (contact, mut traffic) = (Contact::default(), Traffic::load(dir.path()));
        let gate = |contact| [("大门", contact)].into_iter();
        traffic.roll(gate(&contact), november);
        contact.note_bytes(5000);
        traffic.save(gate(&contact), november, now).unwrap();
        contact.note_bytes(70);
        traffic.save(gate(&contact), november, now.plus(59_000)).unwrap();

        let (contact, mut traffic) = (Contact::default(), Traffic::load(dir.path()));
        traffic.roll(gate(&contact), november);
        assert_eq!(contact.counts(), (5000, 0), "the rest was not a minute old");
        traffic.roll(gate(&contact), december);
        assert_eq!(contact.counts(), (0, 0));
        traffic.save(gate(&contact), december, now.plus(9 * 86_400_000)).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("traffic")).unwrap(), "");
    }

    #[test]
    fn a_garbled_file_is_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("traffic"), "24323 x 1 gate\n\u{0}\n24323 5 1 hall 2\n").unwrap();
        let traffic = Traffic::load(dir.path());
        assert_eq!(traffic.kept, BTreeMap::from([("hall 2".into(), (24_323, 5, 1))]));
    }
}
