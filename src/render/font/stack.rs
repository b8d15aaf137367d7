//! All fonts in the order in which they are asked: native bitmap, whole multiple of a smaller bitmap,
//! outline, and at last a smaller bitmap in the middle of the cell.

use std::{borrow::Cow, cell::RefCell};

use super::{
    bitmap::{BitmapFont, Dots, Glyph},
    drawable::can_be_drawn,
    files::{self, Loaded},
    outline::Outline,
    unifont,
};
use crate::{
    color::ColorScheme,
    diagnostic::{Diagnostic, Msg, Place},
    render::marks::{closes_a_pair, opens},
    text::natural_cmp,
};

/// Every font, immutable: share it in an `Arc`.
pub struct Fonts {
    /// Larger native sizes first; within one size by file name, Unifont last.
    bitmaps: Vec<(String, BitmapFont)>,
    /// Those with `bold` in their name: for titles and emphasis.
    bold: Vec<(String, BitmapFont)>,
    outlines: Vec<(String, Box<dyn Outline>)>,
    /// Sizes for faces without shades, and for those with.
    sizes: [Vec<u32>; 2],
    /// For each of these sizes, ascending, the chain of [`Face`].
    chains: Vec<(u32, Chain)>,
}

/// Which bitmap fonts have dots at a size, as they are or in whole multiples, in the order of asking: index into
/// [`Fonts::bitmaps`] and scale.
type Chain = Vec<(u16, u32)>;

/// One font as `mingping fonts` lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FontInfo {
    /// Its file, or `Unifont`.
    pub file: String,
    /// Native size; `None` for outlines.
    pub px: Option<u32>,
}

/// A font with these can set Chinese: the commonest characters, one of each shape.
const COMMON_HAN: &str = "的一是不了在人有我他这中大来上国公告学校";

/// From this size on, an outline font that covers a whole notice is asked first: on `rgb` faces, whose shades make
/// its edges smooth, and on the others, where a dot drawn four times four looks like a staircase.
const SMOOTH_FROM_PX: u32 = 32;
const SMOOTH_FROM_PX_PLAIN: u32 = 64;

/// No size larger than this is offered: the highest face.
const MAX_PX: u32 = 2160;

impl Fonts {
    /// Reads `files`, names with contents; what is no font is passed over, what is broken is reported.
    /// Unifont is always there. Bitmap fonts whose name holds `bold` serve titles and emphasis only.
    pub fn load(mut files: Vec<(String, Vec<u8>)>) -> (Self, Vec<Diagnostic>) {
        files.sort_by(|a, b| natural_cmp(&a.0, &b.0));
        let (mut bitmaps, mut bold) = (Vec::new(), Vec::new());
        let (mut outlines, mut broken) = (Vec::new(), Vec::new());
        for (name, bytes) in files.into_iter().filter(|(name, _)| files::is_font(name)) {
            match files::load(&name, bytes, can_be_drawn) {
                Ok(Loaded::Bitmap(font)) if is_bold(&name) => bold.push((name, font)),
                Ok(Loaded::Bitmap(font)) => bitmaps.push((name, font)),
                Ok(Loaded::Outline(font)) => outlines.push((name, font)),
                Err(why) => {
                    broken.push(Diagnostic::fault(Place::default(), Msg::FontBroken, [name, why]));
                }
            }
        }
        bitmaps.push(("Unifont".to_owned(), unifont::font()));
        // A stable sort: the order of names stays within a size.
        bitmaps.sort_by_key(|(_, font)| std::cmp::Reverse(font.px()));
        let sizes =
            [SMOOTH_FROM_PX_PLAIN, SMOOTH_FROM_PX].map(|smooth_from| sizes(&bitmaps, &outlines, smooth_from));
        let mut all: Vec<u32> = sizes.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        let chains = all.into_iter().map(|px| (px, chain(&bitmaps, px))).collect();
        (Self { bitmaps, bold, outlines, sizes, chains }, broken)
    }

    /// Unifont alone.
    pub fn built_in() -> Self {
        Self::load(Vec::new()).0
    }

