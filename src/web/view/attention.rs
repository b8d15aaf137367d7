//! What should somebody look at? Refused files, notices that some screens cannot show, notices that no
//! screen shows, and warnings, each with the reason.
//!
//! Embargo: a notice that has not begun is not named to whoever can open the dashboard, only counted.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use crate::{
    catalog::{Catalog, ScreenState, Snapshot, Status},
    diagnostic::{Diagnostic, Msg, Place},
    notice::NoticeId,
    playout::OffAir,
    time::UtcMillis,
};

/// No list shows more rows than this; how many there are is told in any case.
pub const MOST_ROWS: usize = 100;
/// Nor more reasons for one row.
const MOST_REASONS: usize = 8;

/// A list cut at [`MOST_ROWS`].
#[derive(Debug)]
pub struct Listing<T> {
    /// The first rows.
    pub rows: Vec<T>,
    /// How many there are.
    pub total: usize,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), total: 0 }
    }
}

impl<T> Listing<T> {
    /// Counts one more; `row` makes it only if it is listed.
    pub fn add(&mut self, row: impl FnOnce() -> T) {
        self.total += 1;
        if self.rows.len() < MOST_ROWS {
            self.rows.push(row());
        }
    }
}

/// A file and what is to be said about it.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Which file.
    pub id: NoticeId,
    /// What is wrong with it.
    pub reasons: Vec<Diagnostic>,
}

/// A notice that some screens that play its list cannot show.
#[derive(Clone, Debug)]
pub struct PartlyShown {
    /// Which.
    pub id: NoticeId,
    /// The name of one of the screens, and why not.
    pub screen: String,
    /// Why not.
    pub reasons: Vec<Diagnostic>,
}

/// A notice that no screen shows although nothing is wrong with it.
#[derive(Clone, Debug)]
pub struct OffAirNotice {
    /// Which.
    pub id: NoticeId,
    /// Why, in the words of the table.
    pub reason: Diagnostic,
}

/// Notices of one playlist that have not begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coming {
    /// The playlist.
    pub playlist: Arc<str>,
    /// How many.
    pub count: usize,
    /// When the first begins.
    pub first: UtcMillis,
}

/// What somebody should look at.
#[derive(Debug, Default)]
pub struct Attention {
    /// Files that no screen shows.
    pub refused: Listing<Trouble>,
    /// Notices that some screens cannot show.
    pub partly: Listing<PartlyShown>,
    /// Notices that no screen shows just now.
    pub nowhere: Listing<OffAirNotice>,
    /// Notices that have not begun, by playlist.
    pub coming: Vec<Coming>,
    /// Files that are being written.
    pub incomplete: Listing<NoticeId>,
    /// What is shown, but should be looked at.
    pub warnings: Listing<Trouble>,
}

/// Collects it; `shown` are the notices on air on some screen.
pub fn collect(
    catalog: &Catalog,
    snapshot: &Snapshot,
    now: UtcMillis,
    shown: &HashSet<&NoticeId>,
) -> Attention {
    let untold = super::untold(snapshot, now);
    let may_tell = |d: &&Diagnostic| !d.args.iter().any(|arg| untold.contains(arg.as_str()));
    let tell =
        |all: &[Diagnostic]| all.iter().filter(may_tell).take(MOST_REASONS).cloned().collect::<Vec<_>>();
    let places = Places::of(snapshot);
    let mut out = Attention::default();
    let mut coming: BTreeMap<&Arc<str>, Coming> = BTreeMap::new();
    for report in &snapshot.files {
        let id = &report.id;
        match &report.status {
            Status::Refused(reasons) => {
                out.refused.add(|| Trouble { id: id.clone(), reasons: tell(reasons) });
            }
            Status::Incomplete => out.incomplete.add(|| id.clone()),
            Status::Beside(reasons) => {
                let reasons = tell(reasons);
                if !reasons.is_empty() {
                    out.warnings.add(|| Trouble { id: id.clone(), reasons });
                }
            }
            Status::Approved(notice) if notice.window().from > now => {
                let from = notice.window().from;
                let row = coming.entry(&id.playlist).or_insert_with(|| Coming {
                    playlist: id.playlist.clone(),
                    count: 0,
                    first: from,
                });
                row.count += 1;
                row.first = row.first.min(from);
            }
            Status::Approved(notice) => {
                let reasons = tell(notice.warnings());
                if !reasons.is_empty() {
                    out.warnings.add(|| Trouble { id: id.clone(), reasons });
                }
                let mut unfit = false;
                for (state, run) in places.get(id) {
                    if let Some((_, Err(why))) = state.runs.get(run as usize) {
                        unfit = true;
                        let screen = state.screen.name.clone();
                        out.partly.add(|| PartlyShown { id: id.clone(), screen, reasons: tell(why) });
                    }
                }
                if !shown.contains(id) && !unfit && snapshot.clock_fault.is_none() {
                    out.nowhere.add(|| {
                        let why = places.get(id).map(|(state, run)| {
                            (state, catalog.why_off_air(state, run, now).unwrap_or(OffAir::NoPages))
                        });
                        OffAirNotice { id: id.clone(), reason: reason(id, why, snapshot) }
                    });
                }
            }
        }
    }
    out.coming = coming.into_values().collect();
    out
}

