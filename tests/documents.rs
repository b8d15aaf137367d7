//! Word and Excel files made by other people's programs (`tests/documents.py`: python-docx, openpyxl): what a
//! reader of them sees is what becomes of them, or they are refused for a reason.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, LazyLock},
};

use jiff::{civil::Date, tz::TimeZone};
use mingping::{
    approval::approve,
    color::ColorScheme,
    diagnostic::{Diagnostic, Lang, Msg, Severity},
    geometry::Size,
    notice::{self, Align, Block, Body, Notice, NoticeId, Source, Span},
    playlist,
    render::{self, Fonts},
    screen::Profile,
    time::UtcMillis,
};
use proptest::prelude::*;

/// Every document, made once.
static MADE: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = env::var_os("MINGPING_PYTHON").map_or(root.join("tests/.venv/bin/python"), PathBuf::from);
    assert!(python.exists(), "there is no {}: run tests/setup once", python.display());
    let dir = tempfile::tempdir().unwrap();
    let script = root.join("tests/documents.py");
    let out = Command::new(python).arg(script).arg(dir.path()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let files = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect()
});

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn read_bytes(file: &str, bytes: &[u8], sidecar: Option<(&str, &[u8])>) -> Result<Notice, Vec<Diagnostic>> {
    let id = NoticeId::new("bureau", file);
    notice::read(Source { id: &id, bytes, sidecar, zone: &zone(), today: Date::constant(2026, 6, 18) })
}

fn read(file: &str) -> Result<Notice, Vec<Diagnostic>> {
    read_bytes(file, &MADE[file], None)
}

fn words(spans: &[Span]) -> String {
    spans.iter().map(|s| if s.strong { format!("*{}*", s.text) } else { s.text.clone() }).collect()
}

/// `title|issuer|date`, then a line a block.
fn seen(notice: &Notice) -> String {
    let Body::Blocks(blocks) = &notice.body else { panic!("no blocks") };
    let sign_off = &notice.sign_off;
    let sign_off = [&sign_off.issuer, &sign_off.date].map(|part| part.clone().unwrap_or_default()).join("|");
    let mut out = format!("{}|{sign_off}", notice.title);
    for block in blocks {
        out.push('\n');
        out.push_str(&match block {
            Block::Heading(level, spans) => format!("h{level} {}", words(spans)),
            Block::Paragraph(spans) => format!("p {}", words(spans)),
            Block::Item { depth, mark, spans } => format!("i{depth} {mark} {}", words(spans)),
            Block::Table { align, header, rows } => {
                let align: String =
                    align.iter().map(|a| if *a == Align::Right { '>' } else { '<' }).collect();
                let rows: Vec<String> = rows.iter().map(|row| row.join("|")).collect();
                format!("t {align} {} / {}", header.join("|"), rows.join(" / "))
            }
            Block::Rule => "rule".to_owned(),
            Block::Picture(picture) => format!("picture {}", picture.size),
        });
    }
    out
}

fn warned(notice: &Notice) -> Vec<Msg> {
    notice.warnings.iter().map(|warning| warning.msg).collect()
}

/// Every text that is drawn stands in what the checks read.
fn is_checked(notice: &Notice) {
    let Body::Blocks(blocks) = &notice.body else { return };
    for block in blocks {
        let texts: Vec<String> = match block {
            Block::Heading(_, spans) | Block::Paragraph(spans) => {
                vec![spans.iter().map(|span| span.text.as_str()).collect()]
            }
            Block::Item { mark, spans, .. } => {
                vec![mark.clone(), spans.iter().map(|span| span.text.as_str()).collect()]
            }
            Block::Table { header, rows, .. } => header.iter().cloned().chain(rows.concat()).collect(),
            Block::Rule | Block::Picture(_) => Vec::new(),
        };
        for text in texts {
            assert!(notice.plain.contains(&text), "{text} is not in {:?}", notice.plain);
        }
    }
}

