//! Lossless WebP pictures of few colours ("WebP Lossless Bitstream Specification"): the palette, several pixels to a
//! byte, repeated strings, prefix codes. `image` knows none of the first three, and a scrolling line is made of
//! nothing else.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Most colours of a picture: with two pixels to a byte.
pub(super) const MAX_COLORS: usize = 16;
/// Literals and lengths; distances.
const GREENS: usize = 256 + 24;
const DISTANCES: usize = 40;
/// The longest prefix code, and the longest of those in which code lengths are written.
const MAX_BITS: u8 = 15;
const MAX_LENGTH_BITS: u8 = 7;
/// The longest repeated string; the shortest that is worth it.
const MAX_COPY: usize = 4096;
const MIN_COPY: usize = 3;
/// So many earlier places of the same three bytes are looked at.
const TRIES: usize = 24;
/// The order in which the lengths of the code for code lengths are written.
const LENGTH_ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// A picture of `width` pixels a row, each an index into `palette` (red, green, blue, alpha; at most
/// [`MAX_COLORS`]).
pub(super) fn encode(pixels: &[u8], width: u32, palette: &[[u8; 4]]) -> Vec<u8> {
    let mut bits = Bits::default();
    let height = pixels.len() as u32 / width.max(1);
    bits.put(0x2F, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(u32::from(palette.iter().any(|color| color[3] < 255)), 1);
    bits.put(0, 3); // version
    bits.put(1, 1); // a transform: colour indexing
    bits.put(3, 2);
    bits.put(palette.len() as u32 - 1, 8);
    put_palette(&mut bits, palette);
    bits.put(0, 1); // no further transform
    let per_byte: usize = match palette.len() {
        0..=2 => 8,
        3..=4 => 4,
        _ => 2,
    };
    let depth = 8 / per_byte;
    let byte = |few: &[u8]| few.iter().rev().fold(0, |byte, pixel| byte << depth | pixel);
    let packed: Vec<u8> =
        pixels.chunks(width as usize).flat_map(|row| row.chunks(per_byte).map(byte)).collect();
    let tokens = tokens(&packed, (width as usize).div_ceil(per_byte));
    bits.put(0, 1); // no colour cache
    bits.put(0, 1); // one set of codes
    let (mut greens, mut distances) = ([0; GREENS], [0; DISTANCES]);
    for token in &tokens {
        match token {
            Token::Literal(byte) => greens[usize::from(*byte)] += 1,
            Token::Copy { length, distance } => {
                greens[256 + prefix(*length).0 as usize] += 1;
                distances[prefix(*distance).0 as usize] += 1;
            }
        }
    }
    let greens = Code::put(&greens, &mut bits);
    for _ in ["red", "blue", "alpha"] {
        Code::put(&[1], &mut bits);
    }
    let distances = Code::put(&distances, &mut bits);
    for token in tokens {
        match token {
            Token::Literal(byte) => greens.symbol(usize::from(byte), &mut bits),
            Token::Copy { length, distance } => {
                for (code, value, base) in [(&greens, length, 256), (&distances, distance, 0)] {
                    let (symbol, extra, extra_bits) = prefix(value);
                    code.symbol(base + symbol as usize, &mut bits);
                    bits.put(extra, extra_bits);
                }
            }
        }
    }
    bits.finish()
}

/// The palette is a picture of one row in which each colour is the difference to the one before.
fn put_palette(bits: &mut Bits, palette: &[[u8; 4]]) {
    let mut before = [0_u8; 4];
    let differences: Vec<[u8; 4]> = palette
        .iter()
        .map(|color| {
            let difference = std::array::from_fn(|n| color[n].wrapping_sub(before[n]));
            before = *color;
            difference
        })
        .collect();
    bits.put(0, 1); // no colour cache
    // Green, red, blue, alpha; nothing is copied.
    let codes = [1, 0, 2, 3].map(|channel| {
        let mut counts = [0; GREENS];
        for color in &differences {
            counts[usize::from(color[channel])] += 1;
        }
        let counts = if channel == 1 { &counts[..] } else { &counts[..256] };
        (channel, Code::put(counts, bits))
    });
    Code::put(&[1], bits);
    for color in differences {
        for (channel, code) in &codes {
            code.symbol(usize::from(color[*channel]), bits);
        }
    }
}

enum Token {
    Literal(u8),
    /// `distance` as the format writes it: 1 is the byte above.
    Copy {
        length: u32,
        distance: u32,
    },
}

/// Splits rows of `stride` bytes into literals and copies, the longest first.
fn tokens(bytes: &[u8], stride: usize) -> Vec<Token> {
    let mut out = Vec::new();
    // The last place of each three bytes, by a hash of them, and for each place the one before it.
    let mut last = vec![usize::MAX; 1 << 12];
    let mut earlier = vec![usize::MAX; bytes.len()];
    let hash = |at: usize| {
        let three = u32::from(bytes[at]) | u32::from(bytes[at + 1]) << 8 | u32::from(bytes[at + 2]) << 16;
        (three.wrapping_mul(0x9E37_79B1) >> 20) as usize
    };
    let mut at = 0;
    while at < bytes.len() {
        let run = |distance: usize| {
            let (source, here) = (&bytes[at - distance..], &bytes[at..]);
            source.iter().zip(here).take(MAX_COPY).take_while(|(a, b)| a == b).count()
        };
        // Of equally long copies the nearest place in the picture costs least.
        let near = [stride, 1, stride + 1, stride - 1, stride * 2];
        let near = near.into_iter().filter(|distance| (1..=at).contains(distance));
        let mut best = near.map(|distance| (run(distance), distance)).fold((0, 0), longer);
        if at + 2 < bytes.len() {
            let mut place = last[hash(at)];
            for _ in 0..TRIES {
                if place == usize::MAX {
                    break;
                }
                // A far copy costs a byte more.
                let length = run(at - place);
                best = if length > best.0 + 1 { (length, at - place) } else { best };
                place = earlier[place];
            }
        }
        let (length, distance) = best;
        let taken = if length >= MIN_COPY {
            out.push(Token::Copy { length: length as u32, distance: plane_code(distance, stride) });
            length
        } else {
            out.push(Token::Literal(bytes[at]));
            1
        };
        for place in at..(at + taken).min(bytes.len().saturating_sub(2)) {
            earlier[place] = std::mem::replace(&mut last[hash(place)], place);
        }
        at += taken;
    }
    out
}

fn longer(best: (usize, usize), next: (usize, usize)) -> (usize, usize) {
    if next.0 > best.0 { next } else { best }
}

/// Places nearby in the picture have the first numbers.
fn plane_code(distance: usize, stride: usize) -> u32 {
    let code = match distance {
        _ if distance == stride => 1,
        1 => 2,
        _ if distance == stride + 1 => 3,
        _ if distance + 1 == stride => 4,
        _ if distance == stride * 2 => 5,
        _ => distance + 120,
    };
    code as u32
}

/// A length or distance, from 1: its symbol, what follows it, and in how many bits.
fn prefix(value: u32) -> (u32, u32, u32) {
    let value = value - 1;
    if value < 4 {
        return (value, 0, 0);
    }
    let high = value.ilog2();
    let extra_bits = high - 1;
    (2 * high + (value >> extra_bits & 1), value & ((1 << extra_bits) - 1), extra_bits)
}

/// A prefix code: for each symbol its bits and how many.
struct Code(Vec<(u16, u8)>);

impl Code {
    /// The best code for symbols that occur so often, written down.
    fn put(counts: &[u32], bits: &mut Bits) -> Self {
        let used: Vec<usize> = (0..counts.len()).filter(|n| counts[*n] > 0).collect();
        if let ([] | [_] | [_, _], true) = (&used[..], used.iter().all(|symbol| *symbol < 256)) {
            let first = used.first().copied().unwrap_or(0);
            bits.put(1, 1);
            bits.put(u32::from(used.len() == 2), 1);
            bits.put(u32::from(first > 1), 1);
            bits.put(first as u32, if first > 1 { 8 } else { 1 });
            let mut codes = vec![(0, 0); counts.len()];
            if let [first, second] = used[..] {
                bits.put(second as u32, 8);
                codes[first] = (0, 1);
                codes[second] = (1, 1);
            }
            return Self(codes);
        }
        bits.put(0, 1);
        let lengths = lengths(counts, MAX_BITS);
        let tokens = length_tokens(&lengths);
        let mut counts = [0; 19];
        for (symbol, _, _) in &tokens {
            counts[*symbol] += 1;
        }
        // A code of one symbol would be none.
        if counts.iter().filter(|count| **count > 0).count() == 1 {
            counts[usize::from(counts[0] > 0)] += 1;
        }
        let length_lengths = self::lengths(&counts, MAX_LENGTH_BITS);
        let written = LENGTH_ORDER.iter().rposition(|n| length_lengths[*n] > 0).map_or(4, |n| (n + 1).max(4));
        bits.put(written as u32 - 4, 4);
        for n in &LENGTH_ORDER[..written] {
            bits.put(u32::from(length_lengths[*n]), 3);
        }
        bits.put(0, 1); // every symbol has its length written
        let code = Self::canonical(&length_lengths);
        for (symbol, extra, extra_bits) in tokens {
            code.symbol(symbol, bits);
            bits.put(extra, extra_bits);
        }
        Self::canonical(&lengths)
    }

    fn symbol(&self, symbol: usize, bits: &mut Bits) {
        let (code, length) = self.0[symbol];
        bits.put(u32::from(code), u32::from(length));
    }

    /// Codes in the order of length and symbol; written from their highest bit.
    fn canonical(lengths: &[u8]) -> Self {
        let mut codes = vec![(0, 0); lengths.len()];
        let mut next = 0_u16;
        for length in 1..=MAX_BITS {
            for (symbol, _) in lengths.iter().enumerate().filter(|(_, of)| **of == length) {
                codes[symbol] = (next.reverse_bits() >> (16 - length), length);
                next = next.wrapping_add(1);
            }
            next = next.wrapping_shl(1);
        }
        Self(codes)
    }
}

/// Huffman's code lengths, at most `most`; at least two symbols occur.
fn lengths(counts: &[u32], most: u8) -> Vec<u8> {
    let mut least = 1;
    loop {
        let mut parents: Vec<usize> = vec![0; counts.len()];
        let leaves = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let mut heap: BinaryHeap<Reverse<(u32, usize)>> =
            leaves.map(|(n, count)| Reverse(((*count).max(least), n))).collect();
        while let (Some(Reverse((a, x))), Some(Reverse((b, y)))) = (heap.pop(), heap.pop()) {
            let node = parents.len();
            parents.push(0);
            (parents[x], parents[y]) = (node, node);
            heap.push(Reverse((a + b, node)));
            if heap.len() == 1 {
                break;
            }
        }
        let root = parents.len() - 1;
        let mut depths = vec![0_u8; parents.len()];
        for n in (0..root).rev() {
            if n >= counts.len() || counts[n] > 0 {
                depths[n] = depths[parents[n]].saturating_add(1);
            }
        }
        depths.truncate(counts.len());
        if depths.iter().all(|depth| *depth <= most) {
            return depths;
        }
        // Rare symbols count for more until the tree is flat enough.
        least *= 2;
    }
}

/// Code lengths as symbols: themselves, 17 and 18 for runs of zeros.
fn length_tokens(lengths: &[u8]) -> Vec<(usize, u32, u32)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < lengths.len() {
        let zeros = lengths[at..].iter().take(138).take_while(|length| **length == 0).count();
        match zeros {
            0 => out.push((usize::from(lengths[at]), 0, 0)),
            1..=2 => out.push((0, 0, 0)),
            3..=10 => out.push((17, zeros as u32 - 3, 3)),
            _ => out.push((18, zeros as u32 - 11, 7)),
        }
        at += if zeros < 3 { 1 } else { zeros };
    }
    out
}