    /// What is loaded, in the order of asking.
    pub fn list(&self) -> Vec<FontInfo> {
        let bitmaps = self.bitmaps.iter().chain(&self.bold).map(|(file, font)| (file, Some(font.px())));
        let outlines = self.outlines.iter().map(|(file, _)| (file, None));
        bitmaps.chain(outlines).map(|(file, px)| FontInfo { file: file.clone(), px }).collect()
    }

    /// Sizes at which Chinese can be set on faces of `scheme`, ascending, in pixels.
    pub fn sizes(&self, scheme: ColorScheme) -> &[u32] {
        &self.sizes[usize::from(scheme == ColorScheme::Rgb)]
    }

    /// The fonts as seen at one size.
    pub fn at(&self, px: u32) -> Face<'_> {
        let px = px.clamp(1, MAX_PX);
        let chain = match self.chains.binary_search_by_key(&px, |(px, _)| *px) {
            Ok(n) => Cow::Borrowed(self.chains[n].1.as_slice()),
            Err(_) => Cow::Owned(chain(&self.bitmaps, px)),
        };
        let first = chain.first().and_then(|(n, scale)| Some((self.bitmaps.get(usize::from(*n))?, *scale)));
        let baseline = first.map_or((px * 7 / 8) as i32, |((_, font), scale)| font.ascent() * scale as i32);
        Face { fonts: self, px, baseline, chain, first: None, inks: RefCell::default() }
    }

    /// The glyph of `c` at `px`; `None` if no font has it.
    pub fn glyph(&self, c: char, px: u32) -> Option<Glyph<'_>> {
        let face = self.at(px);
        // The glyph borrows from the fonts, not from the face.
        face.glyph(c)
    }

    /// The first outline font that has every one of `chars`: for smooth text on `rgb` faces.
    pub fn outline_for(&self, chars: &(impl Iterator<Item = char> + Clone)) -> Option<usize> {
        self.outlines.iter().position(|(_, font)| {
            chars.clone().all(|c| (can_be_drawn(c) && font.has(c)) || c.is_whitespace())
        })
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.list()).finish()
    }
}

/// All fonts at one size.
pub struct Face<'a> {
    fonts: &'a Fonts,
    px: u32,
    baseline: i32,
    chain: Cow<'a, [(u16, u32)]>,
    first: Option<&'a dyn Outline>,
    /// What [`Self::ink`] found out about outlines.
    inks: RefCell<Vec<(char, Option<Extent>)>>,
}

/// An advance; the first lit column and the one behind the last, in pixels from the pen.
type Extent = (u32, (i32, i32));

impl<'a> Face<'a> {
    /// Asks this outline font before any bitmap where the size is large enough for `scheme`: below that outlines are
    /// coarser than bitmaps. `None` leaves the usual order.
    #[must_use]
    pub fn smooth(mut self, outline: Option<usize>, scheme: ColorScheme) -> Self {
        self.first = outline
            .filter(|_| self.px >= smooth_from(scheme))
            .and_then(|n| self.fonts.outlines.get(n))
            .map(|(_, font)| &**font);
        self
    }

    /// The size in pixels: height of the cell, advance of a Han character.
    pub fn px(&self) -> u32 {
        self.px
    }

