//! How is it started? One file a command; this one reads flags and hands over.

/// Prints a line to standard output. A reader that went away (`| head`) is no error.
macro_rules! out {
    ($($arg:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($arg)*);
    }};
}

mod check;
mod flags;
mod fonts;
mod new;
mod pull;
mod render;
mod screen;
mod serve;
mod setting;
mod sheet;

use std::{ffi::OsString, io::IsTerminal as _, process::ExitCode};

pub use setting::{load_fonts, read_zone};

use crate::diagnostic::Lang;

/// Runs the command that `args` name (the first is the program's own name).
pub fn main(args: Vec<OsString>) -> ExitCode {
    let lang = terminal_lang(&args);
    let args = lang_last(args);
    let matches = match flags::command(lang).try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(e) => {
            let _ = e.print();
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    let outcome = match matches.subcommand() {
        Some(("new", found)) => new::run(found, lang),
        Some(("check", found)) => check::run(found, lang),
        Some(("render", found)) => render::run(found, lang),
        Some(("sheet", found)) => sheet::run(found, lang),
        Some(("screen", found)) => screen::run(found, lang),
        Some(("fonts", found)) => fonts::run(found, lang),
        Some(("pull", found)) => pull::run(found, lang),
        Some(("serve", found)) => serve::run(found, lang),
        _ => serve::run(&matches, lang),
    };
    outcome.unwrap_or_else(|message| {
        eprintln!("mingping: {message}");
        ExitCode::FAILURE
    })
}

/// `--lang` may stand anywhere; clap would not have it before a command's name. What follows `--exec` belongs to
/// somebody else's program.
fn lang_last(mut args: Vec<OsString>) -> Vec<OsString> {
    let (mut others, mut last) = (Vec::with_capacity(args.len()), Vec::new());
    let exec = args.iter().position(|arg| arg == "--exec").unwrap_or(args.len());
    let exec = args.split_off(exec);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        if arg == "--lang" {
            last.push(arg);
            last.extend(args.next());
        } else if arg.to_str().is_some_and(|arg| arg.starts_with("--lang=")) {
            last.push(arg);
        } else {
            others.push(arg);
        }
    }
    others.extend(last);
    others.extend(exec);
    others
}

/// The language for the terminal: `--lang`, `MINGPING_LANG`, `LC_ALL`, `LANG`, else English.
#[allow(clippy::disallowed_methods)] // the environment is read here and by clap only
fn terminal_lang(args: &[OsString]) -> Lang {
    let mut args = args.iter().take_while(|arg| *arg != "--exec").filter_map(|arg| arg.to_str());
    let mut given = None;
    while let Some(arg) = args.next() {
        if arg == "--lang" {
            given = args.next().and_then(Lang::parse);
        } else if let Some(tag) = arg.strip_prefix("--lang=") {
            given = Lang::parse(tag);
        }
    }
    let variable = |name| std::env::var(name).ok().and_then(|tag| Lang::parse(&tag));
    given.or_else(|| ["MINGPING_LANG", "LC_ALL", "LANG"].into_iter().find_map(variable)).unwrap_or(Lang::En)
}

/// Picks the words for `lang`.
pub(crate) fn say<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// Log lines go to stderr, with colours only where a person sees them.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MINGPING_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_may_stand_anywhere_but_behind_exec() {
        let moved = |line: &str| {
            let moved = lang_last(line.split(' ').map(OsString::from).collect());
            moved.join(std::ffi::OsStr::new(" ")).into_string().unwrap()
        };
        assert_eq!(moved("m --lang en check x"), "m check x --lang en");
        assert_eq!(moved("m --lang=zh pull u --exec p --lang en"), "m pull u --lang=zh --exec p --lang en");
        let lang = |line: &str| terminal_lang(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(lang("m --lang zh pull u --exec p --lang en"), Lang::Zh);
    }
}