#[test]
fn word_files_say_what_word_shows() {
    for (file, expected, warnings) in [
        ("notice", "放假通知|明溪县教育局|2026年6月18日\np 各校：\np 明天*放假*一天。", &[][..]),
        ("header", "停水||\np 明天停水。", &[]),
        ("header-breaks", "停水||\np 明天停水。", &[]),
        (
            "structure",
            "关于做好2026年招生工作的公告||\nh1 范围\ni0 · 东片\ni0 · 西片\ni0 1. 先报名\ni0 2. 后缴费\ni0 一、 时间\ni1 （一） 上午\ni1 （二） 下午\ni2 1. 三点\ni0 二、 地点\np 第一行\np 第二行\np 前页\np 后页 两栏",
            &[],
        ),
        (
            "table",
            "收费公示||\nt <<<< 项目|收费（元）小学|收费（元）初中|依据 / 作业本 大 小|15|20|闽价费 / 校服|128|136|闽价费\np 以上收费自愿。",
            &[],
        ),
        ("frame", "放假通知||\np 明天放假。\np 后天上课。", &[]),
        ("form", "报名须知||\nt << | / 报名地点|教育局 / 报名时间|5月6日", &[]),
        (
            "pictures",
            "办事流程|明溪县教育局|2026年6月18日\np 见下图。\npicture 120x60\np 图中\npicture 30x90\np 所示。\npicture 80x40",
            &[Msg::DocumentPictureTiny],
        ),
        ("badge", "放假通知||\npicture 100x50\np 明天放假。", &[]),
        ("only-picture", "only-picture||\npicture 320x160", &[]),
        ("changes", "放假通知||\np 明天照常放假，后天上课。细的。", &[Msg::DocumentChanges]),
        ("hidden", "放假通知||\np 明天放假。", &[Msg::DocumentHidden]),
        ("fields", "放假通知||\np 2026年放假网址☑☑10 m²A-B䶮（yǎn）OK", &[]),
        (
            "boxes",
            "放假通知||\np 正文一。\np 框里的字。\np 正文二。\nrule\np 正文三。",
            &[Msg::DocumentTextBox, Msg::DocumentShape],
        ),
    ] {
        let notice = read(&format!("{file}.docx")).unwrap_or_else(|e| panic!("{file}: {e:?}"));
        assert_eq!(seen(&notice), expected, "{file}");
        let found: Vec<Msg> = warned(&notice).into_iter().fold(Vec::new(), |mut all, msg| {
            if !all.contains(&msg) {
                all.push(msg);
            }
            all
        });
        assert_eq!(found, warnings, "{file}");
        is_checked(&notice);
        for hidden in ["机密", "页眉", "页脚", "只给自己看", "移走", "批注"] {
            assert!(!notice.plain.contains(hidden), "{file}: {hidden}");
        }
    }
}

#[test]
fn sheets_say_what_excel_shows() {
    for (file, expected, warnings) in [
        (
            "fees",
            "2026年秋季收费公示|明溪县教育局|2026年6月1日\np 单位：元\nt <>>< 项目|收费标准 小学|收费标准 初中|依据 / 作业本|15.00|20.00|闽价费 / 午休|3.5|3.5|自愿 / 校服|¥1,280.50|¥1,280.50|自愿\np 注：以上自愿。\np 不得强制。",
            &[][..],
        ),
        (
            "values",
            "各种值||\nt <<< 项|值|注 / 百分|12.5%|一 / 千分位|1,234,567|一 / 日期|2026-06-18|一 / 时间|17:30|一 / 是|TRUE|一 / 文本数|007|一 / 三分之一|0.333333333|一 / 会计|¥-5.00|一 / 带单位|15.00元|一 / 富文本|收费|一",
            &[],
        ),
        ("header", "收费标准||\nt <> 项目|元 / 本|15", &[]),
        ("term", "收费标准||\nt <>> 项目|小学|初中 / 本|15|20", &[]),
        ("level", "level||\nt <> 级别|元 / 一级|15 / 二级|20", &[]),
        (
            "hidden",
            "hidden||\nt <>< 项目|元|注 / 本|15|一 / 鞋|30|三",
            &[Msg::SheetHiddenCells, Msg::SheetOthers, Msg::SheetHidden],
        ),
        ("list", "录取名单|明溪县实验小学|2026年6月18日\np 甲\np 乙", &[]),
        ("second", "放假通知||", &[]),
        ("epoch", "放假通知||2026年6月18日", &[]),
    ] {
        let notice = read(&format!("{file}.xlsx")).unwrap_or_else(|e| panic!("{file}: {e:?}"));
        assert_eq!(seen(&notice), expected, "{file}");
        assert_eq!(warned(&notice), warnings, "{file}");
        is_checked(&notice);
        for hidden in ["密", "不公开", "批注", "另一张"] {
            assert!(!notice.plain.contains(hidden), "{file}: {hidden}");
        }
    }
    let hidden = read("hidden.xlsx").unwrap();
    let args: Vec<_> = hidden.warnings.iter().map(|warning| warning.args.join(" ")).collect();
    assert_eq!(args, ["7 C1", "第二张", "内部"]);
}

