//! `mingping check`: every problem in a playlists folder, with place and way out.

use std::{path::Path, process::ExitCode, sync::Arc};

use clap::ArgMatches;
use serde_json::json;

use super::{
    flags::value,
    setting::{load_fonts, read_moment, read_zone},
};
use crate::{
    catalog::{Catalog, Clock as _, Director, ManualClock, Plan, Snapshot, Status, SystemClock, standings},
    diagnostic::{Diagnostic, Lang, Severity},
};

/// Runs the command.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    let dir = Path::new(value(matches, "DIR"));
    if !dir.is_dir() {
        let problem = super::say(lang, "没有这个目录", "there is no such folder");
        return Err(format!("{problem}: {}. mingping new {}", dir.display(), dir.display()));
    }
    let zone = read_zone(value(matches, "timezone"), lang)?;
    let at = match matches.get_one::<String>("at") {
        Some(text) => read_moment(text, &zone, lang)?,
        None => SystemClock::new().now(),
    };
    let (fonts, font_faults) = load_fonts(Path::new(value(matches, "fonts")));
    let clock = Arc::new(ManualClock::at(at));
    let catalog = Catalog::new(Snapshot::empty(zone.clone()), Arc::new(fonts), clock, false);
    let plan =
        Plan { playlists: dir.to_path_buf(), state: None, feedback: None, zone, font_faults, log_lang: lang };
    Director::new(plan, catalog.clone()).look_once();
    let snapshot = catalog.snapshot();
    let mut all = snapshot.diagnostics();
    for (_, standing) in standings(&snapshot, at) {
        // What starts later or is closed for the night is no problem.
        all.extend(standing.nowhere.filter(|why| {
            use crate::messages::Msg::{Expired, NowhereNeverOpen, NowhereNoScreen, NowhereNotChosen};
            matches!(why.msg, Expired | NowhereNoScreen | NowhereNotChosen | NowhereNeverOpen)
        }));
    }
    all.sort_by_cached_key(|d| (d.place.clone(), std::cmp::Reverse(d.severity), d.msg, d.args.clone()));
    all.dedup();
    let approved = snapshot.files.iter().filter(|file| matches!(file.status, Status::Approved(_))).count();
    let bad = all.iter().filter(|d| d.severity != Severity::Warning).count();
    if value(matches, "format") == "json" {
        out!("{}", as_json(&all, lang));
    } else {
        for diagnostic in &all {
            out!("{}", diagnostic.one_line(lang));
        }
        let (files, warnings) = (snapshot.files.len(), all.len() - bad);
        match lang {
            Lang::Zh => {
                out!("共 {files} 个文件，{approved} 条公告可以播放，{bad} 个问题，{warnings} 个提醒。");
            }
            Lang::En => {
                out!("{files} files, {approved} notices approved, {bad} problems, {warnings} warnings.");
            }
        }
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An array of objects: severity, code, file, line, message, hint.
fn as_json(all: &[Diagnostic], lang: Lang) -> String {
    let list: Vec<_> = all
        .iter()
        .map(|d| {
            json!({
                "severity": d.severity,
                "code": d.msg.code(),
                "file": d.place.path,
                "line": d.place.line,
                "message": d.message(lang),
                "hint": d.hint(lang),
            })
        })
        .collect();
    serde_json::to_string_pretty(&list).unwrap_or_default()
}
