//! Playbills: what each playlist offers. Approves what was read, remembers arrivals, finds copies.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::tz::TimeZone;

use super::{
    arrivals::Arrivals,
    reconcile::{Good, Reconciler},
    snapshot::{FileReport, Status},
    unit::{Content, Unit},
};
use crate::{
    approval::{ApprovedNotice, approve},
    diagnostic::{Diagnostic, Msg, Place},
    notice::{Notice, NoticeId},
    playlist::Playlist,
    text::natural_key,
    time::UtcMillis,
};

/// An approved notice, ready to go into programmes.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The notice.
    pub notice: Arc<ApprovedNotice>,
    /// A number that no other approval shares: what layouts are cached by.
    pub uid: u64,
    /// [`natural_key`] of its file name.
    pub sort_key: Arc<[u8]>,
    /// Its title as people would compare it.
    title_key: Arc<str>,
}

/// What one playlist offers.
#[derive(Clone, Debug, Default)]
pub struct Playbill {
    /// The reconciler's version of the playlist that this was made from.
    pub version: u64,
    /// Notices that may be shown, copies left out.
    pub ready: Vec<Ready>,
    /// Every file, in natural order, and what became of it.
    pub files: Vec<FileReport>,
    /// What is wrong with `playlist.yaml` or the folder.
    pub faults: Vec<Diagnostic>,
}

/// A verdict on one version of a notice under one version of its playlist's defaults.
struct Verdict {
    notice_version: u64,
    defaults_version: u64,
    outcome: Result<Ready, Vec<Diagnostic>>,
}

/// All playbills, and the verdicts that need not be reached again.
#[derive(Default)]
pub struct Playbills {
    bills: BTreeMap<String, Arc<Playbill>>,
    verdicts: HashMap<NoticeId, Verdict>,
    next_uid: u64,
}

/// What approval needs to know besides the files.
pub struct Office<'a> {
    /// First sights.
    pub arrivals: &'a mut Arrivals,
    /// Now.
    pub now: UtcMillis,
    /// The zone.
    pub zone: &'a TimeZone,
}

impl Playbills {
    /// Brings every playlist's bill up to date; only those that changed cost anything.
    pub fn update(&mut self, reconciler: &Reconciler, office: &mut Office<'_>) {
        let mut names: Vec<String> = reconciler.playlists().keys().cloned().collect();
        // A folder that just vanished may still be kept for a moment.
        names.extend(self.bills.keys().filter(|name| reconciler.units_of(name).next().is_some()).cloned());
        names.sort();
        names.dedup();
        self.bills.retain(|name, _| names.binary_search(name).is_ok());
        for name in names {
            let version = reconciler.version(Some(&name));
            if self.bills.get(&name).is_none_or(|bill| bill.version != version) {
                let bill = self.make(&name, version, reconciler, office);
                self.bills.insert(name, Arc::new(bill));
            }
        }
    }

    /// The bills by playlist name.
    pub fn bills(&self) -> &BTreeMap<String, Arc<Playbill>> {
        &self.bills
    }

    fn make(
        &mut self,
        name: &str,
        version: u64,
        reconciler: &Reconciler,
        office: &mut Office<'_>,
    ) -> Playbill {
        let mut faults = Vec::new();
        faults.extend(reconciler.playlists().get(name).cloned().flatten());
        let defaults = reconciler.unit(&Unit::Defaults(name.into()));
        let mut playlist = Arc::new(Playlist { name: name.to_owned(), ..Playlist::default() });
        let mut defaults_version = 0;
        if let Some(view) = defaults {
            faults.extend(view.trouble.iter().cloned());
            if let Some(Good { content: Content::Playlist(read), version, .. }) = view.good {
                playlist = read.clone();
                defaults_version = *version;
            }
        }
        let mut files = Vec::new();
        for (unit, view) in reconciler.units_of(name) {
            let Unit::Notice(id) = unit else { continue };
            let mut notes = view.trouble.to_vec();
            let status = match view.good {
                Some(Good { content: Content::Notice(notice), version, ctime_ms }) => {
                    let versions = (*version, defaults_version);
                    match self.verdict(id, notice, versions, *ctime_ms, &playlist, office) {
                        Ok(ready) => {
                            notes.extend(ready.notice.warnings().iter().cloned());
                            (Status::Approved(ready.notice.clone()), Some(ready))
                        }
                        Err(diagnostics) => (Status::Refused(diagnostics), None),
                    }
                }
                _ if view.incomplete => (Status::Incomplete, None),
                _ => (Status::Refused(std::mem::take(&mut notes)), None),
            };
            let key = status
                .1
                .as_ref()
                .map_or_else(|| natural_key(&id.file).into(), |ready| ready.sort_key.clone());
            files.push((key, FileReport { id: id.clone(), status: status.0, notes }, status.1));
        }
        files.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id)));
        let mut candidates: Vec<Ready> = files.iter().filter_map(|(_, _, ready)| ready.clone()).collect();
        let mut files: Vec<FileReport> = files.into_iter().map(|(_, report, _)| report).collect();
        leave_out_copies(&mut candidates, &mut files);
        warn_of_same_titles(&candidates, &mut files);
        warn_of_unknown_replaces(&candidates, &mut files);
        Playbill { version, ready: candidates, files, faults }
    }

    fn verdict(
        &mut self,
        id: &NoticeId,
        notice: &Arc<Notice>,
        (notice_version, defaults_version): (u64, u64),
        ctime_ms: i64,
        playlist: &Playlist,
        office: &mut Office<'_>,
    ) -> Result<Ready, Vec<Diagnostic>> {
        if let Some(known) = self.verdicts.get(id)
            && (known.notice_version, known.defaults_version) == (notice_version, defaults_version)
        {
            return known.outcome.clone();
        }
        // The file's ctime tells a replica or a new state folder when the text came; a ctime ahead of the
        // clock tells nothing.
        let ctime = UtcMillis(ctime_ms);
        let first_seen = if ctime_ms > 0 && ctime <= office.now { ctime } else { office.now };
        let arrival = office.arrivals.arrival(&id.playlist, notice.digest, first_seen);
        let outcome = approve(notice.clone(), playlist, arrival, office.now, office.zone).map(|approved| {
            self.next_uid += 1;
            let sort_key = natural_key(&id.file).into();
            let title_key = crate::text::fold_name(&approved.notice().title).into();
            Ready { notice: Arc::new(approved), uid: self.next_uid, sort_key, title_key }
        });
        let verdict = Verdict { notice_version, defaults_version, outcome: outcome.clone() };
        self.verdicts.insert(id.clone(), verdict);
        outcome
    }

    /// Forgets verdicts on files that are gone.
    pub fn prune(&mut self, reconciler: &Reconciler) {
        self.verdicts.retain(|id, _| reconciler.unit(&Unit::Notice(id.clone())).is_some());
    }
}

