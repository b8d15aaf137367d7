//! Flags of all commands, with their help in both languages.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::say;
use crate::diagnostic::Lang;

/// The whole command line.
pub fn command(lang: Lang) -> Command {
    let t = |zh: &'static str, en: &'static str| say(lang, zh, en);
    let serve = |command: Command| serve_flags(lang).into_iter().fold(command, Command::arg);
    let root = Command::new("mingping")
        .version(env!("CARGO_PKG_VERSION"))
        .about(t(
            "明屏：把文件夹里已审核的公告，一点不差地送上 LED 屏。",
            "Mingping serves approved notices from a folder to LED screens, dot for dot.",
        ))
        .after_help(t(
            "例：mingping serve --playlists /srv/playlists --listen 0.0.0.0:8080",
            "Example: mingping serve --playlists /srv/playlists --listen 0.0.0.0:8080",
        ))
        .args_conflicts_with_subcommands(true)
        .arg(
            Arg::new("lang")
                .long("lang")
                .value_name("zh|en")
                .global(true)
                .help(t("界面语言：zh 或 en。", "The language to speak to you: zh or en.")),
        );
    serve(root)
        .subcommand(
            serve(Command::new("serve"))
                .about(t("监看文件夹，生成画面，提供给屏幕（默认命令）。", "Watches the folder, renders, and serves frames. This is the default command."))
                .after_help(t(
                    "例：mingping serve --listen 0.0.0.0:8080 --feedback /srv/feedback",
                    "Example: mingping serve --listen 0.0.0.0:8080 --feedback /srv/feedback",
                )),
        )
        .subcommand(
            Command::new("new")
                .about(t("新建一个播放列表目录：屏幕配置、播放列表和第一条公告。", "Creates a playlists folder with a commented screens.yaml, a playlist and a first notice."))
                .arg(Arg::new("DIR").required(true).help(t("要新建的目录。", "The folder to create.")))
                .after_help(t("例：mingping new playlists", "Example: mingping new playlists")),
        )
        .subcommand(
            Command::new("check")
                .about(t("检查播放列表目录，列出每个问题和改法；有拒绝或故障时退出码为 1。", "Lists every problem in a playlists folder with the way out. Exits with 1 if anything is refused or broken."))
                .arg(Arg::new("DIR").default_value("playlists").help(t("播放列表目录。", "The playlists folder.")))
                .arg(fonts_flag(lang))
                .arg(zone_flag(lang))
                .arg(Arg::new("format").long("format").value_parser(["text", "json"]).default_value("text").help(t("输出格式。", "How to print.")))
                .arg(Arg::new("at").long("at").value_name("TIME").help(t("按这个时刻检查，例如 2026-06-25T08:00。", "Check as of this moment, e.g. 2026-06-25T08:00.")))
                .after_help(t("例：mingping check playlists --format json", "Example: mingping check playlists --format json")),
        )
        .subcommand(
            Command::new("render")
                .about(t("不启动服务器，看一条公告在屏上的样子。", "Shows what a notice will look like, without a server."))
                .arg(Arg::new("FILE").required(true).help(t("公告文件。", "The notice's file.")))
                .arg(Arg::new("size").long("size").value_name("WxH").required(true).help(t("屏幕点数，例如 320x32。", "The screen's size in pixels, e.g. 320x32.")))
                .arg(Arg::new("color").long("color").value_name("SCHEME").default_value("red").help(t("颜色：red green amber white red-green seven rgb。", "Colour scheme: red green amber white red-green seven rgb.")))
                .arg(Arg::new("format").long("format").value_parser(["png", "gif", "webp", "bmp", "text", "art"]).default_value("png").help(t("格式；art 用 # 和 . 打印。", "Format; art prints # and dots.")))
                .arg(Arg::new("motion").long("motion").action(ArgAction::SetTrue).help(t("按 motion: clip 的屏幕输出动画：gif、png（APNG）或 webp。", "Writes the clip that a screen with `motion: clip` gets: gif, png (APNG) or webp.")))
                .arg(Arg::new("max-bytes").long("max-bytes").value_name("N").value_parser(clap::value_parser!(u32)).help(t("动画最多多少字节。", "The largest clip, bytes.")))
                .arg(Arg::new("min").long("min").value_name("PX").default_value("16").help(t("最小可读字号（点）。", "The smallest legible character height in pixels.")))
                .arg(Arg::new("out").short('o').long("out").value_name("OUT").help(t("输出文件；多页时为 OUT-1.png……", "Where to write; several pages become OUT-1.png and so on.")))
                .arg(fonts_flag(lang))
                .arg(zone_flag(lang))
                .after_help(t(
                    "例：mingping render 通知.txt --size 192x96 --color red-green -o 通知.png",
                    "Example: mingping render notice.txt --size 192x96 --color red-green -o notice.png",
                )),
        )
        .subcommand(super::screen::command(lang))
        .subcommand(
            Command::new("sheet")
                .about(t("把许多公告的每一页画在一张样张上：十二种屏、每种颜色各一张。", "Draws every page of many notices on contact sheets, one for each of twelve faces and each colour scheme."))
                .arg(Arg::new("FILE").required(true).num_args(1..).help(t("公告文件或目录。", "Notices, or folders of them.")))
                .arg(Arg::new("size").long("size").value_name("WxH").action(ArgAction::Append).help(t("屏幕点数，可重复；默认十二种。", "A face's size in pixels, may be repeated; twelve by default.")))
                .arg(Arg::new("color").long("color").value_name("SCHEME").action(ArgAction::Append).help(t("颜色，可重复；默认全部。", "A colour scheme, may be repeated; all by default.")))
                .arg(Arg::new("min").long("min").value_name("PX").default_value("16").help(t("最小可读字号（点）。", "The smallest legible character height in pixels.")))
                .arg(Arg::new("out").short('o').long("out").value_name("DIR").default_value("sheets").help(t("存放样张的目录。", "The folder for the sheets.")))
                .arg(fonts_flag(lang))
                .arg(zone_flag(lang))
                .after_help(t(
                    "例：mingping sheet playlists --size 320x32 --color red -o 样张",
                    "Example: mingping sheet playlists --size 320x32 --color red -o sheets",
                )),
        )
        .subcommand(
            Command::new("fonts")
                .about(t("列出正在使用的字体、字号和覆盖率。", "Lists the fonts in use, their sizes and what they cover."))
                .arg(Arg::new("missing").long("missing").value_name("TEXT").help(t("列出这段文字里没有字形的字。", "Lists the characters of TEXT that no font has.")))
                .arg(fonts_flag(lang))
                .after_help(t("例：mingping fonts --missing 旸垚堃", "Example: mingping fonts --missing 旸垚堃")),
        )
        .subcommand(pull_command(lang))
}

