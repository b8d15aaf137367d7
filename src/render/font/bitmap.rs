//! Bitmap fonts in memory, whichever file they came from.

use std::sync::Arc;

use super::{MAX_FONT_BYTES, MAX_GLYPH_DOTS, MAX_GLYPHS};

/// The dots of a glyph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dots<'a> {
    /// One bit a dot, rows padded to bytes, the leftmost dot highest; each dot is to be drawn `scale` × `scale`.
    Bits {
        /// All rows.
        rows: Rows<'a>,
        /// Bytes a row.
        stride: usize,
        /// How many pixels wide and high a dot is; at least 1.
        scale: u32,
    },
    /// One byte a pixel: how much of it the outline covers, 0 to 255.
    Coverage(Arc<[u8]>),
}

/// A glyph's rows of bits.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a> {
    /// Where the font keeps them.
    Kept(&'a [u8]),
    /// Made of a font that keeps them otherwise: sixteen rows of two bytes.
    Made([u8; 32]),
}

impl std::ops::Deref for Rows<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Kept(rows) => rows,
            Self::Made(rows) => rows,
        }
    }
}

impl PartialEq for Rows<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Rows<'_> {}

/// A character's dots at one size, placed in a cell as high as the size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyph<'a> {
    /// Its dots.
    pub dots: Dots<'a>,
    /// Columns of `dots`, before scaling.
    pub width: u32,
    /// Rows of `dots`, before scaling.
    pub height: u32,
    /// Pixels from the pen to the first column.
    pub left: i32,
    /// Pixels from the cell's top to the first row.
    pub top: i32,
    /// Pixels from this pen to the next.
    pub advance: u32,
    /// First lit column and the one behind the last, in pixels from the pen; equal if nothing is lit.
    pub ink: (i32, i32),
}

impl Glyph<'_> {
    /// Pixels that a dot is wide and high.
    pub fn scale(&self) -> u32 {
        match self.dots {
            Dots::Bits { scale, .. } => scale,
            Dots::Coverage(_) => 1,
        }
    }
}

/// First of `count` columns that `lit` says is lit in some row, and the one behind the last; (0, 0) if none is.
pub(super) fn lit_columns(count: u32, lit: impl Fn(u32) -> bool) -> (u32, u32) {
    let Some(first) = (0..count).find(|x| lit(*x)) else { return (0, 0) };
    (first, (0..count).rev().find(|x| lit(*x)).map_or(count, |x| x + 1))
}

/// A character's glyph number, through 4,352 pages of 256 characters; empty pages take no room.
#[derive(Clone, Debug)]
struct CharIndex {
    pages: Box<[u16]>,
    blocks: Vec<[u16; 256]>,
}

const NO_PAGE: u16 = u16::MAX;
const NO_GLYPH: u16 = u16::MAX;

impl CharIndex {
    fn new() -> Self {
        Self { pages: vec![NO_PAGE; 0x1100].into_boxed_slice(), blocks: Vec::new() }
    }

    fn get(&self, c: char) -> Option<u16> {
        let page = self.pages[c as usize >> 8];
        let block = self.blocks.get(usize::from(page))?;
        Some(block[c as usize & 0xFF]).filter(|number| *number != NO_GLYPH)
    }

    /// The first glyph of a character stays.
    fn insert(&mut self, c: char, number: u16) {
        let page = &mut self.pages[c as usize >> 8];
        if *page == NO_PAGE {
            *page = self.blocks.len() as u16;
            self.blocks.push([NO_GLYPH; 256]);
        }
        let slot = &mut self.blocks[usize::from(*page)][c as usize & 0xFF];
        if *slot == NO_GLYPH {
            *slot = number;
        }
    }
}

/// Where a stored glyph's rows lie, and where they stand in the cell.
#[derive(Clone, Copy, Debug)]
struct Stored {
    offset: u32,
    width: u16,
    height: u16,
    left: i16,
    top: i16,
    advance: u16,
    /// Dark columns before the first lit one and behind the last, counted to 255.
    dark: (u8, u8),
}

