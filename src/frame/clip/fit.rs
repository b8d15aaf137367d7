//! The best form of a clip that a controller takes.

use super::{Clip, ClipFormat, gif, png, webp};
use crate::screen::ClipLimits;

/// Of so many frames one may be shown, fewest first. Bands are whole multiples of these.
const THINNED: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 16];

/// The bytes of `clip` in `format`; `None` if the format cannot hold its size.
pub fn encode_clip(clip: &Clip, format: ClipFormat) -> Option<Vec<u8>> {
    write(&clip.settled(), format, usize::MAX).ok()
}

/// The first of `forms` (best first) that keeps to `limits`, encoded. Of the first one only every `coarsest`th frame
/// need be shown. `None` if none does.
pub fn encode_within(
    forms: &[Clip],
    format: ClipFormat,
    limits: ClipLimits,
    coarsest: usize,
) -> Option<Vec<u8>> {
    let most = limits.max_bytes as usize;
    let (best, others) = forms.split_first()?;
    thinned(best, format, limits, coarsest).or_else(|| {
        let fits = |clip: &Clip| clip.len() <= usize::from(limits.max_frames);
        others.iter().map(Clip::settled).filter(fits).find_map(|clip| write(&clip, format, most).ok())
    })
}

fn thinned(clip: &Clip, format: ClipFormat, limits: ClipLimits, coarsest: usize) -> Option<Vec<u8>> {
    let most = limits.max_bytes as usize;
    let mut least = 1;
    for n in THINNED.into_iter().filter(|n| *n <= coarsest.max(1)) {
        if n < least {
            continue;
        }
        let tried = clip.thinned(n).settled();
        if tried.len() > usize::from(limits.max_frames) {
            continue;
        }
        match write(&tried, format, most) {
            Ok(bytes) => return Some(bytes),
            // Nearly as many bytes a frame, but for its dark ends: what is hopeless is not tried.
            Err(done) => least = n.saturating_mul(tried.len().div_ceil(done.max(1) * 2)),
        }
    }
    None
}

fn write(clip: &Clip, format: ClipFormat, max_bytes: usize) -> Result<Vec<u8>, usize> {
    match format {
        ClipFormat::Gif => gif::encode(clip, max_bytes),
        ClipFormat::Png => png::encode(clip, max_bytes),
        ClipFormat::Webp => webp::encode(clip, max_bytes),
    }
}
