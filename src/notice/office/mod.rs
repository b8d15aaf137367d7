//! Word and Excel files: what Word and Excel show of them, as lines of text, tables and pictures.
//!
//! `archive` opens the file, `xml` reads its parts, `docx` and `xlsx` put what they find on `paper`; `table` knows
//! merged cells and headers, `counting` the numbers of lists, `refused` why it may not be.

mod archive;
mod counting;
mod docx;
mod paper;
mod refused;
mod table;
mod xlsx;
mod xml;

pub(super) use paper::Paper;

use crate::diagnostic::Diagnostic;

/// Which program writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Office {
    /// `.docx`
    Word,
    /// `.xlsx`
    Excel,
}

/// Reads a document; `path` is for diagnostics.
///
/// # Errors
/// The first thing that is wrong with it: a document is shown whole or not at all.
pub(super) fn read(bytes: &[u8], office: Office, path: &str) -> Result<(Paper, Vec<Diagnostic>), Diagnostic> {
    let read = archive::Archive::open(bytes).and_then(|mut archive| match office {
        Office::Word => docx::read(&mut archive),
        Office::Excel => xlsx::read(&mut archive),
    });
    match read {
        Ok((paper, warnings)) => Ok((paper, warnings.diagnostics(path))),
        Err(refused) => Err(refused.diagnostic(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::{archive::tests::zipped, *};
    use crate::diagnostic::Msg;
    use proptest::prelude::*;

    const WORD: &str = r#"<w:document><w:body><w:p><w:pPr><w:pStyle w:val="1"/><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:rPr><w:b/><w:vertAlign w:val="superscript"/></w:rPr><w:t>12</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>字</w:t><w:br/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p><w:tbl><w:tr><w:trPr><w:gridBefore w:val="1"/><w:tblHeader/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>丙</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl><w:p><w:ins><w:r><w:t>丁</w:t></w:r></w:ins><w:del><w:r><w:delText>戊</w:delText></w:r></w:del></w:p></w:body></w:document>"#;
    const LISTS: &str = r#"<w:numbering><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="1"><w:start w:val="4294967295"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1%2."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="1"><w:startOverride w:val="3"/></w:lvlOverride></w:num></w:numbering>"#;
    const STYLES: &str = r#"<w:styles><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="1"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style></w:styles>"#;
    const BOOK: &str = r#"<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    const SHEET: &str = r#"<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="1" hidden="0"><c r="A1" t="s"><v>0</v></c></row><row r="3"><c r="A3" s="1"><v>46191.5</v></c><c r="B3" t="inlineStr"><is><t>甲</t></is></c><c r="D3" s="2"><v>-12.5</v></c></row><row r="4"><c r="A4"><f>1</f><v>2</v></c><c r="D4" t="b"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:D1"/><mergeCell ref="A3:A4"/></mergeCells></worksheet>"#;
    const TEXTS: &str = "<sst><si><r><t>收费</t></r><r><rPr><b/></rPr><t>公示</t></r></si></sst>";
    const LOOKS: &str = r##"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy年m月d日"/><numFmt numFmtId="165" formatCode="#,##0.00;[Red]-0"/></numFmts><fonts><font/></fonts><cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>"##;
    const SHEETS: &str = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/><Relationship Id="r3" Type="x/styles" Target="l.xml"/></Relationships>"#;
    const PARTS: &str = r#"<Relationships><Relationship Id="r1" Type="x/styles" Target="s.xml"/><Relationship Id="r2" Type="x/numbering" Target="n.xml"/></Relationships>"#;

    fn word(text: &str, lists: &str, styles: &str) -> Vec<u8> {
        zipped(&[
            ("word/document.xml", text.as_bytes()),
            ("word/_rels/document.xml.rels", PARTS.as_bytes()),
            ("word/n.xml", lists.as_bytes()),
            ("word/s.xml", styles.as_bytes()),
        ])
    }

    fn excel(sheet: &str, texts: &str, looks: &str) -> Vec<u8> {
        zipped(&[
            ("xl/workbook.xml", BOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", SHEETS.as_bytes()),
            ("xl/s.xml", sheet.as_bytes()),
            ("xl/t.xml", texts.as_bytes()),
            ("xl/l.xml", looks.as_bytes()),
        ])
    }

    fn lines(bytes: &[u8], office: Office) -> Result<Vec<String>, (Msg, String)> {
        let read = read(bytes, office, "p/a").map_err(|refused| (refused.msg, refused.args[0].clone()));
        read.map(|(paper, _)| paper.lines.into_iter().map(|line| line.text).collect())
    }

    #[test]
    fn whole_documents_are_lines() {
        let word = word(WORD, LISTS, STYLES);
        assert_eq!(
            lines(&word, Office::Word).unwrap(),
            ["13. ¹²字", "|  | 甲 | 甲 | 乙 |", "|  | 甲 | 甲 | 丙 |", "丁"]
        );
    }

    #[test]
    fn what_a_merged_cell_covers_is_not_shown() {
        let sheet = SHEET.replace(r#"<row r="3">"#, r#"<row r="2"><c r="A2" t="inlineStr"><is><t>乙</t></is></c><c r="D2" t="inlineStr"><is><t>密</t></is></c></row><row r="3">"#);
        let sheet = sheet.replace("<mergeCells>", r#"<mergeCells><mergeCell ref="A2:D2"/>"#);
        let lines = lines(&excel(&sheet, TEXTS, LOOKS), Office::Excel).unwrap();
        assert_eq!(lines, ["收费公示", "乙", "| 2026年6月18日 | -13 |", "| 2026年6月18日 | TRUE |"]);
    }

    #[test]
    fn small_files_that_grow_large_are_refused() {
        let text: String = (0..30_000).filter_map(|n| char::from_u32(0x4E00 + n * 7919 % 20_000)).collect();
        let texts = format!("<sst><si><t>{text}</t></si></sst>");
        let cells = r#"<row><c t="s"><v>0</v></c></row>"#.repeat(5);
        let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
        let too_long = Err((Msg::TooManyCharacters, "120000".to_owned()));
        assert_eq!(lines(&excel(&sheet, &texts, LOOKS), Office::Excel), too_long);
        let columns: Vec<String> = (0..100_000)
            .map(|n| format!(r#"<col min="{}" max="16384" hidden="1"/>"#, n * 7919 % 16_000 + 3))
            .collect();
        let columns = columns.concat();
        let sheet = format!("<worksheet><cols>{columns}</cols><sheetData>{cells}</sheetData></worksheet>");
        assert_eq!(lines(&excel(&sheet, TEXTS, LOOKS), Office::Excel), Ok(vec!["收费公示".to_owned(); 5]));
        let too_large = |what: &str| Err((Msg::DocumentTooLarge, what.to_owned()));
        let merged: Vec<String> = (1..=2000).map(|n| format!(r#"<mergeCell ref="A{n}:BL2000"/>"#)).collect();
        let merged = merged.concat();
        let rows: Vec<String> =
            (1..=2000).map(|n| format!(r#"<row r="{n}"><c><v>1</v></c></row>"#)).collect();
        let rows = rows.concat();
        let sheet =
            format!("<worksheet><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>");
        assert_eq!(lines(&excel(&sheet, TEXTS, LOOKS), Office::Excel), too_large("merged cells"));
        let fields = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r>"#.repeat(1000);
        let text = format!("<w:document><w:body><w:p>{fields}</w:p></w:body></w:document>");
        assert_eq!(lines(&word(&text, LISTS, STYLES), Office::Word), too_large("nested fields"));
        let tables = "<w:tbl><w:tr><w:tc>".repeat(40);
        let text = format!("<w:document><w:body>{tables}");
        assert_eq!(lines(&word(&text, LISTS, STYLES), Office::Word), too_large("XML depth"));
    }

    /// `text` with some of its tags put elsewhere, doubled, or with other numbers.
    fn shuffled(text: &str, changes: &[(usize, usize, u8)]) -> String {
        let mut tags: Vec<String> = text.split_inclusive('>').map(str::to_owned).collect();
        for (from, to, how) in changes {
            let (from, to) = (from % tags.len(), to % tags.len());
            match how % 4 {
                0 => tags[to] = tags[from].clone(),
                1 => tags.insert(to, tags[from].clone()),
                2 => tags[to] = tags[to].replace(['1', '2'], "4294967296"),
                _ => tags[to] = tags[to].replace("val", "r").replace('1', "0"),
            }
        }
        tags.concat()
    }

    /// Changes that leave XML well-formed: whole elements without content.
    fn swapped(text: &str, changes: &[(usize, usize, u8)]) -> String {
        let empty: Vec<&str> = text.split_inclusive('>').filter(|tag| tag.ends_with("/>")).collect();
        let mut tags: Vec<String> = text.split_inclusive('>').map(str::to_owned).collect();
        for (from, to, how) in changes {
            let at = to % tags.len();
            match how % 2 {
                0 if !empty.is_empty() && at > 0 => tags.insert(at, empty[from % empty.len()].to_owned()),
                _ => tags[at] = tags[at].replace("=\"1\"", &format!("=\"{}\"", from.wrapping_mul(7919))),
            }
        }
        tags.concat()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// What is almost a document is refused or read.
        #[test]
        fn no_document_panics(
            which in 0usize..6,
            well_formed in any::<bool>(),
            changes in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 1..6),
        ) {
            let changes: Vec<_> = changes.into_iter().map(|(a, b, c)| (a >> 8, b >> 8, c)).collect();
            let of = |n: usize, text: &str| match (n == which, well_formed) {
                (false, _) => text.to_owned(),
                (true, true) => swapped(text, &changes),
                (true, false) => shuffled(text, &changes),
            };
            let _ = lines(&word(&of(0, WORD), &of(1, LISTS), &of(2, STYLES)), Office::Word);
            let _ = lines(&excel(&of(3, SHEET), &of(4, TEXTS), &of(5, LOOKS)), Office::Excel);
        }
    }
}
