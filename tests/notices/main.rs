//! Dropped files, as admins really save them: each is approved or refused as its reader would expect.

mod hostile;

use std::{path::PathBuf, sync::Arc};

use jiff::{civil::Date, tz::TimeZone};
use mingping::{
    approval::{ApprovedNotice, approve},
    diagnostic::{Diagnostic, Lang, Msg, Severity},
    notice::{self, Block, Body, Kind, Notice, NoticeId, Source},
    playlist::{self, Playlist},
    time::{DAY_MS, Priority, UtcMillis},
};

const DEFAULTS: &str = "提供: 办公室\n审核: 分管领导\n负责: 办公室\n保密审查: 保密办\n";

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn today() -> Date {
    Date::constant(2026, 6, 18)
}

fn at(text: &str) -> UtcMillis {
    UtcMillis::from_civil(text.parse().unwrap(), &zone())
}

fn arrival() -> UtcMillis {
    at("2026-06-18T09:00")
}

fn defaults() -> Playlist {
    playlist::read("bureau", DEFAULTS.as_bytes(), &zone(), today()).unwrap()
}

type Sidecar<'a> = Option<(&'a str, &'a [u8])>;

fn read(file: &str, bytes: &[u8], sidecar: Sidecar<'_>) -> Result<Notice, Vec<Diagnostic>> {
    let id = NoticeId::new("bureau", file);
    notice::read(Source { id: &id, bytes, sidecar, zone: &zone(), today: today() })
}

fn publish_in(
    playlist: &Playlist,
    file: &str,
    bytes: &[u8],
    sidecar: Sidecar<'_>,
) -> Result<ApprovedNotice, Vec<Diagnostic>> {
    approve(Arc::new(read(file, bytes, sidecar)?), playlist, arrival(), arrival(), &zone())
}

fn publish(file: &str, text: &str) -> Result<ApprovedNotice, Vec<Diagnostic>> {
    publish_in(&defaults(), file, text.as_bytes(), None)
}

fn samples(folder: &str) -> Vec<(String, Vec<u8>)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

fn words(body: &Body) -> String {
    let Body::Blocks(blocks) = body else { return String::new() };
    let mut out = Vec::new();
    for block in blocks {
        out.push(match block {
            Block::Heading(_, spans) | Block::Paragraph(spans) | Block::Item { spans, .. } => {
                spans.iter().map(|span| span.text.as_str()).collect::<String>()
            }
            Block::Table { header, rows, .. } => {
                format!("{} / {}", header.join(","), rows.concat().join(","))
            }
            Block::Rule => "---".to_owned(),
            Block::Picture(picture) => format!("picture {}", picture.size),
        });
    }
    out.join("\n")
}

