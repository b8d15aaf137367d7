//! Pages drawn from values made by hand: what a person would see, and what must never get through.

mod given;

use std::sync::Arc;

use super::{
    Settings, commissioning, dashboard,
    language::Choice,
    player, preview,
    view::{
        Air, Attention, Card, Coming, Contact, Dashboard, Mood, OffAirNotice, PartlyShown, Preview,
        ScreenTestView, Site, Strange, Trouble, attention::Listing,
    },
};
use crate::{
    catalog::ScreenTest,
    color::ColorScheme,
    diagnostic::{Diagnostic, Lang, Msg, Place},
    notice::NoticeId,
    render::Pattern,
    screen::{Screen, TokenRule},
    time::Priority,
};

use given::{at, contact, full_dashboard, full_preview, looping, on_air, screen, site};

const ZH: Choice = Choice { lang: Lang::Zh, chosen: false };
const EN: Choice = Choice { lang: Lang::En, chosen: true };

#[test]
fn the_dashboard_tells_what_is_on_air_and_what_is_wrong_in_both_languages() {
    let zh = dashboard::page(&full_dashboard(), ZH);
    for seen in [
        "<html lang=\"zh-CN\">",
        "教育局门头屏",
        "正在播放",
        "待机",
        "已熄屏",
        "一轮 1 分 20 秒",
        "至 2026-12-31 24:00",
        "bureau/招聘公示.md",
        "不认识的栏目“审核员”。",
        "是否想写“审核”",
        "screens.yaml:12",
        "没有屏幕播放播放列表“old”。",
        "播放列表“county”中有 2 条尚未到时间的公告，最早 2026-12-01 08:00 开始",
        "src=\"/screens/gate/frame.png?preview\"",
        "2026-11-23 09:30",
    ] {
        assert!(zh.contains(seen), "{seen} is missing");
    }
    let en = dashboard::page(&full_dashboard(), EN);
    for seen in [
        "<html lang=\"en\">",
        "On air",
        "Dark",
        "one round takes 1 min 20 s",
        "unknown key `审核员`.",
        "Did you mean `审核`?",
        "no screen plays the playlist `old`.",
        "href=\"/screens/gate?lang=en\"",
    ] {
        assert!(en.contains(seen), "{seen} is missing");
    }
    assert!(!zh.contains("演练") && !en.contains("Rehearsal"));
}

#[test]
fn the_preview_shows_the_loop_and_how_to_connect() {
    let page = preview::page(&full_preview(), ZH);
    for seen in [
        "第 2/3 页",
        "停留 10 秒",
        "下次 09:30:40",
        "data-raw=\"/screens/gate/frame.raw.888?preview\"",
        "http://192.168.1.20:8080/screens/gate/frame.bmp",
        "curl -s -D - -o frame.bmp &#39;http://192.168.1.20:8080/screens/gate/frame.bmp&#39;",
        "周一至周五 07:20-18:30",
        "80%",
        "320 × 32 点",
        "frame.raw.1",
    ] {
        assert!(page.contains(seen), "{seen} is missing");
    }
    assert!(!page.contains("frame.raw.rg"), "a red screen has no green plane");
    assert_eq!(page.matches("<li data-start").count(), 3);
    assert_eq!(page.matches("aria-current=\"true\"><div").count(), 1, "one page shows now");
}

