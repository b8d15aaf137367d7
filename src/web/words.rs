//! The one table of the pages' words, in Chinese and in English. `{0}`, `{1}` … stand for values.

use crate::{color::ColorScheme, diagnostic::Lang, geometry::Rotation};

macro_rules! words {
    ($( $name:ident: $zh:literal, $en:literal; )*) => {
        /// A word or sentence of the pages.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)] // the words in the table are the documentation
        pub enum Word { $( $name, )* }

        impl Word {
            /// Every word, for the test that both languages take the same values.
            #[cfg(test)]
            const ALL: &'static [Self] = &[ $( Self::$name, )* ];

            /// The word in `lang`.
            pub const fn of(self, lang: Lang) -> &'static str {
                match (self, lang) { $( (Self::$name, Lang::Zh) => $zh, (Self::$name, Lang::En) => $en, )* }
            }
        }
    };
}

words! {
    // every page
    Brand: "明屏", "Mingping";
    Tagline: "公告发布屏", "Notices on LED screens";
    Skip: "跳到内容", "Skip to the content";
    Languages: "语言", "Language";
    AllScreens: "全部屏幕", "All screens";
    Rehearsal: "演练模式", "Rehearsal";
    RehearsalText: "时间从 {0} 起模拟运行，不是现在的真实画面，也不保存任何状态。", "The clock is simulated and shows {0}: this is not what is on air today, and no state is kept.";
    ServerTime: "服务器时间", "Server time";
    Version: "版本", "Version";
    Offline: "连接中断，正在重试……", "Connection lost, trying again …";
    Live: "实时画面", "Live picture";
    // dashboard
    LoopbackOnly: "目前只有这台电脑能打开本页，屏幕的控制卡连不上。要让局域网访问，请用 --listen 0.0.0.0:8080 启动。", "Only this computer can reach the server: controllers cannot. Start it with `--listen 0.0.0.0:8080` to open it to the local network.";
    NotReady: "尚未就绪：还没有读到正确的 screens.yaml。", "Not ready: no good screens.yaml has been read yet.";
    Faults: "系统问题", "Server problems";
    Screens: "屏幕", "Screens";
    NoScreens: "还没有屏幕。请在 screens.yaml 中添加。", "There are no screens yet. Add one to screens.yaml.";
    SumOnAir: "条正在播放", "on air";
    SumRefused: "条未通过", "refused";
    SumNowhere: "条暂未播放", "not on air";
    SumWarnings: "条提醒", "warnings";
    SumScreens: "块屏", "screens";
    Summary: "概况", "Summary";
    StateOnAir: "正在播放", "On air";
    StateEmergency: "紧急公告", "Emergency";
    StateIdle: "待机", "Idle";
    StateDark: "已熄屏", "Dark";
    StateUntrusted: "待机 · 时钟不可信", "Idle · clock not trusted";
    StateLocked: "需要令牌", "Token needed";
    ExplainIdle: "目前没有要播放的公告。", "No notice is on air here.";
    ExplainDark: "现在不在开屏时段内。", "Outside the hours of this screen.";
    ExplainUntrusted: "电脑时间不可信，只显示待机画面。", "The clock cannot be trusted: only the idle picture is shown.";
    ExplainLocked: "这块屏的内容要凭令牌读取，本页不显示。", "What this screen shows is given out with its token only, not on this page.";
    HoldsUntil: "至 {0}", "until {0}";
    Emergency: "紧急", "emergency";
    High: "重要", "important";
    OneRound: "一轮 {0}", "one round takes {0}";
    NoticesPages: "{0} 条公告，{1} 页", "notices: {0} · pages: {1}";
    MoreTitles: "还有 {0} 条", "{0} more";
    Refused: "未通过的公告", "Refused notices";
    RefusedText: "以下文件不会在任何屏上播放。改正并保存后会自动重读。", "No screen shows these files. Correct and save them; they are read again by themselves.";
    Partly: "个别屏放不下的公告", "Not shown on some screens";
    PartlyText: "其他屏照常播放。", "Other screens show them as usual.";
    OnScreen: "屏幕：{0}", "Screen: {0}";
    Nowhere: "暂未播放的公告", "On air nowhere";
    NowhereText: "内容没有问题，只是现在哪块屏都不播放。", "Nothing is wrong with these; no screen shows them just now.";
    Embargoed: "播放列表“{0}”中有 {1} 条尚未到时间的公告，最早 {2} 开始。开始之前不公开名称。", "The playlist `{0}` has notices that have not begun yet: {1}, the first on {2}. They are not named before they begin.";
    Incomplete: "正在写入的文件", "Files still being written";
    IncompleteText: "保存完成后自动读取。", "They are read when saving is done.";
    Warnings: "提醒", "Warnings";
    WarningsText: "这些公告照常播放，但请有人看一眼。", "These are shown as usual, but somebody should look.";
    AllWell: "没有需要处理的问题。", "Nothing needs attention.";
    MoreRows: "还有 {0} 条，请运行 mingping check 查看全部。", "{0} more: `mingping check` lists them all.";
    Line: "第 {0} 行", "line {0}";
    WayOut: "怎么办：", "What to do: ";
    // controllers
    SumSilent: "块屏没有回应", "silent";
    Contact: "控制卡状态", "Its controller";
    ContactNever: "启动以来还没有控制卡来取过画面。", "No controller has asked since the server started.";
    ContactAgo: "{0}前来过", "asked {0} ago";
    ContactWaits: "已连接，等待变化", "connected, waiting for changes";
    ContactLast: "最近一次", "Last contact";
    ContactAddress: "地址", "Address";
    ContactAgent: "设备自称", "Calls itself";
    ContactSent: "最近发给它", "Sent last";
    ContactAcknowledged: "设备确认显示", "It says it shows";
    ContactCard: "待机或黑屏", "idle text or black";
    ContactBytes: "本月流量", "Data this month";
    ContactMissed: "本月漏掉的页", "Pages missed this month";
    ContactMissedText: "控制卡来得太慢：请缩短它的刷新间隔，或把 screens.yaml 的 poll 改大。", "It asks too seldom: let it ask more often, or write a longer `poll` into screens.yaml.";
    Silent: "没有回应", "Silent";
    SilentText: "控制卡超过三个刷新间隔没有来取画面。请检查电源、网络和它里面填的地址。", "The controller has not asked for three of its intervals. Check power, network and the address in it.";
    Stale: "可能仍在显示已撤下的内容", "May still show what was taken away";
    StaleText: "控制卡没有取走新画面，屏上可能还是已撤下或到期的公告。请到现场查看，必要时关掉屏幕电源。", "The controller has not taken the new picture: a notice that was withdrawn or has expired may still be seen. Go and look; if need be, switch the screen off.";
    Strangers: "不认识的屏幕编号", "Unknown screens that asked";
    StrangersText: "有设备来取这些编号的画面，但 screens.yaml 里没有。请核对设备里的地址，或把它加进 screens.yaml。", "Devices ask for these ids, but screens.yaml does not have them. Check the address in the device, or add the screen.";
    StrangerCount: "{0} 次", "{0} times";
    StrangerSnippet: "加进 screens.yaml 的内容（尺寸、颜色和播放列表请改成实际的）", "What to add to screens.yaml (put in the real size, colour and playlist)";
    // preview
    Zoom: "放大", "Enlarge";
    Clip: "动画（motion: clip）", "As a clip (motion: clip)";
    Clips: "动画，每段最长一分钟：", "Clips, each a minute long at most:";
    Loop: "轮播", "Loop";
    LoopText: "共 {0} 页，一轮 {1}。", "Pages: {0}. One round takes {1}.";
    PageOf: "第 {0}/{1} 页", "page {0} of {1}";
    Dwell: "停留 {0}", "stays {0}";
    Now: "正在显示", "showing now";
    NextAt: "下次 {0}", "next at {0}";
    AfterChange: "{0} 节目变更前不再出现", "not again before the change at {0}";
    ScheduledChange: "{0} 节目变更。", "The programme changes at {0}.";
    Facts: "屏幕信息", "About this screen";
    FactId: "编号", "Id";
    FactSize: "点阵", "Size";
    FactSizeText: "{0} × {1} 点（宽 × 高）", "{0} × {1} dots (wide × high)";
    FactScheme: "颜色", "Colours";
    FactRotation: "旋转", "Turned";
    FactRotationText: "顺时针旋转 {0}°", "turned {0}° clockwise";
    FactMinimum: "最小字号", "Smallest text";
    FactMinimumText: "{0} 点高", "{0} dots high";
    FactHours: "开屏时段", "Hours";
    FactBrightness: "当前亮度", "Brightness now";
    FactPlaylists: "播放列表", "Playlists";
    FactPoll: "刷新间隔", "Controller asks";
    FactPollText: "每 {0}", "every {0}";
    FactIdle: "待机文字", "Idle text";
    Always: "全天", "always";
    None: "无", "none";
    Controller: "接入控制卡", "Connecting a controller";
    ControllerText: "把这个地址填进控制卡：", "Give the controller this address:";
    TryIt: "在电脑上试一下：", "Try it on a computer:";
    ControllerLocked: "这块屏要求令牌。在服务器上运行 mingping screen token {0} 发放一个，和下面的地址一起填进控制卡（Bearer、Basic 密码，或网址后加 ?key=令牌）。", "This screen requires a token. Issue one on the server with `mingping screen token {0}` and give it to the controller with this address, as Bearer, as Basic password, or as ?key=TOKEN.";
    ControllerTronbyt: "Tronbyt 类设备的图像地址（或把 next 换成 ws）：", "The image address for Tronbyt boards (or `ws` instead of `next`):";
    ControllerTrmnl: "TRMNL 类设备的服务器地址：", "The server address for TRMNL panels:";
    LongPoll: "等到画面变化再返回：", "Wait until the picture changes:";
    Formats: "其他格式", "Other formats";
    Player: "全屏播放页（给带浏览器的控制卡、电视盒）", "Full-screen player, for cards and boxes with a browser";
    // test patterns
    StateTest: "测试图案", "Test pattern";
    ExplainTest: "正在显示测试图案 {0}，{1} 自动恢复节目。", "A test pattern ({0}) is on; the programme returns by itself at {1}.";
    TestPatterns: "测试图案", "Test patterns";
    TestChoose: "图案", "Patterns";
    TestShows: "正在显示 {0}，{1} 自动恢复节目。", "{0} is on; the programme returns by itself at {1}.";
    TestPreempted: "现在正播放紧急公告，图案要等它结束。", "An emergency notice is on air just now; the pattern waits until it ends.";
    TestStop: "立即恢复节目", "Return to the programme now";
    TestStart: "显示", "Show";
    TestFor: "时长", "For";
    TestByCommand: "用命令启动", "By command";
    TestCommandText: "在运行明屏的电脑上输入（--state 与服务器的相同）：", "Type on the computer on which Mingping runs (with the same --state as the server):";
    TestEndText: "提前结束：", "To end it early:";
    TestRules: "最长 60 分钟，到时自动恢复；紧急公告优先于测试图案。", "60 minutes at most, then the programme returns by itself; an emergency notice comes before a test pattern.";
    AboutIdent: "名称、编号、点阵、时间、计数、来取画面的地址：是不是这块屏，画面有没有在更新。", "Name, id, size, time, a counter, and the address that asks: is this the right screen, and do its pictures arrive?";
    AboutEdges: "四边亮框、四角字母（左上起顺时针 A B C D）、向上的箭头：边缘齐不齐，方向对不对。", "A border, corner letters (A to D clockwise from the top left) and an arrow to the top: is every edge there, and the right way up?";
    AboutGrid: "模组逐块编号（screens.yaml 的 module，默认 32x16）：模组的顺序接得对不对。", "Numbered modules (`module` in screens.yaml, else 32x16): is each wired in its place?";
    AboutWalk: "每个模组有一行一列逐步移动：有没有坏行、坏列、串行。", "A row and a column of each module move on step by step: is any line dead or doubled?";
    AboutColours: "逐种颜色，各亮三分之一的点，每 10 秒换一种：颜色对不对，有没有坏点。", "Each colour by itself with a third of the dots lit, 10 s each: are the colours right, is any dot dead?";
    AboutGrey: "由暗到亮：灰度是否均匀。", "From dark to bright: are the shades even?";
    AboutText: "12 到 32 点的文字：站在观看位置看，多大的字看得清。", "Text from 12 to 32 px: what can be read from where people stand?";
    // units
    Milliseconds: "{0} 毫秒", "{0} ms";
    Seconds: "{0} 秒", "{0} s";
    MinutesSeconds: "{0} 分 {1} 秒", "{0} min {1} s";
    Minutes: "{0} 分钟", "{0} min";
    HoursMinutes: "{0} 小时 {1} 分", "{0} h {1} min";
}