/// On which screens, and as which run, each notice stands.
struct Places<'a>(HashMap<&'a NoticeId, Vec<(&'a ScreenState, u32)>>);

impl<'a> Places<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let mut map: HashMap<_, Vec<_>> = HashMap::new();
        for state in snapshot.screens.values() {
            for (n, run) in state.programme.runs().iter().enumerate() {
                map.entry(&run.id).or_default().push((&**state, n as u32));
            }
        }
        Self(map)
    }

    fn get(&self, id: &NoticeId) -> impl Iterator<Item = (&'a ScreenState, u32)> {
        self.0.get(id).into_iter().flatten().copied()
    }
}

/// Why a notice is on air nowhere: of its screens' reasons, the one that ends first.
fn reason<'a>(
    id: &NoticeId,
    why: impl Iterator<Item = (&'a ScreenState, OffAir)>,
    snapshot: &Snapshot,
) -> Diagnostic {
    let place = || Place::file(id.to_string());
    let nothing: [&str; 0] = [];
    let Some((state, off)) = why.min_by_key(|(_, off)| rank(off)) else {
        let played =
            snapshot.screens.values().any(|s| s.screen.playlists.iter().any(|p| **p == *id.playlist));
        let msg = if played { Msg::NowhereOtherScreens } else { Msg::NowhereNoScreen };
        return Diagnostic::warning(place(), msg, [&id.playlist]);
    };
    let at = |instant: UtcMillis| [instant.display(&snapshot.zone)];
    match off {
        OffAir::Preempted => Diagnostic::warning(place(), Msg::NowherePreempted, nothing),
        OffAir::Hours(Some(opens)) => Diagnostic::warning(place(), Msg::NowhereHours, at(opens)),
        OffAir::Hours(None) => Diagnostic::warning(place(), Msg::NowhereNeverOpen, nothing),
        OffAir::NotYet(from) => Diagnostic::warning(place(), Msg::NowhereNotYet, at(from)),
        OffAir::Expired(until) => Diagnostic::warning(place(), Msg::Expired, at(until)),
        OffAir::Replaced(by) => {
            let by =
                state.programme.runs().get(by as usize).map_or(String::new(), |run| run.id.file.to_string());
            Diagnostic::warning(place(), Msg::NowhereReplaced, [by])
        }
        OffAir::NoPages => Diagnostic::warning(place(), Msg::NowhereLater, nothing),
    }
}

/// The reasons in the order in which they may pass.
fn rank(off: &OffAir) -> (u8, i64) {
    match off {
        OffAir::Preempted => (0, 0),
        OffAir::Hours(Some(at)) => (1, at.0),
        OffAir::NotYet(at) => (2, at.0),
        OffAir::Replaced(_) => (3, 0),
        OffAir::NoPages => (4, 0),
        OffAir::Hours(None) => (5, 0),
        OffAir::Expired(at) => (6, -at.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_screens_reasons_the_one_that_passes_first_is_told() {
        let at = UtcMillis;
        let mut all = [
            OffAir::Expired(at(5)),
            OffAir::Hours(None),
            OffAir::Hours(Some(at(90))),
            OffAir::Replaced(0),
            OffAir::Hours(Some(at(40))),
            OffAir::Preempted,
        ];
        all.sort_by_key(rank);
        assert_eq!(all[0], OffAir::Preempted);
        assert_eq!(all[1], OffAir::Hours(Some(at(40))));
        assert_eq!(all[5], OffAir::Expired(at(5)));
    }

    #[test]
    fn a_long_list_is_cut_but_counted() {
        let mut list = Listing::default();
        for n in 0..MOST_ROWS * 3 {
            list.add(|| n);
        }
        assert_eq!((list.rows.len(), list.total), (MOST_ROWS, MOST_ROWS * 3));
    }
}
