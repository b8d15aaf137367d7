//! `mingping screen list|token|revoke`: who may see a screen that asks for a token. Works on the folders of
//! playlists and state; a running server notices within seconds.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::tz::TimeZone;

use super::super::{
    flags::{playlists_flag, state_flag, value, zone_flag},
    say,
    setting::read_zone,
};
use crate::{
    catalog::{Clock as _, MAX_TOKENS, SystemClock, TOKEN_LEN, Tokens, create_private},
    diagnostic::{Diagnostic, Lang, Msg, Place, printable},
    screen::{SCREENS_FILE, Screen, TokenRule},
};

/// `list`, `token` and `revoke`, added to `screen`.
pub(super) fn commands(screen: Command, lang: Lang) -> Command {
    let t = |zh: &'static str, en: &'static str| say(lang, zh, en);
    let id = || {
        Arg::new("ID")
            .required(true)
            .help(t("screens.yaml 中屏幕的编号。", "The screen's id in screens.yaml."))
    };
    let command = |name: &'static str| Command::new(name).arg(playlists_flag(lang)).arg(state_flag(lang));
    screen
        .subcommand(
            command("list")
                .about(t("列出屏幕和它们的令牌代号。", "Lists the screens and the names of their tokens."))
                .arg(zone_flag(lang))
                .after_help(t(
                    "例：mingping screen list --state /var/lib/mingping",
                    "Example: mingping screen list --state /var/lib/mingping",
                )),
        )
        .subcommand(
            command("token")
                .about(t(
                    "给一块屏发放新令牌；令牌只显示一次。",
                    "Issues a new token for a screen. It is shown once.",
                ))
                .arg(id())
                .after_help(t(
                    "例：mingping screen token bureau-gate",
                    "Example: mingping screen token bureau-gate",
                )),
        )
        .subcommand(
            command("revoke")
                .about(t("撤销一块屏的令牌。", "Takes a token of a screen back."))
                .arg(id())
                .arg(Arg::new("TOKEN").help(t(
                    "令牌的代号，见 mingping screen list。",
                    "The token's name, as `mingping screen list` has it.",
                )))
                .arg(
                    Arg::new("all")
                        .long("all")
                        .action(ArgAction::SetTrue)
                        .conflicts_with("TOKEN")
                        .help(t("撤销全部。", "Take all of them back.")),
                )
                .after_help(t(
                    "例：mingping screen revoke bureau-gate 1a2b3c4d",
                    "Example: mingping screen revoke bureau-gate 1a2b3c4d",
                )),
        )
}

/// The screens of `--playlists`.
fn screens(matches: &ArgMatches, lang: Lang) -> Result<Vec<Screen>, String> {
    let path = Path::new(value(matches, "playlists")).join(SCREENS_FILE);
    let bytes = fs::read(&path).map_err(|e| {
        let hint = say(lang, "请用 --playlists 指明播放列表目录。", "Name the folder with --playlists.");
        format!("{}: {e}. {hint}", path.display())
    })?;
    crate::screen::read(&bytes)
        .map_err(|errors| errors.iter().map(|e| e.one_line(lang)).collect::<Vec<_>>().join("\n"))
}

fn screen(matches: &ArgMatches, lang: Lang) -> Result<Screen, String> {
    let (id, all) = (value(matches, "ID"), screens(matches, lang)?);
    let known = || all.iter().take(8).map(|screen| screen.id.as_str()).collect::<Vec<_>>().join(", ");
    all.iter()
        .find(|screen| screen.id.as_str() == id)
        .cloned()
        .ok_or_else(|| explain(Msg::UnknownScreen, &[id, &known()], lang))
}

fn explain(msg: Msg, args: &[&str], lang: Lang) -> String {
    Diagnostic::refusal(Place::default(), msg, args).one_line(lang)
}

/// The tokens in `--state`, held against another `mingping screen` until the file is dropped.
fn locked(matches: &ArgMatches, lang: Lang) -> Result<(PathBuf, Tokens, fs::File), String> {
    let state = PathBuf::from(value(matches, "state"));
    let trouble = |e: std::io::Error| {
        explain(Msg::StateNotWritable, &[&state.display().to_string(), &e.to_string()], lang)
    };
    fs::create_dir_all(&state).map_err(trouble)?;
    let lock = create_private(&state.join("tokens.lock")).map_err(trouble)?;
    lock.lock().map_err(trouble)?;
    let tokens = load(&state, lang)?;
    Ok((state, tokens, lock))
}