/// Identical text in a playlist shows once: of copies whose terms overlap the one that holds longest stays.
fn leave_out_copies(ready: &mut Vec<Ready>, files: &mut [FileReport]) {
    let mut by_digest: HashMap<_, Vec<usize>> = HashMap::new();
    for (n, one) in ready.iter().enumerate() {
        // Copies for other screens, hours or urgency are not the same notice: which of them shows is asked
        // anew at each instant.
        let notice = &one.notice;
        let key = (notice.notice().digest, notice.priority(), notice.hours(), notice.screens());
        by_digest.entry(key).or_default().push(n);
    }
    let mut copies: Vec<(usize, usize)> = Vec::new();
    for mut group in by_digest.into_values().filter(|group| group.len() > 1) {
        group.sort_by_key(|n| (std::cmp::Reverse(ready[*n].notice.window().until), *n));
        let mut kept: Vec<usize> = Vec::new();
        for n in group {
            let window = ready[n].notice.window();
            let overlaps = |other: &&usize| {
                let other = ready[**other].notice.window();
                window.from < other.until && other.from < window.until
            };
            match kept.iter().find(overlaps) {
                Some(other) => copies.push((n, *other)),
                None => kept.push(n),
            }
        }
    }
    let mut left_out: HashMap<NoticeId, Diagnostic> = HashMap::new();
    for (copy, original) in copies {
        let id = &ready[copy].notice.notice().id;
        let place = Place::file(id.to_string());
        let other = &ready[original].notice.notice().id.file;
        left_out.insert(id.clone(), Diagnostic::warning(place, Msg::DuplicateNotice, [other]));
    }
    ready.retain(|one| !left_out.contains_key(&one.notice.notice().id));
    for report in files {
        if let Some(diagnostic) = left_out.remove(&report.id) {
            report.status = Status::Beside(vec![diagnostic]);
        }
    }
}

/// The same title over different text is often an old version that somebody forgot.
fn warn_of_same_titles(ready: &[Ready], files: &mut [FileReport]) {
    let mut by_title: HashMap<&str, Vec<&Ready>> = HashMap::new();
    for one in ready {
        by_title.entry(&one.title_key).or_default().push(one);
    }
    let mut notes = Vec::new();
    for group in by_title.into_values().filter(|group| group.len() > 1) {
        for one in &group {
            let id = &one.notice.notice().id;
            let clash = group.iter().map(|other| &other.notice).find(|other| {
                let (a, b) = (one.notice.window(), other.window());
                other.notice().id != *id
                    && a.from < b.until
                    && b.from < a.until
                    && !one.notice.replaces().iter().any(|name| **name == *other.notice().id.file)
                    && !other.replaces().iter().any(|name| **name == *id.file)
            });
            if let Some(other) = clash {
                let place = Place::file(id.to_string());
                notes.push((id, Diagnostic::warning(place, Msg::SameTitle, [&other.notice().id.file])));
            }
        }
    }
    add_notes(notes, files);
}

fn warn_of_unknown_replaces(ready: &[Ready], files: &mut [FileReport]) {
    let mut notes = Vec::new();
    for one in ready {
        for name in one.notice.replaces() {
            if !files.iter().any(|report| *report.id.file == **name) {
                let id = &one.notice.notice().id;
                let place = Place::file(id.to_string());
                notes.push((id, Diagnostic::warning(place, Msg::UnknownReplaces, [name])));
            }
        }
    }
    add_notes(notes, files);
}

fn add_notes(notes: Vec<(&NoticeId, Diagnostic)>, files: &mut [FileReport]) {
    let mut notes: HashMap<&NoticeId, Vec<Diagnostic>> =
        notes.into_iter().fold(HashMap::new(), |mut map, (id, note)| {
            map.entry(id).or_insert_with(Vec::new).push(note);
            map
        });
    for report in files {
        report.notes.extend(notes.remove(&report.id).unwrap_or_default());
    }
}
