//! Outline fonts. The only file that knows `rusttype`: whoever replaces it replaces this file.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use rusttype::{Font, GlyphId, OutlineBuilder, Scale};

use super::{
    bitmap::{Dots, Glyph, lit_columns},
    coverage::{self, Contours},
    sfnt,
};

/// A font of outlines, at any size.
pub(super) trait Outline: Send + Sync {
    /// Whether it has a glyph for `c`.
    fn has(&self, c: char) -> bool;
    /// Pixels from the pen of `c` to the next at `px`, without drawing it; `None` as for [`Self::glyph`].
    fn advance(&self, c: char, px: u32) -> Option<u32>;
    /// The glyph of `c` in a cell of `px` pixels whose baseline lies `baseline` pixels below its top, its strokes
    /// `bold` pixels wider; `None` if it has none or its outline is broken.
    fn glyph(&self, c: char, px: u32, baseline: i32, bold: u32) -> Option<Glyph<'static>>;
}

/// An outline of more lines is taken for broken.
const MAX_LINES: usize = 20_000;

/// Up to this coverage of 255 a pixel counts as air.
const FAINT: u8 = 63;

/// Lines that a curve is cut into: at 64 px a stroke's curve is a few pixels long.
const STEPS: i32 = 8;

/// TrueType and OpenType, with quadratic or cubic curves.
pub(super) struct TrueType {
    font: Font<'static>,
    units_per_em: i64,
    /// The `Scale` at which `rusttype` gives font units.
    unit: Scale,
    /// What is known of characters, in pages of 256.
    known: Box<[OnceLock<Box<KnownPage>>]>,
    warm: Mutex<Warm>,
}

/// Glyphs drawn before: what comes again is copied. Changes nothing but the time that it takes.
#[derive(Default)]
struct Warm {
    glyphs: HashMap<Key, Glyph<'static>>,
    bytes: usize,
}

/// Bytes of dots that a font keeps warm: about a thousand characters of 32 px.
const WARM_BYTES: usize = 1 << 20;

/// Number, size, baseline, boldness.
type Key = (u16, u32, i32, u32);

impl Warm {
    fn keep(&mut self, key: Key, glyph: &Glyph<'static>) {
        let Dots::Coverage(dots) = &glyph.dots else { return };
        // What is as large as a page is seldom asked for again.
        if dots.len() > WARM_BYTES / 64 {
            return;
        }
        if self.bytes + dots.len() > WARM_BYTES {
            *self = Self::default();
        }
        self.bytes += dots.len();
        self.glyphs.insert(key, glyph.clone());
    }
}

/// What a font says of a character, apart from its shape: found out once, since the font's tables are slow to ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Known {
    id: GlyphId,
    /// Whether there is anything to be seen of it.
    drawn: bool,
    /// Font units to the next pen.
    advance: i32,
}

/// Each a [`Known`] as one number; 0 where nobody asked.
type KnownPage = [AtomicU64; 256];

impl Known {
    const ASKED: u64 = 1;
    const DRAWN: u64 = 2;

    fn packed(self) -> u64 {
        let drawn = if self.drawn { Self::DRAWN } else { 0 };
        Self::ASKED | drawn | u64::from(self.id.0) << 16 | u64::from(self.advance as u32) << 32
    }

    fn unpacked(number: u64) -> Option<Self> {
        (number & Self::ASKED != 0).then_some(Self {
            id: GlyphId((number >> 16) as u16),
            drawn: number & Self::DRAWN != 0,
            advance: (number >> 32) as u32 as i32,
        })
    }
}

impl TrueType {
    /// Reads a font or the simplified Chinese font of a collection.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, String> {
        let face = sfnt::chinese_face(&bytes);
        if let Some(fault) = sfnt::composite_fault(&bytes, face) {
            return Err(fault);
        }
        let font = guarded(|| Font::try_from_vec_and_index(bytes, face))
            .flatten()
            .ok_or("it is no TrueType or OpenType font that can be read")?;
        let metrics = guarded(|| (font.units_per_em(), font.v_metrics_unscaled()));
        let (units_per_em, lines) = metrics.ok_or("its head cannot be read")?;
        let unit = Scale::uniform(lines.ascent - lines.descent);
        if !(16..=16384).contains(&units_per_em) || unit.y.is_nan() || unit.y <= 0.0 {
            return Err("its metrics are impossible".to_owned());
        }
        let known = (0..0x1100).map(|_| OnceLock::new()).collect();
        Ok(Self { font, units_per_em: i64::from(units_per_em), unit, known, warm: Mutex::default() })
    }

    fn known(&self, c: char) -> Known {
        let page = self.known[c as usize >> 8].get_or_init(|| Box::new([const { AtomicU64::new(0) }; 256]));
        let slot = &page[c as usize & 0xFF];
        Known::unpacked(slot.load(Ordering::Relaxed)).unwrap_or_else(|| {
            let known = self.ask(c);
            slot.store(known.packed(), Ordering::Relaxed);
            known
        })
    }

    fn ask(&self, c: char) -> Known {
        let id = guarded(|| self.font.glyph(c).id()).unwrap_or(GlyphId(0));
        let scaled = || self.font.glyph(id).scaled(self.unit);
        let drawn = guarded(|| {
            let mut pen = Pen::default();
            scaled().build_outline(&mut pen);
            !pen.contours.lines.is_empty()
        });
        let advance = guarded(|| whole(scaled().h_metrics().advance_width));
        let drawn = id.0 != 0 && drawn.unwrap_or(false);
        // What has no advance cannot be set.
        Known { id: if advance.is_none() { GlyphId(0) } else { id }, drawn, advance: advance.unwrap_or(0) }
    }

    /// What is known of `c` if the font has it: 0 is the glyph for what it does not have.
    fn found(&self, c: char) -> Option<Known> {
        Some(self.known(c)).filter(|known| known.id.0 != 0)
    }

    /// An advance in font units as whole pixels; a full-width character takes exactly `px`.
    fn pixels(&self, advance: i32, px: u32) -> u32 {
        let (upem, size) = (self.units_per_em, i64::from(px));
        ((i64::from(advance) * size * 2 + upem) / (upem * 2)).clamp(0, size * 4) as u32
    }
}

