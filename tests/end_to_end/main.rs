//! The binary as its users meet it: a folder, a command, an address.

mod commands;
mod site;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use site::{ANSWERS, SCREENS, Server, Site, project};

#[test]
fn a_dropped_file_is_served_and_a_deleted_one_is_not() {
    let site = Site::new();
    let server = site.serve(&[]);
    server.wait_for("待机");
    site.write("playlists/bureau/招生.txt", "招生公告\n七月报名\n");
    server.wait_for("七月报名");
    let bmp = server.get("/screens/gate/frame.bmp", "");
    assert_eq!((bmp.status, &bmp.body[..2]), (200, &b"BM"[..]));
    assert_eq!(bmp.header("content-length"), Some(&*bmp.body.len().to_string()));
    assert_eq!(bmp.header("mingping-notice"), Some("bureau/%E6%8B%9B%E7%94%9F.txt"));
    let etag = bmp.header("etag").unwrap().to_owned();
    assert_eq!(server.get("/screens/nowhere/frame.bmp", "").status, 404);
    fs::remove_file(site.path("playlists/bureau/招生.txt")).unwrap();
    server.wait_for("待机");
    assert_ne!(server.get("/screens/gate/frame.bmp", "").header("etag"), Some(&*etag));
}

#[test]
fn tokens_are_issued_listed_and_revoked_while_the_server_runs() {
    let site = Site::new();
    let locked = SCREENS.replace("  poll: 1s\n", "  poll: 1s\n  token: required\n")
        + &SCREENS.replace("gate:", "hall:");
    site.write("playlists/screens.yaml", &locked);
    let screen = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_mingping"))
            .current_dir(site.dir.path())
            .args(["--lang", "en", "screen"])
            .args(args)
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let server = site.serve(&[]);
    assert_eq!(server.get("/screens/gate/frame.bmp", "").status, 401);
    let (_, token, told) = screen(&["token", "gate"]);
    let token = token.trim_end();
    assert!(token.len() == 26 && !told.contains(token), "{token} {told}");
    let ask = || server.get("/screens/gate/frame.bmp", &format!("Authorization: Bearer {token}\r\n")).status;
    // Every look at the folder is a look at the tokens; a dropped file asks for one.
    let until = |status: u16| {
        for n in 0..200 {
            site.write("playlists/bureau/_look.txt", &n.to_string());
            server.get("/screens/hall/frame.bmp?wait=1", "If-None-Match: *\r\n");
            if ask() == status {
                return;
            }
        }
        panic!("never {status}");
    };
    until(200);
    assert_eq!(server.get("/screens/gate/frame.bmp", "Authorization: Bearer x\r\n").status, 401);
    let (_, listed, _) = screen(&["list"]);
    assert!(
        listed.contains("gate") && listed.contains("token required") && !listed.contains(token),
        "{listed}"
    );
    let name =
        listed.lines().find_map(|line| line.strip_prefix("    ")?.split(' ').next()).unwrap().to_owned();
    assert!(!screen(&["revoke", "gate", "00000000"]).0 && !screen(&["revoke", "gate"]).0);
    assert!(!screen(&["token", "nowhere"]).0);
    assert!(screen(&["revoke", "gate", &name]).0);
    until(401);
    let state = fs::read_to_string(site.path("state/tokens")).unwrap();
    assert!(!state.contains(token));
}

#[test]
fn devices_are_served_and_attackers_turned_away() {
    let site = Site::new();
    let of = |id: &str, more: &str| {
        SCREENS.replace("gate:", id).replace("  poll: 1s\n", &format!("  poll: 1s\n{more}"))
    };
    let screens = [
        of("gate:", "  protocol: tronbyt\n  token: required\n"),
        of("hall:", "").replace("[bureau]", "[hall]"),
        of("大门:", ""),
        of("panel:", "  protocol: [trmnl, tronbyt]\n  mac: AA:BB:CC:00:11:22\n"),
    ];
    site.write("playlists/screens.yaml", &screens.concat());
    fs::create_dir(site.path("playlists/hall")).unwrap();
    site.write("playlists/hall/playlist.yaml", ANSWERS);
    site.write("playlists/bureau/a.txt", "招生公告\n七月报名\n");
    let binary = env!("CARGO_BIN_EXE_mingping");
    let issued = Command::new(binary).current_dir(site.dir.path()).args(["screen", "token", "gate"]).output();
    let token = String::from_utf8(issued.unwrap().stdout).unwrap();
    let server = site.serve(&[]);
    let python = std::env::var_os("MINGPING_PYTHON")
        .unwrap_or_else(|| project("tests/.venv/bin/python").into_os_string());
    let out = Command::new(&python)
        .arg(project("tests/protocols.py"))
        .arg(server.addr.to_string())
        .arg(site.path("playlists"))
        .args([binary, token.trim(), &server.child.id().to_string()])
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}. Run tests/setup first.", python.display()));
    let told = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{told}");
}

