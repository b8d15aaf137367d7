//! Views made by hand.

use jiff::tz::TimeZone;

use super::super::view::{
    Air, Attention, Card, Coming, Contact, Dashboard, LoopPage, Mood, OffAirNotice, OnAirNotice, PartlyShown,
    Preview, Site, Trouble, attention::Listing, contact::Content,
};
use crate::{
    color::ColorScheme,
    diagnostic::{Diagnostic, Msg, Place},
    geometry::Size,
    notice::NoticeId,
    screen::{Controller, Profile, Screen, ScreenId, TokenRule},
    time::{Hours, Priority, UtcMillis},
};

pub(super) fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

pub(super) fn at(text: &str) -> UtcMillis {
    UtcMillis::from_civil(text.parse().unwrap(), &zone())
}

pub(super) fn site() -> Site {
    Site {
        now: at("2026-11-23T09:30:12"),
        zone: zone(),
        rehearsing: false,
        loopback_only: false,
        base: "http://192.168.1.20:8080".into(),
    }
}

pub(super) fn screen(id: &str, name: &str, (width, height): (u32, u32), scheme: ColorScheme) -> Screen {
    Screen {
        id: ScreenId::parse(id).unwrap(),
        name: name.into(),
        profile: Profile::new(Size::new(width, height), scheme),
        pitch_hundredths_mm: Some(1000),
        line: 1,
        playlists: vec!["county".into(), "bureau".into()],
        hours: Hours::parse("周一至周五 07:20-18:30").unwrap(),
        brightness: vec![(420, 80), (1080, 40)],
        poll_ms: 5_000,
        idle: Some("明溪县教育局".into()),
        token: TokenRule::Optional,
        controller: Controller::default(),
        module: None,
        wiring: crate::screen::Wiring::default(),
    }
}

pub(super) fn on_air(file: &str, title: &str, priority: Priority) -> OnAirNotice {
    OnAirNotice {
        id: NoticeId::new("bureau", file),
        title: title.into(),
        until: at("2027-01-01T00:00"),
        priority,
    }
}

pub(super) fn looping(notices: Vec<OnAirNotice>) -> Air {
    let pages = notices.len() * 2;
    Air::Loop {
        notices,
        anchor: at("2026-11-23T08:00"),
        cycle_ms: 80_000,
        pages,
        until: at("2026-11-23T18:30"),
    }
}

pub(super) fn refusal(file: &str, line: u32, msg: Msg, args: &[&str]) -> Trouble {
    let id = NoticeId::new("bureau", file);
    let reasons = vec![Diagnostic::refusal(Place::line(id.to_string(), line), msg, args)];
    Trouble { id, reasons }
}

pub(super) fn full_dashboard() -> Dashboard {
    let mut attention = Attention::default();
    attention.refused.add(|| refusal("招聘公示.md", 4, Msg::UnknownKey, &["审核员", "审核"]));
    attention.partly.add(|| PartlyShown {
        id: NoticeId::new("bureau", "收费公示.png"),
        screen: "教育局门头屏".into(),
        reasons: vec![Diagnostic::refusal(
            Place::file("bureau/收费公示.png"),
            Msg::PictureTooSmall,
            ["320x32", "9"],
        )],
    });
    attention.nowhere.add(|| OffAirNotice {
        id: NoticeId::new("old", "旧通知.txt"),
        reason: Diagnostic::warning(Place::file("old/旧通知.txt"), Msg::NowhereNoScreen, ["old"]),
    });
    attention.coming.push(Coming { playlist: "county".into(), count: 2, first: at("2026-12-01T08:00") });
    attention.warnings.add(|| refusal("放假.txt", 2, Msg::WeekdayWrong, &["2027-01-01", "周五", "周四"]));
    Dashboard {
        site: site(),
        ready: true,
        faults: vec![Diagnostic::fault(Place::line("screens.yaml", 12), Msg::ScreensBroken, ["pitch 10mn"])],
        screens: vec![
            Card {
                screen: screen("gate", "教育局门头屏", (320, 32), ColorScheme::Red),
                air: looping(vec![
                    on_air("01.md", "关于做好冬季校园安全工作的通知", Priority::High),
                    on_air("02.md", "秋季学期义务教育收费公示", Priority::Normal),
                ]),
                contact: contact(Mood::Fine),
            },
            Card {
                screen: screen("hall", "办事大厅屏", (192, 96), ColorScheme::RedGreen),
                air: Air::Idle,
                contact: Contact::never(),
            },
            Card {
                screen: screen("school", "实验小学屏", (256, 128), ColorScheme::Rgb),
                air: Air::Dark,
                contact: contact(Mood::Stale),
            },
        ],
        on_air: 2,
        attention,
        strangers: Listing::default(),
    }
}

pub(super) fn contact(mood: Mood) -> Contact {
    Contact {
        mood,
        asked_at: Some(at("2026-11-23T09:30:09")),
        address: "10.0.0.7".into(),
        agent: "card/2 <b>".into(),
        sent: Some(Content::Notice(NoticeId::new("bureau", "01.md"))),
        acknowledged: Some((Content::Card, at("2026-11-23T09:29:00"))),
        bytes: 12_340_000,
        missed: 4,
        ..Contact::never()
    }
}

pub(super) fn full_preview() -> Preview {
    let page = |n: u32, lines: &[&str]| LoopPage {
        title: "关于做好冬季校园安全工作的通知".into(),
        id: NoticeId::new("bureau", "01.md"),
        number: n + 1,
        of: 3,
        start_ms: i64::from(n) * 10_000,
        end_ms: i64::from(n + 1) * 10_000,
        next: (n != 2).then(|| at("2026-11-23T09:30:30").plus(i64::from(n) * 10_000)),
        now: n == 1,
        lines: lines.iter().map(ToString::to_string).collect(),
    };
    Preview {
        site: site(),
        screen: screen("gate", "教育局门头屏", (320, 32), ColorScheme::Red),
        generation: 7,
        brightness: 80,
        clock_fault: None,
        contact: contact(Mood::Fine),
        air: Air::Loop {
            notices: vec![on_air("01.md", "关于做好冬季校园安全工作的通知", Priority::High)],
            anchor: at("2026-11-23T08:00"),
            cycle_ms: 30_000,
            pages: 3,
            until: at("2026-11-23T18:30"),
        },
        pages: vec![
            page(0, &["关于做好冬季校园安全工作的通知"]),
            page(1, &["各校要每周排查一次"]),
            page(2, &[]),
        ],
    }
}
