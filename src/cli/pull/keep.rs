//! What survives a restart: the frame that is held and the last one without a notice, each in a file of its own with
//! a line about it in front.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::state::{Anchor, Held, Now, Received};
use crate::time::UtcMillis;

/// Neither file is ever larger.
const MAX_FILE: u64 = 33 << 20;
/// While only the validity grows, the file is written anew this often and no oftener: cards wear out.
const RENEW_MS: i64 = 600_000;

#[derive(Serialize, Deserialize)]
struct Line {
    etag: String,
    content_type: String,
    notice: Option<String>,
    brightness: Option<String>,
    /// Until when it may be shown, and what the clocks said when this was written.
    until_ms: i64,
    server_ms: i64,
    wall_ms: i64,
    /// Which run of the computer wrote it; empty: not known.
    boot: String,
}

/// The folder, and what was written last.
#[derive(Debug)]
pub struct Shelf {
    dir: PathBuf,
    boot: String,
    /// Whether the computer's clock is right although it was off.
    clock_is_set: bool,
    written: Option<(String, UtcMillis)>,
    card: Option<String>,
}

/// What was found.
#[derive(Default, Debug)]
pub struct Found {
    /// The frame that was held.
    pub held: Option<Held>,
    /// What the clocks said; `None`: nobody knows how long ago that was.
    pub anchor: Option<Anchor>,
    /// The last frame without a notice.
    pub card: Option<Received>,
}

impl Shelf {
    /// The folder `dir`, made if it is not there.
    pub fn open(dir: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let clock_is_set = Path::new("/run/systemd/timesync/synchronized").exists();
        Ok(Self { dir, boot: boot.trim().to_owned(), clock_is_set, written: None, card: None })
    }

    /// Reads what is kept. What cannot be read is as if it were not there.
    pub fn load(&self, now: Now) -> Found {
        let mut found = Found { card: self.read("idle").map(|(_, frame)| frame), ..Found::default() };
        if let Some((line, frame)) = self.read("frame") {
            let same_run = !line.boot.is_empty() && line.boot == self.boot;
            let at = Now { wall: UtcMillis(line.wall_ms), run_ms: now.run_ms };
            found.anchor =
                (same_run || self.clock_is_set).then_some(Anchor { server: UtcMillis(line.server_ms), at });
            found.held = Some(Held { frame, until: UtcMillis(line.until_ms) });
        }
        found
    }

    /// Keeps what is held, if it is worth writing.
    pub fn save(&mut self, held: Option<(&Held, Anchor)>, card: Option<&Received>) -> io::Result<()> {
        if let Some((held, anchor)) = held {
            let worth = self.written.as_ref().is_none_or(|(etag, until)| {
                *etag != held.frame.etag || held.until < *until || held.until.since(*until) >= RENEW_MS
            });
            if worth {
                self.write("frame", &held.frame, held.until, Some(anchor))?;
                self.written = Some((held.frame.etag.clone(), held.until));
            }
        }
        if let Some(card) = card
            && self.card.as_ref() != Some(&card.etag)
        {
            self.write("idle", card, UtcMillis(0), None)?;
            self.card = Some(card.etag.clone());
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Option<(Line, Received)> {
        let path = self.dir.join(name);
        if fs::metadata(&path).ok()?.len() > MAX_FILE {
            return None;
        }
        let bytes = fs::read(path).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let line: Line = serde_json::from_slice(&bytes[..end]).ok()?;
        let frame = Received {
            body: Bytes::copy_from_slice(&bytes[end + 1..]),
            etag: line.etag.clone(),
            content_type: line.content_type.clone(),
            notice: line.notice.clone(),
            brightness: line.brightness.clone(),
        };
        Some((line, frame))
    }

    fn write(
        &self,
        name: &str,
        frame: &Received,
        until: UtcMillis,
        anchor: Option<Anchor>,
    ) -> io::Result<()> {
        let line = Line {
            etag: frame.etag.clone(),
            content_type: frame.content_type.clone(),
            notice: frame.notice.clone(),
            brightness: frame.brightness.clone(),
            until_ms: until.0,
            server_ms: anchor.map_or(0, |anchor| anchor.server.0),
            wall_ms: anchor.map_or(0, |anchor| anchor.at.wall.0),
            boot: self.boot.clone(),
        };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&frame.body);
        replace(&self.dir.join(name), &bytes)
    }
}

/// Writes `bytes` beside `path` and renames: whoever reads sees the old file or the new one, never a part.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(".tmp");
    let beside = path.with_file_name(beside);
    let mut file = fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    drop(file);
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Now {
        Now { wall: UtcMillis(ms), run_ms: 5 }
    }

    #[test]
    fn what_is_kept_is_found_again_with_its_term_but_a_broken_file_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let frame = Received {
            body: Bytes::from_static(b"BM\n\nxyz"),
            etag: "\"a\"".into(),
            content_type: "image/bmp".into(),
            notice: Some("bureau/a.md".into()),
            brightness: Some("80".into()),
        };
        let held = Held { frame: frame.clone(), until: UtcMillis(9000) };
        let anchor = Anchor { server: UtcMillis(5000), at: at(4000) };
        let mut shelf = Shelf::open(dir.path().join("kept")).unwrap();
        (shelf.boot, shelf.clock_is_set) = ("this".into(), false);
        shelf.save(Some((&held, anchor)), Some(&frame)).unwrap();
        let found = shelf.load(at(7000));
        assert_eq!(found.held, Some(held.clone()));
        assert_eq!((found.anchor, found.card), (Some(anchor), Some(frame)));
        // After a power cut the clock may stand where it stood.
        shelf.boot = "next".into();
        assert_eq!(shelf.load(at(7000)).anchor, None);
        shelf.clock_is_set = true;
        assert_eq!(shelf.load(at(7000)).anchor, Some(anchor));
        for broken in [&b""[..], b"{}", b"\n", b"{\"etag\":1}\nx"] {
            fs::write(dir.path().join("kept/frame"), broken).unwrap();
            assert!(shelf.load(at(7000)).held.is_none());
        }
    }

    #[test]
    fn a_term_that_only_grows_is_not_written_each_time_and_one_that_shrinks_is() {
        let dir = tempfile::tempdir().unwrap();
        let mut shelf = Shelf::open(dir.path().to_owned()).unwrap();
        let mut until = |ms: i64| {
            let frame = Received {
                body: Bytes::new(),
                etag: "\"a\"".into(),
                content_type: String::new(),
                notice: None,
                brightness: None,
            };
            let held = Held { frame, until: UtcMillis(ms) };
            shelf.save(Some((&held, Anchor { server: UtcMillis(0), at: at(0) })), None).unwrap();
            shelf.load(at(0)).held.unwrap().until.0
        };
        assert_eq!([until(1_000_000), until(1_500_000), until(1_600_000)], [1_000_000, 1_000_000, 1_600_000]);
        assert_eq!(until(1_400_000), 1_400_000);
    }
}
