//! What moving pictures a screen may be sent: `motion: clip` and `clip: {…}` in `screens.yaml`.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::file::Door;
use crate::text::fold_width;

/// What moving pictures a screen may be sent, in `screens.yaml`: `motion: clip` and
/// `clip: {max_bytes, max_frames, fps, transition}`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ClipLimits {
    /// The largest clip, encoded, in bytes.
    pub max_bytes: u32,
    /// Most frames of a clip.
    pub max_frames: u16,
    /// Most frames in a second.
    pub fps: u8,
    /// How one page gives way to the next.
    pub transition: Transition,
}

/// How one page of a clip gives way to the next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub enum Transition {
    /// At once.
    #[default]
    None,
    /// The next one pushes it out to the left.
    Push,
}

impl Default for ClipLimits {
    /// What most cards take: 1 MB, 3,000 frames, 25 a second.
    fn default() -> Self {
        Self { max_bytes: 1 << 20, max_frames: 3000, fps: 25, transition: Transition::None }
    }
}

/// What may stand in `clip`.
pub(super) const KEYS: &str = "max_bytes max_frames fps transition";

/// Clips smaller than this hold nothing on some face; larger than that, a few screens would fill the server.
const BYTES: RangeInclusive<u32> = 4096..=8 << 20;
/// A clip of one frame is a page.
const FRAMES: RangeInclusive<u16> = 2..=10_000;
/// Browsers slow down what is faster.
const FPS: RangeInclusive<u8> = 1..=50;

/// `clip` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    max_bytes: Option<Spanned<String>>,
    max_frames: Option<Spanned<u16>>,
    fps: Option<Spanned<u8>>,
    transition: Option<Spanned<String>>,
}

/// Whether the parser's `error` is about a key within `clip`.
pub(super) fn owns(error: &str) -> bool {
    error.contains("max_frames") && error.contains("fps")
}

/// The limits that `raw` sets; the usual ones for the rest.
pub(super) fn limits(raw: &Raw, door: &mut Door<'_>) -> ClipLimits {
    let usual = ClipLimits::default();
    let range = |from: u32, to: u32| format!("{from} – {to}");
    let max_bytes = door.text(
        "clip.max_bytes",
        raw.max_bytes.as_ref(),
        |text| read_bytes(text).filter(|bytes| BYTES.contains(bytes)),
        "60KB 1MB 8MB",
    );
    let max_frames = door.value(
        "clip.max_frames",
        raw.max_frames.as_ref(),
        u16::to_string,
        |frames| Some(*frames).filter(|frames| FRAMES.contains(frames)),
        &range(u32::from(*FRAMES.start()), u32::from(*FRAMES.end())),
    );
    let fps = door.value(
        "clip.fps",
        raw.fps.as_ref(),
        u8::to_string,
        |fps| Some(*fps).filter(|fps| FPS.contains(fps)),
        &range(u32::from(*FPS.start()), u32::from(*FPS.end())),
    );
    let transition = door.text("clip.transition", raw.transition.as_ref(), read_transition, "none push");
    ClipLimits {
        max_bytes: max_bytes.unwrap_or(usual.max_bytes),
        max_frames: max_frames.unwrap_or(usual.max_frames),
        fps: fps.unwrap_or(usual.fps),
        transition: transition.unwrap_or(usual.transition),
    }
}

/// `60000`, `60KB`, `1 MB`: a K is 1024 bytes.
fn read_bytes(text: &str) -> Option<u32> {
    let folded = fold_width(text).to_lowercase();
    let folded = folded.trim().trim_end_matches('b').trim_end_matches('i').trim_end();
    let (number, unit) = match folded.strip_suffix(['k', 'm']) {
        Some(number) if folded.ends_with('k') => (number, 1 << 10),
        Some(number) => (number, 1 << 20),
        None => (folded, 1),
    };
    number.trim().replace('_', "").parse::<u32>().ok()?.checked_mul(unit)
}

fn read_transition(text: &str) -> Option<Transition> {
    match text.trim() {
        "none" | "无" => Some(Transition::None),
        "push" | "推" => Some(Transition::Push),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Lang, screen::read};

    const GATE: &str = "gate:\n  size: 320x32\n  color: red\n  playlists: county\n  motion: still\n";

    #[test]
    fn what_a_clip_may_be_is_read() {
        let moving = |more: &str| GATE.replace("motion: still", &format!("motion: clip{more}"));
        let clip = |text: &str| read(text.as_bytes()).unwrap()[0].profile.clip;
        assert_eq!(clip(GATE), None);
        assert_eq!(clip(&moving("")), Some(ClipLimits::default()));
        let given = "\n  clip: {max_bytes: 60KB, max_frames: 900, fps: 20, transition: push}";
        let limits = ClipLimits { max_bytes: 61_440, max_frames: 900, fps: 20, transition: Transition::Push };
        assert_eq!(clip(&moving(given)), Some(limits));
        assert_eq!(clip(&moving("\n  clip: {max_bytes: 60000}")).unwrap().max_bytes, 60_000);
        assert_eq!(clip(&moving("\n  clip: {max_bytes: 2 MB}")).unwrap().max_bytes, 2 << 20);
        for (wrong, says) in [
            ("max_bytes: 1KB", "1KB"),
            ("max_bytes: many", "many"),
            ("max_frames: 1", "2 – 10000"),
            ("fps: 60", "1 – 50"),
            ("transition: fade", "none push"),
            ("frames: 9", "max_frames"),
        ] {
            let errors = read(moving(&format!("\n  clip: {{{wrong}}}")).as_bytes()).unwrap_err();
            assert!(errors[0].one_line(Lang::En).contains(says), "{}", errors[0].one_line(Lang::En));
        }
    }
}
