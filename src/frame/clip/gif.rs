//! Animated GIF: one palette for all frames, the changed rectangle of each.

use super::{Clip, area::Area};
use crate::{color::ColorScheme, frame::gif::Palette, render::Raster};

/// One colour of a palette is needed for what does not change.
const MAX_COLORS: usize = 255;

/// The clip, or how many of its frames were written when `max_bytes` were full.
pub(super) fn encode(clip: &Clip, max_bytes: usize) -> Result<Vec<u8>, usize> {
    let face = clip.face();
    let (Ok(width), Ok(height)) = (u16::try_from(face.width), u16::try_from(face.height)) else {
        return Err(0);
    };
    let palette = match clip.scheme() {
        ColorScheme::Rgb => {
            let stock: Vec<&[u8]> = clip.stock().iter().map(|raster| raster.bytes()).collect();
            Palette::of(&stock, MAX_COLORS)
        }
        scheme => Palette::fixed(scheme.palette()),
    };
    let colors = palette.colors().len();
    let transparent = colors as u8;
    let bits = usize::BITS - colors.leading_zeros();
    let mut table = palette.colors().concat();
    table.resize(3 << bits, 0);
    let mut encoder = gif::Encoder::new(Vec::new(), width, height, &table).map_err(|_| 0_usize)?;
    encoder.set_repeat(gif::Repeat::Infinite).map_err(|_| 0_usize)?;
    let mut before: Option<(Raster, Vec<u8>)> = None;
    for (n, (raster, ms)) in clip.frames().enumerate() {
        let indices = palette.indices(raster.bytes());
        let area = before.as_ref().map_or_else(|| Area::all(&raster), |(old, _)| Area::changed(old, &raster));
        let block = |unchanged: Option<&[u8]>| {
            let row = |y: u32| {
                let from = (y * face.width + area.x) as usize;
                from..from + area.width as usize
            };
            let pixel = |at: usize| match unchanged {
                Some(old) if old[at] == indices[at] => transparent,
                _ => indices[at],
            };
            let mut frame = gif::Frame {
                delay: u16::try_from(ms / 10).unwrap_or(u16::MAX),
                dispose: gif::DisposalMethod::Keep,
                transparent: unchanged.map(|_| transparent),
                left: area.x as u16,
                top: area.y as u16,
                width: area.width as u16,
                height: area.height as u16,
                buffer: (area.y..area.y + area.height).flat_map(row).map(pixel).collect(),
                ..gif::Frame::default()
            };
            frame.make_lzw_pre_encoded();
            frame
        };
        let painted = block(None);
        let frame = before
            .as_ref()
            .map(|(_, old)| block(Some(old)))
            .filter(|over| over.buffer.len() < painted.buffer.len())
            .unwrap_or(painted);
        encoder.write_lzw_pre_encoded_frame(&frame).map_err(|_| n)?;
        if encoder.get_ref().len() >= max_bytes {
            return Err(n);
        }
        before = Some((raster, indices));
    }
    encoder.into_inner().ok().filter(|bytes| bytes.len() <= max_bytes).ok_or(clip.len())
}
