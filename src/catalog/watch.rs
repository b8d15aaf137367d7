//! Watching: a file event means "look again", and which file was closed; never data.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::mpsc::Sender,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode, ModifyKind, RenameMode},
};

use super::{discovery::RelPath, platform::Stat};

/// What the director is told.
#[derive(Debug)]
pub enum Signal {
    /// Something may have changed.
    Look(Marks),
    /// Stop.
    Stop,
}

/// What events said about paths since the last look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Closed after writing or renamed into place, and not written since: whole.
    pub closed: BTreeSet<RelPath>,
    /// Being written.
    pub open: BTreeSet<RelPath>,
}

impl Marks {
    /// Takes over what `later` says.
    pub fn merge(&mut self, later: Self) {
        for path in later.open {
            self.closed.remove(&path);
            self.open.insert(path);
        }
        for path in later.closed {
            self.open.remove(&path);
            self.closed.insert(path);
        }
    }
}

/// Watches the root, its folders and its parent.
pub struct Watch {
    root: PathBuf,
    watcher: RecommendedWatcher,
    /// Which folder is watched, by its identity on the disk.
    armed: Option<u64>,
}

impl Watch {
    /// Starts watching; signals go to `out`. An error means that this system gives no events.
    pub fn start(root: &Path, out: Sender<Signal>) -> Result<Self, notify::Error> {
        let base = root.to_path_buf();
        let real = std::fs::canonicalize(root).unwrap_or_else(|_| base.clone());
        let handler = move |event: notify::Result<Event>| {
            let marks = match event {
                Ok(event) => match read_event(&event, &[&base, &real]) {
                    Some(marks) => marks,
                    None => return,
                },
                // An error or an overflow means that events were lost: look at everything.
                Err(_) => Marks::default(),
            };
            let _ = out.send(Signal::Look(marks));
        };
        let mut watch =
            Self { root: root.to_path_buf(), watcher: notify::recommended_watcher(handler)?, armed: None };
        if let Some(parent) = std::path::absolute(root).ok().as_deref().and_then(Path::parent) {
            // Without the parent a root that is mounted later is found by the next rescan instead.
            let _ = watch.watcher.watch(parent, RecursiveMode::NonRecursive);
        }
        watch.arm();
        Ok(watch)
    }

    /// Watches the root anew if it appeared, was renamed or mounted over since the last call.
    pub fn arm(&mut self) {
        let here = std::fs::metadata(&self.root).ok().map(|meta| Stat::of(&meta).inode);
        if here == self.armed {
            return;
        }
        if self.armed.take().is_some() {
            let _ = self.watcher.unwatch(&self.root);
        }
        if self.watcher.watch(&self.root, RecursiveMode::Recursive).is_ok() {
            self.armed = here;
        }
    }
}

/// What an event says; `None` for what changes nothing (files opened or read).
fn read_event(event: &Event, roots: &[&Path]) -> Option<Marks> {
    let mut marks = Marks::default();
    let paths = || {
        event.paths.iter().filter_map(|path| {
            let below = roots.iter().find_map(|root| path.strip_prefix(root).ok())?;
            Some(below.to_str()?.replace('\\', "/"))
        })
    };
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => marks.closed.extend(paths()),
        EventKind::Access(_) if !event.need_rescan() => return None,
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => marks.closed.extend(paths().next_back()),
        EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any) | EventKind::Create(_) => {
            marks.open.extend(paths());
        }
        _ => {}
    }
    Some(marks)
}

#[cfg(test)]
mod tests {
    use notify::event::DataChange;

    use super::*;

    fn marks(kind: EventKind, path: &str) -> Option<Marks> {
        read_event(&Event::new(kind).add_path(path.into()), &[Path::new("/p")])
    }

    #[test]
    fn closing_after_writing_makes_a_file_whole_and_writing_again_unmakes_it() {
        let write = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let close = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let mut all = marks(close, "/p/bureau/a.txt").unwrap();
        assert!(all.closed.contains("bureau/a.txt"));
        all.merge(marks(write, "/p/bureau/a.txt").unwrap());
        assert!(all.closed.is_empty() && all.open.contains("bureau/a.txt"));
        all.merge(marks(EventKind::Modify(ModifyKind::Name(RenameMode::To)), "/p/bureau/a.txt").unwrap());
        assert!(all.closed.contains("bureau/a.txt"));
    }

    #[test]
    fn our_own_reading_is_no_event() {
        assert_eq!(marks(EventKind::Access(AccessKind::Open(AccessMode::Read)), "/p/a"), None);
        assert_eq!(marks(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/p/a"), None);
    }
}
