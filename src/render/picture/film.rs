//! Pictures that move: which of their frames are shown and for how long, and which one stands for all.

use crate::{geometry::Size, screen::ClipLimits};

/// A delay shorter than this is read as "as fast as possible" …
const TOO_SHORT_MS: u32 = 20;
/// … which browsers make a tenth of a second.
const UNSAID_MS: u32 = 100;
/// No film is longer.
pub(super) const LONGEST_MS: u32 = 60_000;
/// Bytes of all frames of a film together.
const FILM_BYTES: u64 = 24 << 20;
/// GIF's unit of time.
const TICK_MS: u32 = 10;

/// How long a frame shows that says `ms`.
pub(super) fn delay(ms: u32) -> u32 {
    if ms < TOO_SHORT_MS { UNSAID_MS } else { ms.min(LONGEST_MS) }
}

/// Which frames are shown, and how long each, in multiples of 10 ms: no more of them, and no shorter, than the
/// face takes. What is left out gives its time to the frame before.
pub(super) fn timed(delays: &[u32], limits: ClipLimits, page: (Size, usize)) -> Vec<(usize, u32)> {
    let (size, bytes_per_pixel) = page;
    let frame_bytes = size.area().max(1) * bytes_per_pixel as u64;
    let most = (FILM_BYTES / frame_bytes).min(u64::from(limits.max_frames)).max(1) as usize;
    let total: u32 = delays.iter().fold(0u32, |sum, ms| sum.saturating_add(*ms)).min(LONGEST_MS);
    let mut least = (1000u32.div_ceil(u32::from(limits.fps).max(1))).next_multiple_of(TICK_MS);
    loop {
        let taken = taken(delays, least, total);
        if taken.len() <= most {
            return taken;
        }
        // At most `total / least` frames remain: this ends.
        least = (least + TICK_MS).max((total / most as u32).next_multiple_of(TICK_MS));
    }
}

fn taken(delays: &[u32], least: u32, total: u32) -> Vec<(usize, u32)> {
    let tick = |at: u32| (at + TICK_MS / 2) / TICK_MS * TICK_MS;
    // Each frame with the moment at which it begins.
    let mut starts: Vec<(usize, u32)> = Vec::new();
    let mut at = 0u32;
    for (n, ms) in delays.iter().enumerate() {
        if at >= total {
            break;
        }
        if starts.last().is_none_or(|(_, last)| tick(at) >= last + least) {
            starts.push((n, tick(at)));
        }
        at += ms;
    }
    let end = tick(total).max(least);
    while starts.len() > 1 && starts.last().is_some_and(|(_, start)| start + least > end) {
        starts.pop();
    }
    let ends: Vec<u32> = starts.iter().skip(1).map(|(_, start)| *start).chain([end]).collect();
    starts.into_iter().zip(ends).map(|((n, start), end)| (n, end - start)).collect()
}

/// The frame that tells most, given how much ink each has and how long it shows: of those with nearly the most
/// ink the one that shows longest, since its author lets people read that one; of equals the first.
pub(super) fn telling(frames: &[(u64, u32)]) -> usize {
    let most = frames.iter().map(|(ink, _)| *ink).max().unwrap_or(0);
    let full = frames.iter().enumerate().filter(|(_, (ink, _))| ink * 100 >= most * 95);
    full.max_by_key(|(n, (_, ms))| (*ms, std::cmp::Reverse(*n))).map_or(0, |(n, _)| n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGE: (Size, usize) = (Size::new(128, 64), 1);

    #[test]
    fn frames_without_a_delay_show_as_in_browsers() {
        assert_eq!([0, 10, 19, 20, 80, 4_000_000].map(delay), [100, 100, 100, 20, 80, 60_000]);
    }

    #[test]
    fn frames_too_quick_for_the_face_give_their_time_to_the_one_before() {
        let limits = ClipLimits { fps: 10, ..ClipLimits::default() };
        let taken = timed(&[50, 50, 30, 30, 40, 200], limits, PAGE);
        assert_eq!(taken, [(0, 100), (2, 100), (5, 200)]);
        assert_eq!(timed(&[33; 3], ClipLimits::default(), PAGE), [(0, 100)], "rounded down to one");
        assert_eq!(timed(&[45; 4], ClipLimits::default(), PAGE), [(0, 50), (1, 40), (2, 50), (3, 40)]);
        assert_eq!(timed(&[20], ClipLimits::default(), PAGE), [(0, 40)]);
    }

    #[test]
    fn a_long_film_is_cut_after_a_minute() {
        let taken = timed(&[50_000, 20_000, 500], ClipLimits::default(), PAGE);
        assert_eq!(taken, [(0, 50_000), (1, 10_000)]);
    }

    #[test]
    fn the_frame_with_most_ink_that_shows_longest_stands_for_all() {
        // Typed letter by letter, held, then blank.
        assert_eq!(telling(&[(0, 100), (50, 100), (98, 100), (100, 100), (99, 2_000), (0, 500)]), 4);
        assert_eq!(telling(&[(0, 9_000), (5, 100), (5, 100)]), 1);
        assert_eq!((telling(&[(0, 5), (0, 5)]), telling(&[])), (0, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn no_film_asks_more_than_the_face_takes(
            delays in proptest::collection::vec(20u32..3000, 1..500), fps in 0u8..=60, max_frames in 0u16..200,
            width in 8u32..1000, height in 8u32..1000,
        ) {
            let limits = ClipLimits { max_frames, fps, ..ClipLimits::default() };
            let size = Size::new(width, height);
            let taken = timed(&delays, limits, (size, 3));
            prop_assert!(!taken.is_empty() && taken.len() <= usize::from(max_frames).max(1));
            prop_assert!(taken.len() as u64 * size.area() * 3 <= FILM_BYTES.max(size.area() * 3));
            let total: u32 = delays.iter().sum::<u32>().min(LONGEST_MS);
            let sum: u32 = taken.iter().map(|(_, ms)| ms).sum();
            prop_assert!(taken.iter().all(|(_, ms)| ms % 10 == 0 && ms * u32::from(fps.max(1)) >= 1000 || total < 1000));
            prop_assert!(sum.abs_diff(total) <= 5 || taken.len() == 1);
            prop_assert!(taken.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}
