//! `mingping serve`: watches, renders, serves; prints what to open.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, mpsc},
};

use clap::ArgMatches;
use tokio::net::{TcpListener, TcpSocket};

use super::{
    flags::value,
    say,
    setting::{load_fonts, read_moment, read_zone, shutdown},
};
use crate::{
    catalog::{Catalog, Clock, Director, Plan, Signal, Snapshot, SystemClock, conduct},
    diagnostic::{Diagnostic, Lang, Msg, Place},
    http,
    screen::Protocols,
    web,
};

/// Runs the command until it is told to stop.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    super::start_log();
    let zone = read_zone(value(matches, "timezone"), lang)?;
    let rehearse =
        matches.get_one::<String>("rehearse").map(|text| read_moment(text, &zone, lang)).transpose()?;
    let clock: Arc<dyn Clock> = match rehearse {
        Some(start) => Arc::new(SystemClock::rehearsing(start)),
        None => Arc::new(SystemClock::new()),
    };
    let listen: SocketAddr = value(matches, "listen").parse().map_err(|_| {
        let hint = say(lang, "请写成例如 0.0.0.0:8080。", "Write e.g. 0.0.0.0:8080.");
        format!("--listen `{}`? {hint}", value(matches, "listen"))
    })?;
    let feedback = matches.get_one::<String>("feedback").map(PathBuf::from);
    if let Some(dir) = &feedback
        && inside(dir, Path::new(value(matches, "playlists")))
    {
        let problem = say(
            lang,
            "反馈文件夹不能放在播放列表文件夹里，请写成例如",
            "it must not lie in the playlists folder; write e.g.",
        );
        return Err(format!("--feedback {}: {problem} --feedback feedback", dir.display()));
    }
    let public_url = matches.get_one::<String>("public-url").cloned();
    let protocols = Protocols::parse(matches.get_one::<String>("protocols").map_or("", String::as_str))
        .map_err(|name| {
            let args = [name, Protocols::names()];
            Diagnostic::refusal(Place::default(), Msg::UnknownProtocol, args).one_line(lang)
        })?;
    let (fonts, font_faults) = load_fonts(Path::new(value(matches, "fonts")));
    let catalog = Catalog::new(Snapshot::empty(zone.clone()), Arc::new(fonts), clock, rehearse.is_some());
    let plan = Plan {
        playlists: PathBuf::from(value(matches, "playlists")),
        state: rehearse.is_none().then(|| PathBuf::from(value(matches, "state"))),
        // A rehearsal tells clerks nothing: its standings are not true now.
        feedback: feedback.filter(|_| rehearse.is_none()).map(|dir| (dir, lang_for_clerks(matches))),
        zone,
        font_faults,
        log_lang: lang,
    };
    let (signals, inbox) = mpsc::channel();
    let (stood, first) = mpsc::channel();
    let director = Director::new(plan, catalog.clone());
    let out = signals.clone();
    let thread = std::thread::Builder::new()
        .name("director".to_owned())
        .spawn(move || {
            director.run(&inbox, out, move || {
                let _ = stood.send(());
            });
        })
        .map_err(|e| e.to_string())?;
    // The listener opens once the first snapshot stands: nobody is told "unknown screen" by a server that
    // has not read its screens yet.
    let _ = first.recv();
    // As many as the process may run on (one, where it is pinned to a core); more would only take turns.
    let workers = std::thread::available_parallelism().map_or(2, usize::from).min(4);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    let served = runtime.block_on(async {
        let listener = open(listen).map_err(|e| {
            let hint = say(lang, "请换一个端口：--listen", "Choose another port: --listen");
            format!("{listen}: {e}. {hint} 127.0.0.1:8081")
        })?;
        let local = listener.local_addr().map_err(|e| e.to_string())?;
        announce(&catalog, local, public_url.as_deref(), lang);
        let settings = web::Settings {
            public_url: public_url.clone(),
            listen: local,
            loopback_only: local.ip().is_loopback(),
            state: rehearse.is_none().then(|| PathBuf::from(value(matches, "state"))),
        };
        let pages = web::routes(catalog.clone(), settings);
        let turning = tokio::spawn(conduct(catalog.clone()));
        let options = http::Options { public_url, protocols };
        http::serve(listener, catalog.clone(), pages, options, shutdown()).await;
        turning.abort();
        Ok::<(), String>(())
    });
    let _ = signals.send(Signal::Stop);
    let _ = thread.join();
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Whether `dir` is `root` or lies in it.
fn inside(dir: &Path, root: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    matches!((real(dir), real(root)), (Ok(dir), Ok(root)) if dir.starts_with(&root))
}

/// Feedback files are for clerks: Chinese, unless `--lang` was given.
fn lang_for_clerks(matches: &ArgMatches) -> Lang {
    matches.get_one::<String>("lang").and_then(|tag| Lang::parse(tag)).unwrap_or(Lang::Zh)
}

/// Prints the URLs to open and, on loopback only, that screens cannot reach this server.
fn announce(catalog: &Catalog, local: SocketAddr, public_url: Option<&str>, lang: Lang) {
    let mut bases: Vec<String> =
        public_url.map(|url| url.trim_end_matches('/').to_owned()).into_iter().collect();
    if local.ip().is_unspecified() {
        bases.push(format!("http://127.0.0.1:{}", local.port()));
        bases.extend(lan_address().map(|ip| format!("http://{}", SocketAddr::new(ip, local.port()))));
    } else {
        bases.push(format!("http://{local}"));
    }
    println!("{}", say(lang, "明屏已启动。总览：", "Mingping is running. Overview:"));
    for base in &bases {
        println!("  {base}/");
    }
    let base = bases.last().map_or("", String::as_str);
    let snapshot = catalog.snapshot();
    if !snapshot.screens.is_empty() {
        println!("{}", say(lang, "屏幕（给控制卡的网址）：", "Screens (what a controller fetches):"));
    }
    for state in snapshot.screens.values() {
        let id = percent_encoding::utf8_percent_encode(
            state.screen.id.as_str(),
            percent_encoding::NON_ALPHANUMERIC,
        );
        let id = id.to_string().replace("%2D", "-").replace("%5F", "_");
        println!("  {base}/screens/{id}/frame.bmp   {} {}", state.screen.name, state.screen.profile.face);
    }
    for diagnostic in snapshot.faults.iter().chain(&snapshot.clock_fault) {
        println!("  !! {}", diagnostic.one_line(lang));
    }
    if local.ip().is_loopback() && public_url.is_none() {
        println!(
            "{}",
            say(
                lang,
                "只有本机能访问：要让屏幕连上，请加 --listen 0.0.0.0:8080。",
                "Only this computer can reach it. For screens to connect, add --listen 0.0.0.0:8080.",
            )
        );
    }
    if catalog.rehearsing() {
        let now = catalog.clock().now().display(&snapshot.zone);
        println!(
            "{} {now}",
            say(lang, "正在演练，时钟从这里开始：", "This is a rehearsal; the clock runs from")
        );
    }
}

/// So many connections wait to be accepted: after a power cut all controllers come back in one second, and whom the
/// kernel turns away tries again a second later at the earliest.
const BACKLOG: u32 = 4096;

/// Listens on `address`.
fn open(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// The address of this computer in its network, as the routing table has it; nothing is sent.
fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|addr| addr.ip()).filter(|ip| !ip.is_unspecified())
}
