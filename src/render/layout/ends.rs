//! What a typographer would set: pages whose lines and ends were looked at.

use super::{
    given::{Given, lines, paragraph, profile},
    *,
};
use crate::{color::ColorScheme, notice::Align};

/// The pages of a notice on a face, lines parted by `/`, pages by `|`; without page marks.
fn set(
    size: (u32, u32),
    scheme: ColorScheme,
    title: &str,
    blocks: Vec<Block>,
    issuer: Option<&str>,
) -> String {
    let mut given = Given::new(title, blocks);
    given.sign_off.issuer = issuer.map(str::to_owned);
    let layout = given.on(&profile(size.0, size.1, scheme)).unwrap();
    let count = layout.pages.len();
    let pages = layout.pages.iter().enumerate().map(|(n, page)| {
        let mark = format!("{}/{count}", n + 1);
        let lines: Vec<&str> = page.lines.iter().map(String::as_str).filter(|line| *line != mark).collect();
        lines.join("/")
    });
    pages.collect::<Vec<_>>().join("|")
}

fn text(size: (u32, u32), title: &str, text: &str, issuer: Option<&str>) -> String {
    set(size, ColorScheme::Red, title, vec![paragraph(text)], issuer)
}

#[test]
fn lines_and_pages_end_where_a_typographer_would_end_them() {
    let typhoon = "县气象台发布台风橙色预警。全县中小学、幼儿园7月24日停课一天，各类校外培训同步暂停。";
    let papers = "材料齐全的当场受理，缺件的一次性告知。";
    let kit = "86英寸交互式一体机24台（4K，Wi-Fi 6）已安装调试，抽检24台，合格率100%。";
    let swim = "不在无家长或教师带领的情况下游泳，不到无安全设施、无救援人员的水域游泳。";
    for (size, title, body, issuer, expected) in [
        (
            (192, 32),
            "停课通知",
            typhoon,
            None,
            "停课通知|县气象台发布台风/橙色预警。|全县中小学、幼儿园/7月24日停课一天，|各类校外培训同步暂停。",
        ),
        ((320, 32), "", papers, None, "材料齐全的当场受理，|缺件的一次性告知。"),
        (
            (192, 32),
            "",
            kit,
            None,
            "86英寸交互式一体机24台/（4K，Wi-Fi 6）|已安装调试，抽检24台，/合格率100%。",
        ),
        (
            (256, 32),
            "",
            swim,
            Some("明溪县教育局"),
            "不在无家长或教师带领的/情况下游泳，|不到无安全设施、无救援人员的/水域游泳。 明溪县教育局",
        ),
        ((64, 16), "", "收入1,286,350.00元", None, "收入|1,286,|350.00元"),
        ((64, 16), "", "不私自下水游泳，不得乱收费。", None, "不私自|下水|游泳，|不得|乱收费。"),
        ((64, 16), "", "请带务工合同或营业执照。", None, "请带|务工合同|或营业|执照。"),
        ((64, 16), "", "周一至周五8:00上课。", None, "周一至|周五8:00|上课。"),
        (
            (64, 64),
            "2026年秋季小学一年级招生报名公告",
            "城区公办小学新生报名。",
            None,
            "2026年/秋季小学|一年级/招生报名/公告|城区公办/小学新生/报名。",
        ),
        (
            (64, 64),
            "",
            "学校不得强制或变相强制学生参加，不得利用课后服务时间讲授新课。",
            Some("明溪县教育局"),
            "学校不得/强制/或变相|强制学生/参加，/不得利用/课后服务|时间讲授/新课。/明溪县/教育局",
        ),
        ((64, 64), "", "余额将于1月20日前退回。", None, "余额将于/1月20日/前退回。"),
    ] {
        assert_eq!(text(size, title, body, issuer), expected, "{size:?}");
    }
}

#[test]
fn a_strip_signs_beside_the_last_line_where_it_has_no_line_left() {
    let body = "不得以课后服务名义乱收费。";
    assert_eq!(
        text((192, 32), "", body, Some("明溪县教育局")),
        "不得以课后服务名义/乱收费。 明溪县教育局",
        "the text's last line leaves it room"
    );
    assert_eq!(
        text((192, 32), "", "材料齐全的当场受理，缺件的一次性告知。不收取任何费用。", Some("明溪县教育局")),
        "材料齐全的当场受理，/缺件的一次性告知。|不收取任何费用。/明溪县教育局",
        "a line of its own where there is one"
    );
    assert_eq!(
        text(
            (256, 32),
            "",
            "欢迎监督。对饭菜有意见，请当面告诉值日老师，或投入意见箱。",
            Some("明溪县城关中学")
        ),
        "欢迎监督。对饭菜有意见，请当面/告诉值日老师，|或投入意见箱。/明溪县城关中学",
        "pages made anew for the sake of words sign once and lose nothing"
    );
    let mut given = Given::new("", vec![paragraph("不收取任何费用。")]);
    given.sign_off =
        SignOff { issuer: Some("明溪县教育局".into()), date: Some("2026年4月1日".into()) };
    let layout = given.on(&profile(256, 32, ColorScheme::Red)).unwrap();
    assert_eq!(lines(&layout), [["不收取任何费用。", "明溪县教育局 2026年4月1日"]]);
    // At the right edge, a character apart: the date has four digits and 2, all of eight dots.
    let date = layout.pages[0].runs.last().unwrap();
    let issuer = &layout.pages[0].runs[1];
    assert_eq!((issuer.x, date.x), (256 - 96 - 16 - 96, 256 - 96));
}