impl Word {
    /// The word with `{0}` … filled in, as plain text.
    pub fn fill(self, lang: Lang, values: &[&str]) -> String {
        let mut out = String::new();
        for piece in pieces(self.of(lang)) {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Value(n) => out.push_str(values.get(n).copied().unwrap_or("?")),
            }
        }
        out
    }
}

/// What a colour scheme is called.
pub const fn scheme(scheme: ColorScheme, lang: Lang) -> &'static str {
    match (scheme, lang) {
        (ColorScheme::Red, Lang::Zh) => "单红",
        (ColorScheme::Green, Lang::Zh) => "单绿",
        (ColorScheme::Amber, Lang::Zh) => "单黄",
        (ColorScheme::White, Lang::Zh) => "单白",
        (ColorScheme::RedGreen, Lang::Zh) => "双基色（红绿）",
        (ColorScheme::Seven, Lang::Zh) => "七彩",
        (ColorScheme::Rgb, Lang::Zh) => "全彩",
        (ColorScheme::Red, Lang::En) => "red",
        (ColorScheme::Green, Lang::En) => "green",
        (ColorScheme::Amber, Lang::En) => "amber",
        (ColorScheme::White, Lang::En) => "white",
        (ColorScheme::RedGreen, Lang::En) => "red and green",
        (ColorScheme::Seven, Lang::En) => "seven colours",
        (ColorScheme::Rgb, Lang::En) => "full colour",
    }
}

