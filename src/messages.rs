//! The one table of messages. Each row: what is wrong and the way out, in Chinese and in English.
//! `{0}`, `{1}` … are filled from the diagnostic's arguments; a message gives the value, the limit and
//! what to type instead.

use crate::diagnostic::Lang;

macro_rules! table {
    ($( $(#[$doc:meta])* $name:ident: $zh:literal, $zh_hint:literal; $en:literal, $en_hint:literal; )*) => {
        /// A message of the table.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)] // the words in the table are the documentation
        pub enum Msg { $( $(#[$doc])* $name, )* }

        impl Msg {
            /// Every message, for the test that both languages take the same arguments.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )* ];

            /// The variant's name, as a stable code in JSON.
            pub const fn code(self) -> &'static str {
                match self { $( Self::$name => stringify!($name), )* }
            }

            const fn row(self) -> [&'static str; 4] {
                match self { $( Self::$name => [$zh, $zh_hint, $en, $en_hint], )* }
            }
        }
    };
}

table! {
    // notice: header
    UnknownKey: "不认识的栏目“{0}”。", "是否想写“{1}”？请改正，或删去这一行。";
        "unknown key `{0}`.", "Did you mean `{1}`? Correct it or delete the line.";
    DuplicateKey: "栏目“{0}”写了两次（另一处在 {1}）。", "请只留一处。";
        "the key `{0}` is given twice (also at {1}).", "Keep one of them.";
    BadDate: "“{0}”（{1}）不是有效日期。", "请写成例如 {2}。";
        "`{0}` ({1}) is not a valid date.", "Write it like {2}.";
    NoYear: "“{0}”（{1}）没有年份。", "请写全，例如 {2}。";
        "`{0}` ({1}) has no year.", "Write it in full, e.g. {2}.";
    OpenEnded: "“{0}”（{1}）不是期限：每条公告都要有截止日期。", "请写明日期，例如 {2}。";
        "`{0}` ({1}) is no term: every notice needs a last day.", "Give a date, e.g. {2}.";
    BadValue: "“{1}”不能用作“{0}”。", "可以写：{2}。";
        "`{1}` is no value for `{0}`.", "Possible: {2}.";
    NotADefault: "“{0}”不能写在 playlist.yaml 里。", "每条公告各不相同，请写在公告自己的栏目里。";
        "`{0}` cannot stand in playlist.yaml.", "It differs from notice to notice: write it into each header.";
    NotInHeader: "“{0}”只能写在 playlist.yaml 里。", "请改写“至：日期”。";
        "`{0}` belongs into playlist.yaml.", "Write `until:` with a date here.";
    HeaderUnclosed: "公告开头的栏目没有用 --- 结束。", "请在最后一个栏目下面加一行 ---，再写正文。";
        "the header is not closed with `---`.", "Put a line `---` below the last key, then the text.";
    HeaderNotUnderstood: "这一行“{0}”看不懂：栏目应写成“名称：内容”。", "请改成例如“至：{1}”，或删去。";
        "cannot read the line `{0}`: a header line is `key: value`.", "Write e.g. `until: {1}`, or delete it.";
    HeaderTooLong: "栏目共 {0} 行，最多 {1} 行。", "请检查 --- 是否放在正文之前。";
        "the header has {0} lines, at most {1} are allowed.", "Check that `---` stands before the text.";
    HeaderInText: "这一行“{0}”像是栏目，却写在正文里，不起作用。", "请写成“{1}”，放在文件最前面的 --- 与 --- 之间；如果它是正文，请换一种说法。";
        "the line `{0}` looks like a header line but stands in the text, where it has no effect.", "Write `{1}` between two lines `---` at the very top; if it is text, word it differently.";
    NoTitle: "公告没有标题。", "请加一行“标题：……”，或在正文第一行写标题。";
        "the notice has no title.", "Add a line `title: …`, or write the title as the first line.";
    EmptyNotice: "公告是空的。", "请写上内容；如果正在编辑，保存后会自动重读。";
        "the notice is empty.", "Write its text; if it is being edited, it is read again when saved.";
    NotText: "这不是文本文件（第 {0} 个字节是 NUL）。", "请在记事本中打开，另存为 UTF-8 文本。";
        "this is not a text file (byte {0} is NUL).", "Open it in an editor and save it as UTF-8 text.";
    BadEncoding: "文字编码不是 {0}，第 {1} 个字节读不出来。", "请用记事本另存为 UTF-8。";
        "the text is not {0}: byte {1} cannot be read.", "Save it as UTF-8.";
    BadCharset: "不认识的编码“{0}”。", "可以写：utf-8、gb18030、utf-16。";
        "unknown charset `{0}`.", "Possible: utf-8, gb18030, utf-16.";
    TextTooLarge: "文件有 {0} 字节，文本最多 {1} 字节。", "请分成几条公告。";
        "the file has {0} bytes, text may have {1} at most.", "Split it into several notices.";
    TooManyCharacters: "正文有 {0} 个字，最多 {1} 个。", "请分成几条公告。";
        "the text has {0} characters, at most {1} are allowed.", "Split it into several notices.";
    ForbiddenCharacter: "含有不能显示的字符 {0}。", "请删去；外文从右向左书写或需要连字的，请改用图片。";
        "it holds a character that cannot be shown: {0}.", "Delete it; right-to-left and joined scripts can be dropped as a picture.";
    // notice: files
    NotSupported: "不能显示 {0} 文件。", "请导出为 PNG 图片，或把文字另存为 .txt 后放入。";
        "{0} files cannot be shown.", "Export it as a PNG picture, or save its text as .txt, and drop that.";
    NotSupportedText: "不能显示 {0} 文件。", "请在 Word 或 WPS 中打开，“另存为” Word 文档（.docx）后放入。";
        "{0} files cannot be shown.", "Open it in Word or WPS, save it as .docx, and drop that.";
    NotSupportedSheet: "不能显示 {0} 文件。", "请在 Excel 或 WPS 中打开，“另存为” Excel 工作簿（.xlsx）后放入。";
        "{0} files cannot be shown.", "Open it in Excel or WPS, save it as .xlsx, and drop that.";
    NotSupportedPages: "不能显示 {0} 文件。", "请把要播放的页导出为 PNG 图片后放入；能找到 Word 原文的，请放 .docx。";
        "{0} files cannot be shown.", "Export the page as a PNG picture and drop that; if there is a Word file of it, drop the .docx.";
    NotSupportedArchive: "不能显示压缩包（{0}）。", "请先解压，再把里面的文件放入。";
        "{0} archives cannot be shown.", "Unpack it and drop the files themselves.";
    NotSupportedLink: "这是快捷方式（{0}），不是文件本身。", "请把文件本身复制进来。";
        "this is a shortcut ({0}), not the file.", "Copy the file itself.";
    NotSupportedPicture: "不能显示 {0} 图片。", "请另存为 PNG 或 JPEG 后放入。";
        "{0} pictures cannot be shown.", "Save it as PNG or JPEG and drop that.";
    NotSupportedVideo: "不能播放 {0} 文件。", "请截取画面存为 PNG，或导出为 GIF 动画后放入。";
        "{0} files cannot be played.", "Save a still as PNG, or export an animated GIF, and drop that.";
    NoExtension: "文件名“{0}”没有扩展名，不知道是什么文件。", "如果是文本，请改名为 {0}.txt。";
        "the name `{0}` has no extension, so its kind is unknown.", "If it is text, rename it to {0}.txt.";
    WrongDot: "文件名“{0}”里的点写成了“{1}”。", "请改名为 {2}。";
        "the name `{0}` has `{1}` where a dot belongs.", "Rename it to {2}.";
    StrayYaml: "这个 yaml 文件不属于任何公告。", "图片的说明请命名为“图片名.png.yaml”，文件夹的默认值请命名为 playlist.yaml。";
        "this yaml file belongs to no notice.", "Name it `PICTURE.png.yaml` for a picture's header, or playlist.yaml for the folder's defaults.";
    StrayFile: "这个文件不在任何播放列表里。", "请把它移到一个播放列表文件夹中，例如 {0}。";
        "this file is in no playlist.", "Move it into a playlist folder, e.g. {0}.";
    NestedFolder: "播放列表里的子文件夹不会播放。", "请把里面的文件移到上一层。";
        "folders inside a playlist are not played.", "Move its files one level up.";
    SymlinkOutside: "这个链接指向播放列表目录之外，不能使用。", "请把文件本身复制进来。";
        "this link leaves the playlists folder and is refused.", "Copy the file itself.";
    Unreadable: "读不了这个文件：{0}。", "请检查权限和磁盘；能读时会自动恢复。";
        "cannot read this: {0}.", "Check permissions and the disk; it comes back by itself.";
    TwoSidecars: "同一个文件有两个说明文件，另一个是“{0}”。", "请只留一个。";
        "there are two header files for one file; the other is `{0}`.", "Keep one of them.";
    OrphanSidecar: "说明文件没有对应的文件“{0}”。", "请放入该文件，或删去说明文件。";
        "this header file belongs to `{0}`, which is not there.", "Drop that file, or delete the header file.";
    PictureBroken: "图片打不开：{0}。", "请重新导出为 PNG 再放入。";
        "the picture cannot be decoded: {0}.", "Export it again as PNG.";
    PictureTooLarge: "图片为 {0}，最多 {1}。", "请缩小后再放入。";
        "the picture is {0}, at most {1} are allowed.", "Make it smaller.";
    // notice: documents
    DocumentBroken: "文件打不开：{0}。", "请在 Word、Excel 或 WPS 中打开，另存为新的 .docx 或 .xlsx 后放入。";
        "the document cannot be opened: {0}.", "Open it in Word, Excel or WPS and save it anew as .docx or .xlsx.";
    DocumentLocked: "文件有密码，或者是旧格式（.doc、.xls）改了扩展名。", "请去掉密码，“另存为” .docx 或 .xlsx 后放入。";
        "it has a password, or is an old .doc or .xls under another name.", "Remove the password and save it as .docx or .xlsx.";
    DocumentTooLarge: "文件超过限度：{0} 为 {1}，最多 {2}。", "请分成几个文件，或导出为 PNG 图片。";
        "the document exceeds a limit: {0} {1}, at most {2}.", "Split it, or export a PNG picture.";
    DocumentUnknown: "文件里有不能显示的内容（{0}）。", "请删去或改成普通文字，或导出为 PNG 图片。";
        "it holds something that cannot be shown ({0}).", "Delete it or make it plain text, or export a PNG picture.";
    DocumentFormula: "文件里有公式，不能显示。", "请改成普通文字，或截图后插入，或把整页导出为 PNG 图片。";
        "it holds a formula, which cannot be shown.", "Write it as text, paste it as a picture, or export the page as PNG.";
    DocumentChart: "文件里有图表或 SmartArt，不能显示。", "请把它截图后插入，或把整页导出为 PNG 图片。";
        "it holds a chart or SmartArt, which cannot be shown.", "Paste it as a picture, or export the page as PNG.";
    DocumentDrawing: "文件里有艺术字、组合图形或画布，不能显示。", "请改成普通文字，或截图后插入，或把整页导出为 PNG 图片。";
        "it holds WordArt, grouped shapes or a canvas, which cannot be shown.", "Make it plain text, paste it as a picture, or export the page as PNG.";
    DocumentObject: "文件里嵌入了其他程序的对象或文件，不能显示。", "请改成文字或图片。";
        "an object or file of another program is embedded, which cannot be shown.", "Make it text or a picture.";
    DocumentFootnote: "文件里有脚注或尾注，不能显示。", "请把注释写进正文。";
        "it holds footnotes or endnotes, which cannot be shown.", "Move them into the text.";
    DocumentField: "文件里有没有结果的域（{0}），不能显示。", "请选中它按 Ctrl+Shift+F9 变成文字，或直接改成文字。";
        "it holds a field ({0}) whose result is not text.", "Select it and press Ctrl+Shift+F9 to make it text, or type the text.";
    DocumentSymbol: "符号字体“{0}”中的字符 {1} 没有对应的字。", "请用输入法或“插入符号”中的普通字符代替。";
        "the character {1} of the symbol font `{0}` is not known.", "Use an ordinary character instead.";
    DocumentStruck: "“{0}”带删除线，在屏上会像有效内容。", "请删去这些字。";
        "`{0}` is struck through, and would look valid on a screen.", "Delete it.";
    DocumentRaised: "上标或下标“{0}”不能显示。", "请改成同一行的文字，例如“（注1）”。";
        "`{0}` is raised or lowered and cannot be shown so.", "Write it on the line.";
    DocumentNumbering: "自动编号的格式 {0}（第 {1} 项）不认识。", "请换一种编号，或手工写上序号。";
        "the numbering {0} (number {1}) is not known.", "Choose another one, or type the numbers.";
    DocumentUnfilled: "文件里有没填的内容控件（“单击此处输入文字”）。", "请填好或删去。";
        "a form field still asks to be filled in.", "Fill it in or delete it.";
    DocumentCellChanged: "表格里有未确认的单元格修订。", "请在“审阅”中接受或拒绝修订。";
        "the table has tracked changes of whole cells.", "Accept or reject them.";
    DocumentPictureKind: "文件里有 {0} 图片，不能显示。", "请在 Word 中剪切它，“选择性粘贴”为 PNG。";
        "it holds a picture in {0}, which cannot be shown.", "Cut it and paste it special as PNG.";
    DocumentPictureChanged: "图片在文件里被裁剪、旋转或翻转过。", "请右键“另存为图片”后重新插入，或用“压缩图片”删除裁剪区域；这样不会露出裁掉的部分。";
        "a picture is cropped, turned or mirrored within the document.", "Save it as a picture and insert it again, or remove cropped areas with Compress Pictures, so that nothing cropped is shown.";
    DocumentPictureInTable: "图片在表格里，不能显示。", "请把图片移到表格外面。";
        "a picture stands within a table and cannot be shown.", "Move it out of the table.";
    DocumentPictureOutside: "图片没有存在文件里，只是链接。", "请用“插入图片”把它放进文件。";
        "a picture is linked, not stored in the document.", "Insert it into the document.";
    DocumentPictureTiny: "有一张图片在页面上只有 {0} 点，不足 {1} 点，没有显示。", "如果需要，请放大它。";
        "a picture measures only {0} on the page, less than {1}, and is left out.", "Make it larger if it matters.";
    DocumentChanges: "文件里有未确认的修订，按全部接受显示。", "请在“审阅”中接受或拒绝修订后重新保存。";
        "it has tracked changes; it is shown as if all were accepted.", "Accept or reject them and save it again.";
    DocumentHidden: "文件里有隐藏的内容，没有显示。", "如果需要，请取消隐藏。";
        "hidden content is not shown.", "Unhide it if it matters.";
    DocumentTextBox: "文本框里的文字接在它所在段落的后面显示。", "请看预览，顺序不对的话，请改成普通段落。";
        "the text of a text box is shown below the paragraph that it belongs to.", "Look at the preview; make it a paragraph if the order is wrong.";
    DocumentShape: "文件里的线条和图形没有显示。", "如果需要，请把整页导出为 PNG 图片。";
        "lines and shapes are not shown.", "Export the page as PNG if they matter.";
    SheetError: "单元格 {0} 是错误值 {1}。", "请改正公式。";
        "the cell {0} holds the error {1}.", "Correct its formula.";
    SheetNoResult: "单元格 {0} 的公式没有算出结果。", "请在 Excel 或 WPS 中打开并保存一次。";
        "the formula in cell {0} has no result.", "Open it in Excel or WPS and save it once.";
    SheetFormat: "单元格 {0} 的数字格式“{1}”不认识，怕显示错。", "请改成“常规”“数值”“货币”或“日期”，或改成文本。";
        "the number format `{1}` of cell {0} is not known and might be shown wrongly.", "Choose General, Number, Currency or Date, or make it text.";
    SheetStruck: "单元格 {0} 带删除线，在屏上会像有效内容。", "请删去这些字。";
        "the cell {0} is struck through, and would look valid on a screen.", "Delete it.";
    SheetRaised: "单元格 {0} 里的上标或下标不能显示。", "请改成同一行的文字。";
        "the cell {0} holds raised or lowered text that cannot be shown so.", "Write it on the line.";
    SheetDrawing: "表格上有图表、图片、图形或控件，不能显示。", "请删去它们，或把整页导出为 PNG 图片。";
        "a chart, picture, shape or control lies on the sheet, which cannot be shown.", "Delete it, or export the page as PNG.";
    SheetHiddenCells: "有 {0} 个隐藏的单元格没有显示（例如 {1}）。", "如果需要，请取消隐藏或筛选。";
        "{0} hidden cells are not shown (e.g. {1}).", "Unhide them or clear the filter if they matter.";
    SheetOthers: "只显示第一张有内容的工作表，没有显示：{0}。", "如果需要，请把它们另存为单独的文件。";
        "only the first sheet with content is shown, not: {0}.", "Save them as files of their own if they matter.";
    SheetHidden: "隐藏的工作表没有显示：{0}。", "如果需要，请取消隐藏。";
        "hidden sheets are not shown: {0}.", "Unhide them if they matter.";
    DuplicateNotice: "与“{0}”内容相同，只播放那一条。", "可以删去这一份。";
        "it has the same text as `{0}`; only that one is shown.", "This copy can be deleted.";
    SameTitle: "与“{0}”标题相同而内容不同。", "如果是新版本，请删去旧的，或写明“替代”。";
        "it has the same title as `{0}` but another text.", "If it is a new version, delete the old one or use `replaces`.";
    // approval
    Unanswered: "“{0}”没有填写。", "请加一行“{0}：……”，写明单位或姓名，或写在 playlist.yaml 里。";
        "`{0}` is not given.", "Add a line `{0}: …` with a person or office, or put it into playlist.yaml.";
    AnswersNothing: "“{0}”写的是“{1}”，等于没有填写。", "请写明单位或姓名。";
        "`{0}` says `{1}`, which answers nothing.", "Name a person or office.";
    SamePerson: "提供和审核都是“{0}”。", "请由另一人审核，并写上其姓名或职务。";
        "`{0}` is both provider and reviewer.", "Somebody else must review it; name them.";
    UntilBeforeFrom: "截止时间 {0} 早于开始时间 {1}。", "请改正其中之一。";
        "`until` {0} lies before `from` {1}.", "Correct one of them.";
    Expired: "已于 {0} 到期。", "如果仍然有效，请更改“至”；否则可以删去文件。";
        "it expired on {0}.", "If it still holds, change `until`; else delete the file.";
    UntilFarAhead: "截止日期 {0} 在 366 天以后。", "请确认年份没有写错。";
        "`until` {0} is more than 366 days ahead.", "Make sure that the year is right.";
    WeekdayWrong: "{0} 是{1}，而写的是{2}。", "请核对日期。";
        "{0} is a {1}, but the text says {2}.", "Check the date.";
    TitleYear: "标题里的年份 {0} 不在有效期 {1} 之内。", "请核对标题和日期。";
        "the title's year {0} lies outside the validity {1}.", "Check title and dates.";
    IdNumber: "含有身份证号 {0}。", "请删去或改为部分遮盖（如 110105********002X）；确需公开的，写明“隐私豁免：理由”。";
        "it holds an identity number {0}.", "Remove or mask it; if it must be public, give `privacy_exempt: reason`.";
    BankCard: "含有银行卡号 {0}。", "请删去或部分遮盖；确需公开的，写明“隐私豁免：理由”。";
        "it holds a bank card number {0}.", "Remove or mask it; if it must be public, give `privacy_exempt: reason`.";
    MobileNumber: "含有手机号 {0}。", "请改用办公电话；确需公开的，写明“隐私豁免：理由”。";
        "it holds a mobile number {0}.", "Use an office number; if it must be public, give `privacy_exempt: reason`.";
    SecretMark: "含有密级标志“{0}”。", "涉密内容不得公开。请删去文件并报告保密审查人。";
        "it holds a secrecy marking `{0}`.", "Secret matter must not be published. Delete the file and tell the secrecy reviewer.";
    ExemptUsed: "隐私检查已豁免：{0}。", "如不再需要，请删去这一行。";
        "the privacy check is lifted: {0}.", "Delete the line when it is no longer needed.";
    UnknownReplaces: "要替代的“{0}”不在这个播放列表里。", "请核对文件名。";
        "`{0}`, which it replaces, is not in this playlist.", "Check the file name.";
    UnknownScreen: "屏幕“{0}”不存在。", "现有：{1}。";
        "there is no screen `{0}`.", "There are: {1}.";
    // render: refusals for a profile
    MissingGlyphs: "没有这些字的字形：{0}。", "请改字，或把含有它们的字体放入 fonts 文件夹。";
        "no font has these characters: {0}.", "Change them, or drop a font that has them into the fonts folder.";
    TooLong: "在 {0} 屏上要 {1} 页，最多 {2} 页。", "请缩短到约 {3} 字，或分成几条。";
        "it takes {1} pages on {0}, at most {2} are allowed.", "Shorten it to about {3} characters, or split it.";
    Illegible: "屏高 {0} 点放不下最小可读字号 {1} 点。", "请检查 screens.yaml 中的 pitch 和 viewing_distance；矮到放不下字的屏可以放图片。";
        "{0} rows cannot hold the smallest legible size of {1} px.", "Check pitch and viewing_distance in screens.yaml; a face too low for text can show pictures.";
    ColumnTooWide: "“{0}”比屏幕还宽。", "请缩短或拆开。";
        "`{0}` is wider than the screen.", "Shorten or split it.";
    PictureTextSmall: "图中文字在 {0} 屏上约 {1} 点高，看清需要 {2} 点。", "请把图中文字放大到 {3} 倍，或分成几张图；文字内容最好另写成 .txt 公告。";
        "the text in the picture would be about {1} dots high on {0}; {2} are needed to read it.", "Make its text {3} times as large, split it into several pictures, or drop the words as a .txt notice.";
    FilmShortened: "动图太长，只播放前 {0} 秒。", "请剪短或缩小，或拆成几个动图。";
        "the animation is too long: its first {0} seconds are shown.", "Make it shorter or smaller, or split it into several.";
    PictureBlank: "图片在 {0} 屏上什么也没有，一片黑。", "请检查图片；要屏幕空着，删除这个文件即可。";
        "the picture shows nothing on {0}: all would be dark.", "Check the picture; for a dark screen delete the file.";
    PictureTooSmall: "图片在 {0} 屏上只占 {1}%。", "请换一张比例合适的图，或写“适配：contain”。";
        "the picture would fill only {1}% of {0}.", "Use one of a better shape, or write `fit: contain`.";
    RenderPanicked: "排版时出错，这条公告没有播放：{0}。", "其他公告不受影响。请把文件发给维护人员。";
        "laying it out failed, it is not shown: {0}.", "Other notices are not affected. Please report the file.";
    // screens.yaml, playlist.yaml
    ScreensBroken: "screens.yaml 有错：{0}。", "请改正；有上一个正确版本的，暂时沿用。";
        "screens.yaml is broken: {0}.", "Correct it; the last good version, if there is one, stays in force.";
    PlaylistBroken: "playlist.yaml 有错。", "请改正；在此之前沿用上一个正确的版本。";
        "playlist.yaml is broken.", "Correct it; the last good version stays in force.";
    ScreensMissing: "没有 screens.yaml。", "请运行 mingping new {0}，或从备份恢复。";
        "there is no screens.yaml.", "Run `mingping new {0}`, or restore it.";
    ScreensNotUtf8: "screens.yaml 不是 UTF-8 编码。", "请在记事本中打开，另存为 UTF-8。";
        "screens.yaml is not UTF-8.", "Save it as UTF-8.";
    ScreensEmpty: "screens.yaml 是空的，没有一块屏。", "请写上屏幕，样例可用 mingping new 生成。";
        "screens.yaml is empty, there is no screen in it.", "Add a screen; `mingping new` writes an example.";
    ScreensUnknownKey: "不认识的屏幕设置“{0}”。", "可以写：{1}。";
        "unknown key `{0}`.", "Possible: {1}.";
    ScreensMissingKey: "有一块屏没有写“{0}”。", "请加一行，例如 size: 320x32、color: red、playlists: [bureau]。";
        "a screen has no `{0}`.", "Add a line, e.g. `size: 320x32`, `color: red`, `playlists: [bureau]`.";
    ScreensDuplicate: "“{0}”写了两次。", "请只留一处。";
        "`{0}` is given twice.", "Keep one of them.";
    ScreensSyntax: "这里的写法看不懂：“{0}”。", "请检查这一行和上一行：冒号用半角 : 并在后面留一个空格，同一块屏的各行左边对齐，括号和引号成对，数字在范围内。";
        "cannot read this: `{0}`.", "Look at this line and the one above: a colon is followed by a space, the lines of a screen are aligned, brackets and quotes come in pairs, numbers are in range.";
    ScreensGone: "{0} 里的 screens.yaml 不见了，按共享盘没有挂载处理。", "请恢复它；24 小时内沿用最后的内容，在此期间删除公告不起作用。";
        "screens.yaml is gone from {0}; the folder counts as not mounted.", "Restore it. The last good content stays for at most 24 h, and deleting notices has no effect until then.";
    ScreenSize: "屏幕“{0}”的尺寸 {1} 超出范围：{2}。", "请写成例如 size: 320x32。";
        "screen `{0}` has size {1}, allowed is {2}.", "Write e.g. `size: 320x32`.";
    ScreenValue: "屏幕“{0}”的 {1} 不能是“{2}”。", "可以写：{3}。";
        "screen `{0}`: `{2}` is no value for {1}.", "Possible: {3}.";
    ScreenId: "屏幕编号“{0}”不能用在网址里。", "请用字母、数字、汉字、-、_，最多 64 个字。";
        "the screen id `{0}` cannot stand in a URL.", "Use letters, digits, hanzi, - and _, at most 64.";
    UnknownPlaylist: "屏幕“{0}”的播放列表“{1}”没有文件夹。", "请新建文件夹 {1}，或改正 screens.yaml。";
        "screen `{0}` plays `{1}`, but there is no such folder.", "Create the folder {1}, or correct screens.yaml.";
    IdleDoesNotFit: "屏幕“{0}”的待机文字放不下。", "请缩短 idle；在此之前待机时为黑屏。";
        "the idle text of screen `{0}` does not fit.", "Shorten `idle`; until then the screen is black when idle.";
    // surroundings
    ClockBehind: "电脑时间 {0} 早于上次运行的时间 {1}，时间不可信，屏幕只显示待机画面。", "如果电脑时间不对，请校准，或打开网络对时：timedatectl set-ntp true。如果电脑时间是对的（以前曾经走快），请删除文件 {2}。";
        "the clock says {0}, but this server has already seen {1}: it cannot be trusted, screens show idle frames.", "If the clock is wrong, set it, or switch on NTP: `timedatectl set-ntp true`. If it is right and ran ahead before, delete the file {2}.";
    RootMissing: "播放列表文件夹 {0} 不存在或没有挂载。", "请检查共享盘；24 小时内沿用最后的内容。";
        "the playlists folder {0} is missing or not mounted.", "Check the share; the last good content stays for at most 24 h.";
    FontsMissing: "字体文件夹 {0} 读不了：{1}。", "已改用内置的 Unifont；请恢复 fonts 文件夹。";
        "cannot read the fonts folder {0}: {1}.", "The built-in Unifont is used; restore the folder.";
    FontBroken: "字体 {0} 用不了：{1}。", "其他字体不受影响；请换一个文件。";
        "the font {0} cannot be used: {1}.", "Other fonts are not affected; replace the file.";
    StateNotWritable: "状态文件夹 {0} 写不了：{1}。", "请检查权限和磁盘空间；重启后轮播可能从头开始。";
        "cannot write the state folder {0}: {1}.", "Check permissions and disk space; after a restart loops may begin anew.";
    TokensUnreadable: "令牌文件 {0} 读不了：{1}。在此之前，要求令牌的屏幕一律不提供画面。", "请用运行服务器的同一个用户执行 mingping screen；文件损坏时请删除它，再重新发放令牌。";
        "cannot read the tokens in {0}: {1}. Until then screens that require one give out nothing.", "Run `mingping screen` as the user who runs the server; if the file is damaged, delete it and issue tokens anew.";
    TooManyTokens: "屏幕“{0}”已有 {1} 个令牌。", "请先撤销不用的：mingping screen revoke {0} 代号。";
        "screen `{0}` has {1} tokens already.", "Revoke one that is not used: `mingping screen revoke {0} NAME`.";
    WhichToken: "没有说明撤销屏幕“{0}”的哪个令牌。", "请写代号（现有：{1}），或写 --all。";
        "it is not said which token of screen `{0}` to revoke.", "Give its name (there are: {1}), or --all.";
    NoSuchToken: "屏幕“{0}”没有令牌“{1}”。", "现有：{2}。";
        "screen `{0}` has no token `{1}`.", "There are: {2}.";
    FeedbackNotWritable: "反馈文件夹 {0} 写不了：{1}。", "请检查权限和磁盘空间。";
        "cannot write the feedback folder {0}: {1}.", "Check permissions and disk space.";
    EventsUnavailable: "收不到文件变化通知：{0}。", "改为每 2 秒查看一次，新公告会晚几秒出现。";
        "no file events: {0}.", "The folder is scanned every 2 s instead; new notices appear a little later.";
    // http: what a controller asked for and does not get
    HttpNotReady: "还没有读到正确的 screens.yaml，暂时没有画面。", "请稍后再试；运行 mingping check 可以查看原因。";
        "screens.yaml has not been read well yet, so there is no frame to vouch for.", "Try again in a moment; `mingping check` says what is wrong.";
    HttpFormat: "没有“{0}”这种格式。", "可以要：{1}。";
        "there is no format `{0}`.", "There are: {1}.";
    HttpCharset: "文字画面没有“{0}”这种编码。", "可以写 charset= 后接：{1}。";
        "text frames cannot be had in the character set `{0}`.", "Write one of these behind `charset=`: {1}.";
    HttpScheme: "{1} 屏给不出 {0} 格式。", "可以要：{2}。";
        "a screen in `{1}` cannot be had as `{0}`.", "Ask for one of: {2}.";
    HttpDepth: "{1} 屏的 BMP 给不出 {0} 位色。", "depth 可以写：{2}；不写就是最小的一种。";
        "a BMP of a screen in `{1}` cannot be had with depth `{0}`.", "Ask for a depth of {2}, or leave it out for the smallest.";
    HttpPagesOnly: "屏幕“{0}”只放静止画面，没有动画。", "需要动画的话，请在 screens.yaml 中为它写 motion: clip；静止画面在 /screens/{0}/frame.bmp。";
        "screen `{0}` shows still pages only, it has no clips.", "For clips set `motion: clip` for it in screens.yaml; its pages are at /screens/{0}/frame.bmp.";
    HttpSize: "画面大小不能在网址里指定（size={0}）。", "大小由 screens.yaml 决定，请去掉 size 参数。";
        "the size of a frame cannot be asked for (`size={0}`).", "It is set in screens.yaml; leave `size` out.";
    HttpTokenNeeded: "屏幕“{0}”要求令牌。", "请在服务器上运行 mingping screen token {0}，把令牌填进控制卡（Authorization: Bearer、Basic 密码或 ?key=）。";
        "screen `{0}` requires a token.", "Run `mingping screen token {0}` on the server and give the token to the controller, as `Authorization: Bearer`, Basic password or `?key=`.";
    HttpTokenWrong: "这不是屏幕“{0}”的令牌，或者已经撤销。", "请核对；用 mingping screen token {0} 可以发放新的令牌。";
        "this is no token of screen `{0}`, or it was revoked.", "Check it; `mingping screen token {0}` issues a new one.";
    HttpMethod: "这个网址不接受 {0}。", "可以用：{1}。";
        "this address does not take {0}.", "Possible: {1}.";
    HttpTooLarge: "请求带了 {0} 字节的内容，最多 {1} 字节。", "请去掉请求内容。";
        "the request carries a body of {0} bytes, at most {1} are taken.", "Send it without a body.";
    HttpBadPath: "网址“{0}”不是正确的 UTF-8。", "请按 UTF-8 对汉字做百分号编码，例如 {1}。";
        "the address `{0}` is not UTF-8.", "Percent-encode hanzi as UTF-8, e.g. {1}.";
    HttpNoPage: "没有“{0}”这个网址。", "屏幕列表在 {1}。";
        "there is nothing at `{0}`.", "The screens are listed at {1}.";
    HttpFrameGone: "画面 {0} 已经撤下或到期。", "请重新获取 manifest.json。";
        "the frame {0} was withdrawn or has expired.", "Fetch manifest.json again.";
    HttpFrameNever: "没有播放过画面 {0}。", "画面的网址在 manifest.json 里。";
        "no frame {0} was ever on air.", "Frames are named in manifest.json.";
    HttpBusy: "等待变化的连接太多，暂时不能再接。", "请改为定时获取 frame.bmp。";
        "too many connections wait for changes.", "Poll frame.bmp instead.";
    HttpNotSpoken: "屏幕“{0}”没有开启 {1} 协议。", "请在 screens.yaml 这块屏下面加一行 protocol: {1}，或用 --protocols {1} 启动。";
        "the protocol {1} is off for screen `{0}`.", "Add `protocol: {1}` to it in screens.yaml, or start with --protocols {1}.";
    HttpNoHandshake: "这个网址只接受 WebSocket 连接。", "请按 RFC 6455（版本 13）握手。";
        "this address takes WebSocket connections only.", "Open it with the handshake of RFC 6455, version 13.";
    HttpBadBody: "请求内容不是需要的 JSON。", "请发送一个 JSON 对象，例如 {\"logs\": []}。";
        "the body is not the JSON that is wanted.", "Send a JSON object, e.g. {\"logs\": []}.";
    UnknownProtocol: "不认识的协议“{0}”。", "可以写：{1}。";
        "unknown protocol `{0}`.", "Possible: {1}.";
    SameMac: "屏幕“{0}”和“{1}”写了同一个 mac：{2}。", "每台设备只能属于一块屏，请改正其中之一。";
        "the screens `{0}` and `{1}` have the same mac {2}.", "A device belongs to one screen; correct one of them.";
    HttpTooMany: "请求太频繁。", "请等 {0} 秒；一块屏每秒最多 40 次。";
        "too many requests.", "Wait {0} s; a screen may be asked for 40 times a second.";
    HttpTestNotHere: "测试图案只能在运行明屏的电脑上启动。", "请在那台电脑上输入：mingping screen test {0} --pattern ident --for 10m。";
        "test patterns are started on the computer on which Mingping runs.", "Type there: `mingping screen test {0} --pattern ident --for 10m`.";
    HttpNoPattern: "没有测试图案“{0}”。", "可以用：{1}。";
        "there is no test pattern `{0}`.", "There are: {1}.";
    HttpBroken: "生成这个回答时出错。", "其他网址不受影响；请查看日志并告诉维护人员。";
        "making this answer failed.", "Other addresses are not affected; see the log and report it.";
    // mingping pull
    PullUrl: "“{0}”不是画面的网址。", "请写成例如 http://10.0.0.5:8080/screens/gate/frame.bmp；令牌请用 --token-file。";
        "`{0}` is no address of a frame.", "Write e.g. http://10.0.0.5:8080/screens/gate/frame.bmp; a token goes into --token-file.";
    PullTls: "pull 不支持 https（{0}）。", "请在内网用 http，或在本机放一个 TLS 代理（如 stunnel），取它的 http 网址。";
        "pull does not speak https (`{0}`).", "Use http inside your network, or run a TLS proxy such as stunnel here and pull from its http address.";
    PullNowhere: "没有写画面送到哪里{0}。", "请加 --terminal、--output 文件 或 --exec 命令。";
        "it is not said where frames go{0}.", "Add --terminal, --output FILE or --exec CMD.";
    PullPicture: "终端里画不出“{0}”。", "请取 frame.png、frame.bmp、frame.gif 或 frame.webp。";
        "the terminal cannot draw `{0}`.", "Ask for frame.png, frame.bmp, frame.gif or frame.webp.";
    PullWait: "--wait 不能是“{0}”。", "请写 0 至 55 之间的秒数。";
        "`{0}` is no value for --wait.", "Give seconds, 0 to 55.";
    PullToken: "令牌读不了（{0}）。", "令牌文件里应只有一行，由字母、数字和半角符号组成。";
        "the token cannot be read ({0}).", "Its file holds one line of letters, digits and ASCII marks.";
    PullKeep: "存放画面的目录用不了：{0}。", "请检查权限，或用 --keep 指定另一个目录。";
        "the folder for kept frames cannot be used: {0}.", "Check its rights, or name another with --keep.";
    // why a notice is on air nowhere
    NowhereNoScreen: "没有屏幕播放播放列表“{0}”。", "请在 screens.yaml 中把它加到一块屏幕上。";
        "no screen plays the playlist `{0}`.", "Add it to a screen in screens.yaml.";
    NowhereNotYet: "{0} 开始播放。", "到时自动出现。";
        "it starts on {0}.", "It appears by itself.";
    NowhereHours: "现在不在播放时段内，{0} 起播放。", "需要改的话，请看“时段”和 screens.yaml 的 hours。";
        "it is outside hours now, next at {0}.", "To change that see `hours` here and in screens.yaml.";
    NowhereNeverOpen: "在它的有效期内，播放时段和屏幕开放时间没有重合。", "请看“时段”和 screens.yaml 的 hours。";
        "its hours and the screen's never meet within its term.", "See `hours` here and in screens.yaml.";
    NowhereNotChosen: "“屏幕”一栏没有列出任何播放“{0}”的屏幕。", "请改正“屏幕”，或在 screens.yaml 中把“{0}”加到那些屏幕上。";
        "`screens` names no screen that plays `{0}`.", "Correct `screens`, or add `{0}` to those screens in screens.yaml.";
    NowhereReplaced: "已被“{0}”替代。", "不再需要的话可以删去。";
        "it is replaced by `{0}`.", "It can be deleted when no longer needed.";
    NowherePreempted: "紧急公告正在播放。", "紧急公告结束后自动恢复。";
        "an emergency notice is on air.", "It comes back by itself afterwards.";
}

impl Msg {
    /// What is wrong, with the arguments filled in.
    pub fn fill(self, lang: Lang, args: &[String]) -> String {
        let [zh, _, en, _] = self.row();
        fill(if lang == Lang::Zh { zh } else { en }, args)
    }

    /// The way out, with the arguments filled in.
    pub fn fill_hint(self, lang: Lang, args: &[String]) -> String {
        let [_, zh, _, en] = self.row();
        fill(if lang == Lang::Zh { zh } else { en }, args)
    }
}

/// Puts `args` where `{0}` to `{9}` stand. What an argument holds is never read as a template.
fn fill(template: &str, args: &[String]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let digit = rest.as_bytes().get(at + 1).filter(|b| b.is_ascii_digit());
        if let (Some(digit), Some(b'}')) = (digit, rest.as_bytes().get(at + 2)) {
            out.push_str(args.get(usize::from(digit - b'0')).map_or("?", String::as_str));
            rest = &rest[at + 3..];
        } else {
            out.push('{');
            rest = &rest[at + 1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_use_the_same_arguments() {
        let used = |text: &str| (0..10).filter(|n| text.contains(&format!("{{{n}}}"))).collect::<Vec<_>>();
        for msg in Msg::ALL {
            let [zh, zh_hint, en, en_hint] = msg.row();
            assert_eq!(used(&format!("{zh}{zh_hint}")), used(&format!("{en}{en_hint}")), "{msg:?}");
            assert!(!zh_hint.is_empty() && !en_hint.is_empty(), "{msg:?} has no way out");
        }
    }

    #[test]
    fn an_argument_is_not_a_template() {
        assert_eq!(fill("a{0}b{1}", &["{1}".into(), "x".into()]), "a{1}bx");
    }
}
