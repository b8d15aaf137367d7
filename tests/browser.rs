//! The pages in headless Chromium; the looking itself is in `browser.py` and `player.py`.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

#[test]
fn the_pages_show_the_dots_that_controllers_get() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = tempfile::tempdir().unwrap();
    let playlist = dir.path().join("playlists/bureau");
    fs::create_dir_all(&playlist).unwrap();
    let screens = "gate:\n  name: 门头屏\n  size: 160x32\n  color: red\n  playlists: [bureau]\n  poll: 1s\n";
    fs::write(dir.path().join("playlists/screens.yaml"), screens).unwrap();
    let answers = "提供: 基教股\n审核: 分管领导\n负责: 基教股\n保密审查: 办公室\n至: 2099-12-31\n";
    fs::write(playlist.join("playlist.yaml"), answers).unwrap();
    fs::write(playlist.join("a.txt"), "招生公告\n七月报名\n").unwrap();
    fs::write(playlist.join("b.md"), "title: <script>alert(1)</script>\n---\ntext\n").unwrap();
    fs::write(playlist.join("bad.md"), "标题: 招生\n类型别: 其他\n---\n内容\n").unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_mingping"))
        .current_dir(dir.path())
        .args(["--lang", "en", "--listen", "127.0.0.1:0", "--fonts"])
        .arg(root.join("fonts"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
    let base =
        lines.find_map(|line| Some(line.trim().strip_prefix("http://")?.split('/').next()?.to_owned()));
    let args = [OsString::from(format!("http://{}", base.unwrap())), playlist.into_os_string()];
    let looked = look("browser.py", &args);
    let _ = server.kill();
    let _ = server.wait();
    looked.unwrap();
}

#[test]
fn the_player_shows_what_the_server_shows_with_and_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let program = OsString::from(env!("CARGO_BIN_EXE_mingping"));
    look("player.py", &[program, fonts.into_os_string(), dir.path().as_os_str().to_owned()]).unwrap();
}

/// Runs a script that looks at pages; `Err` with what it says is wrong.
fn look(script: &str, args: &[OsString]) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("MINGPING_PYTHON")
        .unwrap_or_else(|| root.join("tests/.venv/bin/python").into_os_string());
    let mut command = Command::new(&python);
    command.arg(root.join("tests").join(script)).args(args).args(std::env::var_os("MINGPING_SHOTS"));
    let out = command.output().map_err(|e| format!("{}: {e}. Run tests/setup first.", python.display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if out.status.success() { Ok(()) } else { Err(text(&out.stdout) + &text(&out.stderr)) }
}