#[test]
fn every_approved_sample_is_approved_for_its_dates() {
    let files = samples("approved");
    let mut seen = 0;
    for (file, bytes) in &files {
        let sidecar = files.iter().find(|(other, _)| other.strip_prefix(file.as_str()) == Some(".yaml"));
        let sidecar = sidecar.map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        match notice::kind(file, "bureau") {
            Kind::Sidecar(_) => continue,
            Kind::Unsupported(d) => panic!("{file}: {d:?}"),
            _ => {}
        }
        let approved =
            publish_in(&defaults(), file, bytes, sidecar).unwrap_or_else(|e| panic!("{file}: {e:?}"));
        assert!(approved.warnings().iter().all(|d| d.severity == Severity::Warning), "{file}");
        let (title, window) = match &file[..2] {
            "01" => ("2026年秋季小学一年级招生报名公告", "2026-06-20 00:00 2026-07-11 00:00"),
            "03" => ("随迁子女入学材料提示", "2026-06-25 00:00 2026-07-11 00:00"),
            "04" => ("2026年秋季义务教育收费公示", "2026-08-25 00:00 2026-10-01 00:00"),
            "06" => ("退费通知", "2026-01-12 00:00 2026-01-24 00:00"),
            "11" => ("【紧急】台风橙色预警停课通知", "2026-07-23 18:00 2026-07-25 06:00"),
            "13" => ("通知", "2026-06-18 09:00 2026-07-18 09:00"),
            "14" => ("家长会通知", "2026-06-18 09:00 2026-07-18 09:00"),
            "15" => ("作息时间调整", "2026-06-18 09:00 2026-07-18 09:00"),
            "16" => ("公示名单", "2026-06-18 09:00 2026-07-18 09:00"),
            "17" => ("教师资格认定公告", "2026-06-18 09:00 2026-07-18 09:00"),
            "18" => ("收费标准", "2026-06-18 09:00 2026-07-18 09:00"),
            "19" => ("办事流程图", "2026-06-18 09:00 2028-01-01 00:00"),
            "20" => ("安全教育", "2026-06-18 09:00 2026-07-18 09:00"),
            _ => ("", ""),
        };
        seen += 1;
        if title.is_empty() {
            continue;
        }
        let term = approved.window();
        assert_eq!(approved.notice().title, title);
        assert_eq!(
            format!("{} {}", term.from.display(&zone()), term.until.display(&zone())),
            window,
            "{file}"
        );
        match &file[..2] {
            "01" => assert_eq!(approved.notice().sign_off.issuer.as_deref(), Some("明溪县教育局")),
            "11" => assert_eq!(approved.priority(), Priority::Emergency),
            "16" => assert!(words(&approved.notice().body).contains('𬭊')),
            "17" => assert_eq!(
                words(&approved.notice().body).lines().last(),
                Some("资格种类,名额,窗口 / 幼儿园,不限,1号,小学,不限,1号,初级中学,不限,2号")
            ),
            "18" => assert_eq!(
                words(&approved.notice().body),
                "项目,小学（元）,初中（元）,依据 / 作业本费,15,20,闽价费,午休管理费,3.5,3.5,自愿,校服（套）,128,136,自愿"
            ),
            "19" => assert_eq!(approved.dwell_ms(), Some(12_000)),
            "20" => assert!(matches!(&approved.notice().body, Body::Picture(p) if p.frames > 1)),
            _ => {}
        }
    }
    assert_eq!(seen, 20);
}

#[test]
fn every_refused_sample_is_refused_for_its_reason_at_its_line() {
    for (file, bytes) in samples("refused") {
        if file == "expired.md" {
            let approved = publish_in(&Playlist::default(), &file, &bytes, None).unwrap();
            assert!(!approved.window().contains(arrival()), "its term is past");
            continue;
        }
        let (msg, line) = match file.as_str() {
            "bad-date.md" => (Msg::BadDate, Some(8)),
            "bank-card.md" => (Msg::BankCard, Some(10)),
            "binary.txt" => (Msg::NotText, None),
            "bomb-100000x100000.png" | "bomb-20000x20000.png" => (Msg::PictureTooLarge, None),
            "empty.txt" => (Msg::EmptyNotice, None),
            "id-number.md" => (Msg::IdNumber, Some(10)),
            "mobile-number.md" => (Msg::MobileNumber, Some(10)),
            "no-reviewer.md" => (Msg::Unanswered, None),
            "not-really.docx" => (Msg::DocumentBroken, None),
            "private-use.md" => (Msg::ForbiddenCharacter, Some(10)),
            "same-person.md" => (Msg::SamePerson, Some(5)),
            "secret-mark.md" => (Msg::SecretMark, Some(10)),
            "truncated.png" => (Msg::PictureBroken, None),
            "unclosed.md" => (Msg::HeaderUnclosed, Some(3)),
            "unknown-key.md" => (Msg::UnknownKey, Some(3)),
            "yaml-bomb.md" => (Msg::HeaderNotUnderstood, Some(2)),
            other => panic!("{other} is not known to this test"),
        };
        // No playlist answers for it, but for pictures, which have no header of their own.
        let playlist =
            if notice::kind(&file, "bureau") == Kind::Picture { defaults() } else { Playlist::default() };
        let errors = publish_in(&playlist, &file, &bytes, None).expect_err(&file);
        assert_eq!((errors[0].msg, errors[0].place.line), (msg, line), "{file}: {errors:?}");
        assert_eq!(errors[0].place.path, format!("bureau/{file}"));
        for lang in [Lang::Zh, Lang::En] {
            assert!(!errors[0].message(lang).contains('{') && !errors[0].hint(lang).is_empty());
            let said = errors[0].one_line(lang);
            for private in ["11010519491231002X", "6222020200112233446", "13800000000"] {
                assert!(!said.contains(private), "{said}");
            }
        }
    }
}

