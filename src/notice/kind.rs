//! What is this file, from its name alone?

use super::{Kind, Office};
use crate::diagnostic::{Diagnostic, Msg, Place};

const PICTURES: &[&str] = &["png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp"];
const TEXTS: &[&str] = &["txt", "text"];
const MARKDOWN: &[&str] = &["md", "markdown"];
const YAML: &[&str] = &["yaml", "yml"];
const DOCUMENTS: &[&str] = &["docx", "xlsx"];

/// Says what the file `file_name` in the folder `playlist` is.
pub fn kind(file_name: &str, playlist: &str) -> Kind {
    if is_ignored(file_name) {
        return Kind::Ignored;
    }
    let lower = file_name.to_lowercase();
    if lower == "playlist.yaml" || lower == "playlist.yml" {
        return Kind::Defaults;
    }
    let Some((stem, extension)) = split(&lower) else {
        if let Some((mark, meant)) = with_dot(file_name) {
            return refuse(Msg::WrongDot, [file_name, &mark, &meant], file_name, playlist);
        }
        return refuse(Msg::NoExtension, [file_name], file_name, playlist);
    };
    let of = |list: &[&str]| list.contains(&extension);
    if of(YAML) || of(TEXTS) {
        let owner = split(stem).map_or("", |(_, owner)| owner);
        let owned = PICTURES.contains(&owner)
            || DOCUMENTS.contains(&owner)
            || (of(YAML) && (TEXTS.contains(&owner) || MARKDOWN.contains(&owner)));
        if owned {
            // The extension is ASCII, so its length is the same before lower-casing.
            let end = file_name.len() - extension.len() - 1;
            return Kind::Sidecar(file_name[..end].to_owned());
        }
    }
    if of(TEXTS) {
        Kind::Text
    } else if of(MARKDOWN) {
        Kind::Markdown
    } else if of(PICTURES) {
        Kind::Picture
    } else {
        let (msg, args): (_, &[&str]) = match extension {
            "docx" => return Kind::Document(Office::Word),
            "xlsx" => return Kind::Document(Office::Excel),
            "doc" | "wps" | "wpt" | "odt" | "rtf" | "docm" | "dot" | "dotx" | "pages" | "uot" => {
                (Msg::NotSupportedText, &[extension])
            }
            "xls" | "et" | "ett" | "ods" | "csv" | "xlsm" | "xlsb" | "numbers" | "uos" => {
                (Msg::NotSupportedSheet, &[extension])
            }
            "pdf" | "ofd" | "ppt" | "pptx" | "pps" | "ppsx" | "dps" | "odp" | "vsd" | "vsdx" | "caj" => {
                (Msg::NotSupportedPages, &[extension])
            }
            "zip" | "rar" | "7z" | "gz" | "tar" | "tgz" => (Msg::NotSupportedArchive, &[extension]),
            "lnk" | "url" | "webloc" | "desktop" => (Msg::NotSupportedLink, &[extension]),
            "heic" | "heif" | "avif" | "tif" | "tiff" | "svg" | "psd" | "cdr" | "ai" | "ico" | "raw" => {
                (Msg::NotSupportedPicture, &[extension])
            }
            "mp4" | "avi" | "mov" | "wmv" | "mkv" | "flv" | "mpg" | "mpeg" | "webm" | "mp3" | "wav" => {
                (Msg::NotSupportedVideo, &[extension])
            }
            "yaml" | "yml" => (Msg::StrayYaml, &[]),
            _ => (Msg::NotSupported, &[extension]),
        };
        refuse(msg, args, file_name, playlist)
    }
}

/// The file's name without extension and leading number: `01-招生公告.md` is 招生公告. Empty if nothing
/// is left.
pub(super) fn title_from_name(file_name: &str) -> String {
    let stem = split(file_name).map_or(file_name, |(stem, _)| stem);
    let folded = stem.trim_start_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let numbered = folded.len() < stem.len();
    let marks = ['-', '_', '.', '、', '．', ' ', '—', '－', '＿', '　'];
    match folded.strip_prefix(marks) {
        Some(rest) if numbered => rest.trim_matches(marks).to_owned(),
        _ if folded.is_empty() => String::new(),
        _ => stem.trim().to_owned(),
    }
}

/// Whether a name was given by a program and not by a person: it is no title.
pub(super) fn nobody_named(stem: &str) -> bool {
    const PROGRAMS: &[&str] = &[
        "新建",
        "未命名",
        "无标题",
        "微信",
        "mmexport",
        "img",
        "dsc",
        "untitled",
        "new ",
        "document",
        "文档",
        "副本",
        "scan",
        "截图",
        "屏幕截图",
        "screenshot",
        "wps",
        "doc",
    ];
    let name = stem.to_lowercase();
    // What the program's own word leaves: numbers, marks, the kind of document.
    PROGRAMS.iter().filter_map(|program| name.strip_prefix(program)).any(|rest| {
        let rest = [
            "text",
            "文本",
            "microsoft",
            "office",
            "word",
            "excel",
            "wps",
            "图片",
            "工作表",
            "文档",
            "document",
        ]
        .iter()
        .fold(rest.to_owned(), |rest, word| rest.replace(word, ""));
        !rest.chars().any(char::is_alphabetic)
    })
}

/// Stem and extension, without the dot between.
fn split(name: &str) -> Option<(&str, &str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let good = !stem.is_empty() && (1..=10).contains(&extension.len()) && extension.is_ascii();
    (good && !extension.contains(' ')).then_some((stem, extension))
}

