//! What a reader sees of tables.

use super::{
    given::{Given, lines, profile},
    *,
};
use crate::{color::ColorScheme, notice::Align, render::test::fonts};

/// A table whose first row names the columns.
fn table<const N: usize>(rows: &[[&str; N]]) -> Block {
    let mut rows = rows.iter().map(|cells| cells.map(str::to_owned).to_vec());
    let header = rows.next().unwrap();
    Block::Table { align: vec![Align::Left; N], header, rows: rows.collect() }
}

#[test]
fn a_table_repeats_its_header_on_each_page() {
    let rows = (1..=9).map(|n| vec![format!("项目{n}"), format!("{}", n * 5)]).collect();
    let table =
        Block::Table { align: vec![Align::Left; 2], header: vec!["名称".into(), "元".into()], rows };
    let layout = Given::new("", vec![table]).on(&profile(128, 64, ColorScheme::RedGreen)).unwrap();
    assert!(layout.pages.len() > 1);
    for page in &layout.pages {
        assert_eq!(page.lines[0], "名称 元");
    }
    let run = |text: &str| {
        let page = &layout.pages[0];
        let found = page.runs.iter().find(|run| {
            &page.lines[usize::from(run.line)][usize::from(run.start)..usize::from(run.end)] == text
        });
        found.map(|run| run.x).unwrap()
    };
    assert_eq!(run("元") + 16, run("5") + 8, "figures stand at the right");
}

#[test]
fn who_signs_a_table_stands_below_its_last_row_on_a_low_face_too() {
    let rows = || {
        vec![table(&[
            ["资格种类", "名额", "窗口"],
            ["幼儿园", "不限", "1号"],
            ["小学", "不限", "1号"],
            ["初级中学", "不限", "2号"],
        ])]
    };
    let on = |date: Option<&str>| {
        let mut given = Given::new("", rows());
        given.sign_off = SignOff { issuer: Some("明溪县教育局".into()), date: date.map(str::to_owned) };
        let layout = given.on(&profile(320, 48, ColorScheme::Red)).unwrap();
        layout.pages.iter().map(|page| page.lines.join("/")).collect::<Vec<_>>().join("|")
    };
    let head = "资格种类 名额 窗口/";
    assert_eq!(
        on(Some("2026年4月1日")),
        format!("{head}幼儿园 不限 1号/小学 不限 1号|{head}初级中学 不限 2号/明溪县教育局 2026年4月1日"),
        "a date beside its issuer, where it has no line"
    );
    assert_eq!(
        on(None),
        format!("{head}幼儿园 不限 1号/小学 不限 1号|{head}初级中学 不限 2号/明溪县教育局"),
        "neither air nor a line below the header costs the issuer its place"
    );
}

#[test]
fn names_of_columns_take_two_lines_before_the_columns_are_lost() {
    let table = table(&[
        ["项目", "小学（元）", "初中（元）", "依据"],
        ["作业本费", "15", "20", "闽价费"],
        ["校服（套）", "128", "136", "自愿"],
    ]);
    let face = profile(240, 96, ColorScheme::Red);
    let layout = Given::new("", vec![table]).on(&face).unwrap();
    let expected =
        ["小学 初中", "项目 （元） （元） 依据", "作业本费 15 20 闽价费", "校服（套） 128 136 自愿"];
    assert_eq!(lines(&layout), [expected]);
    let run =
        |line: u16, nth: usize| layout.pages[0].runs.iter().filter(|run| run.line == line).nth(nth).unwrap();
    let shift = |column: usize| run(0, column - 1).x - run(1, column).x;
    assert_eq!((shift(1), shift(2)), (8, 8), "小学 and （元） end together, right above their figures");
}

#[test]
fn a_page_that_goes_on_with_a_row_names_it_again() {
    let table = table(&[["项目", "小学", "初中", "依据"], ["作业本费", "15", "20", "闽价费"]]);
    let layout = Given::new("", vec![table]).on(&profile(64, 64, ColorScheme::Red)).unwrap();
    assert_eq!(
        lines(&layout),
        [vec!["作业本费", "小学：15", "初中：20"], vec!["作业本费", "依据：", "闽价费"]]
    );
}

#[test]
fn a_table_too_wide_for_the_face_becomes_lines() {
    let table = table(&[["项目", "小学", "单位"], ["课后服务费", "自愿", "据实结算"]]);
    let layout = Given::new("", vec![table]).on(&profile(128, 64, ColorScheme::RedGreen)).unwrap();
    assert_eq!(lines(&layout), [["课后服务费", "小学：自愿", "单位：据实结算"]]);
}

#[test]
fn a_fee_is_never_split_however_long_its_columns_name_is() {
    let table = table(&[["项目", "收费标准 小学", "收费标准 初中"], ["校服", "¥1,280.50", "20.00"]]);
    for width in [112, 128, 144, 160, 192, 208] {
        let given = Given::new("", vec![Block::clone(&table)]);
        let layout = given.on(&Profile { min_px: 16, ..profile(width, 96, ColorScheme::Red) }).unwrap();
        let all = lines(&layout).concat();
        for fee in ["¥1,280.50", "20.00"] {
            assert!(all.iter().any(|line| line.contains(fee)), "{width}: {all:?}");
        }
    }
}

#[test]
fn a_strip_sets_a_row_as_one_text_where_it_holds_it() {
    let table = table(&[
        ["项目", "小学", "初中", "单位"],
        ["作业本费", "15", "20", "元/生·学期"],
        ["伙食费", "自愿", "自愿", "定期公示"],
    ]);
    let layout = Given::new("", vec![table]).on(&profile(256, 32, ColorScheme::Red)).unwrap();
    let expected = [
        ["作业本费　小学：15　初中：20", "单位：元/生·学期"],
        ["伙食费　小学：自愿　初中：自愿", "单位：定期公示"],
    ];
    assert_eq!(lines(&layout), expected);
}

#[test]
fn what_signs_a_table_on_a_strip_stands_with_its_last_row() {
    let table =
        table(&[["窗口", "事项", "时限"], ["2号", "学籍转接", "5天"], ["3号", "学历证明补办", "3天"]]);
    let mut given = Given::new("", vec![table]);
    given.sign_off.issuer = Some("明溪县教育局办事服务大厅".into());
    let layout = given.on(&profile(192, 32, ColorScheme::Red)).unwrap();
    let expected = [
        vec!["2号　事项：学籍转接", "时限：5天"],
        vec!["3号　事项：学历证明补办"],
        vec!["3号 时限：3天", "明溪县教育局办事服务大厅"],
    ];
    assert_eq!(lines(&layout), expected, "what goes on is named again");
}

#[test]
fn words_that_are_kept_are_kept_in_tables_on_short_lines_too() {
    // By themselves they would be 明溪县 and 教育局.
    let body = Body::Blocks(vec![table(&[["科室", "去向"], ["财务", "明溪县教育局"]])]);
    let document = Document {
        id: &NoticeId::new("bureau", "a.txt"),
        title: "",
        body: &body,
        sign_off: &SignOff::default(),
        priority: Priority::Normal,
        dwell_ms: None,
        style: Style::Auto,
        fit: None,
    };
    let face = profile(64, 64, ColorScheme::Red);
    let layout = lay_out_document(&document, &face, fonts(), &["县教育局".into()]).unwrap();
    let all = lines(&layout).concat();
    assert!(all.iter().any(|line| line.contains("县教育局")), "{all:?}");
}
