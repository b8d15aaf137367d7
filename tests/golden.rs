//! Pages as rows of `#` and `.`, as `mingping render --format art` prints them, against those in `tests/golden/`
//! that somebody has looked at. A missing one is written, and fails where `CI` is set.

use std::{env, fs, path::Path, process::Command};

/// Notice, size, colours: one of each kind of page.
const PAGES: &[(&str, &str, &str)] = &[
    ("approved/01-小学招生报名.md", "320x32", "red"),
    ("approved/01-小学招生报名.md", "192x96", "amber"),
    ("approved/02-初中划片公示.md", "64x64", "green"),
    ("approved/04-收费公示.md", "320x48", "red"),
    ("approved/04-收费公示.md", "128x64", "red-green"),
    ("approved/09-课桌椅询价.md", "256x32", "white"),
    ("approved/11-台风停课.md", "192x96", "seven"),
    ("approved/14-bare-utf8.txt", "128x32", "red"),
    ("approved/16-rare-characters.txt", "256x128", "rgb"),
    ("approved/19-办事流程图.png", "192x96", "red"),
];

#[test]
fn pages_look_as_they_did_when_somebody_looked_at_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = root.join("tests/golden");
    let mut changed = Vec::new();
    for (notice, size, color) in PAGES {
        let output = Command::new(env!("CARGO_BIN_EXE_mingping"))
            .current_dir(root)
            .args(["render", &format!("tests/data/notices/{notice}"), "--size", size, "--color", color])
            .args(["--format", "art", "--lang", "en"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{notice}: {}", String::from_utf8_lossy(&output.stderr));
        let art = String::from_utf8(output.stdout).unwrap();
        let number = Path::new(notice).file_name().unwrap().to_str().unwrap().split('-').next().unwrap();
        let name = format!("{number}-{size}-{color}.txt");
        match fs::read_to_string(golden.join(&name)) {
            Ok(expected) if expected == art => {}
            Ok(_) => {
                let seen = env::temp_dir().join(format!("mingping-{name}"));
                fs::write(&seen, art).unwrap();
                changed.push(format!("{name} is not what is drawn now, see {}", seen.display()));
            }
            Err(_) => {
                fs::write(golden.join(&name), art).unwrap();
                if env::var_os("CI").is_some() {
                    changed.push(format!("{name} was missing"));
                }
            }
        }
    }
    assert!(
        changed.is_empty(),
        "{}\nLook at them; to accept one, delete its golden and run again.",
        changed.join("\n")
    );
}
