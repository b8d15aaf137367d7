//! What differs between operating systems, in one file: the marks by which a changed file is known, and files
//! that only their owner may read.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    path::Path,
};

/// Creates or empties a file that nobody but its owner may read, where the system knows owners. It belongs to
/// whom its folder belongs to, if that can be arranged: an administrator writes what a service must read.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().and_then(|folder| std::fs::metadata(folder).ok()) {
        use std::os::unix::fs::MetadataExt as _;
        let _ = std::os::unix::fs::fchown(&file, Some(folder.uid()), Some(folder.gid()));
    }
    Ok(file)
}

/// The marks of a file's version. Two equal stats mean: nobody wrote to it in between.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Stat {
    /// Identity on its disk; 0 where there is none.
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// Last change of its bytes, milliseconds since 1970.
    pub mtime_ms: i64,
    /// Last change of its bytes or name, nanoseconds; creation where there is no such time.
    pub ctime_ns: i64,
}

impl Stat {
    /// From what the operating system says.
    #[cfg(unix)]
    pub fn of(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            inode: meta.ino(),
            size: meta.size(),
            mtime_ms: meta.mtime().saturating_mul(1000) + meta.mtime_nsec() / 1_000_000,
            ctime_ns: meta.ctime().saturating_mul(1_000_000_000).saturating_add(meta.ctime_nsec()),
        }
    }

    /// From what the operating system says.
    #[cfg(not(unix))]
    pub fn of(meta: &Metadata) -> Self {
        use std::time::{SystemTime, UNIX_EPOCH};
        let nanos = |time: std::io::Result<SystemTime>| {
            time.ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map_or(0, |d| d.as_nanos() as i64)
        };
        let (mtime, ctime) = (nanos(meta.modified()), nanos(meta.created()));
        Self { inode: 0, size: meta.len(), mtime_ms: mtime / 1_000_000, ctime_ns: ctime.max(mtime) }
    }

    /// Last change of its bytes or name, milliseconds since 1970.
    pub fn ctime_ms(&self) -> i64 {
        self.ctime_ns.div_euclid(1_000_000)
    }
}
