//! Reads PCF, the X Window System's compiled bitmap fonts, in every byte order, bit order, scan unit and
//! row padding that the format has.

use super::{
    MAX_GLYPH_DOTS, MAX_GLYPHS,
    bitmap::{BitmapFont, Shape},
    charset::Charset,
};

// Kinds of tables.
const PROPERTIES: u32 = 1 << 0;
const ACCELERATORS: u32 = 1 << 1;
const METRICS: u32 = 1 << 2;
const BITMAPS: u32 = 1 << 3;
const ENCODINGS: u32 = 1 << 5;
const BDF_ACCELERATORS: u32 = 1 << 8;

// Bits of a table's format word.
const PAD_MASK: u32 = 3;
const MSB_BYTES: u32 = 1 << 2;
const MSB_BITS: u32 = 1 << 3;
const COMPRESSED_METRICS: u32 = 0x100;

/// Reads a font; glyphs whose characters `wanted` refuses are left out. The error says what is wrong.
pub(super) fn read(bytes: &[u8], wanted: fn(char) -> bool) -> Result<BitmapFont, String> {
    let tables = Tables::read(bytes)?;
    let charset = charset(&tables)?;
    let mut table = tables.open(BDF_ACCELERATORS).or_else(|_| tables.open(ACCELERATORS))?;
    table.skip(8)?;
    let (ascent, descent) = (table.i32()?, table.i32()?);
    let metrics = metrics(tables.open(METRICS)?)?;
    let bitmaps = Bitmaps::read(tables.open(BITMAPS)?, metrics.len())?;

    let mut font = BitmapFont::new(ascent, descent)?;
    let mut codes = tables.open(ENCODINGS)?;
    let [low_first, low_last, high_first, high_last, _default] =
        [codes.u16()?, codes.u16()?, codes.u16()?, codes.u16()?, codes.u16()?];
    if low_first > low_last || high_first > high_last || low_last > 0xFF || high_last > 0xFF {
        return Err("its table of codes has impossible bounds".to_owned());
    }
    let mut rows = Vec::new();
    for high in high_first..=high_last {
        for low in low_first..=low_last {
            let number = usize::from(codes.u16()?);
            if number == 0xFFFF {
                continue;
            }
            let code = u32::from(high) << 8 | u32::from(low);
            let chars: Vec<char> = charset.chars(code).into_iter().filter(|c| wanted(*c)).collect();
            if chars.is_empty() {
                continue;
            }
            let shape = *metrics.get(number).ok_or_else(|| format!("code {code:04X} has no metrics"))?;
            bitmaps.rows(number, shape, &mut rows)?;
            font.add(&chars, shape, &rows)?;
        }
    }
    font.finish()
}

/// The file and where its tables lie.
struct Tables<'a> {
    bytes: &'a [u8],
    places: Vec<(u32, usize)>,
}

impl<'a> Tables<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, String> {
        if !bytes.starts_with(b"\x01fcp") {
            return Err("it does not begin like a PCF font".to_owned());
        }
        let mut header = Reader { bytes, at: 4, msb: false, format: 0 };
        let count = header.u32()?;
        if count > 64 {
            return Err(format!("it has {count} tables"));
        }
        let mut places = Vec::new();
        for _ in 0..count {
            let [kind, _format, _size, offset] = [header.u32()?, header.u32()?, header.u32()?, header.u32()?];
            places.push((kind, offset as usize));
        }
        Ok(Self { bytes, places })
    }

    /// A reader behind the format word of the table.
    fn open(&self, kind: u32) -> Result<Reader<'a>, String> {
        let (_, at) = self
            .places
            .iter()
            .find(|(found, _)| *found == kind)
            .ok_or_else(|| format!("its table {kind} is missing"))?;
        let mut reader = Reader { bytes: self.bytes, at: *at, msb: false, format: 0 };
        let format = reader.u32()?;
        Ok(Reader { msb: format & MSB_BYTES != 0, format, ..reader })
    }
}

/// Numbers one after another, in the byte order of the table.
#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    msb: bool,
    format: u32,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or("it is cut short")?;
        let part = &self.bytes[self.at..end];
        self.at = end;
        Ok(part)
    }

    fn skip(&mut self, count: usize) -> Result<(), String> {
        self.take(count).map(|_| ())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        if !self.msb {
            out.reverse();
        }
        Ok(out)
    }

    fn u8(&mut self) -> Result<u8, String> {
        Ok(u8::from_be_bytes(self.array()?))
    }
    fn u16(&mut self) -> Result<u16, String> {
        Ok(u16::from_be_bytes(self.array()?))
    }
    fn i16(&mut self) -> Result<i16, String> {
        Ok(i16::from_be_bytes(self.array()?))
    }
    fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_be_bytes(self.array()?))
    }
    fn i32(&mut self) -> Result<i32, String> {
        Ok(i32::from_be_bytes(self.array()?))
    }
}

