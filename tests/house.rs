//! The house: imports one way, the core pure, files of a size that a person can hold in mind.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rooms in the order in which a notice passes them. A file imports only from rows above its own
/// (rooms of one row know each other).
const ROWS: &[&[&str]] = &[
    &["text", "messages", "diagnostic", "digest", "color", "geometry", "time"],
    &["notice"],
    &["playlist", "screen"],
    &["approval"],
    &["render"],
    &["playout"],
    &["frame"],
    &["catalog"],
    &["http"],
    &["web"],
    &["cli"],
];

/// Rooms that may know nothing of files, clocks, runtimes or the environment.
const PURE: &[&str] = &[
    "text",
    "messages",
    "diagnostic",
    "digest",
    "color",
    "geometry",
    "time",
    "notice",
    "playlist",
    "screen",
    "approval",
    "render",
    "playout",
    "frame",
];

/// What no pure room may name.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "tokio",
    "SystemTime",
    "Instant::",
    "std::time::Instant",
    "notify::",
    "axum::",
    "hyper::",
    "hyper_util::",
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                out.push((path, text));
            }
        }
    }
    let mut out = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    assert!(out.len() > 30, "the sources were not found");
    out
}

/// The room of a file: the first part of its path below `src`.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn row(room: &str) -> Option<usize> {
    ROWS.iter().position(|rooms| rooms.contains(&room))
}

/// Lines of code, without comments and without the tests at the file's end.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    text[..end].lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Every `crate::room` that a file names, whether in a `use` line, a nested `use` or a path.
fn rooms_named(text: &str) -> Vec<(usize, String)> {
    let code: Vec<(usize, &str)> = code(text).collect();
    let mut found = Vec::new();
    let mut nested = 0i32; // depth inside `use crate::{`
    for (n, line) in code {
        let mut rest = line;
        if nested == 0 {
            while let Some(at) = rest.find("crate::") {
                rest = &rest[at + 7..];
                if let Some(inner) = rest.strip_prefix('{') {
                    nested = 1;
                    rest = inner;
                    break;
                }
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push((n + 1, name));
            }
        }
        if nested > 0 {
            let mut word = String::new();
            for c in rest.chars() {
                match c {
                    '{' => nested += 1,
                    '}' => nested -= 1,
                    _ => {}
                }
                if c.is_alphanumeric() || c == '_' {
                    word.push(c);
                } else {
                    if nested == 1 && !word.is_empty() && (c == ':' || c == ',') && row(&word).is_some() {
                        found.push((n + 1, word.clone()));
                    }
                    word.clear();
                    if nested == 0 {
                        break;
                    }
                }
            }
            if nested == 1 && row(&word).is_some() {
                found.push((n + 1, word));
            }
        }
    }
    found
}

#[test]
fn the_reader_of_imports_sees_every_form() {
    let text = "use crate::http;\nuse crate::{\n    color::Ink,\n    time::{Hours, text},\n};\nfn f() { crate::web::x(); }\n// crate::cli\n";
    let rooms: Vec<String> = rooms_named(text).into_iter().map(|(_, room)| room).collect();
    assert_eq!(rooms, ["http", "color", "time", "web"]);
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let here = room(&path);
        let Some(own) = row(&here) else { continue };
        for (line, other) in rooms_named(&text) {
            if let Some(theirs) = row(&other)
                && theirs > own
            {
                wrong.push(format!("{}:{line}: {here} imports {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "a file may import only from rooms above its own:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_has_its_row() {
    for (path, _) in sources() {
        let room = room(&path);
        assert!(row(&room).is_some() || room == "lib" || room == "main", "{}: no row for it", path.display());
    }
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        // A room's tests, in a file of their own, may read what they compare with.
        if ["test.rs", "tests.rs"].iter().any(|name| path.ends_with(name)) {
            continue;
        }
        if !PURE.contains(&room(&path).as_str()) {
            continue;
        }
        for (n, line) in code(&text) {
            for word in OUTSIDE {
                if line.contains(word) {
                    wrong.push(format!("{}:{}: {word}", path.display(), n + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "pure rooms reach outside:\n{}", wrong.join("\n"));
}

#[test]
fn files_are_of_a_size_to_hold_in_mind() {
    let mut lengths: Vec<(usize, PathBuf)> =
        sources().into_iter().map(|(path, text)| (text.lines().count(), path)).collect();
    lengths.sort();
    let (longest, path) = lengths.last().unwrap();
    assert!(*longest <= 600, "{} has {longest} lines", path.display());
    let main = lengths.iter().find(|(_, path)| path.ends_with("src/main.rs")).unwrap();
    assert!(main.0 <= 60, "main.rs only dispatches");
    let rusttype: Vec<_> =
        sources().into_iter().filter(|(_, text)| code(text).any(|(_, l)| l.contains("rusttype::"))).collect();
    assert!(rusttype.len() <= 1, "rusttype stays in one file");
}