#[test]
fn the_pages_tell_how_each_controller_is() {
    let mut dash = full_dashboard();
    dash.strangers.add(|| Strange {
        id: "三小".into(),
        address: "10.0.0.9".into(),
        agent: "ESP32 <script>".into(),
        count: 17,
        last: at("2026-11-23T09:30:00"),
        snippet: "\"三小\":\n  size: 320x32\n".into(),
    });
    let zh = dashboard::page(&dash, ZH);
    for seen in [
        "3 秒前来过 · <span class=\"address\">10.0.0.7</span>",
        "启动以来还没有控制卡来取过画面。",
        "可能仍在显示已撤下的内容",
        "<b>1</b> 块屏没有回应",
        "ESP32 &lt;script&gt;",
        "17 次",
        "&quot;三小&quot;:\n  size: 320x32\n",
    ] {
        assert!(zh.contains(seen), "{seen} is missing: {zh}");
    }
    assert!(dashboard::page(&dash, EN).contains("asked 3 s ago"));
    let page = preview::page(&full_preview(), EN);
    for seen in
        ["card/2 &lt;b&gt;", "12.3 MB", "bureau/01.md", "idle text or black", "(09:29:00)", "too seldom"]
    {
        assert!(page.contains(seen), "{seen} is missing: {page}");
    }
    let mut view = full_preview();
    view.contact.waits = true;
    assert!(preview::page(&view, EN).contains("connected, waiting for changes"));
}

#[test]
fn the_page_on_show_is_not_said_to_be_over() {
    let mut view = full_preview();
    for page in &mut view.pages {
        page.next = None;
    }
    let page = preview::page(&view, ZH);
    assert_eq!(page.matches("11-23 18:30:00 节目变更前不再出现").count(), 0);
    assert_eq!(page.matches("18:30:00 节目变更前不再出现").count(), 2, "of three pages one shows now");
}

#[test]
fn a_turned_screen_says_so_on_its_card_and_page() {
    let mut dash = full_dashboard();
    dash.screens[0].screen.profile.rotation = crate::geometry::Rotation::R90;
    assert_eq!(dashboard::page(&dash, ZH).matches("顺时针旋转 90°").count(), 1);
    let mut view = full_preview();
    view.screen.profile.rotation = crate::geometry::Rotation::R90;
    assert!(preview::page(&view, ZH).contains("顺时针旋转 90°"));
}

#[test]
fn notices_that_are_off_air_for_one_reason_stand_together() {
    let mut dash = full_dashboard();
    dash.attention.nowhere.add(|| OffAirNotice {
        id: NoticeId::new("old", "另一份.txt"),
        reason: Diagnostic::warning(Place::file("old/另一份.txt"), Msg::NowhereNoScreen, ["old"]),
    });
    let page = dashboard::page(&dash, ZH);
    assert_eq!(page.matches("没有屏幕播放播放列表“old”").count(), 1);
    assert!(page.contains("old/旧通知.txt") && page.contains("old/另一份.txt"));
}

#[test]
fn a_rehearsal_says_so_on_every_page() {
    let rehearsing = Site { rehearsing: true, ..site() };
    let dash = Dashboard { site: rehearsing.clone(), ..full_dashboard() };
    let screen = Preview { site: rehearsing, ..full_preview() };
    for page in [dashboard::page(&dash, ZH), preview::page(&screen, ZH)] {
        assert!(page.contains("演练模式") && page.contains("<title>[演练模式]"), "{page}");
    }
}