/// `rusttype` and its parser index and unwrap on some damaged fonts. They keep no state between calls, so
/// that a panic leaves nothing half done and counts as "this glyph cannot be had".
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

impl Outline for TrueType {
    fn has(&self, c: char) -> bool {
        self.found(c).is_some_and(|known| known.drawn)
    }

    fn advance(&self, c: char, px: u32) -> Option<u32> {
        let known = self.found(c).filter(|known| c.is_whitespace() || known.drawn)?;
        Some(self.pixels(known.advance, px))
    }

    fn glyph(&self, c: char, px: u32, baseline: i32, bold: u32) -> Option<Glyph<'static>> {
        let Known { id, advance, .. } = self.found(c)?;
        let advance = self.pixels(advance, px);
        if c.is_whitespace() {
            return self.draw(id, c, px, baseline, advance);
        }
        let key = (id.0, px, baseline, bold);
        // Whoever finds it locked draws for himself: nobody waits.
        if let Some(known) = self.warm.try_lock().ok().and_then(|warm| warm.glyphs.get(&key).cloned()) {
            return Some(known);
        }
        let mut glyph = self.draw(id, c, px, baseline, advance)?;
        embolden(&mut glyph, bold);
        if let Ok(mut warm) = self.warm.try_lock() {
            warm.keep(key, &glyph);
        }
        Some(glyph)
    }
}

impl TrueType {
    fn draw(&self, id: GlyphId, c: char, px: u32, baseline: i32, advance: u32) -> Option<Glyph<'static>> {
        let pen = guarded(|| {
            let mut pen = Pen::default();
            self.font.glyph(id).scaled(self.unit).build_outline(&mut pen);
            pen.close();
            pen
        })?;
        let (upem, size) = (self.units_per_em, i64::from(px));
        let to_fixed = |units: i32| i64::from(units) * size * 256 / upem;
        let points = || pen.contours.lines.iter().flatten();
        let bound = |values: &mut dyn Iterator<Item = i32>| {
            values.fold(None, |found: Option<(i32, i32)>, value| {
                Some(found.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
            })
        };
        let Some(((x0, x1), (y0, y1))) =
            bound(&mut points().map(|p| p.0)).zip(bound(&mut points().map(|p| p.1)))
        else {
            // A space has no outline; anything else without one would be an invisible character.
            let blank = Glyph {
                dots: Dots::Coverage(Arc::default()),
                width: 0,
                height: 0,
                left: 0,
                top: 0,
                advance,
                ink: (0, 0),
            };
            return c.is_whitespace().then_some(blank);
        };
        // What reaches more than a quarter beyond its cell is cut.
        let low = |units: i32, shift: i64| ((to_fixed(units) + shift) >> 8).clamp(-size / 4, size * 5 / 4);
        let shift = i64::from(baseline) * 256;
        let (left, right) = (low(x0, 0), low(x1, 0) + 1);
        let (top, bottom) = (low(y0, shift), low(y1, shift) + 1);
        let (width, height) = ((right - left) as u32, (bottom - top) as u32);
        let dots = coverage::fill(&pen.contours, width, height, |(x, y)| {
            (to_fixed(x) - left * 256, to_fixed(y) + shift - top * 256)
        });
        let columns = lit_columns(width, |x| {
            dots.iter().skip(x as usize).step_by((width as usize).max(1)).any(|level| *level > FAINT)
        });
        let (left, top) = (left as i32, top as i32);
        let ink = (left + columns.0 as i32, left + columns.1 as i32);
        Some(Glyph { dots: Dots::Coverage(dots.into()), width, height, left, top, advance, ink })
    }
}

