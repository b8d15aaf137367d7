//! Pixels without any header, for microcontrollers that know their own size.

use std::borrow::Cow;

use super::pack;
use crate::{
    geometry::Size,
    render::Raster,
    screen::{Bits, Polarity, Scan, Wiring},
};

/// The first `planes` bit planes, one after another. Bits that no pixel has are unlit ones.
pub(super) fn planes(raster: &Raster, planes: usize, wiring: Wiring) -> Vec<u8> {
    let raster = scanned(raster, wiring.scan);
    let unlit = if wiring.polarity == Polarity::Negative { 0xFF } else { 0 };
    let mut out = Vec::new();
    for plane in wiring.order.channels().into_iter().filter(|channel| *channel < planes) {
        let begin = out.len();
        for y in 0..raster.size().height {
            pack::plane_row(raster.row(y), plane as u32, &mut out);
            fill_up(&mut out, begin, wiring.pad);
        }
        for byte in &mut out[begin..] {
            *byte = if wiring.bits == Bits::Lsb { byte.reverse_bits() } else { *byte } ^ unlit;
        }
    }
    out
}

/// A byte for each channel.
pub(super) fn rgb888(raster: &Raster, wiring: Wiring) -> Vec<u8> {
    colors(raster, wiring, Extend::extend)
}

/// Five bits for the first channel (highest), six for the second, five for the third (lowest): the high bits of
/// each, in the byte order that `bytes` gives.
pub(super) fn rgb565(raster: &Raster, wiring: Wiring, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    colors(raster, wiring, |out, [a, b, c]| {
        out.extend(bytes(u16::from(a >> 3) << 11 | u16::from(b >> 2) << 5 | u16::from(c >> 3)));
    })
}

/// Each pixel's channels in order, given to `write`; lines filled up.
fn colors(raster: &Raster, wiring: Wiring, write: impl Fn(&mut Vec<u8>, [u8; 3])) -> Vec<u8> {
    let raster = scanned(raster, wiring.scan);
    let stride = raster.size().width as usize * 3;
    let order = wiring.order.channels();
    let mut out = Vec::with_capacity(stride * raster.size().height as usize);
    for row in pack::rgb(&raster).chunks_exact(stride.max(1)) {
        for pixel in row.chunks_exact(3) {
            write(&mut out, order.map(|channel| pixel[channel]));
        }
        fill_up(&mut out, 0, wiring.pad);
    }
    out
}

/// Zeros until what stands behind `begin` is a multiple of `pad` bytes.
fn fill_up(out: &mut Vec<u8>, begin: usize, pad: u8) {
    let long = (out.len() - begin).next_multiple_of(usize::from(pad.max(1)));
    out.resize(begin + long, 0);
}

