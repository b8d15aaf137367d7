//! Where frames go: a file, a command, the terminal.

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use bytes::Bytes;
use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

use super::{black::black, keep::replace, state::Picture, terminal};
use crate::diagnostic::printable;

/// A command that has not taken a frame within this is ended.
const COMMAND: Duration = Duration::from_secs(30);

/// Where frames go.
#[derive(Debug)]
pub enum Sink {
    /// A file, replaced each time.
    File(PathBuf),
    /// A program with its arguments, run each time.
    Command(Vec<String>),
    /// The terminal, in colours or not.
    Terminal {
        /// Whether it shows colours and moves its cursor.
        color: bool,
    },
}

/// A picture with what a command is told of it.
pub struct Shown {
    /// `live`, `idle` or `black`.
    pub state: &'static str,
    /// Its bytes; `None` for black before anything was ever received.
    pub body: Option<Bytes>,
    etag: String,
    content_type: String,
    notice: String,
    brightness: String,
}

impl Shown {
    /// The bytes and words of a picture.
    pub fn of(picture: Picture<'_>) -> Self {
        let (state, frame) = match picture {
            Picture::Live(frame) => ("live", Some(frame)),
            Picture::Card(frame) => ("idle", Some(frame)),
            Picture::Black(frame) => ("black", frame),
        };
        let dark = matches!(picture, Picture::Black(_));
        let body = match frame {
            Some(frame) if dark => Some(black(&frame.body, &frame.content_type).into()),
            Some(frame) => Some(frame.body.clone()),
            None => None,
        };
        let told = |of: &dyn Fn(&super::state::Received) -> String| {
            frame.filter(|_| !dark).map_or(String::new(), of)
        };
        Self {
            state,
            body,
            etag: told(&|frame| frame.etag.clone()),
            content_type: frame.map_or(String::new(), |frame| frame.content_type.clone()),
            notice: told(&|frame| frame.notice.clone().unwrap_or_default()),
            brightness: told(&|frame| frame.brightness.clone().unwrap_or_default()),
        }
    }
}

impl Sink {
    /// Shows it. Where there are no bytes nothing is done.
    pub async fn show(&self, shown: &Shown) -> io::Result<()> {
        let Some(body) = &shown.body else { return Ok(()) };
        match self {
            Self::File(path) => {
                replace(path, body)?;
                out!("{} {}", shown.state, printable(&shown.etag));
                Ok(())
            }
            Self::Command(words) => run(words, body, shown).await,
            Self::Terminal { color } => draw(body, *color),
        }
    }

    /// Puts the terminal in order again.
    pub fn close(&self) {
        if let Self::Terminal { color: true } = self {
            let _ = io::stdout().write_all(b"\x1b[0m\x1b[?7h\x1b[?25h\n");
        }
    }
}

async fn run(words: &[String], body: &[u8], shown: &Shown) -> io::Result<()> {
    let (program, arguments) =
        words.split_first().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut child = Command::new(program)
        .args(arguments)
        .env_remove("MINGPING_TOKEN")
        .env("MINGPING_STATE", shown.state)
        .env("MINGPING_ETAG", &shown.etag)
        .env("MINGPING_CONTENT_TYPE", &shown.content_type)
        .env("MINGPING_NOTICE", &shown.notice)
        .env("MINGPING_BRIGHTNESS", &shown.brightness)
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut stdin = child.stdin.take();
    let feed = async {
        if let Some(stdin) = &mut stdin {
            // A command that does not read to the end has its reasons.
            let _ = stdin.write_all(body).await;
        }
        drop(stdin);
        child.wait().await
    };
    match timeout(COMMAND, feed).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(io::Error::other(format!("the command ended with {status}"))),
        Ok(Err(e)) => Err(e),
        Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
    }
}

fn draw(body: &[u8], color: bool) -> io::Result<()> {
    let lines = terminal::lines(body, color).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    let mut text = String::new();
    if color {
        // No cursor, no wrapping of lines that are too long, from the top.
        text.push_str("\x1b[?25l\x1b[?7l\x1b[H");
    }
    for line in &lines {
        text.push_str(line);
        text.push('\n');
    }
    text.push_str(if color { "\x1b[J" } else { "\n" });
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