#[test]
fn no_page_ends_inside_a_list_whose_verb_is_still_to_come() {
    for (size, body, expected) in [
        (
            (320, 48),
            "台风预警已解除，经安全排查，全县中小学、幼儿园7月25日起恢复正常教学秩序。",
            "台风预警已解除，/经安全排查，|全县中小学、幼儿园/7月25日起恢复正常教学秩序。",
        ),
        // What 带 brings parts well.
        (
            (192, 32),
            "请带齐户口簿、身份证、房产证明和预防接种证。",
            "请带齐户口簿、身份证、/房产证明和预防接种证。",
        ),
        (
            (256, 32),
            "城区公办小学一年级新生报名时间为7月6日至8日,每日8:00—11:30、14:30—17:00。凡8月31日前出生的适龄儿童,由监护人持户口簿到校报名。",
            "城区公办小学一年级新生报名时间/为7月6日至8日,|每日8:00—11:30、14:30—17:00。/凡8月31日前出生的适龄儿童,",
        ),
    ] {
        let pages = text(size, "", body, None);
        assert!(pages.starts_with(expected), "{size:?} {pages}");
    }
}

#[test]
fn titles_part_behind_their_bracket_and_between_words() {
    let body = "县气象台发布台风橙色预警，全县中小学、幼儿园7月24日停课一天，各类校外培训同步暂停。";
    for (size, title, expected) in [
        ((192, 96), "【紧急】台风橙色预警停课通知", "【紧急】/台风橙色预警停课通知/"),
        ((128, 64), "规范中小学课后服务的提示", "规范中小学/课后服务的提示/"),
        ((64, 16), "规范中小学课后服务的提示", "规范|中小学|课后服务|的提示|"),
    ] {
        let pages = text(size, title, body, None);
        assert!(pages.starts_with(expected), "{size:?} {pages}");
    }
}

#[test]
fn half_the_pages_are_worth_a_little_smaller_a_size() {
    let body = "10月8日起执行冬季作息时间，早读7:40开始。";
    assert_eq!(
        text((256, 128), "作息时间调整", body, None),
        "作息时间调整/10月8日起执行/冬季作息时间，/早读7:40开始。"
    );
}

#[test]
fn a_size_less_is_better_than_a_title_alone_and_a_page_more() {
    let body = "台风预警已解除，经安全排查，全县中小学、幼儿园7月25日起恢复正常教学秩序。\
                个别受损路段的学生由学校另行通知到校时间。";
    assert_eq!(
        text((256, 128), "【紧急解除】恢复上课通知", body, None),
        "【紧急解除】/恢复上课通知/台风预警已解除，/经安全排查，|全县中小学、幼儿园/7月25日起恢复正常/教学秩序。|\
         个别受损路段的学生/由学校另行通知/到校时间。"
    );
}

#[test]
fn no_page_is_a_scrap_and_no_list_is_cut_for_a_larger_size() {
    assert_eq!(
        text((320, 48), "公示名单", "经审核，旸、垚、堃、䶮、𬭊等用字无误。", None),
        "公示名单|经审核，旸、垚、堃、䶮、/𬭊等用字无误。"
    );
    let body = "请带齐户口簿、原就读学校学籍证明和监护人身份证件。材料齐全的当场受理，缺件的一次性告知。\
                不收取任何费用。";
    assert_eq!(
        text((192, 96), "学籍转接办理须知", body, Some("明溪县教育局办事服务大厅")),
        "学籍转接办理须知/请带齐户口簿、原就读/学校学籍证明和监护人/身份证件。|\
         材料齐全的当场受理，/缺件的一次性告知。/不收取任何费用。/明溪县教育局办事服务大厅"
    );
}

#[test]
fn a_row_without_columns_keeps_its_name() {
    let row = |name: &str| vec![name.to_owned(), "自愿".to_owned(), "自愿".to_owned(), "据实结算".to_owned()];
    let header = ["项目", "小学", "初中", "单位"].map(str::to_owned).to_vec();
    let rows = vec![row("作业本费"), row("课后服务费"), row("伙食费")];
    let table = Block::Table { align: vec![Align::Left; 4], header, rows };
    assert_eq!(
        set((128, 64), ColorScheme::Red, "", vec![table], None),
        "作业本费/小学：自愿/初中：自愿/单位：据实结算|课后服务费/小学：自愿/初中：自愿/单位：据实结算|\
         伙食费/小学：自愿/初中：自愿/单位：据实结算"
    );
    let header = ["项目", "小学", "初中"].map(str::to_owned).to_vec();
    let rows = vec![["课后服务费", "自愿", "自愿"].map(str::to_owned).to_vec()];
    let table = Block::Table { align: vec![Align::Left; 3], header, rows };
    assert_eq!(
        set((64, 64), ColorScheme::Red, "", vec![table], None),
        "课后/服务费/小学：/自愿|课后/服务费/初中：/自愿",
        "one of two lines, too, where that leaves the value its room"
    );
}

#[test]
fn a_mark_that_finds_no_corner_takes_no_room_either() {
    // Two characters fit beside a mark on a face of four: then there is none, and lines are whole.
    let pages = text((64, 64), "", "请家长准时到校参加家长会并带好孩子的作业本和课本。", None);
    assert!(pages.split(['/', '|']).all(|line| line.chars().count() >= 2), "{pages}");
    let block = paragraph(&"请家长准时到校参加".repeat(3));
    let layout = Given::new("", vec![block]).on(&profile(64, 64, ColorScheme::Red)).unwrap();
    assert!(layout.pages.len() > 1);
    assert!(layout.pages.iter().flat_map(|page| &page.lines).all(|line| !line.contains('/')));
}
