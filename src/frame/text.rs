//! What the dots say, for controllers with their own font and for programs.

use serde::Serialize;

use super::{
    Frame,
    charset::{self, Charset},
};
use crate::color::{ColorScheme, Rgb};

/// The lines of text in `charset`, each ended with LF, and how many characters did not fit; nothing at all for a
/// page without text.
pub(super) fn txt(frame: &Frame, charset: Charset) -> (Vec<u8>, usize) {
    let mut out = String::new();
    for line in frame.lines() {
        out.push_str(line);
        out.push('\n');
    }
    charset::encode(&out, charset)
}

#[derive(Serialize)]
struct Json<'a> {
    id: String,
    width: u32,
    height: u32,
    scheme: &'static str,
    /// `RRGGBB` for each index; empty for `rgb`.
    palette: Vec<String>,
    /// Top to bottom: one digit a pixel, an index into `palette`; six for `rgb`: `RRGGBB`.
    rows: Vec<String>,
    lines: &'a [String],
}

/// Size, scheme, palette, rows of digits and lines of text.
pub(super) fn json(frame: &Frame) -> Option<Vec<u8>> {
    let raster = frame.raster();
    let hex = |rgb: &Rgb| crate::digest::hex(rgb);
    let row = |y| {
        let row = raster.row(y);
        if raster.scheme() == ColorScheme::Rgb {
            crate::digest::hex(row)
        } else {
            row.iter().map(|index| char::from(b'0' + index)).collect()
        }
    };
    let json = Json {
        id: frame.id().to_string(),
        width: raster.size().width,
        height: raster.size().height,
        scheme: raster.scheme().name(),
        palette: raster.scheme().palette().iter().map(hex).collect(),
        rows: (0..raster.size().height).map(row).collect(),
        lines: frame.lines(),
    };
    let mut out = serde_json::to_vec(&json).ok()?;
    out.push(b'\n');
    Some(out)
}