#[test]
fn what_cannot_be_shown_whole_is_refused_for_its_reason() {
    let mut seen = 0;
    for (file, msg, place) in [
        ("formula.docx", Msg::DocumentFormula, ":2"),
        ("chart.docx", Msg::DocumentChart, ":2"),
        ("smartart.docx", Msg::DocumentChart, ":2"),
        ("group.docx", Msg::DocumentDrawing, ":2"),
        ("wordart.docx", Msg::DocumentDrawing, ":2"),
        ("object.docx", Msg::DocumentObject, ":2"),
        ("footnote.docx", Msg::DocumentFootnote, ":2"),
        ("field.docx", Msg::DocumentField, ":2"),
        ("page-field.docx", Msg::DocumentField, ":2"),
        ("checkbox.docx", Msg::DocumentField, ":2"),
        ("open-field.docx", Msg::DocumentBroken, ""),
        ("symbol.docx", Msg::DocumentSymbol, ":2"),
        ("struck.docx", Msg::DocumentStruck, ":2"),
        ("raised.docx", Msg::DocumentRaised, ":2"),
        ("linked.docx", Msg::DocumentPictureOutside, ":2"),
        ("unfilled.docx", Msg::DocumentUnfilled, ":2"),
        ("unknown.docx", Msg::DocumentUnknown, ":2"),
        ("cropped.docx", Msg::DocumentPictureChanged, ":2"),
        ("picture-in-table.docx", Msg::DocumentPictureInTable, ":2"),
        ("numbering.docx", Msg::DocumentNumbering, ":2"),
        ("wide.docx", Msg::DocumentTooLarge, ":2"),
        ("entities.docx", Msg::DocumentBroken, ""),
        ("private.docx", Msg::MobileNumber, ":3"),
        ("secret.docx", Msg::SecretMark, ":3"),
        ("error.xlsx", Msg::SheetError, ":2"),
        ("formula.xlsx", Msg::SheetNoResult, ":2"),
        ("format.xlsx", Msg::SheetFormat, ":2"),
        ("struck.xlsx", Msg::SheetStruck, ":2"),
        ("chart.xlsx", Msg::SheetDrawing, ""),
        ("rows.xlsx", Msg::DocumentTooLarge, ""),
        ("columns.xlsx", Msg::DocumentTooLarge, ""),
        ("term.xlsx", Msg::HeaderInText, ":2"),
        ("empty.xlsx", Msg::EmptyNotice, ""),
        ("private.xlsx", Msg::MobileNumber, ":2"),
    ] {
        let name = format!("refused-{file}");
        let errors = publish(&name, &MADE[&name], None).expect_err(file);
        assert_eq!((errors[0].msg, errors[0].severity), (msg, Severity::Refusal), "{file}: {errors:?}");
        assert_eq!(errors[0].place.to_string(), format!("bureau/{name}{place}"));
        for lang in [Lang::Zh, Lang::En] {
            assert!(!errors[0].one_line(lang).contains('{'), "{file}");
        }
        seen += 1;
    }
    assert_eq!(seen, MADE.keys().filter(|name| name.starts_with("refused-")).count());
    let late = publish("header-late.docx", &MADE["header-late.docx"], None).unwrap_err();
    assert_eq!((late[0].msg, late[0].place.line), (Msg::HeaderInText, Some(3)));
}

fn publish(
    file: &str,
    bytes: &[u8],
    sidecar: Option<(&str, &[u8])>,
) -> Result<mingping::approval::ApprovedNotice, Vec<Diagnostic>> {
    let answers = "提供: 办公室\n审核: 分管领导\n负责: 办公室\n保密审查: 保密办\n";
    let today = Date::constant(2026, 6, 18);
    let playlist = playlist::read("bureau", answers.as_bytes(), &zone(), today).unwrap();
    let now = UtcMillis::from_civil("2026-06-18T09:00".parse().unwrap(), &zone());
    approve(Arc::new(read_bytes(file, bytes, sidecar)?), &playlist, now, now, &zone())
}

#[test]
fn a_document_and_a_text_of_the_same_words_are_one_notice() {
    let (document, text) = (read("plain.docx").unwrap(), read("plain.txt").unwrap());
    assert_eq!(seen(&document), seen(&text));
    assert_eq!((document.digest, &document.plain), (text.digest, &text.plain));
    // Emphasis, pictures and tables make another one.
    let digests: Vec<_> =
        ["notice.docx", "pictures.docx", "table.docx"].map(|file| read(file).unwrap().digest).to_vec();
    assert!(!digests.contains(&text.digest));
}