    /// The glyph of `c`; `None` if no font has it.
    pub fn glyph(&self, c: char) -> Option<Glyph<'a>> {
        self.styled(c, 0)
    }

    /// The same; an outline's strokes are `bold` pixels wider.
    fn styled(&self, c: char, bold: u32) -> Option<Glyph<'a>> {
        let mut glyph = self.drawn(c, bold)?;
        self.hug(c, &mut glyph);
        Some(glyph)
    }

    /// Some fonts draw brackets in the middle of their cell, where they look lost: each moves to what it encloses.
    fn hug(&self, c: char, glyph: &mut Glyph<'_>) {
        let (first, end) = glyph.ink;
        let (advance, rim) = (glyph.advance as i32, self.px as i32 / 16);
        let shift = if glyph.advance < self.px || first >= end {
            0
        } else if opens(c) {
            (advance - rim - end).max(0)
        } else if closes_a_pair(c) {
            -(first - rim).max(0)
        } else {
            0
        };
        glyph.left += shift;
        glyph.ink = (first + shift, end + shift);
    }

    fn drawn(&self, c: char, bold: u32) -> Option<Glyph<'a>> {
        if let Some(font) = self.first {
            return font.glyph(c, self.px, self.outline_baseline(c), bold);
        }
        if let Some((font, number, scale)) = self.bitmap(c) {
            return font.glyph(number, scale);
        }
        let drawn = can_be_drawn(c);
        let mut outlines = self.fonts.outlines.iter().filter(|_| drawn);
        outlines
            .find_map(|(_, font)| font.glyph(c, self.px, self.outline_baseline(c), bold))
            .or_else(|| self.centred(c))
    }

    /// The glyph of `c` for titles and emphasis, and by how many pixels its strokes are still to be widened: an
    /// outline's are; of bitmaps a bold font's own dots are taken where one has them at this size and as wide, else
    /// the usual ones, to be widened.
    pub fn heavy(&self, c: char) -> Option<(Glyph<'a>, u32)> {
        let mut bold =
            self.fonts.bold.iter().filter(|(_, font)| font.px() == self.px && self.first.is_none());
        let drawn = bold.find_map(|(_, font)| font.glyph(font.number(c)?, 1));
        if let Some(mut glyph) = drawn.filter(|glyph| self.advance(c) == Some(glyph.advance)) {
            self.hug(c, &mut glyph);
            return Some((glyph, 0));
        }
        // A dot of a bitmap is coarser than a stroke of an outline.
        let usual = self.styled(c, (self.px / 32).max(1))?;
        let widen = if matches!(usual.dots, Dots::Coverage(_)) { 0 } else { (self.px / 24).max(1) };
        Some((usual, widen))
    }

    /// The advance of `c`, and from where to where it is lit. An outline is drawn to find out, once for each
    /// character: few are asked for, the marks that give way to each other.
    pub fn ink(&self, c: char) -> Option<Extent> {
        let measure = || self.glyph(c).map(|glyph| (glyph.advance, glyph.ink));
        if self.first.is_none() {
            return measure();
        }
        let known = self.inks.borrow().iter().find(|(of, _)| *of == c).map(|(_, extent)| *extent);
        known.unwrap_or_else(|| {
            let extent = measure();
            self.inks.borrow_mut().push((c, extent));
            extent
        })
    }

    /// [`Self::advance`] of a Han character: most are in the first font.
    pub fn advance_of_han(&self, c: char) -> Option<u32> {
        if self.first.is_none()
            && let Some((n, scale)) = self.chain.first()
            && let Some((_, font)) = self.fonts.bitmaps.get(usize::from(*n))
            && let Some(number) = font.number(c)
        {
            return font.advance(number, *scale);
        }
        self.advance(c)
    }

    /// Pixels from the pen of `c` to the next; `None` if no font has it.
    pub fn advance(&self, c: char) -> Option<u32> {
        if c.is_whitespace() {
            // Between words of an outline font its own space, between those of bitmaps half a cell.
            let own = self.first.filter(|_| c == ' ').and_then(|font| font.advance(c, self.px));
            return own.or(Some(if c == '\u{3000}' { self.px } else { self.px.div_ceil(2) }));
        }
        if self.first.is_none()
            && let Some((font, number, scale)) = self.bitmap(c)
        {
            return font.advance(number, scale);
        }
        if let Some(font) = self.first {
            return font.advance(c, self.px);
        }
        let drawn = can_be_drawn(c);
        let mut outlines = self.fonts.outlines.iter().filter(|_| drawn);
        let found = outlines.find_map(|(_, font)| font.advance(c, self.px));
        found.or_else(|| self.centred(c).map(|glyph| glyph.advance))
    }

    /// Outlines of Han fill an em square that reaches 0.12 em below the baseline; letters stand on the line's.
    fn outline_baseline(&self, c: char) -> i32 {
        if is_letter_by_half(c) { self.baseline } else { (self.px as i32 * 22 + 12) / 25 }
    }

    /// Where `c` stands as it was drawn or as a whole multiple of that: font, glyph number, scale. Letters are
    /// taken half-width where any font has them so: GB 2312 has `ā` and `α` only as wide as Han.
    fn bitmap(&self, c: char) -> Option<(&'a BitmapFont, u16, u32)> {
        let half = is_letter_by_half(c);
        let fonts = self.chain.iter().filter_map(|(n, scale)| {
            let (_, font) = self.fonts.bitmaps.get(usize::from(*n))?;
            Some((font, font.number(c)?, *scale))
        });
        let mut wide = None;
        for found in fonts {
            let (font, number, scale) = &found;
            if !half || font.advance(*number, *scale).is_some_and(|advance| advance * 3 <= self.px * 2) {
                return Some(found);
            }
            wide = wide.or(Some(found));
        }
        wide
    }

    /// A smaller bitmap in a cell of this size: letters on the baseline, all else in the middle.
    fn centred(&self, c: char) -> Option<Glyph<'a>> {
        let fits = self.fonts.bitmaps.iter().filter(|(_, font)| font.px() <= self.px);
        let (font, mut glyph, room) = fits.into_iter().find_map(|(_, font)| {
            let scale = self.px / font.px();
            let glyph = font.number(c).and_then(|number| font.glyph(number, scale));
            glyph.map(|glyph| (font, glyph, self.px - font.px() * scale))
        })?;
        let native = self.px - room;
        let advance = glyph.advance * self.px / native;
        let shift = (advance - glyph.advance) as i32 / 2;
        glyph.left += shift;
        glyph.ink = (glyph.ink.0 + shift, glyph.ink.1 + shift);
        glyph.top += if is_letter_by_half(c) {
            self.baseline - font.ascent() * glyph.scale() as i32
        } else {
            room as i32 / 2
        };
        glyph.advance = advance;
        Some(glyph)
    }
}

