//! Units: what is read as one. A picture and its sidecar are one unit; so is `screens.yaml`.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use jiff::{civil::Date, tz::TimeZone};

use super::{
    discovery::{Folder, RelPath},
    platform::Stat,
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    digest::Digest,
    notice::{self, Notice, NoticeId, Source},
    playlist::{self, Playlist},
    screen::{self, SCREENS_FILE, Screen},
};

/// The site's list of words that are never split, one a line.
pub const KEEP_FILE: &str = "keep.txt";
/// Defaults of a playlist folder.
pub const DEFAULTS_FILE: &str = "playlist.yaml";
/// The largest file that is read, bytes; what a notice may hold is checked further in.
pub const MAX_FILE: u64 = 16 << 20;

/// What is read as one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Unit {
    /// `screens.yaml`
    Screens,
    /// `keep.txt`
    Keep,
    /// A playlist's `playlist.yaml`.
    Defaults(Arc<str>),
    /// A notice, with its sidecar if it has one; or a file that cannot be one.
    Notice(NoticeId),
    /// A file in the root that is in no playlist.
    Stray(RelPath),
}

impl Unit {
    /// The playlist that a change of it concerns; `None`: the whole site.
    pub fn playlist(&self) -> Option<&Arc<str>> {
        match self {
            Self::Defaults(name) => Some(name),
            Self::Notice(id) => Some(&id.playlist),
            _ => None,
        }
    }
}

/// What a unit says when it can be read.
#[derive(Clone, Debug)]
pub enum Content {
    /// The screens.
    Screens(Arc<Vec<Screen>>),
    /// Words never split.
    Keep(Arc<Vec<String>>),
    /// A playlist's defaults.
    Playlist(Arc<Playlist>),
    /// A notice.
    Notice(Arc<Notice>),
}

/// What reading a unit's files gave.
#[derive(Debug)]
pub enum Reading {
    /// It can be read; with the digest of its bytes.
    Good(Content, Digest),
    /// It is refused.
    Broken(Vec<Diagnostic>, Option<Digest>),
    /// It cannot be read just now.
    Unreadable(Diagnostic),
}

/// The zone and day in which files are read.
#[derive(Clone, Debug)]
pub struct Site {
    /// The zone in which people write dates.
    pub zone: TimeZone,
    /// Today there, for dates in hints.
    pub today: Date,
}

/// Reads a unit's `inputs` from `folder`. `same` is the digest of the bytes that are already known:
/// `None` means that they have not changed. A panic while reading refuses this unit only.
pub fn read(
    unit: &Unit,
    inputs: &[(RelPath, Stat)],
    folder: &dyn Folder,
    site: &Site,
    same: Option<Digest>,
) -> Option<Reading> {
    let mut parts = Vec::with_capacity(inputs.len());
    for (path, _) in inputs {
        match folder.read(path, MAX_FILE) {
            Ok(bytes) => parts.push((path, bytes)),
            Err(e) => {
                let place = Place::file(path.as_str());
                return Some(Reading::Unreadable(Diagnostic::fault(place, Msg::Unreadable, [e])));
            }
        }
    }
    let bytes: Vec<&[u8]> = parts.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes]).collect();
    let digest = Digest::of_parts(&bytes);
    if same == Some(digest) {
        return None;
    }
    let parsed = catch_unwind(AssertUnwindSafe(|| parse(unit, &parts, site))).unwrap_or_else(|panic| {
        let place = Place::file(inputs.first().map_or("", |(path, _)| path));
        Err(vec![Diagnostic::refusal(place, Msg::RenderPanicked, [panic_text(&*panic)])])
    });
    Some(match parsed {
        Ok(content) => Reading::Good(content, digest),
        Err(diagnostics) => Reading::Broken(diagnostics, Some(digest)),
    })
}

/// What a panic said.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}

fn parse(unit: &Unit, parts: &[(&RelPath, Vec<u8>)], site: &Site) -> Result<Content, Vec<Diagnostic>> {
    let Some((_, bytes)) = parts.first() else { return Err(Vec::new()) };
    match unit {
        Unit::Screens => screen::read(bytes).map(|screens| Content::Screens(Arc::new(screens))),
        Unit::Keep => {
            let text = String::from_utf8_lossy(bytes);
            let words = text.lines().map(|line| line.trim_matches(['\u{FEFF}', ' ', '\u{3000}', '\r']));
            let words = words.filter(|word| !word.is_empty() && !word.starts_with('#')).map(str::to_owned);
            Ok(Content::Keep(Arc::new(words.take(10_000).collect())))
        }
        Unit::Defaults(name) => playlist::read(name, bytes, &site.zone, site.today)
            .map(|playlist| Content::Playlist(Arc::new(playlist))),
        Unit::Notice(id) => {
            let sidecar = parts.get(1).map(|(path, bytes)| {
                (path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name), bytes.as_slice())
            });
            let source = Source { id, bytes, sidecar, zone: &site.zone, today: site.today };
            notice::read(source).map(|notice| Content::Notice(Arc::new(notice)))
        }
        Unit::Stray(path) => {
            Err(vec![Diagnostic::warning(Place::file(path.as_str()), Msg::StrayFile, [SCREENS_FILE])])
        }
    }
}
