//! Animated WebP: the container of Google's "WebP Container Specification" round lossless pictures that
//! `vp8l` makes, or `image` where there are many colours.

use image::{ExtendedColorType, codecs::webp::WebPEncoder};

use super::{
    Clip,
    area::{Area, rgba},
    vp8l,
};
use crate::{color::ColorScheme, render::Raster};

/// WebP's own limit on width and height.
const MAX_SIDE: u32 = 16_383;
/// `RIFF`, size, `WEBP`, `VP8L`, size: what stands before the picture in a still file.
const STILL_HEAD: usize = 20;

/// Flags of `VP8X`.
const HAS_ANIMATION: u8 = 1 << 1;
const HAS_ALPHA: u8 = 1 << 4;
/// Flag of `ANMF`: the frame is put in place, not laid over.
const NO_BLENDING: u8 = 1 << 1;

/// So many frames tell whether unchanged pixels are better left transparent.
const SAMPLE: usize = 24;

/// The clip, or how many of its frames were written when `max_bytes` were full.
pub(super) fn encode(clip: &Clip, max_bytes: usize) -> Result<Vec<u8>, usize> {
    let sample = clip.sample(SAMPLE);
    let length = |over| write(&sample, usize::MAX, over).map_or(usize::MAX, |bytes| bytes.len());
    write(clip, max_bytes, sample.len() > 1 && length(true) < length(false))
}

/// `over`: unchanged pixels are transparent.
fn write(clip: &Clip, max_bytes: usize, over: bool) -> Result<Vec<u8>, usize> {
    let face = clip.face();
    if face.width > MAX_SIDE || face.height > MAX_SIDE {
        return Err(0);
    }
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    let mut head = vec![HAS_ANIMATION | HAS_ALPHA, 0, 0, 0];
    head.extend(three(face.width - 1));
    head.extend(three(face.height - 1));
    chunk(&mut out, *b"VP8X", &[&head]);
    // The background is black; the loop has no end.
    chunk(&mut out, *b"ANIM", &[&[0, 0, 0, 255, 0, 0]]);
    let mut before: Option<Raster> = None;
    for (n, (raster, ms)) in clip.frames().enumerate() {
        let all = || Area::all(&raster);
        let area = before.as_ref().map_or_else(all, |old| Area::changed(old, &raster)).even();
        let old = before.as_ref().filter(|_| over);
        let flags = if old.is_some() { 0 } else { NO_BLENDING };
        let picture = picture(&area, old, &raster).ok_or(n)?;
        let mut place = Vec::with_capacity(16);
        for value in [area.x / 2, area.y / 2, area.width - 1, area.height - 1, ms] {
            place.extend(three(value));
        }
        place.push(flags);
        let mut inner = Vec::with_capacity(picture.len() + 9);
        chunk(&mut inner, *b"VP8L", &[&picture]);
        chunk(&mut out, *b"ANMF", &[&place, &inner]);
        if out.len() > max_bytes {
            return Err(n);
        }
        before = Some(raster);
    }
    let size = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Ok(out)
}

/// One chunk, filled up to an even length.
fn chunk(out: &mut Vec<u8>, name: [u8; 4], parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend(name);
    out.extend((length as u32).to_le_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
    out.resize(out.len() + length % 2, 0);
}

/// A number in three bytes, the lowest first.
fn three(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}

/// The bits of a lossless picture, without the file round them.
fn still(pixels: &[u8], area: &Area, color: ExtendedColorType) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    WebPEncoder::new_lossless(&mut file).encode(pixels, area.width, area.height, color).ok()?;
    let length = u32::from_le_bytes(*file.get(STILL_HEAD - 4..)?.first_chunk()?) as usize;
    file.get(STILL_HEAD..STILL_HEAD + length).map(<[u8]>::to_vec)
}

/// The pixels of `area`; transparent where they are as `before`.
fn picture(area: &Area, before: Option<&Raster>, after: &Raster) -> Option<Vec<u8>> {
    if after.scheme() != ColorScheme::Rgb {
        let colors = after.scheme().palette().iter();
        let mut palette: Vec<[u8; 4]> = colors.map(|[r, g, b]| [*r, *g, *b, 255]).collect();
        let transparent = palette.len() as u8;
        palette.extend(before.map(|_| [0; 4]));
        let indices = area.indices(before.map(|raster| (raster, transparent)), after);
        return Some(vp8l::encode(&indices, area.width, &palette));
    }
    let pixels = rgba(area, before, after);
    if let Some((indices, palette)) = few_colors(&pixels) {
        return Some(vp8l::encode(&indices, area.width, &palette));
    }
    if before.is_some() {
        return still(&pixels, area, ExtendedColorType::Rgba8);
    }
    let rgb: Vec<u8> = pixels.chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    still(&rgb, area, ExtendedColorType::Rgb8)
}

/// Each pixel as an index into the colours that occur, if there are few.
fn few_colors(pixels: &[u8]) -> Option<(Vec<u8>, Vec<[u8; 4]>)> {
    let mut palette: Vec<[u8; 4]> = Vec::new();
    let mut last = 0;
    let index = |pixel: &[u8]| {
        // Most pixels are like the one before.
        if palette.get(last).is_none_or(|color| color != pixel) {
            last = match palette.iter().position(|color| color == pixel) {
                Some(found) => found,
                None if palette.len() < vp8l::MAX_COLORS => {
                    palette.extend(pixel.first_chunk());
                    palette.len() - 1
                }
                None => return None,
            };
        }
        Some(last as u8)
    };
    let indices = pixels.chunks_exact(4).map(index).collect::<Option<_>>()?;
    Some((indices, palette))
}