/// How a face is turned; `None` if it is not.
pub fn rotation(rotation: Rotation, lang: Lang) -> Option<String> {
    (rotation != Rotation::R0).then(|| Word::FactRotationText.fill(lang, &[&rotation.degrees().to_string()]))
}

enum Piece<'a> {
    Literal(&'a str),
    Value(usize),
}

/// Splits a template at `{0}` to `{9}`.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    template.split_inclusive('}').flat_map(|part| {
        let open = part.rfind('{').filter(|at| part.len() == at + 3);
        let digit = open.and_then(|at| part[at + 1..].chars().next()?.to_digit(10));
        match (open, digit) {
            (Some(at), Some(n)) => [Some(Piece::Literal(&part[..at])), Some(Piece::Value(n as usize))],
            _ => [Some(Piece::Literal(part)), None],
        }
        .into_iter()
        .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_take_the_same_values() {
        for word in Word::ALL {
            let used =
                |text: &str| (0..10).filter(|n| text.contains(&format!("{{{n}}}"))).collect::<Vec<_>>();
            assert_eq!(used(word.of(Lang::Zh)), used(word.of(Lang::En)), "{word:?}");
            assert!(!word.of(Lang::Zh).is_empty() && !word.of(Lang::En).is_empty());
        }
    }

    #[test]
    fn a_value_is_not_a_template() {
        assert_eq!(Word::NoticesPages.fill(Lang::En, &["{1}", "2"]), "notices: {1} · pages: 2");
    }
}