fn pull_command(lang: Lang) -> Command {
    let t = |zh: &'static str, en: &'static str| say(lang, zh, en);
    Command::new("pull")
        .about(t(
            "取一块屏的画面，存成文件、交给命令或画在终端里；断网时按有效期处理。",
            "Fetches what a screen shows and writes it to a file, gives it to a command or draws it in the terminal. Keeps to the validity of each frame when the network is gone.",
        ))
        .arg(Arg::new("URL").required(true).help(t("画面的网址，或屏幕的网址。", "The address of a frame, or of a screen.")))
        .arg(Arg::new("output").long("output").value_name("FILE").conflicts_with_all(["exec", "terminal"]).help(t("写入这个文件，每次整体替换。", "Write each frame to this file, replacing it as a whole.")))
        .arg(Arg::new("exec").long("exec").value_name("CMD").num_args(1..).allow_hyphen_values(true).conflicts_with("terminal").help(t("每个新画面运行一次这个命令（及其参数，写在最后）：画面从标准输入给出，其余在 MINGPING_STATE、MINGPING_NOTICE、MINGPING_BRIGHTNESS、MINGPING_CONTENT_TYPE、MINGPING_ETAG 里。不经过 shell。", "Run this program for each new frame, with the arguments that follow; must come last. The frame is on its standard input, the rest in MINGPING_STATE, MINGPING_NOTICE, MINGPING_BRIGHTNESS, MINGPING_CONTENT_TYPE and MINGPING_ETAG. No shell is involved.")))
        .arg(Arg::new("terminal").long("terminal").action(ArgAction::SetTrue).help(t("画在终端里。", "Draw it in the terminal.")))
        .arg(Arg::new("keep").long("keep").value_name("DIR").help(t("重启后还要用的画面放在这里；用 --output 时默认为 FILE.keep。", "Where frames are kept for the next start. With --output it is FILE.keep unless given.")))
        .arg(Arg::new("wait").long("wait").value_name("SECONDS").default_value("50").help(t("每次最多让服务器等这么久再回答，0 至 55；0 表示按服务器说的时间睡眠后再问。", "How long the server may hold an answer until something changes, 0 to 55. With 0 it sleeps between polls as the server says.")))
        .arg(Arg::new("token-file").long("token-file").value_name("FILE").help(t("令牌所在的文件；也可以放在环境变量 MINGPING_TOKEN 里。", "The file with the screen's token. It may also be in the variable MINGPING_TOKEN.")))
        .after_help(t(
            "例：mingping pull http://10.0.0.5:8080/screens/gate --terminal",
            "Example: mingping pull http://10.0.0.5:8080/screens/gate --terminal",
        ))
}

