//! `mingping new DIR`: a folder to begin with, in which every line says what it is for.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::ArgMatches;

use super::{flags::value, say};
use crate::diagnostic::Lang;

/// What is written: the path below the folder, and the text in Chinese and in English. `screens.yaml` comes
/// last: a running server takes the folder for mounted once that file is there.
const FILES: [(&str, &str, &str); 3] = [
    ("notices/playlist.yaml", include_str!("start/playlist.zh.yaml"), include_str!("start/playlist.en.yaml")),
    ("notices/01-welcome.md", include_str!("start/welcome.zh.md"), include_str!("start/welcome.en.md")),
    ("screens.yaml", include_str!("start/screens.zh.yaml"), include_str!("start/screens.en.yaml")),
];

/// Why nothing, or not everything, was written.
#[derive(Debug)]
pub enum NewError {
    /// These are there already; nothing was written.
    Exists(Vec<PathBuf>),
    /// This could not be written.
    Io(PathBuf, io::Error),
}

impl NewError {
    /// What is wrong and the way out, in `lang`.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Self::Exists(paths) => {
                let paths =
                    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
                match lang {
                    Lang::Zh => format!("已经存在：{paths}。没有改动任何文件。请换一个目录，或先移走它们。"),
                    Lang::En => format!(
                        "already there: {paths}. Nothing was changed. Choose another folder, or move them away."
                    ),
                }
            }
            Self::Io(path, e) => match lang {
                Lang::Zh => format!("写不了 {}：{e}。请检查权限和磁盘空间。", path.display()),
                Lang::En => {
                    format!("cannot write {}: {e}. Check permissions and disk space.", path.display())
                }
            },
        }
    }
}

impl fmt::Display for NewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for NewError {}

/// Runs the command.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    let dir = Path::new(value(matches, "DIR"));
    for path in create(dir, lang).map_err(|e| e.message(lang))? {
        println!("{}", path.display());
    }
    let next = say(lang, "下一步", "Next");
    println!("{next}: mingping serve --playlists '{}'", dir.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes a commented `screens.yaml`, a playlist with its defaults and a first notice into `dir`, which is
/// made if need be, and returns what was written. Never overwrites: if one of them exists, writes nothing.
pub fn create(dir: &Path, lang: Lang) -> Result<Vec<PathBuf>, NewError> {
    // A dangling link is something, too: `exists` would follow it.
    let there = |path: &PathBuf| path.symlink_metadata().is_ok();
    let existing: Vec<PathBuf> = FILES.iter().map(|(name, ..)| dir.join(name)).filter(there).collect();
    if !existing.is_empty() {
        return Err(NewError::Exists(existing));
    }
    let mut written = Vec::new();
    for (name, zh, en) in FILES {
        let path = dir.join(name);
        let parent = path.parent().unwrap_or(dir);
        fs::create_dir_all(parent).map_err(|e| NewError::Io(parent.to_owned(), e))?;
        write_new(&path, if lang == Lang::Zh { zh } else { en }).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => NewError::Exists(vec![path.clone()]),
            _ => NewError::Io(path.clone(), e),
        })?;
        written.push(path);
    }
    Ok(written)
}

/// Writes a file that was not there; the system itself refuses if somebody was faster.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        catalog::{Catalog, Clock as _, Director, ManualClock, Plan, Snapshot, SystemClock, standings},
        cli::load_fonts,
    };

    /// What the server makes of `root` a minute from now, when all files have come to rest.
    fn look(root: &Path) -> (Vec<String>, Vec<String>) {
        let (fonts, font_faults) = load_fonts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts"));
        let now = SystemClock::new().now().plus(60_000);
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let clock = Arc::new(ManualClock::at(now));
        let catalog = Catalog::new(Snapshot::empty(zone.clone()), Arc::new(fonts), clock, false);
        let playlists = root.to_owned();
        let plan = Plan { playlists, state: None, feedback: None, zone, font_faults, log_lang: Lang::En };
        Director::new(plan, catalog.clone()).look_once();
        let snapshot = catalog.snapshot();
        let wrong = snapshot.diagnostics().iter().map(|d| d.one_line(Lang::En)).collect();
        let standings = standings(&snapshot, now);
        let mut on_air: Vec<String> = standings
            .into_iter()
            .flat_map(|(id, standing)| {
                standing.on_air.into_iter().map(move |state| format!("{} {id}", state.screen.id))
            })
            .collect();
        on_air.sort();
        (wrong, on_air)
    }

    #[test]
    fn what_is_written_is_valid_and_on_air_at_once_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path().join("a/playlists");
            assert_eq!(create(&root, lang).unwrap().len(), FILES.len());
            let (wrong, on_air) = look(&root);
            assert_eq!(wrong, [""; 0]);
            assert_eq!(on_air, ["gate notices/01-welcome.md"]);
        }
    }

    #[test]
    fn the_samples_of_the_project_are_without_fault_and_each_is_on_air_somewhere() {
        let (wrong, on_air) = look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists"));
        assert_eq!(wrong, [""; 0]);
        for (screen, least) in
            [("bureau-gate", 5), ("service-window", 4), ("school-one", 5), ("school-two", 4)]
        {
            let shown = on_air.iter().filter(|line| line.starts_with(&format!("{screen} "))).count();
            assert!(shown >= least, "{screen} shows {shown} notices: {on_air:?}");
        }
        assert!(!on_air.iter().any(|line| line.contains("/_")), "a template is shown");
    }

    #[test]
    fn nothing_is_ever_overwritten_and_what_exists_is_named() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("screens.yaml"), "mine").unwrap();
        let error = create(dir.path(), Lang::Zh).unwrap_err();
        assert!(matches!(&error, NewError::Exists(paths) if paths == &[dir.path().join("screens.yaml")]));
        assert!(error.message(Lang::Zh).contains("screens.yaml"));
        assert_eq!(fs::read_to_string(dir.path().join("screens.yaml")).unwrap(), "mine");
        assert!(!dir.path().join("notices").exists(), "nothing else was written");
    }

    #[test]
    fn what_cannot_be_written_says_which_path() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let error = create(&dir.path().join("file"), Lang::En).unwrap_err();
        assert!(error.to_string().contains("file"), "{error}");
    }
}
