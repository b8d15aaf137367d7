"""Word and Excel files made by other people's programs, for tests/documents.rs: writes them into the folder given."""

import copy
import datetime
import io
import sys
import zipfile
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font
from PIL import Image

OUT = Path(sys.argv[1])
W = nsdecls("w")


def word(name):
    """Decorates a function that fills a new document."""

    def make(fill):
        document = Document()
        fill(document)
        document.save(OUT / f"{name}.docx")

    return make


def excel(name):
    """Decorates a function that fills the first sheet of a new workbook."""

    def make(fill):
        book = Workbook()
        fill(book.active)
        book.save(OUT / f"{name}.xlsx")

    return make


def picture(width=120, height=60, kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 0, 0)).save(file, kind)
    file.seek(0)
    return file


def inner(paragraph, xml):
    """Appends raw WordprocessingML to a paragraph."""
    for element in parse_xml(f"<w:x {W} {nsdecls('wp', 'a', 'pic', 'r', 'm')} "
                             'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
                             'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
                             'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
                             f"{xml}</w:x>"):
        paragraph._p.append(element)


def field(instruction, result=None):
    parts = ['<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
             f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>']
    if result is not None:
        parts.append('<w:r><w:fldChar w:fldCharType="separate"/></w:r>' f"<w:r><w:t>{result}</w:t></w:r>")
    parts.append('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    return "".join(parts)


def numbered(document, levels):
    """A list with these (format, text) levels; its id."""
    numbering = document.part.numbering_part.element
    rows = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (kind, text) in enumerate(levels))
    abstract = parse_xml(f'<w:abstractNum {W} w:abstractNumId="900">{rows}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {W} w:numId="900"><w:abstractNumId w:val="900"/></w:num>'))
    return 900


def item(document, text, level, number=900):
    paragraph = document.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'))
    return paragraph


@word("notice")
def _(d):
    d.add_paragraph("放假通知")
    d.add_paragraph("各校：")
    p = d.add_paragraph("　　明天")
    p.add_run("放假").bold = True
    p.add_run("一天。")
    for text in ["明溪县教育局", "2026年6月18日"]:
        d.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT


@word("plain")
def _(d):
    for text in ["停水通知", "", "明天停水。", "请储水。", "", "明溪县教育局", "2026年6月18日"]:
        d.add_paragraph(text)


(OUT / "plain.txt").write_text("停水通知\n\n明天停水。\n请储水。\n\n明溪县教育局\n2026年6月18日\n")


@word("header")
def _(d):
    for text in ["标题：停水", "提供：甲股", "审核：乙局长", "至：2026-06-30", "———", "明天停水。"]:
        d.add_paragraph(text)


@word("header-breaks")
def _(d):
    p = d.add_paragraph("标题：停水")
    p.add_run().add_break()
    p.add_run("至：2026-06-30")
    d.add_paragraph("")
    d.add_paragraph("明天停水。")


@word("header-late")
def _(d):
    for text in ["停水", "第二行", "审核：待审", "明天停水。"]:
        d.add_paragraph(text)


@word("structure")
def _(d):
    p = d.add_paragraph("关于做好2026年")
    p.add_run().add_break()
    p.add_run("招生工作的公告")
    p.alignment = WD_ALIGN_PARAGRAPH.CENTER
    d.add_heading("范围", 1)
    d.add_paragraph("东片", style="List Bullet")
    d.add_paragraph("西片", style="List Bullet")
    d.add_paragraph("先报名", style="List Number")
    d.add_paragraph("后缴费", style="List Number")
    numbered(d, [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")])
    for level, text in [(0, "时间"), (1, "上午"), (1, "下午"), (2, "三点"), (0, "地点")]:
        item(d, text, level)
    p = d.add_paragraph("第一行")
    p.add_run().add_break()
    p.add_run("第二行")
    p = d.add_paragraph("前页")
    p.add_run().add_break(WD_BREAK.PAGE)
    p.add_run("后页\t两栏")


@word("table")
def _(d):
    d.add_paragraph("收费公示", style="Title")
    table = d.add_table(rows=4, cols=4)
    rows = ["项目|收费（元）||依据", "|小学|初中|", "作业本|15|20|闽价费", "校服|128|136|"]
    for row, texts in zip(table.rows, rows):
        for cell, text in zip(row.cells, texts.split("|")):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 3).merge(table.cell(1, 3))
    table.cell(2, 3).merge(table.cell(3, 3))
    inside = table.cell(2, 0).add_table(rows=1, cols=2)
    inside.cell(0, 0).text, inside.cell(0, 1).text = "大", "小"
    d.add_paragraph("以上收费自愿。")


@word("frame")
def _(d):
    d.add_paragraph("放假通知")
    cell = d.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "明天放假。"
    cell.add_paragraph("后天上课。")


@word("form")
def _(d):
    d.add_paragraph("报名须知")
    table = d.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, ["报名地点|教育局", "报名时间|5月6日"]):
        row.cells[0].text, row.cells[1].text = texts.split("|")


