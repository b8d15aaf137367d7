//! `mingping screen`: what concerns one screen. One file a subcommand.

mod test;
mod tokens;

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::say;
use crate::diagnostic::Lang;

/// The command with its subcommands.
pub fn command(lang: Lang) -> Command {
    let screen = Command::new("screen")
        .about(say(
            lang,
            "管理屏幕：列出、发放和撤销令牌、测试图案。",
            "Works on screens: lists them, issues and revokes their tokens, shows test patterns.",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(test::command(lang));
    tokens::commands(screen, lang)
}

/// Runs the subcommand.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    match matches.subcommand() {
        Some(("test", found)) => test::run(found, lang),
        Some(("token", found)) => tokens::token(found, lang),
        Some(("revoke", found)) => tokens::revoke(found, lang),
        Some(("list", found)) => tokens::list(found, lang),
        _ => Ok(ExitCode::FAILURE),
    }
}
