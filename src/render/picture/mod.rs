//! Pictures: decoded, looked at, freed of margins, inverted where they are ink on paper, scaled, and made into
//! what the LEDs can show.
//!
//! `decode` gives rows of pixels, `proxy` a small stand-in. From this `ground` finds what lies behind everything,
//! `look` what kind of picture it is, `trim` its content and `text` how high its text is. `tone` makes light of
//! its rows, `scale` fits it, and `dither` lights the dots, with the thresholds of `noise`. `film` times frames.

mod decode;
mod dither;
mod film;
mod fit;
mod ground;
mod look;
mod noise;
mod proxy;
mod scale;
mod text;
mod tone;
mod trim;

#[cfg(test)]
mod test;

use std::sync::Arc;

use decode::Source;
use dither::Way;
use fit::Placing;
use look::{Look, Nature};
use proxy::Proxy;
use tone::{Manner, Tone};
use trim::Edges;

use super::{
    Movement, Raster,
    layout::{Document, Page},
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    geometry::Size,
    notice::{Fit, Picture},
    screen::Profile,
};

/// How long a picture stays unless its header says otherwise.
const DWELL_MS: u32 = 10_000;

/// A picture that fills less of the page than this, in percent, is refused unless `fit` is given.
const LEAST_PERCENT: u64 = 25;

/// A picture on one profile.
pub(super) struct Shown {
    /// One page: the picture, or the frame that tells most.
    pub pages: Vec<Page>,
    /// Its frames, where the face takes clips.
    pub movement: Option<Movement>,
    /// What its author should know.
    pub warnings: Vec<Diagnostic>,
}

/// Lays a picture out for a profile.
pub(super) fn show(
    document: &Document<'_>,
    picture: &Picture,
    profile: &Profile,
) -> Result<Shown, Diagnostic> {
    let place = Place::file(document.id.to_string());
    let broken = |why| Diagnostic::refusal(place.clone(), Msg::PictureBroken, [why]);
    let view = if picture.frames > 1 {
        View::of_film(picture)
    } else {
        decode::still(&picture.bytes).map(View::of_still)
    }
    .map_err(broken)?;
    let mut view = view;
    if document.fit == Some(Fit::None) {
        // Dot for dot is also light for light.
        view.look = Look::literal();
    }
    let page = profile.page_size();
    let placing = view.placing(page, document.fit.unwrap_or(Fit::Contain));
    let percent = fit::filled(picture.size, page).max(fit::filled(view.upright(placing.trimmed.size), page));
    if document.fit.is_none() && percent < LEAST_PERCENT {
        let args = [page.to_string(), percent.to_string()];
        return Err(Diagnostic::refusal(place, Msg::PictureTooSmall, args));
    }
    let mut warnings: Vec<Diagnostic> = small_text(&view, &placing, profile, &place).into_iter().collect();
    let (raster, movement, length_ms) = if let Some(source) = &view.still {
        (view.draw(source, &placing, profile), None, 0)
    } else {
        let (raster, film, length_ms) = film(&view, picture, &placing, profile).map_err(broken)?;
        if profile.clip.is_some() && view.cut_short {
            let args = [(length_ms / 1000).to_string()];
            warnings.push(Diagnostic::warning(place, Msg::FilmShortened, args));
        }
        (raster, film.map(Movement::Film), length_ms)
    };
    if movement.is_none() && raster.bytes().iter().all(|byte| *byte == 0) {
        let place = Place::file(document.id.to_string());
        return Err(Diagnostic::refusal(place, Msg::PictureBlank, [page.to_string()]));
    }
    // A film is shown whole, as often as it goes into the time that a picture stays.
    let stay = document.dwell_ms.unwrap_or(DWELL_MS);
    let dwell_ms = if movement.is_some() { length_ms * stay.div_ceil(length_ms.max(1)).max(1) } else { stay };
    let page = Page { dwell_ms, picture: Some(Arc::new(raster)), ..Page::default() };
    Ok(Shown { pages: vec![page], movement, warnings })
}

/// What is known about a picture or film before it meets a face.
struct View {
    look: Look,
    proxy: Proxy,
    /// The edges of its content in the stand-in, for all frames alike.
    content: Edges,
    size: Size,
    orientation: image::metadata::Orientation,
    /// The picture, unless it moves.
    still: Option<Source>,
    /// What shows through the frames of a film.
    ground: u8,
    /// How long each frame of a film shows, in milliseconds.
    delays: Vec<u32>,
    /// The frame that tells most.
    telling: usize,
    /// The film is longer, or larger, than may be shown.
    cut_short: bool,
}

impl View {
    fn of_still(source: Source) -> Self {
        let proxy = Proxy::of(&source);
        let look = Look::at(&proxy);
        Self {
            content: trim::content(&proxy, look.ground.as_ref()),
            look,
            proxy,
            size: source.size(),
            orientation: source.orientation,
            still: Some(source),
            ground: 0,
            delays: Vec::new(),
            telling: 0,
            cut_short: false,
        }
    }