#[test]
fn a_folder_that_comes_late_or_comes_back_is_found() {
    let site = Site::new();
    site.write("playlists/bureau/a.txt", "招生公告\n七月报名\n");
    let server = site.serve(&[]);
    server.wait_for("七月报名");
    // The folder is deleted and made anew, with other text.
    fs::remove_dir_all(site.path("playlists/bureau")).unwrap();
    fs::create_dir(site.path("playlists/bureau")).unwrap();
    site.write("playlists/bureau/playlist.yaml", ANSWERS);
    site.write("playlists/bureau/b.txt", "停课通知\n明日停课\n");
    server.wait_for("明日停课");
    // The root is replaced by another.
    fs::rename(site.path("playlists"), site.path("old")).unwrap();
    fs::create_dir_all(site.path("new/bureau")).unwrap();
    site.write("new/screens.yaml", SCREENS);
    site.write("new/bureau/playlist.yaml", ANSWERS);
    site.write("new/bureau/c.txt", "复课通知\n周四复课\n");
    fs::rename(site.path("new"), site.path("playlists")).unwrap();
    server.wait_for("周四复课");
}

#[test]
fn killed_and_started_again_it_resumes_the_same_loop() {
    let site = Site::new();
    for n in 1..=3 {
        site.write(&format!("playlists/bureau/{n}.txt"), &format!("公告{n}\n内容{n}\n"));
    }
    let manifest = |server: &Server| {
        server.wait_for("公告");
        let answer = server.get("/screens/gate/manifest.json?ext=bmp", "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap()
    };
    let server = site.serve(&[]);
    // All three are needed: wait for the last page of the round.
    server.wait_for("公告3");
    let before = manifest(&server);
    server.stop("-KILL");
    let server = site.serve(&[]);
    server.wait_for("公告3");
    let after = manifest(&server);
    assert_eq!(before["pages"].as_array().unwrap().len(), after["pages"].as_array().unwrap().len());
    let ids = |m: &serde_json::Value| {
        m["pages"].as_array().unwrap().iter().map(|p| p["sha256"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&before), ids(&after));
    assert_eq!(before["anchor"], after["anchor"], "the same loop at the same phase");
}

#[test]
fn it_stops_within_five_seconds_with_long_polls_open() {
    let site = Site::new();
    let server = site.serve(&[]);
    let etag = server.get("/screens/gate/frame.bmp", "").header("etag").unwrap().to_owned();
    let addr = server.addr;
    let waiting = std::thread::spawn(move || {
        let mut socket = TcpStream::connect(addr).unwrap();
        write!(
            socket,
            "GET /screens/gate/frame.bmp?wait=50 HTTP/1.1\r\nHost: x\r\nIf-None-Match: {etag}\r\n\r\n"
        )
        .unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    });
    // A second request on its own connection proves that the first one has been taken in by then.
    while !server.get("/metrics", "").text().contains("mingping_long_polls 1") {}
    let (status, _) = server.stop("-TERM");
    assert!(status.success(), "{status}");
    let answer = waiting.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 304"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
}

#[test]
fn a_link_that_leaves_the_root_is_refused() {
    let site = Site::new();
    site.write("secret.txt", "内部材料\n不得公开\n");
    std::os::unix::fs::symlink(site.path("secret.txt"), site.path("playlists/bureau/link.txt")).unwrap();
    site.write("playlists/bureau/a.txt", "招生公告\n七月报名\n");
    let server = site.serve(&["--feedback", "feedback"]);
    server.wait_for("七月报名");
    assert!(!server.get("/screens", "").text().contains("不得公开"));
    let check = site.check();
    assert!(check.contains("link.txt") && check.contains("leaves the playlists folder"), "{check}");
}

#[test]
fn feedback_tells_the_clerk_how_each_file_stands() {
    let site = Site::new();
    site.write("playlists/bureau/good.txt", "招生公告\n七月报名\n");
    site.write("playlists/bureau/bad.md", "标题: 招生\n类型别: 其他\n---\n内容\n");
    let server = site.serve(&["--feedback", "feedback"]);
    server.wait_for("七月报名");
    // Feedback is written after the frames: a later change of the folder proves that this round is over.
    site.write("playlists/bureau/late.txt", "补充通知\n八月报名\n");
    server.wait_for("八月报名");
    site.write("playlists/bureau/later.txt", "再次通知\n九月报名\n");
    server.wait_for("九月报名");
    let text = fs::read_to_string(site.path("feedback/bureau.txt")).unwrap();
    assert!(text.contains("good.txt") && text.contains("on air: 门头屏"), "{text}");
    assert!(text.contains("bad.md") && text.contains("类型别"), "{text}");
}

#[test]
fn a_picture_with_text_too_small_to_read_is_warned_of_everywhere() {
    let site = Site::new();
    let ink = |x: u32, y: u32| y % 40 < 12 && x % 16 < 12 && (x % 16 < 3 || y % 40 < 3) && x > 40 && y > 40;
    let sheet = image::GrayImage::from_fn(1600, 160, |x, y| image::Luma([if ink(x, y) { 0 } else { 255 }]));
    sheet.save(site.path("playlists/bureau/table.png")).unwrap();
    site.write("playlists/bureau/notice.txt", "招生公告\n七月报名\n");
    let server = site.serve(&[]);
    server.wait_for("七月报名");
    let told = "the text in the picture would be about";
    let overview = String::from_utf8(server.get("/?lang=en", "").body).unwrap();
    assert!(overview.contains(told), "{overview}");
    for (args, stream) in [(["check", "."], 1), (["render", "bureau/table.png"], 2)] {
        let out = Command::new(env!("CARGO_BIN_EXE_mingping"))
            .current_dir(site.path("playlists"))
            .args(args)
            .args(if stream == 2 { &["--size", "320x32", "--format", "art"][..] } else { &[] })
            .args(["--lang", "en", "--fonts"])
            .arg(project("fonts"))
            .output()
            .unwrap();
        let said = if stream == 1 { out.stdout } else { out.stderr };
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains(told), "{args:?}: {said}");
    }
}

#[test]
fn a_test_pattern_is_started_by_command_and_ends_by_itself() {
    let site = Site::new();
    let server = site.serve(&[]);
    site.write("playlists/bureau/招生.txt", "招生公告\n七月报名\n");
    server.wait_for("七月报名");
    let test = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingping"));
        command
            .current_dir(site.dir.path())
            .args(["screen", "test", "--lang", "en"])
            .args(more)
            .output()
            .unwrap()
    };
    assert!(test(&["gate", "--pattern", "grid", "--for", "4s"]).status.success());
    server.wait_for("5x2");
    let screens: serde_json::Value = serde_json::from_slice(&server.get("/screens", "").body).unwrap();
    assert_eq!(screens["screens"][0]["state"], "test");
    server.wait_for("招生公告");
    for (wrong, says) in [
        (&["nowhere"][..], "There are: gate"),
        (&["gate", "--pattern", "none"], "ident edges grid"),
        (&["gate", "--for", "61m"], "From 1s to 60m"),
        (&["gate", "--state", "elsewhere"], "same --state"),
    ] {
        let out = test(wrong);
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success() && text.contains(says), "{wrong:?}: {text}");
    }
    assert!(test(&["gate", "--stop"]).status.success());
    assert!(String::from_utf8_lossy(&test(&["gate", "--stop"]).stdout).contains("No test pattern was on"));
}

