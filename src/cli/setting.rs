//! What several commands set up: fonts from a folder, the zone, instants given by hand.

use std::{fs, path::Path};

use jiff::{civil, tz::TimeZone};

use super::say;
use crate::{
    diagnostic::{Diagnostic, Lang, Msg, Place},
    render::Fonts,
    time::UtcMillis,
};

/// The largest font file that is read, bytes.
const MAX_FONT_FILE: u64 = 64 << 20;
/// All font files together, bytes: they are read before the first is parsed.
const MAX_FONT_FILES: u64 = 128 << 20;

/// Reads every font in `dir`. A missing folder or a broken file is a diagnostic, never an error: the
/// built-in Unifont always serves.
pub fn load_fonts(dir: &Path) -> (Fonts, Vec<Diagnostic>) {
    let mut faults = Vec::new();
    let mut files = Vec::new();
    let mut together = 0;
    let shown = dir.display().to_string();
    match fs::read_dir(dir) {
        Ok(entries) => {
            // The order of a folder's entries differs between disks; the pixels must not.
            let mut entries: Vec<_> = entries.flatten().collect();
            entries.sort_by_key(fs::DirEntry::file_name);
            for entry in entries {
                let Ok(name) = entry.file_name().into_string() else { continue };
                // Reading a pipe or a device could wait for ever.
                let meta = fs::metadata(entry.path()).ok().filter(fs::Metadata::is_file);
                let Some(meta) = meta.filter(|_| Fonts::is_font_name(&name)) else { continue };
                let read = if meta.len() > MAX_FONT_FILE {
                    Err(format!("{} bytes, at most {MAX_FONT_FILE} are allowed", meta.len()))
                } else if together + meta.len() > MAX_FONT_FILES {
                    Err(format!("with the other fonts it is more than {MAX_FONT_FILES} bytes"))
                } else {
                    together += meta.len();
                    fs::read(entry.path()).map_err(|e| e.to_string())
                };
                match read {
                    Ok(bytes) => files.push((name, bytes)),
                    Err(e) => {
                        faults.push(Diagnostic::warning(Place::default(), Msg::FontBroken, [name, e]));
                    }
                }
            }
        }
        Err(e) => {
            faults.push(Diagnostic::warning(Place::default(), Msg::FontsMissing, [shown, e.to_string()]));
        }
    }
    let (fonts, broken) = Fonts::load(files);
    faults.extend(broken);
    (fonts, faults)
}

/// The zone called `name`.
pub fn read_zone(name: &str, lang: Lang) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| {
        let problem = say(lang, "不认识的时区", "unknown time zone");
        let hint = say(lang, "请写成例如 Asia/Shanghai。", "Write e.g. Asia/Shanghai.");
        format!("{problem} `{name}`. {hint}")
    })
}

/// A moment given on the command line, `2026-06-25T08:00`, in `zone`.
pub fn read_moment(text: &str, zone: &TimeZone, lang: Lang) -> Result<UtcMillis, String> {
    let civil = text.parse::<civil::DateTime>().ok();
    let civil = civil.or_else(|| text.parse::<civil::Date>().ok().map(|date| date.at(0, 0, 0, 0)));
    civil.map(|at| UtcMillis::from_civil(at, zone)).ok_or_else(|| {
        let hint = say(lang, "请写成例如 2026-06-25T08:00。", "Write e.g. 2026-06-25T08:00.");
        format!("`{text}`? {hint}")
    })
}

/// Resolves when the process is asked to stop: Ctrl-C, or on Unix a polite `kill`.
pub(super) async fn shutdown() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_read_up_to_a_bound_in_the_order_of_their_names() {
        let dir = tempfile::tempdir().unwrap();
        for (name, size) in
            [("c.ttf", 60 << 20), ("a.ttf", 60 << 20), ("b.bdf", 60 << 20), ("d.pcf", 100 << 20)]
        {
            // Sparse: they take no room on the disk.
            fs::File::create(dir.path().join(name)).unwrap().set_len(size).unwrap();
        }
        let (fonts, faults) = load_fonts(dir.path());
        let said: Vec<String> = faults.iter().map(|fault| fault.message(Lang::En)).collect();
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(said[0].contains("c.ttf") && said[0].contains("134217728"), "{said:?}");
        assert!(
            said[1].contains("d.pcf") && said[1].contains("104857600 bytes, at most 67108864"),
            "{said:?}"
        );
        assert!(said[2].contains("a.ttf") && said[3].contains("b.bdf"), "{said:?}");
        assert!(fonts.glyph('好', 16).is_some());
    }
}
