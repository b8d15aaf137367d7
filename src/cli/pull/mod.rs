//! `mingping pull`: a client that shows what a screen shows. What a small computer beside the panel runs, and an
//! example for whoever writes firmware: `state.rs` holds the rules, the other files do what they say.

mod black;
mod fetch;
mod keep;
mod sink;
mod state;
mod terminal;

use std::{
    fs,
    hash::{BuildHasher as _, Hasher as _},
    io::{self, IsTerminal as _},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::ArgMatches;
use tokio::time::{Instant, sleep};

use self::{
    fetch::{Failure, Target, fetch},
    keep::Shelf,
    sink::{Shown, Sink},
    state::{Answer, Machine, Now},
};
use super::{flags::value, setting::shutdown, start_log};
use crate::{
    catalog::{Clock as _, SystemClock},
    diagnostic::{Lang, Msg, printable},
};

/// A token file is not longer.
const MAX_TOKEN: usize = 512;
/// What could not be shown is tried again after so long.
const REST_MS: i64 = 5000;
/// What the terminal can draw.
const PICTURES: [&str; 4] = ["bmp", "png", "gif", "webp"];

/// Runs the command.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    start_log();
    let tell = |(msg, arg): (Msg, String)| {
        let args = [arg];
        format!("{} {}", msg.fill(lang, &args), msg.fill_hint(lang, &args))
    };
    let sink = sink(matches).ok_or_else(|| tell((Msg::PullNowhere, String::new())))?;
    let in_terminal = matches!(sink, Sink::Terminal { .. });
    let target =
        Target::parse(value(matches, "URL"), if in_terminal { "png" } else { "bmp" }).map_err(tell)?;
    if in_terminal && !PICTURES.contains(&target.ext()) {
        return Err(tell((Msg::PullPicture, printable(target.ext()))));
    }
    let wait_s = value(matches, "wait").parse::<u32>().ok().filter(|seconds| *seconds <= 55);
    let wait_s = wait_s.ok_or_else(|| tell((Msg::PullWait, printable(value(matches, "wait")))))?;
    let token = token(matches).map_err(|(msg, arg)| tell((msg, arg)))?;
    let keep = matches.get_one::<String>("keep").map(PathBuf::from).or_else(|| match &sink {
        Sink::File(path) => {
            let mut beside = path.clone().into_os_string();
            beside.push(".keep");
            Some(beside.into())
        }
        _ => None,
    });
    let shelf = keep.map(|dir| {
        let shown = printable(&dir.display().to_string());
        Shelf::open(dir).map_err(|e| tell((Msg::PullKeep, format!("{shown}: {e}"))))
    });
    let shelf = shelf.transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    let mut puller = Puller {
        target,
        token,
        sink,
        shelf,
        began: Instant::now(),
        clock: SystemClock::new(),
        rest_until_ms: 0,
    };
    runtime.block_on(puller.pull(wait_s));
    puller.sink.close();
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::disallowed_methods)] // NO_COLOR is no flag of ours: https://no-color.org
fn sink(matches: &ArgMatches) -> Option<Sink> {
    if let Some(path) = matches.get_one::<String>("output") {
        return Some(Sink::File(path.into()));
    }
    if let Some(words) = matches.get_many::<String>("exec") {
        return Some(Sink::Command(words.cloned().collect()));
    }
    let plain = std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty());
    matches.get_flag("terminal").then(|| Sink::Terminal { color: !plain && io::stdout().is_terminal() })
}

/// The token, from `--token-file` or `MINGPING_TOKEN`: a command line is seen by everybody on the computer.
#[allow(clippy::disallowed_methods)] // a flag would show it in --help
fn token(matches: &ArgMatches) -> Result<Option<String>, (Msg, String)> {
    let token = match matches.get_one::<String>("token-file") {
        Some(path) => {
            let read = fs::read_to_string(path);
            Some(read.map_err(|e| (Msg::PullToken, format!("{}: {e}", printable(path))))?)
        }
        None => std::env::var("MINGPING_TOKEN").ok(),
    };
    let Some(token) = token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty()) else {
        return Ok(None);
    };
    let good = token.len() <= MAX_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic());
    if good { Ok(Some(token)) } else { Err((Msg::PullToken, "?".into())) }
}

/// The machine's hands.
struct Puller {
    target: Target,
    token: Option<String>,
    sink: Sink,
    shelf: Option<Shelf>,
    began: Instant,
    clock: SystemClock,
    /// Until then showing is not tried again.
    rest_until_ms: i64,
}

impl Puller {
    fn now(&self) -> Now {
        Now { wall: self.clock.now(), run_ms: self.began.elapsed().as_millis() as i64 }
    }

    /// Runs until it is told to stop.
    async fn pull(&mut self, wait_s: u32) {
        let mut machine = Machine::new(wait_s, self.now());
        if let Some(shelf) = &self.shelf {
            let now = self.now();
            let found = shelf.load(now);
            machine.resume(found.held, found.card, found.anchor, now);
        }
        let mut stop = std::pin::pin!(shutdown());
        let (target, token) = (self.target.clone(), self.token.clone());
        let mut asking = None;
        loop {
            self.show(&mut machine).await;
            if !machine.is_asking() {
                asking = None;
            }
            if let Some(ask) = machine.ask(self.now()) {
                let (target, token) = (&target, token.as_deref());
                asking = Some(Box::pin(async move { fetch(target, &ask, token).await }));
            }
            let nap = sleep(Duration::from_millis(machine.nap_ms(self.now())));
            tokio::select! {
                () = &mut stop => return,
                answer = async { asking.as_mut()?.await.into() }, if asking.is_some() => {
                    asking = None;
                    if let Some(answer) = answer {
                        self.take(&mut machine, answer);
                    }
                }
                () = nap => {}
            }
        }
    }

    fn take(&mut self, machine: &mut Machine, answer: Result<Answer, Failure>) {
        let now = self.now();
        // Whatever a new hasher of the standard library starts from: by chance, and no crate for it.
        let chance = std::hash::RandomState::new().build_hasher().finish() as u32;
        let failed_before = machine.failures() > 0;
        let why = match &answer {
            Ok(answer) => format!("status {}", answer.status),
            Err(failure) => failure.to_string(),
        };
        machine.took(answer.ok(), now, chance);
        match (failed_before, machine.failures()) {
            (_, 1) => tracing::warn!("{}: {why}; it will be asked again", self.target),
            (true, 0) => tracing::info!("{}: it answers again", self.target),
            (_, n) if n > 0 => tracing::debug!("{}: {why} ({n} times)", self.target),
            _ => {}
        }
        // Before it is shown: what is on a face is known to the next start.
        if let Some(shelf) = &mut self.shelf
            && let Err(e) = shelf.save(machine.held(), machine.card())
        {
            tracing::warn!("cannot keep the frame: {e}");
        }
    }

    async fn show(&mut self, machine: &mut Machine) {
        if self.now().run_ms < self.rest_until_ms {
            return;
        }
        let Some(shown) = machine.turn(self.now()).map(Shown::of) else { return };
        if let Err(e) = self.sink.show(&shown).await {
            tracing::warn!("cannot show the frame: {e}");
            machine.not_shown();
            self.rest_until_ms = self.now().run_ms + REST_MS;
        }
    }
}
