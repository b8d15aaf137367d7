//! What single values of `screens.yaml` mean; `None` is what makes no sense, and the door of [`file`](super::file) says
//! what would.

use std::collections::BTreeMap;

use super::TokenRule;
use crate::{geometry::Size, text::fold_width};

/// `10mm`, `P10`, `2.5 mm`, `30m`, `3000cm` in hundredths of a millimetre; a bare number is in `unit`.
pub(super) fn hundredths_mm(text: &str, unit: &str) -> Option<u32> {
    let folded =
        fold_width(text).to_lowercase().replace("毫米", "mm").replace("厘米", "cm").replace('米', "m");
    let folded = folded.trim().trim_start_matches('p').trim();
    let end = folded.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(folded.len());
    let (number, given) = folded.split_at(end);
    let per_unit = match if given.trim().is_empty() { unit } else { given.trim() } {
        "mm" => 100.0,
        "cm" => 1000.0,
        "m" => 100_000.0,
        _ => return None,
    };
    let value = (number.parse::<f64>().ok()? * per_unit).round();
    // 0.1 mm to 1 km
    (10.0..=100_000_000.0).contains(&value).then_some(value as u32)
}

pub(super) fn read_brightness(steps: &BTreeMap<String, u8>) -> Option<Vec<(u16, u8)>> {
    let mut out = Vec::new();
    for (time, percent) in steps {
        let folded = fold_width(time);
        let (hour, minute) = folded.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.trim().parse().ok()?, minute.trim().parse().ok()?);
        if hour > 23 || minute > 59 || *percent > 100 {
            return None;
        }
        out.push((hour * 60 + minute, *percent));
    }
    out.sort_unstable();
    Some(out)
}

/// 200 ms to one hour.
pub(super) fn read_poll(text: &str) -> Option<u32> {
    let folded = fold_width(text).to_lowercase().replace("分钟", "min").replace('秒', "s");
    let folded = folded.trim();
    let end = folded.find(|c: char| !c.is_ascii_digit()).unwrap_or(folded.len());
    let (number, unit) = folded.split_at(end);
    let per_unit = match unit.trim() {
        "ms" => 1,
        "s" | "" => 1000,
        "m" | "min" => 60_000,
        _ => return None,
    };
    let ms = number.parse::<u32>().ok()?.checked_mul(per_unit)?;
    (200..=3_600_000).contains(&ms).then_some(ms)
}

/// Whether it may move.
pub(super) fn read_motion(text: &str) -> Option<bool> {
    match text.trim() {
        "still" => Some(false),
        "clip" => Some(true),
        _ => None,
    }
}

/// A module has 4 to 512 dots on a side.
pub(super) fn read_module(text: &str) -> Option<Size> {
    let good = |side: u32| (4..=512).contains(&side);
    Size::parse(text).filter(|size| good(size.width) && good(size.height))
}

pub(super) fn read_token(text: &str) -> Option<TokenRule> {
    match text.trim() {
        "optional" => Some(TokenRule::Optional),
        "required" => Some(TokenRule::Required),
        _ => None,
    }
}
