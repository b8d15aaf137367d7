//! When each text was first seen in each playlist, remembered across restarts: so that re-saving, renaming
//! or copying unchanged text restarts and extends nothing.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::platform::create_private;
use crate::{
    digest::Digest,
    time::{DAY_MS, UtcMillis},
};

/// An arrival that nobody asked for in so many days is forgotten when the file is rewritten.
const FORGET_AFTER_DAYS: i64 = 800;
/// So many lines may be read from the file; a playlist folder holds far fewer.
const MAX_LINES: usize = 1_000_000;

/// First sights by (playlist, digest of the text). The file has one line for each:
/// `<digest> <arrival ms> <playlist>`; lines are only ever appended, and a torn last line is ignored.
#[derive(Debug, Default)]
pub struct Arrivals {
    seen: HashMap<(Box<str>, Digest), UtcMillis>,
    path: Option<PathBuf>,
    unsaved: Vec<String>,
}

impl Arrivals {
    /// Arrivals that are not kept on disk.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// Reads `state/arrivals`; a missing file is an empty one.
    pub fn load(state: &Path, now: UtcMillis) -> io::Result<Self> {
        let path = state.join("arrivals");
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(e),
        };
        let mut seen = HashMap::new();
        let mut lines = 0;
        for line in text.split_inclusive('\n').take(MAX_LINES) {
            lines += 1;
            if let Some((key, at)) = line.strip_suffix('\n').and_then(parse_line)
                && now.since(at) < FORGET_AFTER_DAYS * DAY_MS
            {
                seen.entry(key).or_insert(at);
            }
        }
        let arrivals = Self { seen, path: Some(path), unsaved: Vec::new() };
        if lines > arrivals.seen.len() * 2 + 1000 {
            arrivals.rewrite()?;
        } else if !text.is_empty() && !text.ends_with('\n') {
            // A torn line must not swallow the next one.
            arrivals.rewrite()?;
        }
        Ok(arrivals)
    }

    /// When this text arrived in this playlist; `first_seen` if it did just now.
    pub fn arrival(&mut self, playlist: &str, digest: Digest, first_seen: UtcMillis) -> UtcMillis {
        let unsaved = &mut self.unsaved;
        *self.seen.entry((playlist.into(), digest)).or_insert_with(|| {
            unsaved.push(line(playlist, digest, first_seen));
            first_seen
        })
    }

    /// Appends what is new. What could not be written is tried again next time.
    pub fn save(&mut self) -> io::Result<()> {
        let Some(path) = self.path.as_ref().filter(|_| !self.unsaved.is_empty()) else {
            self.unsaved.clear();
            return Ok(());
        };
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(self.unsaved.concat().as_bytes())?;
        self.unsaved.clear();
        Ok(())
    }

    fn rewrite(&self) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let sorted: BTreeSet<_> =
            self.seen.iter().map(|((playlist, digest), at)| (*at, playlist, digest)).collect();
        let text: String =
            sorted.into_iter().map(|(at, playlist, digest)| line(playlist, *digest, at)).collect();
        write_atomically(path, text.as_bytes())
    }
}

/// Writes beside `path` and renames over it, so that a reader sees the old or the new bytes, never half.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, |beside| fs::File::create(beside))
}

/// The same for a file that nobody but its owner may read.
pub fn write_privately(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, create_private)
}

fn replace(path: &Path, bytes: &[u8], create: impl Fn(&Path) -> io::Result<fs::File>) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let beside = path.with_file_name(name);
    let written = create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn line(playlist: &str, digest: Digest, at: UtcMillis) -> String {
    let playlist = playlist.replace(['\n', '\r'], " ");
    format!("{digest} {} {playlist}\n", at.0)
}

fn parse_line(line: &str) -> Option<((Box<str>, Digest), UtcMillis)> {
    let (digest, rest) = line.split_once(' ')?;
    let (at, playlist) = rest.split_once(' ')?;
    Some(((playlist.into(), Digest::parse(digest)?), UtcMillis(at.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_survive_a_restart_and_a_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let now = UtcMillis(1_790_000_000_000);
        let mut arrivals = Arrivals::load(dir.path(), now).unwrap();
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        assert_eq!(arrivals.arrival("bureau", a, now), now);
        assert_eq!(arrivals.arrival("bureau", a, now.plus(5)), now, "seen before");
        assert_eq!(arrivals.arrival("county", a, now.plus(5)), now.plus(5), "another playlist");
        arrivals.save().unwrap();
        let path = dir.path().join("arrivals");
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"deadbeef 12").unwrap();
        let mut arrivals = Arrivals::load(dir.path(), now.plus(9)).unwrap();
        assert_eq!(arrivals.arrival("bureau", b, now.plus(9)), now.plus(9));
        arrivals.save().unwrap();
        let mut arrivals = Arrivals::load(dir.path(), now.plus(10)).unwrap();
        assert_eq!(arrivals.arrival("bureau", a, now.plus(10)), now);
        assert_eq!(arrivals.arrival("bureau", b, now.plus(10)), now.plus(9));
    }
}