/// Whether a font is meant for titles and emphasis, from its file's name.
fn is_bold(name: &str) -> bool {
    name.to_ascii_lowercase().contains("bold")
}

/// Latin, Greek and Cyrillic letters and the marks of Latin-1: half a Han wide.
fn is_letter_by_half(c: char) -> bool {
    matches!(c as u32, 0x20..=0x52F | 0x1E00..=0x1FFF)
}

/// The fonts of `bitmaps` that have dots at `px`.
fn chain(bitmaps: &[(String, BitmapFont)], px: u32) -> Chain {
    let fonts = (0u16..).zip(bitmaps).filter(|(_, (_, font))| px.is_multiple_of(font.px()));
    fonts.map(|(n, (_, font))| (n, px / font.px())).collect()
}

/// From which size on outlines come first on faces of `scheme`.
pub(in crate::render) fn smooth_from(scheme: ColorScheme) -> u32 {
    if scheme == ColorScheme::Rgb { SMOOTH_FROM_PX } else { SMOOTH_FROM_PX_PLAIN }
}

/// Whole multiples of the native sizes that can set Chinese, and from `smooth_from` on outlines. Above 128 px a size is left out when it is
/// not an eighth larger than the one before: nobody sees the difference, and each costs a trial.
fn sizes(
    bitmaps: &[(String, BitmapFont)],
    outlines: &[(String, Box<dyn Outline>)],
    smooth_from: u32,
) -> Vec<u32> {
    let chinese = |has: &dyn Fn(char) -> bool| COMMON_HAN.chars().all(has);
    let mut natives: Vec<u32> =
        bitmaps.iter().map(|(_, font)| font).filter(|f| chinese(&|c| f.has(c))).map(BitmapFont::px).collect();
    natives.dedup();
    let mut all: Vec<u32> =
        natives.iter().flat_map(|native| (1..=MAX_PX / native).map(move |times| native * times)).collect();
    if outlines.iter().any(|(_, font)| chinese(&|c| font.has(c))) {
        all.retain(|px| *px < smooth_from);
        all.extend((smooth_from..=MAX_PX).step_by(8));
    }
    all.sort_unstable();
    all.dedup();
    let mut last = 0;
    all.retain(|px| {
        let keep = *px <= 128 || *px * 8 >= last * 9;
        if keep {
            last = *px;
        }
        keep
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Lang, render::test::fonts};

    #[test]
    fn without_any_file_unifont_sets_chinese() {
        let fonts = Fonts::built_in();
        assert_eq!(fonts.sizes(ColorScheme::Red)[..4], [16, 32, 48, 64]);
        assert_eq!(fonts.glyph('的', 32).unwrap().scale(), 2);
        assert!(fonts.glyph('𬭊', 32).is_none());
    }

    #[test]
    fn the_default_fonts_offer_their_sizes() {
        assert_eq!(fonts().sizes(ColorScheme::Seven)[..8], [16, 24, 32, 48, 64, 72, 80, 88]);
        assert_eq!(fonts().sizes(ColorScheme::Rgb)[..8], [16, 24, 32, 40, 48, 56, 64, 72]);
    }

    #[test]
    fn a_native_bitmap_comes_before_a_multiple() {
        let scale = |c, px| fonts().glyph(c, px).map(|glyph| (glyph.scale(), glyph.width));
        assert_eq!(scale('中', 16), Some((1, 16)));
        assert_eq!(scale('中', 24), Some((1, 24)));
        assert_eq!(scale('中', 32), Some((2, 16)));
        assert_eq!(scale('中', 48), Some((2, 24)), "twice 24 is finer than three times 16");
        assert_eq!(scale('A', 24), Some((1, 12)));
        assert_eq!(scale('䶮', 16), Some((1, 16)), "Unifont has what GB 2312 lacks");
    }

    #[test]
    fn letters_are_half_as_wide_and_marks_of_gb_2312_have_both_names() {
        for (c, advance) in
            [('é', 8), ('ā', 8), ('α', 8), ('°', 8), ('·', 8), ('“', 16), ('—', 16), ('①', 16)]
        {
            assert_eq!(fonts().at(16).advance(c), Some(advance), "{c}");
        }
        for px in [16, 24] {
            for (a, b) in [('—', '―'), ('…', '⋯')] {
                assert_eq!(fonts().glyph(a, px), fonts().glyph(b, px));
            }
            assert!(fonts().glyph('・', px).is_some() && fonts().glyph('·', px).is_some());
        }
    }

    #[test]
    fn rare_characters_have_dots_at_every_size() {
        for px in [16, 24, 32, 48, 64] {
            for c in "旸垚堃䶮𬭊".chars() {
                let glyph = fonts().glyph(c, px).unwrap_or_else(|| panic!("{c} at {px}"));
                assert_eq!(glyph.advance, px, "{c}");
                let (first, end) = glyph.ink;
                assert!(first >= 0 && first < end && end <= px as i32, "{c} at {px}: {first} to {end}");
            }
        }
    }

    #[test]
    fn names_have_their_own_dots_at_16_and_24() {
        for px in [16, 24] {
            for c in "旸垚堃䶮𬭊".chars() {
                let glyph = fonts().glyph(c, px).unwrap();
                assert!((glyph.width, glyph.scale()) == (px, 1), "{c} at {px}");
            }
        }
    }

    #[test]
    fn what_cannot_stand_alone_has_no_glyph() {
        for c in ['\u{301}', 'ا', 'א', 'क', '\u{200B}', '\u{FFFD}', '\u{7}', '\u{E000}', '\u{378}'] {
            assert!(fonts().glyph(c, 16).is_none(), "U+{:04X}", c as u32);
        }
    }

    #[test]
    fn a_broken_file_is_named_and_harms_no_other() {
        let files = vec![
            ("a.pcf.gz".to_owned(), vec![0x1F, 0x8B, 0]),
            ("b.bdf".to_owned(), b"hello".to_vec()),
            ("c.ttf".to_owned(), vec![0; 100]),
            ("LICENSES.md".to_owned(), b"text".to_vec()),
        ];
        let (fonts, broken) = Fonts::load(files);
        let said: Vec<String> = broken.iter().map(|d| d.message(Lang::En)).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].contains("a.pcf.gz") && said[1].contains("STARTFONT"), "{said:?}");
        assert!(fonts.glyph('好', 16).is_some());
    }
}
