//! Sorting a scan into units: which file belongs to what, and what can never be a notice.

use std::collections::BTreeMap;

use super::{
    discovery::{Found, RelPath, What},
    platform::Stat,
    unit::{DEFAULTS_FILE, KEEP_FILE, Unit},
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    notice::{self, Kind, NoticeId},
    screen::SCREENS_FILE,
};

/// What a scan says about a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Read these files.
    Inputs(Vec<(RelPath, Stat)>),
    /// It can never be shown.
    Refused(Diagnostic),
    /// It is there but cannot be looked at just now.
    Unreadable(Diagnostic),
}

/// A scan, sorted.
#[derive(Debug, Default)]
pub struct Sorted {
    /// The playlists: every folder in the root, with what makes it unreadable.
    pub playlists: BTreeMap<String, Option<Diagnostic>>,
    /// The units found.
    pub units: BTreeMap<Unit, Wanted>,
}

/// Sorts `found`.
pub fn sort(found: &[Found]) -> Sorted {
    let mut sorted = Sorted::default();
    let mut sidecars: BTreeMap<(String, String), (RelPath, Stat)> = BTreeMap::new();
    for item in found {
        if let Some((playlist, file)) = item.path.split_once('/') {
            sort_inner(&mut sorted, &mut sidecars, item, playlist, file);
        } else {
            sort_outer(&mut sorted, item);
        }
    }
    for ((playlist, picture), (path, stat)) in sidecars {
        let unit = Unit::Notice(NoticeId::new(&playlist, &picture));
        if let Some(Wanted::Inputs(inputs)) = sorted.units.get_mut(&unit) {
            inputs.push((path, stat));
        } else if !sorted.units.contains_key(&unit) {
            let file = path.rsplit('/').next().unwrap_or_default();
            let diagnostic = Diagnostic::refusal(Place::file(path.as_str()), Msg::OrphanSidecar, [picture]);
            let unit = Unit::Notice(NoticeId::new(&playlist, file));
            sorted.units.insert(unit, Wanted::Refused(diagnostic));
        }
    }
    // The first folder is the example in the way out for files that lie in the root.
    if let Some(name) = sorted.playlists.keys().next() {
        let example = format!("{name}/");
        for (unit, wanted) in &mut sorted.units {
            if let (Unit::Stray(path), Wanted::Refused(d)) = (unit, wanted) {
                *d = Diagnostic::warning(Place::file(path.as_str()), Msg::StrayFile, [&example]);
            }
        }
    }
    sorted
}

fn is_ignored(name: &str) -> bool {
    matches!(notice::kind(name, ""), Kind::Ignored)
}

/// What lies in the root itself.
fn sort_outer(sorted: &mut Sorted, item: &Found) {
    let place = || Place::file(item.path.as_str());
    let unit = match item.path.as_str() {
        SCREENS_FILE => Unit::Screens,
        KEEP_FILE => Unit::Keep,
        path => Unit::Stray(path.to_owned()),
    };
    let hidden = item.path.starts_with(['.', '_', '~']);
    let wanted = match &item.what {
        What::Folder if hidden => return,
        What::Folder => {
            sorted.playlists.insert(item.path.clone(), None);
            return;
        }
        What::File(stat) if !matches!(unit, Unit::Stray(_)) => {
            Wanted::Inputs(vec![(item.path.clone(), *stat)])
        }
        What::File(_) if is_ignored(&item.path) => return,
        What::File(_) => Wanted::Refused(Diagnostic::warning(place(), Msg::StrayFile, ["bureau/"])),
        What::Outside => Wanted::Refused(Diagnostic::refusal(place(), Msg::SymlinkOutside, [""; 0])),
        What::NoFile(why) => Wanted::Refused(Diagnostic::refusal(place(), Msg::Unreadable, [why])),
        What::Unreadable(why) => {
            let diagnostic = Diagnostic::fault(place(), Msg::Unreadable, [why]);
            if matches!(unit, Unit::Stray(_)) {
                // It may be a playlist folder: its notices are kept while it cannot be read.
                sorted.playlists.insert(item.path.clone(), Some(diagnostic));
                return;
            }
            Wanted::Unreadable(diagnostic)
        }
    };
    sorted.units.insert(unit, wanted);
}

/// What lies in a playlist folder.
fn sort_inner(
    sorted: &mut Sorted,
    sidecars: &mut BTreeMap<(String, String), (RelPath, Stat)>,
    item: &Found,
    playlist: &str,
    file: &str,
) {
    let place = || Place::file(item.path.as_str());
    let kind = notice::kind(file, playlist);
    if kind == Kind::Ignored {
        return;
    }
    let unit = match kind {
        Kind::Defaults => Unit::Defaults(playlist.into()),
        _ => Unit::Notice(NoticeId::new(playlist, file)),
    };
    debug_assert!(file != DEFAULTS_FILE || matches!(unit, Unit::Defaults(_)));
    let wanted = match &item.what {
        What::Folder => Wanted::Refused(Diagnostic::warning(place(), Msg::NestedFolder, [""; 0])),
        What::Outside => Wanted::Refused(Diagnostic::refusal(place(), Msg::SymlinkOutside, [""; 0])),
        What::NoFile(why) => Wanted::Refused(Diagnostic::refusal(place(), Msg::Unreadable, [why])),
        What::Unreadable(why) => Wanted::Unreadable(Diagnostic::fault(place(), Msg::Unreadable, [why])),
        What::File(stat) => match kind {
            Kind::Unsupported(diagnostic) => Wanted::Refused(diagnostic),
            Kind::Sidecar(picture) => {
                let taken =
                    sidecars.entry((playlist.to_owned(), picture)).or_insert((item.path.clone(), *stat));
                if taken.0 == item.path {
                    return;
                }
                Wanted::Refused(Diagnostic::refusal(place(), Msg::TwoSidecars, [&taken.0]))
            }
            _ => Wanted::Inputs(vec![(item.path.clone(), *stat)]),
        },
    };
    sorted.units.insert(unit, wanted);
}