/// What `CHARSET_REGISTRY` and `CHARSET_ENCODING` say; Latin-1 where there are no properties.
fn charset(tables: &Tables<'_>) -> Result<Charset, String> {
    let Ok(mut table) = tables.open(PROPERTIES) else { return Ok(Charset::Latin1) };
    let count = table.u32()? as usize;
    if count > 4096 {
        return Err(format!("it has {count} properties"));
    }
    let mut list = Vec::with_capacity(count);
    for _ in 0..count {
        list.push((table.u32()? as usize, table.u8()?, table.u32()? as usize));
    }
    // Nine bytes each, padded to four.
    table.skip((4 - (count * 9) % 4) % 4)?;
    let size = table.u32()? as usize;
    let strings = table.take(size)?;
    let string = |at: usize| {
        let rest = strings.get(at..).unwrap_or_default();
        let end = rest.iter().position(|b| *b == 0).unwrap_or(rest.len()).min(64);
        String::from_utf8_lossy(&rest[..end])
    };
    let value = |name: &str| {
        let found = list.iter().find(|(key, is_string, _)| *is_string != 0 && string(*key) == name);
        found.map_or(String::new(), |(_, _, value)| string(*value).into_owned())
    };
    Ok(Charset::named(&value("CHARSET_REGISTRY"), &value("CHARSET_ENCODING")))
}

fn metrics(mut table: Reader<'_>) -> Result<Vec<Shape>, String> {
    let compressed = table.format & COMPRESSED_METRICS != 0;
    let count = if compressed { usize::from(table.u16()?) } else { table.u32()? as usize };
    if count > MAX_GLYPHS {
        return Err(format!("it has {count} glyphs, at most {MAX_GLYPHS} are allowed"));
    }
    let mut out = Vec::with_capacity(count);
    for n in 0..count {
        let mut values = [0i32; 5];
        for value in &mut values {
            *value = if compressed { i32::from(table.u8()?) - 0x80 } else { i32::from(table.i16()?) };
        }
        if !compressed {
            table.skip(2)?;
        }
        let [left, right, advance, ascent, descent] = values;
        let (width, height) = (right - left, ascent + descent);
        if !(0..=MAX_GLYPH_DOTS as i32).contains(&width) || !(0..=MAX_GLYPH_DOTS as i32).contains(&height) {
            return Err(format!("glyph {n} has {width}x{height} dots"));
        }
        out.push(Shape { width: width as u32, height: height as u32, left, rise: ascent, advance });
    }
    Ok(out)
}

/// The table of dots.
struct Bitmaps<'a> {
    offsets: Vec<usize>,
    data: &'a [u8],
    pad: usize,
    unit: usize,
    msb_bits: bool,
    msb_bytes: bool,
}

impl<'a> Bitmaps<'a> {
    fn read(mut table: Reader<'a>, glyphs: usize) -> Result<Self, String> {
        let count = table.u32()? as usize;
        if count != glyphs {
            return Err(format!("it has {glyphs} metrics but {count} bitmaps"));
        }
        let mut offsets = Vec::with_capacity(count);
        for _ in 0..count {
            offsets.push(table.u32()? as usize);
        }
        let format = table.format;
        // Four sizes, one for each padding; only the one that the format names is meant.
        let sizes = [table.u32()?, table.u32()?, table.u32()?, table.u32()?];
        let data = table.take(sizes[(format & PAD_MASK) as usize] as usize)?;
        Ok(Self {
            offsets,
            data,
            pad: 1 << (format & PAD_MASK),
            unit: 1 << (format >> 4 & 3),
            msb_bits: format & MSB_BITS != 0,
            msb_bytes: format & MSB_BYTES != 0,
        })
    }