/// What a parser found out about one glyph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Dots from the pen to the first column.
    pub left: i32,
    /// Dots from the baseline up to the top of the first row.
    pub rise: i32,
    /// Dots to the next pen.
    pub advance: i32,
}

/// A font of one native size.
#[derive(Clone, Debug)]
pub struct BitmapFont {
    px: u32,
    ascent: i32,
    glyphs: Vec<Stored>,
    bits: Vec<u8>,
    index: CharIndex,
    fixed: Option<Fixed>,
}

/// Glyphs that lie in the program: nothing of them is copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixed {
    /// The number of a character's glyph.
    pub number: fn(char) -> Option<u16>,
    /// Columns, which are its advance, too, and rows of a glyph: as many as the font's cell has.
    pub glyph: fn(u16) -> Option<(u32, Rows<'static>)>,
}

impl BitmapFont {
    /// An empty font whose cell reaches `ascent` dots above the baseline and `descent` below it.
    pub(super) fn new(ascent: i32, descent: i32) -> Result<Self, String> {
        let px = ascent.saturating_add(descent);
        if !(1..=MAX_GLYPH_DOTS as i32).contains(&px) || ascent.unsigned_abs() > MAX_GLYPH_DOTS {
            return Err(format!(
                "its lines are {px} dots high (ascent {ascent}, descent {descent}), at most {MAX_GLYPH_DOTS} are allowed"
            ));
        }
        let index = CharIndex::new();
        Ok(Self { px: px as u32, ascent, glyphs: Vec::new(), bits: Vec::new(), index, fixed: None })
    }

    /// A font whose glyphs lie in the program.
    pub(super) fn fixed(ascent: u8, descent: u8, fixed: Fixed) -> Self {
        let px = u32::from(ascent) + u32::from(descent);
        let index = CharIndex { pages: Box::default(), blocks: Vec::new() };
        Self {
            px,
            ascent: i32::from(ascent),
            glyphs: Vec::new(),
            bits: Vec::new(),
            index,
            fixed: Some(fixed),
        }
    }

    /// Adds a glyph for each of `chars`; `rows` are padded to bytes, the leftmost dot highest.
    pub(super) fn add(&mut self, chars: &[char], shape: Shape, rows: &[u8]) -> Result<(), String> {
        let name = || chars.first().map_or(String::new(), |c| format!("U+{:04X}", *c as u32));
        let far = MAX_GLYPH_DOTS as i32;
        if shape.width.max(shape.height) > MAX_GLYPH_DOTS
            || shape.left.saturating_abs().max(shape.rise.saturating_abs()) > far
            || !(0..=far).contains(&shape.advance)
        {
            return Err(format!("glyph {} is out of bounds: {shape:?}", name()));
        }
        let stride = shape.width.div_ceil(8) as usize;
        if rows.len() != stride * shape.height as usize {
            return Err(format!("glyph {} has {} bytes of dots", name(), rows.len()));
        }
        if self.glyphs.len() >= MAX_GLYPHS {
            return Err(format!("it has more than {MAX_GLYPHS} glyphs"));
        }
        // A small file can name one large glyph under many codes.
        if self.bits.len() + rows.len() > MAX_FONT_BYTES {
            return Err(format!("its dots take more than {MAX_FONT_BYTES} bytes"));
        }
        let offset = self.bits.len() as u32;
        self.bits.extend_from_slice(rows);
        // Dots beyond the width must be dark: drawing copies whole bytes.
        if !shape.width.is_multiple_of(8) {
            let mask = !(0xFFu8 >> (shape.width % 8));
            for last in self.bits[offset as usize..].chunks_exact_mut(stride).filter_map(<[u8]>::last_mut) {
                *last &= mask;
            }
        }
        let dots = &self.bits[offset as usize..];
        let ink = lit_columns(shape.width, |x| {
            dots.iter().skip(x as usize / 8).step_by(stride.max(1)).any(|byte| byte & (0x80 >> (x % 8)) != 0)
        });
        let number = self.glyphs.len() as u16;
        self.glyphs.push(Stored {
            offset,
            width: shape.width as u16,
            height: shape.height as u16,
            left: shape.left as i16,
            top: (self.ascent - shape.rise) as i16,
            advance: shape.advance as u16,
            dark: (ink.0.min(255) as u8, (shape.width - ink.1).min(255) as u8),
        });
        for c in chars {
            self.index.insert(*c, number);
        }
        Ok(())
    }