/// File, text, and `title|issuer|date|from|until|body` of what comes of it; lines are parted by `/`.
#[test]
fn clerks_habits_are_understood() {
    const HEAD: &str = "提供：甲股/审核：乙局长/负责：甲股/保密审查：办公室";
    let kept = "06-18 09:00|07-18 09:00";
    for (file, text, expected) in [
        ("a.txt", "家长会通知/本周五19:00", format!("家长会通知|||{kept}|本周五19:00")),
        ("a.txt", "　　家长会通知///　　本周五　19:00  ", format!("家长会通知|||{kept}|本周五　19:00")),
        ("02-停水.txt", "各位家长：/明天停水。", format!("停水|||{kept}|各位家长：/明天停水。")),
        (
            "a.txt",
            "标题：停水/至：2026-06-30//明天停水。",
            "停水|||06-18 09:00|07-01 00:00|明天停水。".into(),
        ),
        ("a.txt", "标题：停水/至：2026-06-30/明天停水。", "停水|||06-18 09:00|07-01 00:00|明天停水。".into()),
        (
            "a.txt",
            "标题：停水/至：2026-06-30/------/明天停水。",
            "停水|||06-18 09:00|07-01 00:00|明天停水。".into(),
        ),
        (
            "a.txt",
            "－－－/标题：停水/至：2026-06-30/———/明天停水。",
            "停水|||06-18 09:00|07-01 00:00|明天停水。".into(),
        ),
        (
            "a.txt",
            "ＴＩＴＬＥ：停水/ＵＮＴＩＬ：２０２６－０６－３０//明天停水。",
            "停水|||06-18 09:00|07-01 00:00|明天停水。".into(),
        ),
        (
            "a.txt",
            "题目 :停水/截止日期 ： 2026.6.30//明天停水。",
            "停水|||06-18 09:00|07-01 00:00|明天停水。".into(),
        ),
        (
            "a.txt",
            "标题：停水/有效期至：2026年6月30日下午5点30分//明天停水。",
            "停水|||06-18 09:00|06-30 17:30|明天停水。".into(),
        ),
        (
            "a.txt",
            "标题：停水/有效期：2026年6月20日至6月30日//明天停水。",
            "停水|||06-20 00:00|07-01 00:00|明天停水。".into(),
        ),
        (
            "a.txt",
            "标题：停水/公示期：2026.6.20—2026.6.30//明天停水。",
            "停水|||06-20 00:00|07-01 00:00|明天停水。".into(),
        ),
        (
            "a.txt",
            "标题：停水/自：即日起/至：2026-06-30止//停水。",
            "停水|||06-18 09:00|07-01 00:00|停水。".into(),
        ),
        ("a.txt", "停水通知/停水。/供稿：甲", format!("停水通知|||{kept}|停水。/供稿：甲")),
        ("a.txt", "标题：停水/供稿：甲　审核：乙//停水。", format!("停水|||{kept}|停水。")),
        (
            "a.txt",
            "标题：停水/起始时间：2026-06-20 8：00/到：2026-06-30 24:00/正文：明天停水。",
            "停水|||06-20 08:00|07-01 00:00|明天停水。".into(),
        ),
        (
            "a.txt",
            "标题：停水/发布机构：明溪县教育局/日期：2026年6月1日//停水。",
            "停水|明溪县教育局|2026年6月1日|06-18 09:00|07-01 00:00|停水。".into(),
        ),
        (
            "a.txt",
            "停水通知/明天停水。//　　　　明溪县教育局/　　　　2026年6月18日",
            format!("停水通知|明溪县教育局|2026年6月18日|{kept}|明天停水。"),
        ),
        (
            "a.txt",
            "停水通知/明天停水。/明溪县教育局 2026年6月18日",
            format!("停水通知|明溪县教育局|2026年6月18日|{kept}|明天停水。"),
        ),
        (
            "a.txt",
            "停水通知/明天停水。/二〇二六年六月十八日",
            format!("停水通知||二〇二六年六月十八日|{kept}|明天停水。"),
        ),
        (
            "a.txt",
            "标题：停水/落款：明溪县教育局//停水。//第一中学/2026年6月1日",
            format!("停水|第一中学|2026年6月1日|{kept}|停水。"),
        ),
        ("a.txt", "停水通知/@/停水。", format!("停水通知|||{kept}|停水。")),
        ("a.txt", "停水通知/@//停水。", format!("停水通知|||{kept}|停水。")),
        ("a.txt", "标题：停水//提供：甲//审核：乙//明天停水。", format!("停水|||{kept}|明天停水。")),
        (
            "a.txt",
            "标题：停水/提供人：甲//审核人：乙/责任人：丙//明天停水。",
            format!("停水|||{kept}|明天停水。"),
        ),
        (
            "a.txt",
            "标题：停水/类别：通知/时间：明天/地点：全县",
            format!("停水|||{kept}|时间：明天/地点：全县"),
        ),
        ("a.txt", "标题：停水/停水通知：明天停水。", format!("停水|||{kept}|停水通知：明天停水。")),
        ("a.txt", "标题：停水/停水。", format!("停水|||{kept}|停水。")),
        ("a.txt", "标题：停水/提供：甲//停水/明天停水。", format!("停水|||{kept}|明天停水。")),
        ("a.txt", "停水/======/明天停水。/——————/请储水。", format!("停水|||{kept}|明天停水。/---/请储水。")),
        (
            "a.txt",
            "停水/1. 东片/2、西片/一、时间/①上午/- 下午",
            format!("停水|||{kept}|1. 东片/2、西片/一、时间/①上午/- 下午"),
        ),
        ("a.md", "# 停水/明天停水。/请储水。", format!("停水|||{kept}|明天停水。请储水。")),
        ("a.md", "停水/　　明天停水。/　　请储水。", format!("停水|||{kept}|明天停水。/请储水。")),
        ("a.md", "**停水**//- 东片/- 西片", format!("停水|||{kept}|东片/西片")),
        ("a.md", "---/title: 停水/---/# 停水/明天停水。", format!("停水|||{kept}|明天停水。")),
        ("a.md", "---/title: \"停水\"/# 注释/---/明天停水。", format!("停水|||{kept}|明天停水。")),
        ("a.md", "标题: 停水/替代:/- a.txt/---/明天停水。", format!("停水|||{kept}|明天停水。")),
        ("a.md", "**标题：** 停水/**审核：** 乙//明天停水。", format!("停水|||{kept}|明天停水。")),
        (
            "a.md",
            "停水//明天**停水**。//明溪县教育局/2026年6月18日",
            format!("停水|明溪县教育局|2026年6月18日|{kept}|明天停水。"),
        ),
        ("a.md", "停水/---/明天停水。", format!("停水|||{kept}|明天停水。")),
        ("3.停水.md", "| 片区 | 时间 |/|---|---|/| 东 | 8点 |", format!("停水|||{kept}|片区,时间 / 东,8点")),
        ("a.txt", "\u{FEFF}停水\u{200B}通知/⽔管\u{A0}维修\u{FE0F}", format!("停水通知|||{kept}|水管 维修")),
        (
            "a.txt",
            "秘密花园读书会/欢迎参加，电话0598-2812345。",
            format!("秘密花园读书会|||{kept}|欢迎参加，电话0598-2812345。"),
        ),
        ("a.txt", "标题：停水/编码：utf-8//明天停水。", format!("停水|||{kept}|明天停水。")),
        ("a.txt", "通知", format!("通知|||{kept}|")),
    ] {
        let text = text.replace('@', HEAD).replace('/', "\r\n");
        let approved = publish(file, &text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        let (notice, term) = (approved.notice(), approved.window());
        let seen = [
            notice.title.clone(),
            notice.sign_off.issuer.clone().unwrap_or_default(),
            notice.sign_off.date.clone().unwrap_or_default(),
            term.from.display(&zone())[5..].to_owned(),
            term.until.display(&zone())[5..].to_owned(),
            words(&notice.body).replace('\n', "/"),
        ];
        assert_eq!(seen.join("|"), expected, "{text}");
    }
}

#[test]
fn slips_are_refused_with_their_line() {
    for (text, msg, line) in [
        ("标题：停水/提供：甲/审核：甲//正文", Msg::SamePerson, 3),
        ("标题：停水/提供：王 伟/审核：王　伟//正文", Msg::SamePerson, 3),
        ("标题：停水/审核：待审//正文", Msg::AnswersNothing, 2),
        ("标题：停水/审核：甲/审核人：乙//正文", Msg::DuplicateKey, 3),
        ("标题：停水/至：长期//正文", Msg::OpenEnded, 2),
        ("标题：停水/至：9月1日//正文", Msg::NoYear, 2),
        ("标题：停水/自：2026-09-01/至：2026-08-01//正文", Msg::UntilBeforeFrom, 3),
        ("标题：停水/保密审察：丙//正文", Msg::UnknownKey, 2),
        ("标题：停水/类型别：丙/---/正文", Msg::UnknownKey, 2),
        ("---/标题：停水/正文", Msg::HeaderUnclosed, 2),
        ("---/标题：停水/正文一句/---/正文", Msg::HeaderNotUnderstood, 3),
        ("停水通知/请致电１３８-００００-００００", Msg::MobileNumber, 2),
        ("停水通知/请致电138\u{200B}0000\u{2060}0000", Msg::MobileNumber, 2),
        ("停水通知/内部资料　注意保存/正文", Msg::SecretMark, 2),
        ("停水通知13800000000/正文", Msg::MobileNumber, 1),
        ("停水通知/ئۇيغۇر", Msg::ForbiddenCharacter, 2),
        ("标题：停水/提供：王伟13800000000//正文", Msg::MobileNumber, 2),
        ("停水通知/110105194912/31002X", Msg::IdNumber, 0),
    ] {
        let errors = publish("a.txt", &text.replace('/', "\n")).expect_err(text);
        let seen: Vec<_> = errors.iter().map(|d| (d.msg, d.place.line.unwrap_or(0))).collect();
        assert_eq!(seen, [(msg, line)], "{text}");
    }
    let errors = publish("a.txt", "标题：停水\n提供：甲\n\n \n").unwrap_err();
    assert_eq!(errors[0].msg, Msg::EmptyNotice, "a header alone is half a file");
}

#[test]
fn an_exemption_lifts_privacy_but_never_secrecy() {
    let exempt = "标题：名单\n隐私豁免：依法公开的联系人\n\n电话13800000000";
    let approved = publish("a.txt", exempt).unwrap();
    assert_eq!(approved.warnings()[0].msg, Msg::ExemptUsed);
    let errors = publish("a.txt", &format!("{exempt}\n机密★1年")).unwrap_err();
    assert_eq!(errors[0].msg, Msg::SecretMark);
}

#[test]
fn what_looks_odd_is_warned_of() {
    let text = "标题：2025年秋季招生\n至：2028-01-01\n\n定于2026年9月1日（星期三）报名。";
    let warnings: Vec<_> = publish("a.txt", text).unwrap().warnings().iter().map(|d| d.msg).collect();
    assert_eq!(warnings, [Msg::WeekdayWrong, Msg::UntilFarAhead, Msg::TitleYear]);
    let text = "标题：2025—2026学年招生\n至：2026-07-01（周三）\n\n定于2026年9月1日（星期二）报名。";
    assert!(publish("a.txt", text).unwrap().warnings().is_empty());
}

#[test]
fn terms_and_entries_follow_header_playlist_and_arrival() {
    let playlist = playlist::read(
        "p",
        format!("{DEFAULTS}保留天数: 5\n级别: 重要\n落款: 县一中").as_bytes(),
        &zone(),
        today(),
    )
    .unwrap();
    let term = |text: &str| {
        let approved = publish_in(&playlist, "a.txt", text.as_bytes(), None).unwrap();
        (approved.window().from, approved.window().until, approved.entry())
    };
    assert_eq!(term("通知\n正文"), (arrival(), arrival().plus(5 * DAY_MS), arrival()));
    let from = at("2026-07-01T00:00");
    assert_eq!(term("标题：a\n自：2026-07-01\n\n正文"), (from, from.plus(5 * DAY_MS), from));
    let dated = at("2026-06-16T00:00");
    assert_eq!(term("标题：a\n成文日期：2026-06-16\n\n正文"), (arrival(), dated.plus(5 * DAY_MS), arrival()));
    let early = at("2026-06-01T00:00");
    assert_eq!(
        term("标题：a\n自：2026-06-01\n至：2026-06-30\n\n正文"),
        (early, at("2026-07-01T00:00"), arrival())
    );
    let approved = publish_in(&playlist, "a.txt", "通知\n正文".as_bytes(), None).unwrap();
    assert_eq!(approved.priority(), Priority::High);
    assert_eq!(approved.notice().sign_off.issuer.as_deref(), Some("县一中"));
}

#[test]
fn the_digest_knows_a_text_in_any_encoding_and_under_any_name() {
    let text = "标题：停水\n至：2026-06-30\n\n各位家长：\n明天停水。";
    let digest = read("a.txt", text.as_bytes(), None).unwrap().digest;
    let gbk = encoding_rs::GB18030.encode(text).0.into_owned();
    assert_eq!(read("b.txt", &gbk, None).unwrap().digest, digest);
    let changed = text.replace("明天", "后天");
    assert_ne!(read("a.txt", changed.as_bytes(), None).unwrap().digest, digest);
    let term = text.replace("06-30", "07-30").replace('\n', "\r\n");
    assert_eq!(read("a.txt", term.as_bytes(), None).unwrap().digest, digest);
    let bare = "各位家长：\n明天停水。";
    let renamed = |file: &str| read(file, bare.as_bytes(), None).unwrap().digest;
    assert_eq!(renamed("01-停水.txt"), renamed("02-通知.txt"));
}

#[test]
fn sidecars_and_headers_do_not_contradict_each_other() {
    let text = "标题：停水\n至：2026-06-30\n\n明天停水。".as_bytes();
    let sidecar = "审核: 乙\n至: 2026-07-30".as_bytes();
    let errors = read("a.md", text, Some(("a.md.yaml", sidecar))).unwrap_err();
    assert_eq!(
        (errors[0].msg, errors[0].place.to_string()),
        (Msg::DuplicateKey, "bureau/a.md.yaml:2".to_owned())
    );
    assert_eq!(errors[0].args[1], "bureau/a.md:2");
    let gif = samples("approved").into_iter().find(|(name, _)| name.starts_with("20-")).unwrap().1;
    let errors =
        publish_in(&defaults(), "a.gif", &gif, Some(("a.gif.txt", "标题：电话13800000000".as_bytes())))
            .unwrap_err();
    assert_eq!(
        (errors[0].msg, errors[0].place.to_string()),
        (Msg::MobileNumber, "bureau/a.gif.txt:1".to_owned())
    );
}
