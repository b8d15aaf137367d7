//! Reconciling: what a scan found against what is known. Reads what changed and is whole, keeps the last
//! good version for as long as the rules allow, and says when to look again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    discovery::{Folder, Found, RelPath},
    platform::Stat,
    sorting::{Sorted, Wanted, sort},
    unit::{Content, Reading, Site, Unit, read},
    watch::Marks,
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    digest::Digest,
    screen::SCREENS_FILE,
    time::{DAY_MS, UtcMillis},
};

/// A file is whole when nothing about it changed for so long, with events and without.
const SETTLE_MS: u64 = 2000;
const SETTLE_WITHOUT_EVENTS_MS: u64 = 5000;
/// A file that vanished, emptied or broke may be being saved: its last good version stays so long.
const KEEP_BROKEN_MS: u64 = 5000;
/// What cannot be read just now stays so long.
const KEEP_UNREADABLE_MS: u64 = DAY_MS as u64;

/// Text that holds NUL bytes is taken for one that is still being written, so long after its last change.
const NUL_MS: i64 = 30_000;
/// Why the root counts as not mounted although it is there.
const NO_SCREENS: &str = "no screens.yaml";

/// The two clocks: the one on the wall, and one that only runs forward.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The instant.
    pub utc: UtcMillis,
    /// Milliseconds since some start.
    pub mono_ms: u64,
}

/// Why the newest version of a unit is not what counts.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    Gone,
    Incomplete,
    Broken(Vec<Diagnostic>),
    Unreadable(Diagnostic),
}

/// A file that is not known to be whole yet.
#[derive(Clone, Copy, Debug)]
struct Settling {
    stat: Stat,
    since_ms: u64,
    /// How long it must lie still.
    wait_ms: u64,
}

/// What is known of a unit.
#[derive(Debug)]
struct Known {
    inputs: Vec<(RelPath, Stat)>,
    digest: Option<Digest>,
    good: Option<Good>,
    trouble: Option<(Trouble, u64)>,
}

/// The last good version of a unit.
#[derive(Clone, Debug)]
pub struct Good {
    /// What it says.
    pub content: Content,
    /// A number that changes with each version.
    pub version: u64,
    /// ctime of its file, milliseconds since 1970; 0 if there is none.
    pub ctime_ms: i64,
}

/// What counts for a unit now.
#[derive(Debug)]
pub struct View<'a> {
    /// The version in force, if any.
    pub good: Option<&'a Good>,
    /// What is wrong with the newest version.
    pub trouble: &'a [Diagnostic],
    /// It is still being written.
    pub incomplete: bool,
}

/// Everything known of the folder.
#[derive(Debug, Default)]
pub struct Reconciler {
    known: BTreeMap<Unit, Known>,
    playlists: BTreeMap<String, Option<Diagnostic>>,
    settling: HashMap<RelPath, Settling>,
    versions: HashMap<Option<Arc<str>>, u64>,
    next_version: u64,
    root_missing: Option<(String, u64)>,
    started: bool,
    /// NUL bytes in a text that was just written are not waited out.
    nul_is_final: bool,
    due: Option<u64>,
}

impl Reconciler {
    /// Takes in a scan (or why there was none), reading from `folder` what changed and is whole. Files in
    /// `marks.closed` are whole; they are taken out of it once read.
    pub fn reconcile(
        &mut self,
        scan: Result<Vec<Found>, String>,
        marks: &mut Marks,
        folder: &dyn Folder,
        site: &Site,
        now: Now,
    ) {
        self.due = None;
        let sorted = match scan {
            Ok(found) => sort(&found),
            Err(why) => return self.root_is_missing(why, now),
        };
        if !sorted.units.contains_key(&Unit::Screens) && self.known.contains_key(&Unit::Screens) {
            // A root without screens.yaml counts as not mounted.
            return self.root_is_missing(NO_SCREENS.to_owned(), now);
        }
        if self.root_missing.take().is_some() {
            self.touch(None);
        }
        self.take_playlists(&sorted);
        // Changed files first: what was just closed is what somebody is waiting for.
        let (first, later): (Vec<_>, Vec<_>) = sorted.units.iter().partition(|(_, wanted)| match wanted {
            Wanted::Inputs(inputs) => inputs.iter().any(|(path, _)| marks.closed.contains(path)),
            _ => false,
        });
        for (unit, wanted) in first.into_iter().chain(later) {
            self.look_at(unit, wanted, marks, folder, site, now);
        }
        self.look_for_gone(&sorted, now);
        let found: BTreeSet<&str> = sorted
            .units
            .values()
            .filter_map(|wanted| if let Wanted::Inputs(inputs) = wanted { Some(inputs) } else { None })
            .flatten()
            .map(|(path, _)| path.as_str())
            .collect();
        self.settling.retain(|path, _| found.contains(path.as_str()));
        marks.closed.clear();
        marks.open.clear();
        self.started = true;
    }