#[test]
fn nothing_that_somebody_named_becomes_markup() {
    let evil = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>\u{202E}txt.exe\u{0}";
    let hostile_screen = Screen {
        name: evil.into(),
        playlists: vec![evil.into()],
        idle: Some(evil.into()),
        ..screen("gate", "", (64, 16), ColorScheme::Seven)
    };
    let trouble = || Trouble {
        id: NoticeId::new(evil, evil),
        reasons: vec![Diagnostic::refusal(Place::line(evil, 1), Msg::UnknownKey, [evil, evil])],
    };
    let mut attention = Attention::default();
    attention.refused.add(trouble);
    attention.warnings.add(trouble);
    attention.incomplete.add(|| trouble().id);
    attention.coming.push(Coming { playlist: Arc::from(evil), count: 1, first: at("2026-12-01T08:00") });
    attention.partly.add(|| PartlyShown {
        id: trouble().id,
        screen: evil.into(),
        reasons: trouble().reasons,
    });
    attention.nowhere.add(|| OffAirNotice { id: trouble().id, reason: trouble().reasons.remove(0) });
    let air = looping(vec![on_air(evil, evil, Priority::Emergency); 9]);
    let from_evil = Contact { address: evil.into(), agent: evil.into(), ..contact(Mood::Silent) };
    let mut strangers = Listing::default();
    strangers.add(|| Strange {
        id: evil.into(),
        address: evil.into(),
        agent: evil.into(),
        count: 1,
        last: at("2026-11-23T09:30:00"),
        snippet: evil.into(),
    });
    let dash = Dashboard {
        strangers,
        site: Site { base: evil.into(), ..site() },
        faults: trouble().reasons,
        screens: vec![Card { screen: hostile_screen.clone(), air: air.clone(), contact: from_evil.clone() }],
        attention,
        ..full_dashboard()
    };
    let mut shown = Preview { screen: hostile_screen, air, contact: from_evil, ..full_preview() };
    shown.site.base = evil.into();
    for page in &mut shown.pages {
        (page.title, page.lines) = (evil.into(), vec![evil.into()]);
    }
    let tested = ScreenTestView { screen: shown.screen.clone(), site: shown.site.clone(), ..full_test() };
    let kiosk = player::page(&shown.screen, EN);
    assert!(!kiosk.contains("<script>") && !kiosk.contains("<img src=x") && !kiosk.contains('\u{202E}'));
    for page in [
        dashboard::page(&dash, ZH),
        dashboard::page(&dash, EN),
        preview::page(&shown, EN),
        commissioning::page(&tested, EN),
    ] {
        assert!(!page.contains("<script>") && !page.contains("<img src=x"), "markup came through");
        assert!(!page.contains("onerror='") && !page.contains("onerror=\""), "an attribute came through");
        assert!(!page.contains('\u{202E}') && !page.contains('\0'), "an invisible character came through");
        assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("⟨U+202E⟩"));
    }
}

fn full_test() -> ScreenTestView {
    let test = ScreenTest::new(Pattern::Grid, site().now, 600_000);
    ScreenTestView {
        site: site(),
        screen: full_preview().screen,
        air: Air::Test { pattern: test.pattern, until: test.until },
        test: Some(test),
        from_here: true,
    }
}

#[test]
fn the_test_page_has_buttons_for_somebody_at_the_server_and_commands_for_others() {
    let page = commissioning::page(&full_test(), ZH);
    for seen in [
        "正在显示 grid，09:40:12 自动恢复节目。",
        "<form method=\"post\" action=\"/screens/gate/test?lang=zh\"><button class=\"button\" name=\"stop\"",
        "name=\"pattern\" value=\"walk\"",
        "<option value=\"60\">",
        "data-raw=\"/screens/gate/frame.raw.888?preview\"",
    ] {
        assert!(page.contains(seen), "{seen} is missing");
    }
    let page = commissioning::page(&ScreenTestView { from_here: false, ..full_test() }, EN);
    assert!(!page.contains("<form") && !page.contains("<button"), "{page}");
    for pattern in Pattern::ALL {
        let command = format!("mingping screen test gate --pattern {} --for 10m", pattern.name());
        assert!(page.contains(&command), "{command}");
    }
    let alarm =
        ScreenTestView { air: looping(vec![on_air("a", "停课", Priority::Emergency)]), ..full_test() };
    assert!(commissioning::page(&alarm, ZH).contains("图案要等它结束"));
    let nothing = ScreenTestView { test: None, air: Air::Idle, ..full_test() };
    assert!(!commissioning::page(&nothing, ZH).contains("name=\"stop\""));
}

#[test]
fn a_screen_under_test_says_so_everywhere() {
    let air = full_test().air;
    let mut dash = full_dashboard();
    dash.screens[0].air = air.clone();
    let screen = Preview { air, pages: Vec::new(), ..full_preview() };
    for page in [dashboard::page(&dash, EN), preview::page(&screen, EN)] {
        assert!(page.contains("A test pattern (grid) is on; the programme returns by itself at 09:40:12."));
    }
    assert!(preview::page(&full_preview(), EN).contains("href=\"/screens/gate/test?lang=en\""));
}

