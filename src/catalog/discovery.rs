//! Discovery: what lies in the playlists folder, two levels deep, and the bytes of one file.

use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
};

use super::platform::Stat;

/// A path below the root with `/` between its one or two parts.
pub type RelPath = String;

/// What was found at a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A regular file.
    File(Stat),
    /// A folder.
    Folder,
    /// A link that leaves the root.
    Outside,
    /// It is there, but cannot be looked at just now.
    Unreadable(String),
    /// It is no file: a pipe, a device, a link to nothing. It counts as deleted.
    NoFile(String),
}

/// One thing found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where.
    pub path: RelPath,
    /// What.
    pub what: What,
}

/// The outside world as far as files go; tests have their own.
pub trait Folder: Send {
    /// Everything in the root and, one level down, in its folders. An error means that the root itself is
    /// not there.
    fn scan(&self) -> io::Result<Vec<Found>>;

    /// A file's bytes; at most `max + 1` of them, so that the reader can tell that there are too many.
    fn read(&self, path: &str, max: u64) -> io::Result<Vec<u8>>;
}

/// A folder on a disk.
#[derive(Debug, Clone)]
pub struct DiskFolder {
    root: PathBuf,
}

impl DiskFolder {
    /// The folder at `root`, which need not be there yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn look(real_root: &Path, path: &Path) -> What {
        let meta = match fs::symlink_metadata(path) {
            Ok(meta) => meta,
            Err(e) => return What::Unreadable(e.to_string()),
        };
        let meta = if meta.is_symlink() {
            // A link may point to another playlist's file, never out of the root.
            match fs::canonicalize(path).and_then(|real| Ok((fs::metadata(&real)?, real))) {
                Ok((meta, real)) if real.starts_with(real_root) => meta,
                Ok(_) => return What::Outside,
                Err(e) if e.kind() == io::ErrorKind::NotFound => return What::NoFile(e.to_string()),
                Err(e) => return What::Unreadable(e.to_string()),
            }
        } else {
            meta
        };
        if meta.is_dir() {
            What::Folder
        } else if meta.is_file() {
            What::File(Stat::of(&meta))
        } else {
            // Reading a pipe or a device could wait for ever.
            What::NoFile("not a regular file".to_owned())
        }
    }

    fn list(real_root: &Path, dir: &Path, prefix: &str, out: &mut Vec<Found>) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let (name, what) = match name.to_str() {
                Some(name) => (name.to_owned(), Self::look(real_root, &entry.path())),
                None => (
                    name.to_string_lossy().into_owned(),
                    What::Unreadable("its name is not UTF-8".to_owned()),
                ),
            };
            out.push(Found { path: format!("{prefix}{name}"), what });
        }
        Ok(())
    }
}

impl Folder for DiskFolder {
    fn scan(&self) -> io::Result<Vec<Found>> {
        let real_root = fs::canonicalize(&self.root)?;
        let mut top = Vec::new();
        Self::list(&real_root, &self.root, "", &mut top)?;
        let mut out = Vec::with_capacity(top.len() * 16);
        for mut found in top {
            if found.what == What::Folder && !found.path.starts_with(['.', '_', '~']) {
                let prefix = format!("{}/", found.path);
                if let Err(e) = Self::list(&real_root, &self.root.join(&found.path), &prefix, &mut out) {
                    // What was listed before the error stays; the folder says that something is missing.
                    found.what = What::Unreadable(e.to_string());
                }
            }
            out.push(found);
        }
        Ok(out)
    }

    fn read(&self, path: &str, max: u64) -> io::Result<Vec<u8>> {
        let file = fs::File::open(self.root.join(path))?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut bytes = Vec::new();
        file.take(max + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_goes_two_levels_deep_and_stays_inside() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("playlists");
        fs::create_dir_all(root.join("bureau/deep")).unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::write(root.join("screens.yaml"), "x").unwrap();
        fs::write(root.join("bureau/a.txt"), "text").unwrap();
        fs::write(root.join("bureau/deep/b.txt"), "text").unwrap();
        fs::write(root.join(".git/config"), "text").unwrap();
        fs::write(dir.path().join("secret.txt"), "secret").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../../secret.txt", root.join("bureau/link.txt")).unwrap();
        let mut found: Vec<_> = DiskFolder::new(&root).scan().unwrap();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        let what = |path: &str| found.iter().find(|f| f.path == path).map(|f| &f.what);
        assert!(matches!(what("bureau/a.txt"), Some(What::File(stat)) if stat.size == 4));
        assert_eq!(what("bureau/deep"), Some(&What::Folder));
        assert_eq!(what("bureau/deep/b.txt"), None);
        assert_eq!(what(".git/config"), None);
        #[cfg(unix)]
        assert_eq!(what("bureau/link.txt"), Some(&What::Outside));
        assert_eq!(DiskFolder::new(&root).read("bureau/a.txt", 2).unwrap(), b"tex");
    }

    #[test]
    fn a_missing_root_is_an_error() {
        assert!(DiskFolder::new("/nonexistent/here").scan().is_err());
    }
}