@word("pictures")
def _(d):
    d.add_paragraph("办事流程")
    d.add_paragraph("见下图。")
    d.add_picture(picture(), width=Pt(200))
    p = d.add_paragraph("图中")
    p.add_run().add_picture(picture(30, 90, "JPEG"), width=Pt(60))
    p.add_run("所示。")
    d.add_paragraph("明溪县教育局")
    d.add_paragraph("2026年6月18日")
    d.add_picture(picture(80, 40), width=Pt(200))
    d.add_picture(picture(8, 8), width=Pt(9))


@word("only-picture")
def _(d):
    d.add_picture(picture(320, 160), width=Pt(300))


@word("badge")
def _(d):
    d.add_picture(picture(100, 50), width=Pt(100))
    d.add_paragraph("放假通知")
    d.add_paragraph("明天放假。")


@word("changes")
def _(d):
    d.add_paragraph("放假通知")
    p = d.add_paragraph("明天")
    inner(p, '<w:del w:id="1" w:author="a"><w:r><w:delText>不</w:delText></w:r></w:del>'
             '<w:ins w:id="2" w:author="a"><w:r><w:t>照常</w:t></w:r></w:ins><w:r><w:t>放假，</w:t></w:r>')
    p._p.get_or_add_pPr().append(parse_xml(f'<w:rPr {W}><w:del w:id="3" w:author="a"/></w:rPr>'))
    p = d.add_paragraph("后天上课。")
    inner(p, '<w:moveFrom w:id="4" w:author="a"><w:r><w:t>移走</w:t></w:r></w:moveFrom>'
             '<w:r><w:rPr><w:b w:val="0"/><w:rPrChange w:id="5" w:author="a"><w:rPr><w:b/><w:vanish/></w:rPr></w:rPrChange>'
             "</w:rPr><w:t>细的。</w:t></w:r>")


@word("hidden")
def _(d):
    d.add_paragraph("放假通知")
    p = d.add_paragraph("明天放假。")
    run = p.add_run("机密")
    run.font.hidden = True
    inner(p, '<w:commentRangeStart w:id="0"/><w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>')
    style = d.styles.add_style("Ghost", 1)
    style.font.hidden = True
    d.add_paragraph("只给自己看", style="Ghost")
    d.sections[0].header.paragraphs[0].text = "页眉"
    d.sections[0].footer.paragraphs[0].text = "页脚"


@word("fields")
def _(d):
    d.add_paragraph("放假通知")
    p = d.add_paragraph()
    inner(p, field("DATE \\@ yyyy", "2026年") + '<w:fldSimple w:instr=" TITLE "><w:r><w:t>放假</w:t></w:r></w:fldSimple>'
             + field("XE 放假") + '<w:hyperlink><w:r><w:t>网址</w:t></w:r></w:hyperlink>'
             '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
             '<w:r><w:rPr><w:rFonts w:ascii="Wingdings 2"/></w:rPr><w:t>R</w:t></w:r>'
             '<w:r><w:t xml:space="preserve">10 m</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
             '<w:r><w:t>A</w:t><w:noBreakHyphen/><w:t>B</w:t><w:softHyphen/></w:r>'
             '<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>yǎn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>䶮</w:t></w:r></w:rubyBase></w:ruby></w:r>'
             '<w:r><w:rPr><w:caps/></w:rPr><w:t>ok</w:t></w:r>')