/// The mark typed instead of the dot before a known extension, and the name that was meant: `通知。txt`.
fn with_dot(name: &str) -> Option<(String, String)> {
    let at = name.rfind(['。', '．', '｡', '，', ',', '·', '、'])?;
    let (stem, rest) = name.split_at(at);
    let mark = rest.chars().next()?;
    let extension = crate::text::fold_name(&rest[mark.len_utf8()..]);
    let known = [TEXTS, MARKDOWN, PICTURES, DOCUMENTS].iter().any(|list| list.contains(&extension.as_str()));
    (known && !stem.is_empty()).then(|| (mark.to_string(), format!("{stem}.{extension}")))
}

/// Hidden, temporary, left behind by other programs, or a template.
fn is_ignored(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".tmp",
        ".temp",
        ".part",
        ".partial",
        ".filepart",
        ".crdownload",
        ".swp",
        ".swo",
        ".bak",
        ".lock",
        "~",
    ];
    const NAMES: &[&str] = &["thumbs.db", "ehthumbs.db", "desktop.ini"];
    let lower = name.to_lowercase();
    name.starts_with(['.', '~', '_'])
        || ENDINGS.iter().any(|ending| lower.ends_with(ending))
        || NAMES.contains(&lower.as_str())
}

fn refuse(msg: Msg, args: impl IntoIterator<Item = impl ToString>, file: &str, playlist: &str) -> Kind {
    Kind::Unsupported(Diagnostic::refusal(Place::file(format!("{playlist}/{file}")), msg, args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_file_is() {
        for (name, expected) in [
            ("通知.txt", Kind::Text),
            ("通知.TXT", Kind::Text),
            ("01-招生公告.md", Kind::Markdown),
            ("图.JPG", Kind::Picture),
            ("图.png.txt", Kind::Sidecar("图.png".into())),
            ("图.PNG.YAML", Kind::Sidecar("图.PNG".into())),
            ("表.docx.yml", Kind::Sidecar("表.docx".into())),
            ("公告.md.yaml", Kind::Sidecar("公告.md".into())),
            ("公告.md.txt", Kind::Text),
            ("通知.docx", Kind::Document(Office::Word)),
            ("收费.XLSX", Kind::Document(Office::Excel)),
            ("playlist.yaml", Kind::Defaults),
        ] {
            assert_eq!(kind(name, "bureau"), expected, "{name}");
        }
        for name in [
            ".hidden.txt",
            "~$通知.docx",
            "_模板.txt",
            "_图.png.txt",
            "a.tmp",
            "a.md.part",
            "a.crdownload",
            ".a.txt.swp",
            "a.BAK",
            "Thumbs.db",
            "desktop.ini",
            "通知.txt~",
            ".DS_Store",
        ] {
            assert_eq!(kind(name, "bureau"), Kind::Ignored, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_shown_says_the_way_out() {
        for (name, msg) in [
            ("通知.doc", Msg::NotSupportedText),
            ("通知.WPS", Msg::NotSupportedText),
            ("a.odt", Msg::NotSupportedText),
            ("a.rtf", Msg::NotSupportedText),
            ("a.docm", Msg::NotSupportedText),
            ("a.xls", Msg::NotSupportedSheet),
            ("a.et", Msg::NotSupportedSheet),
            ("a.csv", Msg::NotSupportedSheet),
            ("a.pdf", Msg::NotSupportedPages),
            ("a.ppt", Msg::NotSupportedPages),
            ("a.pptx", Msg::NotSupportedPages),
            ("a.exe", Msg::NotSupported),
            ("a.zip", Msg::NotSupportedArchive),
            ("a.heic", Msg::NotSupportedPicture),
            ("a.lnk", Msg::NotSupportedLink),
            ("a.mp4", Msg::NotSupportedVideo),
            ("screens.yaml", Msg::StrayYaml),
            ("通知", Msg::NoExtension),
            ("通知。txt", Msg::WrongDot),
            ("通知。docx", Msg::WrongDot),
            ("通知．ｔｘｔ", Msg::WrongDot),
            ("通知。最终版.x y", Msg::NoExtension),
        ] {
            let Kind::Unsupported(d) = kind(name, "bureau") else { panic!("{name} passed") };
            assert_eq!(d.msg, msg, "{name}");
            assert_eq!(d.place.path, format!("bureau/{name}"));
        }
    }

    #[test]
    fn a_mistyped_dot_comes_with_the_name_that_was_meant() {
        let Kind::Unsupported(d) = kind("通知。txt", "bureau") else { panic!("passed") };
        assert_eq!(d.args, ["通知。txt", "。", "通知.txt"]);
    }

    #[test]
    fn what_a_program_called_a_file_is_no_title() {
        for name in [
            "新建文本文档",
            "新建 Microsoft Word 文档 (2)",
            "IMG_2031",
            "未命名1",
            "微信图片_20260901",
            "Document1",
        ] {
            assert!(nobody_named(name), "{name}");
        }
        for name in ["新建校舍公告", "文档管理办法", "微信公众号启用通知", "Documents needed", "办事须知"]
        {
            assert!(!nobody_named(name), "{name}");
        }
    }

    #[test]
    fn a_title_is_made_from_a_name_without_its_number() {
        for (name, title) in [
            ("01-招生公告.md", "招生公告"),
            ("１２、通知.txt", "通知"),
            ("2026年招生.txt", "2026年招生"),
            ("通知.txt", "通知"),
            ("3.公示.txt", "公示"),
            ("01.txt", ""),
        ] {
            assert_eq!(title_from_name(name), title, "{name}");
        }
    }
}