    /// A number that changes whenever anything of `playlist` does; `None`: of `screens.yaml`, `keep.txt`,
    /// the root.
    pub fn version(&self, playlist: Option<&str>) -> u64 {
        self.versions.get(&playlist.map(Arc::from)).copied().unwrap_or(0)
    }

    /// From now on text with NUL bytes is refused at once: for `check`, which looks only once.
    pub fn take_nul_as_final(&mut self) {
        self.nul_is_final = true;
    }

    /// When to look again though nothing happens: the forward clock's milliseconds.
    pub fn due(&self) -> Option<u64> {
        self.due
    }

    /// The playlist folders, with what makes one unreadable.
    pub fn playlists(&self) -> &BTreeMap<String, Option<Diagnostic>> {
        &self.playlists
    }

    /// The units known, in order.
    pub fn units(&self) -> impl Iterator<Item = (&Unit, View<'_>)> {
        self.known.iter().map(|(unit, known)| (unit, known.view()))
    }

    /// The units of one playlist, in order.
    pub fn units_of<'a>(&'a self, playlist: &'a str) -> impl Iterator<Item = (&'a Unit, View<'a>)> {
        let from = Unit::Notice(crate::notice::NoticeId::new(playlist, ""));
        self.known
            .range(from..)
            .take_while(move |(unit, _)| matches!(unit, Unit::Notice(id) if *id.playlist == *playlist))
            .map(|(unit, known)| (unit, known.view()))
    }

    /// One unit.
    pub fn unit(&self, unit: &Unit) -> Option<View<'_>> {
        self.known.get(unit).map(Known::view)
    }

    fn take_playlists(&mut self, sorted: &Sorted) {
        if self.playlists == sorted.playlists {
            return;
        }
        let names: BTreeSet<&String> = self.playlists.keys().chain(sorted.playlists.keys()).collect();
        let changed: Vec<Arc<str>> = names
            .into_iter()
            .filter(|name| self.playlists.get(*name) != sorted.playlists.get(*name))
            .map(|name| name.as_str().into())
            .collect();
        for name in changed {
            self.touch(Some(name));
        }
        self.playlists.clone_from(&sorted.playlists);
        self.touch(None);
    }

    fn look_at(
        &mut self,
        unit: &Unit,
        wanted: &Wanted,
        marks: &Marks,
        folder: &dyn Folder,
        site: &Site,
        now: Now,
    ) {
        let inputs = match wanted {
            Wanted::Inputs(inputs) => inputs,
            Wanted::Refused(diagnostic) => {
                return self.in_trouble(unit, Trouble::Broken(vec![diagnostic.clone()]), now);
            }
            Wanted::Unreadable(diagnostic) => {
                return self.in_trouble(unit, Trouble::Unreadable(diagnostic.clone()), now);
            }
        };
        let known = self.known.get(unit);
        let read_well = known.is_some_and(|known| {
            known.inputs == *inputs
                && !matches!(
                    known.trouble,
                    Some((Trouble::Unreadable(_) | Trouble::Gone | Trouble::Incomplete, _))
                )
        });
        if read_well {
            return self.keep_watch(unit, now);
        }
        // Bytes that were read well before need no second parsing: a touch, a copy over itself.
        let same = known
            .filter(|known| known.good.is_some() && !matches!(known.trouble, Some((Trouble::Broken(_), _))));
        let same = same.and_then(|known| known.digest);
        // What was whole and could only not be read is still whole.
        let mut whole = known.is_some_and(|known| {
            known.inputs == *inputs && matches!(known.trouble, Some((Trouble::Unreadable(_), _)))
        });
        if !whole {
            whole = true;
            for (path, stat) in inputs {
                // Each is asked, so that each begins to settle.
                whole &= self.is_whole(path, *stat, marks, now);
            }
        }
        if !whole {
            return self.in_trouble(unit, Trouble::Incomplete, now);
        }
        let reading = read(unit, inputs, folder, site, same);
        let newest = inputs.iter().map(|(_, stat)| stat.ctime_ms()).max().unwrap_or(0);
        match reading {
            None => {
                let known = self.known.entry(unit.clone()).or_insert_with(Known::nothing);
                known.inputs.clone_from(inputs);
                if known.trouble.take().is_some() {
                    self.touch(unit.playlist().cloned());
                }
            }
            Some(Reading::Good(content, digest)) => {
                self.next_version += 1;
                let good = Good { content, version: self.next_version, ctime_ms: newest };
                let known =
                    Known { inputs: inputs.clone(), digest: Some(digest), good: Some(good), trouble: None };
                self.known.insert(unit.clone(), known);
                self.touch(unit.playlist().cloned());
            }
            Some(Reading::Broken(diagnostics, _))
                if !self.nul_is_final
                    && diagnostics.iter().any(|d| d.msg == Msg::NotText)
                    && now.utc.0.saturating_sub(newest) < NUL_MS =>
            {
                // Space that was set aside for a copy that is still under way.
                self.in_trouble(unit, Trouble::Incomplete, now);
                self.look_again(now.mono_ms + SETTLE_MS);
            }
            Some(Reading::Broken(diagnostics, digest)) => {
                let known = self.known.entry(unit.clone()).or_insert_with(Known::nothing);
                known.inputs.clone_from(inputs);
                known.digest = digest;
                self.in_trouble(unit, Trouble::Broken(diagnostics), now);
            }
            Some(Reading::Unreadable(diagnostic)) => {
                self.known.entry(unit.clone()).or_insert_with(Known::nothing).inputs.clone_from(inputs);
                self.in_trouble(unit, Trouble::Unreadable(diagnostic), now);
            }
        }
    }

    /// Whether the file at `path` is whole; if not yet, notes when to look again.
    fn is_whole(&mut self, path: &str, stat: Stat, marks: &Marks, now: Now) -> bool {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        if marks.closed.contains(path) || marks.closed.contains(folder) {
            self.settling.remove(path);
            return true;
        }
        if !self.started && !self.settling.contains_key(path) {
            let age = now.utc.0 - stat.mtime_ms.max(stat.ctime_ms());
            if age >= SETTLE_MS as i64 {
                return true;
            }
        }
        // What lay there at the start has been under watch since, and so has what an event told of.
        let heard = !self.started || marks.open.contains(path);
        let known = self.settling.get(path).copied();
        let wait_ms = match known {
            Some(known) if known.wait_ms == SETTLE_MS => SETTLE_MS,
            _ if heard => SETTLE_MS,
            _ => SETTLE_WITHOUT_EVENTS_MS,
        };
        let since_ms = known.filter(|known| known.stat == stat).map_or(now.mono_ms, |known| known.since_ms);
        if now.mono_ms.saturating_sub(since_ms) >= wait_ms {
            self.settling.remove(path);
            return true;
        }
        self.settling.insert(path.to_owned(), Settling { stat, since_ms, wait_ms });
        self.look_again(since_ms + wait_ms);
        false
    }

    /// Whether some file is still being written, as far as one can tell.
    pub fn is_settling(&self) -> bool {
        !self.settling.is_empty()
    }

    /// What was known and is not found any more.
    fn look_for_gone(&mut self, sorted: &Sorted, now: Now) {
        let missing: Vec<Unit> =
            self.known.keys().filter(|unit| !sorted.units.contains_key(unit)).cloned().collect();
        for unit in missing {
            let folder = unit.playlist().and_then(|name| sorted.playlists.get(&**name));
            if let Some(Some(diagnostic)) = folder {
                self.in_trouble(&unit, Trouble::Unreadable(diagnostic.clone()), now);
            } else {
                self.in_trouble(&unit, Trouble::Gone, now);
            }
        }
    }

    fn root_is_missing(&mut self, why: String, now: Now) {
        if self.root_missing.is_none() {
            self.root_missing = Some((why, now.mono_ms));
            self.touch(None);
        }
        let since = self.root_missing.as_ref().map_or(now.mono_ms, |(_, since)| *since);
        if now.mono_ms.saturating_sub(since) >= KEEP_UNREADABLE_MS {
            let units: Vec<Unit> = self.known.keys().cloned().collect();
            for unit in units.into_iter().filter(|unit| unit.playlist().is_some()) {
                self.remove(&unit);
            }
        }
        self.look_again(since + KEEP_UNREADABLE_MS);
    }

    /// Notes that the newest version of a unit does not count, and how long the last good one still does.
    fn in_trouble(&mut self, unit: &Unit, trouble: Trouble, now: Now) {
        let known = self.known.entry(unit.clone()).or_insert_with(Known::nothing);
        let since = match &known.trouble {
            // One kind of trouble after another is still the same trouble: it began when it began, unless
            // the first was only that the file could not be read.
            Some((Trouble::Unreadable(_), since)) if matches!(trouble, Trouble::Unreadable(_)) => *since,
            Some((before, since))
                if !matches!(before, Trouble::Unreadable(_))
                    && !matches!(trouble, Trouble::Unreadable(_)) =>
            {
                *since
            }
            _ => now.mono_ms,
        };
        if known.trouble.as_ref().is_none_or(|(before, _)| *before != trouble) {
            known.trouble = Some((trouble, since));
            self.touch(unit.playlist().cloned());
        }
        self.keep_watch(unit, now);
    }

    /// Lets go of a last good version whose time is over, or notes when it will be.
    fn keep_watch(&mut self, unit: &Unit, now: Now) {
        let Some(known) = self.known.get(unit) else { return };
        let Some((trouble, since)) = &known.trouble else { return };
        let keep = match trouble {
            Trouble::Unreadable(_) => KEEP_UNREADABLE_MS,
            // The site's own files stay until they are mended or deleted.
            Trouble::Broken(_) | Trouble::Incomplete if !matches!(unit, Unit::Notice(_)) => return,
            _ => KEEP_BROKEN_MS,
        };
        let (end, gone) = (since + keep, *trouble == Trouble::Gone);
        if now.mono_ms < end && known.good.is_some() {
            self.look_again(end);
        } else if gone || known.good.is_some() {
            if gone { self.remove(unit) } else { self.forget(unit) }
        }
    }

    /// The last good version of a unit counts no more.
    fn forget(&mut self, unit: &Unit) {
        if let Some(known) = self.known.get_mut(unit)
            && known.good.take().is_some()
        {
            known.digest = None;
            self.touch(unit.playlist().cloned());
        }
    }

    fn remove(&mut self, unit: &Unit) {
        if self.known.remove(unit).is_some() {
            self.touch(unit.playlist().cloned());
        }
    }

    fn touch(&mut self, playlist: Option<Arc<str>>) {
        *self.versions.entry(playlist).or_insert(0) += 1;
    }

    fn look_again(&mut self, mono_ms: u64) {
        self.due = Some(self.due.map_or(mono_ms, |due| due.min(mono_ms)));
    }

    /// What is wrong with the root itself.
    pub fn root_fault(&self, root: &str) -> Option<Diagnostic> {
        let (why, _) = self.root_missing.as_ref()?;
        let (place, msg) = if why == NO_SCREENS {
            (Place::file(SCREENS_FILE), Msg::ScreensGone)
        } else {
            (Place::default(), Msg::RootMissing)
        };
        Some(Diagnostic::fault(place, msg, [root]))
    }
}

impl Known {
    fn nothing() -> Self {
        Self { inputs: Vec::new(), digest: None, good: None, trouble: None }
    }

    fn view(&self) -> View<'_> {
        let trouble = match &self.trouble {
            Some((Trouble::Broken(diagnostics), _)) => diagnostics.as_slice(),
            Some((Trouble::Unreadable(diagnostic), _)) => std::slice::from_ref(diagnostic),
            _ => &[],
        };
        let incomplete = matches!(self.trouble, Some((Trouble::Incomplete, _)));
        View { good: self.good.as_ref(), trouble, incomplete }
    }
}
