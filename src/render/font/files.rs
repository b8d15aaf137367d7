//! Which kind of font is a file? By its name, as operators drop them.

use std::io::Read as _;

use super::{
    BitmapFont, MAX_FONT_BYTES, bdf,
    outline::{Outline, TrueType},
    pcf,
};

/// A font file, read.
pub(super) enum Loaded {
    Bitmap(BitmapFont),
    Outline(Box<dyn Outline>),
}

/// Reads a font file of a name that [`is_font`]; the error says what is wrong, in a few words.
pub(super) fn load(name: &str, bytes: Vec<u8>, wanted: fn(char) -> bool) -> Result<Loaded, String> {
    if bytes.len() > MAX_FONT_BYTES {
        return Err(format!("{} bytes, at most {MAX_FONT_BYTES} are allowed", bytes.len()));
    }
    let bytes = unpacked(bytes)?;
    let name = name.to_ascii_lowercase();
    Ok(match name.trim_end_matches(".gz").rsplit('.').next() {
        Some("bdf") => Loaded::Bitmap(bdf::read(&bytes, wanted)?),
        Some("pcf") => Loaded::Bitmap(pcf::read(&bytes, wanted)?),
        _ => Loaded::Outline(Box::new(TrueType::read(bytes)?)),
    })
}

/// Whether a file is a font that can be used, from its name.
pub(super) fn is_font(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".pcf", ".pcf.gz", ".bdf", ".bdf.gz", ".ttf", ".otf", ".ttc"].iter().any(|ext| name.ends_with(ext))
}

/// Without its gzip, if it has one.
pub(super) fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .take(MAX_FONT_BYTES as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|e| format!("gzip: {e}"))?;
    if out.len() > MAX_FONT_BYTES {
        return Err(format!("it unpacks to more than {MAX_FONT_BYTES} bytes"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn what_unpacks_without_end_is_refused() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let block = vec![0u8; 1 << 20];
        (0..65).for_each(|_| packer.write_all(&block).unwrap());
        let bomb = packer.finish().unwrap();
        assert!(bomb.len() < 1 << 20);
        assert!(unpacked(bomb).unwrap_err().contains("unpacks"));
        assert!(unpacked(vec![0x1F, 0x8B, 1, 2, 3]).unwrap_err().contains("gzip"));
    }
}
