//! The archive that a Word or Excel file is (ECMA-376 part 2): its parts by name, and which part refers to which.
//! Nothing that it says about itself is believed: sizes are checked as declared and again while reading.

use std::io::{Cursor, Read as _};

use zip::{ZipArchive, result::ZipError};

use super::{
    refused::{Read, Refused},
    xml,
};
use crate::{diagnostic::Msg, notice::bounds};

/// How old Word and Excel files begin, and new ones with a password (MS-CFB, 2.2).
const COMPOUND_FILE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];
/// How an entry of an archive's directory begins (APPNOTE 4.3.12).
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// An opened archive.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

/// Where a part refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type, e.g. `image`.
    pub(super) kind: String,
    /// The part's name; `None` where it lies outside of the file.
    pub(super) part: Option<String>,
}

impl<'a> Archive<'a> {
    /// Opens it, if its directory keeps within the bounds.
    pub(super) fn open(bytes: &'a [u8]) -> Read<Self> {
        if bytes.len() > bounds::DOCUMENT_BYTES {
            return Err(Refused::too_large("bytes", bytes.len(), bounds::DOCUMENT_BYTES));
        }
        if bytes.starts_with(COMPOUND_FILE) {
            return Err(Refused::new(Msg::DocumentLocked, [""; 0]));
        }
        // Before anything is allocated for them.
        let entries = bytes.windows(4).filter(|window| *window == DIRECTORY_ENTRY).count();
        if entries > bounds::ARCHIVE_ENTRIES {
            return Err(Refused::too_large("archive entries", entries, bounds::ARCHIVE_ENTRIES));
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
        if zip.len() > bounds::ARCHIVE_ENTRIES {
            return Err(Refused::too_large("archive entries", zip.len(), bounds::ARCHIVE_ENTRIES));
        }
        // Two parts of one name, or two that share their bytes, are an attempt at something.
        if zip.has_duplicate_names() || zip.has_overlapping_files().map_err(|e| broken(&e))? {
            return Err(Refused::broken("zip: duplicate or overlapping entries"));
        }
        let mut unpacked = 0u64;
        for n in 0..zip.len() {
            let entry = zip.by_index_raw(n).map_err(|e| broken(&e))?;
            if entry.encrypted() {
                return Err(Refused::new(Msg::DocumentLocked, [""; 0]));
            }
            let ratio = entry.size() / entry.compressed_size().max(1);
            if entry.size() > bounds::RATIO_FREE_BYTES && ratio > bounds::UNPACKED_RATIO {
                return Err(Refused::too_large("compression ratio", ratio, bounds::UNPACKED_RATIO));
            }
            unpacked = unpacked.saturating_add(entry.size());
        }
        if unpacked > bounds::UNPACKED_BYTES {
            return Err(Refused::too_large("unpacked bytes", unpacked, bounds::UNPACKED_BYTES));
        }
        Ok(Self { zip, left: bounds::UNPACKED_BYTES })
    }

    /// The bytes of a part; `None` if there is no such part.
    pub(super) fn part(&mut self, name: &str) -> Read<Option<Vec<u8>>> {
        let found = self.zip.index_for_name(name).or_else(|| {
            // Names differ in case where other programs wrote them.
            let mut names = self.zip.file_names();
            names.position(|other| other.is_ok_and(|other| other.eq_ignore_ascii_case(name)))
        });
        let Some(index) = found else { return Ok(None) };
        let mut entry = self.zip.by_index(index).map_err(|e| broken(&e))?;
        let declared = entry.size();
        let packed = entry.compressed_size();
        let may = self.left.min(declared).min(bounds::UNPACKED_BYTES);
        let mut bytes = Vec::new();
        let read = entry.by_ref().take(may + 1).read_to_end(&mut bytes);
        read.map_err(|e| Refused::broken(format!("zip: {name}: {e}")))?;
        let has = bytes.len() as u64;
        if has != declared {
            return Err(Refused::broken(format!("zip: {name}: {has} bytes, {declared} declared")));
        }
        let ratio = has / packed.max(1);
        if has > bounds::RATIO_FREE_BYTES && ratio > bounds::UNPACKED_RATIO {
            return Err(Refused::too_large("compression ratio", ratio, bounds::UNPACKED_RATIO));
        }
        self.left -= has;
        Ok(Some(bytes))
    }

    /// A part that must be there.
    pub(super) fn needed(&mut self, name: &str) -> Read<Vec<u8>> {
        self.part(name)?.ok_or_else(|| Refused::broken(format!("{name}: missing")))
    }

    /// What the part `name` refers to; the whole file's for an empty name.
    pub(super) fn relations(&mut self, name: &str) -> Read<Vec<Relation>> {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let rels = format!("{folder}{}_rels/{file}.rels", if folder.is_empty() { "" } else { "/" });
        let Some(bytes) = self.part(&rels)? else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        xml::walk(&bytes, &["Relationships"], |_, element| {
            if let (Some(id), Some(kind), Some(target)) =
                (element.attribute("Id"), element.attribute("Type"), element.attribute("Target"))
            {
                let outside = element.attribute("TargetMode").is_some_and(|mode| mode == "External");
                let part = (!outside).then(|| resolved(folder, target));
                let kind = kind.rsplit('/').next().unwrap_or(kind);
                out.push(Relation { id: id.to_owned(), kind: kind.to_owned(), part });
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// The name of the part that the whole file is about.
    pub(super) fn main_part(&mut self, otherwise: &str) -> Read<String> {
        let relations = self.relations("")?;
        let main = relations.into_iter().find(|relation| relation.kind == "officeDocument");
        Ok(main.and_then(|relation| relation.part).unwrap_or_else(|| otherwise.to_owned()))
    }
}

/// A target as the name of a part: relative to `folder`, or from the root.
fn resolved(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

fn broken(error: &ZipError) -> Refused {
    Refused::broken(format!("zip: {error}"))
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use super::*;
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    /// An archive of these parts.
    pub(in crate::notice::office) fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            out.start_file(*name, options).unwrap();
            out.write_all(bytes).unwrap();
        }
        out.finish().unwrap().into_inner()
    }

    fn why(bytes: &[u8]) -> String {
        let mut refused =
            Archive::open(bytes).and_then(|mut archive| archive.needed("a").map(|_| ())).unwrap_err();
        refused.args.truncate(1);
        format!("{:?} {}", refused.msg, refused.args.concat())
    }

    #[test]
    fn parts_are_read_by_name_and_by_relation() {
        let rels = br#"<Relationships xmlns="r"><Relationship Id="rId1" Type="http://x/officeDocument" Target="word/d.xml"/></Relationships>"#;
        let own = br#"<Relationships><Relationship Id="rId7" Type="x/image" Target="../media/1.png"/>
            <Relationship Id="rId8" Type="x/image" Target="http://x/1.png" TargetMode="External"/></Relationships>"#;
        let bytes = zipped(&[("_rels/.rels", rels), ("word/d.xml", b"<d/>"), ("word/_rels/d.xml.rels", own)]);
        let mut archive = Archive::open(&bytes).unwrap();
        let main = archive.main_part("x").unwrap();
        assert_eq!(archive.needed(&main).unwrap(), b"<d/>");
        assert_eq!(archive.part("Word/D.xml").unwrap().unwrap(), b"<d/>");
        let parts: Vec<_> = archive.relations(&main).unwrap().into_iter().map(|r| (r.id, r.part)).collect();
        assert_eq!(parts, [("rId7".into(), Some("media/1.png".into())), ("rId8".into(), None)]);
        assert_eq!(archive.part("word/none.xml"), Ok(None));
    }

    #[test]
    fn bombs_locks_and_lies_are_refused() {
        let zeros = vec![0; 1 << 20];
        assert_eq!(why(&zipped(&[("a", &zeros)])), "DocumentTooLarge compression ratio");
        let noise: Vec<u8> =
            (0..1_500_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 & 3).collect();
        let many: Vec<(String, &[u8])> = (0..24).map(|n| (format!("f{n}"), noise.as_slice())).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        assert_eq!(why(&zipped(&many)), "DocumentTooLarge unpacked bytes");
        let names: Vec<String> = (0..=bounds::ARCHIVE_ENTRIES).map(|n| n.to_string()).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        assert_eq!(why(&zipped(&files)), "DocumentTooLarge archive entries");
        assert_eq!(why(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old"), "DocumentLocked ");
        assert_eq!(why(&vec![0; bounds::DOCUMENT_BYTES + 1]), "DocumentTooLarge bytes");
        assert!(why(b"PK\x03\x04garbage").starts_with("DocumentBroken"));
        assert!(why(b"").starts_with("DocumentBroken"));
    }

    #[test]
    fn a_part_longer_or_shorter_than_declared_is_refused() {
        let good = zipped(&[("a", &b"0123456789 one part, not compressible much ABCDEFGH".repeat(3))]);
        assert!(Archive::open(&good).unwrap().needed("a").is_ok());
        let size = 153u32.to_le_bytes();
        for lie in [10u32, 152, 154, 100_000] {
            let mut bytes = good.clone();
            let at: Vec<usize> = (0..bytes.len() - 4).filter(|n| bytes[*n..*n + 4] == size).collect();
            assert!(!at.is_empty());
            for at in at {
                bytes[at..at + 4].copy_from_slice(&lie.to_le_bytes());
            }
            let why = why(&bytes);
            assert!(why.starts_with("DocumentBroken") || why.ends_with("compression ratio"), "{lie}: {why}");
        }
    }

    #[test]
    fn targets_are_names_of_parts() {
        for (folder, target, name) in [
            ("word", "media/a.png", "word/media/a.png"),
            ("word", "../customXml/a", "customXml/a"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("", "../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolved(folder, target), name);
        }
    }
}