    /// Gives back memory that parsing reserved too generously.
    pub(super) fn finish(mut self) -> Result<Self, String> {
        if self.glyphs.is_empty() {
            return Err("it has no glyph of a character that can be drawn".to_owned());
        }
        self.glyphs.shrink_to_fit();
        self.bits.shrink_to_fit();
        self.index.blocks.shrink_to_fit();
        Ok(self)
    }

    /// The native height of a line in dots.
    pub fn px(&self) -> u32 {
        self.px
    }

    /// Dots from the cell's top to the baseline.
    pub fn ascent(&self) -> i32 {
        self.ascent
    }

    /// Whether it has a glyph for `c`.
    pub fn has(&self, c: char) -> bool {
        self.number(c).is_some()
    }

    /// The number of the glyph of `c`, for [`Self::glyph`] and [`Self::advance`].
    pub fn number(&self, c: char) -> Option<u16> {
        match &self.fixed {
            Some(fixed) => (fixed.number)(c),
            None => self.index.get(c),
        }
    }

    /// A glyph by its number, each dot `scale` × `scale` pixels.
    pub fn glyph(&self, number: u16, scale: u32) -> Option<Glyph<'_>> {
        if let Some(fixed) = &self.fixed {
            let (width, rows) = (fixed.glyph)(number)?;
            return Some(self.whole(width, rows, scale));
        }
        let stored = self.glyphs.get(usize::from(number))?;
        let stride = usize::from(stored.width).div_ceil(8);
        let rows = Rows::Kept(&self.bits[stored.offset as usize..][..stride * usize::from(stored.height)]);
        let scaled = scale as i32;
        let (before, behind) = (i32::from(stored.dark.0), i32::from(stored.dark.1));
        // A glyph of dark columns only has no ink.
        let end = (i32::from(stored.width) - behind).max(before);
        Some(Glyph {
            dots: Dots::Bits { rows, stride, scale },
            width: u32::from(stored.width),
            height: u32::from(stored.height),
            left: i32::from(stored.left) * scaled,
            top: i32::from(stored.top) * scaled,
            advance: u32::from(stored.advance) * scale,
            ink: ((i32::from(stored.left) + before) * scaled, (i32::from(stored.left) + end) * scaled),
        })
    }

    /// A glyph that fills its cell.
    fn whole<'r>(&self, width: u32, rows: Rows<'r>, scale: u32) -> Glyph<'r> {
        let stride = width.div_ceil(8) as usize;
        let lit = |x: u32| {
            let column = rows.iter().skip(x as usize / 8).step_by(stride.max(1));
            column.copied().any(|byte| byte & (0x80 >> (x % 8)) != 0)
        };
        let ink = lit_columns(width, lit);
        Glyph {
            width,
            height: self.px,
            left: 0,
            top: 0,
            advance: width * scale,
            ink: ((ink.0 * scale) as i32, (ink.1 * scale) as i32),
            dots: Dots::Bits { rows, stride, scale },
        }
    }

    /// Pixels that a glyph advances the pen at `scale`.
    pub fn advance(&self, number: u16, scale: u32) -> Option<u32> {
        if let Some(fixed) = &self.fixed {
            return (fixed.glyph)(number).map(|(width, _)| width * scale);
        }
        let stored = self.glyphs.get(usize::from(number))?;
        Some(u32::from(stored.advance) * scale)
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.bits.capacity()
            + self.glyphs.capacity() * size_of::<Stored>()
            + self.index.blocks.capacity() * 512
            + self.index.pages.len() * 2
    }
}