@word("boxes")
def _(d):
    d.add_paragraph("放假通知")
    p = d.add_paragraph("正文一。")
    box = "<w:txbxContent><w:p><w:r><w:t>框里的字。</w:t></w:r></w:p></w:txbxContent>"
    inner(p, '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:extent cx="900000" cy="900000"/>'
             '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
             f"<wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
             f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>")
    p = d.add_paragraph("正文二。")
    inner(p, '<w:r><w:pict><v:line from="0,0" to="9,9"/></w:pict></w:r><w:r><w:pict><v:rect o:hr="t"/></w:pict></w:r>')
    d.add_paragraph("正文三。")


# What must be refused, each for one reason.
DRAWING = ('<w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><a:graphic>'
           '<a:graphicData uri="{uri}">{inside}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>')
for name, xml in {
    "formula": "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>",
    "chart": DRAWING.format(uri="http://schemas.openxmlformats.org/drawingml/2006/chart", inside=""),
    "smartart": DRAWING.format(uri="http://schemas.openxmlformats.org/drawingml/2006/diagram", inside=""),
    "group": DRAWING.format(uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup", inside=""),
    "wordart": '<w:r><w:pict><v:shape><v:textpath string="艺术字"/></v:shape></w:pict></w:r>',
    "object": '<w:r><w:object><v:shape/></w:object></w:r>',
    "footnote": '<w:r><w:footnoteReference w:id="2"/></w:r>',
    "field": field("EQ \\o\\ac(○,1)"),
    "page-field": field("PAGE"),
    "checkbox": field("FORMCHECKBOX"),
    "open-field": '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
    "symbol": '<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>',
    "struck": "<w:r><w:rPr><w:strike/></w:rPr><w:t>120元</w:t></w:r>",
    "raised": '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>注1</w:t></w:r>',
    "linked": DRAWING.format(uri="http://schemas.openxmlformats.org/drawingml/2006/picture",
                             inside='<pic:pic><pic:blipFill><a:blip r:link="rId99"/></pic:blipFill></pic:pic>'),
    "unfilled": "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处</w:t></w:r></w:sdtContent></w:sdt>",
    "unknown": "<w:bdo><w:r><w:t>倒着写</w:t></w:r></w:bdo>",
}.items():
    document = Document()
    document.add_paragraph("放假通知")
    inner(document.add_paragraph("正文"), xml)
    document.save(OUT / f"refused-{name}.docx")


@word("refused-cropped")
def _(d):
    d.add_paragraph("放假通知")
    d.add_picture(picture(), width=Pt(200))
    blip = next(d.element.iter(qn("a:blip")))
    blip.addnext(parse_xml(f'<a:srcRect {nsdecls("a")} l="20000"/>'))


@word("refused-picture-in-table")
def _(d):
    d.add_paragraph("放假通知")
    cell = d.add_table(rows=1, cols=2).cell(0, 0)
    cell.paragraphs[0].add_run().add_picture(picture(), width=Pt(200))


@word("refused-numbering")
def _(d):
    d.add_paragraph("放假通知")
    numbered(d, [("hebrew1", "%1.")])
    item(d, "一", 0)


@word("refused-wide")
def _(d):
    d.add_paragraph("放假通知")
    table = d.add_table(rows=2, cols=2)
    cell = table.cell(0, 0)._tc.get_or_add_tcPr()
    cell.append(parse_xml(f'<w:gridSpan {W} w:val="4000000000"/>'))


@word("refused-private")
def _(d):
    d.add_paragraph("录取名单")
    table = d.add_table(rows=2, cols=3)
    for row, texts in zip(table.rows, ["姓名|电话|班", "王小明|13800000000|一"]):
        for cell, text in zip(row.cells, texts.split("|")):
            cell.text = text


@word("refused-secret")
def _(d):
    d.add_paragraph("放假通知")
    d.add_paragraph("正文", style="List Bullet")
    d.add_table(rows=1, cols=2).cell(0, 0).text = "机密★1年"


# A part that declares entities.
source = OUT / "notice.docx"
with zipfile.ZipFile(source) as old, zipfile.ZipFile(OUT / "refused-entities.docx", "w", zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        data = old.read(name)
        if name == "word/document.xml":
            data = data.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]>', 1)
        new.writestr(name, data)


@excel("fees")
def _(s):
    s["A1"] = "2026年秋季收费公示"
    s.merge_cells("A1:D1")
    s["A2"] = "单位：元"
    for row in [["项目", "收费标准", None, "依据"], [None, "小学", "初中", None], ["作业本", 15, 20, "闽价费"],
                ["午休", 3.5, 3.5, "自愿"], ["校服", 1280.5, None, None]]:
        s.append(row)
    for cells in ["A3:A4", "B3:C3", "D3:D4", "B7:C7", "D6:D7"]:
        s.merge_cells(cells)
    for cell in [s["B5"], s["C5"]]:
        cell.number_format = "0.00"
    s["B7"].number_format = '"¥"#,##0.00'
    s["A9"] = "注：以上自愿。\n不得强制。"
    s["C10"] = "明溪县教育局"
    s["C11"] = datetime.date(2026, 6, 1)
    s["C11"].number_format = 'yyyy"年"m"月"d"日"'
    s["A12"].font = Font(bold=True)
    s["A1"].comment = Comment("批注不显示", "a")


@excel("values")
def _(s):
    s.append(["各种值"])
    s.append(["项", "值", "注"])
    for name, value, code in [
        ("百分", 0.125, "0.0%"), ("千分位", 1234567, "#,##0"), ("日期", datetime.date(2026, 6, 18), "yyyy-mm-dd"),
        ("时间", datetime.time(17, 30), "h:mm"), ("是", True, "General"), ("文本数", "007", "@"),
        ("三分之一", 1 / 3, "General"), ("会计", -5, '_ ¥* #,##0.00_ ;_ ¥* \\-#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '),
        ("带单位", 15, '0.00"元"'),
    ]:
        s.append([name, value, "一"])
        s.cell(s.max_row, 2).number_format = code
    s.append(["富文本", CellRichText("收", TextBlock(InlineFont(b=True), "费")), "一"])


@excel("header")
def _(s):
    for row in [["标题", "收费标准"], ["提供", "甲股"], ["审核", "乙局长"], ["至", "2026-06-30"], [], ["项目", "元"], ["本", 15]]:
        s.append(row)


@excel("refused-term")
def _(s):
    for row in [["收费标准"], ["至", "2026-06-30"], ["项目", "小学", "初中"], ["本", 15, 20]]:
        s.append(row)


@excel("term")
def _(s):
    for row in [["收费标准"], ["至", "2026-06-30"], [], ["项目", "小学", "初中"], ["本", 15, 20]]:
        s.append(row)


@excel("level")
def _(s):
    for row in [["级别", "元"], ["一级", 15], ["二级", 20]]:
        s.append(row)


@excel("hidden")
def _(s):
    for row in [["项目", "元", "内部", "注"], ["本", 15, "密", "一"], ["衣", 20, "密", "二"], ["鞋", 30, "密", "三"]]:
        s.append(row)
    s.column_dimensions["C"].hidden = True
    s.row_dimensions[3].hidden = True
    other = s.parent.create_sheet("内部")
    other["A1"] = "不公开"
    other.sheet_state = "hidden"
    s.parent.create_sheet("第二张")["A1"] = "另一张"
    s.parent.create_sheet("空的")


@excel("list")
def _(s):
    for text in ["录取名单", "甲", "乙", "明溪县实验小学", "2026年6月18日"]:
        s.append([text])


@excel("second")
def _(s):
    s.parent.create_sheet("表")["B3"] = "放假通知"


@excel("epoch")
def _(s):
    s.parent.epoch = datetime.datetime(1904, 1, 1)
    s.append(["放假通知"])
    s.append([datetime.date(2026, 6, 18)])
    s["A2"].number_format = "yyyy年m月d日"


@excel("refused-error")
def _(s):
    s.append(["项目", "元"])
    s.append(["本", "#REF!"])
    s["B2"].data_type = "e"


@excel("refused-formula")
def _(s):
    s.append(["项目", "元"])
    s.append(["本", "=1+1"])


@excel("refused-format")
def _(s):
    s.append(["项目", "元"])
    s.append(["本", 0.5])
    s["B2"].number_format = "# ?/?"


@excel("refused-struck")
def _(s):
    s.append(["项目", "元"])
    s.append(["本", 120])
    s["B2"].font = Font(strike=True)


@excel("refused-chart")
def _(s):
    for row in [["项目", "元"], ["本", 15]]:
        s.append(row)
    chart = BarChart()
    chart.add_data(Reference(s, min_col=2, min_row=1, max_row=2))
    s.add_chart(chart, "D1")


@excel("refused-rows")
def _(s):
    s["A1"], s["A2001"] = "一", "二"


@excel("refused-columns")
def _(s):
    s["A1"], s["BM1"] = "一", "二"


@excel("refused-empty")
def _(s):
    s["A1"].font = Font(bold=True)


@excel("refused-private")
def _(s):
    s.append(["姓名", "电话"])
    s.append(["王小明", 13800000000])
