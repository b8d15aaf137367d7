//! `mingping screen test`: asks the server that runs on this state folder for a test pattern.

use std::{fs, path::Path, process::ExitCode};

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::super::{
    flags::{playlists_flag, state_flag, value, zone_flag},
    say,
    setting::read_zone,
};
use crate::{
    catalog::{Clock as _, LONGEST_TEST_MS, SHORTEST_TEST_MS, ScreenTest, SystemClock, end_test, want_test},
    diagnostic::Lang,
    render::Pattern,
    screen::{self, SCREENS_FILE, ScreenId},
};

pub(super) fn command(lang: Lang) -> Command {
    let t = |zh: &'static str, en: &'static str| say(lang, zh, en);
    Command::new("test")
        .about(t(
            "在一块屏上显示测试图案，最长 60 分钟，到时自动恢复节目。",
            "Shows a test pattern on a screen, for 60 minutes at most; then the programme returns by itself.",
        ))
        .arg(
            Arg::new("ID")
                .required(true)
                .help(t("屏幕编号，见 screens.yaml。", "The screen's id in screens.yaml.")),
        )
        .arg(Arg::new("pattern").long("pattern").value_name("NAME").default_value("ident").help(t(
            "图案：ident edges grid walk colours grey text。",
            "The pattern: ident edges grid walk colours grey text.",
        )))
        .arg(
            Arg::new("for")
                .long("for")
                .value_name("TIME")
                .default_value("10m")
                .help(t("时长，例如 90s、10m、1h。", "For how long, e.g. 90s, 10m, 1h.")),
        )
        .arg(
            Arg::new("stop")
                .long("stop")
                .action(ArgAction::SetTrue)
                .help(t("立即恢复节目。", "Return to the programme now.")),
        )
        .arg(state_flag(lang))
        .arg(playlists_flag(lang))
        .arg(zone_flag(lang))
        .after_help(t(
            "例：mingping screen test bureau-gate --pattern grid --for 10m",
            "Example: mingping screen test bureau-gate --pattern grid --for 10m",
        ))
}

pub(super) fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    let zone = read_zone(value(matches, "timezone"), lang)?;
    let id = known_screen(value(matches, "ID"), Path::new(value(matches, "playlists")), lang)?;
    let state = Path::new(value(matches, "state"));
    let trouble = |e: std::io::Error| {
        let hint = say(
            lang,
            "请用运行服务器的账号，并让 --state 与服务器的相同。",
            "Run this as the user that the server runs as, with the same --state as the server.",
        );
        format!("{}: {e}. {hint}", state.display())
    };
    if !state.is_dir() {
        return Err(trouble(std::io::ErrorKind::NotFound.into()));
    }
    if matches.get_flag("stop") {
        let was = end_test(state, &id).map_err(trouble)?;
        let line = if was {
            say(lang, "已恢复节目。", "The programme is back.")
        } else {
            say(lang, "没有测试图案在显示。", "No test pattern was on.")
        };
        out!("{line}");
        return Ok(ExitCode::SUCCESS);
    }
    let name = value(matches, "pattern");
    let pattern = Pattern::parse(name).ok_or_else(|| {
        let names = Pattern::ALL.map(Pattern::name).join(" ");
        format!("--pattern `{name}`? {} {names}", say(lang, "可以用：", "There are:"))
    })?;
    let span = value(matches, "for");
    let for_ms = read_span(span).ok_or_else(|| {
        let hint = say(lang, "1s 到 60m，例如 10m。", "From 1s to 60m, e.g. 10m.");
        format!("--for `{span}`? {hint}")
    })?;
    let test = ScreenTest::new(pattern, SystemClock::new().now(), for_ms);
    want_test(state, &id, &test).map_err(trouble)?;
    let until = test.until.display(&zone);
    out!(
        "{}",
        match lang {
            Lang::Zh => format!(
                "{id} 显示 {}，{until} 自动恢复节目；提前结束：mingping screen test {id} --stop",
                pattern.name()
            ),
            Lang::En => format!(
                "{id} shows {} until {until}, then its programme again. To end it early: mingping screen test {id} --stop",
                pattern.name()
            ),
        }
    );
    Ok(ExitCode::SUCCESS)
}

/// The screen called `id`. Whether it exists is asked where `screens.yaml` can be read.
fn known_screen(id: &str, playlists: &Path, lang: Lang) -> Result<ScreenId, String> {
    let screens = fs::read(playlists.join(SCREENS_FILE)).ok().and_then(|bytes| screen::read(&bytes).ok());
    let parsed = ScreenId::parse(id);
    let known = screens.as_ref().is_none_or(|all| all.iter().any(|screen| screen.id.as_str() == id));
    parsed.filter(|_| known).ok_or_else(|| {
        let names = screens.iter().flatten().map(|screen| screen.id.as_str()).collect::<Vec<_>>().join(", ");
        match lang {
            Lang::Zh => format!("没有屏幕“{id}”。现有：{names}"),
            Lang::En => format!("there is no screen `{id}`. There are: {names}"),
        }
    })
}

/// `90s`, `10m`, `10 min`, `1h`, `10分钟`: milliseconds, within what a test may last.
fn read_span(text: &str) -> Option<i64> {
    let text = crate::text::fold_width(text).to_lowercase();
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let per_unit = match unit.trim() {
        "s" | "秒" => 1000,
        "m" | "min" | "" | "分" | "分钟" => 60_000,
        "h" | "小时" => 3_600_000,
        _ => return None,
    };
    let ms = number.parse::<i64>().ok()?.checked_mul(per_unit)?;
    (SHORTEST_TEST_MS..=LONGEST_TEST_MS).contains(&ms).then_some(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them_up_to_an_hour() {
        for (text, ms) in [
            ("90s", 90_000),
            ("10m", 600_000),
            ("10 min", 600_000),
            ("１０分钟", 600_000),
            ("1h", 3_600_000),
            ("5", 300_000),
        ] {
            assert_eq!(read_span(text), Some(ms), "{text}");
        }
        for text in ["", "0m", "61m", "2h", "-5m", "5d", "99999999999999999999m"] {
            assert_eq!(read_span(text), None, "{text}");
        }
    }
}
