//! What should somebody look at? Refused files, notices that some screens cannot show, notices that no
//! screen shows, and warnings, each with the reason.
//!
//! Embargo: a notice that has not begun is not named to whoever can open the dashboard, only counted.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use crate::{
    catalog::{FileReport, Snapshot, Status, standings},
    diagnostic::Diagnostic,
    notice::NoticeId,
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
    /// The name of one of those screens.
    pub screen: String,
    /// Why not.
    pub reasons: Vec<Diagnostic>,
}

/// A notice that no screen shows although nothing is wrong with it.
#[derive(Clone, Debug)]
pub struct OffAirNotice {
    /// Which.
    pub id: NoticeId,
    /// Why.
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

/// Collects it, and counts the notices that are on air on some screen.
pub fn collect(snapshot: &Snapshot, now: UtcMillis) -> (Attention, usize) {
    let untold = untold(snapshot, now);
    let may_tell = |d: &&Diagnostic| !d.args.iter().any(|arg| untold.contains(arg.as_str()));
    let tell =
        |all: &[Diagnostic]| all.iter().filter(may_tell).take(MOST_REASONS).cloned().collect::<Vec<_>>();
    let mut standings = standings(snapshot, now);
    let trusted = snapshot.clock_fault.is_none();
    let mut out = Attention::default();
    let mut on_air = 0;
    let mut coming: BTreeMap<&Arc<str>, Coming> = BTreeMap::new();
    for report in &snapshot.files {
        let id = &report.id;
        let mut notes = report.notes.clone();
        match &report.status {
            Status::Refused(reasons) => {
                out.refused.add(|| Trouble { id: id.clone(), reasons: tell(reasons) });
            }
            Status::Incomplete => out.incomplete.add(|| id.clone()),
            Status::Beside(reasons) => notes.extend(reasons.iter().cloned()),
            Status::Approved(notice) if notice.window().from > now => {
                let from = notice.window().from;
                let row = coming.entry(&id.playlist).or_insert_with(|| Coming {
                    playlist: id.playlist.clone(),
                    count: 0,
                    first: from,
                });
                row.count += 1;
                row.first = row.first.min(from);
                continue;
            }
            // While the clock cannot be trusted all screens are idle, which the fault itself tells.
            Status::Approved(_) => {
                let standing = standings.remove(id).unwrap_or_default();
                on_air += usize::from(trusted && !standing.on_air.is_empty());
                for (state, why) in &standing.refused {
                    let screen = state.screen.name.clone();
                    out.partly.add(|| PartlyShown { id: id.clone(), screen, reasons: tell(why) });
                }
                notes.extend(standing.looks);
                if let Some(reason) = standing.nowhere.filter(|_| trusted && standing.refused.is_empty()) {
                    out.nowhere.add(|| OffAirNotice { id: id.clone(), reason });
                }
            }
        }
        let notes = tell(&notes);
        if !notes.is_empty() {
            out.warnings.add(|| Trouble { id: id.clone(), reasons: notes });
        }
    }
    out.coming = coming.into_values().collect();
    (out, on_air)
}

/// Names of files that must not be told yet: approved notices before their `from`.
fn untold(snapshot: &Snapshot, now: UtcMillis) -> HashSet<&str> {
    let not_begun = |report: &'_ &FileReport| match &report.status {
        Status::Approved(notice) => notice.window().from > now,
        _ => false,
    };
    snapshot.files.iter().filter(not_begun).map(|report| &*report.id.file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_but_counted() {
        let mut list = Listing::default();
        for n in 0..MOST_ROWS * 3 {
            list.add(|| n);
        }
        assert_eq!((list.rows.len(), list.total), (MOST_ROWS, MOST_ROWS * 3));
    }
}
