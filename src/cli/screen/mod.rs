//! `mingping screen`: what concerns one screen. One file a subcommand.

mod test;

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::say;
use crate::diagnostic::Lang;

/// The command with its subcommands.
pub fn command(lang: Lang) -> Command {
    Command::new("screen")
        .about(say(lang, "管理屏幕：测试图案。", "Works on screens: test patterns."))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(test::command(lang))
}

/// Runs the subcommand.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    match matches.subcommand() {
        Some(("test", found)) => test::run(found, lang),
        _ => Ok(ExitCode::FAILURE),
    }
}