/// The raster as it is scanned: for columns, mirrored on its diagonal, so that a column is a row.
fn scanned(raster: &Raster, scan: Scan) -> Cow<'_, Raster> {
    if scan == Scan::Row {
        return Cow::Borrowed(raster);
    }
    let Size { width, height } = raster.size();
    let depth = raster.scheme().bytes_per_pixel();
    let mut out = Raster::dark(raster.scheme(), Size::new(height, width));
    for y in 0..height {
        for (x, pixel) in (0..width).zip(raster.row(y).chunks_exact(depth)) {
            out.row_mut(x)[y as usize * depth..][..depth].copy_from_slice(pixel);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        color::{ColorScheme, Rgb},
        frame::{Format, Frame, Variant, encode},
        geometry::Rotation,
        screen::Order,
    };

    /// A reader as a firmware author would write it from the manual: which pixel does each bit or byte hold?
    /// Returns the colour of each pixel, row by row, as far as the format tells it.
    fn decode(bytes: &[u8], format: Format, wiring: Wiring, scheme: ColorScheme, size: Size) -> Vec<Rgb> {
        let (lines, along) = match wiring.scan {
            Scan::Row => (size.height, size.width),
            Scan::Column => (size.width, size.height),
        };
        let bits_each = match format {
            Format::Raw888 => 24,
            Format::Raw565Le | Format::Raw565Be => 16,
            _ => 1,
        };
        let line_bytes = (along as usize * bits_each).div_ceil(8).next_multiple_of(wiring.pad.into());
        let letters = match wiring.order {
            Order::Rgb => "rgb",
            Order::Bgr => "bgr",
            Order::Grb => "grb",
        };
        let channel = |letter: char| "rgb".find(letter).unwrap();
        let mut out = vec![[0; 3]; size.area() as usize];
        let mut put = |line: u32, n: u32, channel: usize, value: u8| {
            let (x, y) = if wiring.scan == Scan::Row { (n, line) } else { (line, n) };
            out[(y * size.width + x) as usize][channel] = value;
        };
        let planes: Vec<char> = match format {
            Format::Raw1 => vec!['r'],
            Format::RawRg => letters.chars().filter(|letter| *letter != 'b').collect(),
            Format::RawRgb3 => letters.chars().collect(),
            _ => Vec::new(),
        };
        assert_eq!(bytes.len(), line_bytes * lines as usize * planes.len().max(1));
        for line in 0..lines {
            for n in 0..along {
                for (plane, letter) in planes.iter().enumerate() {
                    let at = (plane * lines as usize + line as usize) * line_bytes + n as usize / 8;
                    let shift = if wiring.bits == Bits::Msb { 7 - n % 8 } else { n % 8 };
                    let one = bytes[at] >> shift & 1 == 1;
                    let lit = one == (wiring.polarity == Polarity::Positive);
                    put(line, n, channel(*letter), u8::from(lit) * 255);
                }
                let at = line as usize * line_bytes + n as usize * bits_each / 8;
                let parts = match format {
                    Format::Raw888 => [bytes[at], bytes[at + 1], bytes[at + 2]],
                    Format::Raw565Le | Format::Raw565Be => {
                        let two = [bytes[at], bytes[at + 1]];
                        let v = if format == Format::Raw565Le {
                            u16::from_le_bytes(two)
                        } else {
                            u16::from_be_bytes(two)
                        };
                        [(v >> 11 << 3) as u8, (v >> 5 << 2) as u8, (v << 3) as u8]
                    }
                    _ => continue,
                };
                for (letter, part) in letters.chars().zip(parts) {
                    put(line, n, channel(letter), part);
                }
            }
        }
        if format == Format::Raw1 {
            out.iter().map(|pixel| scheme.palette()[usize::from(pixel[0] > 0)]).collect()
        } else {
            out
        }
    }

    /// What a format can tell of a colour.
    fn told(format: Format, wiring: Wiring, rgb: Rgb) -> Rgb {
        let mut out = rgb;
        if matches!(format, Format::Raw565Le | Format::Raw565Be) {
            for (channel, mask) in wiring.order.channels().into_iter().zip([0xF8, 0xFC, 0xF8]) {
                out[channel] &= mask;
            }
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_way_to_pack_is_read_back_to_the_same_pixels(
            scheme in prop::sample::select(ColorScheme::ALL.to_vec()),
            width in 1u32..40, height in 1u32..20, seed: u64,
        ) {
            let mut raster = Raster::dark(scheme, Size::new(width, height));
            let mut state = seed | 1;
            for byte in raster.bytes_mut() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let dots = scheme.palette().len().max(1) as u64;
                *byte = if scheme == ColorScheme::Rgb { (state >> 56) as u8 } else { (state >> 33) as u8 % dots as u8 };
            }
            let frame = Frame::new(&raster, Rotation::R0, Vec::new());
            let raw = Format::ALL.into_iter().filter(|f| f.ext().starts_with("raw.") && f.suits(scheme));
            for format in raw {
                for wiring in Wiring::all() {
                    let bytes = encode(&frame, Variant::wired(format, wiring)).unwrap();
                    let seen = decode(&bytes, format, wiring, scheme, raster.size());
                    let size = raster.size();
                    let mut dots = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
                    let same = seen.iter().all(|rgb| {
                        let (x, y) = dots.next().unwrap();
                        *rgb == told(format, wiring, raster.color_at(x, y))
                    });
                    prop_assert!(same && dots.next().is_none(), "{:?} {:?}", format, wiring);
                }
            }
        }
    }

    #[test]
    fn bits_beyond_a_lines_end_are_unlit() {
        let mut raster = Raster::dark(ColorScheme::Red, Size::new(9, 2));
        raster.row_mut(0)[8] = 1;
        let wiring = Wiring { polarity: Polarity::Negative, pad: 4, ..Wiring::default() };
        assert_eq!(planes(&raster, 1, wiring), [0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        let columns = Wiring { scan: Scan::Column, bits: Bits::Lsb, ..Wiring::default() };
        assert_eq!(planes(&raster, 1, columns), [0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
}