    /// The rows of glyph `number` into `out`, padded to bytes, the leftmost dot highest.
    fn rows(&self, number: usize, shape: Shape, out: &mut Vec<u8>) -> Result<(), String> {
        let bytes = shape.width.div_ceil(8) as usize;
        let padded = bytes.div_ceil(self.pad) * self.pad;
        let start = self.offsets.get(number).copied().unwrap_or(usize::MAX);
        let end = start.checked_add(padded * shape.height as usize).filter(|end| *end <= self.data.len());
        let end = end.ok_or_else(|| format!("the dots of glyph {number} lie outside the file"))?;
        let data = &self.data[start..end];
        out.clear();
        for row in data.chunks_exact(padded.max(1)) {
            for n in 0..bytes {
                // Dots are stored in scan units; where bytes and bits run opposite ways within one, its
                // bytes are exchanged.
                let at = if self.msb_bits == self.msb_bytes { n } else { n ^ (self.unit - 1) };
                let byte = row.get(at).copied().unwrap_or(0);
                out.push(if self.msb_bits { byte } else { byte.reverse_bits() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::font::{Dots, files};
    use proptest::prelude::*;

    fn unpacked(name: &str) -> Vec<u8> {
        let path = format!("{}/fonts/{name}", env!("CARGO_MANIFEST_DIR"));
        files::unpacked(std::fs::read(path).unwrap()).unwrap()
    }

    fn art(font: &BitmapFont, c: char) -> String {
        let glyph = font.glyph(font.number(c).unwrap(), 1).unwrap();
        let Dots::Bits { rows, stride, .. } = glyph.dots else { unreachable!() };
        let mut out = String::new();
        for row in rows.chunks(stride) {
            for x in 0..glyph.width as usize {
                out.push(if row[x / 8] & 0x80 >> (x % 8) != 0 { '#' } else { '.' });
            }
            out.push('\n');
        }
        out
    }

    #[test]
    fn the_sixteen_dot_song_keeps_every_dot() {
        let font = read(&unpacked("gb16st-bold.pcf.gz"), |_| true).unwrap();
        assert_eq!((font.px(), font.ascent()), (16, 14));
        assert_eq!(
            art(&font, '中'),
            ".......#........\n.......##.......\n.......##.......\n..#....##....#..\n\
             ..#############.\n..##...##...##..\n..##...##...##..\n..##...##...##..\n\
             ..##...##...##..\n..############..\n..#....##...#...\n.......##.......\n\
             .......##.......\n.......##.......\n.......##.......\n.......#........\n"
        );
        let latin = read(&unpacked("8x16.pcf.gz"), |_| true).unwrap();
        assert_eq!(
            art(&latin, '9'),
            "........\n..###...\n.#...#..\n#.....#.\n#.....#.\n#.....#.\n#.....#.\n.#...##.\n\
             ..###.#.\n......#.\n......#.\n#.....#.\n.#...#..\n..###...\n........\n........\n"
        );
    }

    /// The same two glyphs in every layout that the format word can ask for.
    #[test]
    fn every_order_of_bytes_and_bits_gives_the_same_dots() {
        for format in 0..64u32 {
            let font = read(&tiny(format), |_| true).unwrap_or_else(|e| panic!("format {format:#x}: {e}"));
            assert_eq!(art(&font, 'A'), "#........#\n.#......#.\n##########\n", "format {format:#x}");
        }
    }

    /// A font with one glyph of 10 × 3 dots, its bitmaps laid out as `format` says.
    fn tiny(format: u32) -> Vec<u8> {
        let pad = 1usize << (format & 3);
        let (msb_bytes, msb_bits, unit) = (format & 4 != 0, format & 8 != 0, 1usize << (format >> 4 & 3));
        // A unit larger than the row's padding cannot occur in real files.
        let pad = pad.max(if msb_bytes == msb_bits { 1 } else { unit });
        let format = format & !3 | pad.trailing_zeros();
        let n16 = |n: u16| if msb_bytes { n.to_be_bytes() } else { n.to_le_bytes() };
        let n32 = |n: u32| if msb_bytes { n.to_be_bytes() } else { n.to_le_bytes() };
        let mut dots = Vec::new();
        for row in [[0x80u8, 0x40], [0x40, 0x80], [0xFF, 0xC0]] {
            let mut row = row.to_vec();
            row.resize(2usize.div_ceil(pad) * pad, 0);
            if !msb_bits {
                for byte in &mut row {
                    *byte = byte.reverse_bits();
                }
            }
            if msb_bits != msb_bytes {
                row.chunks_mut(unit).for_each(<[u8]>::reverse);
            }
            dots.extend(row);
        }
        let mut accelerators = vec![0; 8];
        accelerators.extend([n32(7), n32(1)].concat());
        let mut metrics = n32(1).to_vec();
        for value in [0, 10, 11, 3, 0, 0] {
            metrics.extend(n16(value));
        }
        let mut bitmaps = [n32(1), n32(0)].concat();
        (0..4).for_each(|_| bitmaps.extend(n32(dots.len() as u32)));
        bitmaps.extend(dots);
        let codes = [65, 65, 0, 0, 65, 0].map(n16).concat();
        let mut file = b"\x01fcp\x04\0\0\0".to_vec();
        let mut offset = 8 + 16 * 4;
        let tables =
            [(ACCELERATORS, accelerators), (METRICS, metrics), (BITMAPS, bitmaps), (ENCODINGS, codes)];
        for (kind, body) in &tables {
            for n in [*kind, format, body.len() as u32 + 4, offset] {
                file.extend(n.to_le_bytes());
            }
            offset += body.len() as u32 + 4;
        }
        for (_, body) in tables {
            file.extend(format.to_le_bytes());
            file.extend(body);
        }
        file
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn garbage_never_panics(at in 0usize..200, bytes in proptest::collection::vec(any::<u8>(), 0..8), cut in 0usize..220) {
            let mut font = tiny(0xE);
            let at = at.min(font.len());
            let end = (at + bytes.len()).min(font.len());
            font.splice(at..end, bytes);
            font.truncate(cut.max(8));
            let _ = read(&font, |_| true);
        }
    }
}