#[test]
fn headers_come_from_the_document_its_sidecar_and_the_playlist() {
    let until = |notice: &Notice| notice.header.until.unwrap().display(&zone());
    assert_eq!(until(&read("header.docx").unwrap()), "2026-07-01 00:00");
    assert_eq!(read("header.xlsx").unwrap().header.reviewer.as_deref(), Some("乙局长"));
    assert_eq!(until(&read("term.xlsx").unwrap()), "2026-07-01 00:00");
    // A title that the header gives already is dropped, a picture above it is not.
    let named =
        read_bytes("badge.docx", &MADE["badge.docx"], Some(("badge.docx.txt", "标题：放假通知".as_bytes())));
    assert_eq!(seen(&named.unwrap()), "放假通知||\npicture 100x50\np 明天放假。");
    let beside = "标题: 停课通知\n至: 2026-06-30\n".as_bytes();
    let approved = publish("notice.docx", &MADE["notice.docx"], Some(("notice.docx.txt", beside))).unwrap();
    assert_eq!(approved.notice().title, "停课通知");
    assert_eq!(approved.window().until.display(&zone()), "2026-07-01 00:00");
    let twice = publish("header.docx", &MADE["header.docx"], Some(("header.docx.yaml", beside))).unwrap_err();
    assert_eq!(twice[0].msg, Msg::DuplicateKey);
}

#[test]
fn a_picture_has_a_page_of_its_own_at_its_place() {
    let fonts = Fonts::built_in();
    let approved = publish("pictures.docx", &MADE["pictures.docx"], None).unwrap();
    let lay_out = |size: Size, scheme| render::lay_out(&approved, &Profile::new(size, scheme), &fonts, &[]);
    let profile = Profile::new(Size::new(128, 96), ColorScheme::Rgb);
    let layout = lay_out(Size::new(128, 96), ColorScheme::Rgb).unwrap();
    let pages: Vec<String> = layout
        .pages
        .iter()
        .map(|page| if page.picture.is_some() { "picture".to_owned() } else { page.lines.join(" ") })
        .collect();
    let order: Vec<usize> = ["见下图", "picture", "图中", "所示", "2026年6月18日"]
        .iter()
        .map(|text| {
            pages.iter().position(|page| page.contains(text)).unwrap_or_else(|| panic!("{text}: {pages:?}"))
        })
        .collect();
    assert!(order.is_sorted(), "{pages:?}");
    assert_eq!(pages.iter().filter(|page| *page == "picture").count(), 3);
    assert_eq!(pages.last().unwrap(), "picture", "what the signed text comes with");
    // Red as it was drawn, as wide as the face.
    let first = pages.iter().position(|page| page == "picture").unwrap();
    let raster = render::draw(&layout, first, &profile, &fonts);
    assert_eq!((raster.color_at(0, 48), raster.color_at(64, 2)), ([200, 0, 0], [0, 0, 0]));
    // On a strip the upright one would be a stamp: nothing is shown in part.
    let why = lay_out(Size::new(320, 32), ColorScheme::Red).unwrap_err();
    assert_eq!(why[0].msg, Msg::PictureTooSmall);
}

#[test]
fn documents_cut_short_are_refused_at_every_length() {
    for file in ["table.docx", "fees.xlsx"] {
        let bytes = &MADE[file];
        for cut in 0..40 {
            let mut cut = bytes[..bytes.len() * cut / 40].to_vec();
            assert!(read_bytes(file, &cut, None).is_err());
            // File managers set the final size first.
            cut.resize(bytes.len(), 0);
            assert!(read_bytes(file, &cut, None).is_err());
        }
        assert!(read(file).is_ok());
        // The other program's file under its name.
        let other = if file.ends_with("docx") { "a.xlsx" } else { "a.docx" };
        assert_eq!(read_bytes(other, bytes, None).unwrap_err()[0].msg, Msg::DocumentBroken);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Damaged documents are refused or shown, without a panic, at once and in bounded memory.
    #[test]
    fn damaged_documents_do_not_panic(
        which in 0usize..4,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let file = ["table.docx", "changes.docx", "fees.xlsx", "hidden.xlsx"][which];
        let mut bytes = MADE[file].clone();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_bytes(file, &bytes, None);
    }
}