/// Widens the strokes of an outline's glyph by `bold` pixels. Its ink, by which marks give way, is told as before.
fn embolden(glyph: &mut Glyph<'_>, bold: u32) {
    let Dots::Coverage(levels) = &glyph.dots else { return };
    let Some((bolder, width)) = coverage::bolder(levels, glyph.width as usize, bold as usize) else { return };
    let height = (bolder.len() / width.max(1)) as u32;
    glyph.top -= ((height - glyph.height) / 2) as i32;
    (glyph.width, glyph.height) = (width as u32, height);
    glyph.dots = Dots::Coverage(bolder.into());
}

/// Font units as a whole number; what is beyond sense becomes a bound.
fn whole(value: f32) -> i32 {
    value.round().clamp(-100_000.0, 100_000.0) as i32
}

/// Collects an outline as lines.
#[derive(Default)]
struct Pen {
    contours: Contours,
    start: (i32, i32),
    at: (i32, i32),
}

impl Pen {
    fn line(&mut self, to: (i32, i32)) {
        if self.contours.lines.len() >= MAX_LINES {
            // The only way out of the parser's loop; `guarded` catches it and no hook reports it.
            resume_unwind(Box::new("outline too long"));
        }
        self.contours.lines.push([self.at, to]);
        self.at = to;
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.close();
        self.start = (whole(x), whole(y));
        self.at = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.line((whole(x), whole(y)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (a, b, c) = (self.at, (whole(x1), whole(y1)), (whole(x), whole(y)));
        for n in 1..=STEPS {
            let m = STEPS - n;
            let mix = |a: i32, b: i32, c: i32| (m * m * a + 2 * m * n * b + n * n * c) / (STEPS * STEPS);
            self.line((mix(a.0, b.0, c.0), mix(a.1, b.1, c.1)));
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (a, b, c, d) = (self.at, (whole(x1), whole(y1)), (whole(x2), whole(y2)), (whole(x), whole(y)));
        for n in 1..=STEPS {
            let m = STEPS - n;
            let mix = |a: i32, b: i32, c: i32, d: i32| {
                (m * m * m * a + 3 * m * m * n * b + 3 * m * n * n * c + n * n * n * d) / STEPS.pow(3)
            };
            self.line((mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1)));
        }
    }

    fn close(&mut self) {
        if self.at != self.start {
            self.line(self.start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sans() -> Vec<u8> {
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/mingping-sans.otf")).unwrap()
    }

    #[test]
    fn characters_beyond_the_bmp_have_dots() {
        let font = TrueType::read(sans()).unwrap();
        let glyph = font.glyph('𬭊', 24, 21, 0).unwrap();
        assert_eq!(glyph.advance, 24);
        let (first, end) = glyph.ink;
        assert!(first >= 0 && end <= 24 && end - first > 18, "{first} {end}");
        assert_eq!(font.advance('𬭊', 24), Some(24));
        // Of the URO's first page, but not of the table.
        assert!(font.has('一') && !font.has('丂'));
        assert_eq!((font.glyph('丂', 24, 21, 0), font.advance('丂', 24)), (None, None));
    }

    #[test]
    fn what_comes_again_is_the_same_and_what_is_kept_is_bounded() {
        let font = TrueType::read(sans()).unwrap();
        let first = font.glyph('中', 32, 28, 0).unwrap();
        assert_eq!(font.glyph('中', 32, 28, 0).unwrap(), first);
        assert_ne!(font.glyph('中', 32, 27, 0).unwrap().top, first.top, "another baseline is another glyph");
        for px in 32..120 {
            for c in "关于招生的公告".chars() {
                font.glyph(c, px, 28, 0);
            }
        }
        let warm = font.warm.lock().unwrap();
        assert!(warm.bytes <= WARM_BYTES && !warm.glyphs.is_empty());
        let held: usize = warm.glyphs.values().map(|glyph| (glyph.width * glyph.height) as usize).sum();
        assert_eq!(warm.bytes, held);
    }

    #[test]
    fn damaged_fonts_are_refused_or_draw_less_but_never_panic() {
        let whole = sans();
        for cut in [0, 4, 12, 100, 1000, 20_000, 500_000, whole.len() - 1] {
            if let Ok(font) = TrueType::read(whole[..cut].to_vec()) {
                let _ = font.glyph('𬭊', 16, 14, 0);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn garbage_never_panics(edits in proptest::collection::vec((0usize..200_000, any::<u8>()), 1..40)) {
            let mut bytes = sans();
            for (at, byte) in edits {
                if let Some(slot) = bytes.get_mut(at) {
                    *slot = byte;
                }
            }
            if let Ok(font) = TrueType::read(bytes) {
                for c in ['𬭊', '𠅤', 'A'] {
                    let _ = font.glyph(c, 32, 28, 0);
                }
            }
        }
    }
}