fn load(state: &Path, lang: Lang) -> Result<Tokens, String> {
    Tokens::load(state).map_err(|e| {
        let path = state.join("tokens").display().to_string();
        explain(Msg::TokensUnreadable, &[&path, &e.to_string()], lang)
    })
}

fn save(tokens: &Tokens, state: &Path, lang: Lang) -> Result<(), String> {
    tokens
        .save(state)
        .map_err(|e| explain(Msg::StateNotWritable, &[&state.display().to_string(), &e.to_string()], lang))
}

pub(super) fn token(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    let screen = screen(matches, lang)?;
    let (state, mut tokens, _lock) = locked(matches, lang)?;
    let mut random = [0; TOKEN_LEN];
    getrandom::fill(&mut random).map_err(|e| e.to_string())?;
    let id = screen.id.as_str();
    let Some(token) = tokens.issue(id, random, SystemClock::new().now()) else {
        return Err(explain(Msg::TooManyTokens, &[id, &MAX_TOKENS.to_string()], lang));
    };
    save(&tokens, &state, lang)?;
    // Alone on standard output, so that a script can take it; it is shown this once.
    out!("{token}");
    let name = tokens.of(id).last().map(crate::catalog::Token::name).unwrap_or_default();
    match lang {
        Lang::Zh => eprintln!(
            "屏幕“{id}”的新令牌（代号 {name}）。只显示这一次，请填进控制卡：Authorization: Bearer 令牌，或 Basic 密码，或网址加 ?key=令牌。\n撤销：mingping screen revoke {id} {name}"
        ),
        Lang::En => eprintln!(
            "A new token of screen `{id}`, called {name}. It is shown this once. Give it to the controller: as `Authorization: Bearer TOKEN`, as Basic password, or as ?key=TOKEN.\nTo take it back: mingping screen revoke {id} {name}"
        ),
    }
    if screen.token == TokenRule::Optional {
        let hint = say(
            lang,
            "注意：screens.yaml 里这块屏没有写 token: required，没有令牌也能读取。",
            "Note: screens.yaml does not say `token: required` for it, so it can be read without a token, too.",
        );
        eprintln!("{hint}");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn revoke(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    // The screen may be gone from screens.yaml by now; its tokens are not.
    let id = value(matches, "ID");
    let (state, mut tokens, _lock) = locked(matches, lang)?;
    let name = matches.get_one::<String>("TOKEN").map(String::as_str);
    if name.is_none() && !matches.get_flag("all") {
        return Err(explain(Msg::WhichToken, &[id, &names(&tokens, id)], lang));
    }
    let revoked = tokens.revoke(id, name);
    if revoked == 0 {
        return Err(explain(Msg::NoSuchToken, &[id, name.unwrap_or("--all"), &names(&tokens, id)], lang));
    }
    save(&tokens, &state, lang)?;
    match lang {
        Lang::Zh => out!("已撤销屏幕“{id}”的 {revoked} 个令牌。正在运行的服务器几秒内生效。"),
        Lang::En => out!("Revoked {revoked} of screen `{id}`. A running server knows within seconds."),
    }
    Ok(ExitCode::SUCCESS)
}

fn names(tokens: &Tokens, id: &str) -> String {
    let names: Vec<String> = tokens.of(id).iter().map(crate::catalog::Token::name).collect();
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

pub(super) fn list(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    let zone = read_zone(value(matches, "timezone"), lang)?;
    let all = screens(matches, lang)?;
    let tokens = load(Path::new(value(matches, "state")), lang)?;
    for screen in &all {
        let id = screen.id.as_str();
        let rule = match screen.token {
            TokenRule::Required => say(lang, "要求令牌", "token required"),
            TokenRule::Optional => say(lang, "不要求令牌", "token optional"),
        };
        let face = screen.profile.face;
        out!("{id}  {}  {face}  {}  {rule}", printable(&screen.name), screen.profile.scheme);
        list_tokens(&tokens, id, &zone, lang);
    }
    // What was taken out of screens.yaml comes back with its tokens when it is written in again.
    for id in tokens.screens().filter(|id| !all.iter().any(|screen| screen.id.as_str() == *id)) {
        out!("{}  {}", printable(id), say(lang, "（不在 screens.yaml 中）", "(not in screens.yaml)"));
        list_tokens(&tokens, id, &zone, lang);
    }
    Ok(ExitCode::SUCCESS)
}

fn list_tokens(tokens: &Tokens, id: &str, zone: &TimeZone, lang: Lang) {
    for token in tokens.of(id) {
        out!("    {}  {} {}", token.name(), say(lang, "发放于", "issued"), token.issued.display(zone));
    }
}