#[test]
fn the_player_page_is_nothing_but_its_canvas() {
    let page = player::page(&full_preview().screen, ZH);
    assert!(page.contains("data-manifest=\"/screens/gate/manifest.json?ext=png\""), "{page}");
    let body = page.split("<body").nth(1).unwrap().split('>').skip(1).collect::<Vec<_>>().join(">");
    let body = body.replace("<noscript>", "").replace("</noscript>", "");
    let text: String =
        body.split('<').skip(1).filter_map(|tag| tag.split_once('>')).map(|(_, text)| text).collect();
    assert_eq!(text.trim(), "", "no text over the dots");
}

#[test]
fn a_screen_that_asks_for_a_token_tells_nothing() {
    let locked = Preview {
        screen: Screen { token: TokenRule::Required, ..full_preview().screen },
        air: Air::Locked,
        pages: Vec::new(),
        ..full_preview()
    };
    let page = preview::page(&locked, ZH);
    assert!(!page.contains("冬季校园安全") && !page.contains("data-led"), "{page}");
    assert!(page.contains("需要令牌") && page.contains("mingping screen token gate"));
    assert!(page.contains("Authorization: Bearer TOKEN"), "it says how to ask with one");
    let mut dash = full_dashboard();
    dash.screens = vec![Card { screen: locked.screen, air: Air::Locked, contact: Contact::never() }];
    assert!(!dashboard::page(&dash, ZH).contains("class=\"face\""), "no empty bar");
}

#[test]
fn a_calm_dashboard_says_that_all_is_well_and_an_empty_one_what_to_do() {
    let mut calm = Dashboard { faults: Vec::new(), attention: Attention::default(), ..full_dashboard() };
    calm.screens[2].contact = contact(Mood::Fine);
    assert!(dashboard::page(&calm, ZH).contains("没有需要处理的问题"));
    let empty = Dashboard { ready: false, screens: Vec::new(), ..calm };
    let page = dashboard::page(&empty, EN);
    assert!(page.contains("There are no screens yet") && page.contains("Not ready"));
}

#[test]
fn no_page_needs_what_its_policy_forbids() {
    for page in [
        dashboard::page(&full_dashboard(), ZH),
        preview::page(&full_preview(), EN),
        commissioning::page(&full_test(), EN),
    ] {
        assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick"));
        assert_eq!(
            page.matches("<script").count(),
            page.matches("<script defer src=\"/assets/live.").count()
        );
        assert!(!page.contains("//cdn") && !page.contains("src=\"http"));
    }
}

#[test]
fn printed_addresses_come_from_the_settings_and_never_end_in_a_slash() {
    let base = |public: Option<&str>, listen: &str| {
        let listen = listen.parse().unwrap();
        Settings { public_url: public.map(str::to_owned), listen, loopback_only: false, state: None }.base()
    };
    assert_eq!(base(Some("https://ping.example.gov.cn/"), "0.0.0.0:80"), "https://ping.example.gov.cn");
    assert_eq!(base(None, "10.1.2.3:80"), "http://10.1.2.3:80");
    assert_eq!(base(None, "0.0.0.0:8090"), "http://127.0.0.1:8090");
}

#[test]
fn a_screen_that_plays_clips_shows_its_clip() {
    let mut view = full_preview();
    let still = preview::page(&view, EN);
    assert!(!still.contains("clip.webp") && !still.contains("data-clip"), "not where it would be refused");
    view.screen.profile.clip = Some(crate::screen::ClipLimits::default());
    let page = preview::page(&view, EN);
    let clip = "<img src=\"/screens/gate/clip.webp\" data-clip=\"/screens/gate/clip.webp\" width=\"320\"";
    assert!(page.contains(clip) && page.contains("As a clip"), "{page}");
    for ext in ["gif", "png", "webp"] {
        assert!(page.contains(&format!("<a href=\"/screens/gate/clip.{ext}\">")), "{ext}");
    }
    view.air = Air::Locked;
    assert!(!preview::page(&view, EN).contains("clip."), "not what is given out with a token only");
}
