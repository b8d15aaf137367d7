//! APNG at the depth of the scheme, or with one bit more where unchanged pixels are better left transparent.

use std::io::{self, Write};

use super::{
    Clip,
    area::{Area, rgba},
};
use crate::{frame::pack, render::Raster};

/// So many frames tell which way is shorter.
const SAMPLE: usize = 32;

/// The clip, or how many of its frames were written when `max_bytes` were full.
pub(super) fn encode(clip: &Clip, max_bytes: usize) -> Result<Vec<u8>, usize> {
    let sample = clip.sample(SAMPLE);
    let length = |over| write(&sample, usize::MAX, over).map_or(usize::MAX, |bytes| bytes.len());
    write(clip, max_bytes, sample.len() > 1 && length(true) < length(false))
}

/// `over`: unchanged pixels are transparent.
fn write(clip: &Clip, max_bytes: usize, over: bool) -> Result<Vec<u8>, usize> {
    let face = clip.face();
    let mut out = Limited { bytes: Vec::new(), most: max_bytes };
    let mut encoder = png::Encoder::new(&mut out, face.width, face.height);
    let planes = clip.scheme().planes();
    let bits = planes.map(|planes| match planes + u32::from(over) {
        3 => 4,
        bits => bits,
    });
    let palette = clip.scheme().palette();
    if let Some(bits) = bits {
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(match bits {
            1 => png::BitDepth::One,
            2 => png::BitDepth::Two,
            _ => png::BitDepth::Four,
        });
        let mut colors = palette.concat();
        if over {
            colors.extend([0; 3]);
            encoder.set_trns([vec![255; palette.len()], vec![0]].concat());
        }
        encoder.set_palette(colors);
        // Neighbouring bytes of packed indices have nothing to do with each other: filters only cost.
        encoder.set_filter(png::Filter::NoFilter);
    } else {
        encoder.set_color(if over { png::ColorType::Rgba } else { png::ColorType::Rgb });
        encoder.set_depth(png::BitDepth::Eight);
    }
    encoder.set_compression(png::Compression::High);
    encoder.set_animated(clip.len() as u32, 0).map_err(|_| 0_usize)?;
    let mut writer = encoder.write_header().map_err(|_| 0_usize)?;
    let mut before: Option<Raster> = None;
    for (n, (raster, ms)) in clip.frames().enumerate() {
        let area = before.as_ref().map_or_else(|| Area::all(&raster), |old| Area::changed(old, &raster));
        let data = match bits {
            Some(bits) => {
                let old = before.as_ref().filter(|_| over).map(|old| (old, palette.len() as u8));
                let indices = area.indices(old, &raster);
                let mut packed = Vec::new();
                indices.chunks(area.width as usize).for_each(|row| pack::indices(row, bits, &mut packed));
                packed
            }
            None if over => rgba(&area, before.as_ref(), &raster),
            None => area.rows(&raster).flatten().copied().collect(),
        };
        let blend = if over && n > 0 { png::BlendOp::Over } else { png::BlendOp::Source };
        writer
            .reset_frame_position()
            .and_then(|()| writer.set_frame_dimension(area.width, area.height))
            .and_then(|()| writer.set_frame_position(area.x, area.y))
            .and_then(|()| writer.set_frame_delay(u16::try_from(ms).unwrap_or(u16::MAX), 1000))
            .and_then(|()| writer.set_blend_op(blend))
            .and_then(|()| writer.write_image_data(&data))
            .map_err(|_| n)?;
        before = Some(raster);
    }
    writer.finish().map_err(|_| clip.len())?;
    Ok(out.bytes)
}

/// Takes no more than so many bytes.
struct Limited {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Limited {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + part.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