    /// Goes through all frames once. What is decided holds for each of them, so that nothing flickers.
    fn of_film(picture: &Picture) -> Result<Self, String> {
        let (mut frames, mut first): (Vec<(u64, u32)>, Option<Look>) = (Vec::new(), None);
        let (mut content, mut best, mut shown_ms) = (None, None, 0u32);
        let (mut ground, mut size, mut orientation) = (0, Size::new(1, 1), None);
        for frame in decode::moving(&picture.bytes)? {
            let (mut source, ms) = frame?;
            if shown_ms >= film::LONGEST_MS {
                break;
            }
            if first.is_none() {
                ground = source.best_ground();
            }
            source.ground = ground;
            size = source.size();
            orientation = Some(source.orientation);
            let ms = film::delay(ms);
            shown_ms = shown_ms.saturating_add(ms);
            let proxy = Proxy::of(&source);
            let blank = proxy.pixels.windows(2).all(|pair| proxy::apart(pair[0], pair[1]) <= 4);
            let ink = if blank {
                0
            } else {
                let look = first.get_or_insert_with(|| Look::at(&proxy));
                content = Some(trim::joined(content, trim::content(&proxy, look.ground.as_ref())));
                look.ground.as_ref().map_or(proxy.size.area(), |ground| ground.ink(&proxy))
            };
            frames.push((ink, ms));
            // The stand-in of the frame that tells most so far.
            let telling = film::telling(&frames);
            if telling + 1 == frames.len() {
                best = Some(proxy);
            }
        }
        let (Some(proxy), Some(orientation)) = (best, orientation) else {
            return Err("0 frames".to_owned());
        };
        let look = Look::at(&proxy);
        let telling = film::telling(&frames);
        let cut_short = frames.len() < picture.frames as usize || shown_ms > film::LONGEST_MS;
        Ok(Self {
            content: content.unwrap_or([0, 0, proxy.size.width, proxy.size.height]),
            look,
            proxy,
            size,
            orientation,
            still: None,
            ground,
            delays: frames.into_iter().map(|(_, ms)| ms).collect(),
            telling,
            cut_short,
        })
    }

    fn placing(&self, page: Size, fit: Fit) -> Placing {
        let trimmed = trim::with_air(self.content, &self.proxy, self.size, &self.look);
        fit::place(self.size, trimmed, self.orientation, page, fit)
    }

    fn upright(&self, size: Size) -> Size {
        if fit::turns(self.orientation) { size.turned() } else { size }
    }

    /// Draws one frame.
    fn draw(&self, source: &Source, placing: &Placing, profile: &Profile) -> Raster {
        let mut tone = Tone::new(&self.look, profile.scheme);
        let mut light = scale::scaled(placing.part.size, placing.stored, |y, row| {
            tone.row(source, placing.part, y, row);
        });
        let way = match (tone.manner(), self.look.nature, profile.scheme.planes()) {
            (Manner::Ink | Manner::Glow, ..) => Way::Strokes,
            (_, Nature::Photo, Some(planes)) => {
                dither::shaded(&mut light, look::levels(&self.proxy, self.content), planes);
                // Handed-on errors would make every dot of a film flicker.
                if self.still.is_some() { Way::Diffused } else { Way::Ordered }
            }
            (_, _, Some(1)) => {
                dither::shaded(&mut light, look::levels(&self.proxy, self.content), 1);
                Way::Ordered
            }
            (_, _, Some(_)) => {
                dither::vivid(&mut light);
                Way::Ordered
            }
            // Every shade can be shown.
            (_, _, None) => Way::Ordered,
        };
        let light = fit::upright(light, placing.stored, self.orientation);
        let mut raster = Raster::dark(profile.scheme, profile.page_size());
        dither::draw(&light, placing.drawn, way, placing.at, &mut raster);
        raster
    }
}

/// The frame that tells most, the film where the face takes clips and it moves at all, and its length.
#[allow(clippy::type_complexity)] // read in one place
fn film(
    view: &View,
    picture: &Picture,
    placing: &Placing,
    profile: &Profile,
) -> Result<(Raster, Option<Vec<(Arc<Raster>, u32)>>, u32), String> {
    let page = (profile.page_size(), profile.scheme.bytes_per_pixel());
    let times = profile.clip.map(|limits| film::timed(&view.delays, limits, page)).unwrap_or_default();
    let mut times = times.into_iter().peekable();
    let (mut telling, mut frames): (Option<Raster>, Vec<(Arc<Raster>, u32)>) = (None, Vec::new());
    for (n, frame) in decode::moving(&picture.bytes)?.take(view.delays.len()).enumerate() {
        if telling.is_some() && times.peek().is_none() {
            break;
        }
        let time = times.next_if(|(index, _)| *index == n);
        if time.is_none() && n != view.telling {
            frame?;
            continue;
        }
        let mut source = frame?.0;
        source.ground = view.ground;
        let raster = view.draw(&source, placing, profile);
        if n == view.telling {
            telling = Some(raster.clone());
        }
        match (time, frames.last_mut()) {
            (Some((_, ms)), Some((last, shown))) if **last == raster => *shown += ms,
            (Some((_, ms)), _) => frames.push((Arc::new(raster), ms)),
            (None, _) => {}
        }
    }
    let telling = telling.ok_or("0 frames")?;
    let length_ms = frames.iter().map(|(_, ms)| ms).sum();
    Ok((telling, (frames.len() > 1).then_some(frames), length_ms))
}

/// A warning, if the text in the picture is drawn lower than is legible.
fn small_text(view: &View, placing: &Placing, profile: &Profile, place: &Place) -> Option<Diagnostic> {
    if view.look.nature == Nature::Photo {
        return None;
    }
    let source_px = text::height(&view.proxy, view.look.ground.as_ref()?)?;
    let drawn_px = (u64::from(source_px) * u64::from(placing.stored.height)
        / u64::from(placing.part.size.height.max(1))) as u32;
    // A dot less is within what can be measured.
    if drawn_px + 1 >= profile.min_px {
        return None;
    }
    let tenths = (profile.min_px * 10).div_ceil(drawn_px.max(1));
    let args = [
        profile.page_size().to_string(),
        drawn_px.to_string(),
        profile.min_px.to_string(),
        format!("{}.{}", tenths / 10, tenths % 10),
    ];
    Some(Diagnostic::warning(place.clone(), Msg::PictureTextSmall, args))
}
