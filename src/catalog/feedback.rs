//! Feedback files: one text file a playlist for the people who drop files. They see no dashboard and no
//! log, only the shared folder.

use std::{collections::HashMap, fmt::Write as _, fs, io, path::PathBuf};

use super::{
    arrivals::write_atomically,
    snapshot::{FileReport, Snapshot, Status},
    standing::{Standing, standings},
};
use crate::{
    diagnostic::{Diagnostic, Lang},
    notice::NoticeId,
    time::UtcMillis,
};

/// Writes the files when what they say changes.
pub struct Feedback {
    dir: PathBuf,
    lang: Lang,
    written: HashMap<String, String>,
}

impl Feedback {
    /// Files go into `dir`, in `lang`.
    pub fn new(dir: PathBuf, lang: Lang) -> Self {
        Self { dir, lang, written: HashMap::new() }
    }

    /// Brings the files up to date. One that cannot be written does not keep the others from it.
    pub fn write(&mut self, snapshot: &Snapshot, playlists: &[String], now: UtcMillis) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        let standings = standings(snapshot, now);
        let mut outcome = Ok(());
        for name in playlists {
            let text = page(snapshot, name, &standings, self.lang);
            let path = self.dir.join(format!("{name}.txt"));
            // Somebody may have deleted it.
            if self.written.get(name) != Some(&text) || !path.exists() {
                match write_atomically(&path, text.as_bytes()) {
                    Ok(()) => {
                        self.written.insert(name.clone(), text);
                    }
                    Err(e) => outcome = Err(e),
                }
            }
        }
        let gone: Vec<String> =
            self.written.keys().filter(|name| !playlists.contains(name)).cloned().collect();
        for name in gone {
            self.written.remove(&name);
            let _ = fs::remove_file(self.dir.join(format!("{name}.txt")));
        }
        outcome
    }
}

/// The text for one playlist. A BOM and CRLF: it is read in Notepad.
fn page(snapshot: &Snapshot, playlist: &str, standings: &HashMap<NoticeId, Standing>, lang: Lang) -> String {
    let mut out = String::from("\u{FEFF}");
    let title = match lang {
        Lang::Zh => format!("播放列表 {playlist}：每个文件的情况"),
        Lang::En => format!("Playlist {playlist}: how each file stands"),
    };
    let _ = writeln!(out, "{title}\n");
    for fault in snapshot.faults.iter().chain(&snapshot.clock_fault) {
        let path = &fault.place.path;
        if path.is_empty() || path == "screens.yaml" || path.starts_with(&format!("{playlist}/")) {
            let _ = writeln!(out, "!! {}", fault.one_line(lang));
        }
    }
    for report in snapshot.files.iter().filter(|report| *report.id.playlist == *playlist) {
        file(&mut out, snapshot, report, standings.get(&report.id), lang);
    }
    out.replace('\n', "\r\n")
}

fn file(out: &mut String, snapshot: &Snapshot, report: &FileReport, standing: Option<&Standing>, lang: Lang) {
    let name = crate::diagnostic::printable(&report.id.file);
    let mut say = |mark: &str, text: &str| {
        let _ = writeln!(out, "{mark} {name}\n    {text}");
    };
    let whole = |d: &Diagnostic| {
        // A line of another file (playlist.yaml, a sidecar) is told with that file's name.
        let other =
            d.place.path.rsplit('/').next().filter(|other| **other != *report.id.file && !other.is_empty());
        let other = other.map_or(String::new(), |other| format!("{} ", crate::diagnostic::printable(other)));
        let line = d.place.line.map_or(String::new(), |line| match lang {
            Lang::Zh => format!("第 {line} 行："),
            Lang::En => format!("line {line}: "),
        });
        format!("{other}{line}{} {}", d.message(lang), d.hint(lang))
    };
    match &report.status {
        Status::Approved(notice) => {
            let standing = standing.cloned().unwrap_or_default();
            let until = notice.window().until.display_end(&snapshot.zone);
            let names: Vec<&str> = standing.on_air.iter().map(|state| state.screen.name.as_str()).collect();
            match (&standing.nowhere, lang) {
                (Some(why), _) => say("--", &whole(why)),
                (None, Lang::Zh) => say("OK", &format!("正在播放：{}；至 {until}", names.join("、"))),
                (None, Lang::En) => say("OK", &format!("on air: {}; until {until}", names.join(", "))),
            }
            for (state, diagnostics) in &standing.refused {
                for d in diagnostics.iter() {
                    say("!!", &format!("{}: {}", state.screen.name, whole(d)));
                }
            }
            for warning in &standing.looks {
                say("! ", &whole(warning));
            }
        }
        Status::Refused(diagnostics) => diagnostics.iter().for_each(|d| say("!!", &whole(d))),
        Status::Beside(diagnostics) => diagnostics.iter().for_each(|d| say("--", &whole(d))),
        Status::Incomplete => say(
            "..",
            match lang {
                Lang::Zh => "正在写入，写完后自动播放。",
                Lang::En => "still being written; it is read when it is whole.",
            },
        ),
    }
    for note in &report.notes {
        say("! ", &whole(note));
    }
}