#[test]
fn the_page_starts_a_test_pattern_only_for_somebody_at_the_server() {
    let site = Site::new();
    let server = site.serve(&[]);
    server.wait_for("待机");
    let post = |headers: &str, form: &str| {
        let mut socket = TcpStream::connect(server.addr).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let length = form.len();
        write!(
            socket,
            "POST /screens/gate/test HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{form}"
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    };
    let (host, origin) =
        (format!("Host: {}\r\n", server.addr), format!("Origin: http://{}\r\n", server.addr));
    let own = format!("{host}{origin}");
    let grid = "pattern=grid&minutes=5";
    for headers in [
        host.clone(),
        format!("{host}Origin: http://evil.example\r\n"),
        format!("{own}X-Real-IP: 10.0.0.1\r\n"),
    ] {
        let answer = post(&headers, grid);
        assert!(
            answer.starts_with("HTTP/1.1 403") && answer.contains("mingping screen test gate"),
            "{answer}"
        );
    }
    assert!(post(&own, "pattern=none").starts_with("HTTP/1.1 400"));
    assert!(post(&own, &"x".repeat(2000)).starts_with("HTTP/1.1 413"));
    assert!(server.get("/screens/gate/frame.txt", "").text().contains("待机"), "nothing has changed");
    let answer = post(&own, grid);
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("/screens/gate/test"), "{answer}");
    server.wait_for("5x2");
    let page = server.get("/screens/gate/test", "");
    assert!(!page.text().contains("<form"), "for others there is the command");
    assert!(post(&own, "stop=1").starts_with("HTTP/1.1 303"));
    server.wait_for("待机");
}

#[test]
fn the_manifest_knows_nothing_of_what_is_too_far_ahead_to_be_laid_out() {
    let site = Site::new();
    let ahead = jiff::SignedDuration::from_mins(24 * 60 + 2);
    let entry = jiff::Timestamp::now().checked_add(ahead).unwrap();
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let from = zone.to_datetime(entry).strftime("%Y-%m-%d %H:%M").to_string();
    site.write("playlists/bureau/招生.txt", "招生公告\n七月报名\n");
    site.write("playlists/bureau/机密.txt", &format!("自: {from}\n---\n以后\n"));
    let server = site.serve(&[]);
    server.wait_for("招生公告");
    let text = server.get("/screens/gate/manifest.json", "").text();
    assert!(!text.contains("机密"), "{text}");
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let known_until = manifest["known_until_ms"].as_i64().unwrap();
    assert!(known_until <= entry.as_millisecond(), "{text}");
    let idle = manifest["idle"]["frame"].as_str().unwrap().split_once("/frames/").unwrap().1;
    assert_eq!(server.get(&format!("/frames/{idle}"), "").status, 200, "also while it does not show");
}
