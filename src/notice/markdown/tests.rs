//! What Markdown becomes, and what of it is refused.

use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Vec<(u32, Block)> {
    let lines: Vec<Line> = text.lines().enumerate().map(|(n, line)| Line::read(n as u32 + 1, line)).collect();
    blocks(&lines)
}

/// One word a block, for comparing.
fn seen(text: &str) -> Vec<String> {
    let join = |spans: &[Span]| {
        spans
            .iter()
            .map(|s| if s.strong { format!("*{}*", s.text) } else { s.text.clone() })
            .collect::<String>()
    };
    read(text)
        .iter()
        .map(|(line, block)| match block {
            Block::Heading(level, spans) => format!("{line} h{level} {}", join(spans)),
            Block::Paragraph(spans) => format!("{line} p {}", join(spans)),
            Block::Item { depth, mark, spans } => format!("{line} i{depth} {mark} {}", join(spans)),
            Block::Table { align, header, rows } => {
                format!("{line} t {align:?} {} / {}", header.join(","), rows.concat().join(","))
            }
            Block::Rule => format!("{line} rule"),
            Block::Picture(_) => format!("{line} picture"),
        })
        .collect()
}

#[test]
fn blocks_come_with_their_lines() {
    assert_eq!(
        seen(
            "现将**名单**\n予以公示\n\n## 二级\n- 一\n- 二\n  1. 甲\n  2. 乙\n\nhello\nworld\n\n***\n\n第一行  \n第二行"
        ),
        [
            "1 p 现将*名单*予以公示",
            "4 h2 二级",
            "5 i0 · 一",
            "6 i0 · 二",
            "7 i1 1. 甲",
            "8 i1 2. 乙",
            "10 p hello world",
            "13 rule",
            "15 p 第一行",
            "16 p 第二行"
        ]
    );
}

#[test]
fn typed_indents_begin_paragraphs_and_are_not_code() {
    assert_eq!(seen("　　第一段\n　　第二段\n    第三段"), ["1 p 第一段", "2 p 第二段", "3 p 第三段"]);
    assert_eq!(seen("- 一\n\n    续\n- 二"), ["1 i0 · 一", "3 i0  续", "4 i0 · 二"]);
}

#[test]
fn tables_have_as_many_cells_as_columns() {
    assert_eq!(
        seen("| 项目 | 小学 |\n|---|---:|\n| **作业本** | 15 |\n| 伙食 |"),
        ["1 t [Left, Right] 项目,小学 / 作业本,15,伙食,"]
    );
}

#[test]
fn html_links_and_pictures_leave_only_their_text() {
    assert_eq!(
        seen(
            "<div align=right>明溪县<b>教育局</b></div>\n\n见[官网](http://x.cn)<script>和<br>![图](a.png)&#x200B;&lt;i&gt;\n\n<!-- 草稿 -->\n\n3 < 5"
        ),
        ["1 p 明溪县教育局", "3 p 见官网和", "3 p 图<i>", "7 p 3 < 5"]
    );
    assert_eq!(without_tags("<a<b<c 通知"), "<a<b<c 通知");
}

#[test]
fn what_would_say_something_else_without_its_marks_keeps_them() {
    assert_eq!(seen("每课时3*4*5元；2*3=6，4*5=20"), ["1 p 每课时3*4*5元；2*3=6，4*5=20"]);
    assert_eq!(
        seen("原价<del>100元</del>80元，<name>签名，<b>重要</b>"),
        ["1 p 原价<del>100元</del>80元，<name>签名，重要"]
    );
    assert_eq!(seen("<s>作废</s>\n\n<姓名>签名"), ["1 p <s>作废</s>", "3 p <姓名>签名"]);
}

#[test]
fn texts_made_to_be_slow_are_not() {
    for piece in ["[", "*a ", "> ", "- ", "`", "<a", "![", "|a", "_b*c", "1. ", "&"] {
        let long: String = piece.repeat(60_000 / piece.len());
        let _ = read(&long);
        let _ = read(&format!("{piece}\n").repeat(20_000));
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_spans_hold_no_line_ends(text in "[a通 \n#*`|<>\\[\\]()!\\-0-9.&;:~_]{0,80}") {
        for (_, block) in read(&text) {
            if let Block::Paragraph(spans) = block {
                prop_assert!(spans.iter().all(|s| !s.text.contains('\n') && !s.text.is_empty()));
            }
        }
    }
}