fn fonts_flag(lang: Lang) -> Arg {
    Arg::new("fonts").long("fonts").value_name("DIR").env("MINGPING_FONTS").default_value("fonts").help(say(
        lang,
        "字体目录。",
        "The folder with fonts.",
    ))
}

/// `--state`.
pub fn state_flag(lang: Lang) -> Arg {
    Arg::new("state").long("state").value_name("DIR").env("MINGPING_STATE").default_value("state").help(say(
        lang,
        "存放公告到达时间、时钟标记、令牌和测试请求的目录。",
        "Where arrival times, the clock's mark, tokens and wanted test patterns are kept.",
    ))
}

/// `--playlists`.
pub fn playlists_flag(lang: Lang) -> Arg {
    Arg::new("playlists")
        .long("playlists")
        .value_name("DIR")
        .env("MINGPING_PLAYLISTS")
        .default_value("playlists")
        .help(say(lang, "播放列表目录。", "The folder into which notices are dropped."))
}

/// `--timezone`.
pub fn zone_flag(lang: Lang) -> Arg {
    Arg::new("timezone")
        .long("timezone")
        .value_name("ZONE")
        .env("MINGPING_TIMEZONE")
        .default_value("Asia/Shanghai")
        .help(say(lang, "公告日期所用的时区。", "The zone in which notices' dates are meant."))
}

fn serve_flags(lang: Lang) -> Vec<Arg> {
    let t = |zh: &'static str, en: &'static str| say(lang, zh, en);
    let flag = |name: &'static str, value: &'static str, env: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).env(env).help(help).action(ArgAction::Set)
    };
    vec![
        playlists_flag(lang),
        fonts_flag(lang),
        state_flag(lang),
        flag(
            "listen",
            "ADDR",
            "MINGPING_LISTEN",
            t(
                "监听地址；屏幕要能访问，请用 0.0.0.0:8080。",
                "The address to listen on; for screens to reach it, 0.0.0.0:8080.",
            ),
        )
        .default_value("127.0.0.1:8080"),
        flag(
            "public-url",
            "URL",
            "MINGPING_PUBLIC_URL",
            t(
                "屏幕访问本服务器的网址，用在生成的链接里。",
                "The URL under which screens reach this server, for links in manifests.",
            ),
        ),
        flag(
            "protocols",
            "NAMES",
            "MINGPING_PROTOCOLS",
            t(
                "所有屏幕都开启的控制卡协议，例如 tronbyt,trmnl；也可以在 screens.yaml 里逐屏开启。",
                "Controller protocols that are on for every screen, e.g. tronbyt,trmnl; screens.yaml turns them on for one.",
            ),
        ),
        zone_flag(lang),
        flag(
            "feedback",
            "DIR",
            "MINGPING_FEEDBACK",
            t(
                "为每个播放列表写一份情况说明的目录。",
                "A folder that gets one text file per playlist saying how each file stands.",
            ),
        ),
        flag(
            "rehearse",
            "TIME",
            "MINGPING_REHEARSE",
            t(
                "从这个时刻开始演练，例如 2026-06-25T08:00；不写状态。",
                "Run the clock from this moment, e.g. 2026-06-25T08:00; writes no state.",
            ),
        ),
    ]
}

/// The value of a flag that has a default or was required.
pub fn value<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}
