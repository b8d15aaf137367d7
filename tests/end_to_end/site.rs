//! A site in a folder of its own, its server, and what it answers.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

pub const SCREENS: &str = "gate:
  name: 门头屏
  size: 160x32
  color: red
  playlists: [bureau]
  poll: 1s
  idle: 待机
";
pub const ANSWERS: &str = "提供: 基教股\n审核: 分管领导\n负责: 基教股\n保密审查: 办公室\n至: 2099-12-31\n";

pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A site in a folder of its own.
pub struct Site {
    pub dir: tempfile::TempDir,
}

impl Site {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let site = Self { dir };
        fs::create_dir_all(site.path("playlists/bureau")).unwrap();
        site.write("playlists/screens.yaml", SCREENS);
        site.write("playlists/bureau/playlist.yaml", ANSWERS);
        site
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    pub fn write(&self, below: &str, text: &str) {
        fs::write(self.path(below), text).unwrap();
    }

    pub fn serve(&self, more: &[&str]) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingping"));
        command
            .current_dir(self.dir.path())
            .args(["serve", "--lang", "en", "--listen", "127.0.0.1:0", "--fonts"])
            .arg(project("fonts"))
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let addr = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.trim().strip_prefix("http://")?.split('/').next()?.parse().ok())
            .expect("the server prints the URL to open");
        // The rest is read too, so that the server never waits for a full pipe.
        let rest = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>().join("\n"));
        Server { child, addr, rest: Some(rest) }
    }

    pub fn check(&self) -> String {
        let out = Command::new(env!("CARGO_BIN_EXE_mingping"))
            .current_dir(self.dir.path())
            .args(["check", "--lang", "en", "--fonts"])
            .arg(project("fonts"))
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap() + &String::from_utf8_lossy(&out.stderr)
    }
}

pub struct Server {
    pub child: Child,
    pub addr: SocketAddr,
    pub rest: Option<std::thread::JoinHandle<String>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = |line: &&str| line.split(':').next().is_some_and(|n| n.eq_ignore_ascii_case(name));
        self.head.lines().find(found).and_then(|line| Some(line.split_once(':')?.1.trim()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Server {
    pub fn get(&self, path: &str, headers: &str) -> Answer {
        let mut socket = TcpStream::connect(self.addr).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n").unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[end + 4..].to_vec() }
    }

    /// Long-polls the text frame until it says `wanted`; the server's events drive it, no sleeping.
    pub fn wait_for(&self, wanted: &str) -> String {
        let mut etag = String::new();
        for _ in 0..60 {
            let condition =
                if etag.is_empty() { String::new() } else { format!("If-None-Match: {etag}\r\n") };
            let answer = self.get("/screens/gate/frame.txt?wait=10", &condition);
            let text: String = answer.text().split_whitespace().collect();
            if text.contains(wanted) {
                return text;
            }
            if let Some(new) = answer.header("etag") {
                new.clone_into(&mut etag);
            }
        }
        panic!("{wanted} was never served");
    }

    pub fn stop(mut self, signal: &str) -> (std::process::ExitStatus, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        (status, self.rest.take().unwrap().join().unwrap())
    }
}
