//! Commands that need no server.

use std::{fs, process::Command};

use crate::site::{Site, project};

#[test]
fn check_names_every_problem_of_the_refused_samples() {
    let site = Site::new();
    site.write("playlists/bureau/playlist.yaml", "保留天数: 30\n");
    for entry in fs::read_dir(project("tests/data/notices/refused")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, site.path("playlists/bureau").join(path.file_name().unwrap())).unwrap();
    }
    let out = Command::new(env!("CARGO_BIN_EXE_mingping"))
        .current_dir(site.dir.path())
        .args(["check", "--lang", "zh", "--format", "json", "--at", "2026-11-23T12:00", "--fonts"])
        .arg(project("fonts"))
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1));
    let list: Vec<serde_json::Value> = serde_json::from_slice(&out.stdout).unwrap();
    for entry in fs::read_dir(site.path("playlists/bureau")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name == "playlist.yaml" {
            continue;
        }
        let file = format!("bureau/{name}");
        let refused = list.iter().find(|d| d["file"] == *file && d["severity"] != "warning");
        let refused = refused.unwrap_or_else(|| panic!("{name} is not refused: {list:#?}"));
        assert!(!refused["message"].as_str().unwrap().is_empty());
        assert!(!refused["hint"].as_str().unwrap().is_empty());
    }
}

#[test]
fn new_makes_a_site_that_check_finds_nothing_wrong_with() {
    let dir = tempfile::tempdir().unwrap();
    for lang in ["zh", "en"] {
        let run = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_mingping"));
            command.current_dir(dir.path()).args(args).args(["--lang", lang]);
            command.output().unwrap()
        };
        let made = run(&["new", lang]);
        assert!(made.status.success(), "{made:?}");
        let fonts = project("fonts");
        let check = run(&["check", lang, "--fonts", fonts.to_str().unwrap()]);
        assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
        assert!(!run(&["new", lang]).status.success(), "nothing is overwritten");
    }
}

#[test]
fn render_prints_the_dots() {
    let site = Site::new();
    site.write("playlists/bureau/a.txt", "招生公告\n七月报名\n");
    let out = Command::new(env!("CARGO_BIN_EXE_mingping"))
        .args(["render", "--size", "64x16", "--format", "art", "--fonts"])
        .arg(project("fonts"))
        .arg(site.path("playlists/bureau/a.txt"))
        .output()
        .unwrap();
    let art = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(art.lines().all(|line| line.is_empty() || line.len() == 64), "{art}");
    assert!(art.contains('#'));
}

#[test]
fn render_says_when_no_screen_shows_it_and_writes_no_file_under_a_wrong_name() {
    let site = Site::new();
    site.write("playlists/bureau/a.txt", "标题: 公示\n自: 2020-01-01\n至: 2020-02-01\n---\n已公示。\n");
    let render = |out: &str| {
        let done = Command::new(env!("CARGO_BIN_EXE_mingping"))
            .args(["render", "--size", "64x32", "--lang", "en", "--fonts"])
            .arg(project("fonts"))
            .arg("-o")
            .arg(site.path(out))
            .arg(site.path("playlists/bureau/a.txt"))
            .output()
            .unwrap();
        (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let (good, errors) = render("a.png");
    assert!(good && errors.contains("it expired at 2020-02-01 24:00"), "{errors}");
    let (good, errors) = render("a.jpg");
    assert!(!good && errors.contains("--format png?"), "{errors}");
    assert!(!site.path("a.jpg").exists() && !site.path("a-1.jpg").exists());
}

#[test]
fn render_writes_the_clip() {
    let site = Site::new();
    let text = "请家长备齐户口簿和预防接种证，到片区学校窗口现场核验。".repeat(2);
    site.write("playlists/bureau/a.txt", &format!("样式: 滚动\n标题: 招生公告\n---\n{text}\n"));
    let render = |format: &str, more: &[&str]| {
        let out = site.path(&format!("out.{format}"));
        let done = Command::new(env!("CARGO_BIN_EXE_mingping"))
            .args(["render", "--motion", "--size", "160x32", "--lang", "en", "--format", format, "--fonts"])
            .arg(project("fonts"))
            .args(more)
            .arg("-o")
            .arg(&out)
            .arg(site.path("playlists/bureau/a.txt"))
            .output()
            .unwrap();
        (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned(), std::fs::read(out))
    };
    for (format, magic) in [("gif", &b"GIF89a"[..]), ("png", b"\x89PNG"), ("webp", b"RIFF")] {
        let (good, errors, written) = render(format, &[]);
        assert!(good && written.as_ref().unwrap().starts_with(magic), "{format}: {errors}");
        let (good, errors, small) = render(format, &["--max-bytes", "20000"]);
        assert!(good && small.unwrap().len() <= 20_000 && written.unwrap().len() > 20_000, "{errors}");
    }
    let (good, errors, _) = render("bmp", &[]);
    assert!(!good && errors.contains("gif, png or webp"), "{errors}");
}
