//! A black frame of one's own, in the form of a frame that was received: what a client shows that has never been sent
//! an idle frame and must not show what it holds any longer.

use std::io::Cursor;

use image::ImageReader;

use crate::{
    color::ColorScheme,
    frame::{Format, Frame, encode},
    geometry::{Rotation, Size},
    render::Raster,
};

/// The largest face that there is.
const MAX_AREA: u64 = 4096 * 2160;

/// As many dots as `body` has, all dark. Index 0 is unlit in every palette of ours. Empty if its form is not known.
pub fn black(body: &[u8], content_type: &str) -> Vec<u8> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    match (kind, body) {
        (_, [b'B', b'M', ..]) => {
            let offset = body.get(10..14).and_then(|four| <[u8; 4]>::try_from(four).ok());
            let offset = offset.map_or(54, |four| u32::from_le_bytes(four) as usize);
            filled(body, offset, 0)
        }
        (_, [b'P', b'6', ..]) => filled(body, netpbm_head(body, 3), 0),
        // In PBM 1 is black.
        (_, [b'P', b'4', ..]) => filled(body, netpbm_head(body, 2), 0xFF),
        ("application/json", _) => json(body).unwrap_or_default(),
        ("application/octet-stream", _) => {
            filled(body, 0, if content_type.contains("polarity=negative") { 0xFF } else { 0 })
        }
        _ => picture(body).unwrap_or_default(),
    }
}

/// `body`, from `offset` on all `byte`.
fn filled(body: &[u8], offset: usize, byte: u8) -> Vec<u8> {
    let mut out = body.to_vec();
    let offset = offset.min(out.len());
    out[offset..].fill(byte);
    out
}

/// Where the pixels of a binary PBM or PPM begin: behind the magic, `numbers` numbers and one white space.
fn netpbm_head(body: &[u8], numbers: usize) -> usize {
    let mut spaces =
        body.iter().enumerate().filter(|(_, byte)| byte.is_ascii_whitespace()).map(|(n, _)| n + 1);
    spaces.nth(numbers).unwrap_or(body.len())
}

fn picture(body: &[u8]) -> Option<Vec<u8>> {
    let reader = ImageReader::new(Cursor::new(body)).with_guessed_format().ok()?;
    let format = match reader.format()? {
        image::ImageFormat::Png => Format::Png,
        image::ImageFormat::Gif => Format::Gif,
        image::ImageFormat::WebP => Format::Webp,
        _ => return None,
    };
    let (width, height) = reader.into_dimensions().ok()?;
    let size = Size::new(width, height);
    if size.area() > MAX_AREA {
        return None;
    }
    let dark = Raster::dark(ColorScheme::White, size);
    encode(&Frame::new(&dark, Rotation::R0, Vec::new()), format)
}

/// The same faces's JSON with every digit of its rows 0 and without text.
fn json(body: &[u8]) -> Option<Vec<u8>> {
    let mut told: serde_json::Value = serde_json::from_slice(body).ok()?;
    for row in told.get_mut("rows")?.as_array_mut()? {
        let digits = row.as_str()?.len();
        *row = "0".repeat(digits).into();
    }
    *told.get_mut("lines")? = serde_json::Value::Array(Vec::new());
    serde_json::to_vec(&told).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::Variant,
        screen::{Polarity, Wiring},
    };

    /// In every form, black of one's own is what the server would send for a black page, dot for dot.
    #[test]
    fn it_is_what_the_server_would_send() {
        let negative = Wiring { polarity: Polarity::Negative, ..Wiring::default() };
        for scheme in ColorScheme::ALL {
            let dark = Raster::dark(scheme, Size::new(24, 10));
            let mut lit = dark.clone();
            lit.row_mut(3).fill(1);
            let [dark, lit] = [dark, lit].map(|raster| Frame::new(&raster, Rotation::R0, Vec::new()));
            for variant in
                [Wiring::default(), negative].map(|w| Variant::of_screen(scheme, w)).into_iter().flatten()
            {
                let body = encode(&lit, variant).unwrap();
                let ours = black(&body, variant.content_type());
                let theirs = encode(&dark, variant).unwrap();
                match variant.format() {
                    Format::Png | Format::Gif | Format::Webp => {
                        let [ours, theirs] =
                            [ours, theirs].map(|b| image::load_from_memory(&b).unwrap().to_rgb8());
                        assert_eq!(ours, theirs, "{scheme} {variant:?}");
                    }
                    Format::Json => {
                        let [ours, theirs]: [serde_json::Value; 2] =
                            [ours, theirs].map(|b| serde_json::from_slice(&b).unwrap());
                        assert_eq!(ours["rows"], theirs["rows"]);
                    }
                    _ => assert_eq!(ours, theirs, "{scheme} {variant:?}"),
                }
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_upset_it(start in proptest::sample::select(vec!["BM", "P4", "P6 1 1", "{\"rows\":[1]}", "GIF89a", "\u{89}PNG"]),
                             rest: Vec<u8>, kind in "application/(json|octet-stream)|image/png|") {
            let body = [start.as_bytes(), &rest].concat();
            black(&body, &kind);
        }
    }
}