/// Bits, the lowest first.
#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.put(0, 7);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the `image` crate sees in the bits, put into a still file.
    fn decoded(bits: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WEBPVP8L".to_vec();
        file.extend((bits.len() as u32).to_le_bytes());
        file.extend(bits);
        file.resize(file.len().next_multiple_of(2), 0);
        let size = file.len() as u32 - 8;
        file[4..8].copy_from_slice(&size.to_le_bytes());
        image::load_from_memory(&file).unwrap().to_rgba8().into_raw()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn every_picture_is_read_back(
            width in 1u32..70, height in 1u32..20, colors in 1usize..=MAX_COLORS, strings in 1u64..40, seed: u64,
        ) {
            let mut state = seed | 1;
            let mut next = move || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state
            };
            let palette: Vec<[u8; 4]> =
                (0..colors as u8).map(|n| [n.wrapping_mul(37), 255 - n, n, 255 - n * 16]).collect();
            // Strings that come again and again, and noise.
            let words: Vec<Vec<u8>> = (0..strings)
                .map(|_| (0..=next() % 30).map(|_| (next() % colors as u64) as u8).collect())
                .collect();
            let mut pixels: Vec<u8> = Vec::new();
            while pixels.len() < (width * height) as usize {
                pixels.extend(&words[(next() % strings) as usize]);
            }
            pixels.truncate((width * height) as usize);
            let want: Vec<u8> = pixels.iter().flat_map(|index| palette[usize::from(*index)]).collect();
            prop_assert!(decoded(&encode(&pixels, width, &palette)) == want);
        }

        #[test]
        fn code_lengths_make_a_whole_tree(
            counts in prop::collection::vec(0u32..100_000, 2..280), most in 9u8..=15, steep: bool,
        ) {
            let mut counts = counts;
            counts[0] += 1;
            counts[1] += 1;
            if steep {
                // Fibonacci's numbers make the deepest tree.
                let (mut a, mut b) = (1, 1);
                for count in counts.iter_mut().take(30) {
                    *count = a;
                    (a, b) = (b, a + b);
                }
            }
            let lengths = lengths(&counts, most);
            let used = |n: usize| counts[n] > 0;
            prop_assert!((0..counts.len()).all(|n| used(n) == (lengths[n] > 0) && lengths[n] <= most));
            let sum: u32 = lengths.iter().filter(|l| **l > 0).map(|l| 1 << (15 - l)).sum();
            prop_assert_eq!(sum, 1 << 15);
        }
    }
}
